package spc

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// An EWMA describes a chart of exponentially weighted means, for shifts of about one
// σ. It is plain data.
type EWMA struct {
	Lambda float64 `json:"lambda"` // weight of the newest value: above 0, at most 1; 0.2 is usual
	L      float64 `json:"l"`      // limits in σ of the weighted mean: above 0, at most 10; 2.7 to 3 are usual
}

// Validate reports every rule that e breaks, in one error.
func (e EWMA) Validate() error {
	var l fault.List
	l.Check(e.Lambda > 0 && e.Lambda <= 1, "Lambda", e.Lambda, "must be > 0 and at most 1")
	l.Check(e.L > 0 && e.L <= 10, "L", e.L, "must be > 0 and at most 10")
	return l.Err("spc")
}

// A Smooth is the state of an EWMA chart. Obtain one from [NewSmooth]. It is not safe
// for concurrent use.
type Smooth struct {
	opaque

	by          EWMA
	limits      Limits
	value, left float64 // weighted mean; (1 − λ)^2t
}

// NewSmooth returns a chart that stands on its centre, by limits of [Values] with a
// Sigma. It fails with a [relmark.FieldError] for parameters or limits that are not
// valid.
func NewSmooth(e EWMA, l Limits) (*Smooth, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	if err := checkValues(l); err != nil {
		return nil, err
	}
	return &Smooth{by: e, limits: l, value: l.Center, left: 1}, nil
}

// checkValues asks for limits of single values.
func checkValues(l Limits) error {
	if err := l.Validate(); err != nil {
		return err
	}
	if l.Kind != Values {
		return fault.Room("spc", fault.New("Kind", nil, "must be values"))
	}
	return nil
}

// A Shift is what an EWMA or a CUSUM chart says of one point.
type Shift struct {
	Lower  float64 `json:"lower"`  // limits of the weighted mean; −h and h of the sums
	Upper  float64 `json:"upper"`  // limits of the weighted mean; −h and h of the sums
	High   float64 `json:"high"`   // the weighted mean, twice; the upper and the lower sum
	Low    float64 `json:"low"`    // the weighted mean, twice; the upper and the lower sum
	Signal bool    `json:"signal"` // one of them is beyond its limit
}

// Add judges the next value. It fails with a [relmark.FieldError] for values beyond
// 1e100; the chart is as before then. It does not allocate.
func (s *Smooth) Add(value float64) (Shift, error) {
	if !(math.Abs(value) <= most) {
		return Shift{}, refusal(value, 1, -most, most)
	}
	lambda := s.by.Lambda
	s.value = lambda*value + (1-lambda)*s.value
	s.left *= (1 - lambda) * (1 - lambda)
	half := s.by.L * s.limits.Sigma * math.Sqrt(lambda/(2-lambda)*(1-s.left))
	lower, upper := s.limits.Center-half, s.limits.Center+half
	return Shift{lower, upper, s.value, s.value, s.value < lower || s.value > upper}, nil
}
