package stat

import (
	"math"

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
// out, as [PoissonMean] does. They are around the share.
func ClopperPearson(count, n int64, level float64) (low, high float64) {
	beyond := (1 - level) / 2
	return shareAbove(count, n, beyond), 1 - shareAbove(n-count, n, beyond)
}

// shareAbove returns the share of which count or more of n are as likely as a tail.
func shareAbove(count, n int64, tail float64) float64 {
	switch count {
	case 0:
		return 0
	case n:
		return math.Exp(math.Log(tail) / float64(n))
	}
	x, _ := betaQuantile(float64(count), float64(n-count+1), tail)
	return min(x, float64(count)/float64(n))
}

// betaQuantile returns the value that a beta variable exceeds with probability 1 − p, and
// what is left of it to 1, each with its own digits. It halves: the inverse that gonum has is
// wrong near 1, by 6 percent for 100,000 and 1 at 1e-6.
func betaQuantile(a, b, p float64) (x, rest float64) {
	if under, _ := special.Beta(a, b, 0.5, 0.5); under >= p {
		x = halve(func(x float64) bool {
			under, _ := special.Beta(a, b, x, 1-x)
			return under < p
		})
		return x, 1 - x
	}
	rest = halve(func(y float64) bool {
		_, over := special.Beta(a, b, 1-y, y)
		return over < 1-p
	})
	return 1 - rest, rest
}

// halve returns the first number from 0 to a half of which below is false.
func halve(below func(x float64) bool) float64 {
	low, high := 0.0, 0.5
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high
		}
		if below(middle) {
			low = middle
		} else {
			high = middle
		}
	}
}

// even is how much two probabilities may differ and count as equal, relatively.
const even = 1e-7

// BinomialTest returns the exact two-sided p-value of a share p, above 0 and below 1, of
// which count of n came out: the probability of all outcomes that are not more likely.
func BinomialTest(count, n int64, p float64) float64 {
	if n == 0 {
		return 1
	}
	log := func(k int64) float64 { return special.LogBinomial(float64(k), float64(n), p, 1-p) }
	most := log(count) + even
	mode := min(int64(float64(n+1)*p), n)
	switch {
	case count == mode:
		return 1
	case count < mode:
		// The last outcome above the mode that is more likely, and what lies beyond.
		beyond := firstAbove(mode, n+1, func(k int64) bool { return log(k) <= most })
		return min(orMore(n-count, n, 1-p)+orMore(beyond, n, p), 1)
	default:
		below := firstAbove(0, mode+1, func(k int64) bool { return log(k) > most })
		return min(orMore(count, n, p)+orMore(n-below+1, n, 1-p), 1)
	}
}

// orMore returns the probability that k of n or more come out, each with a probability of p.
func orMore(k, n int64, p float64) float64 {
	switch {
	case k > n:
		return 0
	case k <= 0:
		return 1
	}
	under, _ := special.Beta(float64(k), float64(n-k)+1, p, 1-p)
	return under
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
	x, rest := betaQuantile(above/2, below/2, p)
	return below * x / (above * rest)
}
