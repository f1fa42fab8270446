package earning_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// shop grants a point for each euro, twice as many to gold members on weekends.
func shop() *earning.Engine {
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2, PointValue: decimal.New(1, -2),
		Versions: []earning.Version{{
			Rounding: earning.HalfUp,
			Rates:    []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
			Multipliers: []earning.Multiplier{{Rule: "gold weekend", Factor: decimal.New(2, 0), When: earning.Condition{
				Tiers: []string{"gold"}, Weekdays: []time.Weekday{time.Saturday, time.Sunday},
			}}},
		}},
	})
	if err != nil {
		panic(err)
	}
	return e
}

// What do I write on the product page, for somebody who has not even logged in?
func Example() {
	saturday := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	basket := earning.Order{At: saturday, Amount: decimal.New(4999, -2)}
	award, err := shop().Quote(&basket)
	if err != nil {
		panic(err)
	}
	fmt.Println("you will earn", award.Granted, "points")
	basket.Tier = "gold"
	award, err = shop().Explain(&basket)
	if err != nil {
		panic(err)
	}
	for _, g := range award.Grants {
		fmt.Println(g.Points, g.Rule)
	}
	// Output:
	// you will earn 50 points
	// 50 base
	// 50 gold weekend
}

// Which of my rules can never do what they say?
func ExampleEngine_Warnings() {
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2,
		Versions: []earning.Version{{
			Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
			Multipliers: []earning.Multiplier{
				{Rule: "always triple", Factor: decimal.New(3, 0), Exclusive: true, Priority: 9},
				{Rule: "double", Factor: decimal.New(2, 0)},
			},
			Bonuses: []earning.Bonus{{Rule: "jackpot", Points: 1000}},
			Caps:    []earning.Cap{{Per: earning.PerOrder, Points: 500}},
		}},
	})
	if err != nil {
		panic(err)
	}
	for _, w := range e.Warnings() {
		fmt.Println(w.Rule, w.Kind, w.By)
	}
	// Output:
	// double shadowed always triple
	// jackpot always_capped
}

// How does a host with a ledger of its own ask what an order earns?
func ExampleEngine_Earn() {
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2,
		Versions: []earning.Version{{
			Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
			Goals: []earning.Goal{{Rule: "stamp card", Target: 10, Points: 25, Repeat: true}},
			Caps:  []earning.Cap{{Per: earning.PerMonth, Points: 100}},
		}},
	})
	if err != nil {
		panic(err)
	}
	anna := &member{
		granted:  map[earning.Period]int64{earning.PerMonth: 60},
		progress: map[string]earning.Progress{"stamp card": {Count: 9}},
	}
	order := earning.Order{At: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC), Amount: decimal.New(20, 0)}
	out, err := e.Earn(&order, anna)
	if err != nil {
		panic(err)
	}
	for _, g := range out.Award.Grants {
		fmt.Println(g.Points, g.Rule)
	}
	fmt.Println(out.Award.Granted, "granted,", out.Steps[0].Reached.Points, "of them for the card")
	// Output:
	// 20 base
	// 25 stamp card
	// -5 cap
	// 40 granted, 20 of them for the card
}

// How do all members share 100 points a month?
func ExampleUsage() {
	engine, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2,
		Versions: []earning.Version{{
			Rates:   []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
			Budgets: []earning.Cap{{Per: earning.PerMonth, Points: 100}},
		}},
	})
	if err != nil {
		panic(err)
	}
	var usage earning.Usage // of the whole programme
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, member := range []string{"anna", "bert"} {
		out, err := engine.Earn(&earning.Order{At: at, Amount: decimal.New(70, 0), Budget: engine.BudgetLeft(&usage, at)}, nil)
		if err != nil {
			panic(err)
		}
		if err := usage.Add(out.Facts.Date, out.Award.Granted); err != nil {
			panic(err)
		}
		fmt.Println(member, out.Award.Grants)
	}
	fmt.Println("left:", *engine.BudgetLeft(&usage, at))
	// Output:
	// anna [{base 70 []}]
	// bert [{base 70 []} {cap -40 []}]
	// left: 0
}

// How are rules kept in a database or a file?
func ExampleDecodeRules() {
	data := []byte(`{"v":1,"zone":"Europe/Berlin","currency":"EUR","digits":2,
		"versions":[{"rates":[{"rule":"base","points":1,"per":"1"}]}]}`)
	rules, err := earning.DecodeRules(data, time.LoadLocation)
	fmt.Println(rules.Zone, len(rules.Versions), err)
	_, err = earning.DecodeRules([]byte(`{"v":1,"currency":"EUR","versions":[{"rates":[{"rule":"base","points":0,"per":"1"}]}]}`), nil)
	fmt.Println(err)
	// Output:
	// Europe/Berlin 1 <nil>
	// earning: Versions[0].Rates[0].Points = 0: must be 1 to 2^53-1
}

// Which line of the basket earns what, and why does the gift card earn nothing?
func ExampleEngine_Lines() {
	grocery := earning.Selector{Categories: []string{"grocery"}}
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2,
		Versions: []earning.Version{{
			Exclusions: []earning.Exclusion{{Rule: "no gift cards", Lines: earning.Selector{Categories: []string{"gift card"}}}},
			Rates: []earning.Rate{
				{Rule: "base", Points: 1, Per: decimal.New(1, 0)},
				{Rule: "grocery", Points: 2, Per: decimal.New(1, 0), Lines: grocery},
			},
		}},
	})
	if err != nil {
		panic(err)
	}
	lines, err := e.Lines(&earning.Order{
		At: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC), Amount: decimal.New(75, 0),
		Lines: []earning.OrderLine{
			{Amount: decimal.New(40, 0), Category: "grocery"},
			{Amount: decimal.New(25, 0), Category: "gift card"},
			{Amount: decimal.New(10, 0), Category: "drugstore"},
		},
	})
	if err != nil {
		panic(err)
	}
	for _, l := range lines {
		fmt.Printf("%s %d %v %q\n", l.ID, l.Points, l.Rules, l.Excluded)
	}
	// Output:
	// 1 120 [base grocery] ""
	// 2 0 [] "no gift cards"
	// 3 10 [base] ""
}

// How many points does a stay of three nights earn, one of which points pay?
func ExampleRate() {
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2, PointValue: decimal.New(1, -2),
		Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "night", Points: 500, Per: decimal.New(1, 0), Measure: "nights"}}}},
	})
	if err != nil {
		panic(err)
	}
	award, err := e.Quote(&earning.Order{
		At: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC), Amount: decimal.New(300, 0), PayPoints: 10_000,
		Lines: []earning.OrderLine{{Amount: decimal.New(300, 0), Measures: []earning.Measure{{Name: "nights", Value: decimal.New(3, 0)}}}},
	})
	fmt.Println(award.Granted, err)
	// Output: 1000 <nil>
}

// What does a member get for a review, and for the second one in a month?
func ExampleEngine_Act() {
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2,
		Versions: []earning.Version{{Activities: []earning.ActivityRule{
			{Rule: "review", Kind: "review", Points: new(int64(20)), Once: earning.PerMonth},
		}}},
	})
	if err != nil {
		panic(err)
	}
	review := earning.Activity{At: time.Date(2025, 3, 9, 12, 0, 0, 0, time.UTC), Kind: "review"}
	first, err := e.Act(&review, nil)
	fmt.Println(first.Award.Granted, err)
	_, err = e.Act(&review, &member{took: map[string]relmark.Date{"review": first.Facts.Date}})
	fmt.Println(err)
	// Output:
	// 20 <nil>
	// earning: limit_reached
}

// Which numbers of points can pay?
func ExampleEngine_CheckSpending() {
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2, PointValue: decimal.New(1, -2), Versions: []earning.Version{{}},
		Spending: earning.Spending{MinPoints: 100, Step: 50},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(e.CheckSpending(75), e.CheckSpending(120), e.CheckSpending(150))
	// Output: earning: below_minimum earning: off_step <nil>
}

// Which rules work together on a line, and what can a day cost?
func ExampleEngine_Report() {
	e, err := earning.Compile(earning.Rules{
		Currency: "EUR", Digits: 2, PointValue: decimal.New(5, -3),
		Versions: []earning.Version{{
			Rates: []earning.Rate{
				{Rule: "base", Points: 1, Per: decimal.New(1, 0)},
				{Rule: "tea", Points: 4, Per: decimal.New(1, 0), Lines: earning.Selector{Categories: []string{"tea"}}},
			},
			Caps:    []earning.Cap{{Per: earning.PerMonth, Points: 5000}},
			Budgets: []earning.Cap{{Per: earning.PerDay, Points: 80_000}},
		}},
	})
	if err != nil {
		panic(err)
	}
	report := e.Report()
	for _, o := range report.Overlaps {
		fmt.Println(o.Rule, o.Kind, o.With)
	}
	cost := report.Costs[0]
	fmt.Println(cost.Member.Points, cost.Member.Value, "a member;", cost.Everyone.Points, cost.Everyone.Value, "all of them")
	// Output:
	// base earns_twice tea
	// 5000 25 a member; 80000 400 all of them
}
