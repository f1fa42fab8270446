package servqual_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
)

// made returns the Stat of scores from Low to High.
func made(t tb, n int64, mean, sd, low, high float64) servqual.Stat {
	t.Helper()
	s, err := servqual.NewStat(servqual.StatParams{N: n, Mean: mean, SD: sd, Low: &low, High: &high})
	require.NoError(t, err)
	return s
}

// What is made of the parameters of a Stat is that Stat, and they survive JSON.
func TestStatsAreMadeOfTheirParams(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, list := drawSurvey(t)
		if len(list) == 0 {
			return
		}
		stats(in, report(t, collect(t, in, list...), servqual.HalfAnswered), func(s servqual.Stat, low, high float64) {
			data, err := json.Marshal(s.Params())
			require.NoError(t, err)
			var p servqual.StatParams
			require.NoError(t, json.Unmarshal(data, &p))
			again, err := servqual.NewStat(p)
			require.NoError(t, err)
			assert.Equal(t, s.Params(), again.Params())
			if s.N() > 1 {
				a, b, err := s.Interval(0.9)
				require.NoError(t, err)
				c, d, err := again.Interval(0.9)
				require.NoError(t, err)
				near.Slice(t, []float64{a, b}, []float64{c, d}, 0, 1e-11)
				assert.True(t, low <= a && b <= high, "the interval stays on the scale")
			}
		})
	})
}

func TestStatParamsValidate(t *testing.T) {
	t.Parallel()
	one, seven := 1.0, 7.0
	ok := servqual.StatParams{N: 3, Mean: 4, SD: 1, Low: &one, High: &seven}
	require.NoError(t, ok.Validate())
	require.NoError(t, servqual.StatParams{}.Validate())
	most := servqual.StatParams{N: 2, Mean: 4, SD: 3 * math.Sqrt2, Low: &one, High: &seven} // 1 and 7
	require.NoError(t, most.Validate())
	for name, c := range map[string]struct {
		change func(p *servqual.StatParams)
		want   []string
	}{
		"negative n":     {func(p *servqual.StatParams) { p.N = -1 }, []string{"N", "Mean", "SD"}},
		"NaN":            {func(p *servqual.StatParams) { p.Mean = math.NaN() }, []string{"Mean", "Mean"}},
		"negative SD":    {func(p *servqual.StatParams) { p.SD = -1 }, []string{"SD"}},
		"infinite SD":    {func(p *servqual.StatParams) { p.SD = inf() }, []string{"SD", "SD"}},
		"tiny SD":        {func(p *servqual.StatParams) { p.SD = 1e-200 }, []string{"SD"}},
		"SD of one":      {func(p *servqual.StatParams) { p.N = 1 }, []string{"SD"}},
		"mean of none":   {func(p *servqual.StatParams) { p.N, p.SD = 0, 0 }, []string{"Mean"}},
		"half a scale":   {func(p *servqual.StatParams) { p.High = nil }, []string{"High"}},
		"empty scale":    {func(p *servqual.StatParams) { p.High, p.SD, p.Mean = &one, 0, 1 }, []string{"High"}},
		"mean off scale": {func(p *servqual.StatParams) { p.Mean = 7.1 }, []string{"Mean"}},
		"SD too large":   {func(p *servqual.StatParams) { p.N, p.SD = 2, 4.3 }, []string{"SD"}},
	} {
		p := ok
		c.change(&p)
		err := p.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Equal(t, c.want, fields(err), name)
		_, err = servqual.NewStat(p)
		require.Error(t, err, name)
	}
}

// An end past the end of the scale is moved there.
func TestIntervalsStayOnTheScale(t *testing.T) {
	t.Parallel()
	s := made(t, 4, 6.5, 1, 1, 7)
	low, high, err := s.Interval(0.95)
	require.NoError(t, err)
	near.Slice(t, []float64{6.5 - 3.182446305283709*0.5, 7}, []float64{low, high}, 1e-12, 0) // t at 3 degrees
	c, err := made(t, 2, 1, 0, 1, 7).Change(made(t, 2, 6, 1.4, 1, 7), 0.95)
	require.NoError(t, err)
	near.Equal(t, 6, c.High, 0, 0)
	assert.Less(t, c.Low, 0.0)
}

func TestChangeRefuses(t *testing.T) {
	t.Parallel()
	s := made(t, 4, 5, 1, 1, 7)
	_, err := s.Change(s, 1)
	assert.Equal(t, []string{"Level"}, fields(err))
	_, err = s.Change(made(t, 4, 5, 1, 1, 5), 0.95)
	assert.Equal(t, []string{"Scale"}, fields(err))
	for _, few := range []servqual.Stat{{}, made(t, 1, 5, 0, 1, 7)} {
		_, err = s.Change(few, 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
		_, err = few.Change(s, 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
}

// Of scores that do not vary the test is certain.
func TestChangeOfConstants(t *testing.T) {
	t.Parallel()
	five, six := made(t, 3, 5, 0, 1, 7), made(t, 3, 6, 0, 1, 7)
	c, err := five.Change(six, 0.95)
	require.NoError(t, err)
	assert.Equal(t, servqual.Change{Earlier: 3, Later: 3, Difference: 1, Low: 1, High: 1, Degrees: 4}, c)
	c, err = five.Change(five, 0.95)
	require.NoError(t, err)
	assert.Equal(t, servqual.Change{Earlier: 3, Later: 3, Degrees: 4, P: 1}, c)
}

func TestCompareGroupsRefuses(t *testing.T) {
	t.Parallel()
	s := made(t, 4, 5, 1, 1, 7)
	for _, groups := range [][]servqual.Stat{nil, {s}, {s, {}}, {s, made(t, 1, 5, 0, 1, 7)}} {
		_, err := servqual.CompareGroups(groups)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	_, err := servqual.CompareGroups([]servqual.Stat{s, made(t, 4, 5, 1, 1, 5)})
	assert.Equal(t, []string{"Groups[1].Scale"}, fields(err))
	c, err := servqual.CompareGroups([]servqual.Stat{made(t, 4, 5, 0, 1, 7), made(t, 4, 6, 0, 1, 7)})
	require.NoError(t, err)
	assert.Equal(t, servqual.Comparison{N: 8}, c)
}

// Tests do not depend on the unit or the start of the scale.
func TestChangeIsAffineInvariant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func() servqual.StatParams {
			low, high := 1.0, 7.0
			return servqual.StatParams{
				N: rapid.Int64Range(2, 500).Draw(t, "n"), Mean: rapid.Float64Range(1, 7).Draw(t, "mean"),
				SD: rapid.Float64Range(0.1, 3).Draw(t, "sd"), Low: &low, High: &high,
			}
		}
		factor, shift := rapid.Float64Range(0.5, 20).Draw(t, "factor"), rapid.Float64Range(-50, 50).Draw(t, "shift")
		move := func(p servqual.StatParams) servqual.Stat {
			at := func(x float64) float64 { return float64(x*factor) + shift }
			return made(t, p.N, at(p.Mean), p.SD*factor, at(1), at(7))
		}
		a, b := draw(), draw()
		earlier, err := servqual.NewStat(a)
		require.NoError(t, err)
		later, err := servqual.NewStat(b)
		require.NoError(t, err)
		c, err := earlier.Change(later, 0.95)
		require.NoError(t, err)
		moved, err := move(a).Change(move(b), 0.95)
		require.NoError(t, err)
		near.Slice(t, []float64{c.Difference * factor, c.SE * factor, c.Low * factor, c.High * factor, c.T, c.Degrees, c.P},
			[]float64{moved.Difference, moved.SE, moved.Low, moved.High, moved.T, moved.Degrees, moved.P}, 1e-8, 1e-9)
		assert.True(t, c.Low <= c.Difference && c.Difference <= c.High && c.P >= 0 && c.P <= 1)
	})
}
