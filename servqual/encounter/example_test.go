package encounter_test

import (
	"fmt"
	"time"

	"github.com/relmark/relmark/servqual/encounter"
)

// Which contact point costs us most satisfaction?
func Example() {
	reports := []encounter.PointReport{}
	for _, point := range [][3][]int{
		{{2, 4, 3}, {6, 7, 6, 5, 7, 6}, {8, 9}},    // reception: bad, plain and good encounters
		{{5, 4}, {6, 6, 7, 6}, {7, 8, 8, 7, 9, 8}}, // restaurant
	} {
		var tally encounter.PointTally
		for kind, moment := range []encounter.Moment{encounter.Bad, encounter.Plain, encounter.Good} {
			for _, overall := range point[kind] {
				if err := tally.Add(moment, overall); err != nil {
					fmt.Println(err)
					return
				}
			}
		}
		report, err := tally.Report(0.95)
		if err != nil {
			fmt.Println(err)
			return
		}
		reports = append(reports, report)
	}
	for i, r := range reports {
		fmt.Printf("point %d: %.0f %% bad, each costs %.1f (%.1f to %.1f); a good one earns %.1f; lost in the mean %.2f\n",
			i, 100*r.Bad.Value, r.Penalty.Value, r.Penalty.Interval.Low, r.Penalty.Interval.High, r.Reward.Value, *r.Lost)
	}
	worst, _ := encounter.WorstPoint(reports)
	fmt.Println("begin with point", worst)
	// Output:
	// point 0: 27 % bad, each costs 3.2 (1.2 to 5.2); a good one earns 2.3; lost in the mean 0.86
	// point 1: 17 % bad, each costs 1.8 (-1.5 to 5.0); a good one earns 1.6; lost in the mean 0.29
	// begin with point 0
}

// How often are customers sent from desk to desk, and has it fallen?
func ExampleCompareRates() {
	before, after := encounter.Group{Count: 24, Exposure: 1.2}, encounter.Group{Count: 9, Exposure: 0.95} // thousand contacts
	r, err := encounter.CompareRates(before, after, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f (%.0f to %.0f) and %.0f per thousand; ratio %.1f (%.1f to %.1f), p %.2f\n",
		r.First.Rate, r.First.Low, r.First.High, r.Second.Rate, *r.Ratio, *r.Low, *r.High, *r.P)
	// Output: 20 (13 to 30) and 9 per thousand; ratio 2.1 (0.9 to 5.2), p 0.05
}

// Which of the seven sins do we commit most?
func ExamplePareto() {
	rows, err := encounter.Pareto([]encounter.KindCount{
		{"apathy", 12}, {"brush_off", 31}, {"coldness", 9}, {"condescension", 2}, {"robotism", 14}, {"rulebook", 58}, {"runaround", 44},
	}, 0.75)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rows {
		if r.Vital {
			fmt.Printf("%s %d, %.0f %% so far\n", r.Kind, r.Count, 100**r.Cumulative)
		}
	}
	// Output:
	// rulebook 58, 34 % so far
	// runaround 44, 60 % so far
	// brush_off 31, 78 % so far
}

// And how often does each happen, per thousand contacts?
func ExampleTaxonomy() {
	const contacts = 4.2 // thousand
	rows, err := encounter.Taxonomy([]encounter.KindCount{{"brush_off", 31}, {"coldness", 0}, {"rulebook", 58}, {"runaround", 44}}, contacts, 0.75, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rows {
		fmt.Printf("%-9s %4.1f (%.1f to %.1f)\n", r.Kind, r.Rate.Rate, r.Rate.Low, r.Rate.High)
	}
	// Output:
	// rulebook  13.8 (10.5 to 17.9)
	// runaround 10.5 (7.6 to 14.1)
	// brush_off  7.4 (5.0 to 10.5)
	// coldness   0.0 (0.0 to 0.9)
}

// Do two mystery shoppers grade alike?
func ExampleKappa() {
	first := []int{2, 1, 0, 2, 2, 1, 0, 1, 2, 2}
	second := []int{2, 1, 0, 2, 1, 1, 0, 2, 2, encounter.NotRated}
	a, err := encounter.Kappa(first, second, encounter.KappaOptions{Grades: 3, Weights: encounter.LinearWeights, Level: 0.95})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("kappa %.2f (%.2f to %.2f) of %d, %d dropped\n", *a.Kappa, *a.Low, *a.High, a.N, a.Dropped)
	// Output:
	// kappa 0.74 (0.38 to 1.09) of 9, 1 dropped
}

// Do raters agree who do not all rate everything?
func ExampleKrippendorff() {
	grade := func(x float64) *float64 { return &x }
	raters := [][]*float64{
		{grade(1), grade(2), grade(3), nil, grade(2)},
		{grade(1), grade(2), grade(3), grade(3), nil},
		{nil, grade(3), grade(3), grade(3), grade(2)},
	}
	a, err := encounter.Krippendorff(encounter.Ordinal, raters)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("alpha %.2f from %d ratings of %d units\n", *a.Alpha, a.Values, a.Units)
	// Output:
	// alpha 0.81 from 12 ratings of 5 units
}

// How reliable is the mean grade of our four assessors?
func ExampleIntraclassOf() {
	row := func(xs ...float64) (out []*float64) {
		for _, x := range xs {
			out = append(out, &x)
		}
		return out
	}
	i, err := encounter.IntraclassOf([][]*float64{row(9, 2, 5, 8), row(6, 1, 3, 2), row(8, 4, 6, 8), row(7, 1, 2, 6), row(10, 5, 6, 9), row(6, 2, 4, 7)}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("one assessor %.2f, the mean of four %.2f (%.2f to %.2f)\n", i.Two.ICC, i.TwoMean.ICC, *i.TwoMean.Low, *i.TwoMean.High)
	// Output: one assessor 0.29, the mean of four 0.62 (0.07 to 0.93)
}

// Where does our loan process lose customers and time?
func ExampleWalk() {
	process := encounter.Process{Steps: []string{"application", "check", "decision"}}
	at := func(minute int) time.Time { return time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC) }
	log := func(yield func(encounter.Record[string], error) bool) {
		for _, r := range []encounter.Record[string]{
			{"a", 0, at(0), at(10), encounter.Passed},
			{"b", 0, at(0), at(6), encounter.Passed},
			{"b", 1, at(10), at(14), encounter.Redo}, // papers missing
			{"a", 1, at(14), at(20), encounter.Passed},
			{"b", 0, at(20), at(24), encounter.Passed},
			{"b", 1, at(24), at(30), encounter.Lost},
			{"a", 2, at(20), at(21), encounter.Passed},
		} {
			if !yield(r, nil) {
				return
			}
		}
	}
	tally, err := encounter.Walk(process, log)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := process.Report(tally, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range report.Steps {
		fmt.Printf("%s: %.0f %% at once, work %v, coming again takes %v, %.0f %% lost\n", s.Step, 100*s.AtOnce.Value, s.Work.Mean.Round(time.Second), s.ReworkTime.Round(time.Second), 100*s.Lost.Value)
	}
	fmt.Println("loses customers:", process.Steps[*report.LosesCases], "- loses time:", process.Steps[*report.LosesTime])
	// Output:
	// application: 50 % at once, work 6m40s, coming again takes 6m40s, 0 % lost
	// check: 50 % at once, work 5m20s, coming again takes 5m20s, 50 % lost
	// decision: 100 % at once, work 1m0s, coming again takes 0s, 0 % lost
	// loses customers: check - loses time: application
}

// Is the standard kept, also when nobody knows that we look?
func ExampleConformance() {
	kept, err := encounter.Conformance([]encounter.Visits{{
		Standard: "greeted within a minute", Unit: "desk",
		Announced: encounter.Checks{N: 70, Kept: 56}, Unannounced: encounter.Checks{N: 80, Kept: 48},
	}}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	k := kept[0]
	fmt.Printf("%.0f %% (%.0f to %.0f) unannounced; %+.0f points for show, surely: %v\n",
		100*k.Unannounced.Value, 100*k.Unannounced.Low, 100*k.Unannounced.High, 100*k.Show.Value, k.Show.Surely)
	// Output:
	// 60 % (49 to 70) unannounced; +20 points for show, surely: true
}

// What kind of service are we, and what do we ask customers first?
func ExampleClassify() {
	c, err := encounter.Classify(encounter.ServiceFacts{ContactTime: 45, TotalTime: 60, Variants: []int64{40, 30, 20, 10}, GoodsValue: 10, TotalValue: 100}, encounter.Cuts{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: contact %.2f, customisation %.2f, intangibility %.2f\n%+v\n", c.Kind, c.Contact, c.Customisation, c.Intangibility, c.Points)
	fit, err := encounter.DesignFor(encounter.Contingencies{Strategy: 5, Tie: 4, Technology: 4, Environment: 3, People: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f of 25: %s, %d against\n", fit.Score, fit.Design, fit.Against)
	// Output:
	// professional_service: contact 0.75, customisation 0.92, intangibility 0.90
	// {Tangibles:9 Reliability:31 Responsiveness:19 Assurance:21 Empathy:20}
	// 18 of 25: involvement, 0 against
}

// How do assessors see our staff, and do they agree?
func ExampleAppraisal_Report() {
	row := func(xs ...float64) (out []*float64) {
		for _, x := range xs {
			out = append(out, &x)
		}
		return out
	}
	report, err := encounter.Appraisal{Qualities: []string{"manner"}, Low: 1, High: 5, Grades: [][][]*float64{{row(5, 5, 4, 5), row(3, 3, 3, 2), row(2, 1, 1, 2)}}}.Report(0.90)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("reliability %.2f\n", report[0].Reliability.ICC)
	for i, m := range report[0].Members {
		fmt.Printf("member %d: %.2f, against the mean %q\n", i, *m.Mean, m.Standing)
	}
	// Output:
	// reliability 0.97
	// member 0: 4.75, against the mean "above"
	// member 1: 2.75, against the mean ""
	// member 2: 1.50, against the mean "below"
}
