package sequence

import "slices"

// A database holds the frequent items of all visits, in the form in which patterns are
// looked for. Items are numbered in ascending order; visits are numbered through, customer
// by customer, and those without frequent items keep their numbers, as gaps count visits.
type database struct {
	firsts  []int32  // customer → number of the first visit, and past the last customer
	days    []int32  // of each visit
	baskets []int32  // visit → start of its cells, and past the last visit
	cells   []uint32 // items of the visits, ascending within a visit

	// The entries of a customer are the distinct items, each with the visits that hold it.
	entries []entry // of each customer, those bought last come first
	byItem  []entry // of each customer, in order of items
	lots    []int32 // customer → start of the entries, and past the last customer
	visits  []int32 // of all entries, ascending within an entry; those of an item lie together

	items int // how many there are
}

// An entry is an item of a customer, where its visits are, and the last of them. The mask
// has a bit for each, by its number among the customer's, modulo 64: so two entries, or an
// entry and a place, have no visit in common if their masks have none. Of a customer with
// 64 visits or fewer the mask says it all.
type entry struct {
	mask     uint64
	item     uint32
	from, to int32
	last     int32
}

// wide is how many visits a mask tells apart.
const wide = 64

func (db *database) customers() int { return len(db.firsts) - 1 }

// own returns the entries of a customer, those bought last first.
func (db *database) own(c int32) []entry { return db.entries[db.lots[c]:db.lots[c+1]] }

// span returns the visits of a customer: from is the first, to follows the last.
func (db *database) span(c int32) (from, to int32) { return db.firsts[c], db.firsts[c+1] }

// basket returns the items of a visit.
func (db *database) basket(v int32) []uint32 { return db.cells[db.baskets[v]:db.baskets[v+1]] }

// find returns the entry of an item that a customer bought; nil if it was not. The search is
// written out: it is most of what the check for closed patterns does.
func (db *database) find(c int32, item uint32) *entry {
	own := db.byItem[db.lots[c]:db.lots[c+1]]
	i, n := 0, len(own)
	for i < n {
		if half := int(uint(i+n) >> 1); own[half].item < item {
			i = half + 1
		} else {
			n = half
		}
	}
	if i == len(own) || own[i].item != item {
		return nil
	}
	return &own[i]
}

// of returns the visits at which a customer bought an item.
func (db *database) of(c int32, item uint32) []int32 {
	e := db.find(c, item)
	if e == nil {
		return nil
	}
	return db.visits[e.from:e.to]
}

// database returns the purchases of items that at least minCount customers have, and the
// names of these items. It counts and distributes, and sorts nothing but names.
func (h *Histories[C, I]) database(minCount int64) (*database, []I) {
	of := byCustomer(h.ordered(), h.customers.len())
	code, names := h.frequent(of, minCount)
	db := &database{items: len(names)}
	ends := db.number(of, code)
	db.fill(ends)
	db.index(ends)
	db.rank()
	return db, names
}

// frequent numbers the items that at least minCount customers have, in ascending order;
// the others have -1.
func (h *Histories[C, I]) frequent(of [][]purchase, minCount int64) (code []int32, names []I) {
	counts := make([]int64, h.items.len())
	last := make([]int, h.items.len())
	for c, own := range of {
		for _, p := range own {
			if last[p.item] != c+1 {
				last[p.item] = c + 1
				counts[p.item]++
			}
		}
	}
	code = make([]int32, h.items.len())
	for _, item := range h.items.order() {
		code[item] = -1
		if counts[item] >= minCount {
			code[item] = int32(len(names))
			names = append(names, h.items.names[item])
		}
	}
	return code, names
}

// number numbers the visits through and lists, item after item, those that hold it; it returns
// where the visits of each item end.
func (db *database) number(of [][]purchase, code []int32) (ends []int) {
	next := make([]int, db.items+1) // where the next visit of an item goes; at last, where it ends
	for _, own := range of {
		for _, p := range own {
			next[code[p.item]+1]++
		}
	}
	next[0] = 0 // of items that are not frequent
	for i := range db.items {
		next[i+1] += next[i]
	}
	db.visits = make([]int32, next[db.items])
	db.firsts = make([]int32, 1, len(of)+1)
	cells := int32(0)
	for _, own := range of {
		for i, p := range own {
			if i == 0 || own[i-1].day != p.day {
				db.days, db.baskets = append(db.days, p.day), append(db.baskets, cells)
			}
			if item := code[p.item]; item >= 0 {
				db.visits[next[item]] = int32(len(db.days) - 1)
				next[item]++
				cells++
			}
		}
		db.firsts = append(db.firsts, int32(len(db.days)))
	}
	db.baskets = append(db.baskets, cells)
	return next[:db.items]
}

// fill fills the baskets, which going by items in ascending order leaves in that order.
func (db *database) fill(ends []int) {
	db.cells = make([]uint32, len(db.visits))
	next, start := slices.Clone(db.baskets), 0
	for item, end := range ends {
		for _, v := range db.visits[start:end] {
			db.cells[next[v]] = uint32(item)
			next[v]++
		}
		start = end
	}
}

// index makes the entries of each customer, which the same order leaves in order of items.
func (db *database) index(ends []int) {
	customer := make([]int32, len(db.days)) // of each visit
	for c := range db.customers() {
		for v := db.firsts[c]; v < db.firsts[c+1]; v++ {
			customer[v] = int32(c)
		}
	}
	db.lots = make([]int32, len(db.firsts))
	db.each(ends, customer, func(_ entry, c int32) { db.lots[c+1]++ })
	for c := range db.customers() {
		db.lots[c+1] += db.lots[c]
	}
	db.byItem = make([]entry, db.lots[db.customers()])
	next := slices.Clone(db.lots)
	db.each(ends, customer, func(e entry, c int32) {
		db.byItem[next[c]] = e
		next[c]++
	})
}

// each makes an entry of each item and customer, by item and then by customer.
func (db *database) each(ends []int, customer []int32, do func(entry, int32)) {
	start := 0
	for item, end := range ends {
		for start < end {
			c := customer[db.visits[start]]
			e := entry{item: uint32(item), from: int32(start)}
			for ; start < end && customer[db.visits[start]] == c; start++ {
				e.last = db.visits[start]
				e.mask |= bit(e.last - db.firsts[c])
			}
			e.to = int32(start)
			do(e, c)
		}
	}
}

// rank lists the entries of each customer by their last visits, the latest first: then those
// that lie behind a place come first, and a loop over them can stop at the first that does
// not. An item is listed when the visits are walked backwards to its last one.
func (db *database) rank() {
	place := make([]int32, db.items) // item of the customer at hand → its entry
	db.entries = make([]entry, 0, len(db.byItem))
	for c := range db.customers() {
		for i := db.lots[c]; i < db.lots[c+1]; i++ {
			place[db.byItem[i].item] = i
		}
		from, to := db.span(int32(c))
		for v := to - 1; v >= from; v-- {
			for _, item := range db.basket(v) {
				if e := &db.byItem[place[item]]; e.last == v {
					db.entries = append(db.entries, *e)
				}
			}
		}
	}
}

// bit returns the bit of a visit in a mask.
func bit(v int32) uint64 { return 1 << (v & (wide - 1)) }

// exact reports whether masks of a customer say it all.
func (db *database) exact(c int32) bool { return db.firsts[c+1]-db.firsts[c] <= wide }
