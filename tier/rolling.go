package tier

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark/internal/calendar"
)

// A rolling window keeps the amounts that count now, by local date: what is of one
// date d leaves together, at start(d + N). Each event leaves once, on a date known
// from its own, whatever happens in between. Clamping to the end of a month keeps
// the order: with N = 1 month, what is of 28 to 31 January leaves on 28 February.
type rolling struct {
	m       *moment
	buckets []bucket // by date; those before head have left
	amounts []int64  // a row for each bucket
	head    int
	total   []int64
	copied  []int64
	left    []int64
	prefix  prefixes // of the buckets; without rows unless they are asked for
	basis   basis    // on which the level rests
	based   []int64  // its sums, less what was reversed since
}

type bucket struct {
	day   calendar.Day
	leave instant
}

func (w *rolling) reset(instant) {
	w.buckets, w.amounts, w.head = w.buckets[:0], w.amounts[:0], 0
	n := w.m.ladder.metrics.len()
	w.prefix.reset(n)
	w.total, w.based, w.basis = resize(w.total, n), resize(w.based, n), basis{}
}

// leaves returns the first instant at which what is of a date counts no more.
func (w *rolling) leaves(d calendar.Day) instant {
	if w.m.ladder.byDays {
		return w.m.clock.later(d, w.m.ladder.window.N)
	}
	return w.m.clock.monthsAfter(d, w.m.ladder.window.N)
}

func (w *rolling) due() instant {
	if w.head == len(w.buckets) {
		return never()
	}
	return w.buckets[w.head].leave
}

func (w *rolling) advance(t instant, _ int) bool {
	m := len(w.total)
	for w.head < len(w.buckets) && !t.before(w.buckets[w.head].leave) {
		for i := range w.total {
			w.total[i] -= w.amounts[w.head*m+i]
		}
		w.head++
	}
	// Moving what is left to the front costs less than what has left before it.
	if w.head > 64 && 2*w.head > len(w.buckets) {
		n := copy(w.buckets, w.buckets[w.head:])
		copy(w.amounts, w.amounts[w.head*m:])
		w.buckets, w.amounts, w.head = w.buckets[:n], w.amounts[:n*m], 0
		w.prefix.reset(m)
	}
	return false
}

func (w *rolling) count(at instant, row []int64) {
	d := w.m.clock.day(at)
	leave := w.leaves(d)
	if !w.m.now.before(leave) {
		return // a clock went back over midnight: the date was over before
	}
	to := w.place(d, leave, len(row))
	for i, v := range row {
		w.amounts[to*len(row)+i] += v
		w.total[i] += v
	}
	if w.prefix.rows == len(w.buckets) {
		w.prefix.add(to, row, +1)
	}
}

// place returns the bucket of a date. Dates come in order except where a clock
// goes back over midnight.
func (w *rolling) place(d calendar.Day, leave instant, m int) int {
	at := len(w.buckets)
	for at > w.head && w.buckets[at-1].day > d {
		at--
	}
	if at > w.head && w.buckets[at-1].day == d {
		return at - 1
	}
	w.m.steps += 1 + len(w.buckets) - at
	w.buckets = append(w.buckets, bucket{})
	copy(w.buckets[at+1:], w.buckets[at:])
	w.buckets[at] = bucket{d, leave}
	for range m {
		w.amounts = append(w.amounts, 0)
	}
	copy(w.amounts[(at+1)*m:], w.amounts[at*m:])
	clear(w.amounts[at*m : (at+1)*m])
	if at > 0 && w.prefix.rows == at && at == len(w.buckets)-1 {
		w.prefix.push(w.amounts[at*m:])
	} else {
		w.prefix.reset(m)
	}
	return at
}

// discount takes amounts from their date, if it still counts, and from the sums on
// which the level rests.
func (w *rolling) discount(at instant, row []int64) {
	d := w.m.clock.day(at)
	open := w.buckets[w.head:]
	i, found := slices.BinarySearchFunc(open, d, func(b bucket, d calendar.Day) int { return cmp.Compare(b.day, d) })
	if found {
		for m, v := range row {
			w.amounts[(w.head+i)*len(row)+m] -= v
			w.total[m] -= v
		}
		if w.prefix.rows == len(w.buckets) {
			w.prefix.add(w.head+i, row, -1)
		}
	}
	if w.supports(at, d) {
		for m, v := range row {
			w.based[m] -= v
		}
	}
}

// supports reports whether an event of an instant was in the window on which the level
// rests: it had happened by then, and had not left.
func (w *rolling) supports(at instant, d calendar.Day) bool {
	b := &w.basis
	if b.kind != onRolling || b.at.before(at) || at == b.at && !b.events {
		return false
	}
	return b.at.before(w.leaves(d))
}

func (w *rolling) conclude() {}

func (w *rolling) sums() ([]int64, rungs) { return w.total, w.m.rules.levels }

func (w *rolling) version() *version { return w.m.rules }

func (w *rolling) present() basis {
	return basis{kind: onRolling, at: w.m.now, events: w.m.events}
}

// ended answers for a period that a rolling window does not have.
func (w *rolling) ended(i, _ int) (int, basis) { return i, basis{} }

// holding asks the window now; there is no other.
func (w *rolling) holding(i int) (basis, bool) {
	return w.present(), w.m.rules.levels.held(i, w.total)
}

func (w *rolling) on(i int, b basis) bool {
	return b.kind == onRolling && w.m.ladder.versions[w.m.ladder.at(b.at)].levels.held(i, w.based)
}

// rest keeps the sums, since the window moves on.
func (w *rolling) rest(b basis) {
	w.basis = b
	if b.kind == onRolling {
		w.based = append(w.based[:0], w.total...)
	}
}

// landing rests on nothing: there is no ended window, and the level lasts from the drop.
func (w *rolling) landing() basis { return basis{} }

// ahead calls visit with the instants at which a bucket leaves and what is left
// then, until visit returns false. The row is valid during the call only.
func (w *rolling) ahead(visit func(t instant, left []int64) bool) {
	w.copied = append(w.copied[:0], w.total...)
	for i := w.head; i < len(w.buckets) && w.buckets[i].leave != never(); i++ {
		w.m.steps++
		for j := range w.copied {
			w.copied[j] -= w.amounts[i*len(w.total)+j]
		}
		last := i+1 == len(w.buckets) || w.buckets[i+1].leave != w.buckets[i].leave
		if last && !visit(w.buckets[i].leave, w.copied) {
			return
		}
	}
}

// first returns the first instant at which what is left is no longer as asked; never if
// there is none.
func (w *rolling) first(still func(left []int64) bool) instant {
	end := never()
	w.ahead(func(t instant, left []int64) bool {
		if still(left) {
			return true
		}
		end = t
		return false
	})
	return end
}

// lapse is asked after each event of a member with a floor, so that of many dates it does
// not go through all.
func (w *rolling) lapse(i int) instant {
	const few = 32
	held := func(left []int64) bool { return w.m.rules.levels.held(i, left) }
	if len(w.buckets)-w.head <= few {
		return w.first(held)
	}
	for k := w.prefix.rows; k < len(w.buckets); k++ {
		w.m.steps++
		w.prefix.push(w.amounts[k*len(w.total):][:len(w.total)])
	}
	w.m.steps++
	w.copied, w.left = append(w.copied[:0], w.total...), append(w.left[:0], w.total...)
	w.prefix.subtract(w.head, w.left) // what has left is in the sums, too
	for m, v := range w.left {
		w.copied[m] += w.total[m] - v
	}
	last := max(w.prefix.most(w.copied, held), w.head)
	if last == len(w.buckets) {
		return never()
	}
	return w.buckets[last].leave
}

func (w *rolling) stays(c *node, ways []want) instant {
	return w.first(func(left []int64) bool { return slices.EqualFunc(ways, c.wants(left), slices.Equal[want]) })
}

// review looks at what will still count then: what leaves at that very instant has
// left. The rules are those in force now, as they are for every rolling window that is
// looked at now.
func (w *rolling) review(i int, until instant) (levels rungs, sums []int64, by instant, held bool) {
	w.left = append(w.left[:0], w.total...)
	w.ahead(func(at instant, sums []int64) bool {
		if until.before(at) {
			return false
		}
		copy(w.left, sums)
		return true
	})
	levels = w.m.rules.levels
	return levels, w.left, until, levels.held(i, w.left)
}

// bounds has no beginning: each event has its own date.
func (w *rolling) bounds() (from, to instant) { return never(), w.m.now }

func (w *rolling) carriedIn(int) int64 { return 0 }

func (w *rolling) reopen(b *base) error {
	w.reset(b.at)
	w.basis = b.track.basis
	return nil
}

// recount counts an event, and finds out whether the level of a closed membership rests
// on it.
func (w *rolling) recount(at instant, row []int64) {
	w.count(at, row)
	if w.supports(at, w.m.clock.day(at)) {
		for m, v := range row {
			w.based[m] += v
		}
	}
}

func (w *rolling) resume() {}

// close keeps what still counts, now or in the window in which the level was given: a
// refund of that may cost the level even if it has left since.
func (w *rolling) close(b *base, _ instant) (needs func(at instant) bool) {
	on := b.track.basis
	return func(at instant) bool {
		leave := w.leaves(w.m.clock.day(at))
		return !leave.before(b.at) || on.kind == onRolling && !on.at.before(at) && on.at.before(leave)
	}
}
