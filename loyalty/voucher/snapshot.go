package voucher

import (
	"maps"
	"time"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Snapshots save a host from folding all events again: a snapshot and the events
// after it give the same state. One of an unknown version may be thrown away.

// The states of a key in the snapshot of a register.
const (
	keyLive   byte = iota // a redemption
	keyVoided             // a redemption that was voided
	keyVoid               // a voiding
	keyClosed             // a closing
)

// The body of the snapshot of a register, version 1, in the primitives of
// internal/codec, names in ascending order, instants in nanoseconds:
//
//	version; whether a period is closed, and if so its end
//	keys: name, state, instant; of a redemption code and member, of a voiding the
//	      redemption, of a closing the end
//	codes: name, live redemptions whose keys are forgotten
//	members: likewise

// AppendBinary appends a snapshot, version 1; it never fails. Equal registers have
// equal snapshots. It takes time n log n in the keys, codes and members.
func (g *Register) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindRegister, version)
	w.Uvarint(g.version)
	w.Bool(!g.closed.IsZero())
	if !g.closed.IsZero() {
		w.Varint(g.closed.UnixNano())
	}
	codes, members := maps.Clone(g.codes), maps.Clone(g.members)
	codec.WriteMap(&w, g.keys, func(_ string, e entry) {
		e.write(&w)
		if e.live {
			add(codes, e.code, -1)
			add(members, e.member, -1)
		}
	})
	for _, counts := range []map[string]int64{codes, members} { // what is left is forgotten
		codec.WriteMap(&w, counts, func(_ string, n int64) { w.Uvarint(uint64(n)) })
	}
	return w.Data(), nil
}

// write writes what follows a key.
func (e *entry) write(w *codec.Writer) {
	w.Byte(e.state())
	w.Varint(e.at)
	switch e.typ {
	case Voided:
		w.String(e.redemption)
	case Closed:
		w.Varint(e.from)
	default:
		w.String(e.code)
		w.String(e.member)
	}
}

// state returns how a key is encoded, which includes the type of its command.
func (e *entry) state() byte {
	switch {
	case e.typ == Voided:
		return keyVoid
	case e.typ == Closed:
		return keyClosed
	case e.live:
		return keyLive
	}
	return keyVoided
}

// MarshalBinary returns what [Register.AppendBinary] appends.
func (g *Register) MarshalBinary() ([]byte, error) { return g.AppendBinary(nil) }

// UnmarshalBinary decodes a snapshot of any version that was ever written. It
// fails with [relmark.ErrUnsupported] on another kind or version and with
// [relmark.ErrInvalid] on anything else, and leaves g unchanged then.
func (g *Register) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindRegister, version)
	in := Register{version: uint64(r.UpTo(money.MaxExact))}
	if r.Bool() {
		in.closed = time.Unix(0, readInstant(&r)).UTC()
	}
	in.keys = codec.ReadMap(&r, fault.MaxName, 5, func(string) entry {
		e := readEntry(&r)
		r.Check(in.closed.IsZero() || e.at >= in.closed.UnixNano())
		return e
	})
	forgotten := int64(in.version) - int64(len(in.keys))
	var codes, members int64
	in.codes, codes = readCounts(&r, forgotten)
	in.members, members = readCounts(&r, forgotten)
	in.live = codes
	for _, e := range in.keys {
		if e.live {
			in.count(e, 1)
		}
	}
	r.Check(codes == members && in.consistent(forgotten))
	if err := r.Done(); err != nil {
		return fault.Decode(room, "register", err)
	}
	if in.version == 0 {
		in = Register{}
	}
	*g = in
	return nil
}

// readInstant reads the time of a command.
func readInstant(r *codec.Reader) int64 {
	v := r.Varint()
	r.Check(calendar.InRange(time.Unix(0, v)))
	return v
}

// readEntry reads what follows a key.
func readEntry(r *codec.Reader) entry {
	state := r.Byte()
	e := entry{at: readInstant(r)}
	switch state {
	case keyVoid:
		e.typ, e.redemption = Voided, r.Name(fault.MaxName)
	case keyClosed:
		e.typ, e.from = Closed, readInstant(r)
		r.Check(e.from <= e.at)
	case keyLive, keyVoided:
		e.typ, e.code, e.member, e.live = Redeemed, r.Name(fault.MaxName), r.Name(fault.MaxName), state == keyLive
	default:
		r.Check(false)
	}
	return e
}

// readCounts reads how many forgotten redemptions are of a code, or of a member, at
// most so many in all.
func readCounts(r *codec.Reader, most int64) (counts map[string]int64, total int64) {
	counts = codec.ReadMap(r, fault.MaxName, 3, func(string) int64 {
		n := r.UpTo(money.MaxExact)
		r.Check(n >= 1 && n <= most-total)
		total += n
		return n
	})
	return counts, total
}

// consistent reports whether events can have made the register. Where nothing is
// forgotten, each voided redemption has a voiding, and each voiding is of one. Where
// something may be, the last closing is there, which is younger than what it closed.
func (g *Register) consistent(forgotten int64) bool {
	voided := map[string]bool{}
	dead, voids, ended := 0, 0, false
	for _, e := range g.keys {
		switch e.typ {
		case Redeemed:
			if !e.live {
				dead++
			}
		case Voided:
			voids++
			if target := g.keys[e.redemption]; target.typ == Redeemed && !target.live {
				voided[e.redemption] = true
			}
		case Closed:
			if g.closed.IsZero() || e.from > g.closed.UnixNano() {
				return false
			}
			ended = ended || e.from == g.closed.UnixNano()
		}
	}
	if g.closed.IsZero() {
		return forgotten == 0 && voids == dead && voids == len(voided)
	}
	return forgotten >= 0 && ended
}
