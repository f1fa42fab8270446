package pulse

import (
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Share is how many of N answers count, such as the two top boxes of a question on
// satisfaction. It is plain data, and two of them add up field by field; the zero
// Share is nobody's.
type Share struct {
	Count int64 `json:"count"` // 0 to N
	N     int64 `json:"n"`     // 0 to 4294967295
}

// TopBox returns how many answers are from or more: customer satisfaction (CSAT) is
// TopBox(4) on a scale of 1 to 5. It fails with a [relmark.FieldError] unless from is
// an answer of the scale.
func (t *Tally) TopBox(from int) (Share, error) {
	if !t.scale.has(from) || len(t.counts) == 0 {
		return Share{}, fault.Room("pulse", fault.New("From", from, t.rule()))
	}
	return Share{Count: t.Count(from, t.scale.High), N: t.N()}, nil
}

// Validate reports every rule that s breaks, in one error.
func (s Share) Validate() error {
	var l fault.List
	l.Check(s.N >= 0 && s.N <= limit, "N", s.N, "must be 0 to 4294967295")
	l.Check(s.Count >= 0 && s.Count <= s.N, "Count", s.Count, "must be 0 to N")
	return l.Err("pulse")
}

// Share returns Count/N; false without answers.
func (s Share) Share() (share float64, ok bool) {
	if s.N <= 0 {
		return 0, false
	}
	return float64(s.Count) / float64(s.N), true
}

// Interval returns Wilson's interval of the share, which lies within 0 and 1 and is
// no point even where all answers are alike. It fails as [Net.Interval] does.
func (s Share) Interval(level float64) (low, high float64, err error) {
	if err := s.check(level); err != nil {
		return 0, 0, err
	}
	low, high = stat.Wilson(s.Count, s.N, level)
	return low, high, nil
}

func (s Share) check(level float64) error {
	if err := checkLevel(level); err != nil {
		return err
	}
	return s.checkSome()
}

// checkSome fails where there are no answers, or such as there cannot be.
func (s Share) checkSome() error {
	if err := s.Validate(); err != nil {
		return err
	}
	if s.N == 0 {
		return errNobody()
	}
	return nil
}
