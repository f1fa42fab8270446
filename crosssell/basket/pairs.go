package basket

import (
	"sync"
	"sync/atomic"
)

// pairs are the frequent pairs of items, which a search for closed sets finds before
// all else: an item can only be in all baskets of a set if it is frequent beside the
// first item of the set. They are few in sparse data, where most rows are long lists
// of items that cannot matter.
type pairs struct {
	branches []beside
	lower    [][]uint32 // rank → lower ranks that it is frequent with
}

// beside is what is frequent beside an item, of higher rank.
type beside struct {
	items  []uint32
	counts []int64
	free   []uint32 // in all its baskets
	walked int
}

// findPairs lists the pairs, unless they are many more than the cells of the root:
// data of huge baskets can do without.
func (j *job) findPairs() {
	p := &pairs{branches: make([]beside, len(j.root.items)), lower: make([][]uint32, len(j.places))}
	var next, stored atomic.Int64
	most := int64(1<<16 + 4*len(j.root.cells))
	search := func() {
		m := newMiner(j.ctx, j, nil)
		below, always := &level{}, len(m.free)
		for k := int(next.Add(1)) - 1; k < len(p.branches) && stored.Load() <= most && m.step(); k = int(next.Add(1)) - 1 {
			b := beside{walked: m.extend(j.root, k, below)}
			b.items = append(b.items, below.items...)
			b.counts = append(b.counts, below.counts...)
			b.free = append(b.free, m.free[always:]...)
			m.free = m.free[:always]
			stored.Add(int64(len(b.items) + len(b.free)))
			p.branches[k] = b
		}
	}
	var done sync.WaitGroup
	for range min(j.workers, len(p.branches), mostParts) - 1 {
		done.Go(search)
	}
	search()
	done.Wait()
	if stored.Load() > most {
		return
	}
	for k, b := range p.branches {
		for _, rank := range b.items {
			p.lower[rank] = append(p.lower[rank], j.root.items[k])
		}
		for _, rank := range b.free {
			p.lower[rank] = append(p.lower[rank], j.root.items[k])
		}
	}
	j.pairs = p
}

// recall does for items[k] of the root what extend does, from memory.
func (p *pairs) recall(m *miner, k int, below *level) (walked int) {
	b := &p.branches[k]
	below.items = append(below.items[:0], b.items...)
	below.counts = append(below.counts[:0], b.counts...)
	m.free = append(m.free, b.free...)
	return b.walked
}

// open marks what is frequent beside items[k] of the root.
func (c *closer) open(j *job, k int) {
	for _, rank := range c.marked {
		c.near[rank] = false
	}
	c.marked = append(c.marked[:0], j.pairs.lower[j.root.items[k]]...)
	c.marked = append(c.marked, j.pairs.branches[k].items...)
	for _, rank := range c.marked {
		c.near[rank] = true
	}
}
