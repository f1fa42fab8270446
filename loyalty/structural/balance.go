package structural

import (
	"math"
	"time"

	"github.com/relmark/relmark/internal/lot"
)

// A Balance is the state of a ledger at one instant. At every instant
//
//	Granted = Available + Held + Used + Expired
type Balance struct {
	Available int64 `json:"available"` // can be used
	Held      int64 `json:"held"`      // by reservations
	Used      int64 `json:"used"`      // less what came back
	Expired   int64 `json:"expired"`   // unused, of periods that have ended and grants that were revoked
	Granted   int64 `json:"granted"`   // ever, of periods that have begun
	Rolled    int64 `json:"rolled"`    // ever, from one period into the next: a memo, granted once
}

// An Expiry is what ends at one instant if nobody uses it.
type Expiry struct {
	Units int64 `json:"units"` // available until then
	// Rolls is how many of them live on in the next period.
	Rolls int64     `json:"rolls,omitempty"`
	Until time.Time `json:"until,omitzero"` // first instant at which they no longer can be used; zero: never
}

// An Opening is the beginning of a period, with what it brings.
type Opening struct {
	Units int64     `json:"units"` // new ones: what rolls over is not counted
	At    time.Time `json:"at"`
}

// asOf returns a view, if the instant does not come before the last event.
func (l *Ledger) asOf(t time.Time) (*view, error) {
	switch now := lot.Instant(t); {
	case l == nil:
		return nil, invalid("Ledger", nil, "must not be nil")
	case l.version > 0 && now < l.last:
		return nil, refuse(TimeRunsBack)
	default:
		return l.view(now), nil
	}
}

// Balance returns the balance at an instant: of all events so far, with periods, rollover,
// expiry and deadlines as they are then, also in the future. An instant before the last
// event is [TimeRunsBack]: what was left in the past, [Ledger.FoldUntil] can tell. It takes
// time linear in the lots that hold something and in what is due until then.
func (l *Ledger) Balance(asOf time.Time) (Balance, error) {
	v, err := l.asOf(asOf)
	if err != nil {
		return Balance{}, err
	}
	available := v.draft.Sums(v.now).Available
	return Balance{
		Available: available,
		Held:      v.held,
		Used:      v.used,
		Expired:   v.granted - available - v.held - v.used,
		Granted:   v.granted,
		Rolled:    v.rolled,
	}, nil
}

// Expiries returns what is available at an instant, by when it ends: what ends first comes
// first, what never does last. Units that are held are left out. It is nil if nothing is
// available, and fails as [Ledger.Balance] does, in whose time it takes as long.
func (l *Ledger) Expiries(asOf time.Time) ([]Expiry, error) {
	v, err := l.asOf(asOf)
	if err != nil {
		return nil, err
	}
	var list []Expiry
	last := int64(math.MinInt64)
	for x := range v.draft.Alive(v.now) {
		if list == nil || x.Until != last {
			list, last = append(list, Expiry{Until: wall(x.Until)}), x.Until
		}
		e := &list[len(list)-1]
		e.Units += x.Left
		e.Rolls += v.rolls(&x)
	}
	return list, nil
}

// rolls returns how many units of a lot live on when it ends.
func (v *view) rolls(x *lot.Lot) int64 {
	g := v.ledger.grants[x.Owner]
	if g == nil || v.at(g).quota != x.ID || !g.waits(v.at(g)) {
		return 0
	}
	return min(x.Left, g.rollover)
}

// Opening returns the first instant after asOf at which a period begins, with what it
// brings; false if none does. It fails as [Ledger.Balance] does. It takes time linear in
// the grants.
func (l *Ledger) Opening(asOf time.Time) (next Opening, ok bool, err error) {
	v, err := l.asOf(asOf)
	if err != nil {
		return Opening{}, false, err
	}
	first := int64(0)
	for _, g := range l.grants {
		s := v.at(g)
		switch {
		case !g.waits(s) || ok && g.bounds[s.next] > first:
		case ok && g.bounds[s.next] == first:
			next.Units += g.units
		default:
			first, ok = g.bounds[s.next], true
			next = Opening{g.units, wall(first)}
		}
	}
	return next, ok, nil
}

// wall returns nanoseconds as a time; zero for never.
func wall(t int64) time.Time {
	if t == lot.Never {
		return time.Time{}
	}
	return time.Unix(0, t).UTC()
}
