package tier

import (
	"bytes"
	"encoding/json"
	"time"
)

// The encoding of an event, version 1.
type (
	eventJSON struct {
		V        int           `json:"v,omitempty"`
		At       time.Time     `json:"at"`
		ID       string        `json:"id"`
		Reverse  *string       `json:"reverse,omitempty"`
		Amounts  Amounts       `json:"amounts,omitzero"` // empty is not absent
		Override *overrideJSON `json:"override,omitempty"`
	}
	overrideJSON struct {
		Level    string       `json:"level"`
		Reason   string       `json:"reason,omitempty"`
		Mode     OverrideMode `json:"mode"`
		Priority int          `json:"priority,omitempty"`
		From     time.Time    `json:"from,omitzero"`
		Until    *time.Time   `json:"until,omitempty"`
	}
)

// MarshalJSON encodes an event in one canonical form, with amounts as exact strings
// and times in UTC:
//
//	{"v":1,"at":"2026-03-01T10:00:00Z","id":"stay-1","amounts":{"nights":"3","spend":"450.5"}}
//	{"v":1,"at":"2026-03-09T10:00:00Z","id":"refund-1","reverse":"stay-1","amounts":{"spend":"50"}}
//	{"v":1,"at":"2026-04-01T00:00:00Z","id":"match-1","override":{"level":"gold","mode":"floor"}}
//
// It fails for a time or a text that JSON cannot hold and for an amount of more than
// a thousand digits; what the event means is for [State.Add] to judge.
func (e Event) MarshalJSON() ([]byte, error) {
	if o := e.Override; !isText(e.ID, e.Reverse) || o != nil && !isText(o.Level, o.Reason) {
		return nil, wrap(fault("must have texts in UTF-8", nil, "Event"))
	}
	out := eventJSON{V: jsonVersion, At: e.At.UTC(), ID: e.ID, Amounts: e.Amounts}
	if e.Reverse != "" {
		out.Reverse = &e.Reverse
	}
	if o := e.Override; o != nil {
		out.Override = &overrideJSON{o.Level, o.Reason, o.Mode, o.Priority, utc(o.From), nil}
		if !o.Until.IsZero() {
			until := o.Until.UTC()
			out.Override.Until = &until
		}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, wrap(fault("must have times of years 0 to 9999 and amounts of a thousand digits", nil, "Event"))
	}
	return data, nil
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

// UnmarshalJSON decodes an event of any version so far, and one without a version
// as version 1. Amounts may be strings or bare numbers. Another version is
// [relmark.ErrUnsupported], anything else that no event encodes to, such as a key
// given twice or a reversal of "", is [relmark.ErrInvalid]; e is unchanged then.
func (e *Event) UnmarshalJSON(data []byte) error {
	var head struct{ V *int }
	if json.Unmarshal(data, &head) != nil || !plainKeys(json.NewDecoder(bytes.NewReader(data)), false) {
		return wrap(fault("must be a JSON object of an event, with each key once and in lower case", nil, "JSON"))
	}
	if head.V != nil && *head.V != jsonVersion {
		return wrap(unsupported(*head.V))
	}
	var in eventJSON
	if err := strict(data, &in); err != nil {
		return wrap(err)
	}
	out := Event{ID: in.ID, At: in.At.UTC(), Amounts: in.Amounts}
	if in.Reverse != nil {
		if out.Reverse = *in.Reverse; out.Reverse == "" { // its amounts would count instead
			return wrap(fault("must not be empty", nil, "Reverse"))
		}
	}
	if o := in.Override; o != nil {
		out.Override = &Override{Level: o.Level, Reason: o.Reason, Mode: o.Mode, Priority: o.Priority, From: utc(o.From)}
		if o.Until != nil {
			out.Override.Until = o.Until.UTC()
		}
	}
	*e = out
	return nil
}
