package cashback

import (
	"time"

	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// whole reports whether events can have made a wallet, so that no later command can
// reach for a lot that does not exist, and no sum can overflow. Its orders, spendings
// and keys explain the totals: all of them if no key is forgotten, and otherwise at
// most.
func (w *Wallet) whole() bool {
	// Each total is at most 2^53-1, so no sum below leaves int64. Debt comes of what was
	// reversed, and the first event brings digits and months.
	if w.granted > money.MaxExact-w.credited || w.debt > w.reversed || w.version == 0 && (w.digits > 0 || len(w.months) > 0) {
		return false
	}
	open, all := w.closed.IsZero(), w.version == uint64(len(w.keys))
	granted, reversed, spent, credited := w.granted, w.reversed, w.spent, w.credited
	ids := make(map[uint64]bool, w.book.Len()) // and whether an order owns the lot
	for l := range w.book.All() {
		ids[l.ID] = false
	}
	ok := !open || w.lapsed == 0 && uint64(w.book.Len()) == w.book.Last()
	ok = ok && w.lotsFit() && w.ordersFit(ids, &granted, &reversed) && w.spendsFit(ids, &spent) &&
		w.kinFit(ids) && w.creditsFit(ids) && w.keysFit(&credited) && w.monthsFit(open)
	// An order that is forgotten had at most as much reversed as granted.
	return ok && granted >= reversed && (!all || granted+spent+credited == 0)
}

// less takes n off the rest of a total, of which there must be as much.
func less(rest *int64, n int64) bool {
	ok := n >= 0 && n <= *rest
	*rest -= n
	return ok
}

// add adds n to a sum, which must stay an amount.
func add(sums map[string]int64, name string, n int64) bool {
	sums[name] += n
	return sums[name] <= money.MaxExact
}

// lotsFit reports whether the lots hold what the totals leave, expired units included:
//
//	Σ left = granted + credited + debt - spent - reversed - lapsed - cancelled
func (w *Wallet) lotsFit() bool {
	left := w.granted + w.credited + w.debt - w.spent - w.reversed - w.lapsed - w.cancelled // of at most 2^53 each
	for l := range w.book.All() {
		never := l.Until == lot.Never
		if !less(&left, l.Left) || !lot.Lives(time.Unix(0, l.From)) || !never && !lot.Lives(time.Unix(0, l.Until)) {
			return false
		}
	}
	return left == 0
}

// ordersFit takes what was granted and reversed off the totals. Each order has a lot
// of its own.
func (w *Wallet) ordersFit(ids map[uint64]bool, granted, reversed *int64) bool {
	for _, o := range w.orders {
		owned, known := ids[o.lot]
		if owned || !known || !less(granted, o.granted) || !less(reversed, o.reversed) {
			return false
		}
		ids[o.lot] = true
	}
	return true
}

// spendsFit takes what was spent and not given back off the total.
func (w *Wallet) spendsFit(ids map[uint64]bool, spent *int64) bool {
	for _, s := range w.spends {
		for _, p := range s.parts {
			if _, known := ids[p.Lot]; !known {
				return false
			}
		}
		if !less(spent, s.amount-s.returned) {
			return false
		}
	}
	return true
}

// kinFit reports whether heirs are lots of their own that have come of a first one, and
// whether nothing is left of what was cancelled. A first one may be forgotten.
func (w *Wallet) kinFit(ids map[uint64]bool) bool {
	k := &w.kin
	heirs := uint64(len(k.roots))
	if heirs > k.born || w.closed.IsZero() && heirs < k.born || w.cancelled > w.credited {
		return false
	}
	for id, root := range k.roots {
		_, second := k.roots[root]
		_, there := ids[root]
		if ids[id] || second || !there && w.closed.IsZero() {
			return false
		}
		ids[id] = true
	}
	for l := range w.book.All() {
		if l.Left > 0 && k.gone[k.root(l.ID)] {
			return false
		}
	}
	return w.cancelled == 0 || len(k.gone) > 0 || !w.closed.IsZero()
}

// creditsFit reports whether each credit has a lot of its own, and where nothing is
// forgotten, each command that brought one has its name.
func (w *Wallet) creditsFit(ids map[uint64]bool) bool {
	for name, c := range w.credits {
		owned, known := ids[c.lot]
		k, kept := w.keys[name]
		if owned || !known || kept && k.payload.typ != Credited || !kept && w.closed.IsZero() {
			return false
		}
		ids[c.lot] = true
	}
	return true
}

// keysFit takes credit off the total. Each order and each spending has the key that made
// it and those of its refunds and returns, which came later.
func (w *Wallet) keysFit(credited *int64) bool {
	var n struct{ granted, spent, lots int }
	refunded, returned := map[string]int64{}, map[string]int64{}
	cancelled := map[string]bool{}
	for key, k := range w.keys {
		ok := true
		switch p := k.payload; p.typ {
		case Granted:
			o := w.orders[p.of]
			ok = o != nil && o.net == p.amount // and no other key has the order: readKeys, readV1
			n.granted, n.lots = n.granted+1, n.lots+1
		case Spent:
			s := w.spends[key]
			ok = s != nil && s.amount == p.amount
			n.spent++
		case Credited:
			_, named := w.credits[key]
			ok = less(credited, p.amount) && (named || !w.closed.IsZero())
			n.lots++
		case Reversed:
			ok = add(refunded, p.of, p.amount) && (w.orders[p.of] != nil || !w.closed.IsZero())
		case Returned:
			ok = add(returned, p.of, p.amount) && (w.spends[p.of] != nil || !w.closed.IsZero())
		case Cancelled:
			c, named := w.credits[p.of]
			ok = !cancelled[p.of] && (named && c.void || !named && !w.closed.IsZero())
			cancelled[p.of] = true
		case Closed:
			ok = !w.closed.IsZero() && p.until <= w.closed.UnixNano()
		}
		if !ok {
			return false
		}
	}
	if w.closed.IsZero() && len(cancelled) != len(w.kin.gone) {
		return false
	}
	return n.granted == len(w.orders) && n.spent == len(w.spends) && w.sumsFit(refunded, returned) && w.closingFits(uint64(n.lots))
}

// sumsFit reports whether what was refunded of orders and given back of spendings is what
// the keys say.
func (w *Wallet) sumsFit(refunded, returned map[string]int64) bool {
	for name, o := range w.orders {
		if refunded[name] != o.refunded {
			return false
		}
	}
	for key, s := range w.spends {
		if returned[key] != s.returned {
			return false
		}
	}
	return true
}

// closingFits reports whether there is the key of the closing that ended the period, and
// every key after it, which no closing since has forgotten; and whether the events that
// are forgotten can have brought the lots that the keys have not.
func (w *Wallet) closingFits(lots uint64) bool {
	if lots += w.kin.born; lots > w.book.Last() || w.book.Last()-lots > w.version-uint64(len(w.keys)) {
		return false
	}
	if w.closed.IsZero() {
		return true // and no key is missing: readKeys
	}
	end, first := w.closed.UnixNano(), uint64(0)
	for _, k := range w.keys {
		if k.payload.typ == Closed && k.payload.until == end && (first == 0 || k.seq < first) {
			first = k.seq
		}
	}
	kept := uint64(0)
	for _, k := range w.keys {
		if k.seq >= first {
			kept++
		}
	}
	return first > 0 && kept == w.version-first+1
}

// monthsFit reports whether the months explain what was granted: refunds do not take
// it back, so they add up to it until a closing drops the first ones.
func (w *Wallet) monthsFit(open bool) bool {
	granted := w.granted
	for _, n := range w.months {
		if !less(&granted, n) {
			return false
		}
	}
	return !open || granted == 0
}
