package priority_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/priority"
)

const room = "servqual/priority"

// agree compares within a relative tolerance and 1e-12.
func agree(f *reference.File, want, got, tolerance float64, where string) {
	f.Near(want, got, tolerance, 1e-12/tolerance, "%s", where)
}

func TestReferenceArithmetic(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "servqual_arith_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	for key, data := range file {
		if !f.Owns(key) {
			continue
		}
		switch key {
		case "kano":
			referenceKano(t, f, data)
		case "ipa":
			referenceMap(t, f, data)
		case "needs_window":
			referenceWindow(t, f, data)
		default:
			t.Errorf("%s is unknown", key)
		}
	}
}

func feelings() []priority.Feeling {
	return []priority.Feeling{priority.Like, priority.Expect, priority.Neutral, priority.Tolerate, priority.Dislike}
}

func letter(c priority.Category) string {
	return map[priority.Category]string{
		priority.MustBe: "M", priority.OneDimensional: "O", priority.Attractive: "A",
		priority.Indifferent: "I", priority.Reverse: "R", priority.Questionable: "Q",
	}[c]
}

// referenceKano reads answers numbered from 1 for like to 5 for dislike.
func referenceKano(t *testing.T, f *reference.File, data []byte) {
	t.Helper()
	var want struct {
		Rows     map[string]string         `json:"evaluation_table_rows_functional"`
		Features map[string]map[string]any `json:"features"`
	}
	require.NoError(t, reference.Strict(data, &want))
	for row, categories := range want.Rows {
		with, err := strconv.Atoi(row)
		require.NoError(t, err)
		for i, c := range categories {
			got, err := priority.Classify(feelings()[with-1], feelings()[i])
			require.NoError(t, err)
			f.Exact(string(c), letter(got), "%d %d", with, i+1)
		}
	}
	tally := map[string]*priority.Kano{}
	for _, row := range reference.InputRows(t, "servqual_kano.csv") {
		if tally[row["feature"]] == nil {
			tally[row["feature"]] = &priority.Kano{}
		}
		with, without := row["functional"], row["dysfunctional"]
		if with == "" || without == "" {
			continue
		}
		a := priority.KanoAnswer{With: feelings()[whole(t, with)-1], Without: feelings()[whole(t, without)-1]}
		if row["importance"] != "" {
			n := whole(t, row["importance"])
			a.Importance = &n
		}
		require.NoError(t, tally[row["feature"]].Add(a))
	}
	for feature, figures := range want.Features {
		r, err := tally[feature].Report(0.95)
		if n, _ := figures["n"].(float64); n == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew, feature)
			continue
		}
		require.NoError(t, err)
		got := map[string]any{
			"n": r.N, "counts": map[string]any{
				"M": r.Counts.MustBe, "O": r.Counts.OneDimensional, "A": r.Counts.Attractive,
				"I": r.Counts.Indifferent, "R": r.Counts.Reverse, "Q": r.Counts.Questionable,
			},
			"mode_category_tie_order_MOAIRQ": letter(r.Category), "berger_group_rule_category": letter(r.Grouped),
			"category_strength": r.Strength, "total_strength": r.TotalStrength, "fong_abs_difference": r.Fong.Difference,
			"fong_threshold": r.Fong.Threshold, "fong_significant": r.Fong.Significant, "better": of(r.Better.N, r.Better.Value),
			"worse": of(r.Worse.N, r.Worse.Value), "reverse_aware_better": of(r.BetterOfAll.N, r.BetterOfAll.Value),
			"dumouchel_functional_mean": r.With.Value, "dumouchel_dysfunctional_mean": r.Without.Value,
			"mean_importance": of(r.Importance.N, r.Importance.Value),
		}
		compare(t, f, feature, figures, got)
	}
}

// of returns a figure of so many answers, as files have it: null of none.
func of(n int64, value float64) any {
	if n == 0 {
		return nil
	}
	return value
}

func whole(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// compare compares every figure of want, which got must have.
func compare(t *testing.T, f *reference.File, where string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		require.True(t, ok, where)
		for key, v := range w {
			require.Contains(t, g, key, where)
			compare(t, f, where+"/"+key, v, g[key])
		}
	case json.Number:
		v, err := w.Float64()
		require.NoError(t, err)
		compare(t, f, where, v, got)
	case float64:
		switch g := got.(type) {
		case int64:
			agree(f, w, float64(g), 1e-12, where)
		case float64:
			agree(f, w, g, 1e-12, where)
		default:
			t.Errorf("%s is no number", where)
		}
	default:
		f.Exact(want, got, "%s", where)
	}
}

// referenceMap reads columns perf_ and imp_ of each attribute.
func referenceMap(t *testing.T, f *reference.File, data []byte) {
	t.Helper()
	var want struct {
		Performance float64 `json:"crosshair_performance"`
		Importance  float64 `json:"crosshair_importance"`
		Attributes  map[string]struct {
			NPerf       int64   `json:"n_perf"`
			NImp        int64   `json:"n_imp"`
			Performance float64 `json:"performance"`
			Importance  float64 `json:"importance"`
			Gap         float64 `json:"gap"`
			Quadrant    string  `json:"quadrant_grand_mean"`
		} `json:"attributes"`
	}
	require.NoError(t, reference.Strict(data, &want))
	rows := reference.InputRows(t, "servqual_drivers.csv")
	names := attributes(t)
	r, err := priority.NewRatings(priority.RatingParams{Attributes: names, Low: -50, High: 50})
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, r.Add(ratings(t, row, "perf_", names), ratings(t, row, "imp_", names)))
	}
	m, err := r.Map(priority.GrandMeans, 0.95)
	require.NoError(t, err)
	agree(f, want.Performance, m.Performance, 1e-12, "crosshair")
	agree(f, want.Importance, m.Importance, 1e-12, "crosshair")
	require.Len(t, m.Positions, len(want.Attributes))
	for _, p := range m.Positions {
		w, ok := want.Attributes[p.Attribute]
		require.True(t, ok, p.Attribute)
		f.Exact(w.NPerf, p.Performance.N, "%s n", p.Attribute)
		f.Exact(w.NImp, p.Importance.N, "%s n", p.Attribute)
		agree(f, w.Performance, p.Performance.Value, 1e-12, p.Attribute+" performance")
		agree(f, w.Importance, p.Importance.Value, 1e-12, p.Attribute+" importance")
		agree(f, w.Gap, p.Gap, 1e-12, p.Attribute+" gap")
		want, _, _ := strings.Cut(w.Quadrant, "_the_") // keep_up and keep_up_the_good_work are one
		want, _ = strings.CutSuffix(want, "_good_work")
		f.Exact(priority.Quadrant(want), p.Quadrant, "%s quadrant", p.Attribute)
	}
}

// attributes returns the names behind perf_ in the order of the columns.
func attributes(t *testing.T) (names []string) {
	t.Helper()
	header, err := csv.NewReader(bytes.NewReader(reference.Input(t, "servqual_drivers.csv"))).Read()
	require.NoError(t, err)
	for _, column := range header {
		if name, ok := strings.CutPrefix(column, "perf_"); ok {
			names = append(names, name)
		}
	}
	return names
}

func ratings(t *testing.T, row map[string]string, prefix string, names []string) (list []int8) {
	t.Helper()
	for _, name := range names {
		a := int8(priority.Blank)
		if text := row[prefix+name]; text != "" {
			a = int8(whole(t, text))
		}
		list = append(list, a)
	}
	return list
}

func referenceWindow(t *testing.T, f *reference.File, data []byte) {
	t.Helper()
	var want []struct {
		Expected bool   `json:"expected"`
		Provided bool   `json:"provided"`
		Cell     string `json:"cell"`
	}
	require.NoError(t, json.Unmarshal(data, &want))
	panes := map[string]priority.Pane{
		"satisfied (basic met)": priority.Met, "dissatisfied": priority.Dissatisfied, "delighted": priority.Delighted,
		"latent opportunity": priority.Latent,
	}
	for _, w := range want {
		require.Contains(t, panes, w.Cell)
		f.Exact(panes[w.Cell], priority.PaneOf(w.Expected, w.Provided), "%v", w)
	}
}

// The coding of bad and good ratings is in the meta data: penalty dummy = rating<=2,
// reward dummy = rating==5. Coefficients come in the order of the columns, and overall
// ratings have up to three decimals.
func TestReferenceDrivers(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "servqual_drivers_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	var meta struct{ Coding string }
	require.NoError(t, json.Unmarshal(file["meta"], &meta))
	penalty := whole(t, strings.FieldsFunc(after(meta.Coding, "rating<="), notDigit)[0])
	reward := whole(t, strings.FieldsFunc(after(meta.Coding, "rating=="), notDigit)[0])
	rows := reference.InputRows(t, "servqual_drivers.csv")
	names := attributes(t)
	d, err := priority.NewDrivers(priority.DriverParams{Attributes: names, Low: -50, High: 50, Penalty: penalty, Reward: reward, Unit: 1000})
	require.NoError(t, err)
	for _, row := range rows {
		var overall *int
		if text := row["overall"]; text != "" {
			v, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			n := int(math.Round(v * 1000))
			require.True(t, near.Within(v, float64(n)/1000, 1e-12, 0), "three decimals")
			overall = &n
		}
		require.NoError(t, d.Add(ratings(t, row, "perf_", names), overall))
	}
	impacts, contrast, err := d.PenaltyReward(0.95)
	require.NoError(t, err)
	drivers, line, err := d.Shapley(0.95)
	require.NoError(t, err)
	at := map[string]int{}
	for i, name := range names {
		at[name] = i
	}
	for key, data := range file {
		if !f.Owns(key) {
			continue
		}
		switch key {
		case "n":
			var n int64
			require.NoError(t, json.Unmarshal(data, &n))
			f.Exact(n, d.Complete(), "n")
		case "regression":
			referenceFit(t, f, key, data, contrast, func(i int) priority.Coefficient {
				if i < len(names) {
					return impacts[i].Penalty
				}
				return impacts[i-len(names)].Reward
			})
		case "linear_regression":
			referenceFit(t, f, key, data, line, func(i int) priority.Coefficient { return drivers[i].Slope })
		case "impact":
			var want map[string]struct {
				Penalty, Reward, Range float64
				Asymmetry              float64 `json:"impact_asymmetry"`
			}
			require.NoError(t, reference.Strict(data, &want))
			for name, w := range want {
				got := impacts[at[name]]
				agree(f, w.Penalty, got.Penalty.B, 1e-10, name+" penalty")
				agree(f, w.Reward, got.Reward.B, 1e-10, name+" reward")
				agree(f, w.Asymmetry, got.Asymmetry, 1e-10, name+" asymmetry")
				agree(f, w.Range, got.Range, 1e-10, name+" range")
			}
		case "lmg_shares_sum_to_r2", "standardized_betas", "correlations_with_overall":
			var want map[string]float64
			require.NoError(t, json.Unmarshal(data, &want))
			require.Len(t, want, len(names))
			for name, w := range want {
				if i := strings.Index(name, "perf_"); i >= 0 {
					name = name[i+len("perf_"):]
				}
				got := drivers[at[name]]
				figure := map[string]float64{"lmg_shares_sum_to_r2": got.Share, "standardized_betas": got.Beta, "correlations_with_overall": got.Correlation}
				agree(f, w, figure[key], 1e-10, key+" "+name)
			}
		default:
			t.Errorf("%s is unknown", key)
		}
	}
}

func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

func referenceFit(t *testing.T, f *reference.File, where string, data []byte, fit priority.Fit, of func(i int) priority.Coefficient) {
	t.Helper()
	var want struct {
		N        int64
		Coef     json.RawMessage
		SE, T, P []float64
		Low      []float64 `json:"ci95_lower"`
		High     []float64 `json:"ci95_upper"`
		R2       float64
		Adjusted float64 `json:"adj_r2"`
		Sigma    float64
		F        []float64
	}
	require.NoError(t, reference.Strict(data, &want))
	f.Exact(want.N, fit.N, "%s n", where)
	agree(f, want.R2, fit.R2, 1e-10, where+" R²")
	agree(f, want.Adjusted, fit.Adjusted, 1e-10, where+" adjusted R²")
	agree(f, want.Sigma, fit.Sigma, 1e-10, where+" sigma")
	agree(f, want.F[0], fit.F, 1e-10, where+" F")
	agree(f, want.F[2], float64(fit.Degrees), 1e-10, where+" degrees")
	d := json.NewDecoder(strings.NewReader(string(want.Coef)))
	_, err := d.Token()
	require.NoError(t, err)
	i := 0
	for ; d.More(); i++ {
		name, err := d.Token()
		require.NoError(t, err)
		var b float64
		require.NoError(t, d.Decode(&b))
		c := fit.Intercept
		if i > 0 {
			c = of(i - 1)
		}
		for figure, pair := range map[string][2]float64{
			"b": {b, c.B}, "se": {want.SE[i], c.SE}, "t": {want.T[i], c.T}, "p": {want.P[i], c.P},
			"low": {want.Low[i], c.Low}, "high": {want.High[i], c.High},
		} {
			agree(f, pair[0], pair[1], 1e-10, where+" "+name.(string)+" "+figure)
		}
	}
	require.Len(t, want.SE, i)
}
