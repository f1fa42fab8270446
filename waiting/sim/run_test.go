package sim_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/sim"
)

// mmc is a house of one station and one class.
func mmc(rate float64, servers, customers int) sim.Config {
	return sim.Config{
		Unit:      time.Minute,
		Stations:  []sim.Station{{Servers: servers}},
		Classes:   []sim.Class{{Gap: sim.Exponential{Rate: rate}, Service: []sim.Law{sim.Exponential{Rate: 1}}}},
		Customers: customers,
	}
}

func run(t testing.TB, c sim.Config, seed uint64) *sim.Stats {
	t.Helper()
	s, err := sim.Run(context.Background(), c, source(seed))
	require.NoError(t, err)
	return s
}

// The draws of one seed are part of the contract: counts, which no platform rounds.
func TestOneSeedIsPinned(t *testing.T) {
	t.Parallel()
	c := mmc(8, 10, 5000)
	c.Classes[0].Patience = sim.Uniform{To: 2}
	c.Stations[0].Join = []float64{1, 1, 1, 0.5}
	c.Stations[0].Capacity = new(14)
	s := run(t, c, 1).Station(0)
	assert.Equal(t, [...]int64{5009, 4771, 97, 56, 76}, [...]int64{s.Offered(), s.Served(), s.Abandoned(), s.Blocked(), s.Balked()})
	assert.Equal(t, time.Minute, s.Unit())
}

func TestRunIsDeterministic(t *testing.T) {
	t.Parallel()
	c := mmc(0.9, 1, 2000)
	once, again := run(t, c, 5), run(t, c, 5)
	assert.Equal(t, once, again)
	assert.NotEqual(t, run(t, c, 5), run(t, c, 6))
	from := source(5)
	_, err := sim.Run(t.Context(), c, from)
	require.NoError(t, err)
	other := source(5)
	other.Uint64()
	other.Uint64()
	assert.Equal(t, other.Uint64(), from.Uint64(), "two numbers are drawn")
}

// A spy writes down what a law draws.
type spy struct {
	sim.Law

	drawn *[]float64
}

func (s spy) Draw(r *rand.Rand) float64 {
	x := s.Law.Draw(r)
	*s.drawn = append(*s.drawn, x)
	return x
}

// Variants that start alike meet the same customers, whatever is changed about the
// station.
func TestVariantsMeetTheSameCustomers(t *testing.T) {
	t.Parallel()
	draws := func(change func(*sim.Config)) (gaps, services []float64) {
		c := mmc(4, 5, 3000)
		change(&c)
		c.Classes[0].Gap = spy{c.Classes[0].Gap, &gaps}
		c.Classes[0].Service[0] = spy{c.Classes[0].Service[0], &services}
		run(t, c, 9)
		return gaps[:2900], services[:2900]
	}
	gaps, services := draws(func(*sim.Config) {})
	for name, change := range map[string]func(*sim.Config){
		"servers":    func(c *sim.Config) { c.Stations[0].Servers = 6 },
		"patience":   func(c *sim.Config) { c.Classes[0].Patience = sim.Exponential{Rate: 1} },
		"discipline": func(c *sim.Config) { c.Stations[0].Discipline = sim.LastCome },
		"capacity":   func(c *sim.Config) { c.Stations[0].Capacity = new(5) },
		"join":       func(c *sim.Config) { c.Stations[0].Join = []float64{0.5} },
	} {
		g, s := draws(change)
		assert.Equal(t, gaps, g, name)
		assert.Equal(t, services, s, name)
	}
}

// stationary returns the probabilities of a birth–death chain.
func stationary(birth, death func(n int) float64, most int) []float64 {
	p, sum := make([]float64, most+1), 0.0
	p[0] = 1
	for n := range p {
		if n > 0 {
			p[n] = p[n-1] * birth(n-1) / death(n)
		}
		sum += p[n]
	}
	for n := range p {
		p[n] /= sum
	}
	return p
}

// Balking against the chain of the number in the house.
func TestBalking(t *testing.T) {
	t.Parallel()
	join := []float64{0.9, 0.6, 0.3, 0}
	c := mmc(2, 2, 300_000)
	c.Stations[0].Join = join
	s := run(t, c, 3)
	p := stationary(func(n int) float64 {
		if n < 2 {
			return 2
		}
		return 2 * join[min(n-2, 3)]
	}, func(n int) float64 { return float64(min(n, 2)) }, 5)
	mean, balk := 0.0, 0.0
	for n, x := range p {
		mean += float64(n) * x
		if n >= 2 {
			balk += x * (1 - join[min(n-2, 3)])
		}
	}
	near.Equal(t, mean, s.MeanSystem(0), 0.01, 0)
	near.Equal(t, balk, s.Station(0).ShareBalked().Value, 0.02, 0)
	near.Equal(t, 2*(1-balk), s.Throughput(0), 0.01, 0)
}

// Little's law, on one run: queues and waits, houses and visits; and busy servers.
func TestLittlesLaw(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]sim.Config{"fifo": mmc(2.5, 3, 100_000), "lifo": mmc(2.5, 3, 100_000), "patience": mmc(3.5, 3, 100_000)} {
		if name == "lifo" {
			c.Stations[0].Discipline = sim.LastCome
		}
		if name == "patience" {
			c.Classes[0].Patience = sim.Weibull{Shape: 2, Scale: 1}
		}
		s := run(t, c, 4)
		w := s.Station(0)
		near.Equal(t, s.MeanQueue(0), w.MeanWait().Value*float64(w.Offered())/s.Time(), 2e-3, 0, name)
		near.Equal(t, s.Utilization(0)*3, s.Throughput(0), 0.02, 0, name) // services take 1 on average
		near.Equal(t, s.MeanSystem(0)-s.MeanQueue(0), s.Utilization(0)*3, 1e-9, 0, name)
		near.Equal(t, w.MeanSojourn().Value, s.MeanVisit().Value, 1e-9, 0, name)
		assert.Equal(t, s.MeanVisit(), s.MeanVisitOf(0), name)
		assert.Same(t, w, s.Class(0, 0), name)
	}
}

// Who is served last come first waits as long on average, but not as evenly.
func TestDisciplinesShareTheWork(t *testing.T) {
	t.Parallel()
	c := mmc(0.8, 1, 400_000)
	first := run(t, c, 8).Station(0)
	c.Stations[0].Discipline = sim.LastCome
	last := run(t, c, 8).Station(0)
	near.Equal(t, first.MeanWait().Value, last.MeanWait().Value, 0.01, 0)
	assert.Less(t, first.WaitQuantile(0.99), last.WaitQuantile(0.99))
}

// Duties and paces by the clock: arrivals of a cycle come in proportion to its paces.
func TestPace(t *testing.T) {
	t.Parallel()
	c := mmc(1, 100, 120_000)
	c.Classes[0].Pace = &sim.Schedule{Steps: []sim.Step{{From: 0, Value: 3}, {From: 1, Value: 0}, {From: 2.5, Value: 12}}, Cycle: 4}
	s := run(t, c, 2)
	near.Equal(t, (3*1.0+12*1.5)/4, float64(s.Station(0).Offered())/s.Time(), 0.01, 0)
	c.Classes[0].Pace = &sim.Schedule{Steps: []sim.Step{{From: 0, Value: 0}, {From: 10, Value: 5}}}
	s = run(t, c, 2)
	near.Equal(t, 5.0, float64(s.Station(0).Offered())/s.Time(), 0.01, 0)
}

func TestShifts(t *testing.T) {
	t.Parallel()
	station := sim.Station{Shifts: &sim.Schedule{Steps: []sim.Step{{From: 0, Value: 1}, {From: 4, Value: 0}, {From: 6, Value: 2}}, Cycle: 10}}
	passages, err := station.Follow([]sim.Customer{
		{Arrival: 0, Service: 5}, // finishes at 5, although the duty ends at 4
		{Arrival: 1, Service: 1},
		{Arrival: 2, Service: 7}, // both start at 6; at 10 one of two servers goes when free
		{Arrival: 3, Service: 1},
		{Arrival: 12, Service: 3},
		{Arrival: 13.5, Service: 1}, // 13: the server is busy; at 14 there is none until 16
	})
	require.NoError(t, err)
	var waits []float64
	for _, p := range passages {
		assert.Equal(t, sim.Served, p.Outcome)
		waits = append(waits, p.Wait)
	}
	assert.Equal(t, []float64{0, 5, 4, 4, 1, 2.5}, waits)
}

// A Run allocates for the house, not for its customers.
func TestRunDoesNotAllocatePerCustomer(t *testing.T) {
	allocations := func(customers int) float64 {
		c := mmc(4, 5, customers)
		c.Classes[0].Patience = sim.Exponential{Rate: 1}
		c.Limits = []float64{0.1, 1}
		return testing.AllocsPerRun(3, func() { run(t, c, 6) })
	}
	near.Equal(t, allocations(10_000), allocations(100_000), 0.2, 0)
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for rule, change := range map[string]func(*sim.Config){
		"Unit":                    func(c *sim.Config) { c.Unit = 0 },
		"Stations = 0":            func(c *sim.Config) { c.Stations = nil },
		"Classes = 0":             func(c *sim.Config) { c.Classes = nil },
		"Customers":               func(c *sim.Config) { c.Customers = 0 },
		"WarmUp":                  func(c *sim.Config) { c.WarmUp = -1 },
		"Batches":                 func(c *sim.Config) { c.Batches = 1 },
		"Limits[1]":               func(c *sim.Config) { c.Limits = []float64{1, 1} },
		"Limits = 17":             func(c *sim.Config) { c.Limits = make([]float64, 17) },
		"Stations[0].Servers":     func(c *sim.Config) { c.Stations[0].Servers = 0 },
		"Stations[0].Discipline":  func(c *sim.Config) { c.Stations[0].Discipline = "sjf" },
		"Stations[0].Capacity":    func(c *sim.Config) { c.Stations[0].Capacity = new(1) },
		"Stations[0].Join[0]":     func(c *sim.Config) { c.Stations[0].Join = []float64{1.1} },
		"Stations[0].Route = 2":   func(c *sim.Config) { c.Stations[0].Route = make([]float64, 2) },
		"Stations[0].Route = 1.5": func(c *sim.Config) { c.Stations[0].Route = []float64{1.5} },
		"Stations[0].Shifts.Steps = 0": func(c *sim.Config) {
			c.Stations[0].Servers, c.Stations[0].Shifts = 0, &sim.Schedule{}
		},
		"Stations[0].Servers = 2: must be 0": func(c *sim.Config) {
			c.Stations[0].Shifts = &sim.Schedule{Steps: []sim.Step{{Value: 1}}}
		},
		"Stations[0].Shifts.Steps[0].Value = 1.5": func(c *sim.Config) {
			c.Stations[0].Servers, c.Stations[0].Shifts = 0, &sim.Schedule{Steps: []sim.Step{{Value: 1.5}}}
		},
		"Stations[0].Shifts.Steps[1].From": func(c *sim.Config) {
			c.Stations[0].Servers, c.Stations[0].Shifts = 0, &sim.Schedule{Steps: []sim.Step{{Value: 1}, {Value: 2}}}
		},
		"Stations[0].Shifts.Cycle": func(c *sim.Config) {
			c.Stations[0].Servers, c.Stations[0].Shifts = 0, &sim.Schedule{Steps: []sim.Step{{Value: 1}, {From: 2, Value: 2}}, Cycle: 2}
		},
		"Stations[0].Shifts.Steps: must not end": func(c *sim.Config) {
			c.Stations[0].Servers, c.Stations[0].Shifts = 0, &sim.Schedule{Steps: []sim.Step{{Value: 1}, {From: 2}}}
		},
		"Stations[0].Shifts.Steps: must have a value": func(c *sim.Config) {
			c.Stations[0].Servers, c.Stations[0].Shifts = 0, &sim.Schedule{Steps: []sim.Step{{}}, Cycle: 1}
		},
		"Classes[0].Gap: must not be nil": func(c *sim.Config) { c.Classes[0].Gap = nil },
		"Classes[0].Gap.Rate":             func(c *sim.Config) { c.Classes[0].Gap = sim.Exponential{} },
		"Classes[0].Patience.Value":       func(c *sim.Config) { c.Classes[0].Patience = sim.Constant{Value: -1} },
		"Classes[0].Sizes.N":              func(c *sim.Config) { c.Classes[0].Sizes = sim.EqualSizes{} },
		"Classes[0].Sizes.Mean":           func(c *sim.Config) { c.Classes[0].Sizes = sim.GeometricSizes{Mean: 0.5} },
		"Classes[0].Sources = -1":         func(c *sim.Config) { c.Classes[0].Sources = -1 },
		"Classes[0].Sources = 1: must be 0": func(c *sim.Config) {
			c.Classes[0].Sources, c.Classes[0].Sizes = 1, sim.EqualSizes{N: 1}
		},
		"Classes[0].Pace":           func(c *sim.Config) { c.Classes[0].Pace = &sim.Schedule{} },
		"Classes[0].Start = 1":      func(c *sim.Config) { c.Classes[0].Start = 1 },
		"Classes[0].Start = 0":      func(c *sim.Config) { c.Stations[0].Route = []float64{1} },
		"Classes[0].Service = 0":    func(c *sim.Config) { c.Classes[0].Service = nil },
		"Classes[0].Service[0]: ":   func(c *sim.Config) { c.Classes[0].Service[0] = nil },
		"Classes[0].Service[0].":    func(c *sim.Config) { c.Classes[0].Service[0] = sim.Erlang{Stages: 0, Rate: 1} },
		"Classes[0].Service = NaN":  func(c *sim.Config) { c.Classes[0].Service[0] = always(math.NaN()) },
		"Classes[0].Service = +Inf": func(c *sim.Config) { c.Classes[0].Service[0] = always(math.Inf(1)) },
		"Classes[0].Sizes = 0":      func(c *sim.Config) { c.Classes[0].Sizes = none{} },
		"Classes[0].Gap = -1":       func(c *sim.Config) { c.Classes[0].Gap = always(-1) },
		"Classes[0].Patience = NaN": func(c *sim.Config) { c.Classes[0].Patience = always(math.NaN()) },
	} {
		c := mmc(1, 2, 100)
		change(&c)
		_, err := sim.Run(t.Context(), c, source(1))
		require.ErrorIs(t, err, relmark.ErrInvalid, rule)
		require.ErrorContains(t, err, rule)
		require.ErrorContains(t, err, "sim: ")
	}
	_, err := sim.Run(t.Context(), mmc(1, 2, 100), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// always is a law of a host.
type always float64

func (a always) Draw(*rand.Rand) float64 { return float64(a) }

// none is a size that nobody can have.
type none struct{}

func (none) Size(*rand.Rand) int { return 0 }

func TestRunEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := sim.Run(ctx, mmc(1, 2, 100), source(1))
	require.ErrorIs(t, err, context.Canceled)
	c := mmc(2, 1, 10_000_000) // twice as much work as one server can do
	c.Classes[0].Gap = sim.Constant{Value: 1e-9}
	_, err = sim.Run(t.Context(), c, source(1))
	require.ErrorIs(t, err, relmark.ErrLimit)
	c.Classes[0].Patience = always(math.Inf(1))
	c.Stations[0].Capacity = new(3) // who finds no room leaves
	c.Customers = 1000
	s := run(t, c, 1)
	assert.Greater(t, s.Station(0).Blocked(), int64(990))
}

func TestStatsOfNothing(t *testing.T) {
	t.Parallel()
	var zero sim.Stats
	s := run(t, mmc(1, 2, 100), 1)
	for _, w := range []*sim.Tally{zero.Station(0), s.Station(1), s.Station(-1), s.Class(0, 1), zero.Class(0, 0)} {
		assert.Zero(t, w.Offered())
		assert.Zero(t, w.MeanWait())
		assert.Zero(t, w.Late(0))
		assert.Zero(t, w.ServedWithin(0))
		assert.True(t, math.IsNaN(w.WaitTail(0)) && math.IsNaN(w.WaitQuantile(0.5)) && math.IsNaN(w.ProbWait()))
		_, _, err := w.MeanWait().Interval(0.9)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	for _, x := range []float64{zero.MeanSystem(0), zero.MeanQueue(0), zero.Throughput(0), zero.Utilization(0), s.MeanSystem(1), s.Throughput(1), s.Utilization(-1)} {
		assert.True(t, math.IsNaN(x))
	}
	assert.Zero(t, zero.MeanVisit())
	assert.Zero(t, s.MeanVisitOf(1))
	assert.Equal(t, []int{1, 1, 0, 0}, []int{s.Stations(), s.Classes(), zero.Stations(), zero.Classes()})
	assert.Equal(t, time.Minute, s.Unit())
	_, _, err := s.Station(0).MeanWait().Interval(0.2)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	c := mmc(1, 2, 29) // too few for batches unless asked for
	_, _, err = run(t, c, 1).Station(0).MeanWait().Interval(0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	c.Batches = 2
	_, _, err = run(t, c, 1).Station(0).MeanWait().Interval(0.9)
	require.NoError(t, err)
}

// Intervals hold the truth about as often as they say.
func TestIntervalsHold(t *testing.T) {
	t.Parallel()
	hits, runs := 0, 200
	for seed := range runs {
		c := mmc(0.5, 1, 20_000)
		c.WarmUp = 500
		low, high, err := run(t, c, uint64(seed)).Station(0).MeanWait().Interval(0.9)
		require.NoError(t, err)
		if low <= 1 && 1 <= high { // ρ/(μ − λ)
			hits++
		}
	}
	near.Equal(t, 0.9, float64(hits)/float64(runs), 0, 0.07)
}
