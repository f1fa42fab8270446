package sequence_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/sequence"
	"github.com/relmark/relmark/internal/near"
)

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// observed draws customers of a logistic model with two features.
func observed(n int, seed uint64, intercept, a, b float64) []sequence.Observation {
	rng := rand.New(rand.NewPCG(seed, 2))
	past := make([]sequence.Observation, n)
	for i := range past {
		x := []float64{float64(rng.IntN(2)), 30 + 20*rng.NormFloat64()}
		past[i] = sequence.Observation{X: x, Bought: rng.Float64() < 1/(1+math.Exp(-intercept-a*x[0]-b*x[1]))}
	}
	return past
}

func names() []string { return []string{"owns_card", "days_since_purchase"} }

// gradient is that of the penalised log likelihood, which is 0 at the best.
func gradient(p sequence.PropensityParams, past []sequence.Observation, lambda float64) []float64 {
	out := make([]float64, len(p.Coef)+1)
	for _, o := range past {
		eta := p.Intercept
		for j, x := range o.X {
			eta += p.Coef[j] * x
		}
		r := -1 / (1 + math.Exp(-eta))
		if o.Bought {
			r++
		}
		out[0] += r
		for j, x := range o.X {
			out[j+1] += r * x
		}
	}
	for j, b := range p.Coef {
		out[j+1] -= lambda * b
	}
	return out
}

func TestFitPropensityFindsTruth(t *testing.T) {
	t.Parallel()
	past := observed(20_000, 1, -1, 0.8, -0.03)
	fit, err := sequence.FitPropensity(t.Context(), names(), past, sequence.PropensityOptions{})
	require.NoError(t, err)
	assert.Equal(t, sequence.Converged, fit.Status)
	assert.Equal(t, 20_000, fit.N)
	p := fit.Model.Params()
	near.Slice(t, []float64{-1, 0.8, -0.03}, []float64{p.Intercept, p.Coef[0], p.Coef[1]}, 0, 4*fit.StdErr[0])
	for j, want := range []float64{0.8, -0.03} {
		assert.Less(t, math.Abs(p.Coef[j]-want), 4*fit.StdErr[j+1])
	}
	near.Slice(t, []float64{0, 0, 0}, gradient(p, past, 0), 0, 1e-7)
}

// Where the gradient vanishes a convex problem has its only solution, whatever the units.
func TestFitPropensityIsBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		past := observed(rapid.IntRange(20, 80).Draw(t, "n"), rapid.Uint64().Draw(t, "seed"), 0, 1, -0.02)
		lambda := rapid.Float64Range(1e-3, 10).Draw(t, "lambda")
		fit, err := sequence.FitPropensity(t.Context(), names(), past, sequence.PropensityOptions{Lambda: lambda})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		near.Slice(t, []float64{0, 0, 0}, gradient(fit.Model.Params(), past, lambda), 0, 1e-8)

		// Standardised penalties do not depend on units.
		o := sequence.PropensityOptions{Lambda: lambda, Standardise: true}
		one, err := sequence.FitPropensity(t.Context(), names(), past, o)
		require.NoError(t, err)
		for i := range past {
			past[i].X = []float64{past[i].X[0], 1000*past[i].X[1] + 7}
		}
		other, err := sequence.FitPropensity(t.Context(), names(), past, o)
		require.NoError(t, err)
		near.Equal(t, one.Model.Params().Coef[1], 1000*other.Model.Params().Coef[1], 1e-9, 1e-12)
		near.Equal(t, one.LogLik, other.LogLik, 1e-12, 0)
	})
}

func TestFitPropensityIsHonest(t *testing.T) {
	t.Parallel()
	o := func(bought bool, x ...float64) sequence.Observation {
		return sequence.Observation{X: x, Bought: bought}
	}
	type past = []sequence.Observation
	for name, c := range map[string]struct {
		features []string
		past     past
		options  sequence.PropensityOptions
		status   sequence.Status
		want     error
	}{
		"separated":        {[]string{"x"}, past{o(false, -2), o(false, -1), o(true, 1), o(true, 2)}, sequence.PropensityOptions{}, sequence.Separated, relmark.ErrNoConverge},
		"nearly separated": {[]string{"x"}, past{o(false, -2), o(false, 1), o(true, 1), o(true, 2)}, sequence.PropensityOptions{}, sequence.Separated, relmark.ErrNoConverge},
		"one group all in": {[]string{"x"}, past{o(true, 1), o(true, 1), o(true, 0), o(false, 0)}, sequence.PropensityOptions{}, sequence.Separated, relmark.ErrNoConverge},
		"the same, ridge":  {[]string{"x"}, past{o(true, 1), o(true, 1), o(true, 0), o(false, 0)}, sequence.PropensityOptions{Lambda: 1}, sequence.Converged, nil},
		"constant feature": {[]string{"x"}, past{o(true, 1), o(false, 1), o(true, 1)}, sequence.PropensityOptions{}, sequence.NotIdentified, relmark.ErrNoConverge},
		"constant, ridge":  {[]string{"x"}, past{o(true, 1), o(false, 1), o(true, 1)}, sequence.PropensityOptions{Lambda: 1}, sequence.Converged, nil},
		"twins": {
			[]string{"x", "y"},
			past{o(true, 1, 2), o(false, 1, 2), o(true, 2, 4), o(false, 3, 6), o(true, 3, 6)},
			sequence.PropensityOptions{},
			sequence.NotIdentified, relmark.ErrNoConverge,
		},
		"stopped":  {[]string{"x"}, past{o(true, 1), o(false, 2), o(true, 3), o(false, 9)}, sequence.PropensityOptions{MaxIterations: 1}, sequence.NotConverged, relmark.ErrNoConverge},
		"all":      {[]string{"x"}, past{o(true, 1)}, sequence.PropensityOptions{}, "", relmark.ErrTooFew},
		"nobody":   {nil, past{o(false)}, sequence.PropensityOptions{}, "", relmark.ErrTooFew},
		"no data":  {nil, nil, sequence.PropensityOptions{}, "", relmark.ErrTooFew},
		"short":    {[]string{"x"}, past{o(true), o(false, 1)}, sequence.PropensityOptions{}, "", relmark.ErrInvalid},
		"infinite": {[]string{"x"}, past{o(true, math.Inf(1)), o(false, 1)}, sequence.PropensityOptions{}, "", relmark.ErrInvalid},
		"no names": {[]string{"x", "x"}, past{o(true, 1, 1)}, sequence.PropensityOptions{}, "", relmark.ErrInvalid},
		"options":  {nil, past{o(true)}, sequence.PropensityOptions{Lambda: math.NaN(), MaxIterations: -1}, "", relmark.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fit, err := sequence.FitPropensity(t.Context(), c.features, c.past, c.options)
			require.ErrorIs(t, err, c.want)
			assert.Equal(t, c.status, fit.Status)
			assert.Equal(t, c.status == sequence.Converged, fit.StdErr != nil)
		})
	}
	ctx, cancel := contextOf(t)
	cancel()
	_, err := sequence.FitPropensity(ctx, names(), observed(50, 1, 0, 0, 0), sequence.PropensityOptions{})
	require.ErrorIs(t, err, ctx.Err())
}

func TestPropensityExplains(t *testing.T) {
	t.Parallel()
	p := sequence.PropensityParams{Features: names(), Intercept: -1, Coef: []float64{0.5, -0.1}, Means: []float64{0.25, 10}}
	m, err := sequence.NewPropensity(p)
	require.NoError(t, err)
	x := []float64{1, 4}
	e, err := m.Explain(x)
	require.NoError(t, err)
	near.Equal(t, -0.9, e.Logit, 1e-15, 0) // −1 + 0.5 − 0.4
	near.Equal(t, -1.875, e.Baseline, 1e-15, 0)
	near.Equal(t, 1/(1+math.Exp(0.9)), e.P, 1e-15, 0)
	require.Len(t, e.Contributions, 2)
	assert.Equal(t, "days_since_purchase", e.Contributions[0].Feature)
	near.Slice(t, []float64{0.6, 0.375}, []float64{e.Contributions[0].Logit, e.Contributions[1].Logit}, 1e-15, 0)
	for _, bad := range [][]float64{nil, {1}, {1, 2, 3}, {math.NaN(), 1}, {1, 1e16}} {
		assert.True(t, math.IsNaN(m.Prob(bad)), bad)
		_, err := m.Explain(bad)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	p.Coef[0] = 99
	q := m.Params()
	q.Means[0] = 99
	near.Equal(t, e.P, m.Prob(x), 0, 0, "what is passed in and out is a copy")
	near.Equal(t, 0.5, sequence.Propensity{}.Prob(nil), 0, 0)
}

func TestPropensityAllocates(t *testing.T) {
	m, err := sequence.NewPropensity(sequence.PropensityParams{Features: names(), Coef: []float64{1, 2}, Means: []float64{0, 0}})
	require.NoError(t, err)
	x := []float64{1, 4}
	require.Zero(t, testing.AllocsPerRun(100, func() { m.Prob(x) }))
}

func TestSuggestNext(t *testing.T) {
	t.Parallel()
	model := func(intercept float64) sequence.Propensity {
		m, err := sequence.NewPropensity(sequence.PropensityParams{Intercept: intercept})
		require.NoError(t, err)
		return m
	}
	models := map[string]sequence.Propensity{"loan": model(0), "card": model(1), "fund": model(0), "home": model(9)}
	got, err := sequence.SuggestNext(models, nil, sequence.SuggestParams[string]{Max: 2, Exclude: []string{"home"}})
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.Equal(t, []string{"card", "fund"}, []string{got[0].Item, got[1].Item})
	assert.Equal(t, []crosssell.Evidence[string]{{Source: crosssell.FromSequence, Weight: 0.5}}, got[1].Because)
	_, err = sequence.SuggestNext(models, []float64{1}, sequence.SuggestParams[string]{Max: 1})
	assert.Equal(t, []string{"X"}, fields(err))
	_, err = sequence.SuggestNext(models, nil, sequence.SuggestParams[string]{})
	assert.Equal(t, []string{"Max"}, fields(err))
}

// held returns what a model of one feature, the logit itself, said of customers.
func held(p []float64, bought []bool) (sequence.Propensity, []sequence.Observation) {
	m, err := sequence.NewPropensity(sequence.PropensityParams{Features: []string{"logit"}, Coef: []float64{1}, Means: []float64{0}})
	if err != nil {
		panic(err)
	}
	var out []sequence.Observation
	for i := range p {
		out = append(out, sequence.Observation{X: []float64{logit(p[i])}, Bought: bought[i]})
	}
	return m, out
}

func drawHeld(t *rapid.T) (sequence.Propensity, []sequence.Observation, int) {
	n := rapid.IntRange(2, 12).Draw(t, "n")
	p := rapid.SliceOfN(rapid.SampledFrom([]float64{0.05, 0.2, 0.3, 0.5, 0.7, 0.99}), n, n).Draw(t, "p")
	yes := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "bought")
	k := 0
	for _, b := range yes {
		if b {
			k++
		}
	}
	m, out := held(p, yes)
	return m, out, k
}

func TestCalibrated(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, holdout, k := drawHeld(t)
		for _, kind := range []sequence.CalibrationKind{sequence.InTheLarge, sequence.Platt, sequence.Isotonic} {
			c, err := m.Calibrated(t.Context(), kind, holdout)
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrTooFew)
				require.True(t, k == 0 || k == len(holdout) || kind == sequence.Platt)
				continue
			}
			sum, target := 0.0, float64(k)
			for _, o := range holdout {
				sum += c.Prob(o.X)
			}
			if kind == sequence.Platt { // of his targets
				n := float64(len(holdout))
				target = target*(target+1)/(target+2) + (n-target)/(n-target+2)
			}
			near.Equal(t, target, sum, 1e-9, 0, "%s: as many buy as are said to", kind)
			round(t, c)
		}
	})
}

// round sends a model through its JSON.
func round(t require.TestingT, m sequence.Propensity) {
	data, err := json.Marshal(m)
	require.NoError(t, err)
	var back sequence.Propensity
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, m, back)
}

// The curve of least squares among rising ones, at the k-th of n probabilities, is the
// greatest over i ≤ k of the least over j ≥ k of the share that bought from i to j.
func TestIsotonicIsMaxMin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, holdout, k := drawHeld(t)
		if k == 0 || k == len(holdout) {
			return
		}
		c, err := m.Calibrated(t.Context(), sequence.Isotonic, holdout)
		require.NoError(t, err)
		var at []float64
		for _, o := range holdout {
			at = append(at, o.X[0])
		}
		slices.Sort(at)
		at = slices.Compact(at)
		share := func(lo, hi float64) float64 {
			n, yes := 0.0, 0.0
			for _, o := range holdout {
				if lo <= o.X[0] && o.X[0] <= hi {
					if n++; o.Bought {
						yes++
					}
				}
			}
			return yes / n
		}
		last := 0.0
		for i, x := range at {
			best := 0.0
			for _, lo := range at[:i+1] {
				least := 1.0
				for _, hi := range at[i:] {
					least = min(least, share(lo, hi))
				}
				best = max(best, least)
			}
			near.Equal(t, best, c.Prob([]float64{x}), 1e-14, 0, "at %v", x)
			require.GreaterOrEqual(t, c.Prob([]float64{x}), last)
			last = c.Prob([]float64{x})
		}
		near.Equal(t, last, c.Prob([]float64{40}), 0, 0, "level behind the last")
		require.LessOrEqual(t, c.Prob([]float64{-40}), c.Prob([]float64{at[0]}))
		for x := -5.0; x < 5; x += 0.01 {
			require.LessOrEqual(t, c.Prob([]float64{x}), c.Prob([]float64{x + 0.01}))
		}
	})
}

func TestCalibratedRefuses(t *testing.T) {
	t.Parallel()
	m, holdout := held([]float64{0.3, 0.3}, []bool{true, false})
	_, err := m.Calibrated(t.Context(), "isotone", holdout)
	assert.Equal(t, []string{"Kind"}, fields(err))
	_, err = m.Calibrated(t.Context(), sequence.Platt, holdout)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = m.Calibrated(t.Context(), sequence.Platt, []sequence.Observation{{}})
	assert.Equal(t, []string{"Past[0].X"}, fields(err))
	_, err = m.Calibrated(t.Context(), sequence.InTheLarge, holdout[:1])
	require.ErrorIs(t, err, relmark.ErrTooFew)
	ctx, cancel := contextOf(t)
	cancel()
	_, err = m.Calibrated(ctx, sequence.InTheLarge, holdout)
	require.ErrorIs(t, err, ctx.Err())
	holdout[0].X = []float64{1}
	_, err = m.Calibrated(ctx, sequence.Platt, holdout)
	require.ErrorIs(t, err, ctx.Err())
}

func TestPropensityParamsValidate(t *testing.T) {
	t.Parallel()
	p := sequence.PropensityParams{
		Features: []string{"a", ""}, Intercept: math.Inf(1), Coef: []float64{1}, Means: []float64{math.NaN(), 1},
		Calibration: &sequence.Calibration{Kind: "x"},
	}
	assert.Equal(t, []string{"Features[1]", "Intercept", "Coef", "Means[0]", "Calibration.Kind"}, fields(p.Validate()))
	for _, c := range []struct {
		calibration sequence.Calibration
		want        []string
	}{
		{sequence.Calibration{Kind: sequence.Platt, Slope: 2}, nil},
		{sequence.Calibration{Kind: sequence.InTheLarge, Slope: 2}, []string{"Calibration.Slope"}},
		{sequence.Calibration{Kind: sequence.Isotonic, Slope: 1}, []string{"Calibration.Slope", "Calibration.Knots"}},
		{
			sequence.Calibration{Kind: sequence.Isotonic, Knots: []sequence.Knot{{0.5, 0.5}, {0.5, 0.4}, {2, -1}}},
			[]string{"Calibration.Knots[1].From", "Calibration.Knots[1].To", "Calibration.Knots[2].From", "Calibration.Knots[2].To", "Calibration.Knots[2].To"},
		},
		{
			sequence.Calibration{Kind: sequence.Platt, Intercept: math.NaN(), Knots: []sequence.Knot{{0, 0}}},
			[]string{"Calibration.Intercept", "Calibration.Knots"},
		},
	} {
		q := sequence.PropensityParams{Calibration: &c.calibration}
		assert.Equal(t, c.want, fields(q.Validate()))
		_, err := sequence.NewPropensity(q)
		assert.Equal(t, c.want == nil, err == nil)
		_, err = json.Marshal(q)
		assert.Equal(t, c.want == nil, err == nil)
	}
}

// Of features and penalties of any size a fit says how it ended; and what it found, if
// anything, is numbers, and can be calibrated unless the past says too little.
func TestFitPropensityOfAnyNumbers(t *testing.T) {
	t.Parallel()
	values := []float64{0, 1, -1, 1e15, -1e15, 1e-300, 5e-324, 1e-8, 3, 1e8}
	rapid.Check(t, func(t *rapid.T) {
		features := []string{"a", "b", "c"}[:rapid.IntRange(0, 3).Draw(t, "features")]
		past := make([]sequence.Observation, rapid.IntRange(1, 14).Draw(t, "customers"))
		for i := range past {
			past[i].X = rapid.SliceOfN(rapid.SampledFrom(values), len(features), len(features)).Draw(t, "x")
			past[i].Bought = rapid.Bool().Draw(t, "bought")
		}
		f, err := sequence.FitPropensity(t.Context(), features, past, sequence.PropensityOptions{
			Lambda:      rapid.SampledFrom([]float64{0, 1e-300, 1e-12, 1, 1e15}).Draw(t, "lambda"),
			Standardise: rapid.Bool().Draw(t, "standardise"),
		})
		if err != nil {
			require.True(t, errors.Is(err, relmark.ErrNoConverge) || errors.Is(err, relmark.ErrTooFew), err)
			return
		}
		for _, se := range f.StdErr {
			require.False(t, math.IsNaN(se) || math.IsInf(se, 0))
		}
		for _, kind := range []sequence.CalibrationKind{sequence.InTheLarge, sequence.Platt, sequence.Isotonic} {
			m, err := f.Model.Calibrated(t.Context(), kind, past)
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrTooFew)
				continue
			}
			mean := 0.0
			for _, o := range past {
				p := m.Prob(o.X)
				require.True(t, p >= 0 && p <= 1, "%s %v", kind, p)
				mean += p / float64(len(past))
			}
			if kind == sequence.InTheLarge {
				near.Equal(t, float64(f.Bought)/float64(f.N), mean, 1e-12, 0)
			}
		}
	})
}
