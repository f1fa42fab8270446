package basket

import (
	"context"
	"math"
	"math/bits"
	"slices"
)

// A Plan says how many sets a result would have, and how many at every higher
// count: what to ask for, before memory is spent on it. Numbers past 2⁶³−1 are
// 2⁶³−1. It is plain data.
type Plan struct {
	MinCount int64  `json:"min_count"` // the count that it is for
	Family   Family `json:"family"`
	Sets     int64  `json:"sets"`
	// Bytes is the memory of the result of [Counter.Frequent], without the text of
	// its items, which the counter has: 32 bytes for each set, and the size of an
	// item for each of its items, 16 for text, as on a machine of 64 bits.
	Bytes int64 `json:"bytes"`
	// ByLen is the number of sets of 1, 2, … items, up to the longest.
	ByLen []int64 `json:"by_len"`
	// ByCount is the number of sets of each count that a set has, ascending.
	ByCount []CountOf `json:"by_count"`
}

// A CountOf says how many sets are in so many baskets.
type CountOf struct {
	Count int64 `json:"count"`
	Sets  int64 `json:"sets"`
	Bytes int64 `json:"bytes"`
}

// AtMost returns the least count, p.MinCount or above, at which a result has at
// most so many sets and bytes. It cannot tell for maximal sets, of which ByCount
// has those of one count only, and says so.
func (p Plan) AtMost(maxSets, maxBytes int64) (minCount int64, ok bool) {
	if p.Family == FamilyMaximal {
		return 0, false
	}
	minCount = p.MinCount
	var kept sum
	for _, at := range slices.Backward(p.ByCount) {
		kept = kept.plus(sum{at.Sets, at.Bytes})
		if kept.sets > maxSets || kept.bytes > maxBytes {
			return at.Count + 1, true
		}
	}
	return minCount, true
}

// Plan counts the sets that p asks for without storing them. It takes about half
// the time of [Counter.Frequent]. What it says is what that delivers.
//
// It fails as [Counter.Frequent] does. Under p.MaxSets or p.MaxBytes the plan is
// for the count at which the sets fit, and comes with a [LimitError]; that also
// bounds the time where p.MinCount would make more sets than can be counted. One
// goroutine does it.
func (c *Counter[I]) Plan(ctx context.Context, p SetParams) (Plan, error) {
	q, err := c.query(ctx, p)
	if err != nil {
		return Plan{}, err
	}
	if err := q.fit(); err != nil {
		return Plan{}, err
	}
	l := ledger{tally: tally{base: q.floor, floor: q.floor}, size: q.size, maxLen: q.maxLen, ways: map[int][]int64{}}
	q.workers = 1
	q.bulk = l.bulk
	if err := q.run(l.take); err != nil {
		return Plan{}, err
	}
	return l.plan(q.floor, p.Family), q.limited()
}

// A ledger counts sets by count and by length.
type ledger struct {
	tally
	byLen  []int64
	size   func(items int) int64
	maxLen int
	ways   map[int][]int64 // choices, by how many are free
}

// take is the sink of a ledger.
func (l *ledger) take(places []uint32, _ int, count int64) verdict {
	l.note(len(places), count, 1)
	return onward
}

// bulk counts a set of so many items with each choice of so many free ones: of j
// more items there are C(free, j). The empty set does not count.
func (l *ledger) bulk(items, free int, count int64) {
	ways, known := l.ways[free]
	if !known {
		ways = choices(free)
		l.ways[free] = ways
	}
	for j, n := range ways {
		if items+j > 0 && items+j <= l.maxLen {
			l.note(items+j, count, n)
		}
	}
}

// note counts n sets.
func (l *ledger) note(items int, count, n int64) {
	for len(l.byLen) < items {
		l.byLen = append(l.byLen, 0)
	}
	l.byLen[items-1] = capped(l.byLen[items-1], n)
	bytes := int64(math.MaxInt64)
	if size := l.size(items); n <= math.MaxInt64/size {
		bytes = n * size
	}
	l.add(count, sum{n, bytes})
}

// plan returns what has been counted.
func (l *ledger) plan(minCount int64, f Family) Plan {
	k, _ := f.kind()
	p := Plan{MinCount: minCount, Family: Families()[k], Sets: l.kept.sets, Bytes: l.kept.bytes, ByLen: l.byLen}
	for count, at := range l.all() {
		p.ByCount = append(p.ByCount, CountOf{count, at.sets, at.bytes})
	}
	return p
}

// choices returns C(n, j) for j = 0, …, n, at most 2⁶³−1.
func choices(n int) []int64 {
	c := make([]int64, n+1)
	c[0], c[n] = 1, 1
	for j := 1; j <= n/2; j++ {
		high, low := bits.Mul64(uint64(c[j-1]), uint64(n-j+1))
		if c[j-1] == math.MaxInt64 || high >= uint64(j) {
			c[j] = math.MaxInt64
		} else {
			quotient, _ := bits.Div64(high, low, uint64(j))
			c[j] = int64(min(quotient, math.MaxInt64))
		}
		c[n-j] = c[j]
	}
	return c
}
