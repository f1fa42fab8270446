package spc

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A CUSUM describes a chart of cumulative sums, for shifts of 2K σ that last. It is
// plain data.
type CUSUM struct {
	K float64 `json:"k"` // allowance in σ, half of the shift looked for: 0 to 10; 0.5 is usual
	H float64 `json:"h"` // decision limit in σ: above 0, at most 100; 4 or 5 are usual
}

// Validate reports every rule that c breaks, in one error.
func (c CUSUM) Validate() error {
	var l fault.List
	l.Between("K", c.K, 0, 10)
	l.Check(c.H > 0 && c.H <= 100, "H", c.H, "must be > 0 and at most 100")
	return l.Err("spc")
}

// A Sums is the state of a CUSUM chart. Obtain one from [NewSums]. It is not safe for
// concurrent use.
type Sums struct {
	opaque

	by        CUSUM
	limits    Limits
	high, low float64
}

// NewSums returns a chart whose sums are 0, by limits of [Values] with a Sigma above 0.
// It fails with a [relmark.FieldError] for parameters or limits that are not valid.
func NewSums(c CUSUM, l Limits) (*Sums, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if err := checkValues(l); err != nil {
		return nil, err
	}
	if !(l.Sigma > 0) {
		return nil, fault.Room("spc", fault.New("Sigma", l.Sigma, "must be > 0"))
	}
	return &Sums{by: c, limits: l}, nil
}

// Add judges the next value: High is the upper sum, 0 or more, Low the lower one, 0 or
// less. After a signal the sums go on; a host that has acted makes a new chart. It
// fails with a [relmark.FieldError] for values beyond 1e100; the chart is as before
// then. It does not allocate.
func (s *Sums) Add(value float64) (Shift, error) {
	if !(math.Abs(value) <= most) {
		return Shift{}, refusal(value, 1, -most, most)
	}
	z := (value - s.limits.Center) / s.limits.Sigma
	s.high = min(max(0, s.high+z-s.by.K), math.MaxFloat64)
	s.low = max(min(0, s.low+z+s.by.K), -math.MaxFloat64)
	return Shift{-s.by.H, s.by.H, s.high, s.low, s.high > s.by.H || s.low < -s.by.H}, nil
}
