package promotion_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/promotion"
)

// A shop's list of offers: of each ten two coupons, of which one of ten is presented, and
// one of each usual kind on everything, a category, a tag or one item of a hundred. Every
// second ten are for another department, so that a third of all take something off.
func manyOffers(n int) (offers []promotion.Offer) {
	books := &promotion.Selector{Categories: []string{"books"}}
	garden := &promotion.Selector{Categories: []string{"garden"}}
	sale := &promotion.Selector{Tags: []string{"sale"}, Exclude: &promotion.Exclusion{Categories: []string{"shipping"}}}
	for i := range n {
		o := promotion.Offer{ID: fmt.Sprintf("o%03d", i), Priority: i % 7}
		books, sale, toys := books, sale, "toys"
		if i/10%2 == 1 {
			books, sale, toys = garden, garden, "garden"
		}
		switch i % 10 {
		case 0:
			o.Code, o.Reward = fmt.Sprint("CODE", i/10%5), promotion.Percent(dec("7.5"))
		case 1:
			o.Code, o.Reward, o.Min = fmt.Sprint("FIX", i), promotion.Amount(dec("20")), promotion.Minimum{Amount: decp("100")}
		case 2:
			o.Reward, o.Get = promotion.Percent(dec("5")), books
		case 3:
			o.Reward, o.Get, o.Sets = promotion.Free(), sale, &promotion.Sets{Buy: 2, Get: 1}
		case 4:
			o.Tiers, o.Reward = []string{"gold"}, promotion.Percent(dec("1"))
		case 5:
			o.Steps = []promotion.Step{{promotion.Minimum{Amount: decp("50")}, promotion.Amount(dec("1"))}, {promotion.Minimum{Amount: decp("100")}, promotion.Amount(dec("2"))}}
		case 6:
			o.Get, o.Reward = &promotion.Selector{Items: []string{fmt.Sprintf("i%02d", i*7%100)}}, promotion.UnitAmount(dec("0.50"))
		case 7:
			o.Get, o.Reward = &promotion.Selector{Items: []string{fmt.Sprintf("i%02d", i*7%100)}}, promotion.UnitPrice(dec("4.99"))
		case 8:
			o.Reward = promotion.Bundle(dec("15"), promotion.Slot{promotion.Selector{Categories: []string{toys}}, 2}, promotion.Slot{promotion.Selector{Categories: []string{"food"}}, 1})
		default:
			o.Get, o.Reward, o.MaxApplications, o.Selection = sale, promotion.Percent(dec("20")), new(int64(6)), promotion.Dearest
		}
		offers = append(offers, o)
	}
	return offers
}

func manyLines(n int) (o promotion.Order) {
	categories := []string{"food", "toys", "books", "shipping"}
	for i := range n {
		l := promotion.Line{Item: fmt.Sprintf("i%02d", (i*7)%n), Price: cents(int64(333 + 100*i)), Quantity: int64(1 + i%3), Categories: categories[i%4 : i%4+1]}
		if i%3 == 0 {
			l.Tags = []string{"sale"}
		}
		o.Lines = append(o.Lines, l)
	}
	o.Tier, o.Codes = "gold", []string{"CODE2", "TYPO"}
	return o
}

func BenchmarkPrice20Lines50Offers(b *testing.B) { benchmarkPrice(b, manyLines(20), manyOffers(50)) }

func BenchmarkPrice200LinesOfAMillion50Offers(b *testing.B) {
	o := manyLines(200)
	for i := range o.Lines {
		o.Lines[i].Quantity = promotion.MaxQuantity
	}
	benchmarkPrice(b, o, manyOffers(50))
}

// The best of twelve, each of which takes something off most of 20 lines.
func BenchmarkBestOf12Offers20Lines(b *testing.B) {
	offers := manyOffers(50)
	var best []promotion.Offer
	for _, o := range offers {
		if o.Code == "" && o.Reward.Kind != promotion.KindUnitPrice && len(best) < 12 {
			o.Group = "best"
			best = append(best, o)
		}
	}
	s := promotion.Stack{Digits: 2, Groups: []promotion.Group{{"best", promotion.Best, 12}}, Offers: best}
	p, err := promotion.NewPricer(s)
	require.NoError(b, err)
	o := manyLines(20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Price(o); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkPrice(b *testing.B, o promotion.Order, offers []promotion.Offer) {
	b.Helper()
	p := pricer(b, offers...)
	r, err := p.Price(o)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Price(o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(r.Applied())), "applied")
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
