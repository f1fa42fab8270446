package promotion_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/promotion"
)

// What does an order cost with a clearance coupon on toys and 10 % off all?
func Example() {
	pricer, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{
		{ID: "TOYS20", Kind: promotion.Fixed, Priority: 5, Amount: decimal.RequireFromString("20.00"), Categories: []string{"toys"}},
		{ID: "TEN", Kind: promotion.Percent, Priority: 1, Percent: decimal.NewFromInt(10)},
		{ID: "BOOKS", Kind: promotion.Percent, Percent: decimal.NewFromInt(50), Categories: []string{"books"}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := pricer.Apply([]promotion.Line{
		{Quantity: 2, Price: decimal.RequireFromString("33.33"), Category: "food"},
		{Quantity: 1, Price: decimal.RequireFromString("33.34"), Category: "toys"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range receipt.Applied {
		fmt.Println(a.ID, a.Amount.StringFixed(2), "by line", a.Lines[0].StringFixed(2), a.Lines[1].StringFixed(2))
	}
	for _, r := range receipt.Rejected {
		fmt.Println(r.ID, r.Reason)
	}
	fmt.Println("to pay", receipt.Total.StringFixed(2))
	// Output:
	// TOYS20 20.00 by line 0.00 20.00
	// TEN 8.00 by line 6.67 1.33
	// BOOKS no_eligible_lines
	// to pay 72.00
}

// What does a silver member pay for five?
func ExampleNewPrices() {
	price := decimal.RequireFromString
	prices, err := promotion.NewPrices(promotion.PriceList{
		Zone: time.UTC, Digits: 2, Ladder: []string{"silver", "gold"},
		Entries: []promotion.PriceEntry{
			{Item: "soap", MinQuantity: 1, Price: price("10.00")},
			{Item: "soap", MinQuantity: 1, Price: price("9.50"), Tier: "silver"},
			{Item: "soap", MinQuantity: 5, Price: price("9.00")},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	quote, ok, err := prices.Quote(promotion.PriceQuery{Item: "soap", Tier: "silver", Quantity: 5}, time.Unix(0, 0))
	fmt.Println(quote.Price.StringFixed(2), quote.Total.StringFixed(2), ok, err)
	// Output: 9.00 45.00 true <nil>
}
