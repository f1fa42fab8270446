package sequence

import "slices"

// Buckets hold the places of several items, item after item. The caller opens a bucket for
// each that is frequent, with room for so many places, puts the places into them and seals.
type buckets struct {
	items  []uint32 // with a bucket, ascending
	starts []uint32 // of the buckets, in places
	ends   []uint32
	size   uint32
	places []place
}

// A slot says where the next place of an item goes, plus 1: 0 is no bucket.
type slot struct{ longer, wider uint32 }

// reset begins with no buckets.
func (b *buckets) reset() {
	b.items, b.starts, b.ends, b.size = b.items[:0], b.starts[:0], b.ends[:0], 0
}

// open makes a bucket for n places of an item and returns its slot.
func (b *buckets) open(item uint32, n int) uint32 {
	b.items, b.starts = append(b.items, item), append(b.starts, b.size)
	b.size += uint32(n)
	return b.starts[len(b.starts)-1] + 1
}

// grow makes room for all buckets that were opened.
func (b *buckets) grow() { b.places = slices.Grow(b.places[:0], int(b.size))[:b.size] }

// put puts a place into a bucket.
func (b *buckets) put(at *uint32, p place) {
	b.places[*at-1] = p
	*at++
}

// seal ends the next bucket where it is filled to.
func (b *buckets) seal(at *uint32) {
	b.ends = append(b.ends, *at-1)
	*at = 0
}

// of returns the places of the bucket at a position.
func (b *buckets) of(i int) []place { return b.places[b.starts[i]:b.ends[i]] }
