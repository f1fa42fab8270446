package basket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// DefaultMaxRules is the limit of [RuleParams] where none is given.
const DefaultMaxRules = 1_000_000

// A Rule says that baskets with the antecedent tend to hold the consequent too.
// How strongly, its [Table] says. It is plain data, and immutable by convention:
// the rules of one result share memory.
type Rule[I relmark.ID] struct {
	Antecedent []I `json:"antecedent"` // ascending, each once, at least one
	Consequent []I `json:"consequent"` // the same, none of it in the antecedent
	Table
}

// Validate reports every rule that r breaks, joined into one error: both sides are
// ascending and not empty, no item is on both, text is UTF-8, and the table is one.
func (r Rule[I]) Validate() error {
	var l fault.List
	l.Join("", checkItems("Antecedent", r.Antecedent))
	l.Join("", checkItems("Consequent", r.Consequent))
	for i, item := range r.Consequent {
		if slices.Contains(r.Antecedent, item) {
			l.Add(fmt.Sprintf("Consequent[%d]", i), nil, "must not be in the antecedent")
		}
	}
	l.Join("", r.Table.Validate())
	return l.Err(room)
}

// RuleParams says which rules are wanted. It is plain data: store it, encode it.
// The zero RuleParams wants every rule there is.
type RuleParams struct {
	// MinConfidence is the least confidence of a rule, in [0, 1]. It is compared
	// with Both/Left, both as float64: a rule whose confidence is exactly 3/10
	// passes 0.3.
	MinConfidence float64 `json:"min_confidence"`
	// MaxConsequent is the most items a consequent may have, 1 or more; nil is no
	// bound.
	MaxConsequent *int `json:"max_consequent,omitempty"`
	// MaxRules is the most rules a result may have, 1 or more; 0 is [DefaultMaxRules].
	MaxRules int `json:"max_rules,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p RuleParams) Validate() error {
	var l fault.List
	l.Between("MinConfidence", p.MinConfidence, 0, 1)
	checkBound(&l, "MaxConsequent", p.MaxConsequent)
	l.Check(p.MaxRules >= 0, "MaxRules", p.MaxRules, "must be 1 or more, or 0 for a million")
	return l.Err(room)
}

// Rules splits itemsets into antecedent and consequent and returns the rules that
// p asks for, in ascending order of antecedent, then consequent. Both sides are
// non-empty. The sets, in any order, and the number of baskets are those of one
// [Counter.Frequent] and its counter, or of any other source that lists, with a
// set, all its non-empty subsets; without them no confidence can be told. The
// result is empty if there is no rule.
//
// It fails as [RuleParams.Validate] does, with a [relmark.FieldError] where the
// sets are not as [Set] says, listed twice, without a subset or counted more often
// than a subset or than there are baskets, with [relmark.ErrLimit] where there are
// more than p.MaxRules rules, and with the error of ctx. A result is complete or
// not there. It takes O(k) look-ups for each set of k items and each rule of it;
// adding to a consequent never raises the confidence, so the search stops there.
func Rules[I relmark.ID](ctx context.Context, sets []Set[I], baskets int64, p RuleParams) ([]Rule[I], error) {
	g, err := newGenerator(sets, baskets, p)
	if err != nil {
		return nil, err
	}
	var splits []split
	g.found = func(s split) error {
		splits = append(splits, s)
		return nil
	}
	if err := g.run(ctx); err != nil {
		return nil, err
	}
	return g.rules(splits), nil
}

// EachRule yields the rules of [Rules] as they are found, without keeping them: set by
// set in the order of the sets. It yields the error with which Rules would fail, after the
// rules found before it, and ends.
func EachRule[I relmark.ID](ctx context.Context, sets []Set[I], baskets int64, p RuleParams) iter.Seq2[Rule[I], error] {
	return func(yield func(Rule[I], error) bool) {
		g, err := newGenerator(sets, baskets, p)
		if err == nil {
			g.found = func(s split) error {
				if !yield(g.rules([]split{s})[0], nil) {
					return errStopped
				}
				return nil
			}
			err = g.run(ctx)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(Rule[I]{}, err)
		}
	}
}

// errStopped ends a search whose caller wants no more.
var errStopped = errors.New("stopped")

// A split is one rule: the set with the given number and the members of it, by
// position, that make the consequent.
type split struct {
	set   int
	right uint64
	table Table
}

// A generator finds the rules of one list of sets.
type generator[I relmark.ID] struct {
	*index[I]
	params RuleParams
	found  func(s split) error // what is done with a rule
	count  int                 // how many there were
}

func newGenerator[I relmark.ID](sets []Set[I], baskets int64, p RuleParams) (*generator[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	idx, err := newIndex(sets, baskets)
	if err != nil {
		return nil, err
	}
	if p.MaxRules == 0 {
		p.MaxRules = DefaultMaxRules
	}
	return &generator[I]{index: idx, params: p}, nil
}

// run finds the rules of every set.
func (g *generator[I]) run(ctx context.Context) error {
	for i := range g.sets {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("basket: %w", err)
		}
		if err := g.split(i); err != nil {
			return err
		}
	}
	return nil
}

// split finds the rules that set i makes. Even if none is wanted, it asks for
// every subset with one item less, so that a list without one is found out.
func (g *generator[I]) split(i int) error {
	codes := g.codes(i)
	for j := range codes {
		if err := g.grow(i, codes, 0, j); err != nil {
			return err
		}
	}
	return nil
}

// grow moves position j of the set into the consequent right, whose positions are
// all below j, and goes on with every position above if the rule holds. If it does
// not, no larger consequent does: the antecedent shrinks, so that its count, by
// which that of the set is divided, can only rise. Every consequent that holds is
// reached, by adding its positions in ascending order.
func (g *generator[I]) grow(i int, codes []uint32, right uint64, j int) error {
	right |= 1 << j
	size := bits.OnesCount64(right)
	if size == len(codes) {
		return nil
	}
	t, err := g.table(i, codes, right)
	if err != nil || t.Confidence() < g.params.MinConfidence {
		return err
	}
	if g.count == g.params.MaxRules {
		return fmt.Errorf("basket: more than %d rules of confidence %v: %w", g.params.MaxRules, g.params.MinConfidence, relmark.ErrLimit)
	}
	g.count++
	if err := g.found(split{i, right, t}); err != nil {
		return err
	}
	if g.params.MaxConsequent != nil && size == *g.params.MaxConsequent {
		return nil
	}
	for k := j + 1; k < len(codes); k++ {
		if err := g.grow(i, codes, right, k); err != nil {
			return err
		}
	}
	return nil
}

// rules returns the splits as rules, in order. All rules share one block of items.
func (g *generator[I]) rules(splits []split) []Rule[I] {
	size := 0
	for _, s := range splits {
		size += len(g.sets[s.set].Items)
	}
	block := make([]I, 0, size)
	out := make([]Rule[I], len(splits))
	for i, s := range splits {
		out[i].Table = s.table
		block, out[i].Antecedent = pick(block, g.sets[s.set].Items, ^s.right)
		block, out[i].Consequent = pick(block, g.sets[s.set].Items, s.right)
	}
	slices.SortFunc(out, func(a, b Rule[I]) int {
		return cmp.Or(slices.Compare(a.Antecedent, b.Antecedent), slices.Compare(a.Consequent, b.Consequent))
	})
	return out
}

// pick appends the items at the positions in the mask to the block and returns
// that part of it.
func pick[I any](block, items []I, mask uint64) (grown, part []I) {
	start := len(block)
	for j, item := range items {
		if mask>>j&1 == 1 {
			block = append(block, item)
		}
	}
	return block, block[start:len(block):len(block)]
}
