package rfm_test

import (
	"fmt"
	"iter"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// How do I keep what I know of my customers from one run to the next, and forget one
// who asks for it?
func ExampleBase_MarshalBinary() {
	base, err := rfm.Collect(visits())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(base.Remove("bob"))
	stored, err := base.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	var restored rfm.Base[string]
	if err := restored.UnmarshalBinary(stored); err != nil {
		fmt.Println(err)
		return
	}
	for guest, history := range restored.All() {
		fmt.Println(guest, history.Len(), "days")
	}
	// Output:
	// true
	// ann 3 days
	// cleo 2 days
	// dan 2 days
}

// What exactly did a guest do? A summary nets and counts; the days are as booked.
func ExampleHistory_Days() {
	base := storedBase(visits())
	history, _ := base.History("dan")
	if err := history.Add(relmark.MustParseDate("2026-06-14"), decimal.NewFromInt(-40)); err != nil {
		fmt.Println(err)
		return
	}
	for d := range history.Days() {
		fmt.Println(d.On, "sold", d.Sold, "returned", d.Returned)
	}
	// Output:
	// 2026-03-03 sold 300 returned 0
	// 2026-06-10 sold 200 returned 0
	// 2026-06-14 sold 0 returned 40
}

// Who brought what in the last twelve months? Lifetime totals favour those of old.
func ExampleBase_Window() {
	base, today := storedBase(visits()), relmark.MustParseDate("2027-02-28")
	year, err := base.Window(today.AddMonths(-12).AddDays(1), today)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(base.Len(), "customers,", year.Len(), "of them lately")
	customers, _, err := year.Summaries(today, rfm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range customers {
		fmt.Printf("%s: %d purchase days, %s\n", c.ID, c.Purchases, c.Total())
	}
	// Output:
	// 4 customers, 2 of them lately
	// ann: 2 purchase days, 260
	// dan: 2 purchase days, 500
}

// How well does a model follow my customers, week by week? A tracking curve needs the
// times of their purchases since a common origin, which the stored base knows.
func ExampleHistory_PurchaseDays() {
	origin, today := relmark.MustParseDate("2026-01-01"), relmark.MustParseDate("2026-06-30")
	var tracking clv.Tracking
	for _, history := range storedBase(visits()).All() {
		days, err := history.PurchaseDays(today, rfm.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		var weeks []float64
		for on := range days {
			weeks = append(weeks, float64(on.Sub(origin))/7)
		}
		if len(weeks) > 0 {
			if err := tracking.Add(weeks[0], weeks[1:]...); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	model, err := clv.NewBGNBD(clv.BGNBDParams{R: 0.9, Alpha: 14, A: 0.8, B: 2.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range clv.Curve(model, tracking, []float64{6, 12, 18, 24}) {
		fmt.Printf("by week %2.0f: %d repeat purchases, %.1f expected\n", p.At, p.Actual, p.Expected)
	}
	// Output:
	// by week  6: 1 repeat purchases, 0.7 expected
	// by week 12: 1 repeat purchases, 1.9 expected
	// by week 18: 1 repeat purchases, 3.0 expected
	// by week 24: 3 repeat purchases, 4.1 expected
}

// Which donors answered how many of my yearly appeals? A model of occasions, such as
// BG/BB, counts years since the first gift: X of T answered, the last in year TX.
func ExampleHistory_PurchaseDays_occasions() {
	const last = 2026
	var patterns rfm.Patterns
	for _, history := range storedBase(gifts()).All() {
		days, err := history.PurchaseDays(relmark.MustParseDate("2026-12-31"), rfm.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		first, p := 0, rfm.Pattern{}
		for on := range days {
			year, _, _ := on.Civil()
			if first == 0 {
				first, p.T = year, float64(last-year)
			} else if since := float64(year - first); since > p.TX {
				p.X, p.TX = p.X+1, since
			}
		}
		if first != 0 {
			if err := patterns.Add(p, 1); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	model, err := clv.NewBGBB(clv.BGBBParams{Alpha: 1.204, Beta: 0.750, Gamma: 0.657, Delta: 2.783})
	if err != nil {
		fmt.Println(err)
		return
	}
	for p, n := range patterns.All() {
		fmt.Printf("%d: %d of %v years, last in year %v, %.1f of the next five\n", n, p.X, p.T, p.TX, model.CondExpected(p, 5))
	}
	// Output:
	// 2: 0 of 4 years, last in year 0, 0.2 of the next five
	// 1: 2 of 4 years, last in year 4, 2.1 of the next five
	// 1: 4 of 4 years, last in year 4, 3.5 of the next five
}

// gifts is what four donors of 2022 gave: one each year, one now and then, two never
// again.
func gifts() iter.Seq2[rfm.Purchase[string], error] {
	return func(yield func(rfm.Purchase[string], error) bool) {
		for donor, days := range map[string][]string{
			"ada":  {"2022-03-01", "2023-03-09", "2024-04-02", "2025-03-11", "2026-03-05"},
			"ben":  {"2022-03-04", "2024-03-20", "2024-11-30", "2026-04-01"},
			"carl": {"2022-05-01"},
			"dora": {"2022-03-02", "2022-12-24"},
		} {
			for _, on := range days {
				if !yield(rfm.Purchase[string]{Customer: donor, On: relmark.MustParseDate(on), Amount: decimal.NewFromInt(50)}, nil) {
					return
				}
			}
		}
	}
}

// storedBase collects a log, stores it and reads it back, as a host does every night.
func storedBase(log iter.Seq2[rfm.Purchase[string], error]) *rfm.Base[string] {
	base, err := rfm.Collect(log)
	if err != nil {
		panic(err)
	}
	stored, err := base.MarshalBinary()
	if err != nil {
		panic(err)
	}
	var restored rfm.Base[string]
	if err := restored.UnmarshalBinary(stored); err != nil {
		panic(err)
	}
	return &restored
}
