package evaluation_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
)

func TestHoldingsRefuse(t *testing.T) {
	t.Parallel()
	var h evaluation.Holdings
	require.Equal(t, []string{"Before", "After"}, fields(h.Add(-1, evaluation.MaxHolding+1)))
	require.NoError(t, h.Add(1, 2))
	_, err := h.Report(0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = h.Report(0)
	require.Equal(t, []string{"Level"}, fields(err))
	for _, bad := range []struct {
		h     evaluation.Holdings
		field string
	}{
		{evaluation.Holdings{New: -1}, "New"},
		{evaluation.Holdings{Base: math.MaxInt32 + 1}, "Base"},
		{evaluation.Holdings{Base: 1, Lost: 2}, "Base"},
		{evaluation.Holdings{Base: 1, Kept: 1, Grown: 1}, "Base"},
		{evaluation.Holdings{Base: 2, Before: 1, After: 2, Squares: 1}, "Before"},
		{evaluation.Holdings{Base: 2, Before: 2, After: 1, Squares: 1}, "After"},
		{evaluation.Holdings{Base: 2, Before: 2, After: 5, Squares: 4, Grown: 1}, "Squares"},
		{evaluation.Holdings{Base: 2, Before: 2, After: 6, Squares: 6, Grown: 1}, "Squares"},
	} {
		require.Equal(t, []string{bad.field}, fields(bad.h.Validate()), "%+v", bad.h)
		require.ErrorIs(t, h.Merge(bad.h), relmark.ErrInvalid)
		require.ErrorIs(t, second(bad.h.Report(0.9)), relmark.ErrInvalid)
	}
	full := evaluation.Holdings{New: math.MaxInt32}
	require.ErrorIs(t, full.Add(0, 1), relmark.ErrLimit)
	wide := evaluation.Holdings{Base: 9_300_000, Lost: 0, Before: 9_300_000, After: 9_300_000 * 990_000, Grown: 9_300_000, Squares: 9_300_000 * 989_999 * 989_999}
	require.NoError(t, wide.Validate())
	require.ErrorIs(t, wide.Merge(wide), relmark.ErrLimit)
}

func TestHoldingsByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 4), 2, 2), 0, 20).Draw(t, "customers")
		cut := rapid.IntRange(0, len(pairs)).Draw(t, "cut")
		var one, left, right evaluation.Holdings
		var changes, ratios []float64
		for i, p := range pairs {
			require.NoError(t, one.Add(p[0], p[1]))
			if i < cut {
				require.NoError(t, left.Add(p[0], p[1]))
			} else {
				require.NoError(t, right.Add(p[0], p[1]))
			}
			if p[0] > 0 {
				changes = append(changes, float64(p[1]-p[0]))
				ratios = append(ratios, float64(min(p[1], 2)/2-min(p[0], 2)/2))
			}
		}
		require.NoError(t, one.Validate())
		require.NoError(t, right.Merge(left))
		require.Equal(t, one, right)
		if len(changes) < 2 {
			require.ErrorIs(t, second(one.Report(0.9)), relmark.ErrTooFew)
			return
		}
		r, err := one.Report(0.9)
		require.NoError(t, err)
		for i, c := range []evaluation.Change{r.ProductsPerCustomer, r.CrossSellRatio} {
			mean, se := meanSE([][]float64{changes, ratios}[i])
			near.Equal(t, mean, c.Change, 1e-13, 1e-15)
			near.Equal(t, se, c.SE, 1e-12, 1e-15)
			near.Equal(t, c.After-c.Before, c.Change, 1e-13, 1e-14)
		}
	})
}

func meanSE(list []float64) (mean, se float64) {
	n := float64(len(list))
	for _, x := range list {
		mean += x / n
	}
	for _, x := range list {
		se += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(se / (n - 1) / n)
}

// Plain data that nobody added up is the caller's mistake, whatever is done with it; sums that
// are too large are a limit.
func TestHoldingsThatNobodyAddedUp(t *testing.T) {
	t.Parallel()
	for _, h := range []evaluation.Holdings{{Base: -1}, {New: -1}, {Lost: math.MinInt64}, {Squares: -5, Base: 1}} {
		before := h
		require.ErrorIs(t, h.Add(1, 2), relmark.ErrInvalid)
		require.ErrorIs(t, h.Merge(evaluation.Holdings{}), relmark.ErrInvalid)
		require.Equal(t, before, h)
		var sum evaluation.Holdings
		require.ErrorIs(t, sum.Merge(h), relmark.ErrInvalid)
	}
	full := evaluation.Holdings{New: math.MaxInt32}
	require.ErrorIs(t, full.Add(0, 1), relmark.ErrLimit)
}
