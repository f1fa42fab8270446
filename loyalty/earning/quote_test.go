package earning_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// rich is a programme with rules of all kinds: quotes have to get all of them right.
func rich(stacking earning.Stacking, exclusive bool) earning.Rules {
	return earning.Rules{
		Currency:   "EUR",
		Digits:     2,
		PointValue: decimal.New(5, -3),
		Versions: []earning.Version{
			{
				Name: "old", To: day(99), Stacking: stacking, Rounding: earning.HalfEven,
				Rates: []earning.Rate{
					{Rule: "base", Points: 1, Per: euros(1)},
					{Rule: "web", Points: 1, Per: euros(3), When: earning.Condition{Tag: "channel", Values: []string{"web", "app"}}},
				},
				Multipliers: []earning.Multiplier{
					{Rule: "gold", Factor: decimal.New(15, -1), When: earning.Condition{Tiers: []string{"gold"}}},
					{Rule: "coffee", Factor: decimal.New(3, 0), When: earning.Condition{Categories: []string{"coffee", "tea"}}},
					{Rule: "half", Factor: decimal.New(5, -1), When: earning.Condition{Weekdays: []time.Weekday{time.Monday, time.Friday}}},
					{Rule: "only", Factor: decimal.New(2, 0), Exclusive: exclusive, When: earning.Condition{MinTotal: new(euros(500))}},
				},
				Bonuses: []earning.Bonus{
					{Rule: "large", Points: 30, When: earning.Condition{MinTotal: new(euros(100)), Not: []earning.Condition{{Tiers: []string{"gold"}}}}},
					{Rule: "few", Points: 3, When: earning.Condition{Any: []earning.Condition{{MaxTotal: new(euros(20))}, {Tag: "channel", Values: []string{"shop"}}}}},
				},
				Goals: []earning.Goal{
					{Rule: "first", Target: 1, Points: 7},
					{Rule: "spend", Count: earning.CountSpend, Target: 20_000, Points: 11, Repeat: true},
					{Rule: "months", Count: earning.CountMonths, Target: 3, Points: 100},
				},
				Caps: []earning.Cap{{Per: earning.PerOrder, Points: 900}, {Per: earning.PerMonth, Points: 1500}},
			},
			{Name: "new", From: day(120), Rates: []earning.Rate{{Rule: "base", Points: 2, Per: euros(1)}}},
		},
	}
}

// drawOrder draws an order that a shop could see, or nearly.
func drawOrder(t *rapid.T) earning.Order {
	c := earning.Order{
		At:     at(rapid.IntRange(1, 150).Draw(t, "day")),
		Amount: decimal.New(rapid.Int64Range(-1, 200_000).Draw(t, "amount"), rapid.Int32Range(-3, 1).Draw(t, "exponent")),
		Tier:   rapid.SampledFrom([]string{"", "gold", "\xff"}).Draw(t, "tier"),
	}
	c.PayPoints = rapid.SampledFrom([]int64{0, 0, 1, 200, 9999, -1}).Draw(t, "pay")
	c.Currency = rapid.SampledFrom([]string{"", "EUR", "EUR", "USD"}).Draw(t, "currency")
	for range rapid.IntRange(0, 10).Draw(t, "lines") {
		c.Lines = append(c.Lines, earning.OrderLine{
			Amount:   decimal.New(rapid.Int64Range(0, 9999).Draw(t, "line"), -2),
			Category: rapid.SampledFrom([]string{"", "coffee", "tea", "cake"}).Draw(t, "category"),
		})
	}
	for range rapid.IntRange(0, 10).Draw(t, "tags") {
		c.Tags = append(c.Tags, earning.Tag{Name: "channel", Value: rapid.SampledFrom([]string{"", "web", "app", "shop"}).Draw(t, "tag")})
	}
	if rapid.Bool().Draw(t, "limited") {
		c.Budget = new(rapid.Int64Range(-5, 2000).Draw(t, "budget"))
	}
	return c
}

// engines compiles rules for quotes, and a programme with them for a ledger.
func engines(t require.TestingT, r earning.Rules) (*earning.Engine, *points.Engine) {
	e, err := earning.Compile(r)
	require.NoError(t, err)
	ledger, err := points.Compile(points.Program{Rules: r, MaturityDays: 3})
	require.NoError(t, err)
	return e, ledger
}

// entry is an order as a ledger takes it.
func entry(o earning.Order) points.Command {
	return points.Command{Key: "k", At: o.At, Do: points.Earn{
		Order: "O", Amount: o.Amount, Currency: o.Currency, PayPoints: o.PayPoints, Lines: o.Lines, Tier: o.Tier, Tags: o.Tags, Budget: o.Budget,
	}}
}

// paying returns an account with points to pay with.
func paying(t require.TestingT, e *points.Engine, n int64) *points.Account {
	var a points.Account
	d, err := e.Decide(&a, points.Command{Key: "points", At: at(-400), Do: points.Adjust{Points: n}})
	require.NoError(t, err)
	require.NoError(t, a.Apply(d.Event))
	return &a
}

// A quote is what a ledger says of the first order of a member who has enough points to
// pay with; the explained one in every field.
func TestQuoteIsWhatALedgerSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, ledger := engines(t, rich(rapid.SampledFrom([]earning.Stacking{earning.Additive, earning.Compounding}).Draw(t, "stacking"), rapid.Bool().Draw(t, "exclusive")))
		o := drawOrder(t)
		before := o
		quote, err := e.Quote(&o)
		explained, errExplained := e.Explain(&o)
		out, errEarn := e.Earn(&o, nil)
		assert.Equal(t, before, o)
		assert.Equal(t, err, errExplained)
		assert.Equal(t, err, errEarn)
		d, errDecide := ledger.Decide(paying(t, ledger, 1e6), entry(o))
		if errDecide != nil {
			require.Error(t, err)
			require.EqualError(t, errDecide, strings.Replace(err.Error(), "earning: ", "points: ", 1))
			assert.Zero(t, quote)
			assert.Zero(t, explained)
			assert.Zero(t, out)
			return
		}
		require.NoError(t, err)
		b := d.Event.Body.(*points.Earned)
		want := b.Award
		assert.Equal(t, want, explained)
		assert.Equal(t, earning.Outcome{Facts: b.Facts, PaidValue: b.PaidValue, Award: b.Award, Steps: b.Steps}, out)
		want.Grants, want.ByLine, want.BaseNum, want.BaseDen, want.FactorNum, want.FactorDen = nil, nil, 0, 0, 0, 0
		assert.Equal(t, want, quote)

		judged := earning.Award{Granted: -1}
		steps, err := e.Judge(&judged, &b.Facts, nil)
		require.NoError(t, err)
		assert.Len(t, steps, len(b.Steps))
		if o.Budget == nil { // which a what-if does not know
			want.ByLine = b.Award.ByLine
			assert.Equal(t, want, judged)
			assert.Equal(t, b.Steps, steps)
		}
	})
}

func TestQuoteRefuses(t *testing.T) {
	t.Parallel()
	e, _ := engines(t, rich(earning.Additive, false))
	var none *earning.Engine
	_, err := none.Quote(&earning.Order{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = e.Quote(nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for name, c := range map[string]struct {
		field string
		order earning.Order
	}{
		"no time":        {"At", earning.Order{Amount: euros(1)}},
		"no rules":       {"At", earning.Order{At: at(110), Amount: euros(1)}},
		"too early":      {"At", earning.Order{At: time.Date(1699, 12, 31, 0, 0, 0, 0, time.UTC), Amount: euros(1)}},
		"half a cent":    {"Amount", earning.Order{At: at(1), Amount: decimal.New(1, -3)}},
		"below nothing":  {"Amount", earning.Order{At: at(1), Amount: euros(-1)}},
		"dollars":        {"Currency", earning.Order{At: at(1), Amount: euros(1), Currency: "USD"}},
		"negative":       {"PayPoints", earning.Order{At: at(1), Amount: euros(1), PayPoints: -1}},
		"beyond 2^53":    {"PayPoints", earning.Order{At: at(1), Amount: euros(1), PayPoints: 1 << 53}},
		"tier":           {"Tier", earning.Order{At: at(1), Amount: euros(1), Tier: "\xff"}},
		"negative line":  {"Lines.Amount", earning.Order{At: at(1), Amount: euros(1), Lines: []earning.OrderLine{{Amount: euros(-1)}}}},
		"category":       {"Lines.Category", earning.Order{At: at(1), Amount: euros(1), Lines: []earning.OrderLine{{Category: "\xff"}}}},
		"tag, no name":   {"Tags", earning.Order{At: at(1), Amount: euros(1), Tags: []earning.Tag{{Value: "x"}}}},
		"tag, bad value": {"Tags", earning.Order{At: at(1), Amount: euros(1), Tags: []earning.Tag{{Name: "x", Value: "\xff"}}}},
	} {
		for _, answer := range []func(*earning.Order) (earning.Award, error){e.Quote, e.Explain} {
			award, err := answer(&c.order)
			require.ErrorIs(t, err, relmark.ErrInvalid, name)
			field, ok := errors.AsType[*relmark.FieldError](err)
			require.True(t, ok, name)
			assert.Equal(t, c.field, field.Field, name)
			assert.Zero(t, award, name)
		}
	}
	for points, reason := range map[int64]earning.Reason{1e6: earning.ExceedsPayable, 1: earning.BelowMinimum} {
		_, err = e.Quote(&earning.Order{At: at(1), Amount: euros(1), PayPoints: points})
		assert.Equal(t, &earning.RefusedError{Reason: reason}, err)
		require.ErrorIs(t, err, relmark.ErrRefused)
	}
	for _, exp := range []int32{17, 400, math.MaxInt32} {
		_, err = e.Quote(&earning.Order{At: at(1), Amount: decimal.New(1, exp)})
		require.ErrorIs(t, err, relmark.ErrLimit)
	}
}

// Caps and goals go on from where the member is; budgets do not ask.
func TestEarnAsksTheMember(t *testing.T) {
	t.Parallel()
	e := compiled(t, earning.Version{
		Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}},
		Goals: []earning.Goal{{Rule: "card", Target: 3, Points: 50, Repeat: true}, {Rule: "once", Target: 1, Points: 9}},
		Caps:  []earning.Cap{{Per: earning.PerMonth, Points: 100}, {Per: earning.PerLife, Points: 500}, {Per: earning.PerOrder, Points: 80}, {Per: earning.PerDay, Points: 90}},
	})
	for name, c := range map[string]struct {
		m    earning.Member
		want int64
		cut  int64
	}{
		"nobody":              {nil, 29, 0},
		"new":                 {new(member), 29, 0},
		"third stamp":         {&member{progress: map[string]earning.Progress{"card": {Count: 2}}}, 79, 0},
		"goal reached before": {&member{progress: map[string]earning.Progress{"once": {Count: 1, Bonuses: []earning.Reached{{Mark: 1, Every: 1, Times: 1, Each: 9, Final: true}}}}}, 20, 0},
		"little left":         {&member{granted: map[earning.Period]int64{earning.PerMonth: 95}}, 5, 24},
		"nothing left":        {&member{granted: map[earning.Period]int64{earning.PerLife: 500}}, 0, 29},
		"less than nothing":   {&member{granted: map[earning.Period]int64{earning.PerLife: 900}}, 0, 29},
		"a full day":          {&member{granted: map[earning.Period]int64{earning.PerDay: 90}}, 0, 29},
	} {
		o := earning.Order{At: at(1), Amount: euros(20)}
		out, err := e.Earn(&o, c.m)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, out.Award.Granted, name)
		assert.Equal(t, c.cut, out.Award.Cut, name)
		var judged earning.Award
		steps, err := e.Judge(&judged, &out.Facts, c.m)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, judged.Granted, name)
		assert.Equal(t, out.Steps, steps, name)
	}
	judged := earning.Award{Granted: 7}
	e = compiled(t, earning.Version{From: day(5)})
	steps, err := e.Judge(&judged, &earning.Facts{Date: day(1)}, nil)
	require.NoError(t, err)
	assert.Empty(t, steps)
	assert.Zero(t, judged, "no rules, no points")
}

// What points are worth, and what amounts are, said to a shop.
func TestWorthAndMinor(t *testing.T) {
	t.Parallel()
	r := complete(earning.Rules{Currency: "EUR", Digits: 2, PointValue: decimal.New(5, -3)})
	e, err := earning.Compile(r)
	require.NoError(t, err)
	for n, want := range map[int64]int64{0: 0, 1: 0, 2: 1, 3: 1, 1000: 500} {
		got, err := e.Worth(n)
		require.NoError(t, err)
		assert.Equal(t, want, got, n)
	}
	for _, n := range []int64{-1, 1 << 53} {
		_, err = e.Worth(n)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	r.PointValue = euros(1)
	e, err = earning.Compile(r)
	require.NoError(t, err)
	_, err = e.Worth(1<<53 - 1)
	require.ErrorIs(t, err, relmark.ErrLimit)
	got, err := e.Minor("Price", decimalOf(1234), "EUR")
	require.NoError(t, err)
	assert.Equal(t, int64(1234), got)
	_, err = e.Minor("Price", decimal.New(1, -3), "")
	require.ErrorContains(t, err, "Price")
	assert.Equal(t, r, e.Rules())
}

// FuzzQuote: no order panics, and what is quoted is decided.
func FuzzQuote(f *testing.F) {
	f.Add(int64(4999), int32(-2), int64(3), "gold", "coffee", "web", 5)
	f.Add(int64(1)<<62, int32(17), int64(1)<<53, "", "", "", 400)
	e, ledger := engines(f, rich(earning.Compounding, true))
	a := paying(f, ledger, 1<<53-1-1<<20)
	f.Fuzz(func(t *testing.T, coef int64, exp int32, pay int64, tier, category, channel string, n int) {
		o := earning.Order{
			At: at(n % 400), Amount: decimal.New(coef, exp), PayPoints: pay, Tier: tier,
			Lines: []earning.OrderLine{{Amount: decimal.New(coef, exp), Category: category}},
			Tags:  []earning.Tag{{Name: "channel", Value: channel}},
		}
		quote, err := e.Quote(&o)
		d, errDecide := ledger.Decide(a, entry(o))
		if errDecide == nil && (err != nil || quote.Granted != d.Event.Body.(*points.Earned).Award.Granted) {
			t.Fatalf("%+v, %v", quote, err)
		}
	})
}

// A quote does not allocate for usual orders, whatever kinds of rules there are. Not
// parallel: AllocsPerRun panics in parallel tests.
func TestQuoteDoesNotAlloc(t *testing.T) {
	e, _ := engines(t, rich(earning.Compounding, true))
	o := earning.Order{At: at(5), Amount: euros(640), PayPoints: 100, Tier: "gold"}
	for range 8 {
		o.Lines = append(o.Lines, earning.OrderLine{Amount: euros(80), Category: "tea"})
		o.Tags = append(o.Tags, earning.Tag{Name: "channel", Value: "web"})
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		a, err := e.Quote(&o)
		if err != nil || a.Granted != 900 {
			t.Errorf("%+v %v", a, err)
		}
	}))
}
