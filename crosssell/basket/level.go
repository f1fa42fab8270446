package basket

import "slices"

// Three numbers stand for an item. Its code, by first appearance, is the counter's.
// Its place is its position in the ascending order of the frequent items: sets are
// delivered as places. Its rank is the order in which the search takes it up: the
// rows of a level hold ranks.

// mark is the bit that tells the end of a row from a rank.
const mark = 1 << 31

// A level is a conditional database: the baskets that hold every item of a prefix,
// without those items and without what is infrequent beside them. Baskets that
// then look alike are one row.
//
// Level 0 has the empty prefix. The search goes one level down with one more item
// and uses the memory of that level again for the next.
type level struct {
	items  []uint32 // ranks of the items that can extend the prefix, ascending
	counts []int64  // baskets that hold each of them and the prefix

	cells   []uint32 // ranks, row after row, ascending; a mark ends a row
	starts  []uint32 // where each row starts
	weights []int64  // baskets that look like each row
	wide    []wide   // all that those baskets share; kept for closed sets only
	lists   []uint32 // memory of those lists that are of no level above

	first []uint32     // items[k] is in where[first[k]:first[k+1]]
	where []occurrence // item after item, rows ascending
}

// An occurrence is an item's cell in a row. The cells behind it, up to the mark, are
// what the row adds to a set that ends with the item.
type occurrence struct{ cell, row uint32 }

// holders returns the occurrences of items[k].
func (l *level) holders(k int) []occurrence { return l.where[l.first[k]:l.first[k+1]] }

// reset empties l of rows and makes room for so many cells, marks among them, and
// rows.
func (l *level) reset(cells, rows int) {
	l.cells = slices.Grow(l.cells[:0], cells)
	l.starts = slices.Grow(l.starts[:0], rows)
	l.weights = slices.Grow(l.weights[:0], rows)
	l.wide, l.lists = l.wide[:0], l.lists[:0]
}

// end makes a row of the cells from start on, which have the given hash. If there
// is such a row already, that one stands for so many baskets more, and the cells
// are taken back.
func (l *level) end(s *slots, start int, hash uint64, weight int64) (row int, fresh bool) {
	l.cells = append(l.cells, mark)
	at := s.start(hash)
	for ; s.cells[at] != 0; at = s.next(at) {
		row = int(s.cells[at] - 1)
		if l.equal(int(l.starts[row]), start) {
			l.cells = l.cells[:start]
			l.weights[row] += weight
			return row, false
		}
	}
	l.starts = append(l.starts, uint32(start))
	l.weights = append(l.weights, weight)
	s.cells[at] = uint32(len(l.starts))
	return len(l.starts) - 1, true
}

// equal reports whether the row at a equals that at b, which is the last.
func (l *level) equal(a, b int) bool {
	for _, rank := range l.cells[b:] {
		if l.cells[a] != rank {
			return false
		}
		a++
	}
	return true
}

// index lists the occurrences by counting sort. position is 1 + k for the rank of
// items[k]. An item that ends its row extends nothing: it is left out unless all
// rows of an item are asked for.
func (l *level) index(position []uint32, all bool) {
	// Counts go two cells too far right, so that the sums end one too far; filling
	// the part of an item moves its start to its end, and all is in place.
	n := len(l.items) + 2
	l.first = slices.Grow(l.first[:0], n)[:n]
	clear(l.first)
	for i, rank := range l.cells {
		if rank < mark && (all || l.cells[i+1] < mark) {
			l.first[position[rank]+1]++
		}
	}
	for k := 2; k < n; k++ {
		l.first[k] += l.first[k-1]
	}
	total := int(l.first[n-1])
	l.where = slices.Grow(l.where[:0], total)[:total]
	row := uint32(0)
	for i, rank := range l.cells {
		if rank >= mark {
			row++
		} else if all || l.cells[i+1] < mark {
			next := &l.first[position[rank]]
			l.where[*next] = occurrence{uint32(i), row}
			*next++
		}
	}
}

// sort puts the ranks of each row in order and lists the occurrences, for rows
// whose ranks come in any order. The rows of each item are listed first; then item
// after item takes the next cell of each of its rows.
func (l *level) sort(all bool) {
	most := uint32(0)
	if len(l.items) > 0 {
		most = l.items[len(l.items)-1]
	}
	position := make([]uint32, most+1)
	for k, rank := range l.items {
		position[rank] = uint32(k) + 1
	}
	l.index(position, true)
	next := slices.Clone(l.starts)
	kept, from := uint32(0), uint32(0)
	for k, rank := range l.items {
		to := l.first[k+1]
		for _, h := range l.where[from:to] {
			cell := next[h.row]
			next[h.row]++
			l.cells[cell] = rank
			if all || l.cells[cell+1] < mark {
				l.where[kept] = occurrence{cell, h.row}
				kept++
			}
		}
		from, l.first[k+1] = to, kept
	}
	l.where = l.where[:kept]
}
