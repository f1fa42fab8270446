package rfm_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/rfm"
)

func TestBinaryGolden(t *testing.T) {
	t.Parallel()
	h := history(t, []booking{
		{relmark.MustParseDate("2024-02-29"), amount(t, "12.50")},
		{relmark.MustParseDate("2024-03-01"), amount(t, "-2.5")},
		{relmark.MustParseDate("2024-03-05"), amount(t, "0")},
	})
	var patterns rfm.Patterns
	require.NoError(t, patterns.Add(rfm.Pattern{X: 2, TX: 30.5, T: 38.875}, 3))
	require.NoError(t, patterns.Add(rfm.Pattern{T: 10}, 1411))

	reference.PinEncoding(t, "history.v1.hex", h, &rfm.History{})
	reference.PinEncoding(t, "patterns.v1.hex", patterns, &rfm.Patterns{})
}

func TestBinaryRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		origin, err := relmark.ParseDate(rapid.SampledFrom([]string{"0001-01-01", "2024-02-01", "9999-01-01"}).Draw(t, "origin"))
		require.NoError(t, err)
		h := history(t, bookings(origin).Draw(t, "rows"))
		var back rfm.History
		require.NoError(t, back.UnmarshalBinary(encoded(t, h)))
		assert.Equal(t, encoded(t, h), encoded(t, back))
		require.NoError(t, back.Add(origin, decimal.New(1, -1)))
	})
}

func TestBinaryRefuses(t *testing.T) {
	t.Parallel()
	good, _ := codec.CutSum(encoded(t, history(t, []booking{{relmark.MustParseDate("2024-02-29"), amount(t, "12.5")}, {relmark.MustParseDate("2024-03-01"), amount(t, "1")}})))
	change := func(at int, to byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = to
		return b
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":               {nil, relmark.ErrInvalid},
		"another kind":        {change(0, 9), relmark.ErrUnsupported},
		"a later version":     {change(1, 2), relmark.ErrUnsupported},
		"ten digits":          {change(2, 10), relmark.ErrInvalid},
		"digits not needed":   {[]byte{1, 1, 1, 1, 0, 1, 10, 0}, relmark.ErrInvalid},
		"sold, not bought":    {[]byte{1, 1, 0, 1, 0, 0, 1, 1}, relmark.ErrInvalid},
		"sum past an int64":   {append([]byte{1, 1, 0, 2}, "\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x02\x01\x01\x00"...), relmark.ErrInvalid},
		"date past 9999":      {append([]byte{1, 1, 0, 1}, "\x80\xc8\xd0\x07\x01\x01\x00"...), relmark.ErrInvalid},
		"more days than data": {change(3, 99), relmark.ErrInvalid},
		"cut short":           {good[:len(good)-1], relmark.ErrInvalid},
		"trailing":            {append(append([]byte(nil), good...), 0), relmark.ErrInvalid},
		"same day twice":      {change(len(good)-4, 0), relmark.ErrInvalid},
		"nothing booked":      {change(len(good)-3, 0), relmark.ErrInvalid},
	} {
		var h rfm.History
		if c.data != nil {
			c.data = codec.AppendSum(c.data, 0)
		}
		err := h.UnmarshalBinary(c.data)
		require.ErrorIs(t, err, c.want, name)
		assert.Zero(t, h.Len(), name)
	}
	var p rfm.Patterns
	require.ErrorIs(t, p.UnmarshalBinary(good), relmark.ErrUnsupported)
	require.ErrorIs(t, p.UnmarshalBinary(codec.AppendSum([]byte{2, 1, 1}, 0)), relmark.ErrInvalid)
	nobody := append([]byte{2, 1, 1}, make([]byte, 18)...)
	require.ErrorIs(t, p.UnmarshalBinary(codec.AppendSum(nobody, 0)), relmark.ErrInvalid)
	assert.Zero(t, p.Len())
}

// Whatever decodes encodes to the same bytes and can be used.
func FuzzHistoryUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, history(f, []booking{{relmark.MustParseDate("2024-02-29"), amount(f, "12.5")}, {relmark.MustParseDate("2024-03-01"), amount(f, "-1")}})))
	f.Add([]byte{1, 1, 0, 0})
	asOf := relmark.MustParseDate("9999-12-31")
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var h rfm.History
		if h.UnmarshalBinary(data) != nil {
			return
		}
		assert.Equal(t, data, encoded(t, h))
		for _, o := range []rfm.Options{{}, {Collapse: rfm.Weekly, Returns: rfm.Gross}, {Collapse: rfm.Monthly}} {
			if s, err := h.Summary(asOf, o); err == nil {
				assert.NoError(t, s.Pattern().Validate())
			}
		}
		_ = h.Add(asOf, decimal.New(1, -9))
	})
}

func FuzzPatternsUnmarshalBinary(f *testing.F) {
	var p rfm.Patterns
	require.NoError(f, p.Add(rfm.Pattern{X: 2, TX: 30.5, T: 38.875}, 3))
	seed, err := p.MarshalBinary()
	require.NoError(f, err)
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var p rfm.Patterns
		if p.UnmarshalBinary(data) != nil {
			return
		}
		again, err := p.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, data, again)
	})
}

func FuzzScorerUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`{"v":1,"recency":["94/5"],"frequency":["2"],"monetary":["-2.5"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s rfm.Scorer
		if s.UnmarshalJSON(data) != nil {
			return
		}
		require.NoError(t, s.Cuts().Validate())
		_, err := s.MarshalJSON()
		require.NoError(t, err)
	})
}

func FuzzSegmentsUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`{"v":1,"bins":2,"segments":[{"name":"a","r":{"min":1,"max":1}},{"name":"b"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s rfm.Segments
		if s.UnmarshalJSON(data) != nil {
			return
		}
		_, ok := s.Of(rfm.Score{R: s.Bins(), F: 1, M: s.Bins()})
		assert.True(t, ok)
		_, err := s.MarshalJSON()
		require.NoError(t, err)
	})
}
