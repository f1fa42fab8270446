package earning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// activities are rules of each kind, under caps.
func activities() earning.Version {
	return earning.Version{
		Name: "v",
		Activities: []earning.ActivityRule{
			{Rule: "install", Kind: "app", Points: new(int64(50)), Once: earning.PerLife},
			{Rule: "rev", Kind: "review", Points: new(int64(20)), Once: earning.PerMonth},
			{Rule: "bday", Kind: "birthday", Points: new(int64(100)), Once: earning.PerYear, When: earning.Condition{Tiers: []string{"gold"}}},
			{Rule: "survey", Kind: "survey", When: earning.Condition{Not: []earning.Condition{{Tag: "channel", Values: []string{"phone"}}}}},
			{Rule: "visit", Kind: "visit", Points: new(int64(0)), Once: earning.PerDay},
		},
		Caps: []earning.Cap{{Per: earning.PerMonth, Points: 60}, {Per: earning.PerOrder, Points: 1}},
	}
}

// Activities earn what their rule grants or, where it does not say, what they come with,
// within caps but that of orders.
func TestActivities(t *testing.T) {
	t.Parallel()
	e := compiled(t, activities())
	tags := []earning.Tag{{Name: "channel", Value: "phone"}}
	for name, c := range map[string]struct {
		a       earning.Activity
		m       *member
		granted int64
		cut     int64
		reason  earning.Reason
	}{
		"install":               {earning.Activity{Kind: "app"}, &member{}, 50, 0, ""},
		"install, again":        {earning.Activity{Kind: "app"}, &member{took: map[string]relmark.Date{"install": date("2020-01-01")}}, 0, 0, earning.LimitReached},
		"the rule's points":     {earning.Activity{Kind: "app", Points: new(int64(7))}, &member{}, 50, 0, ""},
		"a review, next month":  {earning.Activity{Kind: "review"}, &member{took: map[string]relmark.Date{"rev": date("2024-12-31")}}, 20, 0, ""},
		"a review, same month":  {earning.Activity{Kind: "review"}, &member{took: map[string]relmark.Date{"rev": date("2025-01-31")}}, 0, 0, earning.LimitReached},
		"a review, under a cap": {earning.Activity{Kind: "review"}, &member{granted: map[earning.Period]int64{earning.PerMonth: 50}}, 10, 10, ""},
		"cut to nothing":        {earning.Activity{Kind: "review"}, &member{granted: map[earning.Period]int64{earning.PerMonth: 90}}, 0, 20, ""},
		"a budget":              {earning.Activity{Kind: "review", Budget: new(int64(5))}, &member{}, 5, 15, ""},
		"birthday":              {earning.Activity{Kind: "birthday", Tier: "gold"}, &member{}, 60, 40, ""},
		"no gold":               {earning.Activity{Kind: "birthday"}, &member{}, 0, 0, earning.UnknownActivity},
		"no such":               {earning.Activity{Kind: "rev"}, &member{}, 0, 0, earning.UnknownActivity},
		"survey":                {earning.Activity{Kind: "survey", Points: new(int64(33))}, &member{}, 33, 0, ""},
		"by phone":              {earning.Activity{Kind: "survey", Points: new(int64(33)), Tags: tags}, &member{}, 0, 0, earning.UnknownActivity},
		"a visit":               {earning.Activity{Kind: "visit"}, &member{took: map[string]relmark.Date{"visit": day(0)}}, 0, 0, ""},
		"a visit, same day":     {earning.Activity{Kind: "visit"}, &member{took: map[string]relmark.Date{"visit": day(1)}}, 0, 0, earning.LimitReached},
	} {
		c.a.At = at(1)
		out, err := e.Act(&c.a, c.m)
		if c.reason != "" {
			require.Equal(t, &earning.RefusedError{Reason: c.reason}, err, name)
			assert.Zero(t, out, name)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, []int64{c.granted, c.cut, c.granted + c.cut}, []int64{out.Award.Granted, out.Award.Cut, out.Award.Bonus}, name)
		assert.Equal(t, "v", out.Award.Version, name)
		assert.Equal(t, day(1), out.Facts.Date, name)
		sum := int64(0)
		for _, g := range out.Award.Grants {
			sum += g.Points
		}
		assert.Equal(t, c.granted, sum, name)
		if c.a.Budget == nil {
			rule, judged := e.JudgeActivity(&out.Facts, c.a.Kind, c.a.Points, c.m)
			assert.Equal(t, out.Rule, rule, name)
			out.Award.Grants = nil
			assert.Equal(t, out.Award, judged, name)
		}
	}
}

// What is wrong with an activity is said, and so is what is wrong with a rule.
func TestActivitiesAreChecked(t *testing.T) {
	t.Parallel()
	e := compiled(t, activities())
	var none *earning.Engine
	_, err := none.Act(&earning.Activity{}, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = e.Act(nil, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for field, a := range map[string]earning.Activity{
		"At":      {Kind: "app", At: time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)},
		"Kind":    {At: at(1)},
		"Tier":    {At: at(1), Kind: "app", Tier: "\xff"},
		"Points":  {At: at(1), Kind: "app", Points: new(int64(-1))},
		"Points:": {At: at(1), Kind: "survey"},
		"Tags":    {At: at(1), Kind: "app", Tags: []earning.Tag{{}}},
	} {
		_, err := e.Act(&a, nil)
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		require.ErrorContains(t, err, field)
	}
	_, err = compiled(t, earning.Version{From: day(9)}).Act(&earning.Activity{At: at(1), Kind: "app"}, nil)
	require.ErrorContains(t, err, "At")
	_, err = compiled(t, earning.Version{Budgets: []earning.Cap{{Per: earning.PerDay, Points: 1}}}).Act(&earning.Activity{At: at(1), Kind: "app"}, nil)
	require.ErrorContains(t, err, "Budget")
	x := &earning.Facts{Date: day(1)}
	for kind, points := range map[string]*int64{"none": nil, "survey": nil} {
		rule, award := e.JudgeActivity(x, kind, points, nil)
		assert.Empty(t, rule)
		assert.Zero(t, award)
	}
	rule, _ := e.JudgeActivity(x, "survey", new(int64(-1)), nil)
	assert.Empty(t, rule)
	rule, _ = compiled(t, earning.Version{From: day(9)}).JudgeActivity(x, "app", nil, nil)
	assert.Empty(t, rule)

	for field, spoil := range map[string]func(r *earning.ActivityRule){
		"Rule":   func(r *earning.ActivityRule) { r.Rule = "install" },
		"Kind":   func(r *earning.ActivityRule) { r.Kind = "" },
		"Kind:":  func(r *earning.ActivityRule) { r.Kind = "app" },
		"Points": func(r *earning.ActivityRule) { r.Points = new(int64(-1)) },
		"Once":   func(r *earning.ActivityRule) { r.Once = earning.PerOrder },
		"When": func(r *earning.ActivityRule) {
			r.When.Any = []earning.Condition{{Not: []earning.Condition{{Categories: []string{"x"}}}}}
		},
		"When:": func(r *earning.ActivityRule) { r.When.MinTotal = new(euros(1)) },
	} {
		v := activities()
		spoil(&v.Activities[1])
		err := complete(earning.Rules{Versions: []earning.Version{v}}).Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		require.ErrorContains(t, err, "Versions[0].Activities[1]."+field)
	}
}
