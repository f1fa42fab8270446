package tier

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A WindowKind is a way to say which events count together. There is no default.
type WindowKind string

// The kinds of windows. The first three are periods: they follow each other on a
// grid of dates and start from nothing. Rolling windows drop each event on its
// own date.
const (
	CalendarYear  WindowKind = "calendar_year"  // 1 January to 31 December
	FixedMonths   WindowKind = "fixed_months"   // Months at a time, counted from Anchor
	Anniversary   WindowKind = "anniversary"    // Months at a time, counted from the join date
	RollingMonths WindowKind = "rolling_months" // an event counts for N months of its local date
	RollingDays   WindowKind = "rolling_days"   // an event counts for N local dates, its own included
)

func windowKinds() enum.Set[WindowKind] {
	return enum.Of(CalendarYear, FixedMonths, Anniversary, RollingMonths, RollingDays)
}

// Rolling reports whether events leave a window of this kind one by one.
func (k WindowKind) Rolling() bool { return k == RollingMonths || k == RollingDays }

// A Window says which events count together. Dates are local to the zone of the
// policy; months are counted from the anchor and end on the last day of shorter ones,
// so whoever joined on 29 February has anniversaries on 28, 28, 28 and 29 February. It
// is plain data.
type Window struct {
	Kind   WindowKind   `json:"kind"`
	Months int          `json:"months,omitempty"` // length of a period, 1 to 1200; 12 may be left out except for [FixedMonths]
	Anchor relmark.Date `json:"anchor,omitzero"`  // first day of some period, for [FixedMonths]
	N      int          `json:"n,omitempty"`      // length of a rolling window, 1 to 1200 months or 36500 days
}

// Limits of what is counted in months and days.
const (
	maxMonths = 1200
	maxDays   = 36500
)

// check says what is wrong with w.
func (w Window) check() error {
	var errs fault.List
	errs.Join("", windowKinds().Check("Kind", w.Kind))
	if w.Kind.Rolling() {
		w.checkRolling(&errs)
	} else {
		w.checkPeriods(&errs)
	}
	return errs.Err("")
}

func (w Window) checkPeriods(errs *fault.List) {
	months := w.normal().Months
	if w.Kind == FixedMonths {
		months = w.Months
	}
	errs.Check(months >= 1 && months <= maxMonths && (months == 12 || w.Kind != CalendarYear),
		"Months", w.Months, "must be 1 to 1200, and 12 in a calendar year")
	errs.Check((w.Kind == FixedMonths) != w.Anchor.IsZero(), "Anchor", w.Anchor, "must be set for fixed months and for nothing else")
	errs.Check(w.N == 0, "N", w.N, "must be 0: the window does not roll")
}

func (w Window) checkRolling(errs *fault.List) {
	most := maxMonths
	if w.Kind == RollingDays {
		most = maxDays
	}
	errs.Check(w.N >= 1 && w.N <= most, "N", w.N, "must be 1 to 1200 months or 36500 days")
	errs.Check(w.Months == 0 && w.Anchor.IsZero(), "Months", w.Months, "must be 0: the window rolls")
}

// normal spells out what may be left out.
func (w Window) normal() Window {
	if w.Months == 0 && !w.Kind.Rolling() {
		w.Months = 12
	}
	return w
}
