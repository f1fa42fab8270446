package recovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/servqual"
)

// Punctuality is how many clocks kept their deadline. It is plain data.
type Punctuality struct {
	OnTime  int64           `json:"on_time"`
	Late    int64           `json:"late"`    // done after it was due, or not done and overdue
	Pending int64           `json:"pending"` // neither done nor overdue
	Share   *servqual.Share `json:"share"`   // on time, of those decided, with Wilson's interval; nil of none
}

func (p *Punctuality) add(done bool, t timing) {
	switch {
	case t.breached:
		p.Late++
	case done:
		p.OnTime++
	default:
		p.Pending++
	}
}

func (p *Punctuality) close(level float64) { p.Share = shareOf(p.OnTime, p.OnTime+p.Late, level) }

// A StateCount is how many complaints are in a state. It is plain data.
type StateCount struct {
	State State `json:"state"`
	Count int64 `json:"count"`
}

// A ReasonCount is how many events were refused for a reason. It is plain data.
type ReasonCount struct {
	Reason Reason `json:"reason"`
	Count  int64  `json:"count"`
}

// A Report says how complaints are dealt with. It is plain data and the caller's own.
type Report struct {
	Complaints int64           `json:"complaints"`
	States     []StateCount    `json:"states"` // every state of a complaint that was received, in their order; they add up to Complaints
	Refused    []ReasonCount   `json:"refused"`
	Unresolved int64           `json:"unresolved"`
	Waiting    int64           `json:"waiting"`
	Reply      Punctuality     `json:"reply"`
	Resolution Punctuality     `json:"resolution"` // of the first clock of each complaint
	Again      Punctuality     `json:"again"`      // of the clocks of those that were reopened
	HandOffs   int64           `json:"hand_offs"`
	MeanOffs   *float64        `json:"mean_hand_offs"` // per complaint; nil of none
	HandedOff  *servqual.Share `json:"handed_off"`     // complaints that went from one owner to another; nil of none
	// FirstContact is the share resolved at first contact, as [Complaint.FirstContact] says, of
	// those resolved at some time; nil of none, as is Reopened, the share of them that was
	// reopened.
	FirstContact *servqual.Share `json:"first_contact"`
	Reopened     *servqual.Share `json:"reopened"`
}

// Report returns how the complaints are dealt with, with intervals at a level. It fails with
// a [relmark.FieldError] for the zero Desk, unless asOf is in the years 1700 to 2150, not
// before the last event of any and within a century of each receipt, and unless the level is
// 0.5 to 0.9999. It takes time in proportion to complaints and their waits.
func (r *Register[C]) Report(d Desk, level float64, asOf time.Time) (Report, error) {
	var l fault.List
	l.Level("Level", level)
	if err := r.check(&l, d, asOf); err != nil {
		return Report{}, err
	}
	var t totals
	now := asOf.UnixNano()
	for c := range r.each {
		t.add(d, c, now)
	}
	out := t.report(level)
	for i, reason := range reasons().All() {
		out.Refused = append(out.Refused, ReasonCount{reason, r.refused[i]})
	}
	return out, nil
}

// check reports what asks of a register cannot be answered at an instant.
func (r *Register[C]) check(l *fault.List, d Desk, asOf time.Time) error {
	l.Check(d.calendar.tables != nil, "Desk", nil, "must come from NewDesk")
	checkInstant(l, "AsOf", asOf)
	if err := l.Err(room); err != nil {
		return err
	}
	now := asOf.UnixNano()
	for c := range r.each {
		if now < c.last || now > c.received+century {
			return broken("AsOf", nil, orderRule)
		}
	}
	return nil
}

// totals are what a report adds up.
type totals struct {
	Report

	states                                   [sReopened + 1]int64
	handedOff, atOnce, resolved, reopened, n int64
}

// add counts one complaint in every figure that it belongs to, once.
func (t *totals) add(d Desk, c *Complaint, now int64) {
	t.n++
	t.states[c.state]++
	if c.Unresolved() {
		t.Unresolved++
	}
	if c.waiting {
		t.Waiting++
	}
	t.Reply.add(c.acknowledged != none, d.reply(c, now))
	for i := range 1 + len(c.later) {
		p := &t.Resolution
		if i > 0 {
			p = &t.Again
		}
		p.add(c.clock(i).end != none, d.time(c, i, now))
	}
	t.HandOffs += int64(c.handOffs)
	count(&t.handedOff, c.handOffs > 0)
	count(&t.atOnce, c.FirstContact())
	count(&t.resolved, c.first.end != none)
	count(&t.reopened, len(c.later) > 0)
}

func count(n *int64, when bool) {
	if when {
		*n++
	}
}

func (t *totals) report(level float64) Report {
	out := t.Report
	out.Complaints = t.n
	for i, s := range states().All() {
		if s != NotReceived {
			out.States = append(out.States, StateCount{s, t.states[i]})
		}
	}
	for _, p := range []*Punctuality{&out.Reply, &out.Resolution, &out.Again} {
		p.close(level)
	}
	if t.n > 0 {
		out.MeanOffs = new(float64(t.HandOffs) / float64(t.n))
	}
	out.HandedOff = shareOf(t.handedOff, t.n, level)
	out.FirstContact = shareOf(t.atOnce, t.resolved, level)
	out.Reopened = shareOf(t.reopened, t.resolved, level)
	return out
}

// An Alarm is the next deadline or escalation of a complaint. It is plain data.
type Alarm[C relmark.ID] struct {
	Complaint C         `json:"complaint"`
	At        time.Time `json:"at"`
}

// Alarms returns the complaints for which something is due or escalates after asOf, within
// a time that is elapsed, if nothing happens, by instant and identifier: when to look again.
// It fails as [Register.Report] does, and with a [relmark.FieldError] for a time below 0.
func (r *Register[C]) Alarms(d Desk, within time.Duration, asOf time.Time) ([]Alarm[C], error) {
	var l fault.List
	l.Check(within >= 0, "Within", within, "must be 0 or more")
	if err := r.check(&l, d, asOf); err != nil {
		return nil, err
	}
	var out []Alarm[C]
	now := asOf.UnixNano()
	for id, i := range r.index {
		c := r.at(i)
		if next := d.next(c, d.reply(c, now), now); next != nil && next.Sub(asOf) <= within {
			out = append(out, Alarm[C]{id, *next})
		}
	}
	slices.SortFunc(out, func(a, b Alarm[C]) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Complaint, b.Complaint))
	})
	return out, nil
}

// A Timing is what time a handling time is.
type Timing string

// The timings, all from the receipt to the last resolution.
const (
	Elapsed   Timing = ""           // what the customer's clock shows
	OpenHours Timing = "open_hours" // business time, with waits
	OwnTime   Timing = "own_time"   // business time without waits, and without the time between a resolution and its reopening
)

func timings() enum.Set[Timing] { return enum.Of(Elapsed, OpenHours, OwnTime) }

// Handling returns how long complaints took by topic, those that are unresolved as open, rounded
// up to minutes. It fails as [Register.Report] does, with a [relmark.FieldError] for an
// unknown timing, and with [relmark.ErrLimit] for more than 10,000 topics.
func (r *Register[C]) Handling(d Desk, timing Timing, asOf time.Time) (*Handling, error) {
	var l fault.List
	l.Join("", timings().Check("Timing", timing))
	if err := r.check(&l, d, asOf); err != nil {
		return nil, err
	}
	out, now := &Handling{}, asOf.UnixNano()
	for c := range r.each {
		took := time.Duration(d.took(c, timing, now))
		took = (took + time.Minute - 1) / time.Minute * time.Minute
		one := spells{done: 1}
		if c.Unresolved() {
			one = spells{open: 1}
		}
		if err := out.add(c.topic, took, one); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// took returns how long a complaint took until it was last resolved, or has taken until now.
func (d Desk) took(c *Complaint, timing Timing, now int64) int64 {
	end := c.current().end
	if end == none {
		end = now
	}
	switch timing {
	case OpenHours:
		return d.calendar.tables.run(end) - d.calendar.tables.run(c.received)
	case OwnTime:
		sum := int64(0)
		for i := range 1 + len(c.later) {
			sum += d.time(c, i, now).used
		}
		return sum
	case Elapsed:
	}
	return end - c.received
}

// Causes counts the causes that were found, by number: costs are the host's to add, to causes
// of its own. It fails with [relmark.ErrLimit] for more than 100,000 causes.
func (r *Register[C]) Causes() (*Causes, error) {
	out := &Causes{made: true, by: map[string]charge{}}
	for c := range r.each {
		if err := out.add(c.cause, charge{count: 1}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
