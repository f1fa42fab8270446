package structural

import (
	"maps"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/lot"
)

// A Closing ends a period of the books, so that what a host keeps does not grow for ever.
// From then on every command with a time before it is [PeriodClosed].
//
// A key that is forgotten no longer tells a repeated command from a new one; its time does,
// as long as the command is repeated with the time that it had, and so does a unique index
// of the host's over keys. So no command must be sent again with another time, and no key be
// used again.
type Closing struct {
	Key string `json:"key"` // unique among the commands of the ledger
	// Before is the first date that stays open, in the zone of the terms: not after that of
	// At.
	Before relmark.Date `json:"before"`
	At     time.Time    `json:"at"` // when, in years 1700 to 2150
}

// Close forgets the commands of a time before a date, with their reservations that are over
// and their uses, and the lots that have ended, unless a reservation or a use that is left
// may come back to them. No balance changes from then on. What is forgotten can neither be
// reversed nor resolved any more: [PeriodClosed], which a date before that of an earlier
// closing is, too. Grants that have not ended keep their names. It takes time linear in what
// the ledger keeps.
func (e *Entitlement) Close(l *Ledger, x Closing) (Decision, error) {
	d := e.start(l, Event{Type: Closed, Key: x.Key, At: x.At})
	if e != nil {
		start := x.Before.Start(e.terms.Zone)
		d.Check(!x.Before.IsZero() && calendar.InRange(start), "Before", nil, calendar.RangeRule)
		d.Check(!start.After(x.At), "Before", x.Before, "must not come after At")
		d.ev.Until = start
	}
	return d.decide()
}

// forget drops what is older than a closing.
func (l *Ledger) forget(ev *Event) {
	l.step(len(l.keys) + l.book.Len())
	l.clock.sweep()
	l.closed = ev.Until
	start := ev.Until.UnixNano()
	maps.DeleteFunc(l.keys, func(key string, k keyed) bool {
		if h := l.holds[key]; k.at >= start || h != nil && h.Status == lot.Open {
			return false
		}
		delete(l.holds, key)
		delete(l.uses, key)
		return true
	})
	l.forgetLots()
}

// forgetLots drops the lots that have ended and that nothing can come back to, and the
// grants that have ended and have no lot left.
func (l *Ledger) forgetLots() {
	needed, owners := map[uint64]bool{}, map[uint32]bool{}
	for _, h := range l.holds {
		if h.Status == lot.Open {
			for _, t := range h.Takes {
				needed[t.Lot] = true
			}
		}
	}
	for _, u := range l.uses {
		for _, p := range u.parts {
			needed[p.Lot] = true
		}
	}
	l.book.Drop(func(x lot.Lot) bool {
		g := l.grants[x.Owner]
		alive := x.At(l.last) != lot.Expired && (g == nil || !g.over)
		owners[x.Owner] = owners[x.Owner] || alive || needed[x.ID]
		return !alive && !needed[x.ID]
	})
	maps.DeleteFunc(l.grants, func(n uint32, g *grant) bool {
		if owners[n] || g.waits(g.stand) {
			return false
		}
		delete(l.named, g.key)
		return true
	})
}
