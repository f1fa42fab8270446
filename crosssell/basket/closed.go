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

	dense  *dense   // for data of few items
	near   []bool   // rank → whether it is frequent beside the first item of the prefix
	marked []uint32 // the ranks for which it is, if anything is known of pairs
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
	if !c.common(l, holders, 0, l.items[k]) {
		return false
	}
	for _, h := range holders {
		rows += l.weights[h.row]
	}
	return rows == l.counts[k] // unless some hold nothing else, and have no row
}

// barred reports whether a set of the table lacks an item of lower rank that all of
// its baskets hold.
func (c *closer) barred(n *narrow, set int) bool {
	if c.dense != nil {
		return c.dense.barred[set]
	}
	return c.common(n.level, n.holders, uint32(set), n.last)
}

// common reports whether the rows whose live items include a set of the table, all
// rows if it is empty, have an item in common that is below a rank and outside the
// prefix. Rows come from short baskets first, so that not much is left soon.
func (c *closer) common(l *level, holders []occurrence, set, below uint32) bool {
	begun := false
	for i, h := range holders {
		if set != 0 && c.sets[i]&set != set {
			continue
		}
		ranks := l.wide[h.row].ranks
		if begun {
			c.rest = intersect(c.rest, ranks)
		} else {
			c.begin(ranks, below)
			begun = true
		}
		if len(c.rest) == 0 {
			return false
		}
	}
	return begun
}

// begin takes over from a first row what may be common to all.
func (c *closer) begin(ranks []uint32, below uint32) {
	c.rest = c.rest[:0]
	for _, rank := range ranks {
		if rank >= below {
			break
		}
		if c.near[rank] && !c.in[rank] {
			c.rest = append(c.rest, rank)
		}
	}
}

// intersect leaves in a what is in b too. Both ascend. A short a is looked for in a
// long b by halving, a long one step by step.
func intersect(a, b []uint32) []uint32 {
	const far = 16
	kept := 0
	for _, x := range a {
		if len(b) > far*len(a) {
			i, _ := slices.BinarySearch(b, x)
			b = b[i:]
		} else {
			for len(b) > 0 && b[0] < x {
				b = b[1:]
			}
		}
		if len(b) == 0 {
			break
		}
		if b[0] == x {
			a[kept] = x
			kept++
		}
	}
	return a[:kept]
}

// share notes that a row of l, fresh or not, stands for the baskets of w too. The
// list of a row that stands for several is its own, and has only what can matter.
func (c *closer) share(l *level, row int, fresh bool, w wide) {
	if fresh {
		l.wide = append(l.wide, wide{ranks: w.ranks})
		return
	}
	mine := &l.wide[row]
	if !mine.own {
		start := len(l.lists)
		for _, rank := range mine.ranks {
			if c.near[rank] && !c.in[rank] {
				l.lists = append(l.lists, rank)
			}
		}
		*mine = wide{l.lists[start:len(l.lists):len(l.lists)], true}
	}
	mine.ranks = intersect(mine.ranks, w.ranks)
}
