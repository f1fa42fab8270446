package basket

// found collects sets, back to back: as ascending places, or with the items of a host in
// place of them.
type found[T any] struct {
	cells  []T
	ends   []int
	counts []int64
}

// add appends a set.
func (f *found[T]) add(cells []T, count int64) {
	f.cells = append(f.cells, cells...)
	f.end(count)
}

// end makes a set of the cells behind the last one.
func (f *found[T]) end(count int64) {
	f.ends = append(f.ends, len(f.cells))
	f.counts = append(f.counts, count)
}

// clear empties f and keeps its memory.
func (f *found[T]) clear() { f.cells, f.ends, f.counts = f.cells[:0], f.ends[:0], f.counts[:0] }

// set returns the cells of set i.
func (f *found[T]) set(i int) []T {
	start := 0
	if i > 0 {
		start = f.ends[i-1]
	}
	return f.cells[start:f.ends[i]:f.ends[i]]
}
