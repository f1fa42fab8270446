package recovery

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// An EventType says what happens to a complaint.
type EventType string

// The types of events. Moves change the state of a complaint, the others do not.
const (
	Receive     EventType = "receive"     // the first one, once
	Acknowledge EventType = "acknowledge" // the customer has a reply; from received
	Diagnose    EventType = "diagnose"    // the cause is found; from acknowledged and reopened
	Resolve     EventType = "resolve"     // it is put right; from diagnosed, and ends a wait
	Compensate  EventType = "compensate"  // the customer has been paid; from resolved
	Close       EventType = "close"       // from resolved and compensated
	Reopen      EventType = "reopen"      // it was not right; from resolved, compensated and closed, for some days

	Wait    EventType = "wait"    // for the customer: the resolution clock stops; in acknowledged, diagnosed and reopened
	Resume  EventType = "resume"  // it goes on
	Assign  EventType = "assign"  // to an owner, the first one or another one: a hand-off; until it is closed
	Contact EventType = "contact" // the customer had to come back about it, in any state
)

func eventTypes() enum.Set[EventType] {
	return enum.Of(Receive, Acknowledge, Diagnose, Resolve, Compensate, Close, Reopen, Wait, Resume, Assign, Contact)
}

// An Event is one step in the life of a complaint. It is plain data. Store it with
// [Event.MarshalJSON] or, in a fifth of the bytes, with [Event.AppendBinary].
type Event struct {
	Type     EventType
	At       time.Time
	Topic    string // of Receive: what it is about, such as "room"; may be empty
	Priority int    // of Receive: 1 to 5 as [Triage.Decide] says; 0 was not triaged, and has the targets of the policy
	Owner    string // of Assign: who has it now
	Cause    string // of Diagnose: its root, such as "booking system"; may be empty
}

// Validate reports every rule that e breaks, joined into one error: an unknown type, an
// instant that is not in the years 1700 to 2150, texts longer than 200 bytes or not of
// UTF-8, and a field that another type has.
func (e Event) Validate() error {
	if e.sound() {
		return nil
	}
	return fault.Room(room, e.broken())
}

// broken says which rules an event breaks that is not sound.
func (e *Event) broken() error {
	var l fault.List
	l.Join("", eventTypes().Check("Type", e.Type))
	checkInstant(&l, "At", e.At)
	l.Check(canon.IsNote(e.Topic), "Topic", nil, fault.NameRule)
	l.Check(e.Topic == "" || e.Type == Receive, "Topic", nil, "must be empty unless received")
	l.Check(e.Priority >= 0 && e.Priority <= priorities, "Priority", e.Priority, "must be 0 to 5")
	l.Check(e.Priority == 0 || e.Type == Receive, "Priority", e.Priority, "must be 0 unless received")
	l.Check(canon.IsNote(e.Owner), "Owner", nil, fault.NameRule)
	l.Check((e.Owner != "") == (e.Type == Assign), "Owner", nil, "must be given where assigned, and only there")
	l.Check(canon.IsNote(e.Cause), "Cause", nil, fault.NameRule)
	l.Check(e.Cause == "" || e.Type == Diagnose, "Cause", nil, "must be empty unless diagnosed")
	return l.Err("")
}

// sound reports whether an event breaks no rule, quickly.
func (e *Event) sound() bool {
	ok := canon.IsActivity(e.At) && uint(e.Priority) <= priorities
	switch e.Type {
	case Receive:
		return ok && e.Owner == "" && e.Cause == "" && canon.IsNote(e.Topic)
	case Diagnose:
		return ok && e.Topic == "" && e.Priority == 0 && e.Owner == "" && canon.IsNote(e.Cause)
	case Assign:
		return ok && e.Topic == "" && e.Priority == 0 && e.Cause == "" && canon.IsName(e.Owner)
	case Acknowledge, Resolve, Compensate, Close, Reopen, Wait, Resume, Contact:
		return ok && e.Topic == "" && e.Priority == 0 && e.Owner == "" && e.Cause == ""
	default:
		return false
	}
}

const eventVersion = 1

// code describes the members of an event.
func (e *Event) code(f *canon.Form) {
	canon.Head(f, eventVersion, eventTypes(), &e.Type)
	f.Time("at", &e.At)
	f.Name("topic", &e.Topic)
	f.Num("priority", &e.Priority)
	f.Name("owner", &e.Owner)
	f.Name("cause", &e.Cause)
}

// MarshalJSON encodes a valid event in one canonical form, such as
//
//	{"v":1,"type":"receive","at":"2026-03-02T09:30:00Z","topic":"room","priority":3}
func (e Event) MarshalJSON() ([]byte, error) { return e.write(canon.Writer(nil, eventVersion)) }

// AppendBinary appends a packed encoding of a valid event.
func (e Event) AppendBinary(b []byte) ([]byte, error) {
	return e.write(canon.PackedWriter(b, eventVersion))
}

// MarshalBinary returns what [Event.AppendBinary] appends.
func (e Event) MarshalBinary() ([]byte, error) { return e.AppendBinary(nil) }

func (e Event) write(f canon.Form) ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	e.code(&f)
	data, err := f.Data()
	return data, fault.Decode(room, "event", err)
}

// UnmarshalJSON decodes what [Event.MarshalJSON] has ever written, and nothing else. An
// unknown version or type is [relmark.ErrUnsupported]; e stays as it is on error.
func (e *Event) UnmarshalJSON(data []byte) error {
	var f canon.Form
	f.Read(data)
	return e.read(&f)
}

// UnmarshalBinary decodes what [Event.AppendBinary] has ever written, as
// [Event.UnmarshalJSON] does.
func (e *Event) UnmarshalBinary(data []byte) error {
	var f canon.Form
	f.ReadPacked(data)
	return e.read(&f)
}

func (e *Event) read(f *canon.Form) error {
	var in Event
	in.code(f)
	if err := f.Done(); err != nil {
		return fault.Decode(room, "event", err)
	}
	if err := in.Validate(); err != nil {
		return err
	}
	*e = in
	return nil
}

// A Record is an event with the complaint that it belongs to. It is plain data.
type Record[C relmark.ID] struct {
	Complaint C     `json:"complaint"`
	Event     Event `json:"event"`
}
