package cashback

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// The body of the snapshot of a wallet, version 2, in the primitives of
// internal/codec. A number that is a difference is one to that of the one before; a time is
// a difference in seconds, to the same time of the one before if nothing else is said, and
// nanoseconds; an end says whether it is never, and if not is a time after the beginning.
//
//	fraction digits; debt, granted, credited, spent, reversed, lapsed, cancelled
//	whether a period is closed, and if so its end, and year and month of that
//	heirs ever; last lot; lots by ID: ID, a difference; left; from; its end; root of an
//	heir or 0
//	credits by key: key; lot, whether it was cancelled
//	months: year, month, granted
//	keys by sequence number: that, a difference; name, type, what it names, amount, at,
//	and of Granted: granted, refunded, reversed, lot
//	    of Spent: returned, parts that have not come back: lot, units
//	    of Credited: its end; of Closed: its beginning, a time after at
//
// What an order or a spending is, comes with the key that made it: nothing is said twice.

// snapshotVersion is the version of the snapshots that are written here.
const snapshotVersion = 2

// AppendBinary appends a snapshot, version 2; it never fails. Equal wallets have
// equal snapshots. It takes time n log n in the keys.
func (w *Wallet) AppendBinary(b []byte) ([]byte, error) {
	out := codec.NewWriter(b, codec.KindWallet, snapshotVersion)
	out.Byte(byte(w.digits))
	for _, v := range w.totals() {
		out.Uvarint(uint64(*v))
	}
	out.Bool(!w.closed.IsZero())
	if !w.closed.IsZero() {
		out.Varint(w.closed.UnixNano())
		w.since.write(&out)
	}
	w.writeLots(&out)
	codec.WriteMap(&out, w.credits, func(_ string, c credit) {
		out.Uvarint(c.lot)
		out.Bool(c.void)
	})
	out.Count(len(w.months))
	for _, m := range slices.SortedFunc(maps.Keys(w.months), monthOf.compare) {
		m.write(&out)
		out.Varint(w.months[m])
	}
	w.writeKeys(&out)
	return out.Data(), nil
}

func (m monthOf) write(out *codec.Writer) {
	out.Varint(int64(m.year))
	out.Varint(int64(m.month))
}

func (w *Wallet) writeLots(out *codec.Writer) {
	out.Uvarint(w.kin.born)
	out.Uvarint(w.book.Last())
	out.Count(w.book.Len())
	var before lot.Lot
	for l := range w.book.All() {
		out.Uvarint(l.ID - before.ID)
		out.Uvarint(uint64(l.Left))
		out.Time(l.From, before.From)
		out.End(l.Until, l.From)
		out.Uvarint(w.kin.roots[l.ID])
		before = l
	}
}

func (w *Wallet) writeKeys(out *codec.Writer) {
	type named struct {
		name string
		keyed
	}
	keys := make([]named, 0, len(w.keys))
	for name, k := range w.keys {
		keys = append(keys, named{name, k})
	}
	slices.SortFunc(keys, func(a, b named) int { return cmp.Compare(a.seq, b.seq) })
	out.Count(len(keys))
	var before keyed
	for i := range keys {
		k := &keys[i]
		typ, _ := types().Index(k.payload.typ)
		out.Uvarint(k.seq - before.seq)
		out.String(k.name)
		out.Byte(byte(typ))
		out.String(k.payload.of)
		out.Uvarint(uint64(k.payload.amount))
		out.Time(k.payload.at, before.payload.at)
		w.writeMade(out, k.name, &k.payload)
		before = k.keyed
	}
}

// writeMade writes what became of what a command made.
func (w *Wallet) writeMade(out *codec.Writer, name string, p *payload) {
	switch p.typ {
	case Granted:
		o := w.orders[p.of]
		out.Uvarint(uint64(o.granted))
		out.Uvarint(uint64(o.refunded))
		out.Uvarint(uint64(o.reversed))
		out.Uvarint(o.lot)
	case Spent:
		s := w.spends[name]
		out.Uvarint(uint64(s.returned))
		out.Count(len(s.parts))
		for _, p := range s.parts {
			out.Uvarint(p.Lot)
			out.Uvarint(uint64(p.Units))
		}
	case Credited:
		out.End(p.until, p.at)
	case Closed:
		out.Time(p.until, p.at)
	default:
	}
}

// totals returns the sums of a wallet, in the order of their encoding; the last one came
// with version 2.
func (w *Wallet) totals() [7]*int64 {
	return [7]*int64{&w.debt, &w.granted, &w.credited, &w.spent, &w.reversed, &w.lapsed, &w.cancelled}
}

// MarshalBinary returns what [Wallet.AppendBinary] appends.
func (w *Wallet) MarshalBinary() ([]byte, error) { return w.AppendBinary(nil) }

// UnmarshalBinary decodes a snapshot of any version that was ever written. It
// fails with [relmark.ErrUnsupported] on another kind or version and with
// [relmark.ErrInvalid] on anything else, and leaves w unchanged then.
func (w *Wallet) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindWallet, snapshotVersion)
	first := r.Version() == 1
	in := Wallet{digits: int(r.Byte())}
	r.Check(in.digits <= maxDigits)
	for i, v := range in.totals() {
		if i < 6 || !first {
			*v = r.UpTo(money.MaxExact)
		}
	}
	if r.Bool() {
		in.closed = time.Unix(0, r.Instant()).UTC()
		in.since = readMonth(&r)
	}
	if first {
		in.readV1(&r)
	} else {
		in.read(&r)
	}
	r.Check(r.Err() != nil || in.whole())
	if err := r.Done(); err != nil {
		return fault.Decode(room, "wallet", err)
	}
	if in.version == 0 {
		in = Wallet{}
	}
	in.steps = w.steps
	*w = in
	return nil
}

// read reads what follows the period of version 2.
func (w *Wallet) read(r *codec.Reader) {
	w.readLots(r)
	w.readCredits(r)
	w.readMonths(r)
	w.readKeys(r)
}

// readLots reads the lots and who is whose heir.
func (w *Wallet) readLots(r *codec.Reader) {
	born, last := uint64(r.UpTo(money.MaxExact)), uint64(r.UpTo(money.MaxExact))
	lots := make([]lot.Lot, 0, r.Count(7))
	var before lot.Lot
	for range cap(lots) {
		l := lot.Lot{ID: before.ID + uint64(r.UpTo(money.MaxExact)), Left: r.UpTo(money.MaxExact), From: r.Time(before.From)}
		l.Until = r.End(l.From)
		if root := r.Uvarint(); root != 0 {
			r.Check(root < l.ID)
			w.kin.adopt(l.ID, root)
		}
		if r.Err() != nil {
			return
		}
		lots = append(lots, l)
		before = l
	}
	book, ok := lot.RestoreByID(lots, last)
	r.Check(ok)
	if w.book, w.kin.born = book, born; ok {
		w.listHeirs(lots)
	}
}

// listHeirs lists the heirs that hold something, in burn order.
func (w *Wallet) listHeirs(lots []lot.Lot) {
	for _, l := range lots {
		if root, heir := w.kin.roots[l.ID]; heir && l.Left > 0 {
			w.kin.heirs[root] = append(w.kin.heirs[root], l.ID)
		}
	}
	for _, heirs := range w.kin.heirs {
		slices.SortFunc(heirs, w.byBurn)
	}
}

// readCredits reads which lots have names.
func (w *Wallet) readCredits(r *codec.Reader) {
	w.credits = codec.ReadMap(r, fault.MaxName, 4, func(string) credit {
		c := credit{r.Uvarint(), r.Bool()}
		if c.void {
			w.kin.cancel(c.lot)
		}
		return c
	})
}

// readMonths reads what counts towards the cap of a month, from the month on in which
// the open time begins.
func (w *Wallet) readMonths(r *codec.Reader) {
	before := w.since
	before.month-- // which may have an entry itself
	n := r.Count(3)
	w.months = make(map[monthOf]int64, n)
	for range n {
		m := readMonth(r)
		r.Check(before.compare(m) < 0)
		w.months[m], before = r.Varint(), m
	}
}

func readMonth(r *codec.Reader) monthOf {
	year, month := r.Varint(), r.Varint()
	r.Check(year >= 1 && year <= 9999 && month >= 1 && month <= 12)
	return monthOf{int(year), time.Month(month)}
}

// readKeys reads the keys and what they made. The last one has the version as its number:
// what a closing forgets is older than it.
func (w *Wallet) readKeys(r *codec.Reader) {
	n := r.Count(7)
	w.keys, w.orders, w.spends = make(map[string]keyed, n), make(map[string]*order, n/2), make(map[string]*spend, n/4)
	var before keyed
	for range n {
		seq := before.seq + uint64(r.UpTo(money.MaxExact))
		name := r.Name(fault.MaxName)
		typ, ok := types().At(int(r.Byte()))
		_, twice := w.keys[name]
		r.Check(ok && !twice && seq > before.seq)
		p := payload{typ: typ, of: r.String(), amount: r.UpTo(money.MaxExact)}
		p.at = r.Time(before.payload.at)
		w.readMade(r, name, &p)
		before = keyed{p, seq}
		if w.learn(r, name, before); r.Err() != nil {
			return
		}
	}
	r.Check(!w.closed.IsZero() || w.version == uint64(len(w.keys)))
}

// learn remembers a key that was read.
func (w *Wallet) learn(r *codec.Reader, name string, k keyed) {
	at := time.Unix(0, k.payload.at)
	r.Check(k.seq >= 1 && k.seq <= money.MaxExact && calendar.InRange(at) && !at.Before(w.closed) && k.payload.valid())
	w.pass(k.payload.at)
	w.version = max(w.version, k.seq)
	w.keys[name] = k
}

// readMade reads what became of what a command made.
func (w *Wallet) readMade(r *codec.Reader, name string, p *payload) {
	switch p.typ {
	case Granted:
		_, twice := w.orders[p.of]
		o := order{p.amount, r.UpTo(p.amount), r.UpTo(p.amount), 0, 0}
		o.reversed, o.lot = r.UpTo(o.granted), r.Uvarint()
		r.Check(!twice)
		w.orders[p.of] = &o
	case Spent:
		s := spend{amount: p.amount, returned: r.UpTo(p.amount)}
		s.parts = readParts(r, s.amount-s.returned)
		w.spends[name] = &s
	case Credited:
		p.until = r.End(p.at)
	case Closed:
		p.until = r.Time(p.at)
	default:
	}
}

// readParts reads the parts of what is left of a spending.
func readParts(r *codec.Reader, left int64) (parts []Part) {
	seen := map[uint64]bool{}
	for range r.Count(2) {
		p := Part{r.Uvarint(), r.UpTo(max(0, left))}
		r.Check(p.Units >= 1 && !seen[p.Lot])
		seen[p.Lot] = true
		parts = append(parts, p)
		left -= p.Units
	}
	r.Check(left == 0)
	return parts
}

// valid reports whether an event can have a payload.
func (p *payload) valid() bool {
	ok := p.amount >= 0 && p.amount <= money.MaxExact
	until := time.Unix(0, p.until)
	switch p.typ {
	case Granted, Reversed, Returned:
		return ok && fault.ValidName(p.of) && p.until == 0
	case Spent:
		return ok && (p.of == "" || fault.ValidName(p.of)) && p.until == 0
	case Cancelled:
		return ok && fault.ValidName(p.of) && p.amount == 0 && p.until == 0
	case Credited:
		return ok && p.of == "" && (p.until == lot.Never || lot.Lives(until))
	case Closed:
		return ok && p.of == "" && p.amount == 0 && calendar.InRange(until) && p.until <= p.at
	}
	return false
}
