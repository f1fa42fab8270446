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

// whole reports whether events can have made a wallet, so that no later command can
// reach for a lot that does not exist, and no sum can overflow. Its orders, spendings
// and keys explain the totals: all of them if no key is forgotten, and otherwise at
// most.
func (w *Wallet) whole() bool {
	// Each total is at most 2^53-1, so no sum below leaves int64. Debt comes of what was
	// reversed, and the first event brings digits and months.
	if w.granted > money.MaxExact-w.credited || w.debt > w.reversed || w.version == 0 && (w.digits > 0 || len(w.months) > 0) {
		return false
	}
	open, all := w.closed.IsZero(), w.version == uint64(len(w.keys))
	granted, reversed, spent, credited := w.granted, w.reversed, w.spent, w.credited
	ids := make(map[uint64]bool, len(w.book.Lots())) // and whether an order owns the lot
	for _, l := range w.book.Lots() {
		ids[l.ID] = false
	}
	ok := !open || w.lapsed == 0 && uint64(len(w.book.Lots())) == w.book.Last()
	ok = ok && w.lotsFit() && w.ordersFit(ids, &granted, &reversed) && w.spendsFit(ids, &spent) && w.keysFit(&credited) && w.monthsFit(open)
	// An order that is forgotten had at most as much reversed as granted.
	return ok && granted >= reversed && (!all || granted+spent+credited == 0)
}

// less takes n off the rest of a total, of which there must be as much.
func less(rest *int64, n int64) bool {
	ok := n >= 0 && n <= *rest
	*rest -= n
	return ok
}

// add adds n to a sum, which must stay an amount.
func add(sums map[string]int64, name string, n int64) bool {
	sums[name] += n
	return sums[name] <= money.MaxExact
}

// lotsFit reports whether the lots hold what the totals leave, expired units included:
//
//	Σ left = granted + credited + debt - spent - reversed - lapsed
func (w *Wallet) lotsFit() bool {
	left := w.granted + w.credited + w.debt - w.spent - w.reversed - w.lapsed // of at most 2^53 each
	for _, l := range w.book.Lots() {
		never := l.Until == lot.Never
		if !less(&left, l.Left) || !lives(time.Unix(0, l.From)) || !never && !lives(time.Unix(0, l.Until)) {
			return false
		}
	}
	return left == 0
}

// ordersFit takes what was granted and reversed off the totals. Each order has a lot
// of its own.
func (w *Wallet) ordersFit(ids map[uint64]bool, granted, reversed *int64) bool {
	for _, o := range w.orders {
		owned, known := ids[o.lot]
		if owned || !known || !less(granted, o.granted) || !less(reversed, o.reversed) {
			return false
		}
		ids[o.lot] = true
	}
	return true
}

// spendsFit takes what was spent and not given back off the total.
func (w *Wallet) spendsFit(ids map[uint64]bool, spent *int64) bool {
	for _, s := range w.spends {
		for _, p := range s.parts {
			if _, known := ids[p.Lot]; !known {
				return false
			}
		}
		if !less(spent, s.amount-s.returned) {
			return false
		}
	}
	return true
}

// keysFit takes credit off the total. Each order and each spending has the key that made
// it and those of its refunds and returns, which came later.
func (w *Wallet) keysFit(credited *int64) bool {
	var n struct{ granted, spent, lots int }
	refunded, returned := map[string]int64{}, map[string]int64{}
	made := map[string]bool{}
	for key, k := range w.keys {
		ok := true
		switch p := k.payload; p.typ {
		case Granted:
			o := w.orders[p.order]
			ok = o != nil && o.net == p.amount && !made[p.order]
			made[p.order] = true
			n.granted, n.lots = n.granted+1, n.lots+1
		case Spent:
			s := w.spends[key]
			ok = s != nil && s.amount == p.amount
			n.spent++
		case Credited:
			ok = less(credited, p.amount)
			n.lots++
		case Reversed:
			ok = add(refunded, p.order, p.amount) && (w.orders[p.order] != nil || !w.closed.IsZero())
		case Returned:
			ok = add(returned, p.spending, p.amount) && (w.spends[p.spending] != nil || !w.closed.IsZero())
		case Closed:
			ok = !w.closed.IsZero() && p.until <= w.closed.UnixNano()
		}
		if !ok {
			return false
		}
	}
	return n.granted == len(w.orders) && n.spent == len(w.spends) && w.sumsFit(refunded, returned) && w.closingFits(uint64(n.lots))
}

// sumsFit reports whether what was refunded of orders and given back of spendings is what
// the keys say.
func (w *Wallet) sumsFit(refunded, returned map[string]int64) bool {
	for name, o := range w.orders {
		if refunded[name] != o.refunded {
			return false
		}
	}
	for key, s := range w.spends {
		if returned[key] != s.returned {
			return false
		}
	}
	return true
}

// closingFits reports whether there is the key of the closing that ended the period, and
// every key after it, which no closing since has forgotten; and whether the events that
// are forgotten can have brought the lots that the keys have not.
func (w *Wallet) closingFits(lots uint64) bool {
	if lots > w.book.Last() || w.book.Last()-lots > w.version-uint64(len(w.keys)) {
		return false
	}
	if w.closed.IsZero() {
		return true // and no key is missing: readKeys
	}
	end, first := w.closed.UnixNano(), uint64(0)
	for _, k := range w.keys {
		if k.payload.typ == Closed && k.payload.until == end && (first == 0 || k.seq < first) {
			first = k.seq
		}
	}
	kept := uint64(0)
	for _, k := range w.keys {
		if k.seq >= first {
			kept++
		}
	}
	return first > 0 && kept == w.version-first+1
}

// monthsFit reports whether the months explain what was granted: refunds do not take
// it back, so they add up to it until a closing drops the first ones.
func (w *Wallet) monthsFit(open bool) bool {
	granted := w.granted
	for _, n := range w.months {
		if !less(&granted, n) {
			return false
		}
	}
	return !open || granted == 0
}
