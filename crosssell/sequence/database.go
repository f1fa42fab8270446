package sequence

import (
	"math"
	"slices"
	"sort"
)

// A database holds the frequent items of all visits, in the form in which patterns are
// looked for. Items are numbered in ascending order; visits are numbered through, customer
// by customer, and those without frequent items keep their numbers, as gaps count visits.
type database struct {
	firsts []int32  // customer → number of the first visit, and past the last customer
	days   []int32  // of each visit
	cells  []uint32 // items of the visits, ascending within a visit
	ends   []int32  // visit → end of its cells

	// The entries of a customer are the distinct items, each with the visits that hold it.
	entries []entry // of each customer, those bought last come first
	byItem  []entry // of each customer, in order of items
	lots    []int32 // customer → start of the entries, and past the last customer
	visits  []int32 // of all entries, ascending within an entry

	items int      // how many there are
	hits  []uint64 // of one customer: item and visit
	place []int    // item of that customer → its entry in byItem
}

// An entry is an item of a customer, where its visits are, and the last of them. The mask
// has a bit for each, by its number among the customer's, modulo 64: so two entries, or an
// entry and a place, have no visit in common if their masks have none.
type entry struct {
	mask     uint64
	item     uint32
	from, to int32
	last     int32
}

func (db *database) customers() int { return len(db.firsts) - 1 }

// own returns the entries of a customer, those bought last first.
func (db *database) own(c int) []entry { return db.entries[db.lots[c]:db.lots[c+1]] }

// span returns the visits of a customer: from is the first, to follows the last.
func (db *database) span(c int) (from, to int32) { return db.firsts[c], db.firsts[c+1] }

// basket returns the items of a visit.
func (db *database) basket(v int32) []uint32 {
	if v == 0 {
		return db.cells[:db.ends[0]]
	}
	return db.cells[db.ends[v-1]:db.ends[v]]
}

// of returns the visits at which a customer bought an item.
func (db *database) of(c int, item uint32) []int32 {
	own := db.byItem[db.lots[c]:db.lots[c+1]]
	i := sort.Search(len(own), func(i int) bool { return own[i].item >= item })
	if i == len(own) || own[i].item != item {
		return nil
	}
	return db.visits[own[i].from:own[i].to]
}

// database returns the purchases of items that at least minCount customers have, and the
// names of these items.
func (h *Histories[C, I]) database(minCount int64) (*database, []I) {
	of := byCustomer(h.ordered(), h.customers.len())
	code, names := h.frequent(of, minCount)
	db := &database{firsts: make([]int32, 1, len(of)+1), lots: make([]int32, 1, len(of)+1), items: len(names), place: make([]int, len(names))}
	for _, own := range of {
		db.add(own, code)
	}
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

// add appends a customer.
func (db *database) add(own []purchase, code []int32) {
	for i, p := range own {
		if i == 0 || own[i-1].day != p.day {
			db.days = append(db.days, p.day)
			db.ends = append(db.ends, int32(len(db.cells)))
		}
		if code[p.item] >= 0 {
			db.cells = append(db.cells, uint32(code[p.item]))
			db.ends[len(db.ends)-1]++
		}
	}
	from, to := db.firsts[len(db.firsts)-1], int32(len(db.days))
	db.firsts = append(db.firsts, to)
	for v := from; v < to; v++ {
		slices.Sort(db.basket(v))
	}
	db.index(from, to)
}

// bit returns the bit of a visit in a mask.
func bit(v int32) uint64 { return 1 << (v & 63) }

// after returns the bits of the visits of a customer that come after one: all bits where a
// bit may stand for several visits.
func (db *database) after(c int, v int32) uint64 {
	const bits = 64
	if from, to := db.span(c); to-from <= bits {
		return ^(bit(v-from)<<1 - 1)
	}
	return math.MaxUint64
}

// index appends the entries of the customer whose visits are from to before to.
func (db *database) index(from, to int32) {
	const width = 32
	db.hits = db.hits[:0]
	for v := from; v < to; v++ {
		for _, item := range db.basket(v) {
			db.hits = append(db.hits, uint64(item)<<width|uint64(v))
		}
	}
	slices.Sort(db.hits)
	for i, hit := range db.hits {
		at, v := int32(len(db.visits)), int32(hit&(1<<width-1))
		if i == 0 || db.hits[i-1]>>width != hit>>width {
			db.place[hit>>width] = len(db.byItem)
			db.byItem = append(db.byItem, entry{item: uint32(hit >> width), from: at})
		}
		db.visits = append(db.visits, v)
		e := &db.byItem[len(db.byItem)-1]
		e.to, e.last = at+1, v
		e.mask |= bit(v - from)
	}
	for v := to - 1; v >= from; v-- {
		for _, item := range db.basket(v) {
			if e := db.byItem[db.place[item]]; e.last == v {
				db.entries = append(db.entries, e)
			}
		}
	}
	db.lots = append(db.lots, int32(len(db.byItem)))
}
