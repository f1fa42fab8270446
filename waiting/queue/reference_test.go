package queue_test

import (
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting/queue"
)

// unit stands for the unit of time of the file, which has none: long, so that times
// in it lose next to nothing as whole nanoseconds.
const unit = 10_000 * time.Hour

// units returns so many of them.
func units(x float64) time.Duration { return time.Duration(math.Round(x * float64(unit))) }

// least makes the tolerance of 1e-13 no less than 1e-300.
const least = 1e-287

// row is one line of queueing_golden.csv: a quantity, its argument if it has one,
// and what it must be. Below the range of float64 it must be 0.
type row struct {
	params         map[string]float64
	quantity, text string
	argument, want float64
}

func (r row) mmc() queue.MMCParams {
	p := queue.MMCParams{Unit: unit, Arrival: r.params["lambda"], Service: r.params["mu"], Servers: 1}
	if c, ok := r.params["c"]; ok {
		p.Servers = int(c)
	}
	return p
}

// parameters are those of each model, in order; none is ignored.
var parameters = map[string]string{
	"mm1":            "lambda mu",
	"mmc":            "c lambda mu",
	"erlangB":        "a c",
	"staff_mmc_sl":   "lambda mu t target",
	"staff_mmc_cost": "lambda mu server_cost wait_cost",
}

func parse(t *testing.T, record map[string]string) row {
	t.Helper()
	r := row{params: map[string]float64{}}
	number := func(text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			require.ErrorIs(t, err, strconv.ErrRange, text)
		}
		return x
	}
	for pair := range strings.SplitSeq(record["params"], ";") {
		name, value, _ := strings.Cut(pair, "=")
		r.params[name] = number(value)
	}
	r.text = record["value"]
	r.want = number(r.text)
	names := strings.Join(slices.Sorted(maps.Keys(r.params)), " ")
	require.Equal(t, parameters[record["model"]], names, record["model"])
	name, argument, found := strings.Cut(record["quantity"], "[")
	r.quantity = name
	if found {
		r.argument = number(strings.TrimSuffix(argument, "]"))
	}
	return r
}

func TestReferenceQueueing(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting/queue", "queueing_golden.csv")
	for _, record := range f.Rows() {
		if !f.Owns(record["model"]) || parameters[record["model"]] == "" {
			continue // other models have tests of their own
		}
		r := parse(t, record)
		what := record["model"] + " " + record["params"] + " " + record["quantity"]
		switch record["model"] {
		case "mm1", "mmc":
			compareMMC(t, f, r, what)
		case "erlangB":
			c, a := int(r.params["c"]), r.params["a"]
			f.Near(r.want, queue.ErlangB(c, a), 1e-13, least, "%s", what)
			compareLog(t, f, r, queue.LogErlangB(c, a), what)
		case "staff_mmc_sl":
			compareLevel(t, f, r, what)
		case "staff_mmc_cost":
			compareCost(t, f, r, what)
		default:
			t.Errorf("no code for %s", what)
		}
	}
}

func compareMMC(t *testing.T, f *reference.File, r row, what string) {
	t.Helper()
	m, err := queue.NewMMC(r.mmc())
	require.NoError(t, err, what)
	quantities := map[string]func() float64{
		"rho":           m.Utilization,
		"erlangB":       m.ProbBlock,
		"erlangC":       m.ProbWait,
		"Wq":            m.MeanWait,
		"W":             m.MeanSojourn,
		"Lq":            m.MeanQueue,
		"L":             m.MeanSystem,
		"Wq_given_wait": m.MeanWaitIfDelayed,
		"p0":            m.ProbEmpty,
		"VarWq":         m.WaitVariance,
		"P_Wq_gt":       func() float64 { return m.WaitTail(r.argument) },
		"P_W_gt":        func() float64 { return m.SojournTail(r.argument) },
		"Wq_quantile":   func() float64 { return m.WaitQuantile(r.argument) },
	}
	quantity := quantities[r.quantity]
	require.NotNil(t, quantity, what)
	f.Near(r.want, quantity(), 1e-13, least, "%s", what)
	switch r.quantity {
	case "p0":
		compareLog(t, f, r, m.LogProbEmpty(), what)
	case "erlangB":
		compareLog(t, f, r, queue.LogErlangB(m.Params().Servers, m.Load()), what)
	}
}

// compareLog checks a logarithm against the value as printed, whose exponent no
// float64 may hold. Where the value is near 1 the 25 digits printed bound what can
// be asked of its logarithm.
func compareLog(t *testing.T, f *reference.File, r row, got float64, what string) {
	t.Helper()
	mantissa, exponent, _ := strings.Cut(r.text, "e")
	x, err := strconv.ParseFloat(mantissa, 64)
	require.NoError(t, err)
	want := math.Log(x)
	if exponent != "" {
		e, err := strconv.Atoi(exponent)
		require.NoError(t, err)
		want += float64(e) * math.Ln10
	} else if x > 0.5 {
		one, _, err := big.ParseFloat("-1", 10, 200, big.ToNearestEven)
		require.NoError(t, err)
		exact, _, err := big.ParseFloat(r.text, 10, 200, big.ToNearestEven)
		require.NoError(t, err)
		less, _ := exact.Add(exact, one).Float64()
		want = math.Log1p(less)
	}
	f.Near(want, got, 1e-13, 1e-10, "log of %s", what)
}

func compareLevel(t *testing.T, f *reference.File, r row, what string) {
	t.Helper()
	within := r.params["t"]
	m, err := queue.StaffMMC(r.mmc(), queue.Target{Level: new(r.params["target"]), Within: new(units(within))})
	require.NoError(t, err, what)
	switch r.quantity {
	case "c":
		f.Exact(int(r.want), m.Params().Servers, "%s", what)
	case "SL":
		f.Near(r.want, m.WaitWithin(within), 1e-13, least, "%s", what)
	case "SL_minus1":
		p := m.Params()
		p.Servers--
		less, err := queue.NewMMC(p)
		level := 0.0 // unstable
		if err == nil {
			level = less.WaitWithin(within)
		}
		f.Near(r.want, level, 1e-13, least, "%s", what)
	default:
		t.Errorf("no code for %s", what)
	}
}

func compareCost(t *testing.T, f *reference.File, r row, what string) {
	t.Helper()
	costs := queue.Costs{Server: r.params["server_cost"], Waiting: r.params["wait_cost"]}
	m, err := queue.StaffMMCCost(r.mmc(), costs)
	require.NoError(t, err, what)
	switch r.quantity {
	case "c":
		f.Exact(int(r.want), m.Params().Servers, "%s", what)
	case "cost":
		f.Near(r.want, costs.Of(m), 1e-13, least, "%s", what)
	default:
		t.Errorf("no code for %s", what)
	}
}
