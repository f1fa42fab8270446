package basket

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Productivity returns, for each rule, the natural logarithm of the p-value that it is no
// better than a more general rule: over all generalisations Z → Y of X → Y, in which Z is
// X without one item or more, the greatest p-value of Fisher's exact test that, in the
// baskets with Z, the rest of X goes with Y. For Z without items that is [Table.LogP]. A
// rule is productive at the level of its adjusted value ([Correction.Adjust]).
//
// The sets and the number of baskets are those from which the rules come. It fails as
// [Rules] does on those, with a [relmark.FieldError] on a rule that [Rule.Validate] rejects
// or that is not of these sets and their counts, and with the error of ctx. It takes a
// test for each generalisation, of which a rule of k items on the left has 2ᵏ − 1.
func Productivity[I relmark.ID](ctx context.Context, sets []Set[I], baskets int64, rules []Rule[I]) ([]float64, error) {
	x, err := newIndex(sets, baskets)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(rules))
	for i, r := range rules {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("basket: %w", err)
		}
		if err := r.Validate(); err != nil {
			return nil, atRule(i, err)
		}
		g, err := x.generalisations(r)
		if err != nil {
			return nil, atRule(i, err)
		}
		out[i] = g.logP(r.Table)
	}
	return out, nil
}

// generalisations are the counts that the tests of one rule need, by the members of its
// antecedent, as a mask.
type generalisations struct {
	left []int64 // baskets with that part of the antecedent
	both []int64 // and with the consequent
}

// generalisations looks up the counts for a rule.
func (x *index[I]) generalisations(r Rule[I]) (generalisations, error) {
	var g generalisations
	items := append(slices.Clone(r.Antecedent), r.Consequent...)
	slices.Sort(items)
	if len(items) >= len(x.sets) { // a list with all parts of the rule is longer
		return g, notOfSets()
	}
	codes, spread, right := make([]uint32, len(items)), []int{}, uint64(0)
	for i, item := range items {
		code, listed := x.code[item]
		if !listed {
			return g, notOfSets()
		}
		codes[i] = code
		if slices.Contains(r.Consequent, item) {
			right |= 1 << i
		} else {
			spread = append(spread, i)
		}
	}
	return g, x.fill(&g, codes, spread, right, r.Table)
}

// fill looks up the counts of every part of the antecedent, whose members lie at the
// positions that spread gives, alone and with the consequent.
func (x *index[I]) fill(g *generalisations, codes []uint32, spread []int, right uint64, t Table) error {
	whole := uint64(1)<<len(codes) - 1
	if n, listed := x.part(codes, whole); !listed || n != t.Both || x.baskets != t.N {
		return notOfSets()
	}
	g.left, g.both = make([]int64, 1<<len(spread)), make([]int64, 1<<len(spread))
	for part := range g.left {
		mask := uint64(0)
		for j, at := range spread {
			mask |= uint64(part>>j&1) << at
		}
		var okLeft, okBoth bool
		g.left[part], okLeft = x.part(codes, mask)
		g.both[part], okBoth = x.part(codes, mask|right)
		if mask == 0 {
			g.left[part], okLeft = x.baskets, true
		}
		if !okLeft || !okBoth {
			return notOfSets()
		}
	}
	if g.left[len(g.left)-1] != t.Left || g.both[0] != t.Right {
		return notOfSets()
	}
	return nil
}

func notOfSets() error { return fault.New("", nil, "must be of the sets and agree with their counts") }

// logP returns the greatest p-value over the generalisations.
func (g generalisations) logP(t Table) float64 {
	worst := math.Inf(-1)
	for part := range g.left[:len(g.left)-1] {
		within := Table{Both: t.Both, Left: t.Left, Right: g.both[part], N: g.left[part]}
		if within.Validate() == nil { // counts of other baskets may contradict each other
			worst = max(worst, within.LogP())
		}
	}
	return worst
}
