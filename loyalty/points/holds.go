package points

import (
	"slices"

	"github.com/relmark/relmark/internal/lot"
)

// Time-outs are not events. Whoever asks at an instant sees the account as if those
// that are due had been released, and whoever changes it releases them first, so it
// does not matter when, or whether, somebody looked in between.

// A register keeps the reservations of an account by name, and says which end first. The
// zero register is empty and ready.
type register struct {
	index[lot.Hold]
	due  []due // a heap, the earliest first; the first is open, others may be over
	held int64 // points that open reservations hold
}

// A due is when a reservation ends by its deadline.
type due struct {
	deadline int64
	hold     int // its position
}

// open adds an open reservation.
func (r *register) open(name string, h lot.Hold) {
	r.add(name, h)
	r.held += h.Units()
	r.push(due{h.Deadline, len(r.items) - 1})
}

// end closes an open reservation. What it held is somebody else's business.
func (r *register) end(h *lot.Hold, status lot.Status) {
	h.Status = status
	r.held -= h.Units()
	r.settle()
}

// again opens a reservation again that was just ended.
func (r *register) again(i int) {
	h := &r.items[i]
	h.Status = lot.Open
	r.held += h.Units()
	r.push(due{h.Deadline, i})
}

// settle takes away what comes first in the heap and is over.
func (r *register) settle() {
	for len(r.due) > 0 && r.items[r.due[0].hold].Status != lot.Open {
		r.pop()
	}
}

// timesOut reports whether a reservation ends by its deadline by an instant.
func (r *register) timesOut(now int64) bool { return len(r.due) > 0 && r.due[0].deadline <= now }

// overdue returns the positions of the reservations that end by an instant, in the order
// in which they were made. It looks at no more than twice as many.
func (r *register) overdue(now int64) []int {
	if !r.timesOut(now) {
		return nil
	}
	var list []int
	var look func(i int)
	look = func(i int) {
		if i >= len(r.due) || r.due[i].deadline > now {
			return
		}
		if r.items[r.due[i].hold].Status == lot.Open {
			list = append(list, r.due[i].hold)
		}
		look(2*i + 1)
		look(2*i + 2)
	}
	look(0)
	slices.Sort(list)
	return slices.Compact(list)
}

// push adds to the heap.
func (r *register) push(d due) {
	r.due = append(r.due, d)
	for i := len(r.due) - 1; i > 0; {
		up := (i - 1) / 2
		if r.steps++; r.due[up].deadline <= d.deadline {
			break
		}
		r.due[i], r.due[up] = r.due[up], r.due[i]
		i = up
	}
}

// pop takes the first out of the heap.
func (r *register) pop() {
	last := len(r.due) - 1
	r.due[0] = r.due[last]
	r.due = r.due[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if r.steps++; r.due[child].deadline < r.due[least].deadline {
				least = child
			}
		}
		if least == i {
			return
		}
		r.due[i], r.due[least] = r.due[least], r.due[i]
		i = least
	}
}

// count makes what is derived anew: the heap, and what is held.
func (r *register) count() {
	r.due, r.held = r.due[:0], 0
	for i := range r.items {
		if h := &r.items[i]; h.Status == lot.Open {
			r.held += h.Units()
			r.push(due{h.Deadline, i})
		}
	}
}

// empty drops everything and keeps the memory.
func (r *register) empty() {
	r.reset()
	r.due, r.held = r.due[:0], 0
}

// release returns what reservations held whose deadline has come, and says which: to the
// caller who has to undo it.
func (a *Account) release(now int64) []int {
	list := a.holds.overdue(now)
	for _, i := range list {
		h := &a.holds.items[i]
		for _, t := range h.Takes {
			a.book.Put(t.Lot, t.Units)
		}
		a.holds.end(h, lot.TimedOut)
	}
	return list
}

// draft returns the lots as they are at an instant, for a decision to work on: with what
// reservations held whose deadline has come.
func (a *Account) draft(now int64) lot.Draft {
	d := a.book.Draft()
	for _, i := range a.holds.overdue(now) {
		for _, t := range a.holds.items[i].Takes {
			d.Put(t.Lot, t.Units)
		}
	}
	return d
}

// held returns how many points open reservations hold at an instant.
func (a *Account) held(now int64) int64 {
	n := a.holds.held
	for _, i := range a.holds.overdue(now) {
		n -= a.holds.items[i].Units()
	}
	return n
}
