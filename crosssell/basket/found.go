package basket

// found collects sets as ascending places, back to back.
type found struct {
	cells  []uint32
	ends   []int
	counts []int64
}

// add appends a set.
func (f *found) add(cells []uint32, count int64) {
	f.cells = append(f.cells, cells...)
	f.ends = append(f.ends, len(f.cells))
	f.counts = append(f.counts, count)
}

// set returns the cells of set i.
func (f *found) set(i int) []uint32 {
	start := 0
	if i > 0 {
		start = f.ends[i-1]
	}
	return f.cells[start:f.ends[i]:f.ends[i]]
}
