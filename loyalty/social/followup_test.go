package social_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/social"
)

func visits() social.FollowUpPolicy {
	return social.FollowUpPolicy{
		Rules:    []social.FollowUpRule{{"A", 14, "call", "care"}, {"B", 30, "call", "care"}},
		Weekdays: []time.Weekday{1, 2, 3, 4, 5}, Closed: []relmark.Date{date("2025-01-06")}, PerDay: new(1),
	}
}

func TestPlanFollowUp(t *testing.T) {
	t.Parallel()
	got, err := social.PlanFollowUp(visits(), []social.FollowUpCustomer[string]{
		{ID: "ben", Class: "B", Last: date("2024-12-04")},
		{ID: "ada", Class: "A", Last: date("2024-12-20")},
		{ID: "cleo", Class: "B", Last: date("2024-12-30"), Due: date("2025-01-08")},
		{ID: "dan", Class: "C"},
		{ID: "eva", Class: "A"},
		{ID: "far", Class: "B", Last: date("2025-01-01")},
	}, date("2025-01-03"), date("2025-01-10")) // a Friday to a Friday
	require.NoError(t, err)
	visit := func(customer, class, due, on string, late int) social.Visit[string] {
		return social.Visit[string]{Customer: customer, Class: class, Channel: "call", Purpose: "care", Due: date(due), Date: date(on), Late: late}
	}
	assert.Equal(t, social.FollowUpPlan[string]{
		Visits: []social.Visit[string]{
			visit("ada", "A", "2025-01-03", "2025-01-03", 0), visit("eva", "A", "2025-01-03", "2025-01-07", 4),
			visit("ben", "B", "2025-01-03", "2025-01-08", 5), visit("cleo", "B", "2025-01-08", "2025-01-09", 1),
		},
		Unplanned: []social.Unplanned[string]{{Customer: "dan", Class: "C", Reason: social.NoRule}},
	}, got)
	got, err = social.PlanFollowUp(visits(), []social.FollowUpCustomer[string]{{ID: "a", Class: "A"}, {ID: "b", Class: "B"}}, date("2025-01-03"), date("2025-01-05"))
	require.NoError(t, err)
	assert.Equal(t, []social.Unplanned[string]{{Customer: "b", Class: "B", Reason: social.NoCapacity, Due: date("2025-01-03")}}, got.Unplanned)
	got, err = social.PlanFollowUp(visits(), []social.FollowUpCustomer[string]{{ID: "a", Class: "A", Last: date("9999-12-30")}, {ID: "b", Class: "A", Last: date("9999-12-30"), Due: date("9999-12-31")}}, date("9999-12-30"), date("9999-12-31"))
	require.NoError(t, err)
	assert.Len(t, got.Visits, 1, "the calendar ends")
}

// Whatever the customers, a plan keeps its rules: open days, room, no one before the due
// date, nobody twice within the days of the rule, and the same plan for any order.
func TestPlansKeepTheirRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := visits()
		p.PerDay = new(rapid.IntRange(1, 3).Draw(t, "per day"))
		from := date("2025-01-01").AddDays(rapid.IntRange(0, 6).Draw(t, "from"))
		through := from.AddDays(rapid.IntRange(0, 90).Draw(t, "days"))
		list := make([]social.FollowUpCustomer[int], rapid.IntRange(0, 20).Draw(t, "n"))
		for i := range list {
			list[i] = social.FollowUpCustomer[int]{ID: i, Class: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "class"), Last: from.AddDays(-rapid.IntRange(0, 60).Draw(t, "last"))}
		}
		plan, err := social.PlanFollowUp(p, list, from, through)
		require.NoError(t, err)
		perDay, last := map[relmark.Date]int{}, map[int]relmark.Date{}
		for i, v := range plan.Visits {
			require.False(t, v.Date.Before(v.Due) || v.Date.Before(from) || v.Date.After(through))
			require.True(t, slices.Contains(p.Weekdays, v.Date.Weekday()) && v.Date != p.Closed[0])
			require.Equal(t, v.Date.Sub(v.Due), v.Late)
			perDay[v.Date]++
			require.LessOrEqual(t, perDay[v.Date], *p.PerDay)
			every := map[string]int{"A": 14, "B": 30}[v.Class]
			before, again := last[v.Customer]
			if !again {
				before = list[v.Customer].Last
			}
			require.GreaterOrEqual(t, v.Date.Sub(before), every)
			last[v.Customer] = v.Date
			require.True(t, i == 0 || !v.Date.Before(plan.Visits[i-1].Date))
		}
		again, err := social.PlanFollowUp(p, rapid.Permutation(list).Draw(t, "order"), from, through)
		require.NoError(t, err)
		require.Equal(t, plan, again)
	})
}

func TestPlansRefuseBadInput(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(p *social.FollowUpPolicy){
		"Rules": func(p *social.FollowUpPolicy) { p.Rules = nil }, "Rules[1].Class": func(p *social.FollowUpPolicy) { p.Rules[1].Class = "A" },
		"Rules[0].Every": func(p *social.FollowUpPolicy) { p.Rules[0].Every = 0 }, "Rules[0].Channel": func(p *social.FollowUpPolicy) { p.Rules[0].Channel = "*" },
		"Rules[0].Purpose": func(p *social.FollowUpPolicy) { p.Rules[0].Purpose = "" }, "Weekdays[0]": func(p *social.FollowUpPolicy) { p.Weekdays[0] = 7 },
		"Closed[0]": func(p *social.FollowUpPolicy) { p.Closed[0] = relmark.Date{} }, "PerDay": func(p *social.FollowUpPolicy) { p.PerDay = new(0) },
	} {
		p := visits()
		change(&p)
		_, err := social.PlanFollowUp[int](p, nil, date("2025-01-01"), date("2025-01-01"))
		checkField(t, err, field)
		_, err = p.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	type customers = []social.FollowUpCustomer[int]
	for field, list := range map[string]customers{"Customers[1].ID": {{ID: 1}, {ID: 1}}, "Customers[0].Last": {{Last: date("2025-01-02")}}} {
		_, err := social.PlanFollowUp(visits(), list, date("2025-01-01"), date("2025-01-01"))
		checkField(t, err, field)
	}
	_, err := social.PlanFollowUp[int](visits(), nil, date("2025-01-01"), date("2055-01-01"))
	checkField(t, err, "Through")
	_, err = social.PlanFollowUp(visits(), make(customers, 100), date("2025-01-01"), date("2025-01-01"))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func records() social.RecordPolicy {
	return social.RecordPolicy{Classes: map[string][]social.FieldRule{
		"A": {{"phone", 2, 365}, {"mail", 1, 730}, {"address", 1, 1460}}, "B": {{"mail", 1, 730}},
	}}
}

func TestRankRecords(t *testing.T) {
	t.Parallel()
	asOf := when("2025-06-01T00:00:00Z")
	ago := func(days int) time.Time { return asOf.Add(-time.Duration(days) * day) }
	r, err := social.RankRecords(records(), []social.Record[string]{
		{Customer: "ada", Class: "A", Value: 1000, Fields: map[string]time.Time{"phone": ago(365), "mail": ago(0), "fax": ago(9)}},
		{Customer: "ben", Class: "B", Value: 100, Fields: map[string]time.Time{"mail": ago(730)}},
		{Customer: "cleo", Class: "B", Value: 50},
	}, asOf)
	require.NoError(t, err)
	// By hand: ada misses the address (1/4 of the weight) and half of the phone (2/4·1/2).
	first := r.Ranked[0]
	assert.Equal(t, "ada", first.Customer)
	near.Equal(t, 0.5, first.Staleness, 0, 1e-15)
	near.Equal(t, 500, first.Priority, 0, 1e-12)
	near.Equal(t, 0.75, first.Completeness, 0, 1e-15)
	assert.Equal(t, []string{"phone", "address", "mail"}, []string{first.Fields[0].Field, first.Fields[1].Field, first.Fields[2].Field})
	assert.Equal(t, social.FieldHealth{Field: "address", State: social.FieldMissing, Staleness: 1, Lost: 0.25}, first.Fields[1])
	near.Equal(t, 365, *first.Fields[0].AgeDays, 0, 0)
	assert.Equal(t, []string{"ben", "cleo"}, []string{r.Ranked[1].Customer, r.Ranked[2].Customer}, "50 each: by identifier")
	near.Equal(t, 50, r.Ranked[1].Priority, 0, 1e-12)
	require.Len(t, r.Classes, 2)
	assert.Equal(t, social.ClassHealth{Class: "B", Records: 2, Complete: 1, Completeness: 0.5, Staleness: 0.75}, r.Classes[1])
	one, err := social.Assess(records(), social.Record[string]{Customer: "ben", Class: "B", Value: 100, Fields: map[string]time.Time{"mail": ago(730)}}, asOf)
	require.NoError(t, err)
	assert.Equal(t, r.Ranked[1], one)
	old, err := social.Assess(records(), social.Record[string]{Class: "B", Fields: map[string]time.Time{"mail": when("1700-01-01T00:00:00Z")}}, when("2150-01-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Greater(t, *old.Fields[0].AgeDays, 450*365.0)
}

func TestRecordsRefuseBadInput(t *testing.T) {
	t.Parallel()
	asOf := when("2025-06-01T00:00:00Z")
	for field, p := range map[string]social.RecordPolicy{
		"Classes":             {},
		"Classes[0].Field":    {Classes: map[string][]social.FieldRule{"A": {{"", 1, 1}}}},
		"Classes[1].Field":    {Classes: map[string][]social.FieldRule{"A": {{"f", 1, 1}, {"f", 1, 1}}}},
		"Classes[0].Weight":   {Classes: map[string][]social.FieldRule{"A": {{"f", 0, 1}}}},
		"Classes[0].HalfLife": {Classes: map[string][]social.FieldRule{"A": {{"f", 1, 0}}}},
	} {
		_, err := social.RankRecords[string](p, nil, asOf)
		checkField(t, err, field)
		_, err = social.Assess(p, social.Record[string]{}, asOf)
		checkField(t, err, field)
		_, err = p.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	many := social.RecordPolicy{Classes: map[string][]social.FieldRule{}}
	for i := range 50 {
		many.Classes[fmt.Sprint(i)] = nil
	}
	require.ErrorIs(t, many.Validate(), relmark.ErrInvalid)
	for field, r := range map[string]social.Record[string]{
		"Class": {Class: "C"}, "Value": {Class: "B", Value: -1}, "Fields": {Class: "B", Fields: map[string]time.Time{"mail": asOf.Add(1)}},
	} {
		_, err := social.Assess(records(), r, asOf)
		checkField(t, err, field)
		_, err = social.RankRecords(records(), []social.Record[string]{r, r}, asOf)
		checkField(t, err, "Records[0]."+field)
		checkField(t, err, "Records[1].Customer")
	}
	_, err := social.Assess(records(), social.Record[string]{Class: "B"}, time.Time{})
	checkField(t, err, "AsOf")
	_, err = social.RankRecords(records(), make([]social.Record[string], 100), asOf)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Records of the least and the greatest weights and half-lives have shares between 0 and 1;
// what is so small that it would lose digits is refused.
func TestRecordsOfExtremes(t *testing.T) {
	t.Parallel()
	asOf := when("2150-12-31T00:00:00Z")
	for _, weight := range []float64{5e-324, 1e-300, 1e-9, 1, 1e6, 1e308} {
		for _, halfLife := range []float64{5e-324, 1e-300, 1e-9, 1, 1e6, 1e308} {
			p := social.RecordPolicy{Classes: map[string][]social.FieldRule{"A": {
				{Field: "a", Weight: weight, HalfLife: halfLife}, {Field: "b", Weight: weight, HalfLife: halfLife}, {Field: "c", Weight: 1, HalfLife: 1},
			}}}
			r := social.Record[int]{Class: "A", Value: 1e15, Fields: map[string]time.Time{"a": asOf, "b": when("1700-01-01T00:00:00Z")}}
			h, err := social.Assess(p, r, asOf)
			if weight < 1e-9 || weight > 1e6 || halfLife < 1e-9 || halfLife > 1e6 {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				continue
			}
			require.NoError(t, err)
			for _, x := range []float64{h.Completeness, h.Staleness, h.Priority / 1e15, h.Fields[0].Lost, h.Fields[2].Staleness} {
				require.True(t, x >= 0 && x <= 1, "%v", h)
			}
			near.Equal(t, 2*weight/(2*weight+1), h.Completeness, 1e-12, 0)
		}
	}
}
