package voucher_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// A full checkout: each kind of voucher, of which some reach a category only.
func BenchmarkApply10Vouchers20Lines(b *testing.B) {
	var vouchers []voucher.Voucher
	for i := range 10 {
		v := voucher.Voucher{ID: fmt.Sprint(i), Priority: i % 4}
		switch i % 4 {
		case 0:
			v.Kind, v.Percent = voucher.Percent, dec("7.5")
		case 1:
			v.Kind, v.Amount, v.Categories = voucher.Fixed, dec("20"), []string{"toys"}
		case 2:
			v.Kind, v.Every = voucher.Cheapest, 3
		default:
			v.Kind, v.Steps = voucher.Tiered, []voucher.Step{{Min: dec("50"), Percent: dec("5")}, {Min: dec("100"), Amount: dec("15")}}
		}
		vouchers = append(vouchers, v)
	}
	p := pricer(b, vouchers...)
	lines := basket(20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Apply(lines); err != nil {
			b.Fatal(err)
		}
	}
}

func basket(n int64) (lines []voucher.Line) {
	for i := range n {
		lines = append(lines, voucher.Line{Quantity: 1 + i%3, Price: cents(333 + 100*i), Category: categories[i%3]})
	}
	return lines
}

func BenchmarkApply4Vouchers10Lines(b *testing.B) {
	p := pricer(b,
		voucher.Voucher{ID: "a", Kind: voucher.Percent, Priority: 1, Percent: dec("10")},
		voucher.Voucher{ID: "b", Kind: voucher.Fixed, Priority: 5, Amount: dec("20"), Categories: []string{"toys"}},
		voucher.Voucher{ID: "c", Kind: voucher.Cheapest, Priority: 3, Every: 3},
		voucher.Voucher{ID: "d", Kind: voucher.Tiered, Steps: []voucher.Step{{Min: dec("50"), Percent: dec("5")}, {Min: dec("100"), Amount: dec("15")}}})
	lines := basket(10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Apply(lines); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuote1000Items10Entries(b *testing.B) {
	list := voucher.PriceList{Zone: berlin, Digits: 2, Ladder: []string{"base", "silver", "gold"}}
	for i := range 10_000 {
		list.Entries = append(list.Entries, voucher.PriceEntry{Item: fmt.Sprint(i % 1000), MinQuantity: int64(1 + i/1000), Price: cents(int64(i))})
	}
	p, err := voucher.NewPrices(list)
	if err != nil {
		b.Fatal(err)
	}
	q := voucher.PriceQuery{Item: "500", Tier: "silver", Quantity: 5, At: time.Unix(0, 0)}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.Quote(q); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRedeem(b *testing.B) {
	c := campaign(b, voucher.Terms{From: relmark.MustParseDate("2025-03-01"), Limits: voucher.Limits{Member: new(int64(1))}})
	var g voucher.Register
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-03-05T10:00:00Z")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Redeem(&g, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDraw1000Codes(b *testing.B) {
	k := checker(b, voucher.LuhnModN, crockford)
	rng := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Draw(rng, voucher.Batch{Count: 1000, Length: 8}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/code")
}

func BenchmarkPurchaseAndApply(b *testing.B) {
	c := cashback(b, voucher.CashbackTerms{Rate: dec("0.03"), OrderCap: decp("5"), MonthCap: decp("8"), Months: new(12)})
	p := voucher.Purchase{Key: "1", Order: "a", Net: dec("49.99"), At: when("2025-03-05T10:00:00Z")}
	b.ReportAllocs()
	for b.Loop() {
		var w voucher.Wallet
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
	c := cashback(b, voucher.CashbackTerms{Rate: dec("0.03"), Months: new(12)})
	var w voucher.Wallet
	for i := range 52 {
		d, err := c.Purchase(&w, voucher.Purchase{Key: fmt.Sprint(i), Order: fmt.Sprint(i), Net: dec("49.99"), At: began.AddDate(0, 0, 7*i)})
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
		var back voucher.Wallet
		if err := back.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data)), "bytes")
}
