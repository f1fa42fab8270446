package points

import (
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/loyalty/earning"
)

// opaque keeps encoding/json away from what it would write as {}.
type opaque = canon.Opaque

// AppendJSON appends the canonical encoding of an event:
//
//	{"v":1,"type":"earned","seq":7,"key":"k1","fp":"0123456789abcdef","at":"2025-01-10T12:00:00Z","data":{…}}
//
// with "rec" after "at" where it differs, keys in one fixed order, no spaces, zero
// values left out, amounts as decimal strings and instants in UTC. Equal events
// have equal encodings, so they can be hashed and chained. It fails with
// [relmark.ErrInvalid], appending nothing, on an event that could not be read: without
// a body, or with something that no engine writes.
func (ev *Event) AppendJSON(b []byte) ([]byte, error) {
	return ev.write(b, canon.Writer(b, eventVersion()))
}

// MarshalJSON returns what [Event.AppendJSON] appends.
func (ev Event) MarshalJSON() ([]byte, error) { return ev.AppendJSON(nil) }

// AppendBinary appends the compact encoding of an event: what JSON says, in a third
// of the bytes, and a checksum, for pipelines and caches. It fails as
// [Event.AppendJSON] does.
func (ev *Event) AppendBinary(b []byte) ([]byte, error) {
	return ev.write(b, canon.PackedWriter(b, eventVersion()))
}

// MarshalBinary returns what [Event.AppendBinary] appends.
func (ev Event) MarshalBinary() ([]byte, error) { return ev.AppendBinary(nil) }

// write appends an encoding to b, to which f writes.
func (ev *Event) write(b []byte, f canon.Form) ([]byte, error) {
	if absent(ev.Body) {
		return b, invalid("Body", nil, "must be there")
	}
	kind := ev.Body.kind()
	canon.Head(&f, eventVersion(), kinds(), &kind)
	ev.code(&f)
	data, err := f.Data()
	if err != nil {
		return b, invalid("Event", nil, "must hold UTF-8, up to 9 digits, and instants of the years 1700 to 2261")
	}
	return data, nil
}

// code describes everything but the version and the type.
func (ev *Event) code(f *canon.Form) {
	f.ID("seq", &ev.Seq)
	f.Text("key", &ev.Key)
	f.Hash("fp", &ev.Fingerprint)
	f.Time("at", &ev.At)
	f.Check(!ev.At.IsZero() && (f.Reading() || !ev.Recorded.IsZero())) // it would be left out
	recorded := ev.Recorded
	if !f.Reading() && recorded.Equal(ev.At) {
		recorded = time.Time{}
	}
	if f.Time("rec", &recorded); f.Reading() {
		f.Check(!recorded.Equal(ev.At))
		if recorded.IsZero() {
			recorded = ev.At
		}
		ev.Recorded = recorded
	}
	outer := f.Begin("data")
	ev.Body.code(f)
	f.End(outer)
}

// UnmarshalJSON decodes an event as [Decoder.Decode] does.
func (ev *Event) UnmarshalJSON(data []byte) error { return new(reader).event(data, ev, upcasters()) }

// UnmarshalBinary decodes an event as [Decoder.DecodeBinary] does.
func (ev *Event) UnmarshalBinary(data []byte) error {
	return new(reader).packed(data, ev, upcasters())
}

// A Decoder decodes events one after the other, faster than each alone: names that
// repeat, of rules, tiers and currencies, are kept once, and keys and identifiers
// share pieces of memory of 512 bytes, so that one of them keeps its neighbours in
// memory. The zero Decoder is ready. It is not safe for concurrent use.
type Decoder struct {
	opaque

	// Reuse decodes bodies into the memory of those before: the body of an event is
	// valid until the next one is decoded, or fails to be. That is all that folding
	// needs, as accounts keep no part of a body but strings, and leaves next to no
	// garbage.
	Reuse bool

	r reader
}

// Decode decodes an event of any version that [Event.AppendJSON] has ever written.
// Only the canonical encoding is accepted: a store keeps events as bytes. It fails
// with [relmark.ErrUnsupported] on an unknown version or type and with
// [relmark.ErrInvalid] on anything else, and leaves ev unchanged then. Whether the
// event fits an account, [Account.Apply] says. The event does not refer to data.
func (d *Decoder) Decode(data []byte, ev *Event) error {
	d.remember()
	return d.r.event(data, ev, upcasters())
}

// DecodeBinary is [Decoder.Decode] for what [Event.AppendBinary] writes.
func (d *Decoder) DecodeBinary(data []byte, ev *Event) error {
	d.remember()
	return d.r.packed(data, ev, upcasters())
}

// remember makes what a decoder keeps from event to event.
func (d *Decoder) remember() {
	d.r.form.Remember()
	if d.Reuse && d.r.room == nil {
		d.r.room = new(room)
	} else if !d.Reuse {
		d.r.room = nil
	}
}

// A reader reads events. The zero reader keeps nothing from one to the next.
type reader struct {
	form canon.Form
	room *room // for bodies; nil if each gets its own
}

// event reads an event as JSON.
func (r *reader) event(data []byte, ev *Event, up []upcaster) error {
	r.form.Read(data)
	return r.read(ev, up)
}

// packed reads an event in the compact form.
func (r *reader) packed(data []byte, ev *Event, up []upcaster) error {
	r.form.ReadPacked(data)
	return r.read(ev, up)
}

// read hands over an event that is read to its end, as the present version has it.
func (r *reader) read(ev *Event, up []upcaster) error {
	f := &r.form
	var kind string
	canon.Head(f, len(up)+1, kinds(), &kind)
	in := Event{Body: r.body(kind)}
	if in.Body != nil {
		in.code(f)
	}
	if err := f.Done(); err != nil {
		return fault.Decode("points", "event", err)
	}
	for _, lift := range up[f.Version()-1:] {
		in = lift(in)
	}
	*ev = in
	return nil
}

// body returns the body to read into, nil if there is no such kind.
func (r *reader) body(kind string) Body {
	if r.room != nil {
		return r.room.blank(kind)
	}
	return blank(kind)
}

// A room is memory for one body of each of the kinds that make up most of a history,
// and for its usual lists.
type room struct {
	earned   Earned
	redeemed Redeemed
	refunded Refunded
	grants   []earning.Grant
	parts    []Part
}

// blank is blank in the memory of the body before.
func (r *room) blank(kind string) Body {
	switch kind {
	case "earned":
		r.grants = longer(r.grants, r.earned.Award.Grants)
		r.earned = Earned{Award: earning.Award{Grants: r.grants}}
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
