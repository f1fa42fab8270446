package tier_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier"
)

// spa gives gold for 30 nights or a spend of 5,000, and keeps it for 25 nights.
func spa() tier.Policy {
	p := simple()
	p.Levels = []tier.Level{
		{Code: "base"},
		{Code: "silver", Enter: tier.AtLeastInt("nights", 10)},
		{
			Code: "gold", Enter: tier.Any(tier.AtLeastInt("nights", 30), tier.AtLeastInt("spend", 5000)),
			Keep: tier.AtLeastInt("nights", 25),
		},
	}
	return p
}

func sure(nights, spend string) tier.Forecast {
	return tier.Forecast{{Probability: 1, Amounts: tier.Amounts{"nights": d(nights), "spend": d(spend)}}}
}

// Whatever holds a level is told as a way to keep it, so whoever is certain to do it
// is certain to keep the level.
func TestChanceOfKeeping(t *testing.T) {
	t.Parallel()
	p := ladder(t, spa())
	s := state(t, p, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "a", At: instant(t, "2025-03-01T00:00:00Z"), Amounts: nights(30)})
	got, err := p.Decide(s, instant(t, "2026-01-15T00:00:00Z"))
	require.NoError(t, err)
	require.NotNil(t, got.Keep)
	assert.True(t, sameAmounts([]tier.Amounts{{"nights": d("25")}, {"spend": d("5000")}}, got.Keep.Alternatives), "%v", got.Keep.Alternatives)
	for forecast, want := range map[*tier.Forecast]float64{
		new(sure("0", "5000")): 1, new(sure("25", "0")): 1, new(sure("24", "4999.99")): 0,
	} {
		chance, err := got.Keep.Chance(*forecast)
		require.NoError(t, err)
		near.Equal(t, want, chance, 0, 0)
	}
}

// The ways to hold a level, by hand: of Keep, of Enter, of the Enter of higher levels,
// and none that asks for as much as another.
func TestWaysToHold(t *testing.T) {
	t.Parallel()
	n, spend := func(v int64) *tier.Condition { return tier.AtLeastInt("nights", v) }, func(v int64) *tier.Condition { return tier.AtLeastInt("spend", v) }
	for name, c := range map[string]struct {
		keep, enter, above *tier.Condition
		want               []tier.Amounts
	}{
		"keep defaults to enter":   {nil, n(10), n(40), []tier.Amounts{nights(10)}},
		"keep below enter":         {n(8), n(10), n(40), []tier.Amounts{nights(8)}},
		"keep above enter":         {n(12), n(10), n(40), []tier.Amounts{nights(10)}},
		"keep and another enter":   {n(8), spend(100), n(40), []tier.Amounts{nights(8), {"spend": d("100")}}},
		"a higher level":           {n(8), n(10), spend(50), []tier.Amounts{nights(8), {"spend": d("50")}}},
		"only a higher level":      {n(8), nil, spend(50), []tier.Amounts{nights(8), {"spend": d("50")}}},
		"equals, the first stays":  {tier.Any(n(8), spend(50)), spend(50), n(8), []tier.Amounts{nights(8), {"spend": d("50")}}},
		"more of two than of one":  {tier.All(n(8), spend(50)), spend(40), n(40), []tier.Amounts{{"spend": d("40")}, nights(40)}},
		"a later one that is less": {tier.Any(n(9), spend(60)), tier.All(n(9), spend(1)), tier.Any(spend(60), n(7)), []tier.Amounts{{"spend": d("60")}, nights(7)}},
	} {
		p := simple()
		p.Depth = tier.OneStep
		p.Levels = []tier.Level{{Code: "base"}, {Code: "silver", Enter: c.enter, Keep: c.keep}, {Code: "gold", Enter: c.above}, {Code: "top", Enter: n(90)}}
		pr := ladder(t, p)
		s, err := pr.Open(relmark.MustParseDate("2020-01-01"), tier.Opening{On: relmark.MustParseDate("2025-01-01"), Level: "silver", Until: relmark.MustParseDate("2026-01-01")})
		require.NoError(t, err, name)
		got, err := pr.Decide(s, instant(t, "2025-02-01T00:00:00Z"))
		require.NoError(t, err, name)
		require.NotNil(t, got.Keep, name)
		assert.True(t, sameAmounts(c.want, got.Keep.Alternatives), "%s: %v", name, got.Keep.Alternatives)
	}
}

// A member may have a level that nothing can hold. Then nothing keeps it, whatever
// the window and the validity, up to the day on which it is gone.
func TestNothingHolds(t *testing.T) {
	t.Parallel()
	periods, rolls := tier.Window{Kind: tier.CalendarYear}, tier.Window{Kind: tier.RollingMonths, N: 12}
	for name, c := range map[string]struct {
		window   tier.Window
		validity tier.Validity
		grace    int
	}{
		"end of next period":          {periods, tier.Validity{Kind: tier.EndOfNextPeriod}, 0},
		"months from entry":           {periods, tier.Validity{Kind: tier.MonthsFromEntry, Months: 12}, 0},
		"months from entry, rolling":  {rolls, tier.Validity{Kind: tier.MonthsFromEntry, Months: 12}, 0},
		"pending":                     {periods, tier.Validity{Kind: tier.EndOfNextPeriod}, 30},
		"while holds, pending":        {periods, tier.Validity{Kind: tier.WhileHolds}, 30},
		"rolling, while holds, grace": {rolls, tier.Validity{Kind: tier.WhileHolds}, 30},
	} {
		p := simple()
		p.Window, p.Validity, p.Depth, p.GraceDays = c.window, c.validity, tier.OneStep, c.grace
		p.Levels = []tier.Level{{Code: "base"}, {Code: "silver", Enter: tier.AtLeastInt("nights", 10)}, {Code: "gift"}}
		pr := ladder(t, p)
		at := instant(t, "2025-03-01T00:00:00Z")
		s, err := pr.Open(relmark.MustParseDate("2020-01-01"), opened(t, c.validity, at.Format("2006-01-02")))
		require.NoError(t, err, name)
		days := 0
		for day := relmark.MustParseDate("2025-03-02"); ; day = day.AddDays(1) {
			got, err := pr.Decide(s, day.Start(p.Zone))
			require.NoError(t, err)
			if got.Earned != "gift" {
				break
			}
			assert.Nil(t, got.Keep, "%s, %v", name, day)
			days++
		}
		assert.NotZero(t, days, name)
	}
}

// opened is a member at the level "gift" from a date on.
func opened(t *testing.T, v tier.Validity, on string) tier.Opening {
	t.Helper()
	o := tier.Opening{On: relmark.MustParseDate(on), Level: "gift"}
	if v.Kind != tier.WhileHolds {
		o.Until = relmark.MustParseDate("2026-01-01")
	}
	return o
}

// What is missing in a period to come is judged by the version that is announced for
// it, and by that which judges it now once it has begun.
func TestAnnouncedRules(t *testing.T) {
	t.Parallel()
	v1, v2 := spa(), spa()
	v2.Version, v2.From = "v2", relmark.MustParseDate("2026-01-01")
	v2.Levels[2] = tier.Level{Code: "gold", Enter: tier.AtLeastInt("nights", 60), Keep: tier.AtLeastInt("nights", 50)}
	p := ladder(t, v1, v2)
	s := state(t, p, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "a", At: instant(t, "2025-03-01T00:00:00Z"), Amounts: nights(30)})
	for _, at := range []string{"2025-03-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"} {
		got, err := p.Decide(s, instant(t, at))
		require.NoError(t, err)
		require.NotNil(t, got.Keep)
		assert.True(t, sameAmounts([]tier.Amounts{nights(50)}, got.Keep.Alternatives), "%s: %v", at, got.Keep.Alternatives)
	}
	// A level that the announced rules cannot hold has nothing that keeps it.
	v2.Levels[2] = tier.Level{Code: "gold", Lifetime: tier.AtLeastInt("nights", 900)}
	p = ladder(t, v1, v2)
	s = state(t, p, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "a", At: instant(t, "2025-03-01T00:00:00Z"), Amounts: nights(30)})
	got, err := p.Decide(s, instant(t, "2025-03-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Nil(t, got.Keep)
	// The review will count more months by the rules that are in force on its day.
	v2 = spa()
	v2.Version, v2.From, v2.Validity.PlusMonths = "v2", relmark.MustParseDate("2026-06-01"), 13
	p = ladder(t, spa(), v2)
	s = state(t, p, relmark.MustParseDate("2025-01-01"),
		tier.Event{ID: "a", At: instant(t, "2025-03-01T00:00:00Z"), Amounts: nights(30)})
	got, err = p.Decide(s, instant(t, "2026-06-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, instant(t, "2027-01-01T00:00:00Z"), got.Until)
	assert.Empty(t, got.Keep.Alternatives, "by 13 more months the year 2025 still counts")
	before, err := p.Decide(s, instant(t, "2026-05-31T00:00:00Z"))
	require.NoError(t, err)
	require.NotNil(t, before.Keep)
	assert.Empty(t, before.Keep.Alternatives, "as was announced")
	history, err := p.Replay(s, instant(t, "2027-06-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Len(t, history, 1, "and so it comes")
}

// Every alternative keeps what it says: whoever does it, and nothing else, by the
// instant named, passes the next review. Where nothing is missing, doing nothing is
// enough; where nothing holds the level, it is lost.
func TestKeepIsKept(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		for i := range d.policies {
			d.policies[i].Validity.Kind, d.policies[i].Rollover = d.policies[0].Validity.Kind, nil
			d.policies[i].Depth = tier.ToEarned // who has climbed meanwhile may fall further
		}
		p, err := tier.New(d.policies...)
		if err != nil {
			t.Skip("not valid")
		}
		d.ladder = p
		s := d.state(t, d.events)
		now, err := p.Decide(s, d.at)
		if err != nil {
			t.Fatal(err)
		}
		if w := d.policies[0].Window; w == (tier.Window{Kind: tier.RollingDays, N: 1}) || now.Keep == nil || now.Keep.By.IsZero() || now.Until.IsZero() || now.Source != tier.SourceComputed || w.Kind.Rolling() && len(d.policies) > 1 || later(s, d) {
			return // a window of one date is empty when a date starts
		}
		if d.policies[0].Validity.Kind == tier.WhileHolds && !now.Grace {
			return // kept until then is all that was said
		}
		for i, way := range append([]tier.Amounts{nil}, now.Keep.Alternatives...) {
			if (i == 0) != (len(now.Keep.Alternatives) == 0) {
				continue
			}
			kept := s.Clone()
			then, at := now.Until, now.Keep.By.Add(-1)
			if now.Grace {
				then, at = d.at, d.at // what it takes now
			}
			if i > 0 {
				if err := kept.Add(tier.Event{ID: "more", At: at, Amounts: way}); err != nil {
					t.Fatal(err)
				}
			}
			got, err := p.Decide(kept, then)
			if err != nil {
				t.Fatal(err)
			}
			if index(d, got.Earned) < index(d, now.Keep.Level) || now.Grace && got.Grace {
				t.Fatalf("%v by %v does not keep %s until %v: %+v", way, now.Keep.By, now.Keep.Level, then, got.Standing)
			}
		}
	})
}

// later reports whether something happens after the question, which it cannot know.
func later(s *tier.Membership, d draw) bool {
	last, ok := s.Last()
	return ok && last.After(d.at)
}

func index(d draw, code string) int {
	for i, l := range d.policies[0].Levels {
		if l.Code == code {
			return i
		}
	}
	return -1
}

// All floors count: a gift takes nothing away; a pin stands before a floor of its
// rank, whichever came later.
func TestFloorsTogether(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	give := func(id, at, level, until string, mode tier.OverrideMode, priority int) tier.Event {
		o := &tier.Override{Level: level, Mode: mode, Priority: priority}
		if until != "" {
			o.Until = instant(t, until)
		}
		return tier.Event{ID: id, At: instant(t, at), Override: o}
	}
	const jan, feb, mar, apr, may = "2025-01-10T00:00:00Z", "2025-02-10T00:00:00Z", "2025-03-10T00:00:00Z", "2025-04-10T00:00:00Z", "2025-05-10T00:00:00Z"
	paid := give("paid", jan, "gold", apr, tier.Floor, 0)
	for name, c := range map[string]struct {
		events  []tier.Event
		at      string
		level   string
		until   string
		reason  tier.Reason
		changes int
	}{
		"a lower floor later":             {[]tier.Event{paid, give("gift", feb, "silver", may, tier.Floor, 0)}, feb, "gold", apr, tier.ReasonOverride, 1},
		"a lower floor of higher rank":    {[]tier.Event{paid, give("gift", feb, "silver", may, tier.Floor, 5)}, feb, "gold", apr, tier.ReasonOverride, 1},
		"after the higher the lower":      {[]tier.Event{paid, give("gift", feb, "silver", may, tier.Floor, 0)}, apr, "silver", may, tier.ReasonOverride, 2},
		"of equals the one that lasts":    {[]tier.Event{paid, give("gift", feb, "gold", may, tier.Floor, 0)}, mar, "gold", may, tier.ReasonOverride, 1},
		"of equals the one without end":   {[]tier.Event{give("gift", jan, "gold", "", tier.Floor, 0), give("x", feb, "gold", may, tier.Floor, 9)}, mar, "gold", "", tier.ReasonOverride, 1},
		"a pin before a later floor":      {[]tier.Event{give("pin", jan, "base", apr, tier.Pin, 0), give("gift", feb, "gold", may, tier.Floor, 0)}, feb, "base", apr, tier.ReasonJoined, 0},
		"a floor of higher rank":          {[]tier.Event{give("pin", jan, "silver", apr, tier.Pin, 0), give("gift", feb, "gold", may, tier.Floor, 1)}, feb, "gold", may, tier.ReasonOverride, 2},
		"and then all floors":             {[]tier.Event{give("pin", jan, "silver", apr, tier.Pin, 0), give("a", feb, "silver", may, tier.Floor, 1), give("b", feb, "gold", mar, tier.Floor, -1)}, feb, "gold", mar, tier.ReasonOverride, 2},
		"the pin that backed is outdone":  {[]tier.Event{give("pin", jan, "gold", apr, tier.Pin, 0), give("a", feb, "base", may, tier.Floor, 1)}, feb, "base", "", tier.ReasonOverrideEnd, 2},
		"a floor that is taken back":      {[]tier.Event{paid, give("gift", feb, "silver", may, tier.Floor, 0), {ID: "no", At: instant(t, mar), Reverse: "paid"}}, mar, "silver", may, tier.ReasonOverride, 2},
		"earned above a floor that lasts": {[]tier.Event{give("gift", jan, "silver", may, tier.Floor, 0), {ID: "n", At: instant(t, feb), Amounts: nights(40)}}, feb, "gold", "2027-01-01T00:00:00Z", tier.ReasonEarned, 2},
		"earned when another floor came":  {[]tier.Event{give("gift", jan, "silver", may, tier.Floor, 0), give("more", feb, "silver", apr, tier.Floor, 1), {ID: "n", At: instant(t, feb), Amounts: nights(40)}}, feb, "gold", "2027-01-01T00:00:00Z", tier.ReasonEarned, 2},
	} {
		s := state(t, p, relmark.MustParseDate("2025-01-01"), c.events...)
		got, err := p.Decide(s, instant(t, c.at))
		require.NoError(t, err, name)
		assert.Equal(t, c.level, got.Level, name)
		if c.until != "" {
			assert.Equal(t, instant(t, c.until), got.Until, name)
		} else {
			assert.True(t, got.Until.IsZero(), name)
		}
		assert.Equal(t, c.reason, got.Reason, name)
		history, err := p.Replay(s, instant(t, c.at))
		require.NoError(t, err)
		assert.Len(t, history, c.changes, "%s: %v", name, history)
	}
}

// A Keep is idle if whoever meets it would be let in anyway; one that is easier in
// any of its ways is not.
func TestKeepAboveEnter(t *testing.T) {
	t.Parallel()
	n, spend := func(v int64) *tier.Condition { return tier.AtLeastInt("nights", v) }, func(v int64) *tier.Condition { return tier.AtLeastInt("spend", v) }
	for name, c := range map[string]struct {
		enter, keep, above *tier.Condition
		idle               bool
	}{
		"25 of 30 nights, or 5000 spend": {tier.Any(n(30), spend(5000)), n(25), nil, false},
		"more nights":                    {n(30), n(35), nil, true},
		"as many":                        {n(30), n(30), nil, false},
		"both of any":                    {tier.Any(n(30), spend(50)), tier.All(n(30), spend(50)), nil, true},
		"one way is easier":              {n(30), tier.Any(n(35), spend(1)), nil, false},
		"as a higher level":              {n(30), spend(60), spend(60), true},
		"less than a higher level":       {n(30), spend(59), spend(60), false},
		"no enter, as a higher level":    {nil, spend(60), spend(60), true},
		"no enter":                       {nil, spend(60), nil, false},
	} {
		p := simple()
		p.Levels = []tier.Level{{Code: "base"}, {Code: "gold", Enter: c.enter, Keep: c.keep}, {Code: "top", Enter: c.above}}
		found := false
		for _, w := range p.Warnings() {
			found = found || w.Kind == tier.KeepAboveEnter
		}
		assert.Equal(t, c.idle, found, name)
	}
}

// However many levels of however many ways there are, what keeping one takes is
// bounded.
func TestWaysOfALadder(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Levels = []tier.Level{{Code: "base"}}
	for i := range 5 {
		var parts []*tier.Condition
		for k := range 1000 {
			parts = append(parts, tier.All(tier.AtLeastInt("nights", int64(k)), tier.AtLeastInt("spend", int64(2000-k))))
		}
		p.Levels = append(p.Levels, tier.Level{Code: fmt.Sprint("level", i), Enter: tier.Any(parts...)})
	}
	err := p.Validate()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Contains(t, err.Error(), "Levels")
	// Ways to keep count as those to enter do: 4000 and 96 are as many as there may be.
	p.Levels = p.Levels[:5]
	keep := func(n int) *tier.Condition {
		var parts []*tier.Condition
		for k := range n {
			parts = append(parts, tier.AtLeastInt("nights", int64(3000+k)))
		}
		return tier.Any(parts...)
	}
	p.Levels[1].Keep = keep(97)
	require.ErrorIs(t, p.Validate(), relmark.ErrInvalid)
	p.Levels[1].Keep = keep(96)
	require.NoError(t, p.Validate())
	p.Levels[1].Keep = nil
	pr := ladder(t, p)
	s := state(t, pr, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "a", At: instant(t, "2025-01-01T00:00:00Z"), Amounts: tier.Amounts{"spend": d("2000")}})
	got, err := pr.Decide(s, instant(t, "2025-01-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Len(t, got.Keep.Alternatives, 1000)
}
