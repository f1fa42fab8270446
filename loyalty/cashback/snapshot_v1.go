package cashback

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// The body of version 1, which is read and not written any more, names in ascending order,
// instants in nanoseconds:
//
//	fraction digits; debt, granted, credited, spent, reversed, lapsed
//	whether a period is closed, and if so its end, and year and month of that
//	last lot; lots in burn order: ID, left, from, until
//	orders: name; net, granted, refunded, reversed, lot
//	spendings: key; amount, returned; all parts: lot, units
//	months: year, month, granted
//	keys: name; type, order, spending, amount, at, until, sequence number

// readV1 reads what follows the period of version 1.
func (w *Wallet) readV1(r *codec.Reader) {
	w.readLotsV1(r)
	w.readOrdersV1(r)
	w.readSpendsV1(r)
	w.readMonths(r)
	seen, made := map[uint64]bool{}, map[string]bool{}
	w.keys = map[string]keyed{}
	codec.ReadMap(r, fault.MaxName, 9, func(name string) bool {
		k := readKeyV1(r)
		grant := k.payload.typ == Granted
		r.Check(!seen[k.seq] && (!grant || !made[k.payload.of]))
		seen[k.seq] = true
		if grant {
			made[k.payload.of] = true
		}
		w.learn(r, name, k)
		return true
	})
	r.Check(!w.closed.IsZero() || w.version == uint64(len(w.keys)))
	w.nameCredits()
}

func (w *Wallet) readLotsV1(r *codec.Reader) {
	last := uint64(r.UpTo(money.MaxExact))
	lots := make([]lot.Lot, 0, r.Count(4))
	for range cap(lots) {
		lots = append(lots, lot.Lot{ID: r.Uvarint(), Left: r.Varint(), From: r.Varint(), Until: r.Varint()})
	}
	book, ok := lot.Restore(lots, last)
	r.Check(ok)
	w.book = book
}

// readOrdersV1 reads the orders, each by itself: not more was granted or refunded than
// it came to, and not more was taken back than it had been granted.
func (w *Wallet) readOrdersV1(r *codec.Reader) {
	w.orders = codec.ReadMap(r, fault.MaxName, 7, func(string) *order {
		o := order{r.Varint(), r.Varint(), r.Varint(), r.Varint(), 0}
		o.lot = uint64(r.Varint())
		r.Check(min(o.net, o.granted, o.refunded, o.reversed) >= 0 && o.net <= money.MaxExact &&
			o.granted <= o.net && o.refunded <= o.net && o.reversed <= o.granted)
		return &o
	})
}

// readSpendsV1 reads the spendings, whose parts add up to them. The parts keep their order,
// since they are returned from the end.
func (w *Wallet) readSpendsV1(r *codec.Reader) {
	w.spends = codec.ReadMap(r, fault.MaxName, 5, func(string) *spend {
		s := spend{amount: r.Varint()}
		back := r.Varint()
		r.Check(s.amount >= 0 && s.amount <= money.MaxExact && back >= 0 && back <= s.amount)
		if r.Err() != nil {
			return nil
		}
		left := s.amount
		seen := map[uint64]bool{}
		for range r.Count(2) {
			p := Part{uint64(r.Varint()), r.Varint()}
			r.Check(p.Units >= 1 && p.Units <= left && !seen[p.Lot])
			seen[p.Lot] = true
			s.parts = append(s.parts, p)
			left -= p.Units
		}
		if r.Check(left == 0); r.Err() == nil {
			s.giveBack(back)
		}
		return &s
	})
}

// readKeyV1 reads what followed a key in version 1: type, order, spending, amount, at,
// until, sequence number.
func readKeyV1(r *codec.Reader) keyed {
	p := payload{typ: EventType(r.String())}
	order, spending := r.String(), r.String()
	p.of, p.amount, p.at, p.until = order+spending, r.Varint(), r.Instant(), r.Varint()
	r.Check((order == "" || p.typ == Granted || p.typ == Reversed) && (spending == "" || p.typ == Returned) && p.typ != Cancelled)
	return keyed{p, uint64(r.Varint())}
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
	for l := range w.book.All() {
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
