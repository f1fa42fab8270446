package voucher

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// An EventType says what happened.
type EventType string

// The types of events of a campaign.
const (
	Redeemed EventType = "redeemed"
	Voided   EventType = "voided"   // a redemption, or all of an order, was undone
	Released EventType = "released" // a part of a redemption was freed
	Closed   EventType = "closed"   // a period was
)

func types() enum.Set[EventType] { return enum.Of(Redeemed, Voided, Released, Closed) }

// An Event is what one accepted command did to a campaign. It is plain data; the amount
// is in minor units, which [Event.Money] makes a decimal of.
type Event struct {
	Seq        uint64 // position in the stream of the campaign, from 1
	Type       EventType
	Key        string       // of the command
	Code       string       // that was redeemed
	Member     string       // who redeemed it
	Order      string       // of Redeemed, if it was said, and of Voided, if all of an order were
	Redemption string       // key of what was voided, or released in part
	Digits     int          // fraction digits of the currency; 0 without an amount
	Amount     int64        // that was taken off, or freed
	Use        bool         // of Released: whether the use was freed
	Day        relmark.Date // of Redeemed: local date, in whose periods it counts; of Closed: first that stays open. Zero: not known, as in events before caps
	From       time.Time    // of Closed: first instant that stays open
	At         time.Time    // UTC
}

// Money returns the amount of the event as a decimal.
func (e *Event) Money() decimal.Decimal { return money.Decimal(e.Amount, e.Digits) }

// validate checks an event by itself; whether it fits, the register knows.
func (e *Event) validate() error {
	var f fault.List
	f.Check(e.Seq > 0, "Seq", e.Seq, "must be 1 or more")
	f.Name("Key", e.Key)
	f.Check(calendar.InRange(e.At), "At", nil, calendar.RangeRule)
	f.Join("", types().Check("Type", e.Type))
	e.validateNames(&f)
	e.validateMoney(&f)
	f.Check(e.Type == Closed || e.From.IsZero(), "From", nil, "must be zero")
	if e.Type == Closed {
		f.Check(calendar.InRange(e.From), "From", nil, calendar.RangeRule)
		f.Check(!e.From.After(e.At), "From", nil, "must not come after At")
	}
	if f.Len() == 0 {
		f.Check(e.Day.IsZero() || e.dated(), "Day", nil, "must be the local date of At, or of From where a period is closed")
	}
	return f.Err("")
}

// validateNames checks the names that an event has, and has not.
func (e *Event) validateNames(f *fault.List) {
	named(f, "Code", e.Code, e.Type == Redeemed)
	named(f, "Member", e.Member, e.Type == Redeemed)
	order := e.Order != "" && (e.Type == Redeemed || e.Type == Voided)
	named(f, "Order", e.Order, order)
	named(f, "Redemption", e.Redemption, e.Type == Released || e.Type == Voided && !order)
}

// validateMoney checks the amount.
func (e *Event) validateMoney(f *fault.List) {
	f.Check(e.Digits >= 0 && e.Digits <= maxDigits, "Digits", e.Digits, digitsRule)
	f.Check(e.Amount >= 0 && e.Amount <= money.MaxExact, "Amount", nil, "must be 0 to 2^53-1")
	f.Check(e.Amount == 0 || e.Type == Redeemed || e.Type == Released, "Amount", nil, "must be 0")
	f.Check(e.Amount != 0 || e.Digits == 0, "Digits", e.Digits, "must be 0 without an amount")
	f.Check(!e.Use || e.Type == Released, "Use", nil, "must be false")
}

// dated reports whether the day can be that of the event: a zone is less than a day away
// from UTC.
func (e *Event) dated() bool {
	at := e.At
	switch e.Type {
	case Closed:
		at = e.From
	case Redeemed:
	default:
		return false
	}
	day, err := relmark.DateOf(at, time.UTC)
	return err == nil && day.Sub(e.Day) >= -1 && day.Sub(e.Day) <= 1
}

// named checks a name that an event of one type has, and of others has not.
func named(f *fault.List, field, name string, needed bool) {
	if needed {
		f.Name(field, name)
		return
	}
	f.Check(name == "", field, nil, "must be empty")
}

// normalize brings instants to UTC.
func (e *Event) normalize() {
	e.At = e.At.UTC()
	if !e.From.IsZero() {
		e.From = e.From.UTC()
	}
}

type eventJSON struct {
	V          int          `json:"v"`
	Seq        uint64       `json:"seq"`
	Type       EventType    `json:"type"`
	Key        string       `json:"key"`
	Code       string       `json:"code,omitempty"`
	Member     string       `json:"member,omitempty"`
	Order      string       `json:"order,omitempty"`
	Redemption string       `json:"redemption,omitempty"`
	Digits     int          `json:"digits,omitempty"`
	Amount     money.Plain  `json:"amount,omitzero"`
	Use        bool         `json:"use,omitempty"`
	Day        relmark.Date `json:"day,omitzero"`
	From       time.Time    `json:"from,omitzero"`
	At         time.Time    `json:"at"`
}

// MarshalJSON encodes a valid event in one canonical form, such as
//
//	{"v":1,"seq":1,"type":"redeemed","key":"k1","code":"SPRING","member":"m7","order":"o1","digits":2,"amount":"7.5","day":"2025-03-05","at":"2025-03-05T10:00:00Z"}
//	{"v":1,"seq":2,"type":"voided","key":"k2","redemption":"k1","at":"2025-03-06T10:00:00Z"}
//	{"v":1,"seq":3,"type":"closed","key":"k3","from":"2025-02-28T23:00:00Z","at":"2025-03-07T10:00:00Z"}
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.validate(); err != nil {
		return nil, fault.Room(room, err)
	}
	e.normalize()
	return encode(eventJSON{
		version, e.Seq, e.Type, e.Key, e.Code, e.Member, e.Order, e.Redemption, e.Digits, money.Plain(e.Money()), e.Use, e.Day, e.From, e.At,
	})
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
	minor, ok := money.Amount(decimal.Decimal(in.Amount), min(max(in.Digits, 0), maxDigits))
	if !ok {
		return invalid("Amount", money.AmountRule)
	}
	out := Event{
		in.Seq, in.Type, in.Key, in.Code, in.Member, in.Order, in.Redemption, in.Digits, minor, in.Use, in.Day, in.From, in.At,
	}
	if err := out.validate(); err != nil {
		return fault.Room(room, err)
	}
	out.normalize()
	*e = out
	return nil
}
