package basket

// settled reports whether nothing below the prefix is worth a search for maximal
// sets. The prefix with all live items is the largest set there. If it is
// frequent, all others are part of it; if it is part of a frequent set, so are they.
func (m *miner) settled(below *level, together int64) bool {
	m.join(below.items)
	done := together >= m.minCount
	if done {
		m.candidate(together)
	} else {
		done = m.frontier.covers(m.set)
	}
	m.part(len(below.items))
	return done
}

// whole delivers the prefix with all items of the table.
func (m *miner) whole(count int64) {
	m.join(m.narrow.ranks)
	m.candidate(count)
	m.part(len(m.narrow.ranks))
}

// candidate delivers the prefix, which no item of higher rank extends, unless a
// set that includes it is known.
func (m *miner) candidate(count int64) {
	if !m.frontier.covers(m.set) {
		m.frontier.add(m.set)
		m.deliver(count)
	}
}

// A frontier keeps maximal sets and tells what is part of one of them. All sets of
// a branch have one item in common: so only the sets with that item matter there,
// and each item has a column of bits, one for each of these sets.
type frontier struct {
	cells   []uint32   // places of all sets, set after set
	ends    []int      // of the sets
	with    [][]uint32 // place → sets that hold it
	columns [][]uint64 // place → which of the branch's sets hold it
	filled  []uint32   // places whose column is not empty
	branch  uint32     // place that the present sets have in common
	size    int        // sets of the branch
}

const none = ^uint32(0) // no place

func newFrontier(places int) *frontier {
	return &frontier{with: make([][]uint32, places), columns: make([][]uint64, places), branch: none}
}

// begin opens the branch of sets that hold a place, unless it is open.
func (f *frontier) begin(place uint32) {
	if f.branch == place {
		return
	}
	for _, p := range f.filled {
		f.columns[p] = f.columns[p][:0]
	}
	f.filled, f.size, f.branch = f.filled[:0], 0, place
	for _, set := range f.with[place] {
		start := 0
		if set > 0 {
			start = f.ends[set-1]
		}
		f.column(f.cells[start:f.ends[set]])
	}
}

// column gives the next bit to a set.
func (f *frontier) column(places []uint32) {
	word, bit := f.size/64, uint(f.size%64)
	for _, p := range places {
		if len(f.columns[p]) == 0 {
			f.filled = append(f.filled, p)
		}
		for len(f.columns[p]) <= word {
			f.columns[p] = append(f.columns[p], 0)
		}
		f.columns[p][word] |= 1 << bit
	}
	f.size++
}

// add keeps a set of the branch.
func (f *frontier) add(places []uint32) {
	number := uint32(len(f.ends))
	f.cells = append(f.cells, places...)
	f.ends = append(f.ends, len(f.cells))
	for _, p := range places {
		f.with[p] = append(f.with[p], number)
	}
	f.column(places)
}

// covers reports whether a set of the branch is part of one that is kept.
func (f *frontier) covers(places []uint32) bool {
	words := (f.size + 63) / 64
	for _, p := range places {
		words = min(words, len(f.columns[p]))
	}
	for w := range words {
		common := ^uint64(0)
		for _, p := range places {
			if common &= f.columns[p][w]; common == 0 {
				break
			}
		}
		if common != 0 {
			return true
		}
	}
	return false
}
