package special_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/special"
)

// Arguments outside the domains give anything, but give it.
func TestNoArgumentPanics(t *testing.T) {
	t.Parallel()
	values := []float64{
		math.Inf(-1), -math.MaxFloat64, -2.5, -1, -5e-324, math.Copysign(0, -1), 0, 5e-324, 0.3, 1, 7, 1e6, 1e300, math.Inf(1), math.NaN(),
	}
	whole := func(x float64) int { return int(max(-5, min(x, 1000))) }
	for name, call := range map[string]func(a, b, c float64) float64{
		"PoissonOdds": func(a, b, c float64) float64 { return special.PoissonOdds(whole(a), special.Extended{Hi: b, Lo: c}) },
		"Poisson": func(a, b, c float64) float64 {
			x := special.NewPoisson(a, special.Extended{Hi: b, Lo: c})
			return x.Prob() + x.LogProb() + x.Below()
		},
		"UpperGamma":    func(a, b, _ float64) float64 { return special.UpperGamma(a, b) },
		"GammaQuantile": func(a, b, _ float64) float64 { return special.GammaQuantile(a, b) },
		"ExpIntegral":   func(a, b, _ float64) float64 { return special.ExpIntegral(a, b) },
		"Extended":      func(a, b, c float64) float64 { return special.Extended{Hi: a, Lo: b}.Decay(c) },
		"Beta": func(a, b, c float64) float64 {
			under, over := special.Beta(a, b, c, 1-c)
			return under + over + special.LogBinomial(a, b, c, 1-c)
		},
		"Softplus": func(a, _, _ float64) float64 { return special.Softplus(a) + special.Logistic(a) + special.Log1pLess(a) },
		"NegativeBinomial": func(a, b, c float64) float64 {
			n := special.NewNegativeBinomial(a, b, c)
			if a > 0 && b > 0 && c >= 0 { // inside, where it may take long
				return n.LogProb(whole(a))
			}
			return n.LogProb(whole(a)) + n.Tail(1) + n.Tail(10_000)
		},
	} {
		for _, a := range values {
			for _, b := range values {
				for _, c := range values {
					require.NotPanics(t, func() { call(a, b, c) }, "%s(%v, %v, %v)", name, a, b, c)
				}
			}
		}
	}
}

func TestGammaOutsideTheDomain(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range [][2]float64{{-1, 1}, {0, 1}, {nan, 1}, {inf, 1}, {1, -1}, {1, nan}} {
		require.True(t, math.IsNaN(special.UpperGamma(c[0], c[1])), "%v", c)
	}
	for _, c := range [][2]float64{{-1, 0.5}, {0, 0.5}, {nan, 0.5}, {inf, 0.5}, {1, -0.1}, {1, 0}, {1, 1}, {1, 2}, {1, nan}} {
		require.True(t, math.IsNaN(special.GammaQuantile(c[0], c[1])), "%v", c)
	}
}
