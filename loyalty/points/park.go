package points

import (
	"slices"

	"github.com/relmark/relmark"
)

// A parked refund waits for its order to earn. It has been accepted, so nothing can
// refuse it later; whether the order exists at all is for the host to know.
type parked struct {
	order  string
	amount int64
	date   relmark.Date // local date of the refund
}

// The order earns as if nothing had been sent back, and is then refunded slice by slice
// as it would have been in the right sequence. Both are in one event, since they are the
// answer to one command.

// unpark applies the refunds that came before the order of b, in the order in
// which they came, as if they came now: only their activity dates are their own.
// What exceeds the order is left out, as nobody can be refused any more.
func (d *decider) unpark(b *Earned) error {
	if !slices.ContainsFunc(d.a.parked, func(p parked) bool { return p.order == b.Order }) {
		return nil
	}
	w := Account{book: d.a.book.Clone(), totals: d.a.totals}
	if err := b.enter(&w, d.now); err != nil {
		return err
	}
	o := b.order()
	for _, p := range d.a.parked {
		if p.order != b.Order {
			continue
		}
		r := Refunded{Order: p.order, Digits: b.Facts.Digits, Amount: min(p.amount, o.total-o.refunded), Date: p.date}
		if r.Amount == 0 {
			continue
		}
		d.refund(&w, &o, &r)
		if r.Taken() > w.reversible() {
			return refuse(TooMany)
		}
		w.reversed += r.Taken()
		r.enter(&o)
		b.Refunds = append(b.Refunds, r)
	}
	return nil
}

// unpark forgets the refunds of an order that has earned.
func (a *Account) unpark(name string) {
	if len(a.parked) > 0 {
		a.parked = slices.DeleteFunc(a.parked, func(p parked) bool { return p.order == name })
	}
}
