package lot_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/lot"
)

func book(t testing.TB, lots ...lot.Lot) *lot.Book {
	t.Helper()
	var b lot.Book
	for _, l := range lots {
		l.ID = b.Next()
		require.True(t, b.Add(l))
	}
	return &b
}

func TestLotLivesFromItsFirstInstantToItsLast(t *testing.T) {
	t.Parallel()
	l := lot.Lot{From: 10, Until: 20}
	for at, want := range map[int64]lot.State{9: lot.Pending, 10: lot.Available, 19: lot.Available, 20: lot.Expired, 21: lot.Expired} {
		assert.Equal(t, want, l.At(at), at)
	}
	never := lot.Lot{Until: lot.Never}
	assert.Equal(t, lot.Available, never.At(lot.Never-1))
	backwards := lot.Lot{From: 20, Until: 10}
	assert.Equal(t, lot.Pending, backwards.At(9))
	assert.Equal(t, lot.Expired, backwards.At(15))
}

// S05: the lots of a published case, created in another order than they burn in.
func TestPlanTakesEarliestExpiryFirst(t *testing.T) {
	t.Parallel()
	b := book(t,
		lot.Lot{Left: 100, Until: 601}, lot.Lot{Left: 50, Until: lot.Never},
		lot.Lot{Left: 80, Until: 401}, lot.Lot{Left: 40, Until: 601})
	takes, short := b.Plan(nil, 150, 320, nil)
	assert.Equal(t, []lot.Take{{3, 80}, {1, 70}}, takes)
	assert.Zero(t, short)
	takes, short = b.Plan(nil, 1000, 401, nil)
	assert.Equal(t, []lot.Take{{1, 100}, {4, 40}, {2, 50}}, takes, "what has expired is left alone")
	assert.Equal(t, int64(810), short)
	takes, _ = b.Plan(nil, 60, 0, func(l *lot.Lot) bool { return l.ID != 3 })
	assert.Equal(t, []lot.Take{{1, 60}}, takes)
	takes, short = b.Plan(nil, 0, 0, nil)
	assert.Empty(t, takes)
	assert.Zero(t, short)
}

func TestBookRefusesWhatItDoesNotHave(t *testing.T) {
	t.Parallel()
	b := book(t, lot.Lot{Left: 5, Until: lot.Never})
	before := b.Clone()
	assert.False(t, b.Draw(1, 6))
	assert.False(t, b.Draw(1, -1))
	assert.False(t, b.Draw(2, 0))
	assert.False(t, b.Put(1, -1))
	assert.False(t, b.Put(2, 1))
	assert.False(t, b.Add(lot.Lot{ID: 3}), "IDs go up by one")
	assert.False(t, b.Add(lot.Lot{ID: 2, Left: -1}))
	assert.Nil(t, b.Find(2))
	assert.Equal(t, before.Lots(), b.Lots())
	assert.Equal(t, uint64(1), b.Last())
}

func TestRollProlongsWhatLives(t *testing.T) {
	t.Parallel()
	b := book(t,
		lot.Lot{Left: 1, Until: 10, Rolls: true}, lot.Lot{Left: 2, Until: 30, Rolls: true},
		lot.Lot{Left: 3, Until: 25}, lot.Lot{Left: 4, Until: 90, Rolls: true})
	b.Roll(10, 50)
	var got []uint64
	for _, l := range b.Lots() {
		got = append(got, l.ID)
	}
	assert.Equal(t, []uint64{1, 3, 2, 4}, got)
	assert.Equal(t, int64(10), b.Find(1).Until, "expired lots stay expired")
	assert.Equal(t, int64(50), b.Find(2).Until)
	assert.Equal(t, int64(25), b.Find(3).Until, "only rolling lots roll")
	assert.Equal(t, int64(90), b.Find(4).Until, "nothing is shortened")
}

func TestRestoreChecks(t *testing.T) {
	t.Parallel()
	lots := []lot.Lot{{ID: 4, Until: 3}, {ID: 1, Until: 9}, {ID: 2, Until: 9}}
	b, ok := lot.Restore(lots, 4)
	require.True(t, ok)
	assert.Equal(t, lots, b.Lots())
	assert.Equal(t, uint64(5), b.Next())
	for name, bad := range map[string][]lot.Lot{
		"no ID": {{ID: 0}}, "ID above the last": {{ID: 5}}, "negative": {{ID: 1, Left: -1}},
		"ID twice": {{ID: 1}, {ID: 1}}, "ID twice, apart": {{ID: 1, Until: 1}, {ID: 2, Until: 2}, {ID: 1, Until: 3}},
		"later first": {{ID: 1, Until: 9}, {ID: 2, Until: 8}}, "younger first": {{ID: 2, Until: 9}, {ID: 1, Until: 9}},
	} {
		_, ok := lot.Restore(bad, 4)
		assert.False(t, ok, name)
	}
}

func TestDropForgetsLots(t *testing.T) {
	t.Parallel()
	b := book(t, lot.Lot{Left: 1, Until: 9}, lot.Lot{Until: 20}, lot.Lot{Left: 3, Until: 30})
	b.Drop(func(l *lot.Lot) bool { return l.Left == 0 })
	assert.Len(t, b.Lots(), 2)
	assert.Equal(t, uint64(4), b.Next(), "IDs are not used again")
}

// A naive book: no order, every question answered by looking at all lots.
type naive map[uint64]lot.Lot

func (n naive) plan(units, t int64) (takes []lot.Take, short int64) {
	var usable []lot.Lot
	for _, l := range n {
		if l.From <= t && t < l.Until && l.Left > 0 {
			usable = append(usable, l)
		}
	}
	slices.SortFunc(usable, func(a, b lot.Lot) int { return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID)) })
	for _, l := range usable {
		if take := min(units, l.Left); take > 0 {
			takes = append(takes, lot.Take{Lot: l.ID, Units: take})
			units -= take
		}
	}
	return takes, units
}

func TestBookAgreesWithANaiveOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b lot.Book
		model := naive{}
		instant := rapid.Int64Range(0, 50)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now := instant.Draw(t, "now")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				l := lot.Lot{
					ID: b.Next(), Left: instant.Draw(t, "left"), From: instant.Draw(t, "from"),
					Until: instant.Draw(t, "until"), Rolls: rapid.Bool().Draw(t, "rolls"),
				}
				require.True(t, b.Add(l))
				model[l.ID] = l
			case 1:
				n := instant.Draw(t, "n")
				takes, short := b.Plan(nil, n, now, nil)
				want, wantShort := model.plan(n, now)
				require.Equal(t, want, takes)
				require.Equal(t, wantShort, short)
				for _, x := range takes {
					require.True(t, b.Draw(x.Lot, x.Units))
					l := model[x.Lot]
					l.Left -= x.Units
					model[x.Lot] = l
				}
			case 2:
				to := instant.Draw(t, "to")
				b.Roll(now, to)
				for id, l := range model {
					if l.Rolls && l.Until > now && l.Until < to {
						l.Until = to
						model[id] = l
					}
				}
			case 3:
				id, n := rapid.Uint64Range(1, 10).Draw(t, "id"), instant.Draw(t, "n")
				l, there := model[id]
				require.Equal(t, there, b.Put(id, n))
				if l.Left += n; there {
					model[id] = l
				}
			}
			require.Equal(t, model.sums(now), b.Sums(now))
			require.True(t, slices.IsSortedFunc(b.Lots(), func(a, b lot.Lot) int {
				return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
			}))
		}
	})
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

func TestCopyFromReusesMemoryWithoutAlloc(t *testing.T) {
	b := book(t, lot.Lot{Left: 1, Until: 9}, lot.Lot{Left: 2, Until: lot.Never})
	c := b.Clone()
	allocs := testing.AllocsPerRun(100, func() {
		c.CopyFrom(b)
		c.Draw(1, 1)
	})
	assert.Zero(t, allocs)
	assert.Equal(t, int64(1), b.Find(1).Left)
	assert.Zero(t, c.Find(1).Left)
}

func TestPutCannotOverflow(t *testing.T) {
	t.Parallel()
	var b lot.Book
	require.True(t, b.Add(lot.Lot{ID: 1, Left: 5, Until: lot.Never}))
	assert.False(t, b.Put(1, math.MaxInt64-4))
	assert.Equal(t, int64(5), b.Find(1).Left)
	assert.True(t, b.Put(1, math.MaxInt64-5))
}
