package basket

import (
	"cmp"
	"slices"
)

// A layout is what is searched: the frequent items of a counter, and its baskets
// without the others. It is only read once made.
type layout struct {
	places  []uint32 // rank → place
	root    *level   // what extends the empty set
	always  []uint32 // ranks of the items in every basket
	baskets int64
}

// lay lays out the items that at least minCount baskets hold. Ranks ascend with
// counts, ties with items: so a set is searched for among the baskets of its rarest
// item, which are few, and the many baskets of a common item are searched only for
// what is more common still.
func (c *Counter[I]) lay(minCount int64, every bool) (v layout, names []I) {
	counts := c.counts()
	var codes []uint32
	for code, n := range counts {
		if n >= minCount {
			codes = append(codes, uint32(code))
		}
	}
	slices.SortFunc(codes, func(a, b uint32) int { return cmp.Compare(c.items[a], c.items[b]) })
	v = layout{root: &level{}, baskets: c.baskets}
	for place, code := range codes {
		names = append(names, c.items[code])
		v.places = append(v.places, uint32(place))
	}
	slices.SortStableFunc(v.places, func(a, b uint32) int { return cmp.Compare(counts[codes[a]], counts[codes[b]]) })
	giants := c.Giants() > 0
	ranks := make([]uint32, len(counts)) // code → 1 + rank, 0 if it takes no part
	for rank, place := range v.places {
		code := codes[place]
		if counts[code] == c.baskets && !giants {
			v.always = append(v.always, uint32(rank))
			continue
		}
		v.root.items = append(v.root.items, uint32(rank))
		v.root.counts = append(v.root.counts, counts[code])
		ranks[code] = uint32(rank) + 1
	}
	c.fill(v.root, ranks, every)
	return v, names
}

// fill copies the baskets as rows of ranks. Equal rows are found while the items
// are still in the order of their codes; sorting comes after. For closed sets, of
// which all rows of an item are asked for, the shortest baskets come first, here and
// so on every level: what they have in common is soon nothing.
func (c *Counter[I]) fill(root *level, ranks []uint32, all bool) {
	root.reset(len(c.shelf.cells)+len(c.shelf.rows), len(c.shelf.rows))
	var s slots
	s.reset(len(c.shelf.rows))
	each := c.shelf.each
	if all {
		each = c.shelf.byLength
	}
	each(func(r row, codes []uint32) {
		if len(codes) > c.params.most() {
			return
		}
		start, hash := len(root.cells), uint64(0)
		for _, code := range codes {
			if rank := ranks[code]; rank != 0 {
				root.cells = append(root.cells, rank-1)
				hash = mix(hash, rank)
			}
		}
		if len(root.cells)-start < 2 { // says nothing beyond the count of the item
			root.cells = root.cells[:start]
			return
		}
		root.end(&s, start, hash, r.times)
	})
	root.sort(all)
	if all {
		for i, start := range root.starts {
			end := uint32(len(root.cells)) - 1
			if i+1 < len(root.starts) {
				end = root.starts[i+1] - 1
			}
			root.wide = append(root.wide, wide{ranks: root.cells[start:end]})
		}
	}
}

// counts returns, for each code, how many baskets hold it.
func (c *Counter[I]) counts() []int64 {
	counts := make([]int64, len(c.items))
	c.shelf.each(func(r row, codes []uint32) {
		for _, code := range codes {
			counts[code] += r.times
		}
	})
	return counts
}

// need returns how many bytes lay and what is kept of it take at most.
func (c *Counter[I]) need(minCount int64, k kind) int64 {
	const perCode, perItem, perCell, perRow, perWide = 8 + 4, 4 + 4 + 8 + 4, 4 + 8, 4 + 8 + 4 + 16, 32
	need := perCode * int64(len(c.items))
	for code, n := range c.counts() {
		if n >= minCount {
			need += perItem + perCell*int64(c.shelf.held[code])
		}
	}
	need += perRow * int64(len(c.shelf.rows))
	if k == closed {
		need += perWide * int64(len(c.shelf.rows))
	}
	return need
}
