package servqual

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

// A Stat describes the scores of n respondents. It is an immutable value, safe
// for concurrent use; the zero Stat describes none. Obtain one from a [Report].
type Stat struct {
	n              int64
	mean, variance float64
}

// N returns the number of respondents who have the score.
func (s Stat) N() int64 { return s.n }

// Mean returns the mean score; false if nobody has the score.
func (s Stat) Mean() (mean float64, ok bool) { return s.mean, s.n > 0 }

// SD returns the standard deviation of the scores, with divisor n − 1; false
// unless two respondents or more have the score.
func (s Stat) SD() (sd float64, ok bool) { return math.Sqrt(s.variance), s.n > 1 }

// SE returns the standard error of the mean, SD/√n; false unless two respondents
// or more have the score.
func (s Stat) SE() (se float64, ok bool) {
	if s.n < 2 {
		return 0, false
	}
	return math.Sqrt(s.variance / float64(s.n)), true
}

// Levels of confidence for which intervals are computed.
const (
	minLevel = 0.5
	maxLevel = 0.9999
)

// Interval returns the confidence interval of the mean, mean ± t·SE, where t is
// the quantile of Student's t with n − 1 degrees of freedom that holds the level
// between −t and t. It fails with a [relmark.FieldError] unless the level is 0.5
// to 0.9999, and with [relmark.ErrTooFew] unless two respondents or more have the
// score. Where all scores are equal the interval is a point.
func (s Stat) Interval(level float64) (low, high float64, err error) {
	if !(level >= minLevel && level <= maxLevel) {
		return 0, 0, fmt.Errorf("servqual: %w", &relmark.FieldError{Field: "Level", Value: level, Rule: "must be 0.5 to 0.9999"})
	}
	se, ok := s.SE()
	if !ok {
		return 0, 0, fmt.Errorf("servqual: interval of %d scores: %w", s.n, relmark.ErrTooFew)
	}
	half := studentT(level, float64(s.n-1)) * se
	return s.mean - half, s.mean + half, nil
}
