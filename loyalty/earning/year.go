package earning

import (
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A YearEnd is the last day of each programme year, such as 31 March. The zero YearEnd
// is 31 December; 29 February is the last day of February. It is an immutable value.
type YearEnd struct {
	Month time.Month
	Day   int
}

// IsZero reports whether programme years are those of the calendar because nothing else
// is stated.
func (y YearEnd) IsZero() bool { return y == YearEnd{} }

// Validate reports a day that no year has.
func (y YearEnd) Validate() error {
	_, err := relmark.NewDate(2000, y.Month, y.Day) // a leap year
	if err != nil && !y.IsZero() {
		return fault.Room("earning", fault.New("YearEnd", nil, "must be a day of the year"))
	}
	return nil
}

// End returns the last day of the programme year that is a number of years after that of
// a date, before it if negative; 0 is that of the date itself. It is the zero Date if
// the calendar of years 1 to 9999 does not have it.
func (y YearEnd) End(of relmark.Date, later int) relmark.Date {
	year, _, _ := of.Civil()
	if last := y.in(year); of.After(last) {
		year++
	}
	return y.in(year + later)
}

// Start returns the first day of the programme year of a date.
func (y YearEnd) Start(of relmark.Date) relmark.Date {
	if before := y.End(of, -1); !before.IsZero() {
		return before.AddDays(1)
	}
	return relmark.MustParseDate("0001-01-01")
}

// in returns the day in a year.
func (y YearEnd) in(year int) relmark.Date {
	month, day := y.Month, y.Day
	if y.IsZero() {
		month, day = time.December, 31
	}
	if d, err := relmark.NewDate(year, month, day); err == nil {
		return d
	}
	d, err := relmark.NewDate(year, month, 28) // 29 February of another year, or no year at all
	if err != nil {
		return relmark.Date{}
	}
	return d
}

// MarshalText returns month and day, as in "03-31"; nothing of the zero YearEnd.
func (y YearEnd) MarshalText() ([]byte, error) {
	if err := y.Validate(); err != nil {
		return nil, err
	}
	if y.IsZero() {
		return []byte{}, nil
	}
	return fmt.Appendf(nil, "%02d-%02d", y.Month, y.Day), nil
}

// UnmarshalText reads what MarshalText writes. It fails with [relmark.ErrInvalid] on
// anything else and leaves y unchanged then.
func (y *YearEnd) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*y = YearEnd{}
		return nil
	}
	d, err := relmark.ParseDate("2000-" + string(text))
	if err != nil {
		return fault.Room("earning", fault.New("YearEnd", nil, `must be a month and a day, such as "03-31"`))
	}
	_, y.Month, y.Day = d.Civil()
	return nil
}

// A span is a range of dates; a zero end is open.
type span struct{ from, to relmark.Date }

// has reports whether a date lies in the span.
func (s span) has(d relmark.Date) bool {
	return !d.Before(s.from) && (s.to.IsZero() || !d.After(s.to))
}

// span returns the period around a date, which for [PerLife] is open at both ends.
func (e *Engine) span(per Period, on relmark.Date) span {
	switch per {
	case PerDay:
		return span{on, on}
	case PerMonth:
		_, _, day := on.Civil()
		first := on.AddDays(1 - day)
		return span{first, first.AddMonths(1).AddDays(-1)}
	case PerYear:
		return span{e.rules.YearEnd.Start(on), e.rules.YearEnd.End(on, 0)}
	default:
		return span{}
	}
}
