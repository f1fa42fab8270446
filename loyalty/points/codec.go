package points

import (
	"slices"
	"strings"
	"time"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// kinds are the names of bodies in the order of the compact encoding, which is for
// good: a new kind goes to the end, and needs no new version, as an older reader
// answers with [relmark.ErrUnsupported] to a type that it does not know.
func kinds() [12]string {
	return [...]string{
		"earned", "redeemed", "refunded", "adjusted", "reserved", "resolved",
		"sent", "received", "opened", "closed", "swept", "lateRefunded",
	}
}

// blank returns an empty body of a kind, nil if there is no such kind. The bodies that
// make up most of a history come with room for their usual lists, in one piece of
// memory with them: what is not there is set to nil, and longer lists move out.
func blank(kind string) Body {
	switch kind {
	case "earned":
		b := new(struct {
			Earned
			grants [2]Grant
		})
		b.Price.Grants = b.grants[:0]
		return &b.Earned
	case "redeemed":
		b := new(struct {
			Redeemed
			parts [2]Part
		})
		b.Parts = b.parts[:0]
		return &b.Redeemed
	case "refunded":
		b := new(struct {
			Refunded
			reversed [2]Part
		})
		b.Reversed = b.reversed[:0]
		return &b.Refunded
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
	case "opened":
		return new(Opened)
	case "closed":
		return new(Closed)
	case "swept":
		return new(Swept)
	case "lateRefunded":
		return new(LateRefunded)
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
	if absent(ev.Body) {
		return b, invalid("Body", nil, "must be there")
	}
	f := form{b: b, version: eventVersion()}
	version, kind := f.version, ev.Body.kind()
	outer := f.open()
	f.int("v", &version)
	f.text("type", &kind)
	ev.code(&f)
	f.close(outer)
	if f.bad {
		return b, invalid("Event", nil, eventRule)
	}
	return f.b, nil
}

// MarshalJSON returns what [Event.AppendJSON] appends.
func (ev Event) MarshalJSON() ([]byte, error) { return ev.AppendJSON(nil) }

// AppendBinary appends the compact encoding of an event: what JSON says, in a third
// of the bytes, and a checksum, for pipelines and caches. It fails as [Event.AppendJSON] does.
func (ev *Event) AppendBinary(b []byte) ([]byte, error) {
	if absent(ev.Body) {
		return b, invalid("Body", nil, "must be there")
	}
	names := kinds()
	kind := slices.Index(names[:], ev.Body.kind())
	f := form{b: append(b, byte(eventVersion()), byte(kind)), compact: true, version: eventVersion()}
	if ev.code(&f); f.bad {
		return b, invalid("Event", nil, eventRule)
	}
	return codec.AppendSum(f.b, len(b)), nil
}

const eventRule = "must hold UTF-8, up to 9 digits, and instants of the years 1700 to 2261"

// MarshalBinary returns what [Event.AppendBinary] appends.
func (ev Event) MarshalBinary() ([]byte, error) { return ev.AppendBinary(nil) }

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
	if f.part("data") {
		outer := f.open()
		ev.Body.code(f)
		f.close(outer)
	}
}

// UnmarshalJSON decodes an event as [Decoder.Decode] does.
func (ev *Event) UnmarshalJSON(data []byte) error { return new(form).event(data, ev, upcasters()) }

// UnmarshalBinary decodes an event as [Decoder.DecodeBinary] does.
func (ev *Event) UnmarshalBinary(data []byte) error {
	return new(form).packedEvent(data, ev, upcasters())
}

// A Decoder decodes events one after the other, faster than each alone: names that
// repeat, of rules, tiers and currencies, are kept once, and keys and identifiers
// share pieces of memory of 512 bytes, so that one of them keeps its neighbours in
// memory. The zero Decoder is ready. It is not safe for concurrent use.
type Decoder struct {
	// Reuse decodes bodies into the memory of those before: the body of an event is
	// valid until the next one is decoded, or fails to be. That is all that folding
	// needs, as accounts keep no part of a body but strings, and leaves next to no
	// garbage.
	Reuse bool

	f form
}

// Decode decodes an event of any version that [Event.AppendJSON] has ever written.
// Only the canonical encoding is accepted: a store keeps events as bytes. It fails
// with [relmark.ErrUnsupported] on an unknown version or type and with
// [relmark.ErrInvalid] on anything else, and leaves ev unchanged then. Whether the
// event fits an account, [Account.Apply] says. The event does not refer to data.
func (d *Decoder) Decode(data []byte, ev *Event) error {
	d.remember()
	return d.f.event(data, ev, upcasters())
}

// DecodeBinary is [Decoder.Decode] for what [Event.AppendBinary] writes.
func (d *Decoder) DecodeBinary(data []byte, ev *Event) error {
	d.remember()
	return d.f.packedEvent(data, ev, upcasters())
}

// remember makes what a decoder keeps from event to event.
func (d *Decoder) remember() {
	if d.f.names == nil {
		d.f.names, d.f.texts = new([64]string), new(strings.Builder)
	}
	if d.Reuse && d.f.room == nil {
		d.f.room = new(room)
	} else if !d.Reuse {
		d.f.room = nil
	}
}

// A room is memory for one body of each of the kinds that make up most of a history,
// and for its usual lists.
type room struct {
	earned   Earned
	redeemed Redeemed
	refunded Refunded
	grants   []Grant
	parts    []Part
}

// blank is blank in the memory of the body before.
func (r *room) blank(kind string) Body {
	switch kind {
	case "earned":
		r.grants = longer(r.grants, r.earned.Price.Grants)
		r.earned = Earned{Price: Price{Grants: r.grants}}
		return &r.earned
	case "redeemed":
		r.parts = longer(r.parts, r.redeemed.Parts)
		r.redeemed = Redeemed{Parts: r.parts}
		return &r.redeemed
	case "refunded":
		r.parts = longer(r.parts, r.refunded.Reversed)
		r.refunded = Refunded{Reversed: r.parts}
		return &r.refunded
	}
	return blank(kind)
}

// longer returns the list with more room, empty.
func longer[T any](a, b []T) []T {
	if cap(b) > cap(a) {
		return b[:0]
	}
	return a[:0]
}

// body returns the body to read into.
func (f *form) body(kind string) Body {
	if f.room != nil {
		return f.room.blank(kind)
	}
	return blank(kind)
}

// event reads an event as JSON.
func (f *form) event(data []byte, ev *Event, up []upcaster) error {
	f.in, f.i, f.reading, f.compact, f.bad, f.version = data, 0, true, false, false, 0
	f.check(f.peek() == '{')
	outer := f.open()
	f.int("v", &f.version)
	var kind []byte
	if f.next("type") {
		f.token('"')
		kind = f.readText()
	}
	if f.bad {
		return unreadable(codec.ErrCorrupt)
	}
	in := Event{Body: f.body(string(kind))}
	if f.version < 1 || f.version > int64(len(up))+1 || in.Body == nil {
		return unreadable(codec.ErrVersion)
	}
	in.code(f)
	f.close(outer)
	return f.finish(in, ev, up)
}

// packedEvent reads an event in the compact form.
func (f *form) packedEvent(data []byte, ev *Event, up []upcaster) error {
	if len(data) < 2 {
		return unreadable(codec.ErrCorrupt)
	}
	names := kinds()
	if data[0] < 1 || int(data[0]) > len(up)+1 || int(data[1]) >= len(names) {
		return unreadable(codec.ErrVersion)
	}
	rest, ok := codec.CutSum(data)
	if !ok || len(rest) < 2 {
		return unreadable(codec.ErrCorrupt)
	}
	f.in, f.i, f.reading, f.compact, f.bad, f.version = rest, 2, true, true, false, int64(data[0])
	in := Event{Body: f.body(names[data[1]])}
	in.code(f)
	return f.finish(in, ev, up)
}

// finish hands over an event that was read to its end, as the present version has it.
func (f *form) finish(in Event, ev *Event, up []upcaster) error {
	if f.bad || f.i < len(f.in) {
		return unreadable(codec.ErrCorrupt)
	}
	for _, lift := range up[f.version-1:] {
		in = lift(in)
	}
	*ev = in
	return nil
}

// unreadable says why an event could not be read.
func unreadable(err error) error { return fault.Decode("points", "event", err) }
