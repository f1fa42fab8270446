package points

import (
	"encoding/binary"
	"slices"
)

// An index keeps items by name, in the order in which they were added. Short ones
// are searched one by one, which is faster than a map and allocates nothing; longer
// ones get a map beside them. The zero index is empty and ready.
type index[T any] struct {
	names []string
	items []T
	at    map[string]int // position by name, nil while the index is short
	marks [4]uint64      // a bit for each name while the index is short: see mark
}

// mark returns where the bit of a name is: most names that are not there are told by
// it alone. Names of one kind differ at their end, if anywhere.
func mark(name string) (word int, bit uint64) {
	h := uint32(len(name))
	if n := len(name); n >= 4 {
		h = binary.LittleEndian.Uint32([]byte(name[n-4:]))
	}
	h *= 0x9E3779B1 // 2^32 over the golden ratio: spreads what differs over the high bits
	return int(h >> 30), 1 << (h >> 24 & 63)
}

// short is how many items are searched one by one.
const short = 48

// find returns the item with a name, nil if there is none. It is valid until the
// next add.
func (x *index[T]) find(name string) *T {
	if i := x.position(name); i >= 0 {
		return &x.items[i]
	}
	return nil
}

// position returns where the item with a name is, -1 if there is none.
func (x *index[T]) position(name string) int {
	if x.at != nil {
		if i, ok := x.at[name]; ok {
			return i
		}
		return -1
	}
	if word, bit := mark(name); x.marks[word]&bit == 0 {
		return -1
	}
	// Names of one kind differ at their end, if anywhere: look there first.
	for i, n := range x.names {
		if len(n) == len(name) && (n == "" || n[len(n)-1] == name[len(name)-1]) && n == name {
			return i
		}
	}
	return -1
}

// add appends an item under a name that the index does not have.
func (x *index[T]) add(name string, item T) {
	x.names, x.items = append(x.names, name), append(x.items, item)
	switch n := len(x.names); {
	case x.at != nil:
		x.at[name] = n - 1
	case n > short:
		x.build()
	default:
		word, bit := mark(name)
		x.marks[word] |= bit
	}
}

// build makes the map, for which all names are hashed once, or, as long as the index
// is short, the marks.
func (x *index[T]) build() {
	if len(x.names) <= short {
		for _, name := range x.names {
			word, bit := mark(name)
			x.marks[word] |= bit
		}
		return
	}
	x.at = make(map[string]int, 2*len(x.names))
	for i, name := range x.names {
		x.at[name] = i
	}
}

// keep drops the items that ok does not accept.
func (x *index[T]) keep(ok func(*T) bool) {
	var kept index[T]
	for i := range x.items {
		if ok(&x.items[i]) {
			kept.add(x.names[i], x.items[i])
		}
	}
	*x = kept
}

// clone returns an index that shares nothing with x but what items point to.
func (x *index[T]) clone() index[T] {
	c := index[T]{names: slices.Clone(x.names), items: slices.Clone(x.items), marks: x.marks}
	if x.at != nil {
		c.build()
	}
	return c
}

// reset empties the index and keeps its memory, with what was in it: the names of one
// account stay in memory until those of the next take their place. A map is dropped.
func (x *index[T]) reset() { *x = index[T]{names: x.names[:0], items: x.items[:0]} }
