package voucher

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Snapshots save a host from folding all events again: a snapshot and the events
// after it give the same state. One of an unknown version may be thrown away.

// snapshotVersion is the version of the snapshots that are written here.
const snapshotVersion = 2

// The states of a key in the snapshot of a register.
const (
	keyLive     byte = iota // a redemption
	keyVoided               // a redemption whose use is free
	keyVoid                 // a voiding
	keyClosed               // a closing
	keyReleased             // a release
)

// The body of the snapshot of a register, version 2, in the primitives of
// internal/codec, names in ascending order, instants in nanoseconds, amounts in minor
// units:
//
//	version; fraction digits and 1, or 0; whether a period is closed, and if so its end
//	keys: name, state, instant; of a redemption code, member, order, day, amount at first
//	      and what is left, of a voiding redemption and order, of a release the redemption,
//	      the amount and whether the use is free, of a closing the end
//	codes: name, live redemptions whose keys are forgotten, and what they take off
//	members: likewise
//	days: scope, name and day, in this order, likewise
//
// Version 1 has no fraction digits, orders, days, amounts and releases.

// AppendBinary appends a snapshot, version 2; it never fails. Equal registers have
// equal snapshots. It takes time n log n in the keys, codes, members and days.
func (g *Register) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindRegister, snapshotVersion)
	w.Uvarint(g.version)
	w.Byte(byte(g.scale))
	w.Bool(!g.closed.IsZero())
	if !g.closed.IsZero() {
		w.Varint(g.closed.UnixNano())
	}
	codec.WriteMap(&w, g.keys, func(_ string, e entry) { e.write(&w) })
	for _, m := range []map[string]tally{g.past.codes, g.past.members} {
		codec.WriteMap(&w, m, func(_ string, t tally) { t.write(&w) })
	}
	w.Count(len(g.past.days))
	for _, s := range slices.SortedFunc(maps.Keys(g.past.days), compareSlots) {
		w.Byte(byte(s.of))
		w.String(s.name)
		writeDay(&w, s.day)
		g.past.days[s].write(&w)
	}
	return w.Data(), nil
}

func (t tally) write(w *codec.Writer) {
	w.Uvarint(uint64(t.uses))
	w.Uvarint(uint64(t.amount))
}

// compareSlots orders slots as they are encoded.
func compareSlots(a, b slot) int {
	return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.name, b.name), a.day.Compare(b.day))
}

func writeDay(w *codec.Writer, d relmark.Date) {
	day, _ := calendar.Of(d.Civil()) // 0 of no date
	w.Uvarint(uint64(day))
}

// write writes what follows a key.
func (e *entry) write(w *codec.Writer) {
	w.Byte(e.state())
	w.Varint(e.at)
	switch e.typ {
	case Voided:
		w.String(e.of)
		w.String(e.order)
	case Released:
		w.String(e.of)
		w.Uvarint(uint64(e.number))
		w.Bool(e.use)
	case Closed:
		w.Varint(e.number)
	default:
		w.String(e.of)
		w.String(e.member)
		w.String(e.order)
		writeDay(w, e.day)
		w.Uvarint(uint64(e.taken))
		w.Uvarint(uint64(e.left))
	}
}

// state returns how a key is encoded, which includes the type of its command.
func (e *entry) state() byte {
	switch {
	case e.typ == Voided:
		return keyVoid
	case e.typ == Released:
		return keyReleased
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
	r := codec.NewReader(data, codec.KindRegister, snapshotVersion)
	first := r.Version() == 1
	in := Register{version: uint64(r.UpTo(money.MaxExact))}
	in.past.ready()
	if !first {
		in.scale = int(r.Byte())
		r.Check(in.scale <= maxDigits+1)
	}
	if r.Bool() {
		in.closed = time.Unix(0, r.Instant()).UTC()
	}
	in.readKeys(&r)
	forgotten := int64(in.version) - int64(len(in.keys))
	in.readCounts(&r, forgotten)
	in.count()
	r.Check(r.Err() != nil || in.consistent(forgotten))
	if err := r.Done(); err != nil {
		return fault.Decode(room, "register", err)
	}
	if in.version == 0 {
		in = Register{}
	}
	in.steps = g.steps
	*g = in
	return nil
}

// count adds the redemptions whose keys are there to what is forgotten.
func (g *Register) count() {
	g.counts = g.past.clone(len(g.keys))
	g.orders = make(map[string][]string, len(g.keys)/2)
	for key, e := range g.keys {
		if e.open() {
			g.counts.add(&e, tally{one(e.live), e.left})
			if e.order != "" {
				g.orders[e.order] = append(g.orders[e.order], key)
			}
		}
	}
}

// readDay reads a date, or none.
func readDay(r *codec.Reader) relmark.Date {
	n := calendar.Day(r.UpTo(int64(calendar.Last)))
	if n == 0 {
		return relmark.Date{}
	}
	d, err := relmark.NewDate(n.Civil())
	r.Check(err == nil)
	return d
}

// readKeys reads the keys.
func (g *Register) readKeys(r *codec.Reader) {
	g.keys = codec.ReadMap(r, fault.MaxName, 5, func(string) entry {
		e := readEntry(r)
		r.Check(g.closed.IsZero() || e.at >= g.closed.UnixNano())
		r.Check(e.taken == 0 && (e.typ != Released || e.number == 0) || g.scale > 0)
		return e
	})
}

// readEntry reads what follows a key.
func readEntry(r *codec.Reader) entry {
	state, first := r.Byte(), r.Version() == 1
	e := entry{at: r.Instant()}
	switch {
	case state == keyVoid:
		e.typ, e.of = Voided, r.String()
		if !first {
			e.order = r.String()
		}
		name := e.of + e.order
		r.Check(fault.ValidName(name) && (name == e.of || name == e.order))
	case state == keyClosed:
		e.typ, e.number = Closed, r.Instant()
		r.Check(e.number <= e.at)
	case state == keyReleased && !first:
		e.typ, e.of, e.number, e.use = Released, r.Name(fault.MaxName), r.UpTo(money.MaxExact), r.Bool()
	case state == keyLive, state == keyVoided:
		e.typ, e.of, e.member, e.live = Redeemed, r.Name(fault.MaxName), r.Name(fault.MaxName), state == keyLive
		if !first {
			e.readTaken(r)
		}
	default:
		r.Check(false)
	}
	return e
}

// readTaken reads what version 2 adds to a redemption.
func (e *entry) readTaken(r *codec.Reader) {
	e.order, e.day = r.String(), readDay(r)
	e.taken = r.UpTo(money.MaxExact)
	e.left = r.UpTo(e.taken)
	ev := Event{Type: Redeemed, Day: e.day, At: time.Unix(0, e.at)}
	r.Check((e.order == "" || fault.ValidName(e.order)) && (e.day.IsZero() || ev.dated()))
}

// readCounts reads how many forgotten redemptions are of a code, a member and a day, at
// most so many in all.
func (g *Register) readCounts(r *codec.Reader, most int64) {
	var codes, members tally
	g.past.codes, codes = readTallies(r, most)
	g.past.members, members = readTallies(r, most)
	r.Check(codes == members)
	g.past.all = codes
	if r.Version() > 1 {
		g.past.readDays(r)
	}
}

// readDays reads the tallies of days. Those of a code, of a member and of the campaign are
// at most what is forgotten of it, and on each day there is as much of codes as of members
// and of the campaign: a closing drops whole days.
func (n *counts) readDays(r *codec.Reader) {
	days := map[relmark.Date][ofCampaign + 1]tally{}
	var before slot
	var sum tally
	for i := range r.Count(5) {
		s := slot{of: scope(r.Byte()), name: r.String(), day: readDay(r)}
		r.Check(s.of <= ofCampaign && !s.day.IsZero() && (i == 0 || compareSlots(before, s) < 0))
		r.Check(s.name == "" && s.of == ofCampaign || fault.ValidName(s.name) && s.of != ofCampaign)
		if r.Err() != nil {
			return
		}
		if s.of != before.of || s.name != before.name {
			sum = tally{}
		}
		t := readTally(r, n.life(s), &sum)
		day := days[s.day]
		day[s.of].uses += t.uses
		day[s.of].amount += t.amount
		n.days[s], days[s.day], before = t, day, s
	}
	for _, d := range days {
		r.Check(d == [...]tally{d[ofCampaign], d[ofCampaign], d[ofCampaign]})
	}
}

// readTallies reads tallies by name, and their sum.
func readTallies(r *codec.Reader, most int64) (tallies map[string]tally, sum tally) {
	bound := tally{max(0, most), money.MaxExact}
	tallies = codec.ReadMap(r, fault.MaxName, 3, func(string) tally { return readTally(r, bound, &sum) })
	return tallies, sum
}

// readTally reads a tally that is not 0, and adds it to a sum that stays within a bound.
func readTally(r *codec.Reader, bound tally, sum *tally) tally {
	t := tally{uses: r.UpTo(money.MaxExact)}
	if r.Version() > 1 {
		t.amount = r.UpTo(money.MaxExact)
	}
	r.Check(t != tally{} && t.uses <= bound.uses-sum.uses && t.amount <= bound.amount-sum.amount)
	sum.uses += t.uses
	sum.amount += t.amount
	return t
}
