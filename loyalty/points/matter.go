package points

import (
	"slices"

	"github.com/relmark/relmark/internal/lot"
)

// Most lots end empty or expired, and are never asked for again. What can still matter is
// what holds points that have not expired, what points can come back to, and how many
// expired in the lot of an order, which count as taken back when it is refunded.

// matter drops the lots of a copy that cannot matter any more, and leaves those of the
// account itself.
func (a *Account) matter() {
	a.book = a.book.Clone()
	a.forget(a.last)
}

// forget drops the lots that cannot matter any more at an instant. Points that expired in
// them stay counted.
func (a *Account) forget(now int64) {
	needed := a.needed()
	a.book.Drop(func(l lot.Lot) bool {
		if matters(l, now, needed) {
			return false
		}
		a.lapsed += l.Left
		return true
	})
}

// matters reports whether a lot can still matter at an instant.
func matters(l lot.Lot, now int64, needed []uint64) bool {
	_, stays := slices.BinarySearch(needed, l.ID)
	return stays || l.Left > 0 && l.At(now) != lot.Expired
}

// needed returns the lots that refunds and reservations can still come back to, and
// those of orders in which points expired, sorted.
func (a *Account) needed() []uint64 {
	var ids []uint64
	for i := range a.orders.items {
		ids = a.orders.items[i].needs(ids, &a.book)
	}
	for i := range a.holds.items {
		if h := &a.holds.items[i]; h.Status == lot.Open {
			for _, t := range h.Takes {
				ids = append(ids, t.Lot)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// needs appends the lots that an order still needs: none once all of it is refunded, and
// bonuses with it.
func (o *order) needs(ids []uint64, book *lot.Book) []uint64 {
	if o.over() && o.fallen() == o.bonus() {
		return ids
	}
	if l, ok := book.Find(o.lot); ok && l.Left > 0 {
		ids = append(ids, o.lot)
	}
	if o.paid == nil {
		return ids
	}
	left := o.paid.spent - o.restored // of the points that paid, the first ones
	for _, p := range o.paid.parts {
		if left > 0 {
			ids = append(ids, p.Lot)
		}
		left -= p.Points
	}
	return ids
}
