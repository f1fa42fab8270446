package basket

import "slices"

// narrow is a table of the counts of all sets of a few live items beside a prefix.
// The number of a set has one bit for each of its items. Where few items are left,
// filling such a table is far cheaper than searching level by level.
type narrow struct {
	sums  []int64  // set → baskets that hold it
	ranks []uint32 // bit → rank, in order of places

	level   *level // where the table is from, for closed sets
	holders []occurrence
	last    uint32 // rank that ends the prefix
}

// mostNarrow is the most items of a table: its sums fit the first cache of a core.
const mostNarrow = 12

// suits reports whether a table is worth its while for so many live items, in rows
// of so many cells in all. Filling it takes half of k·2ᵏ additions.
func (n *narrow) suits(live, cells int) bool {
	return live <= 3 || live <= mostNarrow && live<<live <= narrowWorth*cells
}

// narrowWorth is how many of these additions are as good as a cell searched.
const narrowWorth = 16

// tabulate searches below a prefix of the given count by way of the table.
func (m *miner) tabulate(l *level, holders []occurrence, below *level, count int64) {
	n := &m.narrow
	n.level, n.holders = l, holders
	n.ranks = append(n.ranks[:0], below.items...)
	slices.SortFunc(n.ranks, func(a, b uint32) int { return int(m.places[a]) - int(m.places[b]) })
	size := 1 << len(n.ranks)
	n.sums = slices.Grow(n.sums[:0], size)[:size]
	if size == 2 && m.kind != closed {
		n.sums[0], n.sums[1] = count, below.counts[0]
	} else {
		clear(n.sums)
		m.fill(l, holders)
		n.sums[0] = count
	}
	if m.kind == maximal && n.sums[size-1] >= m.minCount {
		m.whole(n.sums[size-1])
		return
	}
	m.pick(0, 0)
}

// fill counts the rows of a prefix by the set of live items in them, and then each
// set with all that include it.
func (m *miner) fill(l *level, holders []occurrence) {
	n := &m.narrow
	for b, rank := range n.ranks {
		m.position[rank] = 1 << b
	}
	if m.kind == closed {
		m.closer.sets = m.closer.sets[:0]
	}
	for _, h := range holders {
		set := uint32(0)
		for i := h.cell + 1; l.cells[i] < mark; i++ {
			set |= m.position[l.cells[i]]
		}
		n.sums[set] += l.weights[h.row]
		if m.kind == closed {
			m.closer.sets = append(m.closer.sets, set)
		}
	}
	for _, rank := range n.ranks {
		m.position[rank] = 0
	}
	if m.kind == closed && m.closer.dense != nil {
		m.closer.dense.bar(l, holders, m.closer.sets, len(n.sums), n.last, m.closer.in)
	}
	for half := 1; half < len(n.sums); half *= 2 {
		for i := 0; i < len(n.sums); i += 2 * half {
			without, with := n.sums[i:i+half], n.sums[i+half:i+2*half]
			for j := range without {
				without[j] += with[j]
			}
		}
	}
}

// pick adds each item from a bit on to a set of the table, and goes on from there.
func (m *miner) pick(set, from int) {
	n := &m.narrow
	for b := len(n.ranks) - 1; b >= from; b-- {
		more := set | 1<<b
		count := n.sums[more]
		if count < m.minCount || !m.step() {
			continue
		}
		place := m.places[n.ranks[b]]
		m.push(place)
		if m.member(more, count) {
			m.pick(more, b+1)
		}
		m.pop(place)
	}
}

// member delivers a frequent set of the table, which m.set holds, if it is of the
// family, and reports whether to go on with sets that include it.
func (m *miner) member(set int, count int64) bool {
	switch m.kind {
	case all:
		m.spread(len(m.free), count)
	case closed:
		if m.narrow.above(set) < count && !m.closer.barred(&m.narrow, set) {
			m.deliver(count)
		}
	case generators:
		if m.narrow.below(set) == count || !m.deliver(count) {
			return false
		}
	case maximal:
		if m.narrow.above(set) < m.minCount {
			m.candidate(count)
		}
		return true
	}
	return len(m.set) < m.maxLen
}

// above returns the highest count of a set with one item more, 0 if there is none.
func (n *narrow) above(set int) (count int64) {
	for bit := 1; bit < len(n.sums); bit <<= 1 {
		if set&bit == 0 {
			count = max(count, n.sums[set|bit])
		}
	}
	return count
}

// below returns the lowest count of a set with one item less.
func (n *narrow) below(set int) int64 {
	count := n.sums[0]
	for bit := 1; bit < len(n.sums); bit <<= 1 {
		if set&bit != 0 {
			count = min(count, n.sums[set&^bit])
		}
	}
	return count
}
