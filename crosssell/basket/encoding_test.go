package basket_test

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/codec"
)

var (
	_ encoding.BinaryAppender    = (*basket.Counter[string])(nil)
	_ encoding.BinaryMarshaler   = (*basket.Counter[string])(nil)
	_ encoding.BinaryUnmarshaler = (*basket.Counter[string])(nil)
)

// binary is what encodes and decodes.
type binary interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// goldenFirst returns the counters of which testdata/counter_v1.hex keeps the
// encodings.
func goldenFirst(tb testing.TB) map[string]binary {
	tb.Helper()
	text := count(tb, "tea milk", "milk", "", "bread tea milk", "milk tea", "größe")
	require.NoError(tb, text.AddN(300, "bread"))
	signed := counterOf(tb, [][]int{{-1, 300}, {math.MinInt32, 0, 5}, {}})
	unsigned := counterOf(tb, [][]uint64{{math.MaxUint64}, {0, 128}})
	return map[string]binary{"text": text, "signed": signed, "unsigned": unsigned, "zero": &basket.Counter[string]{}}
}

// golden returns those of testdata/counter_v2.hex: the same, and what is new.
func golden(tb testing.TB) map[string]binary {
	tb.Helper()
	counters := goldenFirst(tb)
	giants, err := basket.NewCounter[string](basket.CounterParams{MaxBasket: new(2)})
	require.NoError(tb, err)
	require.NoError(tb, giants.Add("tea", "milk", "bread"))
	require.NoError(tb, giants.AddAt(-3, 200, "tea", "milk"))
	require.NoError(tb, giants.AddAt(7, 1))
	require.NoError(tb, giants.AddAt(7, 2, "tea"))
	counters["periods"] = giants
	return counters
}

// goldenFile returns the hexadecimal digits by name.
func goldenFile(tb testing.TB, version int) map[string]string {
	tb.Helper()
	file, err := os.ReadFile(fmt.Sprintf("testdata/counter_v%d.hex", version))
	require.NoError(tb, err)
	digits := map[string]string{}
	for line := range strings.Lines(string(file)) {
		if name, hex, found := strings.Cut(strings.TrimSpace(line), " "); found && !strings.HasPrefix(line, "#") {
			digits[name] = hex
		}
	}
	return digits
}

// What is written now does not change unless the version does.
func TestEncodingGolden(t *testing.T) {
	t.Parallel()
	written := map[string]string{}
	for name, c := range golden(t) {
		data, err := c.MarshalBinary()
		require.NoError(t, err)
		written[name] = hex.EncodeToString(data)
		require.NoError(t, c.UnmarshalBinary(data), name)
		again, err := c.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, data, again, name)
	}
	assert.Equal(t, written, goldenFile(t, 2))
}

// Every version ever written can be read.
func TestEncodingReadsVersion1(t *testing.T) {
	t.Parallel()
	digits := goldenFile(t, 1)
	for name, c := range goldenFirst(t) {
		want, err := c.MarshalBinary()
		require.NoError(t, err)
		data, err := hex.DecodeString(digits[name])
		require.NoError(t, err, name)
		require.NoError(t, c.UnmarshalBinary(data), name)
		got, err := c.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, want, got, name)
	}
}

func TestEncodingRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := counterOf(t, few().Draw(t, "baskets"))
		data := encode(t, c)
		var back basket.Counter[int8]
		require.NoError(t, back.UnmarshalBinary(data))
		require.Equal(t, data, encode(t, &back))
		require.Equal(t, c.Baskets(), back.Baskets())
		require.Equal(t, c.Items(), back.Items())
		p := basket.SetParams{MinCount: 1}
		want, err := c.Frequent(t.Context(), p)
		require.NoError(t, err)
		got, err := back.Frequent(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, want, got)

		require.NoError(t, back.Add(7, -7)) // a decoded counter counts on
		require.NoError(t, c.Add(-7, 7))
		require.Equal(t, encode(t, c), encode(t, &back))
	})
}

func TestEncodingAppends(t *testing.T) {
	t.Parallel()
	c := count(t, "tea")
	b, err := c.AppendBinary([]byte("before"))
	require.NoError(t, err)
	assert.Equal(t, append([]byte("before"), encode(t, c)...), b)
}

// What was counted as one type is read as another of its kind, if it fits.
func TestEncodingAcrossTypes(t *testing.T) {
	t.Parallel()
	type sku int16
	type label string
	data := encode(t, counterOf(t, [][]int64{{-5, 300}, {300}}))
	var narrow basket.Counter[sku]
	require.NoError(t, narrow.UnmarshalBinary(data))
	assert.Equal(t, []sku{-5, 300}, narrow.Items())
	assert.Equal(t, data, encode(t, &narrow))
	var tooNarrow basket.Counter[int8]
	require.ErrorIs(t, tooNarrow.UnmarshalBinary(data), relmark.ErrInvalid)
	var unsigned basket.Counter[uint16]
	require.ErrorIs(t, unsigned.UnmarshalBinary(data), relmark.ErrUnsupported)
	var named basket.Counter[label]
	require.ErrorIs(t, named.UnmarshalBinary(data), relmark.ErrUnsupported)
	require.NoError(t, named.UnmarshalBinary(encode(t, count(t, "tea"))))
	assert.Equal(t, []label{"tea"}, named.Items())
	var byteSized basket.Counter[uint8]
	require.ErrorIs(t, byteSized.UnmarshalBinary(encode(t, counterOf(t, [][]uint{{256}}))), relmark.ErrInvalid)
}

func TestEncodingRefuses(t *testing.T) {
	t.Parallel()
	const head = "\x04\x01\x01" // kind, version, text
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"nothing":              {"", relmark.ErrInvalid},
		"another type":         {"\x03\x01\x01\x00\x00\x00", relmark.ErrUnsupported},
		"version to come":      {"\x04\x03\x01\x00\x00\x00", relmark.ErrUnsupported},
		"version zero":         {"\x04\x00\x01\x00\x00\x00", relmark.ErrUnsupported},
		"no kind of item":      {"\x04\x01\x00\x00\x00\x00", relmark.ErrUnsupported},
		"cut short":            {"\x04\x01", relmark.ErrInvalid},
		"cut after items":      {head + "\x01\x01\x01a", relmark.ErrInvalid},
		"goes on":              {head + "\x00\x00\x00\x00", relmark.ErrInvalid},
		"too many baskets":     {head + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00", relmark.ErrInvalid},
		"item nobody bought":   {head + "\x01\x01\x01a\x00", relmark.ErrInvalid},
		"items out of order":   {head + "\x01\x02\x01b\x01a\x01\x01\x02\x00\x00", relmark.ErrInvalid},
		"item twice":           {head + "\x01\x02\x01a\x01a\x01\x01\x02\x00\x00", relmark.ErrInvalid},
		"row without items":    {head + "\x01\x01\x01a\x01\x01\x00\x00", relmark.ErrInvalid},
		"row seen never":       {head + "\x01\x01\x01a\x01\x00\x01\x00", relmark.ErrInvalid},
		"more rows than told":  {head + "\x01\x01\x01a\x01\x02\x01\x00", relmark.ErrInvalid},
		"unknown item":         {head + "\x01\x01\x01a\x01\x01\x01\x01", relmark.ErrInvalid},
		"item past the last":   {head + "\x01\x01\x01a\x01\x01\x02\x00\x00", relmark.ErrInvalid},
		"gap past 64 bits":     {head + "\x01\x01\x01a\x01\x01\x02\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", relmark.ErrInvalid},
		"row twice":            {head + "\x02\x01\x01a\x02\x01\x01\x00\x01\x01\x00", relmark.ErrInvalid},
		"rows out of order":    {head + "\x02\x02\x01a\x01b\x02\x01\x01\x01\x01\x01\x00", relmark.ErrInvalid},
		"count of rows beyond": {head + "\x01\x01\x01a\x7f\x01\x01\x00", relmark.ErrInvalid},
	} {
		kept := count(t, "tea")
		data := []byte(c.data)
		if len(data) > 0 {
			data = codec.AppendSum(data, 0)
		}
		err := kept.UnmarshalBinary(data)
		require.ErrorIs(t, err, c.want, name)
		assert.Equal(t, encode(t, count(t, "tea")), encode(t, kept), "%s: unchanged", name)
	}
	for name, data := range map[string]string{
		"bound past int":           "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00",
		"period without rows":      "\x00\x00\x01\x00\x00",
		"period twice":             "\x00\x00\x02\x00\x01\x01\x00\x00\x01\x01\x00",
		"periods out of order":     "\x00\x00\x02\x02\x01\x01\x00\x00\x01\x01\x00",
		"item nobody bought":       "\x00\x01\x01a\x01\x00\x01\x01\x00",
		"row seen never":           "\x00\x01\x01a\x01\x00\x01\x00\x01\x00",
		"more baskets than int64s": "\x00\x00\x02\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x02\x01\x01\x00",
		"cut short":                "\x00\x00\x01",
	} {
		kept := count(t, "tea")
		err := kept.UnmarshalBinary(codec.AppendSum([]byte("\x04\x02\x01"+data), 0))
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Equal(t, encode(t, count(t, "tea")), encode(t, kept), "%s: unchanged", name)
	}
	var c basket.Counter[string]
	require.NoError(t, c.UnmarshalBinary(codec.AppendSum([]byte("\x04\x02\x01\x00\x00\x02\x00\x01\x01\x00\x02\x01\x01\x00"), 0)), "they differ from this by little")
	require.NoError(t, c.UnmarshalBinary(codec.AppendSum([]byte(head+"\x02\x02\x01a\x01b\x02\x01\x01\x00\x01\x01\x01"), 0)), "they differ from this by little")
}

// What a counter keeps does not share memory with what it was decoded from.
func TestEncodingKeepsItsDistance(t *testing.T) {
	t.Parallel()
	data := encode(t, count(t, "tea milk"))
	var c basket.Counter[string]
	require.NoError(t, c.UnmarshalBinary(data))
	want := bytes.Clone(data)
	clear(data)
	assert.Equal(t, want, encode(t, &c))
}
