package earning_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// drawWhole draws a version whose rules look at orders as a whole.
func drawWhole(t *rapid.T) earning.Rules {
	when := func() (c earning.Condition) {
		switch rapid.IntRange(0, 6).Draw(t, "when") {
		case 0:
			c.Tiers = []string{"gold"}
		case 1:
			c.MinTotal = new(decimalOf(rapid.Int64Range(0, 4000).Draw(t, "least")))
		case 2:
			c.MaxTotal = new(decimalOf(rapid.Int64Range(0, 4000).Draw(t, "most")))
		case 3:
			c.Weekdays = []time.Weekday{at(3).Weekday()}
		case 4:
			c.From, c.To = day(rapid.IntRange(1, 4).Draw(t, "from")), day(4)
		}
		return c
	}
	v := earning.Version{
		Name:     "v",
		Stacking: rapid.SampledFrom([]earning.Stacking{earning.Additive, earning.Compounding}).Draw(t, "stacking"),
		Rounding: rapid.SampledFrom([]earning.Rounding{earning.Floor, earning.Ceiling, earning.HalfUp, earning.HalfEven}).Draw(t, "rounding"),
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "rates") {
		per := decimal.New(rapid.SampledFrom([]int64{50, 100, 150, 700}).Draw(t, "per"), -2)
		points := rapid.SampledFrom([]int64{1, 2, 3, 1 << 30}).Draw(t, "points")
		v.Rates = append(v.Rates, earning.Rate{Rule: fmt.Sprint("r", i), Points: points, Per: per, When: when()})
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "multipliers") {
		v.Multipliers = append(v.Multipliers, earning.Multiplier{
			Rule: fmt.Sprint("m", i), Factor: decimal.New(rapid.Int64Range(0, 30).Draw(t, "factor"), -1),
			Exclusive: rapid.Bool().Draw(t, "exclusive"), Priority: rapid.IntRange(0, 1).Draw(t, "priority"), When: when(),
		})
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "bonuses") {
		v.Bonuses = append(v.Bonuses, earning.Bonus{Rule: fmt.Sprint("b", i), Points: 5, When: when()})
	}
	if rapid.Bool().Draw(t, "capped") {
		v.Caps = []earning.Cap{{Per: earning.PerOrder, Points: rapid.Int64Range(0, 300).Draw(t, "cap")}}
	}
	return earning.Rules{Currency: "EUR", Digits: 2, PointValue: decimalOf(1), Versions: []earning.Version{v}}
}

// An order without lines earns what it earns as a single line, and what its explanation
// says, error for error: those two are worked out row by row.
func TestOrdersWithoutLinesEarnAsOneLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, err := earning.Compile(drawWhole(t))
		if err != nil { // fractions without a common denominator
			require.ErrorIs(t, err, relmark.ErrLimit)
			return
		}
		most := rapid.SampledFrom([]int64{0, 4000, 1<<53 - 1}).Draw(t, "most")
		total := rapid.Int64Range(0, most).Draw(t, "total")
		x := earning.Facts{
			Date: day(3), Currency: "EUR", Digits: 2, Total: total, Cash: rapid.Int64Range(0, total).Draw(t, "cash"),
			Tier: rapid.SampledFrom([]string{"", "gold"}).Draw(t, "tier"),
		}
		one := x
		one.Lines = []earning.Line{{Amount: total, Paid: total - x.Cash, Quantity: earning.One}}
		var whole, single earning.Award
		whole.ByLine = []int64{1, 2}
		_, errWhole := e.Judge(&whole, &x, nil)
		_, errSingle := e.Judge(&single, &one, nil)
		require.Equal(t, errSingle, errWhole)
		if errWhole != nil {
			require.Equal(t, earning.Award{ByLine: []int64{1, 2}}, whole)
			return
		}
		require.Equal(t, []int64{whole.Earned()}, single.ByLine)
		require.Empty(t, whole.ByLine)
		whole.ByLine, single.ByLine = nil, nil
		require.Equal(t, single, whole)
		if x.Cash < total {
			return
		}
		o := earning.Order{At: at(3), Amount: decimalOf(total), Tier: x.Tier}
		quote, err := e.Quote(&o)
		require.NoError(t, err)
		require.Equal(t, whole, quote)
		explained, err := e.Explain(&o)
		require.NoError(t, err)
		explained.Grants, explained.BaseNum, explained.BaseDen, explained.FactorNum, explained.FactorDen = nil, 0, 0, 0, 0
		require.Equal(t, explained, quote)
	})
}

// A rule that looks further than an order as a whole is heard, alone of its kind as well,
// and factors are stacked as the version says.
func TestRulesThatLookFurther(t *testing.T) {
	t.Parallel()
	web := earning.Condition{Tag: "channel", Values: []string{"web"}}
	tea := earning.Selector{Categories: []string{"tea"}}
	base := earning.Rate{Rule: "base", Points: 1, Per: euros(1)}
	half, more := decimal.New(15, -1), decimal.New(13, -1)
	two := []earning.Multiplier{{Rule: "a", Factor: half}, {Rule: "b", Factor: more}}
	for why, c := range map[string]struct {
		version  earning.Version
		tag, not int64 // granted with the tag and without it
	}{
		"rate":        {earning.Version{Rates: []earning.Rate{{Rule: "r", Points: 1, Per: euros(1), When: web}}}, 99, 0},
		"multiplier":  {earning.Version{Rates: []earning.Rate{base}, Multipliers: []earning.Multiplier{{Rule: "m", Factor: half, When: web}}}, 149, 99},
		"bonus":       {earning.Version{Bonuses: []earning.Bonus{{Rule: "b", Points: 5, When: web}}}, 5, 0},
		"steps":       {earning.Version{Rates: []earning.Rate{{Rule: "r", Points: 1, Per: euros(10), Steps: earning.StepsByOrder}}}, 9, 9},
		"measure":     {earning.Version{Rates: []earning.Rate{{Rule: "r", Points: 1, Per: decimal.New(1, 0), Measure: earning.QuantityMeasure}}}, 0, 0},
		"selector":    {earning.Version{Rates: []earning.Rate{base, {Rule: "r", Points: 1, Per: euros(1), Lines: tea}}}, 99, 99},
		"exclusion":   {earning.Version{Rates: []earning.Rate{base}, Exclusions: []earning.Exclusion{{Rule: "x", When: web}}}, 0, 99},
		"goal":        {earning.Version{Goals: []earning.Goal{{Rule: "g", Target: 1, Points: 7}}}, 7, 7},
		"additive":    {earning.Version{Rates: []earning.Rate{base}, Multipliers: two, Stacking: earning.Additive}, 179, 179},
		"compounding": {earning.Version{Rates: []earning.Rate{base}, Multipliers: two, Stacking: earning.Compounding}, 194, 194},
	} {
		e, err := earning.Compile(earning.Rules{Currency: "EUR", Digits: 2, PointValue: decimalOf(1), Versions: []earning.Version{c.version}})
		require.NoError(t, err, why)
		o := earning.Order{At: at(3), Amount: decimalOf(9999)}
		quote, err := e.Quote(&o)
		require.NoError(t, err)
		require.Equal(t, c.not, quote.Granted, why)
		o.Tags = []earning.Tag{{Name: "channel", Value: "web"}}
		quote, err = e.Quote(&o)
		require.NoError(t, err)
		require.Equal(t, c.tag, quote.Granted, why)
	}
}
