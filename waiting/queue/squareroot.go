package queue

import "math"

// mills returns (1 − Φ(x))/φ(x), Mills' ratio of the normal law.
func mills(x float64) float64 {
	if x < 8 {
		return math.Sqrt(math.Pi/2) * math.Erfc(x/math.Sqrt2) * math.Exp(x*x/2)
	}
	tail := 0.0 // Laplace's continued fraction: 1/(x + 1/(x + 2/(x + 3/…)))
	for k := 60.0; k > 0; k-- {
		tail = k / (x + tail)
	}
	return 1 / (x + tail)
}

// HalfinWhitt returns the share of customers who wait in front of very many servers,
// c = a + β·√a of them: 1/(1 + β·Φ(β)/φ(β)). It is NaN unless β ≥ 0, and 1 at β = 0. For a
// few hundred servers it is within some percent of [ErlangC].
func HalfinWhitt(beta float64) float64 {
	if !(beta >= 0) {
		return math.NaN()
	}
	return 1 / (1 + beta*mills(-beta))
}

// HalfinWhittBeta returns the β of square-root staffing for which a share of customers
// waits, the inverse of [HalfinWhitt]: a + β·√a servers. It is NaN unless the share is
// above 0 and below 1. It bisects.
func HalfinWhittBeta(share float64) float64 {
	if !(share > 0 && share < 1) {
		return math.NaN()
	}
	odds := (1 - share) / share
	return beyond(1, func(beta float64) bool { return beta*mills(-beta) >= odds })
}

// Garnett returns the share of customers who wait in front of very many servers,
// c = a + β·√a of them, where those who wait give up at rate θ:
//
//	1/(1 + √(θ/μ)·h(δ)/h(−β)),  δ = β·√(μ/θ)
//
// with the hazard h of the normal law. β may be negative. It is NaN unless β is finite and
// both rates are finite and above 0.
func Garnett(beta, leaving, service float64) float64 {
	if !(math.Abs(beta) <= math.MaxFloat64 && leaving > 0 && service > 0 && leaving <= math.MaxFloat64 && service <= math.MaxFloat64) {
		return math.NaN()
	}
	ratio := math.Sqrt(leaving) / math.Sqrt(service)
	return 1 / (1 + ratio*mills(-beta)/mills(beta/ratio))
}
