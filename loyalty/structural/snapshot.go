package structural

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// The body of the snapshot of a ledger, version 1, in the primitives of internal/codec. A
// number that is a difference is one to that of the one before; a time is a difference in
// seconds, to the same time of the one before if nothing else is said, and nanoseconds; an
// end says whether it is never, and if not is a time after the beginning.
//
//	granted, used, rolled
//	whether a period is closed, and if so its end
//	last lot; lots by ID: ID, a difference; left; from; its end; number of its grant
//	grants ever; grants by number: number, a difference; key; units; rollover; bounds, times
//	after each other; next period; quota, roll: lots or 0; whether it was revoked
//	keys by sequence number: that, a difference; name, type, what it is about, units, at,
//	and of Granted: whether by terms, and if so the first day, else its beginning and its end
//	    of Reserved: how long it holds; status; takes if it is open: lot, units
//	    of Committed and Consumed: reversed, parts that have not come back: lot, units
//	    of Closed: its end, a time after at
//
// The version is that of the last key, which no closing forgets, and so is the time.

// snapshotVersion is the version of the snapshots that are written here.
const snapshotVersion = 1

// AppendBinary appends a snapshot, version 1; it never fails. Equal ledgers have equal
// snapshots. It takes time n log n in the keys.
func (l *Ledger) AppendBinary(b []byte) ([]byte, error) {
	out := codec.NewWriter(b, codec.KindEntitlements, snapshotVersion)
	out.Uvarint(uint64(l.granted))
	out.Uvarint(uint64(l.used))
	out.Uvarint(uint64(l.rolled))
	out.Bool(!l.closed.IsZero())
	if !l.closed.IsZero() {
		out.Varint(l.closed.UnixNano())
	}
	l.writeLots(&out)
	l.writeGrants(&out)
	l.writeKeys(&out)
	return out.Data(), nil
}

// MarshalBinary returns what [Ledger.AppendBinary] appends.
func (l *Ledger) MarshalBinary() ([]byte, error) { return l.AppendBinary(nil) }

func (l *Ledger) writeLots(out *codec.Writer) {
	out.Uvarint(l.book.Last())
	out.Count(l.book.Len())
	var before lot.Lot
	for x := range l.book.All() {
		out.Uvarint(x.ID - before.ID)
		out.Uvarint(uint64(x.Left))
		out.Time(x.From, before.From)
		out.End(x.Until, x.From)
		out.Uvarint(uint64(x.Owner))
		before = x
	}
}

func (l *Ledger) writeGrants(out *codec.Writer) {
	out.Uvarint(uint64(l.born))
	out.Count(len(l.grants))
	before := uint32(0)
	for _, n := range slices.Sorted(maps.Keys(l.grants)) {
		g := l.grants[n]
		out.Uvarint(uint64(n - before))
		out.String(g.key)
		out.Uvarint(uint64(g.units))
		out.Uvarint(uint64(g.rollover))
		out.Count(len(g.bounds))
		at := int64(0)
		for _, t := range g.bounds {
			out.Time(t, at)
			at = t
		}
		out.Uvarint(uint64(g.next))
		out.Uvarint(g.quota)
		out.Uvarint(g.roll)
		out.Bool(g.over)
		before = n
	}
}

func (l *Ledger) writeKeys(out *codec.Writer) {
	names := slices.SortedFunc(maps.Keys(l.keys), func(a, b string) int { return cmp.Compare(l.keys[a].seq, l.keys[b].seq) })
	out.Count(len(names))
	var before keyed
	for _, name := range names {
		k := l.keys[name]
		typ, _ := types().Index(k.typ)
		out.Uvarint(k.seq - before.seq)
		out.String(name)
		out.Byte(byte(typ))
		out.String(k.of)
		out.Uvarint(uint64(k.units))
		out.Time(k.at, before.at)
		l.writeMade(out, name, &k)
		before = k
	}
}

// writeMade writes what became of what a command made.
func (l *Ledger) writeMade(out *codec.Writer, name string, k *keyed) {
	switch k.typ {
	case Granted:
		out.Bool(!k.start.IsZero())
		if !k.start.IsZero() {
			out.Varint(int64(k.start.Sub(epoch())))
			return
		}
		out.Time(k.from, k.at)
		out.End(k.until, k.from)
	case Reserved:
		h := l.holds[name]
		out.Time(k.until, 0)
		out.Byte(byte(h.Status))
		if h.Status == lot.Open {
			writeParts(out, partsOf(h.Takes))
		}
	case Committed, Consumed:
		u := l.uses[name]
		out.Uvarint(uint64(u.reversed))
		writeParts(out, u.parts)
	case Closed:
		out.Time(k.until, k.at)
	default:
	}
}

func writeParts(out *codec.Writer, parts []Part) {
	out.Count(len(parts))
	for _, p := range parts {
		out.Uvarint(p.Lot)
		out.Uvarint(uint64(p.Units))
	}
}

// epoch returns 1970-01-01.
func epoch() relmark.Date { return relmark.MustParseDate("1970-01-01") }

// UnmarshalBinary decodes a snapshot of any version that was ever written. It fails with
// [relmark.ErrUnsupported] on another kind or version and with [relmark.ErrInvalid] on
// anything else, and leaves l unchanged then.
func (l *Ledger) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindEntitlements, snapshotVersion)
	var in Ledger
	in.granted, in.used, in.rolled = r.UpTo(money.MaxExact), r.UpTo(money.MaxExact), r.UpTo(money.MaxExact)
	if r.Bool() {
		in.closed = wall(readInstant(&r))
	}
	in.ready()
	in.readLots(&r)
	in.readGrants(&r)
	in.readKeys(&r)
	r.Check(r.Err() != nil || in.whole())
	if err := r.Done(); err != nil {
		return fault.Decode(room, "ledger", err)
	}
	if in.version == 0 {
		in = Ledger{}
	}
	in.wind()
	in.steps = l.steps
	*l = in
	return nil
}

// wind sets the clock of a ledger that was read.
func (l *Ledger) wind() {
	for _, n := range slices.Sorted(maps.Keys(l.grants)) {
		l.clock.set(l.grants[n])
	}
	for _, name := range slices.Sorted(maps.Keys(l.holds)) {
		if h := l.holds[name]; h.Status == lot.Open {
			l.clock.watch(h)
		}
	}
	if l.version > 0 {
		l.book.Pass(l.last)
	}
}

// readInstant reads the time of a command.
func readInstant(r *codec.Reader) int64 {
	v := r.Varint()
	r.Check(calendar.InRange(time.Unix(0, v)))
	return v
}

func (l *Ledger) readLots(r *codec.Reader) {
	last := uint64(r.UpTo(money.MaxExact))
	list := make([]lot.Lot, 0, r.Count(6))
	var before lot.Lot
	for range cap(list) {
		x := lot.Lot{ID: before.ID + uint64(r.UpTo(money.MaxExact)), Left: r.UpTo(money.MaxExact), From: r.Time(before.From)}
		x.Until = r.End(x.From)
		x.Owner = uint32(r.UpTo(mostGrants))
		if r.Err() != nil {
			return
		}
		list = append(list, x)
		before = x
	}
	book, ok := lot.RestoreByID(list, last)
	r.Check(ok)
	l.book = book
}

func (l *Ledger) readGrants(r *codec.Reader) {
	l.born = uint32(r.UpTo(mostGrants))
	before := uint32(0)
	for range r.Count(10) {
		g := &grant{number: before + uint32(r.UpTo(mostGrants)), key: r.Name(fault.MaxName), units: r.UpTo(money.MaxExact), rollover: r.UpTo(money.MaxExact)}
		g.bounds = make([]int64, r.Count(2))
		at := int64(0)
		for i := range g.bounds {
			g.bounds[i] = r.Time(at)
			at = g.bounds[i]
		}
		g.stand = stand{int(r.UpTo(mostPeriods)), r.Uvarint(), r.Uvarint()}
		g.over = r.Bool()
		r.Check(g.number > before && g.number <= l.born && l.named[g.key] == nil && g.valid())
		if r.Err() != nil {
			return
		}
		l.grants[g.number], l.named[g.key] = g, g
		if before = g.number; !g.over {
			l.ahead += g.units * int64(g.periods()-g.next)
		}
		r.Check(l.ahead <= money.MaxExact-l.granted)
	}
}

// valid reports whether an event can have made a grant.
func (g *grant) valid() bool {
	ev := Event{Type: Granted, Units: g.units, Rollover: g.rollover}
	for _, t := range g.bounds {
		ev.Bounds = append(ev.Bounds, wall(t))
	}
	var c checker
	c.body(&ev)
	return c.Len() == 0 && g.next <= g.periods()
}

func (l *Ledger) readKeys(r *codec.Reader) {
	var before keyed
	for range r.Count(7) {
		k := keyed{seq: before.seq + uint64(r.UpTo(money.MaxExact))}
		name := r.Name(fault.MaxName)
		typ, ok := types().At(int(r.Byte()))
		_, twice := l.keys[name]
		r.Check(ok && !twice && k.seq > before.seq && k.seq <= money.MaxExact)
		k.typ, k.of, k.units = typ, r.String(), r.UpTo(money.MaxExact)
		k.at = r.Time(before.at)
		r.Check(calendar.InRange(wall(k.at)) && (before.seq == 0 || k.at >= before.at))
		if l.readMade(r, name, &k); r.Err() != nil { // at the first sum that is too large
			return
		}
		l.keys[name], before = k, k
	}
	l.version, l.last = before.seq, before.at
}

// readMade reads what became of what a command made.
func (l *Ledger) readMade(r *codec.Reader, name string, k *keyed) {
	switch k.typ {
	case Granted:
		if r.Bool() {
			n := r.Varint()
			r.Check(n >= -1_000_000 && n <= 1_000_000)
			k.start = epoch().AddDays(int(n))
			r.Check(!k.start.IsZero() && k.units == 0)
			return
		}
		k.from = r.Time(k.at)
		k.until = r.End(k.from)
	case Reserved:
		k.until = r.Time(0)
		r.Check(k.until > 0 && k.until <= int64(mostDays*24*time.Hour))
		h := &hold{lot.Hold{Status: lot.Status(r.Byte()), Deadline: k.at + k.until}, k.seq}
		r.Check(h.Status <= lot.TimedOut)
		if h.Status == lot.Open {
			h.Takes = takesOf(readParts(r, k.units))
			r.Check(within(l.held, k.units))
			l.held += k.units
		}
		l.holds[name] = h
	case Committed, Consumed:
		u := &use{units: k.units, reversed: r.UpTo(k.units)}
		u.parts = readParts(r, u.units-u.reversed)
		l.uses[name] = u
	case Closed:
		k.until = r.Time(k.at)
		r.Check(calendar.InRange(wall(k.until)) && k.until <= k.at)
	default:
	}
}

// readParts reads parts that add up to a sum.
func readParts(r *codec.Reader, left int64) (parts []Part) {
	for range r.Count(2) {
		p := Part{r.Uvarint(), r.UpTo(max(0, left))}
		r.Check(p.Units >= 1)
		parts = append(parts, p)
		left -= p.Units
	}
	r.Check(left == 0 && !repeats(parts))
	return parts
}
