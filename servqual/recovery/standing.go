package recovery

import (
	"time"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Desk is a policy with the calendar of the desk that keeps it: what deadlines are asked
// of. It is an immutable value, safe for concurrent use. Obtain one from [NewDesk]; methods
// of the zero Desk fail.
type Desk struct {
	opaque

	calendar Calendar
	policy   Policy
	levels   []level
}

// A level is an escalation, compiled.
type level struct {
	level      int
	millionths int64 // of the budget, in percent
}

// part returns how much of a budget runs until an escalation, rounded up to the nanosecond.
// It fits, as both are bounded.
func (l level) part(budget int64) int64 {
	part, _ := money.MulDiv(budget, l.millionths, 100_000_000, money.Up)
	return part
}

// NewDesk returns the desk of a policy and a calendar. It fails as [Policy.Validate] does,
// and for the zero Calendar. It keeps nothing of p.
func NewDesk(p Policy, c Calendar) (Desk, error) {
	var l fault.List
	l.Join("Policy", p.Validate())
	l.Check(c.tables != nil, "Calendar", nil, "must come from NewCalendar")
	if err := l.Err(room); err != nil {
		return Desk{}, err
	}
	d := Desk{calendar: c, policy: p.clone()}
	for _, e := range p.Escalation {
		m, _ := e.millionths()
		d.levels = append(d.levels, level{e.Level, m})
	}
	return d, nil
}

// Policy returns a copy of the policy of the desk.
func (d Desk) Policy() Policy { return d.policy.clone() }

// Calendar returns the calendar of the desk.
func (d Desk) Calendar() Calendar { return d.calendar }

// A Reply is the clock of the reply, which starts at the receipt and never stops. It is plain
// data. On time includes the due instant.
type Reply struct {
	Due      *time.Time    `json:"due"`  // nil where it lies after the year 2261
	Used     time.Duration `json:"used"` // business time until it was acknowledged, or until now
	Done     bool          `json:"done"`
	Breached bool          `json:"breached"` // done after Due, or not done and now after Due
}

// A Resolution is a clock of the resolution: one from the receipt, one from each reopening,
// each until it is resolved. It stops while the complaint waits for the customer. It is
// plain data.
type Resolution struct {
	Start time.Time `json:"start"`
	// Due is the earliest instant at which the budget has run, with the waits known so far
	// and no further ones, also once it is resolved. It is nil while the complaint waits, if
	// the budget had not run out when the wait began, and where it lies after the year 2261.
	Due         *time.Time    `json:"due"`
	Budget      time.Duration `json:"budget"`
	Used        time.Duration `json:"used"`   // business time until it was resolved, or until now, without waits
	Paused      time.Duration `json:"paused"` // business time in waits
	Done        bool          `json:"done"`
	Breached    bool          `json:"breached"`    // done after Due, or not done and now after Due
	Escalations []Escalated   `json:"escalations"` // that have fired, in their order
}

// An Escalated is an escalation that has fired: its part of the budget had run before the
// complaint was resolved. It is plain data.
type Escalated struct {
	Level int       `json:"level"`
	At    time.Time `json:"at"`
}

// A Standing is what one complaint has been promised and what has become of that. It is plain
// data and the caller's own.
type Standing struct {
	State   State        `json:"state"`
	Waiting bool         `json:"waiting"`
	Reply   Reply        `json:"reply"`
	Clocks  []Resolution `json:"clocks"` // of the resolution, in their order, one at least
	// Next is when something of it is due or escalates next, if nothing happens; nil where
	// nothing will.
	Next *time.Time `json:"next"`
}

// Standing returns how a complaint stands. It fails with a [relmark.FieldError] for a
// complaint that has not been received, and unless asOf is in the years 1700 to 2150, not
// before its last event, and within a century of the receipt; and for the zero Desk. It
// takes time in proportion to waits and levels of escalation.
func (d Desk) Standing(c *Complaint, asOf time.Time) (Standing, error) {
	if err := d.check(c, asOf); err != nil {
		return Standing{}, err
	}
	now := asOf.UnixNano()
	out := Standing{State: c.State(), Waiting: c.waiting}
	reply := d.reply(c, now)
	out.Reply = Reply{instantOrNil(reply.due), time.Duration(reply.used), c.acknowledged != none, reply.breached}
	for i := range 1 + len(c.later) {
		out.Clocks = append(out.Clocks, d.resolution(c, i, now))
	}
	out.Next = d.next(c, reply, now)
	return out, nil
}

// Follow returns how a complaint stands of which these are the events, by time and the first
// one [Receive], and which of them are refused. It fails as [Policy.Follow] and
// [Desk.Standing] do, and for an asOf before the last event, refused or not.
func (d Desk) Follow(events []Event, asOf time.Time) (Standing, []Refused, error) {
	c, refused, err := d.policy.Follow(events)
	if err != nil {
		return Standing{}, nil, err
	}
	if asOf.Before(events[len(events)-1].At) {
		return Standing{}, nil, broken("AsOf", nil, orderRule)
	}
	standing, err := d.Standing(&c, asOf)
	if err != nil {
		return Standing{}, nil, err
	}
	return standing, refused, nil
}

func (d Desk) check(c *Complaint, asOf time.Time) error {
	var l fault.List
	l.Check(d.calendar.tables != nil, "Desk", nil, "must come from NewDesk")
	l.Check(c != nil && c.state != sNotReceived, "Complaint", nil, "must have been received")
	checkInstant(&l, "AsOf", asOf)
	if l.Len() == 0 {
		now := asOf.UnixNano()
		l.Check(now >= c.last && now <= c.received+century, "AsOf", nil, orderRule)
	}
	return l.Err(room)
}

// A timing is what a clock has come to.
type timing struct {
	due      int64 // none where it is not known
	used     int64
	paused   int64
	breached bool
}

// reply times the reply.
func (d Desk) reply(c *Complaint, now int64) timing {
	t := d.calendar.tables
	done := c.acknowledged
	if done == none {
		done = now
	}
	out := timing{due: none, used: t.run(done) - t.run(c.received)}
	if due, ok := t.due(c.received, int64(d.policy.targets(c.priority).Reply)); ok {
		out.due, out.breached = due, done > due
	}
	return out
}

// budget returns the budget of a resolution clock, 0 the first.
func (d Desk) budget(c *Complaint, i int) int64 {
	if i > 0 {
		return int64(d.policy.Reopened)
	}
	return int64(d.policy.targets(c.priority).Resolution)
}

// clock returns a resolution clock, 0 the first.
func (c *Complaint) clock(i int) *span {
	if i > 0 {
		return &c.later[i-1]
	}
	return &c.first
}

// isPaused reports whether a clock is stopped by a wait that has not ended.
func (c *Complaint) isPaused(s *span) bool { return c.waiting && s.end == none }

// time times a clock of the resolution until now.
func (d Desk) time(c *Complaint, i int, now int64) timing {
	t, s := d.calendar.tables, c.clock(i)
	end := s.end
	if end == none {
		end = now
	}
	out := timing{used: t.run(end) - t.run(s.start)}
	for _, p := range s.pauses {
		out.paused += t.run(p.until) - t.run(p.from)
	}
	if c.isPaused(s) {
		out.paused += t.run(now) - t.run(c.waitFrom)
	}
	out.used -= out.paused
	out.due = d.after(c, s, d.budget(c, i))
	out.breached = out.due != none && end > out.due
	return out
}

// after returns the earliest instant at which so much of a clock has run, with the waits known
// so far; none where that is not known.
func (d Desk) after(c *Complaint, s *span, budget int64) int64 {
	t, from := d.calendar.tables, s.start
	for _, p := range s.pauses {
		run := t.run(p.from) - t.run(from)
		if run >= budget {
			break
		}
		budget -= run
		from = p.until
	}
	if c.isPaused(s) && t.run(c.waitFrom)-t.run(from) < budget {
		return none
	}
	due, ok := t.due(from, budget)
	if !ok {
		return none
	}
	return due
}

// resolution describes a clock of the resolution.
func (d Desk) resolution(c *Complaint, i int, now int64) Resolution {
	s, m := c.clock(i), d.time(c, i, now)
	out := Resolution{
		Start: instant(s.start), Due: instantOrNil(m.due), Budget: time.Duration(d.budget(c, i)), Used: time.Duration(m.used), Paused: time.Duration(m.paused),
		Done: s.end != none, Breached: m.breached, Escalations: []Escalated{},
	}
	for _, e := range d.levels {
		at := d.after(c, s, e.part(d.budget(c, i)))
		if at == none || s.end != none && at >= s.end || at > now {
			break
		}
		out.Escalations = append(out.Escalations, Escalated{e.level, instant(at)})
	}
	return out
}

// next returns the earliest instant after now of a deadline or an escalation that is ahead.
func (d Desk) next(c *Complaint, reply timing, now int64) *time.Time {
	first := endOfTime
	ahead := func(at int64) {
		if at != none && at > now {
			first = min(first, at)
		}
	}
	if c.acknowledged == none && c.state == sReceived {
		ahead(reply.due)
	}
	if i := len(c.later); c.Unresolved() {
		ahead(d.after(c, c.clock(i), d.budget(c, i)))
		for _, e := range d.levels {
			ahead(d.after(c, c.clock(i), e.part(d.budget(c, i))))
		}
	}
	if first == endOfTime {
		return nil
	}
	return new(instant(first))
}

func instant(at int64) time.Time { return time.Unix(0, at).UTC() }

// instantOrNil returns nil of none.
func instantOrNil(at int64) *time.Time {
	if at == none {
		return nil
	}
	return new(instant(at))
}
