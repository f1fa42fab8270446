package basket

import (
	"context"
	"math"
	"math/big"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// LampParams says for which consequent all significant rules are wanted. It is plain data.
type LampParams[I relmark.ID] struct {
	Consequent []I     `json:"consequent"` // ascending, each once, at least one
	Alpha      float64 `json:"alpha"`      // probability of one false rule or more, above 0 and at most 1; required
	// MaxAntecedent is the most items on the left, 1 or more; nil is no bound.
	MaxAntecedent *int `json:"max_antecedent,omitempty"`
	// MaxSets is the most itemsets that may be looked at, 1 or more; 0 is [DefaultMaxSets].
	MaxSets int `json:"max_sets,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p LampParams[I]) Validate() error {
	var l fault.List
	l.Join("", checkItems("Consequent", p.Consequent))
	l.Join("", checkAlpha(p.Alpha))
	checkBound(&l, "MaxAntecedent", p.MaxAntecedent)
	l.Check(p.MaxSets >= 0, "MaxSets", p.MaxSets, "must be 1 or more, or 0 for a million")
	return l.Err(room)
}

// A Lamp is all that is significant about one consequent. It is plain data.
type Lamp[I relmark.ID] struct {
	// MinCount is the least number of baskets with an antecedent that could make a rule
	// significant, if all of them held the consequent.
	MinCount int64 `json:"min_count"`
	// Testable is the number of antecedents that do, those counted once that are in the
	// same baskets: the factor of Bonferroni's correction. It is 1 or more.
	Testable *big.Int `json:"testable"`
	// LogCritical is the natural logarithm of the greatest p-value of a significant rule.
	LogCritical float64 `json:"log_critical"`
	// Rules are all significant rules with this consequent, in order of antecedent.
	Rules []Rule[I] `json:"rules,omitempty"`
}

// Lamp returns all rules with a given consequent that are significant, whatever the support
// and the confidence, by the limitless-arity multiple-testing procedure of Terada and
// others. An antecedent in x baskets has, if all of them hold the consequent, the p-value
//
//	f(x) = C(Right, x) / C(N, x)
//
// and none below it. So antecedents with f(x) above the critical value α/k cannot become
// significant, need no test, and do not count among the k: the procedure finds the support
// at which the number of the others is small enough. The bound on the probability of any
// false rule is α, as with all antecedents counted, but the critical value is far greater.
//
// It fails as [LampParams.Validate] does, with [relmark.ErrLimit] past p.MaxSets, and with the
// error of ctx. Where the consequent is in no basket or in all, nothing is significant.
// Giant baskets take no part ([CounterParams]), and Table.N does not have them. It takes the time of [Counter.Frequent] at a few supports.
func (c *Counter[I]) Lamp(ctx context.Context, p LampParams[I]) (Lamp[I], error) {
	if err := p.Validate(); err != nil {
		return Lamp[I]{}, err
	}
	s := lampSearch[I]{params: p}
	s.all, s.with = c.apart(p.Consequent)
	s.n, s.right = s.all.Baskets(), s.with.Baskets()
	var out Lamp[I]
	sets, err := s.level(ctx, &out)
	if err != nil {
		return Lamp[I]{}, err
	}
	out.Rules, err = s.rules(ctx, sets, out)
	if err != nil {
		return Lamp[I]{}, err
	}
	return out, nil
}

// apart returns a counter of the baskets without the items of a consequent, and one of
// those among them that held all of these; neither has the giants.
func (c *Counter[I]) apart(consequent []I) (all, with *Counter[I]) {
	all, with = &Counter[I]{}, &Counter[I]{}
	var items []I
	c.shelf.each(func(r row, codes []uint32) {
		if len(codes) > c.params.most() {
			return
		}
		items = items[:0]
		for _, code := range codes {
			if !slices.Contains(consequent, c.items[code]) {
				items = append(items, c.items[code])
			}
		}
		all.put(r.times, items)
		if len(codes)-len(items) == len(consequent) {
			with.put(r.times, items)
		}
	})
	return all, with
}

// A lampSearch looks for the level of one consequent.
type lampSearch[I relmark.ID] struct {
	params   LampParams[I]
	n, right int64
	all      *Counter[I] // without the consequent
	with     *Counter[I] // of the baskets that held it
}

// logLeast returns ln f(x): no antecedent in x baskets or fewer has a lower p-value.
func (s *lampSearch[I]) logLeast(x int64) float64 {
	x = min(x, s.right)
	return Table{Both: x, Left: x, Right: s.right, N: s.n}.LogP()
}

// level finds the support and the number of testable antecedents, and returns those: it
// lowers the support until the antecedents that are left out could not be significant,
// then takes the highest at which that holds.
func (s *lampSearch[I]) level(ctx context.Context, out *Lamp[I]) ([]Set[I], error) {
	for support, above := s.right+1, s.right+1; ; above, support = support, max(1, support/5*4+support%5*4/5) {
		sets, err := s.frequent(ctx, s.all, support)
		if err != nil {
			return nil, err
		}
		counts, err := distinctCounts(sets, s.n)
		if err != nil {
			return nil, err
		}
		if support > 1 && !s.enough(support, counts) {
			continue
		}
		support = s.highest(support, above, counts)
		k := numberFrom(counts, support)
		out.MinCount, out.Testable, out.LogCritical = support, big.NewInt(k), math.Log(s.params.Alpha/float64(k))
		return slices.DeleteFunc(sets, func(x Set[I]) bool { return x.Count < support }), nil
	}
}

// highest returns the highest support below another one that is enough, if one is: the
// more antecedents a support leaves out, the more of them could be significant.
func (s *lampSearch[I]) highest(support, above int64, counts []int64) int64 {
	for above-support > 1 {
		if middle := support + (above-support)/2; s.enough(middle, counts) {
			support = middle
		} else {
			above = middle
		}
	}
	return support
}

// frequent returns the antecedents that reach a support, which may be more than there are
// baskets.
func (s *lampSearch[I]) frequent(ctx context.Context, c *Counter[I], support int64) ([]Set[I], error) {
	if support > c.Baskets() {
		return nil, nil
	}
	return c.Frequent(ctx, SetParams{MinCount: support, MaxLen: s.params.MaxAntecedent, MaxSets: s.params.MaxSets})
}

// enough reports whether no antecedent below a support could be significant among those
// that reach it.
func (s *lampSearch[I]) enough(support int64, counts []int64) bool {
	return s.logLeast(support-1) > math.Log(s.params.Alpha/float64(numberFrom(counts, support)))
}

// numberFrom returns how many of ascending counts reach a support; 1 if none does.
func numberFrom(counts []int64, support int64) int64 {
	below, _ := slices.BinarySearch(counts, support)
	return max(1, int64(len(counts)-below))
}

// distinctCounts returns the counts of sets, ascending, without those of a set that is in
// the same baskets as another one with one item more: their tests are the same.
func distinctCounts[I relmark.ID](sets []Set[I], baskets int64) ([]int64, error) {
	x, err := newIndex(sets, baskets)
	if err != nil {
		return nil, err
	}
	same := map[string]bool{}
	for i := range sets {
		codes := x.codes(i)
		for j := range codes {
			rest := (uint64(1)<<len(codes) - 1) &^ (1 << j)
			if n, _ := x.part(codes, rest); n == sets[i].Count {
				same[string(x.key)] = true
			}
		}
	}
	var counts []int64
	for i := range sets {
		x.part(x.codes(i), ^uint64(0))
		if !same[string(x.key)] {
			counts = append(counts, sets[i].Count)
		}
	}
	slices.Sort(counts)
	return counts, nil
}

// rules returns the significant rules of testable antecedents. One that meets the
// consequent in fewer baskets than the least support is none.
func (s *lampSearch[I]) rules(ctx context.Context, sets []Set[I], out Lamp[I]) ([]Rule[I], error) {
	x, err := newIndex(sets, s.n)
	if err != nil {
		return nil, err
	}
	met, err := s.frequent(ctx, s.with, out.MinCount)
	if err != nil {
		return nil, err
	}
	var rules []Rule[I]
	for _, m := range met {
		codes := make([]uint32, len(m.Items))
		for k, item := range m.Items {
			codes[k] = x.code[item]
		}
		left, _ := x.part(codes, ^uint64(0))
		t := Table{Both: m.Count, Left: left, Right: s.right, N: s.n}
		if t.LogP() <= out.LogCritical {
			rules = append(rules, Rule[I]{m.Items, slices.Clone(s.params.Consequent), t})
		}
	}
	return rules, nil
}
