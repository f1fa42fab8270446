package lot

import (
	"cmp"
	"math"
	"slices"
)

// A Book holds lots in burn order. The zero Book is empty and ready. It is not
// safe for concurrent mutation; a copy shares its lots, [Book.Clone] does not.
type Book struct {
	lots []Lot  // sorted by Until, then ID
	last uint64 // the largest ID that was ever added
}

// burn compares two lots by burn order, which no two lots share.
func burn(a, b Lot) int {
	return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
}

// Next returns the ID that the next new lot is to have.
func (b *Book) Next() uint64 { return b.last + 1 }

// Last returns the largest ID that was ever added.
func (b *Book) Last() uint64 { return b.last }

// Add inserts a lot. It answers false unless l.ID is [Book.Next] and l.Left is
// not negative.
func (b *Book) Add(l Lot) bool {
	if l.ID != b.Next() || l.Left < 0 {
		return false
	}
	i := len(b.lots)
	for i > 0 && b.lots[i-1].Until > l.Until { // new lots expire late: near the end
		i--
	}
	if b.last = l.ID; i == len(b.lots) {
		b.lots = append(b.lots, l)
	} else {
		b.lots = slices.Insert(b.lots, i, l)
	}
	return true
}

// Lots returns the lots in burn order. The slice is the book's own: it is valid
// until the next change and not to be written to.
func (b *Book) Lots() []Lot { return b.lots }

// Find returns the lot with an ID, nil if there is none. It may be written to,
// its ID and Until excepted, and is valid until the next change of the book.
func (b *Book) Find(id uint64) *Lot {
	for i := range b.lots {
		if b.lots[i].ID == id {
			return &b.lots[i]
		}
	}
	return nil
}

// Sums adds up the units by their state at an instant.
func (b *Book) Sums(t int64) Sums {
	var s [Expired + 1]int64
	for i := range b.lots {
		s[b.lots[i].At(t)] += b.lots[i].Left
	}
	return Sums{s[Pending], s[Available], s[Expired]}
}

// firstAlive returns the position of the first lot that has not expired at t.
func (b *Book) firstAlive(t int64) int {
	if len(b.lots) == 0 || b.lots[0].Until > t { // most often
		return 0
	}
	i, _ := slices.BinarySearchFunc(b.lots, t, func(l Lot, t int64) int {
		if l.Until <= t {
			return -1
		}
		return 1
	})
	return i
}

// Plan appends to dst where n units available at t are to be taken from, in burn
// order, and returns how many of the n there are not. It changes nothing; only
// lots that ok accepts are used, all of them if it is nil.
func (b *Book) Plan(dst []Take, n, t int64, ok func(*Lot) bool) (takes []Take, short int64) {
	for i := b.firstAlive(t); i < len(b.lots) && n > 0; i++ {
		l := &b.lots[i]
		if l.Left == 0 || l.From > t || ok != nil && !ok(l) {
			continue
		}
		take := min(n, l.Left)
		dst = append(dst, Take{l.ID, take})
		n -= take
	}
	return dst, n
}

// Draw takes units out of a lot, whatever its state. It answers false, changing
// nothing, if n is negative, the lot has fewer units or does not exist.
func (b *Book) Draw(id uint64, n int64) bool {
	l := b.Find(id)
	if l == nil || n < 0 || n > l.Left {
		return false
	}
	l.Left -= n
	return true
}

// Put returns units to a lot, whatever its state. It answers false, changing
// nothing, if n is negative, the lot does not exist, or could not count them.
func (b *Book) Put(id uint64, n int64) bool {
	l := b.Find(id)
	if l == nil || n < 0 || n > math.MaxInt64-l.Left {
		return false
	}
	l.Left += n
	return true
}

// Roll moves the Until of every rolling lot that has not expired at t to until,
// unless it is later already: activity prolongs a lot, and never revives one.
func (b *Book) Roll(t, until int64) {
	alive := b.lots[b.firstAlive(t):]
	moved := false
	for i := range alive {
		if l := &alive[i]; l.Rolls && l.Until < until {
			l.Until, moved = until, true
		}
	}
	if moved {
		slices.SortFunc(alive, burn)
	}
}

// Drop removes the lots that gone accepts, and their units.
func (b *Book) Drop(gone func(*Lot) bool) {
	b.lots = slices.DeleteFunc(b.lots, func(l Lot) bool { return gone(&l) })
}

// Clone returns a book that shares nothing with b.
func (b *Book) Clone() Book { return Book{slices.Clone(b.lots), b.last} }

// CopyFrom makes b equal to o, in the memory that b has where it suffices.
func (b *Book) CopyFrom(o *Book) { b.lots, b.last = append(b.lots[:0], o.lots...), o.last }

// Restore returns a book with the given lots, which it keeps, as decoders need it.
// It answers false if they are not in burn order, an ID is zero, repeated or above
// last, or a Left negative.
func Restore(lots []Lot, last uint64) (Book, bool) {
	ids := make([]uint64, len(lots))
	for i := range lots {
		if lots[i].ID == 0 || lots[i].ID > last || lots[i].Left < 0 {
			return Book{}, false
		}
		ids[i] = lots[i].ID
	}
	slices.Sort(ids)
	repeats := len(slices.Compact(ids)) < len(lots)
	return Book{lots, last}, !repeats && slices.IsSortedFunc(lots, burn)
}
