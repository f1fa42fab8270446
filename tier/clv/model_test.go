package clv_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

func TestParamsMustBePositive(t *testing.T) {
	t.Parallel()
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		for i := range 4 {
			v := [4]float64{1, 1, 1, 1}
			v[i] = bad
			for name, err := range map[string]error{
				"BGNBD":     second(clv.NewBGNBD(clv.BGNBDParams{v[0], v[1], v[2], v[3]})),
				"MBGNBD":    second(clv.NewMBGNBD(clv.MBGNBDParams{v[0], v[1], v[2], v[3]})),
				"ParetoNBD": second(clv.NewParetoNBD(clv.ParetoNBDParams{v[0], v[1], v[2], v[3]})),
				"BGBB":      second(clv.NewBGBB(clv.BGBBParams{v[0], v[1], v[2], v[3]})),
			} {
				require.ErrorIs(t, err, relmark.ErrInvalid, "%s %v", name, v)
			}
			if i < 3 {
				require.ErrorIs(t, second(clv.NewGammaGamma(clv.GammaGammaParams{v[0], v[1], v[2]})), relmark.ErrInvalid)
			}
			if i < 2 {
				require.ErrorIs(t, second(clv.NewSBG(clv.SBGParams{v[0], v[1]})), relmark.ErrInvalid)
			}
		}
	}
	require.EqualError(t, clv.BGNBDParams{Alpha: 1, A: 1, B: -1}.Validate(),
		"clv: R = 0: must be 1e-50 to 1e+50; B = -1: must be 1e-50 to 1e+50")
}

func second[A any](_ A, err error) error { return err }

func TestParamsRoundTrip(t *testing.T) {
	t.Parallel()
	require.Equal(t, clv.BGNBDParams{1, 2, 3, 4}, newBGNBD(t, 1, 2, 3, 4).Params())
	require.Equal(t, clv.MBGNBDParams{1, 2, 3, 4}, newMBGNBD(t, 1, 2, 3, 4).Params())
	require.Equal(t, clv.ParetoNBDParams{1, 2, 3, 4}, newParetoNBD(t, 1, 2, 3, 4).Params())
	require.Equal(t, clv.BGBBParams{1, 2, 3, 4}, newBGBB(t, 1, 2, 3, 4).Params())
	require.Equal(t, clv.GammaGammaParams{1, 2, 3}, newGammaGamma(t, 1, 2, 3).Params())
	require.Equal(t, clv.SBGParams{1, 2}, newSBG(t, 1, 2).Params())
}

// everything returns every figure of a model about a customer.
func everything(m process, c rfm.Pattern, n int, t, rate float64) map[string]float64 {
	return map[string]float64{
		"PAlive": m.PAlive(c), "PAliveAfter": m.PAliveAfter(c, t), "LogLik": m.LogLik(c),
		"ExpectedIfAlive": m.ExpectedIfAlive(c, t), "CondExpected": m.CondExpected(c, t), "CondPMF": m.CondPMF(c, n, t),
		"DERT": m.DERT(c, rate), "DERTIfAlive": m.DERTIfAlive(c, rate),
		"PosteriorRate": m.PosteriorRate(c), "PosteriorDropout": m.PosteriorDropout(c),
	}
}

func TestNaNOutsideTheDomain(t *testing.T) {
	t.Parallel()
	good := rfm.Pattern{X: 2, TX: 20, T: 30}
	models := []process{cdnowBGNBD(t), cdnowMBGNBD(t), cdnowParetoNBD(t), donationsBGBB(t)}
	for _, m := range models {
		for name, v := range everything(m, good, 1, 10, 0.1) {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%T %s %v", m, name, v)
		}
		for _, c := range []rfm.Pattern{
			{X: -1, T: 1},
			{X: 1, TX: 3, T: 2},
			{X: 0, TX: 1, T: 2},
			{X: 1, TX: -1, T: 2},
			{X: 1, TX: math.NaN(), T: 2},
			{X: 1, TX: 1, T: math.NaN()},
			{X: 1, TX: 1, T: math.Inf(1)},
		} {
			for name, v := range everything(m, c, 1, 10, 0.1) {
				require.True(t, math.IsNaN(v), "%T %s %+v %v", m, name, c, v)
			}
		}
		for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
			require.True(t, math.IsNaN(m.PAliveAfter(good, bad)))
			require.True(t, math.IsNaN(m.CondExpected(good, bad)))
			require.True(t, math.IsNaN(m.Expected(bad)))
			require.True(t, math.IsNaN(m.PMF(0, bad)))
			require.True(t, math.IsNaN(m.DERT(good, bad)))
		}
		require.True(t, math.IsNaN(m.DERT(good, 0)))
		require.Zero(t, m.PMF(-1, 10))
		require.Zero(t, m.Expected(0))
		near.Equal(t, 1, m.PMF(0, 0), 1e-15, 0)
	}
	for _, m := range []process{clv.BGNBD{}, clv.MBGNBD{}, clv.ParetoNBD{}, clv.BGBB{}} {
		for name, v := range everything(m, good, 1, 10, 0.1) {
			require.True(t, math.IsNaN(v), "zero %T %s %v", m, name, v)
		}
	}
	occasions := donationsBGBB(t)
	for _, c := range []rfm.Pattern{{X: 1, TX: 1.5, T: 3}, {X: 1, TX: 1, T: 2.5}, {X: 3, TX: 2, T: 4}, {X: 1, TX: 0, T: 2}} {
		require.True(t, math.IsNaN(occasions.PAlive(c)), "%+v", c)
	}
	require.True(t, math.IsNaN(occasions.Expected(1.5)))
	require.Zero(t, occasions.PMF(3, 2))
}

func TestPAliveFallsWithSilence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, c := anyProcess(t), anyPattern(t)
		later := c
		later.T += rapid.Float64Range(0, 50).Draw(t, "silence")
		p, q := m.PAlive(c), m.PAlive(later)
		require.True(t, p >= 0 && p <= 1, "%v", p)
		require.LessOrEqual(t, q, p*(1+1e-13))
		// Later on the customer is alive with at most the probability of today.
		require.LessOrEqual(t, m.PAliveAfter(c, later.T-c.T), p*(1+1e-13))
		near.Equal(t, p, m.PAliveAfter(c, 0), 1e-13, 1e-300)
	})
}

// A forecast is one number seen from several sides: a mean of counts, a chance of
// none, a discounted sum.
func TestForecastsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, c := anyProcess(t), anyPattern(t)
		span := rapid.Float64Range(0.1, 10).Draw(t, "t")
		if m.ExpectedIfAlive(c, span) > 8 {
			t.Skip("too many counts to sum")
		}
		total, mean := 0.0, 0.0
		for n := range 8000 {
			p := m.CondPMF(c, n, span)
			require.GreaterOrEqual(t, p, 0.0)
			total += p
			mean += float64(n) * p
			if n > 10 && float64(n)*p <= 1e-10*mean {
				break
			}
		}
		near.Equal(t, 1, total, 1e-8, 0, "sum of PMF, %T %+v", m, m)
		near.Equal(t, mean, m.CondExpected(c, span), 1e-5, 1e-8, "mean of PMF, %T %+v", m, m)
		require.LessOrEqual(t, m.ExpectedIfAlive(c, span), m.ExpectedIfAlive(c, 2*span)*(1+1e-13))
		require.LessOrEqual(t, m.DERT(c, 0.02), m.DERT(c, 0.01)*(1+1e-13))
	})
}

// DERT is the integral of discounted expectations: ∫ δ·e^(−δt)·E(t) dt.
func TestDERTIsTheDiscountedExpectation(t *testing.T) {
	t.Parallel()
	c := rfm.Pattern{X: 3, TX: 20, T: 39}
	const rate, steps, end = 0.05, 40_000, 800.0
	for _, m := range []process{cdnowBGNBD(t), cdnowMBGNBD(t), cdnowParetoNBD(t)} {
		sum := 0.0
		for i := range steps { // Simpson's rule
			at, h := end*float64(i)/steps, end/steps
			f := func(t float64) float64 { return rate * math.Exp(-rate*t) * m.CondExpected(c, t) }
			sum += h / 6 * (f(at) + 4*f(at+h/2) + f(at+h))
		}
		near.Equal(t, sum, m.DERT(c, rate), 1e-10, 0, "%T", m)
	}
	occasions, sum, before := donationsBGBB(t), 0.0, 0.0
	d := rfm.Pattern{X: 3, TX: 5, T: 6}
	for i := 1; i < 4000; i++ {
		now := occasions.CondExpected(d, float64(i))
		sum += (now - before) * math.Pow(1.1, -float64(i))
		before = now
	}
	near.Equal(t, sum, occasions.DERT(d, 0.1), 1e-11, 0)
}

// The sequences of a number of occasions, C(t_x−1, x−1) for each pattern, have
// probabilities that sum to 1.
func TestBGBBSequencesSumToOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(0.05, 8)
		m := newBGBB(t, p.Draw(t, "alpha"), p.Draw(t, "beta"), p.Draw(t, "gamma"), p.Draw(t, "delta"))
		n := rapid.IntRange(0, 14).Draw(t, "n")
		sum := math.Exp(m.LogLik(rfm.Pattern{T: float64(n)}))
		for last := 1; last <= n; last++ {
			ways := 1.0
			for x := 1; x <= last; x++ {
				c := rfm.Pattern{X: x, TX: float64(last), T: float64(n)}
				sum += ways * math.Exp(m.LogLik(c))
				ways *= float64(last-x) / float64(x)
			}
		}
		near.Equal(t, 1, sum, 1e-11, 0)
		c := anyWholePattern(t)
		ahead := float64(rapid.IntRange(0, 90).Draw(t, "ahead"))
		total, mean := 0.0, 0.0
		for k := range int(ahead) + 1 {
			total += m.CondPMF(c, k, ahead)
			mean += float64(k) * m.CondPMF(c, k, ahead)
		}
		near.Equal(t, 1, total, 1e-11, 0)
		near.Equal(t, mean, m.CondExpected(c, ahead), 1e-10, 1e-300)
	})
}

// Posterior means lie between those of the living and those of the dead, and the
// prior means are mixed from them.
func TestPosteriorMeans(t *testing.T) {
	t.Parallel()
	bg := cdnowBGNBD(t).Params()
	for _, m := range []process{cdnowBGNBD(t), cdnowMBGNBD(t), cdnowParetoNBD(t)} {
		for x := 1; x < 8; x++ {
			c := rfm.Pattern{X: x, TX: 30, T: 39}
			now, more := m.PosteriorRate(c), m.PosteriorRate(rfm.Pattern{X: x + 1, TX: 30, T: 39})
			require.Greater(t, more, now, "%T", m)
		}
		require.Positive(t, m.PosteriorDropout(rfm.Pattern{}))
	}
	near.Equal(t, bg.R/bg.Alpha, cdnowBGNBD(t).PosteriorRate(rfm.Pattern{}), 1e-15, 0)
	near.Equal(t, bg.A/(bg.A+bg.B), cdnowBGNBD(t).PosteriorDropout(rfm.Pattern{}), 1e-15, 0)
	p := cdnowParetoNBD(t).Params()
	near.Equal(t, p.R/p.Alpha, cdnowParetoNBD(t).PosteriorRate(rfm.Pattern{}), 1e-15, 0)
	near.Equal(t, p.S/p.Beta, cdnowParetoNBD(t).PosteriorDropout(rfm.Pattern{}), 1e-15, 0)
	b := donationsBGBB(t).Params()
	near.Equal(t, b.Alpha/(b.Alpha+b.Beta), donationsBGBB(t).PosteriorRate(rfm.Pattern{}), 1e-15, 0)
	near.Equal(t, b.Gamma/(b.Gamma+b.Delta), donationsBGBB(t).PosteriorDropout(rfm.Pattern{}), 1e-15, 0)
}

func TestSBG(t *testing.T) {
	t.Parallel()
	m := newSBG(t, 0.668, 3.806)
	sum, lifetime := 0.0, 0.0
	for n := 1; n <= 3000; n++ {
		sum += m.ChurnPMF(n)
		near.Equal(t, m.Survival(n)/m.Survival(n-1), m.Retention(n), 1e-12, 0)
		lifetime += m.Survival(n)
		if n%500 == 0 {
			near.Equal(t, lifetime, m.ExpectedRenewals(0, n), 1e-11, 0)
			near.Equal(t, 1-m.Survival(n), sum, 1e-12, 0)
		}
	}
	require.Greater(t, m.Retention(5), m.Retention(1))
	near.Equal(t, m.Survival(9)/m.Survival(4), m.CondSurvival(4, 5), 1e-13, 0)
	near.Equal(t, 1-m.Retention(4), m.PosteriorChurn(3), 1e-13, 0)
	near.Equal(t, 1, m.Survival(0), 0, 0)
	for _, v := range []float64{
		m.Survival(-1), m.Retention(0), m.ChurnPMF(0), m.DEL(0), m.DEL(math.NaN()), m.DERL(0, 0.1), m.DERL(1, 0),
		m.CondSurvival(-1, 1), m.CondSurvival(1, -1), m.ExpectedRenewals(-1, 1), m.ExpectedRenewals(1, -1), m.PosteriorChurn(-1),
		clv.SBG{}.Survival(1), clv.SBG{}.Retention(1), clv.SBG{}.DEL(0.1), clv.SBG{}.DERL(1, 0.1), clv.SBG{}.ExpectedRenewals(0, 1),
		clv.SBG{}.PosteriorChurn(0), clv.SBG{}.ChurnPMF(1), m.LogLik(clv.Tenures{Lost: []int64{-1}}), clv.SBG{}.LogLik(clv.Tenures{}),
	} {
		require.True(t, math.IsNaN(v), "%v", v)
	}
}

func TestGammaGamma(t *testing.T) {
	t.Parallel()
	m := cdnowGammaGamma(t)
	population, ok := m.Mean()
	require.True(t, ok)
	near.Equal(t, population, m.CondMean(0, math.NaN()), 0, 0)
	near.Equal(t, 50, m.CondMean(1_000_000, 50), 1e-5, 0)
	own := m.CondMean(3, 100)
	require.True(t, population < own && own < 100)
	heavy := newGammaGamma(t, 6.25, 0.79, 15.44) // no mean over customers
	_, ok = heavy.Mean()
	require.False(t, ok)
	require.False(t, math.IsNaN(heavy.CondMean(1, 10)))
	for _, v := range []float64{
		heavy.CondMean(0, 0), m.CondMean(-1, 1), m.CondMean(1, -1), m.CondMean(1, math.NaN()), clv.GammaGamma{}.CondMean(1, 1),
		m.LogLik(clv.SpendMean{}), m.LogLik(clv.SpendMean{X: 1}), m.LogLik(clv.SpendMean{X: 1, Value: math.Inf(1)}), clv.GammaGamma{}.LogLik(clv.SpendMean{X: 1, Value: 1}),
	} {
		require.True(t, math.IsNaN(v), "%v", v)
	}
	// The density of the mean of two purchases integrates to 1.
	sum, h := 0.0, 0.01
	for v := h / 2; v < 4000; v += h {
		sum += h * math.Exp(m.LogLik(clv.SpendMean{X: 2, Value: v}))
	}
	near.Equal(t, 1, sum, 1e-6, 0)
}

// Probabilities that are tiny, against the closed form at 400 digits, and for
// Pareto/NBD quadrature over the time of drop-out at 60.
func TestTinyPMF(t *testing.T) {
	t.Parallel()
	bg, err := clv.NewBGNBD(clv.BGNBDParams{R: 3.2, Alpha: 120, A: 1353, B: 20000})
	require.NoError(t, err)
	near.Equal(t, 4.5860356155941063452e-106, bg.PMF(200, 52), 1e-10, 0)
	pareto, err := clv.NewParetoNBD(clv.ParetoNBDParams{R: 1.7, Alpha: 60, S: 2.4, Beta: 0.5})
	require.NoError(t, err)
	near.Equal(t, 5.1143145662626308033e-71, pareto.PMF(200, 52), 1e-10, 0)
}
