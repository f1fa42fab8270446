package abc_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/abc"
)

func prospectParams() abc.ProspectParams {
	return abc.ProspectParams{
		Fit:          []abc.Attribute{{Name: "distance", Weight: 3}, {Name: "household", Weight: 1}},
		Intent:       []abc.IntentSignal{{Name: "visit", Points: 1, HalfLife: 7}, {Name: "quote", Points: 10, HalfLife: 30}},
		Half:         10,
		FitLevels:    abc.Axis{High: 0.7, Medium: 0.4},
		IntentLevels: abc.Axis{High: 0.5, Medium: 0.2},
		MinCoverage:  0.5,
	}
}

// Worked by hand: fit (3·1 + 1·0.2)/4; points of a visit a week ago 0.5 and of a
// quote thirty days ago 5: intent 1 − 2^(−5.5/10).
func TestScoreByHand(t *testing.T) {
	t.Parallel()
	s, err := abc.NewScorer(prospectParams())
	require.NoError(t, err)
	asOf := relmark.MustParseDate("2026-03-31")
	score, err := s.Score(abc.Prospect{
		Fit: []abc.Measure{abc.Measured(1), abc.Measured(0.2)},
		Touches: []abc.Touch{
			{Signal: 0, On: asOf.AddDays(-7)},
			{Signal: 1, On: asOf.AddDays(-30)},
			{Signal: 1, On: asOf.AddDays(1)}, // not yet
		},
	}, asOf)
	require.NoError(t, err)
	near.Equal(t, 0.8, score.Fit, 1e-15, 0)
	near.Equal(t, 1, score.Coverage, 0, 0)
	near.Equal(t, 1-math.Exp2(-0.55), score.Intent, 1e-15, 0)
	near.Equal(t, math.Sqrt(0.8*(1-math.Exp2(-0.55))), score.Total, 1e-15, 0)
	assert.Equal(t, []any{abc.High, abc.Medium, abc.A}, []any{score.FitLevel, score.IntentLevel, score.Class})

	thin, err := s.Score(abc.Prospect{Fit: []abc.Measure{{}, abc.Measured(1)}}, asOf)
	require.NoError(t, err)
	assert.Equal(t, abc.ProspectScore{Fit: 1, Coverage: 0.25, FitLevel: abc.Low, IntentLevel: abc.Low, Class: abc.C}, thin)
	none, err := s.Score(abc.Prospect{Fit: make([]abc.Measure, 2)}, asOf)
	require.NoError(t, err)
	assert.Equal(t, abc.ProspectScore{FitLevel: abc.Low, IntentLevel: abc.Low, Class: abc.C}, none)
}

func TestDefaultProspectTable(t *testing.T) {
	t.Parallel()
	text, err := abc.DefaultProspectTable().MarshalText()
	require.NoError(t, err)
	assert.Equal(t, "aab abc bcc", string(text))
	var back abc.ProspectTable
	require.NoError(t, back.UnmarshalText(text))
	assert.Equal(t, abc.DefaultProspectTable(), back)
}

// More fit, more touches or fresher ones never lower a score; scores stay in 0 to
// 1 whatever the weights, points and half-lives.
func TestScoreProperties(t *testing.T) {
	t.Parallel()
	positive := rapid.OneOf(rapid.Float64Range(0.1, 10), rapid.Float64Range(math.SmallestNonzeroFloat64, math.MaxFloat64))
	rapid.Check(t, func(t *rapid.T) {
		p := prospectParams()
		p.Fit[0].Weight, p.Fit[1].Weight = positive.Draw(t, "w0"), positive.Draw(t, "w1")
		p.Intent[0].Points, p.Intent[0].HalfLife = positive.Draw(t, "points"), positive.Draw(t, "half-life")
		p.Half = positive.Draw(t, "half")
		s, err := abc.NewScorer(p)
		require.NoError(t, err)
		asOf := relmark.MustParseDate("2026-03-31")
		fit, age := rapid.Float64Range(0, 1).Draw(t, "fit"), rapid.IntRange(0, 4000).Draw(t, "age")
		score := func(fit float64, touches ...abc.Touch) abc.ProspectScore {
			got, err := s.Score(abc.Prospect{Fit: []abc.Measure{abc.Measured(fit), abc.Measured(0.5)}, Touches: touches}, asOf)
			require.NoError(t, err)
			for _, v := range []float64{got.Fit, got.Coverage, got.Intent, got.Total} {
				assert.True(t, v >= 0 && v <= 1, "%v", got)
			}
			return got
		}
		touch := abc.Touch{On: asOf.AddDays(-age)}
		base := score(fit, touch)
		assert.GreaterOrEqual(t, score(1, touch).Fit, base.Fit)
		assert.GreaterOrEqual(t, score(fit, touch, touch).Intent, base.Intent)
		assert.GreaterOrEqual(t, score(fit, abc.Touch{On: asOf}).Intent, base.Intent)
	})
}

func TestScoreRanksProspects(t *testing.T) {
	t.Parallel()
	s, err := abc.NewScorer(prospectParams())
	require.NoError(t, err)
	asOf := relmark.MustParseDate("2026-03-31")
	good := abc.Prospect{Fit: []abc.Measure{abc.Measured(1), abc.Measured(1)}, Touches: []abc.Touch{{Signal: 1, On: asOf}}}
	list, err := abc.Score(s, func(yield func(string, abc.Prospect) bool) {
		_ = yield("z", good) && yield("c", abc.Prospect{Fit: make([]abc.Measure, 2)}) && yield("a", good) &&
			yield("b", abc.Prospect{Fit: []abc.Measure{abc.Measured(0.5), abc.Measured(0.5)}, Touches: good.Touches})
	}, asOf)
	require.NoError(t, err)
	var ids string
	for _, x := range list {
		ids += x.ID + string(x.Class) + " "
	}
	assert.Equal(t, "aa za ba cc ", ids)
	_, err = abc.Score(s, func(yield func(int, abc.Prospect) bool) { yield(1, abc.Prospect{}) }, asOf)
	require.EqualError(t, err, "abc: customer 0: Fit = 0: must hold one measure for each attribute")
}

func TestScorerRefuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*abc.ProspectParams){
		"abc: Fit = 0: must be 1 to 100 attributes":                             func(p *abc.ProspectParams) { p.Fit = nil },
		"abc: Intent = 101: must be 1 to 100 signals":                           func(p *abc.ProspectParams) { p.Intent = make([]abc.IntentSignal, 101) },
		"abc: Fit[0].Name: must be UTF-8, not empty and not that of another":    func(p *abc.ProspectParams) { p.Fit[0].Name = "" },
		"abc: Intent[1].Name: must be UTF-8, not empty and not that of another": func(p *abc.ProspectParams) { p.Intent[1].Name = "visit" },
		"abc: Fit[1].Weight = 0: must be finite and > 0":                        func(p *abc.ProspectParams) { p.Fit[1].Weight = 0 },
		"abc: Intent[0].Points = NaN: must be finite and > 0":                   func(p *abc.ProspectParams) { p.Intent[0].Points = math.NaN() },
		"abc: Intent[0].HalfLife = +Inf: must be finite and > 0":                func(p *abc.ProspectParams) { p.Intent[0].HalfLife = math.Inf(1) },
		"abc: Half = 0: must be finite and > 0":                                 func(p *abc.ProspectParams) { p.Half = 0 },
		"abc: MinCoverage = 1.5: must be 0 to 1":                                func(p *abc.ProspectParams) { p.MinCoverage = 1.5 },
		"abc: FitLevels.High = 0: must be finite and above Medium":              func(p *abc.ProspectParams) { p.FitLevels = abc.Axis{} },
		"abc: IntentLevels.Medium = -Inf: must be finite":                       func(p *abc.ProspectParams) { p.IntentLevels.Medium = math.Inf(-1) },
		"abc: Table: must be one of a, b, c":                                    func(p *abc.ProspectParams) { p.Table[1][1] = abc.B },
	} {
		p := prospectParams()
		change(&p)
		_, err := abc.NewScorer(p)
		require.EqualError(t, err, want)
		require.EqualError(t, p.Validate(), want)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	p := prospectParams()
	s, err := abc.NewScorer(p)
	require.NoError(t, err)
	p.Fit[0].Weight = -1 // the scorer holds a copy, and hands out copies
	s.Params().Fit[0].Weight = -1
	near.Equal(t, 3, s.Params().Fit[0].Weight, 0, 0)

	asOf, known := relmark.MustParseDate("2026-03-31"), []abc.Measure{abc.Measured(1), {}}
	for want, p := range map[string]abc.Prospect{
		"abc: Fit = 1: must hold one measure for each attribute":     {Fit: known[:1]},
		"abc: Fit = -1: must be 0 to 1 where it is known":            {Fit: []abc.Measure{abc.Measured(-1), {}}},
		"abc: Touches.Signal = 2: must be the position of a signal":  {Fit: known, Touches: []abc.Touch{{Signal: 2, On: asOf}}},
		"abc: Touches.Signal = -1: must be the position of a signal": {Fit: known, Touches: []abc.Touch{{Signal: -1, On: asOf}}},
		"abc: Touches.On: must be a date":                            {Fit: known, Touches: []abc.Touch{{}}},
	} {
		_, err := s.Score(p, asOf)
		require.EqualError(t, err, want)
	}
	_, err = s.Score(abc.Prospect{Fit: known}, relmark.Date{})
	require.EqualError(t, err, "abc: AsOf: must be a date")
	_, err = abc.Scorer{}.Score(abc.Prospect{}, asOf)
	require.EqualError(t, err, "abc: Scorer: must come from NewScorer")
}

func TestScoreAllocatesNothing(t *testing.T) {
	s, err := abc.NewScorer(prospectParams())
	require.NoError(t, err)
	asOf := relmark.MustParseDate("2026-03-31")
	p := abc.Prospect{Fit: []abc.Measure{abc.Measured(1), {}}, Touches: []abc.Touch{{On: asOf}}}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = s.Score(p, asOf) }))
}

func TestConversions(t *testing.T) {
	t.Parallel()
	hot := abc.ProspectScore{FitLevel: abc.High, IntentLevel: abc.High}
	cold := abc.ProspectScore{FitLevel: abc.Low, IntentLevel: abc.Low}
	var c, o abc.Conversions
	_, ok := c.Rate(hot, 10)
	assert.False(t, ok)
	for i := range 10 {
		require.NoError(t, c.Add(hot, i < 6))
		require.NoError(t, o.Add(cold, i < 2))
	}
	require.NoError(t, c.Merge(o))
	assert.Equal(t, abc.Trial{Prospects: 10, Won: 6}, c[0][0])
	for _, x := range []struct {
		score abc.ProspectScore
		prior float64
		want  float64
	}{
		{hot, 0, 0.6},
		{cold, 0, 0.2},
		{hot, 10, 0.5}, // (6 + 10·8/20)/20
		{abc.ProspectScore{FitLevel: abc.Medium, IntentLevel: abc.Low}, 10, 0.4}, // never seen: the rest decides
	} {
		got, ok := c.Rate(x.score, x.prior)
		assert.True(t, ok)
		near.Equal(t, x.want, got, 1e-15, 0)
	}
	for _, prior := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, ok = c.Rate(hot, prior)
		assert.False(t, ok)
	}
	_, ok = c.Rate(abc.ProspectScore{FitLevel: abc.Medium, IntentLevel: abc.Low}, 0)
	assert.False(t, ok)
	_, ok = c.Rate(abc.ProspectScore{}, 1)
	assert.False(t, ok)
	require.ErrorIs(t, c.Add(abc.ProspectScore{}, true), relmark.ErrInvalid)

	full := abc.Conversions{}
	full[0][0].Prospects = math.MaxInt64
	before := c
	require.ErrorIs(t, c.Merge(full), relmark.ErrLimit)
	assert.Equal(t, before, c)
	require.ErrorIs(t, full.Add(hot, false), relmark.ErrLimit)
	full[1][1].Won = 1
	_, ok = full.Rate(hot, 1)
	assert.False(t, ok, "more won than there were")
}
