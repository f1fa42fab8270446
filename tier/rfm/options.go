package rfm

import (
	"math"

	"github.com/relmark/relmark"
)

// Options says how a [History] is read. The zero Options count in days, keep
// every purchase day apart and net returns by day.
type Options struct {
	Unit     Unit     // in which times are reported; 0 is Day
	Collapse Collapse // how near purchases make one occasion
	Returns  Returns  // what a return takes back
}

// A Unit is the length in days of the unit of time; any finite length > 0 serves.
type Unit float64

// Units of time. A Month and a Year are the mean ones of the Gregorian calendar.
const (
	Day   Unit = 1
	Week  Unit = 7
	Month Unit = 365.2425 / 12
	Year  Unit = 365.2425
)

// Collapse says which purchase days make one occasion. An occasion is dated by
// its first purchase day.
type Collapse uint8

// The granularities of an occasion.
const (
	Daily   Collapse = iota // each date is its own
	Weekly                  // Monday to Sunday
	Monthly                 // a calendar month
)

// Returns says how returns count.
type Returns uint8

// The treatments of returns.
const (
	// NetDay sums all rows of an occasion. It is a purchase if the sum is
	// positive, or zero without any return; its value is that sum. The total is
	// the sum of all rows.
	NetDay Returns = iota
	// Gross ignores returns: an occasion with a purchase is a purchase, its value
	// and the total are sums of purchases.
	Gross
)

// Validate reports the first rule that o breaks as a [relmark.FieldError].
func (o Options) Validate() error {
	switch {
	case !(o.Unit >= 0) || math.IsInf(float64(o.Unit), 0):
		return &relmark.FieldError{Field: "Unit", Value: float64(o.Unit), Rule: "must be finite and > 0, or 0 for days"}
	case o.Collapse > Monthly:
		return &relmark.FieldError{Field: "Collapse", Value: uint8(o.Collapse), Rule: "must be Daily, Weekly or Monthly"}
	case o.Returns > Gross:
		return &relmark.FieldError{Field: "Returns", Value: uint8(o.Returns), Rule: "must be NetDay or Gross"}
	}
	return nil
}

// in returns a number of days in the unit.
func (o Options) in(days int) float64 {
	if o.Unit == 0 {
		return float64(days)
	}
	return float64(days) / float64(o.Unit)
}

// starts returns the first date of the period that makes d one occasion with its
// neighbours.
func (c Collapse) starts(d relmark.Date) relmark.Date {
	switch c {
	case Weekly:
		return d.AddDays(-int(d.Weekday()+6) % 7) // 0001-01-01 is a Monday
	case Monthly:
		_, _, day := d.Civil()
		return d.AddDays(1 - day)
	default:
		return d
	}
}
