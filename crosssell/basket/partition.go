package basket

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Partitioned mining finds the frequent sets of baskets that no one machine holds,
// in two passes over parts, which any engine can run side by side:
//
//	local := LocalCount(minCount, part.Baskets(), total)   // for each part
//	found := part.Frequent(ctx, SetParams{MinCount: local})
//	candidates := Union(found of all parts)
//	counted := part.Recount(ctx, candidates)               // for each part
//	result := SumSets(minCount, counted of all parts)
//
// It is exact: a set that reaches a share of all baskets reaches it in some part.

// LocalCount returns the least count of a set in a part of so many baskets such
// that every set with minCount among all of them reaches it in some part:
// ⌈minCount·part/total⌉, but at least 1. A part without baskets has no sets.
//
// It fails with a [relmark.FieldError] unless 1 ≤ minCount ≤ total and
// 0 ≤ part ≤ total.
func LocalCount(minCount, part, total int64) (int64, error) {
	var l fault.List
	l.Check(total >= 1, "Total", total, "must be 1 or more")
	l.Check(minCount >= 1 && minCount <= total, "MinCount", minCount, fmt.Sprintf("must be from 1 to the number of baskets, which is %d", total))
	l.Check(part >= 0 && part <= total, "Part", part, "must be from 0 to the number of all baskets")
	if err := l.Err(room); err != nil {
		return 0, err
	}
	return max(1, share(part, minCount, total)), nil
}

// Union returns the item lists of all sets, each once, in ascending order, whatever
// their counts. The lists are those of the sets, not copies.
func Union[I relmark.ID](parts ...[]Set[I]) [][]I {
	var lists [][]I
	for _, sets := range parts {
		for _, s := range sets {
			lists = append(lists, s.Items)
		}
	}
	slices.SortFunc(lists, slices.Compare[[]I])
	return slices.CompactFunc(lists, slices.Equal[[]I])
}

// SumSets adds the counts of equal sets and returns those that reach minCount, in
// ascending order of items. It fails with a [relmark.FieldError] unless minCount ≥ 1 and
// each set is as [Set] says, but that its count may be 0, and with [relmark.ErrLimit]
// where a sum passes 2⁶³−1.
func SumSets[I relmark.ID](minCount int64, parts ...[]Set[I]) ([]Set[I], error) {
	if minCount < 1 {
		return nil, invalid("MinCount", minCount, "must be 1 or more")
	}
	for p, sets := range parts {
		for i := range sets {
			if err := checkSum(&sets[i]); err != nil {
				return nil, fault.Room(room, fault.At(fmt.Sprintf("Parts[%d][%d]", p, i), err))
			}
		}
	}
	all := slices.Concat(parts...)
	slices.SortFunc(all, func(a, b Set[I]) int { return slices.Compare(a.Items, b.Items) })
	out := []Set[I]{}
	for len(all) > 0 {
		sum := Set[I]{Items: all[0].Items}
		for len(all) > 0 && slices.Equal(all[0].Items, sum.Items) {
			if all[0].Count > math.MaxInt64-sum.Count {
				return nil, fmt.Errorf("basket: count of a set: %w", relmark.ErrLimit)
			}
			sum.Count += all[0].Count
			all = all[1:]
		}
		if sum.Count >= minCount {
			out = append(out, sum)
		}
	}
	return out, nil
}

// checkSum reports what is wrong with a set that is to be added to others.
func checkSum[I relmark.ID](s *Set[I]) error {
	if s.Count < 0 {
		return fault.New("Count", s.Count, "must be 0 or more")
	}
	return checkItems("Items", s.Items)
}

// Recount counts the baskets that hold each of the candidates: the sets in
// ascending order of items, each once, those in no basket with a count of 0. The
// items of a candidate may come in any order; an item twice counts once. Giant
// baskets count as [CounterParams] says.
//
// It fails with a [relmark.FieldError] on a candidate without items, and with the
// error of ctx. It takes time in proportion to the baskets of each candidate less
// its last item; candidates that begin alike share that.
func (c *Counter[I]) Recount(ctx context.Context, candidates [][]I) ([]Set[I], error) {
	lists := make([][]I, len(candidates))
	for i, items := range candidates {
		if len(items) == 0 {
			return nil, invalid(fmt.Sprintf("Candidates[%d]", i), nil, "must not be empty")
		}
		lists[i] = slices.Clone(items)
		slices.Sort(lists[i])
		lists[i] = slices.Compact(lists[i])
	}
	slices.SortFunc(lists, slices.Compare[[]I])
	lists = slices.CompactFunc(lists, slices.Equal[[]I])
	r := c.recounter()
	out := make([]Set[I], len(lists))
	for i, items := range lists {
		if i%patience == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("basket: %w", ctx.Err())
		}
		out[i] = Set[I]{Items: items, Count: r.count(items)}
	}
	return out, nil
}

// A recounter counts sets that come in ascending order. It keeps the rows that hold
// each prefix of the last one.
type recounter[I relmark.ID] struct {
	*Counter[I]
	holders [][]uint32 // code → rows that hold it, without giants
	giants  []int64    // code → giant baskets that hold it
	last    []I
	rows    [][]uint32 // rows of the first i + 1 of the last items
}

func (c *Counter[I]) recounter() *recounter[I] {
	r := &recounter[I]{Counter: c, holders: make([][]uint32, len(c.items)), giants: make([]int64, len(c.items))}
	for i, row := range c.shelf.rows {
		for _, code := range c.shelf.codes(row) {
			if row.end-row.start > c.params.most() {
				r.giants[code] += row.times
			} else if row.times > 0 {
				r.holders[code] = append(r.holders[code], uint32(i))
			}
		}
	}
	return r
}

// count returns the count of ascending items.
func (r *recounter[I]) count(items []I) int64 {
	same := 0
	for same < len(items)-1 && same < len(r.last) && items[same] == r.last[same] {
		same++
	}
	r.rows, r.last = r.rows[:same], items
	for _, item := range items[same:] {
		code, known := r.codes[item]
		if !known {
			r.last = items[:len(r.rows)]
			return 0
		}
		rows := r.holders[code]
		if n := len(r.rows); n > 0 {
			rows = intersect(slices.Clone(r.rows[n-1]), rows)
		}
		r.rows = append(r.rows, rows)
	}
	var n int64
	for _, row := range r.rows[len(items)-1] {
		n += r.shelf.rows[row].times
	}
	if len(items) == 1 {
		n += r.giants[r.codes[items[0]]]
	}
	return n
}
