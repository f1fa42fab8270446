package structural

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// A Ledger is what one customer may still use of one service: a fold of its events. Units
// live in lots, as points and cashback do. Its time is that of its last event. The zero
// Ledger is ready and empty. It is not safe for concurrent mutation: a host keeps events
// with (ledger, sequence number) unique. Memory grows with the events since the last
// [Entitlement.Close]. [Ledger.AppendBinary] makes a snapshot.
type Ledger struct {
	opaque
	version uint64
	last    int64 // the time of the last event
	book    lot.Book
	clock   clock
	grants  map[uint32]*grant // by number
	named   map[string]*grant // by key
	born    uint32            // grants that there ever were
	holds   map[string]*hold  // by key
	uses    map[string]*use   // by key
	keys    map[string]keyed
	totals
	closed time.Time // what comes before is forgotten; zero: nothing is

	steps *int // of work, which tests count; nil: nobody does
}

// totals are sums of units.
type totals struct {
	granted int64 // ever
	used    int64 // less what came back
	rolled  int64 // ever
	held    int64
	ahead   int64 // of periods that have not begun
}

// step counts elementary steps, where a test asks for them.
func (l *Ledger) step(n int) {
	if l.steps != nil {
		*l.steps += n
	}
}

// keyed remembers the command that had a key.
type keyed struct {
	payload
	seq uint64
	at  int64
}

// A payload is what makes two commands the same: all but their times and results. Terms may
// change, so of a grant by terms it is the first day alone.
type payload struct {
	typ         EventType
	of          string
	units       int64
	start       relmark.Date
	from, until int64 // of a grant without terms; until of a reservation: how long it holds; of a closing: its end
}

// payload returns what made an event.
func (e *Event) payload() payload {
	p := payload{typ: e.Type, of: e.Of, units: e.Units}
	switch e.Type {
	case Granted:
		if p.start = e.Start; !e.Start.IsZero() {
			p.units = 0
			return p
		}
		p.from, p.until = e.Bounds[0].UnixNano(), lot.Never
		if n := len(e.Bounds); n > 1 {
			p.until = e.Bounds[n-1].UnixNano()
		}
	case Reserved:
		p.until = e.Until.UnixNano() - e.At.UnixNano()
	case Released: // what it says is all
		p.units = 0
	case Closed:
		p.until = e.Until.UnixNano()
	default:
	}
	return p
}

// A use is what was used under a key and has not come back.
type use struct {
	units, reversed int64
	parts           []Part // in the order in which they were used
}

// last returns the parts of the next n units to come back: those used last come first.
func (u *use) last(n int64) []Part {
	var parts []Part
	for i := len(u.parts) - 1; n > 0; i-- { // which there are
		p := u.parts[i]
		back := min(n, p.Units)
		parts = append(parts, Part{p.Lot, back})
		n -= back
	}
	return parts
}

// drop takes the next n units off the end.
func (u *use) drop(n int64) {
	for u.reversed += n; n > 0; {
		last := &u.parts[len(u.parts)-1]
		back := min(n, last.Units)
		if n -= back; back < last.Units {
			last.Units -= back
			return
		}
		u.parts = u.parts[:len(u.parts)-1]
	}
}

// Version returns the number of events that made the ledger.
func (l *Ledger) Version() uint64 { return l.version }

// Apply makes a ledger of version n-1 one of version n by the event with sequence number n.
// It needs no terms: events carry outcomes. It fails, leaving l unchanged, with
// [relmark.ErrConflict] if the event is not the next one and with [relmark.ErrInvalid] if it
// cannot have come from this ledger.
func (l *Ledger) Apply(ev Event) error {
	if l == nil {
		return invalid("Ledger", nil, "must not be nil")
	}
	if err := ev.validate(); err != nil {
		return err
	}
	ev.normalize()
	if ev.Seq != l.version+1 {
		return fmt.Errorf("%s: event out of sequence: %w", room, relmark.ErrConflict)
	}
	if err := l.fits(&ev); err != nil {
		return err
	}
	l.ready()
	l.advance(ev.At.UnixNano())
	l.change(&ev)
	l.keys[ev.Key] = keyed{ev.payload(), ev.Seq, ev.At.UnixNano()}
	l.version++
	return nil
}

// ready makes the maps.
func (l *Ledger) ready() {
	if l.keys == nil {
		l.keys, l.named, l.grants = map[string]keyed{}, map[string]*grant{}, map[uint32]*grant{}
		l.holds, l.uses = map[string]*hold{}, map[string]*use{}
	}
}

// fits checks an event against the ledger as it is at its time, so that change cannot fail
// half way. Terms are not asked again: events are facts.
func (l *Ledger) fits(ev *Event) error {
	switch {
	case l.taken(ev.Key):
		return refuse(KeyConflict)
	case !l.inTime(ev):
		return invalid("At", nil, "must not come before the events so far")
	case ev.Type == Granted && !l.room(ev):
		return tooMuch()
	}
	v := l.view(ev.At.UnixNano())
	want := Event{Type: ev.Type, Of: ev.Of, Units: ev.Units}
	err := v.complete(&want, ev)
	if errors.Is(err, relmark.ErrRefused) {
		return invalid("Event", nil, "must fit the ledger that it is applied to")
	}
	if err == nil && (want.Lapsed != ev.Lapsed || !slices.Equal(want.Parts, ev.Parts)) {
		return invalid("Parts", nil, "must be those that the ledger has")
	}
	return err
}

// taken reports whether a key stands for something: for a command, or for a grant that has
// outlived the memory of its command.
func (l *Ledger) taken(key string) bool {
	_, command := l.keys[key]
	return command || l.named[key] != nil
}

// inTime reports whether an event comes at or after the last one.
func (l *Ledger) inTime(ev *Event) bool {
	return l.version == 0 || ev.At.UnixNano() >= l.last
}

// room reports whether a grant keeps the totals in range.
func (l *Ledger) room(ev *Event) bool {
	n := ev.Units * int64(max(1, len(ev.Bounds)-1)) // which validate has bounded
	return n <= money.MaxExact-l.granted-l.ahead && l.born < mostGrants
}

// mostGrants bounds the grants of one ledger.
const mostGrants = 1 << 31

// change applies an event that fits.
func (l *Ledger) change(ev *Event) {
	switch ev.Type {
	case Granted:
		l.grant(ev)
	case Reserved:
		h := &hold{lot.Hold{Takes: takesOf(ev.Parts), Deadline: ev.Until.UnixNano()}, ev.Seq}
		l.holds[ev.Key] = h
		l.held += ev.Units
		l.draw(ev.Parts)
		l.clock.watch(h)
	case Committed:
		h := l.holds[ev.Of]
		_, freed, _ := h.Split(ev.Units)
		l.resolve(h, freed)
		l.use(ev)
	case Released:
		h := l.holds[ev.Of]
		l.resolve(h, h.Takes)
	case Consumed:
		l.draw(ev.Parts)
		l.use(ev)
	case Reversed:
		l.uses[ev.Of].drop(ev.Units)
		l.used -= ev.Units
		l.back(takesOf(ev.Parts))
	case Revoked:
		g := l.named[ev.Of]
		l.draw(ev.Parts)
		l.ahead -= g.units * int64(g.periods()-g.next)
		g.over = true
	case Closed:
		l.forget(ev)
	}
}

// grant adds a grant, and begins the periods of it that have begun.
func (l *Ledger) grant(ev *Event) {
	l.born++
	g := &grant{number: l.born, key: ev.Key, units: ev.Units, rollover: ev.Rollover, bounds: make([]int64, len(ev.Bounds))}
	for i, t := range ev.Bounds {
		g.bounds[i] = t.UnixNano()
	}
	l.grants[g.number], l.named[g.key] = g, g
	l.ahead += g.units * int64(g.periods())
	l.clock.set(g)
	l.advance(ev.At.UnixNano())
}

// use remembers what an event used.
func (l *Ledger) use(ev *Event) {
	l.uses[ev.Key] = &use{units: ev.Units, parts: slices.Clone(ev.Parts)}
	l.used += ev.Units
}

// resolve ends a reservation, and keeps its name: a command that resolves it again is told.
func (l *Ledger) resolve(h *hold, freed []lot.Take) {
	l.held -= h.Units()
	l.back(freed)
	h.end(lot.Resolved)
}

// back returns units to their lots.
func (l *Ledger) back(takes []lot.Take) {
	v := view{ledger: l, lots: &l.book}
	v.back(takes, l.last)
}

// draw takes units out of their lots, which have them.
func (l *Ledger) draw(parts []Part) {
	l.step(len(parts))
	for _, p := range parts {
		l.book.Draw(p.Lot, p.Units)
	}
}

// takesOf returns parts as takes.
func takesOf(parts []Part) []lot.Take {
	takes := make([]lot.Take, len(parts))
	for i, p := range parts {
		takes[i] = lot.Take{Lot: p.Lot, Units: p.Units}
	}
	return takes
}

// Fold applies events one after the other, up to the stream's first error, which it wraps.
// An error leaves the ledger as the events before it made it. A nil stream is an error.
func (l *Ledger) Fold(events iter.Seq2[Event, error]) error {
	return l.fold(events, func(*Event) bool { return true })
}

// FoldUntil is [Ledger.Fold] for the events up to an instant, that instant included: what
// was left then, a ledger that was folded so can say. It stops at the first later event.
func (l *Ledger) FoldUntil(events iter.Seq2[Event, error], asOf time.Time) error {
	return l.fold(events, func(ev *Event) bool { return !ev.At.After(asOf) })
}

func (l *Ledger) fold(events iter.Seq2[Event, error], wanted func(*Event) bool) error {
	if l == nil || events == nil {
		return invalid("Events", nil, "must not be nil, nor the ledger")
	}
	for ev, err := range events {
		if err == nil && !wanted(&ev) {
			return nil
		}
		if err == nil {
			err = l.Apply(ev)
		}
		if err != nil {
			return fmt.Errorf("%s: event %d: %w", room, l.version+1, err)
		}
	}
	return nil
}
