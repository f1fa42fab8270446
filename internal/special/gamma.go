package special

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// UpperGamma returns Γ(b, x)/Γ(b) for b > 0 and x ≥ 0: the probability that a gamma
// variable of shape b exceeds x. For small x gonum has the other tail more exactly.
// NaN for other arguments and an infinite
// shape, at which gonum panics or does not end.
func UpperGamma(b, x float64) float64 {
	if !(b > 0 && x >= 0) || math.IsInf(b, 1) {
		return math.NaN()
	}
	if x <= 1 {
		if lower := mathext.GammaIncReg(b, x); lower < 0.9 {
			return 1 - lower
		}
	}
	return mathext.GammaIncRegComp(b, x)
}

// GammaQuantile returns the x that a gamma variable of a shape of 1 or more exceeds with
// probability 1 − p, for p above 0 and below 1. It takes some microseconds, and ten
// times that below the lower quartile. NaN for other arguments and an infinite
// shape, at which gonum panics or does not end.
func GammaQuantile(shape, p float64) float64 {
	if !(shape >= 1 && p > 0 && p < 1) || math.IsInf(shape, 1) {
		return math.NaN()
	}
	if p >= 0.25 {
		return mathext.GammaIncRegCompInv(shape, 1-p)
	}
	// Gonum's inverse of the lower tail panics on some small probabilities. That tail is
	// at most xᵇ/Γ(b+1), which bounds x from below.
	factorial, _ := math.Lgamma(shape + 1)
	low := math.Exp((math.Log(p)+factorial)/shape) * (1 - 1e-9)
	high := mathext.GammaIncRegCompInv(shape, 0.75)
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high
		}
		if mathext.GammaIncReg(shape, middle) < p {
			low = middle
		} else {
			high = middle
		}
	}
}
