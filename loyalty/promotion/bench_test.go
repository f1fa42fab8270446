package promotion_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/relmark/relmark/loyalty/promotion"
)

// A full checkout: each kind of offer, of which some reach a category only.
func BenchmarkApply10Offers20Lines(b *testing.B) {
	var offers []promotion.Offer
	for i := range 10 {
		v := promotion.Offer{ID: fmt.Sprint(i), Priority: i % 4}
		switch i % 4 {
		case 0:
			v.Kind, v.Percent = promotion.Percent, dec("7.5")
		case 1:
			v.Kind, v.Amount, v.Categories = promotion.Fixed, dec("20"), []string{"toys"}
		case 2:
			v.Kind, v.Every = promotion.Cheapest, 3
		default:
			v.Kind, v.Steps = promotion.Tiered, []promotion.Step{{Min: dec("50"), Percent: dec("5")}, {Min: dec("100"), Amount: dec("15")}}
		}
		offers = append(offers, v)
	}
	p := pricer(b, offers...)
	lines := basket(20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Apply(lines); err != nil {
			b.Fatal(err)
		}
	}
}

func basket(n int64) (lines []promotion.Line) {
	for i := range n {
		lines = append(lines, promotion.Line{Quantity: 1 + i%3, Price: cents(333 + 100*i), Category: categories[i%3]})
	}
	return lines
}

func BenchmarkApply4Offers10Lines(b *testing.B) {
	p := pricer(b,
		promotion.Offer{ID: "a", Kind: promotion.Percent, Priority: 1, Percent: dec("10")},
		promotion.Offer{ID: "b", Kind: promotion.Fixed, Priority: 5, Amount: dec("20"), Categories: []string{"toys"}},
		promotion.Offer{ID: "c", Kind: promotion.Cheapest, Priority: 3, Every: 3},
		promotion.Offer{ID: "d", Kind: promotion.Tiered, Steps: []promotion.Step{{Min: dec("50"), Percent: dec("5")}, {Min: dec("100"), Amount: dec("15")}}})
	lines := basket(10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Apply(lines); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuote1000Items10Entries(b *testing.B) {
	list := promotion.PriceList{Zone: berlin, Digits: 2, Ladder: []string{"base", "silver", "gold"}}
	for i := range 10_000 {
		list.Entries = append(list.Entries, promotion.PriceEntry{Item: fmt.Sprint(i % 1000), MinQuantity: int64(1 + i/1000), Price: cents(int64(i))})
	}
	p, err := promotion.NewPrices(list)
	if err != nil {
		b.Fatal(err)
	}
	q := promotion.PriceQuery{Item: "500", Tier: "silver", Quantity: 5}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.Quote(q, time.Unix(0, 0)); err != nil {
			b.Fatal(err)
		}
	}
}
