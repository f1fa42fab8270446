package points

import (
	"crypto/sha256"
	"encoding/binary"
	"reflect"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// A Command asks for something to happen to an account: an [Action] in an envelope
// that says whose request it is and when it came, as an [Event] is a body in one. It
// has no JSON, since what it asks for can be anything; actions do. It is plain data,
// and safe for concurrent use while nobody changes it.
type Command struct {
	opaque

	// Key makes the command unique within the account: the same key with the same
	// action and time of activity is answered with the original event, with another one
	// it is an error. So a command is repeated with its key after any failure: it is
	// idempotent. The account remembers the key until a [Close] forgets the period of At.
	Key string
	// At is when the activity took place. It drives rules, dates and periods. Years
	// 1700 to 2150.
	At time.Time
	// Recorded is when it is processed, not before the last event. It drives
	// availability, expiry and deadlines, and does not make another command of it: after
	// [TimeRunsBack] or [VersionConflict] the same command may come with a later one. The
	// zero time stands for At.
	Recorded time.Time
	// Version is the version of the account that the caller has seen, nil if it does
	// not matter. It does not make another command either.
	Version *uint64
	// Do is what is asked for.
	Do Action
}

// An Action is what a command asks for: [Earn], [Redeem], [Refund], [Adjust] and so on,
// or a pointer to one. No other package can add one.
type Action interface {
	// payload describes what makes two actions the same.
	payload(f *digest)
	// decide returns the body of the event that carries the action out.
	decide(d *decider) (Body, error)
}

// A Decision is the answer to a command.
type Decision struct {
	// Seq is the sequence number of the event that carries the command out.
	Seq uint64 `json:"seq"`
	// Replayed says that it has been carried out before: the stored event Seq is the
	// answer, and nothing is to be stored or applied.
	Replayed bool `json:"replayed,omitzero"`
	// Event is to be stored and applied; zero if Replayed.
	Event Event `json:"event,omitzero"`
}

// A decider is an engine at work on one command.
type decider struct {
	e        *Engine
	a        *Account  // not to be changed
	w        lot.Draft // its lots, with what reservations held that have timed out
	at       time.Time
	recorded time.Time
	now      int64        // recorded
	date     relmark.Date // local date of at
}

// Decide returns the event that carries a command out, or a [CommandError] or an
// invalid input saying why there is none. It never changes the account: store the
// event, then [Account.Apply] it. The key is checked first, then the version, the
// processing time, and the action itself; a command that is refused leaves no
// trace and does not occupy its key.
func (e *Engine) Decide(a *Account, c Command) (Decision, error) {
	return new(desk).decide(e, a, c)
}

// A desk is where a command is decided. What actions are handed is on the heap, as they
// come as interfaces: it is in one piece.
type desk struct {
	decider
	digest
	room [192]byte
}

// decide is [Engine.Decide] on a new desk.
func (desk *desk) decide(e *Engine, a *Account, c Command) (Decision, error) {
	if e == nil || a == nil || absent(c.Do) {
		return Decision{}, invalid("Do", nil, "must be there, and an engine and an account")
	}
	d := &desk.decider
	d.e, d.a = e, a
	if err := d.times(&c); err != nil {
		return Decision{}, err
	}
	desk.digest = digest{canon.Digester(desk.room[:0]), e.program.Currency}
	payload := desk.fingerprint(c.Do, d.at)
	if known := a.keys.find(c.Key); known != nil {
		if known.fingerprint != payload {
			return Decision{}, refuse(KeyConflict)
		}
		return Decision{Seq: known.seq, Replayed: true}, nil
	}
	switch {
	case c.Version != nil && *c.Version != a.version:
		return Decision{}, refuse(VersionConflict)
	case d.date.Before(a.closed): // for good, so it is said before what a retry can mend
		return Decision{}, refuse(PeriodClosed)
	case a.version > 0 && d.now < a.last:
		return Decision{}, refuse(TimeRunsBack)
	}
	d.w = a.draft(d.now)
	body, err := c.Do.decide(d)
	if err != nil {
		return Decision{}, err
	}
	seq := a.version + 1
	return Decision{Seq: seq, Event: Event{seq, c.Key, payload, d.at, d.recorded, body}}, nil
}

// absent reports whether there is no action or body, or a nil pointer for one.
func absent(x any) bool {
	v := reflect.ValueOf(x)
	return x == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

// times checks the key and the instants of a command.
func (d *decider) times(c *Command) (err error) {
	if !canon.IsName(c.Key) {
		return invalid("Key", nil, nameRule)
	}
	if d.at, err = instant("At", c.At); err != nil {
		return err
	}
	d.recorded = d.at
	if !c.Recorded.IsZero() {
		if d.recorded, err = instant("Recorded", c.Recorded); err != nil {
			return err
		}
	}
	d.now = d.recorded.UnixNano()
	d.date, err = relmark.DateOf(d.at, d.e.zone)
	return err
}

// A digest writes what makes two commands the same. Currency is what no currency stands
// for.
type digest struct {
	canon.Form
	currency string
}

// fingerprint condenses an action and when its activity took place, but not when it was
// processed. What is wrong with an action, the action says itself. The form is written
// to memory of the caller's, which suffices for usual actions; SHA-256 of that is some
// 200 ns.
func (f *digest) fingerprint(c Action, activity time.Time) uint64 {
	f.Time("at", &activity)
	c.payload(f)
	data, _ := f.Data() // a digest takes everything
	sum := sha256.Sum256(data)
	return binary.BigEndian.Uint64(sum[:])
}

// unit writes a currency.
func (f *digest) unit(currency string) {
	if currency != f.currency {
		f.Text("currency", &currency)
	}
}

// amount writes a decimal. One that is too long to write is no amount that any action
// accepts.
func amount(f *canon.Form, d decimal.Decimal) {
	var room [32]byte
	text := room[:0]
	if d.Sign() != 0 {
		text, _ = money.AppendDecimal(text, d)
	}
	f.Raw("amount", text)
}

// take plans to spend n available points in burn order.
func (d *decider) take(n int64) ([]Part, error) {
	takes, short := d.w.Plan(nil, n, d.now, nil)
	if short > 0 {
		return nil, d.insufficient()
	}
	return partsOf(takes), nil
}

// spend plans to spend n points if the programme lets them be spent.
func (d *decider) spend(n int64) ([]Part, error) {
	if refused := asRefusal(d.e.earning.CheckSpending(n)); refused != nil {
		return nil, refused
	}
	return d.take(n)
}

// insufficient says how many points there are instead.
func (d *decider) insufficient() error {
	s := d.w.Sums(d.now)
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
