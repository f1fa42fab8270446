package basket

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/relmark/relmark"
)

// An assembler makes a part of a list from the sets of a bucket.
type assembler[I relmark.ID] struct {
	names []I
	first uint32   // place with which the sets begin
	block []I      // the items of the part, with room for all of them
	out   []Set[I] // the part, with room for all of it
}

// sets returns what is in the stores in ascending order of items, with the names of the
// places. It empties the stores. All sets share one block of items.
func sets[I relmark.ID](stores []*store, names []I, workers int) []Set[I] {
	buckets, total := merge(stores)
	list := &assembler[I]{names: names, block: make([]I, 0, total.items), out: make([]Set[I], 0, total.sets)}
	parts := make([]*assembler[I], len(buckets))
	for place := range buckets {
		parts[place] = list.part(uint32(place), &buckets[place])
	}
	var next atomic.Int64
	work := func() {
		var heads, spare []head
		for place := next.Add(1) - 1; place < int64(len(parts)); place = next.Add(1) - 1 {
			b := &buckets[place]
			heads, spare = b.sort(heads, spare, bits.Len(uint(len(names))-uint(place)))
			parts[place].write(b, heads)
			*b = bucket{}
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
func (a *assembler[I]) part(first uint32, b *bucket) *assembler[I] {
	block, out := len(a.block), len(a.out)
	a.block, a.out = a.block[:block+b.items], a.out[:out+b.sets]
	return &assembler[I]{a.names, first, a.block[block:block:len(a.block)], a.out[out:out:len(a.out)]}
}

// write adds the sets of a bucket in the order of their heads.
func (a *assembler[I]) write(b *bucket, heads []head) {
	for _, h := range heads {
		set := b.set(h)
		count, size := binary.Uvarint(set)
		start, place := len(a.block), a.first
		a.block = append(a.block, a.names[place])
		for by, rest := step(set[size:]); by > 0; by, rest = step(rest) {
			place += by
			a.block = append(a.block, a.names[place])
		}
		a.out = append(a.out, Set[I]{Items: a.block[start:len(a.block):len(a.block)], Count: int64(count)})
	}
}
