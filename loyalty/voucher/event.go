package voucher

import (
	"encoding/json"
	"time"
)

// An EventType says what happened.
type EventType string

// The types of events of a campaign.
const (
	Redeemed EventType = "redeemed"
	Voided   EventType = "voided"
)

// An Event is what one accepted command did to a campaign. It is plain data.
type Event struct {
	Seq        uint64    `json:"seq"` // position in the stream of the campaign, from 1
	Type       EventType `json:"type"`
	Key        string    `json:"key"`                  // of the command
	Code       string    `json:"code,omitempty"`       // that was redeemed
	Member     string    `json:"member,omitempty"`     // who redeemed it
	Redemption string    `json:"redemption,omitempty"` // key of what was voided
	At         time.Time `json:"at"`                   // UTC
}

// validate checks an event by itself; whether it fits, the register knows.
func (e *Event) validate() error {
	var c checker
	c.check(e.Seq > 0, "Seq", e.Seq, "must be 1 or more")
	c.name(e.Key, "Key")
	c.check(!e.At.IsZero() && encodable(e.At), "At", nil, "must be set, in years 1 to 9999")
	switch e.Type {
	case Redeemed:
		c.name(e.Code, "Code")
		c.name(e.Member, "Member")
		c.check(e.Redemption == "", "Redemption", nil, "must be empty")
	case Voided:
		c.name(e.Redemption, "Redemption")
		c.check(e.Code == "" && e.Member == "", "Code", nil, "must be empty, as Member")
	default:
		c.check(false, "Type", nil, "must be redeemed or voided")
	}
	return c.err()
}

// encodable reports whether RFC 3339 has a form for t.
func encodable(t time.Time) bool { year := t.UTC().Year(); return year >= 1 && year <= 9999 }

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
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.validate(); err != nil {
		return nil, err
	}
	e.At = e.At.UTC()
	return json.Marshal(eventJSON{version, plainEvent(e)})
}

// UnmarshalJSON decodes an event of any version that was ever written. It fails
// with [relmark.ErrUnsupported] on an unknown version and with
// [relmark.ErrInvalid] on anything else that is no event, and leaves e unchanged
// then.
func (e *Event) UnmarshalJSON(data []byte) error {
	var in eventJSON
	if err := decode(data, &in); err != nil {
		return err
	}
	out := Event(in.plainEvent)
	if err := out.validate(); err != nil {
		return err
	}
	out.At = out.At.UTC()
	*e = out
	return nil
}
