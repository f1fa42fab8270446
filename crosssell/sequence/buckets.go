package sequence

import "slices"

// Buckets hold the places of several items, item after item. They are filled in two passes:
// count the places of each item, open a bucket for each that is frequent, put the places
// into them and seal. What is counted, by item, is the caller's and 0 again at the end: so
// one list serves all buckets that are not filled at the same time.
type buckets struct {
	items  []uint32 // with a bucket, ascending
	starts []int    // of the buckets, in places
	ends   []int
	places []place
}

func (b *buckets) reset() { b.items, b.starts, b.ends = b.items[:0], b.starts[:0], b.ends[:0] }

// count counts one place of an item.
func (b *buckets) count(counts []int, item uint32) {
	if counts[item] == 0 {
		b.items = append(b.items, item)
	}
	counts[item]++
}

// open makes a bucket for each item with least places or more. Until the buckets are
// sealed, counts say where the next place of an item goes, plus 1: 0 is no bucket.
func (b *buckets) open(counts []int, least int) {
	kept := b.items[:0]
	for _, item := range b.items {
		if counts[item] >= least {
			kept = append(kept, item)
		} else {
			counts[item] = 0
		}
	}
	b.items = kept
	slices.Sort(b.items)
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
