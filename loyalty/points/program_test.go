package points_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// full is a programme that uses every field.
func full(t require.TestingT) points.Program {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	weekend := points.Condition{
		From: day(0), To: day(90), Weekdays: []time.Weekday{time.Saturday, time.Sunday}, Tiers: []string{"gold"},
		Categories: []string{"coffee"}, MinTotal: new(decimalOf(1050)), MaxTotal: new(euros(500)),
		Tag: "channel", Values: []string{"shop"},
		Any: []points.Condition{{Tiers: []string{"silver"}}, {Not: []points.Condition{{Tag: "staff"}}}},
	}
	return points.Program{
		Zone: berlin, Currency: "EUR", Digits: 2, PointValue: decimalOf(1),
		Expiry: points.Expiry{Kind: points.Months, N: 24}, MaturityDays: 14, Shortfall: points.Clamp,
		GraceDays: new(0), TransferFee: decimal.New(5, -2), Payout: points.ByLot,
		Versions: []points.Version{
			{Name: "old", To: day(-1), Rates: []points.Rate{{Rule: "base", Points: 1, Per: euros(2)}}},
			{
				Name: "new", From: day(0), Stacking: points.Compounding, Rounding: points.HalfEven,
				Rates:       []points.Rate{{Rule: "base", Points: 3, Per: decimalOf(150), When: points.Condition{}}},
				Multipliers: []points.Multiplier{{Rule: "weekend", Factor: decimal.New(15, -1), Exclusive: true, Priority: 7, When: weekend}},
				Bonuses:     []points.Bonus{{Rule: "big", Points: 50, When: points.Condition{MinTotal: new(euros(100))}}},
				Goals: []points.Goal{
					{Rule: "card", Target: 2, Points: 5, Repeat: true},
					{Rule: "spender", Count: points.CountSpend, Target: 90_000, Points: 20},
					{Rule: "streak", Count: points.CountMonths, Target: 3, Points: 30, When: points.Condition{Tiers: []string{"gold"}}},
				},
				Caps: []points.Cap{{Per: points.PerOrder, Points: 400}, {Per: points.PerYear, Points: 9000}},
			},
		},
	}
}

func TestProgramSurvivesJSON(t *testing.T) {
	t.Parallel()
	for _, p := range []points.Program{full(t), compiled(t, points.Program{}).Program()} {
		data, err := json.Marshal(p)
		require.NoError(t, err)
		back, err := points.DecodeProgram(data, time.LoadLocation)
		require.NoError(t, err, string(data))
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.Equal(t, string(data), string(again))
		assert.Equal(t, p.Versions[0].Rates[0].Rule, back.Versions[0].Rates[0].Rule)
		_, err = points.Compile(back)
		require.NoError(t, err)
	}
}

func TestProgramRefusesOtherJSON(t *testing.T) {
	t.Parallel()
	const good = `{"v":1,"currency":"EUR","versions":[{"rates":[{"rule":"base","points":1,"per":"1"}]}]}`
	_, err := points.DecodeProgram([]byte(good), nil)
	require.NoError(t, err)
	for _, c := range []struct{ old, new string }{
		{`"currency":"EUR"`, `"currency":""`},
		{`"currency":"EUR"`, `"currency":"EUR","colour":1`},
		{`"currency":"EUR"`, `"currency":"EUR","zone":"Europe/Berlin"`},
		{`"per":"1"`, `"per":"1e3"`},
		{`"per":"1"`, `"per":1`},
		{`"per":"1"`, `"per":"0"`},
		{`"per":"1"`, `"per":"1","when":{"weekdays":[8]}`},
		{`}]}`, `}]}]`},
	} {
		_, err := points.DecodeProgram([]byte(strings.Replace(good, c.old, c.new, 1)), nil)
		assert.ErrorIs(t, err, relmark.ErrInvalid, c.new)
	}
	for _, v := range []string{`"v":2,`, ``} {
		_, err = points.DecodeProgram([]byte(strings.Replace(good, `"v":1,`, v, 1)), nil)
		assert.ErrorIs(t, err, relmark.ErrUnsupported)
	}
	zoned := []byte(strings.Replace(good, `"v":1`, `"v":1,"zone":"Mars"`, 1))
	host := errors.New("no such planet")
	_, err = points.DecodeProgram(zoned, func(string) (*time.Location, error) { return nil, host })
	assert.ErrorIs(t, err, host)
	_, err = points.DecodeProgram(zoned, func(string) (*time.Location, error) { return nil, nil })
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	machine := []byte(strings.Replace(good, `"v":1`, `"v":1,"zone":"Local"`, 1))
	_, err = points.DecodeProgram(machine, time.LoadLocation)
	assert.ErrorIs(t, err, relmark.ErrInvalid, "it is another zone on every machine")
	_, err = json.Marshal(points.Program{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	local := compiled(t, points.Program{Zone: time.Local}).Program()
	_, err = json.Marshal(local)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestProgramValidation(t *testing.T) {
	t.Parallel()
	broken := map[string]func(p *points.Program){
		"Currency":     func(p *points.Program) { p.Currency = "" },
		"Digits":       func(p *points.Program) { p.Digits = 10 },
		"PointValue":   func(p *points.Program) { p.PointValue = euros(-1) },
		"MaturityDays": func(p *points.Program) { p.MaturityDays = -1 },
		"Shortfall":    func(p *points.Program) { p.Shortfall = "gift" },
		"Payout":       func(p *points.Program) { p.Payout = "all" },
		"GraceDays":    func(p *points.Program) { p.GraceDays = new(-1) },
		"TransferFee":  func(p *points.Program) { p.TransferFee = decimalOf(101) },
		"Expiry.Kind":  func(p *points.Program) { p.Expiry.Kind = "soon" },
		"Expiry.N":     func(p *points.Program) { p.Expiry.N = -1 },
		"Versions =":   func(p *points.Program) { p.Versions = nil },
		"Versions[1]":  func(p *points.Program) { p.Versions[1].From = day(-1) },
		"Name":         func(p *points.Program) { p.Versions[0].Name = strings.Repeat("n", 201) },
		"To":           func(p *points.Program) { p.Versions[0].From = day(0) },
		"Stacking":     func(p *points.Program) { p.Versions[0].Stacking = "up" },
		"Rounding":     func(p *points.Program) { p.Versions[0].Rounding = "up" },
		"Rates[0].Rule": func(p *points.Program) {
			p.Versions[0].Rates[0].Rule = "cap"
		},
		"Rates[0].Points":        func(p *points.Program) { p.Versions[0].Rates[0].Points = 0 },
		"Rates[0].Per":           func(p *points.Program) { p.Versions[0].Rates[0].Per = decimal.New(1, -10) },
		"Multipliers[0].Factor":  func(p *points.Program) { p.Versions[1].Multipliers[0].Factor = euros(-1) },
		"Bonuses[0].Rule":        func(p *points.Program) { p.Versions[1].Bonuses[0].Rule = "base" },
		"Bonuses[0].Points":      func(p *points.Program) { p.Versions[1].Bonuses[0].Points = -1 },
		"Caps[0].Points":         func(p *points.Program) { p.Versions[1].Caps[0].Points = -1 },
		"Caps[0].Per":            func(p *points.Program) { p.Versions[1].Caps[0].Per = "week" },
		"Multipliers[0].When.To": func(p *points.Program) { p.Versions[1].Multipliers[0].When.To = day(-1) },
		"When.Values":            func(p *points.Program) { p.Versions[1].Multipliers[0].When.Tag = "" },
		"When.MinTotal":          func(p *points.Program) { p.Versions[1].Multipliers[0].When.MinTotal = new(euros(-1)) },
		"When.Weekdays":          func(p *points.Program) { p.Versions[1].Multipliers[0].When.Weekdays[0] = 9 },
		"When.Any[1].Not[0].Values": func(p *points.Program) {
			p.Versions[1].Multipliers[0].When.Any[1].Not[0] = points.Condition{Values: []string{"x"}}
		},
		"nest deeper": func(p *points.Program) {
			c := points.Condition{}
			for range 9 {
				c = points.Condition{Any: []points.Condition{c}}
			}
			p.Versions[1].Bonuses[0].When = c
		},
	}
	require.NoError(t, full(t).Validate())
	for field, breakIt := range broken {
		p := full(t)
		breakIt(&p)
		err := p.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		assert.ErrorContains(t, err, field)
		_, compileErr := points.Compile(p)
		assert.Equal(t, err, compileErr)
	}
}

func TestCompileRefusesWhatItCannotComputeExactly(t *testing.T) {
	t.Parallel()
	many := func(stacking points.Stacking, factors ...decimal.Decimal) points.Program {
		v := points.Version{Stacking: stacking, Rates: []points.Rate{{Rule: "base", Points: 1, Per: euros(1)}}}
		for _, f := range factors {
			v.Multipliers = append(v.Multipliers, points.Multiplier{Rule: "m" + f.String(), Factor: f})
		}
		return points.Program{Currency: "EUR", Digits: 2, Versions: []points.Version{v}}
	}
	_, err := points.Compile(many(points.Compounding, decimal.New(1001, -3), decimal.New(1003, -3), decimal.New(1007, -3)))
	require.NoError(t, err)
	_, err = points.Compile(many(points.Compounding, decimal.New(100001, -5), decimal.New(100003, -5)))
	assert.ErrorIs(t, err, relmark.ErrLimit)
	_, err = points.Compile(many(points.Additive, decimal.New(1, 9), decimal.New(1, -9)))
	assert.ErrorIs(t, err, relmark.ErrLimit)
	p := many(points.Additive)
	p.Versions[0].Rates = []points.Rate{{Rule: "a", Points: 1, Per: decimal.New(99991, -2)}, {Rule: "b", Points: 1, Per: decimal.New(99989, -2)}}
	_, err = points.Compile(p)
	assert.ErrorIs(t, err, relmark.ErrLimit)
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	p := points.Program{Versions: []points.Version{{
		From: day(0), To: day(10),
		Rates: []points.Rate{{Rule: "base", Points: 1, Per: euros(1)}, {Rule: "late", Points: 1, Per: euros(1), When: points.Condition{From: day(11)}}},
		Multipliers: []points.Multiplier{
			{Rule: "gold", Factor: euros(2), When: points.Condition{Tiers: []string{"gold"}}},
			{Rule: "best", Factor: euros(3), Exclusive: true, Priority: 2, When: points.Condition{Tiers: []string{"gold", "silver"}}},
			{Rule: "lower", Factor: euros(2), Exclusive: true, Priority: 1, When: points.Condition{Tiers: []string{"silver"}}},
			{Rule: "bronze", Factor: euros(2), Exclusive: true, When: points.Condition{Tiers: []string{"bronze"}}},
			{Rule: "never", Factor: euros(2), When: points.Condition{MinTotal: new(euros(9)), MaxTotal: new(euros(8))}},
			{Rule: "none", Factor: euros(2), When: points.Condition{Tag: "a", Not: []points.Condition{{Tag: "a"}}}},
		},
		Bonuses: []points.Bonus{
			{Rule: "huge", Points: 500},
			{Rule: "sunday", Points: 5, When: points.Condition{From: day(0), To: day(1), Weekdays: []time.Weekday{time.Sunday}}},
			{Rule: "any", Points: 5, When: points.Condition{Any: []points.Condition{{From: day(20)}, {To: day(-1)}}}},
		},
		Caps: []points.Cap{{Per: points.PerOrder, Points: 400}},
	}}}
	assert.Equal(t, []points.Warning{
		{0, "late", points.Unreachable, ""},
		{0, "gold", points.Shadowed, "best"},
		{0, "lower", points.Shadowed, "best"},
		{0, "never", points.Unreachable, ""},
		{0, "none", points.Unreachable, ""},
		{0, "huge", points.AlwaysCapped, ""},
		{0, "sunday", points.Unreachable, ""},
		{0, "any", points.Unreachable, ""},
	}, compiled(t, p).Warnings())
	assert.Empty(t, compiled(t, points.Program{}).Warnings())
}

// granted decides one order and returns how it was priced.
func granted(t require.TestingT, e *points.Engine, c points.Earn) points.Award {
	c.Order = "O"
	var a points.Account
	return do(t, e, &a, with(head("k", 1), c)).Body.(*points.Earned).Award
}

func TestConditions(t *testing.T) {
	t.Parallel()
	shop := []points.Tag{{"channel", "shop"}}
	cases := map[string]struct {
		when  points.Condition
		order points.Earn
		want  bool
	}{
		"weekday":           {points.Condition{Weekdays: []time.Weekday{time.Saturday}}, points.Earn{}, true}, // 2025-01-11
		"other weekday":     {points.Condition{Weekdays: []time.Weekday{time.Monday}}, points.Earn{}, false},
		"first day":         {points.Condition{From: day(1), To: day(1)}, points.Earn{}, true},
		"too early":         {points.Condition{From: day(2)}, points.Earn{}, false},
		"too late":          {points.Condition{To: day(0)}, points.Earn{}, false},
		"tier":              {points.Condition{Tiers: []string{"a", "b"}}, points.Earn{Tier: "b"}, true},
		"no tier":           {points.Condition{Tiers: []string{"a"}}, points.Earn{}, false},
		"category":          {points.Condition{Categories: []string{"x"}}, points.Earn{Lines: []points.OrderLine{{Category: "y"}, {Category: "x"}}}, true},
		"no category":       {points.Condition{Categories: []string{"x"}}, points.Earn{}, false},
		"at least":          {points.Condition{MinTotal: new(euros(10))}, points.Earn{}, true},
		"at least and more": {points.Condition{MinTotal: new(decimal.New(10001, -3))}, points.Earn{}, false},
		"at most":           {points.Condition{MaxTotal: new(decimal.New(10001, -3))}, points.Earn{}, true},
		"at most less":      {points.Condition{MaxTotal: new(decimal.New(9999, -3))}, points.Earn{}, false},
		"beyond all totals": {points.Condition{MinTotal: new(decimal.New(1, 17))}, points.Earn{}, false},
		"tag":               {points.Condition{Tag: "channel"}, points.Earn{Tags: shop}, true},
		"tag value":         {points.Condition{Tag: "channel", Values: []string{"web", "shop"}}, points.Earn{Tags: shop}, true},
		"other value":       {points.Condition{Tag: "channel", Values: []string{"web"}}, points.Earn{Tags: shop}, false},
		"any":               {points.Condition{Any: []points.Condition{{Tiers: []string{"a"}}, {Tag: "channel"}}}, points.Earn{Tags: shop}, true},
		"none of any":       {points.Condition{Any: []points.Condition{{Tiers: []string{"a"}}}}, points.Earn{}, false},
		"not":               {points.Condition{Not: []points.Condition{{Tiers: []string{"a"}}}}, points.Earn{}, true},
		"not this":          {points.Condition{Not: []points.Condition{{Tiers: []string{"a"}}}}, points.Earn{Tier: "a"}, false},
		"empty lists":       {points.Condition{Tiers: []string{}, Any: []points.Condition{}}, points.Earn{}, true},
	}
	for name, c := range cases {
		e := compiled(t, points.Program{Versions: []points.Version{{Bonuses: []points.Bonus{{Rule: "b", Points: 5, When: c.when}}}}})
		c.order.Amount = euros(10)
		assert.Equal(t, c.want, granted(t, e, c.order).Bonus == 5, name)
	}
}

func TestStackingAndRounding(t *testing.T) {
	t.Parallel()
	version := points.Version{
		Rates:       []points.Rate{{Rule: "base", Points: 1, Per: euros(1)}},
		Multipliers: []points.Multiplier{{Rule: "m1", Factor: euros(2)}, {Rule: "m2", Factor: decimal.New(15, -1)}},
	}
	for _, c := range []struct {
		stacking points.Stacking
		rounding points.Rounding
		want     int64
	}{
		{points.Additive, points.Floor, 27},
		{points.Compounding, points.Floor, 33},
		{points.Additive, points.Ceiling, 28},
		{points.Additive, points.HalfUp, 28},
		{points.Additive, points.HalfEven, 28},
		{points.Compounding, points.HalfEven, 33},
	} {
		v := version
		v.Stacking, v.Rounding = c.stacking, c.rounding
		p := granted(t, compiled(t, points.Program{Versions: []points.Version{v}}), points.Earn{Amount: euros(11)})
		assert.Equal(t, c.want, p.Granted, c) // 11 · 2.5 = 27.5, 11 · 3 = 33
	}
}

// Whatever the rules, the parts add up to the grant, and the product is what exact
// fractions make of it.
func TestExplanationAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := points.Version{Stacking: rapid.SampledFrom([]points.Stacking{points.Additive, points.Compounding}).Draw(t, "stacking")}
		base, sum, product := new(big.Rat), big.NewRat(1, 1), big.NewRat(1, 1)
		for i := range rapid.IntRange(0, 3).Draw(t, "rates") {
			r := points.Rate{Rule: "r" + string(rune('0'+i)), Points: rapid.Int64Range(1, 9).Draw(t, "points"), Per: decimal.New(rapid.Int64Range(1, 400).Draw(t, "per"), -1)}
			v.Rates = append(v.Rates, r)
			base.Add(base, new(big.Rat).Quo(whole(r.Points), r.Per.Rat()))
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "multipliers") {
			m := points.Multiplier{Rule: "m" + string(rune('0'+i)), Factor: decimal.New(rapid.Int64Range(0, 400).Draw(t, "factor"), -2)}
			v.Multipliers = append(v.Multipliers, m)
			sum.Add(sum, new(big.Rat).Sub(m.Factor.Rat(), whole(1)))
			product.Mul(product, m.Factor.Rat())
		}
		if v.Stacking == points.Compounding {
			sum = product
		} else if sum.Sign() < 0 {
			sum = new(big.Rat)
		}
		if rapid.Bool().Draw(t, "bonus") {
			v.Bonuses = []points.Bonus{{Rule: "b", Points: 9}}
		}
		v.Caps = []points.Cap{{Per: points.PerOrder, Points: rapid.Int64Range(0, 500).Draw(t, "cap")}}
		e, err := points.Compile(points.Program{Currency: "EUR", Digits: 2, Versions: []points.Version{v}})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrLimit)
			return
		}
		amount := decimalOf(rapid.Int64Range(0, 100_000).Draw(t, "cents"))
		p := granted(t, e, points.Earn{Amount: amount})
		require.Equal(t, floor(new(big.Rat).Mul(amount.Rat(), base), sum, whole(1)), p.Product)
		require.Equal(t, floor(amount.Rat(), base, whole(1)), p.Qualifying)
		explained := int64(0)
		for _, g := range p.Grants {
			explained += g.Points
		}
		require.Equal(t, p.Granted, explained)
		require.Equal(t, p.Product+p.Bonus-p.Cut, p.Granted)
	})
}
