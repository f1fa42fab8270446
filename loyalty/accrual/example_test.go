package accrual_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

// We sold goods for 100,000 and gave 10,000 points, of which 9,500 will be used:
// what is revenue now, and what after each year?
func Example() {
	sale := accrual.Sale{Price: decimal.NewFromInt(100_000), Goods: decimal.NewFromInt(100_000), Points: decimal.NewFromInt(9_500)}
	split, err := sale.Allocate()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("now", split.Goods, "later", split.Points)
	deferred, err := accrual.Defer(split.Points, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, estimate := range []accrual.Estimate{{Redeemed: 4500, Expected: 9500}, {Redeemed: 8500, Expected: 9700}} {
		var year accrual.Period
		deferred, year, err = deferred.Measure(estimate)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("revenue", year.Revenue, "of which catch-up", year.CatchUp, "liability", year.Liability)
	}
	// Output:
	// now 91324 later 8676
	// revenue 4110 of which catch-up 0 liability 4566
	// revenue 3493 of which catch-up -160 liability 1073
}

// How many of our points are never used?
func ExampleHistory_Fit() {
	var history accrual.History
	for _, v := range []accrual.Vintage{
		{Granted: 1000, Ages: []accrual.Movement{{Redeemed: 400}, {Redeemed: 150}, {Redeemed: 90, Expired: 360}}},
		{Granted: 2000, Ages: []accrual.Movement{{Redeemed: 800}, {Redeemed: 300}}}, // younger
	} {
		if err := history.Add(v); err != nil {
			fmt.Println(err)
			return
		}
	}
	fit, err := history.Fit(accrual.FitOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("breakage %.0f %%, of points two months old %.0f %% will be used, %.0f %% open\n",
		100*(1-fit.Curve.Ultimate()), 100*fit.Curve.Remaining()[2], 100*fit.Open)
	// Output: breakage 36 %, of points two months old 20 % will be used, 0 % open
}

// What do we owe for the points of March, lot by lot, and how did that move?
func ExampleModel_Measure() {
	model, err := accrual.NewModel(accrual.Policy{
		Digits: 2, Value: new(decimal.New(1, -2)), Reserved: decimal.New(10, -2),
		Curve: accrual.Curve{Redeemed: []float64{0.5, 0.4}, Lost: []float64{0, 0.1}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	granted := relmark.MustParseDate("2025-03-10")
	var table accrual.RollForward
	for _, lot := range []accrual.Lot{
		{GrantedOn: granted, Granted: 1000, Redeemed: 500},
		{GrantedOn: granted, Granted: 400},
	} {
		before, _ := accrual.Defer(decimal.NewFromInt(lot.Granted).Shift(-2), 2)
		after, period, err := model.Measure(before, lot, granted.AddMonths(1))
		if err == nil {
			err = table.Add(nil, after)
		}
		fmt.Println(period.Expected, "expected, revenue", period.Revenue, "owed", period.Liability, "reserved", period.Reserved, err)
	}
	rows := table.Rows()
	fmt.Println("added", rows.Added, "revenue", rows.Performance, "reserved", rows.Reserved, "closing", rows.Closing)
	// Output:
	// 700 expected, revenue 6.93 owed 2.77 reserved 0.3 <nil>
	// 160 expected, revenue 0 owed 3.76 reserved 0.24 <nil>
	// added 14 revenue 6.93 reserved 0.54 closing 6.53
}

// Points given as gifts are no part of a sale: what do we provide for them?
func ExampleModel_Provision() {
	model, err := accrual.NewModel(accrual.Policy{
		Digits: 2, Cost: new(decimal.New(6, -3)), Curve: accrual.Curve{Redeemed: []float64{0.5, 0.4}, Lost: []float64{0, 0.1}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	provision, err := model.Provision(10_000, 1)
	fmt.Println(provision, err)
	// Output: 24 <nil>
}
