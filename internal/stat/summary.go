package stat

import "math"

// A Summary is what a sample comes to. It is an immutable value, safe for concurrent
// use; the zero Summary is of no scores. Obtain one from [Moments.Summary].
type Summary struct {
	n              int64
	mean, variance float64
}

// NewSummary returns what n scores with a mean and a variance, of divisor n − 1, come to.
func NewSummary(n int64, mean, variance float64) Summary { return Summary{n, mean, variance} }

// Variance returns the variance, with divisor n − 1; false unless there are two scores
// or more.
func (s Summary) Variance() (variance float64, ok bool) { return s.variance, s.n > 1 }

// N returns the number of scores.
func (s Summary) N() int64 { return s.n }

// Mean returns the mean; false if there are no scores.
func (s Summary) Mean() (mean float64, ok bool) { return s.mean, s.n > 0 }

// SD returns the standard deviation, with divisor n − 1; false unless there are two
// scores or more.
func (s Summary) SD() (sd float64, ok bool) { return math.Sqrt(s.variance), s.n > 1 }

// SE returns the standard error of the mean, SD/√n; false unless there are two scores
// or more.
func (s Summary) SE() (se float64, ok bool) {
	if s.n < 2 {
		return 0, false
	}
	return math.Sqrt(s.variance / float64(s.n)), true
}

// Interval returns the confidence interval of the mean, mean ± t·SE with t of
// [StudentT]; a point where all scores are equal. It is false unless there are two
// scores or more and level is above 0 and below 1.
func (s Summary) Interval(level float64) (low, high float64, ok bool) {
	se, ok := s.SE()
	if !ok || !(level > 0 && level < 1) {
		return 0, 0, false
	}
	half := StudentT(level, float64(s.n-1)) * se
	return s.mean - half, s.mean + half, true
}
