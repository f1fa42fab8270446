package structural_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

// reports is owed at the end of every month, from January on, and was kept twice.
func reports() structural.Contract[string] {
	c := yearly()
	c.Obligations = []structural.Obligation{
		{ID: "report", By: structural.Provider, Due: date("2024-01-31"), Months: 1, Kept: []structural.Fulfilment{
			{date("2024-01-31"), date("2024-01-30")}, {date("2024-02-29"), date("2024-03-04")},
		}},
		{ID: "deposit", By: structural.Customer, Due: date("2024-02-15")},
	}
	return c
}

func TestDuties(t *testing.T) {
	t.Parallel()
	c := reports()
	list, err := c.Duties(date("2024-04-30"), date("2024-03-31"))
	require.NoError(t, err)
	require.Equal(t, []structural.Duty[string]{
		{"A", "report", structural.Provider, date("2024-01-31"), structural.Kept, date("2024-01-30")},
		{"A", "deposit", structural.Customer, date("2024-02-15"), structural.Overdue, relmark.Date{}},
		{"A", "report", structural.Provider, date("2024-02-29"), structural.KeptLate, date("2024-03-04")},
		{"A", "report", structural.Provider, date("2024-03-31"), structural.Open, relmark.Date{}},
		{"A", "report", structural.Provider, date("2024-04-30"), structural.Open, relmark.Date{}},
	}, list)
	conduct, err := c.Conduct(structural.Provider, date("2024-03-31"))
	require.NoError(t, err)
	require.Equal(t, structural.Conduct{Kept: 1, Late: 1, Open: 1}, conduct)
	conduct, err = c.Conduct(structural.Customer, date("2024-03-31"))
	require.NoError(t, err)
	require.Equal(t, structural.Conduct{Overdue: 1}, conduct)
	past, err := c.Duties(date("2024-03-01"), date("2024-03-01"))
	require.NoError(t, err)
	require.Equal(t, structural.Overdue, past[2].State, "what was kept later was not known")
}

// What comes again ends with the contract, or with its own last day; what is due once stays.
func TestDutiesEnd(t *testing.T) {
	t.Parallel()
	c := reports()
	c.Notice = &structural.Notice{date("2024-02-01"), structural.Customer, date("2024-03-15")}
	c.Obligations = append(c.Obligations, structural.Obligation{ID: "data back", By: structural.Provider, Due: date("2024-06-01")})
	list, err := c.Duties(date("2025-01-01"), date("2024-05-01"))
	require.NoError(t, err)
	require.Len(t, list, 4)
	require.Equal(t, "data back", list[3].Obligation)
	d := yearly()
	d.Obligations = []structural.Obligation{{ID: "a", By: structural.Provider, Due: date("2024-01-31"), Months: 1, Through: date("2024-03-30")}}
	list, err = d.Duties(date("2025-01-01"), date("2024-05-01"))
	require.NoError(t, err)
	require.Len(t, list, 2)
}

func TestRegister(t *testing.T) {
	t.Parallel()
	var g structural.Register[string]
	require.ErrorIs(t, g.Replace(reports()), relmark.ErrInvalid)
	require.NoError(t, g.Add(reports()))
	require.ErrorIs(t, g.Add(reports()), relmark.ErrInvalid)
	c := reports()
	c.Obligations[1].Kept = []structural.Fulfilment{{date("2024-02-15"), date("2024-02-10")}}
	require.NoError(t, g.Replace(c))
	b := yearly()
	b.ID, b.Obligations = "0", []structural.Obligation{{ID: "visit", By: structural.Provider, Due: date("2024-03-31")}}
	require.NoError(t, g.Add(b))
	require.Equal(t, 2, g.Len())
	found, ok := g.Find("A")
	require.True(t, ok)
	require.Equal(t, c, found)
	_, ok = g.Find("B")
	require.False(t, ok)
	due, err := g.Due(date("2024-04-30"), date("2024-04-01"))
	require.NoError(t, err)
	require.Equal(t, []structural.Duty[string]{
		{"0", "visit", structural.Provider, date("2024-03-31"), structural.Overdue, relmark.Date{}},
		{"A", "report", structural.Provider, date("2024-03-31"), structural.Overdue, relmark.Date{}},
		{"A", "report", structural.Provider, date("2024-04-30"), structural.Open, relmark.Date{}},
	}, due)
	_, err = g.Due(relmark.Date{}, date("2024-04-01"))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for range g.All() {
		break
	}
	var none *structural.Register[string]
	require.ErrorIs(t, none.Add(c), relmark.ErrInvalid)
	require.Zero(t, none.Len())
	_, ok = none.Find("A")
	require.False(t, ok)
	require.Empty(t, slices.Collect(none.All()))
	err = g.UnmarshalJSON([]byte(`{"v":1,"contracts":[{"id":"A"}]}`))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorContains(t, err, "structural: register: Contracts[0].Start: must be set")
	require.Equal(t, 2, g.Len())
}

func TestAtRisk(t *testing.T) {
	t.Parallel()
	var g structural.Register[int]
	add := func(id int, change func(*structural.Contract[int])) {
		c := structural.Contract[int]{ID: id, Start: date("2024-01-01"), Months: 24, Renewal: structural.Automatic, RenewalMonths: 12, NoticeMonths: 3}
		change(&c)
		require.NoError(t, g.Add(c))
	}
	add(1, func(*structural.Contract[int]) {})
	add(2, func(c *structural.Contract[int]) {
		c.Notice = &structural.Notice{On: date("2025-05-01"), By: structural.Customer}
	})
	add(3, func(c *structural.Contract[int]) {
		c.Notice = &structural.Notice{On: date("2025-05-01"), By: structural.Provider}
	})
	add(4, func(c *structural.Contract[int]) { c.Renewal, c.RenewalMonths, c.Months = structural.Manual, 0, 21 })
	add(5, func(c *structural.Contract[int]) {
		c.Start, c.Obligations = date("2025-07-01"), []structural.Obligation{
			{ID: "a", By: structural.Provider, Due: date("2025-08-01")}, {ID: "b", By: structural.Customer, Due: date("2025-08-01")},
		}
	})
	add(6, func(c *structural.Contract[int]) { c.Renewal, c.RenewalMonths, c.Months = structural.Manual, 0, 12 })
	list, err := g.AtRisk(30, date("2025-09-01"))
	require.NoError(t, err)
	type row struct {
		id      int
		by      string
		reasons []structural.RiskReason
		overdue int
	}
	var got []row
	for _, r := range list {
		got = append(got, row{r.Contract, r.By.String(), r.Reasons, r.Overdue})
		s, err := must(g.Find(r.Contract)).At(date("2025-09-01"))
		require.NoError(t, err)
		require.Equal(t, s, r.Standing)
	}
	require.Equal(t, []row{
		{5, "2025-09-01", []structural.RiskReason{structural.InBreach, structural.InDefault}, 2},
		{1, "2025-09-30", []structural.RiskReason{structural.MayLeave}, 0},
		{4, "2025-09-30", []structural.RiskReason{structural.Lapsing}, 0},
		{2, "2025-12-31", []structural.RiskReason{structural.Leaving}, 0},
	}, got)
	list, err = g.AtRisk(28, date("2025-09-01"))
	require.NoError(t, err)
	require.Len(t, list, 2, "both days are still far")
	all, err := g.AtRisk(1<<30, date("2025-09-01"))
	require.NoError(t, err)
	require.Len(t, all, 4)
	for _, err := range []error{second(g.AtRisk(-1, date("2025-09-01"))), second(g.AtRisk(1, relmark.Date{}))} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

func must[T any](v T, _ bool) T { return v }

// Each duty falls on one of its days, kept ones are known, and none is counted twice.
func TestDutiesAgreeWithCounting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := structural.Obligation{ID: "o", By: structural.Customer, Due: date("2024-01-25").AddDays(rapid.IntRange(0, 10).Draw(t, "due")), Months: rapid.IntRange(0, 5).Draw(t, "months")}
		var days []relmark.Date
		for k := range 40 {
			if k == 0 || o.Months > 0 {
				days = append(days, o.Due.AddMonths(k*o.Months))
			}
		}
		asOf := o.Due.AddDays(rapid.IntRange(-20, 500).Draw(t, "as of"))
		through := o.Due.AddDays(rapid.IntRange(-20, 500).Draw(t, "through"))
		want := structural.Conduct{}
		for _, d := range days {
			on := relmark.Date{}
			if rapid.Bool().Draw(t, "kept") {
				on = d.AddDays(rapid.IntRange(-5, 5).Draw(t, "on"))
				o.Kept = append(o.Kept, structural.Fulfilment{d, on})
			}
			switch known := !on.IsZero() && !on.After(asOf); {
			case d.After(through):
			case known && !on.After(d):
				want.Kept++
			case known:
				want.Late++
			case d.Before(asOf):
				want.Overdue++
			default:
				want.Open++
			}
		}
		c := yearly()
		c.Obligations = []structural.Obligation{o}
		list, err := c.Duties(through, asOf)
		require.NoError(t, err)
		got := structural.Conduct{}
		for _, d := range list {
			switch d.State {
			case structural.Kept:
				got.Kept++
			case structural.KeptLate:
				got.Late++
			case structural.Overdue:
				got.Overdue++
			default:
				got.Open++
			}
		}
		require.Equal(t, want, got)
	})
}
