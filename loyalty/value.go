package loyalty

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A Retention describes customers who stay from one period to the next with one
// probability. It is plain data.
type Retention struct {
	Margin    float64 `json:"margin"`    // of one customer in one period, in any unit of money; finite, may be below 0
	Retention float64 `json:"retention"` // probability to stay, 0 to 1
	Discount  float64 `json:"discount"`  // rate per period, finite, 0 or more; above 0 where retention is 1
}

// Validate reports every rule that r breaks, joined into one error.
func (r Retention) Validate() error {
	var l fault.List
	r.check(&l)
	return l.Err(room)
}

func (r Retention) check(l *fault.List) {
	l.Check(fault.Finite(r.Margin), "Margin", r.Margin, "must be finite")
	l.Between("Retention", r.Retention, 0, 1)
	l.Check(r.Discount >= 0 && fault.Finite(r.Discount), "Discount", r.Discount, "must be finite and 0 or more")
	l.Check(r.lost() > 0, "Retention", r.Retention, "must be below 1 + Discount")
}

// Value returns what a customer is worth from the next period on,
//
//	V = m·r/(1 + d − r)
//
// the discounted margins of all periods that the customer is still there. It fails as
// [Retention.Validate] does.
func (r Retention) Value() (float64, error) {
	if err := r.Validate(); err != nil {
		return 0, err
	}
	return r.value()
}

// lost returns 1 + d − r, in an order in which a retention near 1 keeps its digits.
func (r Retention) lost() float64 { return (1 - r.Retention) + r.Discount }

func (r Retention) value() (float64, error) {
	v := r.Margin * (r.Retention / r.lost())
	if !fault.Finite(v) {
		return 0, fault.Room(room, fault.New("Margin", r.Margin, "must give a finite value"))
	}
	return v, nil
}

// A ProgrammeValue says what a programme has to reach. It is plain data.
type ProgrammeValue struct {
	Value float64 `json:"value"` // of a customer without it
	// BreakEven is the retention from which on the programme pays; nil where its cost is
	// not below the margin, or where even certainty does not pay.
	BreakEven *float64 `json:"break_even"`
	With      *float64 `json:"with,omitempty"` // value with the programme; nil if no retention was given
	Gain      *float64 `json:"gain,omitempty"` // With − Value
}

// WithProgramme returns what a programme that costs so much per retained customer and
// period has to reach, and, for a retention with it, what it gains. It pays from
//
//	r* = V(1 + d)/(m − c + V)
//
// on. A retention of nil is one not known yet. It fails as [Retention.Validate] does,
// and with a [relmark.FieldError] unless the cost is finite and 0 or more and the
// retention with it is as that of r.
func (r Retention) WithProgramme(cost float64, retention *float64) (ProgrammeValue, error) {
	var l fault.List
	r.check(&l)
	l.Check(cost >= 0 && fault.Finite(cost) && fault.Finite(r.Margin-cost), "Cost", cost, "must be finite and 0 or more")
	with := Retention{r.Margin - cost, r.Retention, r.Discount}
	if retention != nil {
		with.Retention = *retention
		l.Check(*retention >= 0 && *retention <= 1 && with.lost() > 0, "RetentionWith", *retention, "must be 0 to 1 and below 1 + Discount")
	}
	if err := l.Err(room); err != nil {
		return ProgrammeValue{}, err
	}
	v, err := r.value()
	if err != nil {
		return ProgrammeValue{}, err
	}
	out := ProgrammeValue{Value: v, BreakEven: breakEven(v, with.Margin, r.Discount)}
	if retention != nil {
		value, err := with.value()
		if err != nil {
			return ProgrammeValue{}, err
		}
		if !fault.Finite(value - v) {
			return ProgrammeValue{}, fault.Room(room, fault.New("Cost", cost, "must give a finite gain"))
		}
		out.With, out.Gain = &value, new(value-v)
	}
	return out, nil
}

// breakEven returns the retention that gives value v at a margin; nil if none up to 1
// does, rounding apart, or if the margin is not above 0.
func breakEven(v, margin, discount float64) *float64 {
	if !(margin > 0) || v < 0 {
		return nil
	}
	r := v * (1 + discount) / (margin + v)
	if !fault.Finite(v*(1+discount)) || !fault.Finite(margin+v) {
		r = (1 + discount) / (1 + margin/v)
	}
	if !reaches(1, r) {
		return nil
	}
	return new(min(r, 1))
}

// A Payback says when an investment has come back. It is plain data.
type Payback struct {
	Periods      *int     `json:"periods"`      // the first whose flows, with all before, reach it; nil if none does
	Interpolated *float64 `json:"interpolated"` // the same within the period, as if its flow came evenly
}

// PaybackOf returns when the discounted flows at the ends of periods 1, 2, … first add
// up to an investment. It fails with a [relmark.FieldError] unless the investment and the
// discount rate are finite and 0 or more, and every flow is within ±1e290. No flows pay
// nothing back, not even an investment of 0.
func PaybackOf(investment, discount float64, flows []float64) (Payback, error) {
	var l fault.List
	l.Check(investment >= 0 && fault.Finite(investment), "Investment", investment, "must be finite and 0 or more")
	l.Check(discount >= 0 && fault.Finite(discount), "Discount", discount, "must be finite and 0 or more")
	for i, f := range flows {
		if l.Full() {
			break
		}
		if !(math.Abs(f) <= maxFlow) {
			l.Add(fault.Item("Flows", i), f, "must be finite and within ±1e290")
		}
	}
	if err := l.Err(room); err != nil {
		return Payback{}, err
	}
	sum := 0.0
	for i, f := range flows {
		present := f * math.Pow(1+discount, -float64(i+1))
		missing := investment - sum
		sum += present
		if reaches(sum, investment) {
			part := 0.0 // of the period; nothing is missing where the investment is 0
			if missing > 0 {
				part = min(missing/present, 1)
			}
			return Payback{new(i + 1), new(float64(i) + part)}, nil
		}
	}
	return Payback{}, nil
}

// maxFlow is so much that no sum of flows overflows.
const maxFlow = 1e290

// reaches reports whether x is least or more, within rounding.
func reaches(x, least float64) bool { return x >= least-1e-12*math.Abs(least) }
