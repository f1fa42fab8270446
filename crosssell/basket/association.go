package basket

import (
	"context"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// An Association is an itemset whose items occur together more often than any division
// of it in two independent parts explains. It is plain data, and immutable by
// convention: those of one result share memory.
type Association[I relmark.ID] struct {
	Set[I]
	// Leverage is the least leverage over all divisions in two parts, by how much the
	// share of baskets with the set exceeds the product of those with each part.
	Leverage float64 `json:"leverage"`
	// LogP is the natural logarithm of the greatest p-value of Fisher's exact test over
	// all divisions in two parts.
	LogP float64 `json:"log_p"`
	// SelfSufficient says that the set is not explained by larger ones either.
	SelfSufficient bool `json:"self_sufficient"`
}

// AssociationParams says which associations are wanted. It is plain data: store it,
// encode it.
type AssociationParams struct {
	// Alpha is the probability of one false set or more among all productive ones, above
	// 0 and at most 1; required. It is divided among the lengths of sets, 2^(1−k) to that
	// of k items, and there among all sets of the items counted: no other correction is
	// needed.
	Alpha float64 `json:"alpha"`
	// MinCount is the least number of baskets that must hold a set, 1 or more; required.
	// The test alone asks for some, so that 1 is a fair choice for data of some hundred
	// items; of larger ones it makes the search shorter.
	MinCount int64 `json:"min_count"`
	// MaxLen is the most items a set may have, 2 or more; nil is no bound.
	MaxLen *int `json:"max_len,omitempty"`
	// MaxSets is the most sets that the search may keep, 1 or more; 0 is [DefaultMaxSets].
	MaxSets int `json:"max_sets,omitempty"`
	// Explained says that productive sets which are not self-sufficient are wanted too.
	Explained bool `json:"explained,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p AssociationParams) Validate() error {
	var l fault.List
	l.Join("", checkAlpha(p.Alpha))
	l.Check(p.MinCount >= 1, "MinCount", p.MinCount, "must be 1 or more")
	if p.MaxLen != nil {
		l.Check(*p.MaxLen >= 2, "MaxLen", *p.MaxLen, "must be 2 or more, or nil for no bound")
	}
	l.Check(p.MaxSets >= 0, "MaxSets", p.MaxSets, "must be 1 or more, or 0 for a million")
	return l.Err(room)
}

// Associations returns the self-sufficient itemsets of Webb and Vreeken, in ascending
// order of items: those that are
//
//   - productive: each of the 2ᵏ⁻¹ − 1 divisions of k items in two parts is significant,
//     by Fisher's exact test at the critical value for k items;
//   - not redundant: no item follows with certainty from a part of the others that is not
//     all of them;
//   - independently productive: they still are productive in the baskets that hold
//     the further items of no self-sufficient set around them.
//
// So a few hundred sets are left of tens of thousands that are frequent, and each of them
// says something that no other says.
//
// Giant baskets take no part ([CounterParams]). It fails as
// [AssociationParams.Validate] does, with [relmark.ErrLimit] where the search
// keeps more than p.MaxSets sets, and with the error of ctx; a result is complete or not
// there. The search visits the sets which could be significant if they occurred as often
// as their rarest part: about those that are frequent at a count of some ten or twenty.
func (c *Counter[I]) Associations(ctx context.Context, p AssociationParams) ([]Association[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if p.MaxSets == 0 {
		p.MaxSets = DefaultMaxSets
	}
	s := newSearch(ctx, c.contents(), p)
	if err := s.run(); err != nil {
		return nil, err
	}
	s.explain()
	return associations(s, c.Items(), p.Explained), nil
}

// associations returns what was found, in order. All share one block of items.
func associations[I relmark.ID](s *productiveSearch, items []I, explained bool) []Association[I] {
	out := make([]Association[I], 0, len(s.found))
	var block []I
	for _, f := range s.found {
		if !f.sufficient && !explained {
			continue
		}
		start := len(block)
		for _, rank := range f.ranks {
			block = append(block, items[s.item[rank]])
		}
		part := block[start:len(block):len(block)]
		slices.Sort(part)
		out = append(out, Association[I]{Set[I]{part, f.count}, f.leverage, f.logP, f.sufficient})
	}
	slices.SortFunc(out, func(a, b Association[I]) int { return slices.Compare(a.Items, b.Items) })
	return out
}

// contents are what a counter holds, with positions in the ascending list of its items.
type contents struct {
	baskets int64
	items   int
	cells   []uint32 // positions, row after row, ascending within a row
	ends    []int    // where the cells of a row end
	times   []int64  // how often a row was seen
}

// contents copies the rows of c but for the giants.
func (c *Counter[I]) contents() *contents {
	items := c.Items()
	l := &contents{baskets: c.Baskets(), items: len(items)}
	place := make([]uint32, len(c.items)) // code → position
	for code, item := range c.items {
		at, _ := slices.BinarySearch(items, item)
		place[code] = uint32(at)
	}
	c.shelf.each(func(r row, codes []uint32) {
		if len(codes) > c.params.most() {
			l.baskets -= r.times
			return
		}
		start := len(l.cells)
		for _, code := range codes {
			l.cells = append(l.cells, place[code])
		}
		slices.Sort(l.cells[start:])
		l.ends, l.times = append(l.ends, len(l.cells)), append(l.times, r.times)
	})
	return l
}

// row returns the positions of row i.
func (l *contents) row(i int32) []uint32 {
	if i == 0 {
		return l.cells[:l.ends[0]]
	}
	return l.cells[l.ends[i-1]:l.ends[i]]
}
