package pulse_test

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/pulse"
)

const (
	tolerance = 1e-12
	level     = 0.95
)

// A wave is what the file of answers says of one of its waves.
type wave struct {
	recommend, csat, ces *pulse.Tally
	weighted             *pulse.Weighted
}

// waves reads the answers by wave, the waves in the order in which they come.
func waves(t *testing.T) (names []string, list []wave) {
	t.Helper()
	for _, row := range reference.InputRows(t, "servqual_nps.csv") {
		i := slices.Index(names, row["wave"])
		if i < 0 {
			i = len(names)
			names = append(names, row["wave"])
			list = append(list, wave{tally(t, 0, 10), tally(t, 1, 5), tally(t, 1, 7), weighted(t, 0, 10)})
		}
		w := list[i]
		for column, to := range map[string]*pulse.Tally{"recommend": w.recommend, "csat": w.csat, "ces": w.ces} {
			if row[column] == "" {
				require.NoError(t, to.AddBlank(1))
				continue
			}
			require.NoError(t, to.Add(number(t, row[column])))
		}
		if row["recommend"] != "" {
			weight, err := strconv.ParseFloat(row["weight"], 64)
			require.NoError(t, err)
			require.NoError(t, w.weighted.Add(number(t, row["recommend"]), weight))
		}
	}
	return names, list
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

func nps(t *testing.T, w wave) pulse.Net {
	t.Helper()
	n, err := w.recommend.NPS()
	require.NoError(t, err)
	return n
}

// figures returns what a wave of the file says, by path.
func figures(t *testing.T, w wave) map[string]float64 {
	t.Helper()
	n := nps(t, w)
	score, _ := n.Score()
	se, _ := n.SE()
	all := float64(n.N())
	low, high, err := n.Interval(level, pulse.Wald)
	require.NoError(t, err)
	alow, ahigh, err := n.Interval(level, pulse.AdjustedWald)
	require.NoError(t, err)
	adjusted, err := n.Estimate(pulse.AdjustedWald)
	require.NoError(t, err)
	top, err := w.csat.TopBox(4)
	require.NoError(t, err)
	share, _ := top.Share()
	tlow, thigh, err := top.Interval(level)
	require.NoError(t, err)
	csat, _ := w.csat.Mean().Value()
	effort := w.ces.Mean()
	mean, _ := effort.Value()
	sd, _ := effort.SD()
	mse, _ := effort.SE()
	clow, chigh, err := effort.Interval(level)
	require.NoError(t, err)
	ratio, err := w.weighted.NPS()
	require.NoError(t, err)
	return map[string]float64{
		"n": all, "detractors": float64(n.Detractors), "passives": float64(n.Passives), "promoters": float64(n.Promoters),
		"nps": score, "variance_population": se * se * all / 1e4, "se_wald": se, "margin95_wald": (high - low) / 2,
		"ci95_wald[0]": low, "ci95_wald[1]": high, "se_sample_n_minus_1": se * math.Sqrt(all/(all-1)),
		"adjusted_wald_nps": adjusted.Value, "ci95_adjusted_wald_3_4[0]": alow, "ci95_adjusted_wald_3_4[1]": ahigh,
		"csat_top2.n": float64(top.N), "csat_top2.satisfied": float64(top.Count), "csat_top2.share": share,
		"csat_top2.wilson95[0]": tlow, "csat_top2.wilson95[1]": thigh, "csat_top2.mean": csat,
		"ces.n": float64(effort.N()), "ces.mean": mean, "ces.sd": sd, "ces.se": mse, "ces.ci95[0]": clow, "ces.ci95[1]": chigh,
		"weighted.nps": ratio.Value, "weighted.se_linearised": ratio.SE, "weighted.kish_neff": w.weighted.EffectiveN(),
	}
}

// compare holds every number below a path to what was computed for it.
func compare(t *testing.T, f *reference.File, path string, want any, got map[string]float64) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		for name, below := range want {
			if path != "" {
				name = path + "." + name
			}
			compare(t, f, name, below, got)
		}
	case []any:
		for i, below := range want {
			compare(t, f, path+"["+strconv.Itoa(i)+"]", below, got)
		}
	case float64:
		figure, ok := got[path]
		require.True(t, ok, "the test does not know %s", path)
		f.Near(want, figure, tolerance, 1e-12, "%s", path)
	default:
		t.Fatalf("%s is no number", path)
	}
}

func TestReferenceScores(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/pulse", "servqual_arith_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	names, list := waves(t)
	for key, text := range file {
		if !f.Owns(key) {
			continue
		}
		require.Equal(t, "nps", key, "a key this test does not know")
		var want map[string]any
		require.NoError(t, json.Unmarshal(text, &want))
		for name, below := range want {
			if name == "change" {
				require.Len(t, list, 2)
				compare(t, f, "", below, change(t, list[0], list[1]))
				continue
			}
			i := slices.Index(names, name)
			require.GreaterOrEqual(t, i, 0, "wave %q has no answers", name)
			compare(t, f, "", below, figures(t, list[i]))
		}
	}
}

func change(t *testing.T, a, b wave) map[string]float64 {
	t.Helper()
	c, err := nps(t, a).Change(nps(t, b), level)
	require.NoError(t, err)
	return map[string]float64{
		"difference": c.Difference, "se": c.SE, "z": c.Statistic, "p_two_sided": c.P, "ci95[0]": c.Low, "ci95[1]": c.High,
	}
}

// The peer's scores run from −1 to 1.
func TestReferencePeer(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/pulse", "servqual_nps_peer_expected.json")
	var file map[string]json.RawMessage
	f.JSON(&file)
	_, list := waves(t)
	got := map[string]float64{}
	for i, w := range list {
		of := figures(t, w)
		at := "[" + strconv.Itoa(i) + "]"
		got["nps"+at], got["var"+at], got["se"+at] = of["nps"]/100, of["variance_population"], of["se_wald"]/100
		got["binom_wilson_csat"+at+"[0]"], got["binom_wilson_csat"+at+"[1]"] = of["csat_top2.wilson95[0]"], of["csat_top2.wilson95[1]"]
	}
	require.Len(t, list, 2)
	c := change(t, list[0], list[1])
	got["two_sample.delta"], got["two_sample.se"], got["two_sample.p"] = c["difference"]/100, c["se"]/100, c["p_two_sided"]
	got["two_sample.int[0]"], got["two_sample.int[1]"] = c["ci95[0]"]/100, c["ci95[1]"]/100
	for key, text := range file {
		if !f.Owns(key) {
			continue
		}
		var want any
		require.NoError(t, json.Unmarshal(text, &want))
		compare(t, f, key, want, got)
	}
}
