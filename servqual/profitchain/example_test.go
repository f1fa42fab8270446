package profitchain_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark/servqual/profitchain"
)

// branches returns three years of eight branches, in which employees move customers a year later.
func branches() *profitchain.Panel[string] {
	p, _ := profitchain.NewPanel[string]("employees", "customers", "profit")
	r := rand.New(rand.NewPCG(4, 2)) //nolint:gosec // made-up branches
	for i := range 8 {
		before := 0.0
		for year := 2022; year <= 2025; year++ {
			employees := 3.5 + 0.4*r.NormFloat64()
			v := []*float64{new(employees), nil, nil}
			if before > 0 {
				customers := 5 + 0.6*before + 0.1*r.NormFloat64()
				v[1], v[2] = new(customers), new(2*customers-9+0.3*r.NormFloat64())
			}
			_ = p.Add(profitchain.Row[string]{Unit: fmt.Sprint("branch ", i), Period: year, Values: v})
			before = employees
		}
	}
	return p
}

func branchFit() *profitchain.Fit {
	chain, err := profitchain.NewChain(profitchain.Params{
		Links: []profitchain.Link{{From: "employees", To: "customers", Lag: 1}, {From: "customers", To: "profit"}},
		Level: 0.95, Errors: profitchain.Clustered,
	})
	if err != nil {
		panic(err)
	}
	fit, err := profitchain.Estimate(chain, branches())
	if err != nil {
		panic(err)
	}
	return fit
}

// If employees are one point more satisfied, what does that do to profit, and when?
func Example() {
	effect, err := branchFit().Effect("employees", "profit", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f a year from %d year on, %.2f to %.2f: %s\n",
		*effect.Value, effect.Paths[0].Lag, effect.Interval.Low, effect.Interval.High, effect.State)
	// Output: 1.35 a year from 1 year on, 0.99 to 1.72: evidence
}

// Which links of the chain hold in our branches?
func ExampleEstimate() {
	for _, link := range branchFit().Links {
		fmt.Printf("%s -> %s after %d: %.2f (%.2f to %.2f), beta %.2f, n %d, %s\n", link.From, link.To, link.Lag,
			link.Slope.B, link.Slope.Interval.Low, link.Slope.Interval.High, *link.Slope.Beta, link.N, link.State)
	}
	// Output:
	// employees -> customers after 1: 0.60 (0.55 to 0.66), beta 0.97, n 24, evidence
	// customers -> profit after 0: 2.24 (1.77 to 2.71), beta 0.92, n 24, evidence
}

// How sure is the effect on profit, if nothing is said of how errors are distributed?
func ExampleFit_Resample() {
	r, err := branchFit().Resample(context.Background(), "employees", "profit", 1, profitchain.Resampling{Replicates: 999}, rand.New(rand.NewPCG(1, 1))) //nolint:gosec // a bootstrap
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f, %.2f to %.2f over %d branches\n", r.Value, r.BCa.Low, r.BCa.High, r.Units)
	// Output: 1.35, 1.01 to 1.59 over 8 branches
}

// Do customers mirror employees, and which branch does not?
func ExampleNewMirror() {
	employees := []float64{3.1, 3.4, 3.6, 3.9, 4.0, 4.2, 4.4, 3.3}
	customers := []float64{7.0, 7.2, 7.5, 7.7, 7.9, 8.0, 8.3, 8.6}
	var pairs []profitchain.Pair[string]
	for i := range employees {
		pairs = append(pairs, profitchain.Pair[string]{Unit: string(rune('A' + i)), Employee: &employees[i], Customer: &customers[i]})
	}
	pairs = append(pairs, profitchain.Pair[string]{Unit: "I", Employee: new(3.8)})
	m, err := profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("r %.2f (%.2f to %.2f): %s; without customers: %v\n", m.Correlation.R, m.Correlation.Interval.Low, m.Correlation.Interval.High, m.State, m.Unpaired)
	for _, u := range m.Outlying() {
		fmt.Printf("%s: %.1f where %.1f is expected\n", u.Unit, u.Customer, u.Expected)
	}
	// Output:
	// r 0.48 (-0.34 to 0.89): no_evidence; without customers: [I]
	// H: 8.6 where 7.5 is expected
}

// What keeps the people of each branch from serving well?
func ExampleScore() {
	all := func(xs ...float64) (v []*float64) {
		for _, x := range xs {
			v = append(v, &x)
		}
		return v
	}
	units := []profitchain.UnitCapability[string]{
		{Unit: "north", Values: all(0.8, 0.7, 0.9, 0.3, 0.6, 0.7, 0.8)},
		{Unit: "south", Values: append(all(0.9, 0.8, 0.7, 0.8, 0.8), nil, nil)},
	}
	scores, err := profitchain.Score(profitchain.CapabilityCycle(), units)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range scores {
		fmt.Printf("%s: %.0f of 100, %.0f %% measured, weakest %s\n", s.Unit, *s.Index, 100*s.Coverage, s.Weakest)
	}
	// Output:
	// south: 80 of 100, 71 % measured, weakest tools
	// north: 69 of 100, 100 % measured, weakest latitude
}

// Why do our people stay: because they want to, or because they must, and can we trust the scale?
func ExampleNewAnswers() {
	q, err := profitchain.NewQuestionnaire(profitchain.QuestionnaireParams{Low: 1, High: 7, Facets: []profitchain.Facet{
		{Name: profitchain.Affective, Items: []int{0, 1, 2}, Reversed: []int{2}},
		{Name: profitchain.Continuance, Items: []int{3, 4, 5}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	a := profitchain.NewAnswers[string](q)
	for _, row := range [][]int8{
		{6, 7, 2, 3, 2, 3}, {5, 5, 3, 5, 4, 5}, {7, 6, 1, 2, 3, 2}, {3, 4, 5, 6, 6, profitchain.Blank}, {4, 4, 4, 5, 5, 6}, {6, 6, 2, 4, 3, 3},
	} {
		if err := a.Add("call centre", row); err != nil {
			fmt.Println(err)
			return
		}
	}
	s, err := a.Survey(profitchain.SurveyOptions{Level: 0.95, Least: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range s.Units[0].Facets {
		fmt.Printf("%s: %.0f of 100 (%d answered), alpha %.2f (%.2f to %.2f, n %d)\n",
			f.Facet, *f.Mean, f.N, f.Reliability.Alpha, f.Reliability.Interval.Low, f.Reliability.Interval.High, f.Reliability.N)
	}
	// Output:
	// affective: 70 of 100 (6 answered), alpha 0.97 (0.85 to 0.99, n 6)
	// continuance: 51 of 100 (6 answered), alpha 0.93 (0.65 to 0.99, n 5)
}

// Which kind of employee is served worst inside the firm, and by whom?
func ExampleService_Report() {
	s, err := profitchain.NewService[string](profitchain.Scale{Low: 1, High: 7})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 12 {
		for _, r := range []profitchain.ServiceRating[string]{
			{Supplier: "it", Customer: profitchain.Contactors, Expected: new(6), Perceived: new(5 + i%2)},
			{Supplier: "it", Customer: profitchain.Modifiers, Expected: new(6), Perceived: new(3 + i%3)},
			{Supplier: "personnel", Customer: profitchain.Isolateds, Expected: new(5), Perceived: new(5 - i%2)},
		} {
			if err := s.Add(r); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	report, err := s.Report(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, k := range report.Kinds {
		if k.Gap.Gap != nil {
			fmt.Printf("%s: %.1f (%.1f to %.1f)\n", k.Kind, k.Gap.Gap.Value, k.Gap.Gap.Interval.Low, k.Gap.Gap.Interval.High)
		}
	}
	fmt.Println("worst:", report.Worst, "surely:", report.Surely, "supplier:", report.Suppliers[0].Supplier)
	// Output:
	// contactors: -0.5 (-0.8 to -0.2)
	// modifiers: -2.0 (-2.5 to -1.5)
	// isolateds: -0.5 (-0.8 to -0.2)
	// worst: modifiers surely: true supplier: it
}

// Our advertising promises an answer within the day. Where does that promise break?
func ExampleNewTriangle() {
	var p profitchain.Promise
	p.Name, p.Standard = "an answer within the day", new(5.0)
	for _, r := range []int{5, 4, 5, 5, 5, 4, 5, 5} {
		_ = p.Enabled.Add(r) // employees: time and tools are there
	}
	for _, r := range []int{3, 4, 2, 3, 3, 4, 3, 2, 3} {
		_ = p.Delivered.Add(r) // customers: it was kept
	}
	t, err := profitchain.NewTriangle(profitchain.Scale{Low: 1, High: 5}, []profitchain.Promise{p}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	g := t.Promises[0]
	fmt.Printf("%s: %s by %.1f; fails: %v\n", g.Name, g.Verdict, -g.Keeping.Value, g.Fails)
	// Output: an answer within the day: broken by 2.0; fails: [interactive]
}

// What did the training and the internal campaign change?
func ExampleEvaluate() {
	outcomes := []profitchain.Outcome{
		{Name: "customer orientation", Level: profitchain.Strategic, Low: 1, High: 5},
		{Name: "knows the offer", Level: profitchain.Tactical, Low: 0, High: 10},
	}
	wave := func(rows ...[2]float64) (out [][]*float64) {
		for _, r := range rows {
			out = append(out, []*float64{new(r[0]), new(r[1])})
		}
		return out
	}
	before := wave([2]float64{3, 4}, [2]float64{4, 5}, [2]float64{2, 3}, [2]float64{3, 6}, [2]float64{4, 4})
	after := wave([2]float64{3, 7}, [2]float64{4, 9}, [2]float64{3, 6}, [2]float64{3, 8}, [2]float64{4, 8})
	e, err := profitchain.Evaluate(outcomes, before, after, profitchain.EvaluationOptions{Paired: true, Level: 0.95})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range e.Levels {
		fmt.Printf("%s: %+.0f points (%.0f to %.0f), %s\n", c.Level, c.Difference.Value, c.Difference.Interval.Low, c.Difference.Interval.High, c.Difference.State)
	}
	// Output:
	// strategic: +5 points (-9 to 19), no_evidence
	// tactical: +32 points (22 to 42), evidence
}

// Do units with satisfied employees have satisfied customers, whatever the shape of the curve?
func ExampleCorrelate() {
	c, err := profitchain.Correlate([]float64{1, 2, 3, 4, 5}, []float64{1, 2, 4, 8, 16}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("r %.2f, Spearman %.0f, Kendall %.0f\n", c.R, c.Spearman, c.KendallB)
	// Output: r 0.93, Spearman 1, Kendall 1
}

// Does our service culture reach customers, or does it end at the staff room?
func ExampleCultureChain() {
	panel, err := profitchain.NewPanel[string]("rules", "heroes", profitchain.ServiceGap, profitchain.CustomerSatisfaction)
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := profitchain.NewQuestionnaire(profitchain.QuestionnaireParams{Low: 1, High: 5, Facets: []profitchain.Facet{
		{Name: "rules", Items: []int{0, 1}}, {Name: "heroes", Items: []int{2, 3}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	answers, r := profitchain.NewAnswers[string](q), rand.New(rand.NewPCG(8, 8)) //nolint:gosec // made-up shops
	for i := range 30 {
		unit, mean := fmt.Sprint("shop ", i), [2]float64{}
		for range 10 {
			row := make([]int8, 4)
			for j := range row {
				row[j] = int8(1 + r.IntN(3) + (i*(1+j/2))%3)
				mean[j/2] += float64(row[j]) / 20
			}
			_ = answers.Add(unit, row)
		}
		gap := -2 + 0.4*mean[0] + 0.1*r.NormFloat64()
		_ = panel.Add(profitchain.Row[string]{Unit: unit, Period: 2025, Values: []*float64{nil, nil, new(gap), new(8 + 2*gap + 0.2*r.NormFloat64())}})
	}
	if err := answers.AddTo(panel, 2025, profitchain.SurveyOptions{Level: 0.95, Least: 5}); err != nil {
		fmt.Println(err)
		return
	}
	chain, err := profitchain.NewChain(profitchain.Params{Links: profitchain.CultureChain("rules", "heroes"), Level: 0.95})
	if err != nil {
		fmt.Println(err)
		return
	}
	fit, err := profitchain.Estimate(chain, panel)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"rules", "heroes"} {
		e, err := fit.Effect(name, profitchain.CustomerSatisfaction, 10)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s, 10 points more: satisfaction %+.2f (%.2f to %.2f), %s\n", name, *e.Value, e.Interval.Low, e.Interval.High, e.State)
	}
	// Output:
	// rules, 10 points more: satisfaction +0.30 (0.25 to 0.36), evidence
	// heroes, 10 points more: satisfaction -0.01 (-0.05 to 0.04), no_evidence
}
