package recovery

import (
	"errors"
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A State is where a complaint stands.
type State string

// The states. Received, Acknowledged, Diagnosed and Reopened are unresolved.
const (
	NotReceived  State = "not_received" // of the zero Complaint
	Received     State = "received"
	Acknowledged State = "acknowledged"
	Diagnosed    State = "diagnosed"
	Resolved     State = "resolved"
	Compensated  State = "compensated"
	Closed       State = "closed"
	Reopened     State = "reopened"
)

func states() enum.Set[State] {
	return enum.Of(NotReceived, Received, Acknowledged, Diagnosed, Resolved, Compensated, Closed, Reopened)
}

// The positions of the states.
const (
	sNotReceived uint8 = iota
	sReceived
	sAcknowledged
	sDiagnosed
	sResolved
	sCompensated
	sClosed
	sReopened
)

func isUnresolved(s uint8) bool {
	return s == sReceived || s == sAcknowledged || s == sDiagnosed || s == sReopened
}

// A Reason says why an event is refused. It is part of the interface: hosts branch on it.
type Reason string

// The reasons, and what a retry can achieve.
const (
	WrongTransition Reason = "transition"      // success, in a state that has this event
	AlreadyWaiting  Reason = "already_waiting" // success, after it has resumed
	NotWaiting      Reason = "not_waiting"     // success, while it waits
	TooLate         Reason = "too_late"        // nothing: the days in which it could be reopened are over
	Unreceived      Reason = "unreceived"      // success, once it has been received
)

func reasons() enum.Set[Reason] {
	return enum.Of(WrongTransition, AlreadyWaiting, NotWaiting, TooLate, Unreceived)
}

// A RefusedError says that the state of a complaint forbids an event, which has left no trace. It
// matches [relmark.ErrRefused].
type RefusedError struct {
	Reason Reason `json:"reason"`
}

// Error returns the reason.
func (e *RefusedError) Error() string { return room + ": event refused: " + string(e.Reason) }

// Unwrap returns [relmark.ErrRefused].
func (e *RefusedError) Unwrap() error { return relmark.ErrRefused }

const (
	none      = math.MinInt64 // the instant of what has not happened
	century   = 36_525 * day
	orderRule = "must not be before the last event, or a century after the receipt"
)

// A Complaint is where one complaint stands, and what has been timed of it. It is made by
// events alone, and knows no calendar: deadlines are asked of it with the calendar and the
// policy of the day. The zero Complaint has not been received. Copies share memory: only
// one of them may go on. It is not safe for concurrent mutation. It takes some 150 bytes,
// 16 for each wait, and 40 for each time that it is reopened.
type Complaint struct {
	opaque

	state    uint8
	priority uint8
	waiting  bool
	returned bool // the customer came back, it waited or changed hands before it was first resolved, or it was reopened or the customer came back after
	handOffs int32
	contacts int32

	received     int64
	acknowledged int64 // none until it is
	last         int64 // event
	waitFrom     int64 // while waiting

	first span   // the first resolution clock
	later []span // one for each reopening

	topic, cause, owner string
}

// A span is what a resolution clock has timed.
type span struct {
	start  int64
	end    int64 // none until it is resolved
	pauses []pause
}

type pause struct{ from, until int64 }

// State returns where the complaint stands.
func (c *Complaint) State() State { s, _ := states().At(int(c.state)); return s }

// Waiting reports whether it waits for the customer.
func (c *Complaint) Waiting() bool { return c.waiting }

// Unresolved reports whether it has been received, and is not resolved or has been reopened.
func (c *Complaint) Unresolved() bool { return isUnresolved(c.state) }

// Topic returns what it is about, as received.
func (c *Complaint) Topic() string { return c.topic }

// Cause returns the root that was found last; empty if none was named.
func (c *Complaint) Cause() string { return c.cause }

// Owner returns who has it; empty before it was assigned.
func (c *Complaint) Owner() string { return c.owner }

// Priority returns its priority, 1 to 5; 0 if it was not triaged.
func (c *Complaint) Priority() int { return int(c.priority) }

// HandOffs returns how often it went from one owner to another.
func (c *Complaint) HandOffs() int { return int(c.handOffs) }

// Contacts returns how often the customer had to come back about it.
func (c *Complaint) Contacts() int { return int(c.contacts) }

// Reopenings returns how often it was reopened.
func (c *Complaint) Reopenings() int { return len(c.later) }

// Last returns when the last event happened that was not refused; the zero time before it is
// received.
func (c *Complaint) Last() time.Time {
	if c.state == sNotReceived {
		return time.Time{}
	}
	return time.Unix(0, c.last).UTC()
}

// FirstContact reports whether it was resolved at first contact: without a wait for the
// customer, a hand-off or another contact before it was resolved, and without a contact or a
// reopening after.
func (c *Complaint) FirstContact() bool {
	return c.state != sNotReceived && c.first.end != none && !c.returned
}

// Apply carries an event out. It fails with a [relmark.FieldError] for a nil complaint and for
// days for reopening that [Policy.Validate] refuses, where the event breaks a rule of
// [Event.Validate], comes before the last one or a century after the first, with
// a [RefusedError] where the state forbids it, and with [relmark.ErrLimit] after 65,535 waits, reopenings, hand-offs or
// contacts; c stays as it is then. An event that is delivered again is refused or changes
// nothing, but a contact at another instant than the last event. Of the policy it asks only for
// how long a complaint may be reopened; it takes constant time.
func (p Policy) Apply(c *Complaint, e Event) error {
	if c == nil || p.ReopenDays < 0 || p.ReopenDays > maxReopenDays {
		var l fault.List
		l.Check(c != nil, "Complaint", nil, "must not be nil")
		p.checkReopenDays(&l)
		return l.Err(room)
	}
	return named(c.apply(&e, p.ReopenDays))
}

// named puts the room before an error that is no refusal.
func named(err error) error {
	if _, ok := err.(*RefusedError); ok { //nolint:errorlint // apply does not wrap it
		return err
	}
	return fault.Room(room, err)
}

// apply carries an event out; its errors do not name the room.
func (c *Complaint) apply(e *Event, reopenDays int) error {
	if !e.sound() {
		return e.broken()
	}
	at := e.At.UnixNano()
	if c.state == sNotReceived {
		return c.receive(e, at)
	}
	if at < c.last || at > c.received+century {
		return fault.New("At", nil, orderRule)
	}
	reason, err := c.step(e, at, reopenDays)
	if err != nil {
		return err
	}
	if reason != "" {
		return &RefusedError{reason}
	}
	c.last = at
	return nil
}

// receive begins a life: whatever else comes first is refused.
func (c *Complaint) receive(e *Event, at int64) error {
	if e.Type != Receive {
		return &RefusedError{Unreceived}
	}
	*c = Complaint{
		state: sReceived, priority: uint8(e.Priority), topic: e.Topic,
		received: at, acknowledged: none, last: at, first: span{start: at, end: none},
	}
	return nil
}

// step carries out an event of a complaint that has been received, or says why not.
func (c *Complaint) step(e *Event, at int64, reopenDays int) (Reason, error) {
	switch e.Type {
	case Acknowledge, Diagnose, Resolve, Compensate, Close:
		return c.move(e, at), nil
	case Reopen:
		return c.reopen(at, reopenDays)
	case Wait:
		return c.wait(at)
	case Resume:
		return c.resume(at), nil
	case Assign:
		return c.assign(e.Owner)
	case Contact:
		return "", c.contact(at)
	case Receive:
	}
	return WrongTransition, nil
}

// move carries out the moves that stop no clock but that of the resolution.
func (c *Complaint) move(e *Event, at int64) Reason {
	s := c.state
	switch {
	case e.Type == Acknowledge && s == sReceived:
		c.state, c.acknowledged = sAcknowledged, at
	case e.Type == Diagnose && (s == sAcknowledged || s == sReopened):
		c.state = sDiagnosed
		if e.Cause != "" {
			c.cause = e.Cause
		}
	case e.Type == Resolve && s == sDiagnosed:
		c.endWait(at)
		c.state, c.current().end = sResolved, at
	case e.Type == Compensate && s == sResolved:
		c.state = sCompensated
	case e.Type == Close && (s == sResolved || s == sCompensated):
		c.state = sClosed
	default:
		return WrongTransition
	}
	return ""
}

// current returns the resolution clock that was started last.
func (c *Complaint) current() *span {
	if n := len(c.later); n > 0 {
		return &c.later[n-1]
	}
	return &c.first
}

// mostTimes bounds what a hostile stream can make of one complaint.
const mostTimes = math.MaxUint16

// reopen starts a clock of its own, unless the days since the last resolution are over: the last instant
// is already too late.
func (c *Complaint) reopen(at int64, days int) (Reason, error) {
	switch {
	case c.state != sResolved && c.state != sCompensated && c.state != sClosed:
		return WrongTransition, nil
	case at >= c.current().end+int64(days)*day:
		return TooLate, nil
	case len(c.later) >= mostTimes:
		return "", relmark.ErrLimit
	}
	c.later = append(c.later, span{start: at, end: none})
	c.state, c.returned = sReopened, true
	return "", nil
}

// wait stops the clock that runs; a resolved complaint has none.
func (c *Complaint) wait(at int64) (Reason, error) {
	switch {
	case c.state != sAcknowledged && c.state != sDiagnosed && c.state != sReopened:
		return WrongTransition, nil
	case c.waiting:
		return AlreadyWaiting, nil
	case len(c.current().pauses) >= mostTimes:
		return "", relmark.ErrLimit
	}
	c.waiting, c.waitFrom, c.returned = true, at, true
	return "", nil
}

func (c *Complaint) resume(at int64) Reason {
	if !c.waiting {
		return NotWaiting
	}
	c.endWait(at)
	return ""
}

func (c *Complaint) endWait(at int64) {
	if c.waiting {
		s := c.current()
		s.pauses = append(s.pauses, pause{c.waitFrom, at})
		c.waiting, c.waitFrom = false, 0
	}
}

// assign gives it to an owner. The first one is no hand-off, and the same one again changes nothing.
func (c *Complaint) assign(owner string) (Reason, error) {
	switch {
	case c.state == sClosed:
		return WrongTransition, nil
	case c.owner == owner:
		return "", nil
	case c.handOffs >= mostTimes:
		return "", relmark.ErrLimit
	}
	if c.owner != "" {
		c.handOffs++
		c.returned = c.returned || isUnresolved(c.state)
	}
	c.owner = owner
	return "", nil
}

// contact counts that the customer came back. One at the instant of the last event is that event
// itself, or a delivery of it again.
func (c *Complaint) contact(at int64) error {
	if c.contacts >= mostTimes {
		return relmark.ErrLimit
	}
	if at > c.last {
		c.contacts++
		c.returned = true
	}
	return nil
}

// A Refused is an event of a list that was refused. It is plain data.
type Refused struct {
	Event  int    `json:"event"` // position
	Reason Reason `json:"reason"`
}

// Follow returns what a list of events, by time and the first one [Receive], makes of a
// complaint, and which of them are refused and why. It fails as [Policy.Validate] does,
// with a [relmark.FieldError] that has the position of an event where it is not as
// [Event.Validate] says or comes before the one before it, refused or not, and with [relmark.ErrLimit] as [Policy.Apply] does.
func (p Policy) Follow(events []Event) (Complaint, []Refused, error) {
	if err := p.Validate(); err != nil {
		return Complaint{}, nil, err
	}
	if len(events) == 0 || events[0].Type != Receive {
		return Complaint{}, nil, broken("Events[0].Type", nil, "must be receive")
	}
	var c Complaint
	var refused []Refused
	for i, e := range events {
		if i > 0 && e.At.Before(events[i-1].At) {
			return Complaint{}, nil, broken(fault.Item("Events", i)+".At", nil, orderRule)
		}
		err := c.apply(&e, p.ReopenDays)
		if r, ok := errors.AsType[*RefusedError](err); ok {
			refused = append(refused, Refused{i, r.Reason})
		} else if err != nil {
			return Complaint{}, nil, fault.Room(room, fault.At(fault.Item("Events", i), err))
		}
	}
	return c, refused, nil
}
