package points

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

// Redeem spends available points in burn order: earliest expiry first, ties by
// order of creation. The programme's [earning.Spending] can ask for a smallest number of
// them, and for a multiple.
type Redeem struct {
	Points int64 `json:"points,omitzero"` // > 0
}

func (c Redeem) payload(f *digest) { f.Int("redeem", &c.Points) }

// Redeemed is the body of an event that spent points.
type Redeemed struct {
	Date   relmark.Date `json:"date,omitzero"` // local date of the activity
	Parts  []Part       `json:"parts,omitzero"`
	Rolled time.Time    `json:"rolled,omitzero"` // what activity moves the expiry of rolling lots to, zero if nothing
}

func (*Redeemed) kind() string { return "redeemed" }

func (b *Redeemed) code(f *canon.Form) {
	f.Date("date", &b.Date)
	canon.List(f, "parts", &b.Parts, (*Part).code)
	f.Time("rolled", &b.Rolled)
}

// decide plans with the expiry that lots have before this redemption, which may then
// move it: points about to expire go first, and the rest is prolonged.
func (c Redeem) decide(d *decider) (Body, error) {
	if err := positive("Points", c.Points); err != nil {
		return nil, err
	}
	parts, err := d.spend(c.Points)
	if err != nil {
		return nil, err
	}
	return &Redeemed{d.date, parts, d.rolled()}, nil
}

// apply draws the parts.
func (b *Redeemed) apply(a *Account, now int64) error {
	if !a.draw(b.Parts, now) {
		return errEvent("Parts")
	}
	a.redeemed += total(b.Parts)
	return nil
}

func (b *Redeemed) note(a *Account, now int64) { a.roll(now, b.Date, b.Rolled) }

// roll notes an activity on a date and moves the expiry of rolling lots. Nothing that
// can fail comes after it.
func (a *Account) roll(now int64, on relmark.Date, to time.Time) {
	if on.After(a.activity) {
		a.activity = on
	}
	if !to.IsZero() {
		a.book.Roll(now, to.UnixNano())
	}
}

func (b *Redeemed) postings(p *poster) {
	for _, x := range b.Parts {
		p.move(x.State.place(), AtRedeemed, x.Points, x.Lot)
	}
}

func (*Redeemed) about() string { return "" }

func (b *Redeemed) again(w *WhatIf, d *decider, i int) error {
	d.a.redeemed += w.spend(d, total(b.Parts), i, nil)
	d.a.roll(d.now, d.date, d.rolled())
	return nil
}

func (b *Redeemed) redacted(func(string) string) Body { return b }
