package special_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/special"
)

const digits = 256

func number(x float64) *big.Float { return new(big.Float).SetPrec(digits).SetFloat64(x) }

func float(x *big.Float) float64 { f, _ := x.Float64(); return f }

// exactOdds returns P(N < n)/P(N = n) by odds(j) = (j/a)·(1 + odds(j−1)).
func exactOdds(n int, a *big.Float) *big.Float {
	odds := number(0)
	for j := 1; j <= n; j++ {
		odds.Add(odds, number(1)).Mul(odds, number(float64(j))).Quo(odds, a)
	}
	return odds
}

func TestPoissonOddsAgreeWithExactArithmetic(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 5, 63, 64, 65, 70, 100, 250, 1000, 10_000} {
		for _, z := range []float64{-30, -12, -8, -4, -1, -0.1, 0, 1e-9, 0.3, 2, 4.5, 5.5, 7, 20, 1e4} {
			root := math.Sqrt(float64(max(n, 1)))
			mean := float64(n) + z*root
			if mean <= 0 {
				mean = float64(max(n, 1)) / (1 + z*z)
			}
			a := special.Quotient(mean, 3)
			exact := new(big.Float).SetPrec(digits).Quo(number(mean), number(3))
			want := float(exactOdds(n, exact))
			if math.IsInf(want, 1) {
				continue
			}
			near.Equal(t, want, special.PoissonOdds(n, a), 2e-14, 0, "n = %d, a = %v/3", n, mean)
		}
	}
	assert.True(t, math.IsInf(special.PoissonOdds(1, special.Extended{}), 1))
	assert.True(t, math.IsInf(special.PoissonOdds(100, special.Extended{}), 1))
	near.Equal(t, 0, special.PoissonOdds(0, special.Extended{}), 0, 0)
}

func TestPoisson(t *testing.T) {
	t.Parallel()
	for _, n := range []float64{65, 100, 1000} {
		for _, mean := range []float64{0.5 * n, 0.9 * n, n, 1.1 * n, 2 * n} {
			x := special.NewPoisson(n, special.Extended{Hi: mean})
			factorial, _ := math.Lgamma(n + 1)
			log := n*math.Log(mean) - mean - factorial
			near.Equal(t, log, x.LogProb(), 1e-12, 1e-11, "n = %v, a = %v", n, mean)
			near.Equal(t, math.Exp(x.LogProb()), x.Prob(), 1e-12, 0, "n = %v, a = %v", n, mean)
			near.Equal(t, mathext.GammaIncRegComp(n, mean), x.Below(), 1e-11, 1e-13, "n = %v, a = %v", n, mean)
		}
	}
	none := special.NewPoisson(70, special.Extended{Hi: special.Tiny / 2})
	near.Equal(t, 0, none.Prob(), 0, 0)
	near.Equal(t, 1, none.Below(), 0, 0)
	assert.True(t, math.IsInf(none.LogProb(), -1))
}

// Extended numbers hold a quotient and a difference to some 30 digits.
func TestExtended(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-1e9, 1e9).Draw(t, "a"), rapid.Float64Range(1e-3, 1e9).Draw(t, "b")
		d := special.Difference(a, b)
		exact := new(big.Float).SetPrec(digits).Sub(number(a), number(b))
		if exact.Cmp(new(big.Float).SetPrec(digits).Add(number(d.Hi), number(d.Lo))) != 0 {
			t.Errorf("%v − %v is not %+v", a, b, d)
		}
		q := special.Quotient(a, b)
		left := new(big.Float).SetPrec(digits).Quo(number(a), number(b))
		left.Sub(left, number(q.Hi)).Sub(left, number(q.Lo))
		if math.Abs(float(left)) > 1e-31*math.Abs(q.Hi)+1e-300 { // below, a float64 has fewer digits
			t.Errorf("%v / %v is %v off %+v", a, b, float(left), q)
		}
	})
	x := special.Quotient(2000, 3)
	near.Equal(t, 3.3857477783871017e289, x.Exp(), 1e-15, 0, "e^(2000/3)") // mpmath
	near.Equal(t, 1/3.3857477783871017e289, x.Decay(1), 1e-15, 0)
	near.Equal(t, 1, x.Decay(0), 0, 0)
	near.Equal(t, 0, x.Decay(math.Inf(1)), 0, 0)
	near.Equal(t, 1, special.Extended{}.Decay(5), 0, 0)
}

func TestGamma(t *testing.T) {
	t.Parallel()
	for _, b := range []float64{0.1, 0.5, 1, 2.5, 5} {
		for _, x := range []float64{0, 1e-300, 1e-9, 0.3, 1, 1.0001, 7, 60} {
			near.Equal(t, mathext.GammaIncRegComp(b, x), special.UpperGamma(b, x), 1e-13, 0, "Γ(%v, %v)", b, x)
		}
	}
	near.Equal(t, math.Exp(-1e-9), special.UpperGamma(1, 1e-9), 1e-16, 0)
	for _, shape := range []float64{1, 2, 9, 1001, 100_001} {
		for _, p := range []float64{1e-300, 1e-20, 0.01, 0.2499, 0.25, 0.5, 0.9, 1 - 1e-12} {
			x := special.GammaQuantile(shape, p)
			if p < 0.25 {
				near.Equal(t, p, mathext.GammaIncReg(shape, x), 1e-9, 0, "%v of shape %v", p, shape)
			} else {
				near.Equal(t, 1-p, mathext.GammaIncRegComp(shape, x), 1e-9, 0, "%v of shape %v", p, shape)
			}
		}
	}
	near.Equal(t, math.Ln2, special.GammaQuantile(1, 0.5), 1e-15, 0)
}

func TestAreasUnderTails(t *testing.T) {
	t.Parallel()
	q := special.NewTails()
	exponential := func(x float64) float64 { return math.Exp(-x) }
	step := func(x float64) float64 {
		if x < 4.2 {
			return 1
		}
		return 0
	}
	for name, c := range map[string]struct {
		tail        func(float64) float64
		start, want float64
	}{
		"exponential":           {exponential, 0, 1},
		"from 3 on":             {exponential, 3, math.Exp(-3)},
		"a rate of 1e6":         {func(x float64) float64 { return math.Exp(-1e6 * x) }, 0, 1e-6},
		"a rate of 1e-6":        {func(x float64) float64 { return math.Exp(-1e-6 * x) }, 0, 1e6},
		"a jump":                {step, 0, 4.2},
		"a jump, from 4":        {step, 4, 4.2 - 4},
		"nothing":               {func(float64) float64 { return 0 }, 0, 0},
		"a kink":                {func(x float64) float64 { return max(0, 1-x/7) }, 0, 3.5},
		"a heavy one":           {func(x float64) float64 { return math.Pow(1+x, -2.5) }, 0, 1 / 1.5},
		"little in a long tail": {func(x float64) float64 { return 1e-300 * math.Exp(-x) }, 0, 1e-300},
	} {
		got, err := q.Area(c.tail, c.start)
		require.NoError(t, err, name)
		near.Equal(t, c.want, got, 1e-11, 0, "%s", name)
	}
	for name, c := range map[string]struct {
		tail      func(float64) float64
		end, want float64
	}{
		"exponential": {exponential, 2, 1 + math.Exp(-2)},
		"near 1":      {func(x float64) float64 { return math.Exp(-1e-9 * x) }, 1, 0.5e-9},
		"a jump":      {step, 5, 0.8},
		"before it":   {step, 4, 0},
	} {
		got, err := q.Above(c.tail, c.end)
		require.NoError(t, err, name)
		near.Equal(t, c.want, got, 1e-6, 1e-15, "%s", name)
		near.Equal(t, c.want, got, 0, 1e-12, "%s", name)
	}
}

func TestWhatIsNoTail(t *testing.T) {
	t.Parallel()
	for _, value := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		q := special.NewTails()
		_, err := q.Area(func(float64) float64 { return value }, 0)
		_, ok := errors.AsType[*special.TailError](err)
		assert.True(t, ok, "%v", value)
		require.EqualError(t, err, fmt.Sprintf("tail of %v", value))
	}
	q := special.NewTails()
	_, err := q.Area(func(float64) float64 { return 0.5 }, 0)
	require.ErrorIs(t, err, special.ErrUnsettled)
	_, err = q.Area(func(x float64) float64 { return math.Pow(1+x, -0.9) }, 0)
	require.ErrorIs(t, err, special.ErrUnsettled)
	got, err := q.Area(func(x float64) float64 { return math.Exp(-x) }, 0)
	require.NoError(t, err, "the next one is fine")
	near.Equal(t, 1, got, 1e-12, 0)
}

func FuzzSpecial(f *testing.F) {
	f.Add(70, 65.0, 2.5, 0.3)
	f.Add(1_000_000_000, 1e9, 1.0, 1e-300)
	f.Add(65, math.MaxFloat64, 100_001.0, 1-1e-16)
	f.Add(3, 5e-324, 1.5, 0.2)
	f.Fuzz(func(t *testing.T, n int, mean, shape, p float64) {
		if n < 0 || !(mean >= 0) || math.IsInf(mean, 1) || !(shape >= 1 && shape <= 1e6) || !(p > 0 && p < 1) {
			return
		}
		if odds := special.PoissonOdds(n, special.Extended{Hi: mean}); !(odds >= 0) {
			t.Errorf("odds of %d at %v: %v", n, mean, odds)
		}
		if n > special.Direct {
			x := special.NewPoisson(float64(n), special.Extended{Hi: mean})
			if prob := x.Prob(); !(prob >= 0 && prob <= 1) {
				t.Errorf("P(N = %d) at %v: %v", n, mean, prob)
			}
		}
		if x := special.GammaQuantile(shape, p); !(x >= 0) || math.IsInf(x, 1) {
			t.Errorf("quantile %v of shape %v: %v", p, shape, x)
		}
		if u := special.UpperGamma(shape, mean); !(u >= 0 && u <= 1) {
			t.Errorf("Γ(%v, %v): %v", shape, mean, u)
		}
	})
}

func BenchmarkPoissonOdds(b *testing.B) {
	for _, n := range []int{10, 64, 1000, 100_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			a := special.Extended{Hi: 0.95 * float64(n)}
			for b.Loop() {
				special.PoissonOdds(n, a)
			}
		})
	}
}
