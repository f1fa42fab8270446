package pulse_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/pulse"
)

func text(n int) string { return strconv.Itoa(n) }

// A rating on another scale is no net promoter score, and no group may be empty of
// answers or overlap.
func TestGroups(t *testing.T) {
	t.Parallel()
	_, err := tally(t, 1, 10, 10).NPS()
	assert.Equal(t, "Scale", field(err))
	_, err = weighted(t, 1, 10).NPS()
	assert.Equal(t, "Scale", field(err))
	y := tally(t, 1, 10, 1, 5, 6, 7, 8, 9, 10)
	n, err := y.Net(pulse.Groups{Detractors: 5, Promoters: 9})
	require.NoError(t, err)
	assert.Equal(t, pulse.Net{Detractors: 2, Passives: 3, Promoters: 2}, n)
	n, err = y.Net(pulse.Groups{Detractors: 5, Promoters: 6})
	require.NoError(t, err)
	assert.Zero(t, n.Passives)
	for want, g := range map[string]pulse.Groups{
		"Detractors": {Detractors: 0, Promoters: 9},
		"Promoters":  {Detractors: 5, Promoters: 11},
	} {
		_, err := y.Net(g)
		assert.Equal(t, want, field(err))
	}
	_, err = y.Net(pulse.Groups{Detractors: 6, Promoters: 6})
	assert.Equal(t, "Promoters", field(err))
}

func TestNetRefuses(t *testing.T) {
	t.Parallel()
	good := pulse.Net{Detractors: 1, Passives: 2, Promoters: 3}
	for want, n := range map[string]pulse.Net{
		"Detractors": {Detractors: -1, Passives: 5},
		"Passives":   {Passives: -1, Promoters: 5},
		"Promoters":  {Promoters: math.MaxInt64},
		"":           {Detractors: 1 << 31, Passives: 1 << 31, Promoters: 1},
	} {
		require.ErrorIs(t, n.Validate(), relmark.ErrInvalid)
		assert.Equal(t, want, field(n.Validate()))
		_, _, err := n.Interval(0.95, pulse.Wald)
		assert.Equal(t, want, field(err))
		_, err = good.Change(n, 0.95)
		assert.Equal(t, want, field(err))
		_, err = n.Change(good, 0.95)
		assert.Equal(t, want, field(err))
		_, err = n.Estimate(pulse.Wald)
		assert.Equal(t, want, field(err))
	}
	for _, level := range []float64{0.4, 1, math.NaN(), math.Inf(1)} {
		_, _, err := good.Interval(level, pulse.Wald)
		assert.Equal(t, "Level", field(err))
		_, err = good.Change(good, level)
		assert.Equal(t, "Level", field(err))
	}
	_, _, err := good.Interval(0.95, "exact")
	require.EqualError(t, err, "pulse: Method: must be empty or wald")
	_, err = good.Estimate("exact")
	assert.Equal(t, "Method", field(err))
	var nobody pulse.Net
	_, ok := nobody.SD()
	assert.False(t, ok)
	_, ok = nobody.Score()
	assert.False(t, ok)
	_, ok = nobody.SE()
	assert.False(t, ok)
	_, _, err = nobody.Interval(0.95, pulse.Wald)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = good.Change(nobody, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// Ten promoters and nobody else: the Wald interval is a point, the adjusted one is
// not, and neither leaves the scale.
func TestNetOfOneGroup(t *testing.T) {
	t.Parallel()
	n := pulse.Net{Promoters: 10}
	low, high, err := n.Interval(0.95, pulse.Wald)
	require.NoError(t, err)
	assert.Equal(t, [2]float64{100, 100}, [2]float64{low, high})
	low, high, err = n.Interval(0.95, pulse.AdjustedWald)
	require.NoError(t, err)
	assert.Less(t, low, 70.0)
	assert.Equal(t, 100.0, high) //nolint:testifylint // cut at the end, exactly
}

// One of each: answers of 100, 0 and −100 have variance 20,000/3.
func TestNetSD(t *testing.T) {
	t.Parallel()
	sd, ok := pulse.Net{Detractors: 1, Passives: 1, Promoters: 1}.SD()
	assert.True(t, ok)
	near.Equal(t, math.Sqrt(20_000./3), sd, 1e-14, 0)
}

func TestNetProperties(t *testing.T) {
	t.Parallel()
	counts := rapid.Int64Range(0, 1e6)
	rapid.Check(t, func(t *rapid.T) {
		n := pulse.Net{Detractors: counts.Draw(t, "d"), Passives: counts.Draw(t, "n"), Promoters: counts.Draw(t, "p")}
		if n.N() == 0 {
			n.Passives = 1
		}
		score, ok := n.Score()
		require.True(t, ok)
		for _, m := range []pulse.Method{pulse.AdjustedWald, pulse.Wald} {
			low, high, err := n.Interval(0.95, m)
			require.NoError(t, err)
			assert.True(t, -100 <= low && low <= high && high <= 100)
			wide, wider, err := n.Interval(0.99, m)
			require.NoError(t, err)
			assert.True(t, wide <= low && high <= wider)
		}
		low, high, _ := n.Interval(0.95, pulse.Wald)
		assert.True(t, low <= score && score <= high)
		mirror := pulse.Net{Detractors: n.Promoters, Passives: n.Passives, Promoters: n.Detractors}
		c, err := mirror.Change(n, 0.9)
		require.NoError(t, err)
		near.Equal(t, 2*score, c.Difference, 1e-12, 1e-12)
		back, err := n.Change(mirror, 0.9)
		require.NoError(t, err)
		assert.Equal(t, [3]float64{-c.Difference, -c.High, c.P}, [3]float64{back.Difference, back.Low, back.P})
		assert.True(t, c.P >= 0 && c.P <= 1)
		same, err := n.Change(n, 0.9)
		require.NoError(t, err)
		assert.Equal(t, [2]float64{0, 1}, [2]float64{same.Difference, same.P})
	})
}

// R. G. Newcombe (1998), Interval Estimation for the Difference Between Independent
// Proportions, Statistics in Medicine 17, table II, method 10.
func TestChangeOfShares(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		later, earlier pulse.Share
		low, high      float64
	}{
		{pulse.Share{Count: 56, N: 70}, pulse.Share{Count: 48, N: 80}, 0.0524, 0.3339},
		{pulse.Share{Count: 9, N: 10}, pulse.Share{Count: 3, N: 10}, 0.1705, 0.8090},
		{pulse.Share{Count: 6, N: 7}, pulse.Share{Count: 2, N: 7}, 0.0582, 0.8062},
		{pulse.Share{Count: 5, N: 56}, pulse.Share{Count: 0, N: 29}, -0.0381, 0.1926},
		{pulse.Share{Count: 0, N: 10}, pulse.Share{Count: 0, N: 20}, -0.1611, 0.2775},
		{pulse.Share{Count: 10, N: 10}, pulse.Share{Count: 0, N: 20}, 0.6791, 1},
		{pulse.Share{Count: 10, N: 10}, pulse.Share{Count: 0, N: 10}, 0.6075, 1},
	} {
		got, err := c.earlier.Change(c.later, 0.95)
		require.NoError(t, err)
		near.Equal(t, c.low, got.Low, 0, 5e-5)
		near.Equal(t, c.high, got.High, 0, 5e-5)
	}
	none, err := pulse.Share{N: 10}.Change(pulse.Share{N: 20}, 0.95)
	require.NoError(t, err)
	assert.Equal(t, [3]float64{0, 0, 1}, [3]float64{none.Difference, none.Statistic, none.P})
	// 60 of 80 against 45 of 80: pooled z by hand, 0.1875/√(0.65625·0.34375/40).
	got, err := pulse.Share{Count: 45, N: 80}.Change(pulse.Share{Count: 60, N: 80}, 0.95)
	require.NoError(t, err)
	near.Equal(t, 0.1875/math.Sqrt(0.65625*0.34375/40), got.Statistic, 1e-14, 0)
}

// E. B. Wilson (1927) by way of Newcombe (1998), Two-Sided Confidence Intervals for
// the Single Proportion, Statistics in Medicine 17, table I, method 3.
func TestWilson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s         pulse.Share
		low, high float64
	}{
		{pulse.Share{Count: 81, N: 263}, 0.2553, 0.3662},
		{pulse.Share{Count: 15, N: 148}, 0.0624, 0.1605},
		{pulse.Share{Count: 0, N: 20}, 0, 0.1611},
		{pulse.Share{Count: 1, N: 29}, 0.0061, 0.1718},
	} {
		low, high, err := c.s.Interval(0.95)
		require.NoError(t, err)
		near.Equal(t, c.low, low, 0, 5e-5)
		near.Equal(t, c.high, high, 0, 5e-5)
	}
	for want, s := range map[string]pulse.Share{"N": {N: -1, Count: -2}, "Count": {Count: 2, N: 1}} {
		_, _, err := s.Interval(0.95)
		assert.Equal(t, want, field(err))
		_, err = s.Estimate()
		assert.Equal(t, want, field(err))
	}
	_, _, err := pulse.Share{}.Interval(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, _, err = pulse.Share{N: 3}.Interval(0)
	assert.Equal(t, "Level", field(err))
	_, ok := pulse.Share{}.Share()
	assert.False(t, ok)
	y := tally(t, 1, 5, 1, 4, 5, 5)
	top, err := y.TopBox(4)
	require.NoError(t, err)
	assert.Equal(t, pulse.Share{Count: 3, N: 4}, top)
	_, err = y.TopBox(6)
	assert.Equal(t, "From", field(err))
}

// Shares stay within 0 and 1 and hold the share itself.
func TestShareProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, math.MaxUint32).Draw(t, "n")
		s := pulse.Share{Count: rapid.Int64Range(0, n).Draw(t, "count"), N: n}
		p, ok := s.Share()
		require.True(t, ok)
		low, high, err := s.Interval(0.95)
		require.NoError(t, err)
		assert.True(t, 0 <= low && low <= p && p <= high && high <= 1 && low < high)
		e, err := s.Estimate()
		require.NoError(t, err)
		assert.Positive(t, e.SE)
	})
}

// Welch's t of two small waves, by hand: means 4 and 2, variances 1 and 1 of three.
func TestChangeOfMeans(t *testing.T) {
	t.Parallel()
	a, b := tally(t, 1, 7, 1, 2, 3).Mean(), tally(t, 1, 7, 3, 4, 5).Mean()
	c, err := a.Change(b, 0.95)
	require.NoError(t, err)
	assert.Equal(t, 2.0, c.Difference) //nolint:testifylint // exact
	near.Equal(t, math.Sqrt(2.0/3), c.SE, 1e-15, 0)
	near.Equal(t, 0.070483999997, c.P, 1e-6, 0) // two-sided t of 2.449 with 4 degrees of freedom
	near.Equal(t, 2-2.7764451052*c.SE, c.Low, 1e-9, 0)
	_, err = a.Change(tally(t, 1, 5, 1, 2).Mean(), 0.95)
	assert.Equal(t, "Scale", field(err))
	_, err = a.Change(b, 2)
	assert.Equal(t, "Level", field(err))
	flat := tally(t, 1, 7, 4, 4).Mean()
	c, err = flat.Change(tally(t, 1, 7, 5, 5).Mean(), 0.95)
	require.NoError(t, err)
	assert.Equal(t, pulse.Change{Difference: 1, Low: 1, High: 1}, c)
}
