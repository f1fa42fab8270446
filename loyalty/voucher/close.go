package voucher

import (
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/fault"
)

// A Closing ends a period, so that what a host keeps does not grow for ever. From
// then on every command with a time before it is [PeriodClosed].
//
// A key that is forgotten no longer tells a repeated command from a new one; its
// time does, as long as the command is repeated with the time that it had, and so
// does a unique index of the host's over keys. So no command must be sent again with
// another time, and no key be used again.
type Closing struct {
	Key string `json:"key"` // unique among the commands of the campaign
	// Before is the first date that stays open, in the zone of the terms: not after
	// that of At.
	Before relmark.Date `json:"before"`
	At     time.Time    `json:"at"` // when, in years 1700 to 2150
}

// Close decides about forgetting the keys of redemptions and voidings before a date;
// it changes nothing. What is live stays counted, so limits hold across periods, but
// a redemption that is forgotten cannot be voided any more: [PeriodClosed], as is a date
// before that of an earlier closing. A key that comes again with the same date is
// accepted as before. It takes time linear in the keys and days that are kept.
//
// It fails if a field of x is missing or malformed, or c or g is nil.
func (c *Campaign) Close(g *Register, x Closing) (Decision, error) {
	if c == nil || g == nil {
		return Decision{}, errNil("Campaign")
	}
	from := x.Before.Start(c.zone)
	var f fault.List
	f.Name("Key", x.Key)
	f.Check(calendar.InRange(x.At), "At", nil, calendar.RangeRule)
	f.Check(!x.Before.IsZero() && calendar.InRange(from), "Before", nil, calendar.RangeRule)
	f.Check(!from.After(x.At), "Before", x.Before, "must not come after At")
	if err := f.Err(room); err != nil {
		return Decision{}, err
	}
	ev := Event{Seq: g.version + 1, Type: Closed, Key: x.Key, Day: x.Before, From: from, At: x.At.UTC()}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	if from.Before(g.closed) {
		return Decision{Reasons: []Reason{PeriodClosed}}, nil
	}
	return Decision{Accepted: true, Event: ev}, nil
}

// forget drops the keys before an instant, by time and not by what became of them:
// two registers with the same events forget the same. Days that are over count no more.
func (g *Register) forget(ev *Event) {
	g.step(len(g.keys) + len(g.orders) + len(g.counts.days))
	start := ev.From.UnixNano()
	maps.DeleteFunc(g.keys, func(_ string, e entry) bool {
		old := e.at < start
		if old && e.open() {
			g.past.add(&e, tally{one(e.live), e.left})
		}
		return old
	})
	maps.DeleteFunc(g.orders, func(order string, keys []string) bool {
		g.orders[order] = slices.DeleteFunc(keys, func(key string) bool {
			_, kept := g.keys[key]
			return !kept
		})
		return len(g.orders[order]) == 0
	})
	if g.closed = ev.From; !ev.Day.IsZero() {
		g.counts.forget(ev.Day)
		g.past.forget(ev.Day)
	}
}
