package cashback

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// An EventType says what happened to a wallet.
type EventType string

// The types of events of a wallet.
const (
	Granted  EventType = "granted"  // an order paid back
	Reversed EventType = "reversed" // a part of it was taken back
	Credited EventType = "credited" // store credit was given
	Spent    EventType = "spent"
	Returned EventType = "returned" // a part of what was spent came back
	// Cancelled says that store credit was cancelled, with what was left of it.
	Cancelled EventType = "cancelled"
	Closed    EventType = "closed" // a period was
)

func types() enum.Set[EventType] {
	return enum.Of(Granted, Reversed, Credited, Spent, Returned, Cancelled, Closed)
}

// A Part is a number of minor units of one lot.
type Part struct {
	Lot   uint64 `json:"lot"`
	Units int64  `json:"units"`
}

// An Event is what one command did to a wallet. It carries the outcome, so
// that replaying it needs no terms. It is plain data; amounts are minor units,
// which [Event.Money] makes decimals of.
type Event struct {
	Seq      uint64 // position in the stream of the wallet, from 1
	Type     EventType
	Key      string // of the command
	Digits   int    // fraction digits of the currency
	Order    string // of Granted and Reversed
	Spending string // of Returned: key of what was spent
	Credit   string // of Cancelled, and of Spent if it was named: key of the credit
	Amount   int64  // net, refunded, credited, spent or returned
	Granted  int64
	Cut      int64 // by caps
	Settled  int64 // of Granted: what went to debt
	Reversed int64 // the sum of Parts and Debt
	Debt     int64
	// Cancelled is what was left of the credit, and of Returned what comes back of
	// cancelled credit.
	Cancelled int64
	Graced    int64        // of Returned: what comes back of expired lots and lives until Until
	Parts     []Part       // by lot, in the order in which they were used
	Month     relmark.Date // of Granted, and of From in Closed: its first day, in the zone of the terms
	From      time.Time    // of a new lot: first instant at which it can be spent; of Closed: that stays open
	Until     time.Time    // and at which it no longer can; zero: never
	At        time.Time    // UTC
}

// Money returns minor units of the event as a decimal.
func (e *Event) Money(minor int64) decimal.Decimal { return money.Decimal(minor, e.Digits) }

// normalize brings instants to UTC.
func (e *Event) normalize() {
	e.At = e.At.UTC()
	if !e.From.IsZero() {
		e.From = e.From.UTC()
	}
	if !e.Until.IsZero() {
		e.Until = e.Until.UTC()
	}
}

// payload returns what a command with the same key must repeat: what was asked for,
// not what came of it, which depends on the wallet and the terms of that day.
func (e *Event) payload() payload {
	p := payload{e.Type, e.Order + e.Spending + e.Credit, e.Amount, e.At.UnixNano(), 0} // of which there is one at most
	switch e.Type {
	case Credited:
		p.until = ends(e.Until)
	case Closed:
		p.until = e.From.UnixNano()
	default:
	}
	return p
}

// ends returns the end of a lot in nanoseconds, [lot.Never] if it is not set.
func ends(t time.Time) int64 {
	if t.IsZero() {
		return lot.Never
	}
	return t.UnixNano()
}

// validate checks an event by itself, the ranges first: what validateType adds up
// must not overflow. Whether it fits, the wallet knows.
func (e *Event) validate() error {
	var c checker
	c.Check(e.Seq > 0, "Seq", e.Seq, "must be 1 or more")
	c.Name("Key", e.Key)
	c.digits(e.Digits)
	c.Check(calendar.InRange(e.At), "At", nil, calendar.RangeRule)
	for _, v := range []int64{e.Amount, e.Granted, e.Cut, e.Settled, e.Reversed, e.Debt, e.Cancelled, e.Graced} {
		c.Check(v >= 0 && v <= money.MaxExact, "Amounts", nil, "must be 0 to 2^53-1")
	}
	if c.Len() == 0 {
		e.validateType(&c)
	}
	return c.Err(room)
}

// validateType checks what depends on the type: what must be there, what must not,
// and that the parts add up.
func (e *Event) validateType(c *checker) {
	parts, ok := e.parts()
	c.Check(ok, "Parts", nil, "must be of lots that differ, 1 to 2^53-1 units each")
	grows := e.Type == Granted || e.Type == Credited
	undoes := e.Type == Returned || e.Type == Cancelled
	c.named("Order", e.Order, e.Type == Granted || e.Type == Reversed)
	c.named("Spending", e.Spending, e.Type == Returned)
	c.named("Credit", e.Credit, e.Type == Cancelled || e.Type == Spent && e.Credit != "")
	c.Check(e.lifetime(grows || e.Graced > 0), "From", nil, "must be set where a lot begins or a period is closed, in years 1700 to 2255, as Until")
	_, _, day := e.Month.Civil()
	dated := e.Type == Granted || e.Type == Closed
	c.Check(dated == !e.Month.IsZero() && (!dated || day == 1), "Month", nil, "must be set where an order pays back or a period is closed, to its first day")
	c.Check(e.Type == Granted || e.Granted+e.Cut+e.Settled == 0, "Granted", nil, "must be 0, as Cut and Settled")
	switch e.Type {
	case Granted:
		c.Check(e.Settled <= e.Granted && e.Granted+e.Cut <= e.Amount, "Granted", nil, "must not exceed the order")
	case Reversed:
		c.Check(parts == e.Reversed-e.Debt, "Parts", nil, "must add up to Reversed less Debt")
	case Spent:
		c.Check(parts == e.Amount, "Parts", nil, "must add up to the amount")
	case Returned:
		c.Check(parts == e.Amount, "Parts", nil, "must add up to the amount")
		c.Check(e.Graced+e.Cancelled <= e.Amount, "Graced", nil, "must not exceed the amount with Cancelled")
		c.Check(e.Graced == 0 || e.From.Equal(e.At) && e.Until.After(e.At), "Until", nil, "must come after At, which From is")
	case Cancelled:
		c.Check(e.Amount == 0 && parts == e.Cancelled, "Parts", nil, "must add up to Cancelled, and Amount be 0")
	case Credited:
	case Closed:
		c.Check(e.Amount+parts == 0, "Amount", nil, "must be 0, and there must be no parts")
		c.Check(!e.From.After(e.At), "From", nil, "must not come after At")
	default:
		c.Join("", types().Check("Type", e.Type))
	}
	c.Check(e.Type == Reversed || e.Reversed+e.Debt == 0, "Reversed", nil, "must be 0, as Debt")
	c.Check(undoes || e.Cancelled == 0, "Cancelled", nil, "must be 0")
	c.Check(e.Type == Returned || e.Graced == 0, "Graced", nil, "must be 0")
	c.Check(!grows || len(e.Parts) == 0, "Parts", nil, "must be empty")
}

// named checks a name that an event of some types has, and of others has not.
func (c *checker) named(field, name string, needed bool) {
	if needed {
		c.Name(field, name)
		return
	}
	c.Check(name == "", field, nil, "must be empty")
}

// lifetime reports whether there are the ends of a lot where one begins, the first of
// them where a period is closed, and none elsewhere.
func (e *Event) lifetime(grows bool) bool {
	if !grows {
		return e.Until.IsZero() && (e.Type == Closed) == !e.From.IsZero() && (e.From.IsZero() || calendar.InRange(e.From))
	}
	return lot.Lives(e.From) && (e.Until.IsZero() || lot.Lives(e.Until))
}

// parts adds the parts up; false if a lot is named twice or units are none. Each
// part is checked against its lot alone, so two of one lot might draw more than it
// has.
func (e *Event) parts() (total int64, ok bool) {
	seen := make(map[uint64]bool, len(e.Parts))
	for _, p := range e.Parts {
		if p.Units < 1 || p.Units > money.MaxExact-total || seen[p.Lot] {
			return 0, false
		}
		seen[p.Lot] = true
		total += p.Units
	}
	return total, true
}
