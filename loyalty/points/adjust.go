package points

import (
	"time"

	"github.com/relmark/relmark/internal/canon"
)

// Adjust grants points outside the rules, or takes available ones away: goodwill,
// compensation, recognition, corrections. It is not earning: it settles no debt,
// counts towards no cap, and is no activity that keeps points alive.
type Adjust struct {
	Points      int64     `json:"points,omitzero"`       // not 0; negative takes available points in burn order
	Reason      string    `json:"reason,omitzero"`       // a code of the host's, kept in the event; may be empty
	AvailableAt time.Time `json:"available_at,omitzero"` // of the new lot; zero is At
	// Expires replaces the programme's expiry for the new lot, which then does not
	// roll with activity either: the zero time is never, nil is by the programme.
	Expires *time.Time `json:"expires,omitzero"`
}

func (c Adjust) payload(f *digest) {
	f.Int("adjust", &c.Points)
	f.Text("reason", &c.Reason)
	f.Time("available", &c.AvailableAt)
	expires(&f.Form, c.Expires)
}

// Adjusted is the body of an event that granted or took points outside the rules. It
// has either a lot or parts: correcting a lot downwards is a command of its own.
type Adjusted struct {
	Points      int64     `json:"points,omitzero"`
	Reason      string    `json:"reason,omitzero"`
	Lot         uint64    `json:"lot,omitzero"`       // the new lot, 0 if points were taken
	AvailableAt time.Time `json:"available,omitzero"` // of the lot
	ExpiresAt   time.Time `json:"expires,omitzero"`   // of the lot, zero if never
	Rolls       bool      `json:"rolls,omitzero"`     // the lot's expiry moves with activity
	Parts       []Part    `json:"parts,omitzero"`     // the points taken
}

func (*Adjusted) kind() string { return "adjusted" }

func (b *Adjusted) code(f *canon.Form) {
	f.Int("points", &b.Points)
	f.Text("reason", &b.Reason)
	f.ID("lot", &b.Lot)
	f.Time("available", &b.AvailableAt)
	f.Time("expires", &b.ExpiresAt)
	f.Flag("rolls", &b.Rolls)
	canon.List(f, "parts", &b.Parts, (*Part).code)
}

// decide opens a lot, or takes points as a redemption does. The lot is available from
// At whatever the programme's maturity: a gift has no return period to wait for.
func (c Adjust) decide(d *decider) (_ Body, err error) {
	if c.Points == 0 || c.Points > maxPoints || c.Points < -maxPoints {
		return nil, invalid("Points", c.Points, "must not be 0, nor beyond 2^53-1")
	}
	if !canon.IsNote(c.Reason) {
		return nil, invalid("Reason", nil, nameRule)
	}
	b := &Adjusted{Points: c.Points, Reason: c.Reason}
	// Taking is all or nothing: there is no shortfall policy, as nobody is owed anything.
	if c.Points < 0 {
		if -c.Points > d.a.reversible() {
			return nil, refuse(TooMany)
		}
		b.Parts, err = d.take(-c.Points)
		return b, err
	}
	if c.Points > d.a.room() {
		return nil, refuse(TooMany)
	}
	b.Lot, b.AvailableAt = d.a.book.Next(), d.at
	if !c.AvailableAt.IsZero() {
		if b.AvailableAt, err = instant("AvailableAt", c.AvailableAt); err != nil {
			return nil, err
		}
	}
	if c.Expires != nil {
		return b, ownExpiry(&b.ExpiresAt, *c.Expires)
	}
	b.ExpiresAt, b.Rolls = d.gift()
	return b, nil
}

// gift returns the expiry of points that are not earned. Under [Inactivity] they
// expire with the member's other points, or count from today if those are gone.
func (d *decider) gift() (expires time.Time, rolls bool) {
	x, end, zone := d.e.program.Expiry, d.e.program.YearEnd, d.e.zone
	if x.rolls() && !d.a.activity.IsZero() {
		if t := x.ExpiresAt(d.a.activity, end, zone); t.After(d.recorded) {
			return t, true
		}
	}
	return x.ExpiresAt(d.date, end, zone), x.rolls()
}

// apply counts what is taken away as reversed, so that redeemed stays what members
// have spent.
func (b *Adjusted) apply(a *Account, now int64) error {
	if b.Points < 0 {
		if b.Points < -maxPoints || total(b.Parts) != -b.Points || !a.draw(b.Parts, now) {
			return errEvent("Parts")
		}
		a.reversed -= b.Points
		return nil
	}
	l := Lot{ID: b.Lot, Points: b.Points, AvailableAt: b.AvailableAt, ExpiresAt: b.ExpiresAt}
	if b.Points == 0 || b.Points > a.room() || !grow(&a.book, &l, b.Rolls, 0) {
		return errEvent("Lot")
	}
	a.issued += b.Points
	return nil
}

func (*Adjusted) note(*Account, int64) {}

// An adjustment issues points or reverses them.
func (b *Adjusted) postings(p *poster) {
	for _, x := range b.Parts {
		p.move(x.State.place(), AtReversed, x.Points, x.Lot)
	}
	p.move(AtIssued, p.state(b.AvailableAt, b.ExpiresAt).place(), max(0, b.Points), b.Lot)
}

func (*Adjusted) about() string { return "" }

// again grants what was granted, in the next lot of the account.
func (b *Adjusted) again(w *WhatIf, d *decider, i int) error {
	if b.Points < 0 {
		d.a.reversed += w.spend(d, -b.Points, i, nil)
		return nil
	}
	n := *b
	n.Lot = d.a.book.Next()
	return d.a.undergo(&n, d.now)
}

func (b *Adjusted) redacted(func(string) string) Body {
	c := *b
	c.Reason = ""
	return &c
}
