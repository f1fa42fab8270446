package sequence

import "math/bits"

// A place is a customer who has the prefix. It may end at the visits of which mask has the
// bits, and at start first; where that does not say it all (see [miner.exact]), at those that
// the arena holds in a run. It may grow by the entries from list on, up to the first that lies
// before its start: each list ends with one that lies before everything.
type place struct {
	mask     uint64
	run      run
	list     int32
	start    int32
	customer int32
}

// exact reports whether masks say all of where a customer's patterns may end.
func (m *miner) exact(c int32) bool { return m.gaps.none && m.db.exact(c) }

// later fills in where an entry goes on after a place, by masks alone: at every visit after
// the start.
func (db *database) later(grown, p *place, e *entry) {
	first := db.firsts[p.customer]
	grown.mask = e.mask &^ (2<<(p.start-first) - 1)
	grown.start = first + int32(bits.TrailingZeros64(grown.mask))
}

// with fills in at which of the visits of a place there is an entry, too, by masks alone.
func (db *database) with(grown, p *place, e *entry) {
	grown.mask = e.mask & p.mask
	grown.start = db.firsts[p.customer] + int32(bits.TrailingZeros64(grown.mask))
}

// extend does as later does within limits, or of a customer with many visits.
func (m *miner) extend(grown, p *place, e *entry) {
	own := m.db.run(p.customer, e.item)
	if m.gaps.none {
		for m.db.visits[own.from] <= p.start {
			own.from++
		}
		grown.mask, grown.run, grown.start = e.mask, own, m.db.visits[own.from]
		return
	}
	grown.run.from = int32(len(m.arena.ends))
	r := reach{m.arena.ends[p.run.from:p.run.to], m.arena.starts[p.run.from:p.run.to]}
	m.arena = m.gaps.follow(m.arena, r, m.db.visits[own.from:own.to], m.db.days)
	m.ended(grown, e.mask)
}

// widen does as with does within limits, or of a customer with many visits.
func (m *miner) widen(grown, p *place, e *entry) {
	grown.run.from = int32(len(m.arena.ends))
	own := m.db.of(p.customer, e.item)
	for at := p.run.from; at < p.run.to; at++ {
		v := m.arena.ends[at]
		for len(own) > 0 && own[0] < v {
			own = own[1:]
		}
		if len(own) == 0 {
			break
		}
		if own[0] > v {
			continue
		}
		m.arena.ends = append(m.arena.ends, v)
		if !m.gaps.none {
			m.arena.starts = append(m.arena.starts, m.arena.starts[at])
		}
	}
	m.ended(grown, e.mask&p.mask)
}

// ended fills in a place whose ends are on top of the arena, from its own on; without any it
// has no mask.
func (m *miner) ended(grown *place, mask uint64) {
	grown.run.to = int32(len(m.arena.ends))
	if grown.run.to > grown.run.from {
		grown.mask, grown.start = mask, m.arena.ends[grown.run.from]
	}
}

// ends appends the visits at which a place may end, ascending.
func (m *miner) ends(out []int32, p *place) []int32 {
	if !m.exact(p.customer) {
		return append(out, m.arena.ends[p.run.from:p.run.to]...)
	}
	first := m.db.firsts[p.customer]
	for mask := p.mask; mask != 0; mask &= mask - 1 {
		out = append(out, first+int32(bits.TrailingZeros64(mask)))
	}
	return out
}
