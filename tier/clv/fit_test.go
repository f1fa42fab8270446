package clv_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// patternsOf reads columns frequency, recency, T and, if there, weights.
func patternsOf(t testing.TB, rows []map[string]string) *rfm.Patterns {
	t.Helper()
	var table rfm.Patterns
	for _, row := range rows {
		weight := int64(1)
		if w, ok := row["weights"]; ok {
			weight = int64(number(t, w))
		}
		c := rfm.Pattern{X: int(number(t, row["frequency"])), TX: number(t, row["recency"]), T: number(t, row["T"])}
		require.NoError(t, table.Add(c, weight))
	}
	return &table
}

// spendOf reads columns frequency, monetary and, if there, weights.
func spendOf(t testing.TB, rows []map[string]string) *clv.Spend {
	t.Helper()
	var spend clv.Spend
	for _, row := range rows {
		weight := int64(1)
		if w, ok := row["weights"]; ok {
			weight = int64(number(t, w))
		}
		m := clv.Mean{X: int(number(t, row["frequency"])), Value: number(t, row["monetary"])}
		if m.X > 0 && m.Value > 0 {
			require.NoError(t, spend.Add(m, weight))
		}
	}
	return &spend
}

// fitted is a Fit without its model.
type fitted struct {
	clv.Fit[struct{}]
	err error
}

func plain[M any](f clv.Fit[M], err error) fitted {
	return fitted{clv.Fit[struct{}]{
		Status: f.Status, Warnings: f.Warnings, LogLik: f.LogLik, N: f.N, GradNorm: f.GradNorm,
		Evaluations: f.Evaluations, Estimates: f.Estimates, Cov: f.Cov,
	}, err}
}

// fitTable fits a model, named as in the reference, to a table by column name.
func fitTable(t testing.TB, model string, rows []map[string]string) (fitted, bool) {
	t.Helper()
	ctx, o := t.Context(), clv.FitOptions{}
	switch model {
	case "bgnbd":
		return plain(clv.FitBGNBD(ctx, patternsOf(t, rows), o)), true
	case "mbgnbd":
		return plain(clv.FitMBGNBD(ctx, patternsOf(t, rows), o)), true
	case "pnbd":
		return plain(clv.FitParetoNBD(ctx, patternsOf(t, rows), o)), true
	case "bgbb":
		return plain(clv.FitBGBB(ctx, patternsOf(t, rows), o)), true
	case "sbg":
		var tenures clv.Tenures
		survivors := make([]int64, len(rows))
		for _, row := range rows {
			survivors[int(number(t, row["year"]))] = int64(number(t, row["survivors"]))
		}
		require.NoError(t, tenures.AddCohort(survivors...))
		return plain(clv.FitSBG(ctx, tenures, o)), true
	case "gg":
		return plain(clv.FitGammaGamma(ctx, spendOf(t, rows), o)), true
	}
	return fitted{}, false
}

// inputRows reads a table that lies beside the figures.
func inputRows(t testing.TB, name string) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(reference.Input(t, name))).ReadAll()
	require.NoError(t, err)
	rows := make([]map[string]string, 0, len(records))
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// The likelihood of the reference is reached, and so are its parameters and
// standard errors where it has a clear peak.
func TestReferenceFits(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "clv_fits.csv")
	for _, row := range f.Rows() {
		if !f.Owns(row["model"]) {
			continue
		}
		name := row["model"] + " " + row["data"]
		got, ok := fitTable(t, row["model"], inputRows(t, row["data"]+".csv"))
		require.True(t, ok, name)
		require.NoError(t, got.err, name)
		require.Equal(t, clv.Converged, got.Status, name)
		require.Empty(t, got.Warnings, name)
		f.Near(number(t, row["loglik"]), got.LogLik, 1e-6, 1, "%s log likelihood", name)
		if want := number(t, row["loglik"]); got.LogLik < want-1e-6 {
			t.Errorf("%s: log likelihood %v, reference %v", name, got.LogLik, want)
		}
		mle, stderr := numbers(t, row["mle"]), numbers(t, row["stderr"])
		require.Len(t, got.Estimates, len(mle), name)
		for _, e := range got.Estimates {
			key := strings.ToLower(e.Name)
			if stderr[key]/mle[key] < 0.5 {
				f.Near(mle[key], e.Value, 1e-5, 0, "%s %s", name, e.Name)
				f.Near(stderr[key], e.StdErr, 1e-4, 0, "%s standard error of %s", name, e.Name)
			}
		}
	}
}

// On data that break other libraries a fit is either the optimum or says which
// parameter is at its boundary; it never claims an optimum it has not reached. The
// bars are the best likelihoods that any of four libraries finds.
func TestStressFits(t *testing.T) {
	t.Parallel()
	bars := map[string]map[string]float64{
		"heavy_days.csv":   {"bgnbd": -400681.7206, "pnbd": -400927.93},
		"homogeneous.csv":  {"bgnbd": -16982.70},
		"nobody_dies.csv":  {"bgnbd": -11154.5375, "pnbd": -11154.54},
		"one_timers.csv":   {"bgnbd": -2093.6973},
		"seconds_unit.csv": {"bgnbd": -27629.8947},
		"tiny_25.csv":      {"bgnbd": -171.7731},
	}
	for _, f := range reference.Glob(t, room, "clv_stress/*.csv") {
		for _, model := range []string{"bgnbd", "mbgnbd", "pnbd"} {
			got, _ := fitTable(t, model, f.Rows())
			name := f.Name + " " + model
			require.NoError(t, got.err, name)
			if bar, ok := bars[f.Name][model]; ok && got.LogLik < bar-6e-5 { // half a digit of the bar
				t.Errorf("%s: log likelihood %v below %v", name, got.LogLik, bar)
			}
			if got.GradNorm > 1e-5 {
				t.Errorf("%s: gradient %v", name, got.GradNorm)
			}
			certain := slices.ContainsFunc(got.Warnings, func(w clv.Warning) bool { return w.Kind != clv.Within })
			require.Equal(t, got.Status == clv.AtBoundary, certain, "%s: %v %v", name, got.Status, got.Warnings)
			for _, e := range got.Estimates {
				if math.IsNaN(e.StdErr) && got.Status == clv.Converged {
					t.Errorf("%s: no standard error of %s at an optimum", name, e.Name)
				}
			}
			t.Logf("%s: %v, log likelihood %.6f, %v", name, got.Status, got.LogLik, got.Warnings)
		}
	}
}

func TestStressNamesTheBoundary(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"homogeneous.csv bgnbd": {"R goes to +Inf: everybody buys at the same rate", "A goes to +Inf: all have the same probability to drop out"},
		"homogeneous.csv pnbd":  {"R goes to +Inf: everybody buys at the same rate", "S goes to +Inf: all drop out at the same rate"},
		"nobody_dies.csv bgnbd": {"A/B goes to 0: nobody drops out", "A is not identified: any value fits as well"},
		"nobody_dies.csv pnbd":  {"S/Beta goes to 0: nobody drops out", "S is not identified: any value fits as well"},
		"one_timers.csv bgnbd":  nil,
	}
	for _, f := range reference.Glob(t, room, "clv_stress/*.csv") {
		for _, model := range []string{"bgnbd", "pnbd"} {
			if says, ok := want[f.Name+" "+model]; ok {
				got, _ := fitTable(t, model, f.Rows())
				var said []string
				for _, w := range got.Warnings {
					said = append(said, w.String())
				}
				require.Equal(t, says, said, "%s %s", f.Name, model)
			}
		}
	}
}
