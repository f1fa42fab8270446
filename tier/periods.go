package tier

import "github.com/relmark/relmark/internal/calendar"

// periods are the grid of dates of one member. Period k is the local dates from D(k)
// to D(k+1),
//
//	D(k) = anchor + k·length, each counted from the anchor
//
// and t is in it if start(D(k)) ≤ t < start(D(k+1)). Where a clock goes back over
// midnight, the date that an instant shows may lie in another period than the instant:
// the instants decide.
type periods struct {
	clock  *clock
	anchor calendar.Day // first day of period 0
	length int          // in months; 0 if the window rolls
}

// gridOf returns the periods of a member.
func (l *Ladder) gridOf(s *Membership, c *clock) periods {
	if l.anchor != 0 {
		return periods{c, l.anchor, l.window.Months}
	}
	return periods{c, dayOf(s.joined), l.window.Months}
}

// opening returns the start of period k, moved by some months.
func (g *periods) opening(k, plus int) instant {
	return g.clock.monthsAfter(g.anchor, k*g.length+plus)
}

// opens returns the first day of period k.
func (g *periods) opens(k int) calendar.Day { return addMonths(g.anchor, k*g.length) }

// locate returns the period that t lies in. The date alone does not decide where a
// clock goes back over midnight.
func (g *periods) locate(t instant) int {
	k := g.near(g.clock.day(t))
	for g.opening(k+1, 0).compare(t) <= 0 {
		k++
	}
	for t.before(g.opening(k, 0)) {
		k--
	}
	return k
}

// near returns the period of a date, or one beside it.
func (g *periods) near(d calendar.Day) int {
	months := monthsBetween(g.anchor, d)
	k := months / g.length
	if months%g.length < 0 {
		k--
	}
	return k
}
