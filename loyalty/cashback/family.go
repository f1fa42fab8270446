package cashback

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark/internal/lot"
)

// A family is a lot and the lots that hold what came back of it after it had expired, its
// heirs. What is done to the one lot, be it that it is cancelled or spent by name, is done
// to all of them: money does not become someone else's because it was given back late.

// A credit is store credit under its name.
type credit struct {
	lot  uint64
	void bool // cancelled: what comes back of it is cancelled, too
}

// kin says which lots belong together. The zero kin is ready: lots have no heirs.
type kin struct {
	roots map[uint64]uint64   // of heirs
	heirs map[uint64][]uint64 // of roots: those that hold something, in the order in which they are spent
	gone  map[uint64]bool     // roots that were cancelled
	born  uint64              // heirs that there ever were
}

// root returns the first lot of the family of a lot.
func (k *kin) root(id uint64) uint64 {
	if root, heir := k.roots[id]; heir {
		return root
	}
	return id
}

// adopt makes a lot an heir.
func (k *kin) adopt(id, root uint64) {
	if k.roots == nil {
		k.roots, k.heirs = map[uint64]uint64{}, map[uint64][]uint64{}
	}
	k.roots[id] = root
	k.born++
}

// cancel marks a family whose credit was cancelled.
func (k *kin) cancel(root uint64) {
	if k.gone == nil {
		k.gone = map[uint64]bool{}
	}
	k.gone[root] = true
}

// list enters an heir that holds something again, or takes one off the list that does
// not: so that a list never grows with what was spent.
func (w *Wallet) list(id uint64, holds bool) {
	root, heir := w.kin.roots[id]
	if !heir {
		return
	}
	heirs := w.kin.heirs[root]
	i, _ := slices.BinarySearchFunc(heirs, id, w.byBurn)
	w.step(1)
	if !holds {
		w.kin.heirs[root] = slices.Delete(heirs, i, i+1)
		return
	}
	w.kin.heirs[root] = slices.Insert(heirs, i, id)
}

// byBurn compares lots by the order in which they are spent.
func (w *Wallet) byBurn(a, b uint64) int {
	x, _ := w.lot(a)
	y, _ := w.lot(b)
	return cmp.Or(cmp.Compare(x.Until, y.Until), cmp.Compare(a, b))
}

// lot returns the lot with an ID; false if there is none.
func (w *Wallet) lot(id uint64) (lot.Lot, bool) {
	return w.book.Find(id)
}

// plan says where n units of a family are to be taken from, in the order in which they
// are spent: all that is left, or only what can be spent at an instant.
func (w *Wallet) plan(root uint64, n, at int64, all bool) (parts []Part, short int64) {
	take := func(id uint64) {
		w.step(1)
		l, there := w.lot(id)
		if !there || !all && l.At(at) != lot.Available {
			return
		}
		if units := min(n, l.Left); units > 0 {
			parts = append(parts, Part{id, units})
			n -= units
		}
	}
	take(root)
	for _, id := range w.kin.heirs[root] {
		if n == 0 {
			break
		}
		take(id)
	}
	return parts, n
}

// fall says what becomes of units that come back.
type fall uint8

const (
	home    fall = iota // to their lot, expired or not
	revived             // to an heir of their lot, which has expired
	annul               // cancelled, as their credit was
)

// falls returns what becomes of units of a lot that come back at an instant, with grace
// or without.
func (w *Wallet) falls(id uint64, at int64, grace bool) fall {
	switch l, _ := w.lot(id); {
	case w.kin.gone[w.kin.root(id)]:
		return annul
	case grace && l.At(at) == lot.Expired:
		return revived
	}
	return home
}

// falling adds the parts of a return up by what becomes of them.
func (w *Wallet) falling(ev *Event, grace bool) (sums [annul + 1]int64) {
	for _, p := range ev.Parts {
		w.step(1)
		sums[w.falls(p.Lot, ev.At.UnixNano(), grace)] += p.Units
	}
	return sums
}

// back brings a part of a spending back.
func (w *Wallet) back(p Part, ev *Event) {
	switch w.falls(p.Lot, ev.At.UnixNano(), ev.Graced > 0) {
	case annul:
		w.cancelled += p.Units
	case revived:
		w.put(w.heir(w.kin.root(p.Lot), ev), p.Units)
	case home:
		w.put(p.Lot, p.Units)
	}
}

// heir returns the heir of a family that begins with an event: one that ends at the same
// instant is taken on, so that slices of a return make one lot.
func (w *Wallet) heir(root uint64, ev *Event) uint64 {
	until := ends(ev.Until)
	for _, id := range slices.Backward(w.kin.heirs[root]) {
		w.step(1)
		switch l, _ := w.lot(id); {
		case l.Until == until && l.From <= ev.From.UnixNano():
			return id
		case l.Until < until:
			return w.bear(root, ev)
		}
	}
	return w.bear(root, ev)
}

// bear adds an heir, empty as yet.
func (w *Wallet) bear(root uint64, ev *Event) uint64 {
	id := w.grow(ev, 0)
	w.kin.adopt(id, root)
	return id
}

// put brings units back to a lot.
func (w *Wallet) put(id uint64, n int64) {
	before, _ := w.lot(id)
	w.book.Put(id, n)
	if before.Left == 0 {
		w.list(id, true)
	}
}

// draw takes units out of their lots, which have them.
func (w *Wallet) draw(parts []Part) {
	for _, p := range parts {
		w.step(1)
		w.book.Draw(p.Lot, p.Units)
		if l, _ := w.lot(p.Lot); l.Left == 0 {
			w.list(p.Lot, false)
		}
	}
}
