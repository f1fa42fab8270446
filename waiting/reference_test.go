package waiting_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

// least makes the tolerance of 1e-12 no less than 1e-300.
const least = 1e-288

// row is one line of a file of golden values: parameters, a quantity with its
// argument if it has one, and what it must be.
type row struct {
	params         map[string][]float64
	quantity       string
	argument, want float64
}

func (r row) get(name string) float64 { return r.params[name][0] }

// parameters are those of each model, in order; none is ignored.
var parameters = map[string]string{
	"delay_position":      "ahead c mu",
	"perceived":           "b m w",
	"satisfaction_mmc":    "b c e gain lambda loss m mu",
	"announce_newsvendor": "ahead c mu over under",
	"fairness":            "start",
}

func parse(t *testing.T, record map[string]string) row {
	t.Helper()
	number := func(text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		return x
	}
	r := row{params: map[string][]float64{}, want: number(record["value"])}
	for pair := range strings.SplitSeq(record["params"], ";") {
		name, values, _ := strings.Cut(pair, "=")
		for text := range strings.FieldsSeq(values) {
			r.params[name] = append(r.params[name], number(text))
		}
	}
	names := strings.Join(slices.Sorted(maps.Keys(r.params)), " ")
	require.Equal(t, parameters[record["model"]], names, record["model"])
	name, argument, found := strings.Cut(record["quantity"], "[")
	r.quantity = name
	if found {
		r.argument = number(strings.TrimSuffix(argument, "]"))
	}
	return r
}

func TestReferencePerception(t *testing.T) {
	t.Parallel()
	compare(t, "perception_golden.csv", map[string]func(t *testing.T, r row) map[string]float64{
		"perceived":           perceived,
		"satisfaction_mmc":    satisfied,
		"announce_newsvendor": announced,
		"fairness":            slipped,
	})
}

func TestReferencePosition(t *testing.T) {
	t.Parallel()
	compare(t, "queueing_golden.csv", map[string]func(t *testing.T, r row) map[string]float64{
		"delay_position": positioned,
	})
}

func compare(t *testing.T, file string, models map[string]func(t *testing.T, r row) map[string]float64) {
	t.Helper()
	f := reference.Open(t, "waiting", file)
	for _, record := range f.Rows() {
		name := record["model"]
		if !f.Owns(name) {
			continue
		}
		require.Contains(t, models, name)
		r := parse(t, record)
		got := models[name](t, r)
		require.Contains(t, got, r.quantity)
		f.Near(r.want, got[r.quantity], 1e-12, least, "%s %s %s", name, record["params"], record["quantity"])
		if tail, ok := got["quadrature/"+r.quantity]; ok {
			floor := least
			if r.quantity == "E_satisfaction" { // a tail alone does not tell 1 from what rounds to it
				floor = max(floor, r.get("gain"))
			}
			f.Near(r.want, tail, 1e-12, floor, "%s %s %s by quadrature", name, record["params"], record["quantity"])
		}
	}
}

func perceived(t *testing.T, r row) map[string]float64 {
	t.Helper()
	x, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: r.get("m"), Exponent: r.get("b"), Expected: 1})
	require.NoError(t, err)
	return map[string]float64{"value": float64(x.Felt(waiting.Minutes(r.get("w"))))}
}

// plain hides that a law is exponential.
type plain struct{ waiting.Law }

func satisfied(t *testing.T, r row) map[string]float64 {
	t.Helper()
	x, err := waiting.NewExperience(waiting.ExperienceParams{
		Multiplier: r.get("m"), Exponent: r.get("b"), Expected: waiting.Minutes(r.get("e")), Gain: r.get("gain"), Loss: r.get("loss"),
	})
	require.NoError(t, err)
	q, err := queue.NewMMC(queue.MMCParams{Arrival: r.get("lambda"), Service: r.get("mu"), Servers: int(r.get("c")), Unit: time.Minute})
	require.NoError(t, err)
	got := map[string]float64{}
	for prefix, law := range map[string]waiting.Law{"": q, "quadrature/": plain{q}} {
		s, err := x.Under(law)
		require.NoError(t, err)
		got[prefix+"E_actual"] = float64(s.MeanWait)
		got[prefix+"E_perceived"] = float64(s.MeanFelt)
		got[prefix+"E_excess"] = float64(s.MeanExcess)
		got[prefix+"P_perceived_gt_e"] = s.ProbExcess
		got[prefix+"E_satisfaction"] = s.Satisfaction
	}
	return got
}

func position(t *testing.T, r row) waiting.Position {
	t.Helper()
	p, err := waiting.NewPosition(waiting.PositionParams{Ahead: int(r.get("ahead")), Service: r.get("mu"), Servers: int(r.get("c")), Unit: time.Minute})
	require.NoError(t, err)
	return p
}

func announced(t *testing.T, r row) map[string]float64 {
	t.Helper()
	regret := waiting.Regret{Under: r.get("under"), Over: r.get("over")}
	told, err := waiting.Announce(position(t, r), regret)
	require.NoError(t, err)
	return map[string]float64{"quantile_p": regret.Level(), "announce": float64(told.IfDelayed)}
}

func positioned(t *testing.T, r row) map[string]float64 {
	t.Helper()
	p := position(t, r)
	return map[string]float64{"mean": p.MeanWait(), "var": p.WaitVariance(), "quantile": p.WaitQuantile(r.argument)}
}

func slipped(t *testing.T, r row) map[string]float64 {
	t.Helper()
	f, err := waiting.CountSlips(r.params["start"])
	require.NoError(t, err)
	return map[string]float64{"slips_total": float64(f.Total()), "slips_max": float64(f.MostSlips()), "frac_slipped": f.ShareSlipped()}
}
