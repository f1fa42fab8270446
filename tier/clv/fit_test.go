package clv_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"hash/crc32"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
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
		m := clv.SpendMean{X: int(number(t, row["frequency"])), Value: number(t, row["monetary"])}
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
func fitTable(t testing.TB, model string, rows []map[string]string) fitted {
	t.Helper()
	return fitter(t, model, rows)()
}

func fitter(t testing.TB, model string, rows []map[string]string) func() fitted {
	t.Helper()
	ctx, o := t.Context(), clv.FitOptions{}
	switch model {
	case "gg":
		spend := spendOf(t, rows)
		return func() fitted { return plain(clv.FitGammaGamma(ctx, spend, o)) }
	case "sbg":
		tenures := tenuresOf(t, rows)
		return func() fitted { return plain(clv.FitSBG(ctx, tenures, o)) }
	}
	return tableFitter(t, model, patternsOf(t, rows), o)
}

func tableFitter(t testing.TB, model string, table *rfm.Patterns, o clv.FitOptions) func() fitted {
	t.Helper()
	ctx := t.Context()
	switch model {
	case "bgnbd":
		return func() fitted { return plain(clv.FitBGNBD(ctx, table, o)) }
	case "mbgnbd":
		return func() fitted { return plain(clv.FitMBGNBD(ctx, table, o)) }
	case "pnbd":
		return func() fitted { return plain(clv.FitParetoNBD(ctx, table, o)) }
	case "bgbb":
		return func() fitted { return plain(clv.FitBGBB(ctx, table, o)) }
	}
	t.Fatalf("model %q has no test", model)
	return nil
}

// tenuresOf reads columns year, survivors.
func tenuresOf(t testing.TB, rows []map[string]string) clv.Tenures {
	t.Helper()
	survivors := make([]int64, len(rows))
	for _, row := range rows {
		survivors[int(number(t, row["year"]))] = int64(number(t, row["survivors"]))
	}
	var tenures clv.Tenures
	require.NoError(t, tenures.AddCohort(survivors...))
	return tenures
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

// logLikAt returns the log likelihood of a table at given parameters.
func logLikAt(t *testing.T, model string, rows []map[string]string, params map[string]float64) float64 {
	t.Helper()
	r, sum := goldenRow{model: model, quantity: "loglik", params: params}, 0.0
	switch model {
	case "sbg":
		return newSBG(t, params["alpha"], params["beta"]).LogLik(tenuresOf(t, rows))
	case "gg":
		m := newGammaGamma(t, params["p"], params["q"], params["v"])
		for c, n := range spendOf(t, rows).All() {
			sum += float64(n) * m.LogLik(c)
		}
		return sum
	}
	for c, n := range patternsOf(t, rows).All() {
		r.customer = c
		v, ok := r.compute(t)
		require.True(t, ok, model)
		sum += float64(n) * v
	}
	return sum
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
		rows := inputRows(t, row["data"]+".csv")
		got := fitTable(t, row["model"], rows)
		require.NoError(t, got.err, name)
		mle, stderr := numbers(t, row["mle"]), numbers(t, row["stderr"])
		want, flat := number(t, row["loglik"]), false
		for key := range mle {
			flat = flat || stderr[key]/mle[key] >= 0.5
		}
		if !flat {
			require.Equal(t, clv.Converged, got.Status, name)
			require.Empty(t, got.Warnings, name)
		}
		f.Near(want, logLikAt(t, row["model"], rows, mle), 1e-12, 0, "%s log likelihood at the reference", name)
		f.Near(want, min(got.LogLik, want), 1e-6/max(1, math.Abs(want)), 1, "%s log likelihood", name)
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
	bars := map[string]float64{
		"heavy_days.csv bgnbd": -400681.7206, "heavy_days.csv pnbd": -400927.93,
		"homogeneous.csv bgnbd": -16982.70,
		"nobody_dies.csv bgnbd": -11154.5375, "nobody_dies.csv pnbd": -11154.54,
		"one_timers.csv bgnbd":   -2093.6973,
		"seconds_unit.csv bgnbd": -27629.8947,
		"tiny_25.csv bgnbd":      -171.7731,
	}
	// Where nobody drops out the likelihood is level in A: which way a search leaves it,
	// the rounding of the platform decides, and both words are true.
	says := map[string][][]string{
		"homogeneous.csv bgnbd": {{"R goes to +Inf: everybody buys at the same rate", "A goes to +Inf: all have the same probability to drop out"}},
		"homogeneous.csv pnbd":  {{"R goes to +Inf: everybody buys at the same rate", "S goes to +Inf: all drop out at the same rate"}},
		"nobody_dies.csv bgnbd": {
			{"A/B goes to 0: nobody drops out", "A is not identified: any value fits as well"},
			{"A goes to 0: customers drop out at once or never", "A/B may go to 0: nobody drops out"},
		},
		"nobody_dies.csv pnbd": {{"S/Beta goes to 0: nobody drops out", "S is not identified: any value fits as well"}},
		"one_timers.csv bgnbd": {nil},
	}
	sums := map[string]uint32{ // of the contents that bars and says speak of
		"heavy_days.csv":   0xcac3f341,
		"homogeneous.csv":  0xe530a936,
		"nobody_dies.csv":  0xb290be59,
		"one_timers.csv":   0x797809ab,
		"seconds_unit.csv": 0xfccb4be3,
		"tiny_25.csv":      0x22cf0be6,
	}
	for _, f := range reference.Glob(t, room, "clv_stress/*.csv") {
		known := crc32.ChecksumIEEE(f.Bytes()) == sums[f.Name]
		for _, model := range []string{"bgnbd", "mbgnbd", "pnbd"} {
			got := fitTable(t, model, f.Rows())
			name := f.Name + " " + model
			if errors.Is(got.err, relmark.ErrTooFew) || errors.Is(got.err, relmark.ErrNoConverge) {
				f.Exact(clv.NotConverged, got.Status, "%s: %v", name, got.err) // honest
				continue
			}
			require.NoError(t, got.err, name)
			if bar, ok := bars[name]; ok && known {
				f.Exact(true, got.LogLik >= bar-6e-5, "%s: log likelihood %v, bar %v", name, got.LogLik, bar) // half a digit of the bar
			}
			f.Exact(true, got.GradNorm < 1e-5*max(1, 1e-3*math.Abs(got.LogLik)), "%s: gradient %v", name, got.GradNorm)
			certain := slices.ContainsFunc(got.Warnings, func(w clv.Warning) bool { return w.Kind != clv.Within })
			f.Exact(got.Status != clv.Converged, certain, "%s: %v %v", name, got.Status, got.Warnings)
			for _, e := range got.Estimates {
				f.Exact(false, math.IsNaN(e.StdErr) && got.Status == clv.Converged, "%s: standard error of %s", name, e.Name)
			}
			if want, ok := says[name]; ok && known {
				var said []string
				for _, w := range got.Warnings {
					said = append(said, w.String())
				}
				require.Contains(t, want, said, name)
			}
			t.Logf("%s: %v, log likelihood %.6f, %v", name, got.Status, got.LogLik, got.Warnings)
		}
	}
}

// The likelihood that a fit reports is that of its model, customer by customer,
// though it is computed in another way.
func TestFitLogLikIsThatOfTheModel(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"cdnow_summary.csv", "clv_stress/heavy_days.csv", "clv_stress/seconds_unit.csv", "clv_stress/nobody_dies.csv"} {
		table := patternsOf(t, inputRows(t, data))
		check := func(m process, want float64, err error) {
			t.Helper()
			require.NoError(t, err)
			sum := 0.0
			for c, n := range table.All() {
				sum += float64(n) * m.LogLik(c)
			}
			near.Equal(t, sum, want, 1e-12, 0, "%s %T", data, m)
		}
		bg, err := clv.FitBGNBD(t.Context(), table, clv.FitOptions{})
		check(bg.Model, bg.LogLik, err)
		mbg, err := clv.FitMBGNBD(t.Context(), table, clv.FitOptions{})
		check(mbg.Model, mbg.LogLik, err)
		pareto, err := clv.FitParetoNBD(t.Context(), table, clv.FitOptions{})
		check(pareto.Model, pareto.LogLik, err)
	}
}

// A table of more than 100000 patterns starts from part of itself and ends where the
// likelihood of all of it is highest.
func TestFitLargeTable(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("half a million customers")
	}
	m, from := newBGNBD(t, 0.5, 90, 0.8, 3), source(61)
	var table rfm.Patterns
	for i := range 500_000 {
		p, err := m.Simulate(from, float64(200+i%900))
		require.NoError(t, err)
		c := p.Pattern()
		if c.TX = math.Floor(c.TX); c.TX == 0 { // on the day of the first purchase
			c.X = 0
		}
		require.NoError(t, table.Add(c, 1))
	}
	require.Greater(t, table.Len(), 100_000)
	for _, model := range []string{"bgnbd", "pnbd"} {
		got := tableFitter(t, model, &table, clv.FitOptions{Workers: 2})()
		require.NoError(t, got.err)
		require.Equal(t, clv.Converged, got.Status)
		require.Empty(t, got.Warnings)
		near.Equal(t, 0, got.GradNorm, 0, 1e-2) // of a likelihood near 1e7
		for i, want := range []float64{0.5, 90, 0.8, 3} {
			if e := got.Estimates[i]; model == "bgnbd" {
				near.Equal(t, want, e.Value, 0, 6*e.StdErr, "%s", e.Name) // days cut off a little
			}
		}
	}
}

// A fit in days is the fit in weeks, and the number of workers changes no bit.
func TestFitsDoNotDependOnUnitOrWorkers(t *testing.T) {
	t.Parallel()
	rows := inputRows(t, "cdnow_summary.csv")
	weeks := patternsOf(t, rows)
	var days rfm.Patterns
	purchases := 0.0
	for c, n := range weeks.All() {
		purchases += float64(n) * float64(c.X)
		require.NoError(t, days.Add(rfm.Pattern{X: c.X, TX: 7 * c.TX, T: 7 * c.T}, n))
	}
	for _, model := range []string{"bgnbd", "mbgnbd", "pnbd"} {
		a := tableFitter(t, model, weeks, clv.FitOptions{})()
		b := tableFitter(t, model, &days, clv.FitOptions{})()
		require.NoError(t, errors.Join(a.err, b.err))
		near.Equal(t, a.LogLik-purchases*math.Log(7), b.LogLik, 1e-12, 0, "%s", model)
		for i, unit := range []float64{1, 7, 1, 1} {
			if i == 3 && model == "pnbd" {
				unit = 7
			}
			near.Equal(t, unit*a.Estimates[i].Value, b.Estimates[i].Value, 1e-6, 0, "%s %s", model, a.Estimates[i].Name)
			near.Equal(t, unit*a.Estimates[i].StdErr, b.Estimates[i].StdErr, 1e-5, 0, "%s %s", model, a.Estimates[i].Name)
		}
		c := tableFitter(t, model, weeks, clv.FitOptions{Workers: 3})()
		require.Equal(t, a.Estimates, c.Estimates, model)
		near.Equal(t, a.LogLik, c.LogLik, 0, 0, "log likelihood of %s", model)
	}
}

// Times and amounts out of scale are named as such, not as parameters.
func TestFitNamesDataOutOfScale(t *testing.T) {
	t.Parallel()
	for _, by := range []float64{1e300, 1e-300} {
		var table rfm.Patterns
		var spend clv.Spend
		for i := range 12 {
			c := rfm.Pattern{X: i % 4, TX: by * float64(i%4), T: by * float64(4+i%3)}
			require.NoError(t, table.Add(c, 5))
			require.NoError(t, spend.Add(clv.SpendMean{X: 1 + i%4, Value: by * float64(4+i%3)}, 5))
		}
		for field, errs := range map[string][]error{
			"T": {
				second(clv.FitBGNBD(t.Context(), &table, clv.FitOptions{})),
				second(clv.FitMBGNBD(t.Context(), &table, clv.FitOptions{})),
				second(clv.FitParetoNBD(t.Context(), &table, clv.FitOptions{})),
			},
			"Value": {second(clv.FitGammaGamma(t.Context(), &spend, clv.FitOptions{}))},
		} {
			for _, err := range errs {
				var at *relmark.FieldError
				require.ErrorAs(t, err, &at)
				require.Equal(t, field, at.Field)
				require.Equal(t, "must have a mean from 1e-25 to 1e25", at.Rule)
			}
		}
	}
}

func TestFitRejects(t *testing.T) {
	t.Parallel()
	ctx, o := t.Context(), clv.FitOptions{}
	fitAll := func(ctx context.Context, table *rfm.Patterns, o clv.FitOptions) []error {
		return []error{
			second(clv.FitBGNBD(ctx, table, o)), second(clv.FitMBGNBD(ctx, table, o)),
			second(clv.FitParetoNBD(ctx, table, o)), second(clv.FitBGBB(ctx, table, o)),
		}
	}
	var few, once, ageless, good rfm.Patterns
	require.NoError(t, few.Add(rfm.Pattern{X: 1, TX: 1, T: 2}, 3))
	require.NoError(t, once.Add(rfm.Pattern{T: 2}, 100))
	require.NoError(t, ageless.Add(rfm.Pattern{X: 1}, 100))
	for i := range 12 {
		require.NoError(t, good.Add(rfm.Pattern{X: i % 4, TX: float64(i % 4), T: float64(4 + i%3)}, 5))
	}
	for _, err := range fitAll(ctx, &few, o) {
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	for _, err := range fitAll(ctx, nil, o) {
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	require.ErrorIs(t, second(clv.FitGammaGamma(ctx, nil, o)), relmark.ErrTooFew)
	for _, err := range fitAll(ctx, &once, o) {
		require.ErrorIs(t, err, clv.ErrNoRepeatPurchases)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	for _, err := range fitAll(ctx, &ageless, o) {
		require.Error(t, err)
	}
	for _, bad := range []clv.FitOptions{{MaxIterations: -1}, {Workers: -1}} {
		for _, err := range fitAll(ctx, &good, bad) {
			require.ErrorIs(t, err, relmark.ErrInvalid)
		}
		require.ErrorIs(t, second(clv.FitGammaGamma(ctx, &clv.Spend{}, bad)), relmark.ErrInvalid)
		require.ErrorIs(t, second(clv.FitSBG(ctx, clv.Tenures{}, bad)), relmark.ErrInvalid)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for _, err := range fitAll(gone, &good, o) {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.ErrorIs(t, second(clv.FitGammaGamma(ctx, &clv.Spend{}, o)), relmark.ErrTooFew)
	require.ErrorIs(t, second(clv.FitSBG(ctx, clv.Tenures{Lost: []int64{1}, Kept: []int64{0, 9}}, o)), relmark.ErrTooFew)
	require.ErrorIs(t, second(clv.FitSBG(ctx, clv.Tenures{Lost: []int64{0, 0}, Kept: []int64{0, 0, 9}}, o)), relmark.ErrTooFew)
	require.ErrorIs(t, second(clv.FitSBG(ctx, clv.Tenures{Lost: []int64{-1}}, o)), relmark.ErrInvalid)
	var parts rfm.Patterns
	require.NoError(t, parts.Add(rfm.Pattern{X: 1, TX: 0.5, T: 2}, 9))
	require.ErrorIs(t, second(clv.FitBGBB(ctx, &parts, o)), relmark.ErrInvalid)
}

// Out of iterations, the best model so far comes beside the error.
func TestFitNotConverged(t *testing.T) {
	t.Parallel()
	table := patternsOf(t, inputRows(t, "cdnow_summary.csv"))
	for _, iterations := range []int{1, 3} {
		f, err := clv.FitBGNBD(t.Context(), table, clv.FitOptions{MaxIterations: iterations})
		require.ErrorIs(t, err, relmark.ErrNoConverge)
		require.Equal(t, clv.NotConverged, f.Status)
		require.Greater(t, f.LogLik, -12000.0)
		require.NoError(t, f.Model.Params().Validate())
		require.True(t, math.IsNaN(f.Estimates[0].StdErr))
		require.Greater(t, f.GradNorm, 1e-3)
	}
}

func TestFitCriteria(t *testing.T) {
	t.Parallel()
	f := clv.Fit[int]{LogLik: -100, N: 1000, Estimates: make([]clv.Estimate, 4)}
	near.Equal(t, 208, f.AIC(), 0, 0)
	near.Equal(t, 200+4*math.Log(1000), f.BIC(), 1e-15, 0)
	require.Equal(t, "B may go to 0: so", clv.Warning{Kind: clv.Within, Param: "B", Means: "so"}.String())
}

// So it is where customers drop out within one step of the grid of times, and the
// integrand is too steep for it.
func TestFitLogLikOfQuickDropOut(t *testing.T) {
	t.Parallel()
	truth, from := newParetoNBD(t, 3, 1, 8, 4), source(91)
	var table rfm.Patterns
	for i := range 6000 {
		p, err := truth.Simulate(from, float64(20*(1+i%4)))
		require.NoError(t, err)
		c := p.Pattern()
		c.TX = 5 * math.Ceil(c.TX/5)
		require.NoError(t, table.Add(c, 1))
	}
	f, err := clv.FitParetoNBD(t.Context(), &table, clv.FitOptions{})
	require.NoError(t, err)
	sum := 0.0
	for c, n := range table.All() {
		sum += float64(n) * f.Model.LogLik(c)
	}
	near.Equal(t, sum, f.LogLik, 1e-12, 0, "%+v", f.Model.Params())
}
