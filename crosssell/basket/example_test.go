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

// How much would the list of all itemsets take, before it is asked for?
func ExampleCounter_Plan() {
	plan, err := receipts().Plan(context.Background(), basket.SetParams{MinCount: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Sets, "sets,", plan.Bytes, "bytes, by length", plan.ByLen)
	minCount, _ := plan.AtMost(10, 1<<20)
	fmt.Println("ten or fewer from a count of", minCount)
	// Output:
	// 13 sets, 784 bytes, by length [5 6 2]
	// ten or fewer from a count of 2
}

// Which combinations sell, one at a time, without a list in memory?
func ExampleCounter_Sets() {
	p := basket.SetParams{MinCount: 2, Family: basket.FamilyMaximal}
	for set, err := range receipts().Sets(context.Background(), p) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(set.Count, set.Items)
	}
	// Unordered output:
	// 2 [juice]
	// 2 [bread butter]
	// 2 [bread coffee]
	// 3 [coffee croissant]
}

// What are the three best pairs, without guessing a least count?
func ExampleCounter_Top() {
	top, err := receipts().Top(context.Background(), basket.TopParams{K: 3, MinLen: new(2)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range top {
		fmt.Println(s.Count, s.Items)
	}
	// Output:
	// 3 [coffee croissant]
	// 2 [bread butter]
	// 2 [bread coffee]
}

// Last year's baskets should count half as much as this year's, and older ones not
// at all. How many is that?
func ExampleCounter_Weigh() {
	var c basket.Counter[string]
	for _, sold := range []struct{ year, times int64 }{{2024, 40}, {2025, 30}, {2026, 10}} {
		if err := c.AddAt(sold.year, sold.times, "tea", "honey"); err != nil {
			fmt.Println(err)
		}
	}
	recent, err := c.Weigh(func(year int64) int64 { return max(0, year-2024) })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(recent.Count("tea", "honey"), "half baskets of", recent.Baskets())
	// Output: 50 half baskets of 50
}

// An order came back whole. Who takes it out of the counts?
func ExampleCounter_Remove() {
	till := receipts()
	fmt.Println(till.Remove("croissant", "coffee"))
	fmt.Println(till.Remove("cake"))
	fmt.Println(till.Count("coffee", "croissant"), "of", till.Baskets())
	// Output:
	// <nil>
	// basket: not_counted
	// 2 of 7
}

// Baskets lie on two machines. What is frequent in all of them together?
func ExampleCounter_Recount() {
	ctx := context.Background()
	parts := []*basket.Counter[string]{receipts(), {}}
	if err := parts[1].AddN(4, "bread", "butter"); err != nil {
		fmt.Println(err)
	}
	const minCount, total = 6, 12
	var found, counted [][]basket.Set[string]
	for _, part := range parts { // on each machine
		local, err := basket.LocalCount(minCount, part.Baskets(), total)
		if err != nil {
			fmt.Println(err)
		}
		sets, err := part.Frequent(ctx, basket.SetParams{MinCount: local})
		if err != nil {
			fmt.Println(err)
		}
		found = append(found, sets)
	}
	candidates := basket.Union(found...)
	for _, part := range parts { // and once more
		sets, err := part.Recount(ctx, candidates)
		if err != nil {
			fmt.Println(err)
		}
		counted = append(counted, sets)
	}
	sets, err := basket.SumSets(minCount, counted...)
	fmt.Println(sets, err)
	// Output: [{[bread] 8} {[bread butter] 6} {[butter] 6}] <nil>
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
