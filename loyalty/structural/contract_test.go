package structural_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

// yearly renews itself every year, unless notice is given three months before.
func yearly() structural.Contract[string] {
	return structural.Contract[string]{ID: "A", Start: date("2024-01-01"), Months: 24, Renewal: structural.Automatic, RenewalMonths: 12, NoticeMonths: 3}
}

func at(t require.TestingT, c structural.Contract[string], day string) structural.Standing {
	s, err := c.At(date(day))
	require.NoError(t, err)
	return s
}

// By hand, as a lawyer counts: notice for 31 December with three months is due by 30
// September.
func TestAutomaticRenewal(t *testing.T) {
	t.Parallel()
	c := yearly()
	for _, x := range []struct {
		day  string
		want structural.Standing
	}{
		{"2023-06-01", structural.Standing{structural.Pending, 1, date("2024-01-01"), date("2025-12-31"), date("2025-09-30"), date("2025-12-31"), date("2026-01-01"), relmark.Date{}}},
		{"2024-01-01", structural.Standing{structural.InForce, 1, date("2024-01-01"), date("2025-12-31"), date("2025-09-30"), date("2025-12-31"), date("2026-01-01"), relmark.Date{}}},
		{"2025-09-30", structural.Standing{structural.InForce, 1, date("2024-01-01"), date("2025-12-31"), date("2025-09-30"), date("2025-12-31"), date("2026-01-01"), relmark.Date{}}},
		{"2025-10-01", structural.Standing{structural.InForce, 1, date("2024-01-01"), date("2025-12-31"), date("2026-09-30"), date("2026-12-31"), date("2026-01-01"), relmark.Date{}}},
		{"2031-12-31", structural.Standing{structural.InForce, 7, date("2031-01-01"), date("2031-12-31"), date("2032-09-30"), date("2032-12-31"), date("2032-01-01"), relmark.Date{}}},
	} {
		assert.Equal(t, x.want, at(t, c, x.day), x.day)
	}
	c.Notice = &structural.Notice{On: date("2025-10-01"), By: structural.Customer}
	assert.Equal(t, structural.InForce, at(t, c, "2025-09-30").State, "what was said later was not known")
	for day, state := range map[string]structural.ContractState{"2025-10-01": structural.NoticeGiven, "2026-12-31": structural.NoticeGiven, "2027-01-01": structural.Ended} {
		s := at(t, c, day)
		assert.Equal(t, state, s.State, day)
		assert.Equal(t, date("2026-12-31"), s.Ends, "a day late is a year late")
		assert.Zero(t, s.DecideBy())
	}
	c.Notice.Last = date("2025-11-15")
	assert.Equal(t, structural.Standing{structural.Ended, 1, date("2024-01-01"), date("2025-12-31"), relmark.Date{}, relmark.Date{}, relmark.Date{}, date("2025-11-15")}, at(t, c, "2025-11-16"), "for cause")
}

// Terms of a month from 31 January end where the months do, and do not drift.
func TestMonthEnds(t *testing.T) {
	t.Parallel()
	c := structural.Contract[string]{Start: date("2025-01-31"), Months: 1, Renewal: structural.Automatic, RenewalMonths: 1, NoticeDays: 14}
	for day, want := range map[string][2]string{
		"2025-02-27": {"2025-01-31", "2025-02-27"}, "2025-02-28": {"2025-02-28", "2025-03-30"},
		"2025-03-31": {"2025-03-31", "2025-04-29"}, "2028-03-01": {"2028-02-29", "2028-03-30"},
	} {
		s := at(t, c, day)
		assert.Equal(t, [2]relmark.Date{date(want[0]), date(want[1])}, [2]relmark.Date{s.From, s.Through}, day)
	}
	assert.Equal(t, date("2025-02-13"), at(t, c, "2025-01-31").NoticeBy)
	quarter := structural.Contract[string]{Start: date("2024-12-31"), Months: 3, Renewal: structural.Automatic, RenewalMonths: 3, NoticeMonths: 1}
	assert.Equal(t, date("2025-02-27"), at(t, quarter, "2025-02-27").NoticeBy, "a month before 31 March")
	assert.Equal(t, date("2025-05-29"), at(t, quarter, "2025-02-28").NoticeBy)
	assert.Equal(t, date("2025-03-16"), at(t, c, "2025-02-14").NoticeBy)
}

func TestManualRenewal(t *testing.T) {
	t.Parallel()
	c := structural.Contract[string]{Start: date("2024-01-01"), Months: 12, Renewal: structural.Manual, NoticeMonths: 3}
	s := at(t, c, "2024-06-01")
	assert.Equal(t, structural.Standing{State: structural.InForce, Term: 1, From: date("2024-01-01"), Through: date("2024-12-31"), Ends: date("2024-12-31")}, s)
	assert.Equal(t, date("2024-12-31"), s.DecideBy())
	assert.Equal(t, structural.Ended, at(t, c, "2025-01-01").State)
	c.Extensions = []structural.Extension{{date("2024-11-05"), 6}, {date("2024-12-05"), 6}}
	assert.Equal(t, date("2024-12-31"), at(t, c, "2024-11-04").Ends)
	assert.Equal(t, structural.Standing{State: structural.InForce, Term: 1, From: date("2024-01-01"), Through: date("2024-12-31"), Ends: date("2025-06-30")}, at(t, c, "2024-11-05"))
	assert.Equal(t, structural.Standing{State: structural.InForce, Term: 3, From: date("2025-07-01"), Through: date("2025-12-31"), Ends: date("2025-12-31")}, at(t, c, "2025-08-01"))
	c.Notice = &structural.Notice{On: date("2025-12-30"), By: structural.Provider}
	assert.Equal(t, date("2025-12-31"), at(t, c, "2025-12-30").Ends, "a fixed term needs no notice")
}

func TestContractsAreChecked(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*structural.Contract[string]){
		"Start":            func(c *structural.Contract[string]) { c.Start = relmark.Date{} },
		"Months":           func(c *structural.Contract[string]) { c.Months = 0 },
		"Renewal:":         func(c *structural.Contract[string]) { c.Renewal = "" },
		"RenewalMonths":    func(c *structural.Contract[string]) { c.RenewalMonths = 0 },
		"NoticeMonths":     func(c *structural.Contract[string]) { c.NoticeMonths = -1 },
		"NoticeDays":       func(c *structural.Contract[string]) { c.NoticeDays = 36_501 },
		"Extensions[0].On": func(c *structural.Contract[string]) { c.Extensions = []structural.Extension{{relmark.Date{}, 1}} },
		"Extensions[1].On": func(c *structural.Contract[string]) {
			c.Extensions = []structural.Extension{{date("2024-05-01"), 1}, {date("2024-04-01"), 1}}
		},
		"Extensions[0].Months": func(c *structural.Contract[string]) {
			c.Extensions = []structural.Extension{{date("2024-05-01"), 1177}}
		},
		"Notice.On": func(c *structural.Contract[string]) { c.Notice = &structural.Notice{By: structural.Customer} },
		"Notice.By": func(c *structural.Contract[string]) { c.Notice = &structural.Notice{On: date("2024-05-01")} },
		"Notice.Last": func(c *structural.Contract[string]) {
			c.Notice = &structural.Notice{date("2024-05-01"), structural.Customer, date("2024-04-01")}
		},
		"Obligations[0].ID":          func(c *structural.Contract[string]) { c.Obligations[0].ID = "" },
		"Obligations[1].ID":          func(c *structural.Contract[string]) { c.Obligations = append(c.Obligations, c.Obligations[0]) },
		"Obligations[0].By":          func(c *structural.Contract[string]) { c.Obligations[0].By = "they" },
		"Obligations[0].Due":         func(c *structural.Contract[string]) { c.Obligations[0].Due = relmark.Date{} },
		"Obligations[0].Months":      func(c *structural.Contract[string]) { c.Obligations[0].Months = -1 },
		"Obligations[0].Through":     func(c *structural.Contract[string]) { c.Obligations[0].Through = date("2024-01-30") },
		"Obligations[0].Kept[0].Due": func(c *structural.Contract[string]) { c.Obligations[0].Kept[0].Due = date("2024-02-28") },
		"Obligations[0].Kept[0].On":  func(c *structural.Contract[string]) { c.Obligations[0].Kept[0].On = relmark.Date{} },
		"Obligations[0].Kept[1].Due": func(c *structural.Contract[string]) { k := &c.Obligations[0].Kept; *k = append(*k, (*k)[0]) },
	} {
		c := yearly()
		c.Obligations = []structural.Obligation{{ID: "report", By: structural.Provider, Due: date("2024-01-31"), Months: 1, Kept: []structural.Fulfilment{{date("2024-02-29"), date("2024-03-01")}}}}
		require.NoError(t, c.Validate())
		change(&c)
		err := c.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		require.ErrorContains(t, err, field)
		for _, err := range []error{
			second(c.At(date("2024-05-01"))), second(c.Duties(date("2024-05-01"), date("2024-05-01"))), second(c.Conduct(structural.Provider, date("2024-05-01"))),
			new(structural.Register[string]).Add(c),
		} {
			require.ErrorIs(t, err, relmark.ErrInvalid, field)
		}
	}
	manual := structural.Contract[string]{Start: date("2024-01-01"), Months: 12, Renewal: structural.Manual}
	for _, bad := range []func(*structural.Contract[string]){
		func(c *structural.Contract[string]) { c.RenewalMonths = 1 },
		func(c *structural.Contract[string]) { c.Extensions = []structural.Extension{{date("2025-01-01"), 1}} },
		func(c *structural.Contract[string]) {
			c.Notice = &structural.Notice{On: date("2025-01-01"), By: structural.Customer}
		},
		func(c *structural.Contract[string]) {
			c.Notice = &structural.Notice{On: date("2024-05-01"), By: structural.Customer}
			c.Extensions = []structural.Extension{{date("2024-05-02"), 1}}
		},
		func(c *structural.Contract[string]) {
			c.Notice = &structural.Notice{date("2024-05-01"), structural.Customer, date("2025-01-01")}
		},
		func(c *structural.Contract[string]) { c.Obligations = make([]structural.Obligation, 100) },
		func(c *structural.Contract[string]) {
			c.Obligations = []structural.Obligation{{ID: "a", By: structural.Customer, Due: date("2024-05-01"), Kept: make([]structural.Fulfilment, 100)}}
		},
	} {
		c := manual
		bad(&c)
		require.ErrorIs(t, c.Validate(), relmark.ErrInvalid)
	}
	_, err := manual.At(relmark.Date{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = manual.Duties(relmark.Date{}, date("2024-05-01"))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = manual.Conduct("they", date("2024-05-01"))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// A reader of the contract goes through all of its terms, one after the other.
func readTerms(c *structural.Contract[string], asOf relmark.Date) (ends []relmark.Date, agreed int) {
	months := c.Months
	ends = append(ends, c.Start.AddMonths(months))
	more := func(n int) {
		months += n
		ends = append(ends, c.Start.AddMonths(months))
	}
	for _, x := range c.Extensions {
		if x.On.After(asOf) {
			continue
		}
		for c.Renewal == structural.Automatic && !x.On.Before(ends[len(ends)-1]) {
			more(c.RenewalMonths)
		}
		more(x.Months)
	}
	agreed = len(ends) - 1
	for c.Renewal == structural.Automatic && ends[len(ends)-1].Before(asOf.AddMonths(600)) {
		more(c.RenewalMonths)
	}
	return ends, agreed
}

func drawContract(t *rapid.T) structural.Contract[string] {
	day := func(name string, from relmark.Date, most int) relmark.Date {
		return from.AddDays(rapid.IntRange(0, most).Draw(t, name))
	}
	c := structural.Contract[string]{
		ID: "A", Start: day("start", date("2023-12-25"), 70), Months: rapid.IntRange(1, 30).Draw(t, "months"), Renewal: structural.Manual,
		NoticeMonths: rapid.IntRange(0, 14).Draw(t, "notice months"), NoticeDays: rapid.IntRange(0, 40).Draw(t, "notice days"),
	}
	if rapid.Bool().Draw(t, "automatic") {
		c.Renewal, c.RenewalMonths = structural.Automatic, rapid.IntRange(1, 14).Draw(t, "renewal")
	}
	on := c.Start.AddDays(-20)
	for range rapid.IntRange(0, 2).Draw(t, "extensions") {
		on = day("on", on, 500)
		c.Extensions = append(c.Extensions, structural.Extension{on, rapid.IntRange(1, 14).Draw(t, "extension")})
	}
	if rapid.Bool().Draw(t, "notice") {
		c.Notice = &structural.Notice{On: day("notice on", on, 900), By: structural.Customer}
		if rapid.Bool().Draw(t, "cause") {
			c.Notice.Last = day("last", c.Notice.On, 100)
		}
	}
	return c
}

// A contract stands where one stands that is read term by term, and notice on the last day
// for it is always in time.
func TestStandingAgreesWithReading(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawContract(t)
		if c.Validate() != nil {
			t.Skip("not a contract")
		}
		asOf := c.Start.AddDays(rapid.IntRange(-50, 3000).Draw(t, "as of"))
		s, err := c.At(asOf)
		require.NoError(t, err)
		ends, agreed := readTerms(&c, asOf)
		last := func(end relmark.Date) relmark.Date { return end.AddMonths(-c.NoticeMonths).AddDays(-c.NoticeDays - 1) }
		noticed := func(day relmark.Date) relmark.Date {
			k := agreed
			for c.Renewal == structural.Automatic && (last(ends[k]).Before(day) || !day.Before(ends[k])) {
				k++
			}
			return ends[k]
		}
		var over relmark.Date // the last day in force
		given := c.Notice != nil && !c.Notice.On.After(asOf)
		switch {
		case given && !c.Notice.Last.IsZero():
			over = c.Notice.Last
		case given:
			over = noticed(c.Notice.On).AddDays(-1)
		case c.Renewal == structural.Manual:
			over = ends[agreed].AddDays(-1)
		}
		require.Equal(t, over, s.Ends)
		in := asOf
		if !over.IsZero() && over.Before(asOf) {
			in = over
		}
		k := slices.IndexFunc(ends, in.Before)
		require.Equal(t, k+1, s.Term)
		require.Equal(t, ends[k].AddDays(-1), s.Through)
		from := c.Start
		if k > 0 {
			from = ends[k-1]
		}
		require.Equal(t, from, s.From)
		require.Equal(t, !over.IsZero() && asOf.After(over), s.State == structural.Ended)
		if over.IsZero() {
			end := noticed(asOf)
			require.Equal(t, last(end), s.NoticeBy)
			require.Equal(t, end.AddDays(-1), s.NoticeEnds)
			require.False(t, s.NoticeBy.Before(asOf))
			require.False(t, s.NoticeBy.AddDays(1+c.NoticeDays).AddMonths(c.NoticeMonths).After(end.AddDays(31)))
			notice := c
			notice.Extensions = slices.DeleteFunc(slices.Clone(c.Extensions), func(x structural.Extension) bool { return x.On.After(asOf) })
			notice.Notice = &structural.Notice{On: s.NoticeBy, By: structural.Customer}
			then, err := notice.At(s.NoticeBy)
			require.NoError(t, err)
			require.Equal(t, s.NoticeEnds, then.Ends, "in time")
			renews := agreed
			for !asOf.Before(ends[renews]) {
				renews++
			}
			require.Equal(t, ends[renews], s.Renews)
		}
	})
}
