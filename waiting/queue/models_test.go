package queue_test

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting/queue"
)

// values are the parameters of a model of queueing_golden.csv.
type values struct {
	t    *testing.T
	text map[string]string
	used map[string]bool
}

func (v values) list(name string) (xs []float64) {
	text, ok := v.text[name]
	require.True(v.t, ok, name)
	v.used[name] = true
	for part := range strings.FieldsSeq(text) {
		xs = append(xs, numberOf(v.t, part))
	}
	return xs
}

func (v values) of(name string) float64 {
	xs := v.list(name)
	require.Len(v.t, xs, 1, name)
	return xs[0]
}

func (v values) int(name string) int { return int(v.of(name)) }

func numberOf(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		require.ErrorIs(t, err, strconv.ErrRange, text)
	}
	return x
}

// quantities are the figures of a model by name; an argument is that in brackets.
type quantities map[string]func(argument float64) float64

func constant(f func() float64) func(float64) float64 { return func(float64) float64 { return f() } }

// solvers are the models beside those of M/M/c, whose tests stand apart.
var solvers = map[string]func(v values) quantities{
	"mmc+m":               solveErlangA,
	"mmck":                solveMMCK,
	"mmc_finite_source":   solveFinite,
	"engset":              solveEngset,
	"mg1":                 solveMG1,
	"mxg1":                solveMG1,
	"md1":                 solveMD1,
	"dm1":                 solveGM1,
	"ekm1":                solveGM1,
	"staff_mmc+m_abandon": solveAbandon,
	"delay_qlm":           solveAhead,
	"gg1":                 solveGG1,
	"ggc":                 solveGGC,
	"halfin_whitt":        solveHalfinWhitt,
	"garnett":             solveGarnett,

	"halfin_whitt_inverse":   solveHalfinWhittBeta,
	"mg1_prio_nonpreemptive": solveNonPreemptive,
	"mg1_prio_preemptive":    solvePreemptive,
	"mmc_prio_nonpreemptive": solvePriorityMMC,

	"mmc+d":          solveFixed,
	"erlangB_real":   solveReal,
	"jackson":        solveJackson,
	"sbc":            solveCarryOver,
	"mol_sin":        solveSine,
	"mol_piecewise":  solveOffered,
	"transient_mmck": solveTransient,
}

func general(v values, patience queue.Patience) quantities {
	m, err := queue.NewMMCG(queue.MMCGParams{Arrival: v.of("lambda"), Service: v.of("mu"), Servers: v.int("c"), Patience: patience, Unit: unit})
	require.NoError(v.t, err)
	return quantities{
		"P_delay":      constant(m.ProbWait),
		"P_abandon":    constant(m.ProbAbandon),
		"Wq":           constant(m.MeanWait),
		"Lq":           constant(m.MeanQueue),
		"utilization":  constant(m.Utilization),
		"P_Wq_gt":      m.WaitTail,
		"P_offered_gt": m.OfferedTail,
	}
}

func solveFixed(v values) quantities { return general(v, queue.FixedPatience{Time: v.of("tau")}) }

func solveReal(v values) quantities {
	c, a := v.of("c"), v.of("a")
	return quantities{"B": constant(func() float64 { return queue.ErlangBReal(c, a) })}
}

func network(v values) queue.NetworkParams {
	p := queue.NetworkParams{Unit: unit}
	rates, services, servers := v.list("gamma"), v.list("mu"), v.list("c")
	v.used["P"] = true
	for i, row := range strings.Split(v.text["P"], "|") {
		s := queue.Station{External: rates[i], Service: services[i], Servers: int(servers[i])}
		for share := range strings.FieldsSeq(row) {
			s.Route = append(s.Route, numberOf(v.t, share))
		}
		p.Stations = append(p.Stations, s)
	}
	return p
}

func solveJackson(v values) quantities {
	m, err := queue.NewNetwork(network(v))
	require.NoError(v.t, err)
	station, growth := m.Bottleneck()
	at := func(f func(queue.MMC) float64) func(float64) float64 {
		return func(i float64) float64 { return f(m.Station(int(i))) }
	}
	return quantities{
		"lambda":     at(func(q queue.MMC) float64 { return q.Params().Arrival }),
		"rho":        at(queue.MMC.Utilization),
		"Wq":         at(queue.MMC.MeanWait),
		"L":          at(queue.MMC.MeanSystem),
		"L_total":    constant(m.MeanSystem),
		"W_total":    constant(m.MeanVisit),
		"bottleneck": constant(func() float64 { return float64(station) }),
		"max_scale":  constant(func() float64 { return growth }),
	}
}

func day(v values) (queue.DayParams, []int) {
	p := queue.DayParams{Arrivals: v.list("lambda"), Interval: v.of("interval"), Service: v.of("mu"), Unit: unit}
	var servers []int
	if _, ok := v.text["c"]; ok {
		for _, c := range v.list("c") {
			servers = append(servers, int(c))
		}
	}
	return p, servers
}

func solveCarryOver(v values) quantities {
	p, servers := day(v)
	all, err := queue.CarryOver(p, servers)
	require.NoError(v.t, err)
	at := func(f func(queue.Backlog) float64) func(float64) float64 {
		return func(i float64) float64 { return f(all[int(i)]) }
	}
	return quantities{
		"backlog":    at(func(b queue.Backlog) float64 { return b.Carried }),
		"lambda_mar": at(func(b queue.Backlog) float64 { return b.Served }),
		"util":       at(func(b queue.Backlog) float64 { return b.Utilization }),
		"Wq":         at(func(b queue.Backlog) float64 { return b.MeanWait }),
		"Lq":         at(func(b queue.Backlog) float64 { return b.MeanQueue }),
	}
}

func solveSine(v values) quantities {
	v.list("t") // each is the argument of a quantity
	mean, amplitude, frequency, service := v.of("lambda_bar"), v.of("amplitude"), v.of("omega"), v.of("mu")
	return quantities{"offered_load": func(t float64) float64 {
		return queue.OfferedLoadSine(mean, amplitude, frequency, service, t)
	}}
}

func solveOffered(v values) quantities {
	p, _ := day(v)
	ends, means, err := p.OfferedLoad(v.of("m0"))
	require.NoError(v.t, err)
	return quantities{
		"end":  func(i float64) float64 { return ends[int(i)] },
		"mean": func(i float64) float64 { return means[int(i)] },
	}
}

func solveTransient(v values) quantities {
	p, servers := day(v)
	all, err := queue.Transient(p, servers, v.int("K"), v.int("n0"))
	require.NoError(v.t, err)
	at := func(f func(queue.TransientState) float64) func(float64) float64 {
		return func(i float64) float64 { return f(all[int(i)]) }
	}
	return quantities{
		"L":          at(func(m queue.TransientState) float64 { return m.MeanSystem }),
		"P_block":    at(func(m queue.TransientState) float64 { return m.ProbBlock }),
		"P_all_busy": at(func(m queue.TransientState) float64 { return m.ProbWait }),
		"p0":         at(func(m queue.TransientState) float64 { return m.ProbEmpty }),
	}
}

func solveMG1(v values) quantities {
	p := queue.MG1Params{Arrival: v.of("lambda"), MeanService: v.of("es"), CV2: v.of("cs2"), Unit: unit}.Single()
	if _, ok := v.text["ex"]; ok {
		p.MeanBatch, p.SquareBatch = v.of("ex"), v.of("ex2")
	}
	m, err := queue.NewMG1(p)
	require.NoError(v.t, err)
	return means(m)
}

// means are what every M/G/1 queue knows.
func means(m queue.MG1) quantities {
	return quantities{
		"rho": constant(m.Utilization),
		"Wq":  constant(m.MeanWait),
		"W":   constant(m.MeanSojourn),
		"Lq":  constant(m.MeanQueue),
		"L":   constant(m.MeanSystem),
	}
}

func solveMD1(v values) quantities {
	m, err := queue.NewMD1(queue.MD1Params{Arrival: v.of("lambda"), Service: v.of("d"), Unit: unit})
	require.NoError(v.t, err)
	all := means(m.MG1)
	all["P_Wq_gt"] = m.WaitTail
	return all
}

func solveGM1(v values) quantities {
	p := queue.GM1Params{Arrival: v.of("lambda"), Service: v.of("mu"), Regular: true, Unit: unit}
	if _, ok := v.text["k"]; ok {
		p.Regular, p.Stages = false, v.int("k")
	}
	m, err := queue.NewGM1(p)
	require.NoError(v.t, err)
	return quantities{
		"sigma":   constant(m.ProbWait),
		"Wq":      constant(m.MeanWait),
		"W":       constant(m.MeanSojourn),
		"L":       constant(m.MeanSystem),
		"P_Wq_gt": m.WaitTail,
	}
}

func finite(v values) queue.FiniteParams {
	return queue.FiniteParams{Sources: v.int("N"), Arrival: v.of("lambda"), Service: v.of("mu"), Servers: v.int("c"), Unit: unit}
}

func solveFinite(v values) quantities {
	m, err := queue.NewFinite(finite(v))
	require.NoError(v.t, err)
	return quantities{
		"L":          constant(m.MeanSystem),
		"Lq":         constant(m.MeanQueue),
		"p0":         constant(m.ProbEmpty),
		"throughput": constant(m.Throughput),
		"W":          constant(m.MeanSojourn),
		"Wq":         constant(m.MeanWait),
	}
}

func solveEngset(v values) quantities {
	loss, err := queue.Engset(finite(v))
	require.NoError(v.t, err)
	return quantities{
		"time_congestion": constant(func() float64 { return loss.TimeCongestion }),
		"call_congestion": constant(func() float64 { return loss.CallCongestion }),
	}
}

func solveMMCK(v values) quantities {
	m, err := queue.NewMMCK(queue.MMCKParams{Arrival: v.of("lambda"), Service: v.of("mu"), Servers: v.int("c"), Room: v.int("K"), Unit: unit})
	require.NoError(v.t, err)
	return quantities{
		"p0":               constant(m.ProbEmpty),
		"P_block":          constant(m.ProbBlock),
		"L":                constant(m.MeanSystem),
		"Lq":               constant(m.MeanQueue),
		"throughput":       constant(m.Throughput),
		"W":                constant(m.MeanSojourn),
		"Wq":               constant(m.MeanWait),
		"utilization":      constant(m.Utilization),
		"P_delay_accepted": constant(m.ProbWait),
	}
}

func solveErlangA(v values) quantities {
	m, err := queue.NewErlangA(queue.ErlangAParams{Arrival: v.of("lambda"), Service: v.of("mu"), Servers: v.int("c"), Leaving: v.of("theta"), Unit: unit})
	require.NoError(v.t, err)
	return quantities{
		"P_delay":               constant(m.ProbWait),
		"P_abandon":             constant(m.ProbAbandon),
		"P_abandon_given_delay": constant(m.ProbAbandonIfDelayed),
		"Wq":                    constant(m.MeanWait),
		"Lq":                    constant(m.MeanQueue),
		"L":                     constant(m.MeanSystem),
		"throughput":            constant(m.Throughput),
		"utilization":           constant(m.Utilization),
		"P_Wq_gt":               m.WaitTail,
		"P_offered_gt":          m.OfferedTail,
		"P_served_within":       m.ServedWithin,
	}
}

func solveAbandon(v values) quantities {
	m, err := queue.StaffErlangA(queue.ErlangAParams{Arrival: v.of("lambda"), Service: v.of("mu"), Leaving: v.of("theta"), Unit: unit},
		queue.PatienceTarget{Abandon: new(v.of("max_abandon"))})
	require.NoError(v.t, err)
	return quantities{
		"c":         constant(func() float64 { return float64(m.Params().Servers) }),
		"P_abandon": constant(m.ProbAbandon),
	}
}

func solveAhead(v values) quantities {
	mean, variance := queue.WaitAhead(v.int("ahead"), v.of("mu")*v.of("c"), v.of("theta"))
	return quantities{
		"mean": constant(func() float64 { return mean }),
		"var":  constant(func() float64 { return variance }),
	}
}

func approximate(v values, servers int) queue.GGC {
	m, err := queue.NewGGC(queue.GGCParams{Arrival: v.of("lambda"), MeanService: v.of("es"), Servers: servers, GapCV2: v.of("ca2"), ServiceCV2: v.of("cs2"), Unit: unit})
	require.NoError(v.t, err)
	return m
}

func by(m queue.GGC, how queue.Approximation) func(float64) float64 {
	return func(float64) float64 { return m.MeanWait(how) }
}

func solveGG1(v values) quantities {
	m := approximate(v, 1)
	return quantities{
		"rho":              constant(m.Utilization),
		"Wq_kingman_bound": by(m, queue.KingmanBound),
		"Wq_kingman_vut":   by(m, queue.Kingman),
		"Wq_klb":           by(m, queue.KraemerLB),
	}
}

func solveGGC(v values) quantities {
	m := approximate(v, v.int("c"))
	return quantities{
		"rho":              constant(m.Utilization),
		"Wq_allen_cunneen": by(m, queue.AllenCunneen),
		"Wq_sakasegawa":    by(m, queue.Sakasegawa),
		"phi_whitt1993":    constant(m.WhittFactor),
		"Wq_whitt1993":     by(m, queue.Whitt),
	}
}

// ofClass are waits by class, and their mean over all arrivals.
func ofClass(arrivals, waits []float64) quantities {
	sum, all := 0.0, 0.0
	for i, rate := range arrivals {
		sum += rate * waits[i]
		all += rate
	}
	return quantities{
		"Wq":      func(i float64) float64 { return waits[int(i)] },
		"Wq_mean": constant(func() float64 { return sum / all }),
	}
}

func classes(v values) (out []queue.Class) {
	services, spreads := v.list("es"), v.list("cs2")
	for i, rate := range v.list("lambda") {
		out = append(out, queue.Class{Arrival: rate, MeanService: services[i], CV2: spreads[i]})
	}
	return out
}

func solveNonPreemptive(v values) quantities {
	waits, err := queue.PriorityMG1(classes(v), queue.NonPreemptive)
	require.NoError(v.t, err)
	return ofClass(v.list("lambda"), waits)
}

func solvePreemptive(v values) quantities {
	waits, err := queue.PriorityMG1(classes(v), queue.PreemptiveResume)
	require.NoError(v.t, err)
	return quantities{"W": func(i float64) float64 { return waits[int(i)] + v.list("es")[int(i)] }}
}

func solvePriorityMMC(v values) quantities {
	arrivals, servers, service := v.list("lambda"), v.int("c"), v.of("mu")
	waits, err := queue.PriorityMMC(arrivals, service, servers, unit)
	require.NoError(v.t, err)
	all, sum := ofClass(arrivals, waits), 0.0
	for _, rate := range arrivals {
		sum += rate
	}
	all["erlangC"] = constant(func() float64 { return queue.ErlangC(servers, sum/service) })
	return all
}

func solveHalfinWhitt(v values) quantities {
	beta := v.of("beta")
	return quantities{"alpha": constant(func() float64 { return queue.HalfinWhitt(beta) })}
}

func solveHalfinWhittBeta(v values) quantities {
	share := v.of("alpha")
	return quantities{"beta": constant(func() float64 { return queue.HalfinWhittBeta(share) })}
}

func solveGarnett(v values) quantities {
	beta, leaving, service := v.of("beta"), v.of("theta"), v.of("mu")
	return quantities{"alpha": constant(func() float64 { return queue.Garnett(beta, leaving, service) })}
}

// TestReferenceModels solves every model but M/M/c.
func TestReferenceModels(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "waiting/queue", "queueing_golden.csv")
	for _, record := range f.Rows() {
		model := record["model"]
		if !f.Owns(model) || parameters[model] != "" {
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
		quantity := all[name]
		require.NotNil(t, quantity, what)
		x := math.NaN()
		if found {
			x = numberOf(t, strings.TrimSuffix(argument, "]"))
		}
		f.Near(numberOf(t, record["value"]), quantity(x), 1e-12, 1e-288, "%s", what)
	}
}
