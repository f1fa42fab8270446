package basket

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// A Standing places a rule among the rules that are listed with it. It is plain data.
type Standing struct {
	Rule Table `json:"rule"`
	// General is the evidence for the best listed generalisation: a rule with the same
	// consequent and a part of the antecedent, of all such rules that of the highest
	// confidence. It is nil if none is listed.
	General *Table `json:"general,omitempty"`
	// Maximal says that no listed rule has the items of this one, both sides taken
	// together, and more.
	Maximal bool `json:"maximal"`
}

// Improvement returns by how much the confidence exceeds that of the best listed
// generalisation; the confidence itself if there is none.
func (s Standing) Improvement() float64 {
	if s.General == nil {
		return s.Rule.Confidence()
	}
	g := s.General
	more := special.Determinant(uint64(s.Rule.Both), uint64(s.Rule.Left), uint64(g.Both), uint64(g.Left))
	return more / product(s.Rule.Left, g.Left)
}

// Boost returns how many times the confidence is that of the best listed
// generalisation: confidence boost; infinite if there is none.
func (s Standing) Boost() float64 {
	if s.General == nil {
		return math.Inf(1)
	}
	return product(s.Rule.Both, s.General.Left) / product(s.Rule.Left, s.General.Both)
}

// LIC returns lift over the highest lift of a listed generalisation, the lift increase;
// infinite if there is none. As the consequent is the same, it equals [Standing.Boost]
// where all rules are of the same baskets.
func (s Standing) LIC() float64 {
	if s.General == nil {
		return math.Inf(1)
	}
	return s.Rule.Lift() / s.General.Lift()
}

// Redundant reports whether a more general rule is at least as good: whether
// [Standing.Improvement], in exact numbers, is 0 or less.
func (s Standing) Redundant() bool {
	if s.General == nil {
		return s.Rule.Both == 0
	}
	return compareConfidence(s.Rule, *s.General) <= 0
}

// compareConfidence compares the confidences of two tables exactly.
func compareConfidence(a, b Table) int {
	h1, l1 := bits.Mul64(uint64(a.Both), uint64(b.Left))
	h2, l2 := bits.Mul64(uint64(b.Both), uint64(a.Left))
	return cmp.Or(cmp.Compare(h1, h2), cmp.Compare(l1, l2))
}

// Standings returns the standing of each rule, in the order of the rules. It fails on a
// rule that [Rule.Validate] rejects or that is of another number of baskets than the
// first, and with the error of ctx. It takes time in proportion to the pairs of a rule and
// a listed rule of some of its items: a few microseconds for each rule of up to ten.
func Standings[I relmark.ID](ctx context.Context, rules []Rule[I]) ([]Standing, error) {
	if err := checkRules(rules); err != nil {
		return nil, err
	}
	b := newRuleBook(rules)
	out := make([]Standing, len(rules))
	general := newPrefixTree(b.byConsequent())
	for i := range rules {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("basket: %w", err)
		}
		out[i] = Standing{Rule: rules[i].Table, General: b.best(general, i)}
	}
	return out, b.markMaximal(ctx, out)
}

// A ruleBook holds rules with codes for their items, in the order of these.
type ruleBook[I relmark.ID] struct {
	rules      []Rule[I]
	items      []I        // by code, ascending
	left       [][]uint32 // antecedents
	right      [][]uint32 // consequents
	consequent []uint32   // number of the consequent of each rule
}

// checkRules reports the first rule that is none, or of other baskets than the first.
func checkRules[I relmark.ID](rules []Rule[I]) error {
	for i := range rules {
		if err := rules[i].Validate(); err != nil {
			return atRule(i, err)
		}
		if rules[i].N != rules[0].N {
			return atRule(i, fault.New("N", rules[i].N, "must be that of the first rule"))
		}
	}
	return nil
}

// newRuleBook gives codes to the items of rules.
func newRuleBook[I relmark.ID](rules []Rule[I]) *ruleBook[I] {
	b := &ruleBook[I]{rules: rules}
	for i := range rules {
		b.items = append(append(b.items, rules[i].Antecedent...), rules[i].Consequent...)
	}
	slices.Sort(b.items)
	b.items = slices.Compact(b.items)
	for i := range rules {
		b.left = append(b.left, b.codes(rules[i].Antecedent))
		b.right = append(b.right, b.codes(rules[i].Consequent))
	}
	b.numberConsequents()
	return b
}

// codes returns the codes of items that the book has.
func (b *ruleBook[I]) codes(items []I) []uint32 {
	codes := make([]uint32, len(items))
	for i, item := range items {
		at, _ := slices.BinarySearch(b.items, item)
		codes[i] = uint32(at)
	}
	return codes
}

// numberConsequents numbers the distinct consequents.
func (b *ruleBook[I]) numberConsequents() {
	order := make([]int, len(b.rules))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return slices.Compare(b.right[i], b.right[j]) })
	b.consequent = make([]uint32, len(b.rules))
	for k := 1; k < len(order); k++ {
		b.consequent[order[k]] = b.consequent[order[k-1]]
		if !slices.Equal(b.right[order[k]], b.right[order[k-1]]) {
			b.consequent[order[k]]++
		}
	}
}

// byConsequent returns the rules as sets: the number of the consequent, then the codes of
// the antecedent.
func (b *ruleBook[I]) byConsequent() [][]uint32 {
	sets := make([][]uint32, len(b.rules))
	for i := range sets {
		sets[i] = append([]uint32{b.consequent[i]}, b.left[i]...)
	}
	return sets
}

// best returns the evidence for the best generalisation of a rule, nil if none is listed.
func (b *ruleBook[I]) best(general *prefixTree, rule int) *Table {
	var best *Table
	general.below(b.consequent[rule], b.left[rule], func(same []int32) {
		t := &b.rules[same[0]].Table
		if len(b.left[same[0]]) < len(b.left[rule]) && (best == nil || compareConfidence(*t, *best) > 0) {
			best = t
		}
	})
	if best == nil {
		return nil
	}
	return &Table{best.Both, best.Left, best.Right, best.N} // of its own
}

// markMaximal notes which rules are maximal: those that are no proper part of another.
func (b *ruleBook[I]) markMaximal(ctx context.Context, out []Standing) error {
	sets := make([][]uint32, len(b.rules))
	for i := range sets {
		sets[i] = append(append([]uint32{}, b.left[i]...), b.right[i]...)
		slices.Sort(sets[i])
		out[i].Maximal = true
	}
	all := newPrefixTree(sets)
	for i := range sets {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("basket: %w", err)
		}
		all.inside(sets[i], func(same []int32) {
			for _, j := range same {
				if len(sets[j]) == len(sets[i]) {
					break
				}
				out[j].Maximal = false
			}
		})
	}
	return nil
}

// atRule returns what is wrong with rule i.
func atRule(i int, err error) error {
	return fault.Room(room, fault.At(fmt.Sprintf("Rules[%d]", i), err))
}
