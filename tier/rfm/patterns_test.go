package rfm_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// The CDNOW sample has 2357 customers of whom 1411 bought once; grouped by (x, t_x,
// T) in days they are far fewer patterns than customers.
func TestCDNOWPatterns(t *testing.T) {
	t.Parallel()
	base, err := rfm.Collect(cdnow(t, "cdnow_transactions.csv"))
	require.NoError(t, err)
	if base.Len() != 2357 {
		t.Skip("another sample than the published one")
	}
	patterns, err := base.Patterns(relmark.MustParseDate("1997-09-30"), rfm.Options{Unit: rfm.Week})
	require.NoError(t, err)
	assert.EqualValues(t, 2357, patterns.N())
	assert.Equal(t, 1016, patterns.Len())
	once := int64(0)
	for p, n := range patterns.All() {
		if p.X == 0 {
			once += n
		}
	}
	assert.EqualValues(t, 2357-946, once)
}

func anyPattern(t *rapid.T) rfm.Pattern {
	p := rfm.Pattern{T: float64(rapid.IntRange(0, 3).Draw(t, "T"))}
	if p.T > 0 {
		p.X = rapid.IntRange(0, 2).Draw(t, "X")
	}
	if p.X > 0 {
		p.TX = p.T / 2
	}
	return p
}

func TestPatternsMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var whole, a, b rfm.Patterns
		for i := range rapid.IntRange(0, 30).Draw(t, "n") {
			p, n := anyPattern(t), rapid.Int64Range(0, 5).Draw(t, "count")
			shard := &a
			if i%2 == 0 {
				shard = &b
			}
			require.NoError(t, shard.Add(p, n))
			require.NoError(t, whole.Add(p, n))
		}
		ab, ba := rfm.Patterns{}, rfm.Patterns{}
		require.NoError(t, ab.Merge(a))
		require.NoError(t, ab.Merge(b))
		require.NoError(t, ba.Merge(b))
		require.NoError(t, ba.Merge(a))
		want, err := whole.MarshalBinary()
		require.NoError(t, err)
		for _, p := range []rfm.Patterns{ab, ba} {
			got, err := p.MarshalBinary()
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
		previous := rfm.Pattern{X: -1}
		total := int64(0)
		for p, n := range whole.All() {
			assert.Positive(t, n)
			assert.True(t, p.X > previous.X || p.X == previous.X && (p.TX > previous.TX || p.TX == previous.TX && p.T > previous.T))
			previous, total = p, total+n
		}
		assert.Equal(t, total, whole.N())
	})
}

func TestPatternsRefuse(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]rfm.Pattern{
		"rfm: X = -1: must be 0 or more":              {X: -1},
		"rfm: T = NaN: must be finite and 0 or more":  {T: math.NaN()},
		"rfm: T = +Inf: must be finite and 0 or more": {T: math.Inf(1)},
		"rfm: TX = NaN: must lie in [0, T]":           {X: 1, TX: math.NaN(), T: 1},
		"rfm: TX = 2: must lie in [0, T]":             {X: 1, TX: 2, T: 1},
		"rfm: TX = 1: must be 0 if X is 0":            {TX: 1, T: 1},
	} {
		var patterns rfm.Patterns
		err := patterns.Add(p, 1)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.EqualError(t, err, want)
		assert.Zero(t, patterns.Len())
	}
	var patterns rfm.Patterns
	require.EqualError(t, patterns.Add(rfm.Pattern{}, -1), "rfm: N = -1: must be 0 or more")
	require.NoError(t, patterns.Add(rfm.Pattern{TX: math.Copysign(0, -1)}, math.MaxInt64))
	require.ErrorIs(t, patterns.Add(rfm.Pattern{}, 1), relmark.ErrLimit)
	require.ErrorIs(t, patterns.Merge(patterns), relmark.ErrLimit)
	assert.Equal(t, int64(math.MaxInt64), patterns.N())
	for p := range patterns.All() {
		assert.False(t, math.Signbit(p.TX), "minus zero is zero")
		break
	}
}
