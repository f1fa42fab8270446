package tier_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

func zones(t testing.TB) []*time.Location {
	t.Helper()
	var list []*time.Location
	// Midnights that come twice or never, a date that was skipped, and plain ones.
	for _, name := range []string{"UTC", "Europe/Berlin", "Asia/Beirut", "America/St_Johns", "Pacific/Apia", "America/Sao_Paulo"} {
		loc, err := time.LoadLocation(name)
		require.NoError(t, err)
		list = append(list, loc)
	}
	return list
}

func drawDate(t *rapid.T, label string, from, days int) relmark.Date {
	epoch := relmark.MustParseDate("2010-01-01")
	return epoch.AddDays(rapid.IntRange(from, from+days).Draw(t, label))
}

// drawCondition draws a small tree over two metrics with low thresholds.
func drawCondition(t *rapid.T, least, most int64, depth int) *tier.Condition {
	form := rapid.IntRange(0, 5).Draw(t, "form")
	if depth == 0 || form < 4 {
		return tier.AtLeastInt(rapid.SampledFrom([]string{"nights", "nights", "spend"}).Draw(t, "metric"), rapid.Int64Range(least, most).Draw(t, "min"))
	}
	var parts []*tier.Condition
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		parts = append(parts, drawCondition(t, least, most, depth-1))
	}
	if form == 4 {
		return tier.All(parts...)
	}
	return tier.Any(parts...)
}

func maybe(t *rapid.T, label string, chance int) bool {
	return rapid.IntRange(1, 100).Draw(t, label) <= chance
}

func drawLevels(t *rapid.T) []tier.Level {
	ladder := []tier.Level{{Code: "base"}}
	for i := range rapid.IntRange(1, 3).Draw(t, "levels") {
		low := int64(3 * (i + 1))
		l := tier.Level{Code: fmt.Sprint("level", i+1)}
		if maybe(t, "has enter", 90) {
			l.Enter = drawCondition(t, low, low+5, 2)
		}
		if maybe(t, "has keep", 40) {
			l.Keep = drawCondition(t, max(low-2, 1), low+5, 2)
		}
		if maybe(t, "has lifetime", 20) {
			l.Lifetime = drawCondition(t, 4*low, 8*low, 1)
		}
		ladder = append(ladder, l)
	}
	return ladder
}

// drawPolicies draws one to three versions of a random policy.
func drawPolicies(t *rapid.T, zones []*time.Location) []tier.Policy {
	p := tier.Policy{
		Version: "v1", Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
		Metrics: map[string]tier.MetricKind{"nights": tier.Integer, "spend": tier.Decimal},
	}
	p.Window.Kind = rapid.SampledFrom([]tier.WindowKind{tier.CalendarYear, tier.FixedMonths, tier.Anniversary, tier.RollingMonths, tier.RollingDays}).Draw(t, "window")
	switch p.Window.Kind {
	case tier.FixedMonths:
		p.Window.Months = rapid.IntRange(1, 7).Draw(t, "months")
		p.Window.Anchor = drawDate(t, "anchor", 0, 1500)
	case tier.Anniversary:
		p.Window.Months = rapid.IntRange(1, 13).Draw(t, "months")
	case tier.RollingMonths:
		p.Window.N = rapid.IntRange(1, 13).Draw(t, "n")
	case tier.RollingDays:
		p.Window.N = rapid.IntRange(1, 200).Draw(t, "n")
	}
	kinds := []tier.ValidityKind{tier.EndOfNextPeriod, tier.MonthsFromEntry, tier.WhileHolds}
	if p.Window.Kind.Rolling() {
		kinds = kinds[1:]
	}
	p.Validity.Kind = rapid.SampledFrom(kinds).Draw(t, "validity")
	policies := []tier.Policy{drawRules(t, p)}
	codes := policies[0].Levels
	at := 600
	for i := range rapid.IntRange(0, 2).Draw(t, "versions") {
		next := p
		next.Version = fmt.Sprint("v", i+2)
		next.From = drawDate(t, "version", at+1, 500)
		first := relmark.MustParseDate("2010-01-01")
		at = next.From.Sub(first)
		next = drawRules(t, next)
		next.Levels = append(next.Levels, codes...)[:len(codes)]
		for j := range next.Levels {
			next.Levels[j].Code = codes[j].Code
		}
		policies = append(policies, next)
	}
	return policies
}

// drawRules draws what may differ between versions.
func drawRules(t *rapid.T, p tier.Policy) tier.Policy {
	p.Levels = drawLevels(t)
	rolls := p.Window.Kind.Rolling()
	if !rolls && p.Validity.Kind != tier.WhileHolds && maybe(t, "period end", 30) {
		p.Upgrade = tier.PeriodEnd
	}
	switch p.Validity.Kind {
	case tier.EndOfNextPeriod:
		p.Validity.PlusMonths = rapid.SampledFrom([]int{0, 0, 1, 2, 7}).Draw(t, "plus")
	case tier.MonthsFromEntry:
		p.Validity.Months = rapid.IntRange(1, 14).Draw(t, "validity months")
		rounds := []tier.RoundUp{tier.RoundNone, tier.RoundMonth, tier.RoundPeriod}
		if rolls {
			rounds = rounds[:2]
		}
		p.Validity.Round = rapid.SampledFrom(rounds).Draw(t, "round")
	case tier.WhileHolds:
	}
	p.Depth = rapid.SampledFrom([]tier.Depth{tier.ToEarned, tier.OneStep, tier.ToBase}).Draw(t, "depth")
	p.GraceDays = rapid.SampledFrom([]int{0, 0, 1, 14, 60}).Draw(t, "grace")
	p.DwellDays = rapid.SampledFrom([]int{0, 0, 1, 10, 90}).Draw(t, "dwell")
	p.Reversal = rapid.SampledFrom([]tier.ReversalRule{tier.KeepLevel, tier.Recheck}).Draw(t, "reversal")
	if !rolls && maybe(t, "rollover", 50) {
		p.Rollover = &tier.Rollover{Metric: rapid.SampledFrom([]string{"nights", "spend"}).Draw(t, "carried"), Periods: rapid.IntRange(0, 3).Draw(t, "periods")}
		if maybe(t, "cap", 60) {
			p.Rollover.Cap = new(decimal.NewFromInt(rapid.Int64Range(0, 6).Draw(t, "cap")))
		}
	}
	return p
}

// drawInstant draws an instant at which something may happen: often the start of
// a day, sometimes close to one.
func drawInstant(t *rapid.T, zone *time.Location, joined relmark.Date, span int) time.Time {
	at := joined.AddDays(rapid.IntRange(0, span).Draw(t, "day")).Start(zone)
	switch rapid.IntRange(0, 4).Draw(t, "time") {
	case 0:
		return at
	case 4: // around the next jump of the clock, which may go back over midnight
		if _, jump := at.In(zone).ZoneBounds(); !jump.IsZero() && jump.Sub(at) < 400*24*time.Hour {
			return jump.UTC().Add(time.Duration(rapid.IntRange(-2, 5).Draw(t, "half hours")) * 30 * time.Minute)
		}
		return at
	case 1:
		return at.Add(24*time.Hour - 1)
	default:
		return at.Add(time.Duration(rapid.IntRange(0, 23).Draw(t, "hour")) * time.Hour)
	}
}

// drawEvents draws events of every kind, on few instants so that some coincide.
func drawEvents(t *rapid.T, p tier.Policy, joined relmark.Date) []tier.Event {
	begins := joined.Start(p.Zone)
	instants := make([]time.Time, rapid.IntRange(1, 12).Draw(t, "instants"))
	for i := range instants {
		instants[i] = drawInstant(t, p.Zone, joined, 1500)
	}
	var events []tier.Event
	for i := range rapid.IntRange(1, 18).Draw(t, "events") {
		e := tier.Event{ID: fmt.Sprintf("e%02d", i), At: rapid.SampledFrom(instants).Draw(t, "at")}
		if e.At.Before(begins) {
			e.At = begins
		}
		switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
		case kind < 6:
			e.Amounts = drawAmounts(t)
		case kind < 8:
			e.Reverse = fmt.Sprintf("e%02d", rapid.IntRange(0, 19).Draw(t, "original"))
			if e.Reverse == e.ID {
				e.Reverse = "e99"
			}
			if maybe(t, "partly", 50) {
				e.Amounts = drawAmounts(t)
			}
		default:
			e.Override = drawOverride(t, p, joined, e.At)
		}
		events = append(events, e)
	}
	return events
}

func drawAmounts(t *rapid.T) tier.Amounts {
	a := tier.Amounts{"nights": decimal.NewFromInt(rapid.Int64Range(0, 9).Draw(t, "nights"))}
	if maybe(t, "has spend", 60) {
		a["spend"] = decimal.New(rapid.Int64Range(0, 90).Draw(t, "spend"), -1)
	}
	return a
}

func drawOverride(t *rapid.T, p tier.Policy, joined relmark.Date, at time.Time) *tier.Override {
	o := &tier.Override{
		Level:    rapid.SampledFrom(p.Levels).Draw(t, "level").Code,
		Mode:     rapid.SampledFrom([]tier.OverrideMode{tier.Floor, tier.Pin}).Draw(t, "mode"),
		Priority: rapid.IntRange(-1, 1).Draw(t, "priority"),
	}
	from := at
	if maybe(t, "has from", 40) {
		o.From = drawInstant(t, p.Zone, joined, 1500)
		from = o.From
	}
	if maybe(t, "has until", 80) {
		o.Until = from.Add(time.Duration(rapid.IntRange(1, 400*24).Draw(t, "hours")) * time.Hour)
	}
	return o
}

// A draw is a random ladder with a random member.
type draw struct {
	policies []tier.Policy
	ladder   *tier.Ladder
	joined   relmark.Date
	events   []tier.Event
	at       time.Time
}

func drawAll(t *rapid.T, zones []*time.Location) draw {
	out := draw{policies: drawPolicies(t, zones)}
	var err error
	if out.ladder, err = tier.New(out.policies...); err != nil {
		t.Fatalf("drawn policies: %v", err)
	}
	out.joined = drawDate(t, "joined", 300, 900)
	out.events = drawEvents(t, out.policies[0], out.joined)
	out.at = drawInstant(t, out.policies[0].Zone, out.joined, 2200)
	if begins := out.joined.Start(out.policies[0].Zone); out.at.Before(begins) {
		out.at = begins
	}
	return out
}

func (d *draw) state(t *rapid.T, events []tier.Event) *tier.Membership {
	s, err := d.ladder.Join(d.joined)
	if err != nil {
		t.Fatalf("join: %v", err)
	}
	for _, e := range events {
		if err := s.Add(e); err != nil {
			t.Fatalf("add: %v", err)
		}
	}
	return s
}
