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

// wide draws from the range that parameters and times may have, by its logarithm.
func wide(t *rapid.T, name string, least, most float64) float64 {
	return min(max(math.Exp(rapid.Float64Range(math.Log(least), math.Log(most)).Draw(t, name)), least), most)
}

// Whatever the parameters and the past, figures are numbers of the right kind, and
// a chance to be alive falls with time from that of today.
func TestWholeBox(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := func(name string) float64 { return wide(t, name, 1e-12, 1e12) }
		a, b, c, d := p("1"), p("2"), p("3"), p("4")
		m := []process{newBGNBD(t, a, b, c, d), newMBGNBD(t, a, b, c, d), newParetoNBD(t, a, b, c, d)}[rapid.IntRange(0, 2).Draw(t, "model")]
		past := rfm.Pattern{X: rapid.IntRange(0, 200).Draw(t, "x"), T: wide(t, "T", 1e-6, 1e6)}
		if past.X > 0 {
			past.TX = past.T * rapid.Float64Range(0, 1).Draw(t, "share")
		}
		n, span, rate := rapid.IntRange(0, 20_000).Draw(t, "n"), wide(t, "t", 1e-6, 1e6), wide(t, "rate", 1e-6, 1e3)
		for name, v := range everything(m, past, n, span, rate) {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s %v", name, v)
			if name != "LogLik" {
				require.GreaterOrEqual(t, v, 0.0, name)
			}
			switch name {
			case "PAlive", "PAliveAfter", "CondPMF":
				require.LessOrEqual(t, v, 1+1e-10, name)
			}
		}
		before := m.PAlive(past)
		near.Equal(t, before, m.PAliveAfter(past, 0), 1e-14, 0)
		for _, share := range []float64{1e-3, 0.1, 0.5, 1, 10, 1000} {
			now := m.PAliveAfter(past, share*span)
			require.LessOrEqual(t, now, before*(1+1e-10), "t = %v", share*span)
			before = now
		}
		require.LessOrEqual(t, m.ExpectedIfAlive(past, span), m.ExpectedIfAlive(past, 2*span)*(1+1e-10))
	})
}

// Where sums leave the range of floats, against 2F1 and quadrature at 60 digits.
// Purchases of a customer sure to drop out are E[1/p] = (a+b−1)/(a−1).
func TestForecastsOutOfRangeOfSums(t *testing.T) {
	t.Parallel()
	silent := newBGNBD(t, 0.24, 4.4, 1353, 2000)
	c := rfm.Pattern{X: 3, TX: 20, T: 39}
	near.Equal(t, 0.1863328312525544454, silent.PAlive(c), 1e-13, 0)
	near.Equal(t, 0.1863328312525544454*0.27899574064061983795, silent.PAliveAfter(c, 52), 1e-13, 0)
	near.Equal(t, 8.5083526205355359711e-11,
		newBGNBD(t, 0.5116, 14.081, 3485.7, 700.12).PAliveAfter(rfm.Pattern{X: 33, TX: 199.27, T: 219.636}, 209.405), 1e-11, 0)
	near.Equal(t, 0.9996333907722293146, // of a fit at the boundary
		newBGNBD(t, 0.5, 1000, 1.6e10, 9.2e10).PAliveAfter(rfm.Pattern{X: 2, TX: 10, T: 10}, 1)/
			newBGNBD(t, 0.5, 1000, 1.6e10, 9.2e10).PAlive(rfm.Pattern{X: 2, TX: 10, T: 10}), 1e-12, 0)
	busy := newBGNBD(t, 8747.79, 4102.06, 724.64, 1.0485)
	c = rfm.Pattern{X: 50, TX: 25.68, T: 32.7539}
	near.Equal(t, 1.0705440550549997236, busy.ExpectedIfAlive(c, 1044.82), 1e-12, 0)
	near.Equal(t, 1.9812360248512058386e-8*1.0705440550549997236, busy.CondExpected(c, 1044.82), 1e-11, 0)
	gone := newBGNBD(t, 7600, 2.2e-4, 17.65, 108.5)
	c = rfm.Pattern{X: 17, TX: 0.812, T: 1.529}
	near.Equal(t, 8.5375375375375375375, gone.ExpectedIfAlive(c, 3.28), 1e-12, 0)
	near.Equal(t, 0, gone.CondExpected(c, 3.28), 0, 0)
}

// After a long time next to nobody has bought nothing: (α/(α+t))^r.
func TestPMFOfLongTimes(t *testing.T) {
	t.Parallel()
	near.Equal(t, 9.5367336273243427258e-147, newBGNBD(t, 20, 0.05, 1, 2).PMF(0, 1e6), 1e-12, 0)
}

// In all of the domain a figure is a number of the right kind or NaN: never infinite,
// never negative, and no chance above 1.
func TestWholeDomain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := func(name string) float64 { return wide(t, name, 1e-50, 1e50) }
		a, b, c, d := p("1"), p("2"), p("3"), p("4")
		past := rfm.Pattern{X: rapid.IntRange(0, math.MaxInt32).Draw(t, "x"), T: p("T")}
		if past.X > 0 {
			past.TX = past.T * rapid.Float64Range(0, 1).Draw(t, "share")
		}
		n, span, rate := rapid.IntRange(0, math.MaxInt32).Draw(t, "n"), p("t"), p("rate")
		for i, m := range []process{newBGNBD(t, a, b, c, d), newMBGNBD(t, a, b, c, d), newParetoNBD(t, a, b, c, d), newBGBB(t, a, b, c, d)} {
			if i == 3 {
				past, n, span = anyWholePattern(t), n%100, math.Floor(math.Mod(span, 100))
			}
			for name, v := range everything(m, past, n, span, rate) {
				require.False(t, math.IsInf(v, 0), "%T %s %v", m, name, v)
				require.False(t, v < 0 && name != "LogLik", "%T %s %v", m, name, v)
				chance := name == "PAlive" || name == "PAliveAfter" || name == "CondPMF"
				require.False(t, chance && v > 1+1e-6, "%T %s %v", m, name, v)
			}
		}
		s := newSBG(t, a, b)
		for _, v := range []float64{s.Survival(n), s.ChurnPMF(n + 1), s.DEL(rate), s.DERL(1, rate), s.ExpectedRenewals(n, n)} {
			require.False(t, math.IsInf(v, 0) || v < 0, "%v", v)
		}
		g := newGammaGamma(t, a, b, c)
		mean, _ := g.Mean()
		for _, v := range []float64{mean, g.CondMean(n, d), g.CondMean(0, 0)} {
			require.False(t, math.IsInf(v, 0) || v < 0, "%v", v)
		}
		require.False(t, math.IsInf(g.LogLik(clv.SpendMean{X: 1 + n, Value: d}), 1))
	})
}

// Outside it, nothing is answered.
func TestOutsideTheDomain(t *testing.T) {
	t.Parallel()
	for _, bad := range []float64{1e-51, 1.1e50, 1e300} {
		require.ErrorIs(t, clv.BGNBDParams{R: bad, Alpha: 1, A: 1, B: 1}.Validate(), relmark.ErrInvalid)
		require.ErrorIs(t, clv.SBGParams{Alpha: 1, Beta: bad}.Validate(), relmark.ErrInvalid)
		require.ErrorIs(t, clv.GammaGammaParams{P: 1, Q: 1, V: bad}.Validate(), relmark.ErrInvalid)
		for _, m := range []process{cdnowBGNBD(t), cdnowMBGNBD(t), cdnowParetoNBD(t)} {
			require.True(t, math.IsNaN(m.DERT(rfm.Pattern{}, bad)))
			if bad > 1 {
				require.True(t, math.IsNaN(m.PAlive(rfm.Pattern{T: bad})))
				require.True(t, math.IsNaN(m.Expected(bad)))
			}
		}
		require.True(t, math.IsNaN(cdnowGammaGamma(t).LogLik(clv.SpendMean{X: 1, Value: bad})))
		require.True(t, math.IsNaN(newSBG(t, 1, 1).DEL(bad)))
		if bad > 1 {
			require.True(t, math.IsNaN(cdnowGammaGamma(t).CondMean(1, bad)))
			require.ErrorIs(t, clv.ValueOptions{Horizon: 1, Period: bad}.Validate(), relmark.ErrInvalid)
			require.ErrorIs(t, clv.ValueOptions{Horizon: 1, Discount: bad}.Validate(), relmark.ErrInvalid)
			require.ErrorIs(t, clv.ValueOptions{Horizon: 1, Margin: new(-bad)}.Validate(), relmark.ErrInvalid)
		}
	}
	require.NoError(t, clv.BGNBDParams{R: 1e-50, Alpha: 1e50, A: 1, B: 1}.Validate())
	require.NoError(t, clv.ValueOptions{Horizon: 1, Period: 1e20, Discount: 1e6, Margin: new(1e12)}.Validate())
}

// Counts that are far off, or whose negative binomial is next to sure to be large or
// none, against the closed form in 60-digit arithmetic: sums over the survivors and
// 2F1 for the tail; for Pareto/NBD, quadrature over the time of drop-out.
func TestPMFOfManyPurchases(t *testing.T) {
	t.Parallel()
	const many = math.MaxInt32
	rare := newBGNBD(t, 1e-4, 2e-4, 0.8, 2.5)
	for _, c := range []struct {
		n       int
		t, want float64
	}{
		{15, 10, 8.9024017529903264638e-6},
		{100, 1e6, 7.2181894803392338225e-7},
		{15, 0.001, 1.0939693678920828379e-7},
		{16, 1e40, 8.8161843841246065938e-5},
	} {
		near.Equal(t, c.want, rare.PMF(c.n, c.t), 1e-12, 0, "n = %d, t = %v", c.n, c.t)
	}
	near.Equal(t, 2.8701722478292178753e-8, newBGNBD(t, 0.5, 1e-6, 0.8, 2.5).PMF(20_000, 10), 1e-11, 0)
	near.Equal(t, 2.7114679010755895865e-17, newBGNBD(t, 1e-9, 1e-12, 0.8, 2.5).PMF(100_000, 1), 1e-11, 0)
	near.Equal(t, 0, cdnowParetoNBD(t).PMF(many, 39), 0, 0) // e^−2.4e9
	near.Equal(t, 7.3057610673818456264e-11, newParetoNBD(t, 0.5533, 1e-9, 0.6062, 11.668).PMF(many, 39), 1e-10, 0)
	near.Equal(t, 8.711885892263186984e-6, newParetoNBD(t, 0.5533, 1e-3, 0.6062, 11.668).PMF(20_000, 39), 1e-10, 0)
}

// What models know is what patterns say is valid, up to the end of the domain.
func TestModelsKnowValidPatterns(t *testing.T) {
	t.Parallel()
	values := []float64{-1, math.Copysign(0, -1), 0, 1, 2, 1e50, 1.1e50, math.Inf(1), math.NaN()}
	for _, x := range []int{-1, 0, 1, math.MaxInt} {
		for _, last := range values {
			for _, age := range values {
				c := rfm.Pattern{X: x, TX: last, T: age}
				known := c.Validate() == nil && age <= 1e50
				require.Equal(t, known, !math.IsNaN(cdnowBGNBD(t).PAlive(c)), "%+v", c)
			}
		}
	}
}
