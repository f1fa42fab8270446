package lot_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

func until(b *lot.Book, id uint64) int64 {
	l, _ := b.Find(id)
	return l.Until
}

func left(b *lot.Book, id uint64) int64 {
	l, _ := b.Find(id)
	return l.Left
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
	takes, _ = b.Plan(nil, 60, 0, func(l lot.Lot) bool { return l.ID != 3 })
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
	_, there := b.Find(2)
	assert.False(t, there)
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
	assert.Equal(t, int64(10), until(b, 1), "expired lots stay expired")
	assert.Equal(t, int64(50), until(b, 2))
	assert.Equal(t, int64(25), until(b, 3), "only rolling lots roll")
	assert.Equal(t, int64(90), until(b, 4), "nothing is shortened")
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
	b.Drop(func(l lot.Lot) bool { return l.Left == 0 })
	assert.Len(t, b.Lots(), 2)
	assert.Equal(t, uint64(4), b.Next(), "IDs are not used again")
}

func TestPutCannotOverflow(t *testing.T) {
	t.Parallel()
	var b lot.Book
	require.True(t, b.Add(lot.Lot{ID: 1, Left: 5, Until: lot.Never}))
	assert.False(t, b.Put(1, math.MaxInt64-4))
	assert.Equal(t, int64(5), left(&b, 1))
	assert.True(t, b.Put(1, math.MaxInt64-5))
}

func TestDrawIfAsksForTheState(t *testing.T) {
	t.Parallel()
	b := book(t, lot.Lot{Left: 5, From: 10, Until: 20}, lot.Lot{Left: 5, From: 10, Until: 20, Rolls: true})
	b.Roll(15, 30)
	for _, id := range []uint64{1, 2} {
		assert.False(t, b.DrawIf(id, 0, 15, lot.Available))
		assert.False(t, b.DrawIf(id, 6, 15, lot.Available))
		assert.False(t, b.DrawIf(id, 1, 9, lot.Available))
		assert.False(t, b.DrawIf(id, 1, 15, lot.Pending))
		assert.True(t, b.DrawIf(id, 1, 9, lot.Pending))
		assert.True(t, b.DrawIf(id, 1, 19, lot.Available))
		assert.Equal(t, id == 2, b.DrawIf(id, 1, 29, lot.Available), "it lives until 30")
	}
	assert.False(t, b.DrawIf(3, 1, 15, lot.Available))
	assert.Equal(t, int64(3), left(b, 1))
}
