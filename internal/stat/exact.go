package stat

import (
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark/internal/special"
)

// PoissonMean returns the exact limits of the mean of a Poisson variable that came out as
// count, 0 or more (Garwood 1936): each beyond the mean with half of what the level, above 0
// and below 1, leaves.
func PoissonMean(count int64, level float64) (low, high float64) {
	beyond := (1 - level) / 2
	if count > 0 {
		low = special.GammaQuantile(float64(count), beyond)
	}
	return low, special.GammaQuantile(float64(count)+1, 1-beyond)
}

// ClopperPearson returns the exact limits of a share of which count of n, one or more, came
// out, as [PoissonMean] does.
func ClopperPearson(count, n int64, level float64) (low, high float64) {
	k, rest, beyond := float64(count), float64(n-count), (1-level)/2
	high = 1
	if k > 0 {
		low = mathext.InvRegIncBeta(k, rest+1, beyond)
	}
	if rest > 0 {
		high = mathext.InvRegIncBeta(k+1, rest, 1-beyond)
	}
	return low, high
}

// even is how much two probabilities may differ and count as equal, relatively.
const even = 1e-7

// BinomialTest returns the exact two-sided p-value of a share p, above 0 and below 1, of
// which count of n came out: the probability of all outcomes that are not more likely.
func BinomialTest(count, n int64, p float64) float64 {
	d := distuv.Binomial{N: float64(n), P: p}
	most := d.LogProb(float64(count)) + even
	mode := int64(float64(n+1) * p)
	switch {
	case n == 0 || count == mode:
		return 1
	case count < mode:
		// The last outcome above the mode that is more likely, and what lies beyond.
		beyond := firstAbove(mode, n+1, func(k int64) bool { return d.LogProb(float64(k)) <= most })
		return min(d.CDF(float64(count))+above(d, beyond), 1)
	default:
		below := firstAbove(0, mode+1, func(k int64) bool { return d.LogProb(float64(k)) > most })
		return min(above(d, count)+d.CDF(float64(below-1)), 1)
	}
}

// above returns the probability of k or more.
func above(d distuv.Binomial, k int64) float64 {
	if float64(k) > d.N {
		return 0
	}
	if k <= 0 {
		return 1
	}
	return mathext.RegIncBeta(float64(k), d.N-float64(k)+1, d.P)
}

// firstAbove returns the first whole number from low on, below high, of which ok is true, as
// it is of all after it; high if there is none.
func firstAbove(low, high int64, ok func(k int64) bool) int64 {
	for low < high {
		if middle := low + (high-low)/2; ok(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// FQuantile returns the value that an F variable with these degrees of freedom, above 0,
// exceeds with probability 1 − p, for p above 0 and below 1.
func FQuantile(p, above, below float64) float64 {
	x := mathext.InvRegIncBeta(above/2, below/2, p)
	if x < 0.5 {
		return below * x / (above * (1 - x))
	}
	rest := mathext.InvRegIncBeta(below/2, above/2, 1-p)
	return below * (1 - rest) / (above * rest)
}
