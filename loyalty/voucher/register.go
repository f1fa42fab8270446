package voucher

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/fault"
)

// A Decision answers a command. The zero decision, which comes with every error,
// accepts nothing. It is plain data and the caller's own.
type Decision struct {
	Accepted bool     `json:"accepted"`
	Replayed bool     `json:"replayed,omitempty"` // accepted before, under this key; nothing is to be stored
	Reasons  []Reason `json:"reasons,omitempty"`  // why not; empty if accepted
	// Next is when to ask again if nothing but the start of the campaign is in the
	// way; zero otherwise.
	Next time.Time `json:"next,omitzero"`
	// Event is to be stored and applied; zero unless accepted for the first time.
	Event Event `json:"event,omitzero"`
}

// Err returns nil if the command is accepted and a [RefusedError] if not.
func (d Decision) Err() error {
	if d.Accepted {
		return nil
	}
	return &RefusedError{d.Reasons}
}

// A Voiding asks to undo a redemption and free its use.
type Voiding struct {
	Key        string    `json:"key"`        // unique among the commands of the campaign
	Redemption string    `json:"redemption"` // key of the redemption
	At         time.Time `json:"at"`         // when; not part of the payload
}

// A Register counts the redemptions of one campaign: a fold of its events. The
// zero Register is ready and empty. It is not safe for concurrent mutation: a host
// keeps events with (campaign, sequence number) unique, and where two decide on
// the same state the second one's event clashes and is decided again. Memory grows
// with the codes and members in use, and with the events since the last
// [Campaign.Close]. [Register.AppendBinary] makes a snapshot.
type Register struct {
	opaque
	version        uint64
	live           int64
	codes, members map[string]int64 // live redemptions, also forgotten ones; never 0
	keys           map[string]entry
	closed         time.Time // what comes before is forgotten; zero: nothing is
}

// An entry remembers what a key stood for.
type entry struct {
	typ                      EventType
	code, member, redemption string
	from                     int64 // of a closing
	at                       int64
	live                     bool
}

func (e *Event) entry() entry {
	x := entry{typ: e.Type, code: e.Code, member: e.Member, redemption: e.Redemption, at: e.At.UnixNano()}
	if e.Type == Closed {
		x.from = e.From.UnixNano()
	}
	return x
}

// same reports whether two entries are of the same command. Its time may differ.
func (e entry) same(o entry) bool {
	e.at, e.live = o.at, o.live
	return e == o
}

// Version returns the number of events that made the register.
func (g *Register) Version() uint64 { return g.version }

// Uses returns the live redemptions of a code, of a member and of all, also of
// periods that are closed.
func (g *Register) Uses(code, member string) Uses {
	return Uses{g.codes[code], g.members[member], g.live}
}

// Live returns the keys of live redemptions in ascending order, those of periods
// that are closed left out.
func (g *Register) Live() []string {
	keys := make([]string, 0, len(g.keys))
	for key, e := range g.keys {
		if e.live {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Redeem decides about a redemption; it changes nothing. An accepted key that
// comes again with the same code and member is accepted as before, also after it
// was voided; with others it is refused. A refused command leaves its key free.
// Once a period is closed, what comes before its end is [PeriodClosed], also what
// was accepted then: so repeat a redemption with the time that it had.
//
// It fails as [Campaign.Check] does, and on a nil register. A first redemption that
// is accepted costs a few map look-ups and allocates nothing.
func (c *Campaign) Redeem(g *Register, r Redemption) (Decision, error) {
	if g == nil {
		return Decision{}, errNil("Register")
	}
	reasons, err := c.Check(r, g.Uses(r.Code, r.Member))
	if err != nil {
		return Decision{}, err
	}
	ev := Event{Seq: g.version + 1, Type: Redeemed, Key: r.Key, Code: r.Code, Member: r.Member, At: r.At.UTC()}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	if len(reasons) > 0 {
		d := Decision{Reasons: reasons}
		if len(reasons) == 1 && reasons[0] == NotStarted {
			d.Next = c.from
		}
		return d, nil
	}
	return Decision{Accepted: true, Event: ev}, nil
}

// Void decides about undoing a redemption; it changes nothing. A redemption that
// is not live is [UnknownRedemption], and [PeriodClosed] if it is unknown and may
// lie in a period that is closed. Keys work as in [Campaign.Redeem].
func (g *Register) Void(v Voiding) (Decision, error) {
	if g == nil {
		return Decision{}, errNil("Register")
	}
	var f fault.List
	f.Name("Key", v.Key)
	f.Name("Redemption", v.Redemption)
	f.Check(calendar.InRange(v.At), "At", nil, calendar.RangeRule)
	if err := f.Err(room); err != nil {
		return Decision{}, err
	}
	ev := Event{Seq: g.version + 1, Type: Voided, Key: v.Key, Redemption: v.Redemption, At: v.At.UTC()}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	switch target, known := g.keys[v.Redemption]; {
	case !known && !g.closed.IsZero():
		return Decision{Reasons: []Reason{PeriodClosed}}, nil
	case !target.live:
		return Decision{Reasons: []Reason{UnknownRedemption}}, nil
	}
	return Decision{Accepted: true, Event: ev}, nil
}

// known answers a command whose key has been used, or may have been: what comes
// before a closing is refused, or a command that is repeated would be carried out
// twice.
func (g *Register) known(ev *Event) (Decision, bool) {
	before, used := g.keys[ev.Key]
	switch {
	case used && before.same(ev.entry()):
		return Decision{Accepted: true, Replayed: true}, true
	case used:
		return Decision{Reasons: []Reason{KeyConflict}}, true
	case ev.At.Before(g.closed):
		return Decision{Reasons: []Reason{PeriodClosed}}, true
	}
	return Decision{}, false
}

// Apply makes a register of version n-1 one of version n by the event with
// sequence number n. It fails, leaving g unchanged, with [relmark.ErrConflict] if
// the event is not the next one and with [relmark.ErrInvalid] if it cannot have
// come from this register. Limits are not asked again: events are facts.
func (g *Register) Apply(ev Event) error { return fault.Room(room, g.apply(ev)) }

func (g *Register) apply(ev Event) error {
	if g == nil {
		return fault.New("Register", nil, "must not be nil")
	}
	if err := ev.validate(); err != nil {
		return err
	}
	if err := g.fits(&ev); err != nil {
		return err
	}
	if g.keys == nil {
		g.keys, g.codes, g.members = map[string]entry{}, map[string]int64{}, map[string]int64{}
	}
	ev.normalize()
	g.change(&ev)
	g.version++
	return nil
}

// fits checks an event against the register, so that change cannot fail.
func (g *Register) fits(ev *Event) error {
	_, used := g.keys[ev.Key]
	switch {
	case ev.Seq != g.version+1:
		return fmt.Errorf("event out of sequence: %w", relmark.ErrConflict)
	case used:
		return fault.New("Key", nil, "must not have been used before")
	case ev.At.Before(g.closed) || ev.Type == Closed && ev.From.Before(g.closed):
		return fault.New("At", nil, "must not come before what is closed")
	case ev.Type == Voided && !g.keys[ev.Redemption].live:
		return fault.New("Redemption", nil, "must be one that is live")
	}
	return nil
}

// change applies an event that fits. What was voided keeps its key, so that sending
// it again does not redeem it again.
func (g *Register) change(ev *Event) {
	e := ev.entry()
	switch ev.Type {
	case Redeemed:
		e.live = true
		g.count(e, 1)
	case Voided:
		voided := g.keys[ev.Redemption]
		voided.live = false
		g.keys[ev.Redemption] = voided
		g.count(voided, -1)
	case Closed:
		g.forget(ev.From)
	}
	g.keys[ev.Key] = e
}

// count adds n to the uses that a redemption is one of.
func (g *Register) count(e entry, n int64) {
	add(g.codes, e.code, n)
	add(g.members, e.member, n)
	g.live += n
}

// add changes a count. One of 0 is dropped: a register must not grow with names
// that are out of use.
func add(counts map[string]int64, name string, n int64) {
	if counts[name] += n; counts[name] == 0 {
		delete(counts, name)
	}
}

// Fold applies events one after the other, up to the stream's first error, which
// it wraps. An error leaves the register as the events before it made it. A nil
// stream is an error.
func (g *Register) Fold(events iter.Seq2[Event, error]) error {
	if g == nil || events == nil {
		return errNil("Events")
	}
	for ev, err := range events {
		if err == nil {
			err = g.apply(ev)
		}
		if err != nil {
			return fmt.Errorf("%s: event %d: %w", room, g.version+1, err)
		}
	}
	return nil
}
