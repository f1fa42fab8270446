package voucher_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/promotion"
	"github.com/relmark/relmark/loyalty/voucher"
)

// A customer presents two codes, one of which has a budget of 20.00 a month: what does the
// order cost, are both redeemed, and what goes back to the budget when one of two chairs
// is returned?
func ExampleRedeemAll() {
	twenty := decimal.NewFromInt(20)
	at := time.Date(2025, time.March, 5, 12, 0, 0, 0, time.UTC)
	campaigns := map[string]*voucher.Campaign{}
	registers := map[string]*voucher.Register{"SPRING": {}, "CHAIR": {}}
	for code, caps := range map[string][]voucher.Cap{
		"SPRING": {{Name: "daily", Of: voucher.OfMember, Per: voucher.PerDay, Uses: new(int64(1))}},
		"CHAIR":  {{Name: "monthly", Of: voucher.OfCampaign, Per: voucher.PerMonth, Amount: &twenty}},
	} {
		campaign, err := voucher.NewCampaign(voucher.Terms{Zone: time.UTC, Codes: []string{code}, Digits: 2, Caps: caps})
		if err != nil {
			fmt.Println(err)
			return
		}
		campaigns[code] = campaign
	}
	pricer, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{
		{ID: "CHAIR", Code: "CHAIR", Limited: true, Reward: promotion.Percent(decimal.NewFromInt(25)), Get: &promotion.Selector{Categories: []string{"chairs"}}, Priority: 1},
		{ID: "SPRING", Code: "SPRING", Limited: true, Reward: promotion.Percent(decimal.NewFromInt(10))},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}

	// Before: what is left of each code.
	order := promotion.Order{
		Lines: []promotion.Line{{Item: "chair", Price: decimal.NewFromInt(60), Quantity: 2, Categories: []string{"chairs"}}},
		Codes: []string{"SPRING", "CHAIR"}, Remaining: map[string]promotion.Remaining{},
	}
	for _, code := range order.Codes {
		if order.Remaining[code], err = campaigns[code].Remaining(registers[code], code, "ada", at); err != nil {
			fmt.Println(err)
			return
		}
	}
	receipt, err := pricer.Price(order)
	if err != nil {
		fmt.Println(err)
		return
	}

	// At the checkout: all codes that took something off, or none.
	var claims []voucher.Claim
	for _, a := range receipt.Applied() {
		fmt.Println(a.ID, a.Discount, "off")
		claims = append(claims, voucher.Claim{
			Campaign: campaigns[a.ID], Register: registers[a.ID],
			Redemption: voucher.Redemption{Key: "order 1/" + a.ID, Code: a.ID, Member: "ada", Order: "order 1", Amount: a.Discount, At: at},
		})
	}
	decisions, err := voucher.RedeemAll(claims)
	for i, d := range decisions {
		if err == nil && d.Accepted && !d.Replayed {
			err = claims[i].Register.Apply(d.Event) // and store all of them with the order
		}
	}
	fmt.Println("to pay", receipt.Total(), err)

	// After: one chair comes back.
	returns, err := pricer.Returns(order, promotion.Proportional)
	if err != nil {
		fmt.Println(err)
		return
	}
	refund, err := returns.Add([]promotion.Return{{Line: 0, Units: 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, back := range refund.Released {
		d, err := campaigns[back.ID].Release(registers[back.ID], voucher.Release{
			Key: "return 1/" + back.ID, Redemption: "order 1/" + back.ID, Amount: back.Amount, Use: back.Use, At: at.AddDate(0, 0, 3),
		})
		if err == nil && d.Accepted && !d.Replayed {
			err = registers[back.ID].Apply(d.Event)
		}
		fmt.Println(back.ID, back.Amount, "back", d.Reasons, err)
	}
	left, err := campaigns["CHAIR"].Remaining(registers["CHAIR"], "CHAIR", "bob", at)
	fmt.Println("refund", refund.Refund, "budget", left.Budget, err)
	// Output:
	// CHAIR 20 off
	// SPRING 10 off
	// to pay 90 <nil>
	// CHAIR 10 back [] <nil>
	// SPRING 5 back [] <nil>
	// refund 45 budget 10 <nil>
}
