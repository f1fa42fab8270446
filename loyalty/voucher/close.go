package voucher

import (
	"maps"
	"time"

	"github.com/relmark/relmark"
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
	Key string // unique among the commands of the campaign or the wallet
	// Before is the first date that stays open, in the zone of the terms: not after
	// that of At, and not before that of an earlier closing.
	Before relmark.Date
	At     time.Time // when, in years 1700 to 2150
}

const closingRule = "must lie between the last closing and the time of the command"

// start returns the first instant that stays open.
func (x Closing) start(c *checker, zone *time.Location) time.Time {
	start := x.Before.Start(zone)
	c.check(!x.Before.IsZero() && inRange(start), "Before", nil, "must be set, in years 1700 to 2150")
	return start
}

// Close decides about forgetting the keys of redemptions and voidings before a date;
// it changes nothing. What is live stays counted, so limits hold across periods, but
// a redemption that is forgotten cannot be voided any more: [PeriodClosed]. A key
// that comes again with the same date is accepted as before.
//
// It fails if a field of x is missing or malformed, or c or g is nil.
func (c *Campaign) Close(g *Register, x Closing) (Decision, error) {
	if c == nil || g == nil {
		return Decision{}, errNil("Campaign")
	}
	var fault checker
	fault.name(x.Key, "Key")
	fault.check(inRange(x.At), "At", nil, timeRule)
	from := x.start(&fault, c.terms.Zone)
	if err := fault.err(); err != nil {
		return Decision{}, err
	}
	ev := Event{g.version + 1, Closed, x.Key, "", "", "", from, x.At.UTC()}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	if from.After(x.At) || from.Before(g.closed) {
		return Decision{}, invalid("Before", x.Before, closingRule)
	}
	return Decision{Accepted: true, Event: ev}, nil
}

// forget drops the keys before an instant, by time and not by what became of them:
// two registers with the same events forget the same.
func (g *Register) forget(from time.Time) {
	start := from.UnixNano()
	maps.DeleteFunc(g.keys, func(_ string, e entry) bool { return e.at < start })
	g.closed = from
}

// Close forgets the commands, orders and spendings of a time before a date, and the
// lots that are used up or have expired, unless an order or a spending that is left
// may come back to them. No balance changes from then on. What is forgotten can
// neither be refunded nor given back any more: [PeriodClosed]. Caps of months that
// are not over count on. It fails if Before is not within its bounds.
func (c *Cashback) Close(w *Wallet, x Closing) (WalletDecision, error) {
	d := c.start(w, WalletEvent{Type: WalletClosed, Key: x.Key, At: x.At})
	if c != nil {
		d.ev.From, d.ev.Month = x.start(&d.checker, c.terms.Zone), firstOf(x.Before)
	}
	return d.decide(func(ev *WalletEvent) error {
		if ev.From.After(ev.At) || ev.From.Before(w.closed) || !w.open(ev) {
			return invalid("Before", x.Before, closingRule)
		}
		return nil
	})
}

// forget drops what is older than a closing: an order with the key that made it, and
// so a spending.
func (w *Wallet) forget(ev *WalletEvent) {
	start, now := ev.From.UnixNano(), ev.At.UnixNano()
	w.closed, w.since = ev.From, monthIn(ev.Month)
	maps.DeleteFunc(w.months, func(m monthOf, _ int64) bool { return m.compare(w.since) < 0 })
	maps.DeleteFunc(w.keys, func(key string, k keyed) bool {
		old := k.payload.at < start
		if old && k.payload.typ == Granted {
			delete(w.orders, k.payload.order)
		}
		if old && k.payload.typ == Spent {
			delete(w.spends, key)
		}
		return old
	})
	needed := w.referred()
	w.book.Drop(func(l *lot.Lot) bool {
		expired := l.At(now) == lot.Expired
		drop := (expired || l.Left == 0) && !needed[l.ID]
		if drop {
			w.lapsed += l.Left
		}
		return drop
	})
}

// referred returns the lots that refunds and giving back may come back to.
func (w *Wallet) referred() map[uint64]bool {
	ids := make(map[uint64]bool, len(w.orders))
	for _, o := range w.orders {
		ids[o.lot] = true
	}
	for _, s := range w.spends {
		for _, p := range s.parts {
			ids[p.Lot] = true
		}
	}
	return ids
}
