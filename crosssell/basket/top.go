package basket

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// TopParams says which sets a top list has. It is plain data: store it, encode it.
type TopParams struct {
	// K is how many sets are wanted, 1 or more.
	K int `json:"k"`
	// Ties asks for all sets that are as frequent as the last of the K. Otherwise
	// these are cut in ascending order of items.
	Ties bool `json:"ties,omitempty"`
	// Family says which sets; zero is [FamilyAll]. Which sets are maximal depends on
	// a least count, which a top list does not have: [FamilyMaximal] is refused.
	Family Family `json:"family,omitempty"`
	// MinLen is the fewest items of a set, 1 or more; nil is 1. With 2, the items
	// themselves, which are the most frequent sets, stay out.
	MinLen *int `json:"min_len,omitempty"`
	// MaxLen is the most items of a set, MinLen or more; nil is no bound.
	MaxLen *int `json:"max_len,omitempty"`
	// MaxSets is the most sets that may be held while ties are found, K or more; 0
	// is [DefaultMaxSets], or K if that is more.
	MaxSets int `json:"max_sets,omitempty"`
	// Workers is how many goroutines search at a time; 0 is one.
	Workers int `json:"workers,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p TopParams) Validate() error {
	var l fault.List
	l.Check(p.K >= 1, "K", p.K, "must be 1 or more")
	k, known := p.Family.kind()
	l.Check(known && k != maximal, "Family", nil, "must be all, closed or generators")
	checkBound(&l, "MinLen", p.MinLen)
	if p.MaxLen != nil {
		l.Check(*p.MaxLen >= p.minLen(), "MaxLen", *p.MaxLen, "must be 1 and MinLen or more, or nil for no bound")
	}
	l.Check(p.MaxSets == 0 || p.MaxSets >= p.K, "MaxSets", p.MaxSets, "must be K or more, or 0 for the default")
	checkWorkers(&l, p.Workers)
	return l.Err(room)
}

func (p TopParams) minLen() int {
	if p.MinLen == nil {
		return 1
	}
	return max(1, *p.MinLen)
}

// Top returns the K most frequent sets, without a least count to be guessed: by
// count, descending, and then in ascending order of items. There are fewer if the
// baskets hold fewer.
//
// It fails as [TopParams.Validate] does, and with the error of ctx. Where more than
// p.MaxSets sets would have to be held because too many are as frequent as the last
// one, it returns a [LimitError] and, as an exception to the rule of this module,
// the sets above that count beside it: fewer than K, all there are from
// [LimitError.Complete] on, which is above 1, as MinCount says.
//
// It searches at a high count and halves it until there are enough sets, raising it
// again on the way as more are found than are needed. So it takes a small multiple
// of the time of [Counter.Frequent] at the count of the last set.
func (c *Counter[I]) Top(ctx context.Context, p TopParams) ([]Set[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	sp := SetParams{Family: p.Family, MaxLen: p.MaxLen, MaxSets: max(p.MaxSets, p.K), Workers: p.Workers}
	if p.MaxSets == 0 {
		sp.MaxSets = max(DefaultMaxSets, p.K)
	}
	if c.baskets == 0 {
		return []Set[I]{}, nil
	}
	for sp.MinCount = c.high(p.K); ; sp.MinCount = max(1, sp.MinCount/2) {
		q, err := c.query(ctx, sp)
		if err != nil {
			return nil, err
		}
		stores, err := q.top(p)
		if err != nil {
			return nil, err
		}
		if enough := q.kept.sets >= int64(p.K); enough || q.passed || sp.MinCount == 1 {
			top := sets(stores, q.names, q.workers)
			if q.passed && !enough {
				err = &LimitError{MinCount: q.floor - 1, Complete: q.floor}
			}
			return cut(top, p), err
		}
	}
}

// high returns a count to begin with: that of item k, the most frequent first, or of
// the last one.
func (c *Counter[I]) high(k int) int64 {
	counts := c.counts()
	slices.Sort(counts)
	if k < len(counts) {
		return max(1, counts[len(counts)-k])
	}
	return max(1, slices.Max(append(counts, 0))/2)
}

// top finds K sets, and those as frequent as the last of them, if the count that q
// asks for leaves as many.
func (q *query[I]) top(p TopParams) ([]*store, error) {
	q.atLeast = int64(p.K)
	if q.deepest < math.MaxInt { // where a set says something of its subsets
		q.deepest = 0
	}
	for q.deepest < 63 && subsets(q.deepest+1, p.minLen()) < q.atLeast {
		q.deepest++
	}
	return q.gather(true, p.minLen())
}

// subsets returns how many subsets of n items have least or more of them.
func subsets(n, least int) int64 {
	total := int64(0)
	for j, c := range choices(n) {
		if j >= least {
			total = capped(total, c)
		}
	}
	return total
}

// cut puts sets, which come in ascending order of items, in order of count and cuts
// them to those that p asks for.
func cut[I relmark.ID](sets []Set[I], p TopParams) []Set[I] {
	slices.SortStableFunc(sets, func(a, b Set[I]) int { return cmp.Compare(b.Count, a.Count) })
	if !p.Ties && len(sets) > p.K {
		clear(sets[p.K:])
		sets = sets[:p.K:p.K]
	}
	return sets
}
