package structural

import (
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// An EventType says what happened to a ledger.
type EventType string

// The types of events of a ledger. Periods begin and end, units roll over and expire, and
// reservations time out without an event: those are facts about an instant.
const (
	Granted   EventType = "granted"   // units were promised, period by period
	Reserved  EventType = "reserved"  // units are held until a deadline
	Committed EventType = "committed" // a part of what was held was used, the rest came back
	Released  EventType = "released"  // all that was held came back
	Consumed  EventType = "consumed"  // units were used at once
	Reversed  EventType = "reversed"  // a part of what was used came back
	Revoked   EventType = "revoked"   // a grant ended before its time
	Closed    EventType = "closed"    // a period of the books was
)

func types() enum.Set[EventType] {
	return enum.Of(Granted, Reserved, Committed, Released, Consumed, Reversed, Revoked, Closed)
}

// A Part is a number of units of one lot: those of one period of one grant, or those that
// rolled over into it.
type Part struct {
	Lot   uint64 `json:"lot"`
	Units int64  `json:"units"`
}

// An Event is what one command did to a ledger. It carries the outcome, with the instants
// that followed from dates, so that replaying it needs neither terms nor a zone. It is
// plain data.
type Event struct {
	Seq   uint64 // position in the stream of the ledger, from 1
	Type  EventType
	Key   string // of the command
	Of    string // key of the reservation, of the use or of the grant that it is about
	Units int64  // of Granted: in each period; held, used, or come back
	// Lapsed is how many units expire at once: of Committed, Released and Reversed, what
	// came back to lots that have ended; of Revoked, what was left.
	Lapsed   int64
	Parts    []Part       // what was taken, used or came back, in the order in which it was
	Rollover int64        // of Granted
	Start    relmark.Date // of Granted by terms: the first day
	Bounds   []time.Time  // of Granted: where the periods begin, and where the last one ends, if it does
	Until    time.Time    // of Reserved: the deadline; of Closed: the first instant that stays open
	At       time.Time    // UTC
}

// normalize brings instants to UTC, and no parts and no bounds to nil. It does not write to
// what the event shares with its source.
func (e *Event) normalize() {
	e.At, e.Until = e.At.UTC(), e.Until.UTC()
	if slices.ContainsFunc(e.Bounds, func(t time.Time) bool { return t.Location() != time.UTC }) {
		e.Bounds = slices.Clone(e.Bounds)
		for i, t := range e.Bounds {
			e.Bounds[i] = t.UTC()
		}
	}
	if len(e.Parts) == 0 {
		e.Parts = nil
	}
	if len(e.Bounds) == 0 {
		e.Bounds = nil
	}
}

// validate reports what an event of no ledger could be.
func (e *Event) validate() error {
	var c checker
	c.Check(e.Seq >= 1 && e.Seq <= money.MaxExact, "Seq", e.Seq, "must be 1 to 2^53-1")
	c.Join("", types().Check("Type", e.Type))
	c.Name("Key", e.Key)
	c.Check(calendar.InRange(e.At), "At", nil, calendar.RangeRule)
	c.body(e)
	return c.Err(room)
}

// body checks that an event has what its type has, and nothing else.
func (c *checker) body(e *Event) {
	refers := e.Type == Committed || e.Type == Released || e.Type == Reversed || e.Type == Revoked
	if refers {
		c.Name("Of", e.Of)
	} else {
		c.Check(e.Of == "", "Of", nil, "must be empty")
	}
	sum, ok := e.sum()
	c.Check(ok, "Parts", nil, "must each be another lot, of 1 unit or more")
	c.Check(e.Type == Closed && e.Units == 0 || e.Type == Revoked && e.Units == 0 || e.Units >= 1 && e.Units <= money.MaxExact, "Units", e.Units, unitsRule)
	takes := e.Type != Granted && e.Type != Closed
	want := e.Units
	if e.Type == Revoked {
		want = e.Lapsed
	}
	c.Check(takes && sum == want || !takes && sum == 0, "Parts", nil, "must add up to the units")
	c.Check(e.Lapsed >= 0 && e.Lapsed <= money.MaxExact && (refers || e.Lapsed == 0), "Lapsed", e.Lapsed, "must be 0, or the units that expired as they came back")
	c.Check(e.Type == Reserved || e.Type == Closed || e.Until.IsZero(), "Until", nil, "must be zero")
	c.Check(e.Type != Reserved || lot.Lives(e.Until) && e.Until.After(e.At), "Until", nil, "must come after At")
	c.Check(e.Type != Closed || calendar.InRange(e.Until) && !e.Until.After(e.At), "Until", nil, "must be set, and not after At")
	c.schedule(e)
}

// schedule checks the periods of a grant.
func (c *checker) schedule(e *Event) {
	if e.Type != Granted {
		c.Check(len(e.Bounds) == 0 && e.Start.IsZero() && e.Rollover == 0, "Bounds", nil, "must be empty, as Start and Rollover")
		return
	}
	ok := len(e.Bounds) >= 1 && len(e.Bounds) <= mostPeriods+1
	for i, t := range e.Bounds {
		ok = ok && lot.Lives(t) && (i == 0 || t.After(e.Bounds[i-1]))
	}
	c.Check(ok, "Bounds", nil, "must ascend, in years 1700 to 2255, and be 1 to 1201")
	c.Check(e.Start.IsZero() || len(e.Bounds) > 1, "Start", nil, "must be zero where the grant has no end")
	c.Check(e.Rollover >= 0 && e.Rollover <= money.MaxExact, "Rollover", e.Rollover, "must be 0 to 2^53-1")
	if n := int64(max(1, len(e.Bounds)-1)); ok {
		c.Check(e.Units <= money.MaxExact/n, "Units", e.Units, "must be at most 2^53-1 in all periods")
	}
}

// sum adds the parts up; false if a lot is named twice or units are none.
func (e *Event) sum() (total int64, ok bool) {
	for _, p := range e.Parts {
		if p.Units < 1 || !within(total, p.Units) {
			return 0, false
		}
		total += p.Units
	}
	return total, !repeats(e.Parts)
}

// repeats reports whether a lot is named twice.
func repeats(parts []Part) bool {
	if len(parts) < 2 {
		return false
	}
	lots := make([]uint64, len(parts))
	for i, p := range parts {
		lots[i] = p.Lot
	}
	slices.Sort(lots)
	return len(slices.Compact(lots)) < len(parts)
}

// partsOf returns takes as parts, nil if there are none.
func partsOf(takes []lot.Take) []Part {
	var parts []Part
	for _, t := range takes {
		parts = append(parts, Part{t.Lot, t.Units})
	}
	return parts
}

type eventJSON struct {
	V        int          `json:"v"`
	Seq      uint64       `json:"seq"`
	Type     EventType    `json:"type"`
	Key      string       `json:"key"`
	Of       string       `json:"of,omitempty"`
	Units    int64        `json:"units,omitempty"`
	Lapsed   int64        `json:"lapsed,omitempty"`
	Parts    []Part       `json:"parts,omitempty"`
	Rollover int64        `json:"rollover,omitempty"`
	Start    relmark.Date `json:"start,omitzero"`
	Bounds   []time.Time  `json:"bounds,omitempty"`
	Until    time.Time    `json:"until,omitzero"`
	At       time.Time    `json:"at"`
}

// MarshalJSON encodes a valid event in one canonical form: its fields in their order after
// the version, zero values left out, such as
//
//	{"v":1,"seq":3,"type":"consumed","key":"visit 7","units":1,"parts":[{"lot":1,"units":1}],"at":"2025-03-05T10:00:00Z"}
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	e.normalize()
	return encode(eventJSON{version, e.Seq, e.Type, e.Key, e.Of, e.Units, e.Lapsed, e.Parts, e.Rollover, e.Start, e.Bounds, e.Until, e.At})
}

// UnmarshalJSON decodes an event of any version that was ever written. It fails with
// [relmark.ErrUnsupported] on an unknown version and with [relmark.ErrInvalid] on anything
// else that is no event, and leaves e unchanged then.
func (e *Event) UnmarshalJSON(data []byte) error {
	var in eventJSON
	if err := decode("event", data, &in); err != nil {
		return err
	}
	out := Event{in.Seq, in.Type, in.Key, in.Of, in.Units, in.Lapsed, in.Parts, in.Rollover, in.Start, in.Bounds, in.Until, in.At}
	if err := out.validate(); err != nil {
		return err
	}
	out.normalize()
	*e = out
	return nil
}

// Redact returns the event with its key, and that of what it is about, replaced by what
// rename makes of them, for the erasure of a person or for a copy to share. Units, lots and
// instants stay: at every instant the redacted stream gives the same balance. It shares
// nothing with e. An event names no customer: whose ledger it is, the host knows.
//
// Rename must answer the same whenever it is asked, in all events of the ledger, and give
// different names to different ones, such as a keyed hash, or Apply refuses the stream.
// Redaction is no protection from repeated commands: they come with the old keys. Snapshots
// made before hold the old names: make them anew. It fails if rename is nil, or makes an
// event that is not valid.
func (e Event) Redact(rename func(string) string) (Event, error) {
	if rename == nil {
		return Event{}, invalid("Rename", nil, "must not be nil")
	}
	if err := e.validate(); err != nil {
		return Event{}, err
	}
	e.normalize()
	e.Parts, e.Bounds = slices.Clone(e.Parts), slices.Clone(e.Bounds)
	e.Key = rename(e.Key)
	if e.Of != "" {
		e.Of = rename(e.Of)
	}
	if err := e.validate(); err != nil {
		return Event{}, err
	}
	return e, nil
}
