package earning_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/earning"
)

// only selects lines of categories.
func only(categories ...string) earning.Selector { return earning.Selector{Categories: categories} }

// base is a point per euro.
func base() []earning.Rate { return []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}} }

// lineOf returns a line of a category.
func lineOf(category string, cents int64) earning.OrderLine {
	return earning.OrderLine{Category: category, Amount: decimalOf(cents)}
}

// Orders of many lines and bonuses on many of them are shared as a naive twin says, with
// weights of any size.
func TestManyLinesAndBonuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lines, bonuses, selectors int }{{12, 12, 12}, {13, 3, 70}, {24, 20, 20}, {40, 15, 40}, {200, 2, 200}, {17, 17, 17}} {
		v := earning.Version{Rates: base()}
		o := earning.Order{At: at(1)}
		sum := int64(0)
		var categories []string
		for i := range c.lines {
			cents := int64(1_000_003 + 7919*i)
			o.Lines, sum = append(o.Lines, lineOf(fmt.Sprint("c", i), cents)), sum+cents
			categories = append(categories, fmt.Sprint("c", i))
		}
		for i := range c.bonuses {
			v.Bonuses = append(v.Bonuses, earning.Bonus{Rule: fmt.Sprint("b", i), Points: int64(10 + i), Lines: only(categories[i:]...)})
		}
		for i := range c.selectors {
			v.Multipliers = append(v.Multipliers, earning.Multiplier{Rule: fmt.Sprint("m", i), Factor: decimal.New(11, -1), Lines: only(fmt.Sprint("c", i), "none")})
		}
		o.Amount = decimalOf(sum - 12_345)
		r := complete(earning.Rules{Versions: []earning.Version{v}})
		e, err := earning.Compile(r)
		require.NoError(t, err)
		out, err := e.Earn(&o, nil)
		require.NoError(t, err)
		agree(t, judge(&r, &v, &o), &out)
	}
}

// Quantities, measures and identifiers that cannot be are refused with their field, and
// lists are sets.
func TestLinesAreChecked(t *testing.T) {
	t.Parallel()
	e := compiled(t)
	d := func(s string) *decimal.Decimal { return new(decimal.RequireFromString(s)) }
	measure := func(name, value string) []earning.Measure { return []earning.Measure{{Name: name, Value: *d(value)}} }
	for field, lines := range map[string][]earning.OrderLine{
		"Lines.ID":           {{ID: "a"}, {ID: "a"}},
		"Lines.ID 2":         {{ID: "2"}, {}},
		"Lines.ID 3":         {{}, {ID: "1"}},
		"Lines.ID 4":         {{ID: "\xff"}},
		"Lines.Item":         {{Item: "\xff"}},
		"Lines.Tags":         {{Tags: []string{""}}},
		"Lines.Quantity":     {{Quantity: new(decimal.Decimal)}},
		"Lines.Quantity 2":   {{Quantity: d("-1")}},
		"Lines.Quantity 3":   {{Quantity: d("0.0000000001")}},
		"Lines.Quantity 4":   {{Quantity: d("1000000000")}},
		"Lines.Measures":     {{Measures: measure("", "1")}},
		"Lines.Measures 2":   {{Measures: measure("miles", "-1")}},
		"Lines.Measures 3":   {{Measures: measure("quantity", "1")}},
		"Lines.Measures 4":   {{Measures: append(measure("miles", "0"), measure("miles", "1")...)}},
		"Lines.Amount":       {{Amount: *d("0.001")}},
		"Lines.Amount 2":     {{Amount: *d("-1")}},
		"Lines.ID of many":   append(make([]earning.OrderLine, 40), earning.OrderLine{ID: "17"}),
		"Lines.ID of many 2": append(make([]earning.OrderLine, 40), earning.OrderLine{ID: "x"}, earning.OrderLine{ID: "x"}),
	} {
		for _, ask := range []func(*earning.Order) error{
			func(o *earning.Order) error { _, err := e.Quote(o); return err },
			func(o *earning.Order) error { _, err := e.Earn(o, nil); return err },
		} {
			err := ask(&earning.Order{At: at(1), Lines: lines})
			require.ErrorIs(t, err, relmark.ErrInvalid, field)
			var name string
			_, _ = fmt.Sscanf(field, "%s", &name)
			require.ErrorContains(t, err, name, field)
		}
	}
	_, err := e.Quote(&earning.Order{At: at(1), Lines: []earning.OrderLine{lineOf("", 1<<53-1), lineOf("", 1)}})
	require.ErrorIs(t, err, relmark.ErrLimit)

	most := earning.OrderLine{ID: "x", Quantity: d("999999999.999999999"), Tags: []string{"b", "a", "b"}, Measures: append(measure("z", "0.000000001"), append(measure("y", "0"), measure("a", "2")...)...)}
	out, err := e.Earn(&earning.Order{At: at(1), Lines: []earning.OrderLine{most, {}}}, nil)
	require.NoError(t, err)
	assert.Equal(t, []earning.Line{
		{ID: "x", Quantity: 999_999_999_999_999_999, Tags: []string{"a", "b"}, Measures: []earning.Measured{{Name: "a", Value: 2 * earning.One}, {Name: "z", Value: 1}}},
		{Quantity: earning.One},
	}, out.Facts.Lines)
	require.NoError(t, out.Facts.Validate())
	assert.Equal(t, []string{"x", "b", "a", "b"}, append([]string{"x"}, most.Tags...), "the order stays as it was")
	assert.Equal(t, []int{0, 1, -1, -1}, []int{out.Facts.Find("x"), out.Facts.Find("2"), out.Facts.Find("1"), out.Facts.Find("")})
	assert.Equal(t, []string{"x", "2", ""}, []string{out.Facts.ID(0), out.Facts.ID(1), out.Facts.ID(2)})
	assert.Empty(t, out.Facts.ID(-1))
}

// What is beside lines is a line of its own, the last; what they exceed the order by comes
// off them.
func TestTheRest(t *testing.T) {
	t.Parallel()
	e := compiled(t)
	for name, c := range map[string]struct {
		total   int64
		lines   []int64
		amounts []int64 // of all, the rest last
		rest    bool
	}{
		"no lines":          {500, nil, []int64{500}, true},
		"nothing":           {0, nil, []int64{0}, true},
		"all of it":         {500, []int64{300, 200}, []int64{300, 200}, false},
		"free":              {0, []int64{0}, []int64{0}, false},
		"shipping":          {500, []int64{300}, []int64{300, 200}, true},
		"beside what is 0":  {500, []int64{0}, []int64{0, 500}, true},
		"a discount":        {500, []int64{333, 333, 333}, []int64{167, 167, 166}, false},
		"a gift":            {0, []int64{300, 200}, []int64{0, 0}, false},
		"a discount, not 0": {1, []int64{0, 5, 5}, []int64{0, 1, 0}, false},
	} {
		o := earning.Order{At: at(1), Amount: decimalOf(c.total)}
		for _, cents := range c.lines {
			o.Lines = append(o.Lines, lineOf("", cents))
		}
		out, err := e.Earn(&o, nil)
		require.NoError(t, err, name)
		var got []int64
		for _, l := range out.Facts.Lines {
			got = append(got, l.Amount)
		}
		rest, _, ok := out.Facts.Rest()
		require.Equal(t, c.rest, ok, name)
		if ok {
			got = append(got, rest)
		}
		assert.Equal(t, c.amounts, got, name)
		assert.Equal(t, len(c.amounts), out.Facts.Positions(), name)
		require.NoError(t, out.Facts.Validate(), name)
	}
}

// Facts that no order can have are refused.
func TestFactsThatCannotBe(t *testing.T) {
	t.Parallel()
	line := earning.Line{Amount: 100, Paid: 10, Quantity: earning.One}
	for name, spoil := range map[string]func(x *earning.Facts){
		"total":               func(x *earning.Facts) { x.Total = -1 },
		"beyond all":          func(x *earning.Facts) { x.Total = 1 << 53 },
		"cash":                func(x *earning.Facts) { x.Cash = 301 },
		"cash below 0":        func(x *earning.Facts) { x.Cash = -1 },
		"amount":              func(x *earning.Facts) { x.Lines[0].Amount = -1 },
		"more than all":       func(x *earning.Facts) { x.Lines[1].Amount = 201 },
		"paid":                func(x *earning.Facts) { x.Lines[0].Paid = 101 },
		"paid below 0":        func(x *earning.Facts) { x.Lines[0].Paid = -1 },
		"paid too much":       func(x *earning.Facts) { x.Cash = 290 },
		"paid nothing there":  func(x *earning.Facts) { x.Cash = 179 },
		"quantity":            func(x *earning.Facts) { x.Lines[0].Quantity = 0 },
		"measure":             func(x *earning.Facts) { x.Lines[0].Measures = []earning.Measured{{Name: "m"}} },
		"measure of quantity": func(x *earning.Facts) { x.Lines[0].Measures = []earning.Measured{{Name: "quantity", Value: 1}} },
		"measures":            func(x *earning.Facts) { x.Lines[0].Measures = []earning.Measured{{"m", 1}, {"m", 1}} },
		"tags":                func(x *earning.Facts) { x.Lines[0].Tags = []string{"b", "a"} },
		"names":               func(x *earning.Facts) { x.Lines[1].ID = "1" },
	} {
		x := earning.Facts{Total: 300, Cash: 280, Lines: []earning.Line{line, line}}
		require.NoError(t, x.Validate())
		spoil(&x)
		require.ErrorIs(t, x.Validate(), relmark.ErrInvalid, name)
	}
}

// One selects lines by any of its facts, none of those that it excludes; the rest matches
// where nothing but exclusions is listed.
func TestSelectors(t *testing.T) {
	t.Parallel()
	lines := []earning.OrderLine{
		{Category: "wine", Amount: euros(1)},
		{Item: "X9", Category: "oil", Amount: euros(2)},
		{Tags: []string{"bio", "new"}, Amount: euros(4)},
		{Category: "wine", Tags: []string{"sale"}, Amount: euros(8)},
		{Amount: euros(16)},
	}
	for name, c := range map[string]struct {
		on   earning.Selector
		want int64 // a bit for each line, and 32 for the rest
	}{
		"everything":      {earning.Selector{}, 63},
		"category":        {only("wine", "beer"), 9},
		"item":            {earning.Selector{Items: []string{"X9"}}, 2},
		"tag":             {earning.Selector{Tags: []string{"new"}}, 4},
		"any kind":        {earning.Selector{Categories: []string{"wine"}, Items: []string{"X9"}, Tags: []string{"bio"}}, 15},
		"exclusions win":  {earning.Selector{Categories: []string{"wine"}, Exclude: earning.Features{Tags: []string{"sale"}}}, 1},
		"but some":        {earning.Selector{Exclude: earning.Features{Categories: []string{"wine"}, Items: []string{"X9"}}}, 32 + 16 + 4},
		"of one word":     {only("x9"), 0},
		"and none at all": {earning.Selector{Categories: []string{"wine"}, Exclude: earning.Features{Categories: []string{"wine"}}}, 0},
	} {
		e := compiled(t, earning.Version{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1), Lines: c.on}}})
		out, err := e.Explain(&earning.Order{At: at(1), Amount: euros(63), Lines: lines})
		require.NoError(t, err, name)
		assert.Equal(t, c.want, out.Granted, name)
	}
	for _, bad := range []earning.Selector{
		{Categories: []string{}}, {Tags: []string{""}}, {Items: []string{"\xff"}}, {Exclude: earning.Features{Tags: []string{}}}, {Exclude: earning.Features{Items: []string{""}}},
	} {
		r := complete(earning.Rules{Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1), Lines: bad}}}}})
		require.ErrorContains(t, r.Validate(), "Versions[0].Rates[0].Lines.")
		r = complete(earning.Rules{Spending: earning.Spending{Lines: bad}})
		require.ErrorContains(t, r.Validate(), "Spending.Lines.")
	}
}

// What is excluded earns nothing and is seen by no condition; exclusions look at the order
// as it came.
func TestExclusions(t *testing.T) {
	t.Parallel()
	card, tea := lineOf("gift card", 10_000), lineOf("tea", 4_999)
	rules := func(x ...earning.Exclusion) *earning.Engine {
		return compiled(t, earning.Version{
			Exclusions: x, Rates: base(),
			Bonuses:     []earning.Bonus{{Rule: "from 100", Points: 30, When: earning.Condition{MinTotal: new(euros(100))}}},
			Multipliers: []earning.Multiplier{{Rule: "with cards", Factor: euros(2), When: earning.Condition{Categories: []string{"gift card"}}}},
			Goals:       []earning.Goal{{Rule: "card", Target: 1, Points: 7}},
		})
	}
	cards := earning.Exclusion{Rule: "x", Lines: only("gift card")}
	all := cards
	all.Scope, all.When = earning.WholeOrder, earning.Condition{MinTotal: new(euros(120))}
	for name, c := range map[string]struct {
		e     *earning.Engine
		lines []earning.OrderLine
		want  int64
	}{
		"nothing is out":         {rules(), []earning.OrderLine{card, tea}, 299 + 30 + 7},
		"cards are out":          {rules(cards), []earning.OrderLine{card, tea}, 49 + 7},
		"only cards":             {rules(cards), []earning.OrderLine{card}, 0},
		"the whole order":        {rules(all), []earning.OrderLine{card, tea}, 0},
		"not of a small order":   {rules(all), []earning.OrderLine{card}, 200 + 30 + 7},
		"one that looks at all":  {rules(cards, earning.Exclusion{Rule: "y", When: earning.Condition{Categories: []string{"gift card"}}}), []earning.OrderLine{card, tea}, 0},
		"everything, by a date":  {rules(earning.Exclusion{Rule: "y", When: earning.Condition{From: day(1), To: day(1)}}), []earning.OrderLine{tea}, 0},
		"everything, on another": {rules(earning.Exclusion{Rule: "y", When: earning.Condition{From: day(2)}}), []earning.OrderLine{tea}, 49 + 7},
	} {
		sum := int64(0)
		for _, l := range c.lines {
			sum += l.Amount.Shift(2).IntPart()
		}
		o := earning.Order{At: at(1), Amount: decimalOf(sum), Lines: c.lines}
		out, err := c.e.Earn(&o, nil)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, out.Award.Granted, name)
		if c.want == 0 {
			assert.Empty(t, out.Steps, name)
		}
	}
}

// Rates in steps and on measures, by hand.
func TestStepsAndMeasures(t *testing.T) {
	t.Parallel()
	order := func(pay int64) earning.Order {
		night, litre := new(decimal.New(3, 0)), decimal.New(4037, -2)
		return earning.Order{At: at(1), Amount: euros(105), PayPoints: pay, Lines: []earning.OrderLine{
			{Amount: euros(25), Quantity: night, Measures: []earning.Measure{{Name: "nights", Value: *night}}},
			{Amount: euros(25), Measures: []earning.Measure{{Name: "litres", Value: litre}}},
			{Amount: euros(55), Quantity: new(decimal.New(5, -1))},
		}}
	}
	rate := func(points int64, per decimal.Decimal, measure string, steps earning.Steps) earning.Rate {
		return earning.Rate{Rule: "r", Points: points, Per: per, Measure: measure, Steps: steps}
	}
	for name, c := range map[string]struct {
		rate   earning.Rate
		pay    int64
		want   int64
		byLine []int64
	}{
		"exact":                 {rate(5, euros(10), "", earning.NoSteps), 0, 52, []int64{13, 12, 27}},
		"in steps of the order": {rate(5, euros(10), "", earning.StepsByOrder), 0, 50, []int64{12, 12, 26}},
		"in steps of lines":     {rate(5, euros(10), "", earning.StepsByLine), 0, 45, []int64{10, 10, 25}},
		"steps, half paid":      {rate(5, euros(10), "", earning.StepsByOrder), 5250, 25, []int64{6, 6, 13}},
		"nights":                {rate(500, euros(1), "nights", earning.NoSteps), 0, 1500, []int64{1500, 0, 0}},
		"nights, half paid":     {rate(500, euros(1), "nights", earning.NoSteps), 5250, 750, []int64{750, 0, 0}},
		"litres in full tens":   {rate(3, euros(10), "litres", earning.StepsByLine), 0, 12, []int64{0, 12, 0}},
		"pieces":                {rate(2, euros(1), "quantity", earning.NoSteps), 0, 9, []int64{6, 2, 1}},
		"whole pieces":          {rate(2, euros(1), "quantity", earning.StepsByLine), 0, 8, []int64{6, 2, 0}},
		"all pieces, whole":     {rate(2, euros(1), "quantity", earning.StepsByOrder), 0, 8, []int64{5, 2, 1}},
		"what is not there":     {rate(2, euros(1), "miles", earning.StepsByOrder), 0, 0, []int64{0, 0, 0}},
	} {
		o := order(c.pay)
		a, err := compiled(t, earning.Version{Rates: []earning.Rate{c.rate}}).Explain(&o)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, a.Granted, name)
		assert.Equal(t, c.byLine, a.ByLine, name)
	}
}

// Points beyond all there can be are an error where measures bring them too.
func TestMeasuresBeyondAllPoints(t *testing.T) {
	t.Parallel()
	e := compiled(t, earning.Version{Rates: []earning.Rate{
		{Rule: "a", Points: 1<<53 - 1, Per: decimal.New(1, -9), Measure: "quantity"},
		{Rule: "b", Points: 1<<53 - 1, Per: decimal.New(1, -9), Measure: "quantity", Steps: earning.StepsByOrder},
	}})
	most := decimal.RequireFromString("999999999.999999999")
	_, err := e.Quote(&earning.Order{At: at(1), Lines: []earning.OrderLine{{Quantity: &most}, {Quantity: &most}}})
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// A basket shows what each line earns, by which rules, and which is out.
func TestAwardsOfLines(t *testing.T) {
	t.Parallel()
	e := compiled(t, earning.Version{
		Exclusions:  []earning.Exclusion{{Rule: "gold", Lines: only("gift card"), When: earning.Condition{Tiers: []string{"gold"}}}, {Rule: "no cards", Lines: only("gift card")}},
		Rates:       []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}, {Rule: "tea", Points: 1, Per: euros(1), Lines: only("tea")}},
		Multipliers: []earning.Multiplier{{Rule: "double", Factor: euros(2)}, {Rule: "wine", Factor: euros(3), Exclusive: true, Lines: only("wine")}},
		Bonuses:     []earning.Bonus{{Rule: "bonus", Points: 10, Lines: only("tea", "wine")}, {Rule: "far", Points: 10, When: earning.Condition{MinTotal: new(euros(500))}}},
		Goals:       []earning.Goal{{Rule: "goal", Target: 1, Points: 5}},
	})
	o := earning.Order{At: at(1), Amount: euros(75), PayPoints: 750, Lines: []earning.OrderLine{lineOf("tea", 2000), lineOf("wine", 3000), lineOf("gift card", 2000)}}
	o.Lines[1].ID = "w"
	got, err := e.Lines(&o)
	require.NoError(t, err)
	assert.Equal(t, []earning.LineAward{
		{ID: "1", Amount: 2000, Cash: 1800, Points: 76, Rules: []string{"base", "tea", "double", "bonus"}},
		{ID: "w", Amount: 3000, Cash: 2700, Points: 87, Rules: []string{"base", "wine", "bonus"}},
		{ID: "3", Amount: 2000, Cash: 1800, Excluded: "no cards"},
		{Amount: 500, Cash: 450, Points: 9, Rules: []string{"base", "double"}},
	}, got)
	a, err := e.Explain(&o)
	require.NoError(t, err)
	assert.Equal(t, []int64{76, 87, 0, 9}, a.ByLine)
	assert.Equal(t, int64(172), a.Earned())

	got, err = e.Lines(&earning.Order{At: at(1), Amount: euros(3)})
	require.NoError(t, err)
	assert.Equal(t, []earning.LineAward{{Amount: 300, Cash: 300, Points: 6, Rules: []string{"base", "double"}}}, got)
	all := compiled(t, earning.Version{Exclusions: []earning.Exclusion{{Rule: "all", Lines: only("tea"), Scope: earning.WholeOrder}}})
	got, err = all.Lines(&earning.Order{At: at(1), Amount: euros(30), Lines: o.Lines[:2]})
	require.NoError(t, err)
	assert.Equal(t, []string{"all", "all"}, []string{got[0].Excluded, got[1].Excluded})
	for _, bad := range []earning.Order{{}, {At: at(1), Tags: []earning.Tag{{}}}, {At: at(1), PayPoints: 1}} {
		_, err = e.Lines(&bad)
		require.Error(t, err)
		_, want := e.Quote(&bad)
		assert.Equal(t, want, err)
	}
	_, err = compiled(t, earning.Version{From: day(9)}).Lines(&o)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	huge := compiled(t, earning.Version{Rates: []earning.Rate{{Rule: "r", Points: 1<<53 - 1, Per: decimalOf(1)}}, Goals: []earning.Goal{{Rule: "g", Count: earning.CountSpend, Target: 1, Points: 1 << 52, Repeat: true}}})
	_, err = huge.Lines(&o)
	require.ErrorIs(t, err, relmark.ErrLimit)
	huge = compiled(t, earning.Version{Rates: []earning.Rate{{Rule: "r", Points: 1<<53 - 1, Per: decimalOf(1)}}})
	_, err = huge.Lines(&o)
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// Equal lines in another order, and a line in two, earn the same, and share the points in
// another order, but where steps or whole cents of a split tell them apart.
func TestLinesMayBeMovedAndSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, o := drawRules(t), drawLines(t)
		v := &r.Versions[0]
		for i := range v.Rates {
			if v.Rates[i].Steps == earning.StepsByLine {
				v.Rates[i].Steps = earning.NoSteps
				v.Rates[i].Per = euros(1)
			}
		}
		sum := decimal.Decimal{}
		for _, l := range o.Lines {
			sum = sum.Add(l.Amount)
		}
		if o.PayPoints = 0; o.Amount.LessThan(sum) {
			o.Amount = sum
		}
		e, err := earning.Compile(r)
		require.NoError(t, err)
		was, err := e.Earn(&o, nil)
		require.NoError(t, err)
		award := func(o *earning.Order) earning.Award {
			out, err := e.Earn(o, nil)
			require.NoError(t, err)
			out.Award.Grants = nil
			return out.Award
		}
		figures := func(a earning.Award) []int64 {
			return []int64{a.Product, a.Bonus, a.GoalBonus, a.Granted, a.Qualifying, a.BaseNum, a.BaseDen}
		}
		moved := o
		moved.Lines = rapid.Permutation(o.Lines).Draw(t, "moved")
		require.Equal(t, figures(was.Award), figures(award(&moved)))
		if len(o.Lines) == 0 {
			return
		}
		cut := o
		i := rapid.IntRange(0, len(o.Lines)-1).Draw(t, "line")
		if half := o.Lines[i]; half.Amount.Shift(2).IntPart()%2 == 0 {
			two := decimal.New(2, 0)
			halve := func(d decimal.Decimal) decimal.Decimal { return d.DivRound(two, 9) } // exactly
			quantity := decimal.New(1, 0)
			if half.Quantity != nil {
				quantity = *half.Quantity
			}
			half.Amount, half.Quantity = halve(half.Amount), new(halve(quantity))
			half.Measures = slices.Clone(half.Measures)
			for k := range half.Measures {
				half.Measures[k].Value = halve(half.Measures[k].Value)
			}
			cut.Lines = slices.Concat(o.Lines[:i], []earning.OrderLine{half, half}, o.Lines[i+1:])
			require.Equal(t, figures(was.Award), figures(award(&cut)))
		}
	})
}

// FuzzLines: no basket that can be read panics, what is quoted is explained, and what lines
// earn adds up.
func FuzzLines(f *testing.F) {
	f.Add([]byte(`{"at":"2025-01-11T12:00:00Z","amount":"60.00","pay_points":7,"lines":[{"amount":"30.00","category":"tea","item":"A","tags":["bio"],"quantity":"1.5","measures":[{"name":"miles","value":"7.125"}]},{"id":"x","amount":"40.00"}]}`), uint64(1))
	f.Add([]byte(`{"at":"2025-01-11T12:00:00Z","amount":"90071992547409.91","lines":[{"amount":"0.01","quantity":"0.000000001"}]}`), uint64(9))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		var o earning.Order
		if json.Unmarshal(data, &o) != nil || len(o.Lines) > 100 {
			return
		}
		rules := rapid.Custom(drawRules).Example(int(seed % 1000))
		e, err := earning.Compile(rules)
		require.NoError(t, err)
		quote, err := e.Quote(&o)
		explained, errExplained := e.Explain(&o)
		lines, errLines := e.Lines(&o)
		require.Equal(t, err, errExplained)
		require.Equal(t, err, errLines)
		if err != nil {
			return
		}
		require.Equal(t, quote.Granted, explained.Granted)
		points, amount := int64(0), int64(0)
		for _, l := range lines {
			points, amount = points+l.Points, amount+l.Amount
		}
		require.Equal(t, explained.Earned(), points)
		require.Equal(t, money.Decimal(amount, 2).String(), o.Amount.Round(2).String())
	})
}
