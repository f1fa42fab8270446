package rfm

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Pattern is what a purchase model sees of a customer: x repeat purchases, the
// last of them at age t_x, observed up to age T. Times are in any one unit. It is
// plain data.
type Pattern struct {
	X  int     `json:"x"`
	TX float64 `json:"tx"`
	T  float64 `json:"t"`
}

// Pattern returns the pattern of a summary.
func (s Summary) Pattern() Pattern { return Pattern{s.X, s.TX, s.T} }

// Validate reports the first rule that p breaks as a [relmark.FieldError].
func (p Pattern) Validate() error {
	switch {
	case p.X < 0:
		return fault.New("X", p.X, "must be 0 or more")
	case !(p.T >= 0) || math.IsInf(p.T, 0):
		return fault.New("T", p.T, "must be finite and 0 or more")
	case !(p.TX >= 0) || p.TX > p.T:
		return fault.New("TX", p.TX, "must lie in [0, T]")
	case p.X == 0 && p.TX != 0:
		return fault.New("TX", p.TX, "must be 0 if X is 0")
	}
	return nil
}

func (p Pattern) compare(q Pattern) int {
	return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.TX, q.TX), cmp.Compare(p.T, q.T))
}

// Patterns counts customers by [Pattern]: the sufficient statistic of models of
// purchase and churn, small however large the base. The zero Patterns is empty and
// ready to use. It is not safe for concurrent mutation; concurrent reads are safe
// while nobody changes it. A copy shares memory with its original. All patterns
// must be in one unit of time.
type Patterns struct {
	opaque

	counts map[Pattern]int64
	total  int64
}

// Add counts n customers with one pattern. It fails with a [relmark.FieldError]
// unless the pattern is valid and n is 0 or more, and with [relmark.ErrLimit] where
// the number of customers would pass an int64; t is unchanged then.
func (t *Patterns) Add(p Pattern, n int64) error {
	if err := p.Validate(); err != nil {
		return fault.Room(room, err)
	}
	if n < 0 {
		return fault.Room(room, fault.New("N", n, "must be 0 or more"))
	}
	if _, ok := money.Add(t.total, n); !ok {
		return errCustomers
	}
	t.add(p, n)
	return nil
}

var errCustomers = fmt.Errorf("rfm: number of customers: %w", relmark.ErrLimit)

func (t *Patterns) add(p Pattern, n int64) {
	if n == 0 {
		return
	}
	if t.counts == nil {
		t.counts = map[Pattern]int64{}
	}
	p.TX, p.T = p.TX+0, p.T+0 // −0 + 0 is 0
	t.counts[p] += n
	t.total += n
}

// Merge adds the counts of o. It is associative and commutative, with the empty
// Patterns as identity. It fails with [relmark.ErrLimit] as [Patterns.Add] does.
func (t *Patterns) Merge(o Patterns) error {
	if _, ok := money.Add(t.total, o.total); !ok {
		return errCustomers
	}
	for p, n := range o.counts {
		t.add(p, n)
	}
	return nil
}

// Len returns the number of distinct patterns.
func (t Patterns) Len() int { return len(t.counts) }

// N returns the number of customers.
func (t Patterns) N() int64 { return t.total }

// All yields each pattern with its number of customers, by X, then TX, then T.
func (t Patterns) All() iter.Seq2[Pattern, int64] {
	return func(yield func(Pattern, int64) bool) {
		for _, p := range slices.SortedFunc(maps.Keys(t.counts), Pattern.compare) {
			if !yield(p, t.counts[p]) {
				return
			}
		}
	}
}
