package calendar_test

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/calendar"
)

// zones jump by an hour, half an hour, two hours and a day; at midnight, a minute
// past it and at noon; in the summer, in the winter, during Ramadan and never.
var zones = []string{
	"UTC", "Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow", "America/New_York", "America/Sao_Paulo",
	"America/Havana", "America/St_Johns", "America/Asuncion", "America/Santiago", "America/Nuuk", "America/Caracas",
	"Asia/Beirut", "Asia/Amman", "Asia/Gaza", "Asia/Tehran", "Asia/Kathmandu", "Asia/Pyongyang", "Asia/Manila",
	"Africa/Cairo", "Africa/Casablanca", "Africa/Monrovia", "Antarctica/Troll", "Antarctica/Casey", "Atlantic/Azores",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Fakaofo",
}

func load(t require.TestingT, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func drawZone(t *rapid.T) *time.Location {
	return load(t, rapid.SampledFrom(zones).Draw(t, "zone"))
}

// Transitions: tz database, files northamerica, southamerica, asia, africa,
// australasia; instants worked by hand.
func TestStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, date, want, why string }{
		{"Europe/Berlin", "2025-03-30", "2025-03-29T23:00:00Z", "a day that loses an hour later on"},
		{"America/Sao_Paulo", "2017-10-15", "2017-10-15T03:00:00Z", "00:00 is skipped to 01:00"},
		{"Asia/Beirut", "2021-03-28", "2021-03-27T22:00:00Z", "00:00 is skipped to 01:00"},
		{"Africa/Cairo", "2023-04-28", "2023-04-27T22:00:00Z", "00:00 is skipped to 01:00"},
		{"Asia/Tehran", "2022-03-22", "2022-03-21T20:30:00Z", "00:00 is skipped to 01:00"},
		{"America/Havana", "2022-11-06", "2022-11-06T04:00:00Z", "01:00 is put back to 00:00: two midnights"},
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z", "00:00 is put back to 23:00: one midnight, after it"},
		{"America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", "00:01 is put back to 23:01: two midnights, a day before between them"},
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "the day before the date line"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "skipped: starts with the day after"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "follows the 29th"},
		{"Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00Z", "skipped: starts with the day after"},
		{"Pacific/Kwajalein", "1993-08-22", "1993-08-21T12:00:00Z", "follows the 20th"},
		{"America/Juneau", "1867-10-18", "1867-10-17T08:57:41Z", "comes twice; local mean time to the second"},
		{"America/Juneau", "1867-10-19", "1867-10-18T08:57:41Z", "begins before the 18th comes again"},
		{"America/New_York", "2041-01-01", "2041-01-01T05:00:00Z", "after a leap year by rule"},
		{"America/New_York", "2040-12-31", "2040-12-31T05:00:00Z", "the last day of a leap year by rule"},
		{"Australia/Lord_Howe", "9999-12-31", "9999-12-30T13:00:00Z", "the last date"},
		{"UTC", "0001-01-01", "0001-01-01T00:00:00Z", "the first date"},
	} {
		at, err := time.Parse(time.DateOnly, c.date)
		require.NoError(t, err)
		d, ok := calendar.In(at, time.UTC)
		require.True(t, ok)
		got := calendar.Start(d, load(t, c.zone))
		assert.Equal(t, c.want, got.UTC().Format(time.RFC3339Nano), "%s %s: %s", c.zone, c.date, c.why)
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, wall, want, why string }{
		{"Europe/Berlin", "2025-03-30T02:30:00Z", "2025-03-30T01:00:00Z", "in the gap: its end"},
		{"Europe/Berlin", "2025-03-30T02:00:00Z", "2025-03-30T01:00:00Z", "at the start of the gap: its end"},
		{"Europe/Berlin", "2025-03-30T03:00:00Z", "2025-03-30T01:00:00Z", "at the end of the gap"},
		{"Europe/Berlin", "2025-03-30T03:00:00.000000001Z", "2025-03-30T01:00:00.000000001Z", "past it"},
		{"Europe/Berlin", "2025-10-26T02:30:00Z", "2025-10-26T00:30:00Z", "in the overlap: the first time"},
		{"Europe/Berlin", "2025-10-26T03:00:00Z", "2025-10-26T02:00:00Z", "past the overlap"},
		{"Australia/Lord_Howe", "2025-10-05T02:15:00Z", "2025-10-04T15:30:00Z", "a gap of half an hour"},
		{"Antarctica/Troll", "2025-03-30T01:10:00Z", "2025-03-30T01:00:00Z", "a gap of two hours"},
		{"Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z", "in a gap of a day"},
	} {
		wall, err := time.Parse(time.RFC3339Nano, c.wall)
		require.NoError(t, err)
		d, _ := calendar.In(wall, time.UTC)
		got := calendar.At(d, wall.Sub(d.UTC()), load(t, c.zone))
		assert.Equal(t, c.want, got.UTC().Format(time.RFC3339Nano), "%s %s: %s", c.zone, c.wall, c.why)
	}
}

// scan finds the same instant by looking at the clock every minute. From 1973 on
// all zones differ from UTC by whole minutes and jump on them.
func scan(wall time.Time, loc *time.Location) time.Time {
	t := wall.Add(-26 * time.Hour)
	for shown(t, loc).Before(wall) {
		t = t.Add(time.Minute)
	}
	return t
}

// shown returns the reading of clocks in loc at t, as if it were UTC.
func shown(t time.Time, loc *time.Location) time.Time {
	_, offset := t.In(loc).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// jumps lists the instants in years first to last at which clocks in loc jump, to
// the minute, found by looking every hour.
func jumps(first, last int, loc *time.Location) []time.Time {
	offset := func(t time.Time) int { _, o := t.In(loc).Zone(); return o }
	var found []time.Time
	t, end := time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(last+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for before := offset(t); t.Before(end); t = t.Add(time.Hour) {
		if offset(t.Add(time.Hour)) == before {
			continue
		}
		for m := t; m.Before(t.Add(time.Hour)); {
			m = m.Add(time.Minute)
			if now := offset(m); now != before {
				found, before = append(found, m), now
			}
		}
	}
	return found
}

// Every jump of every zone in years by table and by rule, and the end of a leap
// year: readings on either side.
func TestAtEqualsScanAroundJumps(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		loc := load(t, name)
		instants := []time.Time{time.Date(2040, 12, 31, 12, 0, 0, 0, time.UTC)}
		for _, year := range []int{1993, 2007, 2010, 2011, 2017, 2024, 2040} {
			instants = append(instants, jumps(year, year, loc)...)
		}
		for _, at := range instants {
			for _, off := range []time.Duration{-24 * time.Hour, -time.Hour, -time.Minute, 0, 30 * time.Minute, 24 * time.Hour} {
				wall := shown(at, loc).Add(off)
				d, _ := calendar.In(wall, time.UTC)
				require.Equal(t, scan(wall, loc).UTC(), calendar.At(d, wall.Sub(d.UTC()), loc).UTC(), "%s %s", name, wall)
			}
			d, _ := calendar.In(at, loc)
			require.Equal(t, scan(d.UTC(), loc).UTC(), calendar.Start(d, loc).UTC(), "%s %s", name, at)
		}
	}
}

func TestAtEqualsScanAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		minute := rapid.Int64Range(1_600_000, 70_000_000).Draw(t, "minute") // 1973 to 2103
		wall := time.Unix(60*minute, 0).UTC()
		d, _ := calendar.In(wall, time.UTC)
		require.Equal(t, scan(wall, loc).UTC(), calendar.At(d, wall.Sub(d.UTC()), loc).UTC())
	})
}

// In any zone and century, with local mean times to the second: starts never
// decrease, and an instant belongs to its date or to one before.
func TestStartIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		d := calendar.Day(rapid.Int32Range(int32(calendar.First)+2, int32(calendar.Last)-2).Draw(t, "day"))
		start, next := calendar.Start(d, loc), calendar.Start(d+1, loc)
		require.False(t, next.Before(start))
		require.Equal(t, loc, start.Location())
		shown, _ := calendar.In(start, loc)
		require.GreaterOrEqual(t, shown, d)
		before, _ := calendar.In(start.Add(-1), loc)
		require.Less(t, before, d)
		clock := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)-1).Draw(t, "clock"))
		at := calendar.At(d, clock, loc)
		require.False(t, at.Before(start))
		require.False(t, at.After(next))
		later := time.Duration(rapid.Int64Range(int64(clock), int64(24*time.Hour)-1).Draw(t, "later"))
		require.False(t, calendar.At(d, later, loc).Before(at))
	})
}

// A walk from stretch to stretch goes on, stays on the offset in between, and
// meets every jump.
func TestSteadyUntil(t *testing.T) {
	t.Parallel()
	for _, years := range [][2]int{{2009, 2012}, {2037, 2041}} { // by table and by rule
		for _, name := range zones {
			loc := load(t, name)
			var met []time.Time
			at, last := time.Date(years[0], 1, 1, 0, 0, 0, 0, time.UTC), time.Date(years[1]+1, 1, 1, 0, 0, 0, 0, time.UTC)
			for {
				end, more := calendar.SteadyUntil(at, loc)
				if !more || !end.Before(last) {
					break
				}
				require.True(t, end.After(at), "%s %s", name, at)
				before := shown(end.Add(-1), loc).Sub(end.Add(-1))
				require.Equal(t, shown(at, loc).Sub(at), before, "%s %s", name, at)
				if shown(end, loc).Sub(end) != before {
					met = append(met, end.UTC())
				}
				at = end
			}
			require.Equal(t, fmt.Sprint(jumps(years[0], years[1], loc)), fmt.Sprint(met), name)
		}
	}
}

// The library's bound is not past the instant here; go on from it and a search
// never ends.
func TestSteadyUntilOnTheLastDayOfALeapYear(t *testing.T) {
	t.Parallel()
	at := time.Date(2040, 12, 31, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ at, want time.Time }{
		{at, at.Add(12 * time.Hour)},
		{at.Add(-12 * time.Hour), at.Add(12 * time.Hour)},
		{at.Add(12*time.Hour - 1), at.Add(12 * time.Hour)},
	} {
		end, more := calendar.SteadyUntil(c.at, load(t, "America/New_York"))
		assert.True(t, more)
		assert.Equal(t, c.want, end.UTC())
	}
	_, more := calendar.SteadyUntil(at, time.UTC)
	assert.False(t, more)
	_, more = calendar.SteadyUntil(at, load(t, "Asia/Tokyo"))
	assert.False(t, more)
}

func TestOfWeek(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		at := time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "unix"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).In(loc)
		hour, minute, second := at.Clock()
		want := time.Duration((at.Weekday()+6)%7)*24*time.Hour + time.Duration(hour)*time.Hour +
			time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(at.Nanosecond())
		require.Equal(t, want, calendar.OfWeek(at.UTC(), loc))
	})
}

func FuzzAt(f *testing.F) {
	f.Add(int32(736_617), int64(0), uint8(6))
	f.Add(int32(734_501), int64(12*time.Hour), uint8(27))
	f.Add(int32(745_096), int64(5*time.Hour), uint8(5))
	f.Fuzz(func(t *testing.T, day int32, clock int64, zone uint8) {
		d := calendar.Day(day)
		if !d.Valid() || clock < 0 || clock >= int64(24*time.Hour) {
			t.Skip()
		}
		loc := load(t, zones[int(zone)%len(zones)])
		at := calendar.At(d, time.Duration(clock), loc)
		wall := d.UTC().Add(time.Duration(clock))
		_, offset := at.Zone()
		require.False(t, at.Add(time.Duration(offset)*time.Second).Before(wall), "shows less than the reading")
		_, offset = at.Add(-1).Zone()
		require.True(t, at.Add(time.Duration(offset)*time.Second-1).Before(wall), "not the first")
	})
}

func BenchmarkStart(b *testing.B) {
	d, _ := calendar.Of(2025, time.July, 1)
	for _, name := range []string{"UTC", "Europe/Berlin"} {
		loc := load(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				calendar.Start(d, loc)
			}
		})
	}
}

func BenchmarkOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		calendar.Of(2024, time.February, 29)
	}
}
