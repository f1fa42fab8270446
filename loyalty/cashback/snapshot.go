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
// internal/codec, names in ascending order, instants in nanoseconds:
//
//	fraction digits; debt, granted, credited, spent, reversed, lapsed, cancelled
//	whether a period is closed, and if so its end, and year and month of that
//	heirs ever; last lot; lots in burn order: ID, left, from, until, root of an heir or 0
//	orders: name; net, granted, refunded, reversed, lot
//	spendings: key; amount, returned; parts that have not come back: lot, units
//	credits: key; lot, whether it was cancelled
//	months: year, month, granted
//	keys: name; type, what it names, amount, at, sequence number; until of credit and of a
//	closing
//
// Version 1 has no sum that was cancelled, no heirs, all parts of spendings, no credits,
// and keys with other fields: [Wallet.readKeysV1].

// snapshotVersion is the version of the snapshots that are written here.
const snapshotVersion = 2

// AppendBinary appends a snapshot, version 2; it never fails. Equal wallets have
// equal snapshots. It takes time n log n in the orders and keys.
func (w *Wallet) AppendBinary(b []byte) ([]byte, error) {
	out := codec.NewWriter(b, codec.KindWallet, snapshotVersion)
	put := func(values ...int64) {
		for _, v := range values {
			out.Varint(v)
		}
	}
	out.Byte(byte(w.digits))
	for _, v := range w.totals() {
		out.Uvarint(uint64(*v))
	}
	out.Bool(!w.closed.IsZero())
	if !w.closed.IsZero() {
		put(w.closed.UnixNano(), int64(w.since.year), int64(w.since.month))
	}
	out.Uvarint(w.kin.born)
	out.Uvarint(w.book.Last())
	out.Count(len(w.book.Lots()))
	for _, l := range w.book.Lots() {
		out.Uvarint(l.ID)
		put(l.Left, l.From, l.Until)
		out.Uvarint(w.kin.roots[l.ID])
	}
	codec.WriteMap(&out, w.orders, func(_ string, o *order) {
		put(o.net, o.granted, o.refunded, o.reversed, int64(o.lot))
	})
	codec.WriteMap(&out, w.spends, func(_ string, s *spend) {
		put(s.amount, s.returned)
		out.Count(len(s.parts))
		for _, p := range s.parts {
			put(int64(p.Lot), p.Units)
		}
	})
	codec.WriteMap(&out, w.credits, func(_ string, c credit) {
		out.Uvarint(c.lot)
		out.Bool(c.void)
	})
	out.Count(len(w.months))
	for _, m := range slices.SortedFunc(maps.Keys(w.months), monthOf.compare) {
		put(int64(m.year), int64(m.month), w.months[m])
	}
	codec.WriteMap(&out, w.keys, func(_ string, k keyed) { k.write(&out) })
	return out.Data(), nil
}

// write writes what follows a key.
func (k *keyed) write(out *codec.Writer) {
	p := &k.payload
	typ, _ := types().Index(p.typ)
	out.Byte(byte(typ))
	out.String(p.of)
	out.Uvarint(uint64(p.amount))
	out.Varint(p.at)
	out.Uvarint(k.seq)
	if p.typ == Credited || p.typ == Closed {
		out.Varint(p.until)
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
		in.closed = time.Unix(0, readInstant(&r)).UTC()
		in.since = readMonth(&r)
	}
	in.readLots(&r)
	in.readOrders(&r)
	in.readSpends(&r)
	if !first {
		in.readCredits(&r)
	}
	in.readMonths(&r)
	in.readKeys(&r)
	if first {
		in.nameCredits()
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

// readInstant reads the time of a command.
func readInstant(r *codec.Reader) int64 {
	v := r.Varint()
	r.Check(calendar.InRange(time.Unix(0, v)))
	return v
}

// readLots reads the lots, in the order in which they are spent: there is one such
// order, so a wallet has one encoding.
func (w *Wallet) readLots(r *codec.Reader) {
	first := r.Version() == 1
	if !first {
		w.kin.born = uint64(r.UpTo(money.MaxExact))
	}
	born, last := w.kin.born, uint64(r.UpTo(money.MaxExact))
	lots := make([]lot.Lot, 0, r.Count(4))
	for range cap(lots) {
		l := lot.Lot{ID: r.Uvarint(), Left: r.Varint(), From: r.Varint(), Until: r.Varint()}
		lots = append(lots, l)
		if first {
			continue
		}
		if root := r.Uvarint(); root != 0 {
			r.Check(root < l.ID)
			w.kin.adopt(l.ID, root)
		}
	}
	w.kin.born = born
	book, ok := lot.Restore(lots, last)
	r.Check(ok)
	if w.book = book; !ok {
		return
	}
	for _, l := range lots { // in burn order, so heirs come at the end of their list
		if root, heir := w.kin.roots[l.ID]; heir && l.Left > 0 {
			w.kin.heirs[root] = append(w.kin.heirs[root], l.ID)
		}
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

// readOrders reads the orders, each by itself: not more was granted or refunded than
// it came to, and not more was taken back than it had been granted.
func (w *Wallet) readOrders(r *codec.Reader) {
	w.orders = codec.ReadMap(r, fault.MaxName, 7, func(string) *order {
		o := order{r.Varint(), r.Varint(), r.Varint(), r.Varint(), 0}
		o.lot = uint64(r.Varint())
		r.Check(min(o.net, o.granted, o.refunded, o.reversed) >= 0 && o.net <= money.MaxExact &&
			o.granted <= o.net && o.refunded <= o.net && o.reversed <= o.granted)
		return &o
	})
}

// readSpends reads the spendings, whose parts add up to them, less what came back. The
// parts keep their order, since they are returned from the end.
func (w *Wallet) readSpends(r *codec.Reader) {
	w.spends = codec.ReadMap(r, fault.MaxName, 4, func(string) *spend {
		s := spend{amount: r.Varint(), returned: r.Varint()}
		r.Check(s.amount <= money.MaxExact && s.returned >= 0 && s.returned <= s.amount)
		left := s.amount - s.returned
		if r.Version() == 1 {
			left = s.amount
		}
		seen := map[uint64]bool{}
		for range r.Count(2) {
			p := Part{uint64(r.Varint()), r.Varint()}
			r.Check(p.Units >= 1 && p.Units <= left && !seen[p.Lot])
			seen[p.Lot] = true
			s.parts = append(s.parts, p)
			left -= p.Units
		}
		if r.Check(left == 0); r.Err() == nil && r.Version() == 1 {
			back := s.returned
			s.returned = 0
			s.giveBack(back)
		}
		return &s
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

// readKeys reads the keys, of which the last has the version as its number: what a
// closing forgets is older than it.
func (w *Wallet) readKeys(r *codec.Reader) {
	read, least := readKey, 6
	if r.Version() == 1 {
		read, least = readKeyV1, 9
	}
	seen := map[uint64]bool{}
	w.keys = codec.ReadMap(r, fault.MaxName, least, func(string) keyed {
		k := read(r)
		r.Check(k.seq >= 1 && k.seq <= money.MaxExact && !seen[k.seq] && (w.closed.IsZero() || k.payload.at >= w.closed.UnixNano()) && k.payload.valid())
		seen[k.seq] = true
		w.pass(k.payload.at)
		w.version = max(w.version, k.seq)
		return k
	})
	r.Check(!w.closed.IsZero() || w.version == uint64(len(w.keys)))
}

// readKey reads what follows a key.
func readKey(r *codec.Reader) keyed {
	typ, ok := types().At(int(r.Byte()))
	r.Check(ok)
	p := payload{typ: typ, of: r.String(), amount: r.UpTo(money.MaxExact), at: readInstant(r)}
	seq := r.Uvarint()
	if typ == Credited || typ == Closed {
		p.until = r.Varint()
	}
	return keyed{p, seq}
}

// readKeyV1 reads what followed a key in version 1: type, order, spending, amount, at,
// until, sequence number.
func readKeyV1(r *codec.Reader) keyed {
	p := payload{typ: EventType(r.String())}
	order, spending := r.String(), r.String()
	p.of, p.amount, p.at, p.until = order+spending, r.Varint(), readInstant(r), r.Varint()
	r.Check((order == "" || p.typ == Granted || p.typ == Reversed) && (spending == "" || p.typ == Returned) && p.typ != Cancelled)
	return keyed{p, uint64(r.Varint())}
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
		return ok && p.of == "" && (p.until == lot.Never || lives(until))
	case Closed:
		return ok && p.of == "" && p.amount == 0 && calendar.InRange(until) && p.until <= p.at
	}
	return false
}

// nameCredits finds the lots of credit that version 1 did not name: each command that
// brings a lot has brought the next one, so that where nothing is forgotten, they are
// those of the commands in turn. Otherwise a lot is that of the credit that lives from and
// to the same instants. Where that can be several, none is named: what cannot be told is
// refused as [PeriodClosed].
func (w *Wallet) nameCredits() {
	w.credits = map[string]credit{}
	if w.closed.IsZero() {
		for i, name := range w.bringers() {
			if w.keys[name].payload.typ == Credited {
				w.credits[name] = credit{lot: uint64(i + 1)}
			}
		}
		return
	}
	owned := map[uint64]bool{}
	for _, o := range w.orders {
		owned[o.lot] = true
	}
	type life struct{ from, until int64 }
	lots, names := map[life][]uint64{}, map[life][]string{}
	for _, l := range w.book.Lots() {
		if !owned[l.ID] {
			lots[life{l.From, l.Until}] = append(lots[life{l.From, l.Until}], l.ID)
		}
	}
	for _, name := range w.bringers() {
		if p := w.keys[name].payload; p.typ == Credited {
			names[life{p.at, p.until}] = append(names[life{p.at, p.until}], name)
		}
	}
	for l, ids := range lots {
		for i, name := range names[l] {
			if len(ids) == len(names[l]) {
				w.credits[name] = credit{lot: ids[i]}
			}
		}
	}
}

// bringers returns the keys of commands that brought a lot, in their order.
func (w *Wallet) bringers() []string {
	var names []string
	for name, k := range w.keys {
		if k.payload.typ == Granted || k.payload.typ == Credited {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(w.keys[a].seq, w.keys[b].seq) })
	return names
}
