package points

import (
	"time"

	"github.com/relmark/relmark/internal/lot"
)

// A Place is an account of the points journal.
type Place string

// The places. Points are issued once and end redeemed, expired or reversed;
// between members they are in transit.
const (
	AtIssued    Place = "issued"
	AtPending   Place = "pending"
	AtAvailable Place = "available"
	AtHeld      Place = "held"
	AtDebt      Place = "debt"
	AtRedeemed  Place = "redeemed"
	AtExpired   Place = "expired"
	AtReversed  Place = "reversed"
	AtTransit   Place = "transit"
)

// A Posting moves points from one place to another, so that a journal of postings
// always adds up to zero. Debt is posted like any other place: what it gives it
// owes, so its balance is the member's debt with a minus sign.
type Posting struct {
	From   Place  `json:"from,omitzero"`
	To     Place  `json:"to,omitzero"`
	Points int64  `json:"points"` // > 0
	Lot    uint64 `json:"lot"`    // 0 where no lot is concerned
}

// place returns where points of a state are.
func (s State) place() Place {
	switch s {
	case Pending:
		return AtPending
	case Expired:
		return AtExpired
	default:
		return AtAvailable
	}
}

// A poster collects the postings of an event.
type poster struct {
	ev  *Event
	out []Posting
}

// move posts points, if there are any.
func (p *poster) move(from, to Place, points int64, id uint64) {
	if points != 0 && from != to {
		p.out = append(p.out, Posting{from, to, points, id})
	}
}

// state returns what points of a new lot are when the event is processed.
func (p *poster) state(from, until time.Time) State {
	switch now := p.ev.Recorded; {
	case !until.IsZero() && !now.Before(until):
		return Expired
	case now.Before(from):
		return Pending
	}
	return Available
}

// Journal returns the postings of what the command of an event did itself, in
// order. What merely fell due before it, maturity, expiry and time-outs, is in
// [Account.Due].
func Journal(ev Event) []Posting {
	if absent(ev.Body) {
		return nil
	}
	p := poster{ev: &ev}
	ev.Body.postings(&p)
	return p.out
}

// Due returns the postings of what falls due after the last event and until t, by
// lot in burn order: points that mature, expire or return from reservations.
// Those before each event, its own, and those until today are the complete
// journal, whose balance is [Account.Balance].
func (a *Account) Due(t time.Time) []Posting {
	var p poster
	now := a.instantOf(t)
	for _, i := range a.holds.overdue(now) {
		p.release(a, &a.holds.items[i], now)
	}
	for l := range a.book.Alive(a.last) {
		p.move(stateOf(&l, a.last).place(), stateOf(&l, now).place(), l.Left, l.ID)
	}
	return p.out
}

// release posts the return of what a hold took, and its end where the lot has
// expired.
func (p *poster) release(a *Account, h *lot.Hold, now int64) {
	for _, t := range h.Takes {
		l, _ := a.book.Find(t.Lot)
		p.move(AtHeld, stateOf(&l, now).place(), t.Units, t.Lot)
	}
}
