package queue_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/waiting/queue"
)

func erlangA(t *rapid.T) queue.ErlangAParams {
	servers := rapid.IntRange(1, 120).Draw(t, "servers")
	return queue.ErlangAParams{
		Arrival: float64(servers) * rapid.Float64Range(0.05, 3).Draw(t, "load"),
		Service: 1, Servers: servers,
		Leaving: math.Exp(rapid.Float64Range(-5, 5).Draw(t, "log leaving")),
		Unit:    time.Minute,
	}
}

// Whatever the load: shares are shares, laws fall, flows balance, and more servers or
// more patience never make it worse.
func TestErlangAKeepsTheLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := erlangA(t)
		m, err := queue.NewErlangA(p)
		require.NoError(t, err)
		for _, x := range []float64{m.ProbWait(), m.ProbAbandon(), m.ProbServed(), m.ProbAbandonIfDelayed(), m.Utilization()} {
			require.True(t, x >= 0 && x <= 1+1e-12, x)
		}
		require.True(t, near.Within(1, m.ProbAbandon()+m.ProbServed(), 1e-12, 0))
		require.True(t, near.Within(m.ProbWait(), m.WaitTail(0), 1e-11, 0))
		require.True(t, near.Within(1-m.ProbWait(), m.ServedWithin(0), 1e-9, 1e-12))
		x := rapid.Float64Range(0, 3).Draw(t, "t")
		tail, offered, served := m.WaitTail(x), m.OfferedTail(x), m.ServedWithin(x)
		require.True(t, tail <= offered*(1+1e-12) && offered <= m.ProbWait()*(1+1e-11) && served <= m.ProbServed()*(1+1e-11))
		require.LessOrEqual(t, m.WaitTail(x+0.1), tail*(1+1e-12))
		require.GreaterOrEqual(t, m.ServedWithin(x+0.1), served*(1-1e-12))
		p.Servers++
		more, err := queue.NewErlangA(p)
		require.NoError(t, err)
		require.LessOrEqual(t, more.ProbAbandon(), m.ProbAbandon()*(1+1e-12))
		require.LessOrEqual(t, more.MeanWait(), m.MeanWait()*(1+1e-12))
		require.GreaterOrEqual(t, more.ServedWithin(x), served*(1-1e-12))
	})
}

// The chain of the number there, added up term by term.
func TestErlangAAgainstItsChain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := erlangA(t)
		m, err := queue.NewErlangA(p)
		require.NoError(t, err)
		total, wait, line, w := 0.0, 0.0, 0.0, 1.0
		for n := 0; n < p.Servers+60 || w > 1e-20*wait || float64(n-p.Servers)*w > 1e-20*line; n++ {
			total += w
			if n >= p.Servers {
				wait += w
				line += float64(n-p.Servers) * w
			}
			if w > 1e200 {
				total, wait, line, w = total/w, wait/w, line/w, 1
			}
			w *= p.Arrival / (float64(min(n+1, p.Servers))*p.Service + float64(max(0, n+1-p.Servers))*p.Leaving)
		}
		require.True(t, near.Within(wait/total, m.ProbWait(), 1e-10, 0))
		require.True(t, near.Within(line/total, m.MeanQueue(), 1e-10, 1e-300))
	})
}

// The mean wait is the area under its tail, of all and of those who are served.
func TestErlangAMeansAreAreas(t *testing.T) {
	t.Parallel()
	for _, leaving := range []float64{0.1, 1, 7} {
		for _, arrival := range []float64{3, 9, 10, 25} {
			m, err := queue.NewErlangA(queue.ErlangAParams{Arrival: arrival, Service: 1, Servers: 10, Leaving: leaving, Unit: time.Minute})
			require.NoError(t, err)
			area, err := special.NewTails().Area(m.WaitTail, 0)
			require.NoError(t, err)
			near.Equal(t, area, m.MeanWait(), 1e-10, 0)
			served := m.Served()
			gaveUp := m.MeanWait() - served.MeanWait()*m.ProbServed() // of all customers
			assert.Positive(t, gaveUp)
			assert.Equal(t, time.Minute, served.Unit())
			near.Equal(t, 1-m.ServedWithin(0)/m.ProbServed(), served.ProbWait(), 1e-9, 0)
			x := m.WaitQuantile(0.95)
			near.Equal(t, math.Min(0.05, m.ProbWait()), m.WaitTail(x), 1e-9, 0)
		}
	}
}

// One queue told in two ways is one queue.
func TestModelsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.IntRange(1, 40).Draw(t, "servers")
		rho := rapid.Float64Range(0.05, 0.95).Draw(t, "utilization")
		plain, err := queue.NewMMC(queue.MMCParams{Arrival: rho * float64(c), Service: 1, Servers: c, Unit: time.Hour})
		require.NoError(t, err)
		wide, err := queue.NewMMCK(queue.MMCKParams{Arrival: rho * float64(c), Service: 1, Servers: c, Room: c + 2000, Unit: time.Hour})
		require.NoError(t, err)
		require.True(t, near.Within(plain.MeanWait(), wide.MeanWait(), 1e-11, 1e-30))
		require.True(t, near.Within(plain.ProbEmpty(), wide.ProbEmpty(), 1e-11, 0))
		x := rapid.Float64Range(0, 5).Draw(t, "t")
		require.True(t, near.Within(plain.WaitTail(x), wide.WaitTail(x), 1e-9, 1e-30))
		loss, err := queue.NewMMCK(queue.MMCKParams{Arrival: rho * float64(c), Service: 1, Servers: c, Room: c, Unit: time.Hour})
		require.NoError(t, err)
		require.True(t, near.Within(queue.ErlangB(c, rho*float64(c)), loss.ProbBlock(), 1e-11, 0))
		require.Zero(t, loss.MeanWait())
		require.Zero(t, loss.WaitTail(0))
		require.True(t, near.Within(queue.ErlangB(c, rho*float64(c)), queue.ErlangBReal(float64(c), rho*float64(c)), 1e-13, 0))
		single, err := queue.NewMMC(queue.MMCParams{Arrival: rho, Service: 1, Servers: 1, Unit: time.Hour})
		require.NoError(t, err)
		random, err := queue.NewGM1(queue.GM1Params{Arrival: rho, Service: 1, Stages: 1, Unit: time.Hour})
		require.NoError(t, err)
		require.True(t, near.Within(single.WaitTail(x), random.WaitTail(x), 1e-11, 0))
		general, err := queue.NewMG1(queue.MG1Params{Arrival: rho, MeanService: 1, CV2: 1, Unit: time.Hour}.Single())
		require.NoError(t, err)
		require.True(t, near.Within(single.MeanWait(), general.MeanWait(), 1e-12, 0))
	})
}

// Any patience that is exponential is Erlang's A; all who wait for the same time are a
// line with an end.
func TestAnyPatience(t *testing.T) {
	t.Parallel()
	for _, p := range []queue.ErlangAParams{
		{Arrival: 8, Service: 1, Servers: 10, Leaving: 0.5, Unit: time.Minute},
		{Arrival: 30, Service: 1, Servers: 20, Leaving: 0.05, Unit: time.Minute},
		{Arrival: 300, Service: 2, Servers: 100, Leaving: 4, Unit: time.Minute},
	} {
		m, err := queue.NewErlangA(p)
		require.NoError(t, err)
		g, err := queue.NewMMCG(queue.MMCGParams{Arrival: p.Arrival, Service: p.Service, Servers: p.Servers, Patience: decay(p.Leaving), Unit: p.Unit})
		require.NoError(t, err)
		for name, pair := range map[string][2]float64{
			"wait":        {m.ProbWait(), g.ProbWait()},
			"abandon":     {m.ProbAbandon(), g.ProbAbandon()},
			"served":      {m.ProbServed(), g.ProbServed()},
			"mean":        {m.MeanWait(), g.MeanWait()},
			"system":      {m.MeanSystem(), g.MeanSystem()},
			"utilization": {m.Utilization(), g.Utilization()},
			"tail":        {m.WaitTail(0.3), g.WaitTail(0.3)},
			"offered":     {m.OfferedTail(0.3), g.OfferedTail(0.3)},
			"within":      {m.ServedWithin(0.3), g.ServedWithin(0.3)},
			"quantile":    {m.WaitQuantile(0.9), g.WaitQuantile(0.9)},
			"load":        {m.Load(), g.Load()},
		} {
			near.Equal(t, pair[0], pair[1], 1e-10, 0, name)
		}
	}
	p := queue.MMCGParams{Arrival: 2, Service: 1, Servers: 1, Patience: queue.EndlessPatience{}, Unit: time.Minute}
	_, err := queue.NewMMCG(p)
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	p.Patience = decay(-1)
	_, err = queue.NewMMCG(p)
	require.ErrorContains(t, err, "Patience.Survival")
	p.Patience = nil
	_, err = queue.NewMMCG(p)
	require.ErrorContains(t, err, "Patience: must not be nil")
	p.Patience = queue.FixedPatience{Time: 1}
	m, err := queue.NewMMCG(p)
	require.NoError(t, err)
	assert.Zero(t, m.WaitTail(1))
	assert.Positive(t, m.WaitTail(0.999))
}

// decay is exponential patience.
type decay float64

func (d decay) Survival(t float64) float64 { return math.Exp(-float64(d) * t) }

// The wait of M/D/1: its mean is the area under the tail.
func TestMD1MeansAreAreas(t *testing.T) {
	t.Parallel()
	for _, rho := range []float64{1e-6, 0.1, 0.5, 0.9, 0.999} {
		m, err := queue.NewMD1(queue.MD1Params{Arrival: rho / 3, Service: 3, Unit: time.Minute})
		require.NoError(t, err)
		area, err := special.NewTails().Area(m.WaitTail, 0)
		require.NoError(t, err)
		near.Equal(t, m.MeanWait(), area, 1e-9, 0, rho)
		near.Equal(t, rho, m.WaitTail(0), 1e-13, 0)
		if q := m.WaitQuantile(1 - rho/2); rho > 0.01 {
			near.Equal(t, rho/2, m.WaitTail(q), 1e-9, 0)
		}
	}
	closed, err := queue.NewMD1(queue.MD1Params{Service: 1, Unit: time.Minute})
	require.NoError(t, err)
	assert.Zero(t, closed.WaitTail(0))
	assert.Zero(t, closed.MeanWait())
}

// Rules of thumb of people who plan: 10 Erlangs at 2 % are 17 lines, busy 58 % of their
// time.
func TestLines(t *testing.T) {
	t.Parallel()
	lines, err := queue.LinesFor(10, 0.02)
	require.NoError(t, err)
	assert.Equal(t, 17, lines)
	near.Equal(t, 0.58, 10*(1-queue.ErlangB(17, 10))/17, 0.01, 0)
	// A. K. Erlang's table: so many lines carry so much at 1 %.
	for c, want := range map[int]float64{10: 4.461, 50: 37.90, 100: 84.06} {
		load, err := queue.LoadFor(c, 0.01)
		require.NoError(t, err)
		near.Equal(t, want, load, 2e-4, 0)
		near.Equal(t, 0.01, queue.ErlangB(c, load), 1e-12, 0)
		lines, err := queue.LinesFor(load, 0.01)
		require.NoError(t, err)
		assert.Equal(t, c, lines)
	}
	none, err := queue.LinesFor(0, 0.5)
	require.NoError(t, err)
	assert.Zero(t, none)
}

// Erlang A against the table of Garnett, Mandelbaum and Reiman (2002): 48 calls a minute,
// 50 agents, a minute of service, patience of two minutes.
func TestErlangAOfTheTable(t *testing.T) {
	t.Parallel()
	m, err := queue.NewErlangA(queue.ErlangAParams{Arrival: 48, Service: 1, Servers: 50, Leaving: 0.5, Unit: time.Minute})
	require.NoError(t, err)
	near.Equal(t, 0.031, m.ProbAbandon(), 0.02, 0)
	near.Equal(t, 3.7, 60*m.MeanWait(), 0.01, 0)
	near.Equal(t, 12.4, 60*m.WaitQuantile(0.9), 0.01, 0)
	near.Equal(t, 0.93, m.Utilization(), 0.01, 0)
}

// The least number of servers keeps the promise, and one fewer does not.
func TestStaffErlangAIsLeast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := erlangA(t)
		p.Servers = 0
		target := queue.PatienceTarget{Abandon: new(rapid.Float64Range(0.001, 0.3).Draw(t, "abandon"))}
		if rapid.Bool().Draw(t, "level") {
			target.Level, target.Within = new(rapid.Float64Range(0.3, 0.99).Draw(t, "share")), new(20*time.Second)
		}
		m, err := queue.StaffErlangA(p, target)
		require.NoError(t, err)
		ok := func(m queue.ErlangA) bool {
			const slight = 1e-13 // a tie is met
			return m.ProbAbandon() <= *target.Abandon*(1+slight) && (target.Level == nil || m.ServedWithin(1.0/3) >= *target.Level*(1-slight))
		}
		require.True(t, ok(m))
		if p = m.Params(); p.Servers > 1 {
			p.Servers--
			less, err := queue.NewErlangA(p)
			require.NoError(t, err)
			require.False(t, ok(less))
		}
	})
}

// A day that does not change comes to rest where the formulas say.
func TestTransientComesToRest(t *testing.T) {
	t.Parallel()
	p := queue.DayParams{Arrivals: []float64{9, 9, 9}, Interval: 100, Service: 1, Unit: time.Minute}
	moments, err := queue.Transient(p, []int{10, 10, 10}, 40, 0)
	require.NoError(t, err)
	rest, err := queue.NewMMCK(queue.MMCKParams{Arrival: 9, Service: 1, Servers: 10, Room: 40, Unit: time.Minute})
	require.NoError(t, err)
	last := moments[2]
	near.Equal(t, rest.MeanSystem(), last.MeanSystem, 1e-10, 0)
	near.Equal(t, rest.MeanQueue(), last.MeanQueue, 1e-10, 0)
	near.Equal(t, rest.ProbBlock(), last.ProbBlock, 1e-9, 0)
	near.Equal(t, rest.ProbEmpty(), last.ProbEmpty, 1e-10, 0)
}

// Overbooking against all limits, each from the binomial law term by term.
func TestOverbookIsLeast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := queue.OverbookParams{
			Places: rapid.IntRange(1, 6).Draw(t, "places"), ShowUp: rapid.Float64Range(0.3, 1).Draw(t, "show up"),
			EmptyFee: rapid.Float64Range(0, 100).Draw(t, "empty"), WalkFee: rapid.Float64Range(1, 300).Draw(t, "walk"),
		}
		best, err := queue.Overbook(p)
		require.NoError(t, err)
		least := math.Inf(1)
		for limit := range 10*p.Places + 1 {
			walked, empty := 0.0, 0.0
			for n := range limit + 1 {
				all, _ := math.Lgamma(float64(limit + 1))
				here, _ := math.Lgamma(float64(n + 1))
				away, _ := math.Lgamma(float64(limit - n + 1))
				log := all - here - away + float64(n)*math.Log(p.ShowUp)
				if limit > n {
					log += float64(limit-n) * math.Log1p(-p.ShowUp)
				}
				prob := math.Exp(log)
				walked += prob * float64(max(0, n-p.Places))
				empty += prob * float64(max(0, p.Places-n))
			}
			cost := p.EmptyFee*empty + p.WalkFee*walked
			least = min(least, cost)
			b, err := p.With(limit)
			require.NoError(t, err)
			require.True(t, near.Within(walked, b.Walked, 1e-8, 1e-8) && near.Within(empty, b.Empty, 1e-8, 1e-8), "%v: %v %v", b, walked, empty)
			require.True(t, near.Within(cost, b.Cost, 1e-8, 1e-5))
		}
		require.True(t, near.Within(least, best.Cost, 1e-8, 1e-5), "%v %v", least, best)
	})
}

func TestUseCapacity(t *testing.T) {
	t.Parallel()
	uses, err := queue.UseCapacity([]float64{80, 120, 0}, []float64{100, 100, 50}, 3, 1)
	require.NoError(t, err)
	assert.Equal(t, []queue.CapacityUse{{80, 0, 20, 20}, {100, 20, 0, 60}, {0, 0, 50, 50}}, uses)
	for rule, f := range map[string]func() error{
		"capacity = 1":    func() error { _, err := queue.UseCapacity([]float64{1, 2}, []float64{1}, 1, 1); return err },
		"perIdle = -1":    func() error { _, err := queue.UseCapacity(nil, nil, 1, -1); return err },
		"demand[0] = NaN": func() error { _, err := queue.UseCapacity([]float64{math.NaN()}, []float64{1}, 1, 1); return err },
		"Places = 0":      func() error { _, err := queue.Overbook(queue.OverbookParams{ShowUp: 1, WalkFee: 1}); return err },
		"ShowUp = 0":      func() error { _, err := queue.OverbookParams{Places: 1, WalkFee: 1}.With(1); return err },
		"limit = 11":      func() error { _, err := queue.OverbookParams{Places: 1, ShowUp: 1, WalkFee: 1}.With(11); return err },
		"blocking = 1":    func() error { _, err := queue.LinesFor(1, 1); return err },
		"servers = 0":     func() error { _, err := queue.LoadFor(0, 0.1); return err },
		"shrinkage = 1": func() error {
			_, err := queue.StaffFraction(queue.MMCParams{Arrival: 1, Service: 1, Unit: 1}, 0.8, 0, 1)
			return err
		},
		"level = 0": func() error {
			_, err := queue.StaffFraction(queue.MMCParams{Arrival: 1, Service: 1, Unit: 1}, 0, 0, 0)
			return err
		},
		"view = other": func() error {
			_, err := queue.DayParams{Arrivals: []float64{1}, Interval: 1, Service: 1, Unit: 1}.Rates("other")
			return err
		},
		"Interval = 0": func() error { return queue.DayParams{Arrivals: []float64{1}, Service: 1, Unit: 1}.Validate() },
		"Arrivals = 0": func() error { return queue.DayParams{Interval: 1, Service: 1, Unit: 1}.Validate() },
		"Arrivals[0] = -1": func() error {
			return queue.DayParams{Arrivals: []float64{-1}, Interval: 1, Service: 1, Unit: 1}.Validate()
		},
		"start = -1": func() error {
			_, _, err := queue.DayParams{Arrivals: []float64{1}, Interval: 1, Service: 1, Unit: 1}.OfferedLoad(-1)
			return err
		},
		"servers[0] = 0": func() error {
			_, err := queue.CarryOver(queue.DayParams{Arrivals: []float64{1}, Interval: 1, Service: 1, Unit: 1}, []int{0})
			return err
		},
		"servers = 0: must be as many": func() error {
			_, err := queue.Transient(queue.DayParams{Arrivals: []float64{1}, Interval: 1, Service: 1, Unit: 1}, nil, 3, 0)
			return err
		},
		"start = 4": func() error {
			_, err := queue.Transient(queue.DayParams{Arrivals: []float64{1}, Interval: 1, Service: 1, Unit: 1}, []int{1}, 3, 4)
			return err
		},
		"classes = 0":      func() error { _, err := queue.PriorityMG1(nil, queue.NonPreemptive); return err },
		"how = x":          func() error { _, err := queue.PriorityMG1([]queue.Class{{MeanService: 1}}, "x"); return err },
		"less work":        func() error { _, err := queue.PriorityMG1([]queue.Class{{Arrival: 1, MeanService: 1}}, ""); return err },
		"classes[0].CV2":   func() error { _, err := queue.PriorityMG1([]queue.Class{{MeanService: 1, CV2: -1}}, ""); return err },
		"arrivals = 0":     func() error { _, err := queue.PriorityMMC(nil, 1, 1, 1); return err },
		"arrivals[1] = -1": func() error { _, err := queue.PriorityMMC([]float64{1, -1}, 1, 1, 1); return err },
		"Servers = 1":      func() error { _, err := queue.PriorityMMC([]float64{1, 1}, 1, 1, 1); return err },
		"Abandon = 0": func() error {
			_, err := queue.StaffErlangA(queue.ErlangAParams{}, queue.PatienceTarget{Abandon: new(0.0)})
			return err
		},
		"Abandon = 1":   func() error { return queue.PatienceTarget{Abandon: new(1.0)}.Validate() },
		"Occupancy = 2": func() error { return queue.PatienceTarget{Target: queue.Target{Occupancy: new(2.0)}}.Validate() },
		"Leaving = 0": func() error {
			_, err := queue.StaffErlangA(queue.ErlangAParams{Arrival: 1, Service: 1, Unit: 1}, queue.PatienceTarget{})
			return err
		},
		"Room = 1":    func() error { return queue.MMCKParams{Arrival: 1, Service: 1, Servers: 2, Room: 1, Unit: 1}.Validate() },
		"Sources = 0": func() error { return queue.FiniteParams{Arrival: 1, Service: 1, Servers: 2, Unit: 1}.Validate() },
		"SquareBatch = 1": func() error {
			return queue.MG1Params{Arrival: 1, MeanService: 0.1, MeanBatch: 2, SquareBatch: 1, Unit: 1}.Validate()
		},
		"Arrival = 1: must be less": func() error { return queue.MD1Params{Arrival: 1, Service: 1, Unit: 1}.Validate() },
		"Stages = 0":                func() error { return queue.GM1Params{Arrival: 1, Service: 2, Unit: 1}.Validate() },
		"Stages = 2: must be 0": func() error {
			return queue.GM1Params{Arrival: 1, Service: 2, Regular: true, Stages: 2, Unit: 1}.Validate()
		},
		"Service = 1: must be more": func() error { return queue.GM1Params{Arrival: 1, Service: 1, Stages: 2, Unit: 1}.Validate() },
		"GapCV2 = -1": func() error {
			return queue.GGCParams{Arrival: 1, MeanService: 1, Servers: 2, GapCV2: -1, Unit: 1}.Validate()
		},
		"Servers = 1: must exceed": func() error { return queue.GGCParams{Arrival: 1, MeanService: 1, Servers: 1, Unit: 1}.Validate() },
		"Stations = 0":             func() error { return queue.NetworkParams{Unit: 1}.Validate() },
		"Stations[0].Route = 1.5": func() error {
			return queue.NetworkParams{Unit: 1, Stations: []queue.Station{{Service: 1, Servers: 1, Route: []float64{1.5}}}}.Validate()
		},
		"Stations: must let": func() error {
			_, err := queue.NewNetwork(queue.NetworkParams{Unit: 1, Stations: []queue.Station{{External: 1, Service: 1, Servers: 1, Route: []float64{1}}}})
			return err
		},
		"Stations[1].Servers = 1: must exceed the load": func() error {
			_, err := queue.NewNetwork(queue.NetworkParams{Unit: 1, Stations: []queue.Station{{External: 1, Service: 2, Servers: 1, Route: []float64{0, 1}}, {External: 1, Service: 1, Servers: 1}}})
			return err
		},
	} {
		err := f()
		require.ErrorIs(t, err, relmark.ErrInvalid, rule)
		require.ErrorContains(t, err, rule)
		require.ErrorContains(t, err, "queue: ")
	}
}

// What is not solved says NaN; what nobody comes to says 0 or NaN, as documented.
func TestUnsolvedModels(t *testing.T) {
	t.Parallel()
	nan := func(xs ...float64) {
		t.Helper()
		for i, x := range xs {
			assert.True(t, math.IsNaN(x), "%d: %v", i, x)
		}
	}
	var a queue.ErlangA
	nan(a.ProbWait(), a.ProbAbandon(), a.MeanWait(), a.WaitTail(1), a.ServedWithin(1), a.WaitQuantile(0.5), a.Units(time.Hour), a.Served().WaitTail(0), a.Served().MeanWait())
	var k queue.MMCK
	nan(k.ProbBlock(), k.MeanWait(), k.WaitTail(-1))
	var f queue.Finite
	nan(f.ProbWait(), f.MeanSystem(), f.MeanWait(), f.MeanSojourn(), f.ProbEmpty(), f.Utilization())
	var g queue.MG1
	nan(g.MeanWait(), g.MeanSojourn(), g.MeanSystem(), g.Utilization())
	var d queue.MD1
	nan(d.MeanWait(), d.WaitTail(0), d.WaitQuantile(0.5), d.ProbWait())
	var r queue.GM1
	nan(r.ProbWait(), r.MeanWait(), r.MeanSojourn(), r.WaitTail(0), r.WaitQuantile(0.5))
	var c queue.GGC
	nan(c.MeanWait(queue.Whitt), c.WaitTail(0), c.ProbWait())
	var m queue.MMCG
	nan(m.ProbWait(), m.MeanWait(), m.WaitTail(0), m.OfferedTail(0), m.ServedWithin(0), m.WaitQuantile(0.5), m.ProbServed())
	var n queue.Network
	station, growth := n.Bottleneck()
	assert.Equal(t, -1, station)
	assert.Equal(t, -1, n.BestServer())
	nan(growth, n.MeanVisit())
	assert.Zero(t, n.ServerValue(3))
	assert.Equal(t, queue.MMC{}, n.Station(0))
	nan(queue.HalfinWhitt(-1), queue.HalfinWhittBeta(1), queue.Garnett(math.NaN(), 1, 1), queue.ErlangBReal(-1, 1), queue.OfferedLoadSine(1, 1, 1, 0, 1))
	mean, variance := queue.WaitAhead(-1, 1, 1)
	nan(mean, variance)
	quiet, err := queue.NewErlangA(queue.ErlangAParams{Service: 1, Servers: 2, Leaving: 1, Unit: time.Hour})
	require.NoError(t, err)
	assert.Zero(t, quiet.ProbWait()+quiet.ProbAbandon()+quiet.MeanWait()+quiet.Utilization()+quiet.WaitTail(0))
	near.Equal(t, 1, quiet.ServedWithin(0), 0, 0)
	nan(quiet.ProbAbandonIfDelayed())
}

// Every model comes back as it was, and not as another.
func TestModelsComeBackEqual(t *testing.T) {
	t.Parallel()
	texts := map[string]string{}
	check := func(name string, p any, back any, err error) {
		t.Helper()
		require.NoError(t, err, name)
		text, err := json.Marshal(p)
		require.NoError(t, err, name)
		require.NoError(t, json.Unmarshal(text, back), name)
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.JSONEq(t, string(text), string(again))
		texts[name] = string(text)
	}
	a, err := queue.NewErlangA(queue.ErlangAParams{Arrival: 1, Service: 1, Servers: 2, Leaving: 1, Unit: time.Hour})
	check("erlang_a", a, &queue.ErlangA{}, err)
	k, err := queue.NewMMCK(queue.MMCKParams{Arrival: 1, Service: 1, Servers: 2, Room: 3, Unit: time.Hour})
	check("mmck", k, &queue.MMCK{}, err)
	f, err := queue.NewFinite(queue.FiniteParams{Sources: 4, Arrival: 1, Service: 1, Servers: 2, Unit: time.Hour})
	check("finite", f, &queue.Finite{}, err)
	g, err := queue.NewMG1(queue.MG1Params{Arrival: 0.5, MeanService: 1, CV2: 2, Unit: time.Hour}.Single())
	check("mg1", g, &queue.MG1{}, err)
	d, err := queue.NewMD1(queue.MD1Params{Arrival: 0.5, Service: 1, Unit: time.Hour})
	check("md1", d, &queue.MD1{}, err)
	r, err := queue.NewGM1(queue.GM1Params{Arrival: 0.5, Service: 1, Stages: 3, Unit: time.Hour})
	check("gm1", r, &queue.GM1{}, err)
	c, err := queue.NewGGC(queue.GGCParams{Arrival: 0.5, MeanService: 1, Servers: 2, GapCV2: 1, ServiceCV2: 2, Unit: time.Hour})
	check("ggc", c, &queue.GGC{}, err)
	assert.JSONEq(t, `{"v":1,"model":"erlang_a","arrival":1,"service":1,"servers":2,"leaving":1,"unit":"1h0m0s"}`, texts["erlang_a"])
	for name, text := range texts {
		if name != "md1" {
			require.ErrorIs(t, json.Unmarshal([]byte(text), &queue.MD1{}), relmark.ErrInvalid, name)
		} else {
			require.ErrorIs(t, json.Unmarshal([]byte(text), &queue.MG1{}), relmark.ErrInvalid, name)
		}
	}
	for _, zero := range []any{queue.ErlangA{}, queue.MMCK{}, queue.Finite{}, queue.MG1{}, queue.MD1{}, queue.GM1{}, queue.GGC{}} {
		_, err := json.Marshal(zero)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

func FuzzUnmarshalModels(f *testing.F) {
	f.Add([]byte(`{"v":1,"model":"erlang_a","arrival":1,"service":1,"servers":2,"leaving":1,"unit":"1h0m0s"}`))
	f.Add([]byte(`{"v":1,"model":"mmck","arrival":1,"service":1,"servers":2,"room":3,"unit":"1h0m0s"}`))
	f.Add([]byte(`{"v":1,"model":"gm1","arrival":0.5,"service":1,"regular":true,"stages":0,"unit":"1h0m0s"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var a queue.ErlangAParams
		if a.UnmarshalJSON(data) == nil && a.Leaving > 1e-4*float64(a.Servers)*a.Service {
			m, err := queue.NewErlangA(a)
			require.NoError(t, err)
			for _, x := range []float64{m.ProbWait(), m.ProbAbandon(), m.ProbServed(), m.WaitTail(1 / a.Leaving), m.ServedWithin(1 / a.Leaving)} {
				require.True(t, x >= 0 && x <= 1+1e-9, "%v: %v", a, x)
			}
		}
		var k queue.MMCK
		if k.UnmarshalJSON(data) == nil {
			for _, x := range []float64{k.ProbBlock(), k.Utilization(), k.ProbEmpty()} {
				require.True(t, x >= 0 && x <= 1+1e-9, "%v: %v", k.Params(), x)
			}
		}
		var g queue.GM1
		if g.UnmarshalJSON(data) == nil {
			require.True(t, g.ProbWait() >= 0 && g.ProbWait() <= 1 && g.MeanWait() >= 0)
		}
	})
}

// A solved model says what it was made of, and arguments outside of a domain are NaN.
func TestModelsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	type known interface {
		Unit() time.Duration
		WaitTail(t float64) float64
	}
	a, err := queue.NewErlangA(queue.ErlangAParams{Arrival: 1, Service: 1, Servers: 2, Leaving: 1, Unit: time.Hour})
	require.NoError(t, err)
	k, err := queue.NewMMCK(queue.MMCKParams{Arrival: 1, Service: 1, Servers: 2, Room: 3, Unit: time.Hour})
	require.NoError(t, err)
	f, err := queue.NewFinite(queue.FiniteParams{Sources: 4, Arrival: 1, Service: 1, Servers: 2, Unit: time.Hour})
	require.NoError(t, err)
	d, err := queue.NewMD1(queue.MD1Params{Arrival: 0.5, Service: 1, Unit: time.Hour})
	require.NoError(t, err)
	r, err := queue.NewGM1(queue.GM1Params{Arrival: 0.5, Service: 1, Regular: true, Unit: time.Hour})
	require.NoError(t, err)
	c, err := queue.NewGGC(queue.GGCParams{Arrival: 0.5, MeanService: 1, Servers: 1, Unit: time.Hour}) // nothing varies
	require.NoError(t, err)
	g, err := queue.NewMMCG(queue.MMCGParams{Arrival: 1, Service: 1, Servers: 2, Patience: decay(1), Unit: time.Hour})
	require.NoError(t, err)
	for _, m := range []known{a, a.Served(), k, f, d, r, c, g, g.Served()} {
		assert.Equal(t, time.Hour, m.Unit(), "%T", m)
		assert.True(t, math.IsNaN(m.WaitTail(-1)) && math.IsNaN(m.WaitTail(math.NaN())), "%T", m)
	}
	assert.Equal(t, 4, f.Params().Sources)
	assert.True(t, r.Params().Regular)
	assert.Equal(t, 1, c.Params().Servers)
	assert.Equal(t, 2, g.Params().Servers)
	assert.Equal(t, 3, k.Params().Room)
	for _, x := range []float64{a.WaitQuantile(0), d.WaitQuantile(1), r.WaitQuantile(2), g.WaitQuantile(0), a.OfferedTail(-1), a.ServedWithin(-1), g.OfferedTail(-1), g.ServedWithin(-1), c.MeanWait("guess")} {
		assert.True(t, math.IsNaN(x))
	}

	// Who comes and is served by the clock never waits.
	for _, by := range []queue.Approximation{queue.AllenCunneen, queue.Kingman, queue.KingmanBound, queue.KraemerLB, queue.Sakasegawa, queue.Whitt} {
		assert.Zero(t, c.MeanWait(by), "%s", by)
	}
	assert.Zero(t, c.ProbWait())
	assert.Zero(t, c.WaitTail(0))
	several, err := queue.NewGGC(queue.GGCParams{Arrival: 4, MeanService: 1, Servers: 5, GapCV2: 0.5, ServiceCV2: 2, Unit: time.Hour})
	require.NoError(t, err)
	low, high := several.Band()
	assert.True(t, 0 < low && low <= several.MeanWait(queue.Whitt) && several.MeanWait(queue.Whitt) <= high)
	_, err = queue.Engset(queue.FiniteParams{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = queue.StaffDay(queue.DayParams{Arrivals: []float64{1}, Interval: 1, Service: 1, Unit: time.Hour}, queue.Target{Level: new(2.0), Within: new(time.Second)}, queue.Pointwise)
	require.ErrorContains(t, err, "Level")
}
