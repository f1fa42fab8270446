package basket_test

import (
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/codec"
)

// Whatever is decoded encodes to the same bytes and can be mined.
func FuzzCounterUnmarshalBinary(f *testing.F) {
	for _, c := range golden(f) {
		data, err := c.MarshalBinary()
		require.NoError(f, err)
		f.Add(data)
	}
	for _, digits := range goldenFile(f, 1) {
		data, err := hex.DecodeString(digits)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decode[string](t, data)
		decode[int16](t, data)
		decode[uint64](t, data)
	})
}

func decode[I relmark.ID](t *testing.T, data []byte) {
	t.Helper()
	data = codec.Seal(data)
	var c basket.Counter[I]
	if err := c.UnmarshalBinary(data); err != nil {
		require.NotEqual(t, errors.Is(err, relmark.ErrInvalid), errors.Is(err, relmark.ErrUnsupported), err)
		require.Zero(t, c.Baskets())
		return
	}
	again := encode(t, &c)
	if data[1] == 1 { // a version that is only read
		require.NoError(t, c.UnmarshalBinary(again))
		data = encode(t, &c)
	}
	require.Equal(t, data, again)
	for _, item := range c.Items() {
		require.Positive(t, c.Count(item))
	}
	sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: 1, MaxSets: 100})
	if err != nil {
		require.ErrorIs(t, err, relmark.ErrLimit)
	}
	for _, s := range sets {
		require.Equal(t, c.Count(s.Items...), s.Count)
	}
}

// Frequent accepts exactly what SetParams.Validate accepts and what the baskets
// allow; what it returns is what it says.
func FuzzFrequent(f *testing.F) {
	f.Add([]byte("tea milk. tea. bread"), int64(1), 0, 0, uint8(0), int64(0))
	f.Add([]byte("..abcabc.bc"), int64(2), 2, 10, uint8(1), int64(400))
	f.Add([]byte("a"), int64(0), -1, math.MinInt, uint8(2), int64(-1))
	f.Add([]byte("abc.abd.acd"), int64(1), 0, 3, uint8(3), int64(0))
	f.Fuzz(func(t *testing.T, text []byte, minCount int64, maxLen, maxSets int, family uint8, maxBytes int64) {
		p := basket.SetParams{
			MinCount: minCount, MaxLen: bound(maxLen), MaxSets: min(maxSets, 1000), MaxBytes: &maxBytes,
			Family: append(basket.Families(), "", "some")[family%6], Workers: int(family % 3),
		}
		if maxBytes == 0 {
			p.MaxBytes = nil
		}
		c := letters(t, text)
		sets, err := c.Frequent(t.Context(), p)
		if p.Validate() != nil {
			require.EqualError(t, err, p.Validate().Error())
			return
		}
		if c.Baskets() > 0 && minCount > c.Baskets() {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		if limit, ok := errors.AsType[*basket.LimitError](err); ok {
			require.Greater(t, limit.Complete, minCount)
			minCount = limit.Complete
		} else if err != nil {
			require.ErrorIs(t, err, relmark.ErrLimit)
			return
		}
		for _, s := range sets {
			require.GreaterOrEqual(t, s.Count, minCount)
			require.Equal(t, c.Count(s.Items...), s.Count)
			require.True(t, maxLen == 0 || len(s.Items) <= maxLen)
		}
	})
}

// letters counts baskets of single letters, separated by full stops.
func letters(t *testing.T, text []byte) *basket.Counter[byte] {
	t.Helper()
	var c basket.Counter[byte]
	start := 0
	for i, b := range append(text, '.') {
		if b == '.' {
			require.NoError(t, c.Add(text[start:i]...))
			start = i + 1
		}
	}
	return &c
}

// Rules of any sets whatever are an error or keep what they promise; those of a
// counter are no error but the limit.
func FuzzRules(f *testing.F) {
	f.Add([]byte("ab.abc.b.ca"), int64(1), 0.5, 0, 100, uint8(0))
	f.Add([]byte("ab.abc.b.ca"), int64(1), 0.5, 1, 0, uint8(3))
	f.Add([]byte("ab"), int64(1), math.NaN(), -1, -1, uint8(0))
	f.Fuzz(func(t *testing.T, text []byte, minCount int64, confidence float64, maxConsequent, maxRules int, broken uint8) {
		c := letters(t, text)
		sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: max(1, minCount), MaxSets: 200})
		if err != nil {
			return
		}
		if broken > 0 && len(sets) > 0 { // leave one out
			i := int(broken) % len(sets)
			sets = append(sets[:i:i], sets[i+1:]...)
		}
		p := basket.RuleParams{MinConfidence: confidence, MaxConsequent: bound(maxConsequent), MaxRules: min(maxRules, 1000)}
		rules, err := basket.Rules(t.Context(), sets, c.Baskets(), p)
		if p.Validate() != nil {
			require.EqualError(t, err, p.Validate().Error())
			return
		}
		if err != nil {
			require.Nil(t, rules)
			require.True(t, errors.Is(err, relmark.ErrLimit) || broken > 0 && errors.Is(err, relmark.ErrInvalid), err)
			return
		}
		for _, r := range rules {
			require.NoError(t, r.Validate())
			require.GreaterOrEqual(t, r.Confidence(), confidence)
			require.Equal(t, c.Count(r.Antecedent...), r.Left)
			require.Equal(t, c.Count(r.Consequent...), r.Right)
			require.Equal(t, c.Count(append(r.Antecedent, r.Consequent...)...), r.Both)
		}
	})
}
