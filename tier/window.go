package tier

import "github.com/relmark/relmark"

// A WindowKind is a way to say which events count together. The zero kind is
// [CalendarYear].
type WindowKind uint8

// The kinds of windows. The first three are periods: they follow each other on a
// grid of dates and start from nothing. Rolling windows drop each event on its
// own date.
const (
	CalendarYear  WindowKind = iota // 1 January to 31 December
	FixedMonths                     // Months at a time, counted from Anchor
	Anniversary                     // Months at a time, counted from the join date
	RollingMonths                   // an event counts for N months of its local date
	RollingDays                     // an event counts for N local dates, its own included
)

func (WindowKind) names() []string {
	return []string{"calendar_year", "fixed_months", "anniversary", "rolling_months", "rolling_days"}
}

// String returns the kind in lower case, such as "calendar_year"; "invalid" for
// another WindowKind.
func (k WindowKind) String() string { return nameOf(k) }

// MarshalText returns what [WindowKind.String] returns, or an error for another
// kind.
func (k WindowKind) MarshalText() ([]byte, error) { return appendName(nil, k) }

// UnmarshalText reads the text of a kind; k is unchanged on error.
func (k *WindowKind) UnmarshalText(text []byte) error { return parseName(k, text) }

// Rolling reports whether events leave a window of this kind one by one.
func (k WindowKind) Rolling() bool { return k == RollingMonths || k == RollingDays }

// A Window says which events count together. The zero Window is the calendar
// year. Dates are local to the zone of the policy; months are counted from the
// anchor and end on the last day of shorter ones, so whoever joined on 29 February
// has anniversaries on 28, 28, 28 and 29 February. It is plain data.
type Window struct {
	Kind   WindowKind
	Months int          // length of a period, 1 to 1200; 12 may be left out except for [FixedMonths]
	Anchor relmark.Date // first day of some period, for [FixedMonths]
	N      int          // length of a rolling window, 1 to 1200 months or 36500 days
}

// Limits of what is counted in months and days.
const (
	maxMonths = 1200
	maxDays   = 36500
)

func (w Window) check(errs []error) []error {
	errs = checkEnum(errs, w.Kind, "Window.Kind")
	if w.Kind.Rolling() {
		return w.checkRolling(errs)
	}
	months := w.Months
	if months == 0 && w.Kind != FixedMonths {
		months = 12
	}
	if months < 1 || months > maxMonths || w.Kind == CalendarYear && months != 12 {
		errs = append(errs, fault("must be 1 to 1200, and 12 in a calendar year", w.Months, "Window.Months"))
	}
	if (w.Kind == FixedMonths) == w.Anchor.IsZero() {
		errs = append(errs, fault("must be set for fixed months and for nothing else", w.Anchor, "Window.Anchor"))
	}
	if w.N != 0 {
		errs = append(errs, fault("must be 0: the window does not roll", w.N, "Window.N"))
	}
	return errs
}

func (w Window) checkRolling(errs []error) []error {
	most := maxMonths
	if w.Kind == RollingDays {
		most = maxDays
	}
	if w.N < 1 || w.N > most {
		errs = append(errs, fault("must be 1 to 1200 months or 36500 days", w.N, "Window.N"))
	}
	if w.Months != 0 || !w.Anchor.IsZero() {
		errs = append(errs, fault("must be 0: the window rolls", w.Months, "Window.Months"))
	}
	return errs
}

// normal spells out what may be left out.
func (w Window) normal() Window {
	if w.Months == 0 && !w.Kind.Rolling() {
		w.Months = 12
	}
	return w
}
