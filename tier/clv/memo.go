package clv

import (
	"math"
	"math/bits"
	"slices"

	"github.com/relmark/relmark/tier/rfm"
)

// A memo remembers a figure of customers by pattern, so that equal ones share the work.
// It is a hash table of its own, since a lookup in a Go map costs more than the cheaper
// figures do. What it remembers changes no figure, only the time that it takes.
type memo struct {
	of    func(c rfm.Pattern) float64
	slots []slot // a power of two of them, at least half of them empty
	used  int
	idle  int // lookups in a full table since one was of use
}

// A slot is empty unless taken.
type slot struct {
	rfm.Pattern
	figure float64
	taken  bool
}

// mostPatterns is how many a memo remembers: a table of 2.6 MB. All others are computed
// each time.
const mostPatterns = 1 << 15

// patience is how many lookups of a full table may be in vain before it stops looking.
const patience = 1024

// newMemo returns a memo that begins with room for so many patterns, within reason.
func newMemo(expected int, of func(c rfm.Pattern) float64) *memo {
	const fewest, enough = 2, 128
	room := min(max(expected, fewest), enough)
	return &memo{of: of, slots: make([]slot, 1<<bits.Len(uint(2*room-1)))}
}

// get returns the figure of c, remembered as that of key.
func (m *memo) get(key, c rfm.Pattern) float64 {
	if m.idle >= patience {
		return m.of(c)
	}
	s := m.slot(key)
	if s.taken && s.Pattern == key {
		m.idle = 0
		return s.figure
	}
	if m.used >= mostPatterns {
		m.idle++
	}
	v := m.of(c)
	m.put(s, key, v)
	return v
}

// appendAll appends the figure of each customer to dst. It stops looking where a full
// table knows few of them.
func (m *memo) appendAll(dst []float64, customers []rfm.Pattern) []float64 {
	dst = slices.Grow(dst, len(customers))
	for len(customers) > 0 {
		now := customers[:min(patience, len(customers))]
		customers = customers[len(now):]
		known := 0
		for _, c := range now {
			s := &m.slots[m.first(c)]
			if s.Pattern == c && s.taken { // as most are
				dst = append(dst, s.figure)
				known++
				continue
			}
			dst = append(dst, m.get(c, c))
		}
		if m.used >= mostPatterns && 4*known < len(now) {
			return appendEach(dst, m.of, customers)
		}
	}
	return dst
}

func appendEach(dst []float64, of func(c rfm.Pattern) float64, customers []rfm.Pattern) []float64 {
	for _, c := range customers {
		dst = append(dst, of(c))
	}
	return dst
}

// slot returns where c is or should be: the first of a few places that is c's or empty,
// or the last of them.
func (m *memo) slot(c rfm.Pattern) *slot {
	const places = 8
	at, s := m.first(c), (*slot)(nil)
	for range places {
		if s = &m.slots[at]; !s.taken || s.Pattern == c {
			return s
		}
		at = (at + 1) & (len(m.slots) - 1)
	}
	return s
}

// first returns the first place to look for c. Both factors of the product that is
// folded depend on the pattern, the second on X and T alone.
func (m *memo) first(c rfm.Pattern) int {
	const odd, other = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93
	high, low := bits.Mul64(math.Float64bits(c.TX)^odd, math.Float64bits(c.T)^uint64(c.X)*other)
	return int((high^low)>>32) & (len(m.slots) - 1)
}

// put remembers the figure of c in its slot, if there is room. A NaN is not worth it: its
// pattern may be no key, or wrong in what another figure does not look at.
func (m *memo) put(s *slot, c rfm.Pattern, v float64) {
	if s.taken || math.IsNaN(v) || m.used >= mostPatterns {
		return
	}
	*s = slot{c, v, true}
	if m.used++; 2*m.used > len(m.slots) {
		m.grow()
	}
}

func (m *memo) grow() {
	old := m.slots
	m.slots, m.used = make([]slot, 4*len(old)), 0
	for _, s := range old {
		if s.taken {
			m.put(m.slot(s.Pattern), s.Pattern, s.figure)
		}
	}
}
