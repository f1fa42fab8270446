package clv_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// segmentRows simulates customers whose model depends on two covariates, one of
// them 0 or 1 and one far from 0.
func segmentRows[M clv.Simulator](t *testing.T, seed uint64, n int, at func(z []float64) (M, error)) []clv.CovariateRow {
	t.Helper()
	from := source(seed)
	rows := make([]clv.CovariateRow, n)
	for i := range rows {
		z := []float64{float64(i % 2), 40 + 10*from.NormFloat64()}
		m, err := at(z)
		require.NoError(t, err)
		p, err := m.Simulate(from, 60)
		require.NoError(t, err)
		rows[i] = clv.CovariateRow{Pattern: p.Pattern(), Z: z, N: 1}
	}
	return rows
}

func TestParetoNBDRegressionFindsSlopes(t *testing.T) {
	t.Parallel()
	truth, err := clv.NewParetoNBDRegression(clv.ParetoNBDRegressionParams{
		Base:     clv.ParetoNBDParams{R: 0.8, Alpha: 20, S: 1.2, Beta: 60},
		Purchase: []float64{0.6, 0.03}, Dropout: []float64{-0.5, 0.02},
	})
	require.NoError(t, err)
	rows := segmentRows(t, 41, 5000, truth.At)
	fit, err := clv.FitParetoNBDRegression(t.Context(), rows, clv.FitOptions{Workers: 2})
	require.NoError(t, err)
	require.Equal(t, clv.Converged, fit.Status)
	for i, want := range []float64{0.8, 20, 1.2, 60, 0.6, 0.03, -0.5, 0.02} {
		e := fit.Estimates[i]
		near.Equal(t, want, e.Value, 0, 4*e.StdErr, "%s", e.Name)
	}
	require.Equal(t, "Purchase[0]", fit.Estimates[4].Name)
	require.Equal(t, "Dropout[1]", fit.Estimates[7].Name)
	checkRegressionLogLik(t, rows, fit.LogLik, fit.Model.At)
	// A fit without covariates is worse by more than chance would have it.
	plain, err := clv.FitParetoNBD(t.Context(), patternsOfRows(t, rows), clv.FitOptions{})
	require.NoError(t, err)
	require.Greater(t, fit.LogLik, plain.LogLik+30)
	// An interval of a slope comes from the same place as all others.
	in, err := fit.Delta(0.95, func(m clv.ParetoNBDRegression) float64 { return m.Params().Dropout[0] })
	require.NoError(t, err)
	near.Equal(t, 1.959963984540054*fit.Estimates[6].StdErr, in.High-in.Estimate, 1e-8, 0)
}

func TestBGNBDRegressionFindsSlopes(t *testing.T) {
	t.Parallel()
	truth, err := clv.NewBGNBDRegression(clv.BGNBDRegressionParams{
		Base:     clv.BGNBDParams{R: 0.8, Alpha: 20, A: 1, B: 4},
		Purchase: []float64{0.6, 0.03}, A: []float64{0.4, 0}, B: []float64{-0.3, 0},
	})
	require.NoError(t, err)
	rows := segmentRows(t, 42, 5000, truth.At)
	fit, err := clv.FitBGNBDRegression(t.Context(), rows, clv.FitOptions{})
	require.NoError(t, err)
	require.Equal(t, clv.Converged, fit.Status, "%v %v", fit.Warnings, fit.Estimates)
	for i, want := range []float64{0.8, 20, 1, 4, 0.6, 0.03, 0.4, 0, -0.3, 0} {
		e := fit.Estimates[i]
		near.Equal(t, want, e.Value, 0, 4*e.StdErr, "%s", e.Name)
	}
	checkRegressionLogLik(t, rows, fit.LogLik, fit.Model.At)
	// Moving and stretching a covariate moves the base and the slope, not the fit.
	moved := make([]clv.CovariateRow, len(rows))
	for i, r := range rows {
		moved[i] = clv.CovariateRow{Pattern: r.Pattern, Z: []float64{r.Z[0], r.Z[1]/10 - 4}, N: 1}
	}
	same, err := clv.FitBGNBDRegression(t.Context(), moved, clv.FitOptions{})
	require.NoError(t, err)
	near.Equal(t, fit.LogLik, same.LogLik, 1e-12, 0)
	near.Equal(t, 10*fit.Estimates[5].Value, same.Estimates[5].Value, 1e-4, 0)
	near.Equal(t, 10*fit.Estimates[5].StdErr, same.Estimates[5].StdErr, 1e-4, 0)
}

func checkRegressionLogLik[M process](t *testing.T, rows []clv.CovariateRow, want float64, at func([]float64) (M, error)) {
	t.Helper()
	sum := 0.0
	for _, r := range rows {
		m, err := at(r.Z)
		require.NoError(t, err)
		sum += m.LogLik(r.Pattern)
	}
	near.Equal(t, sum, want, 1e-11, 0)
}

func patternsOfRows(t *testing.T, rows []clv.CovariateRow) *rfm.Patterns {
	t.Helper()
	var table rfm.Patterns
	for _, r := range rows {
		require.NoError(t, table.Add(r.Pattern, r.N))
	}
	return &table
}

func TestRegressionRejects(t *testing.T) {
	t.Parallel()
	base, bg := clv.ParetoNBDParams{1, 1, 1, 1}, clv.BGNBDParams{1, 1, 1, 1}
	one, two := []float64{1}, []float64{1, 2}
	for _, p := range []clv.ParetoNBDRegressionParams{
		{}, {Base: base, Purchase: one}, {Base: base, Purchase: one, Dropout: two}, {Base: base, Purchase: []float64{math.NaN()}, Dropout: one},
	} {
		require.ErrorIs(t, second(clv.NewParetoNBDRegression(p)), relmark.ErrInvalid)
	}
	for _, p := range []clv.BGNBDRegressionParams{
		{}, {Base: bg, Purchase: one, A: one}, {Base: bg, Purchase: one, A: one, B: two}, {Base: bg, Purchase: one, A: one, B: []float64{math.Inf(1)}},
	} {
		require.ErrorIs(t, second(clv.NewBGNBDRegression(p)), relmark.ErrInvalid)
	}
	m, err := clv.NewParetoNBDRegression(clv.ParetoNBDRegressionParams{Base: base, Purchase: one, Dropout: one})
	require.NoError(t, err)
	require.ErrorIs(t, second(m.At(two)), relmark.ErrInvalid)
	require.ErrorIs(t, second(m.At([]float64{math.NaN()})), relmark.ErrInvalid)
	require.ErrorIs(t, second(m.At([]float64{-1000})), relmark.ErrInvalid)
	m.Params().Purchase[0] = 9 // a copy
	near.Equal(t, 1, m.Params().Purchase[0], 0, 0, "a coefficient")

	c := rfm.Pattern{X: 1, TX: 1, T: 2}
	rows := make([]clv.CovariateRow, 20)
	for i := range rows {
		rows[i] = clv.CovariateRow{Pattern: c, Z: []float64{1}, N: 1}
	}
	fit := func(rows []clv.CovariateRow) error {
		return second(clv.FitParetoNBDRegression(t.Context(), rows, clv.FitOptions{}))
	}
	require.ErrorIs(t, fit(rows), relmark.ErrTooFew, "the same for everybody")
	require.ErrorIs(t, fit(nil), relmark.ErrTooFew)
	rows[3].Z = two
	require.ErrorIs(t, fit(rows), relmark.ErrInvalid)
	rows[3].Z, rows[4].T = one, -1
	require.ErrorIs(t, fit(rows), relmark.ErrInvalid)
	require.ErrorIs(t, second(clv.FitBGNBDRegression(t.Context(), rows, clv.FitOptions{Workers: -1})), relmark.ErrInvalid)
}
