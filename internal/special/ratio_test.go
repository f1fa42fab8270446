package special_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/special"
)

// Expected values of this file: 60-digit arithmetic at the float64 arguments.

func TestRatiosOfGammas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ x, d, logGamma, digamma float64 }{
		{0.05, 1e-12, -2.0497844991099102666e-11, 4.0153235733411401274e-10},
		{0.05, 3, -2.2291023162342421204, 21.440185830429731755},
		{1e-20, 7, -39.47245064787081274, 1.0000000000000000549e+20},
		{7.5, 2.25, 4.707840703292029604, 0.27835205079848922391},
		{1e6, 1e-3, 0.013815510058464191308, 1.0000004995001661878e-9},
		{1e15, 1e3, 34538.77639491118476, 9.999999999995005e-13},
		{0.5, 1e9, 19723265837.292984746, 22.686775862967834636},
	} {
		near.Equal(t, c.logGamma, special.LogGammaRatio(c.x, c.d), 1e-13, 0, "%v %v", c.x, c.d)
		near.Equal(t, c.digamma, special.DigammaRatio(c.x, c.d), 1e-13, 0, "%v %v", c.x, c.d)
	}
	for _, c := range []struct{ b, e, t, want float64 }{
		{0.3, 1e-9, 5, -5.0729351478060551228e-9},
		{2.5, 1e10, 3, -65.404421693725573386},
		{1e-3, 7, 1e6, -97.034649724974384538},
		{20, 0.5, 0, 0},
	} {
		near.Equal(t, c.want, special.LogRisingRatio(c.b, c.e, c.t), 1e-13, 1e-20, "%v", c)
	}
	for _, c := range []struct{ r, n, want float64 }{
		{0.3, 5, -2.2436536685334356935},
		{1e-9, 1e9, -41.44653165259234075},
		{1e9, 3, 60.378038044611178465},
		{2.5, 1e6, 20.438584841472241998},
		{1, 7, 0},
		{1, 0, 0},
	} {
		near.Equal(t, c.want, special.LogNegativeBinomial(c.r, c.n), 1e-13, 1e-14, "%v", c)
	}
}

func TestRestsOfGammas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ x, stirling, digamma float64 }{
		{1e-9, 9.442694406414582978, -999999979.85394976403},
		{0.5, 0.15342640972002734529, -1.27036284546147817},
		{1, 0.08106146679532725822, -0.57721566490153286061},
		{9.9, 0.008414653894090263252, -0.051354440534162842173},
		{10.1, 0.0082481364953130551077, -0.050321066753065608135},
		{1e8, 8.3333333333333333056e-10, -5.0000000083333333333e-9},
	} {
		near.Equal(t, c.stirling, special.StirlingError(c.x), 1e-12, 0, "%v", c.x)
		near.Equal(t, c.digamma, special.DigammaRest(c.x), 1e-13, 0, "%v", c.x)
	}
	for x, want := range map[float64]float64{
		1e-12: -4.9999999999966664655e-25, -1e-5: -5.0000333335833361514e-11, 0.3: -0.037635735532508945402,
		-0.49: -0.18334455326376558786, 0.49: -0.091223880042632224123, 0: 0,
	} {
		near.Equal(t, want, special.Log1pLess(x), 1e-14, 0, "%v", x)
	}
}

func TestSeries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, y, want float64 }{
		{0.5, 2, 0.5, 1.7123889803846898577},
		{1e-9, 3, 0.125, 7.9999999914148149189},
		{1e10, 5, 0.0078125, 1.00000000049609375},
		{3, 0.25, 0.03125, 1.1170793172434941236},
	} {
		near.Equal(t, c.want, special.Hyper1(c.a, c.b, 1-c.y, c.y), 1e-13, 0, "%v", c)
	}
	require.True(t, math.IsNaN(special.Hyper1(0.5, 2, 1, 1e-30)), "past a million steps")
	for _, c := range []struct{ s, z, want float64 }{
		{1, 0.5, 0.92291063248373046883},
		{0.3, 1e-9, 2589959.4619945971525},
		{2.7, 0.9, 0.33721539485733049187},
		{40.5, 0.2, 0.025185639227128861123},
		{1e10, 3, 9.9999999980000000001e-11},
		{3, 50, 0.018887412643587956635},
		{0.5, 1, 0.75787215614131210604},
	} {
		near.Equal(t, c.want, special.ExpIntegral(c.s, c.z), 1e-13, 0, "%v", c)
	}
}

// The area under e^f, whatever its place and width: a normal, a gamma and a beta density
// over the logarithm and the logit, a peak whose height is out of the range of floats.
func TestLogIntegral(t *testing.T) {
	t.Parallel()
	near.Equal(t, 2.0175508218727824332, special.LogIntegral(func(v float64) float64 { return -v * v / 18 }), 1e-14, 0)
	near.Equal(t, math.Log(24), special.LogIntegral(func(v float64) float64 { return 5*v - math.Exp(v) }), 1e-14, 0)
	near.Equal(t, 6.900271629687954954, special.LogIntegral(func(v float64) float64 {
		return -0.001*special.Softplus(-v) - 1000*special.Softplus(v)
	}), 1e-13, 0)
	near.Equal(t, 5000+math.Log(math.Sqrt(math.Pi)), special.LogIntegral(func(v float64) float64 { return 5000 - (v-300)*(v-300) }), 1e-14, 0)
	require.True(t, math.IsNaN(special.LogIntegral(func(float64) float64 { return math.NaN() })))
}

func TestNegativeBinomial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape, rate, t float64
		n              int
		want           float64
	}{
		{0.5, 2, 3, 1, 0.3675444679663241336},
		{0.5, 2, 3, 40, 1.8468832763416484548e-10},
		{20, 2, 3, 5, 0.99998275033381786878},
		{1e-6, 1e-9, 1, 50, 0.000016243929426932534739},
		{3, 1e-3, 1, 9000, 0.006249700360261444759},
	} {
		near.Equal(t, c.want, special.NewNegativeBinomial(c.shape, c.rate, c.t).Tail(c.n), 1e-11, 0, "%v", c)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := special.NewNegativeBinomial(rapid.Float64Range(1e-3, 50).Draw(t, "shape"), rapid.Float64Range(0.01, 10).Draw(t, "rate"), rapid.Float64Range(0, 10).Draw(t, "t"))
		n := rapid.IntRange(1, 300).Draw(t, "n")
		near.Equal(t, d.Tail(n), d.Tail(n+1)+math.Exp(d.LogProb(n)), 1e-9, 1e-13)
		near.Equal(t, 1, math.Exp(d.LogProb(0))+d.Tail(1), 1e-13, 0)
	})
	near.Equal(t, 0, special.NewNegativeBinomial(2, 1, 0).Tail(1), 0, 0)
	near.Equal(t, 0, special.NewNegativeBinomial(2, 1, 0).LogProb(0), 0, 0)
}

func TestSoftplusAndLogistic(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{-800, -40, -1, 0, 1, 35, 37, 800} {
		near.Equal(t, math.Log1p(math.Exp(min(x, 700)))+max(x-700, 0), special.Softplus(x), 1e-15, 0, "%v", x)
		near.Equal(t, math.Exp(x-special.Softplus(x)), special.Logistic(x), 1e-13, 0, "%v", x)
	}
}

// Of 200 customers who buy at rates of a gamma law, how many have bought three times?
func ExampleNegativeBinomial_Tail() {
	fmt.Printf("%.0f\n", 200*special.NewNegativeBinomial(0.8, 20, 40).Tail(3))
	// Output: 46
}

// What is ln Γ(1000000.001)/Γ(1000000), of which lnΓ itself has eight digits?
func ExampleLogGammaRatio() {
	fmt.Printf("%.12g\n", special.LogGammaRatio(1e6, 0.001))
	// Output: 0.0138155100585
}

func FuzzRatios(f *testing.F) {
	f.Add(0.5, 2.0, 3.0)
	f.Add(1e-300, 1e300, 1e-300)
	f.Fuzz(func(t *testing.T, x, d, e float64) {
		special.Hyper1(x, d, 1/(1+math.Abs(e)), math.Abs(e)/(1+math.Abs(e))+0x1p-20)
		special.LogNegativeBinomial(x, d)
		if !(x >= 1e-50 && x <= 1e50 && d >= 0 && d <= 1e50 && e >= 1e-50 && e <= 1e50) {
			return
		}
		require.GreaterOrEqual(t, special.DigammaRatio(x, d), 0.0)
		require.LessOrEqual(t, special.LogRisingRatio(x, e, d), 1e-12)
		require.GreaterOrEqual(t, special.ExpIntegral(x, e), 0.0)
		require.False(t, math.IsNaN(special.LogGammaRatio(x, d)+special.StirlingError(x)+special.DigammaRest(x)))
		tail := special.NewNegativeBinomial(x, e, d).Tail(3)
		require.True(t, tail >= -1e-12 && tail <= 1+1e-12, "%v", tail)
	})
}
