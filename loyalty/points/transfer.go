package points

import (
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// Send gives available points, taken in burn order, to another account, which gets
// them by [Receive]. The programme's fee is included in the points, rounded up,
// taken from the part that expires first, and redeemed. Where it is all of them, as of
// a single point, the parcel is empty, and there is nothing to receive.
//
// In one database both events belong in one transaction, accounts locked in a fixed
// order. Across databases the points are in transit until they are received: Send
// is final, and Receive can be repeated until it succeeds, on the recipient's
// account or, to undo the transfer, on the sender's own.
type Send struct {
	From   string `json:"from,omitzero"`   // the account, as the host names it; not kept
	To     string `json:"to,omitzero"`     // the other one, likewise
	Points int64  `json:"points,omitzero"` // > 0
	Pool   bool   `json:"pool,omitzero"`   // To is a pool that From contributes to: there is no fee
}

// Receive takes in the points of a [Sent] event. They keep their expiry; those
// that have expired on the way are expired.
type Receive struct {
	Parcel []Moved `json:"parcel,omitzero"`
	// Contributor names the member whose contribution to this pool the points are;
	// empty if it is no contribution.
	Contributor string `json:"contributor,omitzero"`
}

// Moved are points of one lot on their way to another account.
type Moved struct {
	Lot         uint64    `json:"lot,omitzero"` // in the account they come from
	Points      int64     `json:"points,omitzero"`
	AvailableAt time.Time `json:"available,omitzero"`
	ExpiresAt   time.Time `json:"expires,omitzero"` // zero if never
	Rolls       bool      `json:"rolls,omitzero"`   // the expiry moves with the activity of whoever has them
}

func (m *Moved) code(f *canon.Form) {
	f.ID("lot", &m.Lot)
	f.Int("points", &m.Points)
	f.Time("available", &m.AvailableAt)
	f.Time("expires", &m.ExpiresAt)
	f.Flag("rolls", &m.Rolls)
}

// payload holds the names of both accounts, though the event does not: a key that
// comes again with another recipient is a conflict.
func (c Send) payload(f *digest) {
	f.Int("send", &c.Points)
	f.Text("from", &c.From)
	f.Text("to", &c.To)
	f.Flag("pool", &c.Pool)
}

func (c Receive) payload(f *digest) {
	canon.List(&f.Form, "receive", &c.Parcel, (*Moved).code)
	f.Text("contributor", &c.Contributor)
}

// Sent is the body of an event that gave points to another account, or paid them
// out to a member who left a pool.
type Sent struct {
	Fee    []Part  `json:"fee,omitzero"`    // kept by the programme
	Parcel []Moved `json:"parcel,omitzero"` // for the other account
	Leaver string  `json:"leaver,omitzero"` // the member who left the pool, empty if none did
}

func (*Sent) kind() string { return "sent" }

func (b *Sent) code(f *canon.Form) {
	canon.List(f, "fee", &b.Fee, (*Part).code)
	canon.List(f, "parcel", &b.Parcel, (*Moved).code)
	f.Text("leaver", &b.Leaver)
}

// Received is the body of an event that took in points of another account. The
// parts of the parcel form new lots, numbered in order from First.
type Received struct {
	Parcel      []Moved `json:"parcel,omitzero"`
	First       uint64  `json:"first,omitzero"`
	Contributor string  `json:"contributor,omitzero"` // whose contribution to the pool it is, empty if it is none
}

func (*Received) kind() string { return "received" }

func (b *Received) code(f *canon.Form) {
	canon.List(f, "parcel", &b.Parcel, (*Moved).code)
	f.ID("first", &b.First)
	f.Text("contributor", &b.Contributor)
}

// parcel adds up what is moved.
func parcel(list []Moved) int64 {
	var n int64
	for i := range list {
		n = plus(n, list[i].Points)
	}
	return n
}

// decide divides the takes, which are in burn order, into the fee and the parcel: the
// fee is ceil(points · share) of what expires first.
func (c Send) decide(d *decider) (Body, error) {
	if !canon.IsName(c.From) || !canon.IsName(c.To) {
		return nil, invalid("From, To", nil, nameRule)
	}
	if err := positive("Points", c.Points); err != nil {
		return nil, err
	}
	if c.From == c.To {
		return nil, refuse(SelfTransfer)
	}
	var fee int64
	if !c.Pool {
		fee, _ = d.e.fee.Apply(c.Points, money.Ceiling) // at most the points
	}
	takes, short := d.w.Plan(nil, c.Points, d.now, nil)
	if short > 0 {
		return nil, d.insufficient()
	}
	b := &Sent{}
	for _, t := range takes {
		keep := min(fee, t.Units)
		fee -= keep
		if keep > 0 {
			b.Fee = append(b.Fee, Part{Lot: t.Lot, Points: keep})
		}
		b.pack(&d.w, lot.Take{Lot: t.Lot, Units: t.Units - keep})
	}
	return b, nil
}

// pack adds points of a lot to the parcel.
func (b *Sent) pack(w *lot.Draft, t lot.Take) {
	if l, _ := w.Find(t.Lot); t.Units > 0 {
		b.Parcel = append(b.Parcel, Moved{t.Lot, t.Units, at(l.From), never(l.Until), l.Rolls})
	}
}

// decide checks the parcel, which may come from another database, before it counts
// it. Nothing about the recipient can refuse it but the range of its totals.
func (c Receive) decide(d *decider) (Body, error) {
	if !canon.IsNote(c.Contributor) {
		return nil, invalid("Contributor", nil, nameRule)
	}
	if len(c.Parcel) == 0 {
		return nil, invalid("Parcel", 0, "must hold points")
	}
	b := &Received{make([]Moved, len(c.Parcel)), d.a.book.Next(), c.Contributor}
	room := d.a.room()
	for i, m := range c.Parcel {
		var err error
		if b.Parcel[i], err = m.checked(); err != nil {
			return nil, err
		}
		if room -= m.Points; room < 0 {
			return nil, refuse(TooMany)
		}
	}
	return b, nil
}

// checked returns what is moved with its instants in UTC, or what is wrong with it. A
// parcel may come from another database, so it is not trusted more than a command.
func (m Moved) checked() (_ Moved, err error) {
	if err = positive("Parcel.Points", m.Points); err != nil {
		return m, err
	}
	if m.Lot > maxPoints {
		return m, invalid("Parcel.Lot", nil, "must be 2^53-1 at most")
	}
	if m.AvailableAt, err = instant("Parcel.AvailableAt", m.AvailableAt); err != nil {
		return m, err
	}
	if !canon.IsInstant(m.ExpiresAt) {
		return m, invalid("Parcel.ExpiresAt", nil, "must lie in the years 1700 to 2261")
	}
	m.ExpiresAt = never(until(m.ExpiresAt))
	return m, nil
}

// apply takes fee and parcel out of their lots; what is sent is in transit then.
func (b *Sent) apply(a *Account, now int64) error {
	if !a.draw(b.Fee, now) {
		return errEvent("Fee")
	}
	for _, m := range b.Parcel {
		if !a.draw([]Part{{Lot: m.Lot, Points: m.Points}}, now) {
			return errEvent("Parcel")
		}
	}
	if b.Leaver != "" && a.members.find(b.Leaver) == nil {
		return errEvent("Leaver")
	}
	a.redeemed += total(b.Fee)
	a.sent += parcel(b.Parcel)
	return nil
}

// note forgets the member who left.
func (b *Sent) note(a *Account, _ int64) {
	a.members.remove(b.Leaver)
}

// apply opens a lot for each part of the parcel; those of a contribution are marked
// with their owner.
func (b *Received) apply(a *Account, _ int64) error {
	if b.First != a.book.Next() {
		return errEvent("First")
	}
	n, owner := int64(0), uint32(0)
	if b.Contributor != "" {
		owner = a.owner(b.Contributor)
	}
	for i, m := range b.Parcel {
		l := Lot{ID: b.First + uint64(i), Points: m.Points, AvailableAt: m.AvailableAt, ExpiresAt: m.ExpiresAt}
		if m.Points <= 0 || m.Points > a.room()-n || !grow(&a.book, &l, m.Rolls, owner) {
			return errEvent("Parcel")
		}
		n += m.Points
	}
	a.received += n
	return nil
}

// note remembers who brought the points to the pool.
func (b *Received) note(a *Account, _ int64) {
	if b.Contributor != "" {
		a.join(b.Contributor, a.owner(b.Contributor), parcel(b.Parcel))
	}
}

func (b *Sent) postings(p *poster) {
	for _, x := range b.Fee {
		p.move(AtAvailable, AtRedeemed, x.Points, x.Lot)
	}
	for _, m := range b.Parcel {
		p.move(AtAvailable, AtTransit, m.Points, m.Lot)
	}
}

func (b *Received) postings(p *poster) {
	for i, m := range b.Parcel {
		p.move(AtTransit, p.state(m.AvailableAt, m.ExpiresAt).place(), m.Points, b.First+uint64(i))
	}
}

func (*Sent) about() string { return "" }

// again keeps the fee of the fact: what arrives elsewhere is a fact there too.
func (b *Sent) again(w *WhatIf, d *decider, i int) error {
	d.a.redeemed += w.spend(d, total(b.Fee), i, nil)
	d.a.sent += w.spend(d, parcel(b.Parcel), i, nil)
	return nil
}

func (b *Sent) redacted(rename func(string) string) Body {
	c := *b
	c.Leaver = renamed(b.Leaver, rename)
	return &c
}

func (*Received) about() string { return "" }

func (b *Received) again(_ *WhatIf, d *decider, _ int) error {
	n := *b
	n.First = d.a.book.Next()
	return d.a.undergo(&n, d.now)
}

func (b *Received) redacted(rename func(string) string) Body {
	c := *b
	c.Contributor = renamed(b.Contributor, rename)
	return &c
}
