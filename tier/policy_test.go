package tier_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

// simple is a policy without anything special.
func simple() tier.Policy {
	return tier.Policy{
		Version: "v1", Zone: time.UTC,
		Metrics: map[string]tier.MetricKind{"nights": tier.Integer, "spend": tier.Decimal},
		Levels: []tier.Level{
			{Code: "base"},
			{Code: "silver", Enter: tier.AtLeastInt("nights", 10)},
			{Code: "gold", Enter: tier.AtLeastInt("nights", 40), Keep: tier.AtLeastInt("nights", 30), Lifetime: tier.AtLeastInt("nights", 500)},
		},
		Window: tier.Window{Kind: tier.CalendarYear}, Validity: tier.Validity{Kind: tier.EndOfNextPeriod},
	}
}

func TestPolicyRejects(t *testing.T) {
	t.Parallel()
	require.NoError(t, simple().Validate())
	rolling := tier.Window{Kind: tier.RollingDays, N: 30}
	months := tier.Validity{Kind: tier.MonthsFromEntry, Months: 12}
	loop := &tier.Condition{}
	loop.All = []*tier.Condition{loop}
	wide := tier.All()
	for range 11 {
		wide.All = append(wide.All, tier.Any(tier.AtLeastInt("nights", 1), tier.AtLeastInt("nights", 2)))
	}
	for name, c := range map[string]struct {
		field  string
		change func(p *tier.Policy)
	}{
		"no zone":               {"Zone", func(p *tier.Policy) { p.Zone = nil }},
		"no metrics":            {"Metrics", func(p *tier.Policy) { p.Metrics = nil }},
		"unnamed metric":        {"Metrics", func(p *tier.Policy) { p.Metrics[""] = tier.Integer }},
		"unknown kind":          {"Metrics", func(p *tier.Policy) { p.Metrics["x"] = "x" }},
		"no levels":             {"Levels", func(p *tier.Policy) { p.Levels = nil }},
		"unnamed level":         {"Levels[1].Code", func(p *tier.Policy) { p.Levels[1].Code = "" }},
		"level twice":           {"Levels[2].Code", func(p *tier.Policy) { p.Levels[2].Code = "silver" }},
		"base with a condition": {"Levels[0]", func(p *tier.Policy) { p.Levels[0].Enter = tier.AtLeastInt("nights", 0) }},
		"unknown metric":        {"Levels[1].Enter.Metric", func(p *tier.Policy) { p.Levels[1].Enter = tier.AtLeastInt("stays", 1) }},
		"negative threshold":    {"Levels[2].Keep.Min", func(p *tier.Policy) { p.Levels[2].Keep = tier.AtLeastInt("nights", -1) }},
		"half a night":          {"Levels[1].Enter.Min", func(p *tier.Policy) { p.Levels[1].Enter = tier.AtLeast("nights", d("0.5")) }},
		"too many digits":       {"Levels[1].Enter.Min", func(p *tier.Policy) { p.Levels[1].Enter = tier.AtLeast("spend", d("0.0000001")) }},
		"endless threshold":     {"Levels[1].Enter.Min", func(p *tier.Policy) { p.Levels[1].Enter = tier.AtLeast("spend", decimal.New(1, math.MaxInt32)) }},
		"no condition":          {"Levels[1].Enter", func(p *tier.Policy) { p.Levels[1].Enter = &tier.Condition{} }},
		"nil part":              {"Levels[1].Enter.Any", func(p *tier.Policy) { p.Levels[1].Enter = tier.Any(nil) }},
		"both all and any": {"Levels[1].Lifetime", func(p *tier.Policy) {
			p.Levels[1].Lifetime = &tier.Condition{All: tier.All(tier.AtLeastInt("nights", 1)).All, Any: tier.All(tier.AtLeastInt("nights", 1)).All}
		}},
		"endless nesting":      {"", func(p *tier.Policy) { p.Levels[1].Enter = loop }},
		"too many ways":        {"Levels[1].Enter", func(p *tier.Policy) { p.Levels[1].Enter = wide }},
		"window kind":          {"Window.Kind", func(p *tier.Policy) { p.Window.Kind = "x" }},
		"calendar of 6 months": {"Window.Months", func(p *tier.Policy) { p.Window.Months = 6 }},
		"fixed without months": {"Window.Months", func(p *tier.Policy) {
			p.Window = tier.Window{Kind: tier.FixedMonths, Anchor: relmark.MustParseDate("2025-01-01")}
		}},
		"fixed without anchor": {"Window.Anchor", func(p *tier.Policy) { p.Window = tier.Window{Kind: tier.FixedMonths, Months: 3} }},
		"periods with n":       {"Window.N", func(p *tier.Policy) { p.Window.N = 3 }},
		"rolling without n":    {"Window.N", func(p *tier.Policy) { p.Window, p.Validity = tier.Window{Kind: tier.RollingDays}, months }},
		"rolling with months": {"Window.Months", func(p *tier.Policy) {
			p.Window, p.Validity = tier.Window{Kind: tier.RollingDays, N: 3, Months: 3}, months
		}},
		"end of period, rolling": {"Validity.Kind", func(p *tier.Policy) { p.Window = rolling }},
		"round period, rolling":  {"Validity.Round", func(p *tier.Policy) { p.Window, p.Validity = rolling, months; p.Validity.Round = tier.RoundPeriod }},
		"rollover, rolling": {"Rollover", func(p *tier.Policy) {
			p.Window, p.Validity = rolling, months
			p.Rollover = &tier.Rollover{Metric: "nights"}
		}},
		"period end, rolling":      {"Upgrade", func(p *tier.Policy) { p.Window, p.Validity, p.Upgrade = rolling, months, tier.PeriodEnd }},
		"period end, while holds":  {"Upgrade", func(p *tier.Policy) { p.Validity.Kind, p.Upgrade = tier.WhileHolds, tier.PeriodEnd }},
		"validity kind":            {"Validity.Kind", func(p *tier.Policy) { p.Validity.Kind = "x" }},
		"rounding":                 {"Validity.Round", func(p *tier.Policy) { p.Validity = months; p.Validity.Round = "x" }},
		"rounding without months":  {"Validity.Round", func(p *tier.Policy) { p.Validity.Round = tier.RoundMonth }},
		"negative plus":            {"Validity.PlusMonths", func(p *tier.Policy) { p.Validity.PlusMonths = -1 }},
		"plus without periods":     {"Validity.PlusMonths", func(p *tier.Policy) { p.Validity = months; p.Validity.PlusMonths = 1 }},
		"negative months":          {"Validity.Months", func(p *tier.Policy) { p.Validity = months; p.Validity.Months = -1 }},
		"months for another kind":  {"Validity.Months", func(p *tier.Policy) { p.Validity.Months = 1 }},
		"upgrade":                  {"Upgrade", func(p *tier.Policy) { p.Upgrade = "x" }},
		"depth":                    {"Depth", func(p *tier.Policy) { p.Depth = "x" }},
		"reversal":                 {"Reversal", func(p *tier.Policy) { p.Reversal = "x" }},
		"negative grace":           {"GraceDays", func(p *tier.Policy) { p.GraceDays = -1 }},
		"negative dwell":           {"DwellDays", func(p *tier.Policy) { p.DwellDays = -1 }},
		"rollover of nothing":      {"Rollover.Metric", func(p *tier.Policy) { p.Rollover = &tier.Rollover{Metric: "stays"} }},
		"negative cap":             {"Rollover.Cap", func(p *tier.Policy) { p.Rollover = &tier.Rollover{Metric: "nights", Cap: new(d("-1"))} }},
		"negative rollover length": {"Rollover.Periods", func(p *tier.Policy) { p.Rollover = &tier.Rollover{Metric: "nights", Periods: -1} }},
	} {
		p := simple()
		c.change(&p)
		err := p.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, bad := tier.New(p)
		require.ErrorIs(t, bad, relmark.ErrInvalid, name)
		var field *relmark.FieldError
		require.ErrorAs(t, err, &field, name)
		if c.field != "" {
			assert.Equal(t, c.field, field.Field, name)
		}
		assert.Nil(t, p.Warnings(), name)
	}
}

func TestVersionsReject(t *testing.T) {
	t.Parallel()
	_, err := tier.New()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	berlin := zones(t)[1]
	for name, change := range map[string]func(first, next *tier.Policy){
		"first with a date":      func(first, _ *tier.Policy) { first.From = relmark.MustParseDate("2020-01-01") },
		"next without":           func(_, next *tier.Policy) { next.From = relmark.Date{} },
		"same name":              func(_, next *tier.Policy) { next.Version = "v1" },
		"another zone":           func(_, next *tier.Policy) { next.Zone = berlin },
		"another window":         func(_, next *tier.Policy) { next.Window = tier.Window{Kind: tier.Anniversary} },
		"another level":          func(_, next *tier.Policy) { next.Levels[1].Code = "bronze" },
		"fewer levels":           func(_, next *tier.Policy) { next.Levels = next.Levels[:2] },
		"another validity":       func(_, next *tier.Policy) { next.Validity.Kind = tier.WhileHolds },
		"metric of another kind": func(_, next *tier.Policy) { next.Metrics["spend"] = tier.Integer },
		"metric of the other version": func(first, next *tier.Policy) {
			first.Metrics["stays"] = tier.Integer
			next.Levels[1].Enter = tier.AtLeastInt("stays", 3)
		},
		"invalid next":  func(_, next *tier.Policy) { next.GraceDays = -1 },
		"invalid first": func(first, _ *tier.Policy) { first.Zone = nil },
	} {
		first, next := simple(), simple()
		next.Version, next.From = "v2", relmark.MustParseDate("2026-01-01")
		change(&first, &next)
		p, err := tier.New(first, next)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Nil(t, p, name)
	}
	first, next := simple(), simple()
	next.Version, next.From, next.Window.Months = "v2", relmark.MustParseDate("2026-01-01"), 12
	_, err = tier.New(first, next)
	require.NoError(t, err, "twelve months are a calendar year")
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	assert.Empty(t, simple().Warnings())
	p := simple()
	p.Levels = []tier.Level{
		{Code: "base"},
		{Code: "guest", Enter: tier.AtLeastInt("nights", 0)},
		{Code: "silver", Enter: tier.Any(tier.AtLeastInt("nights", 10), tier.AtLeastInt("spend", 100)), Keep: tier.AtLeastInt("nights", 10)},
		{Code: "gold", Enter: tier.AtLeastInt("spend", 50)},
		{Code: "black"},
	}
	var got []string
	for _, w := range p.Warnings() {
		got = append(got, w.String())
	}
	assert.Equal(t, []string{"guest: always_holds", "silver: keep_above_enter", "gold: not_nested over silver", "black: no_enter"}, got)
	// All with both and Any with either: who enters by both keeps by one.
	p = simple()
	p.Levels[1].Enter = tier.All(tier.AtLeastInt("nights", 10), tier.AtLeastInt("spend", 100))
	p.Levels[1].Keep = tier.Any(tier.AtLeastInt("nights", 10), tier.AtLeastInt("spend", 500))
	assert.Equal(t, []tier.Warning{{Kind: tier.NotNested, Level: "gold", Lower: "silver"}}, p.Warnings())
}

// A ladder does not change with what it was made from, nor with what it returns.
func TestLadderIsImmutable(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Rollover = &tier.Rollover{Metric: "nights", Cap: new(d("10"))}
	ladder, err := tier.New(p)
	require.NoError(t, err)
	want, err := tier.EncodePolicies(ladder.Policies()...)
	require.NoError(t, err)
	p.Levels[1].Enter.Min = d("99")
	p.Metrics["nights"] = tier.Decimal
	*p.Rollover.Cap = d("1")
	got := ladder.Policies()
	got[0].Levels[2].Keep.Min = d("1")
	got[0].Levels[2].Code = "x"
	ladder.Levels()[0] = "x"
	after, err := tier.EncodePolicies(ladder.Policies()...)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(after))
	assert.Equal(t, []string{"base", "silver", "gold"}, ladder.Levels())
}

// Random policies are valid, and survive their encoding.
func TestPoliciesRoundTrip(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		policies := drawPolicies(t, zones)
		data, err := tier.EncodePolicies(policies...)
		require.NoError(t, err)
		decoded, err := tier.DecodePolicies(data, time.LoadLocation)
		require.NoError(t, err)
		again, err := tier.EncodePolicies(decoded...)
		require.NoError(t, err)
		if string(again) != string(data) {
			t.Fatalf("%s\n%s", data, again)
		}
		for i := range policies {
			require.Equal(t, policies[i].Validity, decoded[i].Validity)
			_ = policies[i].Warnings()
		}
	})
}

// Every word of a policy is one of its set, letter for letter, and those that have no
// default must be there.
func TestWords(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(p *tier.Policy, word string){
		"Window.Kind":    func(p *tier.Policy, w string) { p.Window.Kind = tier.WindowKind(w) },
		"Validity.Kind":  func(p *tier.Policy, w string) { p.Validity.Kind = tier.ValidityKind(w) },
		"Validity.Round": func(p *tier.Policy, w string) { p.Validity.Round = tier.RoundUp(w) },
		"Upgrade":        func(p *tier.Policy, w string) { p.Upgrade = tier.Upgrade(w) },
		"Depth":          func(p *tier.Policy, w string) { p.Depth = tier.Depth(w) },
		"Reversal":       func(p *tier.Policy, w string) { p.Reversal = tier.ReversalRule(w) },
		"Metrics":        func(p *tier.Policy, w string) { p.Metrics["nights"] = tier.MetricKind(w) },
	} {
		for _, word := range []string{"", " ", "Base", "CALENDAR_YEAR", "keep", "earned", "immediate", "none", "\xff"} {
			p := simple()
			change(&p, word)
			err := p.Validate()
			if word == "" && (field == "Depth" || field == "Upgrade" || field == "Reversal" || field == "Validity.Round") {
				require.NoError(t, err, field)
				continue
			}
			require.ErrorIs(t, err, relmark.ErrInvalid, "%s %q", field, word)
			found, ok := errors.AsType[*relmark.FieldError](err)
			require.True(t, ok)
			assert.Equal(t, field, found.Field)
			assert.Nil(t, found.Value)
		}
	}
}
