package tier

import (
	"cmp"
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
)

// An instant is a point in time, comparable with ==. It takes two thirds of a
// [time.Time] and has no zone to compare.
type instant struct {
	sec  int64 // since 1970
	nano int32
}

// The ends of time. never also stands for a date that there is not.
const ever, eternity = math.MinInt64, math.MaxInt64

func always() instant { return instant{sec: ever} }
func never() instant  { return instant{sec: eternity} }

func instantOf(t time.Time) instant { return instant{t.Unix(), int32(t.Nanosecond())} }

// time returns the instant in UTC; the zero time for never.
func (a instant) time() time.Time {
	if a.sec == eternity || a.sec == ever {
		return time.Time{}
	}
	return time.Unix(a.sec, int64(a.nano)).UTC()
}

func (a instant) before(b instant) bool {
	return a.sec < b.sec || a.sec == b.sec && a.nano < b.nano
}

func (a instant) compare(b instant) int {
	return cmp.Or(cmp.Compare(a.sec, b.sec), cmp.Compare(a.nano, b.nano))
}

func earlier(a, b instant) instant {
	if b.before(a) {
		return b
	}
	return a
}

func later(a, b instant) instant {
	if a.before(b) {
		return b
	}
	return a
}

// inRange reports whether t has a local date in every zone.
func inRange(t time.Time) bool {
	y := t.UTC().Year()
	return y > 1 && y < 9999
}

// dayOf returns the day of a date; 0 for the zero Date.
func dayOf(d relmark.Date) calendar.Day {
	day, _ := calendar.Of(d.Civil())
	return day
}

// startOf returns the start of a day; always for a day before the calendar and
// never for one after it.
func startOf(d calendar.Day, zone *time.Location) instant {
	switch {
	case d < calendar.First:
		return always()
	case d > calendar.Last:
		return never()
	}
	return instantOf(calendar.Start(d, zone))
}

// monthsBetween returns how many months the month of b lies after that of a.
func monthsBetween(a, b calendar.Day) int {
	y, m, _ := a.Civil()
	z, n, _ := b.Civil()
	return (z-y)*12 + int(n) - int(m)
}

// addMonths returns d plus n months, a day beyond the calendar where there is no
// answer.
func addMonths(d calendar.Day, n int) calendar.Day {
	if n == 0 {
		return d
	}
	sum, ok := d.AddMonths(n)
	switch {
	case ok:
		return sum
	case n < 0:
		return calendar.First - 1
	}
	return calendar.Last + 1
}
