package points

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
)

// A parked refund waits for its order to earn. It has been accepted, so nothing can
// refuse it later; whether the order exists at all is for the host to know.
type parked struct {
	amount int64
	date   relmark.Date // local date of the refund
}

// The order earns as if nothing had been sent back, and is then refunded slice by slice
// as it would have been in the right sequence. Both are in one event, since they are the
// answer to one command.

// park remembers a refund until its order earns.
func (a *Account) park(order string, p parked) {
	if list := a.parked.find(order); list != nil {
		*list = append(*list, p)
		return
	}
	a.parked.add(order, []parked{p})
}

// unpark applies the refunds that came before the order of b, in the order in
// which they came, as if they came now: only their activity dates are their own.
// What exceeds the order is left out, as nobody can be refused any more.
func (d *decider) unpark(b *Earned) error {
	list := d.a.parked.find(b.Order)
	if list == nil {
		return nil
	}
	b.enact(&d.w, d.now)
	o := b.order()
	reversible := d.a.reversible()
	for _, p := range *list {
		r := Refunded{Order: b.Order, Digits: b.Facts.Digits, Amount: min(p.amount, o.total-o.refunded), Date: p.date}
		if r.Amount == 0 {
			continue
		}
		d.refund(&d.w, &o, &r)
		if reversible -= r.Taken(); reversible < 0 {
			return refuse(TooMany)
		}
		r.enter(&o)
		b.Refunds = append(b.Refunds, r)
	}
	return nil
}

// enact does to a draft what the order does to the lots.
func (b *Earned) enact(w *lot.Draft, now int64) {
	for _, p := range b.Paid {
		w.Draw(p.Lot, p.Points)
	}
	l := Lot{ID: b.Lot, Points: b.Award.Granted - b.Settled, AvailableAt: b.AvailableAt, ExpiresAt: b.ExpiresAt}
	if b.Lot != 0 {
		grow(w, &l, b.Rolls, 0)
	}
	if !b.Rolled.IsZero() {
		w.Roll(now, b.Rolled.UnixNano())
	}
}
