package tier_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier"
)

// These are cases that random histories meet too seldom to be relied upon.

// Each version has metrics of its own, and every version judges by them.
func TestVersionsWithOtherMetrics(t *testing.T) {
	t.Parallel()
	v1, v2 := simple(), simple()
	v1.Metrics = map[string]tier.MetricKind{"stays": tier.Integer}
	v1.Levels[1].Enter = tier.AtLeastInt("stays", 5)
	v1.Levels[2] = tier.Level{Code: "gold", Enter: tier.AtLeastInt("stays", 50)}
	v2.Version, v2.From = "v2", relmark.MustParseDate("2026-01-01")
	v2.Metrics = map[string]tier.MetricKind{"nights": tier.Integer}
	v2.Levels[1].Enter = tier.AtLeastInt("nights", 3)
	v2.Levels[2] = tier.Level{Code: "gold", Enter: tier.AtLeastInt("nights", 40)}
	v2.Rollover = &tier.Rollover{Metric: "nights"}
	p := ladder(t, v1, v2)
	joined := relmark.MustParseDate("2025-02-01")
	for name, c := range map[string]struct {
		at, metric string
		amount     int64
		want       string
	}{
		"stays while they count":  {"2025-03-01T00:00:00Z", "stays", 5, "silver"},
		"nights before they do":   {"2025-03-01T00:00:00Z", "nights", 10, "base"},
		"nights when they count":  {"2026-03-01T00:00:00Z", "nights", 10, "silver"},
		"stays when they did not": {"2026-03-01T00:00:00Z", "stays", 10, "base"},
	} {
		at := instant(t, c.at)
		got, err := p.Decide(state(t, p, joined, tier.Event{ID: "a", At: at, Amounts: tier.Amounts{c.metric: decimal.NewFromInt(c.amount)}}), at)
		require.NoError(t, err)
		assert.Equal(t, c.want, got.Level, name)
	}
	s := state(t, p, joined, tier.Event{ID: "a", At: instant(t, "2026-03-01T00:00:00Z"), Amounts: nights(10)})
	x, err := p.Explain(s, instant(t, "2027-01-01T00:00:00Z"))
	require.NoError(t, err)
	assert.True(t, x.Sums[0].Carried.Equal(d("7")), "what silver did not use, of nights: %v", x.Sums)
}

// By default a member falls to the highest level that is still held.
func TestDepths(t *testing.T) {
	t.Parallel()
	for depth, want := range map[tier.Depth]string{tier.ToEarned: "silver", tier.OneStep: "gold", tier.ToBase: "base"} {
		p := simple()
		p.Depth, p.Upgrade = depth, tier.PeriodEnd
		p.Levels = []tier.Level{
			{Code: "base"},
			{Code: "silver", Enter: tier.AtLeastInt("nights", 10), Keep: tier.AtLeastInt("nights", 5)},
			{Code: "gold", Enter: tier.AtLeastInt("nights", 20)},
			{Code: "top", Enter: tier.AtLeastInt("nights", 30)},
		}
		pr := ladder(t, p)
		s := state(t, pr, relmark.MustParseDate("2024-01-01"),
			tier.Event{ID: "a", At: instant(t, "2024-02-01T00:00:00Z"), Amounts: nights(30)},
			tier.Event{ID: "b", At: instant(t, "2025-02-01T00:00:00Z"), Amounts: nights(6)})
		got, err := pr.Decide(s, instant(t, "2026-01-01T00:00:00Z"))
		require.NoError(t, err)
		assert.Equal(t, want, got.Level, "depth %q", depth)
		assert.Equal(t, tier.ReasonExpired, got.Reason)
	}
}

// A member taken over has earned every level above the base.
func TestReasonOfTakingOver(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	for level, want := range map[string]tier.Reason{"": tier.ReasonJoined, "base": tier.ReasonJoined, "silver": tier.ReasonEarned, "gold": tier.ReasonEarned} {
		o := tier.Opening{On: relmark.MustParseDate("2025-06-01"), Level: level}
		if level == "silver" || level == "gold" {
			o.Until = relmark.MustParseDate("2027-01-01")
		}
		s, err := p.Open(relmark.MustParseDate("2020-01-01"), o)
		require.NoError(t, err)
		got, err := p.Decide(s, instant(t, "2025-06-01T00:00:00Z"))
		require.NoError(t, err)
		assert.Equal(t, want, got.Reason, level)
		assert.Equal(t, instant(t, "2020-01-01T00:00:00Z"), got.Since, level)
	}
}

// What a member taken over did in periods that have ended counts there: what was beyond
// the level that the member had then is carried over.
func TestTakenOverWithEndedPeriods(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Rollover = &tier.Rollover{Metric: "nights", Periods: 3}
	p.Levels[1].Keep = tier.AtLeastInt("nights", 6)
	pr := ladder(t, p)
	for level, carried := range map[string]string{"": "0", "silver": "2", "gold": "2"} {
		o := tier.Opening{On: relmark.MustParseDate("2026-07-01"), Level: level, Events: []tier.Event{
			{ID: "a", At: instant(t, "2024-03-01T00:00:00Z"), Amounts: nights(8)},
			{ID: "b", At: instant(t, "2026-03-01T00:00:00Z"), Amounts: nights(1)},
		}}
		if level != "" {
			o.Until = relmark.MustParseDate("2027-01-01")
		}
		s, err := pr.Open(relmark.MustParseDate("2020-01-01"), o)
		require.NoError(t, err)
		x, err := pr.Explain(s, instant(t, "2026-07-01T00:00:00Z"))
		require.NoError(t, err)
		assert.True(t, x.Sums[0].Carried.Equal(d(carried)), "%q: %v", level, x.Sums[0])
		rereads(t, pr, s, level)
	}
}

// Instants are what they are, in whatever zone they are written; what is told is in UTC.
func TestTimesInOtherZones(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("far", 9*3600)
	p := ladder(t, simple())
	utc := []tier.Event{
		{ID: "a", At: instant(t, "2025-12-31T20:00:00Z"), Amounts: nights(10)},
		{ID: "o", At: instant(t, "2025-12-31T21:00:00Z"), Override: &tier.Override{
			Level: "gold", Mode: tier.Floor, From: instant(t, "2025-12-31T22:00:00Z"), Until: instant(t, "2026-01-01T01:00:00Z"),
		}},
	}
	there := make([]tier.Event, len(utc))
	for i, e := range utc {
		there[i] = e
		there[i].At = e.At.In(tokyo)
		if o := e.Override; o != nil {
			moved := *o
			moved.From, moved.Until = o.From.In(tokyo), o.Until.In(tokyo)
			there[i].Override = &moved
		}
	}
	a, b := state(t, p, relmark.MustParseDate("2025-01-01"), utc...), state(t, p, relmark.MustParseDate("2025-01-01"), there...)
	for _, at := range []string{"2025-12-31T20:00:00Z", "2025-12-31T22:00:00Z", "2026-01-01T00:59:59Z", "2026-01-01T01:00:00Z"} {
		want, err := p.Decide(a, instant(t, at))
		require.NoError(t, err)
		got, err := p.Decide(b, instant(t, at).In(tokyo))
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, time.UTC, got.AsOf.Location())
		history, err := p.Replay(b, instant(t, at).In(tokyo))
		require.NoError(t, err)
		for _, c := range history {
			assert.Equal(t, time.UTC, c.At.Location())
		}
	}
	for i := range utc {
		x, err := utc[i].MarshalJSON()
		require.NoError(t, err)
		y, err := there[i].MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, string(x), string(y))
	}
	require.NoError(t, a.Merge(b), "they are the same events")
}

// An outcome of no probability is legal, and one of every probability.
func TestChanceAtTheEnds(t *testing.T) {
	t.Parallel()
	g := tier.Shortfall{Level: "gold", Alternatives: []tier.Amounts{nights(2)}}
	for _, c := range []struct{ none, much, want float64 }{{0, 1, 1}, {1, 0, 0}, {.25, .75, .75}} {
		got, err := g.Chance(tier.Forecast{{c.none, nights(1)}, {c.much, nights(2)}})
		require.NoError(t, err)
		near.Equal(t, c.want, got, 0, 0)
	}
	for _, p := range []float64{-1e-300, 1.0000001} {
		_, err := g.Chance(tier.Forecast{{p, nights(1)}, {1 - p, nights(2)}})
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	f, err := tier.CountForecast("nights", d("1"), []float64{0, 1})
	require.NoError(t, err)
	assert.Len(t, f, 3)
	assert.Zero(t, f[2].Probability)
}

// What backed the level just before a closing date is known after it: an override that
// ends with the date, a lifetime that a refund on it takes.
func TestClosedOnTheDayOfTheChange(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Levels[2].Lifetime = tier.AtLeastInt("nights", 15)
	pr := ladder(t, p)
	on, at := relmark.MustParseDate("2026-05-01"), instant(t, "2026-05-01T00:00:00Z")
	for name, c := range map[string]struct {
		events []tier.Event
		reason tier.Reason
		from   string
	}{
		"override": {[]tier.Event{{ID: "o", At: instant(t, "2026-02-01T00:00:00Z"), Override: &tier.Override{Level: "gold", Mode: tier.Floor, Until: at}}}, tier.ReasonOverrideEnd, "gold"},
		"lifetime": {[]tier.Event{
			{ID: "a", At: instant(t, "2024-02-01T00:00:00Z"), Amounts: nights(9)},
			{ID: "b", At: instant(t, "2025-02-01T00:00:00Z"), Amounts: nights(8)},
			{ID: "r", At: at, Reverse: "b"},
		}, tier.ReasonReversal, "gold"},
	} {
		s := state(t, pr, relmark.MustParseDate("2024-01-01"), c.events...)
		want, err := pr.Decide(s, at)
		require.NoError(t, err)
		require.Equal(t, c.reason, want.Reason, name) //nolint:testifylint // what the open one says is checked
		require.NoError(t, s.Close(on))
		got, err := pr.Decide(s, at)
		require.NoError(t, err)
		assert.Equal(t, want, got, name)
		history, err := pr.Replay(s, at)
		require.NoError(t, err)
		require.Len(t, history, 1, name)
		assert.Equal(t, c.from, history[0].From, name)
	}
}

// A refund that is older than what it takes back counts from the later of the two, be
// the original the first that came, or one of many.
func TestRefundOlderThanItsOriginal(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	at := instant(t, "2025-03-01T00:00:00Z")
	events := []tier.Event{
		{ID: "a", At: at.Add(5), Amounts: nights(10)},
		{ID: "b", At: at.Add(6), Amounts: nights(10)},
		{ID: "c", At: at.Add(7), Amounts: nights(9)},
		{ID: "ra", At: at.Add(1), Reverse: "a"},
		{ID: "rb", At: at.Add(2), Reverse: "b", Amounts: nights(4)},
		{ID: "rb2", At: at.Add(3), Reverse: "b", Amounts: nights(5)},
	}
	s := state(t, p, relmark.MustParseDate("2025-01-01"), events...)
	for after, want := range map[time.Duration]string{4: "0", 5: "0", 6: "1", 7: "10"} {
		x, err := p.Explain(s, at.Add(after))
		require.NoError(t, err)
		assert.True(t, x.Sums[0].Counted.Equal(d(want)), "after %d: %v", after, x.Sums[0].Counted)
		assert.True(t, x.Sums[0].Lifetime.Equal(d(want)), "after %d: %v", after, x.Sums[0].Lifetime)
	}
}

// Under the rule to keep a refund changes neither level nor date; rechecked it does, but
// only where it takes the ground from under the level.
func TestReversalRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule  tier.ReversalRule
		taken int64
		level string
		grace bool
	}{
		"kept":             {tier.KeepLevel, 40, "gold", false},
		"rechecked":        {tier.Recheck, 40, "gold", true},
		"still above Keep": {tier.Recheck, 10, "gold", false},
		"one below Keep":   {tier.Recheck, 11, "gold", true},
	} {
		p := simple()
		p.Reversal, p.GraceDays = c.rule, 10
		pr := ladder(t, p)
		s := state(t, pr, relmark.MustParseDate("2025-01-01"),
			tier.Event{ID: "a", At: instant(t, "2025-03-01T00:00:00Z"), Amounts: nights(40)},
			tier.Event{ID: "r", At: instant(t, "2025-04-01T00:00:00Z"), Reverse: "a", Amounts: nights(c.taken)})
		got, err := pr.Decide(s, instant(t, "2025-04-05T00:00:00Z"))
		require.NoError(t, err)
		assert.Equal(t, c.level, got.Level, name)
		assert.Equal(t, c.grace, got.Grace, name)
		until := "2027-01-01T00:00:00Z"
		if c.grace {
			until = "2025-04-11T00:00:00Z"
		}
		assert.Equal(t, instant(t, until), got.Until, name)
	}
}

// An encoding whose events break a rule is refused wherever among them that is.
func TestDecodeChecksEveryEvent(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	nano := uint64(999_999_999)
	event := func(w *codec.Writer, seconds int64, id string) {
		w.Byte(0)
		w.Varint(seconds)
		w.Uvarint(nano)
		w.String(id)
		w.Uvarint(1)
		w.Uvarint(2)
	}
	encode := func(seconds []int64, ids ...string) []byte {
		w := codec.NewWriter(nil, codec.KindTierState, 1)
		first := relmark.MustParseDate("0001-01-01")
		w.Uvarint(uint64(relmark.MustParseDate("2025-01-01").Sub(first)) + 1)
		w.Count(2)
		w.String("nights")
		w.Byte(1)
		w.String("spend")
		w.Byte(0)
		w.Bool(false)
		w.Count(len(ids))
		for i, id := range ids {
			event(&w, seconds[i], id)
		}
		return w.Data()
	}
	_, err := p.DecodeMembership(encode([]int64{5, 5, 5}, "a", "b", "c"))
	require.NoError(t, err)
	for name, data := range map[string][]byte{
		"first before joining": encode([]int64{-5, 10, 5}, "a", "b", "c"),
		"second before first":  encode([]int64{5, -1, 5}, "a", "b", "c"),
		"last before joining":  encode([]int64{5, 5, -50}, "a", "b", "c"),
		"one id for two":       encode([]int64{5, 5, 5}, "a", "b", "a"),
		"one id for two, next": encode([]int64{5, 5, 5}, "a", "b", "b"),
		"ids out of order":     encode([]int64{5, 0, 5}, "b", "a", "c"),
		"one event twice":      encode([]int64{5, 0, 5}, "a", "a", "c"),
		"no id":                encode([]int64{5, 0, 5}, "b", "", "c"),
		"past the calendar":    encode([]int64{5, 1 << 39, 5}, "a", "b", "c"),
	} {
		_, err := p.DecodeMembership(data)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	nano = 1_000_000_000
	_, err = p.DecodeMembership(encode([]int64{5, 5, 5}, "a", "b", "c"))
	require.ErrorIs(t, err, relmark.ErrInvalid, "a second has no more nanoseconds")
}

// Before a member joined nothing has counted, by whatever rules that would be judged.
func TestNothingCountsBeforeJoining(t *testing.T) {
	t.Parallel()
	v1, v2 := simple(), simple()
	v1.Reversal, v2.Reversal = tier.Recheck, tier.Recheck
	v2.Version, v2.From = "v2", relmark.MustParseDate("2026-01-01")
	v2.Levels[1].Enter = tier.AtLeastInt("nights", 20)
	p := ladder(t, v1, v2)
	s := state(t, p, relmark.MustParseDate("2026-03-01"),
		tier.Event{ID: "a", At: instant(t, "2026-04-01T00:00:00Z"), Amounts: nights(40)},
		tier.Event{ID: "r", At: instant(t, "2026-05-01T00:00:00Z"), Reverse: "a", Amounts: nights(25)})
	got, err := p.Decide(s, instant(t, "2026-05-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "base", got.Level, "15 nights were silver by the rules of 2025 only")
	assert.Equal(t, tier.ReasonReversal, got.Reason)
}

// At 00:01 on 7 November 2010 clocks in St John's went back to 23:01 of the 6th. What
// comes then is of the 6th, leaves a rolling window with it, a day before what came
// earlier on the 7th, and can be refunded.
func TestClockGoesBackOverMidnight(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/St_Johns")
	require.NoError(t, err)
	p := simple()
	p.Zone, p.Window, p.Validity = zone, tier.Window{Kind: tier.RollingDays, N: 3}, tier.Validity{Kind: tier.WhileHolds}
	pr := ladder(t, p)
	seventh, sixth := instant(t, "2010-11-07T02:30:30Z"), instant(t, "2010-11-07T02:40:00Z")
	for _, at := range []time.Time{seventh, sixth} {
		day := 7
		if at.Equal(sixth) {
			day = 6
		}
		require.Equal(t, day, at.In(zone).Day())
	}
	s := state(t, pr, relmark.MustParseDate("2010-11-01"),
		tier.Event{ID: "5", At: instant(t, "2010-11-05T15:00:00Z"), Amounts: nights(4)},
		tier.Event{ID: "7", At: seventh, Amounts: tier.Amounts{"nights": d("10"), "spend": d("70")}},
		tier.Event{ID: "6", At: sixth, Amounts: tier.Amounts{"nights": d("5"), "spend": d("60")}},
		tier.Event{ID: "8", At: instant(t, "2010-11-08T15:00:00Z"), Amounts: nights(1)},
		tier.Event{ID: "r", At: instant(t, "2010-11-08T16:00:00Z"), Reverse: "6", Amounts: nights(2)},
	)
	for _, c := range []struct{ at, nights, spend string }{
		{"2010-11-07T02:40:00Z", "19", "130"},
		{"2010-11-08T15:00:00Z", "16", "130"}, // the 5th has left with the start of the 8th
		{"2010-11-08T16:00:00Z", "14", "130"},
		{"2010-11-09T03:29:59Z", "14", "130"},
		{"2010-11-09T03:30:00Z", "11", "70"}, // the 6th has left
		{"2010-11-10T03:30:00Z", "1", "0"},
		{"2010-11-11T03:30:00Z", "0", "0"},
	} {
		x, err := pr.Explain(s, instant(t, c.at))
		require.NoError(t, err)
		assert.True(t, x.Sums[0].Counted.Equal(d(c.nights)) && x.Sums[1].Counted.Equal(d(c.spend)), "%s: %v", c.at, x.Sums)
	}
	got, err := pr.Decide(s, sixth)
	require.NoError(t, err)
	assert.Equal(t, "silver", got.Level)
	assert.Equal(t, instant(t, "2010-11-10T03:30:00Z"), got.Until)
}
