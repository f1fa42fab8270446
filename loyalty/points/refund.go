package points

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// Refund takes an order back in part or in full. It names an amount of the order, or
// [Refund.Lines] of it, each with an amount or with a quantity. A line that is named gives
// back what it earned and what paid for it; what names no line falls, in proportion, on
// what is never named, even if that is named later. Of an order over T that earned E
// points and was paid with S of them and C in money, refunds of R that name no line
// restore floor(S·R/T) points, reverse floor(E·R/T) and pay out ceil(C·R/T), each refund
// the difference to what those before it did: how an order is cut into refunds, and in
// which order they come, changes nothing in the end, no slice asks for money, and no
// slices together pay out more than was paid.
//
// Points are restored to the lots they came from, in reverse order, with their
// expiry; then earned points are taken back, from the order's own lot, from other
// available ones in burn order, and by the programme's [Shortfall]. Points of the
// own lot that have expired count as taken back. What [CashDeduct] deducts is the
// value of all points lost so far, rounded down, as far as there is cash.
//
// A refund of an order that has not earned yet is parked, and applied as soon as
// it earns. Once a period has been closed, the refund must say when the order was.
type Refund struct {
	Order    string          `json:"order,omitzero"`
	Amount   decimal.Decimal `json:"amount,omitzero"`   // > 0, in whole minor units; not there if Lines are
	Lines    []RefundLine    `json:"lines,omitzero"`    // what is named of the order, each line once
	Currency string          `json:"currency,omitzero"` // of amounts; empty is the programme's
	// Ordered is the local date of the order, zero if it is not at hand. After a
	// [Close] it tells an order that is still to come from one whose period is closed:
	// without it, a refund of an order that the account does not know is refused.
	Ordered relmark.Date `json:"ordered,omitzero"`
}

func (c Refund) payload(f *digest) {
	f.Text("refund", &c.Order)
	f.Date("ordered", &c.Ordered)
	amount(&f.Form, c.Amount)
	refundLinesPayload(&f.Form, c.Lines)
	f.unit(c.Currency)
}

// Refunded is the body of an event that took an order back, or parked the refund.
// Amounts are minor units with Digits fraction digits.
type Refunded struct {
	Order       string       `json:"order,omitzero"`
	Digits      int          `json:"digits,omitzero"`
	Amount      int64        `json:"amount,omitzero"`      // of the refund; of one that is parked, what names no line
	Cash        int64        `json:"cash,omitzero"`        // to be paid out, Deducted taken off; 0 or more
	Parked      bool         `json:"parked,omitzero"`      // the order has not earned yet: nothing has happened
	Date        relmark.Date `json:"date,omitzero"`        // local date of the refund
	Restored    []Restored   `json:"restored,omitzero"`    // points that had paid
	Reversed    []Part       `json:"reversed,omitzero"`    // earned points that were taken back
	Debt        int64        `json:"debt,omitzero"`        // earned points that the member owes now
	Unrecovered int64        `json:"unrecovered,omitzero"` // earned points that nobody owes
	Deducted    int64        `json:"deducted,omitzero"`    // what CashDeduct kept of the cash for them
	Parts       []Named      `json:"parts,omitzero"`       // what was named of the order; empty if it is an amount that names no line
	Goals       []Fallen     `json:"goals,omitzero"`       // bonuses that fell with it; what they took back is in the fields above
}

// Restored are points that returned to a lot, or to a new one if theirs has
// expired and the programme grants grace.
type Restored struct {
	Part                // where the points came from; Expired if they expired at once
	New       uint64    `json:"new,omitzero"`     // the lot that they form instead, 0 if none
	ExpiresAt time.Time `json:"expires,omitzero"` // of the new lot
}

func (r *Restored) code(f *canon.Form) {
	r.Part.code(f)
	f.ID("new", &r.New)
	f.Time("expires", &r.ExpiresAt)
}

func (*Refunded) kind() string { return "refunded" }

func (b *Refunded) code(f *canon.Form) {
	f.Text("order", &b.Order)
	f.Num("digits", &b.Digits)
	f.Check(b.Digits >= 0 && b.Digits <= maxDigits)
	f.Amount("amount", &b.Amount, b.Digits)
	f.Amount("cash", &b.Cash, b.Digits)
	f.Flag("parked", &b.Parked)
	f.Date("date", &b.Date)
	canon.List(f, "restored", &b.Restored, (*Restored).code)
	canon.List(f, "reversed", &b.Reversed, (*Part).code)
	f.Int("debt", &b.Debt)
	f.Int("unrecovered", &b.Unrecovered)
	f.Amount("deducted", &b.Deducted, b.Digits)
	f.Digits = b.Digits
	canon.List(f, "parts", &b.Parts, (*Named).code)
	canon.List(f, "goals", &b.Goals, (*Fallen).code)
}

func (p *Named) code(f *canon.Form) {
	f.Text("line", &p.Line)
	f.Amount("amount", &p.Amount, f.Digits)
	f.Int("quantity", &p.Quantity)
}

// Taken returns how many earned points the refund took back: those reversed from
// lots and those turned into debt.
func (b *Refunded) Taken() int64 { return total(b.Reversed) + b.Debt }

// Given returns how many points the refund restored.
func (b *Refunded) Given() int64 {
	var n int64
	for i := range b.Restored {
		n = plus(n, b.Restored[i].Points)
	}
	return n
}

// decide parks a refund without an order, refuses one that goes beyond its order, and
// otherwise computes on a draft of the lots what it does: what it restores can be what
// it takes back.
func (c Refund) decide(d *decider) (Body, error) {
	if !canon.IsName(c.Order) {
		return nil, invalid("Order", nil, nameRule)
	}
	b := &Refunded{Order: c.Order, Digits: d.e.program.Digits, Date: d.date}
	var err error
	if b.Amount, b.Parts, err = d.named(&c); err != nil {
		return nil, err
	}
	o := d.a.orders.find(c.Order)
	if o == nil && c.Ordered.Before(d.a.closed) { // also if it is not known
		return nil, refuse(PeriodClosed)
	}
	if o == nil {
		b.Parked = true
		return b, nil
	}
	after := o.copied()
	if why := after.give(b.named()); why != "" {
		return nil, refuse(why)
	}
	d.refund(&d.w, o, &after, b, standing{a: d.a, try: true})
	if b.Taken() > d.a.reversible() {
		return nil, refuse(TooMany)
	}
	return b, nil
}

// refund fills in what a refund does that makes after of an order, and does it to the
// lots of w.
//
// Everything is a difference of running totals, of which the last is that of the
// whole order: with φ of each line given back,
//
//	restored  floor(S·Σvφ/V) - what has been restored
//	cash      ceil(Σcφ) - what it was before
//	taken     min(floor(Σgφ) + fallen, granted - expired) - what has been taken
//
// where S points worth V paid v of a line, c of it was paid in money and g points were
// earned with it, fallen are bonuses of goals that were taken back, and expired are points
// left in the order's own lot when it expired: they are gone, and count as taken back.
// Cash is rounded up and points down, so that what is given back is never worth more than
// what is refunded: ceil(Σcφ) + floor(Σvφ) is the refund at most.
func (d *decider) refund(w shelf, o, after *order, b *Refunded, goals standing) {
	b.Amount = after.refunded - o.refunded
	b.Cash = after.back(cashOf, 1, 1, money.Ceiling) - o.back(cashOf, 1, 1, money.Ceiling)
	if o.paid != nil {
		d.restore(w, o, b, after.giveBack()-o.restored)
	}

	// What was restored may be what is taken: w has it already.
	due := int64(0)
	if !o.over() { // otherwise all is taken back, and what had expired may be forgotten
		due = d.due(w, after)
	}
	after.taken += due
	take := d.reverse(w, o.lot, b, due)
	if b.Goals = after.follow(goals); len(b.Goals) > 0 {
		take += d.fall(w, after, b)
	}
	switch d.e.program.Shortfall {
	case Debt:
		b.Debt = take
	case CashDeduct:
		// The value of all that is lost, less what was kept for it before: rounding each
		// slice down would keep up to a minor unit too little of each.
		value, err := d.e.earning.Worth(o.lost + take)
		if err != nil {
			value = maxPoints // more than any cash
		}
		b.Deducted = max(0, min(value-o.deducted, b.Cash))
		b.Cash -= b.Deducted
		fallthrough
	default:
		b.Unrecovered = take
	}
}

// due returns what has to be taken back of the points of an order.
func (d *decider) due(w shelf, o *order) int64 {
	target := o.back(earnedOf, 1, 1, money.Floor) + o.fallen()
	if own, ok := w.Find(o.lot); ok && own.At(d.now) == lot.Expired {
		target = min(target, o.granted-own.Left)
	}
	return max(0, target-o.taken)
}

// giveBack returns how many of the points that paid have to be restored in all.
func (o *order) giveBack() int64 {
	if o.paid.value == 0 { // worth nothing, in events of old: as if each line had its share
		return ratio(o.paid.spent, o.refunded, o.total, money.Floor)
	}
	return o.back(valueOf, o.paid.spent, o.paid.value, money.Floor)
}

// restore returns n of the points that paid, the last ones taken first: those of the
// lot that lives longest, so that a refund in part gives back what is worth most. The
// o.restored points before them have been given back by earlier refunds.
func (d *decider) restore(w shelf, o *order, b *Refunded, n int64) {
	skip := o.restored
	for i := len(o.paid.parts) - 1; i >= 0 && n > 0; i-- {
		p := o.paid.parts[i]
		gone := min(skip, p.Points)
		skip -= gone
		p.Points = min(p.Points-gone, n)
		if p.Points == 0 {
			continue
		}
		n -= p.Points
		r := Restored{Part: p}
		if l, ok := w.Find(p.Lot); !ok || l.At(d.now) == lot.Expired {
			d.revive(w, &r)
		}
		r.put(w, d.now)
		b.Restored = append(b.Restored, r)
	}
}

// revive gives points of an expired lot a new lot, or lets them expire.
func (d *decider) revive(w shelf, r *Restored) {
	r.State = Expired
	if days := d.e.program.GraceDays; days != nil {
		r.State, r.New = Available, w.Next()
		r.ExpiresAt = d.date.AddDays(*days + 1).Start(d.e.zone)
		if !r.ExpiresAt.After(d.recorded) {
			r.State = Expired
		}
	}
}

// put returns restored points to the book; false if their lot is not there.
func (r *Restored) put(s shelf, now int64) bool {
	if r.New != 0 {
		return grow(s, &Lot{ID: r.New, Points: r.Points, AvailableAt: at(now), ExpiresAt: r.ExpiresAt}, false, 0)
	}
	return s.Put(r.Lot, r.Points)
}

// reverse takes back n points, of the order's own lot and then of others, and
// returns how many there are not. Those of the own lot may be pending still; of other
// lots only what could be spent is taken.
func (d *decider) reverse(w shelf, id uint64, b *Refunded, n int64) (short int64) {
	if own, ok := w.Find(id); ok && own.At(d.now) != lot.Expired {
		if take := min(n, own.Left); take > 0 {
			b.Reversed = append(b.Reversed, Part{own.ID, take, stateOf(&own, d.now)})
			w.Draw(id, take)
			n -= take
		}
	}
	if n == 0 { // most often
		return 0
	}
	takes, short := w.Plan(nil, n, d.now, nil)
	for _, t := range takes {
		w.Draw(t.Lot, t.Units)
	}
	b.Reversed = append(b.Reversed, partsOf(takes)...)
	return short
}

// apply leaves the order as it is until nothing can fail any more.
func (b *Refunded) apply(a *Account, now int64) error {
	o := a.orders.find(b.Order)
	if b.Parked != (o == nil) || !canon.IsName(b.Order) {
		return errEvent("Order")
	}
	if b.Parked {
		if !b.parkable() {
			return errEvent("Amount")
		}
		return nil
	}
	after := o.copied()
	if err := b.applyTo(a, &after, now); err != nil {
		return err
	}
	if (after.more != nil || b.Goals != nil) && !b.falls(after.follow(standing{a: a, try: true}), a.orders.find) {
		return errEvent("Goals")
	}
	return nil
}

// note remembers the refund, with its order or until there is one.
func (b *Refunded) note(a *Account, _ int64) {
	if b.Parked {
		a.park(b.Order, parked{b.Amount, b.Date, slices.Clone(b.Parts)})
		return
	}
	o := a.orders.find(b.Order)
	if o.more == nil { // most often
		b.give(o)
		b.enter(o)
		return
	}
	b.remember(o)
	o.follow(standing{a: a})
	b.elsewhere(a.orders.find)
}

// remember adds the refund to an order, of which other accounts may share the lines.
func (b *Refunded) remember(o *order) {
	after := o.copied()
	b.give(&after)
	b.enter(&after)
	*o = after
}

// parkable reports whether a refund can wait: it names an amount, or parts.
func (b *Refunded) parkable() bool {
	if len(b.Parts) == 0 {
		return b.Amount > 0 && b.Amount <= maxPoints
	}
	return b.Amount == 0 && !slices.ContainsFunc(b.Parts, func(p Named) bool { return !p.sound() || p.Line == "" })
}

// named returns the parts of a refund; an amount that names no line is one.
func (b *Refunded) named() []Named {
	if len(b.Parts) == 0 {
		return []Named{{Amount: b.Amount}}
	}
	return b.Parts
}

// give adds to an order what the refund names of it; false, half done, if it cannot have.
func (b *Refunded) give(o *order) bool {
	before := o.refunded
	if len(b.Parts) == 0 { // most often
		o.refunded += b.Amount
		return b.Amount > 0 && o.refunded <= o.total
	}
	if slices.ContainsFunc(b.Parts, func(p Named) bool { return !p.sound() }) {
		return false
	}
	return o.give(b.Parts) == "" && o.refunded-before == b.Amount
}

// enter adds to an order what a refund did beside giving back parts of it.
func (b *Refunded) enter(o *order) {
	o.restored += b.Given()
	all, own, fallen := b.goals()
	o.taken += b.Taken() + b.Unrecovered - all + own
	o.lost += b.Unrecovered
	o.deducted += b.Deducted
	if fallen > 0 {
		o.more.fallen += fallen
	}
}

// applyTo does to the book, the totals and an order what a refund did.
func (b *Refunded) applyTo(a *Account, o *order, now int64) error {
	if err := b.settle(a, o); err != nil {
		return err
	}
	for i := range b.Restored {
		if r := &b.Restored[i]; r.Points <= 0 || !r.put(&a.book, now) {
			return errEvent("Restored")
		}
	}
	if !a.draw(b.Reversed, now) {
		return errEvent("Reversed")
	}
	return nil
}

// settle is applyTo without the book.
func (b *Refunded) settle(a *Account, o *order) error {
	if min(b.Amount, b.Debt, b.Unrecovered, b.Deducted) < 0 || max(b.Amount, b.Debt, b.Unrecovered, b.Deducted) > maxPoints || !b.give(o) {
		return errEvent("Refunded")
	}
	for i := range b.Goals {
		if g := &b.Goals[i]; g.Points < 0 || g.Points > maxPoints || g.Taken < 0 || g.Taken > maxPoints || o.more == nil {
			return errEvent("Goals")
		}
	}
	b.enter(o)
	if o.restored > o.spent() || o.taken > o.granted || o.deducted > o.total {
		return errEvent("Refunded")
	}
	a.redeemed -= b.Given()
	a.reversed += b.Taken()
	a.debt += b.Debt
	a.unrecovered += b.Unrecovered
	return nil
}

func (b *Refunded) about() string { return b.Order }

func (b *Refunded) again(w *WhatIf, d *decider, _ int) error { return w.refund(d, b, false) }

func (b *Refunded) redacted(rename func(string) string) Body {
	c := *b
	c.Order, c.Goals = rename(b.Order), renamedGoals(b.Goals, rename)
	return &c
}

// A refund posts restored points to where they are now: their lot, the lot that grace
// gave them, or expired. Points that could not be taken back are no posting.
func (b *Refunded) postings(p *poster) {
	for _, r := range b.Restored {
		id := r.Lot
		if r.New != 0 {
			id = r.New
		}
		p.move(AtRedeemed, r.State.place(), r.Points, id)
	}
	for _, x := range b.Reversed {
		p.move(x.State.place(), AtReversed, x.Points, x.Lot)
	}
	p.move(AtDebt, AtReversed, b.Debt, 0)
}
