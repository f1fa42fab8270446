package lot_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/lot"
)

// sizes are numbers of operations; the largest takes its time.
func sizes(t *testing.T) []int {
	t.Helper()
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// Whatever a life brings, one operation takes a logarithm of steps, and what it moves is
// within a block or two, however many there were before it.
func TestGrowthOfABook(t *testing.T) {
	t.Parallel()
	for name, operate := range map[string]func(b *lot.Book, random *rand.Rand, i int64){
		"spent as granted": func(b *lot.Book, _ *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 1, Until: 1000 + i})
			b.Draw(b.Last(), 1)
			b.Pass(i)
		},
		"spent half": func(b *lot.Book, _ *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 2, From: i, Until: lot.Never})
			spend(b, 1, i)
		},
		"never spent": func(b *lot.Book, _ *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 2, From: i, Until: 50 + i})
			b.Pass(i)
		},
		"rolling": func(b *lot.Book, _ *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 2, From: i, Until: 50 + i, Rolls: true})
			b.Roll(i, i+50)
			spend(b, i%4, i)
			b.Pass(i)
		},
		"rolling, spent and restored": func(b *lot.Book, random *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 2, From: i, Until: 50 + i, Rolls: true})
			b.Roll(i, i+50)
			spend(b, 2, i)
			b.Put(1+random.Uint64N(b.Last()), i%2)
		},
		"rolling after a pause": func(b *lot.Book, _ *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 2, From: 9 * i, Until: 9*i + 80, Rolls: true})
			if i%10 == 9 {
				b.Roll(9*i, 9*i+80)
			}
			b.Pass(9 * i)
		},
		"any order": func(b *lot.Book, random *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 2, From: 0, Until: i + random.Int64N(1e6)})
			spend(b, 3*(i%2), i)
			b.Put(1+random.Uint64N(b.Last()), i%2)
		},
		"undone": func(b *lot.Book, random *rand.Rand, i int64) {
			add(b, lot.Lot{Left: 2, From: 0, Until: i + random.Int64N(1e6)})
			b.Begin()
			add(b, lot.Lot{Left: 2, From: 0, Until: i})
			spend(b, 3, i)
			b.Undo()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range sizes(t) {
				var b lot.Book
				random := rand.New(rand.NewPCG(1, 2))
				start := time.Now()
				for i := range n {
					operate(&b, random, int64(i))
				}
				t.Logf("%7d operations: %5.1f steps, %5d ns each", n, float64(b.Steps())/float64(n), time.Since(start).Nanoseconds()/int64(n))
				assert.Less(t, b.Steps(), 600*int64(n))
				end := 9 * int64(n)
				require.True(t, slices.Equal(plain(slices.Collect(b.All()), end), slices.Collect(b.Alive(end))))
			}
		})
	}
}

// plain picks the lots that are alive, and sorts them.
func plain(lots []lot.Lot, t int64) []lot.Lot {
	lots = slices.DeleteFunc(lots, func(l lot.Lot) bool { return l.Left == 0 || l.Until <= t })
	slices.SortFunc(lots, lot.Burn)
	return lots
}

func add(b *lot.Book, l lot.Lot) {
	l.ID = b.Next()
	b.Add(l)
}

func spend(b *lot.Book, n, t int64) {
	takes, _ := b.Plan(nil, n, t, nil)
	for _, x := range takes {
		b.Draw(x.Lot, x.Units)
	}
}

// A plan over many lots looks at each of them once, and drawing finds each at once.
func TestGrowthOfOnePlan(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1e2, 1e3, 3e4} {
		var b lot.Book
		for i := range n {
			add(&b, lot.Lot{Left: 1, Until: i + 10})
		}
		d := b.Draft()
		takes, short := d.Plan(nil, n, 0, nil)
		require.Zero(t, short)
		assert.Less(t, d.Steps(), 2*n)
		for _, x := range takes {
			require.True(t, d.Draw(x.Lot, x.Units))
			require.True(t, d.Put(x.Lot, x.Units))
		}
		before := b.Steps()
		for _, x := range takes {
			require.True(t, b.Draw(x.Lot, x.Units))
		}
		assert.Less(t, b.Steps()-before, 20*n)
	}
}

// What has expired is passed over at once, also where the book was not told that time has
// passed.
func TestGrowthOfAPlanAfterExpiry(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1e2, 1e3, 3e4} {
		for _, ok := range []func(lot.Lot) bool{nil, func(lot.Lot) bool { return true }} {
			var b lot.Book
			for i := range n {
				add(&b, lot.Lot{Left: 1, Until: i + 1})
			}
			add(&b, lot.Lot{Left: 1, Until: lot.Never})
			d := b.Draft()
			takes, short := d.Plan(nil, 1, n, ok)
			require.Zero(t, short)
			require.Equal(t, []lot.Take{{Lot: uint64(n + 1), Units: 1}}, takes)
			assert.Less(t, d.Steps(), int64(40))
		}
	}
}
