package earning_test

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

func TestCompileRefusesWhatItCannotComputeExactly(t *testing.T) {
	t.Parallel()
	many := func(stacking earning.Stacking, factors ...decimal.Decimal) earning.Rules {
		v := earning.Version{Stacking: stacking, Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}}
		for _, f := range factors {
			v.Multipliers = append(v.Multipliers, earning.Multiplier{Rule: "m" + f.String(), Factor: f})
		}
		return earning.Rules{Currency: "EUR", Digits: 2, Versions: []earning.Version{v}}
	}
	_, err := earning.Compile(many(earning.Compounding, decimal.New(1001, -3), decimal.New(1003, -3), decimal.New(1007, -3)))
	require.NoError(t, err)
	_, err = earning.Compile(many(earning.Compounding, decimal.New(100001, -5), decimal.New(100003, -5)))
	assert.ErrorIs(t, err, relmark.ErrLimit)
	_, err = earning.Compile(many(earning.Additive, decimal.New(1, 9), decimal.New(1, -9)))
	assert.ErrorIs(t, err, relmark.ErrLimit)
	p := many(earning.Additive)
	p.Versions[0].Rates = []earning.Rate{{Rule: "a", Points: 1, Per: decimal.New(99991, -2)}, {Rule: "b", Points: 1, Per: decimal.New(99989, -2)}}
	_, err = earning.Compile(p)
	assert.ErrorIs(t, err, relmark.ErrLimit)
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	v := earning.Version{
		From: day(0), To: day(10),
		Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}, {Rule: "late", Points: 1, Per: euros(1), When: earning.Condition{From: day(11)}}},
		Multipliers: []earning.Multiplier{
			{Rule: "gold", Factor: euros(2), When: earning.Condition{Tiers: []string{"gold"}}},
			{Rule: "best", Factor: euros(3), Exclusive: true, Priority: 2, When: earning.Condition{Tiers: []string{"gold", "silver"}}},
			{Rule: "lower", Factor: euros(2), Exclusive: true, Priority: 1, When: earning.Condition{Tiers: []string{"silver"}}},
			{Rule: "bronze", Factor: euros(2), Exclusive: true, When: earning.Condition{Tiers: []string{"bronze"}}},
			{Rule: "never", Factor: euros(2), When: earning.Condition{MinTotal: new(euros(9)), MaxTotal: new(euros(8))}},
			{Rule: "none", Factor: euros(2), When: earning.Condition{Tag: "a", Not: []earning.Condition{{Tag: "a"}}}},
		},
		Bonuses: []earning.Bonus{
			{Rule: "huge", Points: 500},
			{Rule: "sunday", Points: 5, When: earning.Condition{From: day(0), To: day(1), Weekdays: []time.Weekday{time.Sunday}}},
			{Rule: "any", Points: 5, When: earning.Condition{Any: []earning.Condition{{From: day(20)}, {To: day(-1)}}}},
		},
		Caps: []earning.Cap{{Per: earning.PerOrder, Points: 400}},
	}
	assert.Equal(t, []earning.Warning{
		{0, "late", earning.Unreachable, ""},
		{0, "gold", earning.Shadowed, "best"},
		{0, "lower", earning.Shadowed, "best"},
		{0, "never", earning.Unreachable, ""},
		{0, "none", earning.Unreachable, ""},
		{0, "huge", earning.AlwaysCapped, ""},
		{0, "sunday", earning.Unreachable, ""},
		{0, "any", earning.Unreachable, ""},
	}, compiled(t, v).Warnings())
	assert.Empty(t, compiled(t).Warnings())
}

func TestConditions(t *testing.T) {
	t.Parallel()
	shop := []earning.Tag{{"channel", "shop"}}
	cases := map[string]struct {
		when  earning.Condition
		order earning.Order
		want  bool
	}{
		"weekday":           {earning.Condition{Weekdays: []time.Weekday{time.Saturday}}, earning.Order{}, true}, // 2025-01-11
		"other weekday":     {earning.Condition{Weekdays: []time.Weekday{time.Monday}}, earning.Order{}, false},
		"first day":         {earning.Condition{From: day(1), To: day(1)}, earning.Order{}, true},
		"too early":         {earning.Condition{From: day(2)}, earning.Order{}, false},
		"too late":          {earning.Condition{To: day(0)}, earning.Order{}, false},
		"tier":              {earning.Condition{Tiers: []string{"a", "b"}}, earning.Order{Tier: "b"}, true},
		"no tier":           {earning.Condition{Tiers: []string{"a"}}, earning.Order{}, false},
		"category":          {earning.Condition{Categories: []string{"x"}}, earning.Order{Lines: []earning.OrderLine{{Category: "y"}, {Category: "x"}}}, true},
		"no category":       {earning.Condition{Categories: []string{"x"}}, earning.Order{}, false},
		"at least":          {earning.Condition{MinTotal: new(euros(10))}, earning.Order{}, true},
		"at least and more": {earning.Condition{MinTotal: new(decimal.New(10001, -3))}, earning.Order{}, false},
		"at most":           {earning.Condition{MaxTotal: new(decimal.New(10001, -3))}, earning.Order{}, true},
		"at most less":      {earning.Condition{MaxTotal: new(decimal.New(9999, -3))}, earning.Order{}, false},
		"beyond all totals": {earning.Condition{MinTotal: new(decimal.New(1, 17))}, earning.Order{}, false},
		"tag":               {earning.Condition{Tag: "channel"}, earning.Order{Tags: shop}, true},
		"tag value":         {earning.Condition{Tag: "channel", Values: []string{"web", "shop"}}, earning.Order{Tags: shop}, true},
		"other value":       {earning.Condition{Tag: "channel", Values: []string{"web"}}, earning.Order{Tags: shop}, false},
		"any":               {earning.Condition{Any: []earning.Condition{{Tiers: []string{"a"}}, {Tag: "channel"}}}, earning.Order{Tags: shop}, true},
		"none of any":       {earning.Condition{Any: []earning.Condition{{Tiers: []string{"a"}}}}, earning.Order{}, false},
		"not":               {earning.Condition{Not: []earning.Condition{{Tiers: []string{"a"}}}}, earning.Order{}, true},
		"not this":          {earning.Condition{Not: []earning.Condition{{Tiers: []string{"a"}}}}, earning.Order{Tier: "a"}, false},
		"nil lists":         {earning.Condition{Tiers: nil, Any: nil}, earning.Order{}, true},
	}
	for name, c := range cases {
		e := compiled(t, earning.Version{Bonuses: []earning.Bonus{{Rule: "b", Points: 5, When: c.when}}})
		c.order.Amount = euros(10)
		assert.Equal(t, c.want, earned(t, e, c.order).Bonus == 5, name)
	}
}

// A list that was computed and came out empty is nobody, not everybody: it is refused,
// in Go and in JSON.
func TestConditionsRefuseEmptyLists(t *testing.T) {
	t.Parallel()
	lists := 0
	for _, f := range reflect.VisibleFields(reflect.TypeFor[earning.Condition]()) {
		if f.Type.Kind() != reflect.Slice {
			continue
		}
		lists++
		c := earning.Condition{Tag: "channel"}
		reflect.ValueOf(&c).Elem().FieldByIndex(f.Index).Set(reflect.MakeSlice(f.Type, 0, 0))
		assert.False(t, c.IsZero(), f.Name)
		for field, when := range map[string]earning.Condition{
			f.Name: c, "Any[0]." + f.Name: {Any: []earning.Condition{c}}, "Not[0]." + f.Name: {Not: []earning.Condition{c}},
		} {
			r := earning.Rules{Currency: "EUR", Versions: []earning.Version{{Bonuses: []earning.Bonus{{Rule: "b", Points: 5, When: when}}}}}
			err := r.Validate()
			require.ErrorIs(t, err, relmark.ErrInvalid, field)
			require.ErrorContains(t, err, "Versions[0].Bonuses[0].When."+field+": must not be empty")
		}
		text := strings.ToLower(f.Name)
		_, err := earning.DecodeRules([]byte(`{"v":1,"currency":"EUR","versions":[{"bonuses":[{"rule":"b","points":5,"when":{"tag":"channel","`+text+`":[]}}]}]}`), nil)
		require.ErrorIs(t, err, relmark.ErrInvalid, text)
		data, err := json.Marshal(c)
		require.NoError(t, err)
		var back earning.Condition
		require.NoError(t, json.Unmarshal(data, &back))
		assert.Equal(t, c, back, "%s", data)
	}
	assert.Equal(t, 6, lists)
}

// Only a condition of which no field is set is zero, however deep it is.
func TestConditionIsZero(t *testing.T) {
	t.Parallel()
	assert.True(t, earning.Condition{}.IsZero())
	typ := reflect.TypeFor[earning.Condition]()
	for i := range typ.NumField() {
		var c earning.Condition
		f := reflect.ValueOf(&c).Elem().Field(i)
		fill(f, 1)
		if f.Kind() == reflect.Slice && f.Len() == 0 {
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		}
		assert.False(t, c.IsZero(), typ.Field(i).Name)
	}
	deep := earning.Condition{}
	deep.Any = []earning.Condition{{}, {}}
	for range 40 { // 2^40 conditions, of which none is looked at
		deep = earning.Condition{Any: []earning.Condition{deep, deep}, MinTotal: new(decimal.New(1, math.MaxInt32))}
	}
	assert.False(t, deep.IsZero())
	_, err := json.Marshal(earning.Bonus{Rule: "b", When: deep})
	assert.Error(t, err)
}

func TestStackingAndRounding(t *testing.T) {
	t.Parallel()
	version := earning.Version{
		Rates:       []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}},
		Multipliers: []earning.Multiplier{{Rule: "m1", Factor: euros(2)}, {Rule: "m2", Factor: decimal.New(15, -1)}},
	}
	for _, c := range []struct {
		stacking earning.Stacking
		rounding earning.Rounding
		want     int64
	}{
		{earning.Additive, earning.Floor, 27},
		{earning.Compounding, earning.Floor, 33},
		{earning.Additive, earning.Ceiling, 28},
		{earning.Additive, earning.HalfUp, 28},
		{earning.Additive, earning.HalfEven, 28},
		{earning.Compounding, earning.HalfEven, 33},
	} {
		v := version
		v.Stacking, v.Rounding = c.stacking, c.rounding
		p := earned(t, compiled(t, v), earning.Order{Amount: euros(11)})
		assert.Equal(t, c.want, p.Granted, c) // 11 · 2.5 = 27.5, 11 · 3 = 33
	}
}

// Whatever the rules, the parts add up to the grant, and the product is what exact
// fractions make of it.
func TestExplanationAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := earning.Version{Stacking: rapid.SampledFrom([]earning.Stacking{earning.Additive, earning.Compounding}).Draw(t, "stacking")}
		base, sum, product := new(big.Rat), big.NewRat(1, 1), big.NewRat(1, 1)
		for i := range rapid.IntRange(0, 3).Draw(t, "rates") {
			r := earning.Rate{Rule: "r" + string(rune('0'+i)), Points: rapid.Int64Range(1, 9).Draw(t, "points"), Per: decimal.New(rapid.Int64Range(1, 400).Draw(t, "per"), -1)}
			v.Rates = append(v.Rates, r)
			base.Add(base, new(big.Rat).Quo(whole(r.Points), r.Per.Rat()))
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "multipliers") {
			m := earning.Multiplier{Rule: "m" + string(rune('0'+i)), Factor: decimal.New(rapid.Int64Range(0, 400).Draw(t, "factor"), -2)}
			v.Multipliers = append(v.Multipliers, m)
			sum.Add(sum, new(big.Rat).Sub(m.Factor.Rat(), whole(1)))
			product.Mul(product, m.Factor.Rat())
		}
		if v.Stacking == earning.Compounding {
			sum = product
		} else if sum.Sign() < 0 {
			sum = new(big.Rat)
		}
		if rapid.Bool().Draw(t, "bonus") {
			v.Bonuses = []earning.Bonus{{Rule: "b", Points: 9}}
		}
		v.Caps = []earning.Cap{{Per: earning.PerOrder, Points: rapid.Int64Range(0, 500).Draw(t, "cap")}}
		e, err := earning.Compile(earning.Rules{Currency: "EUR", Digits: 2, Versions: []earning.Version{v}})
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrLimit)
			return
		}
		amount := decimalOf(rapid.Int64Range(0, 100_000).Draw(t, "cents"))
		p := earned(t, e, earning.Order{Amount: amount})
		require.Equal(t, floor(new(big.Rat).Mul(amount.Rat(), base), sum, whole(1)), p.Product)
		require.Equal(t, floor(amount.Rat(), base, whole(1)), p.Qualifying)
		explained := int64(0)
		for _, g := range p.Grants {
			explained += g.Points
		}
		require.Equal(t, p.Granted, explained)
		require.Equal(t, p.Product+p.Bonus+p.GoalBonus-p.Cut, p.Granted)
	})
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// floor returns the product, rounded down.
func floor(factors ...*big.Rat) int64 {
	x := whole(1)
	for _, f := range factors {
		x.Mul(x, f)
	}
	return new(big.Int).Div(x.Num(), x.Denom()).Int64()
}
