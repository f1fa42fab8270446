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
