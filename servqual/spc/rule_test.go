package spc_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/servqual/spc"
)

// completes is a rule read literally: of the points up to the last, do those that it
// asks for make its pattern?
func completes(r spc.Rule, z []float64) bool {
	n := len(z)
	if r.Pattern == spc.Beyond {
		window := z[max(n-r.Of, 0):]
		above, below := 0, 0
		for _, x := range window {
			if x > r.Z {
				above++
			}
			if x < -r.Z {
				below++
			}
		}
		return z[n-1] > r.Z && above >= r.K || z[n-1] < -r.Z && below >= r.K
	}
	if n < r.Of {
		return false
	}
	window := z[n-r.Of:]
	every := func(holds func(i int) bool, from int) bool {
		for i := from; i < len(window); i++ {
			if !holds(i) {
				return false
			}
		}
		return true
	}
	some := func(holds func(i int) bool) bool { return !every(func(i int) bool { return !holds(i) }, 0) }
	rises := func(i int) bool { return window[i] > window[i-1] }
	falls := func(i int) bool { return window[i] < window[i-1] }
	switch r.Pattern {
	case spc.Trending:
		return every(rises, 1) || every(falls, 1)
	case spc.Alternating:
		return every(func(i int) bool { return rises(i) && falls(i-1) || falls(i) && rises(i-1) }, 2)
	case spc.Inside:
		return every(func(i int) bool { return math.Abs(window[i]) <= r.Z }, 0)
	default:
		return every(func(i int) bool { return math.Abs(window[i]) > r.Z }, 0) &&
			some(func(i int) bool { return window[i] > r.Z }) && some(func(i int) bool { return window[i] < -r.Z })
	}
}

// Monitors and charts say what the rules say when they are read literally, gaps or
// not, and the registers of 64 points are enough.
func TestRulesAgainstLiteralReading(t *testing.T) {
	t.Parallel()
	limits := spc.Limits{Kind: spc.Values, Center: 50, Sigma: 4}
	step := rapid.OneOf(rapid.Float64Range(-4, 4), rapid.SampledFrom([]float64{-3, -2, -1, 0, 1, 2, 3}))
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 140).Draw(t, "n")
		calm := rapid.SampledFrom([]float64{0.25, 1, 1}).Draw(t, "calm")
		drift := rapid.SampledFrom([]float64{0, 0, 0.1, 8}).Draw(t, "drift")
		swing := rapid.SampledFrom([]float64{0, 0, 6}).Draw(t, "swing")
		monitor, err := spc.NewMonitor(limits, rules())
		require.NoError(t, err)
		var seen []float64
		for i := range n {
			if rapid.IntRange(0, 60).Draw(t, "gap") == 0 {
				monitor.Gap()
				seen = nil
				continue
			}
			z := calm*step.Draw(t, "z") + drift*float64(i) + swing*float64(i%2)
			v, err := monitor.Add(50+4*z, 1)
			require.NoError(t, err)
			seen = append(seen, v.Z)
			for rule, r := range rules() {
				require.Equal(t, completes(r, seen), v.Fired.Has(rule), "%s at %d: %v", r.Name, i, seen)
			}
		}
	})
}

// A chart's own judgement is that of a monitor by its limits.
func TestJudgeIsMonitor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var readings []spc.Reading
		for range rapid.IntRange(3, 60).Draw(t, "n") {
			r := spc.Reading{Missing: rapid.IntRange(0, 9).Draw(t, "missing") == 0}
			if !r.Missing {
				r.Value = float64(rapid.IntRange(-20, 20).Draw(t, "value"))
			}
			readings = append(readings, r)
		}
		bridge := rapid.Bool().Draw(t, "bridge")
		x, err := spc.XmR(readings, spc.XmROptions{Bridge: bridge})
		if err != nil {
			return
		}
		got, err := x.Judge(rules())
		require.NoError(t, err)
		monitor, err := spc.NewMonitor(x.Limits, rules())
		require.NoError(t, err)
		var want []spc.Signal
		for i, r := range readings {
			if r.Missing {
				if !bridge {
					monitor.Gap()
				}
				continue
			}
			v, err := monitor.Add(r.Value, 1)
			require.NoError(t, err)
			for rule := range v.Fired.All() {
				want = append(want, spc.Signal{Point: i, Rule: rules()[rule].Name})
			}
		}
		assert.Equal(t, want, got)
	})
}

func TestRulesRefused(t *testing.T) {
	t.Parallel()
	good := spc.Limits{Kind: spc.Values, Sigma: 1}
	for _, c := range []struct {
		rule  spc.Rule
		field string
	}{
		{spc.Rule{Pattern: spc.Beyond, K: 1, Of: 1}, "Name"},
		{spc.Rule{Name: "\xff", Pattern: spc.Beyond, K: 1, Of: 1}, "Name"},
		{spc.Rule{Name: "a", K: 1, Of: 1}, "Pattern"},
		{spc.Rule{Name: "a", Pattern: "near", Of: 1}, "Pattern"},
		{spc.Rule{Name: "a", Pattern: spc.Beyond, Of: 1}, "K"},
		{spc.Rule{Name: "a", Pattern: spc.Beyond, K: 3, Of: 2}, "K"},
		{spc.Rule{Name: "a", Pattern: spc.Beyond, K: 1, Of: 65}, "Of"},
		{spc.Rule{Name: "a", Pattern: spc.Beyond, K: 1, Of: 1, Z: -1}, "Z"},
		{spc.Rule{Name: "a", Pattern: spc.Beyond, K: 1, Of: 1, Z: math.NaN()}, "Z"},
		{spc.Rule{Name: "a", Pattern: spc.Trending, Of: 1}, "Of"},
		{spc.Rule{Name: "a", Pattern: spc.Trending, K: 1, Of: 3}, "K"},
		{spc.Rule{Name: "a", Pattern: spc.Trending, Of: 3, Z: 1}, "Z"},
		{spc.Rule{Name: "a", Pattern: spc.Alternating, Of: 2}, "Of"},
		{spc.Rule{Name: "a", Pattern: spc.Outside, Of: 1}, "Of"},
		{spc.Rule{Name: "a", Pattern: spc.Inside}, "Of"},
	} {
		assert.Equal(t, c.field, field(c.rule.Validate()), "%+v", c.rule)
		_, err := spc.NewMonitor(good, []spc.Rule{spc.Nelson()[0], c.rule})
		assert.Equal(t, "Rules[1]."+c.field, field(err))
	}
	for _, list := range [][]spc.Rule{nil, make([]spc.Rule, 65)} {
		_, err := spc.NewMonitor(good, list)
		assert.Equal(t, "Rules", field(err))
		_, err = spc.Chart{}.Judge(list)
		assert.Equal(t, "Rules", field(err))
	}
	_, err := spc.NewMonitor(good, append(spc.Nelson(), spc.Nelson()[3]))
	require.EqualError(t, err, "spc: Rules[8].Name: must be unique")
	for _, r := range rules() {
		require.NoError(t, r.Validate())
	}
}

func TestMonitorRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limits spc.Limits
		field  string
	}{
		{spc.Limits{Sigma: 1}, "Kind"},
		{spc.Limits{Kind: spc.Values, Center: math.NaN()}, "Center"},
		{spc.Limits{Kind: spc.Values, Sigma: -1}, "Sigma"},
		{spc.Limits{Kind: spc.Shares, Center: 1.1}, "Center"},
		{spc.Limits{Kind: spc.Shares, Center: 0.5, Sigma: 1}, "Sigma"},
		{spc.Limits{Kind: spc.Counts, Center: -1}, "Center"},
		{spc.Limits{Kind: spc.Laney, Center: 0.5, Sigma: math.Inf(1)}, "Sigma"},
	} {
		_, err := spc.NewMonitor(c.limits, spc.Nelson())
		assert.Equal(t, c.field, field(err), "%+v", c.limits)
	}
	for _, c := range []struct {
		kind        spc.Kind
		value, size float64
		field       string
	}{
		{spc.Values, math.NaN(), 1, "Value"},
		{spc.Values, 1e101, 1, "Value"},
		{spc.Values, 1, 0, "Size"},
		{spc.Values, 1, math.NaN(), "Size"},
		{spc.Shares, 1.01, 9, "Value"},
		{spc.Rates, -1, 9, "Value"},
		{spc.Spreads, -1, 1, "Value"},
	} {
		m, err := spc.NewMonitor(spc.Limits{Kind: c.kind, Center: 0.5}, spc.Nelson())
		require.NoError(t, err)
		before := *m
		_, err = m.Add(c.value, c.size)
		assert.Equal(t, c.field, field(err))
		assert.Equal(t, before, *m)
	}
	assert.False(t, spc.RuleSet(1).Has(-1))
	assert.False(t, spc.RuleSet(1).Has(64))
	for rule := range spc.RuleSet(6).All() {
		assert.Equal(t, 1, rule)
		break
	}
}

// Where nothing varies a point off the centre is infinitely far from it.
func TestNoSpread(t *testing.T) {
	t.Parallel()
	m, err := spc.NewMonitor(spc.Limits{Kind: spc.Values, Center: 3}, spc.Nelson())
	require.NoError(t, err)
	v, err := m.Add(3, 1)
	require.NoError(t, err)
	assert.Zero(t, v.Z)
	assert.Zero(t, v.Fired)
	v, err = m.Add(3.1, 1)
	require.NoError(t, err)
	assert.True(t, math.IsInf(v.Z, 1))
	assert.True(t, v.Fired.Has(0))
	b := spc.Limits{Kind: spc.Values}.At(0)
	assert.True(t, math.IsNaN(b.Sigma) && math.IsNaN(b.Lower) && math.IsNaN(b.Upper))
}
