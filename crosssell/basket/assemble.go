package basket

import (
	"bytes"
	"encoding/binary"
	"sync"
	"sync/atomic"

	"github.com/relmark/relmark"
)

// An assembler makes a part of a list from the sets of a store.
type assembler[I relmark.ID] struct {
	names  []I
	block  []I      // the items of the part, with room for all of them
	out    []Set[I] // the part, with room for all of it
	prefix []I      // what the sets at hand begin with
	heads  []head
	spare  []head
}

// mostSorted is how many sets are sorted at a time: few enough to stay in a cache, and
// to take little memory beside the result.
const mostSorted = 1 << 14

// sets returns what is in the stores in ascending order of items, with the names of the
// places. It empties the stores. All sets share one block of items.
func sets[I relmark.ID](stores []*store, names []I, workers int) []Set[I] {
	buckets, total := merge(stores)
	list := &assembler[I]{names: names, block: make([]I, 0, total.items), out: make([]Set[I], 0, total.sets)}
	parts := make([]*assembler[I], len(buckets))
	for place := range buckets {
		parts[place] = list.part(&buckets[place])
	}
	var next atomic.Int64
	work := func() {
		var heads, spare []head
		for place := next.Add(1) - 1; place < int64(len(parts)); place = next.Add(1) - 1 {
			a := parts[place]
			a.heads, a.spare = heads, spare
			a.begin(&buckets[place], uint32(place))
			heads, spare = a.heads, a.spare
		}
	}
	var done sync.WaitGroup
	for range min(workers, len(parts)) - 1 {
		done.Go(work)
	}
	work()
	done.Wait()
	return list.out
}

// merge moves the buckets of all stores to one, and adds up what there is.
func merge(stores []*store) (buckets []bucket, total bucket) {
	buckets = stores[0].buckets
	for _, s := range stores[1:] {
		for i := range s.buckets {
			buckets[i].join(&s.buckets[i])
		}
	}
	for _, b := range buckets {
		total.sets += b.sets
		total.items += b.items
	}
	return buckets, total
}

// part returns an assembler for the next part of a list, for what is in a bucket.
func (a *assembler[I]) part(b *bucket) *assembler[I] {
	block, out := len(a.block), len(a.out)
	a.block, a.out = a.block[:block+b.items], a.out[:out+b.sets]
	return &assembler[I]{names: a.names, block: a.block[block:block:len(a.block)], out: a.out[out:out:len(a.out)]}
}

// begin writes the sets of a bucket, which begin with a place, and empties it.
func (a *assembler[I]) begin(b *bucket, place uint32) {
	a.prefix = append(a.prefix, a.names[place])
	if b.sets > mostSorted {
		a.split(b, place)
	} else {
		a.sort(b, place)
	}
	a.prefix = a.prefix[:len(a.prefix)-1]
	*b = bucket{}
}

// split parts a bucket of many sets by the place that follows.
func (a *assembler[I]) split(b *bucket, place uint32) {
	parts := make([]bucket, len(a.names)-int(place)) // by step
	for i, chunk := range b.chunks {
		for len(chunk) > 0 {
			n, head := binary.Uvarint(chunk)
			end := bytes.IndexByte(chunk, 0) + 1
			if by, rest := step(chunk[head:end]); by > 0 {
				parts[by].put(chunk[:head], rest)
			} else {
				a.write(chunk[head:end], place, int64(n))
			}
			chunk = chunk[end:]
		}
		b.chunks[i] = nil
	}
	for by := range parts {
		if parts[by].sets > 0 {
			a.begin(&parts[by], place+uint32(by))
		}
	}
}

// write adds a set of the prefix, which ends with a place, and the steps from there.
func (a *assembler[I]) write(steps []byte, place uint32, count int64) {
	start := len(a.block)
	a.block = append(a.block, a.prefix...)
	for by, rest := step(steps); by > 0; by, rest = step(rest) {
		place += by
		a.block = append(a.block, a.names[place])
	}
	a.out = append(a.out, Set[I]{Items: a.block[start:len(a.block):len(a.block)], Count: count})
}
