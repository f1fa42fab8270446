package special_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/special"
)

// Bar: the functions of the standard library, which are right to the last digit or so.
func TestElementaryFunctions(t *testing.T) {
	t.Parallel()
	const digit = 0x1p-52
	wide := rapid.Custom(func(t *rapid.T) float64 {
		if rapid.Bool().Draw(t, "wide") {
			return math.Exp(rapid.Float64Range(-740, 709).Draw(t, "ln x"))
		}
		return rapid.Float64Range(0, 3).Draw(t, "x")
	})
	rapid.Check(t, func(t *rapid.T) {
		x := wide.Draw(t, "x")
		near.Equal(t, math.Log1p(x), special.Log1p(x), 1.5*digit, 0, "ln(1+%v)", x)
		for _, y := range []float64{math.Mod(x, 720), -math.Mod(x, 750)} {
			near.Equal(t, math.Exp(y), special.Exp(y), 2*digit, 0, "e^%v", y)
			near.Equal(t, math.Expm1(y), special.Expm1(y), 4*digit, 0, "e^%v − 1", y)
		}
	})
	for _, x := range []float64{0, 1e-320, 0x1p-53, 0x1p-52, math.Sqrt2 - 1, 1, 1e16, math.MaxFloat64, -0.5, -1, -2, math.Inf(1), math.NaN()} {
		near.Equal(t, math.Log1p(x), special.Log1p(x), 1.5*digit, 0, "ln(1+%v)", x)
	}
	for _, x := range []float64{0, 1e-320, 0.35, math.Ln2 / 2, math.Ln2, 700, 709, 710, 745, 746, math.Inf(1), math.NaN()} {
		for _, x := range []float64{x, -x} {
			near.Equal(t, math.Exp(x), special.Exp(x), 2*digit, 0, "e^%v", x)
			near.Equal(t, math.Expm1(x), special.Expm1(x), 4*digit, 0, "e^%v − 1", x)
		}
	}
}
