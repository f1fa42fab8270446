package rfm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relmark/relmark"
)

// Options says how a [History] is read; it is plain data. The zero Options count in days, keep
// every purchase day apart and net returns by day.
type Options struct {
	Unit     Unit     `json:"unit,omitzero"`     // in which times are reported; 0 is Day
	Collapse Collapse `json:"collapse,omitzero"` // how near purchases make one occasion
	Returns  Returns  `json:"returns,omitzero"`  // what a return takes back
}

// A Unit is the length in days of the unit of time: any from 1e-9 to 1e9.
type Unit float64

const shortest, longest Unit = 1e-9, 1e9

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
	// the sum of all rows. A return booked later stays where it is booked: it
	// lowers the total, and the day of the purchase keeps its value.
	NetDay Returns = iota
	// Gross ignores returns: an occasion with a purchase is a purchase, its value
	// and the total are sums of purchases.
	Gross
)

// Validate reports the first rule that o breaks as a [relmark.FieldError].
func (o Options) Validate() error {
	switch {
	case o.Unit != 0 && !(o.Unit >= shortest && o.Unit <= longest):
		return &relmark.FieldError{Field: "Unit", Value: float64(o.Unit), Rule: "must be 1e-9 to 1e9 days, or 0 for days"}
	case o.Collapse > Monthly:
		return &relmark.FieldError{Field: "Collapse", Value: o.Collapse, Rule: "must be Daily, Weekly or Monthly"}
	case o.Returns > Gross:
		return &relmark.FieldError{Field: "Returns", Value: o.Returns, Rule: "must be NetDay or Gross"}
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

// String returns the name of c: daily, weekly or monthly; "invalid" for another.
func (c Collapse) String() string { return nameOf(c, collapses()) }

// MarshalText returns the name of c; it fails for one that has none.
func (c Collapse) MarshalText() ([]byte, error) { return textOf(c, collapses(), "Collapse") }

// UnmarshalText reads a name. It leaves c unchanged on error.
func (c *Collapse) UnmarshalText(text []byte) error {
	return readName(c, text, collapses(), "Collapse")
}

// String returns the name of r: net or gross; "invalid" for another.
func (r Returns) String() string { return nameOf(r, returns()) }

// MarshalText returns the name of r; it fails for one that has none.
func (r Returns) MarshalText() ([]byte, error) { return textOf(r, returns(), "Returns") }

// UnmarshalText reads a name. It leaves r unchanged on error.
func (r *Returns) UnmarshalText(text []byte) error { return readName(r, text, returns(), "Returns") }

func collapses() []string { return []string{"daily", "weekly", "monthly"} }

func returns() []string { return []string{"net", "gross"} }

func nameOf[E ~uint8](e E, names []string) string {
	if int(e) >= len(names) {
		return "invalid"
	}
	return names[e]
}

func textOf[E ~uint8](e E, names []string, field string) ([]byte, error) {
	if int(e) >= len(names) {
		return nil, unknownName(field, names)
	}
	return []byte(names[e]), nil
}

func readName[E ~uint8](e *E, text []byte, names []string, field string) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return unknownName(field, names)
	}
	*e = E(i)
	return nil
}

func unknownName(field string, names []string) error {
	return fmt.Errorf("rfm: %w", &relmark.FieldError{Field: field, Rule: "must be one of " + strings.Join(names, ", ")})
}
