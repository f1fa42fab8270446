package basket

import (
	"bytes"
	"encoding/binary"
)

// A store keeps sets in a few bytes each until all are found, apart by their first place:
// so they can be put in order part by part. A set is its count, then by how much each
// further place is above the one before it, and 0 at the end, all as varints. No other
// byte is 0.
type store struct {
	buckets []bucket // by first place
	sets    int
}

// A bucket is the sets that begin with one place.
type bucket struct {
	chunks [][]byte // a set is in one of them as a whole
	sets   int
	items  int
}

const (
	leastChunk = 1 << 6
	mostChunk  = 1 << 16
	more       = 1 << 7 // a varint goes on after a byte with this bit
)

func newStore(places int) *store { return &store{buckets: make([]bucket, places)} }

// add keeps a set.
func (s *store) add(places []uint32, count int64) {
	s.sets++
	b := &s.buckets[places[0]]
	b.sets++
	b.items += len(places)
	chunk := b.room(binary.MaxVarintLen64 + binary.MaxVarintLen32*len(places))
	*chunk = appendSteps(binary.AppendUvarint(*chunk, uint64(count)), places[0], places[1:])
}

// appendSteps adds by how much each place is above the one before it, and the end.
func appendSteps(b []byte, before uint32, places []uint32) []byte {
	for _, place := range places {
		if step := place - before; step < more {
			b = append(b, byte(step))
		} else {
			b = binary.AppendUvarint(b, uint64(step))
		}
		before = place
	}
	return append(b, 0)
}

// room returns the last chunk, or a new one, which has room for so many bytes.
func (b *bucket) room(size int) *[]byte {
	last, grown := len(b.chunks)-1, leastChunk
	if last >= 0 {
		chunk := &b.chunks[last]
		if cap(*chunk)-len(*chunk) >= size {
			return chunk
		}
		grown = min(2*cap(*chunk), mostChunk)
	}
	b.chunks = append(b.chunks, make([]byte, 0, max(grown, size)))
	return &b.chunks[last+1]
}

// join moves the sets of another bucket to b.
func (b *bucket) join(o *bucket) {
	b.chunks = append(b.chunks, o.chunks...)
	b.sets += o.sets
	b.items += o.items
	*o = bucket{}
}

// drop takes out the sets below a count.
func (s *store) drop(floor int64) {
	s.sets = 0
	for i := range s.buckets {
		var kept bucket
		for _, chunk := range s.buckets[i].chunks {
			for len(chunk) > 0 {
				count, size := binary.Uvarint(chunk)
				end := bytes.IndexByte(chunk, 0) + 1
				if int64(count) >= floor {
					kept.put(chunk[:end], chunk[size:end])
				}
				chunk = chunk[end:]
			}
		}
		s.buckets[i] = kept
		s.sets += kept.sets
	}
}

// put adds a set as it is, with the given steps.
func (b *bucket) put(set, steps []byte) {
	chunk := b.room(len(set))
	*chunk = append(*chunk, set...)
	b.sets++
	b.items += 1 + lengthOf(steps)
}

// lengthOf returns how many steps there are up to the end.
func lengthOf(steps []byte) (n int) {
	for _, b := range steps[:len(steps)-1] {
		if b < more {
			n++
		}
	}
	return n
}

// step reads a varint, 0 at the end of a set.
func step(b []byte) (n uint32, rest []byte) {
	if b[0] < more {
		return uint32(b[0]), b[1:]
	}
	return wideStep(b)
}

func wideStep(b []byte) (n uint32, rest []byte) {
	long, size := binary.Uvarint(b)
	return uint32(long), b[size:]
}
