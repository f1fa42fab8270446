package structural

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/relmark/relmark/internal/lot"
)

// What time does by itself: periods begin, with what rolls over into them, and reservations
// reach their deadlines. None of it is an event. Whoever asks at an instant sees the ledger
// as if all that is due had been done, and whoever changes it does it first, so it does not
// matter when, or whether, somebody looked in between.

// A grant is a number of units for each of several periods.
type grant struct {
	number   uint32 // which one it is, from 1; the Owner of its lots
	key      string
	units    int64
	rollover int64
	bounds   []int64 // where the periods begin and the last one ends; of one without end, only its beginning
	over     bool    // revoked
	stand
}

// A stand is how far a grant has come.
type stand struct {
	next  int    // first period that has not begun
	quota uint64 // lot of the period that has begun last; 0 if none has
	roll  uint64 // lot of what rolled over into it; 0 if nothing did
}

// periods returns how many there are.
func (g *grant) periods() int { return max(1, len(g.bounds)-1) }

// waits reports whether a period is yet to begin at a stand.
func (g *grant) waits(s stand) bool { return !g.over && s.next < g.periods() }

// end returns where a period ends.
func (g *grant) end(p int) int64 {
	if p+1 < len(g.bounds) {
		return g.bounds[p+1]
	}
	return lot.Never
}

// A hold is a reservation.
type hold struct {
	lot.Hold
	seq uint64 // of its event
}

// end ends a reservation, of which the name stays: whoever asks for it is told.
func (h *hold) end(status lot.Status) { h.Status, h.Takes = status, nil }

// A timer is what happens at an instant: a period of a grant begins, or a reservation ends.
type timer struct {
	at     int64
	grant  *grant // nil if it is a reservation
	period int
	hold   *hold
}

// compare orders timers by time. At one instant periods begin first, as those before them
// have ended: what comes back then, comes back too late to roll over.
func (x *timer) compare(y *timer) int {
	if c := cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.rank(), y.rank())); c != 0 {
		return c
	}
	if x.grant != nil {
		return cmp.Or(cmp.Compare(x.grant.number, y.grant.number), cmp.Compare(x.period, y.period))
	}
	return cmp.Compare(x.hold.seq, y.hold.seq)
}

func (x *timer) rank() int {
	if x.grant != nil {
		return 0
	}
	return 1
}

// stale reports whether a timer has nothing to do any more.
func (x *timer) stale() bool {
	if x.grant != nil {
		return x.grant.over
	}
	return x.hold.Status != lot.Open
}

// A clock is a heap of timers, the earliest first: one for each grant that goes on, and one
// for each open reservation. Those that are stale go when their time comes, or with a closing.
type clock []*timer

func (c clock) Len() int           { return len(c) }
func (c clock) Less(i, j int) bool { return c[i].compare(c[j]) < 0 }
func (c clock) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }

// Push serves package heap.
func (c *clock) Push(x any) {
	if t, ok := x.(*timer); ok {
		*c = append(*c, t)
	}
}

// Pop serves package heap.
func (c *clock) Pop() any {
	last := len(*c) - 1
	t := (*c)[last]
	(*c)[last] = nil
	*c = (*c)[:last]
	return t
}

// set sets the timer of a grant that goes on.
func (c *clock) set(g *grant) {
	if g.waits(g.stand) {
		heap.Push(c, &timer{at: g.bounds[g.next], grant: g, period: g.next})
	}
}

// watch sets the timer of a reservation.
func (c *clock) watch(h *hold) { heap.Push(c, &timer{at: h.Deadline, hold: h}) }

// pass removes the timers whose time has come.
func (c *clock) pass(now int64) {
	for len(*c) > 0 && (*c)[0].at <= now {
		heap.Pop(c)
	}
}

// due returns what happens until an instant, in order. It looks at no more than twice as
// many timers.
func (c clock) due(now int64) []timer {
	var list []timer
	var look func(i int)
	look = func(i int) {
		if i >= len(c) || c[i].at > now {
			return
		}
		if t := c[i]; !t.stale() {
			list = append(list, *t)
			list = t.more(list, now)
		}
		look(2*i + 1)
		look(2*i + 2)
	}
	if len(c) == 0 || c[0].at > now { // most often
		return nil
	}
	look(0)
	slices.SortFunc(list, func(a, b timer) int { return a.compare(&b) })
	return list
}

// more appends the periods of a grant that begin after that of a timer until an instant.
func (x *timer) more(list []timer, now int64) []timer {
	if g := x.grant; g != nil {
		for p := x.period + 1; p < g.periods() && g.bounds[p] <= now; p++ {
			list = append(list, timer{at: g.bounds[p], grant: g, period: p})
		}
	}
	return list
}

// sweep removes the timers that are stale, whose time may be a century away.
func (c *clock) sweep() {
	*c = slices.DeleteFunc(*c, func(t *timer) bool { return t.stale() })
	heap.Init(c)
}

// lots is what a book of lots and a draft of one have in common.
type lots interface {
	Next() uint64
	Add(l lot.Lot) bool
	Find(id uint64) (lot.Lot, bool)
	Draw(id uint64, n int64) bool
	Put(id uint64, n int64) bool
}

// A view is a ledger as it is at an instant at or after its last event. What time has done
// since is done to the lots of the view, which are a draft, or those of the ledger.
type view struct {
	ledger *Ledger
	lots   lots
	draft  lot.Draft
	now    int64
	due    []timer
	stands map[*grant]stand // of the grants that time has moved
	totals
}

// view returns a view that leaves the ledger alone.
func (l *Ledger) view(now int64) *view {
	v := &view{ledger: l, now: now, draft: l.book.Draft(), totals: l.totals}
	v.lots = &v.draft
	v.run()
	return v
}

// advance does to the ledger what time has done until an instant.
func (l *Ledger) advance(now int64) {
	v := &view{ledger: l, now: now, lots: &l.book, totals: l.totals}
	v.run()
	l.totals = v.totals
	l.clock.pass(now)
	for i := range v.due {
		if h := v.due[i].hold; h != nil {
			h.end(lot.TimedOut)
		}
	}
	for g, s := range v.stands {
		g.stand = s
	}
	for i := range v.due {
		if g := v.due[i].grant; g != nil && v.due[i].period+1 == g.next {
			l.clock.set(g)
		}
	}
	l.book.Pass(now)
	l.last = now
}

// run does what is due.
func (v *view) run() {
	v.due = v.ledger.clock.due(v.now)
	v.ledger.step(len(v.due))
	for i := range v.due {
		if t := &v.due[i]; t.grant != nil {
			v.begin(t.grant, t.period)
		} else {
			v.back(t.hold.Takes, t.at)
			v.held -= t.hold.Units()
		}
	}
}

// at returns how far a grant has come.
func (v *view) at(g *grant) stand {
	if s, moved := v.stands[g]; moved {
		return s
	}
	return g.stand
}

// begin begins a period of a grant. What rolls over is an older lot than the quota, and
// ends with it, so that it is used first.
func (v *view) begin(g *grant, p int) {
	from, until := g.bounds[p], g.end(p)
	s := stand{next: p + 1}
	if l, had := v.lots.Find(v.at(g).quota); had && p > 0 {
		if n := min(l.Left, g.rollover); n > 0 {
			v.lots.Draw(l.ID, n)
			s.roll = v.add(lot.Lot{Left: n, From: from, Until: until, Owner: g.number})
			v.rolled += n
		}
	}
	s.quota = v.add(lot.Lot{Left: g.units, From: from, Until: until, Owner: g.number})
	v.granted += g.units
	v.ahead -= g.units
	if v.stands == nil {
		v.stands = map[*grant]stand{}
	}
	v.stands[g] = s
}

func (v *view) add(l lot.Lot) uint64 {
	l.ID = v.lots.Next()
	v.lots.Add(l)
	return l.ID
}

// back returns units to their lots at an instant, and says how many of them expire at once:
// those of periods that have ended, and of grants that were revoked.
func (v *view) back(takes []lot.Take, at int64) (lapsed int64) {
	v.ledger.step(len(takes))
	for _, t := range takes {
		switch l, _ := v.lots.Find(t.Lot); {
		case v.ledger.revoked(l.Owner):
			lapsed += t.Units // to no lot: it would be alive
		case l.At(at) == lot.Expired:
			lapsed += t.Units
			v.lots.Put(t.Lot, t.Units)
		default:
			v.lots.Put(t.Lot, t.Units)
		}
	}
	return lapsed
}

// revoked reports whether the grant with a number was revoked.
func (l *Ledger) revoked(number uint32) bool {
	g := l.grants[number]
	return g != nil && g.over
}
