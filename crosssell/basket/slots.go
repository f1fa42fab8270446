package basket

import "slices"

// slots is an open hash table of the numbers of things that are kept elsewhere. The
// caller compares the things: it probes from start(hash) on, next after next, until
// it finds its own or an empty slot, which is 0; a slot holds a number plus 1.
type slots struct {
	cells []uint32
	mask  uint32
}

// reset empties the table and makes room for n things at half load.
func (s *slots) reset(n int) {
	size := 8
	for size < 2*n {
		size *= 2
	}
	s.cells = slices.Grow(s.cells[:0], size)[:size]
	clear(s.cells)
	s.mask = uint32(size - 1)
}

// start returns the slot where a hash is looked for first.
func (s *slots) start(hash uint64) uint32 { return uint32(hash>>32) & s.mask }

// next returns the slot to look at after one that holds something else.
func (s *slots) next(at uint32) uint32 { return (at + 1) & s.mask }

// mix takes one more number into a hash. The multiplier is 2⁶⁴ over the golden
// ratio; the shift brings the high half, where a product mixes best, to bear.
func mix(hash uint64, x uint32) uint64 {
	hash = (hash ^ uint64(x)) * 0x9e3779b97f4a7c15
	return hash ^ hash>>29
}
