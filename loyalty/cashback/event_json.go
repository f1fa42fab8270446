package cashback

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

type (
	eventJSON struct {
		V         int          `json:"v"`
		Seq       uint64       `json:"seq"`
		Type      EventType    `json:"type"`
		Key       string       `json:"key"`
		Digits    int          `json:"digits"`
		Order     string       `json:"order,omitempty"`
		Spending  string       `json:"spending,omitempty"`
		Credit    string       `json:"credit,omitempty"`
		Amount    money.Plain  `json:"amount,omitzero"`
		Granted   money.Plain  `json:"granted,omitzero"`
		Cut       money.Plain  `json:"cut,omitzero"`
		Settled   money.Plain  `json:"settled,omitzero"`
		Reversed  money.Plain  `json:"reversed,omitzero"`
		Debt      money.Plain  `json:"debt,omitzero"`
		Cancelled money.Plain  `json:"cancelled,omitzero"`
		Graced    money.Plain  `json:"graced,omitzero"`
		Parts     []partJSON   `json:"parts,omitempty"`
		Month     relmark.Date `json:"month,omitzero"`
		From      time.Time    `json:"from,omitzero"`
		Until     time.Time    `json:"until,omitzero"`
		At        time.Time    `json:"at"`
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
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	e.normalize()
	m := func(minor int64) money.Plain { return money.Plain(e.Money(minor)) }
	out := eventJSON{
		version, e.Seq, e.Type, e.Key, e.Digits, e.Order, e.Spending, e.Credit, m(e.Amount), m(e.Granted), m(e.Cut),
		m(e.Settled), m(e.Reversed), m(e.Debt), m(e.Cancelled), m(e.Graced), nil, e.Month, e.From, e.Until, e.At,
	}
	for _, p := range e.Parts {
		out.Parts = append(out.Parts, partJSON{p.Lot, m(p.Units)})
	}
	return encode(out)
}

// event converts what was decoded; c collects amounts that are no minor units, as
// those with more fraction digits than the event names.
func (in *eventJSON) event(c *checker) Event {
	c.digits(in.Digits)
	m := func(p money.Plain) int64 { return c.amount(decimal.Decimal(p), in.Digits, "Amounts") }
	out := Event{
		in.Seq, in.Type, in.Key, in.Digits, in.Order, in.Spending, in.Credit, m(in.Amount), m(in.Granted), m(in.Cut),
		m(in.Settled), m(in.Reversed), m(in.Debt), m(in.Cancelled), m(in.Graced), nil, in.Month, in.From, in.Until, in.At,
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
func (e *Event) UnmarshalJSON(data []byte) error {
	var in eventJSON
	if err := decode("event", data, &in); err != nil {
		return err
	}
	var c checker
	out := in.event(&c)
	if err := c.Err(room); err != nil {
		return err
	}
	if err := out.validate(); err != nil {
		return err
	}
	out.normalize()
	*e = out
	return nil
}
