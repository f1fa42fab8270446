package relmark_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
	"github.com/relmark/relmark/loyalty/promotion"
	"github.com/relmark/relmark/loyalty/voucher"
)

// How does a code become a price at the checkout? The campaign says whether the code
// may be used, the pricer what it takes off, and the programme what the rest earns.
// All events are stored in the transaction of the order, then applied.
func Example_codesToCheckout() {
	s, err := newShop()
	if err != nil {
		fmt.Println(err)
		return
	}
	cart := []promotion.Line{
		{Item: "atlas", Price: decimal.RequireFromString("24.90"), Quantity: 2, Categories: []string{"books"}},
		{Item: "kite", Price: decimal.RequireFromString("12.00"), Quantity: 1, Categories: []string{"toys"}},
	}
	for _, order := range []string{"order 1", "order 2"} {
		receipt, earned, err := s.checkout(order, "ada", "READ25", cart)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s off, %s to pay, %d points\n", order, receipt.Discount().StringFixed(2), receipt.Total().StringFixed(2), earned)
	}
	// Output:
	// order 1: 12.45 off, 49.35 to pay, 49 points
	// order 2: 0.00 off, 61.80 to pay, 61 points
}

// A shop has what it loads at its start, and the state of one campaign and one member.
type shop struct {
	campaign *voucher.Campaign
	offers   map[string]promotion.Offer // by code
	engine   *points.Engine

	register voucher.Register
	account  points.Account
}

func (s *shop) checkout(order, member, code string, cart []promotion.Line) (receipt promotion.Receipt, earned int64, err error) {
	at := time.Date(2026, time.June, 30, 17, 45, 0, 0, time.UTC)
	redemption, err := s.campaign.Redeem(&s.register, voucher.Redemption{Key: order, Code: code, Member: member, At: at})
	if err != nil {
		return receipt, 0, err
	}
	stack := promotion.Stack{Digits: 2}
	if redemption.Accepted { // otherwise its Reasons say why not
		stack.Offers = append(stack.Offers, s.offers[code])
	}
	pricer, err := promotion.NewPricer(stack)
	if err != nil {
		return receipt, 0, err
	}
	if receipt, err = pricer.Price(promotion.Order{Lines: cart}); err != nil {
		return receipt, 0, err
	}
	d, err := s.engine.Decide(&s.account, points.Command{Key: order, At: at, Do: points.Earn{Order: order, Amount: receipt.Total()}})
	if err != nil {
		return receipt, 0, err
	}
	// Here the host stores the order and both events, and commits.
	if redemption.Accepted && !redemption.Replayed {
		if err := s.register.Apply(redemption.Event); err != nil {
			return receipt, 0, err
		}
	}
	before := s.account.Balance(at).Issued
	if err := s.account.Apply(d.Event); err != nil {
		return receipt, 0, err
	}
	return receipt, s.account.Balance(at).Issued - before, nil
}

func newShop() (*shop, error) {
	once, books := int64(1), []string{"books"}
	campaign, err := voucher.NewCampaign(voucher.Terms{
		Zone: time.UTC, From: relmark.MustParseDate("2026-06-01"), Through: relmark.MustParseDate("2026-08-31"),
		Codes: []string{"READ25"}, Limits: voucher.Limits{Member: &once},
	})
	if err != nil {
		return nil, err
	}
	engine, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency: "EUR",
			Digits:   2,
			Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.NewFromInt(1)}}}},
		},
	})
	offers := map[string]promotion.Offer{"READ25": {ID: "READ25", Reward: promotion.Percent(decimal.NewFromInt(25)), Get: &promotion.Selector{Categories: books}}}
	return &shop{campaign: campaign, offers: offers, engine: engine}, err
}
