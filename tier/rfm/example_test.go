package rfm_test

import (
	"fmt"
	"iter"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// Which of my guests matter, and which of them have gone quiet?
func Example() {
	base, err := rfm.Collect(visits())
	if err != nil {
		fmt.Println(err)
		return
	}
	customers, _, err := base.Summaries(relmark.MustParseDate("2026-06-30"), rfm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	cuts, err := rfm.FitCuts(customers, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	scorer, err := rfm.NewScorer(cuts)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range customers {
		fmt.Printf("%s  bought on %d days, %s in all, last %v days ago  %+v\n",
			c.ID, c.Purchases, c.Total(), c.SinceLast, scorer.Score(c.Summary))
	}
	// Output:
	// ann  bought on 3 days, 410 in all, last 5 days ago  {R:2 F:2 M:2}
	// bob  bought on 1 days, 90 in all, last 170 days ago  {R:1 F:1 M:1}
	// cleo  bought on 2 days, 350 in all, last 141 days ago  {R:1 F:1 M:1}
	// dan  bought on 2 days, 500 in all, last 20 days ago  {R:2 F:1 M:2}
}

// How do I keep one customer up to date as sales come in, in any order?
func ExampleHistory() {
	var h rfm.History
	for _, sale := range []struct {
		on     string
		amount float64
	}{{"2026-05-04", 120}, {"2026-01-10", 80}, {"2026-05-04", 15.5}, {"2026-05-20", -15.5}} {
		if err := h.Add(relmark.MustParseDate(sale.on), decimal.NewFromFloat(sale.amount)); err != nil {
			fmt.Println(err)
			return
		}
	}
	s, err := h.Summary(relmark.MustParseDate("2026-06-30"), rfm.Options{Unit: rfm.Week})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d purchase days from %s to %s, %s spent, %s returned\n", s.Purchases, s.First, s.Last, s.Total(), s.Returned())
	fmt.Printf("x = %d, t_x = %.2f, T = %.2f weeks\n", s.X, s.TX, s.T)
	// Output:
	// 2 purchase days from 2026-01-10 to 2026-05-04, 200 spent, 15.5 returned
	// x = 1, t_x = 16.29, T = 24.43 weeks
}

// Was the customer base of spring a good forecast of summer?
func ExampleBase_Splits() {
	base, err := rfm.Collect(visits())
	if err != nil {
		fmt.Println(err)
		return
	}
	splits, err := base.Splits(relmark.MustParseDate("2026-03-31"), relmark.MustParseDate("2026-06-30"), rfm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range splits {
		fmt.Printf("%s bought %d times by March, %d times in the %v days after\n", s.ID, s.Calibration.Purchases, s.Purchases, s.Length)
	}
	// Output:
	// ann bought 1 times by March, 2 times in the 91 days after
	// bob bought 1 times by March, 0 times in the 91 days after
	// cleo bought 2 times by March, 0 times in the 91 days after
	// dan bought 1 times by March, 1 times in the 91 days after
}

// What do I hand to a model of purchase and churn?
func ExamplePatterns() {
	var patterns rfm.Patterns
	for _, p := range []rfm.Pattern{{X: 2, TX: 30, T: 38}, {X: 0, TX: 0, T: 38}, {X: 0, TX: 0, T: 38}} {
		if err := patterns.Add(p, 1); err != nil {
			fmt.Println(err)
			return
		}
	}
	for p, n := range patterns.All() {
		fmt.Printf("%d customers: %+v\n", n, p)
	}
	// Output:
	// 2 customers: {X:0 TX:0 T:38}
	// 1 customers: {X:2 TX:30 T:38}
}

// What do I call customers with these scores?
func ExampleNewSegments() {
	segments, err := rfm.NewSegments(3, []rfm.Segment{
		{Name: "keep", R: &rfm.Range{Min: 2, Max: 3}, M: &rfm.Range{Min: 3, Max: 3}},
		{Name: "win back", R: &rfm.Range{Min: 1, Max: 1}, M: &rfm.Range{Min: 2, Max: 3}},
		{Name: "others"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, score := range []rfm.Score{{R: 3, F: 1, M: 3}, {R: 1, F: 3, M: 2}, {R: 2, F: 2, M: 2}} {
		name, _ := segments.Of(score)
		fmt.Printf("%+v %s\n", score, name)
	}
	_, err = rfm.NewSegments(3, segments.List()[:2])
	fmt.Println(err)
	// Output:
	// {R:3 F:1 M:3} keep
	// {R:1 F:3 M:2} win back
	// {R:2 F:2 M:2} others
	// rfm: Segments = R1 F1 M1: must cover every score
}

// visits is a log as a host's query would stream it.
func visits() iter.Seq2[rfm.Purchase[string], error] {
	return func(yield func(rfm.Purchase[string], error) bool) {
		for _, v := range []struct {
			guest, on string
			amount    int64
		}{
			{"ann", "2026-02-01", 150},
			{"cleo", "2026-01-05", 200},
			{"dan", "2026-03-03", 300},
			{"bob", "2026-01-11", 90},
			{"ann", "2026-05-17", 160},
			{"cleo", "2026-02-09", 150},
			{"dan", "2026-06-10", 200},
			{"ann", "2026-06-25", 100},
		} {
			p := rfm.Purchase[string]{Customer: v.guest, On: relmark.MustParseDate(v.on), Amount: decimal.NewFromInt(v.amount)}
			if !yield(p, nil) {
				return
			}
		}
	}
}
