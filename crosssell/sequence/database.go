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
	entries []entry // of each customer, those bought last come first; behind them one that no place reaches
	byItem  []entry // of each customer, in order of items
	runs    []run   // where in visits those of byItem are
	lots    []int32 // customer → start of the entries in byItem, and past the last customer
	visits  []int32 // of all entries, ascending within an entry; those of an item lie together

	items int // how many there are
}

// An entry is an item of a customer and the last visit that holds it. The mask has a bit for
// each such visit, by its number among the customer's, modulo 64: so two entries, or an entry
// and a place, have no visit in common if their masks have none. Of a customer with 64 visits or
// fewer the mask says it all. Entries are small, as reading them is most of the work.
type entry struct {
	mask uint64
	item uint32
	last int32
}

// A run is a part of a list.
type run struct{ from, to int32 }

// wide is how many visits a mask tells apart.
const wide = 64

func (db *database) customers() int { return len(db.firsts) - 1 }

// own returns the entries of a customer, those bought last first.
func (db *database) own(c int32) []entry { return db.entries[db.lots[c]+c : db.lots[c+1]+c] }

// span returns the visits of a customer: from is the first, to follows the last.
func (db *database) span(c int32) (from, to int32) { return db.firsts[c], db.firsts[c+1] }

// basket returns the items of a visit.
func (db *database) basket(v int32) []uint32 { return db.cells[db.baskets[v]:db.baskets[v+1]] }

// run returns where in visits those are at which a customer bought an item; nowhere if there
// are none. The search is written out: it is most of what the check for closed patterns does.
func (db *database) run(c int32, item uint32) run {
	lot := db.lots[c]
	own := db.byItem[lot:db.lots[c+1]]
	i, n := 0, len(own)
	for i < n {
		if half := int(uint(i+n) >> 1); own[half].item < item {
			i = half + 1
		} else {
			n = half
		}
	}
	if i == len(own) || own[i].item != item {
		return run{}
	}
	return db.runs[int(lot)+i]
}

// of returns the visits at which a customer bought an item.
func (db *database) of(c int32, item uint32) []int32 {
	r := db.run(c, item)
	return db.visits[r.from:r.to]
}

// database returns the purchases of items that at least minCount customers have, and the
// names of these items. It counts and distributes, and sorts nothing but names.
func (h *Histories[C, I]) database(minCount int64) (*database, []I) {
	log := h.ordered()
	code, names, starts := h.frequent(log, minCount)
	db := &database{items: len(names)}
	owner := db.number(log, h.customers.len(), code, starts)
	db.fill(starts)
	db.index(starts, owner)
	db.rank()
	return db, names
}

// frequent numbers the items that at least minCount customers have, in ascending order; the
// others have -1. It says where the visits of each item start, and those of the last end, if
// they are listed item after item.
func (h *Histories[C, I]) frequent(log []purchase, minCount int64) (code []int32, names []I, starts []int32) {
	type tally struct{ customers, visits, last uint32 } // last: the customer met last, plus 1
	tallies := make([]tally, h.items.len())
	for i := range log {
		t := &tallies[log[i].item]
		t.visits++
		if c := log[i].customer + 1; t.last != c {
			t.last = c
			t.customers++
		}
	}
	code, starts = make([]int32, h.items.len()), []int32{0}
	for _, item := range h.items.order() {
		code[item] = -1
		if t := &tallies[item]; int64(t.customers) >= minCount {
			code[item] = int32(len(names))
			names = append(names, h.items.names[item])
			starts = append(starts, starts[len(starts)-1]+int32(t.visits))
		}
	}
	return code, names, starts
}

// number numbers the visits through and lists, item after item, those that hold it. It counts
// the entries of each customer and returns the customer of each visit.
func (db *database) number(log []purchase, customers int, code, starts []int32) (owner []int32) {
	db.firsts, db.lots = make([]int32, 1, customers+1), make([]int32, 1, customers+1)
	db.visits = make([]int32, starts[db.items])
	next := slices.Clone(starts)
	met := make([]int32, db.items) // by item: the customer met last, plus 1
	cells, entries := int32(0), int32(0)
	for c := range int32(customers) {
		first := len(db.days)
		for ; len(log) > 0 && log[0].customer == uint32(c); log = log[1:] {
			p := &log[0]
			if v := len(db.days); v == first || db.days[v-1] != p.day {
				db.days, db.baskets, owner = append(db.days, p.day), append(db.baskets, cells), append(owner, c)
			}
			item := code[p.item]
			if item < 0 {
				continue
			}
			db.visits[next[item]] = int32(len(db.days) - 1)
			next[item]++
			cells++
			if met[item] <= c {
				met[item] = c + 1
				entries++
			}
		}
		db.firsts, db.lots = append(db.firsts, int32(len(db.days))), append(db.lots, entries)
	}
	db.baskets = append(db.baskets, cells)
	return owner
}

// fill fills the baskets, which going by items in ascending order leaves in that order.
func (db *database) fill(starts []int32) {
	db.cells = make([]uint32, len(db.visits))
	next := slices.Clone(db.baskets)
	for item := range db.items {
		for _, v := range db.visits[starts[item]:starts[item+1]] {
			db.cells[next[v]] = uint32(item)
			next[v]++
		}
	}
}

// index makes the entries of each customer, which the same order leaves in order of items.
func (db *database) index(starts, owner []int32) {
	n := db.lots[db.customers()]
	db.byItem, db.runs = make([]entry, n), make([]run, n)
	next := slices.Clone(db.lots)
	for item := range db.items {
		for at, end := starts[item], starts[item+1]; at < end; {
			c := owner[db.visits[at]]
			e, r := entry{item: uint32(item)}, run{from: at}
			for ; at < end && owner[db.visits[at]] == c; at++ {
				e.last = db.visits[at]
				e.mask |= bit(e.last - db.firsts[c])
			}
			r.to = at
			db.byItem[next[c]], db.runs[next[c]] = e, r
			next[c]++
		}
	}
}

// rank lists the entries of each customer by their last visits, the latest first: then those
// that lie behind a place come first, and a loop over them can stop at the first that does
// not. An item is listed when the visits are walked backwards to its last one.
func (db *database) rank() {
	place := make([]int32, db.items) // item of the customer at hand → its entry
	db.entries = make([]entry, 0, len(db.byItem)+db.customers())
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
		db.entries = append(db.entries, entry{last: -1})
	}
}

// bit returns the bit of a visit in a mask.
func bit(v int32) uint64 { return 1 << (v & (wide - 1)) }

// exact reports whether masks of a customer say it all.
func (db *database) exact(c int32) bool { return db.firsts[c+1]-db.firsts[c] <= wide }
