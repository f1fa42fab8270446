package tier

import "github.com/relmark/relmark/internal/calendar"

// A moment is where a fold stands: at which instant, in which of its two steps, and
// by which rules. Its parts share it; only the sequencer moves it.
type moment struct {
	ladder *Ladder
	clock  clock
	grid   periods // of the member

	now    instant
	events bool // whether the second step of now is under way or done
	began  bool // whether this step began a period
	rules  *version
	ver    int

	steps int // instants, events, periods, lots and buckets gone through so far, which tests count
}

// force makes the version in force at t the rules.
func (m *moment) force(t instant) {
	m.ver = m.ladder.at(t)
	m.rules = &m.ladder.versions[m.ver]
}

// next returns when the next version begins.
func (m *moment) next() instant {
	if m.ver+1 < len(m.ladder.versions) {
		return m.ladder.versions[m.ver+1].from
	}
	return never()
}

// expiry returns the end of a validity that starts now on window b, of a level that was
// entered on a date:
//
//	end of next period   start of D(w+2) + PlusMonths, counted from the anchor of the grid
//	months from entry    the first of entry + k·Months, k = 1, 2, …, whose end is ahead
//
// The loop takes a few rounds, however long ago the entry was, and past the calendar
// the answer is never, which is ahead of everything.
func (m *moment) expiry(b basis, entered calendar.Day) instant {
	v := &m.rules.validity
	if !m.ladder.byEntry {
		return m.grid.opening(b.period+2, v.PlusMonths)
	}
	for n := m.served(entered); ; n += v.Months {
		if end := m.through(addMonths(entered, n)); m.now.before(end) {
			return end
		}
	}
}

// served returns a number of terms since entry, at least one, in months, so that every
// shorter number of them is over: it ends in a month before that of today, or of the
// start of this period. A month less, for a date that a zone skips starts with the
// next one, which may open a period.
func (m *moment) served(entered calendar.Day) int {
	v := &m.rules.validity
	today := m.clock.day(m.now)
	if v.Round == RoundPeriod {
		today = m.grid.opens(m.grid.locate(m.now))
	}
	return max((monthsBetween(entered, today)-1)/v.Months, 1) * v.Months
}

// through returns the end of a validity that lasts through a date, rounded up: the
// start of the day after it, of the next month, or of the next period.
func (m *moment) through(d calendar.Day) instant {
	if !d.Valid() {
		return never()
	}
	switch m.rules.validity.Round {
	case RoundMonth:
		year, month, day := d.Civil()
		d += calendar.Day(calendar.Length(year, month) - day)
	case RoundPeriod:
		return m.grid.opening(m.grid.locate(m.clock.start(d))+1, 0)
	case RoundNone:
	}
	return m.clock.start(d + 1)
}
