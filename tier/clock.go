package tier

import (
	"time"

	"github.com/relmark/relmark/internal/calendar"
)

// A clock tells dates and instants in the zone of a ladder. Starts of days are dear
// to find and asked for again and again, by one member and by the next: they are
// remembered, in a table whose sizes are powers of two. The larger one is for clocks
// that see many members.
type clock struct {
	zone    *time.Location
	starts  []dayStart // by a hash; what is not there is computed
	members int        // so far, up to manyMembers
}

const (
	fewStarts, manyStarts = 128, 4096
	manyMembers           = 16
)

// A dayStart is the start of the day some months after another.
type dayStart struct {
	day    calendar.Day
	months int32
	start  instant
}

func newClock(zone *time.Location) clock {
	return clock{zone: zone, starts: make([]dayStart, fewStarts)}
}

// meet counts one more member.
func (c *clock) meet() {
	if c.members++; c.members == manyMembers {
		c.starts = make([]dayStart, manyStarts)
	}
	c.members = min(c.members, manyMembers)
}

// start returns the start of a day.
func (c *clock) start(d calendar.Day) instant { return c.monthsAfter(d, 0) }

// monthsAfter returns the start of the day that lies some months after d.
func (c *clock) monthsAfter(d calendar.Day, months int) instant {
	s := &c.starts[(uint32(d)+31*uint32(months))&uint32(len(c.starts)-1)]
	if s.day != d || s.months != int32(months) || d < calendar.First {
		*s = dayStart{d, int32(months), startOf(addMonths(d, months), c.zone)}
	}
	return s.start
}

// day returns the local date of t.
func (c *clock) day(t instant) calendar.Day {
	d, ok := calendar.In(t.time(), c.zone)
	if !ok {
		return calendar.Last + 1
	}
	return d
}

// daysAfter returns the start of the local date n days after that of t.
func (c *clock) daysAfter(t instant, n int) instant { return c.later(c.day(t), n) }

// later returns the start of the date n days after d.
func (c *clock) later(d calendar.Day, n int) instant {
	return c.start(min(d+calendar.Day(n), calendar.Last+1))
}
