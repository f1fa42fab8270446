package earning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// A programme year runs from the day after the end of the one before to its own.
func TestProgrammeYears(t *testing.T) {
	t.Parallel()
	march, february := earning.YearEnd{Month: time.March, Day: 31}, earning.YearEnd{Month: time.February, Day: 29}
	for _, c := range []struct {
		y              earning.YearEnd
		of, start, end string
	}{
		{earning.YearEnd{}, "2025-07-01", "2025-01-01", "2025-12-31"},
		{march, "2025-03-31", "2024-04-01", "2025-03-31"},
		{march, "2025-04-01", "2025-04-01", "2026-03-31"},
		{february, "2024-02-29", "2023-03-01", "2024-02-29"},
		{february, "2025-02-28", "2024-03-01", "2025-02-28"},
		{february, "2025-03-01", "2025-03-01", "2026-02-28"},
		{earning.YearEnd{Month: time.February, Day: 28}, "2024-02-29", "2024-02-29", "2025-02-28"},
		{earning.YearEnd{Month: time.September, Day: 15}, "2025-09-16", "2025-09-16", "2026-09-15"},
		{march, "0001-01-01", "0001-01-01", "0001-03-31"},
		{march, "9999-05-01", "9999-04-01", ""},
	} {
		assert.Equal(t, c.start, c.y.Start(date(c.of)).String(), c)
		assert.Equal(t, c.end, c.y.End(date(c.of), 0).String(), c)
	}
	assert.Equal(t, "2028-02-29", february.End(date("2024-03-01"), 3).String())
	assert.True(t, march.End(date("9990-01-01"), 50).IsZero())
}

// Every date lies in one programme year, which is followed by another.
func TestProgrammeYearsAreACalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leap := date("2024-01-01").AddDays(rapid.IntRange(0, 365).Draw(t, "end"))
		_, month, n := leap.Civil()
		y := earning.YearEnd{Month: month, Day: n}
		require.NoError(t, y.Validate())
		d := date("1900-01-01").AddDays(rapid.IntRange(0, 100_000).Draw(t, "date"))
		start, end := y.Start(d), y.End(d, 0)
		require.True(t, !d.Before(start) && !d.After(end))
		require.Equal(t, end.AddDays(1), y.Start(end.AddDays(1)))
		require.Equal(t, y.End(d, 3), y.End(y.End(d, 2).AddDays(1), 0))
		text, err := y.MarshalText()
		require.NoError(t, err)
		var back earning.YearEnd
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, y, back)
	})
	text, err := earning.YearEnd{}.MarshalText()
	require.NoError(t, err)
	assert.Empty(t, text)
	none := earning.YearEnd{Month: 1, Day: 1}
	require.NoError(t, none.UnmarshalText(text))
	assert.True(t, none.IsZero())
	for _, bad := range []earning.YearEnd{{Month: 13, Day: 1}, {Month: 2, Day: 30}, {Month: 1}, {Day: 1}} {
		require.ErrorIs(t, bad.Validate(), relmark.ErrInvalid)
		_, err := bad.MarshalText()
		require.ErrorIs(t, err, relmark.ErrInvalid)
		r := complete(earning.Rules{YearEnd: bad})
		require.ErrorContains(t, r.Validate(), "YearEnd")
	}
	for _, text := range []string{"-", "13-01", "02-30", "2-1", "12-31 "} {
		y := earning.YearEnd{Month: 1, Day: 1}
		require.ErrorIs(t, y.UnmarshalText([]byte(text)), relmark.ErrInvalid, text)
		assert.Equal(t, earning.YearEnd{Month: 1, Day: 1}, y)
	}
}

// Caps and budgets of a year are those of the programme year, those of a day of one date.
func TestCapsOfProgrammeYearsAndDays(t *testing.T) {
	t.Parallel()
	r := complete(earning.Rules{YearEnd: earning.YearEnd{Month: time.January, Day: 15}, Versions: []earning.Version{{
		Rates: base(), Budgets: []earning.Cap{{Per: earning.PerYear, Points: 100}, {Per: earning.PerDay, Points: 60}},
	}}})
	e, err := earning.Compile(r)
	require.NoError(t, err)
	var u earning.Usage
	for _, c := range []struct {
		day  int
		want int64
	}{{0, 60}, {0, 0}, {1, 40}, {5, 0}, {6, 60}, {6, 0}, {7, 40}} { // 10 January is day 0
		left := e.BudgetLeft(&u, at(c.day))
		award, err := e.Quote(&earning.Order{At: at(c.day), Amount: euros(70), Budget: left})
		require.NoError(t, err)
		require.Equal(t, c.want, award.Granted, c.day)
		require.NoError(t, u.Add(day(c.day), award.Granted))
	}
}
