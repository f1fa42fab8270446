package queue_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting/queue"
	"github.com/relmark/relmark/waiting/sim"
)

// patience reads the law of a case.
func patience(v values) queue.Patience {
	law := v.text["law"]
	v.used["law"] = true
	switch law {
	case "exponential":
		return sim.Exponential{Rate: v.of("rate")}
	case "weibull":
		return sim.Weibull{Shape: v.of("shape"), Scale: v.of("scale")}
	case "erlang":
		return sim.Erlang{Stages: v.int("stages"), Rate: v.of("rate")}
	case "hyperexponential":
		return sim.Hyperexponential{Share: v.of("share"), First: v.of("rate1"), Second: v.of("rate2")}
	case "uniform":
		return sim.Uniform{From: v.of("from"), To: v.of("to")}
	case "lognormal":
		return sim.Lognormal{Location: v.of("location"), Spread: v.of("spread")}
	case "never":
		return queue.EndlessPatience{}
	}
	require.Fail(v.t, "no law", law)
	return nil
}

func solveFraction(v values) quantities {
	need, err := queue.StaffFraction(queue.MMCParams{Arrival: v.of("lambda"), Service: v.of("mu"), Unit: unit}, v.of("target"), units(v.of("t")), v.of("shrinkage"))
	require.NoError(v.t, err)
	return quantities{
		"c_real":    constant(func() float64 { return need.Servers }),
		"positions": constant(func() float64 { return need.Positions }),
	}
}

func solveValue(v values) quantities {
	m, err := queue.NewNetwork(network(v))
	require.NoError(v.t, err)
	return quantities{
		"W_total": constant(m.MeanVisit),
		"value":   func(i float64) float64 { return m.ServerValue(int(i)) },
		"best":    constant(func() float64 { return float64(m.BestServer()) }),
	}
}

func solveLagged(v values) quantities {
	p, _ := day(v)
	target := queue.Target{Level: new(v.of("target")), Within: new(units(v.of("t")))}
	rates, err := p.Rates(queue.Lagged)
	require.NoError(v.t, err)
	lagged, err := queue.StaffDay(p, target, queue.Lagged)
	require.NoError(v.t, err)
	pointwise, err := queue.StaffDay(p, target, queue.Pointwise)
	require.NoError(v.t, err)
	return quantities{
		"rate": func(i float64) float64 { return rates[int(i)] },
		"c":    func(i float64) float64 { return float64(lagged[int(i)]) },
		"sipp": func(i float64) float64 { return float64(pointwise[int(i)]) },
	}
}

// TestReferenceGeneral solves what takes quadrature, fractions of servers, the value of a
// server and lags.
func TestReferenceGeneral(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting/queue", "queueing_general.csv")
	solvers := map[string]func(v values) quantities{
		"mmc+g":              func(v values) quantities { return general(v, patience(v)) },
		"staff_mmc_fraction": solveFraction,
		"jackson_value":      solveValue,
		"sipp_lagged":        solveLagged,
	}
	for _, record := range f.Rows() {
		model := record["model"]
		if !f.Owns(model) {
			continue
		}
		solve := solvers[model]
		require.NotNil(t, solve, model)
		v := values{t, map[string]string{}, map[string]bool{}}
		for pair := range strings.SplitSeq(record["params"], ";") {
			name, value, _ := strings.Cut(pair, "=")
			v.text[name] = value
		}
		what := model + " " + record["params"] + " " + record["quantity"]
		all := solve(v)
		require.Equal(t, slices.Sorted(maps.Keys(v.text)), slices.Sorted(maps.Keys(v.used)), "parameters that are not used: %s", what)
		name, argument, found := strings.Cut(record["quantity"], "[")
		require.NotNil(t, all[name], what)
		x := math.NaN()
		if found {
			x = numberOf(t, strings.TrimSuffix(argument, "]"))
		}
		tolerance := 1e-12
		if law := v.text["law"]; law != "" && law != "exponential" && law != "never" {
			tolerance = 1e-10
		}
		f.Near(numberOf(t, record["value"]), all[name](x), tolerance, 1e-288, "%s", what)
	}
}
