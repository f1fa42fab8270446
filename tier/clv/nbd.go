package clv

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// A negativeBinomial counts purchases of a customer who never drops out:
//
//	P(N = n) = Γ(R+n) / (Γ(R)·n!) · (1−z)^R · z^n
type negativeBinomial struct {
	shape, z float64 // R > 0, 0 ≤ z < 1
	rest     float64 // ln (1−z), which has its digits even where z is next to 1
}

// within counts the purchases within t at Gamma(shape, rate) distributed rates.
func within(shape, rate, t float64) negativeBinomial {
	return negativeBinomial{shape, t / (rate + t), -math.Log1p(t / rate)}
}

// logProb returns ln P(N = n).
func (d negativeBinomial) logProb(n int) float64 {
	p := d.shape * d.rest
	if n > 0 {
		x := float64(n)
		p += logGammaRatio(d.shape, x) - logGammaRatio(1, x) + x*math.Log(d.z)
	}
	return p
}

// tail returns P(N ≥ n) for n ≥ 1. Past the mean the tail itself is summed,
// P(N = n)·2F1(1, R+n; n+1; z); before it, P(N ≥ 1) less what lies between. Far
// counts go to the incomplete beta function I_z(n, R).
func (d negativeBinomial) tail(n int) float64 {
	const far = 1 << 13
	x := float64(n)
	switch {
	case d.z == 0:
		return 0
	case x > far:
		return mathext.RegIncBeta(x, d.shape, d.z)
	case x*(1-d.z) > d.shape*d.z:
		return math.Exp(d.logProb(n)) * d.tailSeries(x)
	}
	rest := -math.Expm1(d.shape * d.rest)
	if n == 1 {
		return rest
	}
	term := math.Exp(d.logProb(n - 1))
	for i := x - 1; i > 0; i-- {
		rest -= term
		term *= i / ((d.shape + i - 1) * d.z)
	}
	return rest
}

// tailSeries returns P(N ≥ n) / P(N = n), a sum whose ratios tend to z.
func (d negativeBinomial) tailSeries(n float64) float64 {
	const steps = 1 << 22
	sum, term := 1.0, 1.0
	for j := 0.0; j < steps; j++ {
		ratio := d.z * (d.shape + n + j) / (n + 1 + j)
		term *= ratio
		sum += term
		if term <= epsilon/4*sum*(1-max(ratio, d.z)) {
			return sum
		}
	}
	return math.NaN()
}
