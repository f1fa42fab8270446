package earning_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// month returns the number of a month.
func month(year, m int64) int64 { return 12*year + m }

// months are tallies of a month each.
func months(list ...int64) (t []earning.Tally) {
	for _, m := range list {
		t = append(t, earning.Tally{Month: m, Orders: 1})
	}
	return t
}

// mark is a bonus of 10 points that stands on a mark.
func mark(at, every int64) earning.Reached {
	return earning.Reached{Mark: at, Every: every, Times: 1, Each: 10, Points: 10}
}

// ends is a bonus that ends its goal.
func ends(r earning.Reached) earning.Reached {
	r.Final = true
	return r
}

// Goals grant a bonus at their target and another beyond the highest that stands, and end
// where they do not repeat; months need a run on which no bonus stands.
func TestGoalsStepByStep(t *testing.T) {
	t.Parallel()
	jan, feb, mar, dec := month(2025, 1), month(2025, 2), month(2025, 3), month(2024, 12)
	spend, streak := earning.Goal{Count: earning.CountSpend, Target: 1000}, earning.Goal{Count: earning.CountMonths, Target: 3}
	again := func(g earning.Goal) earning.Goal { g.Repeat = true; return g }
	cards := func(n int64) earning.Goal { return earning.Goal{Target: n, Repeat: true} }
	for name, c := range map[string]struct {
		goal   earning.Goal
		before earning.Progress
		cents  int64
		mark   int64 // of the bonus
		times  int64 // 0 if there is none
	}{
		"first order":           {earning.Goal{Target: 3}, earning.Progress{}, 0, 0, 0},
		"reached":               {earning.Goal{Target: 3}, earning.Progress{Count: 2}, 0, 3, 1},
		"done":                  {earning.Goal{Target: 3}, earning.Progress{Count: 8, Bonuses: []earning.Reached{ends(mark(3, 3))}}, 0, 0, 0},
		"done, and repeats now": {cards(3), earning.Progress{Count: 8, Bonuses: []earning.Reached{ends(mark(3, 3))}}, 0, 0, 0},
		"repeats":               {cards(3), earning.Progress{Count: 5, Bonuses: []earning.Reached{mark(3, 3)}}, 0, 6, 1},
		"repeats, not yet":      {cards(3), earning.Progress{Count: 4, Bonuses: []earning.Reached{mark(3, 3)}}, 0, 0, 0},
		"another target":        {cards(2), earning.Progress{Count: 4, Bonuses: []earning.Reached{mark(3, 3)}}, 0, 5, 1},
		"fallen back":           {cards(3), earning.Progress{Count: 2}, 0, 3, 1},
		"kept, not again":       {cards(3), earning.Progress{Count: 2, Bonuses: []earning.Reached{{Mark: 3, Every: 3, Times: 1, Keep: true}}}, 0, 0, 0},
		"several stand":         {cards(3), earning.Progress{Count: 9, Bonuses: []earning.Reached{{Mark: 3, Every: 3, Times: 2}}}, 0, 9, 1},
		"target 1":              {cards(1), earning.Progress{}, 0, 1, 1},
		"several at once":       {cards(1), earning.Progress{Count: 6}, 0, 1, 7},
		"once of several":       {earning.Goal{Target: 1}, earning.Progress{Count: 6}, 0, 1, 1},
		"spend":                 {spend, earning.Progress{Count: 300}, 699, 0, 0},
		"spend reached":         {spend, earning.Progress{Count: 300}, 700, 1000, 1},
		"spend, twice":          {again(spend), earning.Progress{Count: 300}, 1800, 1000, 2},
		"spend, once":           {spend, earning.Progress{Count: 300}, 1800, 1000, 1},
		"spend nothing":         {spend, earning.Progress{Count: 300}, 0, 0, 0},
		"first month":           {streak, earning.Progress{}, 0, 0, 0},
		"same month":            {streak, earning.Progress{Months: months(jan, feb)}, 0, 0, 0},
		"at the start":          {streak, earning.Progress{Months: months(feb, mar)}, 0, jan, 1},
		"in the middle":         {streak, earning.Progress{Months: months(dec, feb)}, 0, dec, 1},
		"at the end":            {streak, earning.Progress{Months: months(dec-1, dec)}, 0, dec - 1, 1},
		"a longer run":          {streak, earning.Progress{Months: months(dec-1, dec, feb, mar)}, 0, dec - 1, 1},
		"a gap":                 {streak, earning.Progress{Months: months(dec-2, dec-1, mar)}, 0, 0, 0},
		"on taken months":       {again(streak), earning.Progress{Months: months(dec-1, dec, jan), Bonuses: []earning.Reached{mark(dec-1, 3)}}, 0, 0, 0},
		"beside taken months":   {again(streak), earning.Progress{Months: months(dec-1, dec), Bonuses: []earning.Reached{mark(dec-2, 3)}}, 0, 0, 0},
		"after taken months":    {again(streak), earning.Progress{Months: months(dec, feb, mar), Bonuses: []earning.Reached{mark(dec-2, 3)}}, 0, jan, 1},
		"the streak is over":    {again(streak), earning.Progress{Months: months(feb, mar), Bonuses: []earning.Reached{ends(mark(dec-9, 3))}}, 0, 0, 0},
	} {
		c.goal.Rule, c.goal.Points, c.before.Rule, c.before.Kind = "g", 10, "g", c.goal.Count
		e := compiled(t, earning.Version{Goals: []earning.Goal{c.goal}})
		m := &member{progress: map[string]earning.Progress{"g": c.before}}
		out, err := e.Earn(&earning.Order{At: at(0), Amount: decimalOf(c.cents)}, m)
		require.NoError(t, err, name)
		counts := int64(1)
		if c.goal.Count == earning.CountSpend {
			counts = c.cents
		}
		want := earning.Step{Rule: "g", Kind: c.goal.Count, Month: jan, Counts: counts}
		if c.times > 0 {
			want.Reached = earning.Reached{Mark: c.mark, Every: c.goal.Target, Times: c.times, Each: 10, Points: 10 * c.times, Final: !c.goal.Repeat}
		}
		assert.Equal(t, []earning.Step{want}, out.Steps, name)
		assert.Equal(t, 10*c.times, out.Award.GoalBonus, name)
		require.NoError(t, out.Steps[0].Validate(), name)
	}
}

// A goal acts on no order that its condition or its selector does not accept, and counts
// of others what is selected.
func TestGoalsActOnLines(t *testing.T) {
	t.Parallel()
	coffee := earning.Selector{Categories: []string{"coffee"}}
	e := compiled(t, earning.Version{
		Exclusions: []earning.Exclusion{{Rule: "out", Lines: earning.Selector{Tags: []string{"sale"}}}},
		Goals: []earning.Goal{
			{Rule: "spend", Count: earning.CountSpend, Target: 1 << 40, Points: 1, Lines: coffee, When: earning.Condition{MinTotal: new(euros(20))}},
			{Rule: "all", Target: 2, Points: 1, Reversal: earning.KeepBonus},
		},
	})
	order := earning.Order{At: at(0), Amount: euros(60), PayPoints: 600, Lines: []earning.OrderLine{
		{Amount: euros(30), Category: "coffee"}, {Amount: euros(10), Category: "tea"}, {Amount: euros(20), Category: "coffee", Tags: []string{"sale"}},
	}}
	out, err := e.Earn(&order, nil)
	require.NoError(t, err)
	assert.Equal(t, []earning.Step{
		{Rule: "spend", Kind: earning.CountSpend, Month: month(2025, 1), MinTotal: 2000, Lines: []int{0}, Counts: 2700},
		{Rule: "all", Month: month(2025, 1), Lines: []int{0, 1}, Counts: 1},
	}, out.Steps)

	half := func(int) *big.Rat { return big.NewRat(1, 2) }
	assert.Equal(t, int64(0), out.Steps[0].Left(&out.Facts, half), "15 euros of coffee are no 20")
	assert.Equal(t, int64(1800), out.Steps[0].Left(&out.Facts, func(int) *big.Rat { return big.NewRat(2, 3) }))
	assert.Equal(t, int64(1), out.Steps[1].Left(&out.Facts, half))
	assert.Equal(t, int64(1), out.Steps[1].Left(&out.Facts, func(line int) *big.Rat { return big.NewRat(int64(line), 1) }))
	assert.Equal(t, int64(0), out.Steps[1].Left(&out.Facts, func(line int) *big.Rat { return big.NewRat(int64(line/2), 1) }))

	order.Lines = order.Lines[2:]
	out, err = e.Earn(&order, nil)
	require.NoError(t, err)
	assert.Equal(t, []int{1}, out.Steps[0].Lines, "the rest alone")

	nested := earning.Condition{Any: []earning.Condition{{MinTotal: new(euros(20))}}}
	e = compiled(t, earning.Version{Goals: []earning.Goal{{Rule: "g", Target: 2, Points: 1, When: nested}}})
	out, err = e.Earn(&earning.Order{At: at(0), Amount: euros(20)}, nil)
	require.NoError(t, err)
	assert.Equal(t, int64(1), out.Steps[0].Left(&out.Facts, half), "a minimum inside a condition is not asked again")
}

// What a ledger does with steps: it counts them, lets bonuses stand and fall.
func TestProgressIsNetOfRefunds(t *testing.T) {
	t.Parallel()
	var p earning.Progress
	s := earning.Step{Rule: "card", Month: month(2025, 1), Counts: 1}
	for range 7 {
		p.Advance(&s, 0, 1)
	}
	kept := mark(2, 2)
	kept.Keep = true
	p.Stand(kept)
	p.Stand(earning.Reached{Mark: 3, Every: 2, Times: 3, Each: 10, Points: 25})
	p.Stand(earning.Reached{})
	assert.Equal(t, int64(7), p.Value())
	assert.Equal(t, int64(4), p.Standing())
	require.NoError(t, p.Validate())
	assert.Empty(t, p.Fall())
	p.Advance(&s, 1, 0)
	assert.Equal(t, []earning.Reached{{Mark: 7, Every: 2, Times: 1, Each: 10, Points: 5}}, p.Fall(), "the last bears the cut")
	for range 6 {
		p.Advance(&s, 1, 0)
	}
	assert.Equal(t, []earning.Reached{{Mark: 3, Every: 2, Times: 2, Each: 10, Points: 20}}, p.Fall())
	assert.Equal(t, earning.Progress{Rule: "card", Bonuses: []earning.Reached{kept}}, p)

	var q earning.Progress
	for _, n := range []int64{3, 1, 2, 2} {
		q.Advance(&earning.Step{Rule: "streak", Kind: earning.CountMonths, Month: n}, 0, 1)
	}
	assert.Equal(t, []earning.Tally{{Month: 1, Orders: 1}, {Month: 2, Orders: 2}, {Month: 3, Orders: 1}}, q.Months)
	assert.Equal(t, int64(3), q.Value())
	q.Stand(mark(1, 2))
	february := earning.Step{Rule: "streak", Kind: earning.CountMonths, Month: 2}
	q.Advance(&february, 1, 0)
	assert.Empty(t, q.Fall())
	q.Advance(&february, 1, 0)
	assert.Equal(t, []earning.Reached{mark(1, 2)}, q.Fall())
	q.Advance(&february, 0, 0)
	assert.Equal(t, months(1, 3), q.Months)
}

// A progress and a step that no orders can have made are refused.
func TestWhatNoOrderCanHaveMade(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]earning.Progress{
		"no name":             {},
		"below 0":             {Rule: "g", Count: -1},
		"beyond all":          {Rule: "g", Count: 1 << 53},
		"of no kind":          {Rule: "g", Kind: "days"},
		"months of orders":    {Rule: "g", Months: months(month(2025, 1))},
		"a count of months":   {Rule: "g", Kind: earning.CountMonths, Count: 1},
		"no month":            {Rule: "g", Kind: earning.CountMonths, Months: months(12)},
		"too late":            {Rule: "g", Kind: earning.CountMonths, Months: months(12*9999 + 13)},
		"out of order":        {Rule: "g", Kind: earning.CountMonths, Months: months(30, 29)},
		"nobody in it":        {Rule: "g", Kind: earning.CountMonths, Months: []earning.Tally{{Month: 30}}},
		"no bonus":            {Rule: "g", Bonuses: []earning.Reached{{}}},
		"no mark":             {Rule: "g", Bonuses: []earning.Reached{mark(0, 1)}},
		"marks on each other": {Rule: "g", Bonuses: []earning.Reached{mark(1, 0)}},
		"marks beyond all":    {Rule: "g", Bonuses: []earning.Reached{{Mark: 1, Every: 1 << 52, Times: 3, Each: 1}}},
		"points beyond all":   {Rule: "g", Bonuses: []earning.Reached{{Mark: 1, Every: 1, Times: 3, Each: 1 << 52}}},
		"more than in all":    {Rule: "g", Bonuses: []earning.Reached{{Mark: 1, Every: 1, Times: 3, Each: 1, Points: 4}}},
		"final, twice":        {Rule: "g", Bonuses: []earning.Reached{{Mark: 1, Every: 1, Times: 2, Each: 1, Final: true}}},
		"a streak, twice":     {Rule: "g", Kind: earning.CountMonths, Bonuses: []earning.Reached{{Mark: 30, Every: 1, Times: 2, Each: 1}}},
		"a streak of no year": {Rule: "g", Kind: earning.CountMonths, Bonuses: []earning.Reached{{Mark: 5, Every: 1, Times: 1, Each: 1}}},
	} {
		require.ErrorIs(t, bad.Validate(), relmark.ErrInvalid, name)
	}
	require.NoError(t, earning.Progress{Rule: "g", Count: 1<<53 - 1, Bonuses: []earning.Reached{mark(1<<53-1, 1)}}.Validate())
	require.NoError(t, earning.Progress{Rule: "g", Kind: earning.CountMonths, Months: months(13, 12*9999+12)}.Validate())
	for name, bad := range map[string]earning.Step{
		"no name":        {Month: 30},
		"no month":       {Rule: "g"},
		"of no kind":     {Rule: "g", Month: 30, Kind: "x"},
		"minimum":        {Rule: "g", Month: 30, MinTotal: -1},
		"two orders":     {Rule: "g", Month: 30, Counts: 2},
		"no positions":   {Rule: "g", Month: 30, Lines: []int{-1}},
		"a line twice":   {Rule: "g", Month: 30, Lines: []int{1, 1}},
		"points for it":  {Rule: "g", Month: 30, Reached: earning.Reached{Points: 1}},
		"kept for it":    {Rule: "g", Month: 30, Reached: earning.Reached{Keep: true}},
		"below 0 points": {Rule: "g", Month: 30, Reached: earning.Reached{Mark: 1, Every: 1, Times: 1, Each: 1, Points: -1}},
	} {
		require.ErrorIs(t, bad.Validate(), relmark.ErrInvalid, name)
	}
}

// A goal's progress is one over all versions, and cannot leave its range.
func TestGoalsOfOneNameCountOneThing(t *testing.T) {
	t.Parallel()
	r := complete(earning.Rules{Versions: []earning.Version{
		{To: day(0), Goals: []earning.Goal{{Rule: "g", Target: 1, Points: 1}}},
		{From: day(1), Goals: []earning.Goal{{Rule: "g", Count: earning.CountSpend, Target: 1, Points: 1}}},
	}})
	require.ErrorContains(t, r.Validate(), "Versions[1].Goals[0].Count")
	r.Versions[1].Goals[0].Count = ""
	require.NoError(t, r.Validate())

	e := compiled(t, earning.Version{Goals: []earning.Goal{{Rule: "g", Count: earning.CountSpend, Target: 1<<53 - 1, Points: 1}}})
	m := &member{progress: map[string]earning.Progress{"g": {Count: 1<<53 - 2}}}
	_, err := e.Earn(&earning.Order{At: at(0), Amount: decimalOf(1)}, m)
	require.NoError(t, err)
	_, err = e.Earn(&earning.Order{At: at(0), Amount: decimalOf(2)}, m)
	require.ErrorIs(t, err, relmark.ErrLimit)
}
