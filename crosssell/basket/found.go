package basket

// found collects lists of places, back to back, each with a count.
type found struct {
	cells  []uint32
	ends   []int
	counts []int64
}

// add appends a list.
func (f *found) add(places []uint32, count int64) {
	f.cells = append(f.cells, places...)
	f.ends = append(f.ends, len(f.cells))
	f.counts = append(f.counts, count)
}

// clear empties f and keeps its memory.
func (f *found) clear() { f.cells, f.ends, f.counts = f.cells[:0], f.ends[:0], f.counts[:0] }

// set returns the places of list i.
func (f *found) set(i int) []uint32 {
	if i == 0 {
		return f.cells[:f.ends[0]]
	}
	return f.cells[f.ends[i-1]:f.ends[i]]
}
