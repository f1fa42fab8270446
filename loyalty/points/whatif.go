package points

import (
	"fmt"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
)

// A WhatIf runs one history under several programmes, in one pass over its events:
// what would have been granted, spent and lost. It works from the facts in the
// events. Orders are priced again; points are spent and moved as they were in fact,
// as far as there are any, and what there is not is counted as unmet. Adjustments,
// opening balances and points received keep the lots that they had, and orders an
// expiry that [Earn] stated. Members leave pools with as many points as they did.
// Budgets are not in the events, so none limits what is granted again, and what
// they cut in fact is granted.
//
// Give it the events of one member after the other, each with [WhatIf.Event], and
// call [WhatIf.Member] after each member. It is not safe for concurrent use.
type WhatIf struct {
	opaque

	engines   []*Engine
	accounts  []Account
	summaries []Summary
	unmet     []int64
	earned    Earned     // memory for one event; the facts are those of the event at hand
	refunded  Refunded   // likewise
	desk      decider    // likewise
	takes     []lot.Take // likewise
	alike     []bool     // whether an engine is like the one before: see [alike]
	known     int        // where the accounts have the order of the event at hand, -1 if nowhere
}

// live fills in how long the points of an order live, as [decider.life] does. An
// expiry that was stated in fact is kept. Programmes often differ in rates alone: one
// that is alike keeps what the programme before it has just found.
func (w *WhatIf) live(d *decider, b, n *Earned, i int) {
	if n.Stated = b.Stated; n.Stated {
		n.ExpiresAt = b.ExpiresAt
	} else if w.alike[i] {
		return
	}
	d.life(n)
}

// alike reports whether two programmes have one currency and points live as long under
// both, which under [Inactivity] depends on the account as well.
func alike(e, f *Engine) bool {
	p, q := &e.program, &f.program
	return p.Currency == q.Currency && p.Digits == q.Digits &&
		e.zone == f.zone && p.Expiry == q.Expiry && p.YearEnd == q.YearEnd && !p.Expiry.rolls() && p.MaturityDays == q.MaturityDays
}

// NewWhatIf prepares a run under the given programmes. It fails without any, and
// if one is nil.
func NewWhatIf(engines ...*Engine) (*WhatIf, error) {
	if len(engines) == 0 || slices.Contains(engines, nil) {
		return nil, invalid("Engines", len(engines), "must be 1 or more, none nil")
	}
	n := len(engines)
	w := &WhatIf{
		engines: engines, accounts: make([]Account, n), summaries: make([]Summary, n),
		unmet: make([]int64, n), alike: make([]bool, n),
	}
	for i := range w.accounts {
		if i > 0 {
			w.accounts[i].names = &w.accounts[0].orders
		}
		w.accounts[i].archive = true // late refunds come back to what is forgotten in fact
		w.alike[i] = i > 0 && alike(engines[i-1], engines[i])
	}
	return w, nil
}

// Member ends a member: the accounts, as of an instant, are added to the summaries
// and start anew.
func (w *WhatIf) Member(asOf time.Time) error {
	for i := range w.accounts {
		s := w.accounts[i].summary(asOf)
		s.Unmet = w.unmet[i]
		if err := w.summaries[i].Merge(s); err != nil {
			return err
		}
		w.unmet[i] = 0
		w.accounts[i].Reset()
	}
	return nil
}

// Summaries returns the sums over all members so far, in the order of the engines.
func (w *WhatIf) Summaries() []Summary { return slices.Clone(w.summaries) }

// Event runs the next event of the member under each programme. It fails, with
// accounts of the member of no further use, where an event cannot be: without a
// body, out of its time, or of a currency that a programme does not have.
func (w *WhatIf) Event(ev *Event) error {
	if absent(ev.Body) || !canon.IsActivity(ev.At) || !canon.IsActivity(ev.Recorded) {
		return fmt.Errorf("points: event without body or out of time: %w", relmark.ErrInvalid)
	}
	if b, ok := ev.Body.(*Earned); ok { // what all programmes share is copied once
		w.earned = Earned{Order: b.Order, Facts: b.Facts, PaidValue: b.PaidValue}
	}
	var zone *time.Location
	var date relmark.Date
	d := &w.desk
	*d = decider{at: ev.At, recorded: ev.Recorded, now: ev.Recorded.UnixNano()}
	for i, e := range w.engines {
		a := &w.accounts[i]
		d.e, d.a = e, a
		if d.now < a.last && a.version > 0 {
			return refuse(TimeRunsBack)
		}
		if a.holds.timesOut(d.now) {
			a.release(d.now)
		}
		if i == 0 {
			w.place(ev.Body)
		}
		var err error
		if e.zone != zone {
			if date, err = relmark.DateOf(ev.At, e.zone); err != nil {
				return err
			}
			zone = e.zone
		}
		d.date = date
		if err = ev.Body.again(w, d, i); err == nil && !a.sound() {
			err = refuse(TooMany)
		}
		if err != nil {
			return err
		}
		a.version, a.last = ev.Seq, d.now
		a.book.Pass(d.now)
	}
	return nil
}

// place looks up the order of a body, once for all accounts: they have the same
// orders in the same places, because what is added and forgotten are facts. Only the
// first of them has their names.
func (w *WhatIf) place(body Body) {
	first := &w.accounts[0].orders
	if i := w.accounts[0].reused(body); i >= 0 {
		first.cut(i)
		for j := range w.accounts[1:] {
			x := &w.accounts[j+1].orders
			x.items = slices.Delete(x.items, i, i+1)
		}
	}
	w.known = first.position(body.about())
}

// spend takes up to n available points and returns how many there were; takes, if
// not nil, gets where they came from.
func (w *WhatIf) spend(d *decider, n int64, i int, takes *[]lot.Take) int64 {
	plan, short := d.a.book.Plan(w.takes[:0], n, d.now, nil)
	for _, t := range plan {
		d.a.book.Draw(t.Lot, t.Units)
	}
	if w.takes = plan; takes != nil {
		*takes = slices.Clone(plan)
	}
	w.unmet[i] += short
	return n - short
}

// earn prices an order again, by the version that the programme has on its local date
// there; without one it earns nothing. The part that points paid stays what it was, so
// that the order is worth the same under each programme.
func (w *WhatIf) earn(d *decider, b *Earned, i int) error {
	if w.known >= 0 || i == 0 && !canon.IsName(b.Order) {
		return errEvent("Order")
	}
	if !w.alike[i] && (b.Facts.Currency != d.e.program.Currency || b.Facts.Digits != d.e.program.Digits) {
		return invalid("Facts.Currency", nil, "must be that of the programme")
	}
	n := &w.earned
	n.Facts.Date, n.Lot, n.Settled = d.date, 0, 0
	n.Rolls, n.Stated, n.Rolled, n.Paid, n.Steps, n.Refunds = false, false, time.Time{}, nil, nil, nil
	if paid := total(b.Paid); paid > 0 {
		var takes []lot.Take
		w.spend(d, paid, i, &takes)
		n.Paid = partsOf(takes)
		for _, t := range takes { // enter draws them again
			d.a.book.Put(t.Lot, t.Units)
		}
	}
	var err error
	if n.Steps, err = d.e.earning.Judge(&n.Award, &n.Facts, d.a); err != nil {
		return within("", err)
	}
	if n.Award.Granted > d.a.room() {
		return refuse(TooMany)
	}
	if n.Award.Granted > 0 {
		n.Lot, n.Settled = d.a.book.Next(), min(d.a.debt, n.Award.Granted)
	}
	w.live(d, b, n, i)
	if len(d.a.parked.names) > 0 {
		d.w = d.a.book.Draft()
		if err := d.unpark(n); err != nil {
			return err
		}
	}
	if err := n.applyNew(d.a, d.now); err != nil {
		return err
	}
	// What a closing forgets was decided by the date that the order had in fact.
	if i == 0 {
		d.a.orders.add(b.Order, order{})
	} else {
		d.a.orders.items = append(d.a.orders.items, order{})
	}
	o := &d.a.orders.items[len(d.a.orders.items)-1]
	n.remember(o)
	o.date = b.Facts.Date
	n.move(d.a, d.now)
	return nil
}

// refund takes an order back as far as it was, with the claw-back that its points
// under this programme call for: on the book itself, as nothing has to be undone.
func (w *WhatIf) refund(d *decider, b *Refunded, late bool) error {
	n := &w.refunded
	*n = Refunded{
		Order: b.Order, Digits: b.Digits, Amount: b.Amount, Parts: b.Parts, Parked: b.Parked, Date: d.date,
		Restored: n.Restored[:0], Reversed: n.Reversed[:0],
	}
	if w.known < 0 || b.Parked {
		return d.a.undergo(n, d.now)
	}
	o := &d.a.orders.items[w.known]
	after := o.copied()
	if !b.give(&after) {
		return errEvent("Refunded")
	}
	if late {
		after.more = after.ended()
	}
	d.refund(&d.a.book, o, &after, n, standing{a: d.a})
	if err := n.settle(d.a, o); err != nil {
		return err
	}
	o.more = pursuing(o.more, after.more)
	n.elsewhere(d.a.order)
	return nil
}
