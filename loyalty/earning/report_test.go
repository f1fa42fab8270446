package earning_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/earning"
)

// What no line can be, or what an exclusion takes out, is warned of.
func TestWarningsOfLines(t *testing.T) {
	t.Parallel()
	cards := only("gift card")
	never := earning.Selector{Categories: []string{"a"}, Tags: []string{"b"}, Exclude: earning.Features{Categories: []string{"a", "c"}, Tags: []string{"b"}}}
	v := earning.Version{
		Exclusions: []earning.Exclusion{{Rule: "no cards", Lines: cards}, {Rule: "no gold cards", Lines: only("gold"), When: earning.Condition{Tiers: []string{"gold"}}}, {Rule: "none", Lines: never}},
		Rates: []earning.Rate{
			{Rule: "base", Points: 1, Per: euros(1)},
			{Rule: "cards", Points: 1, Per: euros(1), Lines: cards},
			{Rule: "red cards", Points: 1, Per: euros(1), Lines: earning.Selector{Categories: []string{"gift card"}, Exclude: earning.Features{Tags: []string{"blue"}}}},
			{Rule: "cards and more", Points: 1, Per: euros(1), Lines: only("gift card", "tea")},
			{Rule: "gold", Points: 1, Per: euros(1), Lines: only("gold")},
		},
		Multipliers: []earning.Multiplier{
			{Rule: "with cards", Factor: euros(2), When: earning.Condition{Categories: []string{"gift card"}}},
			{Rule: "tea", Factor: euros(2), Lines: only("tea"), When: earning.Condition{MinTotal: new(euros(5))}},
			{Rule: "all", Factor: euros(3), Exclusive: true, When: earning.Condition{MinTotal: new(euros(5))}},
			{Rule: "wine", Factor: euros(4), Exclusive: true, Priority: 1, Lines: only("wine"), When: earning.Condition{MaxTotal: new(euros(5))}},
			{Rule: "red wine", Factor: euros(2), Lines: earning.Selector{Categories: []string{"wine"}, Exclude: earning.Features{Tags: []string{"white"}}}, When: earning.Condition{MaxTotal: new(euros(5))}},
		},
		Bonuses:    []earning.Bonus{{Rule: "bonus", Points: 5, Lines: never}, {Rule: "card bonus", Points: 5, Lines: cards}},
		Goals:      []earning.Goal{{Rule: "goal", Target: 1, Points: 5, Lines: cards}},
		Activities: []earning.ActivityRule{{Rule: "visit", Kind: "visit", Points: new(int64(90))}, {Rule: "late", Kind: "late", When: earning.Condition{From: day(9)}}},
		Caps:       []earning.Cap{{Per: earning.PerOrder, Points: 4}, {Per: earning.PerDay, Points: 80}},
		To:         day(5),
	}
	v.Bonuses[1].Points, v.Goals[0].Points = 1, 1
	assert.Equal(t, []earning.Warning{
		{0, "none", earning.Unreachable, ""},
		{0, "cards", earning.Excluded, "no cards"},
		{0, "red cards", earning.Excluded, "no cards"},
		{0, "with cards", earning.Excluded, "no cards"},
		{0, "tea", earning.Shadowed, "all"},
		{0, "goal", earning.Excluded, "no cards"},
		{0, "bonus", earning.Unreachable, ""},
		{0, "card bonus", earning.Excluded, "no cards"},
		{0, "visit", earning.AlwaysCapped, ""},
		{0, "late", earning.Unreachable, ""},
	}, compiled(t, v).Warnings())
}

// Rules that can act on one line are listed in pairs, of a kind.
func TestOverlaps(t *testing.T) {
	t.Parallel()
	gold, silver := earning.Condition{Tiers: []string{"gold"}}, earning.Condition{Tiers: []string{"silver"}}
	v := earning.Version{
		Rates: []earning.Rate{
			{Rule: "base", Points: 1, Per: euros(1)},
			{Rule: "tea", Points: 1, Per: euros(1), Lines: only("tea")},
			{Rule: "wine", Points: 1, Per: euros(1), Lines: only("wine")},
			{Rule: "item", Points: 1, Per: euros(1), Lines: earning.Selector{Items: []string{"A"}, Exclude: earning.Features{Categories: []string{"wine"}}}},
		},
		Multipliers: []earning.Multiplier{
			{Rule: "gold", Factor: euros(2), When: gold},
			{Rule: "silver", Factor: euros(2), When: silver},
			{Rule: "bio", Factor: euros(2), Lines: earning.Selector{Tags: []string{"bio"}}},
			{Rule: "x", Factor: euros(2), Exclusive: true, Lines: only("tea")},
			{Rule: "y", Factor: euros(2), Exclusive: true, Lines: only("tea", "wine")},
			{Rule: "z", Factor: euros(2), Exclusive: true, Priority: 1},
		},
		Bonuses: []earning.Bonus{
			{Rule: "small", Points: 1, When: earning.Condition{MaxTotal: new(euros(10))}},
			{Rule: "large", Points: 1, When: earning.Condition{MinTotal: new(euros(11))}},
			{Rule: "large tea", Points: 1, Lines: only("tea"), When: earning.Condition{MinTotal: new(euros(11))}},
		},
	}
	got := compiled(t, v).Report()
	assert.Equal(t, []earning.Overlap{
		{0, "base", "tea", earning.EarnsTwice},
		{0, "base", "wine", earning.EarnsTwice},
		{0, "base", "item", earning.EarnsTwice},
		{0, "tea", "item", earning.EarnsTwice},
		{0, "gold", "bio", earning.Stacks},
		{0, "silver", "bio", earning.Stacks},
		{0, "x", "y", earning.Ties},
		{0, "small", "large tea", earning.GrantsBoth},
		{0, "large", "large tea", earning.GrantsBoth},
	}, got.Overlaps)
	assert.Equal(t, []earning.Cost{{}}, got.Costs)
	assert.JSONEq(t, `{"version":0,"rule":"base","with":"tea","kind":"earns_twice"}`, marshalled(t, got.Overlaps[0]))
}

// What is said to overlap does so, and what is not does not, on orders that are drawn.
func TestOverlapsAreWhatHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := earning.Version{}
		for _, rule := range []string{"a", "b"} {
			v.Rates = append(v.Rates, earning.Rate{Rule: rule, Points: 1, Per: euros(1), Lines: drawSelector(t)})
		}
		report := compiled(t, v).Report()
		for range 20 {
			o := drawLines(t)
			o.PayPoints, o.Budget = 0, nil
			for _, l := range o.Lines {
				one := earning.Order{At: o.At, Amount: euros(1), Lines: []earning.OrderLine{l}}
				one.Lines[0].Amount = euros(1)
				a, err := compiled(t, v).Explain(&one)
				require.NoError(t, err)
				if len(a.Grants) == 2 {
					require.Len(t, report.Overlaps, 1, "%+v %+v", v, l)
				}
				if len(a.Grants) > 0 && a.Grants[0].Rule == "a" {
					require.NotContains(t, report.Warnings, earning.Warning{Rule: "a", Kind: earning.Unreachable})
				}
			}
		}
	})
}

// The most that a day costs is what caps and budgets leave, in points and in money.
func TestCosts(t *testing.T) {
	t.Parallel()
	worth := func(points int64) *earning.Worth {
		return &earning.Worth{Points: points, Value: decimal.New(points, -2)}
	}
	for name, c := range map[string]struct {
		caps, budgets []earning.Cap
		want          earning.Cost
	}{
		"none":       {nil, nil, earning.Cost{}},
		"by order":   {[]earning.Cap{{Per: earning.PerOrder, Points: 50}}, nil, earning.Cost{Order: worth(50)}},
		"by a month": {[]earning.Cap{{Per: earning.PerOrder, Points: 50}, {Per: earning.PerMonth, Points: 90}, {Per: earning.PerLife, Points: 900}}, nil, earning.Cost{Order: worth(50), Member: worth(90)}},
		"by a day":   {[]earning.Cap{{Per: earning.PerDay, Points: 20}, {Per: earning.PerMonth, Points: 90}}, nil, earning.Cost{Order: worth(20), Member: worth(20)}},
		"by budgets": {[]earning.Cap{{Per: earning.PerYear, Points: 500}}, []earning.Cap{{Per: earning.PerDay, Points: 300}, {Per: earning.PerYear, Points: 9000}}, earning.Cost{Order: worth(300), Member: worth(300), Everyone: worth(300)}},
	} {
		e := compiled(t, earning.Version{Rates: base(), Caps: c.caps, Budgets: c.budgets})
		got := e.Report().Costs
		assert.Equal(t, marshalled(t, []earning.Cost{c.want}), marshalled(t, got), name)
	}
	assert.JSONEq(t, `{"points":50,"value":"0.5"}`, marshalled(t, worth(50)))
}
