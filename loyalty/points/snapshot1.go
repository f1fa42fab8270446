package points

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/loyalty/earning"
)

// Snapshots of version 1 are read for good, and not written any more.

// The body of a snapshot, version 1, in the primitives of internal/codec; numbers
// are varints unless they count something, dates days since 0000-12-31, 0 for none:
//
//	version, last instant
//	issued, redeemed, reversed, received, sent, lapsed, debt, unrecovered
//	date of the last activity, first open date
//	last lot; lots: ID, left, from, until, owner, rolls
//	orders: names; total, refunded, granted, taken, lost, deducted, restored,
//	        lot, date, paid; if paid: spent, value, parts: lot, points
//	holds: names; deadline, status, takes: lot, units
//	keys: names; fingerprint, sequence number, instant
//	months: first date, last date, granted
//	parked: order, amount, date
//	goals: rule, count, month, done
//	members: name, owner, brought; owners

// pack1 reads an account of version 1.
func (a *Account) pack1(p *packer) {
	p.uint(&a.version)
	p.ints(&a.last, &a.issued, &a.redeemed, &a.reversed, &a.received, &a.sent, &a.lapsed, &a.debt, &a.unrecovered)
	p.date(&a.activity)
	p.date(&a.closed)
	a.lots1(p)
	index1(p, &a.orders, 10, order1)
	index1(p, &a.holds.index, 3, packHold)
	index1(p, &a.keys, 3, func(p *packer, k *keyed) {
		p.uint(&k.fingerprint)
		p.uint(&k.seq)
		p.int(&k.at)
	})
	a.months1(p)
	a.parked1(p)
	packAll(p, &a.goals, 4, goal1)
	a.members1(p)
	p.uint32(&a.owners)
}

// index1 reads an index, which was two lists.
func index1[T any](p *packer, x *index[T], least int, each func(*packer, *T)) {
	packAll(p, &x.names, 1, (*packer).text)
	packAll(p, &x.items, least, each)
	p.check(len(x.names) == len(x.items) && x.build())
}

// lots1 reads the lots, which were in burn order.
func (a *Account) lots1(p *packer) {
	var lots []lot.Lot
	var last uint64
	p.uint(&last)
	packAll(p, &lots, 6, func(p *packer, l *lot.Lot) {
		p.uint(&l.ID)
		p.ints(&l.Left, &l.From, &l.Until)
		p.uint32(&l.Owner)
		p.bool(&l.Rolls)
	})
	book, ok := lot.Restore(lots, last)
	p.check(ok)
	a.book = book
}

// order1 reads an order.
func order1(p *packer, o *order) {
	p.ints(&o.total, &o.refunded, &o.granted, &o.taken, &o.lost, &o.deducted, &o.restored)
	p.uint(&o.lot)
	p.date(&o.date)
	paid := false
	if p.bool(&paid); paid {
		o.packPaid(p)
	}
}

// months1 reads what was granted in months, of which only caps of months and years
// knew: it counts on the last day of each.
func (a *Account) months1(p *packer) {
	var months []struct {
		first, last relmark.Date
		granted     int64
	}
	packAll(p, &months, 3, func(p *packer, m *struct {
		first, last relmark.Date
		granted     int64
	},
	) {
		p.date(&m.first)
		p.date(&m.last)
		p.int(&m.granted)
	})
	for _, m := range months {
		p.check(m.granted >= 0 && m.granted <= maxPoints)
		a.count(m.last, m.granted)
	}
}

// goal1 reads a goal that orders did not have to hold up: what was reached once stands
// for good, and months running are months with an order.
func goal1(p *packer, g *earning.Progress) {
	var month int64
	done := false
	p.text(&g.Rule)
	p.ints(&g.Count, &month)
	if p.bool(&done); done {
		mark := max(g.Count, 1)
		g.Bonuses = []earning.Reached{{Mark: mark, Every: mark, Times: 1, Each: 1, Final: true, Keep: true}}
	}
	if month == 0 {
		return
	}
	p.check(g.Count >= 0 && g.Count <= 12*9999 && g.Count < month)
	g.Kind = earning.CountMonths
	for m := max(month-g.Count, 0) + 1; m <= month && month <= 12*10_000; m++ {
		g.Months = append(g.Months, earning.Tally{Month: m, Orders: 1})
	}
	if g.Count = 0; done {
		g.Bonuses[0].Mark, g.Bonuses[0].Every = month, 1
	}
}

// parked1 reads parked refunds, which were in the order in which they had come.
func (a *Account) parked1(p *packer) {
	var list []struct {
		order string
		parked
	}
	packAll(p, &list, 3, func(p *packer, r *struct {
		order string
		parked
	},
	) {
		p.text(&r.order)
		p.int(&r.amount)
		p.date(&r.date)
	})
	for _, r := range list {
		a.park(r.order, r.parked)
	}
}

// members1 reads the members of a pool.
func (a *Account) members1(p *packer) {
	var list []struct {
		name string
		contributor
	}
	packAll(p, &list, 3, func(p *packer, m *struct {
		name string
		contributor
	},
	) {
		p.text(&m.name)
		packMember(p, &m.contributor)
	})
	for _, m := range list {
		p.check(a.members.find(m.name) == nil)
		a.members.add(m.name, m.contributor)
	}
}
