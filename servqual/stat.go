package servqual

import (
	"fmt"
	"math"

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

// few returns the error of too few data for something.
func few(format string, args ...any) error {
	return fault.Room(room, fmt.Errorf(format+": %w", append(args, relmark.ErrTooFew)...))
}

// ends are those of the scale that a score is on; the zero ends are of none.
type ends struct {
	low, high float64
	known     bool
}

// cut moves what lies past an end to it.
func (e ends) cut(low, high float64) (float64, float64) {
	if !e.known {
		return low, high
	}
	return min(max(low, e.low), e.high), max(min(high, e.high), e.low)
}

// gap returns the ends of a difference of two scores on this scale.
func (e ends) gap() ends { return ends{e.low - e.high, e.high - e.low, e.known} }

// A Stat describes the scores of n respondents. It is an immutable value, safe
// for concurrent use; the zero Stat describes none. Obtain one from a [Report] or from
// [NewStat]. It does not encode; its [Stat.Params] do.
type Stat struct {
	opaque

	of   stat.Summary
	ends ends
}

// StatParams describe the scores of n respondents as other sources report them. They
// are plain data.
type StatParams struct {
	N    int64   `json:"n"`    // respondents; 0 or more, at most 2^40
	Mean float64 `json:"mean"` // 0 if there are none
	SD   float64 `json:"sd"`   // with divisor n − 1; 0 below two respondents
	// Low and High are the ends of the scale, both or neither: no mean is outside, and
	// intervals are cut there.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}

const (
	mostScores = 1 << 40
	mostScore  = 1e100
	leastSD    = 1e-100 // whose square is a number
)

// Validate reports every rule that p breaks, joined into one error. Scores between two
// ends have a standard deviation of at most half their distance times √(n/(n − 1)).
func (p StatParams) Validate() error {
	var l fault.List
	l.Check(p.N >= 0 && p.N <= mostScores, "N", p.N, "must be 0 to 2^40")
	l.Between("Mean", p.Mean, -mostScore, mostScore)
	l.Check(p.SD == 0 || p.SD >= leastSD && p.SD <= mostScore, "SD", p.SD, "must be 0, or 1e-100 to 1e100")
	l.Check(p.N > 0 || p.Mean == 0, "Mean", p.Mean, "must be 0 where N is")
	l.Check(p.N > 1 || p.SD == 0, "SD", p.SD, "must be 0 below two respondents")
	l.Check((p.Low == nil) == (p.High == nil), "High", nil, "must be given with Low")
	if p.Low == nil || p.High == nil {
		return l.Err(room)
	}
	low, high := *p.Low, *p.High
	l.Between("Low", low, -mostScore, mostScore)
	l.Check(high > low && high <= mostScore, "High", high, "must be above Low")
	l.Check(p.N <= 0 || p.Mean >= low && p.Mean <= high, "Mean", p.Mean, "must be Low to High")
	most := (high - low) / 2 * math.Sqrt(float64(p.N)/max(float64(p.N-1), 1))
	l.Check(p.N < 2 || !(p.SD > most*(1+1e-9)), "SD", p.SD, "must be one that scores of Low to High can have")
	return l.Err(room)
}

// NewStat returns the Stat that p describes. It fails exactly when
// [StatParams.Validate] does.
func NewStat(p StatParams) (Stat, error) {
	if err := p.Validate(); err != nil {
		return Stat{}, err
	}
	s := Stat{of: stat.NewSummary(p.N, p.Mean, p.SD*p.SD)}
	if p.Low != nil {
		s.ends = ends{*p.Low, *p.High, true}
	}
	return s, nil
}

// Params returns what [NewStat] makes the same Stat of.
func (s Stat) Params() StatParams {
	p := StatParams{N: s.N()}
	p.Mean, _ = s.Mean()
	p.SD, _ = s.SD()
	if s.ends.known {
		low, high := s.ends.low, s.ends.high
		p.Low, p.High = &low, &high
	}
	return p
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

// Scale returns the ends of the scale that the score is on; false if none are known.
func (s Stat) Scale() (low, high float64, ok bool) { return s.ends.low, s.ends.high, s.ends.known }

func checkLevel(level float64) error {
	var l fault.List
	l.Level("Level", level)
	return l.Err(room)
}

// Interval returns the confidence interval of the mean, mean ± t·SE, where t is
// the quantile of Student's t with n − 1 degrees of freedom that holds the level
// between −t and t. An end past the end of the scale is moved there. It fails with a
// [relmark.FieldError] unless the level is 0.5 to 0.9999, and with
// [relmark.ErrTooFew] unless two respondents or more have the score. Where all scores
// are equal the interval is a point.
func (s Stat) Interval(level float64) (low, high float64, err error) {
	if err := checkLevel(level); err != nil {
		return 0, 0, err
	}
	low, high, ok := s.of.Interval(level)
	if !ok {
		return 0, 0, few("interval of %d scores", s.N())
	}
	low, high = s.ends.cut(low, high)
	return low, high, nil
}
