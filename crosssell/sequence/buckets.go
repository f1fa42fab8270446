package sequence

import "slices"

// Buckets hold the places of several items, item after item. The caller counts the places
// of each item, opens a bucket for each that is frequent, puts the places into them and
// seals. The counts, by item, are the caller's and 0 again at the end: so one list serves
// all buckets that are not filled at the same time.
type buckets struct {
	items  []uint32 // with a bucket, ascending
	starts []int    // of the buckets, in places
	ends   []int
	places []place
}

// open makes a bucket for each of the items counted, ascending, that has least places or
// more. Until the buckets are sealed, counts say where the next place of an item goes, plus
// 1: 0 is no bucket.
func (b *buckets) open(counts []int, items []uint32, least int) {
	b.items, b.starts, b.ends = b.items[:0], b.starts[:0], b.ends[:0]
	for _, item := range items {
		if counts[item] >= least {
			b.items = append(b.items, item)
		} else {
			counts[item] = 0
		}
	}
	next := 0
	for _, item := range b.items {
		n := counts[item]
		counts[item] = next + 1
		b.starts = append(b.starts, next)
		next += n
	}
	b.places = slices.Grow(b.places[:0], next)[:next]
}

// put puts a place into the bucket of an item.
func (b *buckets) put(counts []int, item uint32, p place) {
	at := counts[item]
	b.places[at-1] = p
	counts[item] = at + 1
}

// seal ends each bucket where it is filled to.
func (b *buckets) seal(counts []int) {
	for _, item := range b.items {
		b.ends = append(b.ends, counts[item]-1)
		counts[item] = 0
	}
}
