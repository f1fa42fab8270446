package servqual_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
)

// drawWaves draws two waves of the same groups on a scale of 1 to 7, some empty.
func drawWaves(t *rapid.T) (earlier, later []servqual.Stat) {
	n := rapid.IntRange(1, 5).Draw(t, "groups")
	group := func() servqual.Stat {
		if rapid.IntRange(0, 4).Draw(t, "empty") == 0 {
			return servqual.Stat{}
		}
		return made(t, rapid.Int64Range(2, 1000).Draw(t, "n"), rapid.Float64Range(1, 7).Draw(t, "mean"), spread().Draw(t, "sd"), 1, 7)
	}
	for range n {
		earlier, later = append(earlier, group()), append(later, group())
	}
	return earlier, later
}

// What the mix did and what happened within the groups are the change, to the last bit,
// and each is the sum of what the groups did; the definition is followed here in floats.
func TestMixAndWithinAreTheChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		earlier, later := drawWaves(t)
		s, err := servqual.SplitChange(earlier, later, 0.95)
		n1, m1 := everybody(earlier)
		n2, m2 := everybody(later)
		if n1 == 0 || n2 == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.NoError(t, err)
		exact(t, s.Mix.Value+s.Within.Value, s.Difference.Value, "mix and within")
		mix, within := 0.0, 0.0
		for i, g := range s.Groups {
			mix += g.Mix
			within += g.Within
			near.Equal(t, float64(earlier[i].N())/float64(n1), g.EarlierShare, 1e-15, 0)
			a, okA := earlier[i].Mean()
			b, okB := later[i].Mean()
			if !okA || !okB {
				exact(t, 0, g.Within, "no change in a group that is empty in one wave")
			} else {
				near.Equal(t, (g.EarlierShare+g.LaterShare)/2*(b-a), g.Within, 0, 1e-13)
				near.Equal(t, (g.LaterShare-g.EarlierShare)*((a+b)/2-(m1+m2)/2), g.Mix, 0, 1e-13)
			}
		}
		exact(t, mix, s.Mix.Value, "mix")
		exact(t, within, s.Within.Value, "within")
		tight(t, m1, s.Earlier, "earlier")
		tight(t, m2, s.Later, "later")
		tight(t, m2-m1, s.Difference.Value, "change")
		for _, e := range []servqual.Estimate{s.Difference, s.Mix, s.Within} {
			assert.True(t, e.SE >= 0 && e.Low <= e.Value+1e-12 && e.Value <= e.High+1e-12 && e.N == n1+n2)
		}
		back, err := servqual.SplitChange(later, earlier, 0.95)
		require.NoError(t, err)
		near.Slice(t, []float64{-s.Mix.Value, -s.Within.Value, s.Mix.SE, s.Within.SE},
			[]float64{back.Mix.Value, back.Within.Value, back.Mix.SE, back.Within.SE}, 1e-9, 1e-12)
	})
}

// spread draws a standard deviation that scores of 1 to 7 can have.
func spread() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0.01, 2.9))
}

func everybody(groups []servqual.Stat) (n int64, mean float64) {
	for _, g := range groups {
		n += g.N()
	}
	for _, g := range groups {
		m, _ := g.Mean()
		mean += m * float64(g.N()) / float64(max(n, 1))
	}
	return n, mean
}

// Where all groups have one mean and keep it, all is 0; where groups keep their means,
// all is mix; where they keep their shares, all is within.
func TestSplitOfOneKind(t *testing.T) {
	t.Parallel()
	of := func(n int64, mean float64) servqual.Stat { return made(t, n, mean, 1, 1, 7) }
	split := func(a, b []servqual.Stat) servqual.Split {
		s, err := servqual.SplitChange(a, b, 0.95)
		require.NoError(t, err)
		return s
	}
	s := split([]servqual.Stat{of(30, 4), of(70, 6)}, []servqual.Stat{of(60, 4), of(40, 6)})
	near.Slice(t, []float64{-0.6, 0, -0.6}, []float64{s.Mix.Value, s.Within.Value, s.Difference.Value}, 1e-15, 1e-15)
	s = split([]servqual.Stat{of(30, 4), of(70, 6)}, []servqual.Stat{of(60, 5), of(140, 5)})
	near.Slice(t, []float64{0, -0.4, -0.4}, []float64{s.Mix.Value, s.Within.Value, s.Difference.Value}, 1e-15, 1e-15)
	s = split([]servqual.Stat{of(50, 4), {}}, []servqual.Stat{of(50, 4), of(50, 6)}) // a new group
	near.Slice(t, []float64{1, 0}, []float64{s.Mix.Value, s.Within.Value}, 1e-15, 1e-15)
}

// The standard errors are those over many samples: 4,000 drawn here from two waves of
// three groups.
func TestStandardErrorsOfASplit(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 3))
	in := instrument(t, servqual.InstrumentParams{Low: 0, High: 10, Dimensions: []servqual.Dimension{{Name: "a", Items: []int{0}}}})
	draw := func(n int, shares [3]float64, means [3]float64) []servqual.Stat {
		var surveys [3]*servqual.Survey
		for g := range surveys {
			surveys[g] = in.NewSurvey()
		}
		for range n {
			u, g := rng.Float64(), 0
			for u > shares[g] {
				u -= shares[g]
				g++
			}
			x := means[g] + 1.5*rng.NormFloat64()
			require.NoError(t, surveys[g].Add(servqual.Response{Perceived: []int8{int8(min(max(math.Round(x), 0), 10))}}))
		}
		var stats []servqual.Stat
		for _, s := range surveys {
			stats = append(stats, report(t, s, servqual.AllAnswered).Items[0].Perceived)
		}
		return stats
	}
	const samples = 1000
	var values [3][]float64
	var squares [3]float64
	for range samples {
		s, err := servqual.SplitChange(draw(60, [3]float64{0.5, 0.3, 0.2}, [3]float64{4, 6, 7}), draw(90, [3]float64{0.3, 0.3, 0.4}, [3]float64{5, 6, 5}), 0.95)
		require.NoError(t, err)
		for i, e := range []servqual.Estimate{s.Difference, s.Mix, s.Within} {
			values[i] = append(values[i], e.Value)
			squares[i] += e.SE * e.SE / samples
		}
	}
	for i, v := range values {
		_, sd := meanSD(v)
		near.Equal(t, sd, math.Sqrt(squares[i]), 0.07, 0, "figure %d", i)
	}
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	g := made(t, 5, 4, 1, 1, 7)
	_, err := servqual.SplitChange([]servqual.Stat{g}, []servqual.Stat{g, g}, 0.95)
	assert.Equal(t, []string{"Later"}, fields(err))
	_, err = servqual.SplitChange(nil, nil, 0.95)
	assert.Equal(t, []string{"Later"}, fields(err))
	_, err = servqual.SplitChange([]servqual.Stat{g}, []servqual.Stat{g}, 0)
	assert.Equal(t, []string{"Level"}, fields(err))
	_, err = servqual.SplitChange([]servqual.Stat{g, g}, []servqual.Stat{g, made(t, 5, 4, 1, 1, 5)}, 0.95)
	assert.Equal(t, []string{"Groups[3].Scale"}, fields(err))
	for _, few := range []servqual.Stat{{}, made(t, 1, 4, 0, 1, 7)} {
		_, err = servqual.SplitChange([]servqual.Stat{few}, []servqual.Stat{g}, 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
		_, err = servqual.SplitChange([]servqual.Stat{g}, []servqual.Stat{few}, 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
}

// Weighting to shares gives each respondent the weight W/n: the score, its variance and
// the design effect are followed here respondent by respondent.
func TestPostStratifyWeightsRespondents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var strata []servqual.Stratum
		var total int64
		for range rapid.IntRange(1, 5).Draw(t, "strata") {
			s := servqual.Stratum{
				Score:      made(t, rapid.Int64Range(2, 40).Draw(t, "n"), rapid.Float64Range(1, 7).Draw(t, "mean"), spread().Draw(t, "sd"), 1, 7),
				Population: rapid.Int64Range(1, 1000).Draw(t, "population"),
			}
			total += s.Population
			strata = append(strata, s)
		}
		got, err := servqual.PostStratify(strata, 0.95)
		require.NoError(t, err)
		n, sum, squares, score, variance := 0.0, 0.0, 0.0, 0.0, 0.0
		for _, s := range strata {
			m, _ := s.Score.Mean()
			sd, _ := s.Score.SD()
			weight := float64(s.Population) / float64(total) / float64(s.Score.N())
			for range s.Score.N() {
				n++
				sum += weight
				squares += weight * weight
				score += weight * m
				variance += weight * weight * sd * sd
			}
		}
		near.Equal(t, score/sum, got.Value, 1e-12, 0)
		near.Equal(t, math.Sqrt(variance), got.SE, 1e-12, 1e-15)
		near.Equal(t, n*squares/(sum*sum), got.DesignEffect, 1e-12, 0)
		near.Equal(t, sum*sum/squares, got.Effective, 1e-12, 0)
		assert.True(t, got.DesignEffect >= 1-1e-12 && got.Degrees >= 1 && got.Degrees <= n)
		assert.True(t, 1 <= got.Low && got.Low <= got.High && got.High <= 7)
		for i := range strata {
			strata[i].Population *= 7
		}
		again, err := servqual.PostStratify(strata, 0.95)
		require.NoError(t, err)
		near.Equal(t, got.Value, again.Value, 1e-14, 0, "shares count, not their unit")
	})
}

// Of one stratum the score is its own.
func TestPostStratifyOfOne(t *testing.T) {
	t.Parallel()
	s := made(t, 20, 4.5, 1.2, 1, 7)
	got, err := servqual.PostStratify([]servqual.Stratum{{s, 9}, {servqual.Stat{}, 0}}, 0.9)
	require.NoError(t, err)
	low, high, err := s.Interval(0.9)
	require.NoError(t, err)
	near.Slice(t, []float64{4.5, low, high, 1, 20, 19}, []float64{got.Value, got.Low, got.High, got.DesignEffect, got.Effective, got.Degrees}, 1e-13, 0)
}

func TestPostStratifyRefuses(t *testing.T) {
	t.Parallel()
	g := made(t, 5, 4, 1, 1, 7)
	for _, c := range []struct {
		strata []servqual.Stratum
		want   []string
	}{
		{nil, []string{"Strata"}},
		{[]servqual.Stratum{{servqual.Stat{}, 0}}, []string{"Strata"}},
		{[]servqual.Stratum{{g, -1}, {g, 5}}, []string{"Strata[0].Population"}},
		{[]servqual.Stratum{{g, 0}, {g, 5}}, []string{"Strata[0].Population"}},
		{[]servqual.Stratum{{g, math.MaxInt64}, {g, math.MaxInt64}}, []string{"Strata[0].Population", "Strata[1].Population", "Strata"}},
		{[]servqual.Stratum{{g, 3}, {made(t, 5, 4, 1, 1, 5), 5}}, []string{"Groups[1].Scale"}},
	} {
		_, err := servqual.PostStratify(c.strata, 0.95)
		assert.Equal(t, c.want, fields(err))
	}
	_, err := servqual.PostStratify([]servqual.Stratum{{g, 1}}, 1)
	assert.Equal(t, []string{"Level"}, fields(err))
	for _, few := range []servqual.Stat{{}, made(t, 1, 4, 0, 1, 7)} {
		_, err = servqual.PostStratify([]servqual.Stratum{{g, 1}, {few, 1}}, 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
}
