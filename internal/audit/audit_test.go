package audit_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/audit"
	"github.com/relmark/relmark/internal/near"
)

func TestWrong(t *testing.T) {
	t.Parallel()
	good := audit.Indicator{Value: 3, Low: 5, High: 1, Weight: 2}
	part, rule := good.Wrong(1)
	assert.Empty(t, part+rule)
	for _, in := range []audit.Indicator{
		{Low: 1, High: 1},
		{Low: math.NaN(), High: 1},
		{High: math.Inf(1)},
		{Low: -math.MaxFloat64, High: math.MaxFloat64},
		{High: 1, Value: math.NaN()},
		{High: 1, Value: math.MaxFloat64},
		{High: 1, Weight: -1},
		{High: 1, Weight: math.MaxFloat64},
	} {
		_, rule := in.Wrong(2)
		assert.NotEmpty(t, rule, in)
	}
	_, rule = audit.Indicator{Missing: true, Value: math.NaN(), High: 1}.Wrong(1)
	assert.Empty(t, rule, "a value that is missing is not read")
}

func TestRules(t *testing.T) {
	t.Parallel()
	parts := []audit.Indicator{{Value: 1, High: 1, Weight: 3}, {Missing: true, High: 1, Weight: 1}}
	r, ok := audit.Of(parts, audit.Renormalise, 0.75)
	require.True(t, ok)
	assert.Equal(t, []float64{100, 0.75}, []float64{r.Index, r.Coverage})
	r, _ = audit.Of(parts, audit.Renormalise, 0.76)
	assert.True(t, math.IsNaN(r.Index))
	r, _ = audit.Of(parts, audit.Zero, 0.76)
	near.Equal(t, 75, r.Index, 0, 0)
	_, ok = audit.Of(parts, audit.Fail, 0)
	assert.False(t, ok)
	r, _ = audit.Of(parts[1:], audit.Renormalise, 0)
	assert.True(t, math.IsNaN(r.Index), "nothing was measured")
}

// The index lies between the scores, and does not depend on the unit of weights.
func TestIndexIsAMean(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		var parts, scaled []audit.Indicator
		for range n {
			in := audit.Indicator{
				Value: rapid.Float64Range(-2, 2).Draw(t, "x"), Low: rapid.Float64Range(-1, 0).Draw(t, "low"), High: rapid.Float64Range(0.5, 1).Draw(t, "high"),
				Weight: rapid.Float64Range(0.01, 5).Draw(t, "w"),
			}
			parts = append(parts, in)
			in.Weight *= 8
			scaled = append(scaled, in)
		}
		r, _ := audit.Of(parts, audit.Renormalise, 0)
		low, high := 100.0, 0.0
		for i, s := range r.Scores {
			low, high = min(low, s), max(high, s)
			require.Equal(t, r.Clamped[i], parts[i].Value < parts[i].Low || parts[i].Value > parts[i].High)
		}
		require.GreaterOrEqual(t, r.Index, low-1e-12)
		require.LessOrEqual(t, r.Index, high+1e-12)
		again, _ := audit.Of(scaled, audit.Renormalise, 0)
		near.Equal(t, r.Index, again.Index, 1e-14, 1e-13)
	})
}

// An index does not depend on the unit of weights, however small or large.
func TestIndexInAnyUnit(t *testing.T) {
	t.Parallel()
	of := func(unit float64) audit.Result {
		r, ok := audit.Of([]audit.Indicator{
			{Value: 0.333, High: 1, Weight: unit}, {Value: 0.1, High: 1, Weight: 2 * unit}, {Missing: true, High: 1, Weight: unit},
		}, audit.Renormalise, 0.5)
		require.True(t, ok)
		return r
	}
	want := of(1)
	for _, unit := range []float64{5e-324, 1e-300, 1e300} {
		got := of(unit)
		near.Equal(t, want.Index, got.Index, 1e-15, 0)
		near.Equal(t, want.Coverage, got.Coverage, 1e-15, 0)
	}
}
