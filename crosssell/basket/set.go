package basket

import (
	"context"
	"fmt"
	"math"
	"reflect"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// DefaultMaxSets is the limit of a list of sets where none is given. A million sets
// of five strings take 112 MB beside the strings, and about a third more is in use while
// they are found and put in order.
const DefaultMaxSets = 1_000_000

// A Set is an itemset: items that occur together. It is plain data, and immutable
// by convention: the sets of one result share memory.
type Set[I relmark.ID] struct {
	Items []I   `json:"items"` // ascending, each once, at least one
	Count int64 `json:"count"` // baskets that hold all of them
}

// SetParams says which itemsets are wanted. It is plain data: store it, encode it.
type SetParams struct {
	// MinCount is the least number of baskets that must hold a set, the absolute
	// support: from 1 to the number of baskets, required; in an empty counter no set
	// has any. [Counter.AtLeast] turns a share of the baskets into such a count.
	MinCount int64 `json:"min_count"`
	// Family says which of the frequent sets; zero is [FamilyAll].
	Family Family `json:"family,omitempty"`
	// MaxLen is the most items a set may have, 1 or more; nil is no bound. Nothing is
	// cut off by a hidden default. It takes sets out of the result and does not make
	// others closed, maximal or generators.
	MaxLen *int `json:"max_len,omitempty"`
	// MaxSets is the most sets a result may have, 1 or more, where more than 2³¹−2
	// count as that. 0 is the default: it is
	// [DefaultMaxSets] for a list, and a plan or a stream, which store none, count on.
	MaxSets int `json:"max_sets,omitempty"`
	// MaxBytes is the most memory that the counts of the items, the baskets laid out
	// for the search and the result may take, 1 or more; nil is no bound. Sets count as
	// [Plan.Bytes] says. The search itself needs more: with each worker, about as
	// much as the baskets laid out.
	MaxBytes *int64 `json:"max_bytes,omitempty"`
	// Workers is how many goroutines search at a time; 0 is one. The result is the
	// same for any number.
	Workers int `json:"workers,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p SetParams) Validate() error {
	var l fault.List
	l.Check(p.MinCount >= 1, "MinCount", p.MinCount, "must be 1 or more")
	checkFamily(&l, p.Family)
	checkBound(&l, "MaxLen", p.MaxLen)
	l.Check(p.MaxSets >= 0, "MaxSets", p.MaxSets, "must be 1 or more, or 0 for the default")
	checkBound(&l, "MaxBytes", p.MaxBytes)
	checkWorkers(&l, p.Workers)
	return l.Err(room)
}

func checkFamily(l *fault.List, f Family) {
	_, known := f.kind()
	l.Check(known, "Family", nil, "must be all, closed, maximal or generators")
}

func checkWorkers(l *fault.List, workers int) {
	l.Check(workers >= 0, "Workers", workers, "must be 1 or more, or 0 for one")
}

// Frequent returns the itemsets that p asks for, in ascending order of items: {a},
// {a, b}, {a, b, c}, {a, c}, {b}. The order and the sets do not depend on the order
// in which baskets were counted. The result is empty if no item is frequent.
//
// It fails as [SetParams.Validate] does, with a [relmark.FieldError] where
// p.MinCount is above the number of baskets, with a [BudgetError] where p.MaxBytes
// does not hold the counts, and with the error of ctx, without a result.
//
// Where more sets are frequent than p.MaxSets or p.MaxBytes allow, it returns a
// [LimitError] and, as an exception to the rule of this module, a result beside it:
// all sets of the family at the least count at which they fit, which the error
// tells. (That many maximal sets may fit at a lower count too, since their number
// does not always fall as the count rises; then the count is one at which they
// fit.) The result is never a part of what is frequent at the count it is for.
//
// The time grows with the sets, of which each further item of a common basket can
// make twice as many, so that no other bound than these limits is of use: shop data
// of 20,000 to 90,000 baskets take 10 to 150 ms for up to 240,000 sets. Beside the
// counter and the result, memory is about 20 bytes for each frequent item in each
// basket, and 30 for each basket; and for each set some 3 bytes and 1 or 2 for each of its
// items, and once more 32 for each set that begins with the same item as most do.
func (c *Counter[I]) Frequent(ctx context.Context, p SetParams) ([]Set[I], error) {
	if p.MaxSets == 0 {
		p.MaxSets = DefaultMaxSets
	}
	q, err := c.query(ctx, p)
	if err != nil {
		return nil, err
	}
	stores, err := q.collect()
	if err != nil {
		return nil, err
	}
	return sets(stores, q.names, q.workers), q.limited()
}

// A query is a job and what is asked of its result.
type query[I relmark.ID] struct {
	*job
	quota
	names []I // place → item
	asked int64
}

// query lays out c for what p asks.
func (c *Counter[I]) query(ctx context.Context, p SetParams) (*query[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if p.MinCount > c.baskets && c.baskets > 0 {
		return nil, invalid("MinCount", p.MinCount, fmt.Sprintf("must be at most the number of baskets, which is %d", c.baskets))
	}
	k, _ := p.Family.kind()
	left := int64(math.MaxInt64)
	if p.MaxBytes != nil {
		need := c.need(p.MinCount, k)
		if left = *p.MaxBytes - need; left < 0 {
			return nil, &BudgetError{MaxBytes: *p.MaxBytes, Needed: need}
		}
	}
	q := &query[I]{asked: p.MinCount}
	j := &job{ctx: ctx, kind: k, maxLen: limit, workers: p.Workers}
	if p.MaxLen != nil {
		j.maxLen = *p.MaxLen
	}
	j.layout, q.names = c.lay(p.MinCount, k == closed)
	j.least.Store(p.MinCount)
	q.job = j
	q.quota = newQuota[I](p, left)
	if k == generators && c.Giants() > 0 {
		q.deepest = math.MaxInt // an item of every basket can be part of a generator, and is none
	}
	return q, nil
}

// newQuota returns the quota of p for sets over items of type I.
func newQuota[I relmark.ID](p SetParams, bytes int64) quota {
	const header = 24 + 8 // of a Set: its slice and its count
	item := itemBytes[I]()
	q := quota{
		tally:   tally{base: p.MinCount, floor: p.MinCount},
		maxSets: math.MaxInt64, maxBytes: bytes, deepest: math.MaxInt,
		size: func(items int) int64 { return header + item*int64(items) },
	}
	if p.MaxSets > 0 {
		q.maxSets = min(int64(p.MaxSets), limit)
	}
	if k, _ := p.Family.kind(); k == all || k == generators {
		q.deepest = deepest(q.maxSets)
	}
	return q
}

// itemBytes returns the size of an item on a machine of 64 bits, since limits must
// mean the same everywhere.
func itemBytes[I relmark.ID]() int64 {
	switch t := reflect.TypeFor[I](); t.Kind() {
	case reflect.String:
		return 16
	case reflect.Int, reflect.Uint:
		return 8
	default:
		return int64(t.Size())
	}
}

// limited returns the error of a result at a higher count than was asked for.
func (q *query[I]) limited() error {
	if q.floor == q.asked {
		return nil
	}
	return &LimitError{MinCount: q.asked, Complete: q.floor}
}

// unlimited reports whether nothing can be too much.
func (q *query[I]) unlimited() bool { return q.maxSets == math.MaxInt64 && q.maxBytes == math.MaxInt64 }

// fit finds the least count at which the sets are within the limits, without
// storing any.
func (q *query[I]) fit() error {
	if q.unlimited() {
		return nil
	}
	if q.kind == maximal {
		return q.fitMaximal(nil)
	}
	_, err := q.gather(false, 1)
	return err
}

// fitMaximal does so for maximal sets, and puts those that fit in s unless that is nil.
// What is maximal at one count is not always so at a higher one: each count takes a
// search of its own, which ends as soon as the limits are passed.
func (q *query[I]) fitMaximal(s *store) error {
	if q.baskets == 0 { // where any count may be asked for
		return nil
	}
	low, high := q.asked-1, q.baskets+1 // too many below; none, so few enough, at the top
	for try := q.asked; high-low > 1; try = low + (high-low)/2 {
		var tried *store
		if s != nil {
			tried = newStore(len(q.names))
		}
		fits, err := q.maximalAt(try, tried)
		switch {
		case err != nil:
			return err
		case !fits:
			low = try
			continue
		case try == q.asked:
			low = try - 1
		}
		high = try
		if s != nil {
			*s = *tried
		}
	}
	q.least.Store(high)
	q.floor = high
	return nil
}

// maximalAt searches the maximal sets of a count, puts them in s unless that is nil, and
// reports whether they are within the limits.
func (q *query[I]) maximalAt(count int64, s *store) (fits bool, err error) {
	var kept sum
	fits = true
	q.least.Store(count)
	err = q.run(func(places []uint32, _ int, count int64) verdict {
		kept = kept.plus(sum{1, q.size(len(places))})
		if fits = kept.sets <= q.maxSets && kept.bytes <= q.maxBytes; !fits {
			return halt
		}
		if s != nil {
			s.add(places, count)
		}
		return onward
	})
	return fits, err
}

// collect finds the sets that are within the limits.
func (q *query[I]) collect() ([]*store, error) {
	if q.kind == maximal {
		s := newStore(len(q.names))
		return []*store{s}, q.fitMaximal(s)
	}
	return q.gather(true, 1)
}
