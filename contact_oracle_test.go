package relmark_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
)

const horizon = 400 * 24 * time.Hour

// naive lists what a contact at t would break, rule by rule from the wording and
// from what the standard library shows on a clock in the zone; nothing of it is
// shared with the code under test.
func naive(p relmark.ContactPolicy, t time.Time, channel relmark.Channel, purpose relmark.Purpose, f relmark.ContactFacts) []string {
	broken := []string{}
	if !slices.ContainsFunc(f.Consents, func(c relmark.Consent) bool {
		return c.Channel == channel && c.Purpose == purpose && !t.Before(c.From) && (c.Until.IsZero() || t.Before(c.Until))
	}) {
		broken = append(broken, "no_consent")
	}
	if slices.Contains(p.Exempt, purpose) {
		return broken
	}
	if slices.ContainsFunc(p.Quiet, func(q relmark.QuietHours) bool { return naiveQuiet(q, t.In(f.Zone), channel) }) {
		broken = append(broken, "quiet_hours")
	}
	asked := func(c relmark.Channel) bool { return c == "*" || c == channel }
	for i, c := range p.Caps {
		n := 0
		for _, h := range f.History {
			if (c.Channel == "*" || h.Channel == c.Channel) && !slices.Contains(p.Exempt, h.Purpose) && t.Sub(h.At) < c.Window {
				n++
			}
		}
		if asked(c.Channel) && n >= c.Max {
			broken = append(broken, fmt.Sprintf("cap:%d", i))
		}
	}
	for i, g := range p.MinGaps {
		if asked(g.Channel) && slices.ContainsFunc(f.History, func(h relmark.Contact) bool {
			return (g.Channel == "*" || h.Channel == g.Channel) && !slices.Contains(p.Exempt, h.Purpose) && t.Sub(h.At) < g.Least
		}) {
			broken = append(broken, fmt.Sprintf("min_gap:%d", i))
		}
	}
	return broken
}

func naiveQuiet(q relmark.QuietHours, local time.Time, channel relmark.Channel) bool {
	if len(q.Channels) > 0 && !slices.Contains(q.Channels, channel) && !slices.Contains(q.Channels, "*") {
		return false
	}
	hour, minute, _ := local.Clock()
	from, to, now := int(q.From.Minutes()), int(q.To.Minutes()), 60*hour+minute
	today, yesterday := local.Weekday(), (local.Weekday()+6)%7
	on := func(d time.Weekday) bool { return len(q.Days) == 0 || slices.Contains(q.Days, d) }
	if from < to {
		return on(today) && from <= now && now < to
	}
	return on(today) && now >= from || on(yesterday) && now < to
}

// naiveNext tries every instant from asOf on at which anything can change: each
// step of the grid, on which clocks and quiet hours change, each end of a consent
// and of a window. It gives up after the horizon.
func naiveNext(p relmark.ContactPolicy, asOf time.Time, channel relmark.Channel, purpose relmark.Purpose, f relmark.ContactFacts, grid time.Duration) time.Time {
	instants := []time.Time{asOf}
	for _, c := range f.Consents {
		instants = append(instants, c.From)
	}
	for _, h := range f.History {
		for _, c := range p.Caps {
			instants = append(instants, h.At.Add(c.Window))
		}
		for _, g := range p.MinGaps {
			instants = append(instants, h.At.Add(g.Least))
		}
	}
	slices.SortFunc(instants, time.Time.Compare)
	last := asOf.Add(horizon)
	for t := asOf.Truncate(grid); !t.After(last); t = t.Add(grid) {
		for len(instants) > 0 && !instants[0].After(t) {
			if !instants[0].Before(asOf) && len(naive(p, instants[0], channel, purpose, f)) == 0 {
				return instants[0]
			}
			instants = instants[1:]
		}
		if !t.Before(asOf) && len(naive(p, t, channel, purpose, f)) == 0 {
			return t
		}
	}
	for _, t := range instants { // between the last step and the horizon
		if !t.After(last) && len(naive(p, t, channel, purpose, f)) == 0 {
			return t
		}
	}
	return time.Time{}
}

// zones whose clocks jump by an hour, by half an hour, at midnight, over a date,
// and never.
var oracleZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "America/Havana",
	"Pacific/Apia", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu", "Africa/Casablanca", "Asia/Tehran", "America/Nuuk",
}

// A question is a random one, with every instant on a grid if odd is false.
type question struct {
	policy  relmark.ContactPolicy
	asOf    time.Time
	channel relmark.Channel
	purpose relmark.Purpose
	facts   relmark.ContactFacts
}

func drawQuestion(t *rapid.T, grid time.Duration, odd bool) question {
	channels := rapid.SampledFrom([]relmark.Channel{"sms", "call", "mail"})
	limits := rapid.SampledFrom([]relmark.Channel{"sms", "call", "*", "*"})
	purposes := rapid.SampledFrom([]relmark.Purpose{"offers", "offers", "survey", "service"})
	steps := func(label string, least, most time.Duration) time.Duration {
		d := grid * time.Duration(rapid.Int64Range(int64(least/grid), int64(most/grid)).Draw(t, label))
		if odd && rapid.Bool().Draw(t, label+" odd") {
			d += time.Duration(rapid.Int64Range(0, int64(grid)-1).Draw(t, label+" rest"))
		}
		return d
	}
	name := rapid.SampledFrom(oracleZones).Draw(t, "zone")
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	year := rapid.SampledFrom([]int{2009, 2010, 2011, 2016, 2017, 2024, 2025, 2039, 2040, 2041, 2099}).Draw(t, "year")
	asOf := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Add(steps("asOf", 0, 365*24*time.Hour))
	if rapid.Bool().Draw(t, "near a jump") {
		asOf = nextJump(asOf, loc).Add(-steps("before", 0, 36*time.Hour))
	}

	var p relmark.ContactPolicy
	for range rapid.IntRange(0, 3).Draw(t, "quiet") {
		q := relmark.QuietHours{From: grid * time.Duration(rapid.Int64Range(0, int64(24*time.Hour/grid)-1).Draw(t, "from"))}
		for q.To = q.From; q.To == q.From; {
			q.To = grid * time.Duration(rapid.Int64Range(0, int64(24*time.Hour/grid)).Draw(t, "to"))
		}
		if rapid.Bool().Draw(t, "some days") {
			q.Days = rapid.SliceOfN(rapid.SampledFrom([]time.Weekday{0, 1, 2, 3, 4, 5, 6}), 0, 6).Draw(t, "days")
		}
		if rapid.Bool().Draw(t, "some channels") {
			q.Channels = rapid.SliceOfN(limits, 0, 2).Draw(t, "channels")
		}
		p.Quiet = append(p.Quiet, q)
	}
	for range rapid.IntRange(0, 2).Draw(t, "caps") {
		p.Caps = append(p.Caps, relmark.ContactCap{
			Channel: limits.Draw(t, "cap"), Max: rapid.IntRange(1, 3).Draw(t, "max"), Window: steps("window", grid, 40*24*time.Hour),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "gaps") {
		p.MinGaps = append(p.MinGaps, relmark.ContactGap{Channel: limits.Draw(t, "gap"), Least: steps("least", grid, 5*24*time.Hour)})
	}
	if rapid.Bool().Draw(t, "exempt") {
		p.Exempt = []relmark.Purpose{"service"}
	}
	facts := relmark.ContactFacts{Zone: loc}
	for range rapid.IntRange(1, 4).Draw(t, "consents") {
		c := relmark.Consent{Channel: channels.Draw(t, "on"), Purpose: purposes.Draw(t, "for")}
		if rapid.Bool().Draw(t, "starts") {
			c.From = asOf.Add(steps("from", -20*24*time.Hour, 20*24*time.Hour))
		}
		if rapid.Bool().Draw(t, "ends") {
			c.Until = c.From
			if c.From.IsZero() {
				c.Until = asOf
			}
			c.Until = c.Until.Add(steps("until", 0, 30*24*time.Hour))
		}
		facts.Consents = append(facts.Consents, c)
	}
	for range rapid.IntRange(0, 6).Draw(t, "contacts") {
		facts.History = append(facts.History, relmark.Contact{
			At: asOf.Add(-steps("ago", 0, 40*24*time.Hour)), Channel: channels.Draw(t, "by"), Purpose: purposes.Draw(t, "about"),
		})
	}
	q := question{p, asOf, channels.Draw(t, "channel"), purposes.Draw(t, "purpose"), facts}
	if rapid.IntRange(0, 9).Draw(t, "agreed") > 0 {
		facts.Consents[0].Channel, facts.Consents[0].Purpose = q.channel, q.purpose
	}
	return q
}

// nextJump returns an hour in which the clocks of loc jump, or that of t if they
// do not within a year.
func nextJump(t time.Time, loc *time.Location) time.Time {
	start := t.Truncate(time.Hour)
	_, before := start.In(loc).Zone()
	for at := start; at.Sub(start) < 366*24*time.Hour; at = at.Add(time.Hour) {
		if _, offset := at.In(loc).Zone(); offset != before {
			return at
		}
	}
	return start
}

func (q question) decide(t require.TestingT, at time.Time) relmark.ContactDecision {
	d, err := q.policy.Decide(q.channel, q.purpose, q.facts, at)
	require.NoError(t, err)
	return d
}

// The decision and the earliest next instant are those of a search that tries
// them all.
func TestDecideEqualsBruteForce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grid time.Duration
		odd  bool
	}{
		"on quarter hours":      {15 * time.Minute, false},
		"between quarter hours": {15 * time.Minute, true},
		"on minutes":            {time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				q := drawQuestion(t, c.grid, c.odd)
				d := q.decide(t, q.asOf)
				want := naive(q.policy, q.asOf, q.channel, q.purpose, q.facts)
				require.Equal(t, want, texts(d.Breaches))
				require.Equal(t, len(want) == 0, d.Allowed)
				if d.Next.IsZero() && (c.grid == time.Minute || rapid.IntRange(0, 3).Draw(t, "to the end") > 0) {
					return // half a million steps; the coarser grids take them now and then
				}
				require.Equal(t, naiveNext(q.policy, q.asOf, q.channel, q.purpose, q.facts, c.grid).UTC(), d.Next)
			})
		})
	}
}

// Whoever waits until next may make the contact, and whoever asks again while
// waiting gets the same answer.
func TestDecideNextHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t, time.Minute, true)
		d := q.decide(t, q.asOf)
		if d.Next.IsZero() {
			return
		}
		require.True(t, q.decide(t, d.Next).Allowed)
		if wait := d.Next.Sub(q.asOf); wait > 0 {
			again := q.asOf.Add(time.Duration(rapid.Int64Range(0, int64(wait)-1).Draw(t, "again")))
			require.Equal(t, d.Next, q.decide(t, again).Next)
			require.False(t, q.decide(t, again).Allowed)
		}
		slices.Reverse(q.facts.Consents)
		slices.Reverse(q.facts.History)
		require.Equal(t, d, q.decide(t, q.asOf))
	})
}
