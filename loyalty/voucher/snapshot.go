package voucher

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/lot"
)

// Snapshots save a host from folding all events again: a snapshot and the events
// after it give the same state. One of an unknown version may be thrown away.

// The states of a key in the snapshot of a register.
const (
	keyLive   byte = iota // a redemption
	keyVoided             // a redemption that was voided
	keyVoid               // a voiding
)

// AppendBinary appends a snapshot, version 1; it never fails. Equal registers have
// equal snapshots.
func (g *Register) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindRegister, version)
	w.Count(len(g.keys))
	for _, key := range slices.Sorted(maps.Keys(g.keys)) {
		w.String(key)
		switch e := g.keys[key]; {
		case e.typ == string(Voided):
			w.Byte(keyVoid)
			w.String(e.redemption)
		case e.live:
			w.Byte(keyLive)
			w.String(e.code)
			w.String(e.member)
		default:
			w.Byte(keyVoided)
			w.String(e.code)
			w.String(e.member)
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Register.AppendBinary] appends.
func (g *Register) MarshalBinary() ([]byte, error) { return g.AppendBinary(nil) }

// UnmarshalBinary decodes a snapshot of any version that was ever written. It
// fails with [relmark.ErrUnsupported] on another kind or version and with
// [relmark.ErrInvalid] on anything else, and leaves g unchanged then.
func (g *Register) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindRegister, version)
	var in Register
	in.count(entry{}, 0) // makes the maps
	clear(in.codes)
	clear(in.members)
	voids := 0
	each(&r, 3, func(key string) {
		e := entry{typ: string(Redeemed)}
		state := r.Byte()
		switch state {
		case keyVoid:
			e.typ, e.redemption = string(Voided), name(&r)
			voids++
		case keyLive, keyVoided:
			e.code, e.member, e.live = name(&r), name(&r), state == keyLive
		default:
			r.Check(false)
		}
		in.keys[key] = e
		if e.live {
			in.count(e, 1)
		}
	})
	in.version = uint64(len(in.keys))
	r.Check(in.consistent(voids))
	if err := finish(&r); err != nil {
		return err
	}
	if in.version == 0 {
		in = Register{}
	}
	*g = in
	return nil
}

// consistent reports whether every voiding has voided another redemption, and
// every voided redemption has a voiding.
func (g *Register) consistent(voids int) bool {
	voided := map[string]bool{}
	redeemed := 0
	for _, e := range g.keys {
		if e.typ == string(Redeemed) {
			redeemed++
			continue
		}
		if target := g.keys[e.redemption]; target.typ != string(Redeemed) || target.live {
			return false
		}
		voided[e.redemption] = true
	}
	return len(voided) == voids && int64(redeemed-voids) == g.live
}

// each reads a list of entries with names, which ascend, each of at least so many
// bytes with its name.
func each(r *codec.Reader, least int, read func(key string)) {
	before := ""
	for range r.Count(least) {
		key := name(r)
		r.Check(key > before)
		if r.Err() != nil {
			return
		}
		read(key)
		before = key
	}
}

// name reads what validName accepts.
func name(r *codec.Reader) string {
	s := r.String()
	r.Check(validName(s))
	return s
}

// units reads an amount of 0 to 2^53-1.
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

// AppendBinary appends a snapshot, version 1; it never fails. Equal wallets have
// equal snapshots.
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
	lots := slices.Clone(w.book.Lots())
	slices.SortFunc(lots, func(a, b lot.Lot) int { return cmp.Compare(a.ID, b.ID) })
	out.Count(len(lots)) // their IDs are 1, 2, 3, …
	for _, l := range lots {
		put(l.Left, l.From, l.Until)
	}
	out.Count(len(w.orders))
	for _, key := range slices.Sorted(maps.Keys(w.orders)) {
		o := w.orders[key]
		out.String(key)
		put(o.net, o.granted, o.refunded, o.reversed, int64(o.lot))
	}
	out.Count(len(w.spends))
	for _, key := range slices.Sorted(maps.Keys(w.spends)) {
		s := w.spends[key]
		out.String(key)
		put(s.amount, s.returned)
		out.Count(len(s.parts))
		for _, p := range s.parts {
			put(int64(p.Lot), p.Units)
		}
	}
	out.Count(len(w.months))
	for _, m := range slices.SortedFunc(maps.Keys(w.months), monthOf.compare) {
		put(int64(m.year), int64(m.month), w.months[m])
	}
	out.Count(len(w.keys))
	for _, key := range slices.Sorted(maps.Keys(w.keys)) {
		k := w.keys[key]
		out.String(key)
		out.String(string(k.payload.typ))
		out.String(k.payload.order)
		out.String(k.payload.spending)
		put(k.payload.amount, k.payload.at, k.payload.until, int64(k.seq))
	}
	return out.Data(), nil
}

// totals returns the sums of a wallet, in the order of their encoding.
func (w *Wallet) totals() [5]*int64 {
	return [5]*int64{&w.debt, &w.granted, &w.credited, &w.spent, &w.reversed}
}

func (m monthOf) compare(o monthOf) int {
	return cmp.Or(cmp.Compare(m.year, o.year), cmp.Compare(m.month, o.month))
}

// MarshalBinary returns what [Wallet.AppendBinary] appends.
func (w *Wallet) MarshalBinary() ([]byte, error) { return w.AppendBinary(nil) }

// UnmarshalBinary decodes a snapshot of any version that was ever written. It
// fails with [relmark.ErrUnsupported] on another kind or version and with
// [relmark.ErrInvalid] on anything else, and leaves w unchanged then.
func (w *Wallet) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindWallet, version)
	in := Wallet{orders: map[string]*walletOrder{}, spends: map[string]*spend{}, months: map[monthOf]int64{}, keys: map[string]keyed{}}
	in.digits = int(r.Byte())
	r.Check(in.digits <= maxDigits)
	for _, v := range in.totals() {
		*v = units(&r)
	}
	r.Check(in.granted <= maxWallet-in.credited)
	lots := in.readLots(&r)
	in.readOrders(&r, lots)
	in.readSpends(&r, lots)
	in.readMonths(&r)
	in.readKeys(&r)
	if err := finish(&r); err != nil {
		return err
	}
	if in.version == 0 {
		in = Wallet{}
	}
	*w = in
	return nil
}

// readLots reads the lots, whose units are what the totals leave, and returns how
// many there are.
func (w *Wallet) readLots(r *codec.Reader) int64 {
	n := r.Count(3)
	left := w.granted + w.credited + w.debt - w.spent - w.reversed
	for range n {
		l := lot.Lot{ID: w.book.Next(), Left: r.Varint(), From: r.Varint(), Until: r.Varint()}
		r.Check(l.Left >= 0 && l.Left <= left && w.book.Add(l))
		left -= l.Left
	}
	r.Check(left == 0)
	return int64(n)
}

func (w *Wallet) readOrders(r *codec.Reader, lots int64) {
	granted, reversed := w.granted, w.reversed
	each(r, 7, func(key string) {
		o := walletOrder{r.Varint(), r.Varint(), r.Varint(), r.Varint(), 0}
		id := r.Varint()
		r.Check(min(o.net, o.granted, o.refunded, o.reversed) >= 0 && o.net <= maxWallet &&
			o.granted <= min(o.net, granted) && o.refunded <= o.net && o.reversed <= min(o.granted, reversed) && id >= 1 && id <= lots)
		o.lot = uint64(id)
		granted, reversed = granted-o.granted, reversed-o.reversed
		w.orders[key] = &o
	})
	r.Check(granted == 0 && reversed == 0)
}

func (w *Wallet) readSpends(r *codec.Reader, lots int64) {
	spent := w.spent
	each(r, 5, func(key string) {
		s := spend{amount: r.Varint(), returned: r.Varint()}
		left := s.amount
		for range r.Count(2) {
			id, n := r.Varint(), r.Varint()
			r.Check(id >= 1 && id <= lots && n >= 1 && n <= left)
			s.parts = append(s.parts, Part{uint64(id), n})
			left -= n
		}
		r.Check(left == 0 && s.amount <= maxWallet && s.returned >= 0 && s.returned <= s.amount && s.amount-s.returned <= spent)
		spent -= s.amount - s.returned
		w.spends[key] = &s
	})
	r.Check(spent == 0)
}

func (w *Wallet) readMonths(r *codec.Reader) {
	granted := w.granted
	var before monthOf
	for range r.Count(3) {
		year, month, n := r.Varint(), r.Varint(), r.Varint()
		r.Check(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && n >= 0 && n <= granted)
		m := monthOf{int(year), time.Month(month)}
		r.Check(before.compare(m) < 0)
		w.months[m] = n
		granted, before = granted-n, m
	}
	r.Check(granted == 0)
}

func (w *Wallet) readKeys(r *codec.Reader) {
	seen := map[int64]bool{}
	each(r, 9, func(key string) {
		p := payload{typ: WalletEventType(name(r)), order: r.String(), spending: r.String()}
		p.amount, p.at, p.until = r.Varint(), r.Varint(), r.Varint()
		seq := r.Varint()
		r.Check(seq >= 1 && !seen[seq])
		seen[seq] = true
		w.pass(p.at)
		w.keys[key] = keyed{p, uint64(seq)}
		w.version++
	})
	for seq := range seen {
		r.Check(uint64(seq) <= w.version) // so they are 1 to version
	}
}
