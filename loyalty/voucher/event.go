package voucher

import (
	"time"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// An EventType says what happened.
type EventType string

// The types of events of a campaign.
const (
	Redeemed EventType = "redeemed"
	Voided   EventType = "voided"
	Closed   EventType = "closed" // a period was
)

func types() enum.Set[EventType] { return enum.Of(Redeemed, Voided, Closed) }

// An Event is what one accepted command did to a campaign. It is plain data.
type Event struct {
	Seq        uint64    `json:"seq"` // position in the stream of the campaign, from 1
	Type       EventType `json:"type"`
	Key        string    `json:"key"`                  // of the command
	Code       string    `json:"code,omitempty"`       // that was redeemed
	Member     string    `json:"member,omitempty"`     // who redeemed it
	Redemption string    `json:"redemption,omitempty"` // key of what was voided
	From       time.Time `json:"from,omitzero"`        // of Closed: first instant that stays open
	At         time.Time `json:"at"`                   // UTC
}

// validate checks an event by itself; whether it fits, the register knows.
func (e *Event) validate() error {
	var f fault.List
	f.Check(e.Seq > 0, "Seq", e.Seq, "must be 1 or more")
	f.Name("Key", e.Key)
	f.Check(calendar.InRange(e.At), "At", nil, calendar.RangeRule)
	f.Check(e.Type == Closed || e.From.IsZero(), "From", nil, "must be zero")
	named(&f, "Code", e.Code, e.Type == Redeemed)
	named(&f, "Member", e.Member, e.Type == Redeemed)
	named(&f, "Redemption", e.Redemption, e.Type == Voided)
	f.Join("", types().Check("Type", e.Type))
	if e.Type == Closed {
		f.Check(calendar.InRange(e.From), "From", nil, calendar.RangeRule)
		f.Check(!e.From.After(e.At), "From", nil, "must not come after At")
	}
	return f.Err("")
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

// plainEvent has the fields of an event and none of its methods.
type plainEvent Event

type eventJSON struct {
	V int `json:"v"`
	plainEvent
}

// MarshalJSON encodes a valid event in one canonical form, such as
//
//	{"v":1,"seq":1,"type":"redeemed","key":"k1","code":"SPRING","member":"m7","at":"2025-03-05T10:00:00Z"}
//	{"v":1,"seq":2,"type":"voided","key":"k2","redemption":"k1","at":"2025-03-06T10:00:00Z"}
//	{"v":1,"seq":3,"type":"closed","key":"k3","from":"2025-02-28T23:00:00Z","at":"2025-03-07T10:00:00Z"}
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.validate(); err != nil {
		return nil, fault.Room(room, err)
	}
	e.normalize()
	return encode(eventJSON{version, plainEvent(e)})
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
	out := Event(in.plainEvent)
	if err := out.validate(); err != nil {
		return fault.Room(room, err)
	}
	out.normalize()
	*e = out
	return nil
}
