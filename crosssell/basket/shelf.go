package basket

import "slices"

// A shelf stores baskets as rows of codes, equal ones of a period as one row, and
// finds them by hash.
type shelf struct {
	cells []uint32 // codes of all rows, ascending within a row
	rows  []row
	index slots // rows by hash
	held  []int // code → rows that hold it
	dead  int   // cells and rows that are no longer in use
}

// A row is a basket that was counted a number of times, 0 once all are removed.
type row struct {
	start, end int // its cells
	times      int64
	period     int64
}

// codes returns the codes of a row.
func (s *shelf) codes(r row) []uint32 { return s.cells[r.start:r.end] }

// each calls f with every row that is in use, in order.
func (s *shelf) each(f func(r row, codes []uint32)) {
	for _, r := range s.rows {
		if r.times > 0 {
			f(r, s.codes(r))
		}
	}
}

// byLength does the same, the shortest first.
func (s *shelf) byLength(f func(r row, codes []uint32)) {
	heads := make([]head, len(s.rows))
	for i, r := range s.rows {
		heads[i] = head{uint64(r.end - r.start), uint64(i)}
	}
	heads, _ = byKey(heads, nil)
	for _, h := range heads {
		if r := s.rows[h.at]; r.times > 0 {
			f(r, s.codes(r))
		}
	}
}

// add counts n baskets of the codes that have been put behind the last cell.
func (s *shelf) add(start int, period, n int64) {
	codes := s.cells[start:]
	slices.Sort(codes)
	codes = slices.Compact(codes)
	s.cells = s.cells[:start+len(codes)]
	if 2*(len(s.rows)+1) > len(s.index.cells) {
		s.rehash()
	}
	at, found := s.find(codes, period)
	if found {
		s.cells = s.cells[:start]
		r := &s.rows[s.index.cells[at]-1]
		if r.times == 0 {
			s.use(codes, 1)
		}
		r.times += n
		return
	}
	s.rows = append(s.rows, row{start, len(s.cells), n, period})
	s.index.cells[at] = uint32(len(s.rows))
	s.use(codes, 1)
}

// use notes that one row more, or less, holds the codes.
func (s *shelf) use(codes []uint32, n int) {
	for _, code := range codes {
		s.held[code] += n
	}
	s.dead -= n * (len(codes) + 1)
}

// find returns the slot of the row of ascending codes in a period, or the empty
// slot where it belongs.
func (s *shelf) find(codes []uint32, period int64) (at uint32, found bool) {
	at = s.index.start(hashRow(codes, period))
	for ; s.index.cells[at] != 0; at = s.index.next(at) {
		r := s.rows[s.index.cells[at]-1]
		if r.period == period && slices.Equal(s.codes(r), codes) {
			return at, true
		}
	}
	return at, false
}

// rehash enters all rows in a larger index.
func (s *shelf) rehash() {
	s.index.reset(2*len(s.rows) + 1)
	for i, r := range s.rows {
		at, _ := s.find(s.codes(r), r.period)
		s.index.cells[at] = uint32(i + 1)
	}
}

func hashRow(codes []uint32, period int64) uint64 {
	hash := mix(uint64(period), uint32(len(codes)))
	for _, code := range codes {
		hash = mix(hash, code)
	}
	return hash
}

// remove takes n baskets away, if there are as many.
func (s *shelf) remove(codes []uint32, period, n int64) bool {
	if len(s.rows) == 0 {
		return false
	}
	at, found := s.find(codes, period)
	if !found {
		return false
	}
	r := &s.rows[s.index.cells[at]-1]
	if r.times < n {
		return false
	}
	r.times -= n
	if r.times == 0 {
		s.use(codes, -1)
	}
	return true
}

// sparse reports whether most of the shelf is no longer in use.
func (s *shelf) sparse() bool {
	const little = 64 // is not worth the while
	return s.dead > little && 2*s.dead > len(s.cells)+len(s.rows)
}
