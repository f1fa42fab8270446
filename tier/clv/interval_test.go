package clv_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

func TestDelta(t *testing.T) {
	t.Parallel()
	table := tableFrom(t, drawn(t, newBGNBD(t, 0.8, 6, 1, 4), 31, 3000, 60, 0))
	fit, err := clv.FitBGNBD(t.Context(), table, clv.FitOptions{})
	require.NoError(t, err)
	// The interval of a parameter is that of its standard error.
	in, err := fit.Delta(0.95, func(m clv.BGNBD) float64 { return m.Params().Alpha })
	require.NoError(t, err)
	near.Equal(t, fit.Estimates[1].Value, in.Estimate, 0, 0)
	near.Equal(t, 1.959963984540054*fit.Estimates[1].StdErr, in.High-in.Estimate, 1e-8, 0)
	near.Equal(t, in.High-in.Estimate, in.Estimate-in.Low, 1e-10, 0)
	// Nothing about a prediction that does not depend on parameters is uncertain.
	in, err = fit.Delta(0.95, func(clv.BGNBD) float64 { return 7 })
	require.NoError(t, err)
	require.Equal(t, clv.Interval{Low: 7, Estimate: 7, High: 7}, in)

	constant := func(clv.BGNBD) float64 { return 1 }
	for _, level := range []float64{0, 1, -1, math.NaN()} {
		require.ErrorIs(t, second(fit.Delta(level, constant)), relmark.ErrInvalid)
	}
	require.ErrorIs(t, second(fit.Delta(0.9, func(clv.BGNBD) float64 { return math.NaN() })), relmark.ErrInvalid)
	fit.Estimates[2].StdErr = math.NaN()
	require.ErrorIs(t, second(fit.Delta(0.9, constant)), relmark.ErrTooFew)
}

// Both intervals of a forecast agree where there are many customers, and hold the
// truth.
func TestBootstrapAgreesWithDelta(t *testing.T) {
	t.Parallel()
	truth := newBGNBD(t, 0.8, 6, 1, 4)
	table := tableFrom(t, drawn(t, truth, 32, 1500, 60, 0))
	fit, err := clv.FitBGNBD(t.Context(), table, clv.FitOptions{})
	require.NoError(t, err)
	sample, err := clv.Bootstrap(t.Context(), source(33), fit.Model, table, 120, clv.FitBGNBD, clv.FitOptions{Workers: 2})
	require.NoError(t, err)
	require.Len(t, sample.Models, 120)
	year := func(m clv.BGNBD) float64 { return m.Expected(52) }
	a, err := fit.Delta(0.95, year)
	require.NoError(t, err)
	b, err := sample.Interval(0.95, year)
	require.NoError(t, err)
	near.Equal(t, a.Estimate, b.Estimate, 0, 0)
	near.Equal(t, a.High-a.Low, b.High-b.Low, 0.3, 0)
	require.True(t, a.Low < year(truth) && year(truth) < a.High)
	require.True(t, b.Low < b.Estimate && b.Estimate < b.High)

	require.ErrorIs(t, second(sample.Interval(2, year)), relmark.ErrInvalid)
	require.ErrorIs(t, second(sample.Interval(0.9, func(clv.BGNBD) float64 { return math.NaN() })), relmark.ErrInvalid)
	require.ErrorIs(t, second(clv.Refits[clv.BGNBD]{}.Interval(0.9, year)), relmark.ErrInvalid)
}

func TestBootstrapRejects(t *testing.T) {
	t.Parallel()
	m := cdnowBGNBD(t)
	var ages rfm.Patterns
	require.NoError(t, ages.Add(rfm.Pattern{T: 1e-9}, 10)) // too young to buy again
	o := clv.FitOptions{}
	require.ErrorIs(t, second(clv.Bootstrap(t.Context(), source(1), m, &ages, 0, clv.FitBGNBD, o)), relmark.ErrInvalid)
	require.ErrorIs(t, second(clv.Bootstrap(t.Context(), nil, m, &ages, 1, clv.FitBGNBD, o)), relmark.ErrInvalid)
	require.ErrorIs(t, second(clv.Bootstrap(t.Context(), source(1), m, &ages, 3, clv.FitBGNBD, o)), relmark.ErrTooFew)
	require.ErrorIs(t, second(clv.Bootstrap(t.Context(), source(1), m, &ages, 3, clv.FitBGNBD, clv.FitOptions{Workers: -1})), relmark.ErrInvalid)
	require.ErrorIs(t, second(clv.Bootstrap(t.Context(), source(1), m, nil, 3, clv.FitBGNBD, o)), relmark.ErrTooFew)
	require.ErrorIs(t, second(clv.Bootstrap(t.Context(), source(1), m, &ages, 3, nil, o)), relmark.ErrInvalid)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, second(clv.Bootstrap(gone, source(1), m, &ages, 3, clv.FitBGNBD, o)), context.Canceled)
}
