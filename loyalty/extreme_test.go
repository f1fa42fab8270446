package loyalty_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty"
)

// wild draws finite numbers of every size.
func wild() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64Range(-10, 10),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 5e-324, -5e-324, 1e-300, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64, 1, -1}),
	)
}

// The four states are probabilities that add up to 1, for measurements of any size.
func TestStatesOfAnySize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) loyalty.Measurement {
			return loyalty.Measurement{Value: wild().Draw(t, name), SE: math.Abs(wild().Draw(t, "se")), Cut: wild().Draw(t, "cut")}
		}
		r, err := loyalty.StateOf(draw("attitude"), draw("patronage"))
		require.NoError(t, err)
		for _, p := range []float64{r.True, r.Latent, r.Spurious, r.None} {
			require.True(t, p >= 0 && p <= 1, "%v", r)
		}
		near.Equal(t, 1, r.True+r.Latent+r.Spurious+r.None, 1e-14, 0)
	})
	r, err := loyalty.StateOf(loyalty.Measurement{Value: 1e308, SE: 1e-10, Cut: 1e308}, loyalty.Measurement{Value: math.MaxFloat64, SE: math.MaxFloat64, Cut: -math.MaxFloat64})
	require.NoError(t, err)
	near.Equal(t, 0.5*0.9772498680518208, r.True, 1e-14, 0) // Φ(2)
	r, err = loyalty.StateOf(loyalty.Measurement{Value: 10, SE: 1}, loyalty.Measurement{Value: 1})
	require.NoError(t, err)
	near.Equal(t, 7.61985302416053e-24, r.Spurious, 1e-12, 0, "Φ(−10): a small probability has digits of its own")
}

// A retention near 1 keeps its digits, and a break-even of just 1 is one.
func TestRetentionNearOne(t *testing.T) {
	t.Parallel()
	v, err := loyalty.Retention{Margin: 100, Retention: 1, Discount: 1e-17}.Value()
	require.NoError(t, err)
	near.Equal(t, 1e19, v, 1e-15, 0)
	// V·d = m − c where certainty just pays; in decimals, so rounding goes either way.
	for _, c := range []struct{ margin, retention, discount, cost float64 }{
		{100, 0.9, 0.1, 55}, {100, 0.8, 0.2, 60}, {10, 0.7, 0.3, 6.5}, {100, 0.6, 0.4, 70}, {1, 0.3, 0.7, 0.85}, {100, 0.5, 0.25, 250. / 3},
	} {
		p, err := loyalty.Retention{Margin: c.margin, Retention: c.retention, Discount: c.discount}.WithProgramme(c.cost, nil)
		require.NoError(t, err)
		require.NotNil(t, p.BreakEven, "%v", c)
		assert.LessOrEqual(t, *p.BreakEven, 1.0)
		near.Equal(t, 1, *p.BreakEven, 1e-12, 0)
	}
	p, err := loyalty.Retention{Margin: 1e308, Retention: 0.9, Discount: 0.1}.WithProgramme(1e307, nil)
	if err == nil {
		require.NotNil(t, p.BreakEven)
	}
	p, err = loyalty.Retention{Margin: 1e308, Retention: 0.5, Discount: 1}.WithProgramme(1e307, nil)
	require.NoError(t, err)
	near.Equal(t, 2./(1+0.9*3), *p.BreakEven, 1e-12, 0)
}

// A programme's value is finite and encodes, or is refused.
func TestProgrammeValueEncodes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(0, 1)
		r := loyalty.Retention{Margin: wild().Draw(t, "margin"), Retention: share.Draw(t, "retention"), Discount: math.Abs(wild().Draw(t, "discount"))}
		v, err := r.WithProgramme(math.Abs(wild().Draw(t, "cost")), new(share.Draw(t, "with")))
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		_, err = json.Marshal(v)
		require.NoError(t, err)
	})
}

// An investment is paid back by flows that reach it, however small it is, and by none before.
func TestPaybackOfSmallInvestments(t *testing.T) {
	t.Parallel()
	for _, unit := range []float64{1e-300, 1e-13, 1, 1e200} {
		p, err := loyalty.PaybackOf(3*unit, 0, []float64{0, unit, unit, unit})
		require.NoError(t, err)
		require.NotNil(t, p.Periods)
		assert.Equal(t, 4, *p.Periods)
		p, err = loyalty.PaybackOf(3*unit, 0, []float64{0, unit})
		require.NoError(t, err)
		assert.Nil(t, p.Periods)
	}
	_, err := loyalty.PaybackOf(1, 0, []float64{-1.7e308, -1.7e308, 1.7e308})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// What rounding leaves of no difference is no evidence of one.
func TestNoDifferenceIsNoEvidence(t *testing.T) {
	t.Parallel()
	for _, unit := range []float64{1e-200, 1, 1e200} {
		cell := func(mean float64) loyalty.Cell { return loyalty.Cell{N: 5, Mean: mean * unit} }
		e, err := loyalty.Cells{TreatedBefore: cell(0.1), TreatedAfter: cell(0.3), ControlBefore: cell(0.2), ControlAfter: cell(0.4)}.Effect(0.95)
		require.NoError(t, err)
		assert.Zero(t, e.Effect)
		assert.True(t, e.NoEvidence)
		e, err = loyalty.Cells{TreatedBefore: cell(0.1), TreatedAfter: cell(0.3000001), ControlBefore: cell(0.2), ControlAfter: cell(0.4)}.Effect(0.95)
		require.NoError(t, err)
		assert.False(t, e.NoEvidence)
	}
}

// An uplift is finite and encodes, or is refused.
func TestUpliftEncodes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		group := func(name string) loyalty.Group {
			n := rapid.Int64Range(2, 1<<53).Draw(t, name)
			return loyalty.Group{N: n, Retained: rapid.Int64Range(0, n).Draw(t, "retained")}
		}
		amount := func(name string) float64 { return math.Abs(wild().Draw(t, name)) }
		trial := loyalty.Trial{
			Level: loyalty.Social, Treated: group("treated"), Control: group("control"), MarginPerRetained: wild().Draw(t, "margin"),
			RewardCost: amount("reward"), DeadweightCost: amount("deadweight"), OperatingCost: amount("operating"), Breakage: amount("breakage"),
		}
		u, err := loyalty.Uplifts(loyalty.Random, 0.9999, []loyalty.Trial{trial})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		_, err = json.Marshal(u)
		require.NoError(t, err, "%v", u)
	})
}

func fourLevels() (loyalty.ProfilePolicy, map[string]*loyalty.Sign) {
	var p loyalty.ProfilePolicy
	signs := map[string]*loyalty.Sign{}
	for i, level := range loyalty.Levels() {
		for k := range 2 {
			name := strconv.Itoa(2*i + k)
			p.Components = append(p.Components, loyalty.Component{Indicator: loyalty.Indicator{Name: name, High: 1, Weight: float64(1 + k)}, Level: level, Enough: 4})
			signs[name] = &loyalty.Sign{Value: 0.333 * float64(1+k), N: float64(3 + i)}
		}
	}
	return p, signs
}

// A profile does not depend on the unit of weights, nor on that of observations.
func TestProfileInAnyUnit(t *testing.T) {
	t.Parallel()
	p, signs := fourLevels()
	want, err := p.Profile(signs)
	require.NoError(t, err)
	for _, unit := range []float64{5e-324, 1e-200, 1e200, 1e304} {
		q, other := fourLevels()
		for i := range q.Components {
			q.Components[i].Weight *= unit
			if unit > 1 {
				q.Components[i].Enough *= 1e307
				other[q.Components[i].Name].N *= 1e307
			}
		}
		got, err := q.Profile(other)
		require.NoError(t, err)
		for i, level := range got.Levels {
			near.Equal(t, *want.Levels[i].Score, *level.Score, 1e-12, 0)
			require.NotNil(t, level.Reliability)
			near.Equal(t, *want.Levels[i].Reliability, *level.Reliability, 1e-12, 0)
		}
	}
}

// The same input always has the same error, whatever the order of a map.
func TestProfileErrorsAreInOrder(t *testing.T) {
	t.Parallel()
	p, _ := fourLevels()
	for i := range p.Components {
		p.Components[i].Weight = 0
	}
	for range 50 {
		require.EqualError(t, p.Validate(), "loyalty: Weights = financial: must not all be 0 on a level; "+
			"Weights = social: must not all be 0 on a level; Weights = customisation: must not all be 0 on a level; "+
			"Weights = structural: must not all be 0 on a level")
	}
}

// Tallies that no customers gave are not merged, and nothing is changed by them.
func TestBenefitMergeRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []loyalty.BenefitTally{
		{N: math.MaxInt64, Incomplete: math.MaxInt64}, {N: -5}, {Incomplete: -1}, {N: 1, Importance: 1001}, {N: 1, Importance: 4, Receipt: 1, Squares: 8},
	} {
		tally := loyalty.BenefitTally{N: 1, Importance: 3, Receipt: 2, Squares: 1}
		before := tally
		require.ErrorIs(t, tally.Merge(bad), relmark.ErrInvalid)
		assert.Equal(t, before, tally)
		require.ErrorIs(t, bad.Merge(tally), relmark.ErrInvalid)
	}
}

// Scores that no two differ in by enough are too few; those far off 0 are refused, as the
// precision of their curve would be none.
func TestResponseOfCloseScores(t *testing.T) {
	t.Parallel()
	for _, form := range []loyalty.Form{loyalty.Linear, loyalty.Logistic} {
		_, err := loyalty.FitResponse(t.Context(), form, []loyalty.ScoreCount{{0, 10, 3}, {5e-324, 10, 7}})
		require.ErrorIs(t, err, relmark.ErrTooFew)
		assert.NotContains(t, err.Error(), "\n")
		interval := func(off float64) loyalty.Interval {
			var counts []loyalty.ScoreCount
			for i := range 10 {
				counts = append(counts, loyalty.ScoreCount{Score: off + float64(i), N: 100, Loyal: int64(20 + 5*i + i*i%4)})
			}
			c, err := loyalty.FitResponse(t.Context(), form, counts)
			if off > 1e6 {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				return loyalty.Interval{}
			}
			require.NoError(t, err)
			i, ok := c.ShareInterval(off+4, 0.95)
			require.True(t, ok)
			return i
		}
		want := interval(0)
		for _, off := range []float64{1e3, 1e5, 2e5} {
			got := interval(off)
			near.Equal(t, want.Low, got.Low, 1e-6, 0)
			near.Equal(t, want.High, got.High, 1e-6, 0)
		}
		interval(1e7)
	}
}

// The slope of a line is what it gains, also where its share is no number.
func TestGainOfSteepLine(t *testing.T) {
	t.Parallel()
	c := loyalty.Curve{Form: loyalty.Linear, Slope: 1e308, Intercept: 1}
	near.Equal(t, 1e308, c.Gain(100), 0, 0)
	assert.True(t, math.IsNaN(c.Gain(math.Inf(1))))
}

// leastIsNamed checks that the number that an error names is the least that is enough.
func leastIsNamed(t require.TestingT, h loyalty.Hope) {
	_, err := h.ControlOf(4)
	if err == nil {
		return
	}
	require.ErrorIs(t, err, relmark.ErrTooFew)
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "loyalty: customers = 4: "), " ")
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	_, err = h.ControlOf(n)
	require.NoError(t, err)
	if n > 5 {
		_, err = h.ControlOf(n - 1)
		require.ErrorIs(t, err, relmark.ErrTooFew, "fewer are not")
	}
}

// That is so also where there are so many that it is rounded. None is named beyond all counting.
func TestEnoughIsEnough(t *testing.T) {
	t.Parallel()
	leastIsNamed(t, loyalty.Hope{Base: 0.2487933945376426, Uplift: 1e-6, Confidence: 0.95, Power: 0.99})
	rapid.Check(t, func(t *rapid.T) {
		h := loyalty.Hope{Base: rapid.Float64Range(0.01, 0.9).Draw(t, "base"), Confidence: 0.95, Power: rapid.Float64Range(0.5, 0.99).Draw(t, "power")}
		h.Uplift = rapid.Float64Range(1e-6, 0.99-h.Base).Draw(t, "uplift")
		leastIsNamed(t, h)
	})
	_, err := loyalty.Hope{Base: 0.5, Uplift: 1e-300, Confidence: 0.95, Power: 0.8}.ControlOf(4)
	require.EqualError(t, err, "loyalty: customers = 4: more than 2^52 would be enough: not enough data")
}

// Checks of long valid lists allocate nothing for each element.
func TestChecksDoNotAllocateByElement(t *testing.T) {
	counts := make([]loyalty.ScoreCount, 2000)
	for i := range counts {
		counts[i] = loyalty.ScoreCount{Score: float64(i), N: 10, Loyal: int64(i % 7)}
	}
	fit := func(n int) float64 {
		return testing.AllocsPerRun(5, func() { _, _ = loyalty.FitResponse(t.Context(), loyalty.Linear, counts[:n]) })
	}
	assert.LessOrEqual(t, fit(2000), fit(500)+5, "lists grow")
	p, signs := fourLevels()
	assert.LessOrEqual(t, testing.AllocsPerRun(20, func() { _, _ = p.Profile(signs) }), 60.0)
}
