package basket

import "slices"

// A closer tells which sets are closed without a store of those found before, by
// prefix-preserving extension: a closed set is met where its items are taken up in
// order of rank. So if an item of lower rank, outside the prefix, is in all baskets
// of the prefix, then whatever is met from here on lacks an item that it should
// have, and is met elsewhere in full.
//
// For that, a row keeps what all baskets it stands for have in common. What several
// rows share is soon found to be nothing new, after two or three of them, where
// baskets differ, and where they are alike there are few rows.
type closer struct {
	in   []bool   // rank → whether it is in the prefix
	rest []uint32 // items of lower rank that all rows so far have in common
	sets []uint32 // holder → the live items in its row, as a set of the table
}

// wide is an ascending list of ranks. own says that no other row uses its memory.
type wide struct {
	ranks []uint32
	own   bool
}

// covered reports whether an item of lower rank outside the prefix is in all
// baskets that hold items[k] of l beside the prefix.
func (c *closer) covered(l *level, k int) bool {
	holders, rows := l.holders(k), int64(0)
	for i, h := range holders {
		if !c.common(i == 0, l.wide[h.row].ranks, l.items[k]) {
			return false
		}
		rows += l.weights[h.row]
	}
	// Baskets of one frequent item are counted, but have no row.
	return rows == l.counts[k]
}

// among does the same for the rows whose live items include a set of the table.
// The prefix ends with rank.
func (c *closer) among(l *level, holders []occurrence, set, rank uint32) bool {
	first := true
	for i, h := range holders {
		if c.sets[i]&set != set {
			continue
		}
		if !c.common(first, l.wide[h.row].ranks, rank) {
			return false
		}
		first = false
	}
	return true
}

// common takes in one more row and reports whether any item is left that is in all
// of them, below a bound and outside the prefix.
func (c *closer) common(first bool, ranks []uint32, bound uint32) bool {
	if !first {
		c.rest = intersect(c.rest, ranks)
		return len(c.rest) > 0
	}
	c.rest = c.rest[:0]
	for _, rank := range ranks {
		if rank >= bound {
			break
		}
		if !c.in[rank] {
			c.rest = append(c.rest, rank)
		}
	}
	return len(c.rest) > 0
}

// intersect leaves in a what is in b too. Both ascend.
func intersect(a, b []uint32) []uint32 {
	kept, j := 0, 0
	for _, x := range a {
		for j < len(b) && b[j] < x {
			j++
		}
		if j == len(b) {
			break
		}
		if b[j] == x {
			a[kept] = x
			kept++
		}
	}
	return a[:kept]
}

// share notes that a row of l, fresh or not, stands for the baskets of w too.
func (c *closer) share(l *level, row int, fresh bool, w wide) {
	if fresh {
		l.wide = append(l.wide, wide{ranks: w.ranks})
		return
	}
	mine := &l.wide[row]
	if !mine.own {
		*mine = wide{slices.Clone(mine.ranks), true}
	}
	mine.ranks = intersect(mine.ranks, w.ranks)
}
