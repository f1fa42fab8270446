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
	cause         byte
	lastDown      bool
	reason        byte   // less 1
	shown         uint64 // besides level
	codes         []string
	past          uint64 // besides 7
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
	codes := []string{"base", "gold"}
	if c.codes != nil {
		codes = c.codes
	}
	w.Count(len(codes))
	for _, code := range codes {
		w.String(code)
	}
	w.Uvarint(c.level)
	w.Uvarint(c.entered)
	instant(c.until)
	w.Bool(c.ended)
	w.Byte(c.kind)
	w.Varint(c.period)
	instant(c.at)
	w.Bool(c.events)
	instant(c.drop)
	w.Byte(c.cause)
	instant(c.steady)
	w.Bool(c.lastDown)
	w.Uvarint(c.level + c.shown)
	instant(c.since)
	w.Byte(c.reason + 1) // earned
	w.Uvarint(c.past + 7)
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
		"basis ahead":              {years, byYear, func(c *closing) { c.period = 2021 }},
		"basis long ago":           {years, byYear, func(c *closing) { c.period = 500 }},
		"unknown basis":            {years, byYear, func(c *closing) { c.kind = 3 }},
		"basis of another window":  {years, byYear, func(c *closing) { c.kind, c.period, c.at = 2, 0, start(2021) }},
		"first period too late":    {years, byYear, func(c *closing) { c.first++ }},
		"level of no ladder":       {years, byYear, func(c *closing) { c.before = []byte{2} }},
		"a level too many":         {years, byYear, func(c *closing) { c.before = []byte{1, 1} }},
		"periods before joining":   {years, byYear, func(c *closing) { c.first, c.before = 2018, []byte{1, 1} }},
		"level above the ladder":   {years, byYear, func(c *closing) { c.level = 2 }},
		"shown above the ladder":   {years, byYear, func(c *closing) { c.shown = 1 }},
		"no date":                  {years, byYear, func(c *closing) { c.until = math.MinInt64 }},
		"drop is over":             {years, byYear, func(c *closing) { c.drop, c.cause = start(2021), 2 }},
		"drop since ever":          {years, byYear, func(c *closing) { c.drop, c.cause = math.MinInt64, 2 }},
		"drop without a cause":     {years, byYear, func(c *closing) { c.drop = start(2023) }},
		"cause that drops nothing": {years, byYear, func(c *closing) { c.cause = 1 }},
		"unknown cause":            {years, byYear, func(c *closing) { c.cause = 8 }},
		"dropped without a cause":  {years, byYear, func(c *closing) { c.lastDown = true }},
		"unknown reason":           {years, byYear, func(c *closing) { c.reason = 7 }},
		"above base, as joined":    {years, byYear, func(c *closing) { c.reason = 255 }},
		"base with a date":         {years, byYear, func(c *closing) { c.level = 0 }},
		"base with a basis":        {years, byYear, func(c *closing) { c.level, c.until = 0, never }},
		"base, about to drop":      {years, byYear, func(c *closing) { c.level, c.until, c.kind, c.period, c.drop, c.cause = 0, never, 0, 0, start(2023), 2 }},
		"other codes":              {years, byYear, func(c *closing) { c.codes = []string{"base", "silver"} }},
		"fewer codes":              {years, byYear, func(c *closing) { c.codes = []string{"base"} }},
		"lot too long":             {years, byYear, func(c *closing) { c.lots = [][4]int64{{1800, 2020, 0, 1}} }},
		"lot that is over":         {years, byYear, func(c *closing) { c.lots = [][4]int64{{2017, 2018, 0, 1}} }},
		"lot of a kept period":     {years, byYear, func(c *closing) { c.lots = [][4]int64{{2019, 2020, 0, 1}} }},
		"lot of no metric":         {years, byYear, func(c *closing) { c.lots = [][4]int64{{2018, 2020, 1, 1}} }},
		"negative lot":             {years, byYear, func(c *closing) { c.lots = [][4]int64{{2018, 2020, 0, -1}} }},
		"period out of bounds":     {years, byYear, func(c *closing) { c.period = 1 << 20 }},
		"sums past the limit":      {years, byYear, func(c *closing) { c.past = math.MaxInt64 }},
		"not entered":              {rolling, byEntry, func(c *closing) { c.entered = 0 }},
		"window before joining":    {rolling, byEntry, func(c *closing) { c.at = start(2019) }},
		"rolling, with levels":     {rolling, byEntry, func(c *closing) { c.before = []byte{1} }},
		"rolling, with a first":    {rolling, byEntry, func(c *closing) { c.first = 1 }},
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
