package earning_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// What property tests find in some of their runs, found in each.

// More points than there can be are an error, wherever they arise, and never 0.
func TestOverflowsAreErrors(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	rate := func(n int64) []earning.Rate { return []earning.Rate{{Rule: "base", Points: n, Per: decimalOf(1)}} }
	twice := []earning.Multiplier{{Rule: "double", Factor: euros(2)}}
	for name, c := range map[string]struct {
		rules earning.Version
		cents int64
		want  int64 // 0 is an error
	}{
		"all there can be":             {earning.Version{Rates: rate(most)}, 1, most},
		"past 2^53 by the rate":        {earning.Version{Rates: rate(most)}, 2, 0},
		"past int64 by the rate":       {earning.Version{Rates: rate(1 << 52)}, 1 << 20, 0},
		"past int64 by the factor":     {earning.Version{Rates: rate(1 << 51), Multipliers: twice}, 1 << 11, 0},
		"past 2^53 by the factor":      {earning.Version{Rates: rate(1 << 51), Multipliers: twice}, 3, 0},
		"base past 2^53, nothing left": {earning.Version{Rates: rate(most), Multipliers: []earning.Multiplier{{Rule: "none"}}}, 2, 0},
		"base past int64, nothing":     {earning.Version{Rates: rate(1 << 52), Multipliers: []earning.Multiplier{{Rule: "none"}}}, 1 << 20, 0},
		"past 2^53 by a bonus":         {earning.Version{Rates: rate(most - 5), Bonuses: []earning.Bonus{{Rule: "b", Points: 6}}}, 1, 0},
		"just within, with a bonus":    {earning.Version{Rates: rate(most - 5), Bonuses: []earning.Bonus{{Rule: "b", Points: 5}}}, 1, most},
		"past 2^53 by a goal":          {earning.Version{Rates: rate(most), Goals: []earning.Goal{{Rule: "g", Target: 1, Points: 1}}}, 1, 0},
		"past 2^53 by a goal, often":   {earning.Version{Goals: []earning.Goal{{Rule: "g", Count: earning.CountSpend, Target: 1, Points: 1 << 52, Repeat: true}}}, 2, 0},
		"past int64 by a goal, often":  {earning.Version{Goals: []earning.Goal{{Rule: "g", Count: earning.CountSpend, Target: 1, Points: 1 << 52, Repeat: true}}}, 1 << 20, 0},
		"past 2^53 under a cap":        {earning.Version{Rates: rate(most), Caps: []earning.Cap{{Per: earning.PerOrder, Points: 10}}}, 2, 0},
	} {
		e := compiled(t, c.rules)
		order := earning.Order{At: at(1), Amount: decimalOf(c.cents)}
		out, err := e.Earn(&order, nil)
		award, errQuote := e.Quote(&order)
		judged := earning.Award{Version: "before"}
		_, errJudge := e.Judge(&judged, &earning.Facts{Date: day(1), Total: c.cents, Cash: c.cents}, new(member))
		if c.want == 0 {
			require.ErrorIs(t, err, relmark.ErrLimit, name)
			require.ErrorIs(t, errQuote, relmark.ErrLimit, name)
			require.ErrorIs(t, errJudge, relmark.ErrLimit, name)
			assert.Equal(t, earning.Award{Version: "before"}, judged, name)
			assert.Zero(t, out, name)
			assert.Zero(t, award, name)
			continue
		}
		require.NoError(t, err, name)
		require.NoError(t, errQuote, name)
		require.NoError(t, errJudge, name)
		assert.Equal(t, c.want, out.Award.Granted, name)
		assert.Equal(t, c.want, judged.Granted, name)
		assert.Equal(t, c.want, award.Granted, name)
	}
}

// All rules of a version count, also beyond the bits of a word, and each explains its
// part.
func TestMoreThan64RulesOfAKind(t *testing.T) {
	t.Parallel()
	for _, n := range []int{63, 64, 65, 128, 129, 1000} {
		var v earning.Version
		for i := range n {
			v.Rates = append(v.Rates, earning.Rate{Rule: fmt.Sprint("r", i), Points: 1, Per: euros(1)})
			v.Multipliers = append(v.Multipliers, earning.Multiplier{Rule: fmt.Sprint("m", i), Factor: decimal.New(11, -1)})
			v.Bonuses = append(v.Bonuses, earning.Bonus{Rule: fmt.Sprint("b", i), Points: int64(i + 1)})
		}
		e := compiled(t, v)
		award := earned(t, e, earning.Order{Amount: euros(10)})
		base, bonus := int64(10*n), int64(n*(n+1)/2)
		assert.Equal(t, base, award.Qualifying, n)
		assert.Equal(t, base+base*int64(n)/10, award.Product, n)
		assert.Equal(t, bonus, award.Bonus, n)
		require.Len(t, award.Grants, 3*n)
		for i, g := range award.Grants {
			switch k := i % n; i / n {
			case 0:
				assert.Equal(t, earning.Grant{Rule: fmt.Sprint("r", k), Points: 10}, g)
			case 1:
				assert.Equal(t, earning.Grant{Rule: fmt.Sprint("m", k), Points: base / 10}, g)
			case 2:
				assert.Equal(t, earning.Grant{Rule: fmt.Sprint("b", k), Points: int64(k + 1)}, g)
			}
		}
	}
}

// The exclusive multiplier of the highest priority wins wherever it stands, and names
// all that gave way.
func TestTheLastOf130MultipliersWins(t *testing.T) {
	t.Parallel()
	v := earning.Version{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}}
	for i := range 130 {
		v.Multipliers = append(v.Multipliers, earning.Multiplier{Rule: fmt.Sprint("m", i), Factor: euros(2), Exclusive: true, Priority: i})
	}
	award := earned(t, compiled(t, v), earning.Order{Amount: euros(7)})
	require.Len(t, award.Grants, 2)
	assert.Equal(t, "m129", award.Grants[1].Rule)
	assert.Equal(t, int64(7), award.Grants[1].Points)
	assert.Len(t, award.Grants[1].Suppressed, 129)
	assert.Equal(t, int64(14), award.Granted)
}

// Each version is its own: an order is judged by that of its date, whichever stands
// first, and one that no version covers by none.
func TestEachVersionIsCompiled(t *testing.T) {
	t.Parallel()
	rules := func(from, to, n int) earning.Version {
		return earning.Version{
			Name: fmt.Sprint(n), From: day(from), To: day(to),
			Rates:       []earning.Rate{{Rule: "base", Points: int64(n), Per: euros(1)}},
			Multipliers: []earning.Multiplier{{Rule: "gold", Factor: euros(int64(n)), When: earning.Condition{Tiers: []string{"gold"}}}},
			Bonuses:     []earning.Bonus{{Rule: "shop", Points: int64(n), When: earning.Condition{MinTotal: new(euros(int64(n)))}}},
			Caps:        []earning.Cap{{Per: earning.PerOrder, Points: int64(100 * n)}},
		}
	}
	for _, versions := range [][]earning.Version{
		{rules(0, 9, 2), rules(10, 19, 3), rules(20, 29, 5)},
		{rules(20, 29, 5), rules(10, 19, 3), rules(0, 9, 2)},
	} {
		e := compiled(t, versions...)
		for n, c := range map[int]struct{ plain, gold, capped int64 }{
			0: {22, 42, 200}, 9: {22, 42, 200}, 10: {33, 93, 300}, 19: {33, 93, 300}, 20: {55, 255, 500}, 29: {55, 255, 500},
		} {
			for tier, want := range map[string]int64{"": c.plain, "gold": c.gold} {
				award, err := e.Quote(&earning.Order{At: at(n), Amount: euros(10), Tier: tier})
				require.NoError(t, err)
				assert.Equal(t, want, award.Granted, "day %d, %s", n, tier)
			}
			award, err := e.Quote(&earning.Order{At: at(n), Amount: euros(1000), Tier: "gold"})
			require.NoError(t, err)
			assert.Equal(t, c.capped, award.Granted)
		}
		for _, n := range []int{-1, 30} {
			_, err := e.Quote(&earning.Order{At: at(n), Amount: euros(10)})
			require.ErrorIs(t, err, relmark.ErrInvalid)
		}
	}
}

// What a warning sees of lists: being one of some implies being one of more, and of
// anything; being of anything implies nothing.
func TestWarningsOfLists(t *testing.T) {
	t.Parallel()
	none, one, two, other := []string(nil), []string{"a"}, []string{"a", "b"}, []string{"c"}
	for _, c := range []struct {
		rule, winner []string
		shadowed     bool
	}{
		{none, none, true},
		{none, one, false},
		{one, none, true},
		{one, one, true},
		{one, two, true},
		{two, one, false},
		{two, two, true},
		{one, other, false},
		{two, other, false},
		{two, none, true},
	} {
		for kind, condition := range map[string]func(list []string) earning.Condition{
			"tiers":      func(list []string) earning.Condition { return earning.Condition{Tiers: list} },
			"categories": func(list []string) earning.Condition { return earning.Condition{Categories: list} },
			"values":     func(list []string) earning.Condition { return earning.Condition{Tag: "t", Values: list} },
		} {
			e := compiled(t, earning.Version{
				Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}},
				Multipliers: []earning.Multiplier{
					{Rule: "rule", Factor: euros(2), When: condition(c.rule)},
					{Rule: "winner", Factor: euros(3), Exclusive: true, When: condition(c.winner)},
				},
			})
			assert.Equal(t, c.shadowed, len(e.Warnings()) == 1, "%s %v in %v", kind, c.rule, c.winner)
		}
	}
}

// What a warning sees of dates, totals and tags.
func TestWarningsOfBounds(t *testing.T) {
	t.Parallel()
	never := relmark.Date{}
	for name, c := range map[string]struct {
		rule, winner earning.Condition
		shadowed     bool
	}{
		"from":         {earning.Condition{From: day(1)}, earning.Condition{From: day(0)}, true},
		"same from":    {earning.Condition{From: day(1)}, earning.Condition{From: day(1)}, true},
		"later winner": {earning.Condition{From: day(1)}, earning.Condition{From: day(2)}, false},
		"open from":    {earning.Condition{From: never}, earning.Condition{From: day(2)}, false},
		"to":           {earning.Condition{To: day(1)}, earning.Condition{To: day(2)}, true},
		"same to":      {earning.Condition{To: day(1)}, earning.Condition{To: day(1)}, true},
		"earlier":      {earning.Condition{To: day(1)}, earning.Condition{To: day(0)}, false},
		"open to":      {earning.Condition{To: never}, earning.Condition{To: day(0)}, false},
		"open winner":  {earning.Condition{To: day(1)}, earning.Condition{}, true},
		"least":        {earning.Condition{MinTotal: new(euros(10))}, earning.Condition{MinTotal: new(euros(9))}, true},
		"more":         {earning.Condition{MinTotal: new(euros(10))}, earning.Condition{MinTotal: new(euros(11))}, false},
		"most":         {earning.Condition{MaxTotal: new(euros(10))}, earning.Condition{MaxTotal: new(euros(11))}, true},
		"less":         {earning.Condition{MaxTotal: new(euros(10))}, earning.Condition{MaxTotal: new(euros(9))}, false},
		"weekdays":     {earning.Condition{Weekdays: []time.Weekday{1}}, earning.Condition{Weekdays: []time.Weekday{1, 2}}, true},
		"other days":   {earning.Condition{Weekdays: []time.Weekday{3}}, earning.Condition{Weekdays: []time.Weekday{1, 2}}, false},
		"tag":          {earning.Condition{Tag: "a"}, earning.Condition{Tag: "a"}, true},
		"other tag":    {earning.Condition{Tag: "a"}, earning.Condition{Tag: "b"}, false},
		"no tag":       {earning.Condition{}, earning.Condition{Tag: "b"}, false},
		"any":          {earning.Condition{}, earning.Condition{Any: []earning.Condition{{}}}, false}, // is not looked into
		"not":          {earning.Condition{}, earning.Condition{Not: []earning.Condition{{Tag: "x"}}}, false},
	} {
		e := compiled(t, earning.Version{
			Multipliers: []earning.Multiplier{{Rule: "rule", Factor: euros(2), When: c.rule}, {Rule: "winner", Factor: euros(3), Exclusive: true, When: c.winner}},
		})
		got := e.Warnings()
		assert.Equal(t, c.shadowed, len(got) == 1, name)
		if c.shadowed {
			assert.Equal(t, []earning.Warning{{Rule: "rule", Kind: earning.Shadowed, By: "winner"}}, got)
		}
	}
}

// Among exclusive multipliers the higher priority wins, then the first.
func TestWarningsOfPriorities(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, second earning.Multiplier
		want          []earning.Warning
	}{
		"higher second": {earning.Multiplier{Exclusive: true, Priority: 1}, earning.Multiplier{Exclusive: true, Priority: 2}, []earning.Warning{{Rule: "a", Kind: earning.Shadowed, By: "b"}}},
		"higher first":  {earning.Multiplier{Exclusive: true, Priority: 2}, earning.Multiplier{Exclusive: true, Priority: 1}, []earning.Warning{{Rule: "b", Kind: earning.Shadowed, By: "a"}}},
		"equal":         {earning.Multiplier{Exclusive: true, Priority: 1}, earning.Multiplier{Exclusive: true, Priority: 1}, []earning.Warning{{Rule: "b", Kind: earning.Shadowed, By: "a"}}},
		"plain second":  {earning.Multiplier{Exclusive: true}, earning.Multiplier{Priority: 9}, []earning.Warning{{Rule: "b", Kind: earning.Shadowed, By: "a"}}},
		"neither":       {earning.Multiplier{Priority: 1}, earning.Multiplier{Priority: 2}, nil},
	} {
		c.first.Rule, c.first.Factor, c.second.Rule, c.second.Factor = "a", euros(2), "b", euros(3)
		e := compiled(t, earning.Version{
			Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}, Multipliers: []earning.Multiplier{c.first, c.second},
		})
		assert.Equal(t, c.want, e.Warnings(), name)
		// And what is warned of is what happens.
		award := earned(t, e, earning.Order{Amount: euros(10)})
		if len(c.want) == 1 {
			require.Len(t, award.Grants, 2, name)
			assert.Equal(t, c.want[0].By, award.Grants[1].Rule, name)
			assert.Equal(t, []string{c.want[0].Rule}, award.Grants[1].Suppressed, name)
		}
	}
}

// Bounds of totals may be 0, and lie between two minor units.
func TestTotalsAtTheirBounds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		when  earning.Condition
		cents int64
		want  bool
	}{
		"at least nothing":           {earning.Condition{MinTotal: new(decimal.Decimal{})}, 0, true},
		"at most nothing":            {earning.Condition{MaxTotal: new(decimal.Decimal{})}, 0, true},
		"at most nothing, something": {earning.Condition{MaxTotal: new(decimal.Decimal{})}, 1, false},
		"at least, exactly":          {earning.Condition{MinTotal: new(decimalOf(500))}, 500, true},
		"at least, one less":         {earning.Condition{MinTotal: new(decimalOf(500))}, 499, false},
		"at most, exactly":           {earning.Condition{MaxTotal: new(decimalOf(500))}, 500, true},
		"at most, one more":          {earning.Condition{MaxTotal: new(decimalOf(500))}, 501, false},
		"at least half a cent more":  {earning.Condition{MinTotal: new(decimal.New(5005, -3))}, 500, false},
		"and the next cent":          {earning.Condition{MinTotal: new(decimal.New(5005, -3))}, 501, true},
		"at most half a cent more":   {earning.Condition{MaxTotal: new(decimal.New(5005, -3))}, 500, true},
		"and the next cent, most":    {earning.Condition{MaxTotal: new(decimal.New(5005, -3))}, 501, false},
	} {
		e := compiled(t, earning.Version{Bonuses: []earning.Bonus{{Rule: "b", Points: 5, When: c.when}}})
		assert.Equal(t, c.want, earned(t, e, earning.Order{Amount: decimalOf(c.cents)}).Bonus == 5, name)
	}
}

// What each rule contributes, by hand: of base 100, a factor of 2 adds 100, and one of
// 1.5 half of the base where excesses add up, and half of 200 where factors multiply.
func TestSharesByHand(t *testing.T) {
	t.Parallel()
	factors := func(list ...int64) (m []earning.Multiplier) {
		for i, n := range list {
			m = append(m, earning.Multiplier{Rule: fmt.Sprint("m", i), Factor: decimal.New(n, -2)})
		}
		return m
	}
	for name, c := range map[string]struct {
		stacking    earning.Stacking
		multipliers []earning.Multiplier
		want        []int64 // of the rate, then of the multipliers
	}{
		"none":                 {earning.Additive, nil, []int64{100}},
		"two, adding up":       {earning.Additive, factors(200, 150), []int64{100, 100, 50}},
		"two, compounding":     {earning.Compounding, factors(200, 150), []int64{100, 100, 100}},
		"three, compounding":   {earning.Compounding, factors(200, 150, 300), []int64{100, 100, 100, 600}},
		"and less, adding up":  {earning.Additive, factors(200, 50), []int64{100, 100, -50}},
		"and less, multiplied": {earning.Compounding, factors(200, 50), []int64{100, 100, -100}},
		"one of 1":             {earning.Compounding, factors(100, 200), []int64{100, 0, 100}},
		"nothing left":         {earning.Additive, factors(0), []int64{0, 0}},
		"less than nothing":    {earning.Additive, factors(0, 0), []int64{0, 0, 0}},
		"a half and a half":    {earning.Additive, factors(50, 50), []int64{0, 0, 0}},
		"nothing, multiplied":  {earning.Compounding, factors(0, 300), []int64{0, 0, 0}},
	} {
		e := compiled(t, earning.Version{Stacking: c.stacking, Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}, Multipliers: c.multipliers})
		award := earned(t, e, earning.Order{Amount: euros(100)})
		var got []int64
		sum := int64(0)
		for _, g := range award.Grants {
			got = append(got, g.Points)
			sum += g.Points
		}
		assert.Equal(t, c.want, got, name)
		assert.Equal(t, award.Granted, sum, name)
		assert.Equal(t, int64(100), award.Qualifying, name)
	}
}

// Fractions come out in lowest terms.
func TestFractionsOfAnAward(t *testing.T) {
	t.Parallel()
	e := compiled(t, earning.Version{
		Rates:       []earning.Rate{{Rule: "a", Points: 1, Per: euros(2)}, {Rule: "b", Points: 1, Per: euros(6)}},
		Multipliers: []earning.Multiplier{{Rule: "m", Factor: decimal.New(15, -1)}},
	})
	award := earned(t, e, earning.Order{Amount: euros(30)})
	assert.Equal(t, []int64{20, 1, 3, 2}, []int64{award.BaseNum, award.BaseDen, award.FactorNum, award.FactorDen}, "2/3 a euro, by 1.5")
	assert.Equal(t, int64(30), award.Granted)
	assert.Equal(t, int64(20), award.Qualifying)
}

// An exclusive multiplier stands alone, wherever it is in the list.
func TestExclusiveMultipliersStandAlone(t *testing.T) {
	t.Parallel()
	alone := earning.Multiplier{Rule: "alone", Factor: euros(3), Exclusive: true}
	others := []earning.Multiplier{{Rule: "a", Factor: euros(2)}, {Rule: "b", Factor: euros(5)}}
	for _, stacking := range []earning.Stacking{earning.Additive, earning.Compounding} {
		for i := range 3 {
			list := slices.Insert(slices.Clone(others), i, alone)
			e := compiled(t, earning.Version{Stacking: stacking, Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}, Multipliers: list})
			award := earned(t, e, earning.Order{Amount: euros(10)})
			assert.Equal(t, int64(30), award.Granted, "at %d", i)
			assert.Equal(t, []earning.Grant{{Rule: "base", Points: 10}, {Rule: "alone", Points: 20, Suppressed: []string{"a", "b"}}}, award.Grants)
		}
	}
}

// Factors that multiply are exact where their denominators are as large as they may be.
func TestFactorsWithLargeDenominators(t *testing.T) {
	t.Parallel()
	e := compiled(t, earning.Version{
		Stacking: earning.Compounding, Rates: []earning.Rate{{Rule: "base", Points: 10, Per: decimalOf(1)}},
		Multipliers: []earning.Multiplier{
			{Rule: "a", Factor: decimal.New(1001, -3)}, {Rule: "b", Factor: decimal.New(1003, -3)}, {Rule: "c", Factor: decimal.New(1007, -3)},
		},
	})
	award := earned(t, e, earning.Order{Amount: euros(1_000_000)})
	assert.Equal(t, int64(1_011_031_021), award.Product, "10^9 points by 1.011031021")
	assert.Equal(t, []int64{1_011_031_021, 1_000_000_000}, []int64{award.FactorNum, award.FactorDen})
}

// What is just allowed.
func TestTheLastThatIsAllowed(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	for name, v := range map[string]earning.Version{
		"rate":   {Rates: []earning.Rate{{Rule: "r", Points: most, Per: decimalOf(1)}}},
		"bonus":  {Bonuses: []earning.Bonus{{Rule: "b", Points: most}}},
		"goal":   {Goals: []earning.Goal{{Rule: "g", Target: most, Points: most}}},
		"cap":    {Caps: []earning.Cap{{Per: earning.PerLife, Points: most}, {Per: earning.PerLife}}},
		"budget": {Budgets: []earning.Cap{{Per: earning.PerLife, Points: most}, {Per: earning.PerLife}}},
		"factor": {Multipliers: []earning.Multiplier{{Rule: "m", Factor: decimal.New(1, -9)}, {Rule: "n"}}},
		"name":   {Name: strings.Repeat("n", 200)},
		"a day":  {From: day(0), To: day(0)},
		"days":   {Bonuses: []earning.Bonus{{Rule: "b", Points: 1, When: earning.Condition{From: day(0), To: day(0), Weekdays: make([]time.Weekday, 7)}}}},
		"lists":  {Bonuses: []earning.Bonus{{Rule: "b", Points: 1, When: earning.Condition{Tiers: make([]string, 1000), Any: make([]earning.Condition, 1000)}}}},
	} {
		require.NoError(t, complete(earning.Rules{Versions: []earning.Version{v}}).Validate(), name)
	}
	for digits := range 10 {
		r := complete(earning.Rules{})
		r.Digits = digits
		require.NoError(t, r.Validate())
	}
	r := complete(earning.Rules{})
	r.PointValue = decimalOf(1)
	e, err := earning.Compile(r)
	require.NoError(t, err)
	worth, err := e.Worth(most)
	require.NoError(t, err)
	assert.Equal(t, int64(most), worth)
	minor, err := e.Minor("Amount", decimalOf(most), "")
	require.NoError(t, err)
	assert.Equal(t, int64(most), minor)

	// Points may pay for all of an order, which earns nothing then.
	out, err := e.Earn(&earning.Order{At: at(1), Amount: euros(10), PayPoints: 1000}, nil)
	require.NoError(t, err)
	assert.Equal(t, int64(1000), out.PaidValue)
	assert.Zero(t, out.Facts.Cash)
	assert.Zero(t, out.Award.Granted)
	_, err = e.Earn(&earning.Order{At: at(1), Amount: euros(10), PayPoints: 1001}, nil)
	assert.Equal(t, &earning.RefusedError{Reason: earning.ExceedsPayable}, err)

	// One budget is enough to be asked for.
	e = compiled(t, earning.Version{Budgets: []earning.Cap{{Per: earning.PerLife, Points: 1}}})
	_, err = e.Quote(&earning.Order{At: at(1)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = e.Quote(&earning.Order{At: at(1), Budget: new(int64)})
	require.NoError(t, err, "0 left is an answer")
}
