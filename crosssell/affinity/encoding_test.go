package affinity_test

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/codec"
)

var (
	_ encoding.BinaryAppender    = (*affinity.Ownership[int, string])(nil)
	_ encoding.BinaryMarshaler   = (*affinity.Ownership[int, string])(nil)
	_ encoding.BinaryUnmarshaler = (*affinity.Ownership[int, string])(nil)
)

type binary interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

func add[U, I relmark.ID](tb testing.TB, list ...affinity.Event[U, I]) *affinity.Ownership[U, I] {
	tb.Helper()
	w := &affinity.Ownership[U, I]{}
	for _, e := range list {
		require.NoError(tb, w.Add(e))
	}
	return w
}

// golden returns the counts of which testdata/ownership_v1.hex keeps the encodings.
func golden(tb testing.TB) map[string]binary {
	tb.Helper()
	type text = affinity.Event[string, string]
	first, last := relmark.MustParseDate("0001-01-01"), relmark.MustParseDate("9999-12-31")
	return map[string]binary{
		"text": add(tb, text{"zoë", "tea", day(0), 1}, text{"ann", "tea", day(3), 2}, text{"ann", "größe", day(0), 300},
			text{"ann", "tea", day(1), 1}, text{"ann", "tea", day(3), 5}, text{"ann", "milk", first, 1}, text{"ann", "milk", last, 1}),
		"signed":   add(tb, affinity.Event[int64, int]{math.MinInt64, -1, day(0), math.MaxInt64}),
		"unsigned": add(tb, affinity.Event[string, uint64]{"", math.MaxUint64, day(-50_000), 1}),
		"zero":     &affinity.Ownership[int, string]{},
	}
}

// Every version ever written can be read, and what is written now does not change unless
// the version does.
func TestEncodingGolden(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/ownership_v1.hex")
	require.NoError(t, err)
	left := golden(t)
	for line := range strings.Lines(string(file)) {
		name, digits, found := strings.Cut(strings.TrimSpace(line), " ")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		want, err := hex.DecodeString(digits)
		require.NoError(t, err, name)
		w := left[name]
		require.NotNil(t, w, name)
		got, err := w.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, digits, hex.EncodeToString(got), name)
		require.NoError(t, w.UnmarshalBinary(want), name)
		again, err := w.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, want, again, name)
		delete(left, name)
	}
	assert.Empty(t, left, "not in the file")
}

func TestEncodingRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := events().Draw(t, "events")
		w := count(t, list)
		data := encode(t, w)
		var back affinity.Ownership[int8, string]
		require.NoError(t, back.UnmarshalBinary(data))
		require.Equal(t, data, encode(t, &back))
		require.Equal(t, w.Events(), back.Events())
		require.Equal(t, w.Customers(), back.Customers())
		more := events().Draw(t, "more")
		for _, e := range more { // decoded counts count on
			require.NoError(t, back.Add(e))
		}
		require.Equal(t, encode(t, count(t, append(list, more...))), encode(t, &back))
	})
}

func TestEncodingAppends(t *testing.T) {
	t.Parallel()
	w := count(t, []event{{1, "a", day(0), 1}})
	data, err := w.AppendBinary([]byte("before"))
	require.NoError(t, err)
	assert.Equal(t, append([]byte("before"), encode(t, w)...), data)
}

func TestEncodingAcrossTypes(t *testing.T) {
	t.Parallel()
	type sku string
	data := encode(t, count(t, []event{{-5, "a", day(0), 1}}))
	var wide affinity.Ownership[int64, sku]
	require.NoError(t, wide.UnmarshalBinary(data))
	assert.Equal(t, data, encode(t, &wide))
	require.ErrorIs(t, new(affinity.Ownership[uint8, string]).UnmarshalBinary(data), relmark.ErrUnsupported)
	require.ErrorIs(t, new(affinity.Ownership[int8, int]).UnmarshalBinary(data), relmark.ErrUnsupported)
	far := encode(t, add(t, affinity.Event[int, string]{300, "a", day(0), 1}))
	require.ErrorIs(t, new(affinity.Ownership[int8, string]).UnmarshalBinary(far), relmark.ErrInvalid)
}

func TestEncodingRefuses(t *testing.T) {
	t.Parallel()
	const head = "\x3c\x01\x02\x01" // kind, version, signed customers, items as text
	const a = "\x01\x01a"
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"nothing":               {"", relmark.ErrInvalid},
		"another type":          {"\x04\x01\x02\x01\x00\x00", relmark.ErrUnsupported},
		"version to come":       {"\x3c\x02\x02\x01\x00\x00", relmark.ErrUnsupported},
		"no kind of customer":   {"\x3c\x01\x00\x01\x00\x00", relmark.ErrUnsupported},
		"no kind of item":       {"\x3c\x01\x02\x00\x00\x00", relmark.ErrUnsupported},
		"cut short":             {"\x3c\x01", relmark.ErrInvalid},
		"cut after items":       {head + a, relmark.ErrInvalid},
		"goes on":               {head + "\x00\x00\x00", relmark.ErrInvalid},
		"item nobody has":       {head + a + "\x00", relmark.ErrInvalid},
		"items out of order":    {head + "\x02\x01b\x01a\x01\x02\x02\x00\x00\x01\x01\x00\x01", relmark.ErrInvalid},
		"item of bytes":         {head + "\x01\x01\xff\x01\x02\x01\x00\x00\x01", relmark.ErrInvalid},
		"customer with nothing": {head + a + "\x02\x02\x01\x00\x00\x01\x04\x00\x00\x00\x00", relmark.ErrInvalid},
		"customers descend":     {head + a + "\x02\x04\x01\x00\x00\x01\x02\x01\x00\x00\x01", relmark.ErrInvalid},
		"unknown item":          {head + a + "\x01\x02\x01\x01\x00\x01", relmark.ErrInvalid},
		"item past the last":    {head + a + "\x01\x02\x02\x00\x00\x01\x01\x00\x01", relmark.ErrInvalid},
		"never":                 {head + a + "\x01\x02\x01\x00\x00\x00", relmark.ErrInvalid},
		"day before all":        {head + a + "\x01\x02\x01\x00\xf5\xe4\x57\x01", relmark.ErrInvalid},
		"day after all":         {head + a + "\x01\x02\x01\x00\xc2\x82\xe6\x02\x01", relmark.ErrInvalid},
		"same day twice":        {head + a + "\x01\x02\x02\x00\x00\x01\x00\x00\x01", relmark.ErrInvalid},
		"more events than fit":  {head + a + "\x01\x02\x02\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x01\x01", relmark.ErrInvalid},
	} {
		kept := count(t, []event{{1, "tea", day(0), 1}})
		before := encode(t, kept)
		data := []byte(c.data)
		if len(data) > 0 {
			data = codec.AppendSum(data, 0)
		}
		require.ErrorIs(t, kept.UnmarshalBinary(data), c.want, name)
		assert.Equal(t, before, encode(t, kept), "%s: unchanged", name)
	}
	var w affinity.Ownership[int8, string]
	good := codec.AppendSum([]byte(head+"\x02\x01a\x01b\x01\x02\x03\x00\x00\x01\x00\x01\x01\x01\x01\x01"), 0)
	require.NoError(t, w.UnmarshalBinary(good), "they differ from this by little")
	assert.Equal(t, good, encode(t, &w))
}

// What is kept does not share memory with what it was decoded from.
func TestEncodingKeepsItsDistance(t *testing.T) {
	t.Parallel()
	data := encode(t, count(t, []event{{1, "tea", day(0), 1}}))
	var w affinity.Ownership[int8, string]
	require.NoError(t, w.UnmarshalBinary(data))
	want := bytes.Clone(data)
	clear(data)
	assert.Equal(t, want, encode(t, &w))
}
