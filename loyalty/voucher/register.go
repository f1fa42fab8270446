package voucher

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/relmark/relmark"
)

// A Decision answers a command. The zero decision, which comes with every error,
// accepts nothing. It is plain data and the caller's own.
type Decision struct {
	Accepted bool
	Replayed bool     // accepted before, under this key; nothing is to be stored
	Reasons  []Reason // why not; empty if accepted
	// Next is when to ask again if nothing but the start of the campaign is in the
	// way; zero otherwise.
	Next time.Time
	// Event is to be stored and applied; zero unless accepted for the first time.
	Event Event
}

// Err returns nil if the command is accepted and a [RefusedError] if not.
func (d Decision) Err() error {
	if d.Accepted {
		return nil
	}
	return refuse(d.Reasons...)
}

// A Voiding asks to undo a redemption and free its use.
type Voiding struct {
	Key        string    // unique among the commands of the campaign
	Redemption string    // key of the redemption
	At         time.Time // when; not part of the payload
}

// A Register counts the redemptions of one campaign: a fold of its events. The
// zero Register is ready and empty. It is not safe for concurrent mutation: a host
// keeps events with (campaign, sequence number) unique, and where two decide on
// the same state the second one's event clashes and is decided again. Memory grows
// with the events. [Register.AppendBinary] makes a snapshot.
type Register struct {
	version        uint64
	live           int64
	codes, members map[string]int64 // live redemptions
	keys           map[string]entry
}

// An entry remembers what a key stood for.
type entry struct {
	typ, code, member, redemption string
	live                          bool
}

func (e *Event) entry() entry { return entry{string(e.Type), e.Code, e.Member, e.Redemption, false} }

// Version returns the number of events that made the register.
func (g *Register) Version() uint64 { return g.version }

// Uses returns the live redemptions of a code, of a member and of all.
func (g *Register) Uses(code, member string) Uses {
	return Uses{g.codes[code], g.members[member], g.live}
}

// Live returns the keys of live redemptions in ascending order.
func (g *Register) Live() []string {
	keys := make([]string, 0, g.live)
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
	ev := Event{g.version + 1, Redeemed, r.Key, r.Code, r.Member, "", r.At.UTC()}
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
// is not live is [UnknownRedemption]. Keys work as in [Campaign.Redeem].
func (g *Register) Void(v Voiding) (Decision, error) {
	if g == nil {
		return Decision{}, errNil("Register")
	}
	var fault checker
	fault.name(v.Key, "Key")
	fault.name(v.Redemption, "Redemption")
	fault.check(!v.At.IsZero(), "At", nil, "must be set")
	if err := fault.err(); err != nil {
		return Decision{}, err
	}
	ev := Event{g.version + 1, Voided, v.Key, "", "", v.Redemption, v.At.UTC()}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	if !g.keys[v.Redemption].live {
		return Decision{Reasons: []Reason{UnknownRedemption}}, nil
	}
	return Decision{Accepted: true, Event: ev}, nil
}

// known answers a command whose key has been used.
func (g *Register) known(ev *Event) (Decision, bool) {
	before, known := g.keys[ev.Key]
	if !known {
		return Decision{}, false
	}
	before.live = false
	if before != ev.entry() {
		return Decision{Reasons: []Reason{KeyConflict}}, true
	}
	return Decision{Accepted: true, Replayed: true}, true
}

// Apply makes a register of version n-1 one of version n by the event with
// sequence number n. It fails, leaving g unchanged, with [relmark.ErrConflict] if
// the event is not the next one and with [relmark.ErrInvalid] if it cannot have
// come from this register. Limits are not asked again: events are facts.
func (g *Register) Apply(ev Event) error {
	if g == nil {
		return errNil("Register")
	}
	if err := ev.validate(); err != nil {
		return err
	}
	if ev.Seq != g.version+1 {
		return fmt.Errorf("voucher: event out of sequence: %w", relmark.ErrConflict)
	}
	if _, used := g.keys[ev.Key]; used {
		return refuse(KeyConflict)
	}
	e := ev.entry()
	if ev.Type == Voided {
		voided := g.keys[ev.Redemption]
		if !voided.live {
			return refuse(UnknownRedemption)
		}
		voided.live = false
		g.keys[ev.Redemption] = voided
		g.count(voided, -1)
	} else {
		e.live = true
		g.count(e, 1)
	}
	g.keys[ev.Key] = e
	g.version++
	return nil
}

// count adds n to the uses that a redemption is one of.
func (g *Register) count(e entry, n int64) {
	if g.keys == nil {
		g.keys, g.codes, g.members = map[string]entry{}, map[string]int64{}, map[string]int64{}
	}
	g.codes[e.code] += n
	g.members[e.member] += n
	g.live += n
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
			err = g.Apply(ev)
		}
		if err != nil {
			return fmt.Errorf("voucher: event %d: %w", g.version+1, err)
		}
	}
	return nil
}
