package sim_test

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting/sim"
)

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2026)) }

// number reads "0.5" and "1/0.8".
func number(t *testing.T, text string) float64 {
	t.Helper()
	above, below, found := strings.Cut(text, "/")
	x, err := strconv.ParseFloat(above, 64)
	require.NoError(t, err, text)
	if found {
		y, err := strconv.ParseFloat(below, 64)
		require.NoError(t, err, text)
		x /= y
	}
	return x
}

var call = regexp.MustCompile(`^(\w+)\((.*)\)$`)

// law reads "exp(0.5)", "det(1)", "erlang(2,2)" and "h2balanced(mean=1,cv2=4)".
func law(t *testing.T, text string) sim.Law {
	t.Helper()
	m := call.FindStringSubmatch(text)
	require.NotNil(t, m, text)
	var args []float64
	for part := range strings.SplitSeq(m[2], ",") {
		_, value, found := strings.Cut(part, "=")
		if !found {
			value = part
		}
		args = append(args, number(t, value))
	}
	switch m[1] {
	case "exp":
		return sim.Exponential{Rate: args[0]}
	case "det":
		return sim.Constant{Value: args[0]}
	case "erlang":
		return sim.Erlang{Stages: int(args[0]), Rate: args[1]}
	case "h2balanced":
		h, err := sim.Balanced(args[0], args[1])
		require.NoError(t, err)
		return h
	}
	t.Fatalf("no law %q", text)
	return nil
}

// laws reads a list of laws, which is divided by commas outside of brackets.
func laws(t *testing.T, text string) (out []sim.Law) {
	t.Helper()
	for _, m := range regexp.MustCompile(`\w+\([^)]*\)`).FindAllString(text, -1) {
		out = append(out, law(t, m))
	}
	return out
}

// config reads the spec of a case.
func config(t *testing.T, spec string) (c sim.Config) {
	t.Helper()
	fields := map[string]string{}
	for part := range strings.SplitSeq(spec, ";") {
		name, value, _ := strings.Cut(part, "=")
		fields[name] = value
	}
	c = sim.Config{Unit: time.Minute}
	if gamma, ok := fields["gamma"]; ok {
		return network(t, c, gamma, fields)
	}
	station := sim.Station{Servers: int(number(t, fields["c"]))}
	if k, ok := fields["K"]; ok {
		station.Capacity = new(int(number(t, k)))
	}
	services := laws(t, fields["svc"])
	arrivals := laws(t, fields["arr"]+fields["batcharr"]+fields["think"])
	for i, gap := range arrivals {
		class := sim.Class{Gap: gap, Service: []sim.Law{services[min(i, len(services)-1)]}}
		if p, ok := fields["patience"]; ok {
			class.Patience = law(t, p)
		}
		if n, ok := fields["N"]; ok {
			class.Sources = int(number(t, n))
		}
		if b, ok := fields["batch"]; ok {
			class.Sizes = sim.GeometricSizes{Mean: number(t, strings.TrimSuffix(strings.TrimPrefix(b, "geometric(mean "), ")"))}
		}
		c.Classes = append(c.Classes, class)
	}
	if _, ok := fields["nonpreemptive"]; ok {
		station.Discipline = sim.Priority
	}
	c.Stations = []sim.Station{station}
	return c
}

var move = regexp.MustCompile(`(\d+)->(\d+) p=([0-9.]+)`)

func network(t *testing.T, c sim.Config, gamma string, fields map[string]string) sim.Config {
	t.Helper()
	services, rates := laws(t, fields["svc"]), strings.Split(gamma, ",")
	for i, servers := range strings.Split(fields["c"], ",") {
		c.Stations = append(c.Stations, sim.Station{Servers: int(number(t, servers)), Route: make([]float64, len(rates))})
		if rate := number(t, rates[i]); rate > 0 {
			c.Classes = append(c.Classes, sim.Class{Gap: sim.Exponential{Rate: rate}, Start: i, Service: services})
		}
	}
	for name, value := range fields {
		for _, m := range move.FindAllStringSubmatch(name+"="+value, -1) {
			c.Stations[int(number(t, m[1]))-1].Route[int(number(t, m[2]))-1] = number(t, m[3])
		}
	}
	return c
}

// observed returns the quantity of a case.
func observed(t *testing.T, s *sim.Stats, quantity string) float64 {
	t.Helper()
	station := s.Station(0)
	switch name, rest, _ := strings.Cut(quantity, "_"); {
	case quantity == "Wq":
		return station.MeanWait().Value
	case quantity == "W_total":
		return s.MeanVisit().Value
	case quantity == "throughput":
		return s.Throughput(0)
	case quantity == "P_wait":
		return station.ShareDelayed().Value
	case quantity == "P_block":
		return station.ShareBlocked().Value
	case quantity == "P_abandon":
		return station.ShareAbandoned().Value
	case strings.HasPrefix(quantity, "P_Wq_gt_"):
		return station.Late(0).Value
	case strings.HasPrefix(quantity, "P_served_within_"):
		return station.ServedWithin(0).Value
	case name == "Wq":
		return s.Class(0, int(number(t, rest))).MeanWait().Value
	case name == "L":
		return s.MeanSystem(int(number(t, rest)))
	}
	t.Fatalf("no quantity %q", quantity)
	return 0
}

// limitOf reads the time of "P_Wq_gt_0_4".
func limitOf(t *testing.T, quantity string) []float64 {
	t.Helper()
	for _, prefix := range []string{"P_Wq_gt_", "P_served_within_"} {
		if text, ok := strings.CutPrefix(quantity, prefix); ok {
			return []float64{number(t, strings.Replace(text, "_", ".", 1))}
		}
	}
	return nil
}

// Simulation meets analysis: within five standard errors of runs of this length.
func TestReferenceSimulation(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting/sim", "queueing_sim_cases.csv")
	n := 400_000
	if testing.Short() {
		n = 40_000
	}
	runs := map[string]*sim.Stats{}
	for _, row := range f.Rows() {
		name, quantity := row["case"], row["quantity"]
		if !f.Owns(name) {
			continue
		}
		limits := limitOf(t, quantity)
		key := name
		if limits != nil {
			key += quantity
		}
		if runs[key] == nil {
			c := config(t, row["spec"])
			c.Customers, c.WarmUp, c.Limits = n, n/10, limits
			s, err := sim.Run(t.Context(), c, source(7))
			require.NoError(t, err, name)
			runs[key] = s
		}
		sd := number(t, row["asymptotic_sd"])
		want, got := number(t, row["analytic"]), observed(t, runs[key], quantity)
		z := math.Abs(got-want) / (sd / math.Sqrt(float64(n)))
		f.Exact(true, z < 5, "%s: %s = %v, not %v: %.2f standard errors off", name, quantity, got, want, z)
	}
}
