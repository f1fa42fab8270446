package voucher_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// What does an order cost with a clearance coupon on toys and 10 % off all?
func Example() {
	pricer, err := voucher.NewPricer(voucher.Stack{Digits: 2, Vouchers: []voucher.Voucher{
		{ID: "TOYS20", Kind: voucher.Fixed, Priority: 5, Amount: decimal.RequireFromString("20.00"), Categories: []string{"toys"}},
		{ID: "TEN", Kind: voucher.Percent, Priority: 1, Percent: decimal.NewFromInt(10)},
		{ID: "BOOKS", Kind: voucher.Percent, Percent: decimal.NewFromInt(50), Categories: []string{"books"}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := pricer.Apply([]voucher.Line{
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

// What does a silver member pay for five?
func ExampleNewPrices() {
	price := decimal.RequireFromString
	prices, err := voucher.NewPrices(voucher.PriceList{
		Zone: time.UTC, Digits: 2, Ladder: []string{"silver", "gold"},
		Entries: []voucher.PriceEntry{
			{Item: "soap", MinQuantity: 1, Price: price("10.00")},
			{Item: "soap", MinQuantity: 1, Price: price("9.50"), Tier: "silver"},
			{Item: "soap", MinQuantity: 5, Price: price("9.00")},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	quote, ok, err := prices.Quote(voucher.PriceQuery{Item: "soap", Tier: "silver", Quantity: 5, At: time.Unix(0, 0)})
	fmt.Println(quote.Price.StringFixed(2), quote.Total.StringFixed(2), ok, err)
	// Output: 9.00 45.00 true <nil>
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

// How much cashback does an order bring, and what does returning half take back?
func ExampleNewCashback() {
	five := decimal.NewFromInt(5)
	cashback, err := voucher.NewCashback(voucher.CashbackTerms{
		Zone: time.UTC, Digits: 2, Rate: decimal.RequireFromString("0.03"), OrderCap: &five,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var wallet voucher.Wallet
	noon := time.Date(2025, time.March, 5, 12, 0, 0, 0, time.UTC)
	d, err := cashback.Purchase(&wallet, voucher.Purchase{Key: "1", Order: "A", Net: decimal.NewFromInt(400), At: noon})
	if err == nil {
		err = wallet.Apply(d.Event) // and store it
	}
	fmt.Println(d.Event.Money(d.Event.Granted), "granted,", d.Event.Money(d.Event.Cut), "cut", err)
	d, err = cashback.Refund(&wallet, voucher.Refund{Key: "2", Order: "A", Amount: decimal.NewFromInt(200), At: noon})
	if err == nil {
		err = wallet.Apply(d.Event)
	}
	fmt.Println(d.Event.Money(d.Event.Reversed), "taken back,", wallet.Balance(noon).Available, "left", err)
	// Output:
	// 5 granted, 7 cut <nil>
	// 2.5 taken back, 2.5 left <nil>
}

// The campaign runs for years: how do I keep what I store small, and its limits?
func ExampleCampaign_Close() {
	once := int64(1)
	campaign, err := voucher.NewCampaign(voucher.Terms{Zone: time.UTC, Limits: voucher.Limits{Member: &once}})
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
