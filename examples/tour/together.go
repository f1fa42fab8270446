package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
)

// whatSellsTogether finds what is bought on one day, and how much of that is more than
// chance.
func (s *story) whatSellsTogether(r *report) error {
	r.heading("What sells together?", "crosssell/basket")
	s.shelf = s.sales.shelf()
	visits := s.shelf.visits
	if len(visits) == 0 {
		r.say("Needs items: a fifth column that names what was bought.")
		return nil
	}
	counter, err := baskets(visits)
	if err != nil {
		return err
	}
	rules, hypotheses, err := togetherness(counter)
	if err != nil {
		return err
	}
	if hypotheses.Sign() == 0 {
		r.say("Nothing is bought together with something else more than now and then.")
		return nil
	}
	if s.rules, err = basket.Significant(rules, basket.Correction{Hypotheses: hypotheses}, 0.05); err != nil {
		return err
	}
	r.table([]string{"who buys", "also buys", "how many of them", "against chance"}, ruleRows(s.rules))
	r.say("From %s: what is bought together on one day. Of %s rules that could be said, %s hold for one in ten and %s are more than chance: that one of these is false after all has a chance of 5 %% at most, in view of all that was tried.",
		plural(len(visits), "visit"), grouped(hypotheses.String()), count(len(rules)), count(len(s.rules)))
	return sayGroups(r, counter)
}

// sayGroups names the largest groups that belong together beyond what their parts explain.
func sayGroups(r *report, counter *basket.Counter[string]) error {
	found, err := counter.Associations(context.Background(), basket.AssociationParams{Alpha: 0.05, MinCount: least(counter), MaxLen: new(3), MaxSets: 10_000})
	if errors.Is(err, relmark.ErrLimit) {
		return nil // so many go together that none is worth a line
	}
	if err != nil {
		return err
	}
	var groups []string
	for _, a := range found {
		if len(a.Items) > 2 && len(groups) < 3 {
			groups = append(groups, strings.Join(a.Items, " with "))
		}
	}
	if len(groups) > 0 {
		r.say("Three that go together more than any two of them explain: %s.", strings.Join(groups, "; "))
	}
	return nil
}

// baskets counts visits.
func baskets(visits []visit) (*basket.Counter[string], error) {
	var counter basket.Counter[string]
	for _, v := range visits {
		if err := counter.Add(v.items...); err != nil {
			return nil, err
		}
	}
	return &counter, nil
}

// least is how many visits must show what is worth a rule.
func least(counter *basket.Counter[string]) int64 { return max(2, counter.Baskets()/200) }

// togetherness returns the rules of one item for another, the strongest first, and how
// many there could have been.
func togetherness(counter *basket.Counter[string]) ([]basket.Rule[string], *big.Int, error) {
	ctx := context.Background()
	sets, err := counter.Frequent(ctx, basket.SetParams{MinCount: least(counter), MaxLen: new(2)})
	if err != nil {
		return nil, nil, err
	}
	rules, err := basket.Rules(ctx, sets, counter.Baskets(), basket.RuleParams{MinConfidence: 0.1, MaxConsequent: new(1)})
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(rules, func(a, b basket.Rule[string]) int { return cmp.Compare(b.Lift(), a.Lift()) })
	return rules, basket.Tested(sets, new(1)), nil
}

func ruleRows(rules []basket.Rule[string]) [][]string {
	var rows [][]string
	for _, rule := range rules[:min(5, len(rules))] {
		rows = append(rows, []string{
			rule.Antecedent[0], rule.Consequent[0], percent(rule.Confidence()), fmt.Sprintf("%.1f times", rule.Lift()),
		})
	}
	return rows
}
