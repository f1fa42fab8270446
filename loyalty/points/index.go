package points

import (
	"encoding/binary"
	"iter"
	"maps"
	"slices"
)

// An index keeps items by name, in the order in which they were added. Short ones
// are searched one by one, which is faster than hashing and allocates nothing; longer
// ones get a table beside them. The zero index is empty and ready.
type index[T any] struct {
	names []string
	items []T
	table table          // positions by name; without slots while the index is short
	at    map[string]int // instead of the table, where names collide; nil if they do not
	marks [4]uint64      // a bit for each name while the index is short: see mark
	gone  int            // how many names are empty, as they have been removed
	steps int64          // items looked at and moved, for tests of growth
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
	switch {
	case len(x.names) == 0:
		return -1
	case x.at != nil:
		if i, ok := x.at[name]; ok {
			return i
		}
		return -1
	case x.table.slots != nil:
		return x.table.find(x.names, name)
	}
	if word, bit := mark(name); x.marks[word]&bit == 0 {
		return -1
	}
	// Names of one kind differ at their end, if anywhere: look there first.
	if name == "" {
		return -1
	}
	for i, n := range x.names {
		if len(n) == len(name) && n[len(n)-1] == name[len(name)-1] && n == name {
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
	case x.table.slots != nil && 2*n <= len(x.table.slots) && x.table.place(x.names):
	case n > short:
		x.steps += int64(n)
		x.build()
	default:
		word, bit := mark(name)
		x.marks[word] |= bit
	}
}

// build makes the table, for which all names are hashed once, or, as long as the index
// is short, the marks. It answers false if a name is there twice.
func (x *index[T]) build() bool {
	if len(x.names) <= short {
		return x.label()
	}
	unique, full := x.table.build(x.names)
	if !full {
		return unique
	}
	x.at = make(map[string]int, len(x.names)+len(x.names)/4)
	for i, name := range x.names {
		if _, there := x.at[name]; there && name != "" {
			return false
		}
		x.at[name] = i
	}
	return true
}

// label makes the marks.
func (x *index[T]) label() bool {
	for i, name := range x.names {
		word, bit := mark(name)
		if x.marks[word]&bit != 0 && slices.Contains(x.names[:i], name) {
			return false
		}
		x.marks[word] |= bit
	}
	return true
}

// remove takes out the item with a name, if there is one. Its place stays empty until
// half of the places are.
func (x *index[T]) remove(name string) {
	i := x.position(name)
	if i < 0 {
		return
	}
	var none T
	x.names[i], x.items[i] = "", none
	delete(x.at, name)
	if x.gone++; 2*x.gone > len(x.names) {
		x.steps += int64(len(x.names))
		x.keep(func(*T) bool { return true })
	}
}

// cut takes out the item at a position, and closes the gap.
func (x *index[T]) cut(i int) {
	names, items := slices.Delete(x.names, i, i+1), slices.Delete(x.items, i, i+1)
	*x = index[T]{names: names, items: items, steps: x.steps + int64(len(names))}
	x.build()
}

// keep drops the items that ok does not accept.
func (x *index[T]) keep(ok func(*T) bool) {
	kept := index[T]{steps: x.steps}
	for name, item := range x.all() {
		if ok(item) {
			kept.add(name, *item)
		}
	}
	*x = kept
}

// all returns the items in the order in which they were added.
func (x *index[T]) all() iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for i, name := range x.names {
			if name != "" && !yield(name, &x.items[i]) {
				return
			}
		}
	}
}

// clone returns an index that shares nothing with x but what items point to.
func (x *index[T]) clone() index[T] {
	c := index[T]{names: slices.Clone(x.names), items: slices.Clone(x.items), marks: x.marks, gone: x.gone, steps: x.steps}
	c.table, c.at = table{slices.Clone(x.table.slots)}, maps.Clone(x.at)
	return c
}

// reset empties the index and keeps its memory, with what was in it: the names of one
// account stay in memory until those of the next take their place. A table is dropped.
func (x *index[T]) reset() { *x = index[T]{names: x.names[:0], items: x.items[:0]} }
