package tier_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Rollover = &tier.Rollover{Metric: "nights", Cap: new(d("5"))}
	pr := ladder(t, p)
	s := state(t, pr, relmark.MustParseDate("2025-01-01"),
		tier.Event{ID: "a", At: instant(t, "2025-05-01T00:00:00Z"), Amounts: tier.Amounts{"nights": d("13"), "spend": d("700.5")}},
		tier.Event{ID: "b", At: instant(t, "2026-02-01T00:00:00Z"), Amounts: nights(30)},
		tier.Event{ID: "low", At: instant(t, "2026-02-01T00:00:00Z"), Override: &tier.Override{Level: "silver", Mode: tier.Floor}},
		tier.Event{ID: "high", At: instant(t, "2026-02-02T00:00:00Z"), Override: &tier.Override{Level: "gold", Mode: tier.Floor, Priority: 1}},
		tier.Event{ID: "later", At: instant(t, "2026-02-02T00:00:00Z"), Override: &tier.Override{Level: "gold", Mode: tier.Floor, From: instant(t, "2026-09-02T00:00:00Z")}})
	x, err := pr.Explain(s, instant(t, "2026-03-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, instant(t, "2026-01-01T00:00:00Z"), x.From)
	assert.Equal(t, instant(t, "2027-01-01T00:00:00Z"), x.To)
	assert.Equal(t, "v1", x.Policy)
	assert.Equal(t, []string{"high", "low"}, x.Overrides)
	require.Len(t, x.Sums, 2)
	for i, want := range []tier.Sum{
		{Metric: "nights", Counted: d("33"), Carried: d("3"), Lifetime: d("43")},
		{Metric: "spend", Lifetime: d("700.5")},
	} {
		got := x.Sums[i]
		assert.Equal(t, want.Metric, got.Metric)
		assert.True(t, want.Counted.Equal(got.Counted) && want.Carried.Equal(got.Carried) && want.Lifetime.Equal(got.Lifetime), "%+v", got)
	}
	assert.Equal(t, []tier.LevelCheck{
		{Level: "base", Enter: true, Keep: true, Held: true},
		{Level: "silver", Enter: true, Keep: true, Held: true},
		{Level: "gold", Keep: true, Held: true},
	}, x.Levels)
	assert.Equal(t, "gold", x.Level)
	assert.Equal(t, "silver", x.Earned)

	p.Rollover, p.Window, p.Validity = nil, tier.Window{Kind: tier.RollingDays, N: 90}, tier.Validity{Kind: tier.WhileHolds}
	pr = ladder(t, p)
	x, err = pr.Explain(state(t, pr, relmark.MustParseDate("2025-01-01")), instant(t, "2026-03-01T00:00:00Z"))
	require.NoError(t, err)
	assert.True(t, x.From.IsZero())
	assert.Equal(t, x.AsOf, x.To)
}

// P(12 or more of 3 mean nights) from a table, by hand.
func TestChance(t *testing.T) {
	t.Parallel()
	g := tier.Shortfall{Level: "gold", Alternatives: []tier.Amounts{{"nights": d("2"), "spend": d("100")}, {"nights": d("5")}}}
	f := tier.Forecast{
		{Probability: 0.5},
		{Probability: 0.2, Amounts: tier.Amounts{"nights": d("4")}},
		{Probability: 0.1, Amounts: tier.Amounts{"nights": d("2"), "spend": d("100")}},
		{Probability: 0.2, Amounts: tier.Amounts{"nights": d("5")}},
	}
	p, err := g.Chance(f)
	require.NoError(t, err)
	near.Equal(t, 0.3, p, 1e-12, 0)
	p, err = tier.Shortfall{}.Chance(f)
	require.NoError(t, err)
	near.Equal(t, 1, p, 0, 0, "nothing is missing")

	f, err = tier.CountForecast("nights", d("2.5"), []float64{0.5, 0.25, 0.125})
	require.NoError(t, err)
	g = tier.Shortfall{Alternatives: []tier.Amounts{{"nights": d("5")}}}
	p, err = g.Chance(f)
	require.NoError(t, err)
	near.Equal(t, 0.25, p, 1e-12, 0, "two steps, or three and more")
	g = tier.Shortfall{Alternatives: []tier.Amounts{{"nights": d("7.51")}}}
	p, err = g.Chance(f)
	require.NoError(t, err)
	near.Equal(t, 0, p, 0, 0, "beyond the table it counts as three steps")
}

func TestChanceRejects(t *testing.T) {
	t.Parallel()
	endless := decimal.New(1, math.MaxInt32)
	for name, f := range map[string]tier.Forecast{
		"nothing":         {},
		"less than 1":     {{Probability: 0.9}},
		"more than 1":     {{Probability: 0.9}, {Probability: 0.9}},
		"negative":        {{Probability: -0.1}, {Probability: 1.1}},
		"NaN":             {{Probability: math.NaN()}},
		"negative amount": {{Probability: 1, Amounts: tier.Amounts{"nights": d("-1")}}},
		"endless amount":  {{Probability: 1, Amounts: tier.Amounts{"nights": endless}}},
	} {
		p, err := tier.Shortfall{}.Chance(f)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.True(t, math.IsNaN(p), name)
	}
	for name, c := range map[string]struct {
		step decimal.Decimal
		pmf  []float64
	}{
		"no step":      {decimal.Zero, []float64{1}},
		"endless step": {endless, []float64{1}},
		"negative":     {d("1"), []float64{-0.5}},
		"NaN":          {d("1"), []float64{math.NaN()}},
		"more than 1":  {d("1"), []float64{0.6, 0.6}},
	} {
		_, err := tier.CountForecast("nights", c.step, c.pmf)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}
