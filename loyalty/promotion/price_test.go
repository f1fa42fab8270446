package promotion_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/promotion"
)

var noon = when("2025-03-05T11:00:00Z")

func TestPricesAreChecked(t *testing.T) {
	t.Parallel()
	good := promotion.PriceEntry{Item: "x", MinQuantity: 1, Price: dec("1")}
	list := promotion.PriceList{Zone: berlin, Digits: 2, Ladder: []string{"base"}}
	for name, change := range map[string]func(e *promotion.PriceEntry){
		"no item": func(e *promotion.PriceEntry) { e.Item = "" }, "tier": func(e *promotion.PriceEntry) { e.Tier = "gold" },
		"quantity": func(e *promotion.PriceEntry) { e.MinQuantity = 0 }, "price": func(e *promotion.PriceEntry) { e.Price = dec("-1") },
		"dates": func(e *promotion.PriceEntry) {
			e.From, e.Through = relmark.MustParseDate("2025-03-02"), relmark.MustParseDate("2025-03-01")
		},
	} {
		bad := good
		change(&bad)
		list.Entries = []promotion.PriceEntry{bad}
		assert.ErrorIs(t, list.Validate(), relmark.ErrInvalid, name)
	}
	assert.ErrorIs(t, promotion.PriceList{Digits: 2}.Validate(), relmark.ErrInvalid, "no zone")
	assert.ErrorIs(t, promotion.PriceList{Zone: berlin, Ladder: []string{"a", "a"}}.Validate(), relmark.ErrInvalid)
	good.Price = dec("10000000000000")
	list.Entries = []promotion.PriceEntry{good}
	p, err := promotion.NewPrices(list)
	require.NoError(t, err)
	_, _, err = p.Quote(promotion.PriceQuery{Item: "x", Quantity: 100}, noon)
	assert.ErrorIs(t, err, relmark.ErrLimit)
	for _, c := range []struct {
		q    promotion.PriceQuery
		asOf time.Time
	}{{q: promotion.PriceQuery{Item: "x", Tier: "base", Quantity: 1}}, {promotion.PriceQuery{Item: "x", Tier: "base"}, noon}, {promotion.PriceQuery{Item: "x", Tier: "gold", Quantity: 1}, noon}, {promotion.PriceQuery{Tier: "base", Quantity: 1}, noon}} {
		_, _, err = p.Quote(c.q, c.asOf)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = p.Explain(c.q, c.asOf)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// Currencies have up to 4 fraction digits.
func TestCurrenciesHaveUpToFourDigits(t *testing.T) {
	t.Parallel()
	least := dec("0.0001")
	p, err := promotion.NewPrices(promotion.PriceList{Zone: berlin, Digits: 4, Entries: []promotion.PriceEntry{{Item: "x", MinQuantity: 1, Price: least}}})
	require.NoError(t, err)
	q, found, err := p.Quote(promotion.PriceQuery{Item: "x", Quantity: 3}, noon)
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "0.0003", q.Total.String())
	pricer, err := promotion.NewPricer(promotion.Stack{Digits: 4, Offers: []promotion.Offer{{ID: "a", Reward: promotion.Amount(least)}}})
	require.NoError(t, err)
	r, err := pricer.Price(promotion.Order{Lines: []promotion.Line{{Item: "x", Price: least, Quantity: 3}}})
	require.NoError(t, err)
	assert.Equal(t, "0.0002", r.Total().String())
	assert.NoError(t, promotion.PriceList{Zone: berlin}.Validate(), "0 are some")
	for _, digits := range []int{-1, 5} {
		assert.ErrorIs(t, promotion.PriceList{Zone: berlin, Digits: digits}.Validate(), relmark.ErrInvalid)
		assert.ErrorIs(t, promotion.Stack{Digits: digits}.Validate(), relmark.ErrInvalid)
	}
}

func TestExplainSaysWhyNot(t *testing.T) {
	t.Parallel()
	p, err := promotion.NewPrices(promotion.PriceList{Zone: berlin, Digits: 2, Ladder: []string{"base", "gold"}, Entries: []promotion.PriceEntry{
		{Item: "x", MinQuantity: 1, Price: dec("9")},
		{Item: "x", MinQuantity: 1, Price: dec("8")},
		{Item: "x", Tier: "gold", MinQuantity: 1, Price: dec("7")},
		{Item: "x", MinQuantity: 3, Price: dec("6")},
		{Item: "y", MinQuantity: 1, Price: dec("1")},
		{Item: "x", MinQuantity: 1, Price: dec("5"), From: relmark.MustParseDate("2025-03-06")},
		{Item: "x", MinQuantity: 1, Price: dec("4"), Through: relmark.MustParseDate("2025-03-04")},
	}})
	require.NoError(t, err)
	got, err := p.Explain(promotion.PriceQuery{Item: "x", Tier: "base", Quantity: 2}, noon)
	require.NoError(t, err)
	assert.Equal(t, []promotion.PriceVerdict{
		{0, promotion.Beaten}, {1, ""}, {2, promotion.TierTooLow}, {3, promotion.QuantityBelow}, {5, promotion.NotYetValid}, {6, promotion.NoLongerValid},
	}, got)
}

// A member never pays more than one of a lower tier, nor a larger order more a
// unit; and the price is that of going through all entries.
func TestPricesFallWithTierAndQuantity(t *testing.T) {
	t.Parallel()
	ladder := []string{"", "base", "silver", "gold"}
	rapid.Check(t, func(t *rapid.T) {
		list := promotion.PriceList{Zone: berlin, Digits: 2, Ladder: ladder[1:]}
		for range rapid.IntRange(0, 8).Draw(t, "entries") {
			list.Entries = append(list.Entries, promotion.PriceEntry{
				Item: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "item"), Tier: rapid.SampledFrom(ladder).Draw(t, "tier"),
				MinQuantity: rapid.Int64Range(1, 4).Draw(t, "min"), Price: cents(rapid.Int64Range(0, 5).Draw(t, "price")),
			})
		}
		p, err := promotion.NewPrices(list)
		require.NoError(t, err)
		tier, quantity := rapid.IntRange(0, 3).Draw(t, "tier"), rapid.Int64Range(1, 5).Draw(t, "quantity")
		best := -1
		rank := map[string]int{"": 0, "base": 1, "silver": 2, "gold": 3}
		for i, e := range list.Entries {
			if e.Item != "x" || rank[e.Tier] > tier || e.MinQuantity > quantity {
				continue
			}
			if best < 0 {
				best = i
				continue
			}
			b := list.Entries[best]
			switch c := e.Price.Cmp(b.Price); {
			case c < 0, c == 0 && rank[e.Tier] > rank[b.Tier], c == 0 && e.Tier == b.Tier && e.MinQuantity > b.MinQuantity:
				best = i
			}
		}
		q, found, err := p.Quote(promotion.PriceQuery{Item: "x", Tier: ladder[tier], Quantity: quantity}, noon)
		require.NoError(t, err)
		require.Equal(t, best >= 0, found)
		if !found {
			return
		}
		require.Equal(t, best, q.Entry)
		for higher := tier; higher < len(ladder); higher++ {
			better, ok, err := p.Quote(promotion.PriceQuery{Item: "x", Tier: ladder[higher], Quantity: quantity + 1}, noon)
			require.NoError(t, err)
			require.True(t, ok)
			require.False(t, better.Price.GreaterThan(q.Price))
		}
	})
}

// Who buys for the staff price, and what does a line cost that is split?
func TestLinesAreFilledWithPrices(t *testing.T) {
	t.Parallel()
	p, err := promotion.NewPrices(promotion.PriceList{Zone: berlin, Digits: 2, Entries: []promotion.PriceEntry{
		{Item: "x", MinQuantity: 1, Price: dec("9")},
		{Item: "x", MinQuantity: 1, Price: dec("7"), Group: "staff"},
		{Item: "x", MinQuantity: 5, Price: dec("8")},
	}})
	require.NoError(t, err)
	two := []promotion.Line{{Item: "x", Quantity: 2, Tags: []string{"gift"}}, {Item: "x", Quantity: 3, Price: dec("1")}}
	filled, err := p.Fill(two, promotion.PriceQuery{}, noon)
	require.NoError(t, err)
	assert.Equal(t, []string{"8", "8"}, []string{filled[0].Price.String(), filled[1].Price.String()})
	assert.Equal(t, two[0].Tags, filled[0].Tags)
	assert.True(t, two[0].Price.IsZero(), "what is given stays")
	filled, err = p.Fill(two[:1], promotion.PriceQuery{Groups: []string{"b2b", "staff"}}, noon)
	require.NoError(t, err)
	assert.Equal(t, "7", filled[0].Price.String())
	why, err := p.Explain(promotion.PriceQuery{Item: "x", Quantity: 1}, noon)
	require.NoError(t, err)
	assert.Equal(t, promotion.OtherGroup, why[1].Reason)
	for _, bad := range [][]promotion.Line{{{Item: "x"}}, {{Item: "y", Quantity: 1}}, {{Item: "x", Quantity: promotion.MaxQuantity + 1}}} {
		_, err = p.Fill(bad, promotion.PriceQuery{}, noon)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = p.Fill(two, promotion.PriceQuery{Groups: []string{""}}, noon)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	none, err := p.Fill(nil, promotion.PriceQuery{}, noon)
	require.NoError(t, err)
	assert.Empty(t, none)
}
