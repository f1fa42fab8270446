package spc_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/spc"
)

// A tree holds what the room computes by the path of the figure in a file.
type tree map[string]float64

func (t tree) list(path string, values ...float64) {
	for i, v := range values {
		t[fmt.Sprintf("%s[%d]", path, i)] = v
	}
	t[path+"#"] = float64(len(values)) // how many there are
}

// points files the points of a rule, which the files count from 1.
func (t tree) points(path string, signals []spc.Signal, rule string) {
	var list []float64
	for _, s := range signals {
		if s.Rule == rule {
			list = append(list, float64(s.Point+1))
		}
	}
	t.list(path, list...)
}

// bands files limits: lists, and as scalars where all are the same.
func (t tree) bands(path string, c spc.Chart) {
	lower, upper := make([]float64, len(c.Points)), make([]float64, len(c.Points))
	for i, p := range c.Points {
		lower[i], upper[i] = p.Lower, p.Upper
	}
	t.list(path+"lcl", lower...)
	t.list(path+"ucl", upper...)
	t[path+"lcl"], t[path+"ucl"] = c.Points[0].Lower, c.Points[0].Upper
	t[path+"center"] = c.Limits.Center
}

// compare holds every number below a path to the tree; peers are passed over.
func compare(t *testing.T, f *reference.File, got tree, path string, want any, tolerance func(path string) float64) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		for name, below := range want {
			if path != "" {
				name = path + "." + name
			}
			compare(t, f, got, name, below, tolerance)
		}
	case []any:
		n, ok := got[path+"#"]
		require.True(t, ok, "the test does not know %s", path)
		f.Exact(float64(len(want)), n, "length of %s", path)
		for i, below := range want {
			compare(t, f, got, fmt.Sprintf("%s[%d]", path, i), below, tolerance)
		}
	case float64:
		figure, ok := got[path]
		require.True(t, ok, "the test does not know %s", path)
		f.Near(want, figure, tolerance(path), 1e-12, "%s", path)
	default:
		t.Fatalf("%s is no number", path)
	}
}

func always(tolerance float64) func(string) float64 {
	return func(string) float64 { return tolerance }
}

func column(t *testing.T, rows []map[string]string, names ...string) []float64 {
	t.Helper()
	var list []float64
	for _, row := range rows {
		for _, name := range names {
			v, err := strconv.ParseFloat(row[name], 64)
			require.NoError(t, err)
			list = append(list, v)
		}
	}
	return list
}

func judged(t *testing.T, c spc.Chart) []spc.Signal {
	t.Helper()
	signals, err := c.Judge(append(spc.Nelson(), spc.WesternElectric()...))
	require.NoError(t, err)
	return signals
}

// The names of the files for our rules.
var exactNames = map[string]string{
	"r1": "nelson_1", "r2_nine_side": "nelson_2", "r2_eight_side": "western_electric_4", "r3_six_trend": "nelson_3",
	"r4_fourteen_alternating": "nelson_4", "r5_two_of_three": "nelson_5", "r6_four_of_five": "nelson_6",
	"r7_fifteen_inside": "nelson_7", "r8_eight_outside": "nelson_8",
}

func (t tree) rules(path string, signals []spc.Signal) {
	for name, rule := range exactNames {
		t.points(path+name, signals, rule)
	}
}

// peers files signals under the names of qcc.
func (t tree) peers(signals []spc.Signal) {
	for i := range 8 {
		t.points(fmt.Sprintf("nelson.rule%d", i+1), signals, fmt.Sprintf("nelson_%d", i+1))
	}
	for i := range 4 {
		t.points(fmt.Sprintf("western_electric.rule%d", i+1), signals, fmt.Sprintf("western_electric_%d", i+1))
	}
}

// charts computes what the file holds of each key; each gets the figures wanted,
// whose parameters some of them need.
func charts(t *testing.T) map[string]func(want map[string]any) tree {
	t.Helper()
	daily := reference.InputRows(t, "servqual_spc_daily.csv")
	calls := column(t, daily, "calls")
	samples := func(name string) []spc.Sample {
		list := make([]spc.Sample, len(daily))
		for i, c := range column(t, daily, name) {
			list[i] = spc.Sample{Count: c, Size: calls[i]}
		}
		return list
	}
	seconds := column(t, daily, "aht_seconds")
	return map[string]func(want map[string]any) tree{
		"xmr_exact": func(map[string]any) tree { return individuals(t, seconds) },
		"u_chart": func(map[string]any) tree {
			c, err := spc.U(samples("complaints"))
			require.NoError(t, err)
			out := attributes(t, c)
			out["std_dev"] = c.Limits.At(1).Sigma
			return out
		},
		"p_chart": func(map[string]any) tree {
			c, err := spc.P(samples("resolved_first_contact"))
			require.NoError(t, err)
			return attributes(t, c)
		},
		"c_chart": func(map[string]any) tree {
			c, err := spc.C(spc.Readings(column(t, daily, "escalations")...))
			require.NoError(t, err)
			out := tree{"std_dev": c.Points[0].Sigma}
			out.bands("", c)
			out.peers(judged(t, c))
			return out
		},
		"ewma_phase1_25":  func(want map[string]any) tree { return weighted(t, seconds, want) },
		"cusum_phase1_25": func(want map[string]any) tree { return sums(t, seconds, want) },
		"xbar_r_exact":    func(map[string]any) tree { return subgroups(t, spc.XbarR, "r_bar", "d2_") },
		"xbar_s_exact":    func(map[string]any) tree { return subgroups(t, spc.XbarS, "s_bar", "c4_") },
		"pattern_center0_sigma1": func(map[string]any) tree {
			monitor, err := spc.NewMonitor(spc.Limits{Kind: spc.Values, Sigma: 1}, append(spc.Nelson(), spc.WesternElectric()...))
			require.NoError(t, err)
			rules := append(spc.Nelson(), spc.WesternElectric()...)
			var signals []spc.Signal
			for i, z := range column(t, reference.InputRows(t, "servqual_spc_pattern.csv"), "z") {
				v, err := monitor.Add(z, 1)
				require.NoError(t, err)
				for rule := range v.Fired.All() {
					signals = append(signals, spc.Signal{Point: i, Rule: rules[rule].Name})
				}
			}
			out := tree{}
			out.rules("reference.", signals)
			return out
		},
		"arl": func(want map[string]any) tree { return runLengths(t, want) },
	}
}

func individuals(t *testing.T, values []float64) tree {
	t.Helper()
	x, err := spc.XmR(spc.Readings(values...), spc.XmROptions{})
	require.NoError(t, err)
	sd, err := spc.XmR(spc.Readings(values...), spc.XmROptions{Sigma: spc.StandardDeviation})
	require.NoError(t, err)
	middle, err := spc.XmR(spc.Readings(values...), spc.XmROptions{Sigma: spc.MedianRange})
	require.NoError(t, err)
	out := tree{
		"mr_bar": x.MeanRange, "sigma": x.Limits.Sigma, "mr_ucl": x.RangeUpper,
		"sigma_sd_over_c4": sd.Limits.Sigma, "median_mr_sigma": middle.Limits.Sigma,
	}
	out.bands("", x.Chart)
	out.list("moving_ranges", x.Ranges...)
	out.rules("rules.", judged(t, x.Chart))
	return out
}

func attributes(t *testing.T, c spc.Chart) tree {
	t.Helper()
	laney, err := c.Laney()
	require.NoError(t, err)
	out := tree{"overdispersion_laney_sigma_z": laney.Limits.Sigma}
	out.bands("", c)
	out.bands("laney_", laney)
	z, sigma := make([]float64, len(c.Points)), make([]float64, len(c.Points))
	for i, p := range c.Points {
		z[i], sigma[i] = p.Z, p.Sigma
	}
	out.list("z", z...)
	out.list("std_dev", sigma...)
	out.rules("exact_rules_on_z.", judged(t, c))
	return out
}

// phase1 is how many values the limits of a key are made of.
func phase1(t *testing.T, values []float64, want map[string]any, out tree) spc.Limits {
	t.Helper()
	first, err := spc.XmR(spc.Readings(values[:25]...), spc.XmROptions{})
	require.NoError(t, err)
	out["center"] = first.Limits.Center
	sigma, ok := want["std_dev"].(float64) // a peer's, of a rounded constant: given
	require.True(t, ok)
	out["std_dev"] = sigma
	return spc.Limits{Kind: spc.Values, Center: first.Limits.Center, Sigma: sigma}
}

func weighted(t *testing.T, values []float64, want map[string]any) tree {
	t.Helper()
	lambda, _ := want["lambda"].(float64)
	l, _ := want["nsigmas"].(float64)
	out := tree{"lambda": lambda, "nsigmas": l}
	s, err := spc.NewSmooth(spc.EWMA{Lambda: lambda, L: l}, phase1(t, values, want, out))
	require.NoError(t, err)
	var z, lower, upper, signals []float64
	for i, v := range values {
		shift, err := s.Add(v)
		require.NoError(t, err)
		z, lower, upper = append(z, shift.High), append(lower, shift.Lower), append(upper, shift.Upper)
		if shift.Signal {
			signals = append(signals, float64(i+1))
		}
	}
	out.list("z", z...)
	out.list("lcl", lower...)
	out.list("ucl", upper...)
	out.list("signals", signals...)
	return out
}

func sums(t *testing.T, values []float64, want map[string]any) tree {
	t.Helper()
	k, _ := want["k"].(float64)
	h, _ := want["h"].(float64)
	out := tree{"k": k, "h": h}
	s, err := spc.NewSums(spc.CUSUM{K: k, H: h}, phase1(t, values, want, out))
	require.NoError(t, err)
	var high, low, over, under []float64
	for i, v := range values {
		shift, err := s.Add(v)
		require.NoError(t, err)
		high, low = append(high, shift.High), append(low, shift.Low)
		if shift.High > h {
			over = append(over, float64(i+1))
		}
		if shift.Low < -h {
			under = append(under, float64(i+1))
		}
	}
	out.list("pos", high...)
	out.list("neg", low...)
	out.list("signals_upper", over...)
	out.list("signals_lower", under...)
	return out
}

func subgroups(t *testing.T, chart func([][]float64) (spc.Subgroups, error), spread, factor string) tree {
	t.Helper()
	rows := reference.InputRows(t, "servqual_spc_subgroups.csv")
	var names []string
	for name := range rows[0] {
		if strings.HasPrefix(name, "x") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var groups [][]float64
	for _, row := range rows {
		groups = append(groups, column(t, []map[string]string{row}, names...))
	}
	c, err := chart(groups)
	require.NoError(t, err)
	f, err := spc.FactorsOf(len(names))
	require.NoError(t, err)
	out := tree{spread: c.Spreads.Limits.Center, "sigma": c.Sigma, "xbarbar": c.Means.Limits.Center}
	out.bands("", c.Means)
	out[string(spread[0])+"_lcl"], out[string(spread[0])+"_ucl"] = c.Spreads.Points[0].Lower, c.Spreads.Points[0].Upper
	out[factor+strconv.Itoa(len(names))] = map[string]float64{"d2_": f.D2, "c4_": f.C4}[factor]
	return out
}

// runLengths reads the parameters from the names of the figures.
func runLengths(t *testing.T, want map[string]any) tree {
	t.Helper()
	out := tree{}
	var shifts []float64
	for _, s := range want["shifts"].([]any) {
		shifts = append(shifts, s.(float64))
	}
	out.list("shifts", shifts...)
	for name := range maps.Keys(want) {
		if name != "shifts" {
			out.list(name, lengths(t, name, shifts)...)
		}
	}
	return out
}

var parameter = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)

func lengths(t *testing.T, name string, shifts []float64) (list []float64) {
	t.Helper()
	var p []float64
	for _, text := range parameter.FindAllString(name, -1) {
		v, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		p = append(p, v)
	}
	var at func(x float64) (float64, error)
	switch {
	case strings.HasPrefix(name, "ewma_two_sided_lambda"):
		at = spc.EWMA{Lambda: p[0], L: p[1]}.RunLength
	case strings.HasPrefix(name, "cusum_one_sided_k"):
		at = spc.CUSUM{K: p[0], H: p[1]}.UpperRunLength
	case strings.HasPrefix(name, "cusum_two_sided_k"):
		at = spc.CUSUM{K: p[0], H: p[1]}.RunLength
	case strings.HasSuffix(name, "sigma"): // shewhart_3sigma
		at = func(shift float64) (float64, error) {
			return spc.RunLength([]spc.Rule{{Name: "limits", Pattern: spc.Beyond, K: 1, Of: 1, Z: p[0]}}, shift)
		}
	case strings.HasPrefix(name, "shewhart_rules_"): // the numbers of Western Electric
		var rules []spc.Rule
		for _, digit := range strconv.Itoa(int(p[0])) {
			rules = append(rules, spc.WesternElectric()[digit-'1'])
		}
		at = func(shift float64) (float64, error) { return spc.RunLength(rules, shift) }
	case strings.HasPrefix(name, "poisson_cusum_km"):
		at, shifts = spc.PoissonCUSUM{K: int(p[0]), H: int(p[1]), M: int(p[2])}.RunLength, p[3:]
	default:
		t.Fatalf("the test does not know %s", name)
	}
	for _, x := range shifts {
		arl, err := at(x)
		require.NoError(t, err)
		list = append(list, arl)
	}
	return list
}

// Names that the README beside the files calls peer-only within a key.
var peerOnly = map[string][]string{
	"u_chart": {"nelson", "western_electric"}, "p_chart": {"nelson", "western_electric"},
	"pattern_center0_sigma1": {"qcc_nelson", "qcc_western_electric"},
}

func TestReferenceCharts(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/spc", "servqual_spc_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	known := charts(t)
	for key, text := range file {
		if !f.Owns(key) {
			continue
		}
		var want map[string]any
		require.NoError(t, json.Unmarshal(text, &want))
		for _, name := range peerOnly[key] {
			delete(want, name)
		}
		require.Contains(t, known, key, "a key this test does not know")
		tolerance := 1e-12
		if key == "arl" {
			tolerance = 1e-6
		}
		compare(t, f, known[key](want), "", want, always(tolerance))
	}
}

func TestReferenceConstants(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/spc", "servqual_spc_constants.json")
	var file struct{ Constants []map[string]float64 }
	f.JSON(&file)
	require.True(t, f.Owns("constants"))
	for _, want := range file.Constants {
		n := int(want["n"])
		c, err := spc.FactorsOf(n)
		require.NoError(t, err)
		got := factors(t, n, c)
		for name, figure := range want {
			tolerance := 1e-12
			if name == "d3" || name[0] == 'D' {
				tolerance = 1e-10
			}
			value, ok := got[name]
			require.True(t, ok, "the test does not know %s", name)
			f.Near(figure, value, tolerance, 1e-12, "%s of %d", name, n)
		}
	}
}

// factors returns the names of handbooks, taken from charts whose mean spread is 1.
func factors(t *testing.T, n int, c spc.Factors) map[string]float64 {
	t.Helper()
	group := make([]float64, n)
	group[0] = 1
	for i := range group[1:] {
		group[i+1] = float64(i%2) * 0.25
	}
	groups := [][]float64{group, group}
	r, err := spc.XbarR(groups)
	require.NoError(t, err)
	s, err := spc.XbarS(groups)
	require.NoError(t, err)
	ratio := func(c spc.Chart, by float64) (lower, upper float64) {
		return c.Points[0].Lower / by, c.Points[0].Upper / by
	}
	d3, d4 := ratio(r.Spreads, r.Spreads.Limits.Center)
	b3, b4 := ratio(s.Spreads, s.Spreads.Limits.Center)
	return map[string]float64{
		"n": float64(n), "c4": c.C4, "d2": c.D2, "d3": c.D3, "D3": d3, "D4": d4, "B3": b3, "B4": b4,
		"A2": 3 * r.Means.Limits.Sigma / r.Spreads.Limits.Center, "A3": 3 * s.Means.Limits.Sigma / s.Spreads.Limits.Center,
	}
}

func TestReferencePhases(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/spc", "servqual_influence_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	phases := map[string][]spc.Reading{}
	for _, row := range reference.InputRows(t, "servqual_phases.csv") {
		r := spc.Reading{Missing: row["minutes"] == ""}
		if !r.Missing {
			r.Value = column(t, []map[string]string{row}, "minutes")[0]
		}
		phases[row["phase"]] = append(phases[row["phase"]], r)
	}
	for key, text := range file {
		if !f.Owns(key) {
			continue
		}
		require.Equal(t, "phases", key, "a key this test does not know")
		e, err := spc.Compare(phases["before"], phases["after"], 0.95, spc.XmROptions{Bridge: true})
		require.NoError(t, err)
		out := tree{
			"center.before": e.Before.Limits.Center, "center.after": e.After.Limits.Center,
			"sigma.before": e.Before.Limits.Sigma, "sigma.after": e.After.Limits.Sigma,
			"effect.difference": e.Difference, "effect.se": e.SE, "effect.df": e.Degrees, "effect.t": e.T, "effect.p": e.P,
			"effect_in_sigma_before": e.InSigma,
		}
		for name, c := range map[string]spc.Chart{"before": e.Before.Chart, "after": e.After.Chart} {
			b := c.Limits.At(1)
			out.list("limits."+name, b.Lower, b.Upper)
		}
		out.list("effect.n", float64(len(phases["after"])), float64(len(phases["before"])))
		out.list("effect.means", e.After.Limits.Center, e.Before.Limits.Center)
		out.list("effect.ci95", e.Low, e.High)
		var want any
		require.NoError(t, json.Unmarshal(text, &want))
		compare(t, f, out, "", want, always(1e-10))
	}
}

// Each key names a data set and a chart of it; a peer's three-digit d2 and d3 are
// 5e-4 off where ranges are used.
func TestReferenceDataSets(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/spc", "servqual_qcc_datasets_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	for key, text := range file {
		if !f.Owns(key) {
			continue
		}
		var want map[string]any
		require.NoError(t, json.Unmarshal(text, &want))
		c, sigma, tolerance := dataSet(t, key)
		out := tree{"std_dev": sigma}
		out.bands("", c)
		out.peers(judged(t, c))
		compare(t, f, out, "", want, func(path string) float64 {
			if strings.Contains(path, "rule") {
				return 0
			}
			return tolerance
		})
	}
}

func dataSet(t *testing.T, key string) (c spc.Chart, sigma, tolerance float64) {
	t.Helper()
	set, chart, _ := strings.Cut(key, "_")
	rows := reference.InputRows(t, "servqual_qcc_"+set+".csv")
	if strings.HasSuffix(chart, "_trial") {
		rows = slices.DeleteFunc(rows, func(row map[string]string) bool { return row["trial"] != "TRUE" })
	}
	var err error
	switch kind, _, _ := strings.Cut(chart, "_"); kind {
	case "u":
		c, err = spc.U(pairs(t, rows, "x"))
		require.NoError(t, err)
		return c, c.Limits.At(1).Sigma, 1e-9
	case "p":
		c, err = spc.P(pairs(t, rows, "D"))
		require.NoError(t, err)
		return c, c.Points[0].Sigma, 1e-9
	}
	first, err := strconv.Atoi(chart[strings.LastIndex(chart, "first")+len("first"):])
	require.NoError(t, err)
	groups := map[string][]float64{}
	for _, row := range rows {
		groups[row["sample"]] = append(groups[row["sample"]], column(t, []map[string]string{row}, "diameter")...)
	}
	var list [][]float64
	for i := range first {
		list = append(list, groups[strconv.Itoa(i+1)])
	}
	r, err := spc.XbarR(list)
	require.NoError(t, err)
	s, err := spc.XbarS(list)
	require.NoError(t, err)
	switch {
	case strings.HasPrefix(chart, "xbar_r"):
		return r.Means, r.Sigma, 5e-4
	case strings.HasPrefix(chart, "xbar_s"):
		return s.Means, s.Sigma, 1e-9
	case strings.HasPrefix(chart, "S"):
		return s.Spreads, s.Sigma, 1e-9
	case strings.HasPrefix(chart, "R"):
		return r.Spreads, r.Sigma, 5e-4
	}
	t.Fatalf("the test does not know %s", key)
	return c, 0, 0
}

func pairs(t *testing.T, rows []map[string]string, count string) []spc.Sample {
	t.Helper()
	var list []spc.Sample
	sizes := column(t, rows, "size")
	for i, c := range column(t, rows, count) {
		list = append(list, spc.Sample{Count: c, Size: sizes[i]})
	}
	return list
}
