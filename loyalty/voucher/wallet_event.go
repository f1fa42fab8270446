package voucher

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A WalletEventType says what happened to a wallet.
type WalletEventType string

// The types of events of a wallet.
const (
	Granted  WalletEventType = "granted"  // an order paid back
	Reversed WalletEventType = "reversed" // a part of it was taken back
	Credited WalletEventType = "credited" // store credit was given
	Spent    WalletEventType = "spent"
	Returned WalletEventType = "returned" // a part of what was spent came back

	WalletClosed WalletEventType = "closed" // a period was
)

// A Part is a number of minor units of one lot.
type Part struct {
	Lot   uint64
	Units int64
}

// A WalletEvent is what one command did to a wallet. It carries the outcome, so
// that replaying it needs no terms. It is plain data; amounts are minor units,
// which [WalletEvent.Money] makes decimals of.
type WalletEvent struct {
	Seq      uint64 // position in the stream of the wallet, from 1
	Type     WalletEventType
	Key      string // of the command
	Digits   int    // fraction digits of the currency
	Order    string // of Granted and Reversed
	Spending string // of Returned: key of what was spent
	Amount   int64  // net, refunded, credited, spent or returned
	Granted  int64
	Cut      int64 // by caps
	Settled  int64 // of Granted: what went to debt
	Reversed int64 // the sum of Parts and Debt
	Debt     int64
	Parts    []Part       // by lot, in the order in which they were used
	Month    relmark.Date // of Granted, and of From in WalletClosed: its first day, in the zone of the terms
	From     time.Time    // of a new lot: first instant at which it can be spent; of WalletClosed: that stays open
	Until    time.Time    // and at which it no longer can; zero: never
	At       time.Time    // UTC
}

// Money returns minor units of the event as a decimal.
func (e *WalletEvent) Money(minor int64) decimal.Decimal { return money.Decimal(minor, e.Digits) }

// normalize brings instants to UTC.
func (e *WalletEvent) normalize() {
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
func (e *WalletEvent) payload() payload {
	p := payload{e.Type, e.Order, e.Spending, e.Amount, e.At.UnixNano(), 0}
	switch e.Type {
	case Credited:
		p.until = nanos(e.Until)
	case WalletClosed:
		p.until = nanos(e.From)
	default:
	}
	return p
}

// nanos returns an instant in nanoseconds, 0 if it is not set.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

const timeRule = "must be set, in years 1700 to 2150"

// inRange reports whether an instant and a century from it fit in the int64
// nanoseconds of a lot, which end in 1677 and in 2262: credit matures after at most a
// century, and lives for at most one.
func inRange(t time.Time) bool { y := t.UTC().Year(); return y >= 1700 && y <= 2150 }

// validate checks an event by itself, the ranges first: what validateType adds up
// must not overflow. Whether it fits, the wallet knows.
func (e *WalletEvent) validate() error {
	var c checker
	c.check(e.Seq > 0, "Seq", e.Seq, "must be 1 or more")
	c.name(e.Key, "Key")
	c.digits(e.Digits)
	c.check(inRange(e.At), "At", nil, timeRule)
	for _, v := range []int64{e.Amount, e.Granted, e.Cut, e.Settled, e.Reversed, e.Debt} {
		c.check(v >= 0 && v <= maxWallet, "Amounts", nil, "must be 0 to 2^53-1")
	}
	if len(c) > 0 {
		return c.err()
	}
	e.validateType(&c)
	return c.err()
}

// validateType checks what depends on the type: what must be there, what must not,
// and that the parts add up.
func (e *WalletEvent) validateType(c *checker) {
	parts, ok := e.parts()
	c.check(ok, "Parts", nil, "must be of lots that differ, 1 to 2^53-1 units each")
	grows := e.Type == Granted || e.Type == Credited
	c.check(validName(e.Order) || e.Order == "" && e.Type != Granted && e.Type != Reversed, "Order", nil, nameRule)
	c.check(validName(e.Spending) || e.Spending == "" && e.Type != Returned, "Spending", nil, nameRule)
	c.check(e.lifetime(grows), "From", nil, "must be set where a lot begins or a period is closed, in years 1700 to 2255, as Until")
	_, _, day := e.Month.Civil()
	dated := e.Type == Granted || e.Type == WalletClosed
	c.check(dated == !e.Month.IsZero() && (!dated || day == 1), "Month", nil, "must be set where an order pays back or a period is closed, to its first day")
	c.check(e.Type == Granted || e.Granted+e.Cut+e.Settled == 0, "Granted", nil, "must be 0, as Cut and Settled")
	switch e.Type {
	case Granted:
		c.check(e.Settled <= e.Granted && e.Granted+e.Cut <= e.Amount, "Granted", nil, "must not exceed the order")
	case Reversed:
		c.check(parts == e.Reversed-e.Debt, "Parts", nil, "must add up to Reversed less Debt")
	case Spent, Returned:
		c.check(parts == e.Amount, "Parts", nil, "must add up to the amount")
	case Credited:
	case WalletClosed:
		c.check(e.Amount+parts == 0 && e.Order+e.Spending == "", "Amount", nil, "must be 0, and there must be no parts, order or spending")
		c.check(!e.From.After(e.At), "From", nil, closingRule)
	default:
		c.check(false, "Type", nil, "must be a known type")
	}
	c.check(e.Type == Reversed || e.Reversed+e.Debt == 0, "Reversed", nil, "must be 0, as Debt")
	c.check(!grows || len(e.Parts) == 0, "Parts", nil, "must be empty")
}

// lifetime reports whether there are the ends of a lot where one begins, the first of
// them where a period is closed, and none elsewhere.
func (e *WalletEvent) lifetime(grows bool) bool {
	if !grows {
		return e.Until.IsZero() && (e.Type == WalletClosed) == !e.From.IsZero() && (e.From.IsZero() || inRange(e.From))
	}
	return lives(e.From) && (e.Until.IsZero() || lives(e.Until))
}

// lives reports whether a lot can begin or end at an instant.
func lives(t time.Time) bool { y := t.UTC().Year(); return y >= 1700 && y <= 2255 }

// parts adds the parts up; false if a lot is named twice or units are none. Each
// part is checked against its lot alone, so two of one lot might draw more than it
// has.
func (e *WalletEvent) parts() (total int64, ok bool) {
	seen := map[uint64]bool{}
	for _, p := range e.Parts {
		if p.Units < 1 || p.Units > maxWallet-total || seen[p.Lot] {
			return 0, false
		}
		seen[p.Lot] = true
		total += p.Units
	}
	return total, true
}

type (
	walletEventJSON struct {
		V        int             `json:"v"`
		Seq      uint64          `json:"seq"`
		Type     WalletEventType `json:"type"`
		Key      string          `json:"key"`
		Digits   int             `json:"digits"`
		Order    string          `json:"order,omitempty"`
		Spending string          `json:"spending,omitempty"`
		Amount   money.Plain     `json:"amount,omitzero"`
		Granted  money.Plain     `json:"granted,omitzero"`
		Cut      money.Plain     `json:"cut,omitzero"`
		Settled  money.Plain     `json:"settled,omitzero"`
		Reversed money.Plain     `json:"reversed,omitzero"`
		Debt     money.Plain     `json:"debt,omitzero"`
		Parts    []partJSON      `json:"parts,omitempty"`
		Month    relmark.Date    `json:"month,omitzero"`
		From     time.Time       `json:"from,omitzero"`
		Until    time.Time       `json:"until,omitzero"`
		At       time.Time       `json:"at"`
	}
	partJSON struct {
		Lot    uint64      `json:"lot"`
		Amount money.Plain `json:"amount"`
	}
)

// MarshalJSON encodes a valid event in one canonical form: its fields in their
// order after the version, zero values left out, amounts as decimals, such as
//
//	{"v":1,"seq":3,"type":"spent","key":"k3","digits":2,"amount":"1.5","parts":[{"lot":1,"amount":"1.5"}],"at":"2025-03-05T10:00:00Z"}
func (e WalletEvent) MarshalJSON() ([]byte, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	e.normalize()
	m := func(minor int64) money.Plain { return money.Plain(e.Money(minor)) }
	out := walletEventJSON{
		version, e.Seq, e.Type, e.Key, e.Digits, e.Order, e.Spending, m(e.Amount), m(e.Granted), m(e.Cut),
		m(e.Settled), m(e.Reversed), m(e.Debt), nil, e.Month, e.From, e.Until, e.At,
	}
	for _, p := range e.Parts {
		out.Parts = append(out.Parts, partJSON{p.Lot, m(p.Units)})
	}
	return json.Marshal(out)
}

// event converts what was decoded; c collects amounts that are no minor units, as
// those with more fraction digits than the event names.
func (in *walletEventJSON) event(c *checker) WalletEvent {
	m := func(p money.Plain) int64 { return c.amount(decimal.Decimal(p), in.Digits, "Amounts") }
	out := WalletEvent{
		in.Seq, in.Type, in.Key, in.Digits, in.Order, in.Spending, m(in.Amount), m(in.Granted), m(in.Cut),
		m(in.Settled), m(in.Reversed), m(in.Debt), nil, in.Month, in.From, in.Until, in.At,
	}
	for _, p := range in.Parts {
		out.Parts = append(out.Parts, Part{p.Lot, m(p.Amount)})
	}
	return out
}

// UnmarshalJSON decodes an event of any version that was ever written. It fails
// with [relmark.ErrUnsupported] on an unknown version and with
// [relmark.ErrInvalid] on anything else that is no event, and leaves e unchanged
// then.
func (e *WalletEvent) UnmarshalJSON(data []byte) error {
	var in walletEventJSON
	if err := decode(data, &in); err != nil {
		return err
	}
	var c checker
	out := in.event(&c)
	if err := errors.Join(c.err(), out.validate()); err != nil {
		return err
	}
	out.normalize()
	*e = out
	return nil
}
