package points

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
)

// A parked refund waits for its order to earn. It has been accepted, so nothing can
// refuse it later; whether the order exists at all is for the host to know.
type parked struct {
	amount int64        // that names no line
	date   relmark.Date // local date of the refund
	parts  []Named      // that name lines, instead of the amount; which there are, is not known yet
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
// What exceeds the order is left out, and what names a line that there is not names
// none, as nobody can be refused any more.
func (d *decider) unpark(b *Earned) error {
	list := d.a.parked.find(b.Order)
	if list == nil {
		return nil
	}
	b.enact(&d.w, d.now)
	var o order
	b.order(&o)
	progress := b.begun(d.a)
	reversible := d.a.reversible()
	for _, p := range *list {
		r := Refunded{Order: b.Order, Digits: b.Facts.Digits, Date: p.date}
		after := o.copied()
		if r.Parts = after.fitAll(p.named()); len(r.Parts) == 0 {
			continue
		}
		if len(r.Parts) == 1 && r.Parts[0].Line == "" {
			r.Parts = nil
		}
		d.refund(&d.w, &o, &after, &r, progress)
		if reversible -= r.Taken(); reversible < 0 {
			return refuse(TooMany)
		}
		r.give(&o)
		r.enter(&o)
		o.more = pursuing(o.more, after.more)
		b.Refunds = append(b.Refunds, r)
	}
	return nil
}

// pursuing returns what is remembered of an order, with what it contributes to goals by
// now.
func pursuing(more, after *detail) *detail {
	if more != nil {
		more.pursuits = after.pursuits
	}
	return more
}

// named returns the parts of a parked refund; an amount that names no line is one.
func (p *parked) named() []Named {
	if p.parts == nil {
		return []Named{{Amount: p.amount}}
	}
	return p.parts
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
