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
		{ID: "toys", Code: "TOYS20", Priority: 5, Reward: promotion.Amount(decimal.NewFromInt(20)), Get: &promotion.Selector{Categories: []string{"toys"}}},
		{ID: "ten", Priority: 1, Reward: promotion.Percent(decimal.NewFromInt(10))},
		{ID: "books", Reward: promotion.Percent(decimal.NewFromInt(50)), Get: &promotion.Selector{Categories: []string{"books"}}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := pricer.Price(promotion.Order{Codes: []string{"TOYS20"}, Lines: []promotion.Line{
		{Item: "tea", Price: decimal.RequireFromString("33.33"), Quantity: 2, Categories: []string{"food"}},
		{Item: "kite", Price: decimal.RequireFromString("33.34"), Quantity: 1, Categories: []string{"toys"}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range receipt.Applied() {
		fmt.Println(a.ID, a.Discount.StringFixed(2), "by line", a.Lines[0].StringFixed(2), a.Lines[1].StringFixed(2))
	}
	for _, r := range receipt.Rejected() {
		fmt.Println(r.ID, r.Reason)
	}
	fmt.Println("to pay", receipt.Total().StringFixed(2))
	// Output:
	// toys 20.00 by line 0.00 20.00
	// ten 8.00 by line 6.67 1.33
	// books no_units
	// to pay 72.00
}

// Why was this offer not accepted? What is wrong with it is said before a customer pays.
func ExampleNewPricer() {
	_, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{
		{ID: "summer", Reward: promotion.Percent(decimal.NewFromInt(110))},
		{ID: "gift", Reward: promotion.Free(), Sets: &promotion.Sets{Buy: 2}},
	}})
	fmt.Println(err)
	// Output:
	// promotion: Offers[0].Reward.Value: must be above 0 to 100, with at most 7 fraction digits; Offers[1].Sets.Get = 0: must be 1 to 1000000000
}

// Three for two, and the better of coupon and sale: what does each piece cost?
func ExamplePricer_Price() {
	price := decimal.RequireFromString
	pricer, err := promotion.NewPricer(promotion.Stack{
		Digits: 2,
		Groups: []promotion.Group{{Name: "one of them", Mode: promotion.Best, Limit: 1}},
		Offers: []promotion.Offer{
			{ID: "3 for 2", Priority: 1, Get: &promotion.Selector{Categories: []string{"tea"}}, Reward: promotion.Free(), Sets: &promotion.Sets{Buy: 2, Get: 1}},
			{ID: "sale", Reward: promotion.Percent(price("15")), Group: "one of them"},
			{ID: "coupon", Code: "FIVE", Reward: promotion.Amount(price("5")), Group: "one of them"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := pricer.Price(promotion.Order{Codes: []string{"FIVE"}, Lines: []promotion.Line{
		{Item: "assam", Price: price("8.00"), Quantity: 3, Categories: []string{"tea"}},
		{Item: "mug", Price: price("9.90"), Quantity: 1},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range receipt.Applied() {
		fmt.Println(a.ID, a.Discount.StringFixed(2))
	}
	for _, r := range receipt.Rejected() {
		fmt.Println(r.ID, r.Reason)
	}
	for _, l := range receipt.Lines() {
		for _, u := range l.Units {
			fmt.Println(u.Units, "at", u.Left.StringFixed(2))
		}
	}
	// Output:
	// 3 for 2 8.00
	// coupon 5.00
	// sale group
	// 1 at 0.00
	// 1 at 6.45
	// 1 at 6.46
	// 1 at 7.99
}

// How much more until shipping is free?
func ExamplePricer_Preview() {
	price := decimal.RequireFromString
	pricer, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{{
		ID: "free shipping", Priority: -1, Get: &promotion.Selector{Items: []string{"shipping"}}, Reward: promotion.Free(),
		Buy: &promotion.Selector{Exclude: &promotion.Exclusion{Items: []string{"shipping"}}}, Min: promotion.Minimum{Amount: new(price("50"))}, MinOf: promotion.Left,
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	hints, err := pricer.Preview(promotion.Order{Lines: []promotion.Line{
		{Item: "tea", Price: price("16.00"), Quantity: 2},
		{Item: "shipping", Price: price("4.90"), Quantity: 1},
	}})
	for _, h := range hints {
		fmt.Println(h.MissingAmount.StringFixed(2), "more for", h.ID, err)
	}
	// Output: 18.00 more for free shipping <nil>
}

// A jacket comes back: is the discount on the boots lost?
func ExamplePricer_Returns() {
	price := decimal.NewFromInt
	one := func(item string) promotion.Requirement {
		return promotion.Requirement{Select: promotion.Selector{Items: []string{item}}, Min: promotion.Minimum{Units: new(int64(1))}}
	}
	pricer, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{{
		ID: "boots for 10", Requires: []promotion.Requirement{one("jacket"), one("trousers")},
		Get: &promotion.Selector{Items: []string{"boots"}}, Reward: promotion.UnitPrice(price(10)), MaxApplications: new(int64(1)),
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	order := promotion.Order{Lines: []promotion.Line{
		{Item: "jacket", Price: price(200), Quantity: 1},
		{Item: "trousers", Price: price(90), Quantity: 1},
		{Item: "boots", Price: price(80), Quantity: 1},
	}}
	for _, policy := range []promotion.Policy{promotion.Proportional, promotion.Reprice} {
		returns, err := pricer.Returns(order, policy)
		if err != nil {
			fmt.Println(err)
			return
		}
		refund, err := returns.Add([]promotion.Return{{Line: 0, Units: 1}})
		fmt.Println(policy, refund.Refund.StringFixed(2), "of", order.Lines[0].Price.StringFixed(2), err)
	}
	// Output:
	// proportional 200.00 of 200.00 <nil>
	// reprice 130.00 of 200.00 <nil>
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

// What does staff pay for a cart, before any offer?
func ExamplePrices_Fill() {
	price := decimal.RequireFromString
	prices, err := promotion.NewPrices(promotion.PriceList{Zone: time.UTC, Digits: 2, Entries: []promotion.PriceEntry{
		{Item: "soap", MinQuantity: 1, Price: price("10.00")},
		{Item: "soap", MinQuantity: 1, Price: price("7.50"), Group: "staff"},
		{Item: "tea", MinQuantity: 1, Price: price("4.00")},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	cart := []promotion.Line{{Item: "soap", Quantity: 2}, {Item: "tea", Quantity: 1}}
	lines, err := prices.Fill(cart, promotion.PriceQuery{Groups: []string{"staff"}}, time.Unix(0, 0))
	for _, l := range lines {
		fmt.Println(l.Item, l.Price.StringFixed(2), err)
	}
	// Output:
	// soap 7.50 <nil>
	// tea 4.00 <nil>
}
