package tier_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/tier"
)

// A closing is the base of the encoding of a state without events, of a member of a
// programme with one metric and the levels base and gold. Instants are seconds.
type closing struct {
	level         uint64
	entered       uint64
	until         int64
	ended         bool
	kind          byte
	period        int64
	at            int64
	events        bool
	drop          int64
	since, steady int64
	first         int64
	before        []byte
	lots          [][4]int64 // period, last, metric, amount
}

const never = math.MaxInt64

// encode writes the state of a member who joined on 2020-01-01 and whose state was
// closed on 2022-01-01.
func (c closing) encode() []byte {
	w := codec.NewWriter(nil, codec.KindTierState, 1)
	instant := func(sec int64) { w.Varint(sec); w.Uvarint(0) }
	day := func(y int) uint64 {
		d, _ := relmark.NewDate(y, 1, 1)
		first := relmark.MustParseDate("0001-01-01")
		return uint64(d.Sub(first)) + 1
	}
	w.Uvarint(day(2020))
	w.Count(1)
	w.String("n")
	w.Byte(1) // integer
	w.Bool(true)
	w.Uvarint(day(2022))
	w.Count(2)
	w.String("base")
	w.String("gold")
	w.Uvarint(c.level)
	w.Uvarint(c.entered)
	instant(c.until)
	w.Bool(c.ended)
	w.Byte(c.kind)
	w.Varint(c.period)
	instant(c.at)
	w.Bool(c.events)
	instant(c.drop)
	w.Byte(0)
	instant(c.steady)
	w.Bool(false)
	w.Uvarint(c.level)
	instant(c.since)
	w.Byte(1) // earned
	w.Uvarint(7)
	w.Varint(c.first)
	w.Bytes(c.before)
	w.Count(len(c.lots))
	for _, l := range c.lots {
		w.Varint(l[0])
		w.Varint(l[1])
		w.Uvarint(uint64(l[2]))
		w.Uvarint(uint64(l[3]))
	}
	w.Count(0)
	return w.Data()
}

// What no history leaves behind is no encoding, even where nothing would fail of it.
func TestDecodeMembershipRefusesBasesWithoutHistory(t *testing.T) {
	t.Parallel()
	start := func(y int) int64 { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Unix() }
	policy := tier.Policy{
		Version: "v1", Zone: time.UTC, Metrics: map[string]tier.MetricKind{"n": tier.Integer},
		Levels: []tier.Level{{Code: "base"}, {Code: "gold", Enter: tier.AtLeastInt("n", 10)}},
		Window: tier.Window{Kind: tier.CalendarYear}, Rollover: &tier.Rollover{Metric: "n", Periods: 2},
		Validity: tier.Validity{Kind: tier.EndOfNextPeriod},
	}
	years := ladder(t, policy)
	policy.Window, policy.Rollover = tier.Window{Kind: tier.RollingDays, N: 365}, nil
	policy.Validity = tier.Validity{Kind: tier.MonthsFromEntry, Months: 24}
	rolling := ladder(t, policy)

	byYear := closing{ // gold, given in 2021, lasts to the end of 2022
		level: 1, until: start(2023), kind: 1, period: 2020, drop: never, steady: math.MinInt64, since: start(2021),
		first: 2019, before: []byte{1}, lots: [][4]int64{{2017, 2019, 0, 3}, {2018, 2020, 0, 4}}, // period k is year k + 1
	}
	entered := relmark.MustParseDate("2021-01-01")
	first := relmark.MustParseDate("0001-01-01")
	byEntry := closing{
		level: 1, entered: uint64(entered.Sub(first)) + 1, until: start(2023), kind: 2, at: start(2021), events: true,
		drop: never, steady: math.MinInt64, since: start(2021),
	}
	for name, c := range map[string]struct {
		ladder *tier.Ladder
		base   closing
		spoil  func(c *closing)
	}{
		"ended, no drop pending":   {years, byYear, func(c *closing) { c.ended = true }},
		"since before joining":     {years, byYear, func(c *closing) { c.since = start(2019) }},
		"since after the closing":  {years, byYear, func(c *closing) { c.since = start(2023) }},
		"period with an instant":   {years, byYear, func(c *closing) { c.at = 1 }},
		"period with events":       {years, byYear, func(c *closing) { c.events = true }},
		"nothing with a period":    {years, byYear, func(c *closing) { c.kind = 0 }},
		"entered, by the period":   {years, byYear, func(c *closing) { c.entered = 9 }},
		"empty lot":                {years, byYear, func(c *closing) { c.lots = [][4]int64{{2018, 2020, 0, 0}} }},
		"two lots of one period":   {years, byYear, func(c *closing) { c.lots = [][4]int64{{2018, 2019, 0, 1}, {2018, 2020, 0, 1}} }},
		"lots of what never was":   {years, byYear, func(c *closing) { c.lots = [][4]int64{{2017, 2019, 0, 4}, {2018, 2020, 0, 4}} }},
		"lots out of order":        {years, byYear, func(c *closing) { c.lots = [][4]int64{{2018, 2020, 0, 1}, {2017, 2019, 0, 1}} }},
		"window taken ahead":       {rolling, byEntry, func(c *closing) { c.at = start(2022) }},
		"rolling, with a period":   {rolling, byEntry, func(c *closing) { c.period = 1 }},
		"rolling, with lots":       {rolling, byEntry, func(c *closing) { c.lots = byYear.lots }},
		"rolling, basis is a year": {rolling, byEntry, func(c *closing) { c.kind, c.at, c.events = 1, 0, false }},
		"entered after closing":    {rolling, byEntry, func(c *closing) { c.entered += 366 }},
		"review is over":           {rolling, byEntry, func(c *closing) { c.until = start(2021) }},
	} {
		data := c.base.encode()
		s, err := c.ladder.DecodeMembership(data)
		require.NoError(t, err, name)
		again, err := s.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, again)
		got, err := c.ladder.Decide(s, time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		require.Equal(t, "gold", got.Level)
		spoilt := c.base
		c.spoil(&spoilt)
		_, err = c.ladder.DecodeMembership(spoilt.encode())
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}
