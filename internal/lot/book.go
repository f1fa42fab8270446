package lot

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// A Book keeps lots, and those that hold units in burn order. The zero Book is empty and
// ready. It is not safe for concurrent mutation; a copy shares its lots, [Book.Clone]
// does not.
//
// Adding, finding, drawing, putting and rolling take a logarithm of the number of lots
// at most, and lots that are used up or have expired cost nothing but memory.
type Book struct {
	cells  []cell   // by ID
	last   uint64   // the largest ID that was ever added
	fixed  queue    // the lots that hold units and have not passed, without the rolling ones
	groups []*group // the rolling ones that have not passed, by Until
	spare  []*group // memory for groups
	begun  bool     // whether time has passed at all
	now    int64    // until when it has
	gone   int64    // units of the lots that have passed
	log    []change // what to undo, while it is noted
	noting bool
	steps  int64
}

// A cell is a lot as the book keeps it.
type cell struct {
	Lot          // of a rolling lot, Until is that of the group
	group *group // nil unless it rolls
}

// A change is what a lot had before.
type change struct {
	id   uint64
	left int64 // or added, or reopened
}

// What a change says of a lot that was not there before.
const (
	added    = -1
	reopened = -2
)

// until returns when a lot expires.
func (c *cell) until() int64 {
	if c.group == nil {
		return c.Until
	}
	return c.group.root().until
}

// lot returns the lot as others see it.
func (c *cell) lot() Lot {
	l := c.Lot
	l.Until = c.until()
	return l
}

// Burn compares two lots by burn order, which no two lots share.
func Burn(a, b Lot) int {
	return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
}

// Next returns the ID that the next new lot is to have.
func (b *Book) Next() uint64 { return b.last + 1 }

// Last returns the largest ID that was ever added.
func (b *Book) Last() uint64 { return b.last }

// Len returns the number of lots, those without units included.
func (b *Book) Len() int { return len(b.cells) }

// Steps counts the lots and places that changes have looked at or moved, so that a test
// can say what work costs without a clock.
func (b *Book) Steps() int64 {
	n := b.steps + b.fixed.steps
	for _, g := range b.groups {
		n += g.lots.steps
	}
	return n
}

// place returns where the lot with an ID is, or would be.
func (b *Book) place(id uint64) int {
	n := len(b.cells)
	if n == 0 || id <= b.cells[0].ID {
		return 0
	}
	// IDs go up by one, but for gaps: that bounds the place from both sides.
	hi := n
	if ahead := id - b.cells[0].ID; ahead < uint64(n) {
		hi = int(ahead)
		if b.cells[hi].ID == id {
			return hi
		}
	}
	lo := 0
	if behind := b.last - id; behind < uint64(n) {
		lo = n - 1 - int(behind)
	}
	for lo < hi {
		mid := (lo + hi) / 2
		if b.cells[mid].ID < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// find returns the lot with an ID, nil if there is none.
func (b *Book) find(id uint64) *cell {
	if i := b.place(id); i < len(b.cells) && b.cells[i].ID == id {
		return &b.cells[i]
	}
	return nil
}

// Find returns the lot with an ID; false if there is none.
func (b *Book) Find(id uint64) (Lot, bool) {
	if c := b.find(id); c != nil {
		return c.lot(), true
	}
	return Lot{}, false
}

// Add adds a lot. It answers false unless l.ID is [Book.Next] and l.Left is not
// negative.
func (b *Book) Add(l Lot) bool {
	if l.ID != b.Next() || l.Left < 0 {
		return false
	}
	b.last = l.ID
	b.note(l.ID, added)
	b.cells = append(b.cells, cell{})
	b.enter(&b.cells[len(b.cells)-1], &l)
	return true
}

// Reopen adds a lot that was there before and has been dropped, with its ID. It answers
// false if there is one with that ID, if there never was, or l.Left is negative. It
// takes time linear in the lots.
func (b *Book) Reopen(l Lot) bool {
	i := b.place(l.ID)
	if l.ID == 0 || l.ID > b.last || l.Left < 0 || i < len(b.cells) && b.cells[i].ID == l.ID {
		return false
	}
	b.note(l.ID, reopened)
	b.cells = slices.Insert(b.cells, i, cell{})
	b.enter(&b.cells[i], &l)
	return true
}

// enter fills a new cell.
func (b *Book) enter(c *cell, l *Lot) {
	b.steps++
	left := l.Left
	c.Lot = *l
	c.Left = 0
	if l.Rolls && !b.passed(l.Until) {
		c.group = b.groupOf(l.Until)
		c.group.size++
	}
	b.set(c, left)
}

// passed reports whether time has passed an instant.
func (b *Book) passed(t int64) bool { return b.begun && t <= b.now }

// set changes how many units a lot holds: those that hold some, and have not passed,
// are in a queue.
func (b *Book) set(c *cell, left int64) {
	b.steps++
	had := c.Left
	c.Left = left
	until := c.until()
	if b.passed(until) {
		b.gone += left - had
		return
	}
	if (had == 0) == (left == 0) {
		return
	}
	q, k := &b.fixed, key{until, c.ID}
	if c.group != nil {
		c.group = c.group.root()
		q, k.until = &c.group.lots, 0
	}
	if left > 0 {
		q.insert(k)
	} else {
		q.remove(k)
	}
}

// Draw takes units out of a lot, whatever its state. It answers false, changing
// nothing, if n is negative, the lot has fewer units or does not exist.
func (b *Book) Draw(id uint64, n int64) bool {
	c := b.find(id)
	if c == nil || n < 0 || n > c.Left {
		return false
	}
	b.note(id, c.Left)
	b.set(c, c.Left-n)
	return true
}

// DrawIf is Draw for units that are in a state at an instant: it answers false as well if
// they are not, or if n is 0.
func (b *Book) DrawIf(id uint64, n, t int64, s State) bool {
	c := b.find(id)
	if c == nil || n <= 0 || n > c.Left || c.state(t) != s {
		return false
	}
	b.note(id, c.Left)
	b.set(c, c.Left-n)
	return true
}

// state is [Lot.At] for a lot that may be in a group.
func (c *cell) state(t int64) State {
	switch {
	case t >= c.until():
		return Expired
	case t >= c.From:
		return Available
	}
	return Pending
}

// Put returns units to a lot, whatever its state. It answers false, changing
// nothing, if n is negative, the lot does not exist, or could not count them.
func (b *Book) Put(id uint64, n int64) bool {
	c := b.find(id)
	if c == nil || n < 0 || n > math.MaxInt64-c.Left {
		return false
	}
	b.note(id, c.Left)
	b.set(c, c.Left+n)
	return true
}

// Pass lets time pass until t, and no earlier: what has expired by then need not be
// looked at again. From then on the book answers for instants from t on, and is not to
// be asked about the time before. Each lot is passed once.
func (b *Book) Pass(t int64) {
	if b.passed(t) {
		return
	}
	b.begun, b.now = true, t
	for {
		k, ok := b.fixed.at(b.fixed.first())
		if !ok || k.until > t {
			break
		}
		b.fixed.remove(k)
		b.gone += b.find(k.id).Left
	}
	i := b.firstGroup(t)
	for _, g := range b.groups[:i] {
		for s := g.lots.first(); ; s = g.lots.after(s) {
			k, ok := g.lots.at(s)
			if !ok {
				break
			}
			b.steps++
			b.gone += b.find(k.id).Left
		}
		b.steps += g.lots.steps
		g.lots = queue{}
	}
	if i > 0 {
		b.groups = slices.Delete(b.groups, 0, i)
	}
}

// Plan appends to dst where n units available at t are to be taken from, in burn
// order, and returns how many of the n there are not. It changes nothing; only
// lots that ok accepts are used, all of them if it is nil. It takes time linear in the
// lots that it uses and those that it has to pass over, which are the pending ones and
// those that are not accepted.
func (b *Book) Plan(dst []Take, n, t int64, ok func(Lot) bool) (takes []Take, short int64) {
	d := Draft{base: b}
	return d.Plan(dst, n, t, ok)
}

// Sums adds up the units by their state at an instant. It takes time linear in the lots
// that hold units and have not passed.
func (b *Book) Sums(t int64) Sums {
	d := Draft{base: b}
	return d.Sums(t)
}

// Alive returns the lots that hold units and have not expired at t, in burn order.
func (b *Book) Alive(t int64) iter.Seq[Lot] {
	d := Draft{base: b}
	return d.Alive(t)
}

// All returns the lots by ID, those without units included.
func (b *Book) All() iter.Seq[Lot] {
	return func(yield func(Lot) bool) {
		for i := range b.cells {
			if !yield(b.cells[i].lot()) {
				return
			}
		}
	}
}

// Lots returns the lots in burn order, those without units included. It sorts them.
func (b *Book) Lots() []Lot { return slices.SortedFunc(b.All(), Burn) }

// Drop removes the lots that gone accepts, and their units. It takes time linear in the
// lots.
func (b *Book) Drop(gone func(Lot) bool) {
	kept := b.cells[:0]
	for i := range b.cells {
		c := b.cells[i]
		if gone(c.lot()) {
			b.set(&c, 0)
			continue
		}
		kept = append(kept, c)
	}
	clear(b.cells[len(kept):])
	b.cells = kept
}

// Clone returns a book that shares nothing with b.
func (b *Book) Clone() Book {
	c := Book{cells: make([]cell, 0, len(b.cells)), last: b.last, begun: b.begun, now: b.now}
	for l := range b.All() {
		c.cells = append(c.cells, cell{})
		c.enter(&c.cells[len(c.cells)-1], &l)
	}
	c.steps = 0
	return c
}

// Reset makes b the zero Book, and keeps its memory.
func (b *Book) Reset() {
	b.fixed.reset()
	clear(b.cells)
	*b = Book{cells: b.cells[:0], fixed: b.fixed, groups: b.groups[:0], spare: b.spare, log: b.log[:0]}
}
