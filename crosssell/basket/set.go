package basket

import (
	"context"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// DefaultMaxSets is the limit of [SetParams] where none is given. A million sets
// of five strings take 112 MB beside the strings, and as much again is in use
// while they are found.
const DefaultMaxSets = 1_000_000

// A Set is an itemset: items that occur together. It is plain data, and immutable
// by convention: the sets of one result share memory.
type Set[I relmark.ID] struct {
	Items []I   `json:"items"` // ascending, each once, at least one
	Count int64 `json:"count"` // baskets that hold all of them
}

// SetParams says which itemsets count as frequent. It is plain data: store it,
// encode it.
type SetParams struct {
	// MinCount is the least number of baskets that must hold a set, the absolute
	// support: 1 or more, required. A share of the baskets is turned into a count
	// by the host, in whole numbers: 0.28·25 is not 7 in floating point.
	MinCount int64 `json:"min_count"`
	// MaxLen is the most items a set may have, 1 or more; nil is no bound. Nothing is
	// cut off by a hidden default.
	MaxLen *int `json:"max_len,omitempty"`
	// MaxSets is the most sets a result may have, 1 or more; 0 is [DefaultMaxSets].
	MaxSets int `json:"max_sets,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p SetParams) Validate() error {
	var l fault.List
	l.Check(p.MinCount >= 1, "MinCount", p.MinCount, "must be 1 or more")
	checkBound(&l, "MaxLen", p.MaxLen)
	l.Check(p.MaxSets >= 0, "MaxSets", p.MaxSets, "must be 1 or more, or 0 for a million")
	return l.Err(room)
}

// checkBound adds what is wrong with a bound that may be nil.
func checkBound(l *fault.List, field string, bound *int) {
	if bound != nil {
		l.Check(*bound >= 1, field, *bound, "must be 1 or more, or nil for no bound")
	}
}

func invalid(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}

// Frequent returns every non-empty itemset that at least p.MinCount baskets hold,
// in ascending order of items: {a}, {a, b}, {a, b, c}, {a, c}, {b}. The order and
// the sets do not depend on the order in which baskets were counted. The result
// is empty if no item is frequent.
//
// It fails as [SetParams.Validate] does, with [relmark.ErrLimit] where more than
// p.MaxSets sets are frequent, and with the error of ctx; a result is complete or
// not there. The time grows with the sets, of which each further item of a common
// basket can make twice as many, so that no other bound than this limit is of use:
// shop data of 20,000 to 90,000 baskets take 0.1 to 0.5 s for up to 240,000 sets.
// Beside the counter and the result, memory is about 10 bytes for each frequent
// item in each basket, and 32 for each basket.
func (c *Counter[I]) Frequent(ctx context.Context, p SetParams) ([]Set[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if p.MaxSets == 0 {
		p.MaxSets = DefaultMaxSets
	}
	if p.MaxLen == nil {
		p.MaxLen = new(limit)
	}
	v := c.vertical(p.MinCount)
	f, err := mine(ctx, v, p)
	if err != nil {
		return nil, err
	}
	return sets(f, v.names), nil
}

// sets returns what was found in ascending order of items, with the names of the
// places. All sets share one block of items.
func sets[I relmark.ID](f *found, names []I) []Set[I] {
	block := make([]I, 0, len(f.cells))
	out := make([]Set[I], 0, len(f.ends))
	for _, i := range f.order(len(names)) {
		start := len(block)
		for _, place := range f.set(i) {
			block = append(block, names[place])
		}
		out = append(out, Set[I]{block[start:len(block):len(block)], f.counts[i]})
	}
	return out
}
