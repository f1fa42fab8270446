package structural_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/structural"
)

func hosting() structural.SLA {
	return structural.SLA{
		Zone: berlin, Digits: 2, Fee: dec("1000"), Cap: new(dec("50")),
		Bands: []structural.Band{{dec("99.9"), dec("10")}, {dec("99"), dec("25")}, {dec("95"), dec("60")}},
	}
}

func TestSLAIsChecked(t *testing.T) {
	t.Parallel()
	day := date("2025-03-01")
	for field, change := range map[string]func(*structural.SLA){
		"Zone":            func(s *structural.SLA) { s.Zone = nil },
		"Digits":          func(s *structural.SLA) { s.Digits = -1 },
		"Fee":             func(s *structural.SLA) { s.Fee = dec("-1") },
		"Bands[1].Below":  func(s *structural.SLA) { s.Bands[1].Below = dec("0") },
		"Bands[0].Credit": func(s *structural.SLA) { s.Bands[0].Credit = dec("100.1") },
		"Cap":             func(s *structural.SLA) { s.Cap = new(decimal.New(1, math.MinInt32)) },
		"Bands[15].Below": func(s *structural.SLA) { s.Bands = make([]structural.Band, 100) },
	} {
		s := hosting()
		change(&s)
		for _, err := range []error{s.Validate(), second(s.Availability(day, day, nil, nil)), second(s.Conformance(1, 1))} {
			require.ErrorIs(t, err, relmark.ErrInvalid, field)
			if field != "Bands[15].Below" {
				require.ErrorContains(t, err, field)
			}
		}
	}
	for _, p := range [][2]relmark.Date{{{}, day}, {day, {}}, {day, day.AddDays(-1)}, {day, date("2160-01-01")}, {date("1700-01-02"), day}} {
		_, err := hosting().Availability(p[0], p[1], nil, nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	noon := when("2025-03-01T12:00:00Z")
	back := []structural.Interval{{noon, noon.Add(-1)}}
	_, err := hosting().Availability(day, day, back, nil)
	require.ErrorContains(t, err, "Down[0]")
	_, err = hosting().Availability(day, day, nil, back)
	require.ErrorContains(t, err, "Excluded[0]")
	_, err = hosting().Availability(day, day, nil, []structural.Interval{{noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0)}})
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// 98 of 100 calls in time: below 99, not below 95.
func TestConformance(t *testing.T) {
	t.Parallel()
	c, err := hosting().Conformance(98, 100)
	require.NoError(t, err)
	near.Equal(t, 98, c.Level, 0, 0)
	assert.True(t, c.Breached && !c.Capped && c.Credit.Equal(dec("250")))
	c, err = hosting().Conformance(90, 100)
	require.NoError(t, err)
	assert.True(t, c.Capped && c.Percent.Equal(dec("50")) && c.Credit.Equal(dec("500")))
	c, err = hosting().Conformance(100, 100)
	require.NoError(t, err)
	assert.True(t, !c.Breached && c.Credit.IsZero())
	c, err = hosting().Conformance(99, 100)
	require.NoError(t, err)
	assert.True(t, c.Credit.Equal(dec("100")), "exactly 99 is not below 99")
	_, err = hosting().Conformance(0, 0)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, x := range [][2]int64{{-1, 1}, {2, 1}, {-2, -1}} {
		_, err = hosting().Conformance(x[0], x[1])
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	turned := hosting()
	slices.Reverse(turned.Bands)
	c, err = turned.Conformance(98, 100)
	require.NoError(t, err)
	assert.True(t, c.Credit.Equal(dec("250")), "whatever the order of the bands")
	free := hosting()
	free.Cap, free.Bands = nil, []structural.Band{{dec("100"), dec("100")}}
	c, err = free.Conformance(99, 100)
	require.NoError(t, err)
	assert.True(t, c.Credit.Equal(dec("1000")), "no cap but the fee")
}

// A promise is broken by the smallest part, and the smallest credit is one.
func TestBandsAreComparedExactly(t *testing.T) {
	t.Parallel()
	s := hosting()
	c, err := s.Conformance(989_999_999_999, 1_000_000_000_000)
	require.NoError(t, err)
	assert.True(t, c.Credit.Equal(dec("250")), "below 99 by a trillionth")
	s.Bands = []structural.Band{{dec("99"), dec("0.000000001")}}
	c, err = s.Conformance(98, 100)
	require.NoError(t, err)
	assert.True(t, c.Breached)
	assert.True(t, c.Percent.Equal(dec("0.000000001")) && c.Credit.IsZero())
}

// Time is time, also before 1970.
func TestAvailabilityOfOldTimes(t *testing.T) {
	t.Parallel()
	noon := when("1960-03-01T12:00:00Z")
	c, err := hosting().Availability(date("1960-03-01"), date("1960-03-01"), []structural.Interval{{noon, noon.Add(time.Hour)}}, nil)
	require.NoError(t, err)
	assert.Equal(t, time.Hour, c.Down)
}

// Availability is what counting every minute gives, in any order of the intervals.
func TestAvailabilityAgreesWithCounting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := date("2025-03-28").AddDays(rapid.IntRange(0, 4).Draw(t, "from"))
		through := from.AddDays(rapid.IntRange(0, 1).Draw(t, "days"))
		start, end := from.Start(berlin), through.AddDays(1).Start(berlin)
		draw := func(name string) []structural.Interval {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) structural.Interval {
				a := start.Add(time.Duration(rapid.IntRange(-400, 3500).Draw(t, "begin")) * time.Minute)
				return structural.Interval{a, a.Add(time.Duration(rapid.IntRange(0, 900).Draw(t, "length")) * time.Minute)}
			}), 0, 6).Draw(t, name)
		}
		down, excluded := draw("down"), draw("excluded")
		in := func(list []structural.Interval, at time.Time) bool {
			for _, x := range list {
				if !at.Before(x.From) && at.Before(x.Until) {
					return true
				}
			}
			return false
		}
		var measured, out, bad time.Duration
		for at := start; at.Before(end); at = at.Add(time.Minute) {
			switch {
			case in(excluded, at):
				out += time.Minute
			case in(down, at):
				bad += time.Minute
				measured += time.Minute
			default:
				measured += time.Minute
			}
		}
		c, err := hosting().Availability(from, through, down, excluded)
		if measured == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.NoError(t, err)
		require.Equal(t, [3]time.Duration{measured, out, bad}, [3]time.Duration{c.Measured, c.Excluded, c.Down})
		near.Equal(t, 100*float64(measured-bad)/float64(measured), c.Level, 1e-14, 0)
		require.False(t, c.Credit.GreaterThan(dec("500")))
	})
}

// The first and the last day of the range are days like others, in zones on either side.
func TestSLAOfTheEndsOfTheRange(t *testing.T) {
	t.Parallel()
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 11*3600), time.FixedZone("", -11*3600)} {
		for _, day := range []string{"1700-01-02", "2150-12-30"} {
			s := structural.SLA{Zone: zone}
			c, err := s.Availability(date(day), date(day).AddDays(1), nil, nil)
			require.NoError(t, err)
			assert.Equal(t, 48*time.Hour, c.Measured)
		}
	}
	_, err := structural.SLA{Zone: time.UTC}.Availability(date("2150-12-31"), date("2151-01-01"), nil, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}
