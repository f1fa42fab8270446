package clv_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// must keeps examples short; a program handles its errors.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The parameters that Fader, Hardie and Lee (2005) publish for CDNOW, in weeks.
func published() clv.BGNBD {
	return must(clv.NewBGNBD(clv.BGNBDParams{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}))
}

func publishedSpend() clv.GammaGamma {
	return must(clv.NewGammaGamma(clv.GammaGammaParams{P: 6.25, Q: 3.74, V: 15.44}))
}

// Who is still a customer, and what will each buy and be worth over the next year?
func Example() {
	valuer := must(clv.NewValuer(published(), publishedSpend(), clv.ValueOptions{
		Horizon: 12, Period: 52. / 12, Discount: 0.01, Margin: new(0.3),
	}))
	for _, c := range []struct {
		name string
		clv.Customer
	}{
		{"ann, regular and recent", clv.Customer{Pattern: rfm.Pattern{X: 7, TX: 37, T: 39}, Mean: 30}},
		{"bob, regular and silent", clv.Customer{Pattern: rfm.Pattern{X: 7, TX: 15, T: 39}, Mean: 30}},
		{"eve, bought once", clv.Customer{Pattern: rfm.Pattern{T: 39}}},
	} {
		v := valuer.Value(c.Customer)
		amount, _ := v.Amount(2)
		fmt.Printf("%-24s alive %.0f %%, %.1f purchases, profit %v\n", c.name, 100*v.PAlive, published().CondExpected(c.Pattern, 52), amount.StringFixed(2))
	}
	// Output:
	// ann, regular and recent  alive 88 %, 5.8 purchases, profit 49.40
	// bob, regular and silent  alive 3 %, 0.2 purchases, profit 1.70
	// eve, bought once         alive 100 %, 0.3 purchases, profit 2.50
}

// What does my customer base look like to the model, and can I trust the fit?
func ExampleFitBGNBD() {
	base := must(clv.SimulateTable(rand.New(rand.NewPCG(1, 2)), published(), ages(3000)))
	fit, err := clv.FitBGNBD(context.Background(), base, clv.FitOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fit.Status, fit.Warnings)
	for _, e := range fit.Estimates {
		fmt.Printf("%-5s %.2f ± %.2f\n", e.Name, e.Value, e.StdErr)
	}
	// Output:
	// converged []
	// R     0.25 ± 0.01
	// Alpha 4.31 ± 0.31
	// A     0.80 ± 0.15
	// B     2.55 ± 0.60
}

// ages is n new customers who have been watched for 30 to 41 weeks.
func ages(n int64) *rfm.Patterns {
	var table rfm.Patterns
	for i := range int64(12) {
		if err := table.Add(rfm.Pattern{T: float64(30 + i)}, n/12); err != nil {
			panic(err)
		}
	}
	return &table
}

// Is a customer who has been silent for long still there?
func ExampleNewBGNBD() {
	m := published()
	for _, silence := range []float64{2, 10, 25} {
		c := rfm.Pattern{X: 4, TX: 20, T: 20 + silence}
		fmt.Printf("silent for %2.0f weeks: alive with %.2f\n", silence, m.PAlive(c))
	}
	// Output:
	// silent for  2 weeks: alive with 0.83
	// silent for 10 weeks: alive with 0.61
	// silent for 25 weeks: alive with 0.26
}

// Do I take one who bought once for a customer for ever? Not with this model.
func ExampleNewMBGNBD() {
	m := must(clv.NewMBGNBD(clv.MBGNBDParams{R: 0.525, Alpha: 6.183, A: 0.891, B: 1.614}))
	once := rfm.Pattern{T: 39}
	fmt.Printf("%.2f here, %.0f under BG/NBD\n", m.PAlive(once), published().PAlive(once))
	// Output:
	// 0.39 here, 1 under BG/NBD
}

// What are all future purchases of a customer worth today?
func ExampleNewParetoNBD() {
	m := must(clv.NewParetoNBD(clv.ParetoNBDParams{R: 0.553, Alpha: 10.578, S: 0.606, Beta: 11.669}))
	c := rfm.Pattern{X: 7, TX: 37, T: 39}
	dert := m.DERT(c, 0.0027) // 15 % a year, per week
	fmt.Printf("%.1f purchases, worth %.0f\n", dert, dert*publishedSpend().CondMean(c.X, 30))
	// Output:
	// 21.4 purchases, worth 649
}

// Which donors will answer the next five appeals?
func ExampleNewBGBB() {
	m := must(clv.NewBGBB(clv.BGBBParams{Alpha: 1.204, Beta: 0.750, Gamma: 0.657, Delta: 2.783}))
	for _, c := range []rfm.Pattern{{X: 6, TX: 6, T: 6}, {X: 3, TX: 6, T: 6}, {X: 3, TX: 3, T: 6}, {T: 6}} {
		fmt.Printf("%d of 6, last %v: alive %.2f, %.2f of 5 to come\n", c.X, c.TX, m.PAliveAfter(c, 1), m.CondExpected(c, 5))
	}
	// Output:
	// 6 of 6, last 6: alive 0.93, 3.75 of 5 to come
	// 3 of 6, last 6: alive 0.93, 2.19 of 5 to come
	// 3 of 6, last 3: alive 0.09, 0.22 of 5 to come
	// 0 of 6, last 0: alive 0.11, 0.07 of 5 to come
}

// How many subscribers will be left in year 12, when I have seen seven?
func ExampleFitSBG() {
	var tenures clv.Tenures // the high-end customers of Fader and Hardie (2007)
	if err := tenures.AddCohort(1000, 869, 743, 653, 593, 551, 517, 491); err != nil {
		fmt.Println(err)
		return
	}
	fit := must(clv.FitSBG(context.Background(), tenures, clv.FitOptions{}))
	fmt.Printf("%.0f of 1000 in year 12, retention %.3f by then\n", 1000*fit.Model.Survival(12), fit.Model.Retention(12))
	fmt.Printf("one who is up for renewal 4 is worth %.1f payments\n", fit.Model.DERL(4, 0.1))
	// Output:
	// 378 of 1000 in year 12, retention 0.957 by then
	// one who is up for renewal 4 is worth 6.6 payments
}

// What will a customer spend per purchase, given few and odd amounts so far?
func ExampleNewGammaGamma() {
	m := publishedSpend()
	population, _ := m.Mean()
	fmt.Printf("population %.2f, one purchase of 100: %.2f, ten of 100: %.2f\n", population, m.CondMean(1, 100), m.CondMean(10, 100))
	// Output:
	// population 35.22, one purchase of 100: 80.26, ten of 100: 97.28
}

// How spend is collected on many machines and fitted on one.
func ExampleFitGammaGamma() {
	source, truth := rand.New(rand.NewPCG(3, 4)), publishedSpend()
	var north, south clv.Spend
	for i := range 4000 {
		shard := &north
		if i%2 == 0 {
			shard = &south
		}
		if err := shard.Add(must(truth.Simulate(source, 1+i%5)), 1); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := north.Merge(south); err != nil {
		fmt.Println(err)
		return
	}
	fit := must(clv.FitGammaGamma(context.Background(), &north, clv.FitOptions{}))
	mean, _ := fit.Model.Mean()
	fmt.Printf("%d customers, mean spend %.1f\n", north.N(), mean)
	// Output:
	// 4000 customers, mean spend 35.5
}

// How sure can I be of next year's purchases?
func ExampleFit_Delta() {
	base := must(clv.SimulateTable(rand.New(rand.NewPCG(1, 2)), published(), ages(3000)))
	fit := must(clv.FitBGNBD(context.Background(), base, clv.FitOptions{}))
	total := must(fit.Delta(0.95, func(m clv.BGNBD) float64 {
		sum := 0.0
		for c, n := range base.All() {
			sum += float64(n) * m.CondExpected(c, 52)
		}
		return sum
	}))
	fmt.Printf("%.0f purchases, %.0f to %.0f\n", total.Estimate, total.Low, total.High)
	// Output:
	// 2736 purchases, 2511 to 2961
}

// How sure can I be, if I do not trust the delta method?
func ExampleBootstrap() {
	base := must(clv.SimulateTable(rand.New(rand.NewPCG(1, 2)), published(), ages(600)))
	fit := must(clv.FitBGNBD(context.Background(), base, clv.FitOptions{}))
	sample := must(clv.Bootstrap(context.Background(), rand.New(rand.NewPCG(5, 6)), fit.Model, base, 50, clv.FitBGNBD, clv.FitOptions{}))
	in := must(sample.Interval(0.9, func(m clv.BGNBD) float64 { return m.Expected(52) }))
	fmt.Printf("a new customer buys %.1f times in a year, %.1f to %.1f\n", in.Estimate, in.Low, in.High)
	// Output:
	// a new customer buys 1.2 times in a year, 1.0 to 1.4
}

// Do customers from the shop buy more often than those from the web?
func ExampleFitParetoNBDRegression() {
	truth := must(clv.NewParetoNBDRegression(clv.ParetoNBDRegressionParams{
		Base:     clv.ParetoNBDParams{R: 1, Alpha: 8, S: 1.2, Beta: 30},
		Purchase: []float64{0.7}, Dropout: []float64{0},
	}))
	source := rand.New(rand.NewPCG(7, 8))
	var rows []clv.CovariateRow
	for i := range 3000 {
		shop := []float64{float64(i % 2)}
		path := must(must(truth.At(shop)).Simulate(source, 52))
		rows = append(rows, clv.CovariateRow{Pattern: path.Pattern(), Z: shop, N: 1})
	}
	fit := must(clv.FitParetoNBDRegression(context.Background(), rows, clv.FitOptions{}))
	for _, e := range fit.Estimates[4:] {
		fmt.Printf("%s %.2f ± %.2f\n", e.Name, e.Value, e.StdErr)
	}
	// Output:
	// Purchase[0] 0.72 ± 0.05
	// Dropout[0] -0.01 ± 0.08
}

// When does a campaign that won 1000 customers for 14 each pay back?
func ExamplePaybackOf() {
	p := must(clv.PaybackOf(published(), publishedSpend(), clv.Cohort{
		Customers: 1000, Acquisition: decimal.NewFromInt(14_000),
		Keeping: decimal.New(10, -2), FirstSales: decimal.NewFromInt(30_000),
	}, clv.ValueOptions{Horizon: 24, Period: 52. / 12, Discount: 0.01, Margin: new(0.3)}))
	fmt.Printf("paid back: %t, after %d months\n", p.Paid, p.Periods)
	fmt.Printf("won for %.2f, kept for %.2f, brings %.2f\n", p.Acquisition, p.Keeping, p.Margin)
	// Output:
	// paid back: true, after 3 months
	// won for 14.00, kept for 1.71, brings 30.16
}

// How good were the forecasts, now that the holdout period is over?
func ExampleEvaluate() {
	source := rand.New(rand.NewPCG(9, 10))
	m := published()
	var holdout []clv.Holdout
	for range 5000 {
		path := must(m.Simulate(source, 78))
		h := clv.Holdout{Pattern: rfm.Pattern{T: 39}, Length: 39}
		for _, at := range path.Repeats {
			if at <= 39 {
				h.X, h.TX = h.X+1, at
			} else {
				h.Purchases++
			}
		}
		holdout = append(holdout, h)
	}
	e := must(clv.Evaluate(m, slices.Values(holdout)))
	for x, b := range e.ByFrequency[:4] {
		fmt.Printf("%d before: %4d customers, %.2f forecast, %.2f came\n", x, b.N, b.MeanExpected(), b.MeanActual())
	}
	fmt.Printf("in all: %.0f forecast, %d came\n", e.Total().Expected, e.Total().Actual)
	// Output:
	// 0 before: 2869 customers, 0.19 forecast, 0.18 came
	// 1 before:  998 customers, 0.46 forecast, 0.45 came
	// 2 before:  434 customers, 0.85 forecast, 0.81 came
	// 3 before:  233 customers, 1.24 forecast, 1.36 came
	// in all: 3263 forecast, 3340 came
}

// Does the model follow sales from week to week?
func ExampleCurve() {
	var t clv.Tracking
	for week, repeats := range [][]float64{{3, 9}, {}, {2.5}, {}, {12}, {6, 7, 8}} {
		if err := t.Add(float64(week)/2, repeats...); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, p := range clv.Curve(published(), t, []float64{4, 8, 12}) {
		fmt.Printf("week %2.0f: %d repeat purchases, %.1f expected\n", p.At, p.Actual, p.Expected)
	}
	// Output:
	// week  4: 2 repeat purchases, 0.8 expected
	// week  8: 5 repeat purchases, 1.9 expected
	// week 12: 7 repeat purchases, 2.8 expected
}

// How are a hundred thousand customers scored without repeating work?
func ExampleAppendCondExpected() {
	customers := []rfm.Pattern{{X: 2, TX: 30, T: 39}, {X: 2, TX: 10, T: 39}, {T: 39}}
	fmt.Printf("%.2f\n", clv.AppendCondExpected(nil, published(), customers, 39))
	// Output:
	// [1.21 0.45 0.19]
}

// Which model forecast the last nine months better, and is the difference more than
// luck?
func ExampleCompareHoldout() {
	source := rand.New(rand.NewPCG(11, 12))
	m := published()
	var holdout []clv.Holdout
	for range 4000 {
		path := must(m.Simulate(source, 78))
		h := clv.Holdout{Pattern: rfm.Pattern{T: 39}, Length: 39}
		for _, at := range path.Repeats {
			if at <= 39 {
				h.X, h.TX = h.X+1, at
			} else {
				h.Purchases++
			}
		}
		holdout = append(holdout, h)
	}
	nobodyLeaves := must(clv.NewBGNBD(clv.BGNBDParams{R: 0.243, Alpha: 4.414, A: 0.01, B: 10}))
	for _, c := range must(clv.CompareHoldout(0.95, slices.Values(holdout),
		clv.Rival{Name: "nobody leaves", Model: nobodyLeaves}, clv.Rival{Name: "published", Model: m},
	)) {
		total := c.Evaluation.Total()
		fmt.Printf("%-13s RMSE %.2f, forecast %.0f of %d, behind by %.2f to %.2f\n", c.Name, total.RMSE(), total.Expected, total.Actual, c.Behind.Low, c.Behind.High)
	}
	// Output:
	// published     RMSE 1.50, forecast 2740 of 2603, behind by 0.00 to 0.00
	// nobody leaves RMSE 1.99, forecast 5225 of 2603, behind by 1.25 to 2.23
}

// May I multiply purchases by spend, or do those who buy often pay less?
func ExampleSpend_Dependence() {
	source, truth := rand.New(rand.NewPCG(3, 4)), publishedSpend()
	var spend clv.Spend
	for i := range 2000 {
		m := must(truth.Simulate(source, 1+i%5))
		m.Value /= 1 + 0.05*float64(m.X) // a discount for regulars
		if err := spend.Add(m, 1); err != nil {
			fmt.Println(err)
			return
		}
	}
	in := must(spend.Dependence(0.95))
	fmt.Printf("correlation %.2f, %.2f to %.2f\n", in.Estimate, in.Low, in.High)
	// Output:
	// correlation -0.07, -0.11 to -0.03
}

// How do I keep a fitted model, and read it back as nothing else?
func ExampleBGNBD_MarshalJSON() {
	data := must(json.Marshal(published()))
	fmt.Println(string(data))
	var back clv.BGNBD
	fmt.Println(json.Unmarshal(data, &back), back.Params() == published().Params())
	var other clv.MBGNBD
	fmt.Println(json.Unmarshal(data, &other))
	// Output:
	// {"v":1,"model":"bg_nbd","params":{"r":0.243,"alpha":4.414,"a":0.793,"b":2.426}}
	// <nil> true
	// clv: Model: must be "mbg_nbd"
}

// What does a fit tell of a channel that no customer ever came back to, and of two
// columns that say the same?
func ExampleWarning() {
	source, truth := rand.New(rand.NewPCG(13, 14)), must(clv.NewParetoNBD(clv.ParetoNBDParams{R: 1, Alpha: 8, S: 1.2, Beta: 30}))
	var rows, twice []clv.CovariateRow
	for i := range 900 {
		row := clv.CovariateRow{Pattern: must(truth.Simulate(source, 52)).Pattern(), Z: []float64{0}, N: 1}
		if i%3 == 0 {
			row = clv.CovariateRow{Pattern: rfm.Pattern{T: 52}, Z: []float64{1}, N: 1}
		}
		rows = append(rows, row)
		row.Z = []float64{float64(i % 2), 1 - float64(i%2)}
		twice = append(twice, row)
	}
	for _, rows := range [][]clv.CovariateRow{rows, twice} {
		fit := must(clv.FitParetoNBDRegression(context.Background(), rows, clv.FitOptions{}))
		fmt.Println(fit.Status, "but for", fit.Identified())
		for _, w := range fit.Warnings {
			fmt.Println("-", w)
		}
	}
	// Output:
	// at_boundary but for [R Alpha S Beta]
	// - Purchase[0] goes to -Inf: the covariate decides alone
	// - Dropout[0] is not identified: any value fits as well
	// not_identified but for [R S]
	// - Beta (+1) with Dropout[0] (+1), Dropout[1] (+1) is not identified: any value fits as well
	// - Alpha (+1) with Purchase[0] (+1), Purchase[1] (+1) is not identified: any value fits as well
}
