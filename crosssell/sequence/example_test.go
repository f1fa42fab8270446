package sequence_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/relmark/relmark/crosssell/sequence"
)

// shopped are three customers of a coffee shop.
func shopped() *sequence.Histories[string, string] {
	var h sequence.Histories[string, string]
	for _, p := range []struct {
		customer string
		day      int
		items    []string
	}{
		{"ann", 0, []string{"grinder", "filter"}},
		{"ann", 9, []string{"beans"}},
		{"ann", 40, []string{"machine", "beans"}},
		{"bob", 3, []string{"filter", "grinder"}},
		{"bob", 5, []string{"beans"}},
		{"cid", 2, []string{"grinder"}},
		{"cid", 90, []string{"machine"}},
	} {
		if err := h.Add(p.customer, day(p.day), p.items...); err != nil {
			log.Fatal(err)
		}
	}
	return &h
}

// What do customers buy, in which order, and what next?
func Example() {
	h := shopped()
	found, err := h.Frequent(context.Background(), sequence.PatternParams{MinCount: 2, Family: sequence.Closed})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range found {
		fmt.Println(p.Count, p.Elements)
	}
	counts, err := h.Transitions(sequence.TransitionParams{Order: 1})
	if err != nil {
		log.Fatal(err)
	}
	chain, err := counts.Chain(sequence.Smoothing{Prior: 2, Base: 1})
	if err != nil {
		log.Fatal(err)
	}
	next, err := chain.Suggest(sequence.SuggestParams[string]{Max: 1, Exclude: []string{"grinder"}}, []string{"grinder"})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range next {
		fmt.Printf("%s %.0f %%\n", s.Item, 100*s.Score)
		for _, e := range s.Because {
			fmt.Printf("  %.0f %% %s %v: %d of %d\n", 100*e.Weight, e.Source, e.Items, e.Counts.Both, e.Counts.Left)
		}
	}
	// Output:
	// 2 [[filter grinder] [beans]]
	// 3 [[grinder]]
	// 2 [[grinder] [machine]]
	// beans 58 %
	//   45 % sequence [grinder]: 2 of 3
	//   13 % popularity []: 3 of 10
}

// Who comes back for beans within two weeks of buying a grinder?
func ExampleHistories_Count() {
	h := shopped()
	n, err := h.Count(sequence.Limits{MaxDays: new(14)}, []string{"grinder"}, []string{"beans"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n, "of", h.Customers())
	// Output:
	// 2 of 3
}

// What if there are more patterns than a screen can show?
func ExampleHistories_Frequent() {
	p := sequence.PatternParams{MinCount: 1, MaxPatterns: 5}
	found, err := shopped().Frequent(context.Background(), p)
	for _, p := range found {
		fmt.Println(p.Count, p.Elements)
	}
	fmt.Println(err)
	// Output:
	// 3 [[grinder]]
	// sequence: more than 5 patterns; complete from 3 customers on: limit reached
}

// Which patterns begin with a filter?
func ExampleHistories_Patterns() {
	for p, err := range shopped().Patterns(context.Background(), sequence.PatternParams{MinCount: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		if p.Elements[0][0] == "filter" {
			fmt.Println(p.Count, p.Elements)
		}
	}
	// Output:
	// 2 [[filter]]
	// 2 [[filter] [beans]]
	// 2 [[filter grinder]]
	// 2 [[filter grinder] [beans]]
}

// Who takes out a card next, how sure is that, and why?
func ExampleFitPropensity() {
	rng := rand.New(rand.NewPCG(1, 2))
	customers := func(n int) []sequence.Observation { // two thirds of those with an account, one of ten others
		past := make([]sequence.Observation, n)
		for i := range past {
			account, days := float64(rng.IntN(2)), float64(rng.IntN(365))
			past[i] = sequence.Observation{X: []float64{account, days}, Bought: rng.Float64() < 0.1+0.56*account}
		}
		return past
	}
	features := []string{"has_account", "days_since_contact"}
	fit, err := sequence.FitPropensity(context.Background(), features, customers(2000), sequence.PropensityOptions{Lambda: 1, Standardise: true})
	if err != nil {
		log.Fatal(err)
	}
	card, err := fit.Model.Calibrated(context.Background(), sequence.Platt, customers(1000))
	if err != nil {
		log.Fatal(err)
	}
	why, err := card.Explain([]float64{1, 30})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %.2f\n", fit.Status, why.P)
	for _, c := range why.Contributions {
		fmt.Printf("%s = %v: %+.1f\n", c.Feature, c.Value, c.Logit)
	}
	// Output:
	// converged, 0.69
	// has_account = 1: +1.4
	// days_since_contact = 30: +0.1
}

// In which order do customers acquire products, and which one is next for this customer?
func ExampleFitMaturity() {
	o, err := sequence.NewAcquisitions("account", "card", "fund", "mortgage")
	if err != nil {
		log.Fatal(err)
	}
	for _, g := range []struct {
		n     int64
		owned []string
	}{
		{40, nil},
		{60, []string{"account"}},
		{12, []string{"card"}},
		{45, []string{"account", "card"}},
		{20, []string{"account", "fund"}},
		{25, []string{"account", "card", "fund"}},
		{9, []string{"account", "card", "mortgage"}},
		{16, []string{"account", "card", "fund", "mortgage"}},
	} {
		if err := o.AddN(g.n, g.owned...); err != nil {
			log.Fatal(err)
		}
	}
	fit, err := sequence.FitMaturity(context.Background(), o, sequence.MaturityOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for i, r := range fit.Model.Ladder() {
		fmt.Printf("%d. %s %+.1f, %.0f %% have it\n", i+1, r.Item, r.Difficulty, 100*r.Share)
	}
	next, err := fit.Model.Suggest(sequence.SuggestParams[string]{Max: 1}, "account", "fund")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %.2f\n", next[0].Item, next[0].Score)
	stored, err := json.Marshal(fit.Model)
	fmt.Println(len(stored) > 0, err)
	// Output:
	// 1. account -2.7, 77 % have it
	// 2. card -0.6, 47 % have it
	// 3. fund +0.8, 27 % have it
	// 4. mortgage +2.5, 11 % have it
	// card 0.57
	// true <nil>
}
