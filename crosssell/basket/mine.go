package basket

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"

	"github.com/relmark/relmark"
)

// A miner searches depth first. A frequent item, taken by ascending rank, is the
// start of a prefix: the baskets that hold it are projected on the items of
// higher rank, one set of bits an item, one bit a basket. Further items extend
// the prefix, and their bits are intersected.
//
// If n rows hold an item, so do n or more hold each item of higher rank: there are
// at most cells/n of these, and the bits of a projection take an eighth of a byte
// for each cell of the counter, at most, up to the rounding to words.
type miner struct {
	ctx      context.Context
	minCount int64
	maxLen   int
	maxSets  int
	known    int // sets found, with those whose turn is to come
	found    found

	prefix []uint32 // places of the items of the present set
	levels []level  // extensions of the prefix, by its length less 1
	planes []plane
}

// A level holds the extensions of one prefix and reuses its memory for the next.
type level struct {
	nodes []node
	words []uint64
}

// A node is an item that extends a prefix to a frequent set.
type node struct {
	place uint32   // of the item, in ascending order of items
	count int64    // of the set
	bits  []uint64 // projected baskets that hold it
}

// A plane is one binary digit of the weights, less 1, of the projected baskets.
// These come in descending order of weight, so a plane ends at the last one that
// has its digit or a higher one.
type plane []uint64

// expect makes room for n more sets of k items, or fails. A frequent set of k
// items has 2ᵏ − 1 frequent subsets, so a long one is too many at first sight:
// this bounds the depth of the search, and with it the memory, before it starts.
func (m *miner) expect(n, k int) error {
	m.known += n
	if m.known > m.maxSets || n > 0 && k >= bits.Len(uint(m.maxSets)+1) {
		return fmt.Errorf("basket: more than %d sets in at least %d baskets: %w", m.maxSets, m.minCount, relmark.ErrLimit)
	}
	return nil
}

func (m *miner) cancelled() error {
	if err := m.ctx.Err(); err != nil {
		return fmt.Errorf("basket: %w", err)
	}
	return nil
}

// extend records the sets that the nodes of level d make of the prefix of d items
// before them, and whatever they grow into. A node is extended by those behind it
// only: the ones before it have had the pair.
func (m *miner) extend(d int) error {
	nodes := m.levels[d].nodes
	for i := range nodes {
		m.prefix = append(m.prefix[:d], nodes[i].place)
		m.found.add(m.prefix, nodes[i].count)
		if d+1 == m.maxLen {
			continue
		}
		if err := m.intersect(d+1, &nodes[i], nodes[i+1:]); err != nil {
			return err
		}
		if err := m.extend(d + 1); err != nil {
			return err
		}
	}
	return nil
}

// intersect fills level d with those siblings that stay frequent beside n. No
// other item can: a set is in no more baskets than any part of it, and all parts
// of one item less were among the siblings. A sibling that fails leaves its words
// to the next.
func (m *miner) intersect(d int, n *node, siblings []node) error {
	if err := m.cancelled(); err != nil {
		return err
	}
	l := m.level(d, len(siblings)*len(n.bits))
	free := l.words
	for i := range siblings {
		both := free[:len(n.bits)]
		if count := m.and(both, n.bits, siblings[i].bits); count >= m.minCount {
			l.nodes = append(l.nodes, node{siblings[i].place, count, both})
			free = free[len(both):]
		}
	}
	return m.expect(len(l.nodes), d+1)
}

// level returns level d, emptied, with room for a number of words.
func (m *miner) level(d, words int) *level {
	for len(m.levels) <= d {
		m.levels = append(m.levels, level{})
	}
	l := &m.levels[d]
	l.nodes = l.nodes[:0]
	l.words = slices.Grow(l.words[:0], words)[:words]
	return l
}

// and intersects a and b into dst and returns the weight of what is left,
//
//	|dst| + Σ 2ᵈ · |dst ∧ planes[d]|
//
// with |x| the number of bits set in x: 1 for each basket, and the rest of its
// weight digit by digit. The sum is at most the number of baskets counted, which
// fits an int64.
func (m *miner) and(dst, a, b []uint64) int64 {
	a, b = a[:len(dst)], b[:len(dst)]
	n := 0
	for i := range dst {
		w := a[i] & b[i]
		dst[i] = w
		n += bits.OnesCount64(w)
	}
	total := int64(n)
	for digit, p := range m.planes {
		n := 0
		for i, w := range p {
			n += bits.OnesCount64(w & dst[i])
		}
		total += int64(n) << digit
	}
	return total
}

// found collects sets, back to back, as ascending places of their items.
type found struct {
	cells  []uint32
	ends   []int
	counts []int64
}

// add records a set of places in any order.
func (f *found) add(places []uint32, count int64) {
	start := len(f.cells)
	f.cells = append(f.cells, places...)
	slices.Sort(f.cells[start:])
	f.ends = append(f.ends, len(f.cells))
	f.counts = append(f.counts, count)
}

// set returns the places of set i.
func (f *found) set(i int) []uint32 {
	if i == 0 {
		return f.cells[:f.ends[0]]
	}
	return f.cells[f.ends[i-1]:f.ends[i]]
}

// order sorts the sets. It returns the numbers of the sets in ascending order of places, of which
// there are n in all. As many as 64 bits hold are compared at once.
func (f *found) order(n int) []int {
	type head struct {
		key uint64 // the first places, each plus 1; 0 past the last
		set int
	}
	width := bits.Len(uint(n))
	heads := make([]head, len(f.ends))
	for i := range heads {
		heads[i].set = i
		left := 64 / width
		for _, place := range f.set(i)[:min(left, len(f.set(i)))] {
			left--
			heads[i].key |= uint64(place+1) << (left * width)
		}
	}
	slices.SortFunc(heads, func(a, b head) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return slices.Compare(f.set(a.set), f.set(b.set))
	})
	order := make([]int, len(heads))
	for i, h := range heads {
		order[i] = h.set
	}
	return order
}
