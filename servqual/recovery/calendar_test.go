package recovery_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/recovery"
)

// zones have clocks that jump by an hour, by half an hour, at midnight, over a date, not at
// all, or by a rule that Ramadan moves.
func zones() []string {
	return []string{
		"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu",
		"Africa/Casablanca", "America/St_Johns", "Asia/Tehran", "Africa/Cairo", "Atlantic/Azores", "Antarctica/Troll", "UTC",
	}
}

// drawHours draws hours of any shape, with some holidays in a year.
func drawHours(t *rapid.T, year int) recovery.Hours {
	h := recovery.Hours{Zone: zone(t, rapid.SampledFrom(zones()).Draw(t, "zone"))}
	for day := range h.Week {
		marks := rapid.SliceOfNDistinct(rapid.IntRange(0, 96), 0, 6, rapid.ID).Draw(t, "quarters")
		slices.Sort(marks)
		for i := 0; i+1 < len(marks); i += 2 {
			h.Week[day] = append(h.Week[day], recovery.Opening{From: clock(0, 15*marks[i]), To: clock(0, 15*marks[i+1])})
		}
	}
	if rapid.Bool().Draw(t, "round the clock") {
		for day := range h.Week {
			h.Week[day] = []recovery.Opening{{From: 0, To: 24 * time.Hour}}
		}
	}
	h.Week[2] = append(h.Week[2][:0:0], recovery.Opening{From: clock(7, 30), To: clock(19, 0)}) // never wholly closed
	first := relmark.MustParseDate(fmt.Sprintf("%04d-01-01", year))
	for range rapid.IntRange(0, 12).Draw(t, "holidays") {
		h.Holidays = append(h.Holidays, first.AddDays(rapid.IntRange(0, 365).Draw(t, "holiday")))
	}
	return h
}

// openNaive says whether hours are open at a minute, from what the standard library shows on
// a clock in the zone; nothing of it is shared with the code under test.
func openNaive(h recovery.Hours, holidays map[string]bool, minute time.Time) bool {
	local := minute.In(h.Zone)
	if holidays[local.Format(time.DateOnly)] {
		return false
	}
	hour, m, s := local.Clock()
	reading := time.Duration(hour)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	for _, o := range h.Week[(int(local.Weekday())+6)%7] {
		if reading >= o.From && reading < o.To {
			return true
		}
	}
	return false
}

// Deadlines and business time are those of a clock that is looked at every minute, across
// jumps of clocks and holidays, in any zone and year.
func TestCalendarAgainstMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(1990, 2099).Draw(t, "year")
		h := drawHours(t, year)
		c := compiled(t, h)
		holidays := map[string]bool{}
		for _, d := range h.Holidays {
			holidays[d.String()] = true
		}
		from := time.Date(year, 1, 1, 0, rapid.IntRange(0, 366*24*60).Draw(t, "from"), 0, 0, time.UTC)
		if jumps := jumpsOf(h.Zone, year); len(jumps) > 0 && rapid.Bool().Draw(t, "near a jump") {
			from = rapid.SampledFrom(jumps).Draw(t, "jump").Add(-clock(0, rapid.IntRange(0, 4000).Draw(t, "before")))
		}
		budget := rapid.IntRange(1, 3000).Draw(t, "budget")
		due, err := c.Due(from, clock(0, budget))
		require.NoError(t, err)
		run, naive := 0, from
		for run < budget {
			if naive.Sub(from) > 40*24*time.Hour { // long closed: the calendar must not be due before
				require.False(t, due.Before(naive))
				return
			}
			require.Equal(t, openNaive(h, holidays, naive), c.Open(naive), "%v", naive)
			if openNaive(h, holidays, naive) {
				run++
			}
			naive = naive.Add(time.Minute)
		}
		require.Equal(t, naive.UTC(), due)
		d, err := c.Between(from, due)
		require.NoError(t, err)
		require.Equal(t, clock(0, budget), d)
	})
}

// jumpsOf returns the hours of a year before which clocks jump.
func jumpsOf(loc *time.Location, year int) []time.Time {
	var out []time.Time
	for hour := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); hour.Year() == year; hour = hour.Add(time.Hour) {
		_, before := hour.In(loc).Zone()
		next := hour.Add(time.Hour)
		if _, after := next.In(loc).Zone(); before != after {
			out = append(out, next)
		}
	}
	return out
}

// Business time adds up, a deadline is the first instant by which its budget has run, and both
// hold to the nanosecond.
func TestCalendarProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := compiled(t, drawHours(t, 2026))
		instant := rapid.Custom(func(t *rapid.T) time.Time {
			return time.Unix(rapid.Int64Range(-8_000_000_000, 5_600_000_000).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		})
		list := []time.Time{instant.Draw(t, "a"), instant.Draw(t, "b"), instant.Draw(t, "c")}
		slices.SortFunc(list, time.Time.Compare)
		between := func(a, b time.Time) time.Duration {
			d, err := c.Between(a, b)
			if b.Sub(a) < 290*365*24*time.Hour { // what time.Duration holds
				require.NoError(t, err)
				require.GreaterOrEqual(t, d, time.Duration(0))
				require.LessOrEqual(t, d, b.Sub(a))
			}
			return d
		}
		if between(list[0], list[2]) > 0 {
			require.Equal(t, between(list[0], list[2]), between(list[0], list[1])+between(list[1], list[2]))
		}
		budget := time.Duration(rapid.Int64Range(1, int64(200*24*time.Hour)).Draw(t, "budget"))
		due, err := c.Due(list[0], budget)
		require.NoError(t, err)
		require.Equal(t, budget, between(list[0], due))
		require.Equal(t, budget-1, between(list[0], due.Add(-1)))
	})
}

func TestCalendarRefuses(t *testing.T) {
	t.Parallel()
	c := office(t)
	now := monday(0)
	_, err := c.Due(now, -1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = c.Due(time.Time{}, 1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = c.Due(now, 1<<62)
	require.ErrorIs(t, err, relmark.ErrLimit)
	_, err = c.Between(now.Add(1), now)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = recovery.Calendar{}.Between(now, now)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = recovery.Calendar{}.Due(now, 0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.False(t, recovery.Calendar{}.Open(now))
	assert.False(t, c.Open(time.Time{}))

	always := recovery.Hours{Zone: time.UTC}
	for day := range always.Week {
		always.Week[day] = []recovery.Opening{{To: 24 * time.Hour}}
	}
	_, err = compiled(t, always).Between(at("1701-01-01T00:00:00Z"), at("2149-01-01T00:00:00Z"))
	require.ErrorIs(t, err, relmark.ErrLimit, "448 years are more than a time.Duration holds")
}

func TestHoursValidate(t *testing.T) {
	t.Parallel()
	opening := recovery.Opening{From: clock(9, 0), To: clock(12, 0)}
	week := recovery.Workdays(opening)
	for name, h := range map[string]recovery.Hours{
		"zone":    {Week: week},
		"never":   {Zone: time.UTC},
		"reverse": {Zone: time.UTC, Week: recovery.Workdays(recovery.Opening{From: clock(12, 0), To: clock(9, 0)})},
		"seconds": {Zone: time.UTC, Week: recovery.Workdays(recovery.Opening{From: time.Second, To: clock(9, 0)})},
		"late":    {Zone: time.UTC, Week: recovery.Workdays(recovery.Opening{From: clock(9, 0), To: clock(25, 0)})},
		"overlap": {Zone: time.UTC, Week: recovery.Workdays(opening, recovery.Opening{From: clock(11, 0), To: clock(13, 0)})},
		"many":    {Zone: time.UTC, Week: recovery.Workdays(slices.Repeat([]recovery.Opening{opening}, 25)...)},
		"holiday": {Zone: time.UTC, Week: week, Holidays: []relmark.Date{{}}},
		"days":    {Zone: time.UTC, Week: week, Holidays: make([]relmark.Date, 10_001)},
	} {
		require.ErrorIs(t, h.Validate(), relmark.ErrInvalid, name)
		_, err := recovery.NewCalendar(h)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = h.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	touching := recovery.Hours{Zone: time.UTC, Week: recovery.Workdays(opening, recovery.Opening{From: clock(12, 0), To: clock(13, 0)})}
	require.NoError(t, touching.Validate())
}

func TestCalendarDoesNotAllocate(t *testing.T) {
	c, now := office(t), monday(0)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		due, err := c.Due(now, 40*time.Hour)
		if err != nil || !c.Open(now) {
			t.Error(err)
		}
		_, err = c.Between(now, due)
		if err != nil {
			t.Error(err)
		}
	}))
}

// Holidays count wherever business time is asked for: after the years of events, where
// deadlines may lie, and on the dates that clocks show at the ends of the range.
func TestHolidaysBeyondTheYearsOfEvents(t *testing.T) {
	t.Parallel()
	var always recovery.Week
	for i := range always {
		always[i] = []recovery.Opening{{From: 0, To: 24 * time.Hour}}
	}
	for _, c := range []struct {
		zone     *time.Location
		from     string
		holidays []string
		due      string // of 48 hours
	}{
		{time.UTC, "2150-12-30T00:00:00Z", []string{"2150-12-31", "2151-01-01"}, "2151-01-03T00:00:00Z"},
		{time.UTC, "2150-12-31T00:00:00Z", []string{"2151-01-01", "2151-01-01", "9999-12-31", "0001-01-01"}, "2151-01-03T00:00:00Z"},
		{time.FixedZone("", -12*3600), "1700-01-01T00:00:00Z", []string{"1699-12-31"}, "1700-01-03T12:00:00Z"},
		{time.FixedZone("", 14*3600), "1700-01-01T00:00:00Z", []string{"1700-01-01"}, "1700-01-03T10:00:00Z"},
	} {
		h := recovery.Hours{Zone: c.zone, Week: always}
		for _, d := range c.holidays {
			h.Holidays = append(h.Holidays, relmark.MustParseDate(d))
		}
		due, err := compiled(t, h).Due(at(c.from), 48*time.Hour)
		require.NoError(t, err)
		assert.Equal(t, at(c.due), due, c.from)
	}
	// A year before the end of time, with its last days closed.
	h := recovery.Hours{Zone: time.FixedZone("", 14*3600), Week: always, Holidays: []relmark.Date{relmark.MustParseDate("2261-12-31"), relmark.MustParseDate("2262-01-01")}}
	all := time.Duration(at("2261-12-30T10:00:00Z").Unix()-at("2150-01-01T00:00:00Z").Unix()) * time.Second
	due, err := compiled(t, h).Due(at("2150-01-01T00:00:00Z"), all)
	require.NoError(t, err)
	assert.Equal(t, at("2261-12-30T10:00:00Z"), due)
	_, err = compiled(t, h).Due(at("2150-01-01T00:00:00Z"), all+time.Nanosecond)
	require.ErrorIs(t, err, relmark.ErrLimit)
}
