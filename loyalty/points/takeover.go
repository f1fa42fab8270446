package points

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

// Open takes over what a member had in an older programme. It must be the first
// command of an account.
type Open struct {
	Lots []Opening `json:"lots,omitzero"`
	// Debt is what the member owes, paid off by the next points earned; 0 or more.
	Debt int64 `json:"debt,omitzero"`
	// Activity is the date of the last activity, for [Inactivity]; zero if unknown.
	Activity relmark.Date `json:"activity,omitzero"`
}

// An Opening is a lot that is taken over.
type Opening struct {
	Points      int64     `json:"points,omitzero"`    // > 0
	AvailableAt time.Time `json:"available,omitzero"` // zero is the command's At
	ExpiresAt   time.Time `json:"expires,omitzero"`   // zero is never
	Rolls       bool      `json:"rolls,omitzero"`     // the expiry moves with activity
}

func (o *Opening) code(f *canon.Form) {
	f.Int("points", &o.Points)
	f.Time("available", &o.AvailableAt)
	f.Time("expires", &o.ExpiresAt)
	f.Flag("rolls", &o.Rolls)
}

// payload is everything: a migration that runs twice with other numbers is to fail.
func (c Open) payload(f *digest) {
	f.Int("open", &c.Debt)
	canon.List(&f.Form, "lots", &c.Lots, (*Opening).code)
	f.Date("activity", &c.Activity)
}

// Opened is the body of an event that took over an older account. The lots are
// numbered from 1. What they hold is issued then: where an older programme issued it
// does not matter to the books of this one.
type Opened struct {
	Lots     []Opening    `json:"lots,omitzero"`
	Debt     int64        `json:"debt,omitzero"`
	Activity relmark.Date `json:"activity,omitzero"`
}

func (*Opened) kind() string { return "opened" }

func (b *Opened) code(f *canon.Form) {
	canon.List(f, "lots", &b.Lots, (*Opening).code)
	f.Int("debt", &b.Debt)
	f.Date("activity", &b.Activity)
}

// decide takes every lot as it was, expired ones too: what is taken over is what the
// older programme's books say, and they are to balance.
func (c Open) decide(d *decider) (Body, error) {
	if d.a.version > 0 {
		return nil, refuse(NotEmpty)
	}
	if c.Debt < 0 || c.Debt > maxPoints {
		return nil, invalid("Debt", c.Debt, "must be 0 to 2^53-1")
	}
	// Rules are not consulted: a lot may live longer than the programme would let it.
	b := &Opened{Debt: c.Debt, Activity: c.Activity}
	sum := int64(0)
	for _, o := range c.Lots {
		if err := positive("Lots.Points", o.Points); err != nil {
			return nil, err
		}
		if sum += o.Points; sum > maxPoints {
			return nil, refuse(TooMany)
		}
		var err error
		if o.AvailableAt.IsZero() {
			o.AvailableAt = d.at
		}
		if o.AvailableAt, err = instant("Lots.AvailableAt", o.AvailableAt); err != nil {
			return nil, err
		}
		if err = ownExpiry(&o.ExpiresAt, o.ExpiresAt); err != nil {
			return nil, err
		}
		b.Lots = append(b.Lots, o)
	}
	return b, nil
}

// apply counts a debt as points that were reversed without being there, which is
// what it is: issued = Σ lots - debt + reversed.
func (b *Opened) apply(a *Account, _ int64) error {
	if a.version > 0 || b.Debt < 0 || b.Debt > maxPoints {
		return errEvent("Opened")
	}
	for i, o := range b.Lots {
		l := Lot{ID: uint64(i + 1), Points: o.Points, AvailableAt: o.AvailableAt, ExpiresAt: o.ExpiresAt}
		if o.Points <= 0 || o.Points > a.room() || !grow(&a.book, &l, o.Rolls, 0) {
			return errEvent("Lots")
		}
		a.issued += o.Points
	}
	a.debt, a.reversed, a.activity = b.Debt, b.Debt, b.Activity
	return nil
}

func (*Opened) note(*Account, int64) {}

func (b *Opened) postings(p *poster) {
	for i, o := range b.Lots {
		p.move(AtIssued, p.state(o.AvailableAt, o.ExpiresAt).place(), o.Points, uint64(i+1))
	}
	p.move(AtDebt, AtReversed, b.Debt, 0)
}

func (*Opened) about() string { return "" }

func (b *Opened) again(_ *WhatIf, d *decider, _ int) error { return d.a.undergo(b, d.now) }

func (b *Opened) redacted(func(string) string) Body { return b }
