package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/relmark/relmark/crosssell/basket"
)

// whatSellsTogether finds what is bought on one day, and how much of that is more than
// chance.
func (s *story) whatSellsTogether(r *report) error {
	r.heading("What sells together?")
	visits := s.visits()
	if len(visits) == 0 {
		r.say("Needs items: a fifth column that names what was bought.")
		return nil
	}
	var err error
	if s.rules, err = togetherness(visits); err != nil {
		return err
	}
	r.table([]string{"who buys", "also buys", "how many of them", "against chance"}, ruleRows(s.rules))
	r.say("From %s: what is bought together on one day.", plural(len(visits), "visit"))
	return nil
}

// togetherness returns the rules of one item for another, the strongest first.
func togetherness(visits []visit) ([]basket.Rule[string], error) {
	var counter basket.Counter[string]
	for _, v := range visits {
		if err := counter.Add(v.items...); err != nil {
			return nil, err
		}
	}
	ctx := context.Background()
	least := max(2, counter.Baskets()/200)
	sets, err := counter.Frequent(ctx, basket.SetParams{MinCount: least, MaxLen: new(2)})
	if err != nil {
		return nil, err
	}
	rules, err := basket.Rules(ctx, sets, counter.Baskets(), basket.RuleParams{MinConfidence: 0.1, MaxConsequent: new(1)})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rules, func(a, b basket.Rule[string]) int { return cmp.Compare(b.Lift(), a.Lift()) })
	return rules, nil
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
