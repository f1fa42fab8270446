package voucher

import "github.com/relmark/relmark/internal/money"

// most is the bound of all that redemptions take off, and of what one does.
const most = money.MaxExact

// A freeing is what the commands that are there have freed of a redemption.
type freeing struct {
	amount int64 // by releases
	uses   int   // by releases
	voids  int
	order  bool // its order was voided, before or after
	wrong  bool // more than there can be
}

// consistent reports whether events can have made a register that was read. Where nothing
// is forgotten, each redemption is what commands have left of it, and each command is of
// one. Where something may be, a command that freed a part may be forgotten, and the last
// closing is there, which is younger than what it closed.
func (g *Register) consistent(forgotten int64) bool {
	if g.counts.all.amount > most || g.scale == 0 && g.counts.all.amount > 0 {
		return false
	}
	freed, orders := g.freed()
	open := g.closed.IsZero()
	undone := map[string]bool{} // orders of which something is free
	money := false
	for key, e := range g.keys {
		if e.typ != Redeemed {
			if open && e.typ == Closed {
				return false
			}
			continue
		}
		f := freed[key]
		money = money || e.taken > 0
		_, f.order = orders[e.order]
		if !f.fits(&e) || open && !f.explains(&e) {
			return false
		}
		if f.order && !e.open() {
			undone[e.order] = true
		}
		delete(freed, key)
	}
	if open {
		return forgotten == 0 && money == (g.scale > 0) && len(freed) == 0 && len(undone) == len(orders)
	}
	return forgotten >= 0 && g.ended()
}

// freed adds up by redemption what commands have freed, and lists the orders that were
// voided.
func (g *Register) freed() (map[string]freeing, map[string]bool) {
	byKey, orders := map[string]freeing{}, map[string]bool{}
	for _, e := range g.keys {
		if e.typ == Voided && e.order != "" {
			orders[e.order] = true
			continue
		}
		f := byKey[e.of]
		switch e.typ {
		case Released:
			f.wrong = f.wrong || e.number > most-f.amount
			f.amount += e.number
			f.uses += int(one(e.use))
		case Voided:
			f.voids++
		default:
			continue
		}
		byKey[e.of] = f
	}
	return byKey, orders
}

// fits reports whether a redemption can have been freed so.
func (f *freeing) fits(e *entry) bool {
	if f.wrong || f.voids > 1 || f.voids == 1 && e.open() {
		return false
	}
	return f.amount <= e.taken-e.left && f.uses <= 1-int(one(e.live))
}

// explains reports whether nothing else was freed of it: a voiding frees what is left, of
// which there must be something.
func (f *freeing) explains(e *entry) bool {
	left := e.taken - f.amount
	if f.voids == 1 {
		return left > 0 || f.uses == 0
	}
	return f.order && !e.open() || e.left == left && e.live == (f.uses == 0)
}

// ended reports whether the closing is there that ended the period, and none that ended a
// later one.
func (g *Register) ended() bool {
	ended := false
	for _, e := range g.keys {
		if e.typ != Closed {
			continue
		}
		if e.number > g.closed.UnixNano() {
			return false
		}
		ended = ended || e.number == g.closed.UnixNano()
	}
	return ended
}
