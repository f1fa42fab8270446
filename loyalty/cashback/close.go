package cashback

import (
	"maps"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/lot"
)

// A Closing ends a period, so that what a host keeps does not grow for ever. From
// then on every command with a time before it is [PeriodClosed].
//
// A key that is forgotten no longer tells a repeated command from a new one; its
// time does, as long as the command is repeated with the time that it had, and so
// does a unique index of the host's over keys. So no command must be sent again with
// another time, and no key or order identifier be used again.
type Closing struct {
	Key string `json:"key"` // unique among the commands of the wallet
	// Before is the first date that stays open, in the zone of the terms: not after
	// that of At.
	Before relmark.Date `json:"before"`
	At     time.Time    `json:"at"` // when, in years 1700 to 2150
}

// Close forgets the commands, orders and spendings of a time before a date, and the
// lots that are used up or have expired, unless an order or a spending that is left
// may come back to them. No balance changes from then on. What is forgotten can
// neither be refunded nor given back any more: [PeriodClosed], which a date before that
// of an earlier closing is, too. Caps of months that are not over count on, and credit
// keeps its name as long as something is left of it. It takes time linear in what the
// wallet keeps.
func (e *Engine) Close(w *Wallet, x Closing) (Decision, error) {
	d := e.start(w, Event{Type: Closed, Key: x.Key, At: x.At})
	if e != nil {
		start := x.Before.Start(e.terms.Zone)
		d.Check(!x.Before.IsZero() && calendar.InRange(start), "Before", nil, calendar.RangeRule)
		d.Check(!start.After(x.At), "Before", x.Before, "must not come after At")
		d.ev.From, d.ev.Month = start, firstOf(x.Before)
	}
	return d.decide(func(ev *Event) error {
		if ev.From.Before(w.closed) || !w.open(ev) {
			return refuse(PeriodClosed)
		}
		return nil
	})
}

// forgotten returns the reason why something is unknown: once a period is closed, it
// may be forgotten.
func (w *Wallet) forgotten(unknown Reason) Reason {
	if w.closed.IsZero() {
		return unknown
	}
	return PeriodClosed
}

// forget drops what is older than a closing: an order with the key that made it, and
// so a spending.
func (w *Wallet) forget(ev *Event) {
	w.step(len(w.keys) + w.book.Len())
	start, now := ev.From.UnixNano(), ev.At.UnixNano()
	w.closed, w.since = ev.From, monthIn(ev.Month)
	maps.DeleteFunc(w.months, func(m monthOf, _ int64) bool { return m.compare(w.since) < 0 })
	maps.DeleteFunc(w.keys, func(key string, k keyed) bool {
		old := k.payload.at < start
		if old && k.payload.typ == Granted {
			delete(w.orders, k.payload.of)
		}
		if old && k.payload.typ == Spent {
			delete(w.spends, key)
		}
		return old
	})
	w.forgetLots(now)
}

// forgetLots drops the families that hold nothing any more, or only what has expired, and
// that nothing can come back to.
func (w *Wallet) forgetLots(now int64) {
	needed := w.referred()
	for l := range w.book.All() {
		if l.Left > 0 && l.At(now) != lot.Expired {
			needed[w.kin.root(l.ID)] = true
		}
	}
	w.book.Drop(func(l lot.Lot) bool {
		root := w.kin.root(l.ID)
		if needed[root] {
			return false
		}
		w.lapsed += l.Left
		return true
	})
	maps.DeleteFunc(w.credits, func(_ string, c credit) bool { return !needed[c.lot] })
	w.kin.forget(needed)
}

// forget drops the families that are not needed.
func (k *kin) forget(needed map[uint64]bool) {
	maps.DeleteFunc(k.roots, func(_, root uint64) bool { return !needed[root] })
	maps.DeleteFunc(k.heirs, func(root uint64, _ []uint64) bool { return !needed[root] })
	maps.DeleteFunc(k.gone, func(root uint64, _ bool) bool { return !needed[root] })
}

// referred returns the first lots of the families that refunds and giving back may come
// back to.
func (w *Wallet) referred() map[uint64]bool {
	ids := make(map[uint64]bool, len(w.orders))
	for _, o := range w.orders {
		ids[o.lot] = true
	}
	for _, s := range w.spends {
		for _, p := range s.parts {
			ids[w.kin.root(p.Lot)] = true
		}
	}
	return ids
}
