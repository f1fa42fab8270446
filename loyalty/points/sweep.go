package points

import "github.com/relmark/relmark/internal/canon"

// Sweep records that the account was looked at. Expiry, maturity and time-outs are
// facts about an instant, so a sweep changes no later result; it gives hosts that
// book expired points on a day of their choice an event to hang the entry on.
type Sweep struct{}

func (Sweep) payload(f *digest) {
	yes := true
	f.Flag("sweep", &yes)
}

// Swept is the body of an event that recorded what had expired by then.
type Swept struct {
	Expired int64 `json:"expired,omitzero"` // in all
}

func (*Swept) kind() string { return "swept" }

func (b *Swept) code(f *canon.Form) { f.Int("expired", &b.Expired) }

func (Sweep) decide(d *decider) (Body, error) { //nolint:unparam // other actions can fail
	return &Swept{d.w.Sums(d.now).Expired + d.a.lapsed}, nil
}

func (*Swept) apply(*Account, int64) error { return nil }

func (*Swept) note(*Account, int64) {}

// A sweep moves nothing: what expired is due, with it or without.
func (*Swept) postings(*poster) {}

func (*Swept) about() string { return "" }

func (*Swept) again(*WhatIf, *decider, int) error { return nil }

func (b *Swept) redacted(func(string) string) Body { return b }
