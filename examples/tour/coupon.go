package main

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/promotion"
)

// whatAVoucherCosts prices the orders of the log again, with vouchers.
func (s *story) whatAVoucherCosts(r *report) error {
	r.heading("What would a voucher cost?", "loyalty/promotion")
	var amounts []decimal.Decimal
	var sales decimal.Decimal
	for _, o := range s.orders() {
		if o.amount.Sign() > 0 {
			amounts, sales = append(amounts, o.amount), sales.Add(o.amount)
		}
	}
	if len(amounts) == 0 {
		r.say("Needs orders.")
		return nil
	}
	slices.SortFunc(amounts, decimal.Decimal.Cmp)
	large := amounts[len(amounts)*3/4]
	large = large.RoundDown(digits(large)) // a quarter of the orders reach it
	var rows [][]string
	for _, v := range append(vouchers(large), promotion.Offer{
		ID: "the second thing at half price", Reward: promotion.Percent(decimal.NewFromInt(50)), Sets: &promotion.Sets{Buy: 1, Get: 1},
	}) {
		baskets := wholeOrders(amounts)
		if v.Sets != nil {
			if baskets = s.baskets(); len(baskets) == 0 {
				continue // the log names no items
			}
		}
		orders, cost, err := costOf(v, baskets)
		if err != nil {
			return err
		}
		rows = append(rows, []string{v.ID, count(orders), money(cost), percent(cost.InexactFloat64() / sales.InexactFloat64())})
	}
	r.table([]string{"voucher", "orders", "cost", "of sales"}, rows)
	r.say("Orders and cost are those of the log; what a voucher brings in addition is not known.")
	return nil
}

// vouchers are usual ones; at least a quarter of the orders are large.
func vouchers(large decimal.Decimal) []promotion.Offer {
	cent := decimal.New(1, -2)
	tenth := decimal.Max(cent, large.Shift(-1).RoundUp(digits(large)))
	half := large.Mul(decimal.New(5, -1)).RoundUp(digits(large))
	list := []promotion.Offer{
		{ID: "10 % off", Reward: promotion.Percent(decimal.NewFromInt(10))},
		{ID: "10 % off, at most " + money(tenth), Reward: promotion.Percent(decimal.NewFromInt(10)), MaxDiscount: &tenth},
		{ID: money(tenth) + " off from " + money(large), Reward: promotion.Amount(tenth), Min: promotion.Minimum{Amount: &large}},
	}
	if half.LessThan(large) {
		list = slices.Insert(list, 2, promotion.Offer{ID: "5 % from " + money(half) + ", 10 % from " + money(large), Steps: []promotion.Step{
			{Min: promotion.Minimum{Amount: &half}, Reward: promotion.Percent(decimal.NewFromInt(5))},
			{Min: promotion.Minimum{Amount: &large}, Reward: promotion.Percent(decimal.NewFromInt(10))},
		}})
	}
	return list
}

// wholeOrders are orders of which only the amount matters.
func wholeOrders(amounts []decimal.Decimal) (orders []promotion.Order) {
	for _, amount := range amounts {
		orders = append(orders, promotion.Order{Lines: []promotion.Line{{Item: "order", Price: amount, Quantity: 1}}})
	}
	return orders
}

// baskets are the orders of the log by what was in them, as far as it says; returns are
// left out.
func (s *story) baskets() (orders []promotion.Order) {
	of := map[row][]promotion.Line{}
	for _, r := range s.sales.rows {
		if key := (row{customer: r.customer, on: r.on}); r.item != "" && r.amount.Sign() > 0 {
			of[key] = append(of[key], promotion.Line{Item: r.item, Price: r.amount, Quantity: 1})
		}
	}
	for _, o := range s.orders() {
		if lines := of[row{customer: o.customer, on: o.on}]; len(lines) > 0 {
			orders = append(orders, promotion.Order{Lines: lines})
		}
	}
	return orders
}

// costOf returns of how many orders a voucher takes something off, and how much in all.
func costOf(v promotion.Offer, all []promotion.Order) (orders int, cost decimal.Decimal, err error) {
	pricer, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{v}})
	if err != nil {
		return 0, cost, err
	}
	for _, order := range all {
		receipt, err := pricer.Price(order)
		if err != nil {
			return 0, cost, err
		}
		if cost = cost.Add(receipt.Discount()); receipt.Discount().Sign() > 0 {
			orders++
		}
	}
	return orders, cost, nil
}
