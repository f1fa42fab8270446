package queue_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/waiting/queue"
	"github.com/relmark/relmark/waiting/sim"
)

// The quadrature is the closed form of M/M/c, far into its tail.
func TestSojournTailOfMMC(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]int{1, 2, 5, 40, 300}).Draw(t, "servers")
		rho := rapid.Float64Range(0.05, 0.98).Draw(t, "utilization")
		m, err := queue.NewMMC(queue.MMCParams{Arrival: rho * float64(c) * 3, Service: 3, Servers: c, Unit: time.Hour})
		require.NoError(t, err)
		x := rapid.Float64Range(0, 12).Draw(t, "t")
		require.True(t, near.Within(m.SojournTail(x), queue.SojournTail(m, 3, x), 1e-10, 0), "%v: %v %v", x, m.SojournTail(x), queue.SojournTail(m, 3, x))
	})
}

// The mean sojourn is the area under its tail: limited room, closed circles, those served
// where others give up.
func TestSojournTailsAreTailsOfMeans(t *testing.T) {
	t.Parallel()
	room, err := queue.NewMMCK(queue.MMCKParams{Arrival: 3, Service: 1, Servers: 2, Room: 9, Unit: time.Hour})
	require.NoError(t, err)
	circle, err := queue.NewFinite(queue.FiniteParams{Sources: 12, Arrival: 0.2, Service: 1, Servers: 2, Unit: time.Hour})
	require.NoError(t, err)
	leaving, err := queue.NewErlangA(queue.ErlangAParams{Arrival: 11, Service: 1, Servers: 10, Leaving: 0.7, Unit: time.Hour})
	require.NoError(t, err)
	for name, law := range map[string]queue.Wait{"room": room, "circle": circle, "leaving": leaving.Served()} {
		wait, err := special.NewTails().Area(law.WaitTail, 0)
		require.NoError(t, err)
		near.Equal(t, law.MeanWait(), wait, 1e-9, 0, name)
		near.Equal(t, law.ProbWait(), law.WaitTail(0), 1e-9, 0, name)
		sojourn, err := special.NewTails().Area(func(u float64) float64 { return queue.SojournTail(law, 1, u) }, 0)
		require.NoError(t, err)
		near.Equal(t, law.MeanWait()+1, sojourn, 1e-9, 0, name)
	}
}

// Who is served, whatever the law of patience, is who is served by Erlang's A.
func TestServedGeneral(t *testing.T) {
	t.Parallel()
	a, err := queue.NewErlangA(queue.ErlangAParams{Arrival: 11, Service: 1, Servers: 10, Leaving: 0.7, Unit: time.Hour})
	require.NoError(t, err)
	g, err := queue.NewMMCG(queue.MMCGParams{Arrival: 11, Service: 1, Servers: 10, Patience: decay(0.7), Unit: time.Hour})
	require.NoError(t, err)
	for _, x := range []float64{0, 0.1, 1, 3} {
		near.Equal(t, a.Served().WaitTail(x), g.Served().WaitTail(x), 1e-10, 0)
	}
	near.Equal(t, a.Served().MeanWait(), g.Served().MeanWait(), 1e-9, 0)
	near.Equal(t, a.Served().ProbWait(), g.Served().ProbWait(), 1e-10, 0)
	assert.Equal(t, time.Hour, g.Served().Unit())
	assert.Zero(t, g.Served().WaitTail(math.Inf(1)))
	var zero queue.ServedGeneral
	assert.True(t, math.IsNaN(zero.WaitTail(0)) && math.IsNaN(zero.MeanWait()) && math.IsNaN(zero.ProbWait()))
}

// Closed circles against a simulation of them.
func TestFiniteAgainstSimulation(t *testing.T) {
	t.Parallel()
	m, err := queue.NewFinite(queue.FiniteParams{Sources: 12, Arrival: 0.2, Service: 1, Servers: 2, Unit: time.Hour})
	require.NoError(t, err)
	s, err := sim.Run(context.Background(), sim.Config{
		Unit: time.Hour, Stations: []sim.Station{{Servers: 2}}, Customers: 200_000, WarmUp: 1000, Limits: []float64{0.5, 2, 5},
		Classes: []sim.Class{{Gap: sim.Exponential{Rate: 0.2}, Sources: 12, Service: []sim.Law{sim.Exponential{Rate: 1}}}},
	}, rand.New(rand.NewPCG(8, 9)))
	require.NoError(t, err)
	for i, x := range []float64{0.5, 2, 5} {
		e := s.Station(0).Late(i)
		near.Equal(t, m.WaitTail(x), e.Value, 0, 5*e.SE, x)
	}
	assert.True(t, math.IsNaN(m.WaitTail(-1)) && math.IsNaN(queue.Finite{}.WaitTail(0)))
	all, err := queue.NewFinite(queue.FiniteParams{Sources: 2, Arrival: 0.2, Service: 1, Servers: 2, Unit: time.Hour})
	require.NoError(t, err)
	assert.Zero(t, all.WaitTail(0), "as many servers as sources")
}

func TestApproxWaitTail(t *testing.T) {
	t.Parallel()
	m, err := queue.NewMMC(queue.MMCParams{Arrival: 9, Service: 1, Servers: 10, Unit: time.Hour})
	require.NoError(t, err)
	near.Equal(t, m.WaitTail(0.7), queue.ApproxWaitTail(m.ProbWait(), m.MeanWait(), 0.7), 1e-12, 0)
	assert.Zero(t, queue.ApproxWaitTail(0.5, 0, 1))
	assert.Zero(t, queue.ApproxWaitTail(0, 1, 1))
	for _, bad := range [][3]float64{{2, 1, 1}, {0.5, -1, 1}, {0.5, 1, -1}, {math.NaN(), 1, 1}} {
		assert.True(t, math.IsNaN(queue.ApproxWaitTail(bad[0], bad[1], bad[2])))
	}
	for _, bad := range [][2]float64{{0, 1}, {1, -1}, {math.Inf(1), 1}} {
		assert.True(t, math.IsNaN(queue.SojournTail(m, bad[0], bad[1])))
	}
	assert.Zero(t, queue.SojournTail(m, 1, math.Inf(1)))
}
