package points

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/loyalty/earning"
)

// snapshotVersion is the version of the encoding that is written.
const snapshotVersion = 1

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

// AppendBinary appends a snapshot of the account, which does not depend on an
// engine. Accounts that the same events made have equal snapshots. It has some 80
// bytes for an order and 25 for each other command since the last [Close], and
// takes time linear in them.
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
// the events after [Account.Version] to bring it up to date. It fails with
// [relmark.ErrUnsupported] on an unknown version, when the snapshot is to be
// discarded and all events folded, and with [relmark.ErrInvalid] on anything else,
// and leaves the account unchanged then.
func (a *Account) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindAccount, snapshotVersion)
	p := packer{r: &r}
	var b Account
	b.pack(&p)
	r.Check(b.reachable())
	if err := fault.Decode("points", "snapshot", r.Done()); err != nil {
		return err
	}
	*a = b
	return nil
}

// A packer reads or writes a snapshot: a type describes itself once for both.
type packer struct {
	w *codec.Writer
	r *codec.Reader // nil when writing
}

func (p *packer) int(v *int64) {
	if p.r == nil {
		p.w.Varint(*v)
		return
	}
	*v = p.r.Varint()
}

func (p *packer) ints(list ...*int64) {
	for _, v := range list {
		p.int(v)
	}
}

func (p *packer) uint(v *uint64) {
	if p.r == nil {
		p.w.Uvarint(*v)
		return
	}
	*v = p.r.Uvarint()
}

func (p *packer) uint32(v *uint32) {
	n := uint64(*v)
	p.uint(&n)
	p.check(n <= 1<<32-1)
	*v = uint32(n)
}

func (p *packer) bool(v *bool) {
	if p.r == nil {
		p.w.Bool(*v)
		return
	}
	*v = p.r.Bool()
}

func (p *packer) text(v *string) {
	if p.r == nil {
		p.w.String(*v)
		return
	}
	*v = p.r.String()
}

// date packs a date as the number of days since the last of the year 0; 0 is none.
func (p *packer) date(v *relmark.Date) {
	first, _ := relmark.NewDate(1, 1, 1)
	n := int64(0)
	if !v.IsZero() {
		n = int64(v.Sub(first)) + 1
	}
	p.int(&n)
	p.check(n >= 0 && n <= int64(calendar.Last))
	if p.r != nil && n > 0 {
		*v = first.AddDays(int(n - 1))
	}
}

func (p *packer) check(ok bool) {
	if p.r != nil {
		p.r.Check(ok)
	}
}

// packAll packs a list whose elements take least bytes or more.
func packAll[T any](p *packer, list *[]T, least int, each func(*packer, *T)) {
	if p.r == nil {
		p.w.Count(len(*list))
	} else if n := p.r.Count(least); n > 0 {
		*list = make([]T, n)
	}
	for i := range *list {
		each(p, &(*list)[i])
	}
}

// packIndex packs an index as two lists of one length, the names first, and builds
// the map beside it anew. Names must not repeat: find would never see the second.
func packIndex[T any](p *packer, x *index[T], least int, each func(*packer, *T)) {
	packAll(p, &x.names, 1, (*packer).text)
	packAll(p, &x.items, least, each)
	if p.r == nil {
		return
	}
	p.check(len(x.names) == len(x.items))
	seen := make(map[string]bool, len(x.names))
	for _, name := range x.names {
		p.check(!seen[name])
		seen[name] = true
	}
	if len(x.names) == len(x.items) {
		x.build()
	}
}

// pack describes the account. What is derived, such as the number of open holds, is
// not packed but counted again.
func (a *Account) pack(p *packer) {
	p.uint(&a.version)
	p.ints(&a.last, &a.issued, &a.redeemed, &a.reversed, &a.received, &a.sent, &a.lapsed, &a.debt, &a.unrecovered)
	p.date(&a.activity)
	p.date(&a.closed)
	a.packLots(p)
	packIndex(p, &a.orders, 10, packOrder)
	packIndex(p, &a.holds, 3, packHold)
	packIndex(p, &a.keys, 3, func(p *packer, k *keyed) {
		p.uint(&k.fingerprint)
		p.uint(&k.seq)
		p.int(&k.at)
	})
	packAll(p, &a.months, 3, func(p *packer, m *month) {
		p.date(&m.first)
		p.date(&m.last)
		p.int(&m.granted)
	})
	packAll(p, &a.parked, 3, func(p *packer, r *parked) {
		p.text(&r.order)
		p.int(&r.amount)
		p.date(&r.date)
	})
	packAll(p, &a.goals, 4, func(p *packer, g *earning.Progress) {
		p.text(&g.Rule)
		p.ints(&g.Count, &g.Month)
		p.bool(&g.Done)
	})
	packAll(p, &a.members, 3, func(p *packer, c *contributor) {
		p.text(&c.name)
		p.uint32(&c.owner)
		p.int(&c.brought)
	})
	p.uint32(&a.owners)
	if p.r != nil {
		for i := range a.holds.items {
			if a.holds.items[i].Status == lot.Open {
				a.open++
			}
		}
	}
}

// packLots packs the lots, which are in burn order.
func (a *Account) packLots(p *packer) {
	lots, last := a.book.Lots(), a.book.Last()
	p.uint(&last)
	packAll(p, &lots, 6, func(p *packer, l *lot.Lot) {
		p.uint(&l.ID)
		p.ints(&l.Left, &l.From, &l.Until)
		p.uint32(&l.Owner)
		p.bool(&l.Rolls)
	})
	if p.r != nil {
		book, ok := lot.Restore(lots, last)
		p.check(ok)
		a.book = book
	}
}

// packOrder packs what an order remembers; how points paid only if they did. The
// state of the parts is always [Available], or they could not have paid.
func packOrder(p *packer, o *order) {
	p.ints(&o.total, &o.refunded, &o.granted, &o.taken, &o.lost, &o.deducted, &o.restored)
	p.uint(&o.lot)
	p.date(&o.date)
	paid := o.paid != nil
	if p.bool(&paid); !paid {
		return
	}
	if p.r != nil {
		o.paid = new(payment)
	}
	p.ints(&o.paid.spent, &o.paid.value)
	packAll(p, &o.paid.parts, 2, func(p *packer, t *Part) {
		p.uint(&t.Lot)
		p.int(&t.Points)
	})
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
