package basket

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/fault"
)

// DefaultMaxEvidence is how many rules a suggestion gives as its reasons where
// [SuggestParams] does not say.
const DefaultMaxEvidence = 3

// SuggestParams says what is wanted for one customer. It is plain data.
type SuggestParams[I relmark.ID] struct {
	// Max is the most suggestions, 1 or more; required.
	Max int `json:"max"`
	// Repeatable lists items that may be suggested to who has them, such as those that are
	// used up. All others are suggested only to who does not have them.
	Repeatable []I `json:"repeatable,omitempty"`
	// MaxEvidence is the most rules that a suggestion gives as reasons, 1 or more; 0 is
	// [DefaultMaxEvidence].
	MaxEvidence int `json:"max_evidence,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p SuggestParams[I]) Validate() error {
	var l fault.List
	l.Check(p.Max >= 1, "Max", p.Max, "must be 1 or more")
	l.Check(p.MaxEvidence >= 0, "MaxEvidence", p.MaxEvidence, "must be 1 or more, or 0 for 3")
	return l.Err(room)
}

// A Suggester turns rules into suggestions for one customer. It is an immutable value,
// safe for concurrent use; obtain one from [NewSuggester]. The zero Suggester suggests
// nothing. It has no JSON: store the rules.
type Suggester[I relmark.ID] struct {
	opaque

	rules []Rule[I]    // best first
	logP  []float64    // of each
	right []uint32     // code of the item that each suggests
	code  map[I]uint32 // of every item of a rule
	left  *prefixTree  // antecedents
}

// NewSuggester orders rules for look-up. A rule with several items on the right is passed
// over: each of these items has a rule of its own with the same left side, of at least the
// same confidence, in any list that [Rules] makes. Which rules to pass in, the host
// decides, as by [Significant]; among rules chosen by confidence alone some speak for an
// item that who has the left side buys less often than others.
//
// It fails on a rule that [Rule.Validate] rejects or that is of another number of baskets
// than the first. It takes O(n log n) time for n rules.
func NewSuggester[I relmark.ID](rules []Rule[I]) (*Suggester[I], error) {
	if err := checkRules(rules); err != nil {
		return nil, err
	}
	s := &Suggester[I]{code: map[I]uint32{}}
	for _, r := range rules {
		if len(r.Consequent) == 1 {
			s.rules = append(s.rules, Rule[I]{slices.Clone(r.Antecedent), slices.Clone(r.Consequent), r.Table})
		}
	}
	s.order()
	b := newRuleBook(s.rules)
	for code, item := range b.items {
		s.code[item] = uint32(code)
	}
	for i := range s.rules {
		s.right = append(s.right, b.right[i][0])
	}
	s.left = newPrefixTree(b.left)
	return s, nil
}

// order puts the best rule first: the highest confidence, exactly compared; of equal ones
// the least p-value, then the shorter antecedent, then the order of items.
func (s *Suggester[I]) order() {
	type ranked struct {
		rule Rule[I]
		logP float64
	}
	list := make([]ranked, len(s.rules))
	for i, r := range s.rules {
		list[i] = ranked{r, r.LogP()}
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(
			compareConfidence(b.rule.Table, a.rule.Table),
			cmp.Compare(a.logP, b.logP),
			cmp.Compare(len(a.rule.Antecedent), len(b.rule.Antecedent)),
			slices.Compare(a.rule.Antecedent, b.rule.Antecedent),
			slices.Compare(a.rule.Consequent, b.rule.Consequent),
		)
	})
	s.logP = make([]float64, len(list))
	for i, r := range list {
		s.rules[i], s.logP[i] = r.rule, r.logP
	}
}

// Suggest returns what a customer who has the given items may like, the best first. A rule
// applies if the customer has all of its left side; the score of an item is the confidence
// of the best rule that applies to it, which is also its first evidence and has the
// score for its weight. Further rules follow with weight 0. Better is the higher
// confidence; of equal ones the rule of the lower p-value, then of fewer items on the left,
// then that of lower items, so that the order is one only.
//
// Items that no rule knows, and items named twice, make no difference; there are as many
// suggestions as p asks for if the rules make as many. It fails as
// [SuggestParams.Validate] does. It takes some microseconds for a customer of twenty items,
// in proportion to the rules that apply.
func (s *Suggester[I]) Suggest(owned []I, p SuggestParams[I]) ([]crosssell.Suggestion[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if p.MaxEvidence == 0 {
		p.MaxEvidence = DefaultMaxEvidence
	}
	out := []crosssell.Suggestion[I]{}
	place := map[uint32]int{} // item → where it is in out
	for _, i := range s.applicable(owned, p.Repeatable) {
		at, listed := place[s.right[i]]
		if !listed {
			if len(out) == p.Max {
				continue
			}
			at = len(out)
			place[s.right[i]] = at
			out = append(out, crosssell.Suggestion[I]{Item: s.rules[i].Consequent[0], Score: s.rules[i].Confidence()})
		}
		if because := &out[at].Because; len(*because) < p.MaxEvidence {
			*because = append(*because, s.evidence(i, !listed))
		}
	}
	return out, nil
}

// applicable returns the rules that apply to the owner of items and suggest nothing that
// is owned, the best first.
func (s *Suggester[I]) applicable(owned, repeatable []I) []int32 {
	if s.left == nil {
		return nil
	}
	has, again := s.codes(owned), s.codes(repeatable)
	var rules []int32
	s.left.inside(has, func(same []int32) {
		for _, i := range same {
			_, had := slices.BinarySearch(has, s.right[i])
			_, repeats := slices.BinarySearch(again, s.right[i])
			if !had || repeats {
				rules = append(rules, i)
			}
		}
	})
	slices.Sort(rules)
	return rules
}

// codes returns the codes of items that are in some rule, ascending, each once.
func (s *Suggester[I]) codes(items []I) []uint32 {
	codes := make([]uint32, 0, len(items))
	for _, item := range items {
		if code, known := s.code[item]; known {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// evidence returns what a rule says for its item. The first one carries the score.
func (s *Suggester[I]) evidence(rule int32, first bool) crosssell.Evidence[I] {
	r, logP := &s.rules[rule], s.logP[rule]
	e := crosssell.Evidence[I]{
		Source: crosssell.FromRule,
		Items:  slices.Clone(r.Antecedent),
		Counts: &crosssell.Counts{Both: r.Both, Left: r.Left, Right: r.Right, N: r.N},
		LogP:   &logP,
	}
	if first {
		e.Weight = r.Confidence()
	}
	return e
}
