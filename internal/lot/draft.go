package lot

import (
	"iter"
	"math"
	"slices"
)

// A Draft is a book with changes that have not been made: what a decision works on. The
// book stays as it is, and must, as long as the draft is used; several drafts of one
// book can be used at the same time. Its cost is that of its own changes.
type Draft struct {
	base    *Book
	changes []Take         // what lots of the book have more, or less, in the order of the first change
	at      map[uint64]int // where the change of a lot is, nil while there are few
	added   []Lot
	rolled  bool // whether rolling lots that live at rollAt expire no earlier than rollTo
	rollAt  int64
	rollTo  int64
	steps   int64
}

// Draft returns a draft of the book without changes.
func (b *Book) Draft() Draft { return Draft{base: b} }

// Steps counts the lots that plans have looked at.
func (d *Draft) Steps() int64 { return d.steps }

// few is how many changes are searched one by one.
const few = 16

// change returns the change of a lot of the book, 0 if there is none.
func (d *Draft) change(id uint64) *int64 {
	if len(d.changes) == 0 {
		return nil
	}
	if d.at != nil {
		if i, ok := d.at[id]; ok {
			return &d.changes[i].Units
		}
		return nil
	}
	for i := range d.changes {
		if d.changes[i].Lot == id {
			return &d.changes[i].Units
		}
	}
	return nil
}

// Next returns the ID that the next new lot is to have.
func (d *Draft) Next() uint64 { return d.base.Next() + uint64(len(d.added)) }

// until returns when a lot of the book expires.
func (d *Draft) until(l *Lot) int64 {
	if d.rolled && l.Rolls && l.Until > d.rollAt {
		return max(l.Until, d.rollTo)
	}
	return l.Until
}

// Find returns the lot with an ID; false if there is none.
func (d *Draft) Find(id uint64) (Lot, bool) {
	if id > d.base.last {
		if i := id - d.base.last - 1; i < uint64(len(d.added)) {
			return d.added[i], true
		}
		return Lot{}, false
	}
	l, ok := d.base.Find(id)
	if !ok {
		return l, false
	}
	l.Until = d.until(&l)
	if diff := d.change(id); diff != nil {
		l.Left += *diff
	}
	return l, true
}

// Add adds a lot, as [Book.Add] does.
func (d *Draft) Add(l Lot) bool {
	if l.ID != d.Next() || l.Left < 0 {
		return false
	}
	d.added = append(d.added, l)
	return true
}

// move changes how many units a lot has.
func (d *Draft) move(id uint64, n int64) {
	if id > d.base.last {
		d.added[id-d.base.last-1].Left += n
		return
	}
	if diff := d.change(id); diff != nil {
		*diff += n
		return
	}
	d.changes = append(d.changes, Take{id, n})
	switch {
	case d.at != nil:
		d.at[id] = len(d.changes) - 1
	case len(d.changes) > few:
		d.at = make(map[uint64]int, 4*few)
		for i, c := range d.changes {
			d.at[c.Lot] = i
		}
	}
}

// Draw takes units out of a lot, as [Book.Draw] does.
func (d *Draft) Draw(id uint64, n int64) bool {
	l, ok := d.Find(id)
	if !ok || n < 0 || n > l.Left {
		return false
	}
	d.move(id, -n)
	return true
}

// Put returns units to a lot, as [Book.Put] does.
func (d *Draft) Put(id uint64, n int64) bool {
	l, ok := d.Find(id)
	if !ok || n < 0 || n > math.MaxInt64-l.Left {
		return false
	}
	d.move(id, n)
	return true
}

// Roll moves the Until of rolling lots, as [Book.Roll] does. A draft rolls once.
func (d *Draft) Roll(t, until int64) {
	d.rolled, d.rollAt, d.rollTo = true, t, until
	for i := range d.added {
		d.added[i].Until = d.until(&d.added[i])
	}
}

// Alive returns the lots that hold units and have not expired at t, in burn order.
func (d *Draft) Alive(t int64) iter.Seq[Lot] {
	return func(yield func(Lot) bool) {
		w := d.walk(t)
		for l, ok := w.next(); ok; l, ok = w.next() {
			if !yield(l) {
				return
			}
		}
	}
}

// Plan says where units are to be taken from, as [Book.Plan] does.
func (d *Draft) Plan(dst []Take, n, t int64, ok func(Lot) bool) (takes []Take, short int64) {
	if ok == nil && len(d.changes)+len(d.added)+len(d.base.groups) == 0 { // most often
		return d.planFixed(dst, n, t)
	}
	w := d.walk(t)
	for n > 0 {
		l, more := w.next()
		if !more {
			break
		}
		if l.From > t || ok != nil && !ok(l) {
			continue
		}
		take := min(n, l.Left)
		dst = append(dst, Take{l.ID, take})
		n -= take
	}
	d.steps = w.d.steps
	return dst, n
}

// planFixed is Plan where there are only fixed lots and no changes.
func (d *Draft) planFixed(dst []Take, n, t int64) (takes []Take, short int64) {
	q := &d.base.fixed
	for s := d.alive(t); n > 0; s = q.after(s) {
		k, more := q.at(s)
		if !more {
			break
		}
		d.steps++
		l := &d.base.find(k.id).Lot
		if l.From > t {
			continue
		}
		take := min(n, l.Left)
		dst = append(dst, Take{l.ID, take})
		n -= take
	}
	return dst, n
}

// alive returns the position of the first fixed lot that has not expired at t: those that
// have may be many, where no time has passed.
func (d *Draft) alive(t int64) spot {
	q := &d.base.fixed
	s := q.first()
	if k, ok := q.at(s); ok && k.until <= t {
		var steps int64
		s, steps = q.seek(key{t, math.MaxUint64})
		d.steps += steps
	}
	return s
}

// Sums adds up the units by their state at an instant, as [Book.Sums] does.
func (d *Draft) Sums(t int64) Sums {
	s := Sums{Expired: d.base.gone}
	d.add(&s, &d.base.fixed, t)
	for _, g := range d.base.groups {
		d.add(&s, &g.lots, t)
	}
	for _, c := range d.changes { // the lots that hold nothing, or have passed, are in no queue
		l, _ := d.base.Find(c.Lot)
		l.Until = d.until(&l)
		l.count(&s, t, c.Units)
	}
	for i := range d.added {
		d.added[i].count(&s, t, d.added[i].Left)
	}
	return s
}

// add adds up what the book has in a queue.
func (d *Draft) add(sum *Sums, q *queue, t int64) {
	for s := q.first(); ; s = q.after(s) {
		k, more := q.at(s)
		if !more {
			return
		}
		c := d.base.find(k.id)
		if c.group == nil { // nothing moves when it expires
			c.count(sum, t, c.Left)
			continue
		}
		l := c.lot()
		l.Until = d.until(&l)
		l.count(sum, t, l.Left)
	}
}

// count adds units to the sum of the state that the lot has at an instant.
func (l *Lot) count(s *Sums, t, units int64) {
	switch l.At(t) {
	case Pending:
		s.Pending += units
	case Available:
		s.Available += units
	case Expired:
		s.Expired += units
	}
}

// extra returns the lots that the draft has and no queue of the book: new ones, and
// those that were empty.
func (d *Draft) extra(t int64) []Lot {
	var lots []Lot
	for _, l := range d.added {
		if l.Left > 0 && l.Until > t {
			lots = append(lots, l)
		}
	}
	for _, c := range d.changes {
		if c.Units <= 0 {
			continue
		}
		if l, _ := d.base.Find(c.Lot); l.Left == 0 && !d.base.passed(l.Until) {
			l.Left, l.Until = c.Units, d.until(&l)
			if l.Until > t {
				lots = append(lots, l)
			}
		}
	}
	slices.SortFunc(lots, Burn)
	return lots
}
