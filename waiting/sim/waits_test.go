package sim_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/waiting/sim"
)

// eighths draws times that are exact in float64, with many ties.
func eighths(t *rapid.T, name string, most int) float64 {
	return float64(rapid.IntRange(0, 8*most).Draw(t, name)) / 8
}

func drawn(t *rapid.T) (customers []sim.Customer, servers int) {
	now := -2.0
	customers = make([]sim.Customer, rapid.IntRange(0, 60).Draw(t, "n"))
	for i := range customers {
		now += eighths(t, "gap", 1)
		customers[i] = sim.Customer{Arrival: now, Service: eighths(t, "service", 4), Class: rapid.IntRange(0, 2).Draw(t, "class")}
		if rapid.Bool().Draw(t, "impatient") {
			customers[i].Patience = new(eighths(t, "patience", 3))
		}
	}
	return customers, rapid.IntRange(1, 20).Draw(t, "servers")
}

// naive serves one customer after the other from a list of servers.
func naive(arrival, service []float64, servers int) (waits []float64) {
	free := make([]float64, servers)
	for i := range free {
		free[i] = math.Inf(-1)
	}
	for i, at := range arrival {
		slices.Sort(free)
		start := max(at, free[0])
		waits = append(waits, start-at)
		free[0] = start + service[i]
	}
	return waits
}

// One recursion, an event engine and a sorted list tell the same.
func TestThreeWaysToWait(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		customers, servers := drawn(t)
		var arrival, service []float64
		for i := range customers {
			customers[i].Patience = nil
			arrival, service = append(arrival, customers[i].Arrival), append(service, customers[i].Service)
		}
		waits, err := sim.Waits(nil, arrival, service, servers)
		require.NoError(t, err)
		require.Equal(t, naive(arrival, service, servers), waits)
		passages, err := sim.Station{Servers: servers}.Follow(customers)
		require.NoError(t, err)
		for i, p := range passages {
			require.Equal(t, sim.Passage{Outcome: sim.Served, Wait: waits[i], Departs: arrival[i] + waits[i] + service[i]}, p)
		}
	})
}

// Whatever the station: nobody is lost, nobody waits longer than the patience, no
// more are served at once than there are servers, and nobody stands in line while a
// server is free.
func TestFollowKeepsTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		customers, servers := drawn(t)
		s := sim.Station{Servers: servers, Discipline: rapid.SampledFrom([]sim.Discipline{sim.FirstCome, sim.LastCome, sim.Priority}).Draw(t, "discipline")}
		if rapid.Bool().Draw(t, "limited") {
			s.Capacity = new(servers + rapid.IntRange(0, 4).Draw(t, "room"))
		}
		passages, err := s.Follow(customers)
		require.NoError(t, err)
		require.Len(t, passages, len(customers))
		type span struct{ from, to float64 }
		var inService, inLine []span
		for i, p := range passages {
			c := customers[i]
			switch p.Outcome {
			case sim.Served:
				require.True(t, c.Arrival+p.Wait+c.Service == p.Departs) //nolint:testifylint // exact
				require.True(t, c.Patience == nil || p.Wait <= *c.Patience)
				inService = append(inService, span{c.Arrival + p.Wait, p.Departs})
			case sim.Abandoned:
				require.True(t, *c.Patience == p.Wait)         //nolint:testifylint // exact
				require.True(t, c.Arrival+p.Wait == p.Departs) //nolint:testifylint // exact
			default:
				require.Equal(t, sim.Passage{Outcome: sim.Blocked, Departs: c.Arrival}, p)
				require.NotNil(t, s.Capacity)
			}
			inLine = append(inLine, span{c.Arrival, c.Arrival + p.Wait})
		}
		covering := func(spans []span, at float64) (n int) {
			for _, s := range spans {
				if s.from <= at && at < s.to {
					n++
				}
			}
			return n
		}
		for i := range customers {
			at := customers[i].Arrival + 1.0/16 // between events
			require.LessOrEqual(t, covering(inService, at), servers)
			if covering(inLine, at) > 0 {
				require.Equal(t, servers, covering(inService, at))
			}
		}
	})
}

// Another server never lengthens a wait where nobody leaves.
func TestMoreServersWaitLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		customers, servers := drawn(t)
		var arrival, service []float64
		for _, c := range customers {
			arrival, service = append(arrival, c.Arrival), append(service, c.Service)
		}
		few, err := sim.Waits(nil, arrival, service, servers)
		require.NoError(t, err)
		more, err := sim.Waits(nil, arrival, service, servers+1)
		require.NoError(t, err)
		for i := range few {
			require.LessOrEqual(t, more[i], few[i])
		}
	})
}

func TestWaitsRefuse(t *testing.T) {
	t.Parallel()
	dst := []float64{7}
	for rule, c := range map[string]struct {
		arrival, service []float64
		servers          int
	}{
		"service = 1: must have as many": {[]float64{0, 1}, []float64{1}, 1},
		"servers = 0":                    {nil, nil, 0},
		"servers = 1000001":              {nil, nil, 1_000_001},
		"[1].arrival = 0: must be":       {[]float64{1, 0}, []float64{1, 1}, 1},
		"[0].arrival = NaN":              {[]float64{math.NaN()}, []float64{1}, 1},
		"[0].arrival = +Inf":             {[]float64{math.Inf(1)}, []float64{1}, 40},
		"[0].service = -1: must be":      {[]float64{0}, []float64{-1}, 1},
		"[0].service = +Inf":             {[]float64{0}, []float64{math.Inf(1)}, 1},
	} {
		got, err := sim.Waits(dst, c.arrival, c.service, c.servers)
		require.ErrorIs(t, err, relmark.ErrInvalid, rule)
		require.ErrorContains(t, err, "sim: "+rule)
		assert.Equal(t, dst, got)
	}
	var zero sim.FIFO
	_, err := zero.Serve(0, 0)
	require.ErrorContains(t, err, "must come from NewFIFO")
}

func TestFIFODoesNotAllocate(t *testing.T) {
	for _, servers := range []int{1, 16, 17, 500} {
		line, err := sim.NewFIFO(servers)
		require.NoError(t, err)
		now := 0.0
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			now++
			_, _ = line.Serve(now, 1)
		}))
	}
}

func TestFollowRefuses(t *testing.T) {
	t.Parallel()
	s := sim.Station{Servers: 1}
	for rule, customers := range map[string][]sim.Customer{
		"[1].Arrival = 0":   {{Arrival: 1}, {}},
		"[0].Arrival = NaN": {{Arrival: math.NaN()}},
		"[0].Service = -1":  {{Service: -1}},
		"[0].Patience = -1": {{Patience: new(-1.0)}},
		"[0].Class = 1000":  {{Class: 1000}},
	} {
		_, err := s.Follow(customers)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, rule)
	}
	for rule, s := range map[string]sim.Station{
		"sim: Servers = 0": {},
		"Join":             {Servers: 1, Join: []float64{1}},
		"Route":            {Servers: 1, Route: []float64{1}},
		"Discipline":       {Servers: 1, Discipline: "x"},
		"Capacity = 0":     {Servers: 1, Capacity: new(0)},
	} {
		_, err := s.Follow(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid, rule)
		require.ErrorContains(t, err, rule)
	}
	passages, err := s.Follow(nil)
	require.NoError(t, err)
	assert.Empty(t, passages)
}

func FuzzFollow(f *testing.F) {
	f.Add(0.0, 1.0, 0.5, 2.0, 1, "priority", 2)
	f.Fuzz(func(t *testing.T, gap, service, patience, later float64, servers int, discipline string, room int) {
		s := sim.Station{Servers: servers % 100, Discipline: sim.Discipline(discipline), Capacity: &room}
		customers := []sim.Customer{{Arrival: gap, Service: service}, {Arrival: gap, Service: later, Patience: &patience}, {Arrival: gap + later, Service: service, Class: room}}
		passages, err := s.Follow(customers)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		for i, p := range passages {
			require.True(t, p.Wait >= 0 && p.Departs >= customers[i].Arrival, "%+v", p)
		}
	})
}

func FuzzFIFO(f *testing.F) {
	f.Add(2, 0.0, 1.0, 3.0)
	f.Fuzz(func(t *testing.T, servers int, first, gap, service float64) {
		line, err := sim.NewFIFO(servers % 2000)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		for i := range 5 {
			wait, err := line.Serve(first+float64(i)*gap, service)
			require.True(t, err == nil && wait >= 0 || err != nil && wait == 0, wait)
		}
	})
}
