package cashback_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/cashback"
)

// How much cashback does an order bring, and what does returning half take back?
func Example() {
	five := decimal.NewFromInt(5)
	engine, err := cashback.New(cashback.Terms{
		Zone: time.UTC, Digits: 2, Rate: decimal.RequireFromString("0.03"), OrderCap: &five,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var wallet cashback.Wallet
	noon := time.Date(2025, time.March, 5, 12, 0, 0, 0, time.UTC)
	d, err := engine.Purchase(&wallet, cashback.Purchase{Key: "1", Order: "A", Net: decimal.NewFromInt(400), At: noon})
	if err == nil && !d.Replayed {
		err = wallet.Apply(d.Event) // and store it
	}
	fmt.Println(d.Event.Money(d.Event.Granted), "granted,", d.Event.Money(d.Event.Cut), "cut", err)
	d, err = engine.Refund(&wallet, cashback.Refund{Key: "2", Order: "A", Amount: decimal.NewFromInt(200), At: noon})
	if err == nil && !d.Replayed {
		err = wallet.Apply(d.Event)
	}
	fmt.Println(d.Event.Money(d.Event.Reversed), "taken back,", wallet.Balance(noon).Available, "left", err)
	// Output:
	// 5 granted, 7 cut <nil>
	// 2.5 taken back, 2.5 left <nil>
}

// A customer pays with one gift card by its number, which turns out to be stolen: what is
// left of it, and what becomes of the money when the goods come back?
func ExampleEngine_Cancel() {
	engine, err := cashback.New(cashback.Terms{Zone: time.UTC, Digits: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	var wallet cashback.Wallet
	noon := time.Date(2025, time.March, 5, 12, 0, 0, 0, time.UTC)
	do := func(d cashback.Decision, err error) cashback.Event {
		if err == nil && !d.Replayed {
			err = wallet.Apply(d.Event) // and store it
		}
		if err != nil {
			fmt.Println(err)
		}
		return d.Event
	}
	fifty, twenty := decimal.NewFromInt(50), decimal.NewFromInt(20)
	do(engine.Credit(&wallet, cashback.Credit{Key: "card 1", Amount: fifty, At: noon}))
	do(engine.Credit(&wallet, cashback.Credit{Key: "card 2", Amount: fifty, At: noon}))
	do(engine.Spend(&wallet, cashback.Spending{Key: "order A", Credit: "card 2", Amount: twenty, At: noon}))
	ev := do(engine.Cancel(&wallet, cashback.Cancellation{Key: "theft", Credit: "card 2", At: noon}))
	fmt.Println(ev.Money(ev.Cancelled), "were left of it")
	ev = do(engine.GiveBack(&wallet, cashback.GiveBack{Key: "return", Spending: "order A", Amount: twenty, At: noon}))
	fmt.Println(ev.Money(ev.Cancelled), "came back and were cancelled;", wallet.Balance(noon).Available, "to spend")
	do(engine.Spend(&wallet, cashback.Spending{Key: "order B", Credit: "card 2", Amount: twenty, At: noon}))
	// Output:
	// 30 were left of it
	// 20 came back and were cancelled; 50 to spend
	// cashback: credit_cancelled
}

// An order is returned after the credit that paid for it has expired: can the customer
// use it again?
func ExampleEngine_GiveBack() {
	engine, err := cashback.New(cashback.Terms{Zone: time.UTC, Digits: 2, GraceDays: new(14)})
	if err != nil {
		fmt.Println(err)
		return
	}
	var wallet cashback.Wallet
	march := time.Date(2025, time.March, 5, 12, 0, 0, 0, time.UTC)
	ten := decimal.NewFromInt(10)
	d, err := engine.Credit(&wallet, cashback.Credit{Key: "sorry", Amount: ten, At: march, ExpiresAt: march.AddDate(0, 1, 0)})
	if err == nil {
		err = wallet.Apply(d.Event)
	}
	if err == nil {
		if d, err = engine.Spend(&wallet, cashback.Spending{Key: "order A", Amount: ten, At: march}); err == nil {
			err = wallet.Apply(d.Event)
		}
	}
	if err == nil {
		may := march.AddDate(0, 2, 0)
		if d, err = engine.GiveBack(&wallet, cashback.GiveBack{Key: "return", Spending: "order A", Amount: ten, At: may}); err == nil {
			err = wallet.Apply(d.Event)
		}
	}
	fmt.Println(d.Event.Money(d.Event.Graced), "until", d.Event.Until.Format(time.DateOnly), err)
	// Output: 10 until 2025-05-20 <nil>
}
