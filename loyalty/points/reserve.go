package points

import (
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
)

// Reserve holds available points, taken in burn order, until At + TTL, excluded.
// Held points do not expire. A reservation ends once: by a [Commit], a [Void] or
// its deadline, which needs no command.
type Reserve struct {
	Reservation string        `json:"reservation,omitzero"` // identifies it within the account
	Points      int64         `json:"points,omitzero"`      // > 0
	TTL         time.Duration `json:"ttl,omitzero"`
}

// Commit redeems held points in the order in which they were taken, and releases
// the rest. It is an activity like [Redeem].
type Commit struct {
	Reservation string `json:"reservation,omitzero"`
	Points      int64  `json:"points,omitzero"` // > 0, unless All
	All         bool   `json:"all,omitzero"`    // all that is held, instead of Points
}

// Void releases all held points to their lots; those of a lot that has expired
// meanwhile expire at once.
type Void struct {
	Reservation string `json:"reservation,omitzero"`
}

func (c Reserve) payload(f *digest) {
	f.Text("reserve", &c.Reservation)
	f.Int("points", &c.Points)
	ttl := int64(c.TTL)
	f.Int("ttl", &ttl)
}

func (c Commit) payload(f *digest) {
	f.Text("commit", &c.Reservation)
	f.Int("points", &c.Points)
	f.Flag("all", &c.All)
}

func (c Void) payload(f *digest) { f.Text("void", &c.Reservation) }

// Reserved is the body of an event that held points. The parts are in burn order, which
// is the order in which a commitment uses them.
type Reserved struct {
	Reservation string    `json:"reservation,omitzero"`
	Parts       []Part    `json:"parts,omitzero"`
	Deadline    time.Time `json:"deadline,omitzero"` // first instant at which the reservation is no longer valid
}

func (*Reserved) kind() string { return "reserved" }

func (b *Reserved) code(f *canon.Form) {
	f.Text("reservation", &b.Reservation)
	canon.List(f, "parts", &b.Parts, (*Part).code)
	f.Time("deadline", &b.Deadline)
}

// Resolved is the body of an event that ended a reservation: redeemed and released add
// up to what was held, lot by lot, which applying it checks. A time-out has no event.
type Resolved struct {
	Reservation string       `json:"reservation,omitzero"`
	Void        bool         `json:"void,omitzero"`
	Date        relmark.Date `json:"date,omitzero"` // local date of the activity; zero if void
	Redeemed    []Part       `json:"redeemed,omitzero"`
	Released    []Part       `json:"released,omitzero"` // with their state after the release
	Rolled      time.Time    `json:"rolled,omitzero"`   // what activity moves the expiry of rolling lots to, zero if nothing
}

func (*Resolved) kind() string { return "resolved" }

func (b *Resolved) code(f *canon.Form) {
	f.Text("reservation", &b.Reservation)
	f.Flag("void", &b.Void)
	f.Date("date", &b.Date)
	canon.List(f, "redeemed", &b.Redeemed, (*Part).code)
	canon.List(f, "released", &b.Released, (*Part).code)
	f.Time("rolled", &b.Rolled)
}

// decide counts the deadline from the activity, not from its processing: a customer
// was promised fifteen minutes, however long the command took to arrive. One that
// arrives too late for its own deadline is refused.
func (c Reserve) decide(d *decider) (Body, error) {
	if !canon.IsName(c.Reservation) {
		return nil, invalid("Reservation", nil, nameRule)
	}
	if err := positive("Points", c.Points); err != nil {
		return nil, err
	}
	if c.TTL <= 0 || c.TTL > maxDays*24*time.Hour {
		return nil, invalid("TTL", c.TTL, "must be > 0, and at most 36500 days")
	}
	if d.a.holds.find(c.Reservation) != nil {
		return nil, refuse(DuplicateReservation)
	}
	// The bound on TTL keeps the deadline within what nanoseconds can say.
	deadline := d.at.Add(c.TTL)
	if !deadline.After(d.recorded) {
		return nil, refuse(ReservationExpired)
	}
	parts, err := d.spend(c.Points)
	return &Reserved{c.Reservation, parts, deadline}, err
}

// decide uses the takes in the order in which they were taken, which was burn order.
func (c Commit) decide(d *decider) (Body, error) {
	if c.All != (c.Points == 0) || c.Points < 0 || c.Points > maxPoints {
		return nil, invalid("Points", c.Points, "must be 1 to 2^53-1, or 0 with All")
	}
	h, err := d.hold(c.Reservation)
	if err != nil {
		return nil, err
	}
	n := c.Points
	if c.All {
		n = h.Units()
	}
	used, freed, ok := h.Split(n)
	if !ok {
		return nil, refuse(ExceedsReservation)
	}
	return &Resolved{c.Reservation, false, d.date, partsOf(used), d.released(freed), d.rolled()}, nil
}

// decide releases everything. It is no activity: nothing was bought.
func (c Void) decide(d *decider) (Body, error) {
	h, err := d.hold(c.Reservation)
	if err != nil {
		return nil, err
	}
	return &Resolved{Reservation: c.Reservation, Void: true, Released: d.released(h.Takes)}, nil
}

// hold returns an open reservation, which is one whose deadline has not come.
func (d *decider) hold(name string) (*lot.Hold, error) {
	if !canon.IsName(name) {
		return nil, invalid("Reservation", nil, nameRule)
	}
	switch h := d.a.holds.find(name); {
	case h == nil:
		return nil, refuse(UnknownReservation)
	case h.Status == lot.Resolved:
		return nil, refuse(AlreadyResolved)
	case h.Status == lot.TimedOut || h.Deadline <= d.now:
		return nil, refuse(ReservationExpired)
	default:
		return h, nil
	}
}

// released returns takes as parts in the state in which they return: a lot may have
// expired while it was held, and its points with it, at once.
func (d *decider) released(takes []lot.Take) []Part {
	parts := partsOf(takes)
	for i := range parts {
		l, _ := d.w.Find(parts[i].Lot)
		parts[i].State = stateOf(&l, d.now)
	}
	return parts
}

// apply takes the points out of their lots, where they would expire.
func (b *Reserved) apply(a *Account, now int64) error {
	if !canon.IsName(b.Reservation) || a.holds.find(b.Reservation) != nil || b.Deadline.IsZero() || !canon.IsInstant(b.Deadline) {
		return errEvent("Reservation")
	}
	if len(b.Parts) == 0 || !a.draw(b.Parts, now) {
		return errEvent("Parts")
	}
	return nil
}

// note remembers where the points came from.
func (b *Reserved) note(a *Account, _ int64) {
	takes := make([]lot.Take, len(b.Parts))
	for i, p := range b.Parts {
		takes[i] = lot.Take{Lot: p.Lot, Units: p.Points}
	}
	a.holds.open(b.Reservation, lot.Hold{Takes: takes, Deadline: b.Deadline.UnixNano()})
}

// apply accepts only what the number of redeemed points makes of the reservation.
// Points return to the lots that they were held from, and those of a lot that has
// expired are expired there.
func (b *Resolved) apply(a *Account, now int64) error {
	h := a.holds.find(b.Reservation)
	if h == nil || h.Status != lot.Open {
		return errEvent("Reservation")
	}
	used, freed, ok := h.Split(total(b.Redeemed))
	if !ok || b.Void && len(used) > 0 || !same(b.Redeemed, used) {
		return errEvent("Redeemed")
	}
	if !same(b.Released, freed) {
		return errEvent("Released")
	}
	for i := range b.Released {
		p := &b.Released[i]
		if l, ok := a.book.Find(p.Lot); !ok || p.State != stateOf(&l, now) || !a.book.Put(p.Lot, p.Points) {
			return errEvent("Released")
		}
	}
	a.redeemed += total(b.Redeemed)
	return nil
}

// note ends the reservation, and keeps its name: a command that resolves it again is
// told so, until a closing forgets it.
func (b *Resolved) note(a *Account, now int64) {
	a.holds.end(a.holds.find(b.Reservation), lot.Resolved)
	if !b.Void {
		a.roll(now, b.Date, b.Rolled)
	}
}

// same reports whether parts are takes, one by one and in order: sums alone could be
// made of other lots.
func same(parts []Part, takes []lot.Take) bool {
	return slices.EqualFunc(parts, takes, func(p Part, t lot.Take) bool { return p.Lot == t.Lot && p.Points == t.Units })
}

func (b *Reserved) postings(p *poster) {
	for _, x := range b.Parts {
		p.move(AtAvailable, AtHeld, x.Points, x.Lot)
	}
}

func (b *Resolved) postings(p *poster) {
	for _, x := range b.Redeemed {
		p.move(AtHeld, AtRedeemed, x.Points, x.Lot)
	}
	for _, x := range b.Released {
		p.move(AtHeld, x.State.place(), x.Points, x.Lot)
	}
}

func (*Reserved) about() string { return "" }

// again holds what there is; what there is not counts when it is committed.
func (b *Reserved) again(w *WhatIf, d *decider, i int) error {
	if d.a.holds.find(b.Reservation) != nil {
		return errEvent("Reservation")
	}
	var takes []lot.Take
	missed := w.unmet[i]
	w.spend(d, total(b.Parts), i, &takes)
	w.unmet[i] = missed
	d.a.holds.open(b.Reservation, lot.Hold{Takes: takes, Deadline: b.Deadline.UnixNano()})
	return nil
}

func (b *Reserved) redacted(rename func(string) string) Body {
	c := *b
	c.Reservation = rename(b.Reservation)
	return &c
}

func (*Resolved) about() string { return "" }

// again uses as much of a reservation as was used in fact. One that is not open
// under this programme has timed out in fact too, as deadlines are facts.
func (b *Resolved) again(w *WhatIf, d *decider, i int) error {
	h := d.a.holds.find(b.Reservation)
	if h == nil || h.Status != lot.Open {
		return errEvent("Reservation")
	}
	want := total(b.Redeemed)
	used, freed, _ := h.Split(min(want, h.Units()))
	for _, t := range used {
		d.a.redeemed += t.Units
		want -= t.Units
	}
	for _, t := range freed {
		d.a.book.Put(t.Lot, t.Units)
	}
	d.a.holds.end(h, lot.Resolved)
	w.unmet[i] += want
	if !b.Void {
		d.a.roll(d.now, d.date, d.rolled())
	}
	return nil
}

func (b *Resolved) redacted(rename func(string) string) Body {
	c := *b
	c.Reservation = rename(b.Reservation)
	return &c
}
