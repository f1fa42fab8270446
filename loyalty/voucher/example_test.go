package voucher_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/promotion"
	"github.com/relmark/relmark/loyalty/voucher"
)

// A customer types a code at the checkout: may it be used, and what does the order cost
// then?
func Example() {
	once := int64(1)
	campaign, err := voucher.NewCampaign(voucher.Terms{
		Zone: time.UTC, Codes: []string{"SPRING"}, Limits: voucher.Limits{Member: &once},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	order := promotion.Order{Lines: []promotion.Line{{Item: "tea", Price: decimal.RequireFromString("24.95"), Quantity: 2}}}
	offer := promotion.Offer{ID: "SPRING", Reward: promotion.Percent(decimal.NewFromInt(10))}
	var register voucher.Register
	for _, checkout := range []struct{ order, code string }{{"order 1", "SPRNG"}, {"order 1", "SPRING"}, {"order 2", "SPRING"}} {
		d, err := campaign.Redeem(&register, voucher.Redemption{
			Key: checkout.order, Code: checkout.code, Member: "ada", At: time.Date(2025, time.March, 5, 12, 0, 0, 0, time.UTC),
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		var stack promotion.Stack // without the offer, unless the code is accepted
		if stack.Digits = 2; d.Accepted {
			stack.Offers = append(stack.Offers, offer)
		}
		pricer, err := promotion.NewPricer(stack)
		if err != nil {
			fmt.Println(err)
			return
		}
		receipt, err := pricer.Price(order)
		if err == nil && d.Accepted && !d.Replayed && len(receipt.Applied()) > 0 {
			err = register.Apply(d.Event) // and store it, in the transaction of the order
		}
		fmt.Println(checkout.code, d.Accepted, d.Reasons, "to pay", receipt.Total().StringFixed(2), err)
	}
	// Output:
	// SPRNG false [unknown_code] to pay 49.90 <nil>
	// SPRING true [] to pay 44.91 <nil>
	// SPRING false [member_limit] to pay 49.90 <nil>
}

// May this member use the spring coupon a second time?
func ExampleNewCampaign() {
	from := relmark.MustParseDate("2025-03-01")
	once := int64(1)
	campaign, err := voucher.NewCampaign(voucher.Terms{
		Zone: time.UTC, From: from, Through: from.AddDays(30), Codes: []string{"SPRING"}, Limits: voucher.Limits{Member: &once},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var register voucher.Register
	noon := time.Date(2025, time.March, 5, 12, 0, 0, 0, time.UTC)
	for _, order := range []string{"order 1", "order 2", "order 1"} {
		d, err := campaign.Redeem(&register, voucher.Redemption{Key: order, Code: "SPRING", Member: "ada", At: noon})
		if err != nil {
			fmt.Println(err)
			return
		}
		if d.Accepted && !d.Replayed {
			err = register.Apply(d.Event) // and store it, in the transaction of the order
		}
		fmt.Println(order, d.Accepted, d.Reasons, err)
	}
	// Output:
	// order 1 true [] <nil>
	// order 2 false [member_limit] <nil>
	// order 1 true [] <nil>
}

// Which codes do we print on ten thousand flyers so that a typo is noticed?
func ExampleChecker_Draw() {
	checker, err := voucher.NewChecker(voucher.CodeFormat{Scheme: voucher.LuhnModN, Alphabet: "0123456789ABCDEFGHJKMNPQRSTVWXYZ"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var seed [32]byte // 32 secret bytes from crypto/rand in earnest
	codes, err := checker.Draw(rand.New(rand.NewChaCha8(seed)), voucher.Batch{Count: 10_000, Prefix: "HEY", Length: 8})
	fmt.Println(len(codes), checker.Valid(codes[0]), checker.Valid("X"+codes[0][1:]), err)
	// Output: 10000 true false <nil>
}

// The campaign runs for years: how do I keep what I store small, and its limits?
func ExampleCampaign_Close() {
	once := int64(1)
	campaign, err := voucher.NewCampaign(voucher.Terms{AnyCode: true, Zone: time.UTC, Limits: voucher.Limits{Member: &once}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var register voucher.Register
	do := func(d voucher.Decision, err error) {
		if err == nil && d.Accepted && !d.Replayed {
			err = register.Apply(d.Event) // and store it
		}
		fmt.Println(d.Accepted, d.Reasons, err)
	}
	summer := time.Date(2025, time.July, 1, 12, 0, 0, 0, time.UTC)
	winter := summer.AddDate(0, 6, 0)
	newYear := relmark.MustParseDate("2026-01-01")
	first := voucher.Redemption{Key: "order 1", Code: "FRIEND", Member: "ada", At: summer}
	do(campaign.Redeem(&register, first))
	do(campaign.Close(&register, voucher.Closing{Key: "close 2025", Before: newYear, At: winter}))
	do(campaign.Redeem(&register, first)) // the shop sends it again
	do(campaign.Redeem(&register, voucher.Redemption{Key: "order 2", Code: "FRIEND", Member: "ada", At: winter}))
	do(campaign.Redeem(&register, voucher.Redemption{Key: "order 3", Code: "FRIEND", Member: "bob", At: winter}))
	fmt.Println(register.Uses("FRIEND", "ada").Code, "uses,", register.Live())
	// Output:
	// true [] <nil>
	// true [] <nil>
	// false [period_closed] <nil>
	// false [member_limit] <nil>
	// true [] <nil>
	// 2 uses, [order 3]
}
