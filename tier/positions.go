package tier

import "slices"

// Positions are entries in an order: nearly all in one list and, once there are many,
// those that came late in another, so that one more entry moves some √n of them and not
// all behind it.
type positions struct {
	main, late []int32
}

// manyPositions is from how many on late ones have a list of their own.
const manyPositions = 256

// insert adds an entry, which is not there yet, and returns how many it moved.
func (p *positions) insert(i int32, compare func(a, b int32) int) (moved int) {
	n := len(p.main)
	switch {
	case n == 0 || compare(p.main[n-1], i) < 0:
		p.main = append(p.main, i)
		return 0
	case n < manyPositions:
		return place(&p.main, i, compare)
	}
	moved = place(&p.late, i, compare)
	if late := len(p.late); late*late > n {
		moved += p.absorb(compare)
	}
	return moved
}

// absorb moves the late entries to their places among the main ones, from the last on.
func (p *positions) absorb(compare func(a, b int32) int) (moved int) {
	end := len(p.main)
	p.main = append(p.main, p.late...)
	total := len(p.main)
	for j, i := range slices.Backward(p.late) {
		at, _ := slices.BinarySearchFunc(p.main[:end], i, compare)
		copy(p.main[at+j+1:], p.main[at:end])
		p.main[at+j] = i
		end = at
	}
	p.late = p.late[:0]
	return total - end
}

// place adds an entry to a list in order.
func place(list *[]int32, i int32, compare func(a, b int32) int) (moved int) {
	at, _ := slices.BinarySearchFunc(*list, i, compare)
	*list = slices.Insert(*list, at, i)
	return len(*list) - at
}

// merged appends all entries in order.
func (p *positions) merged(to []int32, compare func(a, b int32) int) []int32 {
	main, late := p.main, p.late
	for len(late) > 0 {
		at, _ := slices.BinarySearchFunc(main, late[0], compare)
		to = append(append(to, main[:at]...), late[0])
		main, late = main[at:], late[1:]
	}
	return append(to, main...)
}

// sorted returns all entries in order; the list is theirs, or in room.
func (p *positions) sorted(room *[]int32, compare func(a, b int32) int) []int32 {
	if len(p.late) == 0 {
		return p.main
	}
	*room = p.merged((*room)[:0], compare)
	return *room
}

func (p *positions) len() int { return len(p.main) + len(p.late) }

// last returns the last entry of some: no late one comes behind the main ones.
func (p *positions) last() int32 { return p.main[len(p.main)-1] }

func (p *positions) clone() positions {
	return positions{slices.Clone(p.main), slices.Clone(p.late)}
}
