package servqual

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

const room = "servqual" // as errors name it

// opaque is what is made of a survey, and does not encode.
type opaque = canon.Opaque

// broken returns the error of one field that breaks a rule.
func broken(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

// A Stat describes the scores of n respondents. It is an immutable value, safe
// for concurrent use; the zero Stat describes none. Obtain one from a [Report]. Like
// that it does not encode.
type Stat struct {
	opaque

	of stat.Summary
}

// N returns the number of respondents who have the score.
func (s Stat) N() int64 { return s.of.N() }

// Mean returns the mean score; false if nobody has the score.
func (s Stat) Mean() (mean float64, ok bool) { return s.of.Mean() }

// SD returns the standard deviation of the scores, with divisor n − 1; false
// unless two respondents or more have the score.
func (s Stat) SD() (sd float64, ok bool) { return s.of.SD() }

// SE returns the standard error of the mean, SD/√n; false unless two respondents
// or more have the score.
func (s Stat) SE() (se float64, ok bool) { return s.of.SE() }

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
		return 0, 0, broken("Level", level, "must be 0.5 to 0.9999")
	}
	low, high, ok := s.of.Interval(level)
	if !ok {
		return 0, 0, fault.Room(room, fmt.Errorf("interval of %d scores: %w", s.N(), relmark.ErrTooFew))
	}
	return low, high, nil
}
