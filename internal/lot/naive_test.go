package lot_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/lot"
)

// A naive book: no order, every question answered by looking at all lots.
type naive map[uint64]lot.Lot

func (n naive) plan(units, t int64) (takes []lot.Take, short int64) {
	var usable []lot.Lot
	for _, l := range n {
		if l.From <= t && t < l.Until && l.Left > 0 {
			usable = append(usable, l)
		}
	}
	slices.SortFunc(usable, lot.Burn)
	for _, l := range usable {
		if take := min(units, l.Left); take > 0 {
			takes = append(takes, lot.Take{Lot: l.ID, Units: take})
			units -= take
		}
	}
	return takes, units
}

func (n naive) sums(t int64) (s lot.Sums) {
	for _, l := range n {
		switch {
		case t >= l.Until:
			s.Expired += l.Left
		case t >= l.From:
			s.Available += l.Left
		default:
			s.Pending += l.Left
		}
	}
	return s
}

// change is what both a book and a draft of one can do.
type change interface {
	Next() uint64
	Add(l lot.Lot) bool
	Draw(id uint64, n int64) bool
	Put(id uint64, n int64) bool
	Find(id uint64) (lot.Lot, bool)
	Plan(dst []lot.Take, n, t int64, ok func(lot.Lot) bool) ([]lot.Take, int64)
	Sums(t int64) lot.Sums
	Roll(t, until int64)
}

var small = rapid.Int64Range(0, 50)

// step does one thing to a book, or a draft, and to the model.
func (n naive) step(t *rapid.T, b change, now int64, roll bool) {
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		l := lot.Lot{
			ID: b.Next(), Left: max(0, small.Draw(t, "left")-10), From: small.Draw(t, "from"),
			Until: small.Draw(t, "until"), Rolls: rapid.Bool().Draw(t, "rolls"),
		}
		require.True(t, b.Add(l))
		n[l.ID] = l
	case 1:
		units := small.Draw(t, "n")
		takes, short := b.Plan(nil, units, now, nil)
		want, wantShort := n.plan(units, now)
		require.Equal(t, want, takes)
		require.Equal(t, wantShort, short)
		for _, x := range takes {
			require.True(t, b.Draw(x.Lot, x.Units))
			n.move(x.Lot, -x.Units)
		}
	case 2:
		if to := small.Draw(t, "to"); roll {
			b.Roll(now, to)
			n.roll(now, to)
		}
	default:
		id, units := rapid.Uint64Range(1, 10).Draw(t, "id"), small.Draw(t, "n")
		l, there := n[id]
		got, found := b.Find(id)
		require.Equal(t, there, found)
		require.Equal(t, l, got)
		if there && units%3 == 0 && units <= l.Left {
			require.True(t, b.Draw(id, units))
			n.move(id, -units)
			return
		}
		require.Equal(t, there, b.Put(id, units))
		if there {
			n.move(id, units)
		}
	}
	require.Equal(t, n.sums(now), b.Sums(now))
}

func (n naive) move(id uint64, units int64) {
	l := n[id]
	l.Left += units
	n[id] = l
}

func (n naive) roll(t, to int64) {
	for id, l := range n {
		if l.Rolls && l.Until > t && l.Until < to {
			l.Until = to
			n[id] = l
		}
	}
}

func (n naive) lots() []lot.Lot {
	var lots []lot.Lot
	for _, l := range n {
		lots = append(lots, l)
	}
	slices.SortFunc(lots, lot.Burn)
	return lots
}

func (n naive) alive(t int64) []lot.Lot {
	var lots []lot.Lot
	for _, l := range n.lots() {
		if l.Left > 0 && l.Until > t {
			lots = append(lots, l)
		}
	}
	return lots
}

func (n naive) clone() naive { return maps.Clone(n) }

// A book, its drafts, what it undoes, forgets, reopens and restores, all as a list of
// lots says that looks at each of them every time.
func TestBookAgreesWithANaiveOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b lot.Book
		model, past := naive{}, int64(0)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now := past + small.Draw(t, "now")/2
			switch rapid.IntRange(0, 7).Draw(t, "how") {
			case 0:
				past = now
				b.Pass(now)
			case 1:
				d, copied := b.Draft(), model.clone()
				before := b.Lots()
				for i := range rapid.IntRange(1, 25).Draw(t, "changes") {
					copied.step(t, &d, now, i == 0)
				}
				require.Equal(t, copied.alive(now), slices.Collect(d.Alive(now)))
				require.Equal(t, before, b.Lots())
			case 2:
				copied := model.clone()
				b.Begin()
				for range rapid.IntRange(1, 8).Draw(t, "changes") {
					copied.step(t, &b, now, false)
				}
				if b.Undo(); rapid.Bool().Draw(t, "again") {
					b.Begin()
					model.step(t, &b, now, false)
					b.Keep()
				}
			case 3:
				for l := range b.All() {
					if l.Left == 0 {
						delete(model, l.ID)
					}
				}
				b.Drop(func(l lot.Lot) bool { return l.Left == 0 })
				if id := rapid.Uint64Range(1, 10).Draw(t, "back"); id <= b.Last() {
					_, there := model[id]
					l := lot.Lot{ID: id, Until: small.Draw(t, "until"), Rolls: true}
					b.Begin()
					require.Equal(t, !there, b.Reopen(l))
					if b.Undo(); !there {
						require.True(t, b.Reopen(l))
						model[id] = l
					}
				}
			case 4:
				restored, ok := lot.Restore(b.Lots(), b.Last())
				require.True(t, ok)
				if b = restored; now%2 == 0 {
					b = b.Clone()
				}
				b.Pass(past)
			default:
				model.step(t, &b, now, true)
			}
			require.Equal(t, model.sums(now), b.Sums(now))
			require.Equal(t, model.lots(), b.Lots())
			require.Equal(t, model.alive(now), slices.Collect(b.Alive(now)))
			require.Equal(t, len(model), b.Len())
		}
	})
}
