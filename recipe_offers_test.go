package relmark_test

import (
	"context"
	"fmt"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/basket"
)

// What do I offer a customer next, given what sells together? Receipts make rules
// (market basket analysis), rules candidates, and a decision takes the best of those
// that the customer does not have and may be told of.
func Example_rulesToOffers() {
	var till basket.Counter[string]
	for _, receipt := range [][]string{
		{"bread", "butter"},
		{"bread", "butter", "jam"},
		{"bread", "jam"},
		{"coffee", "milk"},
		{"coffee", "croissant"},
		{"bread", "butter", "coffee"},
		{"coffee", "croissant", "milk"},
		{"coffee", "milk"},
	} {
		if err := till.Add(receipt...); err != nil {
			fmt.Println(err)
			return
		}
	}
	offers, err := whatSellsTogether(&till)
	if err != nil {
		fmt.Println(err)
		return
	}
	contact, err := relmark.ContactPolicy{Zone: time.UTC}.Decide("app", "offers",
		relmark.ContactFacts{Consents: []relmark.Consent{{Channel: "app", Purpose: "offers"}}}, time.Date(2026, 6, 30, 9, 0, 0, 0, time.UTC))
	if err != nil {
		fmt.Println(err)
		return
	}
	customer := crosssell.Customer[string]{
		Contact:   []crosssell.ContactAnswer{{Channel: "app", Purpose: "offers", Decision: contact}},
		Complaint: crosssell.NoComplaint,
		Owned:     []string{"coffee", "croissant"},
	}
	candidates := offers(customer.Owned)
	decision, err := crosssell.Decide(crosssell.Policy{Floor: 0.1}, customer, candidates)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, v := range decision.Verdicts {
		fmt.Printf("%s: %s, worth %.2f", candidates[i].Item, v.Outcome, v.Worth)
		for _, r := range v.Reasons {
			fmt.Printf(", %s %s", r.Gate, r.Code)
		}
		fmt.Println()
	}
	// Output:
	// croissant: rejected, worth 0.36, owned owned
	// milk: chosen, worth 0.24
	// coffee: rejected, worth 0.00, owned owned, worth too_low
}

// whatSellsTogether returns a function that makes candidates for who owns some items:
// what most of those who bought one of them bought as well.
func whatSellsTogether(till *basket.Counter[string]) (func(owned []string) []crosssell.Candidate[string], error) {
	ctx := context.Background()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 2})
	if err != nil {
		return nil, err
	}
	rules, err := basket.Rules(ctx, sets, till.Baskets(), basket.RuleParams{MinConfidence: 0.3, MaxConsequent: new(1)})
	if err != nil {
		return nil, err
	}
	margin := map[string]float64{"butter": 0.8, "jam": 1.1, "milk": 0.4, "croissant": 0.9}
	return func(owned []string) []crosssell.Candidate[string] {
		best := map[string]float64{}
		var items []string // in the order of the rules
		for _, r := range rules {
			for _, item := range owned {
				if len(r.Antecedent) == 1 && r.Antecedent[0] == item {
					if _, known := best[r.Consequent[0]]; !known {
						items = append(items, r.Consequent[0])
					}
					best[r.Consequent[0]] = max(best[r.Consequent[0]], r.Confidence())
				}
			}
		}
		var list []crosssell.Candidate[string]
		for _, item := range items {
			list = append(list, crosssell.Candidate[string]{Item: item, Channel: "app", Purpose: "offers", Score: best[item], Margin: margin[item]})
		}
		return list
	}, nil
}
