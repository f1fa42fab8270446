package lot_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/lot"
)

func TestSplitUsesTakesInOrder(t *testing.T) {
	t.Parallel()
	h := lot.Hold{Takes: []lot.Take{{3, 80}, {1, 70}}}
	used, freed, ok := h.Split(100)
	assert.True(t, ok)
	assert.Equal(t, []lot.Take{{3, 80}, {1, 20}}, used)
	assert.Equal(t, []lot.Take{{1, 50}}, freed)
	for _, n := range []int64{-1, 151} {
		_, _, ok := h.Split(n)
		assert.False(t, ok, n)
	}
}

func TestSplitLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h lot.Hold
		for i, n := range rapid.SliceOf(rapid.Int64Range(1, 9)).Draw(t, "units") {
			h.Takes = append(h.Takes, lot.Take{Lot: uint64(i + 1), Units: n})
		}
		n := rapid.Int64Range(0, h.Units()).Draw(t, "n")
		used, freed, ok := h.Split(n)
		assert.True(t, ok)
		assert.Equal(t, n, (&lot.Hold{Takes: used}).Units())
		assert.Equal(t, h.Units()-n, (&lot.Hold{Takes: freed}).Units())
	})
}

// Which units go first when some expire sooner?
func ExampleBook_Plan() {
	var b lot.Book
	b.Add(lot.Lot{ID: 1, Left: 100, Until: 2000})
	b.Add(lot.Lot{ID: 2, Left: 80, Until: 1000})
	takes, short := b.Plan(nil, 120, 500, nil)
	fmt.Println(takes, short, b.Sums(1500))
	// Output: [{2 80} {1 40}] 0 {0 100 80}
}

func FuzzRestore(f *testing.F) {
	f.Add(uint64(1), int64(5), int64(9), uint64(2), int64(7), int64(3), uint64(2), int64(4))
	f.Fuzz(func(t *testing.T, id1 uint64, left1, until1 int64, id2 uint64, left2, until2 int64, last uint64, now int64) {
		b, ok := lot.Restore([]lot.Lot{{ID: id1, Left: left1, Until: until1}, {ID: id2, Left: left2, Until: until2}}, last)
		valid := id1 != id2 && min(id1, id2) > 0 && max(id1, id2) <= last && min(left1, left2) >= 0 &&
			(until1 < until2 || until1 == until2 && id1 < id2)
		if ok != valid {
			t.Fatalf("Restore = %v", ok)
		}
		if !ok {
			return
		}
		takes, short := b.Plan(nil, 10, now, nil)
		for _, x := range takes {
			if !b.Draw(x.Lot, x.Units) {
				t.Fatal("planned more than there is")
			}
			short += x.Units
		}
		if short != 10 {
			t.Fatalf("planned %d of 10", short)
		}
	})
}

func BenchmarkPlan40Lots(b *testing.B) {
	var k lot.Book
	for i := range int64(40) {
		k.Add(lot.Lot{ID: k.Next(), Left: 10, Until: 1000 + i*7%40})
	}
	buffer := make([]lot.Take, 0, 40)
	b.ReportAllocs()
	for b.Loop() {
		buffer, _ = k.Plan(buffer[:0], 55, 0, nil)
	}
}
