package compare_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/compare"
)

// Against whom do we win on what customers weigh, and where are we ahead?
func Example() {
	attributes := []compare.Attribute{
		{Name: "price", Weight: 25, Lead: compare.CostLead},
		{Name: "speed", Weight: 15, Lead: compare.TechnologyLead},
		{Name: "courtesy", Weight: 10, Lead: compare.ServiceLead},
		{Name: "reliability", Weight: 35, Lead: compare.ProductLead},
		{Name: "location", Weight: 15},
	}
	firms := []compare.Firm{
		{Name: "Aster", Scores: scores(5.3, 7.2, 6.4, 5.6, 6.9)},
		{Name: "Boreal", Scores: scores(8.6, 6.8, 3.4, 5.2, 6.1)},
		{Name: "Dune", Scores: scores(5.9, 8.7, 7.7, 6.0, 6.2)},
	}
	ratings, err := compare.Rate(attributes, firms)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range ratings {
		fmt.Printf("%d. %s %.2f", r.Rank, firms[r.Firm].Name, *r.Score)
		for _, lead := range r.Leads {
			fmt.Printf(", ahead in %s by %.1f", lead.Lead, lead.Margin)
		}
		fmt.Println()
	}
	moves, err := compare.Moves(context.Background(), attributes, firms)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range moves {
		fmt.Printf("%s wins from a change of %.3f on: %.1f\n", firms[m.Firm].Name, m.Distance, m.Weights)
	}
	// Output:
	// 1. Dune 6.58, ahead in product by 0.4, ahead in technology by 1.5, ahead in service by 1.3
	// 2. Boreal 6.25, ahead in cost by 2.7
	// 3. Aster 6.04
	// Dune wins from a change of 0.000 on: [25.0 15.0 10.0 35.0 15.0]
	// Boreal wins from a change of 0.096 on: [29.8 15.0 5.2 35.0 15.0]
	// Aster wins from a change of 0.558 on: [18.2 0.0 3.9 35.0 42.9]
}

// What is our service worth to customers, and what moves that most?
func ExampleOffer_Sensitivity() {
	s, err := compare.Offer{Results: 8, Process: 6, Price: 4, Effort: 1}.Sensitivity()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("value %.1f; one percent more of results %+.2f %%, of process %+.2f %%, of price %+.2f %%, of effort %+.2f %%\n",
		s.Value, s.Results, s.Process, s.Price, s.Effort)
	// Output: value 2.8; one percent more of results +0.57 %, of process +0.43 %, of price -0.80 %, of effort -0.20 %
}

// Where are we behind the best, and is it more than chance?
func ExampleBenchmark() {
	sample := func(n int64, mean, sd float64) *compare.Sample { return &compare.Sample{N: n, Mean: mean, SD: sd} }
	b, err := compare.Benchmark(0, []compare.Factor{
		{Name: "speed", Firms: []*compare.Sample{sample(40, 5.1, 1.2), sample(60, 5.9, 1.1), sample(30, 5.8, 1)}},
		{Name: "range", Firms: []*compare.Sample{sample(40, 4.4, 1.5), sample(60, 5.0, 1.3), nil}},
	}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range b.Gaps {
		fmt.Printf("factor %d: %+.1f against firm %d (%.1f to %.1f), adjusted p %.3f, surely %v\n", g.Factor, g.Gap, g.Best, g.Low, g.High, g.AdjustedP, g.Surely)
	}
	// Output:
	// factor 0: -0.8 against firm 1 (-1.3 to -0.3), adjusted p 0.002, surely true
	// factor 1: -0.6 against firm 1 (-1.2 to -0.0), adjusted p 0.042, surely true
}

// Which prices do customers accept?
func ExamplePriceRange() {
	answers := []compare.PriceAnswer{{2, 4, 6, 8}, {3, 4, 7, 9}, {1, 5, 6, 10}, {4, 6, 8, 9}, {5, 3, 8, 9}} // the last is out of order
	p, err := compare.PriceRange(answers, compare.PriceOptions{Disorder: compare.LeaveOut})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f to %.2f, expected %.2f, best %.1f to %.1f; %d of %d left out\n",
		p.From.Price, p.To.Price, p.Indifference.Price, p.Optimal.Low, p.Optimal.High, p.LeftOut, len(answers))
	// Output: 3.33 to 7.50, expected 5.33, best 4.0 to 7.0; 1 of 5 left out
}

// At which price do we earn most, and what do customers keep?
func ExampleLadder_Demand() {
	ladder, err := compare.NewLadder(10, 15, 20, 30)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, yes := range [][]bool{{true, true, true, true}, {true, true, true, false}, {true, true, false, false}, {true, true, false, false}, {true, false, false, false}} {
		if err := ladder.Add(yes...); err != nil {
			fmt.Println(err)
			return
		}
	}
	d, err := ladder.Demand(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	surplus, _ := d.Surplus(d.Best)
	fmt.Printf("at %.2f %.0f %% buy: %.2f a customer asked; they keep %.2f\n", d.Best, 100*d.BestShare, d.BestRevenue, surplus)
	// Output: at 15.00 80 % buy: 12.00 a customer asked; they keep 6.00
}

// How sure is the price that customers expect?
func ExampleResamplePrices() {
	answers := []compare.PriceAnswer{{2, 4, 6, 8}, {3, 4, 7, 9}, {1, 5, 6, 10}, {4, 6, 8, 9}, {3, 5, 7, 9}, {2, 5, 8, 10}}
	i, err := compare.ResamplePrices(context.Background(), answers, compare.PriceOptions{}, servqual.Resampling{Replicates: 1000, Level: 0.90}, rand.New(rand.NewPCG(7, 11)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f to %.1f\n", i.Indifference.Low, i.Indifference.High)
	// Output: 5.0 to 6.0
}
