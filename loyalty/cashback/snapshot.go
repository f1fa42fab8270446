package cashback

import (
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// The body of the snapshot of a wallet, version 1, in the primitives of
// internal/codec, names in ascending order, instants in nanoseconds:
//
//	fraction digits; debt, granted, credited, spent, reversed, lapsed
//	whether a period is closed, and if so its end, and year and month of that
//	last lot; lots in burn order: ID, left, from, until
//	orders: name; net, granted, refunded, reversed, lot
//	spendings: key; amount, returned; parts: lot, units
//	months: year, month, granted
//	keys: name; type, order, spending, amount, at, until, sequence number

// AppendBinary appends a snapshot, version 1; it never fails. Equal wallets have
// equal snapshots. It takes time n log n in the orders and keys.
func (w *Wallet) AppendBinary(b []byte) ([]byte, error) {
	out := codec.NewWriter(b, codec.KindWallet, version)
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
	out.Uvarint(w.book.Last())
	out.Count(len(w.book.Lots()))
	for _, l := range w.book.Lots() {
		out.Uvarint(l.ID)
		put(l.Left, l.From, l.Until)
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
	out.Count(len(w.months))
	for _, m := range slices.SortedFunc(maps.Keys(w.months), monthOf.compare) {
		put(int64(m.year), int64(m.month), w.months[m])
	}
	codec.WriteMap(&out, w.keys, func(_ string, k keyed) {
		out.String(string(k.payload.typ))
		out.String(k.payload.order)
		out.String(k.payload.spending)
		put(k.payload.amount, k.payload.at, k.payload.until, int64(k.seq))
	})
	return out.Data(), nil
}

// totals returns the sums of a wallet, in the order of their encoding.
func (w *Wallet) totals() [6]*int64 {
	return [6]*int64{&w.debt, &w.granted, &w.credited, &w.spent, &w.reversed, &w.lapsed}
}

// MarshalBinary returns what [Wallet.AppendBinary] appends.
func (w *Wallet) MarshalBinary() ([]byte, error) { return w.AppendBinary(nil) }

// UnmarshalBinary decodes a snapshot of any version that was ever written. It
// fails with [relmark.ErrUnsupported] on another kind or version and with
// [relmark.ErrInvalid] on anything else, and leaves w unchanged then.
func (w *Wallet) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindWallet, version)
	in := Wallet{digits: int(r.Byte())}
	r.Check(in.digits <= maxDigits)
	for _, v := range in.totals() {
		*v = r.UpTo(money.MaxExact)
	}
	if r.Bool() {
		in.closed = time.Unix(0, readInstant(&r)).UTC()
		in.since = readMonth(&r)
	}
	in.readLots(&r)
	in.readOrders(&r)
	in.readSpends(&r)
	in.readMonths(&r)
	in.readKeys(&r)
	r.Check(r.Err() != nil || in.whole())
	if err := r.Done(); err != nil {
		return fault.Decode(room, "wallet", err)
	}
	if in.version == 0 {
		in = Wallet{}
	}
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
	last := r.Uvarint()
	lots := make([]lot.Lot, 0, r.Count(4))
	for range cap(lots) {
		lots = append(lots, lot.Lot{ID: r.Uvarint(), Left: r.Varint(), From: r.Varint(), Until: r.Varint()})
	}
	book, ok := lot.Restore(lots, last)
	r.Check(ok)
	w.book = book
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

// readSpends reads the spendings, whose parts add up to them. The parts keep their
// order, since they are returned from the end.
func (w *Wallet) readSpends(r *codec.Reader) {
	w.spends = codec.ReadMap(r, fault.MaxName, 5, func(string) *spend {
		s := spend{amount: r.Varint(), returned: r.Varint()}
		left := s.amount
		seen := map[uint64]bool{}
		for range r.Count(2) {
			p := Part{uint64(r.Varint()), r.Varint()}
			r.Check(p.Units >= 1 && p.Units <= left && !seen[p.Lot])
			seen[p.Lot] = true
			s.parts = append(s.parts, p)
			left -= p.Units
		}
		r.Check(left == 0 && s.amount <= money.MaxExact && s.returned >= 0 && s.returned <= s.amount)
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
	seen := map[uint64]bool{}
	w.keys = codec.ReadMap(r, fault.MaxName, 9, func(string) keyed {
		p := payload{typ: EventType(r.String()), order: r.String(), spending: r.String()}
		p.amount, p.at, p.until = r.Varint(), readInstant(r), r.Varint()
		seq := uint64(r.Varint())
		r.Check(seq >= 1 && seq <= money.MaxExact && !seen[seq] && (w.closed.IsZero() || p.at >= w.closed.UnixNano()) && p.valid())
		seen[seq] = true
		w.pass(p.at)
		w.version = max(w.version, seq)
		return keyed{p, seq}
	})
	r.Check(!w.closed.IsZero() || w.version == uint64(len(w.keys)))
}

// valid reports whether an event can have a payload.
func (p *payload) valid() bool {
	named := func(s string, needed bool) bool {
		if needed {
			return fault.ValidName(s)
		}
		return s == ""
	}
	ok := p.amount >= 0 && p.amount <= money.MaxExact &&
		named(p.order, p.typ == Granted || p.typ == Reversed) && named(p.spending, p.typ == Returned)
	until := time.Unix(0, p.until)
	switch p.typ {
	case Granted, Reversed, Spent, Returned:
		return ok && p.until == 0
	case Credited:
		return ok && (p.until == lot.Never || lives(until))
	case Closed:
		return ok && p.amount == 0 && calendar.InRange(until) && p.until <= p.at
	}
	return false
}
