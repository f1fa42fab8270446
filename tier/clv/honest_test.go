package clv_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// requireHonest holds for every fit: it says converged only with a standard error for
// every parameter and nothing but limits within reach; otherwise a warning says what
// is not determined, and exactly what it moves has no standard error. A fit that did not
// converge has none at all.
func requireHonest(t require.TestingT, f fitted, what string) {
	if f.err != nil {
		if !errors.Is(f.err, relmark.ErrTooFew) {
			require.ErrorIs(t, f.err, relmark.ErrNoConverge, what)
			require.Equal(t, clv.NotConverged, f.Status, what)
			require.Empty(t, f.Identified(), what)
			require.Len(t, f.Cov, len(f.Estimates), what)
		}
		return
	}
	unsure, moved := false, map[string]bool{}
	for _, w := range f.Warnings {
		if w.Kind != clv.Within {
			unsure = true
			for _, m := range w.Moves {
				moved[m.Param] = true
			}
		}
	}
	require.Equal(t, unsure, f.Status != clv.Converged, "%s: %v %v", what, f.Status, f.Warnings)
	require.NotEqual(t, clv.NotConverged, f.Status, what)
	require.False(t, math.IsNaN(f.LogLik) || math.IsInf(f.LogLik, 0), what)
	for i, e := range f.Estimates {
		require.Equal(t, !moved[e.Name], e.StdErr > 0 && !math.IsInf(e.StdErr, 1), "%s: %s %+v, %v %v", what, e.Name, e, f.Status, f.Warnings)
		require.Equal(t, moved[e.Name], math.IsNaN(e.StdErr), "%s: %s %+v, %v %v", what, e.Name, e, f.Status, f.Warnings)
		require.Len(t, f.Cov[i], len(f.Estimates), what)
		for j := range f.Cov[i] {
			known := !moved[e.Name] && !moved[f.Estimates[j].Name]
			require.Equal(t, known, !math.IsNaN(f.Cov[i][j]), "%s: %s and %s: %v, %v %v", what, e.Name, f.Estimates[j].Name, f.Cov[i][j], f.Status, f.Warnings)
		}
	}
	require.Len(t, f.Identified(), len(f.Estimates)-len(moved), what)
}

// Small samples are where fits run to limits.
func TestFitsAreHonest(t *testing.T) {
	t.Parallel()
	whole := rapid.Custom(func(t *rapid.T) rfm.Pattern {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		last := rapid.IntRange(0, n).Draw(t, "last")
		x := 0
		if last > 0 {
			x = rapid.IntRange(1, last).Draw(t, "x")
		}
		return rfm.Pattern{X: x, TX: float64(last), T: float64(n)}
	})
	rapid.Check(t, func(t *rapid.T) {
		var table rfm.Patterns
		var spend clv.Spend
		for range rapid.IntRange(1, 8).Draw(t, "cells") {
			weight := rapid.Int64Range(1, 40).Draw(t, "weight")
			require.NoError(t, table.Add(whole.Draw(t, "pattern"), weight))
			price := 9.99 * float64(rapid.IntRange(1, 3).Draw(t, "price"))
			require.NoError(t, spend.Add(clv.SpendMean{X: rapid.IntRange(1, 3).Draw(t, "x"), Value: price}, weight))
		}
		tenures := clv.Tenures{
			Lost: rapid.SliceOfN(rapid.Int64Range(0, 20), 0, 4).Draw(t, "lost"),
			Kept: rapid.SliceOfN(rapid.Int64Range(0, 20), 0, 4).Draw(t, "kept"),
		}
		ctx, o := t.Context(), clv.FitOptions{}
		requireHonest(t, plain(clv.FitBGNBD(ctx, &table, o)), "BGNBD")
		requireHonest(t, plain(clv.FitMBGNBD(ctx, &table, o)), "MBGNBD")
		requireHonest(t, plain(clv.FitParetoNBD(ctx, &table, o)), "ParetoNBD")
		requireHonest(t, plain(clv.FitBGBB(ctx, &table, o)), "BGBB")
		requireHonest(t, plain(clv.FitGammaGamma(ctx, &spend, o)), "GammaGamma")
		requireHonest(t, plain(clv.FitSBG(ctx, tenures, o)), "SBG")
	})
}

// channels simulates customers of three channels, the last of whom say nothing.
func channels(t require.TestingT, seed uint64, n int, covariates func(channel int) []float64, silent bool) []clv.CovariateRow {
	truth, err := clv.NewParetoNBD(clv.ParetoNBDParams{R: 0.8, Alpha: 20, S: 1.2, Beta: 60})
	require.NoError(t, err)
	from := source(seed)
	rows := make([]clv.CovariateRow, n)
	for i := range rows {
		p, err := truth.Simulate(from, 60)
		require.NoError(t, err)
		rows[i] = clv.CovariateRow{Pattern: p.Pattern(), Z: covariates(i % 3), N: 1}
		if i%3 == 2 && silent {
			rows[i].Pattern = rfm.Pattern{T: 60}
		}
	}
	return rows
}

func warned(f fitted, kind clv.WarningKind) (params []string) {
	for _, w := range f.Warnings {
		if w.Kind == kind {
			params = append(params, w.Param)
		}
	}
	return params
}

func fitRegressions(t *testing.T, rows []clv.CovariateRow) (pareto, bg fitted) {
	t.Helper()
	pareto = plain(clv.FitParetoNBDRegression(t.Context(), rows, clv.FitOptions{}))
	bg = plain(clv.FitBGNBDRegression(t.Context(), rows, clv.FitOptions{}))
	requireHonest(t, pareto, "Pareto/NBD")
	requireHonest(t, bg, "BG/NBD")
	return pareto, bg
}

// Regressions on few customers of few kinds run to every limit there is.
func TestRegressionsAreHonest(t *testing.T) {
	t.Parallel()
	// A purchase next to time 0 makes the likelihood next to infinite, and the search goes as
	// far as it may: some draws are enough.
	share := rapid.OneOf(rapid.Float64Range(0.01, 1), rapid.Float64Range(0.1, 1), rapid.Float64Range(0, 1))
	rapid.Check(t, func(t *rapid.T) {
		rows := make([]clv.CovariateRow, rapid.IntRange(2, 8).Draw(t, "rows"))
		covariates := rapid.IntRange(1, 2).Draw(t, "covariates")
		for i := range rows {
			r := &rows[i]
			r.T = float64(rapid.IntRange(1, 6).Draw(t, "T"))
			r.TX = share.Draw(t, "share") * r.T
			r.X = rapid.IntRange(0, 4).Draw(t, "x")
			if r.X == 0 {
				r.TX = 0
			}
			for range covariates {
				r.Z = append(r.Z, float64(rapid.IntRange(0, 2).Draw(t, "z")))
			}
			r.N = rapid.Int64Range(1, 30).Draw(t, "n")
		}
		o := clv.FitOptions{MaxIterations: 120}
		requireHonest(t, plain(clv.FitParetoNBDRegression(t.Context(), rows, o)), "Pareto/NBD")
		requireHonest(t, plain(clv.FitBGNBDRegression(t.Context(), rows, o)), "BG/NBD")
	})
}

// Draws on which status, warnings and standard errors once disagreed.
func TestHardRegressionsAreHonest(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][]clv.CovariateRow{
		"a slope moves by 1.2e-4 of another": {
			{Pattern: rfm.Pattern{X: 1, TX: 1.1259765625, T: 2}, Z: []float64{0, 1}, N: 28},
			{Pattern: rfm.Pattern{X: 3, TX: 2.53125, T: 3}, Z: []float64{2, 2}, N: 12},
			{Pattern: rfm.Pattern{X: 3, TX: 2 * 0.8153453275527838, T: 2}, Z: []float64{1, 2}, N: 27},
			{Pattern: rfm.Pattern{X: 2, TX: 1.0814128890750044e-263, T: 1}, Z: []float64{1, 0}, N: 15},
			{Pattern: rfm.Pattern{X: 1, TX: 2 * 1.675512664267402e-10, T: 2}, Z: []float64{2, 2}, N: 20},
			{Pattern: rfm.Pattern{T: 3}, Z: []float64{1, 1}, N: 2},
			{Pattern: rfm.Pattern{T: 3}, Z: []float64{1, 1}, N: 12},
			{Pattern: rfm.Pattern{X: 1, TX: 5 * 1.7763568394002505e-12, T: 5}, Z: []float64{1, 1}, N: 17},
		},
	} {
		o := clv.FitOptions{MaxIterations: 120}
		requireHonest(t, plain(clv.FitParetoNBDRegression(t.Context(), rows, o)), name)
		requireHonest(t, plain(clv.FitBGNBDRegression(t.Context(), rows, o)), name)
	}
}

// A channel whose customers never came back: its slope runs to −∞, what becomes of
// its living customers is not known, and all others are fitted as if it were not there.
func TestRegressionOfSilentChannel(t *testing.T) {
	t.Parallel()
	for name, z := range map[string]func(int) []float64{
		"one dummy":  func(c int) []float64 { return []float64{float64(c / 2)} },
		"from 0":     func(c int) []float64 { return []float64{4 + 3*float64(c/2)} },
		"as base":    func(c int) []float64 { return []float64{1 - float64(c/2)} },
		"two others": func(c int) []float64 { return []float64{dummy(c == 1), dummy(c == 2)} },
	} {
		rows := channels(t, 71, 900, z, true)
		pareto, bg := fitRegressions(t, rows)
		require.NoError(t, errors.Join(pareto.err, bg.err), name)
		require.Equal(t, clv.AtBoundary, pareto.Status, name)
		require.Equal(t, clv.AtBoundary, bg.Status, name)
		require.Len(t, warned(pareto, clv.Reached), 1, "%s: %v", name, pareto.Warnings)
		require.Len(t, warned(pareto, clv.NotIdentified), 1, "%s: %v", name, pareto.Warnings)
		require.Len(t, warned(bg, clv.Reached), 1, "%s: %v", name, bg.Warnings)
		require.Len(t, warned(bg, clv.NotIdentified), 2, "%s: %v", name, bg.Warnings)
		require.Contains(t, pareto.Identified(), "R", name)
		require.Contains(t, pareto.Identified(), "S", name)
		require.Equal(t, []string{"R"}, bg.Identified()[:1], name)
		if name != "one dummy" {
			continue
		}
		w := pareto.Warnings[0]
		require.Equal(t, "Purchase[0] goes to -Inf: the covariate decides alone", w.String())
		require.True(t, math.IsInf(w.Limit, -1))
		require.Equal(t, "Dropout[0] is not identified: any value fits as well", pareto.Warnings[1].String())
		var others rfm.Patterns
		for i, r := range rows {
			if i%3 != 2 {
				require.NoError(t, others.Add(r.Pattern, 1))
			}
		}
		plain, err := clv.FitParetoNBD(t.Context(), &others, clv.FitOptions{})
		require.NoError(t, err)
		near.Equal(t, plain.LogLik, pareto.LogLik, 1e-10, 0)
		for i, e := range plain.Estimates {
			near.Equal(t, e.Value, pareto.Estimates[i].Value, 1e-4, 0, "%s", e.Name)
			near.Equal(t, e.StdErr, pareto.Estimates[i].StdErr, 1e-3, 0, "%s", e.Name)
		}
	}
}

func dummy(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Covariates that depend on each other: what is not identified is named, what is not
// touched by it keeps its standard error, that of the fit without the surplus one.
func TestRegressionOfDependentCovariates(t *testing.T) {
	t.Parallel()
	one := channels(t, 72, 600, func(c int) []float64 { return []float64{dummy(c == 0)} }, false)
	enough, _ := fitRegressions(t, one)
	require.Equal(t, clv.Converged, enough.Status)
	for name, z := range map[string]func(int) []float64{
		"complementary": func(c int) []float64 { return []float64{dummy(c == 0), dummy(c != 0)} },
		"twice":         func(c int) []float64 { return []float64{dummy(c == 0), 3 * dummy(c == 0)} },
		"far from 0":    func(c int) []float64 { return []float64{dummy(c == 0), 100 - dummy(c == 0)} },
	} {
		pareto, bg := fitRegressions(t, channels(t, 72, 600, z, false))
		require.NoError(t, errors.Join(pareto.err, bg.err), name)
		require.Equal(t, clv.Unidentified, pareto.Status, name)
		require.Equal(t, clv.Unidentified, bg.Status, name)
		require.Len(t, pareto.Warnings, 2, "%s: %v", name, pareto.Warnings)
		require.Len(t, bg.Warnings, 3, "%s: %v", name, bg.Warnings)
		near.Equal(t, enough.LogLik, pareto.LogLik, 1e-11, 0, "%s", name)
		for _, i := range []int{0, 2} { // R and S
			near.Equal(t, enough.Estimates[i].StdErr, pareto.Estimates[i].StdErr, 1e-4, 0, "%s", name)
		}
		for _, w := range pareto.Warnings {
			require.Equal(t, clv.NotIdentified, w.Kind)
			require.Contains(t, w.String(), "[1] (")
			if name == "complementary" {
				require.Len(t, w.Moves, 3)
				for _, m := range w.Moves {
					near.Equal(t, 1, math.Abs(m.By), 1e-6, 0, "%s: %v", name, w)
				}
			}
		}
	}
}

// Covariates in millions or millionths are the same covariates: what is determined and
// what is not, and how well, does not depend on their unit.
func TestUnitsOfCovariatesDoNotMatter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		silent bool
		z      func(channel int, unit float64) []float64
	}{
		"twice":         {false, func(c int, unit float64) []float64 { return []float64{dummy(c == 0), unit * dummy(c == 0)} }},
		"complementary": {false, func(c int, unit float64) []float64 { return []float64{unit * dummy(c == 0), unit * dummy(c != 0)} }},
		"silent":        {true, func(c int, unit float64) []float64 { return []float64{unit * (4 + dummy(c == 2))} }},
		"two":           {false, func(c int, unit float64) []float64 { return []float64{dummy(c == 0), unit * dummy(c == 1)} }},
	} {
		of := func(unit float64) (pareto, bg fitted) {
			return fitRegressions(t, channels(t, 72, 600, func(channel int) []float64 { return c.z(channel, unit) }, c.silent))
		}
		wantPareto, wantBG := of(1)
		for _, unit := range []float64{1e-6, 1e6} {
			pareto, bg := of(unit)
			require.Equal(t, wantPareto.Status, pareto.Status, "%s: %v", name, pareto.Warnings)
			require.Equal(t, wantPareto.Identified(), pareto.Identified(), "%s: %v", name, pareto.Warnings)
			require.Equal(t, wantBG.Status, bg.Status, "%s: %v", name, bg.Warnings)
			require.Equal(t, wantBG.Identified(), bg.Identified(), "%s: %v", name, bg.Warnings)
			near.Equal(t, wantPareto.Estimates[0].StdErr, pareto.Estimates[0].StdErr, 1e-4, 0, "%s", name)
			if name == "two" { // the second covariate is in units
				near.Equal(t, wantPareto.Estimates[5].StdErr, pareto.Estimates[5].StdErr*unit, 1e-4, 0, "%s", name)
			}
		}
	}
}

// Half of the customers all drop out with one probability: the shapes of that half run
// to infinity together, with its mean at rest.
func TestRegressionWithOneHalfAtTheBoundary(t *testing.T) {
	t.Parallel()
	mixed, alike := newBGNBD(t, 0.8, 20, 1, 4), newBGNBD(t, 0.8, 20, 1e6, 4e6)
	from := source(73)
	for _, boundary := range []int{0, 1} {
		var rows []clv.CovariateRow
		for i := range 4000 {
			m := mixed
			if i%2 == boundary {
				m = alike
			}
			p, err := m.Simulate(from, 60)
			require.NoError(t, err)
			rows = append(rows, clv.CovariateRow{Pattern: p.Pattern(), Z: []float64{float64(i % 2)}, N: 1})
		}
		f := plain(clv.FitBGNBDRegression(t.Context(), rows, clv.FitOptions{}))
		requireHonest(t, f, "BG/NBD")
		require.NoError(t, f.err)
		require.Contains(t, []clv.Status{clv.AtBoundary, clv.Converged}, f.Status)
		t.Log(f.Status, f.Warnings)
	}
}

// A slope that runs to a limit takes the base with it, far from covariates of 0: where
// the search stops on that way is rounding, and the fit is one at the boundary, in the
// domain, whatever the unit.
func TestLimitsStayInTheDomain(t *testing.T) {
	t.Parallel()
	for _, unit := range []float64{1, 2, 3, 7} {
		rows := channels(t, 72, 300, func(c int) []float64 { return []float64{unit * (4 + dummy(c == 2))} }, true)
		fit, err := clv.FitParetoNBDRegression(t.Context(), rows, clv.FitOptions{})
		require.NoError(t, err, unit)
		require.Equal(t, clv.AtBoundary, fit.Status, unit)
		require.True(t, math.IsNaN(fit.Estimates[1].StdErr), "Alpha moves with the slope")
	}
}
