package relmark

import (
	"cmp"
	"fmt"
	"time"

	"github.com/relmark/relmark/internal/calendar"
)

// A Date is a civil date: a square on the wall calendar, with no zone and no
// time of day. Dates run from 0001-01-01 to 9999-12-31; the zero Date is no date
// and comes before all of them. A Date is an immutable value, safe for
// concurrent use; equal dates are ==, so it can be a map key.
type Date struct{ day calendar.Day }

// NewDate returns the date of a year, month and day. It fails with a
// [FieldError] unless that date exists: 30 February is an error, never 2 March.
func NewDate(year int, month time.Month, day int) (Date, error) {
	d, ok := calendar.Of(year, month, day)
	if !ok {
		return Date{}, &FieldError{"Date", fmt.Sprintf("%04d-%02d-%02d", year, int(month), day), dateRule}
	}
	return Date{d}, nil
}

// DateOf returns the date that a calendar in loc shows at t. It fails when loc
// is nil or t lies outside the years 1 to 9999.
func DateOf(t time.Time, loc *time.Location) (Date, error) {
	if loc == nil {
		return Date{}, &FieldError{"Location", nil, "must not be nil"}
	}
	d, ok := calendar.In(t, loc)
	if !ok {
		return Date{}, &FieldError{"Time", t, "must lie in years 1 to 9999"}
	}
	return Date{d}, nil
}

// ParseDate reads a date in the form 2006-01-02 and no other. The error does not
// repeat text that is not of that form: it may be anything.
func ParseDate(s string) (Date, error) {
	year, month, day, ok := splitDate(s)
	if !ok {
		return Date{}, &FieldError{"Date", nil, "must have the form YYYY-MM-DD"}
	}
	return NewDate(year, month, day)
}

// MustParseDate reads a date that the source code spells out, such as
// MustParseDate("2026-06-30"), and panics if [ParseDate] fails: that is a mistake
// in the program. Text that comes from anywhere else is for ParseDate.
func MustParseDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic("relmark: MustParseDate: " + err.Error())
	}
	return d
}

const dateRule = "must exist, in years 1 to 9999"

// splitDate reads the digits of YYYY-MM-DD without asking whether it exists.
func splitDate(s string) (year int, month time.Month, day int, ok bool) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	y, okY := digits(s[:4])
	m, okM := digits(s[5:7])
	d, okD := digits(s[8:])
	return y, time.Month(m), d, okY && okM && okD
}

func digits(s string) (n int, ok bool) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// IsZero reports whether d is the zero Date, which is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Civil returns the year, month and day of the month; 0, 0, 0 for the zero Date.
func (d Date) Civil() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return d.day.Civil()
}

// Weekday returns the day of the week; Sunday for the zero Date.
func (d Date) Weekday() time.Weekday { return d.day.Weekday() }

// Compare returns -1, 0 or +1 as d is before, equal to or after e; the zero Date
// comes first. It serves [slices.SortFunc].
func (d Date) Compare(e Date) int { return cmp.Compare(d.day, e.day) }

// Before reports whether d comes before e.
func (d Date) Before(e Date) bool { return d.day < e.day }

// After reports whether d comes after e.
func (d Date) After(e Date) bool { return d.day > e.day }

// Sub returns the number of days from e to d, negative if d comes before e. It
// means nothing where one of them is the zero Date.
func (d Date) Sub(e Date) int { return int(d.day) - int(e.day) }

// AddDays returns the date n days after d. It is the zero Date where there is no
// answer: for the zero Date, and outside the years 1 to 9999.
func (d Date) AddDays(n int) Date {
	const span = int(calendar.Last)
	if d.IsZero() || n < -span || n > span {
		return Date{}
	}
	if sum := d.day + calendar.Day(n); sum.Valid() {
		return Date{sum}
	}
	return Date{}
}

// AddMonths returns the date n months after d, on the same day of the month or
// on the last one where that month is shorter. A series is counted from its
// anchor, d.AddMonths(1), d.AddMonths(2), …: adding month by month would keep the
// 28th for ever once February is passed. It is the zero Date where there is no
// answer: for the zero Date, and outside the years 1 to 9999.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return Date{}
	}
	sum, _ := d.day.AddMonths(n)
	return Date{sum}
}

// Start returns the first instant of d in loc, in UTC: the first at which a
// calendar there shows d or a later date. Most days start at midnight; where
// clocks skip midnight, the day starts at the end of the gap. The zero Date
// starts at the zero time, and so does every date if loc is nil.
func (d Date) Start(loc *time.Location) time.Time {
	if d.IsZero() || loc == nil {
		return time.Time{}
	}
	return calendar.Start(d.day, loc).UTC()
}

// String returns the date in the form 2006-01-02, and "" for the zero Date.
func (d Date) String() string {
	text, _ := d.AppendText(nil)
	return string(text)
}

// AppendText appends what [Date.String] returns; it never fails.
func (d Date) AppendText(b []byte) ([]byte, error) {
	if d.IsZero() {
		return b, nil
	}
	return d.day.UTC().AppendFormat(b, time.DateOnly), nil
}

// MarshalText encodes a date as 2006-01-02 and the zero Date as nothing.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText decodes what [Date.MarshalText] encodes. It leaves d unchanged
// on error.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
