package earning_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/earning"
)

// lineRules are 20 rules, most of which act on lines.
func lineRules(b testing.TB) *earning.Engine {
	b.Helper()
	on := func(i int) earning.Selector {
		return earning.Selector{
			Categories: []string{fmt.Sprint("category-", i%7), fmt.Sprint("category-", i%5)}, Tags: []string{"organic"},
			Exclude: earning.Features{Items: []string{fmt.Sprint("item-", i)}},
		}
	}
	v := earning.Version{
		Exclusions: []earning.Exclusion{{Rule: "no gift cards", Lines: earning.Selector{Categories: []string{"gift card"}}}},
		Rates:      []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}, {Rule: "pieces", Points: 2, Per: euros(1), Measure: earning.QuantityMeasure, Lines: on(9)}},
	}
	for i := range 5 {
		v.Rates = append(v.Rates, earning.Rate{Rule: fmt.Sprint("rate-", i), Points: int64(i + 1), Per: euros(2), Lines: on(i)})
	}
	for i := range 6 {
		v.Multipliers = append(v.Multipliers, earning.Multiplier{
			Rule: fmt.Sprint("multiplier-", i), Factor: decimal.New(int64(11+i), -1), Exclusive: i == 5, Lines: on(i + 1),
		})
	}
	for i := range 6 {
		v.Bonuses = append(v.Bonuses, earning.Bonus{
			Rule: fmt.Sprint("bonus-", i), Points: 10, Lines: on(i + 2), When: earning.Condition{MinTotal: new(euros(int64(10 * i)))},
		})
	}
	e, err := earning.Compile(earning.Rules{Currency: "EUR", Digits: 2, PointValue: decimalOf(1), Versions: []earning.Version{v}})
	require.NoError(b, err)
	return e
}

// tenLines is an order of ten lines with categories, items and tags.
func tenLines() earning.Order {
	o := earning.Order{At: at(1), Amount: euros(260)}
	for i := range 10 {
		o.Lines = append(o.Lines, earning.OrderLine{
			Amount: decimalOf(int64(1999 + 100*i)), Category: fmt.Sprint("category-", i%7), Item: fmt.Sprint("item-", i), Tags: []string{"new"},
		})
	}
	return o
}

func BenchmarkQuote10Lines20Rules(b *testing.B) {
	e, o := lineRules(b), tenLines()
	b.ReportAllocs()
	for b.Loop() {
		if a, err := e.Quote(&o); err != nil || a.Granted == 0 {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain10Lines20Rules(b *testing.B) {
	e, o := lineRules(b), tenLines()
	b.ReportAllocs()
	for b.Loop() {
		if a, err := e.Explain(&o); err != nil || len(a.ByLine) != 11 {
			b.Fatal(err)
		}
	}
}

func BenchmarkJudge10Lines20Rules(b *testing.B) {
	e, o := lineRules(b), tenLines()
	out, err := e.Earn(&o, nil)
	require.NoError(b, err)
	var a earning.Award
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Judge(&a, &out.Facts, nil); err != nil || len(a.ByLine) != 11 {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuoteNoLines20Rules(b *testing.B) {
	e := lineRules(b)
	o := earning.Order{At: at(1), Amount: euros(260)}
	b.ReportAllocs()
	for b.Loop() {
		if a, err := e.Quote(&o); err != nil || a.Granted == 0 {
			b.Fatal(err)
		}
	}
}

// Neither a quote nor a what-if allocates for baskets of ten lines, whatever rules act on
// them. Not parallel: AllocsPerRun panics in parallel tests.
func TestLinesDoNotAlloc(t *testing.T) {
	e, o := lineRules(t), tenLines()
	out, err := e.Earn(&o, nil)
	require.NoError(t, err)
	require.NoError(t, out.Facts.Validate())
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := e.Quote(&o); err != nil {
			t.Error(err)
		}
		if _, err := e.Judge(&out.Award, &out.Facts, nil); err != nil {
			t.Error(err)
		}
	}))
}
