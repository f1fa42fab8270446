package calendar_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/calendar"
)

// civil is a calendar of its own, turned over day by day with the rule of the
// Gregorian reform and nothing else.
type civil struct {
	year  int
	month time.Month
	day   int
}

func (c civil) length() int {
	switch c.month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if c.year%4 == 0 && (c.year%100 != 0 || c.year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func (c civil) next() civil {
	switch {
	case c.day < c.length():
		return civil{c.year, c.month, c.day + 1}
	case c.month < time.December:
		return civil{c.year, c.month + 1, 1}
	}
	return civil{c.year + 1, time.January, 1}
}

// Every day of the range agrees with a calendar turned by hand and with the
// standard library.
func TestEveryDay(t *testing.T) {
	t.Parallel()
	c, weekday := civil{1, time.January, 1}, time.Monday
	for d := calendar.First; d <= calendar.Last; d++ {
		year, month, day := d.Civil()
		back, ok := calendar.Of(c.year, c.month, c.day)
		midnight := time.Date(c.year, c.month, c.day, 0, 0, 0, 0, time.UTC)
		if (civil{year, month, day}) != c || back != d || !ok || d.Weekday() != weekday || !d.UTC().Equal(midnight) || !d.Valid() {
			t.Fatalf("day %d: got %d-%d-%d, %v; want %v, %v", d, year, month, day, d.Weekday(), c, weekday)
		}
		if c.day == 1 && calendar.Length(c.year, c.month) != c.length() {
			t.Fatalf("%v: length %d", c, calendar.Length(c.year, c.month))
		}
		c, weekday = c.next(), (weekday+1)%7
	}
	assert.Equal(t, civil{10000, time.January, 1}, c)
}

func TestOfRefusesDatesThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, c := range []civil{
		{0, 12, 31},
		{-1, 1, 1},
		{10000, 1, 1},
		{2025, 0, 1},
		{2025, 13, 1},
		{2025, -1, 1},
		{2025, 1, 0},
		{2025, 1, 32},
		{2025, 4, 31},
		{2025, 2, 29},
		{1900, 2, 29},
		{2024, 2, 30},
		{2025, 1, -5},
		{math.MaxInt, 1, 1},
	} {
		d, ok := calendar.Of(c.year, c.month, c.day)
		assert.False(t, ok, c)
		assert.Zero(t, d, c)
	}
	for _, c := range []civil{{2024, 2, 29}, {2000, 2, 29}, {1, 1, 1}, {9999, 12, 31}} {
		_, ok := calendar.Of(c.year, c.month, c.day)
		assert.True(t, ok, c)
	}
	assert.False(t, calendar.Day(0).Valid())
	assert.False(t, (calendar.Last + 1).Valid())
}

// In is the date that the standard library shows.
func TestIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		at := time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "unix"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		d, ok := calendar.In(at, loc)
		year, month, day := at.In(loc).Date()
		if year < 1 || year > 9999 {
			require.False(t, ok)
			return
		}
		want, _ := calendar.Of(year, month, day)
		require.True(t, ok)
		require.Equal(t, want, d)
	})
}

func TestInKeepsToTheYears1To9999(t *testing.T) {
	t.Parallel()
	east, west := time.FixedZone("", 3600), time.FixedZone("", -3600)
	first, end := calendar.First.UTC(), calendar.Last.UTC().Add(24*time.Hour)
	for _, c := range []struct {
		at   time.Time
		loc  *time.Location
		want calendar.Day
	}{
		{first, time.UTC, calendar.First},
		{first.Add(-1), time.UTC, 0},
		{first.Add(-1), east, calendar.First},
		{first, west, 0},
		{end.Add(-1), time.UTC, calendar.Last},
		{end, time.UTC, 0},
		{end, west, calendar.Last},
		{end.Add(-time.Hour), east, 0},
		{time.Unix(-1<<62, 0), time.UTC, 0},
		{time.Unix(1<<62, 0), time.UTC, 0},
	} {
		d, ok := calendar.In(c.at, c.loc)
		assert.Equal(t, c.want, d, c)
		assert.Equal(t, c.want != 0, ok, c)
	}
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.Day(rapid.Int32Range(int32(calendar.First), int32(calendar.Last)).Draw(t, "day"))
		n := rapid.IntRange(-13*9999, 13*9999).Draw(t, "months")
		year, month, day := d.Civil()
		// The first of the month cannot overflow, so the library may move it.
		first := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		got, ok := d.AddMonths(n)
		if first.Year() < 1 || first.Year() > 9999 {
			require.False(t, ok)
			require.Zero(t, got)
			return
		}
		require.True(t, ok)
		want := civil{first.Year(), first.Month(), day}
		want.day = min(day, want.length())
		gotYear, gotMonth, gotDay := got.Civil()
		require.Equal(t, want, civil{gotYear, gotMonth, gotDay})
	})
}

func TestAddMonthsOfAnyNumber(t *testing.T) {
	t.Parallel()
	d, ok := calendar.Of(2025, time.January, 31)
	require.True(t, ok)
	for _, n := range []int{math.MaxInt, math.MinInt, 12 * 9999, -12 * 9999} {
		_, ok := d.AddMonths(n)
		assert.False(t, ok, n)
	}
	step, _ := d.AddMonths(1)
	step, _ = step.AddMonths(1)
	_, _, cumulative := step.Civil()
	anchored, _ := d.AddMonths(2)
	_, _, last := anchored.Civil()
	assert.Equal(t, []int{28, 31}, []int{cumulative, last}, "why a series counts from its anchor")
}
