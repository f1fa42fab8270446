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
	case "closed":
		return new(Closed)
	case "opened":
		return new(Opened)
	case "swept":
		return new(Swept)
	}
	return nil
}

// AppendJSON appends the canonical encoding of an event:
//
//	{"v":1,"type":"earned","seq":7,"key":"k1","fp":"0123456789abcdef","at":"2025-01-10T12:00:00Z","data":{…}}
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
	outer := f.open()
	f.int("v", &version)
	f.text("type", &kind)
	ev.code(&f)
	f.close(outer)
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
		outer := f.open()
		ev.Body.code(f)
		f.close(outer)
	}
}

// UnmarshalJSON decodes an event as [Decoder.Decode] does.
func (ev *Event) UnmarshalJSON(data []byte) error { return new(form).event(data, ev) }

// A Decoder decodes events one after the other, faster than each alone: names that
// repeat, of rules, tiers and currencies, are kept once. The zero Decoder is ready.
// It is not safe for concurrent use.
type Decoder struct{ f form }

// Decode decodes an event of any version that [Event.AppendJSON] has ever written.
// Only the canonical encoding is accepted: a store keeps events as bytes. It fails
// with [relmark.ErrUnsupported] on an unknown version or type and with
// [relmark.ErrInvalid] on anything else, and leaves ev unchanged then. Whether the
// event fits an account, [Account.Apply] says.
func (d *Decoder) Decode(data []byte, ev *Event) error {
	if d.f.names == nil {
		d.f.names = make([]string, 64)
	}
	return d.f.event(data, ev)
}

// event reads an event.
func (f *form) event(data []byte, ev *Event) error {
	f.b, f.reading, f.bad, f.rest = data, true, false, false
	var version int64
	var kind string
	var in Event
	f.token('{')
	f.int("v", &version)
	f.name("type", &kind)
	if f.bad {
		return encodingError()
	}
	in.Body = blank(kind)
	if version != eventVersion || in.Body == nil {
		return fmt.Errorf("points: event: %w", relmark.ErrUnsupported)
	}
	in.code(f)
	f.token('}')
	if f.bad || len(f.b) > 0 {
		return encodingError()
	}
	*ev = in
	return nil
}

func encodingError() error {
	return fmt.Errorf("points: event: not the canonical encoding: %w", relmark.ErrInvalid)
}
