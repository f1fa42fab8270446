package basket

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// A job is one search over a layout.
type job struct {
	layout
	ctx     context.Context //nolint:containedctx // lives as long as the job
	kind    kind
	maxLen  int
	workers int
	pairs   *pairs                             // for closed sets, if it pays
	bulk    func(items, free int, count int64) // for one worker, and all sets: see miner
	least   atomic.Int64                       // the least count of a set that is still wanted; it only rises
}

// run delivers the sets to one sink, in an order that is the same for any number of
// workers. It fails with the error of the context.
func (j *job) run(s sink) error {
	if j.kind == generators {
		s = (&keys{baskets: j.baskets}).filter(s)
	}
	return j.search(s, inLine)
}

// search delivers what belongs to the root, and what is below it too if there is one
// worker. With several, crowd does that, and may have this one take part.
func (j *job) search(s sink, crowd func(m *miner) error) error {
	if j.kind == closed && len(j.places) > mostDense {
		j.findPairs()
	}
	m := newMiner(j.ctx, j, s)
	m.visit(j.baskets, j.live())
	if m.err == nil {
		if j.workers > 1 && len(j.root.items) > 0 {
			m.err = crowd(m)
		} else {
			m.branches(0, len(j.root.items))
		}
	}
	if m.err == nil {
		m.err = j.ctx.Err()
	}
	if m.err == nil || errors.Is(m.err, errHalt) {
		return nil
	}
	return fmt.Errorf("basket: %w", m.err)
}

// branches takes up some items of the root, numbered in the order of the search.
func (m *miner) branches(from, to int) {
	n := len(m.root.items)
	for i := from; i < to && m.err == nil; i++ {
		k := n - 1 - i
		if m.kind == maximal {
			k = i
			m.frontier.begin(m.branch(i))
		}
		if m.pairs != nil {
			m.closer.open(m.job, k)
		}
		m.grow(0, k)
	}
}

// branch returns the place that the maximal sets of branch i have in common.
func (j *job) branch(i int) uint32 { return j.places[j.root.items[i]] }

// live returns how many items of the root are frequent: not all are where the least
// count is above that of the layout.
func (j *job) live() int {
	floor, n := j.least.Load(), 0
	for _, count := range j.root.counts {
		if count >= floor {
			n++
		}
	}
	return n
}
