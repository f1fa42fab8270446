package abc_test

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/abc"
)

func euros(cents int64) decimal.Decimal { return decimal.New(cents, -2) }

// Which of our guests bring most of the revenue, and how much hangs on them?
func Example() {
	spend := map[string]decimal.Decimal{
		"Adler": euros(5_200_00), "Brandt": euros(2_900_00), "Conti": euros(1_100_00),
		"Duval": euros(400_00), "Evans": euros(250_00), "Fuchs": euros(150_00),
	}
	ranking, err := abc.NewRanking(maps.All(spend))
	if err != nil {
		panic(err)
	}
	classes, err := ranking.ABC(abc.Cuts{}) // 80 and 95 %
	if err != nil {
		panic(err)
	}
	for guest, class := range classes.All() {
		fmt.Println(guest, class, class.Kind())
	}
	fmt.Printf("class A: %.0f %% of the guests, %.0f %% of the revenue\n",
		100*classes.Groups.A.CustomerShare, 100*classes.Groups.A.ValueShare)
	gini, _ := ranking.Curve().Gini()
	fmt.Printf("Gini %.3f\n", gini)
	// Output:
	// Adler a key
	// Brandt a key
	// Conti b potential
	// Duval b potential
	// Evans c ordinary
	// Fuchs c ordinary
	// class A: 33 % of the guests, 81 % of the revenue
	// Gini 0.565
}

// In which order do our customers rank by what they brought this year?
func ExampleNewRanking() {
	ranking, err := abc.NewRanking(maps.All(map[int]decimal.Decimal{
		1004: euros(75_00), 1002: euros(120_00), 1001: euros(75_00), 1003: euros(-10_00),
	}))
	if err != nil {
		panic(err)
	}
	for customer, value := range ranking.All() {
		fmt.Println(customer, value)
	}
	// Output:
	// 1002 120
	// 1001 75
	// 1004 75
	// 1003 -10
}

// What would the year have brought without the customers on whom we lose money?
func ExampleCurve_Whale() {
	profit := map[string]decimal.Decimal{"p": euros(40_00), "q": euros(40_00), "r": euros(20_00), "s": euros(0), "t": euros(-25_00)}
	ranking, err := abc.NewRanking(maps.All(profit))
	if err != nil {
		panic(err)
	}
	whale := ranking.Curve().Whale()
	ratio, _ := whale.Ratio()
	fmt.Printf("%s with %d customers, %s with all: %.0f %% of the profit, %s drained\n",
		whale.Peak, whale.Customers, whale.Total, 100*ratio, whale.Drain)
	for _, step := range ranking.Curve().Steps(5) {
		fmt.Print(step.Value, " ")
	}
	fmt.Println()
	// Output:
	// 100 with 3 customers, 75 with all: 133 % of the profit, 25 drained
	// 0 40 80 100 100 75
}

// How large a part of the business is the best fifth of the customers?
func ExampleCurve_Top() {
	ranking, err := abc.NewRanking(maps.All(map[int]decimal.Decimal{
		1: euros(50_00), 2: euros(30_00), 3: euros(15_00), 4: euros(3_00), 5: euros(1_00), 6: euros(1_00),
	}))
	if err != nil {
		panic(err)
	}
	top, _ := ranking.Curve().Top(decimal.NewFromInt(20))
	fmt.Printf("%d customers, %.0f %%\n", top.Customers, 100*top.Share)
	// Output: 2 customers, 80 %
}

// How unequal is our base, drawn against the diagonal?
func ExampleCurve_Lorenz() {
	ranking, err := abc.NewRanking(maps.All(map[int]decimal.Decimal{1: euros(60_00), 2: euros(25_00), 3: euros(10_00), 4: euros(5_00)}))
	if err != nil {
		panic(err)
	}
	for _, p := range ranking.Curve().Lorenz(4) {
		fmt.Printf("%.2f %.2f\n", p.Customers, p.Value)
	}
	// Output:
	// 0.00 0.00
	// 0.25 0.05
	// 0.50 0.15
	// 0.75 0.40
	// 1.00 1.00
}

// Each shop counts its own customers: how concentrated is the whole chain, and
// from which spend on is a customer class A?
func ExampleValues_Merge() {
	var north, south abc.Values
	for _, spend := range []int64{900, 80, 70, 50} {
		if err := north.Add(decimal.NewFromInt(spend), 1); err != nil {
			panic(err)
		}
	}
	for _, spend := range []int64{500, 90, 60, 50} {
		if err := south.Add(decimal.NewFromInt(spend), 1); err != nil {
			panic(err)
		}
	}
	if err := north.Merge(south); err != nil {
		panic(err)
	}
	summary, err := north.Curve().ABC(abc.Cuts{})
	if err != nil {
		panic(err)
	}
	fmt.Println(summary.A.Customers, "customers in class A, from", summary.A.Least)
	// Output: 3 customers in class A, from 90
}

// Who is platinum, who only buys on discount, and who costs more than he brings?
func ExampleStratify() {
	pyramid, err := abc.NewPyramid(abc.PyramidParams{})
	if err != nil {
		panic(err)
	}
	known := abc.Measured
	strata, err := abc.Stratify(pyramid, maps.All(map[string]abc.Trade{
		"Adler":  {Revenue: euros(9_000_00), Cost: euros(4_000_00), PriceSensitivity: known(0.1), Wallet: known(0.9)},
		"Brandt": {Revenue: euros(8_000_00), Cost: euros(4_500_00), PriceSensitivity: known(0.8), Wallet: known(0.7)},
		"Conti":  {Revenue: euros(2_000_00), Cost: euros(1_000_00)},
		"Duval":  {Revenue: euros(900_00), Cost: euros(650_00), PriceSensitivity: known(0.2), Wallet: known(0.9)},
		"Evans":  {Revenue: euros(700_00), Cost: euros(1_100_00), PriceSensitivity: known(0.4), Wallet: known(0.5)},
	}))
	if err != nil {
		panic(err)
	}
	for s := range strata.All() {
		fmt.Println(s.ID, s.Layer, s.Margin, s.Traits)
	}
	fmt.Println("lead customers cost us", strata.Curve.Whale().Drain)
	// Output:
	// Adler platinum 5000 [top_margin]
	// Brandt gold 3500 [top_margin price_sensitive]
	// Conti gold 1000 [upper_margin price_unknown wallet_unknown]
	// Duval iron 250 [small_margin]
	// Evans lead -400 [loss]
	// lead customers cost us 400
}

// Which customers are key, which have potential, if we look at loyalty and
// potential beside the value?
func ExampleClassify() {
	matrix, err := abc.NewMatrix(abc.MatrixParams{
		Loyalty:   abc.Axis{High: 5, Medium: 3},   // active months out of six
		Potential: abc.Axis{High: 70, Medium: 40}, // our own score, 0 to 100
	})
	if err != nil {
		panic(err)
	}
	placed, err := abc.Classify(matrix, maps.All(map[string]abc.Profile{
		"Adler":  {Value: euros(8_000_00), Loyalty: 1, Potential: 20}, // bought once, will not come again
		"Brandt": {Value: euros(1_300_00), Loyalty: 6, Potential: 85},
		"Conti":  {Value: euros(250_00), Loyalty: 4, Potential: 90},
		"Duval":  {Value: euros(150_00), Loyalty: 2, Potential: 50},
	}))
	if err != nil {
		panic(err)
	}
	for p := range placed.All() {
		fmt.Println(p.ID, p.Value, p.Loyalty, p.Potential, "->", p.Class, p.Class.Kind())
	}
	// Output:
	// Adler a low low -> b potential
	// Brandt b high high -> a key
	// Conti c medium high -> b potential
	// Duval c low medium -> c ordinary
}

// A key customer has ordered less for the third month running: is he still key?
func ExampleStreak_Next() {
	state, err := abc.NewStreak(abc.A)
	if err != nil {
		panic(err)
	}
	for _, month := range []int64{900, 850, 700, 400} {
		var dropped bool
		if state, dropped, err = state.Next(decimal.NewFromInt(month), abc.StreakRule{}); err != nil {
			panic(err)
		}
		if dropped {
			fmt.Println("now class", state.Class())
		}
	}
	stored, err := json.Marshal(state)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(stored))
	// Output:
	// now class b
	// {"v":1,"class":"b","last":"400"}
}

// One hour left for calls: which leads come first?
func ExampleScore() {
	scorer, err := abc.NewScorer(abc.ProspectParams{
		Fit:          []abc.Attribute{{Name: "size of the firm", Weight: 2}, {Name: "distance", Weight: 1}},
		Intent:       []abc.IntentSignal{{Name: "newsletter read", Points: 1, HalfLife: 14}, {Name: "asked for a quote", Points: 8, HalfLife: 30}},
		Half:         8,
		FitLevels:    abc.Axis{High: 0.7, Medium: 0.4},
		IntentLevels: abc.Axis{High: 0.5, Medium: 0.2},
	})
	if err != nil {
		panic(err)
	}
	today, err := relmark.NewDate(2026, 3, 31)
	if err != nil {
		panic(err)
	}
	known := abc.Measured
	leads, err := abc.Score(scorer, maps.All(map[string]abc.Prospect{
		"North Ltd": {Fit: []abc.Measure{known(0.9), known(0.6)}, Touches: []abc.Touch{{Signal: 1, On: today}}},
		"South Ltd": {Fit: []abc.Measure{known(0.8), {}}, Touches: []abc.Touch{{Signal: 0, On: today.AddDays(-14)}}},
		"West Ltd":  {Fit: []abc.Measure{known(0.1), known(0.2)}, Touches: []abc.Touch{{Signal: 0, On: today}}},
	}), today)
	if err != nil {
		panic(err)
	}
	for _, l := range leads {
		fmt.Printf("%s %s: fit %.2f, intent %.2f\n", l.Class, l.ID, l.Fit, l.Intent)
	}
	// Output:
	// a North Ltd: fit 0.80, intent 0.50
	// b South Ltd: fit 0.80, intent 0.04
	// c West Ltd: fit 0.13, intent 0.08
}

// What is a lead of this grade worth, if one in three of its kind became a
// customer?
func ExampleConversions_Rate() {
	hot := abc.ProspectScore{FitLevel: abc.High, IntentLevel: abc.High}
	cold := abc.ProspectScore{FitLevel: abc.High, IntentLevel: abc.Low}
	var seen abc.Conversions
	for i := range 30 {
		if err := seen.Add(hot, i%3 == 0); err != nil {
			panic(err)
		}
		if err := seen.Add(cold, i%30 == 0); err != nil {
			panic(err)
		}
	}
	const newCustomer = 1_200 // from a model of lifetime value
	rate, _ := seen.Rate(hot, 10)
	fmt.Printf("%.3f, worth %.0f\n", rate, rate*newCustomer)
	// Output: 0.296, worth 355
}

// Is the segment of young families worth a strategy of its own?
func ExampleSegmentation_Reports() {
	var byAge abc.Segmentation[string]
	for i := range int64(60) {
		m := abc.Member{
			Values:    []decimal.Decimal{euros(100_00 + i), euros(112_00), euros(121_00)}, // three half-years
			Reachable: i%4 > 0,
			Contacts:  5,
			Responses: int(i % 2),
		}
		if err := byAge.Add("young families", m); err != nil {
			panic(err)
		}
	}
	if err := byAge.Add("students", abc.Member{Values: []decimal.Decimal{euros(40_00), euros(35_00), euros(-5_00)}}); err != nil {
		panic(err)
	}
	reports, err := byAge.Reports(abc.Criteria{MinResponse: new(0.05)})
	if err != nil {
		panic(err)
	}
	for _, r := range reports {
		fmt.Printf("%s: %d customers, %s, %s\n", r.Key, r.Customers, r.Value, r.Outcome())
		for _, f := range r.Findings {
			if f.Outcome != abc.Pass {
				fmt.Println("-", f.Criterion.Test(), f.Criterion, f.Outcome)
			}
		}
	}
	// Output:
	// students: 1 customers, 70, fail
	// - measurable size fail
	// - measurable precision unknown
	// - reachable access fail
	// - reachable response unknown
	// - growing growth unknown
	// young families: 60 customers, 19997.7, pass
}
