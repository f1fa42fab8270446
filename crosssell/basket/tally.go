package basket

import (
	"container/heap"
	"iter"
	"maps"
	"math"
	"math/bits"
	"slices"
)

// A tally knows how many sets there are of each count, from a floor on that can
// rise. Counts near the first floor are in a list, others in a map.
type tally struct {
	base  int64 // the first floor
	floor int64
	near  []sum // base + i → sets of that count
	far   map[int64]sum
	queue ascent // the counts of far
	kept  sum    // sets of the floor and above
}

// An ascent is counts of which the lowest is the first, as container/heap keeps them.
type ascent []int64

func (a ascent) Len() int           { return len(a) }
func (a ascent) Less(i, j int) bool { return a[i] < a[j] }
func (a ascent) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *ascent) Push(count any)    { *a = append(*a, count.(int64)) } //nolint:forcetypeassert // it is ours

// Pop takes the last away.
func (a *ascent) Pop() any {
	last := len(*a) - 1
	count := (*a)[last]
	*a = (*a)[:last]
	return count
}

// A sum is of sets. What would pass an int64 is its greatest.
type sum struct{ sets, bytes int64 }

func (a sum) plus(b sum) sum { return sum{capped(a.sets, b.sets), capped(a.bytes, b.bytes)} }

// capped adds numbers of 0 or more.
func capped(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// mostNear bounds the list to 16 MB.
const mostNear = 1 << 20

// add adds sets of a count of the floor or more.
func (t *tally) add(count int64, s sum) {
	t.kept = t.kept.plus(s)
	i := count - t.base
	if i >= mostNear {
		if t.far == nil {
			t.far = map[int64]sum{}
		}
		before, known := t.far[count]
		if !known {
			heap.Push(&t.queue, count)
		}
		t.far[count] = before.plus(s)
		return
	}
	for i >= int64(len(t.near)) {
		t.near = append(t.near, sum{})
	}
	t.near[i] = t.near[i].plus(s)
}

// lowest returns the lowest count of the sets that are kept, and these; there must
// be one.
func (t *tally) lowest() (int64, sum) {
	for i := t.floor - t.base; i < int64(len(t.near)); i++ {
		if t.near[i].sets > 0 {
			return t.base + i, t.near[i]
		}
	}
	return t.queue[0], t.far[t.queue[0]]
}

// all yields the counts that sets have, ascending.
func (t *tally) all() iter.Seq2[int64, sum] {
	return func(yield func(int64, sum) bool) {
		for i, s := range t.near {
			if s.sets > 0 && !yield(t.base+int64(i), s) {
				return
			}
		}
		for _, count := range slices.Sorted(maps.Keys(t.far)) {
			if !yield(count, t.far[count]) {
				return
			}
		}
	}
}

// raise drops the sets below a new floor.
func (t *tally) raise(floor int64) {
	for t.kept.sets > 0 {
		count, s := t.lowest()
		if count >= floor {
			break
		}
		t.kept.sets -= s.sets
		t.kept.bytes -= s.bytes
		t.floor = count + 1
		if count-t.base >= mostNear {
			heap.Pop(&t.queue)
			delete(t.far, count)
		}
	}
	t.floor = max(t.floor, floor)
}

// A quota keeps sets within limits by raising the floor. It raises it by no more
// than it must, and so what it keeps in the end does not depend on the order in
// which the sets come.
type quota struct {
	tally
	maxSets, maxBytes int64
	atLeast           int64 // sets, if there are as many, which is what a top list asks for
	passed            bool  // whether a limit was
	deepest           int   // most items of a set whose subsets are within the limit, or not yet enough
	size              func(items int) int64
}

// take counts a set and reports whether it is to be kept for now.
func (q *quota) take(items int, count int64) bool {
	if count < q.floor {
		return false
	}
	q.add(count, sum{1, q.size(items)})
	switch {
	case items <= q.deepest:
	case q.atLeast > 0:
		q.raise(count) // its subsets, as frequent as itself, would do
	default:
		q.raise(count + 1) // they are too many
		q.passed = true
	}
	for q.atLeast > 0 && q.kept.sets >= q.atLeast {
		lowest, s := q.lowest()
		q.raise(lowest)
		if q.kept.sets-s.sets < q.atLeast {
			break
		}
		q.raise(lowest + 1)
	}
	for q.kept.sets > q.maxSets || q.kept.bytes > q.maxBytes {
		lowest, _ := q.lowest()
		q.raise(lowest + 1)
		q.passed = true
	}
	return count >= q.floor
}

// deepest returns the most items of a set that has at most n non-empty subsets.
func deepest(n int64) int { return bits.Len64(uint64(n)+1) - 1 }
