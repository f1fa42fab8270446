package sequence

import "slices"

// A judge tells closed patterns by what all their customers have in common (BIDE). For
// one customer let L[i] be the first visit at which elements 1 to i can have been bought,
// and R[i] the last at which elements i to k can begin. An item fits in
//
//	as an element of its own before element i   at a visit between L[i−1] and R[i]
//	into element i                              at a visit with it between L[i−1] and R[i+1]
//
// and a pattern into which one and the same item fits in the same way for every customer
// is not closed. With R taken within the first embedding alone, everything that grows from
// the prefix has that item fitting in as well: then the search leaves it (BackScan).
type judge struct {
	db   *database
	ends func(out []int32, p *place) []int32 // appends where a place may end

	elements    [][]uint32
	codes       []uint32
	now         []int32    // where one place may end
	left, right []int32    // L[0…k] and R[0…k+1] of one customer; R[0] is not used
	slots       [][]uint32 // items that fitted in for all customers so far: 2i before element i, 2i+1 into it
}

// closed reports whether a prefix with these places is closed, and whether nothing that
// grows from it is. What fits in within the first embedding fits in at all: so nobody has to
// look for that in a closed prefix, as most are.
func (j *judge) closed(prefix []uint32, places []place) (closed, prune bool) {
	j.read(prefix)
	seed := j.shortest(places)
	if !j.common(places, seed, false) {
		return true, false
	}
	return false, j.common(places, seed, true)
}

// shortest returns the place of the customer with the fewest items, who has least to have
// in common with others.
func (j *judge) shortest(places []place) *place {
	best := &places[0]
	for i := range places {
		if len(j.db.own(places[i].customer)) < len(j.db.own(best.customer)) {
			best = &places[i]
		}
	}
	return best
}

// read splits a prefix into elements.
func (j *judge) read(prefix []uint32) {
	j.elements, j.codes = j.elements[:0], slices.Grow(j.codes[:0], len(prefix))
	for at := 0; at < len(prefix); {
		size := elementLen(prefix[at:])
		start := len(j.codes)
		for _, cell := range prefix[at : at+size] {
			j.codes = append(j.codes, code(cell))
		}
		j.elements = append(j.elements, j.codes[start:])
		at += size
	}
}

// common reports whether an item fits in the same way for every customer; within the first
// embedding if scan is true. What fits in for one place, the seed, is tried on all.
func (j *judge) common(places []place, seed *place, scan bool) bool {
	k := len(j.elements)
	n := 2*k + 1 // the last slot is behind the last element
	if scan {
		n--
	}
	for len(j.slots) < n {
		j.slots = append(j.slots, nil)
	}
	j.bound(seed, scan)
	for s := range n {
		j.slots[s] = j.fill(s, j.slots[s][:0])
	}
	for i := range places {
		p := &places[i]
		j.bound(p, scan)
		some := false
		for s := range n {
			if len(j.slots[s]) == 0 {
				continue
			}
			if scan && s == n-1 {
				j.slots[s] = j.always(p, j.slots[s])
			} else {
				j.slots[s] = j.fitting(s, p, j.slots[s])
			}
			some = some || len(j.slots[s]) > 0
		}
		if !some {
			return false
		}
	}
	return true
}

// bound finds L and R for a place.
func (j *judge) bound(p *place, scan bool) {
	k := len(j.elements)
	from, to := j.db.span(p.customer)
	j.left = append(j.left[:0], from-1)
	for i, e := range j.elements {
		j.left = append(j.left, j.next(p.customer, e, j.left[i]))
	}
	j.right = slices.Grow(j.right[:0], k+2)[:k+2]
	j.right[k+1] = to
	for i := k; i > 0; i-- {
		if scan && i == k {
			j.right[k] = j.left[k]
			continue
		}
		j.right[i] = j.last(p.customer, j.elements[i-1], j.right[i+1])
	}
}

// next returns the first visit after one that holds an element; there is one.
func (j *judge) next(c int32, element []uint32, after int32) int32 {
	visits := j.db.of(c, element[0])
	i := 0
	for visits[i] <= after || !includes(j.db.basket(visits[i]), element) {
		i++
	}
	return visits[i]
}

// last returns the last visit before one that holds an element; there is one.
func (j *judge) last(c int32, element []uint32, before int32) int32 {
	visits := j.db.of(c, element[0])
	i := len(visits) - 1
	for visits[i] >= before || !includes(j.db.basket(visits[i]), element) {
		i--
	}
	return visits[i]
}

// window returns the visits of a slot, from before to, and the element that they hold.
func (j *judge) window(s int) (from, to int32, element []uint32) {
	i := s / 2
	if s%2 == 0 {
		return j.left[i] + 1, j.right[i+1], nil
	}
	return j.left[i] + 1, j.right[i+2], j.elements[i]
}

// fill lists what fits into a slot for the seed.
func (j *judge) fill(s int, items []uint32) []uint32 {
	from, to, element := j.window(s)
	for v := from; v < to; v++ {
		if basket := j.db.basket(v); includes(basket, element) {
			items = append(items, basket...)
		}
	}
	slices.Sort(items)
	return slices.DeleteFunc(slices.Compact(items), func(item uint32) bool {
		_, own := slices.BinarySearch(element, item)
		return own
	})
}

// fitting keeps those items of a slot that fit in for a customer.
func (j *judge) fitting(s int, p *place, items []uint32) []uint32 {
	from, to, element := j.window(s)
	return slices.DeleteFunc(items, func(item uint32) bool {
		return !slices.ContainsFunc(j.db.of(p.customer, item), func(v int32) bool {
			return from <= v && v < to && includes(j.db.basket(v), element)
		})
	})
}

// always keeps those items, below the last one, that every visit holds at which the last
// element may be bought: whatever the element grows by, they fit in.
func (j *judge) always(p *place, items []uint32) []uint32 {
	element := j.elements[len(j.elements)-1]
	j.now = j.ends(j.now[:0], p)
	items = slices.DeleteFunc(items, func(item uint32) bool { return item > element[len(element)-1] })
	return j.db.everywhere(items, j.now)
}

// includes reports whether ascending codes hold all of the ascending want.
func includes(codes, want []uint32) bool {
	for _, c := range codes {
		if len(want) == 0 || c > want[0] {
			break
		}
		if c == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}
