package earning_test

import (
	"fmt"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/earning"
)

// drawRules draws rules of one version that use everything about lines.
func drawRules(t *rapid.T) earning.Rules {
	number := func(from, to int64, what string) int64 { return rapid.Int64Range(from, to).Draw(t, what) }
	some := func(what string) int { return rapid.IntRange(0, 3).Draw(t, what) }
	v := earning.Version{
		Stacking: rapid.SampledFrom([]earning.Stacking{earning.Additive, earning.Compounding}).Draw(t, "stacking"),
		Rounding: rapid.SampledFrom([]earning.Rounding{earning.Floor, earning.Ceiling, earning.HalfUp, earning.HalfEven}).Draw(t, "rounding"),
	}
	for i := range some("exclusions") / 2 {
		scope := rapid.SampledFrom([]earning.Scope{earning.TheLines, earning.WholeOrder}).Draw(t, "scope")
		v.Exclusions = append(v.Exclusions, earning.Exclusion{Rule: fmt.Sprint("x", i), Lines: drawSelector(t), Scope: scope, When: drawWhen(t)})
	}
	for i := range some("rates") + 1 {
		v.Rates = append(v.Rates, earning.Rate{
			Rule: fmt.Sprint("r", i), Points: number(1, 20, "points"), Per: decimal.New(number(1, 700, "per"), -2),
			Measure: rapid.SampledFrom([]string{"", "", "quantity", "miles"}).Draw(t, "measure"),
			Steps:   rapid.SampledFrom([]earning.Steps{earning.NoSteps, earning.NoSteps, earning.StepsByLine, earning.StepsByOrder}).Draw(t, "steps"),
			Lines:   drawSelector(t), When: drawWhen(t),
		})
		if v.Rates[i].Measure == "" && v.Rates[i].Steps == earning.NoSteps {
			v.Rates[i].Per = decimal.New(rapid.SampledFrom([]int64{50, 100, 150, 700}).Draw(t, "per"), -2) // with a common denominator
		}
	}
	for i := range some("multipliers") {
		v.Multipliers = append(v.Multipliers, earning.Multiplier{
			Rule: fmt.Sprint("m", i), Factor: decimal.New(number(0, 30, "factor"), -1),
			Exclusive: rapid.Bool().Draw(t, "exclusive"), Priority: rapid.IntRange(0, 1).Draw(t, "priority"), Lines: drawSelector(t), When: drawWhen(t),
		})
	}
	for i := range some("bonuses") {
		v.Bonuses = append(v.Bonuses, earning.Bonus{Rule: fmt.Sprint("b", i), Points: number(1, 50, "bonus"), Lines: drawSelector(t), When: drawWhen(t)})
	}
	for i := range some("goals") / 2 {
		v.Goals = append(v.Goals, earning.Goal{
			Rule: fmt.Sprint("g", i), Count: rapid.SampledFrom([]earning.Counting{earning.CountOrders, earning.CountSpend, earning.CountMonths}).Draw(t, "count"),
			Target: number(1, 2000, "target"), Points: number(1, 50, "bonus"), Repeat: rapid.Bool().Draw(t, "repeat"), Lines: drawSelector(t), When: drawWhen(t),
		})
		if g := &v.Goals[i]; g.Count != earning.CountSpend {
			g.Target = number(1, 2, "target")
		}
	}
	if rapid.Bool().Draw(t, "capped") {
		v.Caps = []earning.Cap{{Per: earning.PerOrder, Points: number(0, 300, "cap")}}
	}
	r := earning.Rules{Currency: "EUR", Digits: 2, PointValue: decimal.New(number(1, 30, "value"), -3), Versions: []earning.Version{v}}
	if rapid.Bool().Draw(t, "spending") {
		r.Spending = earning.Spending{MinPoints: number(0, 20, "least"), Step: number(0, 3, "step"), Lines: drawSelector(t)}
		r.Spending.MaxShare = new(decimal.New(number(0, 10, "share"), -1))
	}
	return r
}

// drawSelector draws a selector, often one of everything.
func drawSelector(t *rapid.T) (s earning.Selector) {
	if rapid.Bool().Draw(t, "everything") {
		return s
	}
	list := func(what string, all ...string) []string {
		if n := rapid.IntRange(-2, len(all)-1).Draw(t, what); n >= 0 {
			return all[n:]
		}
		return nil
	}
	s.Categories, s.Tags, s.Items = list("categories", "tea", "wine"), list("tags", "bio", "sale"), list("items", "A")
	s.Exclude.Categories, s.Exclude.Tags, s.Exclude.Items = list("not categories", "spa", "wine"), list("not tags", "web"), list("not items", "B", "A")
	return s
}

// drawWhen draws a condition, mostly none.
func drawWhen(t *rapid.T) earning.Condition {
	switch rapid.IntRange(0, 9).Draw(t, "when") {
	case 0:
		return earning.Condition{Tiers: []string{"gold"}}
	case 1:
		return earning.Condition{Categories: []string{"tea", "spa"}}
	case 2:
		return earning.Condition{MinTotal: new(decimal.New(rapid.Int64Range(0, 4000).Draw(t, "minimum"), -2))}
	case 3:
		return earning.Condition{Not: []earning.Condition{{MinTotal: new(decimal.New(rapid.Int64Range(0, 4000).Draw(t, "minimum"), -2))}}}
	}
	return earning.Condition{}
}

// drawLines draws an order with lines.
func drawLines(t *rapid.T) earning.Order {
	o := earning.Order{At: at(3), Tier: rapid.SampledFrom([]string{"", "gold"}).Draw(t, "tier")}
	sum := int64(0)
	for range rapid.IntRange(0, 5).Draw(t, "lines") {
		cents := max(0, rapid.Int64Range(-500, 5000).Draw(t, "cents"))
		l := earning.OrderLine{
			Amount:   decimalOf(cents),
			Category: rapid.SampledFrom([]string{"", "tea", "wine", "spa"}).Draw(t, "category"),
			Item:     rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "item"),
			Tags:     rapid.SliceOfN(rapid.SampledFrom([]string{"bio", "sale", "web"}), 0, 2).Draw(t, "tags"),
		}
		if rapid.Bool().Draw(t, "several") {
			l.Quantity = new(decimal.New(rapid.Int64Range(1, 900).Draw(t, "quantity"), -2))
		}
		if rapid.Bool().Draw(t, "flight") {
			l.Measures = []earning.Measure{{Name: "miles", Value: decimal.New(rapid.Int64Range(0, 5000).Draw(t, "miles"), -3)}}
		}
		o.Lines, sum = append(o.Lines, l), sum+cents
	}
	switch rapid.IntRange(0, 2).Draw(t, "total") {
	case 0:
		sum -= rapid.Int64Range(0, sum).Draw(t, "discount")
	case 1:
		sum += rapid.Int64Range(1, 900).Draw(t, "shipping")
	}
	o.Amount = decimalOf(sum)
	if rapid.Bool().Draw(t, "pays") {
		o.PayPoints = rapid.Int64Range(0, 200).Draw(t, "points")
	}
	if rapid.IntRange(0, 3).Draw(t, "budget") == 0 {
		o.Budget = new(rapid.Int64Range(-5, 300).Draw(t, "budget"))
	}
	return o
}

// monstrous makes rules and an order so large that int64 does not hold their fractions.
func monstrous(t *rapid.T, r *earning.Rules, o *earning.Order) {
	for i := range r.Versions[0].Rates {
		if rate := &r.Versions[0].Rates[i]; rate.Measure != "" || rate.Steps != earning.NoSteps {
			rate.Points = rapid.Int64Range(1, 1<<30).Draw(t, "points")
			rate.Per = decimal.New(rapid.Int64Range(1, 1<<50).Draw(t, "per"), -rapid.Int32Range(2, 9).Draw(t, "digits"))
		}
	}
	sum := decimal.Decimal{}
	for i := range o.Lines {
		l := &o.Lines[i]
		l.Amount = decimalOf(rapid.Int64Range(0, 1<<45).Draw(t, "cents"))
		l.Quantity = new(decimal.New(rapid.Int64Range(1, 1<<59).Draw(t, "quantity"), -9))
		l.Measures = []earning.Measure{{Name: "miles", Value: decimal.New(rapid.Int64Range(0, 1<<59).Draw(t, "miles"), -9)}}
		sum = sum.Add(l.Amount)
	}
	if len(o.Lines) > 0 {
		o.Amount = sum.Sub(decimalOf(min(1, sum.Shift(2).IntPart())))
	}
	if o.PayPoints > 0 {
		o.PayPoints = rapid.Int64Range(1, 1<<40).Draw(t, "pays")
	}
}
