package relmark_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
	"github.com/relmark/relmark/loyalty/promotion"
	"github.com/relmark/relmark/loyalty/voucher"
)

// What does one order do to my books, from its code to a line that comes back? The price
// under the offers; points that pay for a part, and others that are earned; revenue now
// and later; and what returning one of two books undoes of all of it.
func Example_checkoutToBooks() {
	h, err := newHouse()
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, time.June, 30, 17, 45, 0, 0, time.UTC)
	h.do("welcome", at, points.Adjust{Points: 500})

	// The price: a quarter off books, for 20.00 a month in all.
	order := promotion.Order{
		Lines: []promotion.Line{
			{Item: "atlas", Price: decimal.RequireFromString("24.90"), Quantity: 2, Categories: []string{"books"}},
			{Item: "kite", Price: decimal.RequireFromString("12.00"), Quantity: 1, Categories: []string{"toys"}},
		},
		Codes: []string{"READ25"}, Remaining: map[string]promotion.Remaining{},
	}
	order.Remaining["READ25"], err = h.campaign.Remaining(&h.register, "READ25", "ada", at)
	h.check(err)
	receipt, err := h.pricer.Price(order)
	h.check(err)
	for _, a := range receipt.Applied() {
		d, err := h.campaign.Redeem(&h.register, voucher.Redemption{Key: "order 1", Code: a.ID, Member: "ada", Order: "order 1", Amount: a.Discount, At: at})
		h.check(err)
		h.check(h.register.Apply(d.Event)) // and store it, with all that follows
		fmt.Println("price", receipt.Subtotal(), "less", a.Discount)
	}

	// 500 points pay 5.00; what is paid in money earns.
	earn := points.Earn{Order: "order 1", Amount: receipt.Total(), PayPoints: 500}
	for i, l := range receipt.Lines() {
		quantity := decimal.NewFromInt(order.Lines[i].Quantity)
		earn.Lines = append(earn.Lines, earning.OrderLine{Item: order.Lines[i].Item, Amount: l.Total, Quantity: &quantity})
	}
	earned := h.do("order 1", at, earn).(*points.Earned)
	paid := decimal.New(earned.PaidValue, -2)
	cash := receipt.Total().Sub(paid)
	fmt.Println("points", paid, "cash", cash, "earned", earned.Award.Granted)

	// The books: the part of the cash that pays for the points is revenue when they are used.
	worth, err := h.model.StandAlone(earned.Award.Granted)
	h.check(err)
	split, err := accrual.Sale{Digits: 2, Price: cash, Goods: receipt.Total(), Points: worth}.Allocate()
	h.check(err)
	entries, err := split.Entries()
	h.check(err)
	post("sale", entries)
	deferral, err := accrual.Defer(split.Points, 2)
	h.check(err)

	// One atlas comes back: it is worth what was paid for it, and its discount goes back to
	// the campaign.
	returns, err := h.pricer.Returns(order, promotion.Proportional)
	h.check(err)
	back, err := returns.Add([]promotion.Return{{Line: 0, Units: 1}})
	h.check(err)
	for _, x := range back.Released {
		d, err := h.campaign.Release(&h.register, voucher.Release{Key: "return 1", Redemption: "order 1", Amount: x.Amount, Use: x.Use, At: at})
		h.check(err)
		h.check(h.register.Apply(d.Event))
	}
	refunded := h.do("return 1", at, points.Refund{Order: "order 1", Lines: []points.RefundLine{{ID: "1", Amount: &back.Refund}}}).(*points.Refunded)
	reversed := refunded.Reversed[0].Points
	fmt.Println("worth", back.Refund, "cash back", decimal.New(refunded.Cash, -2), "points back", refunded.Restored[0].Points, "taken back", reversed)

	// The sale is posted the other way round for what was paid back, with the part that was
	// kept back for points that are gone.
	part, err := accrual.Allocate(split.Points, 2, decimal.NewFromInt(reversed), decimal.NewFromInt(earned.Award.Granted-reversed))
	h.check(err)
	deferral, err = deferral.Cancel(part[0])
	h.check(err)
	undone, err := accrual.Given(decimal.New(refunded.Cash, -2), part[0], 2)
	h.check(err)
	entries, err = undone.Entries()
	h.check(err)
	post("return, the other way round", entries)

	// A month later 60 of the points that are left were used: that is revenue.
	lot := accrual.Lot{GrantedOn: relmark.MustParseDate("2026-06-30"), Granted: earned.Award.Granted, Reversed: reversed, Redeemed: 60}
	deferral, july, err := h.model.Measure(deferral, lot, relmark.MustParseDate("2026-07-31"))
	h.check(err)
	entries, err = july.Entries()
	h.check(err)
	post("July", entries)
	left, err := h.campaign.Remaining(&h.register, "READ25", "bob", at)
	h.check(err)
	fmt.Println("owed", deferral.Liability(), "budget left", left.Budget, h.err)
	// Output:
	// price 61.8 less 12.45
	// points 5 cash 44.35 earned 221
	// sale: cash 44.35 revenue_goods -43.09 contract_liability -1.26
	// worth 18.67 cash back 16.79 points back 188 taken back 83
	// return, the other way round: cash 16.79 revenue_goods -16.32 contract_liability -0.47
	// July: contract_liability 0.48 revenue_points -0.48
	// owed 0.31 budget left 13.77 <nil>
}

// post prints a posting, debits positive.
func post(what string, entries []accrual.Entry) {
	fmt.Print(what, ":")
	for _, e := range entries {
		fmt.Print(" ", e.Account, " ", e.Amount)
	}
	fmt.Println()
}

// A house is a shop with its books, which keeps the first error.
type house struct {
	campaign *voucher.Campaign
	pricer   *promotion.Pricer
	engine   *points.Engine
	model    *accrual.Model

	register voucher.Register
	account  points.Account
	err      error
}

func (h *house) check(err error) {
	if h.err == nil {
		h.err = err
	}
}

// do carries a command out and returns what it did.
func (h *house) do(key string, at time.Time, do points.Action) points.Body {
	d, err := h.engine.Decide(&h.account, points.Command{Key: key, At: at, Do: do})
	h.check(err)
	h.check(h.account.Apply(d.Event)) // and store it
	return d.Event.Body
}

func newHouse() (*house, error) {
	h := new(house)
	var err error
	budget, cent := decimal.NewFromInt(20), decimal.New(1, -2)
	h.campaign, err = voucher.NewCampaign(voucher.Terms{
		Zone: time.UTC, Codes: []string{"READ25"}, Digits: 2,
		Caps: []voucher.Cap{{Name: "monthly", Of: voucher.OfCampaign, Per: voucher.PerMonth, Amount: &budget}},
	})
	if err != nil {
		return nil, err
	}
	h.pricer, err = promotion.NewPricer(promotion.Stack{Digits: 2, Offers: []promotion.Offer{{
		ID: "READ25", Code: "READ25", Limited: true, Reward: promotion.Percent(decimal.NewFromInt(25)), Get: &promotion.Selector{Categories: []string{"books"}},
	}}})
	if err != nil {
		return nil, err
	}
	h.engine, err = points.Compile(points.Program{Rules: earning.Rules{
		Currency: "EUR", Digits: 2, PointValue: cent,
		Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 5, Per: decimal.NewFromInt(1)}}}},
	}})
	if err != nil {
		return nil, err
	}
	// Two points of three are used: 30 of 100 in the first month, half of the rest in the next.
	h.model, err = accrual.NewModel(accrual.Policy{Digits: 2, Value: &cent, Curve: accrual.Curve{Redeemed: []float64{0.3, 0.5}, Lost: []float64{0, 0.2}}})
	return h, err
}
