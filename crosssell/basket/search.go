package basket

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/special"
)

// A productiveSearch finds productive itemsets depth first, as OPUS Miner does. Items are ranked by
// how many baskets hold them, the most common first, and a set grows by items of lower
// rank than it has: all parts of a set are then seen before it.
type productiveSearch struct {
	ctx    context.Context //nolint:containedctx // of one call
	params AssociationParams
	layers []float64 // ln of the critical value by number of items
	*contents
	item    []uint32         // rank → position of the item
	counts  []int64          // rank → baskets that hold the item
	holders [][]int32        // rank → rows that hold it
	known   map[string]int64 // key of a set → its count, of sets that may be part of another
	key     []byte
	levels  []*extensions
	found   []productiveSet
}

// A productiveSet is one that was found, its ranks descending.
type productiveSet struct {
	ranks      []uint32
	count      int64
	leverage   float64
	logP       float64
	sufficient bool
}

// An extensions is the working memory of sets of one length.
type extensions struct {
	weight []int64   // rank → baskets that hold the set and the item; 0 if it is not to be added
	lists  [][]int32 // rank → rows that do
	ranks  []uint32  // those to be added, ascending
}

// newSearch ranks the items. The cells of the contents become ranks.
func newSearch(ctx context.Context, l *contents, p AssociationParams) *productiveSearch {
	s := &productiveSearch{ctx: ctx, params: p, contents: l, known: map[string]int64{}}
	longest := l.items
	if p.MaxLen != nil {
		longest = min(longest, *p.MaxLen)
	}
	s.layers = setLayers(p.Alpha, l.items, longest)
	totals := make([]int64, l.items)
	for i := range l.ends {
		for _, item := range l.row(int32(i)) {
			totals[item] += l.times[i]
		}
	}
	s.item = make([]uint32, l.items)
	for i := range s.item {
		s.item[i] = uint32(i)
	}
	slices.SortStableFunc(s.item, func(a, b uint32) int { return cmp.Compare(totals[b], totals[a]) })
	s.rank(totals)
	return s
}

// rank replaces positions by ranks and notes which rows hold each.
func (s *productiveSearch) rank(totals []int64) {
	ranks := make([]uint32, s.items)
	s.counts, s.holders = make([]int64, s.items), make([][]int32, s.items)
	for rank, item := range s.item {
		ranks[item] = uint32(rank)
		s.counts[rank] = totals[item]
	}
	for i := range s.ends {
		row := s.row(int32(i))
		for k := range row {
			row[k] = ranks[row[k]]
			s.holders[row[k]] = append(s.holders[row[k]], int32(i))
		}
		slices.Sort(row)
	}
}

// run visits every set.
func (s *productiveSearch) run() error {
	set := make([]uint32, 0, len(s.layers)) // whose memory all sets share
	var before []uint32                     // items that may be added
	for r := range s.item {
		rank := uint32(r)
		if s.counts[rank] < s.params.MinCount {
			break
		}
		s.note(append(set, rank), s.counts[rank])
		if err := s.grow(append(set, rank), s.holders[rank], before, s.counts[rank]); err != nil {
			return err
		}
		before = append(before, rank)
	}
	return nil
}

// grow visits the sets that a set makes with one of the items that may be added, and
// those that these make. Highest is the count of its most common item.
func (s *productiveSearch) grow(set []uint32, rows []int32, may []uint32, highest int64) error {
	if err := s.ctx.Err(); err != nil {
		return fmt.Errorf("basket: %w", err)
	}
	if len(set)+1 >= len(s.layers) || len(may) == 0 {
		return nil
	}
	l := s.deliver(set, rows, may, highest)
	before := make([]uint32, 0, len(l.ranks))
	for _, rank := range l.ranks {
		whole := set[:len(set)+1] // all sets share the memory, which is as long as layers
		whole[len(set)] = rank
		count, top := l.weight[rank], max(highest, s.counts[rank])
		entailed, ok := s.parts(whole, count)
		if !ok {
			continue
		}
		s.test(whole, count)
		if entailed || !s.hopeful(count, top, len(whole)+1) {
			continue
		}
		if len(s.known) >= s.params.MaxSets {
			return fmt.Errorf("basket: more than %d sets to keep: %w", s.params.MaxSets, relmark.ErrLimit)
		}
		s.note(whole, count)
		if err := s.grow(whole, l.lists[rank], before, top); err != nil {
			return err
		}
		before = append(before, rank)
	}
	return nil
}

// deliver counts the items that may be added in the rows of a set, and lists the rows of
// those with which it could be significant.
func (s *productiveSearch) deliver(set []uint32, rows []int32, may []uint32, highest int64) *extensions {
	for len(s.levels) <= len(set) {
		s.levels = append(s.levels, &extensions{weight: make([]int64, s.items), lists: make([][]int32, s.items)})
	}
	l := s.levels[len(set)]
	last := may[len(may)-1]
	clear(l.weight[:last+1])
	for _, i := range rows {
		for _, rank := range s.upTo(i, last) {
			l.weight[rank] += s.times[i]
		}
	}
	l.choose(may, func(rank uint32) bool {
		return s.hopeful(l.weight[rank], max(highest, s.counts[rank]), len(set)+1)
	})
	if len(l.ranks) == 0 {
		return l
	}
	for _, i := range rows {
		for _, rank := range s.upTo(i, last) {
			if l.weight[rank] > 0 {
				l.lists[rank] = append(l.lists[rank], i)
			}
		}
	}
	return l
}

// upTo returns the ranks of a row up to the last that matters.
func (s *productiveSearch) upTo(row int32, last uint32) []uint32 {
	ranks := s.row(row)
	for k, rank := range ranks {
		if rank > last {
			return ranks[:k]
		}
	}
	return ranks
}

// choose keeps those of the items that may be added which are to be, and takes the weight
// from all others.
func (l *extensions) choose(may []uint32, wanted func(rank uint32) bool) {
	l.ranks = l.ranks[:0]
	from := uint32(0)
	for _, rank := range may {
		clear(l.weight[from:rank])
		from = rank + 1
		if l.weight[rank] > 0 && wanted(rank) {
			l.ranks = append(l.ranks, rank)
			l.lists[rank] = l.lists[rank][:0]
		} else {
			l.weight[rank] = 0
		}
	}
}

// hopeful reports whether a set of a count, or one around it, could be significant as one
// of a length: whether even parts that occur as rarely as they can, one of them the most
// common item, could.
func (s *productiveSearch) hopeful(count, highest int64, length int) bool {
	if length >= len(s.layers) || count < s.params.MinCount {
		return false
	}
	atLeast, _ := special.Fourfold{A: count, C: highest - count, D: s.baskets - highest}.LogTails()
	return atLeast <= s.layers[length]
}

// note keeps the count of a set.
func (s *productiveSearch) note(set []uint32, count int64) {
	s.known[string(s.keyOf(set, ^uint64(0)))] = count
}

// keyOf returns the key of the members of a set whose positions are in the mask.
func (s *productiveSearch) keyOf(set []uint32, mask uint64) []byte {
	s.key = s.key[:0]
	for i := range set {
		if mask>>i&1 == 1 {
			s.key = appendKey(s.key, set[i:i+1])
		}
	}
	return s.key
}

// parts looks at the parts of a set with one item less. It is not ok if one was left out,
// for then this one is too; entailed says that an item follows from the others.
func (s *productiveSearch) parts(set []uint32, count int64) (entailed, ok bool) {
	all := uint64(1)<<len(set) - 1
	for i := range set {
		n, known := s.known[string(s.keyOf(set, all&^(1<<i)))]
		if !known {
			return false, false
		}
		entailed = entailed || n == count
	}
	return entailed, true
}

// test notes a set if all divisions of it are significant.
func (s *productiveSearch) test(set []uint32, count int64) {
	f := productiveSet{count: count, leverage: 1, logP: math.Inf(-1)}
	limit, last := s.layers[len(set)], uint64(1)<<(len(set)-1)
	for left := uint64(1); left < last; left++ { // the last item is right
		t := Table{Both: count, N: s.baskets}
		t.Left = s.known[string(s.keyOf(set, left))]
		t.Right = s.known[string(s.keyOf(set, (2*last-1)&^left))]
		p := t.LogP()
		if p > limit {
			return
		}
		f.logP, f.leverage = max(f.logP, p), min(f.leverage, t.Leverage())
	}
	f.ranks = slices.Clone(set)
	s.found = append(s.found, f)
}
