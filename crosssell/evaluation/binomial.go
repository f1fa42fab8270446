package evaluation

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// binomial returns the exact limits of a share of count in n, one or more (Clopper and
// Pearson 1934): those of which a tail of (1 − level)/2 is as far as the count. They are
// around the share.
func binomial(count, n int64, level float64) (low, high float64) {
	tail := (1 - level) / 2
	return lower(count, n, tail), 1 - lower(n-count, n, tail)
}

// lower returns the share of which count or more of n are as likely as a tail below a half.
// It is at most count/n, of which they are at least as likely as a half, and is found by
// halving what is left: the inverse that libraries have is wrong near 1.
func lower(count, n int64, tail float64) float64 {
	const halvings = 64
	x, rest := float64(count), float64(n-count)
	switch {
	case count == 0:
		return 0
	case rest == 0:
		return math.Exp(math.Log(tail) / x)
	}
	low, high := 0.0, x/(x+rest)
	for range halvings {
		p := low + (high-low)/2
		if mathext.RegIncBeta(x, rest+1, p) < tail {
			low = p
		} else {
			high = p
		}
	}
	return low
}
