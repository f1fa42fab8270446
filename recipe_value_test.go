package relmark_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// What is each customer of my sales table worth? Rows become histories, histories
// the patterns that models of purchase, churn and spend are fitted to, and models the
// value of a year (customer lifetime value, CLV).
func Example_rowsToValue() {
	base, err := rfm.Collect(salesTable())
	if err != nil {
		fmt.Println(err)
		return
	}
	customers, _, err := base.Summaries(relmark.MustParseDate("2026-12-31"), rfm.Options{Unit: rfm.Week})
	if err != nil {
		fmt.Println(err)
		return
	}
	valuer, err := fitValue(customers)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range customers[:4] {
		v := valuer.Value(clv.CustomerOf(c.Summary))
		worth, _ := v.Amount(0)
		fmt.Printf("%s: %2d purchases, %2.0f weeks ago; still a customer: %3.0f %%; worth %s in a year\n",
			c.ID, c.Purchases, c.SinceLast, 100*v.PAlive, worth.StringFixed(0))
	}
	// Output:
	// c000: 24 purchases, 15 weeks ago; still a customer:   8 %; worth 4 in a year
	// c001:  3 purchases, 86 weeks ago; still a customer:   0 %; worth 0 in a year
	// c002:  4 purchases, 58 weeks ago; still a customer:   0 %; worth 0 in a year
	// c003: 17 purchases,  7 weeks ago; still a customer:  58 %; worth 52 in a year
}

// fitValue fits how often customers buy, when they leave and what they spend.
func fitValue(customers []rfm.Customer[string]) (*clv.Valuer[clv.MBGNBD], error) {
	var patterns rfm.Patterns
	var spend clv.Spend
	for _, c := range customers {
		if err := patterns.Add(c.Pattern(), 1); err != nil {
			return nil, err
		}
		if _, err := spend.AddSummary(c.Summary); err != nil {
			return nil, err
		}
	}
	purchases, err := clv.FitMBGNBD(context.Background(), &patterns, clv.FitOptions{})
	if err != nil { // relmark.ErrTooFew and relmark.ErrNoConverge say what to do
		return nil, err
	}
	amounts, err := clv.FitGammaGamma(context.Background(), &spend, clv.FitOptions{})
	if err != nil {
		return nil, err
	}
	return clv.NewValuer(purchases.Model, amounts.Model, clv.ValueOptions{Horizon: 52, Discount: 0.002, Margin: new(0.3)})
}

// salesTable stands for the rows of a query; they may come in any order.
func salesTable() iter.Seq2[rfm.Purchase[string], error] {
	return func(yield func(rfm.Purchase[string], error) bool) {
		source := rand.New(rand.NewPCG(1, 7))
		for i := range 500 {
			gap, price := 5+40*source.Float64(), 20+60*source.Float64() // days, money
			for day := 300 * source.Float64(); day < 700; day += gap * source.ExpFloat64() {
				p := rfm.Purchase[string]{
					Customer: fmt.Sprintf("c%03d", i),
					On:       relmark.MustParseDate("2025-01-01").AddDays(int(day)),
					Amount:   decimal.NewFromFloat(price * (0.5 + source.Float64())).Round(2),
				}
				if !yield(p, nil) {
					return
				}
				if source.Float64() < 0.1 {
					break
				}
			}
		}
	}
}
