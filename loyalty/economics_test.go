package loyalty_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty"
)

// The value is the sum of discounted margins of those still there.
func TestValueIsTheSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := loyalty.Retention{
			Margin: rapid.Float64Range(-100, 100).Draw(t, "m"), Retention: rapid.Float64Range(0, 0.95).Draw(t, "r"), Discount: rapid.Float64Range(0, 1).Draw(t, "d"),
		}
		v, err := r.Value()
		require.NoError(t, err)
		sum, factor := 0.0, 1.0
		for range 3000 {
			factor *= r.Retention / (1 + r.Discount)
			sum += r.Margin * factor
		}
		near.Equal(t, sum, v, 1e-10, 1e-10)
		// At the break-even retention the programme gains nothing.
		cost := rapid.Float64Range(0, 100).Draw(t, "c")
		p, err := r.WithProgramme(cost, nil)
		require.NoError(t, err)
		require.Nil(t, p.With)
		if p.BreakEven == nil || *p.BreakEven >= 1+r.Discount {
			return
		}
		again, err := r.WithProgramme(cost, p.BreakEven)
		require.NoError(t, err)
		near.Equal(t, 0, *again.Gain, 1e-9, 1e-9*max(1, math.Abs(v)))
	})
}

func TestEconomicsRefuse(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for name, r := range map[string]loyalty.Retention{
		"margin": {Margin: nan}, "retention": {Retention: 1.1}, "certain": {Retention: 1}, "discount": {Discount: -0.1},
		"overflow": {Margin: 1e308, Retention: 0.9999, Discount: 0},
	} {
		_, err := r.Value()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	r := loyalty.Retention{Margin: 10, Retention: 0.5}
	for _, cost := range []float64{-1, nan, math.Inf(1)} {
		_, err := r.WithProgramme(cost, nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := r.WithProgramme(1, new(1.0))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = loyalty.Retention{Margin: 1e308, Retention: 0.1}.WithProgramme(0, new(0.99))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = loyalty.Retention{Margin: 1e308, Retention: 0.99}.WithProgramme(0, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for name, c := range map[string]struct {
		investment, discount float64
		flows                []float64
	}{"negative": {-1, 0, nil}, "infinite": {math.Inf(1), 0, nil}, "discount": {1, -1, nil}, "flow": {1, 0, []float64{nan}}} {
		_, err := loyalty.PaybackOf(c.investment, c.discount, c.flows)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	back, err := loyalty.PaybackOf(1, 0, nil)
	require.NoError(t, err)
	assert.Nil(t, back.Periods)
	for periods, flows := range [][]float64{nil, {0}, {-1, 1}} { // of nothing: the first that is not in debt
		back, err = loyalty.PaybackOf(0, 0, flows)
		require.NoError(t, err)
		if periods == 0 {
			assert.Nil(t, back.Periods)
			continue
		}
		assert.Equal(t, periods, *back.Periods)
		near.Equal(t, float64(periods-1+periods/2), *back.Interpolated, 0, 0)
	}
}

func TestUpliftsRefuse(t *testing.T) {
	t.Parallel()
	good := loyalty.Trial{Level: loyalty.Social, Treated: loyalty.Group{N: 10, Retained: 5}, Control: loyalty.Group{N: 10, Retained: 5}}
	change := func(f func(x *loyalty.Trial)) loyalty.Trial {
		x := good
		f(&x)
		return x
	}
	for name, x := range map[string]loyalty.Trial{
		"level":    change(func(x *loyalty.Trial) { x.Level = "legal" }),
		"retained": change(func(x *loyalty.Trial) { x.Treated.Retained = 11 }),
		"n":        change(func(x *loyalty.Trial) { x.Control = loyalty.Group{N: -1} }),
		"margin":   change(func(x *loyalty.Trial) { x.MarginPerRetained = math.NaN() }),
		"overflow": change(func(x *loyalty.Trial) { x.MarginPerRetained = 1e308 }),
		"cost":     change(func(x *loyalty.Trial) { x.Breakage = -1 }),
	} {
		_, err := loyalty.Uplifts(loyalty.Random, 0.95, []loyalty.Trial{good, x})
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := loyalty.Uplifts("", 0.95, []loyalty.Trial{good})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, confidence := range []float64{0, 1, -0.5, math.NaN()} {
		_, err = loyalty.Uplifts(loyalty.Random, confidence, []loyalty.Trial{good})
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	ups, err := loyalty.Uplifts(loyalty.Random, 0.95, []loyalty.Trial{good})
	require.NoError(t, err)
	assert.True(t, ups[0].NoEvidence)
	assert.Nil(t, ups[0].CostPerRetained)
	assert.Nil(t, ups[0].BreakEvenUplift)
	ups, err = loyalty.Uplifts(loyalty.Random, 0.95, nil)
	require.NoError(t, err)
	assert.Empty(t, ups)
}

func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	c := loyalty.Cell{N: 5, Mean: 1, SD: 1}
	for name, cells := range map[string]loyalty.Cells{
		"sd":   {c, c, c, loyalty.Cell{N: 5, SD: -1}},
		"mean": {c, loyalty.Cell{N: 5, Mean: math.NaN()}, c, c},
		"n":    {loyalty.Cell{N: -5}, c, c, c},
	} {
		_, err := cells.Effect(0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := loyalty.Cells{c, c, loyalty.Cell{N: 1}, c}.Effect(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = loyalty.Cells{c, c, c, c}.Effect(1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = loyalty.Changes([]float64{1, 2}, []float64{1}, 0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = loyalty.Changes([]float64{1, math.NaN()}, []float64{1, 2}, 0.9)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = loyalty.Changes([]float64{1, 2}, []float64{1, 2}, 0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = loyalty.Changes(slices.Repeat([]float64{math.NaN()}, 10_000), []float64{1, 2}, 0.9)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Less(t, len(err.Error()), 5_000, "the first of many faults")
}

// Four cells made of the customers of the changes give their effect; the error is
// another, since the samples are then taken as independent.
func TestBothWaysToTheSameDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(-50, 50), 2, 20)
		treated, control := xs.Draw(t, "treated"), xs.Draw(t, "control")
		e, err := loyalty.Changes(treated, control, 0.95)
		require.NoError(t, err)
		zero := loyalty.Cell{N: 2}
		cells := loyalty.Cells{TreatedBefore: zero, ControlBefore: zero, TreatedAfter: sample(treated), ControlAfter: sample(control)}
		f, err := cells.Effect(0.95)
		require.NoError(t, err)
		near.Equal(t, f.Effect, e.Effect, 1e-12, 1e-12)
		near.Equal(t, f.SE, e.SE, 1e-9, 1e-9)
	})
}

// Means of a million differ by what rounding takes from each of them.
func TestChangesOfLargeNumbersKeepTheirDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		halves := rapid.SliceOfN(rapid.Int64Range(-4e6, 4e6), 2, 30) // exact as float64
		treated, control := halves.Draw(t, "treated"), halves.Draw(t, "control")
		e, err := loyalty.Changes(half(treated), half(control), 0.3)
		require.NoError(t, err)
		want, _ := new(big.Rat).Sub(meanOf(treated), meanOf(control)).Float64()
		near.Equal(t, want, e.Effect, 1e-15, 0)
	})
}

func half(xs []int64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = float64(x) / 2
	}
	return out
}

func meanOf(halves []int64) *big.Rat {
	sum := int64(0)
	for _, x := range halves {
		sum += x
	}
	return big.NewRat(sum, 2*int64(len(halves)))
}

func sample(xs []float64) loyalty.Cell {
	n, mean, squares := float64(len(xs)), 0.0, 0.0
	for _, x := range xs {
		mean += x / n
	}
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	return loyalty.Cell{N: int64(len(xs)), Mean: mean, SD: math.Sqrt(squares / (n - 1))}
}

// The worked figures of the study plans of the servqual room, where both groups are equal.
func TestControlGroups(t *testing.T) {
	t.Parallel()
	h := loyalty.Hope{Base: 0.7, Uplift: 0.05, Confidence: 0.95, Power: 0.8}
	// (1.959964 + 0.841621)²·(0.7·0.3 + 0.75·0.25)/0.05² = 1247.9 in each group
	p, err := h.CustomersFor(0.5)
	require.NoError(t, err)
	assert.Equal(t, []int64{1248, 1248}, []int64{p.Treated, p.Control})
	assert.GreaterOrEqual(t, p.Power, 0.8)

	p, err = h.ControlOf(20_000)
	require.NoError(t, err)
	assert.EqualValues(t, 20_000, p.Treated+p.Control)
	assert.GreaterOrEqual(t, p.Power, 0.8)
	assert.Less(t, p.Control, int64(750))

	_, err = h.ControlOf(2_000)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	assert.ErrorContains(t, err, "2494 would be enough")
	_, err = h.ControlOf(2_495)
	require.NoError(t, err)
	_, err = h.ControlOf(3)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = h.CustomersFor(0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	h.Uplift = 1e-9
	_, err = h.CustomersFor(0.1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, bad := range []loyalty.Hope{
		{Base: 0, Uplift: 0.1, Confidence: 0.9, Power: 0.9},
		{Base: 0.5, Confidence: 0.9, Power: 0.9},
		{Base: 0.5, Uplift: 0.5, Confidence: 0.9, Power: 0.9},
		{Base: 0.5, Uplift: 0.1, Confidence: 1, Power: 0.9},
		{Base: 0.5, Uplift: 0.1, Confidence: 0.9, Power: 0.4},
	} {
		require.ErrorIs(t, bad.Validate(), relmark.ErrInvalid)
	}
}

// The control group found is the smallest: one customer fewer does not find the effect.
func TestControlGroupIsTheSmallest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := loyalty.Hope{
			Base: rapid.Float64Range(0.1, 0.9).Draw(t, "base"), Uplift: rapid.Float64Range(-0.09, 0.09).Draw(t, "uplift"),
			Confidence: rapid.Float64Range(0.6, 0.999).Draw(t, "confidence"), Power: rapid.Float64Range(0.5, 0.99).Draw(t, "power"),
		}
		if h.Validate() != nil {
			return
		}
		p, err := h.ControlOf(rapid.Int64Range(4, 1e7).Draw(t, "customers"))
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.GreaterOrEqual(t, p.Power, h.Power-1e-9)
		if p.Control > 2 {
			q := h.Base + h.Uplift
			se := math.Sqrt(q*(1-q)/float64(p.Treated+1) + h.Base*(1-h.Base)/float64(p.Control-1))
			require.Less(t, math.Abs(h.Uplift)/se, math.Abs(h.Uplift)/se*(1+1e-9)) // it is a number
			x := math.Abs(h.Uplift)/se - normal(h.Confidence)
			require.Less(t, 0.5*math.Erfc(-x/math.Sqrt2), h.Power+1e-9)
		}
	})
}

// normal inverts the error function by bisection.
func normal(level float64) float64 {
	low, high := 0.0, 10.0
	for range 100 {
		if middle := (low + high) / 2; math.Erf(middle/math.Sqrt2) < level {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// A trial planned for a power finds the effect that often.
func TestPowerIsWhatTrialsShow(t *testing.T) {
	t.Parallel()
	h := loyalty.Hope{Base: 0.6, Uplift: 0.08, Confidence: 0.95, Power: 0.8}
	p, err := h.CustomersFor(0.25)
	require.NoError(t, err)
	source := rand.New(rand.NewPCG(1, 2))
	found, runs := 0, 2000
	for range runs {
		u, err := loyalty.Uplifts(loyalty.Random, 0.95, []loyalty.Trial{{
			Level: loyalty.Social, Treated: drawn(source, p.Treated, 0.68), Control: drawn(source, p.Control, 0.6),
		}})
		require.NoError(t, err)
		if !u[0].NoEvidence && u[0].Uplift > 0 {
			found++
		}
	}
	near.Equal(t, p.Power, float64(found)/float64(runs), 0, 4*math.Sqrt(0.8*0.2/float64(runs)))
}

func drawn(source *rand.Rand, n int64, share float64) loyalty.Group {
	g := loyalty.Group{N: n}
	for range n {
		if source.Float64() < share {
			g.Retained++
		}
	}
	return g
}
