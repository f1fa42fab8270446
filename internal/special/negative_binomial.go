package special

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// A NegativeBinomial counts purchases of a customer who never drops out:
//
//	P(N = n) = Γ(R+n) / (Γ(R)·n!) · (1−z)^R · z^n
type NegativeBinomial struct {
	shape, z float64 // R > 0, 0 ≤ z < 1
	rest     float64 // ln (1−z), which has its digits even where z is next to 1
}

// NewNegativeBinomial counts the purchases within t at Gamma(shape, rate) distributed rates.
func NewNegativeBinomial(shape, rate, t float64) NegativeBinomial {
	return NegativeBinomial{shape, t / (rate + t), -math.Log1p(t / rate)}
}

// LogProb returns ln P(N = n).
func (d NegativeBinomial) LogProb(n int) float64 {
	p := d.shape * d.rest
	if n > 0 {
		x := float64(n)
		p += LogNegativeBinomial(d.shape, x) + x*math.Log(d.z)
	}
	return p
}

// Tail returns P(N ≥ n) = I_z(n, R) for n ≥ 1. Past the mean the tail itself is summed,
// P(N = n)·2F1(1, R+n; n+1; z); before it, P(N ≥ 1) less what lies between. Neither would
// do where R is small and z next to 1, so that counts are large or none, nor for far
// counts, which go to the incomplete beta function.
func (d NegativeBinomial) Tail(n int) float64 {
	const far = 1 << 13
	x, y := float64(n), math.Exp(d.rest)
	switch {
	case !(d.shape > 0 && d.z >= 0 && d.z <= 1) || math.IsInf(d.shape, 1):
		return math.NaN() // gonum would panic
	case d.z == 0:
		return 0
	case x*y <= 1 && d.shape < 1:
		return d.tailNearOne(x, y)
	case x > far && d.z > 0.5:
		return 1 - mathext.RegIncBeta(d.shape, x, y)
	case x > far:
		return mathext.RegIncBeta(x, d.shape, d.z)
	case x*(1-d.z) > d.shape*d.z:
		return math.Exp(d.LogProb(n)) * d.tailSeries(x)
	}
	rest := -math.Expm1(d.shape * d.rest)
	if n == 1 {
		return rest
	}
	term := math.Exp(d.LogProb(n - 1))
	for i := x - 1; i > 0; i-- {
		rest -= term
		term *= i / ((d.shape + i - 1) * d.z)
	}
	return rest
}

// tailNearOne returns P(N ≥ n) for n·y ≤ 1, y = 1−z, as 1 less
//
//	I_y(R, n) = y^R / (R·B(R, n)) · (1 + R·Σ_(k≥1) (1−n)_k / (k!·(R+k)) · y^k)
//
// the logarithm of which is of the order of R.
func (d NegativeBinomial) tailNearOne(n, y float64) float64 {
	sum, power := 0.0, 1.0
	for k := 1.0; k < 64; k++ {
		power *= (k - n) / k * y
		step := power / (d.shape + k)
		sum += step
		if math.Abs(step) <= Epsilon/4*math.Abs(sum) {
			break
		}
	}
	logBeta := LogGammaRatio(1, d.shape) - LogGammaRatio(n, d.shape) // ln R·B(R, n)
	return -math.Expm1(d.shape*d.rest - logBeta + math.Log1p(d.shape*sum))
}

// tailSeries returns P(N ≥ n) / P(N = n), a sum whose ratios tend to z.
func (d NegativeBinomial) tailSeries(n float64) float64 {
	const steps = 1 << 22
	sum, term := 1.0, 1.0
	for j := 0.0; j < steps; j++ {
		ratio := d.z * (d.shape + n + j) / (n + 1 + j)
		term *= ratio
		sum += term
		if term <= Epsilon/4*sum*(1-max(ratio, d.z)) {
			return sum
		}
	}
	return math.NaN()
}
