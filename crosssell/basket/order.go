package basket

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// A head stands for a thing while things are put in order.
type head struct {
	key uint64
	at  uint64 // where the thing is
}

// chunkBits are the bits of a head that say where in a chunk a set is.
const chunkBits = 32

// sort returns heads of the sets in ascending order, in the memory of others. Keys have so
// many bits for a place.
func (b *bucket) sort(heads, other []head, width int) (sorted, spare []head) {
	heads = slices.Grow(heads[:0], b.sets)
	for i, chunk := range b.chunks {
		for from := 0; from < len(chunk); {
			key, size := keyOf(chunk[from:], width)
			heads = append(heads, head{key, uint64(i)<<chunkBits | uint64(from)})
			from += size
		}
	}
	heads, other = byKey(heads, other)
	for rest := heads; len(rest) > 0; {
		same := 1
		for same < len(rest) && rest[same].key == rest[0].key {
			same++
		}
		if same > 1 {
			slices.SortFunc(rest[:same], func(x, y head) int { return compareSteps(b.steps(x), b.steps(y)) })
		}
		rest = rest[same:]
	}
	return heads, other
}

// set returns the set of a head, and what is behind it in its chunk.
func (b *bucket) set(h head) []byte { return b.chunks[h.at>>chunkBits][uint32(h.at):] }

// steps returns its steps.
func (b *bucket) steps(h head) []byte {
	set := b.set(h)
	_, size := binary.Uvarint(set)
	return set[size:]
}

// keyOf returns the key of the set at the start of b, and its size. A key has as many of
// the places of a set as 64 bits hold, relative to the first, each of so many bits; 0 is
// past the end.
func keyOf(b []byte, width int) (key uint64, size int) {
	_, size = binary.Uvarint(b)
	rest, place := b[size:], uint32(0)
	for left := 64 - width; left >= 0; left -= width {
		by, behind := step(rest)
		rest = behind
		if by == 0 {
			return key, len(b) - len(rest)
		}
		place += by
		key |= uint64(place) << left
	}
	return key, len(b) - len(rest) + bytes.IndexByte(rest, 0) + 1
}

// compareSteps compares sets that begin alike.
func compareSteps(a, b []byte) int {
	for {
		var x, y uint32
		x, a = step(a)
		y, b = step(b)
		if x != y || x == 0 {
			return cmp.Compare(x, y)
		}
	}
}

// byKey sorts with the help of other memory, and returns both. It sorts by radix, from
// the lowest digit up: each pass keeps what those before it have done. Digits that all
// keys share need none.
func byKey(heads, other []head) (sorted, spare []head) {
	const digit = 11 // bits; the counts fit the first cache
	const few = 1 << 9
	if len(heads) < few {
		slices.SortStableFunc(heads, func(a, b head) int { return cmp.Compare(a.key, b.key) })
		return heads, other
	}
	different := uint64(0)
	for _, h := range heads {
		different |= h.key ^ heads[0].key
	}
	other = slices.Grow(other[:0], len(heads))[:len(heads)]
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
	return heads, other
}
