package points_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// rich is a programme with rules of all kinds: quotes have to get all of them right.
func rich(t require.TestingT, stacking points.Stacking, exclusive bool) *points.Engine {
	return compiled(t, points.Program{
		Currency: "EUR", Digits: 2, PointValue: decimal.New(5, -3), MaturityDays: 3,
		Versions: []points.Version{
			{
				Name: "old", To: day(99), Stacking: stacking, Rounding: points.HalfEven,
				Rates: []points.Rate{
					{Rule: "base", Points: 1, Per: euros(1)},
					{Rule: "web", Points: 1, Per: euros(3), When: points.Condition{Tag: "channel", Values: []string{"web", "app"}}},
				},
				Multipliers: []points.Multiplier{
					{Rule: "gold", Factor: decimal.New(15, -1), When: points.Condition{Tiers: []string{"gold"}}},
					{Rule: "coffee", Factor: decimal.New(3, 0), When: points.Condition{Categories: []string{"coffee", "tea"}}},
					{Rule: "half", Factor: decimal.New(5, -1), When: points.Condition{Weekdays: []time.Weekday{time.Monday, time.Friday}}},
					{Rule: "only", Factor: decimal.New(2, 0), Exclusive: exclusive, When: points.Condition{MinTotal: new(euros(500))}},
				},
				Bonuses: []points.Bonus{
					{Rule: "large", Points: 30, When: points.Condition{MinTotal: new(euros(100)), Not: []points.Condition{{Tiers: []string{"gold"}}}}},
					{Rule: "few", Points: 3, When: points.Condition{Any: []points.Condition{{MaxTotal: new(euros(20))}, {Tag: "channel", Values: []string{"shop"}}}}},
				},
				Goals: []points.Goal{
					{Rule: "first", Target: 1, Points: 7},
					{Rule: "spend", Count: points.CountSpend, Target: 20_000, Points: 11, Repeat: true},
					{Rule: "months", Count: points.CountMonths, Target: 3, Points: 100},
				},
				Caps: []points.Cap{{Per: points.PerOrder, Points: 900}, {Per: points.PerMonth, Points: 1500}},
			},
			{Name: "new", From: day(120), Rates: []points.Rate{{Rule: "base", Points: 2, Per: euros(1)}}},
		},
	})
}

// drawOrder draws an order that a shop could see, or nearly.
func drawOrder(t *rapid.T) points.Earn {
	c := points.Earn{
		Amount: decimal.New(rapid.Int64Range(-1, 200_000).Draw(t, "amount"), rapid.Int32Range(-3, 1).Draw(t, "exponent")),
		Tier:   rapid.SampledFrom([]string{"", "gold", "\xff"}).Draw(t, "tier"),
	}
	c.PayPoints = rapid.SampledFrom([]int64{0, 0, 1, 200, 9999, -1}).Draw(t, "pay")
	c.Currency = rapid.SampledFrom([]string{"", "EUR", "EUR", "USD"}).Draw(t, "currency")
	for range rapid.IntRange(0, 10).Draw(t, "lines") {
		c.Lines = append(c.Lines, points.OrderLine{
			Amount:   decimal.New(rapid.Int64Range(0, 9999).Draw(t, "line"), -2),
			Category: rapid.SampledFrom([]string{"", "coffee", "tea", "cake"}).Draw(t, "category"),
		})
	}
	for range rapid.IntRange(0, 10).Draw(t, "tags") {
		c.Tags = append(c.Tags, points.Tag{Name: "channel", Value: rapid.SampledFrom([]string{"", "web", "app", "shop"}).Draw(t, "tag")})
	}
	if rapid.Bool().Draw(t, "limited") {
		c.Budget = new(rapid.Int64Range(-5, 2000).Draw(t, "budget"))
	}
	return c
}

// A quote is what Decide says of the first order of a member who has enough points to
// pay with; the explained one in every field.
func TestQuoteIsWhatDecideSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := rich(t, rapid.SampledFrom([]points.Stacking{points.Additive, points.Compounding}).Draw(t, "stacking"), rapid.Bool().Draw(t, "exclusive"))
		var a points.Account
		do(t, e, &a, with(head("points", 0), points.Adjust{Points: 1e6}))
		c, on := drawOrder(t), at(rapid.IntRange(1, 150).Draw(t, "day"))
		before := c
		quote, err := e.Quote(&c, on)
		explained, errExplained := e.Explain(&c, on)
		assert.Equal(t, before, c)
		assert.Equal(t, err, errExplained)
		c.Order = "O"
		d, errDecide := e.Decide(&a, points.Command{Key: "k", At: on, Do: c})
		if errDecide != nil {
			assert.Equal(t, errDecide, err)
			assert.Zero(t, quote)
			assert.Zero(t, explained)
			return
		}
		require.NoError(t, err)
		want := d.Event.Body.(*points.Earned).Award
		assert.Equal(t, want, explained)
		want.Grants, want.RateNum, want.RateDen, want.FactorNum, want.FactorDen = nil, 0, 0, 0, 0
		assert.Equal(t, want, quote)
	})
}

func TestQuoteRefuses(t *testing.T) {
	t.Parallel()
	e := rich(t, points.Additive, false)
	var none *points.Engine
	_, err := none.Quote(&points.Earn{}, at(1))
	require.ErrorIs(t, err, errInvalid)
	_, err = e.Quote(nil, at(1))
	require.ErrorIs(t, err, errInvalid)
	for name, c := range map[string]points.Earn{
		"Amount":    {Amount: decimal.New(1, -3)},
		"PayPoints": {Amount: euros(1), PayPoints: 1e6},
		"Lines":     {Amount: euros(1), Lines: []points.OrderLine{{Amount: decimal.New(-1, 0)}}},
		"Category":  {Amount: euros(1), Lines: []points.OrderLine{{Category: "\xff"}}},
		"Tags":      {Amount: euros(1), Tags: []points.Tag{{Value: "x"}}},
		"Expires":   {Amount: euros(1), Expires: new(time.Date(2151, 1, 1, 0, 0, 0, 0, time.UTC))},
	} {
		price, err := e.Quote(&c, at(1))
		require.ErrorIs(t, err, errInvalid, name)
		assert.Zero(t, price, name)
	}
	for _, on := range []time.Time{{}, at(110)} { // no time, and no rules
		_, err := e.Quote(&points.Earn{Amount: euros(1)}, on)
		require.ErrorIs(t, err, errInvalid)
	}
	_, err = e.Quote(&points.Earn{Amount: decimal.New(1, 17)}, at(1))
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// FuzzQuote: no order panics, and what is quoted is decided.
func FuzzQuote(f *testing.F) {
	f.Add(int64(4999), int32(-2), int64(3), "gold", "coffee", "web", 5)
	f.Add(int64(1)<<62, int32(17), int64(1)<<53, "", "", "", 400)
	e := rich(f, points.Compounding, true)
	f.Fuzz(func(t *testing.T, coef int64, exp int32, pay int64, tier, category, channel string, n int) {
		c := points.Earn{
			Amount: decimal.New(coef, exp), PayPoints: pay, Tier: tier,
			Lines: []points.OrderLine{{Amount: decimal.New(coef, exp), Category: category}},
			Tags:  []points.Tag{{Name: "channel", Value: channel}},
		}
		quote, err := e.Quote(&c, at(n%400))
		c.Order = "O"
		var a points.Account
		do(t, e, &a, with(points.Command{Key: "points", At: at(-400)}, points.Adjust{Points: 1<<53 - 1 - 1<<20}))
		d, errDecide := e.Decide(&a, points.Command{Key: "k", At: at(n % 400), Do: &c})
		if errDecide == nil && (err != nil || quote.Granted != d.Event.Body.(*points.Earned).Award.Granted) {
			t.Fatalf("%+v, %v", quote, err)
		}
	})
}
