package basket

import (
	"math/bits"
	"slices"
)

// A head stands for a set while sets are put in order.
type head struct {
	key uint64 // the first places, each plus 1 and of equal width; 0 past the last
	set uint32
}

// order returns the sets in ascending order of places, of which there are n in all.
// A key has as many of the places as 64 bits hold; sets that begin alike for longer
// than that are compared in full.
func (f *found) order(n int) []head {
	width := bits.Len(uint(n))
	held := 64 / max(width, 1)
	heads := make([]head, len(f.ends))
	for i := range heads {
		heads[i].set = uint32(i)
		left := held
		for _, place := range f.set(i)[:min(left, len(f.set(i)))] {
			left--
			heads[i].key |= uint64(place+1) << (left * width)
		}
	}
	heads = byKey(heads)
	for rest := heads; len(rest) > 0; {
		same := 1
		for same < len(rest) && rest[same].key == rest[0].key {
			same++
		}
		if same > 1 {
			slices.SortFunc(rest[:same], func(a, b head) int { return slices.Compare(f.set(int(a.set)), f.set(int(b.set))) })
		}
		rest = rest[same:]
	}
	return heads
}

// byKey sorts by radix, from the lowest digit up: each pass keeps what those before
// it have done. Digits that all keys share need none.
func byKey(heads []head) []head {
	const digit = 11 // bits; the counts fit the first cache
	different := uint64(0)
	for _, h := range heads {
		different |= h.key ^ heads[0].key
	}
	other := make([]head, len(heads))
	for shift := 0; shift < 64; shift += digit {
		if different>>shift&(1<<digit-1) == 0 {
			continue
		}
		var next [1 << digit]int
		for _, h := range heads {
			next[h.key>>shift&(1<<digit-1)]++
		}
		start := 0
		for i, n := range next {
			next[i], start = start, start+n
		}
		for _, h := range heads {
			at := &next[h.key>>shift&(1<<digit-1)]
			other[*at] = h
			*at++
		}
		heads, other = other, heads
	}
	return heads
}
