package evaluation

import "gonum.org/v1/gonum/mathext"

// binomial returns the exact limits of a share of count in n, one or more (Clopper and
// Pearson 1934): those of which a tail of (1 − level)/2 is as far as the count.
func binomial(count, n int64, level float64) (low, high float64) {
	x, rest, tail := float64(count), float64(n-count), (1-level)/2
	high = 1
	if count > 0 {
		low = mathext.InvRegIncBeta(x, rest+1, tail)
	}
	if count < n {
		high = 1 - mathext.InvRegIncBeta(rest, x+1, tail)
	}
	return low, high
}
