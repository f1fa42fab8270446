package clv_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/rfm"
)

// wide draws from the range that parameters and times may have, by its logarithm.
func wide(t *rapid.T, name string, least, most float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(least), math.Log(most)).Draw(t, name))
}

// Whatever the parameters and the past, figures are numbers of the right kind, and
// a chance to be alive falls with time from that of today.
func TestWholeBox(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := func(name string) float64 { return wide(t, name, 1e-4, 1e4) }
		a, b, c, d := p("1"), p("2"), p("3"), p("4")
		m := []process{newBGNBD(t, a, b, c, d), newMBGNBD(t, a, b, c, d), newParetoNBD(t, a, b, c, d)}[rapid.IntRange(0, 2).Draw(t, "model")]
		past := rfm.Pattern{X: rapid.IntRange(0, 200).Draw(t, "x"), T: wide(t, "T", 1e-3, 1e4)}
		if past.X > 0 {
			past.TX = past.T * rapid.Float64Range(0, 1).Draw(t, "share")
		}
		n, span, rate := rapid.IntRange(0, 200).Draw(t, "n"), wide(t, "t", 1e-3, 1e4), wide(t, "rate", 1e-4, 1)
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
