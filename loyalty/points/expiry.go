package points

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/loyalty/earning"
)

// An ExpiryKind says how long points live. The zero value is [NoExpiry].
type ExpiryKind string

// The kinds of expiry. All count from the local date of the activity that earned
// the points, whenever it was processed, and once, never month by month.
const (
	// NoExpiry keeps points for ever.
	NoExpiry ExpiryKind = ""
	// Months keeps points through the same day N months later, or the last day of
	// that month if it is shorter.
	Months ExpiryKind = "months"
	// MonthsEOM keeps points through the last day of the month N months later.
	MonthsEOM ExpiryKind = "months_eom"
	// Days keeps points through the date N days later.
	Days ExpiryKind = "days"
	// FixedYearEnd keeps points through the end of the programme year N years later
	// ([earning.Rules.YearEnd]).
	FixedYearEnd ExpiryKind = "fixed_year_end"
	// Inactivity keeps all points through N months after the last date on which the
	// member earned or redeemed.
	Inactivity ExpiryKind = "inactivity"
	// InactivityDays is Inactivity with N days.
	InactivityDays ExpiryKind = "inactivity_days"
)

// An Expiry is the rule by which points expire. It is an immutable value.
type Expiry struct {
	Kind ExpiryKind `json:"kind,omitempty"`
	N    int        `json:"n,omitempty"` // 0 to 1200 months, 100 years or 36500 days
}

// Validate reports an unknown kind and an N out of range.
func (x Expiry) Validate() error {
	limit := 1200
	switch x.Kind {
	case NoExpiry:
		limit = 0
	case FixedYearEnd:
		limit = 100
	case Days, InactivityDays:
		limit = maxDays
	case Months, MonthsEOM, Inactivity:
	default:
		kinds := enum.Of(NoExpiry, Months, MonthsEOM, Days, FixedYearEnd, Inactivity, InactivityDays)
		return fault.Room("points", kinds.Check("Kind", x.Kind))
	}
	if x.N < 0 || x.N > limit {
		return invalid("N", x.N, "must be 0 to 1200 months, 100 years or 36500 days, and 0 without expiry")
	}
	return nil
}

// rolls reports whether activity moves the expiry of points.
func (x Expiry) rolls() bool { return x.Kind == Inactivity || x.Kind == InactivityDays }

// Through returns the last date on which points of an activity on date d can be
// spent, where end is the last day of programme years. It is the zero Date where there
// is none: without expiry, and past the year 9999.
func (x Expiry) Through(d relmark.Date, end earning.YearEnd) relmark.Date {
	switch x.Kind {
	case Months, Inactivity:
		return d.AddMonths(x.N)
	case MonthsEOM:
		_, _, day := d.Civil()
		return d.AddDays(1 - day).AddMonths(x.N + 1).AddDays(-1)
	case Days, InactivityDays:
		return d.AddDays(x.N)
	case FixedYearEnd:
		return end.End(d, x.N)
	default:
		return relmark.Date{}
	}
}

// ExpiresAt returns the first instant at which points of an activity on date d
// can no longer be spent: the start of the day after [Expiry.Through] in loc. It
// is the zero time where there is none.
func (x Expiry) ExpiresAt(d relmark.Date, end earning.YearEnd, loc *time.Location) time.Time {
	return x.Through(d, end).AddDays(1).Start(loc)
}
