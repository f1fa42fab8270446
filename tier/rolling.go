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
	buckets []bucket // by date; those before head have left
	amounts []int64  // a row for each bucket
	head    int
	total   []int64
	copied  []int64
	based   []int64 // the sums on which the level rests, less what was reversed since
}

type bucket struct {
	day   calendar.Day
	leave instant
}

// reset empties the window of m metrics.
func (w *rolling) reset(m int) {
	w.buckets, w.amounts, w.head = w.buckets[:0], w.amounts[:0], 0
	w.total, w.based = resize(w.total, m), resize(w.based, m)
}

// leaves returns the first instant at which what is of a date counts no more.
func (r *Runner) leaves(d calendar.Day) instant {
	if r.p.window.Kind == RollingDays {
		return r.start(min(d+calendar.Day(r.p.window.N), calendar.Last+1))
	}
	return r.monthsAfter(d, r.p.window.N)
}

// due returns when the next bucket leaves.
func (w *rolling) due() instant {
	if w.head == len(w.buckets) {
		return never()
	}
	return w.buckets[w.head].leave
}

// leave drops what counts no more at t.
func (w *rolling) leave(t instant) {
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
	}
}

// add counts a row of amounts earned at t.
func (w *rolling) add(r *Runner, t instant, row []int64) {
	d := r.day(t)
	leave := r.leaves(d)
	if !r.now.before(leave) {
		return // a clock went back over midnight: the date was over before
	}
	at := w.place(d, leave, len(row))
	for i, v := range row {
		w.amounts[at*len(row)+i] += v
		w.total[i] += v
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
	w.buckets = append(w.buckets, bucket{})
	copy(w.buckets[at+1:], w.buckets[at:])
	w.buckets[at] = bucket{d, leave}
	for range m {
		w.amounts = append(w.amounts, 0)
	}
	copy(w.amounts[(at+1)*m:], w.amounts[at*m:])
	clear(w.amounts[at*m : (at+1)*m])
	return at
}

// take takes reversed amounts from a date, if it still counts.
func (w *rolling) take(d calendar.Day, row []int64) {
	open := w.buckets[w.head:]
	i, found := slices.BinarySearchFunc(open, d, func(b bucket, d calendar.Day) int { return cmp.Compare(b.day, d) })
	if !found {
		return
	}
	for m, v := range row {
		w.amounts[(w.head+i)*len(row)+m] -= v
		w.total[m] -= v
	}
}

// lower takes reversed amounts from the sums on which the level rests.
func (w *rolling) lower(row []int64) {
	for m, v := range row {
		w.based[m] -= v
	}
}

// ahead calls visit with the instants at which a bucket leaves and what is left
// then, until visit returns false. The row is valid during the call only.
func (w *rolling) ahead(visit func(t instant, left []int64) bool) {
	w.copied = append(w.copied[:0], w.total...)
	for i := w.head; i < len(w.buckets) && w.buckets[i].leave != never(); i++ {
		for j := range w.copied {
			w.copied[j] -= w.amounts[i*len(w.total)+j]
		}
		last := i+1 == len(w.buckets) || w.buckets[i+1].leave != w.buckets[i].leave
		if last && !visit(w.buckets[i].leave, w.copied) {
			return
		}
	}
}
