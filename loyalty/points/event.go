package points

import (
	"fmt"
	"iter"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
)

// An Event is what one command did to one account. It carries the outcome (lots,
// instants, takes) and the facts that led to it, so that replaying it needs no
// rules, clock or time zones. Events are immutable once built; an account keeps no part
// of a body but strings.
type Event struct {
	Seq         uint64    // position in the stream of the account, from 1
	Key         string    // of the command
	Fingerprint uint64    // of the command's payload: the first 8 bytes of its SHA-256
	At          time.Time // when the activity took place, UTC
	Recorded    time.Time // when it was processed, UTC
	Body        Body
}

// A Body is the part of an event that depends on what was asked for: *[Earned],
// *[Redeemed], *[Refunded], *[Adjusted] and so on. No other package can add one.
type Body interface {
	// kind names the body in encodings.
	kind() string
	// code describes the body to an encoder or decoder.
	code(f *canon.Form)
	// apply changes the book and the totals of the account as of an instant, and
	// nothing else, or leaves them half changed and fails: see change.
	apply(a *Account, now int64) error
	// note changes what else the account remembers, after apply. It cannot fail.
	note(a *Account, now int64)
	// postings returns what the command itself moved.
	postings(p *poster)
	// about names the order that the body is about, empty if it is about none.
	about() string
	// again does under the i-th programme of a what-if what was done in fact.
	again(w *WhatIf, d *decider, i int) error
	// redacted returns a copy without what may identify a person: see [Event.Redact].
	redacted(rename func(string) string) Body
}

// Kind returns the name of the body in encodings, such as "earned", for logs and
// statements; it is empty if there is no body.
func (ev *Event) Kind() string {
	if absent(ev.Body) {
		return ""
	}
	return ev.Body.kind()
}

// EarnedOrder returns the order for which an event granted points, empty if it did not:
// what a unique index of the host's keeps from earning twice for good, even after a
// [Close]. Most events have none.
func (ev *Event) EarnedOrder() string {
	if b, ok := ev.Body.(*Earned); ok && b != nil {
		return b.Order
	}
	return ""
}

// Granted returns what an event granted for an order or an activity and the local date of its activity,
// to be counted towards budgets: usage.Add(event.Granted()). It is nothing for other
// events.
func (ev *Event) Granted() (on relmark.Date, points int64) {
	switch b := ev.Body.(type) {
	case *Earned:
		if b != nil {
			return b.Facts.Date, b.Award.Granted
		}
	case *Acted:
		if b != nil {
			return b.Facts.Date, b.Award.Granted
		}
	}
	return relmark.Date{}, 0
}

// A Part is a number of points of one lot, and where in it they are.
type Part struct {
	Lot    uint64 `json:"lot,omitzero"`
	Points int64  `json:"points,omitzero"`
	State  State  `json:"state,omitzero"`
}

// A State says what the points of a lot are at an instant.
type State string

// The states of points in a lot. The zero value is [Available].
const (
	Available State = ""        // can be spent
	Pending   State = "pending" // not yet
	Expired   State = "expired" // no longer
)

func (p *Part) code(f *canon.Form) {
	f.ID("lot", &p.Lot)
	f.Int("points", &p.Points)
	canon.Word(f, "state", &p.State, states())
}

// states are the states in the order of the compact encoding.
func states() enum.Set[State] { return enum.Of(Available, Pending, Expired) }

// tooMany stands for every sum that no account can hold.
const tooMany = maxPoints + 1

// plus adds the points of one part to a sum. The result is tooMany as soon as a part
// is not positive or the sum beyond 2^53-1, so that no sum of an event wraps around.
func plus(sum, points int64) int64 {
	if points <= 0 || points > maxPoints || sum > maxPoints-points {
		return tooMany
	}
	return sum + points
}

// total adds up parts.
func total(parts []Part) int64 {
	var n int64
	for i := range parts {
		n = plus(n, parts[i].Points)
	}
	return n
}

// Apply makes an account of version n-1 one of version n by the event with
// sequence number n. It needs no engine. It fails, leaving the account unchanged,
// with [relmark.ErrConflict] if the event is not the next one, with [TimeRunsBack] if
// it was processed before the last one, with [TooMany] if a total would exceed
// 2^53-1, and with [relmark.ErrInvalid] if it cannot have come from this account for
// another reason. What it costs does not grow with the account by
// more than a logarithm, but for a [Close], and it allocates only where the account
// grows.
func (a *Account) Apply(ev Event) error {
	switch {
	case ev.Seq != a.version+1:
		return refuse(VersionConflict)
	case absent(ev.Body):
		return fmt.Errorf("points: event without body: %w", relmark.ErrInvalid)
	case !canon.IsName(ev.Key) || a.keys.find(ev.Key) != nil:
		return errEvent("Key")
	case !canon.IsActivity(ev.At) || !canon.IsActivity(ev.Recorded):
		return invalid("Recorded", nil, instantRule)
	}
	now := ev.Recorded.UnixNano()
	if now < a.last && a.version > 0 {
		return refuse(TimeRunsBack)
	}
	if err := a.change(ev.Body, now); err != nil {
		return err
	}
	a.version, a.last = ev.Seq, now
	a.book.Pass(now)
	a.keys.add(ev.Key, keyed{ev.Fingerprint, ev.Seq, ev.At.UnixNano()})
	return nil
}

// change applies an event or undoes what it did of it: until nothing can fail any
// more, only the book and the totals change, and reservations time out.
func (a *Account) change(b Body, now int64) error {
	if !a.holds.timesOut(now) && !many(b) {
		return a.undergo(b, now)
	}
	totals := a.totals
	a.book.Begin()
	released := a.release(now)
	err := b.apply(a, now)
	if err == nil && !a.sound() {
		err = refuse(TooMany)
	}
	if err != nil {
		a.totals = totals
		a.book.Undo()
		for _, i := range released {
			a.holds.again(i)
		}
		return err
	}
	a.book.Keep()
	b.note(a, now)
	return nil
}

// undergo applies an event without undoing anything.
func (a *Account) undergo(b Body, now int64) error {
	if err := b.apply(a, now); err != nil {
		return err
	}
	b.note(a, now)
	return nil
}

// Fold applies events one after the other, up to the stream's first error, which
// it wraps. An error leaves the account as the events before it made it.
func Fold(a *Account, events iter.Seq2[Event, error]) error {
	for ev, err := range events {
		if err != nil {
			return within(fmt.Sprintf("event %d: ", a.version+1), err)
		}
		if err := a.Apply(ev); err != nil {
			return within(fmt.Sprintf("event %d: ", a.version+1), err)
		}
	}
	return nil
}

// many reports whether a body changes an account in more than one step that may
// fail. The others check what they need before they change anything.
func many(b Body) bool {
	switch b := b.(type) {
	case *Earned:
		return len(b.Paid) > 0 || len(b.Refunds) > 0
	case *Redeemed:
		return len(b.Parts) > 1
	case *Acted:
		return false
	default:
		return true
	}
}

// errEvent is what is wrong with an event that does not fit the account.
func errEvent(field string) error {
	return invalid(field, nil, "must fit the account that the event is applied to")
}
