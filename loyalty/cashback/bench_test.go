package cashback_test

import (
	"fmt"
	"testing"

	"github.com/relmark/relmark/loyalty/cashback"
)

func BenchmarkPurchaseAndApply(b *testing.B) {
	c := engine(b, cashback.Terms{Rate: dec("0.03"), OrderCap: decp("5"), MonthCap: decp("8"), Months: new(12)})
	p := cashback.Purchase{Key: "1", Order: "a", Net: dec("49.99"), At: when("2025-03-05T10:00:00Z")}
	b.ReportAllocs()
	for b.Loop() {
		var w cashback.Wallet
		d, err := c.Purchase(&w, p)
		if err == nil {
			err = w.Apply(d.Event)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// A member's wallet with a year of weekly orders.
func BenchmarkWalletSnapshot52Orders(b *testing.B) {
	c := engine(b, cashback.Terms{Rate: dec("0.03"), Months: new(12)})
	var w cashback.Wallet
	for i := range 52 {
		d, err := c.Purchase(&w, cashback.Purchase{Key: fmt.Sprint(i), Order: fmt.Sprint(i), Net: dec("49.99"), At: began.AddDate(0, 0, 7*i)})
		if err == nil {
			err = w.Apply(d.Event)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	data, err := w.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var back cashback.Wallet
		if err := back.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data)), "bytes")
}
