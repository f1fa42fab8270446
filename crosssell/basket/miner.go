package basket

import (
	"context"
	"errors"
	"slices"
)

// A miner searches for sets, depth first. It is one worker's; its job and level 0
// are shared between all of them.
//
// A node of the search is a set, its prefix. It grows by items of higher rank only,
// so that each set is met once. Items are taken up from the highest rank down: all
// subsets of a set come before it. Where maximal sets are wanted it is the other
// way round, and supersets tend to come first.
type miner struct {
	*job
	ctx      context.Context //nolint:containedctx // lives as long as the search
	minCount int64           // of the job, as it was when last looked at
	sink     sink
	patience int // steps until the context and the floor are looked at again
	err      error

	levels []*level
	set    []uint32 // places of the prefix, ascending
	same   int      // places of it that the sink had last, at the same positions
	taken  []uint32 // set of another worker that is delivered
	kept   []uint32 // prefixes before several items joined them, one behind the other
	free   []uint32 // ranks of items that all baskets of the prefix hold

	counts   []int64  // rank → baskets; 0 but while they are counted
	position []uint32 // rank → what stands for a live item; 0 but while a level is made
	touched  []uint32 // ranks counted
	slots    slots
	narrow   narrow
	closer   *closer   // of closed sets
	frontier *frontier // of maximal sets
}

// A sink takes a set, which it must not keep, and its count. The first places, so many as
// same says, are those of the set that it had last.
type sink func(places []uint32, same int, count int64) verdict

// A verdict is what a sink says to a set.
type verdict uint8

const (
	onward verdict = iota // go on
	skip                  // with sets that do not include this one
	halt                  // no more sets
)

var errHalt = errors.New("halted by its sink") // never leaves this package

// patience is how many steps of a microsecond or so are made between two looks at
// the context.
const patience = 256

// newMiner returns a miner at the root of the search.
func newMiner(ctx context.Context, j *job, s sink) *miner {
	n := len(j.places)
	m := &miner{
		job: j, ctx: ctx, minCount: j.least.Load(), sink: s, levels: []*level{j.root},
		counts: make([]int64, n), position: make([]uint32, n), touched: make([]uint32, n+1),
	}
	switch j.kind {
	case closed:
		m.closer = &closer{in: make([]bool, n), near: slices.Repeat([]bool{true}, n)}
		if j.pairs != nil {
			clear(m.closer.near)
		}
		if n <= mostDense {
			m.closer.dense = &dense{}
		}
	case maximal:
		m.frontier = newFrontier(n)
	case all, generators:
	}
	if j.kind != generators { // of which none has an item that all baskets hold
		m.free = slices.Clone(j.always)
	}
	m.absorb(0)
	return m
}

// step counts a step and reports whether the search goes on.
func (m *miner) step() bool {
	if m.patience--; m.patience < 0 && m.err == nil {
		m.patience = patience
		m.err = m.ctx.Err()
		m.minCount = m.least.Load()
	}
	return m.err == nil
}

// push adds a place to the set, which stays in order.
func (m *miner) push(place uint32) {
	m.set = append(m.set, place)
	i := len(m.set) - 1
	for ; i > 0 && m.set[i-1] > place; i-- {
		m.set[i] = m.set[i-1]
	}
	m.set[i] = place
	m.same = min(m.same, i)
}

// pop takes a place out of the set.
func (m *miner) pop(place uint32) {
	last := len(m.set) - 1
	for carried := m.set[last]; carried != place; last-- {
		carried, m.set[last-1] = m.set[last-1], carried
	}
	m.set = m.set[:len(m.set)-1]
	m.same = min(m.same, last)
}

// descend takes up every item of level d.
func (m *miner) descend(d int) {
	n := len(m.levels[d].items)
	for i := range n {
		if m.kind == maximal {
			m.grow(d, i)
		} else {
			m.grow(d, n-1-i)
		}
	}
}

// grow takes up items[k] of level d: the set that it makes of the prefix, and all
// that include that set and are met here.
func (m *miner) grow(d, k int) {
	l := m.levels[d]
	if !m.step() || l.counts[k] < m.minCount {
		return
	}
	if m.kind == closed && m.closer.covered(l, k) {
		return
	}
	m.enter(l.items[k])
	m.node(d, k)
	m.leave(l.items[k])
}

// enter adds an item to the prefix.
func (m *miner) enter(rank uint32) {
	m.push(m.places[rank])
	if m.closer != nil {
		m.closer.in[rank] = true
	}
}

// leave takes it out again.
func (m *miner) leave(rank uint32) {
	m.pop(m.places[rank])
	if m.closer != nil {
		m.closer.in[rank] = false
	}
}

// node visits the prefix that ends with items[k] of level d and searches below it.
func (m *miner) node(d, k int) {
	l := m.levels[d]
	count, holders := l.counts[k], l.holders(k)
	if m.full() {
		m.visit(count, 0)
		return
	}
	below := m.level(d + 1)
	free := len(m.free)
	var walked int
	if d == 0 && m.pairs != nil {
		walked = m.pairs.recall(m, k, below)
	} else {
		walked = m.extend(l, k, below)
	}
	m.absorb(free)
	if m.visit(count, len(below.items)) && len(below.items) > 0 {
		if m.narrow.suits(len(below.items), walked) {
			m.narrow.last = l.items[k]
			m.tabulate(l, holders, below, count)
		} else if m.project(l, holders, below, walked) {
			m.descend(d + 1)
		}
	}
	m.release(free)
}

// full reports whether nothing below the prefix can be short enough to count. Sets
// that are too long can still show that others are not maximal.
func (m *miner) full() bool { return len(m.set) >= m.maxLen && m.kind != maximal && m.kind != closed }

// absorb takes the free items behind a number of older ones into the prefix, if
// they are part of what is searched: a closed or maximal set has all of them. What
// makes each set of it with and without them waits for visit.
func (m *miner) absorb(from int) {
	if m.kind == closed || m.kind == maximal {
		m.join(m.free[from:])
	}
	if m.kind == closed {
		for _, rank := range m.free[from:] {
			m.closer.in[rank] = true
		}
	}
}

// release undoes absorb.
func (m *miner) release(from int) {
	if m.kind == closed || m.kind == maximal {
		m.part(len(m.free) - from)
	}
	if m.kind == closed {
		for _, rank := range m.free[from:] {
			m.closer.in[rank] = false
		}
	}
	m.free = m.free[:from]
}

// join adds several items to the set, and keeps it as it was.
func (m *miner) join(ranks []uint32) {
	if len(ranks) == 0 {
		return
	}
	m.kept = append(m.kept, m.set...)
	for _, rank := range ranks {
		m.set = append(m.set, m.places[rank])
	}
	slices.Sort(m.set)
	m.same = 0
}

// part undoes join of so many items.
func (m *miner) part(n int) {
	if n > 0 {
		old := len(m.kept) - (len(m.set) - n)
		m.set = append(m.set[:0], m.kept[old:]...)
		m.kept = m.kept[:old]
		m.same = 0
	}
}

// level returns level d.
func (m *miner) level(d int) *level {
	if d == len(m.levels) {
		m.levels = append(m.levels, &level{})
	}
	return m.levels[d]
}

// extend lists the items of higher rank that are frequent beside the prefix that
// ends with items[k] of l. Those in all its baskets go to m.free instead: they add
// nothing to tell baskets apart by. It returns how many cells it read.
func (m *miner) extend(l *level, k int, below *level) (walked int) {
	counts, touched, n := m.counts, m.touched, 0
	for _, h := range l.holders(k) {
		weight := l.weights[h.row]
		row := l.cells[h.cell+1:]
		i := 0
		for ; row[i] < mark; i++ {
			rank := row[i]
			before := counts[rank]
			counts[rank] = before + weight
			touched[n] = rank // for good if it is the first time
			if before == 0 {
				n++
			}
		}
		walked += i
	}
	below.items, below.counts = below.items[:0], below.counts[:0]
	for _, rank := range touched[:n] {
		switch n := m.counts[rank]; {
		case n < m.minCount:
			m.counts[rank] = 0
		case n == l.counts[k]:
			m.counts[rank] = 0
			m.free = append(m.free, rank)
		default:
			below.items = append(below.items, rank)
		}
	}
	slices.Sort(below.items)
	for _, rank := range below.items {
		below.counts = append(below.counts, m.counts[rank])
		m.counts[rank] = 0
	}
	return walked
}

// visit delivers what the prefix itself contributes and reports whether to search
// below it, where a number of items are live.
func (m *miner) visit(count int64, live int) bool {
	switch m.kind {
	case all:
		m.spread(len(m.free), count)
		return len(m.set) < m.maxLen
	case closed:
		m.deliver(count)
		return len(m.set) < m.maxLen
	case generators:
		return m.deliver(count) && len(m.set) < m.maxLen
	default:
		if live == 0 {
			m.candidate(count)
		}
		return true
	}
}

// deliver hands the prefix to the sink, if it is a set that is short enough.
func (m *miner) deliver(count int64) bool {
	if len(m.set) == 0 || len(m.set) > m.maxLen {
		return true
	}
	if m.err != nil || count < m.minCount {
		return false
	}
	same := m.same
	m.same = len(m.set)
	v := m.sink(m.set, same, count)
	if v == halt {
		m.err = errHalt
	}
	return v == onward
}

// spread delivers the prefix with every subset of the free items before the given
// one. All have one count.
func (m *miner) spread(before int, count int64) {
	if count < m.minCount {
		return
	}
	if m.bulk != nil {
		m.bulk(len(m.set), before, count)
		return
	}
	m.deliver(count)
	for i := range before {
		if len(m.set) == m.maxLen || !m.step() {
			return
		}
		place := m.places[m.free[i]]
		m.push(place)
		m.spread(i, count)
		m.pop(place)
	}
}

// project fills the level below with the rows that hold a prefix, without what is
// not live there. It reports whether there is anything to search.
func (m *miner) project(l *level, holders []occurrence, below *level, walked int) bool {
	for k, rank := range below.items {
		m.position[rank] = uint32(k) + 1
	}
	below.reset(walked+len(holders), len(holders))
	m.slots.reset(len(holders))
	least := 2 // items in a row that can extend a set further
	if m.kind == closed {
		least = 1
	}
	together := int64(0) // baskets that hold all that is live
	for _, h := range holders {
		start, hash := len(below.cells), uint64(0)
		for i := h.cell + 1; l.cells[i] < mark; i++ {
			if rank := l.cells[i]; m.position[rank] != 0 {
				below.cells = append(below.cells, rank)
				hash = mix(hash, rank)
			}
		}
		size := len(below.cells) - start
		if size == len(below.items) {
			together += l.weights[h.row]
		}
		if size < least {
			below.cells = below.cells[:start]
			continue
		}
		row, fresh := below.end(&m.slots, start, hash, l.weights[h.row])
		if m.kind == closed {
			m.closer.share(below, row, fresh, l.wide[h.row])
		}
	}
	open := m.kind != maximal || !m.settled(below, together)
	if open {
		below.index(m.position, m.kind == closed)
	}
	for _, rank := range below.items {
		m.position[rank] = 0
	}
	return open
}
