package basket

import (
	"cmp"
	"slices"
)

// A vertical is a counter laid out for mining. Items are ranked by the number of
// rows that hold them, ascending, ties by item: the projection of an item, which
// keeps the items of higher rank, has many rows only where few items are left.
// Infrequent items are gone.
type vertical[I any] struct {
	names  []I      // the frequent items in ascending order
	place  []uint32 // rank → position in names
	totals []int64  // rank → baskets that hold the item
	cells  []uint32 // ranks of all rows, row after row, ascending within a row
	rows   []row    // heaviest first, so that few words hold the rows seen more than once
	holder []uint32 // numbers of the rows that hold an item, item after item, ascending
	first  []int    // rank → its first holder; one more at the end
}

// vertical lays out the items that at least minCount baskets hold. Three numbers
// stand for an item here: its code, by first appearance, in the counter; its place
// in the ascending order of frequent items, in which results are sorted; its rank,
// in which the search goes.
func (c *Counter[I]) vertical(minCount int64) *vertical[I] {
	counts, held := c.counts()
	codes := make([]uint32, 0, len(counts)) // frequent ones
	for code, n := range counts {
		if n >= minCount {
			codes = append(codes, uint32(code))
		}
	}
	v := &vertical[I]{}
	slices.SortFunc(codes, func(a, b uint32) int { return cmp.Compare(c.items[a], c.items[b]) })
	for i, code := range codes {
		v.names = append(v.names, c.items[code])
		v.place = append(v.place, uint32(i))
	}
	slices.SortStableFunc(v.place, func(a, b uint32) int { return cmp.Compare(held[codes[a]], held[codes[b]]) })
	rank := make([]uint32, len(counts)) // code → rank + 1, 0 if infrequent
	for r, i := range v.place {
		rank[codes[i]] = uint32(r) + 1
		v.totals = append(v.totals, counts[codes[i]])
	}
	c.project(v, rank)
	v.index()
	return v
}

// counts returns, for each code, how many baskets and how many rows hold it.
func (c *Counter[I]) counts() (baskets []int64, rows []int) {
	baskets, rows = make([]int64, len(c.items)), make([]int, len(c.items))
	c.each(func(codes []uint32, times int64) {
		for _, code := range codes {
			baskets[code] += times
			rows[code]++
		}
	})
	return baskets, rows
}

// project copies the rows as ranks, heaviest first and otherwise in order. Rows
// with fewer than two frequent items say nothing beyond the counts of items.
func (c *Counter[I]) project(v *vertical[I], rank []uint32) {
	byWeight := make([]int, len(c.rows))
	for i := range byWeight {
		byWeight[i] = i
	}
	slices.SortStableFunc(byWeight, func(a, b int) int { return cmp.Compare(c.rows[b].times, c.rows[a].times) })
	for _, i := range byWeight {
		start := len(v.cells)
		for _, code := range c.codesOf(i) {
			if r := rank[code]; r > 0 {
				v.cells = append(v.cells, r-1)
			}
		}
		if len(v.cells)-start < 2 {
			v.cells = v.cells[:start]
			continue
		}
		slices.Sort(v.cells[start:])
		v.rows = append(v.rows, row{len(v.cells), c.rows[i].times})
	}
}

// codesOf returns the codes of row i.
func (c *Counter[I]) codesOf(i int) []uint32 { return cellsOf(c.cells, c.rows, i) }

func cellsOf(cells []uint32, rows []row, i int) []uint32 {
	if i == 0 {
		return cells[:rows[0].end]
	}
	return cells[rows[i-1].end:rows[i].end]
}

// index lists the rows that hold each item, by counting sort: how many there are
// of each, where each begins, then row after row to where it belongs.
func (v *vertical[I]) index() {
	v.first = make([]int, len(v.totals)+1)
	for _, r := range v.cells {
		v.first[r+1]++
	}
	for r := range v.totals {
		v.first[r+1] += v.first[r]
	}
	v.holder = make([]uint32, len(v.cells))
	next := slices.Clone(v.first)
	for i := range v.rows {
		for _, r := range cellsOf(v.cells, v.rows, i) {
			v.holder[next[r]] = uint32(i)
			next[r]++
		}
	}
}
