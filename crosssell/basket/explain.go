package basket

import "slices"

// explain settles which of the sets found are self-sufficient, the longest first: a set
// is not if it is no longer productive in the rows without the further items of any
// self-sufficient set around it.
func (s *productiveSearch) explain() {
	slices.SortStableFunc(s.found, func(a, b productiveSet) int { return len(b.ranks) - len(a.ranks) })
	sets := make([][]uint32, len(s.found))
	for i := range s.found {
		sets[i] = slices.Clone(s.found[i].ranks)
		slices.Sort(sets[i])
	}
	around := make([][]int32, len(sets)) // self-sufficient sets around each
	all := newPrefixTree(sets)
	for i := range s.found {
		s.found[i].sufficient = len(around[i]) == 0 || s.standsAlone(sets, int32(i), around[i])
		if !s.found[i].sufficient {
			continue
		}
		all.inside(sets[i], func(same []int32) {
			if j := same[0]; int(j) != i {
				around[j] = append(around[j], int32(i))
			}
		})
	}
}

// standsAlone reports whether a set is productive in the rows that hold for none of the
// sets around it all items that those have more.
func (s *productiveSearch) standsAlone(sets [][]uint32, set int32, around []int32) bool {
	out := make([]bool, len(s.times))
	left := s.baskets
	for _, j := range around {
		for _, i := range s.common(without(sets[j], sets[set])) {
			if !out[i] {
				out[i] = true
				left -= s.times[i]
			}
		}
	}
	counts := s.partCounts(sets[set], out)
	k := len(sets[set])
	whole := uint64(len(counts) - 1)
	for part := uint64(1); part < 1<<(k-1); part++ {
		t := Table{Both: counts[whole], Left: counts[part], Right: counts[whole&^part], N: left}
		if t.LogP() > s.layers[k] {
			return false
		}
	}
	return true
}

// without returns the ranks of a that b does not have, both ascending.
func without(a, b []uint32) []uint32 {
	var rest []uint32
	for _, rank := range a {
		if _, in := slices.BinarySearch(b, rank); !in {
			rest = append(rest, rank)
		}
	}
	return rest
}

// common returns the rows that hold all of the ranks, of which there is at least one.
func (s *productiveSearch) common(ranks []uint32) []int32 {
	rows := s.holders[ranks[len(ranks)-1]] // the rarest
	if len(ranks) == 1 {
		return rows
	}
	var kept []int32
	for _, i := range rows {
		if len(without(ranks, s.row(i))) == 0 {
			kept = append(kept, i)
		}
	}
	return kept
}

// partCounts returns, by mask over the set, how many baskets hold that part of it, of the
// rows that are not out.
func (s *productiveSearch) partCounts(set []uint32, out []bool) []int64 {
	masks := make([]uint32, len(s.times))
	for k, rank := range set {
		for _, i := range s.holders[rank] {
			masks[i] |= 1 << k
		}
	}
	counts := make([]int64, 1<<len(set))
	for i, mask := range masks {
		if !out[i] {
			counts[mask] += s.times[i]
		}
	}
	for k := range set { // from those that hold exactly a part to those that hold it
		for mask := range counts {
			if mask>>k&1 == 0 {
				counts[mask] += counts[mask|1<<k]
			}
		}
	}
	return counts
}
