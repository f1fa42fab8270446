package earning_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/earning"
)

// full are rules that use every field.
func full(t require.TestingT) earning.Rules {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	weekend := earning.Condition{
		From: day(0), To: day(90), Weekdays: []time.Weekday{time.Saturday, time.Sunday}, Tiers: []string{"gold"},
		Categories: []string{"coffee"}, MinTotal: new(decimalOf(1050)), MaxTotal: new(euros(500)),
		Tag: "channel", Values: []string{"shop"},
		Any: []earning.Condition{{Tiers: []string{"silver"}}, {Not: []earning.Condition{{Tag: "staff"}}}},
	}
	lines := earning.Selector{
		Categories: []string{"coffee"}, Tags: []string{"bio"}, Items: []string{"A1"},
		Exclude: earning.Features{Categories: []string{"gift card"}, Tags: []string{"sale"}, Items: []string{"B2"}},
	}
	return earning.Rules{
		Zone: berlin, Currency: "EUR", Digits: 2, PointValue: decimalOf(1),
		Spending: earning.Spending{MinPoints: 100, Step: 50, MaxShare: new(decimal.New(5, -1)), Lines: earning.Selector{Exclude: lines.Exclude}},
		YearEnd:  earning.YearEnd{Month: time.March, Day: 31},
		Versions: []earning.Version{
			{Name: "old", To: day(-1), Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(2)}}},
			{
				Name: "new", From: day(0), To: day(400), Stacking: earning.Compounding, Rounding: earning.HalfEven,
				Exclusions: []earning.Exclusion{{Rule: "no gift cards", Lines: earning.Selector{Categories: []string{"gift card"}}, Scope: earning.WholeOrder, When: earning.Condition{Tiers: []string{"staff"}}}},
				Rates: []earning.Rate{
					{Rule: "base", Points: 3, Per: decimalOf(150), When: earning.Condition{}},
					{Rule: "nights", Points: 500, Per: euros(1), Measure: "nights", Steps: earning.StepsByOrder, Lines: lines},
				},
				Multipliers: []earning.Multiplier{{Rule: "weekend", Factor: decimal.New(15, -1), Exclusive: true, Priority: 7, Lines: lines, When: weekend}},
				Bonuses:     []earning.Bonus{{Rule: "big", Points: 50, Lines: earning.Selector{Items: []string{"A1"}}, When: earning.Condition{MinTotal: new(euros(100))}}},
				Goals: []earning.Goal{
					{Rule: "card", Target: 2, Points: 5, Repeat: true},
					{Rule: "spender", Count: earning.CountSpend, Target: 90_000, Points: 20},
					{Rule: "streak", Count: earning.CountMonths, Target: 3, Points: 30, Reversal: earning.KeepBonus, Lines: earning.Selector{Tags: []string{"bio"}}, When: earning.Condition{Tiers: []string{"gold"}}},
				},
				Activities: []earning.ActivityRule{
					{Rule: "install", Kind: "app", Points: new(int64(50)), Once: earning.PerLife},
					{Rule: "survey", Kind: "survey", When: earning.Condition{Tiers: []string{"gold"}}},
				},
				Caps:    []earning.Cap{{Per: earning.PerOrder, Points: 400}, {Per: earning.PerDay, Points: 800}, {Per: earning.PerYear, Points: 9000}},
				Budgets: []earning.Cap{{Per: earning.PerLife, Points: 1_000_000}},
			},
		},
	}
}

func TestRulesSurviveJSON(t *testing.T) {
	t.Parallel()
	for _, r := range []earning.Rules{full(t), compiled(t).Rules()} {
		data := marshalled(t, r)
		back, err := earning.DecodeRules([]byte(data), time.LoadLocation)
		require.NoError(t, err, data)
		assert.Equal(t, data, marshalled(t, back))
		assert.Equal(t, r.Zone.String(), back.Zone.String())
		back.Zone = r.Zone
		assert.Len(t, back.Versions, len(r.Versions))
		_, err = earning.Compile(back)
		require.NoError(t, err)
	}
	reference.Pin(t, "rules_v1.json", []byte(marshalled(t, full(t))+"\n"))
	spaced := strings.ReplaceAll(marshalled(t, full(t)), ",", " ,\n\t")
	back, err := earning.DecodeRules([]byte(spaced), time.LoadLocation)
	require.NoError(t, err)
	assert.Equal(t, marshalled(t, full(t)), marshalled(t, back))
	// Empty lists of rules are not there, whether they are nil or not.
	empty := earning.Rules{Currency: "EUR", Versions: []earning.Version{{
		Rates: []earning.Rate{}, Caps: []earning.Cap{},
		Bonuses: []earning.Bonus{{Rule: "b", Points: 1, When: earning.Condition{}}},
	}}}
	reference.Pin(t, "rules_empty_v1.json", []byte(marshalled(t, empty)+"\n"))
	back, err = earning.DecodeRules([]byte(`{"v":1,"currency":"EUR","versions":[{"rates":[],"caps":[],"bonuses":[{"rule":"b","points":1,"when":{}}]}]}`), nil)
	require.NoError(t, err)
	assert.Nil(t, back.Versions[0].Rates)
	assert.Nil(t, back.Versions[0].Caps)
	assert.Equal(t, earning.Condition{}, back.Versions[0].Bonuses[0].When)
}

func TestRulesRefuseOtherJSON(t *testing.T) {
	t.Parallel()
	const good = `{"v":1,"currency":"EUR","versions":[{"rates":[{"rule":"base","points":1,"per":"1"}]}]}`
	_, err := earning.DecodeRules([]byte(good), nil)
	require.NoError(t, err)
	for _, c := range []struct{ old, new string }{
		{`"currency":"EUR"`, `"currency":""`},
		{`"currency":"EUR"`, `"currency":"EUR","colour":1`},
		{`"currency":"EUR"`, `"currency":"EUR","currency":"EUR"`},
		{`"currency":"EUR"`, `"currency":"EUR","zone":"Europe/Berlin"`},
		{`"rates":`, `"colour":1,"rates":`},
		{`"rates":`, `"stacking":"multiply","rates":`},
		{`"rates":`, `"rounding":"half-up","rates":`},
		{`"rule":"base"`, `"rule":"base","colour":1`},
		{`"per":"1"`, `"per":"1e3"`},
		{`"per":"1"`, `"per":1`},
		{`"per":"1"`, `"per":"0"`},
		{`"per":"1"`, `"per":"1","when":{"weekdays":[8]}`},
		{`"per":"1"`, `"per":"1","when":{"weekdays":[0]}`},
		{`"per":"1"`, `"per":"1","when":{"colour":1}`},
		{`}]}`, `}]}]`},
	} {
		_, err := earning.DecodeRules([]byte(strings.Replace(good, c.old, c.new, 1)), nil)
		require.ErrorIs(t, err, relmark.ErrInvalid, c.new)
	}
	for _, v := range []string{`"v":2,`, ``} {
		_, err = earning.DecodeRules([]byte(strings.Replace(good, `"v":1,`, v, 1)), nil)
		require.ErrorIs(t, err, relmark.ErrUnsupported)
	}
	zoned := []byte(strings.Replace(good, `"v":1`, `"v":1,"zone":"Mars"`, 1))
	host := errors.New("no such planet")
	_, err = earning.DecodeRules(zoned, func(string) (*time.Location, error) { return nil, host })
	require.ErrorIs(t, err, host)
	require.NotContains(t, err.Error(), "Mars")
	_, err = earning.DecodeRules(zoned, func(string) (*time.Location, error) { return nil, nil })
	require.ErrorIs(t, err, relmark.ErrInvalid)
	machine := []byte(strings.Replace(good, `"v":1`, `"v":1,"zone":"Local"`, 1))
	_, err = earning.DecodeRules(machine, time.LoadLocation)
	require.ErrorIs(t, err, relmark.ErrInvalid, "it is another zone on every machine")
	_, err = earning.Rules{}.MarshalJSON()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = complete(earning.Rules{Zone: time.Local}).MarshalJSON()
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestRulesValidation(t *testing.T) {
	t.Parallel()
	broken := map[string]func(r *earning.Rules){
		"Currency":    func(r *earning.Rules) { r.Currency = "" },
		"Digits":      func(r *earning.Rules) { r.Digits = 10 },
		"PointValue":  func(r *earning.Rules) { r.PointValue = euros(-1) },
		"Versions =":  func(r *earning.Rules) { r.Versions = nil },
		"Versions[1]": func(r *earning.Rules) { r.Versions[1].From = day(-1) },
		"Name":        func(r *earning.Rules) { r.Versions[0].Name = strings.Repeat("n", 201) },
		"To":          func(r *earning.Rules) { r.Versions[0].From = day(0) },
		"Stacking":    func(r *earning.Rules) { r.Versions[0].Stacking = "up" },
		"Rounding":    func(r *earning.Rules) { r.Versions[0].Rounding = "up" },
		"Rates[0].Rule": func(r *earning.Rules) {
			r.Versions[0].Rates[0].Rule = "cap"
		},
		"Rates[0].Points":       func(r *earning.Rules) { r.Versions[0].Rates[0].Points = 0 },
		"Rates[0].Per":          func(r *earning.Rules) { r.Versions[0].Rates[0].Per = decimal.New(1, -10) },
		"Multipliers[0].Factor": func(r *earning.Rules) { r.Versions[1].Multipliers[0].Factor = euros(-1) },
		"Bonuses[0].Rule":       func(r *earning.Rules) { r.Versions[1].Bonuses[0].Rule = "base" },
		"Versions = 1001":       func(r *earning.Rules) { r.Versions = make([]earning.Version, 1001) },
		"Goals[0].Reversal":     func(r *earning.Rules) { r.Versions[1].Goals[0].Reversal = "never" },
		"Goals[2].Target":       func(r *earning.Rules) { r.Versions[1].Goals[2].Target = 1201 },
		"Rates[1].Measure":      func(r *earning.Rules) { r.Versions[1].Rates[1].Measure = "\xff" },
		"Rates[1].Steps":        func(r *earning.Rules) { r.Versions[1].Rates[1].Steps = "item" },
		"Exclusions[0].Scope":   func(r *earning.Rules) { r.Versions[1].Exclusions[0].Scope = "lines" },
		"Exclusions[0].Rule":    func(r *earning.Rules) { r.Versions[1].Exclusions[0].Rule = "" },
		"Multipliers[0].Lines.Exclude.Items": func(r *earning.Rules) {
			r.Versions[1].Multipliers[0].Lines.Exclude.Items = []string{}
		},
		"Goals[0].Count":         func(r *earning.Rules) { r.Versions[1].Goals[0].Count = "days" },
		"Goals[0].Target":        func(r *earning.Rules) { r.Versions[1].Goals[0].Target = 0 },
		"Goals[0].Points":        func(r *earning.Rules) { r.Versions[1].Goals[0].Points = 1 << 53 },
		"Budgets[0].Per":         func(r *earning.Rules) { r.Versions[1].Budgets[0].Per = earning.PerOrder },
		"at most 1000 rules":     func(r *earning.Rules) { r.Versions[1].Caps = make([]earning.Cap, 1001) },
		"When.Weekdays = 8":      func(r *earning.Rules) { r.Versions[1].Multipliers[0].When.Weekdays = make([]time.Weekday, 8) },
		"When.Tiers = 1001":      func(r *earning.Rules) { r.Versions[1].Multipliers[0].When.Tiers = make([]string, 1001) },
		"When.Any = 1001":        func(r *earning.Rules) { r.Versions[1].Multipliers[0].When.Any = make([]earning.Condition, 1001) },
		"Bonuses[0].Points":      func(r *earning.Rules) { r.Versions[1].Bonuses[0].Points = -1 },
		"Caps[0].Points":         func(r *earning.Rules) { r.Versions[1].Caps[0].Points = -1 },
		"Caps[0].Per":            func(r *earning.Rules) { r.Versions[1].Caps[0].Per = "week" },
		"Multipliers[0].When.To": func(r *earning.Rules) { r.Versions[1].Multipliers[0].When.To = day(-1) },
		"When.Values":            func(r *earning.Rules) { r.Versions[1].Multipliers[0].When.Tag = "" },
		"When.MinTotal":          func(r *earning.Rules) { r.Versions[1].Multipliers[0].When.MinTotal = new(euros(-1)) },
		"When.Weekdays":          func(r *earning.Rules) { r.Versions[1].Multipliers[0].When.Weekdays[0] = 9 },
		"When.Any[1].Not[0].Values": func(r *earning.Rules) {
			r.Versions[1].Multipliers[0].When.Any[1].Not[0] = earning.Condition{Values: []string{"x"}}
		},
		"nest deeper": func(r *earning.Rules) {
			c := earning.Condition{}
			for range 9 {
				c = earning.Condition{Any: []earning.Condition{c}}
			}
			r.Versions[1].Bonuses[0].When = c
		},
	}
	require.NoError(t, full(t).Validate())
	for field, breakIt := range broken {
		r := full(t)
		breakIt(&r)
		err := r.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		require.ErrorContains(t, err, field)
		_, compileErr := earning.Compile(r)
		assert.Equal(t, err, compileErr)
	}
	// Eight levels are allowed.
	c := earning.Condition{}
	for range 7 {
		c = earning.Condition{Any: []earning.Condition{c}}
	}
	r := full(t)
	r.Versions[1].Bonuses[0].When = c
	require.NoError(t, r.Validate())
	// As are a thousand of everything.
	v := earning.Version{Caps: make([]earning.Cap, 1000)}
	for i := range v.Caps {
		v.Caps[i].Per = earning.PerYear
	}
	r.Versions = make([]earning.Version, 1000)
	for i := range r.Versions {
		r.Versions[i] = earning.Version{From: day(i), To: day(i)}
	}
	r.Versions[999] = v
	r.Versions[999].From = day(999)
	require.NoError(t, r.Validate())
}

// Versions that share a date are told, whichever comes first.
func TestVersionsShareNoDates(t *testing.T) {
	t.Parallel()
	span := func(from, to relmark.Date) earning.Version { return earning.Version{From: from, To: to} }
	never := relmark.Date{}
	for name, c := range map[string]struct {
		a, b earning.Version
		ok   bool
	}{
		"apart":         {span(day(0), day(5)), span(day(6), day(9)), true},
		"touching":      {span(day(0), day(5)), span(day(5), day(9)), false},
		"within":        {span(day(0), day(9)), span(day(3), day(4)), false},
		"equal":         {span(day(0), day(9)), span(day(0), day(9)), false},
		"open end":      {span(day(0), never), span(day(50), day(60)), false},
		"open start":    {span(never, day(0)), span(day(-9), day(-8)), false},
		"open, apart":   {span(never, day(0)), span(day(1), never), true},
		"open on a day": {span(never, day(1)), span(day(1), never), false},
		"always":        {span(never, never), span(day(1), day(1)), false},
	} {
		for _, versions := range [][]earning.Version{{c.a, c.b}, {c.b, c.a}} {
			err := complete(earning.Rules{Versions: versions}).Validate()
			assert.Equal(t, c.ok, err == nil, name)
		}
	}
}

// Weekdays are numbered as in ISO 8601, from Monday, and mean the same days when read.
func TestWeekdaysAreISO(t *testing.T) {
	t.Parallel()
	monday := time.Date(2025, 1, 13, 12, 0, 0, 0, time.UTC)
	for i := range 7 {
		on := monday.AddDate(0, 0, i)
		data := marshalled(t, earning.Condition{Weekdays: []time.Weekday{on.Weekday()}})
		assert.Contains(t, data, fmt.Sprintf("[%d]", i+1))
		r, err := earning.DecodeRules([]byte(`{"v":1,"currency":"EUR","versions":[{"bonuses":[{"rule":"b","points":1,"when":`+data+`}]}]}`), nil)
		require.NoError(t, err)
		e, err := earning.Compile(r)
		require.NoError(t, err)
		for j := range 7 {
			award, err := e.Quote(&earning.Order{At: monday.AddDate(0, 0, j)})
			require.NoError(t, err)
			assert.Equal(t, i == j, award.Granted == 1)
		}
	}
}

func FuzzDecodeRules(f *testing.F) {
	for _, r := range []earning.Rules{full(f), compiled(f).Rules(), compiled(f, budgeted()).Rules()} {
		f.Add([]byte(marshalled(f, r)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := earning.DecodeRules(data, func(string) (*time.Location, error) { return time.UTC, nil })
		if err != nil {
			if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) {
				t.Fatal(err)
			}
			return
		}
		if _, err := r.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		e, err := earning.Compile(r)
		if (err == nil) != (e != nil) {
			t.Fatal("neither engine nor error")
		}
		if err == nil {
			e.Warnings()
			_, _ = e.Quote(&earning.Order{At: at(0), Amount: euros(123), Tier: "gold", Budget: e.BudgetLeft(new(earning.Usage), at(0))})
		}
	})
}
