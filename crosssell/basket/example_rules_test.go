package basket_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/relmark/relmark/crosssell/basket"
)

// kiosk counts 2,000 receipts of a kiosk. Who buys a newspaper often buys coffee, and who
// buys coffee often a croissant; nothing else goes together.
func kiosk() *basket.Counter[string] {
	c, r := &basket.Counter[string]{}, rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		var items []string
		take := func(item string, p float64) bool {
			taken := r.Float64() < p
			if taken {
				items = append(items, item)
			}
			return taken
		}
		paper := take("newspaper", 0.3)
		coffee := take("coffee", map[bool]float64{true: 0.6, false: 0.3}[paper])
		take("croissant", map[bool]float64{true: 0.4, false: 0.1}[coffee])
		for _, other := range []string{"chewing gum", "lighter", "magazine", "water"} {
			take(other, 0.25)
		}
		if err := c.Add(items...); err != nil {
			panic(err)
		}
	}
	return c
}

// Of the rules that we found, how many are more than chance?
func ExampleSignificant() {
	ctx, till := context.Background(), kiosk()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := basket.Rules(ctx, sets, till.Baskets(), basket.RuleParams{MinConfidence: 0.4, MaxConsequent: new(1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	hypotheses := basket.Tested(sets, new(1)) // we looked at all of these, and listed the confident ones
	sure, err := basket.Significant(rules, basket.Correction{Hypotheses: hypotheses}, 0.05)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d rules of confidence 0.4 among %v, %d of them significant\n", len(rules), hypotheses, len(sure))
	// Output: 68 rules of confidence 0.4 among 207, 47 of them significant
}

// Which of these only say at length what a shorter one says?
func ExampleStandings() {
	ctx, till := context.Background(), kiosk()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := basket.Rules(ctx, sets, till.Baskets(), basket.RuleParams{MinConfidence: 0.6, MaxConsequent: new(1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	standings, err := basket.Standings(ctx, rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, r := range rules {
		if s := standings[i]; s.Redundant() || s.Improvement() < 0.05 {
			continue
		}
		fmt.Printf("%v → %v: confidence %.2f, p = %.0e\n", r.Antecedent, r.Consequent, r.Confidence(), r.P())
	}
	// Output:
	// [croissant] → [coffee]: confidence 0.73, p = 1e-65
	// [croissant newspaper] → [coffee]: confidence 0.87, p = 1e-47
	// [croissant water] → [coffee]: confidence 0.80, p = 3e-20
	// [lighter newspaper] → [coffee]: confidence 0.68, p = 5e-13
	// [newspaper] → [coffee]: confidence 0.62, p = 9e-38
}

// Which items belong together, and is anything explained by something else?
func ExampleCounter_Associations() {
	found, err := kiosk().Associations(context.Background(), basket.AssociationParams{Alpha: 0.05, MinCount: 1, Explained: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range found {
		fmt.Printf("%v in %d baskets, leverage %.3f, p at most %.0e\n", a.Items, a.Count, a.Leverage, math.Exp(a.LogP))
	}
	// Output:
	// [coffee croissant] in 354 baskets, leverage 0.080, p at most 1e-65
	// [coffee croissant newspaper] in 172 baskets, leverage 0.035, p at most 1e-18
	// [coffee newspaper] in 357 baskets, leverage 0.064, p at most 9e-38
	// [croissant newspaper] in 197 baskets, leverage 0.029, p at most 2e-11
}

// What makes customers buy a croissant, rare reasons included?
func ExampleCounter_Lamp() {
	lamp, err := kiosk().Lamp(context.Background(), basket.LampParams[string]{Consequent: []string{"croissant"}, Alpha: 0.05})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v antecedents in %d baskets or more can be significant, at p = %.1e\n", lamp.Testable, lamp.MinCount, math.Exp(lamp.LogCritical))
	for _, r := range lamp.Rules {
		if len(r.Antecedent) > 1 {
			continue
		}
		fmt.Printf("%v: confidence %.2f, p = %.0e\n", r.Antecedent, r.Confidence(), r.P())
	}
	// Output:
	// 61 antecedents in 5 baskets or more can be significant, at p = 8.2e-04
	// [coffee]: confidence 0.44, p = 1e-65
	// [newspaper]: confidence 0.34, p = 2e-11
}

// Does the second item on the left add anything to the first?
func ExampleProductivity() {
	ctx, till := context.Background(), kiosk()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := basket.Rules(ctx, sets, till.Baskets(), basket.RuleParams{MinConfidence: 0.5, MaxConsequent: new(1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := basket.Productivity(ctx, sets, till.Baskets(), rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	adjusted, err := basket.Correction{Hypotheses: basket.Tested(sets, new(1))}.Adjust(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, r := range rules {
		if adjusted[i] <= math.Log(0.05) {
			fmt.Printf("%v → %v: better than any part of it\n", r.Antecedent, r.Consequent)
		}
	}
	fmt.Println("of", len(rules))
	// Output:
	// [croissant] → [coffee]: better than any part of it
	// [croissant newspaper] → [coffee]: better than any part of it
	// [newspaper] → [coffee]: better than any part of it
	// of 34
}

// What do we offer a customer who bought a newspaper and a bottle of water, and why?
func ExampleSuggester_Suggest() {
	ctx, till := context.Background(), kiosk()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := basket.Rules(ctx, sets, till.Baskets(), basket.RuleParams{MaxConsequent: new(1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	sure, err := basket.Significant(rules, basket.Correction{Hypotheses: basket.Tested(sets, new(1))}, 0.05)
	if err != nil {
		fmt.Println(err)
		return
	}
	suggester, err := basket.NewSuggester(sure)
	if err != nil {
		fmt.Println(err)
		return
	}
	suggestions, err := suggester.Suggest([]string{"newspaper", "water"}, basket.SuggestParams[string]{Max: 2, MaxEvidence: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range suggestions {
		why := s.Because[0]
		fmt.Printf("%s (%.2f): %d of %d with %v bought it, %d of %d in all\n",
			s.Item, s.Score, why.Counts.Both, why.Counts.Left, why.Items, why.Counts.Right, why.Counts.N)
	}
	// Output:
	// coffee (0.65): 93 of 143 with [newspaper water] bought it, 800 of 2000 in all
	// croissant (0.34): 197 of 573 with [newspaper] bought it, 483 of 2000 in all
}

// Do rules between groups show what single articles are too rare for?
func ExampleTaxonomy() {
	kinds, err := basket.NewTaxonomy([]basket.Node[string]{
		{Item: "beer"},
		{Item: "lager", Parents: []string{"beer"}},
		{Item: "stout", Parents: []string{"beer"}},
		{Item: "snacks"},
		{Item: "crisps", Parents: []string{"snacks"}},
		{Item: "nuts", Parents: []string{"snacks"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var till basket.Counter[string]
	for _, items := range [][]string{{"lager", "crisps"}, {"lager", "nuts"}, {"stout", "crisps"}, {"stout", "nuts"}, {"lager"}, {"crisps"}, {}, {}} {
		wide, err := kinds.Extend(items...)
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := till.Add(wide...); err != nil {
			fmt.Println(err)
			return
		}
	}
	ctx := context.Background()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	if sets, err = kinds.Prune(sets); err != nil {
		fmt.Println(err)
		return
	}
	for r, err := range basket.EachRule(ctx, sets, till.Baskets(), basket.RuleParams{MinConfidence: 0.8}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s → %s: %d of %d\n", r.Antecedent[0], r.Consequent[0], r.Both, r.Left)
	}
	// Output:
	// nuts → beer: 2 of 2
	// snacks → beer: 4 of 5
	// beer → snacks: 4 of 5
	// stout → snacks: 2 of 2
}

// How surprising is it that 194 of 516 baskets with beef hold other vegetables too?
func ExampleTable_P() {
	beef := basket.Table{Both: 194, Left: 516, Right: 1903, N: 9835}
	fmt.Printf("p = %.2e, ln p = %.1f\n", beef.P(), beef.LogP())
	fmt.Printf("leverage %.4f, conviction %.2f, hyper-lift %.2f\n", beef.Leverage(), beef.Conviction(), beef.HyperLift(0.99))
	// Output: p = 2.20e-23, ln p = -52.2
	// leverage 0.0096, conviction 1.29, hyper-lift 1.60
}
