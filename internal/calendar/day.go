package calendar

import "time"

// A Day is a civil date, counted from 1 on 0001-01-01. The zero Day is no date.
// It is an immutable value, safe for concurrent use.
type Day int32

// The first and the last Day, 0001-01-01 and 9999-12-31.
const (
	First Day = 1
	Last  Day = 3_652_059
)

const (
	secondsPerDay = 24 * 60 * 60
	unixDay       = 719_163 // the Day of 1970-01-01
)

// Of returns the day of a date; false unless the date exists in years 1 to 9999.
func Of(year int, month time.Month, day int) (Day, bool) {
	if year < 1 || year > 9999 || month < time.January || month > time.December || day < 1 || day > Length(year, month) {
		return 0, false
	}
	return dayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)), true
}

// In returns the date that a calendar in loc shows at t; false outside years 1
// to 9999.
func In(t time.Time, loc *time.Location) (Day, bool) {
	local := t.In(loc)
	_, offset := local.Zone()
	seconds := local.Unix() + int64(offset)
	n := floorDiv(seconds, secondsPerDay) + unixDay
	if n < int64(First) || n > int64(Last) {
		return 0, false
	}
	return Day(n), true
}

// Valid reports whether d is a date between [First] and [Last].
func (d Day) Valid() bool { return d >= First && d <= Last }

// Civil returns the year, month and day of the month of d.
func (d Day) Civil() (year int, month time.Month, day int) { return d.UTC().Date() }

// UTC returns the midnight that starts d in UTC.
func (d Day) UTC() time.Time {
	return time.Unix((int64(d)-unixDay)*secondsPerDay, 0).UTC()
}

// Weekday returns the day of the week; day 1 was a Monday.
func (d Day) Weekday() time.Weekday { return time.Weekday(((int(d)%7 + 7) % 7)) }

// Length returns the number of days of a month, January to December.
func Length(year int, month time.Month) int {
	if month == time.February {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + int(month+month/8)%2 // odd months to July and even ones from August on have 31
}

// AddMonths returns the date n months after d, on the same day of the month or
// on the last one where that month is shorter; false outside years 1 to 9999.
// Clamping forgets the day of the month, so a series of dates is counted from
// its anchor each time: AddMonths(d, 2) after 31 January is 31 March, two steps
// of one month are 28 March.
func (d Day) AddMonths(n int) (Day, bool) {
	const span = 12 * 9999
	if n < -span || n > span {
		return 0, false
	}
	year, month, day := d.Civil()
	months := year*12 + int(month) - 1 + n
	year, month = int(floorDiv(int64(months), 12)), time.Month(((months%12)+12)%12+1)
	return Of(year, month, min(day, Length(year, month)))
}

func dayOf(utc time.Time) Day { return Day(utc.Unix()/secondsPerDay + unixDay) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
