package voucher

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Decision answers a command. The zero decision, which comes with every error,
// accepts nothing. It is plain data and the caller's own.
type Decision struct {
	Accepted bool     `json:"accepted"`
	Replayed bool     `json:"replayed,omitempty"` // accepted before, under this key; nothing is to be stored
	Reasons  []Reason `json:"reasons,omitempty"`  // why not; empty if accepted
	Caps     []string `json:"caps,omitempty"`     // names of the caps in the way, in the order of the terms
	// Next is when to ask again if nothing is in the way that time does not clear: the
	// campaign has not started, or a day, week or month is used up; zero otherwise.
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

// A Register counts the redemptions of one campaign: a fold of its events. The
// zero Register is ready and empty. It is not safe for concurrent mutation: a host
// keeps events with (campaign, sequence number) unique, and where two decide on
// the same state the second one's event clashes and is decided again. Memory grows
// with the codes and members in use, and with the events since the last
// [Campaign.Close]. [Register.AppendBinary] makes a snapshot.
type Register struct {
	opaque
	version uint64
	scale   int // fraction digits of the currency and 1; 0 before the first amount
	counts  counts
	past    counts // of them, those of redemptions whose keys are forgotten
	keys    map[string]entry
	orders  map[string][]string // keys of redemptions, of which some may be freed
	closed  time.Time           // what comes before is forgotten; zero: nothing is

	steps *int // of work, which tests count; nil: nobody does
}

// step counts elementary steps, where a test asks for them.
func (g *Register) step(n int) {
	if g.steps != nil {
		*g.steps += n
	}
}

// A command is what makes two commands the same. Its time may differ, and what a
// redemption takes off.
type command struct {
	typ           EventType
	of            string // the code that was redeemed, or the redemption that is undone
	member, order string
	number        int64 // the amount of a release, the end of a closing
	use           bool
}

// An entry remembers what a key stood for.
type entry struct {
	command
	at          int64
	taken, left int64 // of a redemption: minor units at first and not yet freed
	day         relmark.Date
	live        bool // of a redemption: whether its use is
}

// open reports whether something of a redemption can be freed.
func (e *entry) open() bool { return e.typ == Redeemed && (e.live || e.left > 0) }

func (e *Event) command() command {
	c := command{typ: e.Type, of: e.Code + e.Redemption, member: e.Member, order: e.Order, use: e.Use} // of which there is one
	switch e.Type {
	case Released:
		c.number = e.Amount
	case Closed:
		c.number = e.From.UnixNano()
	default:
	}
	return c
}

// Version returns the number of events that made the register.
func (g *Register) Version() uint64 { return g.version }

// Uses returns the live redemptions of a code, of a member and of all, also of
// periods that are closed.
func (g *Register) Uses(code, member string) Uses {
	n := &g.counts
	return Uses{Code: n.codes[code].uses, Member: n.members[member].uses, Campaign: n.all.uses}
}

// Live returns the keys of redemptions whose use is live, in ascending order, those of
// periods that are closed left out. It takes time n log n in the keys.
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
// comes again with the same code, member and order is accepted as before, also after it
// was voided; with others it is refused. A refused command leaves its key free.
// Once a period is closed, what comes before its end is [PeriodClosed], also what
// was accepted then: so repeat a redemption with the time that it had.
//
// It fails as [Campaign.Check] does, on a nil register, on one with money of other
// fraction digits, and with [relmark.ErrLimit] if all redemptions together took off more
// than 2^53-1 minor units. A first redemption that is accepted costs a few map look-ups,
// and 31 at most for each cap, and allocates nothing without caps.
func (c *Campaign) Redeem(g *Register, r Redemption) (Decision, error) {
	return c.redeem(g, &r, nil)
}

// redeem decides about a redemption after others of the same order.
func (c *Campaign) redeem(g *Register, r *Redemption, before []*request) (Decision, error) {
	if c == nil {
		return Decision{}, errNil("Campaign")
	}
	if g == nil {
		return Decision{}, errNil("Register")
	}
	var f fault.List
	q := c.ask(r, &f)
	g.check(c, &f)
	if err := f.Err(room); err != nil {
		return Decision{}, err
	}
	ev := Event{Seq: g.version + 1 + uint64(len(before)), Type: Redeemed, Key: r.Key, Code: r.Code, Member: r.Member, Order: r.Order, Amount: q.amount, Day: q.day, At: r.At.UTC()}
	if ev.Amount > 0 {
		ev.Digits = c.digits
	}
	if d, known := g.known(&ev); known {
		return d, nil
	}
	u, tallies := c.count(g, &q, before)
	if d := c.verdict(&q, &u, tallies); len(d.Reasons) > 0 {
		return d, nil
	}
	if q.amount > money.MaxExact-g.counts.all.amount-sum(before) {
		return Decision{}, tooMuch()
	}
	return Decision{Accepted: true, Event: ev}, nil
}

// check checks that a campaign and a register have the same money.
func (g *Register) check(c *Campaign, f *fault.List) {
	f.Check(g.scale == 0 || g.scale == c.digits+1, "Digits", c.digits, "must be those of the register")
}

// known answers a command whose key has been used, or may have been: what comes
// before a closing is refused, or a command that is repeated would be carried out
// twice.
func (g *Register) known(ev *Event) (Decision, bool) {
	before, used := g.keys[ev.Key]
	switch {
	case used && before.command == ev.command():
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
		g.keys, g.orders = map[string]entry{}, map[string][]string{}
		g.counts.ready()
		g.past.ready()
	}
	ev.normalize()
	g.change(&ev)
	g.version++
	return nil
}

// fits checks an event against the register, so that change cannot fail.
func (g *Register) fits(ev *Event) error {
	_, used := g.keys[ev.Key]
	target := g.keys[ev.Redemption]
	switch {
	case ev.Seq != g.version+1:
		return fmt.Errorf("event out of sequence: %w", relmark.ErrConflict)
	case used:
		return fault.New("Key", nil, "must not have been used before")
	case ev.At.Before(g.closed) || ev.Type == Closed && ev.From.Before(g.closed):
		return fault.New("At", nil, "must not come before what is closed")
	case ev.Amount > 0 && g.scale != 0 && g.scale != ev.Digits+1:
		return fault.New("Digits", ev.Digits, "must be those of the register")
	case ev.Type == Redeemed && ev.Amount > money.MaxExact-g.counts.all.amount:
		return errTooMuch()
	case ev.Type == Voided && ev.Order != "" && !g.anyOpen(ev.Order):
		return fault.New("Order", nil, "must have a redemption that is live")
	case ev.Type == Voided && ev.Order == "" && !target.open():
		return fault.New("Redemption", nil, "must be one that is live")
	case ev.Type == Released && !target.holds(ev.Amount, ev.Use):
		return fault.New("Redemption", nil, "must hold what is freed")
	}
	return nil
}

// holds reports whether an amount, and the use if that is asked, can be freed.
func (e *entry) holds(amount int64, use bool) bool {
	return e.typ == Redeemed && amount <= e.left && (e.live || !use)
}

// anyOpen reports whether something of an order can be freed.
func (g *Register) anyOpen(order string) bool {
	return slices.ContainsFunc(g.orders[order], func(key string) bool {
		g.step(1)
		e := g.keys[key]
		return e.open()
	})
}

// change applies an event that fits. What was voided keeps its key, so that sending
// it again does not redeem it again.
func (g *Register) change(ev *Event) {
	e := entry{command: ev.command(), at: ev.At.UnixNano()}
	switch ev.Type {
	case Redeemed:
		e.day, e.taken, e.left, e.live = ev.Day, ev.Amount, ev.Amount, true
		g.counts.add(&e, tally{1, ev.Amount})
		if g.step(1); ev.Order != "" {
			g.orders[ev.Order] = append(g.orders[ev.Order], ev.Key)
		}
		if ev.Amount > 0 {
			g.scale = ev.Digits + 1
		}
	case Voided:
		if ev.Order == "" {
			g.free(ev.Redemption, money.MaxExact, true)
		}
		for _, key := range g.orders[ev.Order] { // none without an order
			g.free(key, money.MaxExact, true)
		}
		delete(g.orders, ev.Order)
	case Released:
		g.free(ev.Redemption, ev.Amount, ev.Use)
	case Closed:
		g.forget(ev)
	}
	g.keys[ev.Key] = e
}

// free frees an amount of a redemption, or as much as it has, and its use if it has it
// and that is asked.
func (g *Register) free(key string, amount int64, use bool) {
	g.step(1)
	e := g.keys[key]
	by := tally{-one(use && e.live), -min(amount, e.left)}
	g.counts.add(&e, by)
	e.left += by.amount
	e.live = e.live && !use
	g.keys[key] = e
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
