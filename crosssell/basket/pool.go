package basket

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A part is what a worker searches at a time: some branches, numbered in the order of the
// search, or of one large branch its stem or what begins with one of its twigs.
type part struct {
	from, to int // branches
	stem     *stem
	twig     int // number, from 1 on; 0 is the stem itself
}

const (
	mostParts = 512 // bounds what is spent on parts where there are many branches
	mostStems = 64  // branches, where there are so few that each can be large
	leastStem = 12  // branches before one that is taken apart, which are all that can extend it
)

// parts divides a search between workers, finely enough for all to have work to the end.
func (j *job) parts() []part {
	n := len(j.root.items)
	if n > mostStems || j.kind != all && j.kind != generators {
		parts := make([]part, min(n, mostParts))
		for i := range parts {
			parts[i] = part{from: i * n / len(parts), to: (i + 1) * n / len(parts)}
		}
		return parts
	}
	var parts []part
	for branch := range n {
		if branch < leastStem {
			parts = append(parts, part{from: branch, to: branch + 1})
			continue
		}
		s := &stem{}
		s.left.Store(int64(branch) + 1)
		for twig := range branch + 1 {
			parts = append(parts, part{branch, branch + 1, s, twig})
		}
	}
	return parts
}

// search searches a part.
func (m *miner) search(p part) {
	if p.stem == nil {
		m.branches(p.from, p.to)
		return
	}
	k := len(m.root.items) - p.to
	if m.step() && m.root.counts[k] >= m.minCount {
		m.enter(m.root.items[k])
		if p.twig == 0 {
			m.visitStem(p.stem, k)
		} else {
			m.visitTwig(p.stem, k, p.twig)
		}
		m.leave(m.root.items[k])
	}
	if p.stem.left.Add(-1) == 0 {
		p.stem.level = nil
	}
}

// A stem is what the parts of a large branch have in common. The first worker to need it
// makes it; the others read it.
type stem struct {
	once  sync.Once
	level *level // nil if it is no more work than a table
	free  []uint32
	left  atomic.Int64 // parts to be searched
}

// grown reports whether a stem, of items[k] of the root, has twigs.
func (s *stem) grown(m *miner, k int) bool {
	s.once.Do(func() {
		below, free := &level{}, len(m.free)
		walked := m.extend(m.root, k, below)
		s.free = slices.Clone(m.free[free:])
		m.free = m.free[:free]
		if !m.narrow.suits(len(below.items), walked) && m.project(m.root, m.root.holders(k), below, walked) {
			s.level = below
		}
	})
	return s.level != nil
}

// visitStem visits the prefix, and all below it if that is little.
func (m *miner) visitStem(s *stem, k int) {
	if m.full() || !s.grown(m, k) {
		m.node(0, k)
		return
	}
	free := len(m.free)
	m.free = append(m.free, s.free...)
	m.visit(m.root.counts[k], len(s.level.items))
	m.free = m.free[:free]
}

// visitTwig takes up one of the items that extend the prefix.
func (m *miner) visitTwig(s *stem, k, twig int) {
	if m.full() || !s.grown(m, k) || twig > len(s.level.items) {
		return
	}
	free, own := len(m.free), m.level(1)
	m.free, m.levels[1] = append(m.free, s.free...), s.level
	m.grow(1, len(s.level.items)-twig)
	m.free, m.levels[1] = m.free[:free], own
}

// scatter lets each worker search parts for a sink of its own, in no order.
func (j *job) scatter(sink func() sink) error {
	parts := j.parts()
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(j.workers, len(parts)) {
		done.Go(func() {
			m := newMiner(j.ctx, j, sink())
			for i := next.Add(1) - 1; i < int64(len(parts)) && m.err == nil; i = next.Add(1) - 1 {
				m.search(parts[i])
			}
		})
	}
	done.Wait()
	return j.ctx.Err()
}
