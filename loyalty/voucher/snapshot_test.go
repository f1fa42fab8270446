package voucher_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/voucher"
)

// A state is a snapshot of version 2 that a test can change.
type state struct {
	version        uint64
	scale          byte
	closed         time.Time
	keys           []record
	codes, members map[string][2]uint64
	days           []dayOf
}

// A record is a key: what it stands for, and what follows that.
type record struct {
	name  string
	state byte
	at    int64
	rest  []any
}

type dayOf struct {
	scope        byte
	name         string
	day          uint64
	uses, amount uint64
}

func (s *state) encode() []byte {
	w := codec.NewWriter(nil, codec.KindRegister, 2)
	w.Uvarint(s.version)
	w.Byte(s.scale)
	w.Bool(!s.closed.IsZero())
	if !s.closed.IsZero() {
		w.Varint(s.closed.UnixNano())
	}
	w.Count(len(s.keys))
	for _, k := range s.keys {
		w.String(k.name)
		w.Byte(k.state)
		w.Varint(k.at)
		for _, r := range k.rest {
			switch r := r.(type) {
			case string:
				w.String(r)
			case bool:
				w.Bool(r)
			case uint64:
				w.Uvarint(r)
			case int64:
				w.Varint(r)
			}
		}
	}
	for _, m := range []map[string][2]uint64{s.codes, s.members} {
		codec.WriteMap(&w, m, func(_ string, t [2]uint64) { w.Uvarint(t[0]); w.Uvarint(t[1]) })
	}
	w.Count(len(s.days))
	for _, d := range s.days {
		w.Byte(d.scope)
		w.String(d.name)
		w.Uvarint(d.day)
		w.Uvarint(d.uses)
		w.Uvarint(d.amount)
	}
	return w.Data()
}

// today is the number of the day on which tests begin.
func today() uint64 { d, _ := calendar.Of(2025, time.January, 5); return uint64(d) }

// opened is a register of an order with two codes, of 5.00 and 3.00: 2.00 of the first one
// were released, and the second one voided.
func opened() *state {
	at := began.UnixNano()
	return &state{
		version: 4, scale: 3,
		keys: []record{
			{"1", 0, at, []any{"X", "m", "o", today(), uint64(500), uint64(300)}},
			{"2", 1, at, []any{"Y", "m", "o", today(), uint64(300), uint64(0)}},
			{"3", 4, at, []any{"1", uint64(200), false}},
			{"4", 2, at, []any{"2", ""}},
		},
	}
}

// ended is the same with a period that is closed, and one redemption of 1.00 forgotten.
func ended() *state {
	s := opened()
	s.closed = began.Add(-time.Hour)
	s.version = 6
	s.keys = append(s.keys, record{"5", 3, began.UnixNano(), []any{s.closed.UnixNano()}})
	s.codes, s.members = map[string][2]uint64{"X": {1, 100}}, map[string][2]uint64{"n": {1, 100}}
	s.days = []dayOf{{0, "X", today() - 1, 1, 100}, {1, "n", today() - 1, 1, 100}, {2, "", today() - 1, 1, 100}}
	return s
}

func read(s *state) error { return new(voucher.Register).UnmarshalBinary(s.encode()) }

// A snapshot that no events can make has been changed: what is free of a redemption was
// freed by a command, money has digits, days add up.
func TestSnapshotsOfMoneyAreOfEvents(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *state){
		"as it is": func(*state) {},
		"released": func(s *state) { s.keys[0].state, s.keys[2].rest[2] = 1, true },
		"voided by its order": func(s *state) {
			s.keys[0].state, s.keys[0].rest[5], s.keys[3].rest[0], s.keys[3].rest[1] = 1, uint64(0), "", "o"
		},
		"one day is not known": func(s *state) { s.keys[0].rest[3] = uint64(0) },
	} {
		for _, s := range []*state{opened(), ended()} {
			change(s)
			require.NoError(t, read(s), name)
		}
	}
	for name, change := range map[string]func(s *state){
		"no digits":                   func(s *state) { s.scale = 0 },
		"eleven digits":               func(s *state) { s.scale = 11 },
		"more left than taken":        func(s *state) { s.keys[0].rest[5] = uint64(501) },
		"more released":               func(s *state) { s.keys[2].rest[1] = uint64(201) },
		"a use that is free":          func(s *state) { s.keys[2].rest[2] = true },
		"voided, and something left":  func(s *state) { s.keys[1].rest[5] = uint64(1) },
		"voided, and its use is live": func(s *state) { s.keys[1].state = 0 },
		"voided twice": func(s *state) {
			s.keys = append(s.keys, record{"6", 2, began.UnixNano(), []any{"2", ""}})
			s.version++
		},
		"a void of both":         func(s *state) { s.keys[3].rest[1] = "o" },
		"a void of nothing":      func(s *state) { s.keys[3].rest[0] = "" },
		"a day of another time":  func(s *state) { s.keys[0].rest[3] = today() + 2 },
		"a day beyond all":       func(s *state) { s.keys[0].rest[3] = uint64(calendar.Last) + 1 },
		"an order that is none":  func(s *state) { s.keys[0].rest[2] = "\xff" },
		"a state that is none":   func(s *state) { s.keys[0].state = 5 },
		"a release of a release": func(s *state) { s.keys[2].rest[0] = "" },
	} {
		for i, s := range []*state{opened(), ended()} {
			change(s)
			assert.ErrorIs(t, read(s), relmark.ErrInvalid, "%d: %s", i, name)
		}
	}
	for name, change := range map[string]func(s *state){
		"less released":           func(s *state) { s.keys[2].rest[1] = uint64(199) },
		"a use that nobody freed": func(s *state) { s.keys[0].state = 1 },
		"a release of nothing":    func(s *state) { s.keys[2].rest[0] = "9" },
		"a void of an order":      func(s *state) { s.keys[3].rest[0], s.keys[3].rest[1] = "", "p" },
		"a void of what is open": func(s *state) {
			s.keys[3].rest[0], s.keys[3].rest[1] = "", "o"
			s.keys[1] = s.keys[0]
			s.keys[1].name = "2"
		},
		"a void of what was free": func(s *state) { s.keys[2].rest = []any{"2", uint64(300), true} },
		"digits of no money": func(s *state) {
			*s = state{version: 1, scale: 3, keys: []record{{"1", 0, began.UnixNano(), []any{"X", "m", "", uint64(0), uint64(0), uint64(0)}}}}
		},
		"digits of nothing at all": func(s *state) { *s = state{scale: 3} },
	} {
		s := opened()
		change(s)
		assert.ErrorIs(t, read(s), relmark.ErrInvalid, name)
	}
	for name, change := range map[string]func(s *state){
		"codes that do not add up":   func(s *state) { s.codes["X"] = [2]uint64{1, 99} },
		"members that do not add up": func(s *state) { s.members["n"] = [2]uint64{2, 100} },
		"days that do not add up":    func(s *state) { s.days[1].amount-- },
		"members of another day":     func(s *state) { s.days[1].day++ },
		"days of another code":       func(s *state) { s.days[0].name = "Y" },
		"days of more than all":      func(s *state) { s.days[0].uses, s.days[1].uses, s.days[2].uses = 2, 2, 2 },
		"a scope that is none":       func(s *state) { s.days[2].scope = 3 },
		"a day of nobody":            func(s *state) { s.days[0].name = "" },
		"a campaign with a name":     func(s *state) { s.days[2].name = "c" },
		"a day that is none":         func(s *state) { s.days[0].day = 0 },
		"days in another order":      func(s *state) { slices.Reverse(s.days) },
		"nothing":                    func(s *state) { s.days = append(s.days, dayOf{2, "", today(), 0, 0}) },
		"more than there can be": func(s *state) {
			s.codes["X"], s.members["n"], s.days = [2]uint64{1, 1<<53 - 1}, [2]uint64{1, 1<<53 - 1}, nil
		},
	} {
		s := ended()
		change(s)
		assert.ErrorIs(t, read(s), relmark.ErrInvalid, name)
	}
}
