package special_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/special"
)

// binomialSum returns P(K ≥ a) of n with probability x, in 300 bits.
func binomialSum(a, n int64, x float64) (over, under float64) {
	const bits = 300
	p := new(big.Float).SetPrec(bits).SetFloat64(x)
	q := new(big.Float).SetPrec(bits).Sub(big.NewFloat(1), p)
	term := new(big.Float).SetPrec(bits).SetInt64(1)
	for range n {
		term.Mul(term, q)
	}
	odds := new(big.Float).SetPrec(bits).Quo(p, q)
	least, rest := new(big.Float).SetPrec(bits), new(big.Float).SetPrec(bits)
	for k := range n + 1 {
		sum := rest
		if k >= a {
			sum = least
		}
		sum.Add(sum, term)
		term.Mul(term, odds)
		term.Mul(term, new(big.Float).SetPrec(bits).Quo(big.NewFloat(float64(n-k)), big.NewFloat(float64(k+1))))
	}
	over, _ = least.Float64()
	under, _ = rest.Float64()
	return over, under
}

// For whole parameters the beta law is the tail of a binomial one.
func TestBetaAgreesWithBinomialSums(t *testing.T) {
	t.Parallel()
	for _, a := range []int64{1, 7, 60, 999, 1000, 1500} {
		for _, b := range []int64{1, 3, 250, 1000} {
			mean := float64(a) / float64(a+b)
			spread := math.Sqrt(mean * (1 - mean) / float64(a+b))
			for _, z := range []float64{-20, -6, -2, -0.5, 0, 0.01, 1, 4, 12} {
				x := mean + z*spread
				if x <= 0 || x >= 1 {
					continue
				}
				want, beyond := binomialSum(a, a+b-1, x)
				under, over := special.Beta(a2f(a), a2f(b), x, 1-x)
				near.Equal(t, want, under, 3e-13, 1e-290)
				near.Equal(t, beyond, over, 3e-13, 1e-290)
				swapped, _ := special.Beta(a2f(b), a2f(a), 1-x, x)
				near.Equal(t, over, swapped, 1e-12, 1e-290)
			}
		}
	}
}

func a2f(a int64) float64 { return float64(a) }

// What R 4.2's pbeta says, an implementation of ACM's algorithm 708; where parameters are near 1e9,
// and it has ten digits, an integral of fifty.
func TestBetaAgreesWithR(t *testing.T) {
	t.Parallel()
	for _, c := range [][5]float64{
		{0.5, 0.5, 0.29999999999999999, 0.36901011956554525, 0.6309898804344547},
		{0.0050000000000000001, 0.0050000000000000001, 0.20000000000000001, 0.49656069601080238, 0.50343930398919756},
		{2.5, 500000, 3.0000000000000001e-06, 0.30001555174619043, 0.69998444825380957},
		{2.5, 500000, 1.2799999999999999e-05, 0.97467418753726054, 0.025325812462739478},
		{0.5, 500000000, 1.0000000000000001e-09, 0.68268949213708507, 0.31731050786291493},
		{1000000, 1002000, 0.5, 0.92124670603800818, 0.078753293961991808},
		{1000000, 1002000, 0.499, 0.07833867016963629, 0.92166132983036375},
		{50000, 50000, 0.497, 0.028888972262389616, 0.97111102773761038},
		{30000, 200000, 0.13, 0.26822218144930299, 0.73177781855069701},
		{1048576, 1073741824, 0.00097000000000000005, 1.7970552821608179211e-09, 0.99999999820294472},
		{1000000000, 1000000000, 0.50000999999999995, 0.814453315231582986, 0.18554668476841701397},
		{1500.5, 10000000, 0.00013999999999999999, 0.00413770264618163, 0.99586229735381837},
		{999.5, 10000000, 0.000105, 0.94351746902571909, 0.056482530974280867},
		{10000, 0.29999999999999999, 0.99990000000000001, 0.084323998924105359, 0.91567600107589464},
	} {
		under, over := special.Beta(c[0], c[1], c[2], 1-c[2])
		near.Equal(t, c[3], under, 1e-13, 0)
		near.Equal(t, c[4], over, 1e-13, 0)
	}
}

func TestBetaAtTheEnds(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]float64{{0, 1, 0, 1}, {1, 0, 1, 0}, {1e-300, 1, 0, 1}} {
		under, over := special.Beta(1<<40, 1<<41, c[0], c[1])
		near.Slice(t, c[2:], []float64{under, over}, 0, 0)
	}
}

// Two thousand coins: the logarithm of the sum of all outcomes is 0.
func TestLogBinomial(t *testing.T) {
	t.Parallel()
	for _, p := range []float64{0.5, 0.01, 0.97} {
		sum := 0.0
		for k := range 2001 {
			sum += math.Exp(special.LogBinomial(float64(k), 2000, p, 1-p))
		}
		near.Equal(t, 1, sum, 1e-13, 0)
	}
	near.Equal(t, 3*math.Log(0.25), special.LogBinomial(0, 3, 0.75, 0.25), 1e-15, 0)
	near.Equal(t, 3*math.Log(0.75), special.LogBinomial(3, 3, 0.75, 0.25), 1e-15, 0)
}

// Does a share of 3 % fit 50 of 1000?
func ExampleBeta() {
	fewer, _ := special.Beta(50, 951, 0.03, 0.97)
	fmt.Printf("%.6f or more\n", fewer)
	// Output: 0.000421 or more
}

func FuzzBeta(f *testing.F) {
	f.Add(2.5, 1e6, 0.1)
	f.Add(1e9, 1e9, 0.5)
	f.Add(0.005, 3.0, 1-1e-16)
	f.Fuzz(func(t *testing.T, a, b, x float64) {
		if !(a >= 0.005 && a <= 1e12 && b >= 0.005 && b <= 1e12 && x >= 0 && x <= 1) {
			return
		}
		under, over := special.Beta(a, b, x, 1-x)
		if !(under >= 0 && over >= 0 && math.Abs(under+over-1) <= 1e-15) {
			t.Errorf("beta(%v, %v) at %v: %v and %v", a, b, x, under, over)
		}
	})
}

func BenchmarkBeta(b *testing.B) {
	for _, n := range []float64{10, 900, 1e6} {
		b.Run(fmt.Sprintf("n=%g", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				special.Beta(n, n, 0.499, 0.501)
			}
		})
	}
}
