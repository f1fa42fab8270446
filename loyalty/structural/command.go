package structural

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/lot"
)

// A Grant opens the periods of the terms for a customer, as when a contract begins, or is
// renewed.
type Grant struct {
	Key   string       `json:"key"`   // unique among the commands of the ledger
	Start relmark.Date `json:"start"` // of the first period, in years 1700 to 2150; it may be past
	At    time.Time    `json:"at"`    // when it is recorded, in years 1700 to 2150
}

// A Gift gives units that no terms promise, such as two visits to make up for a bad one.
// They do not roll over.
type Gift struct {
	Key   string    `json:"key"`
	Units int64     `json:"units"`          // 1 to 2^53-1
	From  time.Time `json:"from"`           // first instant at which they can be used
	Until time.Time `json:"until,omitzero"` // and at which they no longer can; zero: never
	At    time.Time `json:"at"`
}

// A Reservation holds units for a while, such as from the booking to the visit.
type Reservation struct {
	Key   string        `json:"key"`   // by which it is committed or released
	Units int64         `json:"units"` // 1 to 2^53-1
	TTL   time.Duration `json:"ttl"`   // how long it holds: more than 0, at most 36,500 days
	At    time.Time     `json:"at"`
}

// A Commitment uses a part of a reservation, or all of it; the rest comes back.
type Commitment struct {
	Key         string    `json:"key"`
	Reservation string    `json:"reservation"` // its key
	Units       int64     `json:"units"`       // 1 to 2^53-1
	At          time.Time `json:"at"`
}

// A Release gives all back that a reservation holds.
type Release struct {
	Key         string    `json:"key"`
	Reservation string    `json:"reservation"` // its key
	At          time.Time `json:"at"`
}

// A Consumption uses units at once.
type Consumption struct {
	Key   string    `json:"key"`
	Units int64     `json:"units"` // 1 to 2^53-1
	At    time.Time `json:"at"`
}

// A Reversal undoes a part of a use, as when the guest did not come: units return to their
// lots in reverse order of their use.
type Reversal struct {
	Key   string    `json:"key"`
	Use   string    `json:"use"`   // key of the consumption or the commitment
	Units int64     `json:"units"` // 1 to 2^53-1
	At    time.Time `json:"at"`
}

// A Revocation ends a grant before its time, as when the contract does.
type Revocation struct {
	Key   string    `json:"key"`
	Grant string    `json:"grant"` // key of the grant or the gift
	At    time.Time `json:"at"`
}

// A Decision answers a command. Commands are judged at their time, which must not come
// before that of any event so far: [TimeRunsBack].
type Decision struct {
	// Seq is the sequence number of the event that carries the command out.
	Seq uint64 `json:"seq"`
	// Replayed says that it has been carried out before: nothing is to be stored.
	Replayed bool `json:"replayed,omitempty"`
	// Event is to be stored and applied; zero if Replayed.
	Event Event `json:"event,omitzero"`
}

// Grant promises the units of the terms from a first day on. Periods that have begun begin
// at once, those that are past with what rolled over from them; all units ever together
// above 2^53-1 are [relmark.ErrLimit]. It changes nothing: store the event, then apply it.
//
// This and all commands: a key that comes again with the same command, at whatever time, is
// answered with its event; with another one it is [KeyConflict]. They fail with
// [relmark.ErrInvalid] on what is no command, on a nil entitlement and on a nil ledger.
func (e *Entitlement) Grant(l *Ledger, g Grant) (Decision, error) {
	d := e.start(l, Event{Type: Granted, Key: g.Key, Start: g.Start, At: g.At})
	if e != nil {
		d.Check(!g.Start.IsZero() && calendar.InRange(g.Start.Start(e.terms.Zone)), "Start", nil, calendar.RangeRule)
	}
	if d.Len() == 0 {
		d.ev.Units, d.ev.Rollover, d.ev.Bounds = e.terms.Units, e.terms.Rollover, e.terms.bounds(g.Start)
		for i, t := range d.ev.Bounds[1:] {
			d.Check(t.After(d.ev.Bounds[i]), "Start", g.Start, "must be of periods that each have time in the zone")
		}
	}
	return d.decide()
}

// Give adds units that no terms promise.
func (e *Entitlement) Give(l *Ledger, g Gift) (Decision, error) {
	d := e.start(l, Event{Type: Granted, Key: g.Key, Units: g.Units, At: g.At})
	d.units(g.Units)
	d.Check(calendar.InRange(g.From), "From", nil, calendar.RangeRule)
	d.Check(g.Until.IsZero() || g.Until.After(g.From) && calendar.InRange(g.Until), "Until", nil, "must come after From, up to year 2150")
	d.ev.Bounds = []time.Time{g.From}
	if !g.Until.IsZero() {
		d.ev.Bounds = append(d.ev.Bounds, g.Until)
	}
	return d.decide()
}

// Reserve holds units that are available, until At + TTL, excluded: those that end first,
// ties by age, so that what rolled over comes first. What is held neither rolls over nor
// expires, and can be used beyond the end of its period. Too few are [Insufficient].
func (e *Entitlement) Reserve(l *Ledger, r Reservation) (Decision, error) {
	d := e.start(l, Event{Type: Reserved, Key: r.Key, Units: r.Units, At: r.At})
	d.units(r.Units)
	ok := r.TTL > 0 && r.TTL <= mostDays*24*time.Hour
	d.Check(ok, "TTL", nil, "must be > 0, and at most 36500 days")
	if ok { // so that nanoseconds can say when it ends
		d.ev.Until = r.At.Add(r.TTL)
	}
	return d.decide()
}

// Commit uses units of a reservation in the order in which they were taken, and releases the
// rest. More than it holds is [Insufficient]; from its deadline on it is
// [ReservationExpired], and once it was committed or released [AlreadyResolved].
func (e *Entitlement) Commit(l *Ledger, c Commitment) (Decision, error) {
	d := e.start(l, Event{Type: Committed, Key: c.Key, Of: c.Reservation, Units: c.Units, At: c.At})
	d.Name("Reservation", c.Reservation)
	d.units(c.Units)
	return d.decide()
}

// Release gives back what a reservation holds. Units of a period that has ended expire at
// once: Event.Lapsed counts them. It is refused as [Entitlement.Commit] is.
func (e *Entitlement) Release(l *Ledger, r Release) (Decision, error) {
	d := e.start(l, Event{Type: Released, Key: r.Key, Of: r.Reservation, At: r.At})
	d.Name("Reservation", r.Reservation)
	if d.Len() == 0 {
		if h := l.holds[r.Reservation]; h != nil {
			d.ev.Units = h.Units()
		}
	}
	return d.decide()
}

// Consume uses units that are available, those that end first, ties by age. Too few are
// [Insufficient].
func (e *Entitlement) Consume(l *Ledger, c Consumption) (Decision, error) {
	d := e.start(l, Event{Type: Consumed, Key: c.Key, Units: c.Units, At: c.At})
	d.units(c.Units)
	return d.decide()
}

// Reverse gives back a part of a use. Units of a period that has ended, or of a grant that
// was revoked, expire at once: Event.Lapsed counts them. A use that is not known is
// [UnknownUse], or [PeriodClosed] once a period is closed; more than is left of it is
// [ExceedsUse].
func (e *Entitlement) Reverse(l *Ledger, r Reversal) (Decision, error) {
	d := e.start(l, Event{Type: Reversed, Key: r.Key, Of: r.Use, Units: r.Units, At: r.At})
	d.Name("Use", r.Use)
	d.units(r.Units)
	return d.decide()
}

// Revoke ends a grant or a gift: what is available of it expires, nothing rolls over, and no
// period of it begins any more. What is held stays held; if it comes back, it expires. A
// grant that is not known is [UnknownGrant], or [PeriodClosed] once a period is closed, and
// one that has ended or was revoked is [GrantOver].
func (e *Entitlement) Revoke(l *Ledger, r Revocation) (Decision, error) {
	d := e.start(l, Event{Type: Revoked, Key: r.Key, Of: r.Grant, At: r.At})
	d.Name("Grant", r.Grant)
	return d.decide()
}

// A decider is a command at work.
type decider struct {
	checker
	l  *Ledger
	ev Event // what would happen, as far as it is known
}

// start checks what all commands have in common. Checks that need a ledger or terms are
// left out where there are none: that is an error already, not a panic.
func (e *Entitlement) start(l *Ledger, ev Event) *decider {
	d := &decider{l: l, ev: ev}
	d.Check(e != nil, "Entitlement", nil, "must not be nil")
	d.Check(l != nil, "Ledger", nil, "must not be nil")
	d.Name("Key", ev.Key)
	d.Check(calendar.InRange(ev.At), "At", nil, calendar.RangeRule)
	if l != nil {
		d.ev.Seq = l.version + 1
	}
	return d
}

// decide answers from the record, or completes the event. The key comes first: a command
// that was carried out must be answered as before, whatever has happened since.
func (d *decider) decide() (Decision, error) {
	if err := d.Err(room); err != nil {
		return Decision{}, err
	}
	d.ev.normalize()
	l, ev := d.l, &d.ev
	if known, used := l.keys[ev.Key]; used {
		if known.payload != ev.payload() {
			return Decision{}, refuse(KeyConflict)
		}
		return Decision{Seq: known.seq, Replayed: true}, nil
	}
	switch {
	case ev.At.Before(l.closed): // before TimeRunsBack, which asks for a later time
		return Decision{}, refuse(PeriodClosed)
	case l.taken(ev.Key):
		return Decision{}, refuse(KeyConflict)
	case !l.inTime(ev):
		return Decision{}, refuse(TimeRunsBack)
	case ev.Type == Granted && !l.room(ev):
		return Decision{}, tooMuch()
	}
	if err := l.view(ev.At.UnixNano()).complete(ev, ev); err != nil {
		return Decision{}, err
	}
	return Decision{Seq: ev.Seq, Event: *ev}, nil
}

// complete says which parts an event has, and how many of its units expire at once. Given is
// the event as the command, or the stream, has it.
func (v *view) complete(ev, given *Event) error {
	switch ev.Type {
	case Reserved, Consumed:
		return v.take(ev)
	case Committed, Released:
		return v.resolve(ev)
	case Reversed:
		return v.reverse(ev)
	case Revoked:
		return v.revoke(ev)
	case Closed:
		if given.Until.Before(v.ledger.closed) {
			return refuse(PeriodClosed)
		}
	case Granted:
	}
	return nil
}

// take plans where units come from.
func (v *view) take(ev *Event) error {
	takes, short := v.draft.Plan(nil, ev.Units, v.now, nil)
	v.ledger.step(int(v.draft.Steps()))
	if short > 0 {
		return refuse(Insufficient)
	}
	ev.Parts = partsOf(takes)
	return nil
}

// resolve says what of a reservation is used, or given back.
func (v *view) resolve(ev *Event) error {
	h := v.ledger.holds[ev.Of]
	switch {
	case h == nil:
		return refuse(v.ledger.forgotten(UnknownReservation))
	case h.Status == lot.Resolved:
		return refuse(AlreadyResolved)
	case h.Status == lot.TimedOut || h.Deadline <= v.now:
		return refuse(ReservationExpired)
	}
	if ev.Type == Released {
		ev.Units = h.Units()
		ev.Parts, ev.Lapsed = partsOf(h.Takes), v.back(h.Takes, v.now)
		return nil
	}
	used, freed, ok := h.Split(ev.Units)
	if !ok {
		return refuse(Insufficient)
	}
	ev.Parts, ev.Lapsed = partsOf(used), v.back(freed, v.now)
	return nil
}

// reverse says which units of a use come back.
func (v *view) reverse(ev *Event) error {
	u := v.ledger.uses[ev.Of]
	switch {
	case u == nil:
		return refuse(v.ledger.forgotten(UnknownUse))
	case ev.Units > u.units-u.reversed:
		return refuse(ExceedsUse)
	}
	ev.Parts = u.last(ev.Units)
	ev.Lapsed = v.back(takesOf(ev.Parts), v.now)
	return nil
}

// revoke says what is left of a grant.
func (v *view) revoke(ev *Event) error {
	g := v.ledger.named[ev.Of]
	if g == nil {
		return refuse(v.ledger.forgotten(UnknownGrant))
	}
	s := v.at(g)
	if g.over || !g.waits(s) && g.end(g.periods()-1) <= v.now {
		return refuse(GrantOver)
	}
	for _, id := range [...]uint64{s.roll, s.quota} {
		if l, there := v.lots.Find(id); there && l.Left > 0 {
			ev.Parts = append(ev.Parts, Part{id, l.Left})
			ev.Lapsed += l.Left
		}
	}
	return nil
}

// forgotten returns the reason why something is unknown: once a period is closed, it may be
// forgotten.
func (l *Ledger) forgotten(unknown Reason) Reason {
	if l.closed.IsZero() {
		return unknown
	}
	return PeriodClosed
}
