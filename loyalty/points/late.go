package points

import (
	"iter"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
)

// A LateRefund takes back an order that a [Close] has made the account forget, and
// books the points against a suspense account of the host's: the books of the closed
// period stay as they are, and who keeps them clears the suspense account later. The
// order comes from [Recall], so it is refunded exactly as [Refund] would have done:
// the same points in the same lots, counted over all refunds, early and late. Without
// it, a refund of a forgotten order is refused with [PeriodClosed]. Bonuses of goals stay
// as they are: the period is closed.
//
// An order is recalled for one refund: the event of any command makes what was
// recalled out of date, which is a [VersionConflict]. So two late refunds of one
// order cannot both be decided on what was left before either.
//
// What was recalled is part of it, so it has no JSON.
type LateRefund struct {
	opaque

	Recalled Recalled
	Amount   decimal.Decimal // > 0, in whole minor units; not there if Lines are
	Lines    []RefundLine    // what is named of the order, as in [Refund.Lines]
	Currency string          // of amounts; empty is the programme's
	Suspense string          // the account of the host's books
}

// payload is what is asked for, not what was recalled: that changes with the account,
// and a command that is repeated has to be recognised then.
func (c LateRefund) payload(f *digest) {
	f.Text("late", &c.Recalled.order)
	amount(&f.Form, c.Amount)
	refundLinesPayload(&f.Form, c.Lines)
	f.unit(c.Currency)
	f.Text("suspense", &c.Suspense)
}

// LateRefunded is the body of an event that took back a forgotten order. What it
// reversed counts in [Balance.Reversed] and what it restored is no longer in
// [Balance.Redeemed], as with any refund; in the journal both are in
// [Suspense](Suspense).
type LateRefunded struct {
	Suspense string       `json:"suspense,omitzero"`
	Ordered  relmark.Date `json:"ordered,omitzero"` // local date of the order
	Lots     []Reopened   `json:"lots,omitzero"`    // that the closing had dropped, and points return to
	Refund   Refunded     `json:"refund,omitzero"`
}

// A Reopened lot is one that is there again, with nothing in it.
type Reopened struct {
	Lot         uint64    `json:"lot,omitzero"`
	AvailableAt time.Time `json:"available,omitzero"`
	ExpiresAt   time.Time `json:"expires,omitzero"` // zero if never
	Rolls       bool      `json:"rolls,omitzero"`   // the expiry moves with activity
	Owner       uint64    `json:"owner,omitzero"`   // whose the lot is within a pool; 0 if it is none
}

func (*LateRefunded) kind() string { return "late_refunded" }

func (b *LateRefunded) code(f *canon.Form) {
	f.Text("suspense", &b.Suspense)
	f.Date("ordered", &b.Ordered)
	canon.List(f, "lots", &b.Lots, (*Reopened).code)
	canon.Object(f, "refund", &b.Refund, (*Refunded).code)
}

func (r *Reopened) code(f *canon.Form) {
	f.ID("lot", &r.Lot)
	f.Time("available", &r.AvailableAt)
	f.Time("expires", &r.ExpiresAt)
	f.Flag("rolls", &r.Rolls)
	f.ID("owner", &r.Owner)
}

// A Recalled order is one that an account has forgotten, with what has become of it.
// It is an immutable value, safe for concurrent use. Obtain one from [Recall].
type Recalled struct {
	opaque

	order string
	full  *Account // the account as if nothing had been forgotten
}

// Order returns the identifier of the order, empty if r is the zero Recalled.
func (r Recalled) Order() string { return r.order }

// Recall looks an order up in the events of an account, all of them from the first,
// for a [LateRefund]. It fails where folding fails, and with [UnknownOrder] if the order
// has never earned. It takes the time and memory of folding events that are
// never closed.
func Recall(events iter.Seq2[Event, error], order string) (Recalled, error) {
	full := Account{archive: true}
	for ev, err := range events {
		if err == nil {
			full.reuse(ev.Body)
		}
		if err := Fold(&full, one(ev, err)); err != nil {
			return Recalled{}, err
		}
	}
	if full.orders.find(order) == nil {
		return Recalled{}, refuse(UnknownOrder)
	}
	return Recalled{order: order, full: &full}, nil
}

// reuse lets an archive forget what the account itself has forgotten, where a name is
// used again. That is not as it should be, but events are facts.
func (a *Account) reuse(b Body) {
	if i := a.reused(b); i >= 0 {
		a.orders.cut(i)
	}
}

// reused returns the position of the order whose name a body uses again, -1 if it uses
// none.
func (a *Account) reused(b Body) int {
	if a.closed.IsZero() {
		return -1
	}
	name := ""
	switch b := b.(type) {
	case *Earned:
		name = b.Order
	case *Refunded:
		if b.Parked {
			name = b.Order
		}
	}
	i := a.orders.position(name)
	if i >= 0 && !a.orders.items[i].date.Before(a.closed) {
		return -1
	}
	return i
}

// decide refunds the order in the archive, whose lots are those of the account and
// those that it has dropped, and notes which of the latter are needed again.
func (c LateRefund) decide(d *decider) (Body, error) {
	if !canon.IsName(c.Suspense) {
		return nil, invalid("Suspense", nil, nameRule)
	}
	if c.Recalled.full == nil {
		return nil, invalid("Recalled", nil, "must come from Recall")
	}
	asked := Refunded{Order: c.Recalled.order, Digits: d.e.program.Digits, Date: d.date}
	var err error
	if asked.Amount, asked.Parts, err = d.named(&Refund{Amount: c.Amount, Lines: c.Lines, Currency: c.Currency}); err != nil {
		return nil, err
	}
	full := c.Recalled.full
	if d.a.orders.find(c.Recalled.order) != nil {
		return nil, refuse(NotForgotten)
	}
	if !full.same(d.a) {
		return nil, refuse(VersionConflict)
	}
	o := full.orders.find(c.Recalled.order)
	after := o.copied()
	if why := after.give(asked.named()); why != "" {
		return nil, refuse(why)
	}
	b := &LateRefunded{Suspense: c.Suspense, Ordered: o.date, Refund: asked}
	w := full.draft(d.now)
	after.more = after.ended() // a closed period leaves goals as they are
	d.refund(&w, o, &after, &b.Refund, standing{})
	if b.Refund.Taken() > d.a.reversible() {
		return nil, refuse(TooMany)
	}
	b.reopen(d.a, full)
	return b, nil
}

// same reports whether an archive is that of an account: lapsed points aside, which
// are still in their lots here, every total is what it is there.
func (a *Account) same(b *Account) bool {
	x, y := a.totals, b.totals
	x.lapsed, y.lapsed = 0, 0
	return a.version == b.version && a.last == b.last && x == y
}

// reopen lists the lots that points return to and the account no longer needs to have.
func (b *LateRefunded) reopen(a, full *Account) {
	needed := a.needed()
	for _, r := range b.Refund.Restored {
		l, there := a.book.Find(r.Lot)
		if r.New != 0 || there && matters(l, a.last, needed) {
			continue
		}
		l, _ = full.book.Find(r.Lot)
		b.Lots = append(b.Lots, Reopened{l.ID, at(l.From), never(l.Until), l.Rolls, uint64(l.Owner)})
	}
}

// apply reopens lots and refunds. The account does not know the order, so that only
// its own totals bound what is restored and taken; an archive knows it.
func (b *LateRefunded) apply(a *Account, now int64) error {
	if !canon.IsName(b.Suspense) || !canon.IsName(b.Refund.Order) || b.Refund.Parked || len(b.Refund.Goals) > 0 {
		return errEvent("LateRefunded")
	}
	if len(b.Lots) > 0 && !a.reopen(b.Lots) {
		return errEvent("Lots")
	}
	if b.Refund.Given() > a.redeemed {
		return errEvent("Restored")
	}
	if known := a.orders.find(b.Refund.Order); known != nil {
		o := known.copied()
		return b.Refund.applyTo(a, &o, now)
	}
	return b.Refund.applyBlind(a, now)
}

// applyBlind is applyTo for an order that the account does not know, nor what was named
// of it.
func (b *Refunded) applyBlind(a *Account, now int64) error {
	r := *b
	if len(b.Parts) > 0 {
		if b.Amount < 0 || slices.ContainsFunc(b.Parts, func(p Named) bool { return !p.sound() }) {
			return errEvent("Parts")
		}
		r.Parts, r.Amount = nil, max(1, b.Amount) // units can come back that cost nothing
	}
	o := order{total: maxPoints, granted: maxPoints, paid: &payment{spent: maxPoints}}
	return r.applyTo(a, &o, now)
}

// note remembers the refund in an archive. The account forgets it.
func (b *LateRefunded) note(a *Account, _ int64) {
	if o := a.orders.find(b.Refund.Order); o != nil {
		b.Refund.remember(o)
	}
}

// reopen puts lots back that a closing dropped, or a snapshot; false if they cannot have
// been there. Who has dropped none has them.
func (a *Account) reopen(dropped []Reopened) bool {
	for i := range dropped {
		r := &dropped[i]
		if l, there := a.book.Find(r.Lot); there && (a.archive || !matters(l, a.last, nil)) {
			continue
		}
		if r.AvailableAt.IsZero() || !canon.IsInstant(r.AvailableAt) || !canon.IsInstant(r.ExpiresAt) || r.Owner > uint64(a.owners) ||
			!a.book.Reopen(lot.Lot{ID: r.Lot, From: r.AvailableAt.UnixNano(), Until: until(r.ExpiresAt), Rolls: r.Rolls, Owner: uint32(r.Owner)}) {
			return false
		}
	}
	return true
}

// Suspense returns the place of a suspense account in the journal. Its balance, with
// those of [AtRedeemed] and [AtReversed], adds up to what accounts have redeemed and
// reversed.
func Suspense(account string) Place { return "suspense: " + Place(account) }

// postings are those of a refund, with the suspense account on the other side.
func (b *LateRefunded) postings(p *poster) {
	first := len(p.out)
	b.Refund.postings(p)
	for i := range p.out[first:] {
		switch x := &p.out[first+i]; {
		case x.From == AtRedeemed:
			x.From = Suspense(b.Suspense)
		case x.To == AtReversed:
			x.To = Suspense(b.Suspense)
		}
	}
}

func (b *LateRefunded) about() string { return b.Refund.Order }

func (b *LateRefunded) again(w *WhatIf, d *decider, _ int) error { return w.refund(d, &b.Refund, true) }

func (b *LateRefunded) redacted(rename func(string) string) Body {
	c := *b
	c.Refund.Order = rename(b.Refund.Order)
	return &c
}
