package points

import (
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
)

// Close ends a period, so that an account does not grow for ever. It forgets the
// orders, keys and reservations of activity before a date, and the lots that
// nothing refers to any more; no balance changes. From then on activity before the
// date is refused, and so are refunds of orders that the account does not know,
// unless [Refund] says that the order came later. Parked refunds stay, and so does
// what counts towards caps; of single days, those of the last year before the date, which
// is as far back as a period of an open day begins. Bonuses of goals that were granted
// with an order that is forgotten stand for good, and what it counts for them counts on.
//
// Keys and orders that are forgotten no longer protect from a repeated command. The
// date does: a command that comes again as it was is [PeriodClosed], whether it was
// carried out then or not, which only the stored events can tell. What the date does
// not see is an old order or key with a new time of activity: it is new to the
// account, and earns. Against that the host keeps two unique indexes on its events,
// (account, key) and (account, [Event.EarnedOrder]), which outlive every closing; an
// insert that clashes with one has been carried out before.
type Close struct {
	Before relmark.Date `json:"before,omitzero"` // first date that stays open; not before an earlier closing
}

func (c Close) payload(f *digest) { f.Date("close", &c.Before) }

// Closed is the body of an event that closed a period.
type Closed struct {
	Before relmark.Date `json:"before,omitzero"`
	Start  time.Time    `json:"start,omitzero"` // first instant of that date in the programme's zone
}

func (*Closed) kind() string { return "closed" }

func (b *Closed) code(f *canon.Form) {
	f.Date("before", &b.Before)
	f.Time("start", &b.Start)
}

// decide computes the first instant of the date, so that replay needs no zone.
func (c Close) decide(d *decider) (Body, error) {
	if c.Before.IsZero() || c.Before.After(d.date) {
		return nil, invalid("Before", c.Before, "must be a date, and that of the command at the latest")
	}
	if c.Before.Before(d.a.closed) {
		return nil, refuse(PeriodClosed)
	}
	start := c.Before.Start(d.e.zone)
	if !canon.IsInstant(start) {
		return nil, invalid("Before", c.Before, "must not start before 1700")
	}
	return &Closed{c.Before, start}, nil
}

func (b *Closed) apply(a *Account, _ int64) error {
	if b.Before.IsZero() || !canon.IsInstant(b.Start) || b.Start.IsZero() || b.Before.Before(a.closed) {
		return errEvent("Before")
	}
	return nil
}

// note forgets by date, not by what is left of an order: two accounts with the same
// events forget the same. Points that expired in lots that are dropped stay counted,
// in lapsed.
func (b *Closed) note(a *Account, now int64) {
	a.closed = b.Before
	start := b.Start.UnixNano()
	a.keys.keep(func(k *keyed) bool { return k.at >= start })
	a.holds.keep(func(h *lot.Hold) bool { return h.Status == lot.Open || h.Deadline >= start })
	a.holds.count()
	a.thin(b.Before.AddDays(-366))
	a.sources.keep(func(on *relmark.Date) bool { return !on.Before(b.Before) })
	a.settleGoals(func(o *order) bool { return o.date.Before(b.Before) })
	if a.archive { // orders and lots stay, and so there is nothing to look for
		return
	}
	a.orders.keep(func(o *order) bool { return !o.date.Before(b.Before) })
	a.forget(now)
}

// thin forgets on which days before a date something was granted or done, as no period of
// a day that is open begins so early. What it comes to in a whole life stays.
func (a *Account) thin(before relmark.Date) {
	a.days = slices.Delete(a.days, 0, a.dayOf(before))
	for i := range a.took {
		days := a.took[i].days
		j, _ := slices.BinarySearchFunc(days, before, relmark.Date.Compare)
		a.took[i].days = slices.Delete(days, 0, max(0, j-1))
	}
}

// A closing forgets without touching a balance.
func (*Closed) postings(*poster) {}

func (*Closed) about() string { return "" }

func (b *Closed) again(_ *WhatIf, d *decider, _ int) error { return d.a.undergo(b, d.now) }

func (b *Closed) redacted(func(string) string) Body { return b }
