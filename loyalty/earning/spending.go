package earning

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Spending says which numbers of points can pay for an order, and for what of it. The
// zero Spending allows whatever is worth a minor unit, for everything. Its rules are
// asked in the order of the fields; a first one that is broken is the [RefusedError].
type Spending struct {
	// MinPoints is the smallest number, 0 or more.
	MinPoints int64
	// Step is what the number has to be a multiple of; 0 is 1.
	Step int64
	// MaxShare is the largest share of what can be paid with points, 0 to 1; nil is all
	// of it. It counts the lines that Lines selects, or a gift card in the order would
	// raise the limit.
	MaxShare *decimal.Decimal
	// Lines selects what can be paid with points.
	Lines Selector
}

// IsZero reports whether there are no rules.
func (s Spending) IsZero() bool {
	return s.MinPoints == 0 && s.Step == 0 && s.MaxShare == nil && s.Lines.IsZero()
}

// validate reports the rules that s breaks.
func (s *Spending) validate() error {
	var l fault.List
	l.Check(s.MinPoints >= 0 && s.MinPoints <= maxPoints, "MinPoints", s.MinPoints, "must be 0 to 2^53-1")
	l.Check(s.Step >= 0 && s.Step <= maxPoints, "Step", s.Step, "must be 0 to 2^53-1")
	if s.MaxShare != nil {
		share, ok := rateOf(*s.MaxShare)
		num, den := share.Fraction()
		l.Check(ok && num <= den, "MaxShare", nil, "must be 0 to 1 with at most 9 fraction digits")
	}
	l.Join("Lines", s.Lines.validate())
	return l.Err("")
}

// A Reason says why something that was asked for is not done under the rules. It is part
// of the interface: hosts branch on it.
type Reason string

// The reasons. The first three are about points that are to pay, in this order.
const (
	BelowMinimum    Reason = "below_minimum"    // fewer than [Spending.MinPoints], or worth less than a minor unit
	OffStep         Reason = "off_step"         // no multiple of [Spending.Step]
	ExceedsPayable  Reason = "exceeds_payable"  // worth more than [Spending.MaxShare] of what points can pay
	UnknownActivity Reason = "unknown_activity" // no rule for activities of the kind holds
	LimitReached    Reason = "limit_reached"    // the member has done it as often as the rule allows
)

// A RefusedError says why something that was asked for is not done. It matches
// [relmark.ErrRefused]: under these rules, in this state, it cannot be. It is an
// immutable value, safe for concurrent use.
type RefusedError struct {
	Reason Reason `json:"reason"`
}

// Error returns the reason as text.
func (r *RefusedError) Error() string { return "earning: " + string(r.Reason) }

// Unwrap returns [relmark.ErrRefused].
func (r *RefusedError) Unwrap() error { return relmark.ErrRefused }

// tooMuch returns the error of more money than there can be.
func tooMuch(field string) error {
	return fmt.Errorf("earning: %s exceeds 2^53-1 minor units: %w", field, relmark.ErrLimit)
}

// CheckSpending says whether points may be spent, or reserved, without an order that
// they pay: it fails with a [RefusedError], [BelowMinimum] or [OffStep], where
// [Rules.Spending] does not allow their number, and with [relmark.ErrInvalid] unless
// they are 0 to 2^53-1. What they are worth is not asked.
func (e *Engine) CheckSpending(points int64) error {
	if points < 0 || points > maxPoints {
		return invalid("Points", points, "must be 0 to 2^53-1")
	}
	s := &e.rules.Spending
	switch {
	case points < s.MinPoints:
		return &RefusedError{BelowMinimum}
	case s.Step > 1 && points%s.Step != 0:
		return &RefusedError{OffStep}
	}
	return nil
}

// pay splits what points are worth over the lines that they can pay, and returns it. S
// points are worth S times the point value, rounded down to minor units.
func (e *Engine) pay(x *Facts, points int64) (paid int64, err error) {
	if points < 0 || points > maxPoints {
		return 0, invalid("PayPoints", points, "must be 0 to 2^53-1")
	}
	if points == 0 {
		return 0, nil
	}
	paid, err = e.value.Apply(points, money.Floor)
	switch worthless := err == nil && paid == 0; {
	case worthless:
		return 0, &RefusedError{BelowMinimum}
	case e.CheckSpending(points) != nil:
		return 0, e.CheckSpending(points)
	case err != nil || !e.affords(x, paid):
		return 0, &RefusedError{ExceedsPayable}
	}
	return paid, e.payLines(x, paid)
}

// affords reports whether points may pay an amount of the order.
func (e *Engine) affords(x *Facts, paid int64) bool {
	payable, _, _ := x.Rest()
	if e.rules.Spending.Lines.listed() {
		payable = 0
	}
	for i := range x.Lines {
		if e.rules.Spending.Lines.matches(&x.Lines[i]) {
			payable += x.Lines[i].Amount
		}
	}
	most, err := e.maxShare.Apply(payable, money.Floor)
	return err == nil && paid <= most
}

// payLines notes what points pay of each line; what is left of it is paid of the rest.
func (e *Engine) payLines(x *Facts, paid int64) error {
	x.Cash = x.Total - paid
	if len(x.Lines) == 0 {
		return nil
	}
	var weights, shares [16]int64
	list := weights[:0]
	for i := range x.Lines {
		weight := int64(0)
		if e.rules.Spending.Lines.matches(&x.Lines[i]) {
			weight = x.Lines[i].Amount
		}
		list = append(list, weight)
	}
	if rest, _, _ := x.Rest(); e.rules.Spending.Lines.matches(nil) {
		list = append(list, rest)
	}
	parts, err := money.AppendAllocate(shares[:0], paid, list) // which have an amount: affords has seen it
	for i := range min(len(parts), len(x.Lines)) {
		x.Lines[i].Paid = parts[i]
	}
	return err
}
