package tier

import (
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The encoding of an event, version 1.
type eventJSON struct {
	V        int       `json:"v"`
	At       time.Time `json:"at"`
	ID       string    `json:"id"`
	Reverse  *string   `json:"reverse,omitempty"`
	Amounts  Amounts   `json:"amounts,omitzero"` // empty is not absent
	Override *Override `json:"override,omitempty"`
}

// MarshalJSON encodes an event in one canonical form, with amounts as exact strings
// and times in UTC:
//
//	{"v":1,"at":"2026-03-01T10:00:00Z","id":"stay-1","amounts":{"nights":"3","spend":"450.5"}}
//	{"v":1,"at":"2026-03-09T10:00:00Z","id":"refund-1","reverse":"stay-1","amounts":{"spend":"50"}}
//	{"v":1,"at":"2026-04-01T00:00:00Z","id":"match-1","override":{"level":"gold","mode":"floor"}}
//
// It fails for a time or a text that JSON cannot hold, for an amount of more than a
// thousand digits and for an override whose mode is no word of its set; what the event
// means is for [Membership.Add] to judge.
func (e Event) MarshalJSON() ([]byte, error) {
	out := eventJSON{V: jsonVersion, At: e.At.UTC(), ID: e.ID, Amounts: e.Amounts}
	if e.Reverse != "" {
		out.Reverse = &e.Reverse
	}
	if o := e.Override; o != nil {
		if err := overrideModes().Check("Override.Mode", o.Mode); err != nil {
			return nil, room(err)
		}
		out.Override = o.utc()
	}
	data, err := canon.Marshal(out)
	if err != nil {
		return nil, wrong("Event", nil, "must have texts in UTF-8, times of years 0 to 9999 and amounts of a thousand digits")
	}
	return data, nil
}

// utc returns a copy of o with its times in UTC.
func (o *Override) utc() *Override {
	out := *o
	for _, t := range []*time.Time{&out.From, &out.Until} {
		if *t = t.UTC(); t.IsZero() {
			*t = time.Time{}
		}
	}
	return &out
}

// UnmarshalJSON decodes an event of any version so far. Amounts may be strings or bare
// numbers. Another version or none is [relmark.ErrUnsupported], anything else that no
// event encodes to, such as a key given twice, text that is not UTF-8 or a reversal of
// "", is [relmark.ErrInvalid]; e is unchanged then.
func (e *Event) UnmarshalJSON(data []byte) error {
	var in eventJSON
	if err := codec.JSON(data, jsonVersion, &in, "amounts"); err != nil {
		return fault.Decode("tier", "event", err)
	}
	out := Event{ID: in.ID, At: in.At.UTC(), Amounts: in.Amounts}
	if in.Reverse != nil {
		if out.Reverse = *in.Reverse; out.Reverse == "" { // its amounts would count instead
			return wrong("Reverse", nil, "must not be empty")
		}
	}
	if o := in.Override; o != nil {
		if err := overrideModes().Check("Override.Mode", o.Mode); err != nil {
			return room(err)
		}
		out.Override = o.utc()
	}
	*e = out
	return nil
}
