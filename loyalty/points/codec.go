package points

import (
	"fmt"
	"time"

	"github.com/relmark/relmark"
)

// eventVersion is the version of the encoding that is written. Every version that
// was ever written can be read.
const eventVersion = 1

// blank returns an empty body of a kind, nil if there is no such kind.
func blank(kind string) Body {
	switch kind {
	case "earned":
		return new(Earned)
	case "redeemed":
		return new(Redeemed)
	case "refunded":
		return new(Refunded)
	case "adjusted":
		return new(Adjusted)
	case "reserved":
		return new(Reserved)
	case "resolved":
		return new(Resolved)
	case "sent":
		return new(Sent)
	case "received":
		return new(Received)
	case "swept":
		return new(Swept)
	}
	return nil
}

// AppendJSON appends the canonical encoding of an event:
//
//	{"v":1,"type":"earned","seq":7,"key":"k1","fp":"0123…","at":"2025-01-10T12:00:00Z","data":{…}}
//
// with "rec" after "at" where it differs, keys in one fixed order, no spaces, zero
// values left out, amounts as decimal strings and instants in UTC. Equal events
// have equal encodings, so they can be hashed and chained. It fails with
// [relmark.ErrInvalid] on an event without a body.
func (ev *Event) AppendJSON(b []byte) ([]byte, error) {
	if ev.Body == nil {
		return b, invalid("Body", nil, "must be there")
	}
	f := form{b: b}
	version, kind := int64(eventVersion), ev.Body.kind()
	f.object(func(f *form) {
		f.int("v", &version)
		f.text("type", &kind)
		ev.code(f)
	})
	return f.b, nil
}

// MarshalJSON returns what [Event.AppendJSON] appends.
func (ev Event) MarshalJSON() ([]byte, error) { return ev.AppendJSON(nil) }

// code describes everything but the version and the type.
func (ev *Event) code(f *form) {
	f.id("seq", &ev.Seq)
	f.text("key", &ev.Key)
	f.hash("fp", &ev.Fingerprint)
	f.time("at", &ev.At)
	recorded := ev.Recorded
	if !f.reading && recorded.Equal(ev.At) {
		recorded = time.Time{}
	}
	if f.time("rec", &recorded); f.reading {
		f.check(!recorded.Equal(ev.At))
		if recorded.IsZero() {
			recorded = ev.At
		}
		ev.Recorded = recorded
	}
	if f.key("data", true) {
		f.object(ev.Body.code)
	}
}

// UnmarshalJSON decodes an event of any version that [Event.AppendJSON] has ever
// written. Only the canonical encoding is accepted: a store keeps events as bytes.
// It fails with [relmark.ErrUnsupported] on an unknown version or type and with
// [relmark.ErrInvalid] on anything else, and leaves ev unchanged then. Whether the
// event fits an account, [Account.Apply] says.
func (ev *Event) UnmarshalJSON(data []byte) error {
	f := form{b: data, reading: true}
	var version int64
	var kind string
	var in Event
	f.token('{')
	f.int("v", &version)
	f.text("type", &kind)
	if f.bad {
		return errEncoding
	}
	in.Body = blank(kind)
	if version != eventVersion || in.Body == nil {
		return fmt.Errorf("points: event: %w", relmark.ErrUnsupported)
	}
	in.code(&f)
	f.token('}')
	if f.bad || len(f.b) > 0 {
		return errEncoding
	}
	*ev = in
	return nil
}

var errEncoding = fmt.Errorf("points: event: not the canonical encoding: %w", relmark.ErrInvalid)
