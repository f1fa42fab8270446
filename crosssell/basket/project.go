package basket

import (
	"context"
	"math/bits"
	"slices"
)

// A projector lays the baskets of one item out as bits, for a miner. Its slices
// are as long as there are items or rows and serve one projection after another:
// what a projection sets, it clears again.
type projector[I any] struct {
	*vertical[I]
	at     []int    // row → its first cell not yet used as the start of a prefix
	counts []int64  // rank → baskets with it in the present projection
	seen   []uint32 // ranks with such a count
	slot   []int    // rank → its node in the present projection, plus 1
	live   []uint32 // rows that have any cell left
}

// mine finds all frequent sets in the baskets laid out in v. Each set is found
// once: in the projection of its item of lowest rank, and there by extending in
// order of rank.
func mine[I any](ctx context.Context, v *vertical[I], p SetParams) (*found, error) {
	m := &miner{ctx: ctx, minCount: p.MinCount, maxLen: *p.MaxLen, maxSets: p.MaxSets}
	if err := m.expect(len(v.totals), 1); err != nil {
		return nil, err
	}
	pr := newProjector(v)
	for r, total := range v.totals {
		if err := m.cancelled(); err != nil {
			return nil, err
		}
		m.prefix = append(m.prefix[:0], v.place[r])
		m.found.add(m.prefix, total)
		if m.maxLen == 1 {
			continue
		}
		pr.project(uint32(r), m)
		if err := m.expect(len(m.levels[1].nodes), 2); err != nil {
			return nil, err
		}
		if err := m.extend(1); err != nil {
			return nil, err
		}
	}
	return &m.found, nil
}

func newProjector[I any](v *vertical[I]) *projector[I] {
	p := &projector[I]{
		vertical: v,
		at:       make([]int, len(v.rows)),
		counts:   make([]int64, len(v.totals)),
		slot:     make([]int, len(v.totals)),
	}
	for i := 1; i < len(v.rows); i++ {
		p.at[i] = v.rows[i-1].end
	}
	return p
}

// rest returns the cells of row i of higher rank than the present item.
func (p *projector[I]) rest(i uint32) []uint32 { return p.cells[p.at[i]:p.rows[i].end] }

// project fills level 1 of m with the items that are frequent beside rank r, and
// the planes with the weights of their baskets. Ranks must come in ascending
// order, each once. It takes time in proportion to the cells of higher rank in the
// rows of r: over all ranks that is the sum of k² over rows of k items, which is
// what a giant basket costs.
func (p *projector[I]) project(r uint32, m *miner) {
	p.count(r)
	width := (len(p.live) + 63) / 64
	frequent := p.seen[:0]
	for _, s := range p.seen {
		if p.counts[s] >= m.minCount {
			frequent = append(frequent, s)
		} else {
			p.counts[s] = 0
		}
	}
	slices.Sort(frequent)
	l := m.level(1, width*len(frequent))
	clear(l.words)
	for i, s := range frequent {
		l.nodes = append(l.nodes, node{p.place[s], p.counts[s], l.words[i*width : (i+1)*width]})
		p.slot[s] = len(l.nodes)
	}
	for k, i := range p.live { // row i is bit k
		for _, s := range p.rest(i) {
			if j := p.slot[s]; j > 0 {
				l.nodes[j-1].bits[k/64] |= 1 << (k % 64)
			}
		}
	}
	for _, s := range frequent {
		p.counts[s], p.slot[s] = 0, 0
	}
	p.weigh(m)
}

// count finds the rows that hold rank r and something of higher rank, and counts
// in how many baskets the latter are.
func (p *projector[I]) count(r uint32) {
	p.seen, p.live = p.seen[:0], p.live[:0]
	for _, i := range p.holder[p.first[r]:p.first[r+1]] {
		p.at[i]++ // past r: ranks before it are used up
		rest, times := p.rest(i), p.rows[i].times
		if len(rest) > 0 {
			p.live = append(p.live, i)
		}
		for _, s := range rest {
			if p.counts[s] == 0 {
				p.seen = append(p.seen, s)
			}
			p.counts[s] += times
		}
	}
}

// weigh fills the planes of m with the weights of the projected baskets, less 1.
// Where no basket was counted more than once there is none, and counting is
// counting bits.
func (p *projector[I]) weigh(m *miner) {
	m.planes = m.planes[:0]
	for k, i := range p.live {
		over := uint64(p.rows[i].times - 1)
		if over == 0 {
			break // and so are all that follow
		}
		for len(m.planes) < bits.Len64(over) {
			m.planes = append(m.planes, plane{})
		}
		for ; over > 0; over &= over - 1 {
			digit := bits.TrailingZeros64(over)
			for len(m.planes[digit]) <= k/64 {
				m.planes[digit] = append(m.planes[digit], 0)
			}
			m.planes[digit][k/64] |= 1 << (k % 64)
		}
	}
}
