package points

import (
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/loyalty/earning"
)

// snapshotVersion is the version of the encoding that is written.
const snapshotVersion = 2

// The body of a snapshot, version 2, in the primitives of internal/codec; numbers
// are varints unless they count something, dates days since 0000-12-31, 0 for none, and
// what follows something of its kind is its difference to that ("Δ"):
//
//	version, last instant
//	issued, redeemed, reversed, received, sent, lapsed, debt, unrecovered
//	date of the last activity, first open date
//	last lot; lots that matter, by ID: ΔID, left, Δfrom, Δuntil, owner, rolls
//	goals: rule, kind, count; months: month, orders; bonuses: mark, every, times, each, points, final, keep, order
//	orders: names; flags; total, granted, Δlot, Δdate; if refunded: refunded, taken,
//	        lost, deducted, restored; if paid: spent, value, parts: lot, points;
//	        if parted: bonus, fallen, lines: quantity, total, earned, value, and unless
//	        the quantity is 0: id, amount, returned; pursuits: place of the goal, least,
//	        now, lines
//	holds: names; deadline, status, takes: lot, units
//	keys: names; fingerprint, Δsequence number, instant: Δseconds, nanoseconds
//	days: Δdate, granted; granted in all
//	parked: names; lists: amount, date; if the amount is 0: parts: line, amount,
//	        quantity
//	members: names; owner, brought; owners
//	activities: rule, dates: Δdate; their sources: names; date
//
// Names are written as how much of the one before they begin with, and the rest.

// AppendBinary appends a snapshot of the account, which does not depend on an
// engine. Accounts that the same events made have equal snapshots. It takes time linear
// in what the account remembers, and keeps what can still matter: of the lots those that
// hold points and have not expired, and those that a refund or a reservation can come
// back to; every order and every key since the last [Close], as either may come again,
// in some 20 bytes for an order and 20 for a command if their names follow each other,
// and as many more as two names have that do not.
func (a *Account) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindAccount, snapshotVersion)
	p := packer{w: &w}
	c := *a
	c.pack(&p)
	return w.Data(), nil
}

// MarshalBinary returns what [Account.AppendBinary] appends.
func (a *Account) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// UnmarshalBinary makes the account what it was when the snapshot was taken: apply
// the events after [Account.Version] to bring it up to date. It reads every version that
// was ever written. It fails with
// [relmark.ErrUnsupported] on an unknown version, when the snapshot is to be
// discarded and all events folded, and with [relmark.ErrInvalid] on anything else,
// and leaves the account unchanged then.
func (a *Account) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindAccount, snapshotVersion)
	p := packer{r: &r}
	var b Account
	if r.Version() == 1 {
		b.pack1(&p)
	} else {
		b.pack(&p)
	}
	if r.Err() == nil {
		b.holds.count()
		if b.version > 0 {
			b.book.Pass(b.last)
		}
		r.Check(b.reachable())
	}
	if err := fault.Decode("points", "snapshot", r.Done()); err != nil {
		return err
	}
	*a = b
	return nil
}

// pack describes the account. What is derived, such as what is held, is not packed but
// counted again.
func (a *Account) pack(p *packer) {
	p.uint(&a.version)
	p.int(&a.last)
	if p.r == nil {
		a.matter()
	}
	p.ints(&a.issued, &a.redeemed, &a.reversed, &a.received, &a.sent, &a.lapsed, &a.debt, &a.unrecovered)
	p.date(&a.activity)
	p.date(&a.closed)
	a.packLots(p)
	packAll(p, &a.goals, 4, packGoal)
	a.packOrders(p)
	packIndex(p, &a.holds.index, 3, packHold)
	a.packKeys(p)
	a.packDays(p)
	packIndex(p, &a.parked, 1, func(p *packer, list *[]parked) {
		packAll(p, list, 2, packParked)
	})
	packIndex(p, &a.members, 2, packMember)
	p.uint32(&a.owners)
	packAll(p, &a.took, 2, packRecord)
	packIndex(p, &a.sources, 1, (*packer).date)
}

func packRecord(p *packer, r *record) {
	p.text(&r.rule)
	var date int64
	packAll(p, &r.days, 1, func(p *packer, d *relmark.Date) { p.dateSince(&date, d) })
}

func packParked(p *packer, r *parked) {
	p.int(&r.amount)
	p.date(&r.date)
	if r.amount != 0 {
		return
	}
	packAll(p, &r.parts, 3, func(p *packer, n *Named) {
		p.text(&n.Line)
		p.ints(&n.Amount, &n.Quantity)
	})
}

func packGoal(p *packer, g *earning.Progress) {
	p.text(&g.Rule)
	kind := string(g.Kind)
	p.text(&kind)
	g.Kind = earning.Counting(kind)
	p.int(&g.Count)
	packAll(p, &g.Months, 2, func(p *packer, t *earning.Tally) { p.ints(&t.Month, &t.Orders) })
	packAll(p, &g.Bonuses, 8, func(p *packer, r *earning.Reached) {
		p.ints(&r.Mark, &r.Every, &r.Times, &r.Each, &r.Points)
		p.bool(&r.Final)
		p.bool(&r.Keep)
		p.text(&r.Order)
	})
}

func packMember(p *packer, c *contributor) {
	p.uint32(&c.owner)
	p.int(&c.brought)
}

// packLots packs the lots, by ID.
func (a *Account) packLots(p *packer) {
	last := a.book.Last()
	p.uint(&last)
	var lots []lot.Lot
	if p.r == nil {
		lots = slices.Collect(a.book.All())
	}
	var id, from, until int64
	packAll(p, &lots, 6, func(p *packer, l *lot.Lot) {
		n := int64(l.ID)
		p.since(&id, &n)
		l.ID = uint64(n)
		p.int(&l.Left)
		p.since(&from, &l.From)
		p.since(&until, &l.Until)
		p.uint32(&l.Owner)
		p.bool(&l.Rolls)
	})
	if p.r != nil {
		book, ok := lot.RestoreByID(lots, last)
		p.check(ok)
		a.book = book
	}
}

// What an order has beside its total, what it was granted and its date.
const (
	orderRefunded = 1 << iota
	orderPaid
	orderParted
	orderFlags
)

// packOrders packs orders; how points paid and what refunds did only where they did.
func (a *Account) packOrders(p *packer) {
	var id, date int64
	packIndex(p, &a.orders, 5, func(p *packer, o *order) {
		flags := o.flags()
		p.uint(&flags)
		p.check(flags < orderFlags)
		p.ints(&o.total, &o.granted)
		n := int64(o.lot)
		p.since(&id, &n)
		o.lot = uint64(n)
		p.dateSince(&date, &o.date)
		if flags&orderRefunded != 0 {
			p.ints(&o.refunded, &o.taken, &o.lost, &o.deducted, &o.restored)
		}
		if flags&orderPaid != 0 {
			o.packPaid(p)
		}
		if flags&orderParted != 0 {
			o.packMore(p, a.goals)
		}
		p.check(o.flags() == flags)
	})
}

// flags says what an order has.
func (o *order) flags() (flags uint64) {
	if o.refunded|o.taken|o.lost|o.deducted|o.restored != 0 {
		flags |= orderRefunded
	}
	if o.paid != nil {
		flags |= orderPaid
	}
	if o.more != nil {
		flags |= orderParted
	}
	return flags
}

// packPaid packs how points paid. The state of the parts is always [Available], or they
// could not have paid.
func (o *order) packPaid(p *packer) {
	if p.r != nil {
		o.paid = new(payment)
	}
	p.ints(&o.paid.spent, &o.paid.value)
	packAll(p, &o.paid.parts, 2, func(p *packer, t *Part) {
		p.uint(&t.Lot)
		p.int(&t.Points)
	})
}

// packMore packs lines, and what goals granted. Of the rest there are amounts only.
func (o *order) packMore(p *packer, goals []earning.Progress) {
	if p.r != nil {
		o.more = new(detail)
	}
	p.ints(&o.more.bonus, &o.more.fallen)
	packAll(p, &o.more.lines, 4, func(p *packer, l *line) {
		p.ints(&l.quantity, &l.total, &l.earned, &l.value)
		if l.rest = l.quantity == 0; l.rest {
			return
		}
		p.text(&l.id)
		p.ints(&l.amount, &l.returned)
	})
	packAll(p, &o.more.pursuits, 4, func(p *packer, u *pursuit) { u.pack(p, goals) })
}

// pack packs what an order does for a goal, which is told by its place.
func (u *pursuit) pack(p *packer, goals []earning.Progress) {
	at := int64(slices.IndexFunc(goals, func(g earning.Progress) bool { return g.Rule == u.rule }))
	p.ints(&at, &u.least, &u.now)
	packAll(p, &u.lines, 1, func(p *packer, n *int) {
		position := int64(*n)
		p.int(&position)
		p.check(position >= 0 && position <= 1<<31-1)
		*n = int(position)
	})
	if p.check(at >= 0 && at < int64(len(goals))); p.r != nil && at >= 0 && at < int64(len(goals)) {
		u.rule = goals[at].Rule
	}
}

// packKeys packs keys: fingerprints are random, and take 8 bytes.
func (a *Account) packKeys(p *packer) {
	var seq, sec int64
	packIndex(p, &a.keys, 11, func(p *packer, k *keyed) {
		for i := 56; i >= 0; i -= 8 {
			p.byte(&k.fingerprint, i)
		}
		n := int64(k.seq)
		p.since(&seq, &n)
		k.seq = uint64(n)
		s, ns := k.at/1e9, k.at%1e9
		p.since(&sec, &s)
		p.int(&ns)
		p.check(ns > -1e9 && ns < 1e9 && s >= firstSecond && s < endOfTime)
		k.at = s*1e9 + ns
	})
}

// packDays packs what counts towards caps.
func (a *Account) packDays(p *packer) {
	var date int64
	packAll(p, &a.days, 2, func(p *packer, d *day) {
		p.dateSince(&date, &d.on)
		p.int(&d.granted)
	})
	p.int(&a.granted)
}

// packHold packs a reservation, also one that is over: its name must not be used
// again until the period is closed.
func packHold(p *packer, h *lot.Hold) {
	p.int(&h.Deadline)
	status := uint32(h.Status)
	p.uint32(&status)
	p.check(status <= uint32(lot.TimedOut))
	h.Status = lot.Status(status)
	packAll(p, &h.Takes, 2, func(p *packer, t *lot.Take) {
		p.uint(&t.Lot)
		p.int(&t.Units)
	})
}
