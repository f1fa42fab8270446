package profitchain_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/profitchain"
)

// mirrorFile is what R's cor.test, cor and lm say about one table of units.
type mirrorFile struct {
	Pearson struct {
		R  float64
		T  float64
		DF float64
		P  float64
		CI [2]float64 `json:"fisher_ci95"`
	}
	Spearman    float64                    `json:"spearman_rho"`
	Kendall     float64                    `json:"kendall_tau_b"`
	Links       map[string]json.RawMessage `json:"links_ols"`
	Correlation []float64                  `json:"correlation_row_major"`
}

// A fitR is a regression as R reports it; coefficients keep their order in the file.
type fitR struct {
	N    int64
	Coef json.RawMessage
	SE   []float64
	T    []float64
	P    []float64
	Low  []float64 `json:"ci95_lower"`
	High []float64 `json:"ci95_upper"`
	R2   float64
	Adj  float64 `json:"adj_r2"`
	S    float64 `json:"sigma"`
	F    [3]float64
}

// Figures are compared to a share of 1e-10, or to 1e-12 where they are next to 0.
const (
	tolerance = 1e-10
	floor     = 1e-12 / tolerance
)

// table returns the measures of a table in the order of its header, its panel and its mirror.
func table(t *testing.T, name string) (measures []string, p *profitchain.Panel[int], pairs []profitchain.Pair[int]) {
	t.Helper()
	header := string(reference.Input(t, name))
	header = header[:slices.Index([]byte(header), '\n')]
	fields := splitFields(header)
	measures = fields[1:]
	p, err := profitchain.NewPanel[int](measures...)
	require.NoError(t, err)
	units := map[string]int{} // by name
	for _, record := range reference.InputRows(t, name) {
		unit, known := units[record[fields[0]]]
		if !known {
			unit = len(units)
			units[record[fields[0]]] = unit
		}
		row := profitchain.Row[int]{Unit: unit}
		for _, m := range measures {
			if record[m] == "" {
				row.Values = append(row.Values, nil)
				continue
			}
			x, err := strconv.ParseFloat(record[m], 64)
			require.NoError(t, err)
			row.Values = append(row.Values, &x)
		}
		require.NoError(t, p.Add(row))
		pairs = append(pairs, profitchain.Pair[int]{
			Unit:     unit,
			Employee: row.Values[slices.Index(measures, profitchain.EmployeeSatisfaction)],
			Customer: row.Values[slices.Index(measures, profitchain.CustomerSatisfaction)],
		})
	}
	return measures, p, pairs
}

func splitFields(header string) (fields []string) {
	start := 0
	for i := 0; i <= len(header); i++ {
		if i == len(header) || header[i] == ',' {
			fields = append(fields, trim(header[start:i]))
			start = i + 1
		}
	}
	return fields
}

func trim(s string) string {
	if n := len(s); n > 0 && s[n-1] == '\r' {
		s = s[:n-1]
	}
	if n := len(s); n > 1 && s[0] == '"' {
		s = s[1 : n-1]
	}
	return s
}

func TestReferenceMirror(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/profitchain", "servqual_mirror_expected.json")
	measures, p, pairs := table(t, "servqual_mirror.csv")
	var want mirrorFile
	f.JSON(&want)
	m, err := profitchain.NewMirror(pairs, profitchain.MirrorOptions{Level: 0.95})
	require.NoError(t, err)
	c := m.Correlation
	if f.Owns("pearson") {
		f.Near(want.Pearson.R, c.R, tolerance, floor, "r")
		f.Near(want.Pearson.T, *c.T, tolerance, floor, "t")
		f.Near(want.Pearson.DF, c.Degrees, tolerance, floor, "df")
		f.Near(want.Pearson.P, c.P, tolerance, floor, "p")
		f.Near(want.Pearson.CI[0], c.Interval.Low, tolerance, floor, "fisher low")
		f.Near(want.Pearson.CI[1], c.Interval.High, tolerance, floor, "fisher high")
	}
	if f.Owns("spearman_rho") {
		f.Near(want.Spearman, c.Spearman, tolerance, floor, "spearman")
	}
	if f.Owns("kendall_tau_b") {
		f.Near(want.Kendall, c.KendallB, tolerance, floor, "kendall")
	}
	if f.Owns("correlation_row_major") {
		all, err := p.Correlations()
		require.NoError(t, err)
		k := len(measures)
		require.Len(t, want.Correlation, k*k)
		for i, r := range want.Correlation {
			f.Near(r, *all.R[i/k][i%k], tolerance, floor, "correlation %d", i)
		}
	}
	if f.Owns("links_ols") {
		links(t, f, p, want.Links)
	}
}

// links runs every regression of the file as a chain of its own, and all of them as one.
func links(t *testing.T, f *reference.File, p *profitchain.Panel[int], want map[string]json.RawMessage) {
	t.Helper()
	var all []profitchain.Link
	for to, text := range want {
		var r fitR
		require.NoError(t, reference.Strict(text, &r))
		names := keys(t, r.Coef)
		var coef map[string]float64
		require.NoError(t, json.Unmarshal(r.Coef, &coef))
		var own []profitchain.Link
		for _, from := range names[1:] {
			own = append(own, profitchain.Link{From: from, To: to})
		}
		all = append(all, own...)
		fit := estimate(t, p, profitchain.Params{Links: own, Level: 0.95})
		require.Len(t, fit.Equations, 1)
		e := fit.Equations[0]
		f.Exact(r.N, e.N, "%s: n", to)
		f.Near(r.R2, e.R2, tolerance, floor, "%s: r2", to)
		f.Near(r.Adj, e.Adjusted, tolerance, floor, "%s: adjusted", to)
		f.Near(r.S, e.Sigma, tolerance, floor, "%s: sigma", to)
		f.Near(r.F[0], e.Test.F, tolerance, floor, "%s: F", to)
		f.Near(r.F[1], e.Test.Above, tolerance, floor, "%s: df1", to)
		f.Near(r.F[2], e.Test.Below, tolerance, floor, "%s: df2", to)
		slopes := []*profitchain.Slope{e.Intercept}
		for _, k := range e.Links {
			slopes = append(slopes, fit.Links[k].Slope)
		}
		for i, s := range slopes {
			f.Near(coef[names[i]], s.B, tolerance, floor, "%s: b%d", to, i)
			f.Near(r.SE[i], s.SE, tolerance, floor, "%s: se%d", to, i)
			f.Near(r.T[i], *s.T, tolerance, floor, "%s: t%d", to, i)
			f.Near(r.P[i], s.P, tolerance, floor, "%s: p%d", to, i)
			f.Near(r.Low[i], s.Interval.Low, tolerance, floor, "%s: low%d", to, i)
			f.Near(r.High[i], s.Interval.High, tolerance, floor, "%s: high%d", to, i)
		}
	}
	fit := estimate(t, p, profitchain.Params{Links: all, Level: 0.95})
	for _, s := range fit.Links {
		var r struct{ Coef map[string]float64 }
		require.NoError(t, json.Unmarshal(want[s.To], &r))
		f.Near(r.Coef[s.From], s.Slope.B, tolerance, floor, "%s: together", s.To)
	}
}

// keys returns the keys of an object in their order.
func keys(t *testing.T, text json.RawMessage) (names []string) {
	t.Helper()
	d := json.NewDecoder(bytesReader(text))
	for i := 0; d.More() || i == 0; i++ {
		token, err := d.Token()
		require.NoError(t, err)
		if name, ok := token.(string); ok {
			names = append(names, name)
		}
	}
	return names
}
