package cashback_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/cashback"
)

const (
	never = 1<<63 - 1
	exact = 1<<53 - 1
)

// A state is a snapshot that a test can change.
type state struct {
	digits byte
	// In the order of their encoding.
	debt, granted, credited, spent, reversed, lapsed uint64
	closed                                           time.Time
	since                                            [2]int64 // year and month
	last                                             uint64
	lots                                             [][4]int64          // ID, left, from, until
	orders                                           map[string][5]int64 // net, granted, refunded, reversed, lot
	spends                                           map[string][2]int64 // amount, returned
	parts                                            [][2]int64          // of the spending 2: lot, units
	months                                           [][3]int64
	keys                                             []keyOf

	// What came with version 2.
	version   byte // 0 is 1
	cancelled uint64
	born      uint64
	roots     map[int64]uint64     // by lot
	credits   map[string][2]uint64 // lot, whether it was cancelled
	carry     int64                // seconds that times have as nanoseconds
}

type keyOf struct {
	name                   string
	typ                    cashback.EventType
	order, spending        string
	amount, at, until, seq int64
}

// opened is a wallet with one order of 50.00 that granted 5.00, of which 2.00 were spent.
func opened() *state {
	at := began.UnixNano()
	return &state{
		digits: 2, granted: 500, spent: 200, last: 1,
		lots:   [][4]int64{{1, 300, at, never}},
		orders: map[string][5]int64{"a": {5000, 500, 0, 0, 1}},
		spends: map[string][2]int64{"2": {200, 0}}, parts: [][2]int64{{1, 200}},
		months: [][3]int64{{2025, 1, 500}},
		keys:   []keyOf{{"1", cashback.Granted, "a", "", 5000, at, 0, 1}, {"2", cashback.Spent, "", "", 200, at, 0, 2}},
	}
}

// ended is the same, with a period that is closed.
func ended() *state {
	s := opened()
	s.closed, s.since = began.Add(-time.Hour), [2]int64{2025, 1}
	s.keys = append(s.keys, keyOf{"3", cashback.Closed, "", "", 0, began.UnixNano(), s.closed.UnixNano(), 3})
	return s
}

// as returns the state as a version has it: of version 2 are the names of credit, whose
// lots come in the order of commands here, and spendings without what came back.
func (s *state) as(version byte) *state {
	s.version = version
	if version < 2 {
		return s
	}
	s.credits = map[string][2]uint64{}
	lot := uint64(0)
	for _, k := range s.keys {
		if k.typ == cashback.Granted || k.typ == cashback.Credited {
			lot++
		}
		if k.typ == cashback.Credited {
			s.credits[k.name] = [2]uint64{lot, 0}
		}
	}
	if back := s.spends["2"][1]; back > 0 && back <= s.parts[0][1] {
		if s.parts[0][1] -= back; s.parts[0][1] == 0 {
			s.parts = nil
		}
	}
	return s
}

func (s *state) encode() []byte {
	w := codec.NewWriter(nil, codec.KindWallet, max(1, s.version))
	w.Byte(s.digits)
	for _, total := range []uint64{s.debt, s.granted, s.credited, s.spent, s.reversed, s.lapsed} {
		w.Uvarint(total)
	}
	if s.version == 2 {
		w.Uvarint(s.cancelled)
	}
	w.Bool(!s.closed.IsZero())
	if !s.closed.IsZero() {
		put(&w, s.closed.UnixNano(), s.since[0], s.since[1])
	}
	if s.version == 2 {
		s.encode2(&w)
	} else {
		s.encode1(&w)
	}
	return w.Data()
}

// encode1 writes what follows the period in version 1.
func (s *state) encode1(w *codec.Writer) {
	w.Uvarint(s.last)
	w.Count(len(s.lots))
	for _, l := range s.lots {
		w.Uvarint(uint64(l[0]))
		put(w, l[1:]...)
	}
	codec.WriteMap(w, s.orders, func(_ string, o [5]int64) { put(w, o[:]...) })
	codec.WriteMap(w, s.spends, func(_ string, x [2]int64) {
		put(w, x[:]...)
		w.Count(len(s.parts))
		for _, p := range s.parts {
			put(w, p[:]...)
		}
	})
	s.encodeMonths(w)
	w.Count(len(s.keys))
	for _, k := range s.keys {
		w.String(k.name)
		w.String(string(k.typ))
		w.String(k.order)
		w.String(k.spending)
		put(w, k.amount, k.at, k.until, k.seq)
	}
}

func (s *state) encodeMonths(w *codec.Writer) {
	w.Count(len(s.months))
	for _, m := range s.months {
		put(w, m[:]...)
	}
}

// encode2 writes what follows the period in version 2: times as differences in seconds and
// nanoseconds, and orders and spendings with the keys that made them.
func (s *state) encode2(w *codec.Writer) {
	unsigned := func(values ...int64) {
		for _, v := range values {
			w.Uvarint(uint64(v))
		}
	}
	difference := func(t, from int64) { put(w, t/1e9-from/1e9-s.carry, t%1e9+s.carry*1e9) }
	end := func(t, from int64) {
		if w.Bool(t == never); t != never {
			difference(t, from)
		}
	}
	w.Uvarint(s.born)
	w.Uvarint(s.last)
	w.Count(len(s.lots))
	var l [4]int64
	for _, next := range slices.SortedFunc(slices.Values(s.lots), func(a, b [4]int64) int { return cmp.Compare(a[0], b[0]) }) {
		unsigned(next[0]-l[0], next[1])
		difference(next[2], l[2])
		end(next[3], next[2])
		w.Uvarint(s.roots[next[0]])
		l = next
	}
	codec.WriteMap(w, s.credits, func(_ string, c [2]uint64) {
		w.Uvarint(c[0])
		w.Byte(byte(c[1]))
	})
	s.encodeMonths(w)
	types := []cashback.EventType{cashback.Granted, cashback.Reversed, cashback.Credited, cashback.Spent, cashback.Returned, cashback.Cancelled, cashback.Closed}
	w.Count(len(s.keys))
	var before keyOf
	for _, k := range s.keys {
		unsigned(k.seq - before.seq)
		w.String(k.name)
		w.Byte(byte(slices.Index(types, k.typ)))
		w.String(k.order + k.spending)
		unsigned(k.amount)
		difference(k.at, before.at)
		switch k.typ {
		case cashback.Granted:
			o := s.orders[k.order]
			unsigned(o[1:]...)
		case cashback.Spent:
			parts := s.parts
			if k.name == "4" { // all of it has come back
				parts = nil
			}
			unsigned(s.spends[k.name][1], int64(len(parts)))
			for _, p := range parts {
				unsigned(p[:]...)
			}
		case cashback.Credited:
			end(k.until, k.at)
		case cashback.Closed:
			difference(k.until, k.at)
		}
		before = k
	}
}

func put(w *codec.Writer, values ...int64) {
	for _, v := range values {
		w.Varint(v)
	}
}

// add appends a key with the next number.
func (s *state) add(typ cashback.EventType, order, spending string, amount, until int64) {
	n := int64(len(s.keys) + 1)
	s.keys = append(s.keys, keyOf{string(rune('0' + n)), typ, order, spending, amount, began.UnixNano(), until, n})
}

func read(s *state) error { return new(cashback.Wallet).UnmarshalBinary(s.encode()) }

// What events can make is read, up to the ends of every range.
func TestSnapshotsOfEventsAreRead(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *state){
		"as it is": func(*state) {},
		"refunded in part": func(s *state) {
			s.add(cashback.Reversed, "a", "", 1000, 0)
			s.orders["a"], s.reversed, s.lots[0][1] = [5]int64{5000, 500, 1000, 100, 1}, 100, 200
		},
		"refunded, in debt": func(s *state) {
			s.add(cashback.Reversed, "a", "", 5000, 0)
			s.orders["a"], s.reversed, s.debt, s.lots[0][1] = [5]int64{5000, 500, 5000, 500, 1}, 500, 200, 0
		},
		"all in debt": func(s *state) { // all was spent
			s.add(cashback.Reversed, "a", "", 5000, 0)
			s.orders["a"], s.reversed, s.debt, s.lots[0][1] = [5]int64{5000, 500, 5000, 500, 1}, 500, 500, 0
			s.spends["2"], s.parts[0][1], s.spent, s.keys[1].amount = [2]int64{500, 0}, 500, 500, 500
		},
		"nothing spent": func(s *state) {
			s.spends["2"], s.parts, s.spent, s.lots[0][1], s.keys[1].amount = [2]int64{0, 0}, nil, 0, 500, 0
		},
		"given back": func(s *state) {
			s.add(cashback.Returned, "", "2", 200, 0)
			s.spends["2"], s.spent, s.lots[0][1] = [2]int64{200, 200}, 0, 500
		},
		"all that there can be": func(s *state) {
			s.orders["a"], s.granted, s.months[0][2] = [5]int64{exact, exact, 0, 0, 1}, exact, exact
			s.lots[0][1], s.keys[0].amount = exact-200, exact
		},
		"credit": func(s *state) {
			s.add(cashback.Credited, "", "", exact-500, never)
			s.credited, s.last, s.lots = exact-500, 2, append(s.lots, [4]int64{2, exact - 500, began.UnixNano(), never})
		},
	} {
		for _, version := range []byte{1, 2} {
			for _, s := range []*state{opened(), ended()} {
				change(s)
				require.NoError(t, read(s.as(version)), "version %d: %s", version, name)
			}
		}
	}
	s := ended()
	s.add(cashback.Returned, "", "forgotten", exact, 0)
	s.add(cashback.Reversed, "forgotten", "", exact, 0)
	require.NoError(t, read(s), "of what is forgotten")
	s = ended()
	s.lapsed, s.credited, s.last = 700, 700, 2
	s.keys[2].seq = 4 // the third is forgotten
	require.NoError(t, read(s), "a lot that has lapsed")
	s.lapsed, s.credited, s.last, s.spent, s.granted = 0, 0, 1, 300, 600
	require.NoError(t, read(s), "an order and a spending that are forgotten")
}

// A snapshot that no events can make has been changed: each order, spending, refund and
// return is explained by the key that made it, sums by what they are of, and after a
// closing no key is missing.
func TestSnapshotsThatCannotBe(t *testing.T) {
	t.Parallel()
	at := began.UnixNano()
	for name, change := range map[string]func(s *state){
		"no purchase":              func(s *state) { s.keys = s.keys[1:] },
		"no spending":              func(s *state) { s.keys = append(s.keys[:1], s.keys[2:]...) },
		"another amount":           func(s *state) { s.keys[0].amount-- },
		"another order":            func(s *state) { s.keys[0].order = "b" },
		"spent less":               func(s *state) { s.keys[1].amount-- },
		"another spending":         func(s *state) { s.keys[1].name = "22" },
		"number twice":             func(s *state) { s.keys[1].seq = 1 },
		"number 0":                 func(s *state) { s.keys[0].seq = 0 },
		"a number after a gap":     func(s *state) { s.add(cashback.Spent, "", "", 0, 0); s.keys[len(s.keys)-1].seq++ },
		"refunded":                 func(s *state) { s.add(cashback.Reversed, "a", "", 100, 0) },
		"a refund that is missing": func(s *state) { s.orders["a"] = [5]int64{5000, 500, 100, 0, 1} },
		"returned":                 func(s *state) { s.add(cashback.Returned, "", "2", 100, 0) },
		"a return that is missing": func(s *state) { s.spends["2"], s.spent, s.lots[0][1] = [2]int64{200, 100}, 100, 400 },
		"an order of a spending":   func(s *state) { s.keys[1].order = "a" },
		"a spending of a grant":    func(s *state) { s.keys[0].spending = "2" },
		"an end of a grant":        func(s *state) { s.keys[0].until = at },
		"no order":                 func(s *state) { s.keys[0].order = "" },
		"unknown type":             func(s *state) { s.keys[0].typ = "given" },
		"negative amount":          func(s *state) { s.keys[1].amount = -200 },
		"key out of range":         func(s *state) { s.keys[1].at = never },
		"order twice": func(s *state) {
			s.add(cashback.Granted, "a", "", 5000, 0)
			s.last, s.lots = 2, append(s.lots, [4]int64{2, 0, at, never})
		},
		"order without a lot":     func(s *state) { s.orders["a"] = [5]int64{5000, 500, 0, 0, 2} },
		"granted above the order": func(s *state) { s.orders["a"] = [5]int64{499, 500, 0, 0, 1}; s.keys[0].amount = 499 },
		"refunded above the order": func(s *state) {
			s.orders["a"] = [5]int64{5000, 500, 5001, 0, 1}
			s.add(cashback.Reversed, "a", "", 5001, 0)
		},
		"reversed above the grant": func(s *state) { s.orders["a"], s.reversed, s.debt = [5]int64{5000, 500, 0, 501, 1}, 501, 501 },
		"an order above all":       func(s *state) { s.orders["a"] = [5]int64{exact + 1, 500, 0, 0, 1}; s.keys[0].amount = exact + 1 },
		"negative grant":           func(s *state) { s.orders["a"] = [5]int64{5000, -500, 0, 0, 1} },
		"two orders of a lot": func(s *state) {
			s.orders["b"] = [5]int64{0, 0, 0, 0, 1}
			s.add(cashback.Granted, "b", "", 0, 0)
			s.last, s.lots = 2, append(s.lots, [4]int64{2, 0, at, never})
		},
		"parts below": func(s *state) { s.parts[0][1]-- },
		"parts above": func(s *state) { s.parts[0][1]++ },
		"a part of nothing": func(s *state) {
			s.add(cashback.Credited, "", "", 0, never)
			s.last, s.lots, s.parts = 2, append(s.lots, [4]int64{2, 0, at, never}), append(s.parts, [2]int64{2, 0})
		},
		"a lot in parts":        func(s *state) { s.parts = [][2]int64{{1, 100}, {1, 100}} },
		"a part of no lot":      func(s *state) { s.parts[0][0] = 2 },
		"returned below 0":      func(s *state) { s.spends["2"], s.spent, s.lots[0][1] = [2]int64{200, -1}, 201, 299 },
		"returned above":        func(s *state) { s.spends["2"], s.spent, s.lots[0][1] = [2]int64{200, 201}, 0, 500 },
		"left above":            func(s *state) { s.lots[0][1]++ },
		"left below":            func(s *state) { s.lots[0][1]-- },
		"a lot before its time": func(s *state) { s.lots[0][2] = -1 << 63 },
		"a lot beyond time":     func(s *state) { s.lots[0][3] = never - 1 },
		"a lot of nobody":       func(s *state) { s.lots, s.last = append(s.lots, [4]int64{2, 0, at, never}), 2 },
		"a lot above the last":  func(s *state) { s.lots[0][0] = 2 },
		"granted above":         func(s *state) { s.granted++; s.lots[0][1]++ },
		"debt of nothing":       func(s *state) { s.debt++; s.lots[0][1]++ },
		"month 13":              func(s *state) { s.months[0][1] = 13 },
		"month 0":               func(s *state) { s.months[0][1] = 0 },
		"year 0":                func(s *state) { s.months[0][0] = 0 },
		"year 10000":            func(s *state) { s.months[0][0] = 10_000 },
		"a month twice":         func(s *state) { s.months = append(s.months, [3]int64{2025, 1, 0}) },
		"more of a month":       func(s *state) { s.months[0][2]++ },
		"less than nothing":     func(s *state) { s.months = [][3]int64{{2025, 1, 501}, {2025, 2, -1}} },
		"credit without a lot":  func(s *state) { s.add(cashback.Credited, "", "", 0, never) },
		"credit of nobody":      func(s *state) { s.credited++; s.lots[0][1]++; s.last++ },
		"more than all": func(s *state) {
			s.credited, s.last, s.lots = exact-499, 2, append(s.lots, [4]int64{2, exact - 499, at, never})
			s.add(cashback.Credited, "", "", exact-499, never)
		},
		"ten digits": func(s *state) { s.digits = 10 },
	} {
		for _, version := range []byte{1, 2} {
			if version == 2 && notOfVersion2[name] {
				continue
			}
			s := opened()
			change(s)
			assert.ErrorIs(t, read(s.as(version)), relmark.ErrInvalid, "version %d: %s", version, name)
			if version == 2 && forgotten[name] {
				continue
			}
			s = ended()
			change(s)
			assert.ErrorIs(t, read(s.as(version)), relmark.ErrInvalid, "version %d, closed: %s", version, name)
		}
	}
	for name, change := range map[string]func(s *state){
		"lapsed":               func(s *state) { s.lapsed++; s.lots[0][1]-- },
		"less of a month":      func(s *state) { s.months[0][2]-- },
		"a closing":            func(s *state) { s.add(cashback.Closed, "", "", 0, at) },
		"a refund of nothing":  func(s *state) { s.add(cashback.Reversed, "b", "", 0, 0) },
		"a return of nothing":  func(s *state) { s.add(cashback.Returned, "", "1", 0, 0) },
		"a lot that is gone":   func(s *state) { s.last++ },
		"digits of nothing":    func(s *state) { *s = state{digits: 1} },
		"a month of nothing":   func(s *state) { *s = state{months: [][3]int64{{2025, 1, 0}}} },
		"an end of no closing": func(s *state) { s.closed, s.since = began, [2]int64{2025, 1} },
	} {
		for _, version := range []byte{1, 2} {
			s := opened()
			change(s)
			assert.ErrorIs(t, read(s.as(version)), relmark.ErrInvalid, "version %d, open: %s", version, name)
		}
	}
	for name, change := range map[string]func(s *state){
		"no closing":            func(s *state) { s.keys = s.keys[:2] },
		"a younger closing":     func(s *state) { s.keys[2].until = at },
		"an older closing":      func(s *state) { s.keys[2].until-- },
		"closing of something":  func(s *state) { s.keys[2].amount = 1 },
		"closing ahead":         func(s *state) { s.keys[2].at = s.closed.UnixNano() - 1 },
		"closed too early":      func(s *state) { s.keys[0].at = s.closed.UnixNano() - 1 },
		"an older month":        func(s *state) { s.months = append([][3]int64{{2024, 12, 0}}, s.months...) },
		"more lots than events": func(s *state) { s.last = 2 },
		"refunds above all":     func(s *state) { s.add(cashback.Reversed, "b", "", exact, 0); s.add(cashback.Reversed, "b", "", 1, 0) },
		"returns above all":     func(s *state) { s.add(cashback.Returned, "", "1", exact, 0); s.add(cashback.Returned, "", "1", 1, 0) },
		"reversed above":        func(s *state) { s.reversed, s.debt = 501, 501 },
		"month 0":               func(s *state) { s.since[1] = 0 },
	} {
		for _, version := range []byte{1, 2} {
			s := ended()
			change(s)
			assert.ErrorIs(t, read(s.as(version)), relmark.ErrInvalid, "version %d, closed: %s", version, name)
		}
	}
}

// Version 2 has no place for these: an order and a spending come with their keys.
var notOfVersion2 = map[string]bool{
	"an end of a grant": true, "a spending of a grant": true, "an order of a spending": true, "another amount": true, "another spending": true,
}

// These a closing may have forgotten.
var forgotten = map[string]bool{"no purchase": true, "no spending": true}

// revived is a wallet with an order, a card of 7.00 that was spent, expired and given back
// with grace, and one of 3.00 that was cancelled.
func revived() *state {
	s := opened()
	at, until := began.UnixNano(), began.Add(time.Hour).UnixNano()
	s.add(cashback.Credited, "", "", 700, until)
	s.add(cashback.Spent, "3", "", 700, 0)
	s.add(cashback.Returned, "", "4", 700, 0)
	s.add(cashback.Credited, "", "", 300, never)
	s.add(cashback.Cancelled, "6", "", 0, 0)
	s.version, s.credited, s.cancelled, s.last, s.born = 2, 1000, 300, 4, 1
	s.lots = [][4]int64{{2, 0, at, until}, {3, 700, at, until + 1}, {1, 300, at, never}, {4, 0, at, never}}
	s.roots = map[int64]uint64{3: 2}
	s.credits = map[string][2]uint64{"3": {2, 0}, "6": {4, 1}}
	s.spends["4"] = [2]int64{700, 700}
	return s
}

// A snapshot names credit, its heirs and what was cancelled of it; what no events can make
// of them has been changed.
func TestSnapshotsOfCreditThatCannotBe(t *testing.T) {
	t.Parallel()
	require.NoError(t, read(revived()))
	for name, change := range map[string]func(s *state){
		"a heir that was never born":   func(s *state) { s.born = 0 },
		"a heir that is missing":       func(s *state) { s.born = 2; s.last = 5 },
		"times in another form":        func(s *state) { s.carry = 1 },
		"times beyond all":             func(s *state) { s.carry = -1 << 40 },
		"a heir of itself":             func(s *state) { s.roots[3] = 3 },
		"a heir of a younger lot":      func(s *state) { s.roots[3] = 4 },
		"a heir of no lot":             func(s *state) { s.roots = map[int64]uint64{3: 9} },
		"a heir of a heir":             func(s *state) { s.roots, s.born = map[int64]uint64{2: 1, 3: 2}, 2 },
		"a heir with a name":           func(s *state) { s.credits["3"] = [2]uint64{3, 0} },
		"a heir that an order owns":    func(s *state) { s.roots = map[int64]uint64{1: 0, 3: 1}; s.orders["a"] = [5]int64{5000, 500, 0, 0, 3} },
		"credit without a lot":         func(s *state) { s.credits["3"] = [2]uint64{9, 0} },
		"credit without a name":        func(s *state) { delete(s.credits, "3") },
		"credit of an order":           func(s *state) { s.credits["3"] = [2]uint64{1, 0} },
		"two credits of a lot":         func(s *state) { s.credits["3"] = [2]uint64{4, 0} },
		"credit with another name":     func(s *state) { delete(s.credits, "3"); s.credits["2"] = [2]uint64{2, 0} },
		"credit of nobody":             func(s *state) { s.credits["9"] = [2]uint64{1, 0} },
		"a mark that is none":          func(s *state) { s.credits["6"] = [2]uint64{4, 2} },
		"cancelled, with no command":   func(s *state) { s.credits["3"] = [2]uint64{2, 1} },
		"a command, and not cancelled": func(s *state) { s.credits["6"] = [2]uint64{4, 0} },
		"something left of it":         func(s *state) { s.lots[3][1], s.cancelled = 100, 200 },
		"more cancelled than credited": func(s *state) { s.cancelled, s.spent = 1001, s.spent-701 },
		"cancelled twice":              func(s *state) { s.add(cashback.Cancelled, "6", "", 0, 0) },
		"cancelled by name of nobody":  func(s *state) { s.add(cashback.Cancelled, "8", "", 0, 0) },
		"cancelled without a name":     func(s *state) { s.keys[len(s.keys)-1].order = "" },
		"an amount of a cancellation":  func(s *state) { s.keys[len(s.keys)-1].amount = 1 },
		"a sum of nothing":             func(s *state) { s.keys, s.credits["6"] = s.keys[:len(s.keys)-1], [2]uint64{4, 0} },
	} {
		s := revived()
		change(s)
		assert.ErrorIs(t, read(s), relmark.ErrInvalid, name)
	}
}
