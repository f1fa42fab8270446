package sequence

import "slices"

// A matcher tells whether a customer has a given pattern within limits. It goes from element
// to element and keeps all visits at which the pattern so far may end: within limits the
// earliest is not the best, as {a} at visit 1 and {b} at 5 may lie too far apart while {a} at
// 3 and {b} at 5 do not.
type matcher struct {
	db       *database
	gaps     gaps
	ends     func(out []int32, p *place) []int32 // appends where a place may end
	now, new reach                               // of the elements up to the last one, and up to this one
	visits   []int32                             // that hold the element at hand
	pattern  []uint32                            // of a trial
	element  []uint32                            // the element at hand, as codes
}

// has reports whether a customer has a pattern, which is not empty.
func (w *matcher) has(c int32, pattern []uint32) bool {
	for at := 0; at < len(pattern); {
		size := elementLen(pattern[at:])
		w.find(c, pattern[at:at+size])
		w.new.ends, w.new.starts = w.new.ends[:0], w.new.starts[:0]
		if at == 0 {
			w.new.ends, w.new.starts = append(w.new.ends, w.visits...), append(w.new.starts, w.visits...)
		} else {
			w.new = w.gaps.follow(w.new, w.now, w.visits, w.db.days)
		}
		if len(w.new.ends) == 0 {
			return false
		}
		w.now, w.new = w.new, w.now
		at += size
	}
	return true
}

// find lists the visits of a customer that hold an element: those of its first item are
// looked through for the others.
func (w *matcher) find(c int32, element []uint32) {
	w.element, w.visits = w.element[:0], w.visits[:0]
	for _, cell := range element {
		w.element = append(w.element, code(cell))
	}
	for _, v := range w.db.of(c, w.element[0]) {
		if includes(w.db.basket(v), w.element) {
			w.visits = append(w.visits, v)
		}
	}
}

// closed tells closed patterns within limits by definition: no item that all customers
// have bought makes a longer pattern that all of them have. A pattern one item longer is
// enough to look for: whoever has a longer one still has that part of it, too, as least gaps
// and the span hold for parts of a pattern. It prunes where an item is at every visit at which
// the last element may be bought: whatever grows from there, it fits in. More cannot be left
// out: within limits what fits into the first embedding need not fit into all that grow from it.
func (w *matcher) closed(prefix []uint32, places []place) (closed, prune bool) {
	if w.always(prefix, places) {
		return false, true
	}
	for _, e := range w.db.own(places[0].customer) {
		all := !slices.ContainsFunc(places, func(p place) bool { return len(w.db.of(p.customer, e.item)) == 0 })
		if all && w.fits(prefix, places, e.item) {
			return false, false
		}
	}
	return true, false
}

// always reports whether some item before the last one, and not in the last element, is at every
// visit at which that may be bought.
func (w *matcher) always(prefix []uint32, places []place) bool {
	last := len(prefix) - 1
	for last > 0 && prefix[last]&first == 0 {
		last--
	}
	items := w.element[:0]
	for i := range places {
		w.visits = w.ends(w.visits[:0], &places[i])
		if i == 0 {
			items = append(items, w.db.basket(w.visits[0])...)
			items = slices.DeleteFunc(items, func(item uint32) bool {
				return item >= code(prefix[len(prefix)-1]) || slices.ContainsFunc(prefix[last:], func(cell uint32) bool { return code(cell) == item })
			})
		}
		if items = w.db.everywhere(items, w.visits); len(items) == 0 {
			break
		}
	}
	w.element = items[:0]
	return len(items) > 0
}

// everywhere keeps those of the items that each of the visits holds.
func (db *database) everywhere(items []uint32, visits []int32) []uint32 {
	return slices.DeleteFunc(items, func(item uint32) bool {
		return slices.ContainsFunc(visits, func(v int32) bool {
			_, there := slices.BinarySearch(db.basket(v), item)
			return !there
		})
	})
}

// fits reports whether an item fits in anywhere, in the same way for all places: as an element
// of its own before or behind any other, or into any.
func (w *matcher) fits(prefix []uint32, places []place, item uint32) bool {
	for at := 0; at <= len(prefix); {
		w.pattern = append(append(append(w.pattern[:0], prefix[:at]...), item|first), prefix[at:]...)
		if w.all(places) {
			return true
		}
		if at == len(prefix) {
			break
		}
		size := elementLen(prefix[at:])
		if w.insert(prefix, at, at+size, item) && w.all(places) {
			return true
		}
		at += size
	}
	return false
}

// insert puts an item into the element from at to before end, unless it is there.
func (w *matcher) insert(prefix []uint32, at, end int, item uint32) bool {
	i := at
	for i < end && code(prefix[i]) < item {
		i++
	}
	if i < end && code(prefix[i]) == item {
		return false
	}
	w.pattern = append(append(append(w.pattern[:0], prefix[:i]...), mark(item, i == at)), prefix[i:]...)
	if i == at {
		w.pattern[at+1] = code(w.pattern[at+1])
	}
	return true
}

// all reports whether the customers of all places have the trial.
func (w *matcher) all(places []place) bool {
	return !slices.ContainsFunc(places, func(p place) bool { return !w.has(p.customer, w.pattern) })
}
