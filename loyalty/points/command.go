package points

import (
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/lot"
)

// A Command asks for something to happen to an account: [Earn], [Redeem],
// [Refund], [Adjust] and so on. No other package can add one.
type Command interface {
	head() Head
	// processed returns the command with another processing time.
	processed(at time.Time) Command
	// payload describes what makes two commands the same.
	payload(f *form)
	// decide returns the body of the event that carries the command out.
	decide(d *decider) (Body, error)
}

// A Head is what all commands have in common.
type Head struct {
	// Key makes the command unique within the account: the same key with the same
	// payload is answered with the original event, with another one it is an error. The
	// account remembers it until a [Close] forgets the period of At.
	Key string
	// At is when the activity took place. It drives rules, dates and periods, and is
	// part of the payload. Years 1700 to 2150.
	At time.Time
	// Recorded is when it is processed, not before the last event. It drives
	// availability, expiry and deadlines, and is not part of the payload. The zero
	// time stands for At.
	Recorded time.Time
	// Version is the version of the account that the caller has seen, nil if it does
	// not matter. It is not part of the payload.
	Version *uint64
}

func (h Head) head() Head { return h }

// A Decision is the answer to a command.
type Decision struct {
	// Event is to be stored and applied. If Replayed, only Seq and Key are set.
	Event Event
	// Replayed says that the command has been carried out before, by the event with
	// the sequence number Event.Seq, which is the answer; nothing is to be stored.
	Replayed bool
}

// A decider is an engine at work on one command.
type decider struct {
	e        *Engine
	a        *Account // with reservations timed out that are due; not to be changed
	at       time.Time
	recorded time.Time
	now      int64        // recorded
	date     relmark.Date // local date of at
}

// Decide returns the event that carries a command out, or a [CommandError] or an
// invalid input saying why there is none. It never changes the account: store the
// event, then [Account.Apply] it. The key is checked first, then the version, the
// processing time, and the command itself; a command that is refused leaves no
// trace and does not occupy its key.
func (e *Engine) Decide(a *Account, c Command) (Decision, error) {
	if e == nil || a == nil || none(c) {
		return Decision{}, invalid("Command", nil, "must come with an engine and an account")
	}
	h := c.head()
	// What commands are handed is on the heap, as they come as interfaces: in one piece.
	desk := new(struct {
		decider
		form
		room [192]byte
	})
	d := &desk.decider
	d.e, d.a = e, a
	if err := d.times(h); err != nil {
		return Decision{}, err
	}
	payload := fingerprint(&desk.form, desk.room[:0], c, d.at, e.program.Currency)
	if known := a.keys.find(h.Key); known != nil {
		if known.fingerprint != payload {
			return Decision{}, refuse(KeyConflict)
		}
		return Decision{Event{Seq: known.seq, Key: h.Key}, true}, nil
	}
	switch {
	case h.Version != nil && *h.Version != a.version:
		return Decision{}, refuse(VersionConflict)
	case d.date.Before(a.closed): // for good, so it is said before what a retry can mend
		return Decision{}, refuse(PeriodClosed)
	case a.version > 0 && d.now < a.last:
		return Decision{}, refuse(TimeRunsBack)
	}
	d.a = a.on(d.now)
	body, err := c.decide(d)
	if err != nil {
		return Decision{}, err
	}
	return Decision{Event: Event{a.version + 1, h.Key, payload, d.at, d.recorded, body}}, nil
}

// none reports whether there is no command, or a nil pointer for one: all commands
// are values, and pointers to them are commands too.
func none(c Command) bool {
	switch c := c.(type) {
	case nil:
		return true
	case *Earn:
		return c == nil
	case *Redeem:
		return c == nil
	case *Refund:
		return c == nil
	case *Adjust:
		return c == nil
	case *Reserve:
		return c == nil
	case *Commit:
		return c == nil
	case *Void:
		return c == nil
	case *Send:
		return c == nil
	case *Receive:
		return c == nil
	case *Leave:
		return c == nil
	case *Open:
		return c == nil
	case *Close:
		return c == nil
	case *Sweep:
		return c == nil
	case *LateRefund:
		return c == nil
	}
	return false
}

// times checks the key and the instants of a command.
func (d *decider) times(h Head) (err error) {
	if !validName(h.Key) {
		return invalid("Key", nil, nameRule)
	}
	if d.at, err = instant("At", h.At); err != nil {
		return err
	}
	d.recorded = d.at
	if !h.Recorded.IsZero() {
		if d.recorded, err = instant("Recorded", h.Recorded); err != nil {
			return err
		}
	}
	d.now = d.recorded.UnixNano()
	d.date, err = relmark.DateOf(d.at, d.e.zone)
	return err
}

// take plans to spend n available points in burn order.
func (d *decider) take(n int64) ([]Part, error) {
	takes, short := d.a.book.Plan(nil, n, d.now, nil)
	if short > 0 {
		return nil, d.insufficient()
	}
	return partsOf(takes), nil
}

// insufficient says how many points there are instead.
func (d *decider) insufficient() error {
	s := d.a.book.Sums(d.now)
	return &CommandError{Insufficient, s.Available, s.Pending}
}

// partsOf returns takes of available points as parts, nil if there are none.
func partsOf(takes []lot.Take) []Part {
	var parts []Part
	for _, t := range takes {
		parts = append(parts, Part{Lot: t.Lot, Points: t.Units})
	}
	return parts
}

// positive checks a number of points.
func positive(field string, n int64) error {
	if n <= 0 || n > maxPoints {
		return invalid(field, n, "must be 1 to 2^53-1")
	}
	return nil
}
