package queue_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/queue"
)

func TestMMCRejects(t *testing.T) {
	t.Parallel()
	good := queue.MMCParams{Unit: time.Hour, Arrival: 5, Service: 2, Servers: 3}
	for name, c := range map[string]struct {
		change func(p *queue.MMCParams)
		field  string
	}{
		"negative arrivals":    {func(p *queue.MMCParams) { p.Arrival = -1 }, "Arrival"},
		"NaN arrivals":         {func(p *queue.MMCParams) { p.Arrival = math.NaN() }, "Arrival"},
		"infinite arrivals":    {func(p *queue.MMCParams) { p.Arrival = math.Inf(1) }, "Arrival"},
		"no service":           {func(p *queue.MMCParams) { p.Service = 0 }, "Service"},
		"NaN service":          {func(p *queue.MMCParams) { p.Service = math.NaN() }, "Service"},
		"infinite service":     {func(p *queue.MMCParams) { p.Service = math.Inf(1) }, "Service"},
		"too slow a service":   {func(p *queue.MMCParams) { p.Service = 9e-101 }, "Service"},
		"no servers":           {func(p *queue.MMCParams) { p.Servers = 0 }, "Servers"},
		"negative servers":     {func(p *queue.MMCParams) { p.Servers = -2 }, "Servers"},
		"too many servers":     {func(p *queue.MMCParams) { p.Servers = queue.MaxServers + 1 }, "Servers"},
		"no unit":              {func(p *queue.MMCParams) { p.Unit = 0 }, "Unit"},
		"negative unit":        {func(p *queue.MMCParams) { p.Unit = -time.Hour }, "Unit"},
		"load equals servers":  {func(p *queue.MMCParams) { p.Arrival = 6 }, "Servers"},
		"load exceeds servers": {func(p *queue.MMCParams) { p.Arrival = 6.000001 }, "Servers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := good
			c.change(&p)
			m, err := queue.NewMMC(p)
			var field *relmark.FieldError
			require.ErrorAs(t, err, &field)
			assert.Equal(t, c.field, field.Field)
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.Equal(t, p.Validate().Error(), err.Error())
			assert.Equal(t, queue.MMC{}, m)
		})
	}
	require.NoError(t, good.Validate())
	err := queue.MMCParams{}.Validate()
	require.EqualError(t, err, "queue: Service = 0: must be 1e-100 to 1e+100; Unit = 0s: must be > 0: the unit of time of the rates")
}

func TestUnits(t *testing.T) {
	t.Parallel()
	m, err := queue.NewMMC(queue.MMCParams{Arrival: 5, Service: 2, Servers: 3, Unit: 30 * time.Minute})
	require.NoError(t, err)
	near.Equal(t, 1.5, m.Units(45*time.Minute), 0, 0)
	near.Equal(t, 0, m.Units(0), 0, 0)
}

// What rounding makes of a load that equals the servers is not stable either, and a
// little less load is: the slack is exact, also where c·μ is no float64.
func TestStabilityIsExact(t *testing.T) {
	t.Parallel()
	third := 1. / 3
	for _, arrival := range []float64{1, math.Nextafter(1, 0), 1 - 0x1p-50} {
		_, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: arrival, Service: third, Servers: 3})
		require.ErrorIs(t, err, relmark.ErrInvalid, "3·fl(1/3) against %v", arrival)
	}
	m, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: 1 - 0x1p-49, Service: third, Servers: 3})
	require.NoError(t, err)
	near.Equal(t, 0x1p-49-0x1p-54, m.WaitRate(), 0, 0) // 3·fl(1/3) = 1 − 2⁻⁵⁴
}

// Nobody arrives, so nobody waits, with servers or without.
func TestQueueWithoutArrivals(t *testing.T) {
	t.Parallel()
	for _, servers := range []int{0, 1, 64, 65, queue.MaxServers} {
		m, err := queue.NewMMC(queue.MMCParams{Service: 12, Servers: servers, Unit: time.Hour})
		require.NoError(t, err)
		assert.Equal(t, servers, m.Params().Servers)
		assert.Equal(t, time.Hour, m.Unit())
		rate := 12 * float64(max(1, servers))
		for name, got := range map[string]struct{ want, value float64 }{
			"Load": {0, m.Load()}, "Utilization": {0, m.Utilization()}, "ProbWait": {0, m.ProbWait()},
			"ProbBlock": {0, m.ProbBlock()}, "MeanWait": {0, m.MeanWait()}, "WaitRate": {rate, m.WaitRate()},
			"MeanWaitIfDelayed": {1 / rate, m.MeanWaitIfDelayed()}, "WaitVariance": {0, m.WaitVariance()},
			"MeanSojourn": {1. / 12, m.MeanSojourn()}, "SojournVariance": {1. / 144, m.SojournVariance()},
			"MeanQueue": {0, m.MeanQueue()}, "MeanSystem": {0, m.MeanSystem()}, "QueueTail": {0, m.QueueTail(0)},
			"ProbCount 0": {1, m.ProbCount(0)}, "ProbCount 1": {0, m.ProbCount(1)}, "ProbCount 99": {0, m.ProbCount(99)},
			"ProbEmpty": {1, m.ProbEmpty()}, "LogProbEmpty": {0, m.LogProbEmpty()},
			"WaitTail": {0, m.WaitTail(0)}, "WaitTail ∞": {0, m.WaitTail(math.Inf(1))}, "WaitWithin": {1, m.WaitWithin(0)},
			"WaitQuantile": {0, m.WaitQuantile(0.999)}, "SojournTail": {math.Exp(-1), m.SojournTail(1. / 12)},
			"SojournQuantile": {math.Ln2 / 12, m.SojournQuantile(0.5)},
		} {
			near.Equal(t, got.want, got.value, 1e-15, 0, "%s of %d servers", name, servers)
		}
	}
}

// measures are all methods of a queue that take no argument or one of its domain.
func measures(m queue.MMC) map[string]float64 {
	return map[string]float64{
		"Load": m.Load(), "Utilization": m.Utilization(), "ProbWait": m.ProbWait(), "ProbBlock": m.ProbBlock(),
		"MeanWait": m.MeanWait(), "MeanWaitIfDelayed": m.MeanWaitIfDelayed(), "WaitRate": m.WaitRate(),
		"WaitVariance": m.WaitVariance(), "MeanSojourn": m.MeanSojourn(), "SojournVariance": m.SojournVariance(),
		"MeanQueue": m.MeanQueue(), "MeanSystem": m.MeanSystem(), "LogProbEmpty": m.LogProbEmpty(),
		"WaitTail": m.WaitTail(1), "WaitWithin": m.WaitWithin(1), "WaitQuantile": m.WaitQuantile(0.5),
		"SojournTail": m.SojournTail(1), "SojournQuantile": m.SojournQuantile(0.5), "QueueTail": m.QueueTail(1),
		"ProbCount": m.ProbCount(1), "ProbEmpty": m.ProbEmpty(), "Units": m.Units(time.Minute),
	}
}

func TestZeroMMCIsNaN(t *testing.T) {
	t.Parallel()
	for name, value := range measures(queue.MMC{}) {
		assert.True(t, math.IsNaN(value), name)
	}
}

func TestOutsideTheDomainIsNaN(t *testing.T) {
	t.Parallel()
	m, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: 5, Service: 2, Servers: 3})
	require.NoError(t, err)
	for _, x := range []float64{-1e-300, -1, math.Inf(-1), math.NaN()} {
		assert.True(t, math.IsNaN(m.WaitTail(x)))
		assert.True(t, math.IsNaN(m.WaitWithin(x)))
		assert.True(t, math.IsNaN(m.SojournTail(x)))
	}
	for _, p := range []float64{-1, 0, 1, 2, math.NaN()} {
		assert.True(t, math.IsNaN(m.WaitQuantile(p)))
		assert.True(t, math.IsNaN(m.SojournQuantile(p)))
	}
	assert.True(t, math.IsNaN(m.QueueTail(-1)))
	assert.True(t, math.IsNaN(m.ProbCount(-1)))
	for name, value := range map[string]float64{
		"negative servers":  queue.ErlangB(-1, 1),
		"negative load":     queue.ErlangB(1, -1),
		"infinite load":     queue.ErlangB(1, math.Inf(1)),
		"NaN load":          queue.LogErlangB(1, math.NaN()),
		"no server":         queue.ErlangC(0, 0),
		"load of servers":   queue.ErlangC(2, 2),
		"load over servers": queue.ErlangC(2, 3),
		"NaN load, delay":   queue.ErlangC(2, math.NaN()),
	} {
		assert.True(t, math.IsNaN(value), name)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	m, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: 5, Service: 2, Servers: 3})
	require.NoError(t, err)
	near.Equal(t, 0, m.WaitTail(math.Inf(1)), 0, 0)
	near.Equal(t, 0, m.SojournTail(math.Inf(1)), 0, 0)
	near.Equal(t, 1, m.WaitWithin(math.Inf(1)), 0, 0)
	near.Equal(t, 1, m.SojournTail(0), 0, 0)
	near.Equal(t, m.ProbWait(), m.WaitTail(0), 0, 0)

	near.Equal(t, 1, queue.ErlangB(0, 0), 0, 0, "no servers")
	near.Equal(t, 0, queue.ErlangB(3, 0), 0, 0, "no load")
	near.Equal(t, 0, queue.ErlangB(300, 0), 0, 0, "no load")
	near.Equal(t, 0, queue.ErlangC(3, 0), 0, 0, "no load")
	near.Equal(t, 1, queue.ErlangB(100_000, math.MaxFloat64), 0, 0, "all load")
	assert.True(t, math.IsInf(queue.LogErlangB(3, 0), -1))
	assert.True(t, math.IsInf(queue.LogErlangB(300, 0), -1))
	near.Equal(t, 300*math.Log(1e-305)-1414.905849, queue.LogErlangB(300, 1e-305), 1e-9, 0, "ln 300! = 1414.9058…")

	// The least and the greatest rates.
	for _, p := range []queue.MMCParams{
		{Unit: time.Hour, Arrival: 5e-324, Service: 1e100, Servers: 1},
		{Unit: time.Hour, Arrival: 5e-324, Service: 1e100, Servers: queue.MaxServers},
		{Unit: time.Hour, Arrival: 1e-100 * (1 - 1e-15), Service: 1e-100, Servers: 1},
		{Unit: time.Hour, Arrival: 1e109 * (1 - 1e-15), Service: 1e100, Servers: queue.MaxServers},
	} {
		m, err := queue.NewMMC(p)
		require.NoError(t, err)
		for name, value := range measures(m) {
			assert.False(t, math.IsNaN(value) || math.IsInf(value, 0), "%s of %+v", name, p)
		}
	}
}

func TestJoinsAllErrors(t *testing.T) {
	t.Parallel()
	_, err := queue.StaffMMC(queue.MMCParams{Unit: time.Hour, Arrival: -1, Service: 1, Servers: -1}, queue.Target{Level: new(1.), Within: new(-time.Second), MeanWait: new(-time.Hour), Occupancy: new(math.NaN())})
	for _, field := range []string{"Arrival", "Servers", "Level", "Within", "MeanWait", "Occupancy"} {
		require.ErrorContains(t, err, field)
	}
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// anyMMC draws a stable queue of up to 5,000 servers.
func anyMMC(t *rapid.T) queue.MMC {
	p := queue.MMCParams{
		Unit:    time.Hour,
		Service: math.Pow(10, rapid.Float64Range(-6, 6).Draw(t, "log service")),
		Servers: int(math.Pow(10, rapid.Float64Range(0, 3.7).Draw(t, "log servers"))),
	}
	slack := math.Pow(10, rapid.Float64Range(-9, 0).Draw(t, "log idle"))
	p.Arrival = float64(p.Servers) * p.Service * max(1-slack, 1e-6)
	m, err := queue.NewMMC(p)
	if err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	return m
}

// Nobody stays for ever.
func TestSojournTailAtInfinity(t *testing.T) {
	t.Parallel()
	for _, arrival := range []float64{0.5, 1, 1.5} {
		m, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: arrival, Service: 1, Servers: 2})
		require.NoError(t, err)
		near.Equal(t, 0, m.SojournTail(math.Inf(1)), 0, 0)
	}
}

// Where C and 1 − p differ in the last digits only, the wait is that difference.
// Values at the float64 inputs, with 60 digits.
func TestWaitQuantileAtTheAtom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		arrival float64
		servers int
		p, want float64
	}{
		{0.2, 1, 0.8, 3.4694469519536145259e-16},
		{0.1, 1, 0.9, 3.0839528461809906659e-16},
		{0.9, 1, 0.1, 3.0839528461809910463e-16},
		{0.5, 1, 0.5, 0},
		{0.5, 2, 0.9, 1.4802973661668755516e-16},
		{140.06041422134268, 153, 0.8, 0.000028169873606684269814},
		{99_100, 100_000, 0.997618, 2.8508320426632487152e-7},
	} {
		m, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: c.arrival, Service: 1, Servers: c.servers})
		require.NoError(t, err)
		near.Equal(t, c.want, m.WaitQuantile(c.p), 1e-15, 0, "λ = %v, c = %d, p = %v", c.arrival, c.servers, c.p)
	}
	assert.True(t, math.IsNaN(queue.MMC{}.WaitQuantile(0.05)))
}

// Below e^−709 the loss probability has no float64, its logarithm has, and the load
// still shows in it. Values with 60 digits.
func TestLogErlangBOfTinyLoads(t *testing.T) {
	t.Parallel()
	near.Equal(t, -855.58036804315954, queue.LogErlangB(39, 4.569735752853492e-9), 1e-15, 0)
	near.Equal(t, -733.66402989083449, queue.LogErlangB(50, 8.2629813811983e-6), 1e-15, 0)
}
