package stat

import "math"

// Unit returns weights, 0 or more and finite, times the power of two that makes the largest
// one half or more and less than 1. Their proportions are as they were, to the last bit, but
// sums of products with them neither overflow nor lose digits where all weights are tiny.
func Unit(weights []float64) []float64 {
	largest := 0.0
	for _, w := range weights {
		largest = max(largest, w)
	}
	_, exponent := math.Frexp(largest)
	out := make([]float64, len(weights))
	for i, w := range weights {
		out[i] = math.Ldexp(w, -exponent)
	}
	return out
}
