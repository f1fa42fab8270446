package basket

import "github.com/relmark/relmark"

// found collects sets, back to back, as ascending places.
type found struct {
	cells  []uint32
	ends   []int
	counts []int64
}

// add appends a set.
func (f *found) add(places []uint32, count int64) {
	f.cells = append(f.cells, places...)
	f.ends = append(f.ends, len(f.cells))
	f.counts = append(f.counts, count)
}

// clear empties f and keeps its memory.
func (f *found) clear() { f.cells, f.ends, f.counts = f.cells[:0], f.ends[:0], f.counts[:0] }

// set returns the places of set i.
func (f *found) set(i int) []uint32 {
	if i == 0 {
		return f.cells[:f.ends[0]]
	}
	return f.cells[f.ends[i-1]:f.ends[i]]
}

// drop takes out the sets below a count.
func (f *found) drop(floor int64) {
	kept := found{f.cells[:0], f.ends[:0], f.counts[:0]}
	start := 0
	for i, end := range f.ends {
		if f.counts[i] >= floor {
			kept.add(f.cells[start:end], f.counts[i])
		}
		start = end
	}
	*f = kept
}

// sets returns what was found in ascending order of items, with the names of the
// places. All sets share one block of items.
func sets[I relmark.ID](f *found, names []I) []Set[I] {
	block := make([]I, 0, len(f.cells))
	out := make([]Set[I], len(f.ends))
	for k, h := range f.order(len(names)) {
		start := len(block)
		for _, place := range f.set(int(h.set)) {
			block = append(block, names[place])
		}
		out[k] = Set[I]{Items: block[start:len(block):len(block)], Count: f.counts[h.set]}
	}
	return out
}
