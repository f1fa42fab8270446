package basket_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/relmark/relmark/crosssell/basket"
)

// receipts counts a morning at a bakery.
func receipts() *basket.Counter[string] {
	c := &basket.Counter[string]{}
	for _, items := range [][]string{
		{"coffee", "croissant"},
		{"coffee", "croissant", "juice"},
		{"bread"},
		{"coffee", "croissant"},
		{"bread", "coffee"},
		{"bread", "butter"},
		{"bread", "butter", "coffee"},
		{"juice"},
	} {
		if err := c.Add(items...); err != nil {
			panic(err)
		}
	}
	return c
}

// What do customers who buy a croissant buy with it, and is that more than chance?
func Example() {
	ctx := context.Background()
	till := receipts()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := basket.Rules(ctx, sets, till.Baskets(), basket.RuleParams{MinConfidence: 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rules {
		fmt.Printf("%v → %v: %d of %d baskets, confidence %.2f, lift %.2f\n",
			r.Antecedent, r.Consequent, r.Both, r.N, r.Confidence(), r.Lift())
	}
	// Output:
	// [bread] → [butter]: 2 of 8 baskets, confidence 0.50, lift 2.00
	// [bread] → [coffee]: 2 of 8 baskets, confidence 0.50, lift 0.80
	// [butter] → [bread]: 2 of 8 baskets, confidence 1.00, lift 2.00
	// [coffee] → [croissant]: 3 of 8 baskets, confidence 0.60, lift 1.60
	// [croissant] → [coffee]: 3 of 8 baskets, confidence 1.00, lift 1.60
}

// How many baskets hold coffee, and how many hold a croissant as well?
func ExampleCounter_Count() {
	till := receipts()
	fmt.Println(till.Count("coffee"), till.Count("coffee", "croissant"), "of", till.Baskets())
	// Output: 5 3 of 8
}

// Which pairs sell together most often?
func ExampleCounter_Frequent() {
	pairs, err := receipts().Frequent(context.Background(), basket.SetParams{MinCount: 2, MaxLen: new(2)})
	if err != nil {
		fmt.Println(err)
		return
	}
	pairs = slices.DeleteFunc(pairs, func(s basket.Set[string]) bool { return len(s.Items) < 2 })
	slices.SortStableFunc(pairs, func(a, b basket.Set[string]) int { return int(b.Count - a.Count) })
	for _, p := range pairs {
		fmt.Println(p.Count, p.Items)
	}
	// Output:
	// 3 [coffee croissant]
	// 2 [bread butter]
	// 2 [bread coffee]
}

// How do two branches that count apart see what sells together in both?
func ExampleCounter_Merge() {
	var north, south basket.Counter[string]
	if err := north.Add("tea", "milk"); err != nil {
		fmt.Println(err)
	}
	if err := south.Add("milk", "tea", "honey"); err != nil {
		fmt.Println(err)
	}
	sent, err := south.MarshalBinary() // over the wire
	if err != nil {
		fmt.Println(err)
	}
	var received basket.Counter[string]
	if err := received.UnmarshalBinary(sent); err != nil {
		fmt.Println(err)
	}
	if err := north.Merge(&received); err != nil {
		fmt.Println(err)
	}
	fmt.Println(north.Count("tea", "milk"), "of", north.Baskets())
	// Output: 2 of 2
}

// Which one product should the till suggest next to bread?
func ExampleRules() {
	ctx := context.Background()
	till := receipts()
	sets, err := till.Frequent(ctx, basket.SetParams{MinCount: 2, MaxLen: new(2)})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := basket.Rules(ctx, sets, till.Baskets(), basket.RuleParams{MaxConsequent: new(1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	rules = slices.DeleteFunc(rules, func(r basket.Rule[string]) bool { return r.Antecedent[0] != "bread" })
	best := slices.MaxFunc(rules, func(a, b basket.Rule[string]) int {
		if a.Lift() < b.Lift() {
			return -1
		}
		return 1
	})
	fmt.Printf("%s: lift %.1f\n", best.Consequent[0], best.Lift())
	// Output: butter: lift 2.0
}

// What does it mean that 194 of 516 baskets with beef hold other vegetables too?
func ExampleTable() {
	beef := basket.Table{Both: 194, Left: 516, Right: 1903, N: 9835}
	fmt.Printf("support %.4f, confidence %.3f, lift %.2f\n", beef.Support(), beef.Confidence(), beef.Lift())
	// Output: support 0.0197, confidence 0.376, lift 1.94
}
