package evaluation_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/crosssell/evaluation"
)

// purchases of a tea shop before and after the first of June.
func purchases() iter.Seq2[evaluation.Event[string, string], error] {
	log := "ann tea -20, ann pot -9, bob tea -15, bob cup -3, cid tea -12, cid pot -8, dan cup -30, dan tea -2, eve pot -1, " +
		"ann cup 2, bob pot 3, cid cup 8, dan pot 9, eve tea 4, fay tea 5"
	return func(yield func(evaluation.Event[string, string], error) bool) {
		for line := range strings.SplitSeq(log, ", ") {
			var user, item string
			var day int
			_, err := fmt.Sscan(line, &user, &item, &day)
			at := time.Date(2024, 6, 1+day, 0, 0, 0, 0, time.UTC)
			if !yield(evaluation.Event[string, string]{User: user, Item: item, At: at}, err) {
				return
			}
		}
	}
}

// Is the new recommender better than a list of what sells best, or is that luck?
func Example() {
	split, err := evaluation.SplitEvents(evaluation.SplitParams{
		Cutoff: time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), MinBuyers: 2,
	}, purchases())
	if err != nil {
		fmt.Println(err)
		return
	}
	without := func(list, owned []string, k int) []string {
		list = slices.DeleteFunc(slices.Clone(list), func(item string) bool { return slices.Contains(owned, item) })
		return list[:min(k, len(list))]
	}
	popular, _ := split.Evaluate(1, func(_ string, owned []string, k int) ([]string, error) {
		return without(split.Catalogue().Popular(), owned, k), nil
	})
	model, _ := split.Evaluate(1, func(_ string, owned []string, k int) ([]string, error) {
		if slices.Contains(owned, "pot") {
			return without([]string{"cup", "tea"}, owned, k), nil
		}
		return without([]string{"pot", "cup", "tea"}, owned, k), nil
	})
	for _, r := range []*evaluation.Ranking[string, string]{popular, model} {
		m, _ := r.Metrics()
		fmt.Printf("recall %.2f, coverage %.2f, Gini %.2f\n", m.Recall, m.Exposure.Coverage, m.Exposure.Gini)
	}
	gain, err := model.Compare(context.Background(), popular, evaluation.Recall, evaluation.Resampling{Replicates: 1000, Level: 0.9}, rand.New(rand.NewPCG(1, 2)))
	fmt.Printf("%+.2f, from %+.2f to %+.2f %v\n", gain.Value, gain.Low, gain.High, err)
	fmt.Printf("left out: %+v\n", split.LeftOut())
	// Output:
	// recall 1.00, coverage 1.00, Gini 0.13
	// recall 0.80, coverage 0.67, Gini 0.40
	// -0.20, from -0.60 to +0.00 <nil>
	// left out: {RareItems:0 NewUsers:1 NewItems:0}
}

// Did the mailing sell anything that would not have been sold anyway, and to whom should
// it go?
func ExampleNewUplift() {
	var trials []evaluation.Trial
	add := func(score float64, group evaluation.Group, n, bought int) {
		for i := range n {
			trials = append(trials, evaluation.Trial{Score: score, Group: group})
			if i < bought {
				trials[len(trials)-1].Outcome = 1
			}
		}
	}
	add(0.9, evaluation.Treated, 100, 40)
	add(0.9, evaluation.Control, 100, 15)
	add(0.5, evaluation.Treated, 200, 40)
	add(0.5, evaluation.Control, 200, 36)
	add(0.1, evaluation.Treated, 100, 50) // they buy in any case
	add(0.1, evaluation.Control, 100, 52)

	u, err := evaluation.NewUplift(trials)
	if err != nil {
		fmt.Println(err)
		return
	}
	effect, _ := u.Effect(0.95)
	fmt.Printf("on average %+.3f, from %+.3f to %+.3f\n", effect.ATE.Value, effect.ATE.Low, effect.ATE.High)
	for _, share := range []float64{0.25, 1} {
		top, _ := u.Top(share)
		fmt.Printf("best %3.0f %%: %+.3f\n", 100*share, *top.Uplift)
	}
	area, _ := u.Area(evaluation.Qini)
	i, _ := u.Bootstrap(context.Background(), evaluation.Qini, evaluation.Resampling{Replicates: 1000, Level: 0.95}, rand.New(rand.NewPCG(1, 2)))
	fmt.Printf("Qini %.4f, from %.4f to %.4f; %.2f of the best order\n", area.Area, i.Low, i.High, *area.Normalised)
	// Output:
	// on average +0.068, from +0.005 to +0.130
	// best  25 %: +0.250
	// best 100 %: +0.068
	// Qini 0.0127, from 0.0039 to 0.0231; 0.10 of the best order
}

// Can the probabilities of the offer model be taken at their word?
func ExampleCalibrate() {
	forecasts := func(yield func(evaluation.Forecast, error) bool) {
		for i := range 100 {
			if !yield(evaluation.Forecast{P: 0.1, Happened: i < 20}, nil) || !yield(evaluation.Forecast{P: 0.8, Happened: i < 60}, nil) {
				return
			}
		}
	}
	c, err := evaluation.Calibrate(forecasts, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range c.Bins {
		fmt.Printf("said %.2f, was %.2f of %d\n", b.MeanP, b.MeanY, b.N)
	}
	fmt.Printf("slope %.2f ± %.2f: below 1, so they are too extreme\n", c.Slope.Slope, c.Slope.SlopeSE)
	// Output:
	// said 0.10, was 0.20 of 100
	// said 0.80, was 0.60 of 100
	// slope 0.50 ± 0.09: below 1, so they are too extreme
}

// Which of the bank's services grow, which fall, and what goes if one is cut?
func ExampleServices() {
	s, err := evaluation.NewServices[int, string](evaluation.ServiceParams{
		Edges: []time.Time{
			time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		},
		Digits: 2,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	use := func(service string, year, from, to int, fee int64) {
		for customer := from; customer < to; customer++ {
			_ = s.Add(evaluation.Purchase[int, string]{
				Customer: customer, Service: service, At: time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC), Amount: decimal.New(fee, 0),
			})
		}
	}
	use("account", 2022, 0, 1000, 60)
	use("account", 2023, 10, 1010, 60)
	use("app", 2023, 0, 90, 12)
	use("cheques", 2022, 900, 960, 30)
	use("cheques", 2023, 900, 925, 30)

	life, _ := s.Life(evaluation.StandardStageRule(1))
	for _, l := range life {
		fmt.Printf("%-8s %4d customers, %2.0f %%: %s\n", l.Service, l.Penetration.Count, 100*l.Penetration.Value, l.Stage)
	}
	with, _ := s.Attach("cheques", 0.95)
	fmt.Printf("%.0f %% of those with cheques have an %s\n", 100*with[0].Rate.Value, with[0].Service)
	cut, _ := s.Cut("cheques", evaluation.CutAssumption{Leave: 0.1})
	fmt.Printf("without cheques %s are at risk, %.0f lost if one in ten leaves\n", cut.AtRisk, cut.Lost)
	// Output:
	// account  1010 customers, 100 %: maturity
	// app        90 customers,  9 %: introduction
	// cheques    60 customers,  6 %: decline
	// 100 % of those with cheques have an account
	// without cheques 9750 are at risk, 3270 lost if one in ten leaves
}

// Did customers have more of our services after the campaign than before?
func ExampleHoldings() {
	var h evaluation.Holdings
	for _, c := range [][2]int{{1, 2}, {2, 2}, {1, 1}, {0, 1}, {3, 4}, {1, 0}} {
		if err := h.Add(c[0], c[1]); err != nil {
			fmt.Println(err)
		}
	}
	r, err := h.Report(0.95)
	fmt.Printf("%d customers, %d new, %d lost %v\n", r.Base, r.New, r.Lost, err)
	p, x := r.ProductsPerCustomer, r.CrossSellRatio
	fmt.Printf("products per customer %.1f to %.1f, %+.1f ± %.2f\n", p.Before, p.After, p.Change, p.SE)
	fmt.Printf("cross-sell ratio %.1f to %.1f, %+.1f ± %.2f\n", x.Before, x.After, x.Change, x.SE)
	// Output:
	// 5 customers, 1 new, 1 lost <nil>
	// products per customer 1.6 to 1.8, +0.2 ± 0.37
	// cross-sell ratio 0.4 to 0.6, +0.2 ± 0.20
}

// What would another offer policy have earned, by the log of this one?
func ExampleOffPolicy() {
	p, _ := evaluation.NewOffPolicy(nil)
	for _, o := range []evaluation.Logged{
		{Propensity: 0.5, Target: 1, Reward: 10}, {Propensity: 0.25, Target: 1}, {Propensity: 0.5, Reward: 6}, {Propensity: 0.8, Target: 0.4, Reward: 4},
	} {
		if err := p.Add(o); err != nil {
			fmt.Println(err)
		}
	}
	v, err := p.Value(0.95)
	fmt.Printf("IPS %.2f ± %.2f, SNIPS %.2f ± %.2f, worth %.1f of %d offers %v\n",
		v.IPS.Value, v.IPS.SE, v.SNIPS.Value, v.SNIPS.SE, *v.EffectiveN, v.N, err)
	// Output:
	// IPS 5.50 ± 4.86, SNIPS 3.38 ± 2.91, worth 2.1 of 4 offers <nil>
}

// How different from each other are the items that a list shows?
func ExampleDiversityOf() {
	shelf := map[string][]string{"coffee": {"food", "drinks"}, "tea": {"food", "drinks"}, "soap": {"home"}}
	alike := evaluation.TaxonomySimilarity(func(item string) []string { return shelf[item] })
	d, err := evaluation.DiversityOf(func(yield func([]string, error) bool) {
		yield([]string{"coffee", "tea", "soap"}, nil)
	}, alike)
	fmt.Printf("%.2f %v\n", d.Mean, err)
	// Output:
	// 0.67 <nil>
}
