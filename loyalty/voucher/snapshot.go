package voucher

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
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
	writeEnd(&w, g.closed)
	codes, members := maps.Clone(g.codes), maps.Clone(g.members)
	w.Count(len(g.keys))
	for _, key := range slices.Sorted(maps.Keys(g.keys)) {
		e := g.keys[key]
		w.String(key)
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
		if e.live {
			add(codes, e.code, -1)
			add(members, e.member, -1)
		}
	}
	for _, counts := range []map[string]int64{codes, members} { // what is left is forgotten
		w.Count(len(counts))
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			w.String(name)
			w.Uvarint(uint64(counts[name]))
		}
	}
	return w.Data(), nil
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
	in := Register{version: uint64(units(&r)), closed: readEnd(&r)}
	in.keys = named(&r, 5, func(string) entry {
		e := readEntry(&r)
		r.Check(open(e.at, in.closed))
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
	if err := finish(&r); err != nil {
		return err
	}
	if in.version == 0 {
		in = Register{}
	}
	*g = in
	return nil
}

// writeEnd writes the end of what is closed.
func writeEnd(w *codec.Writer, closed time.Time) {
	w.Bool(!closed.IsZero())
	if !closed.IsZero() {
		w.Varint(closed.UnixNano())
	}
}

// readEnd reads what writeEnd has written.
func readEnd(r *codec.Reader) time.Time {
	if !r.Bool() {
		return time.Time{}
	}
	return time.Unix(0, readInstant(r)).UTC()
}

// readInstant reads the time of a command.
func readInstant(r *codec.Reader) int64 {
	v := r.Varint()
	r.Check(inRange(time.Unix(0, v)))
	return v
}

// open reports whether an instant lies in no period that is closed.
func open(at int64, closed time.Time) bool { return closed.IsZero() || at >= closed.UnixNano() }

// readEntry reads what follows a key.
func readEntry(r *codec.Reader) entry {
	state := r.Byte()
	e := entry{at: readInstant(r)}
	switch state {
	case keyVoid:
		e.typ, e.redemption = Voided, name(r)
	case keyClosed:
		e.typ, e.from = Closed, readInstant(r)
		r.Check(e.from <= e.at)
	case keyLive, keyVoided:
		e.typ, e.code, e.member, e.live = Redeemed, name(r), name(r), state == keyLive
	default:
		r.Check(false)
	}
	return e
}

// readCounts reads how many forgotten redemptions are of a code, or of a member, at
// most so many in all.
func readCounts(r *codec.Reader, most int64) (counts map[string]int64, total int64) {
	counts = named(r, 3, func(string) int64 {
		n := units(r)
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

// named reads a list of entries with names, which ascend, each of at least so many
// bytes with its name.
func named[V any](r *codec.Reader, least int, read func(key string) V) map[string]V {
	n := r.Count(least)
	entries := make(map[string]V, n)
	before := ""
	for range n {
		key := name(r)
		r.Check(key > before)
		if r.Err() != nil {
			return entries
		}
		entries[key], before = read(key), key
	}
	return entries
}

// name reads what validName accepts: all names in a state come from commands, which
// have been checked.
func name(r *codec.Reader) string {
	s := r.String()
	r.Check(validName(s))
	return s
}

// units reads an amount or a count of 0 to 2^53-1. The mask changes nothing that is
// accepted.
func units(r *codec.Reader) int64 {
	v := r.Uvarint()
	r.Check(v <= maxWallet)
	return int64(v & maxWallet)
}

// finish ends the reading of a snapshot.
func finish(r *codec.Reader) error {
	switch err := r.Done(); {
	case errors.Is(err, codec.ErrVersion):
		return fmt.Errorf("voucher: snapshot: kind or version: %w", relmark.ErrUnsupported)
	case err != nil:
		return invalid("Snapshot", nil, "must be what this type has written")
	}
	return nil
}
