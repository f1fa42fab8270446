package queue_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/queue"
)

// A search for a root ends, also where what it looks for is beyond the range of float64.
func TestSearchesEnd(t *testing.T) {
	t.Parallel()
	assert.Greater(t, queue.HalfinWhittBeta(1e-310), 37.0)
	m, err := queue.NewMD1(queue.MD1Params{Arrival: 1e-310, Service: 1, Unit: time.Hour})
	require.NoError(t, err)
	near.Equal(t, 1e-310, m.WaitTail(0), 0, 1e-307)
	assert.Zero(t, m.WaitTail(1))
	assert.False(t, math.IsNaN(queue.Garnett(0, 1e-300, 1e300)))
}

// The tail of M/D/1 in heavy traffic falls as in the limit, 1/(2(1 − ρ)) services for a
// factor e, however far out; and ends at 0.
func TestMD1InHeavyTraffic(t *testing.T) {
	t.Parallel()
	for _, idle := range []float64{1e-6, 1e-9, 1e-12} {
		m, err := queue.NewMD1(queue.MD1Params{Arrival: 1 - idle, Service: 1, Unit: time.Hour})
		require.NoError(t, err)
		idle = math.FMA(-(1 - idle), 1, 1)
		for _, x := range []float64{0.5, 3, 40} {
			near.Equal(t, math.Exp(-x), m.WaitTail(x/2/idle), 100*idle*(1+x)+1e-9, 0)
		}
		assert.Zero(t, m.WaitTail(1e17/3))
		assert.Zero(t, m.WaitTail(math.Inf(1)))
	}
}

// Those ahead are added up at once, whoever many they are: as one by one.
func TestWaitAheadAtOnce(t *testing.T) {
	t.Parallel()
	for _, ahead := range []int{0, 31, 32, 33, 34, 100, 5000} {
		for _, leaving := range []float64{0, 1e-12, 1e-3, 1, 50, 1e9} {
			mean, variance := 0.0, 0.0
			for i := ahead; i >= 0; i-- {
				gap := 1 / (7 + float64(float64(i)*leaving))
				mean, variance = mean+gap, variance+float64(gap*gap)
			}
			gotMean, gotVariance := queue.WaitAhead(ahead, 7, leaving)
			near.Equal(t, mean, gotMean, 1e-13, 0)
			near.Equal(t, variance, gotVariance, 1e-13, 0)
		}
	}
	mean, _ := queue.WaitAhead(math.MaxInt, 1, 1)
	assert.Greater(t, mean, 20.0)
}

// A day far beyond what servers can do carries on what they cannot, and serves the rest.
func TestCarryOverFarBeyond(t *testing.T) {
	t.Parallel()
	day := queue.DayParams{Arrivals: []float64{1e-300, 1e11, 0}, Interval: 1, Service: 1, Unit: time.Hour}
	got, err := queue.CarryOver(day, []int{1, 1, 3})
	require.NoError(t, err)
	near.Equal(t, 1, got[1].Served, 1e-10, 0)
	near.Equal(t, 3, got[2].Served, 1e-9, 0)
	day.Arrivals[1] = 1e20
	_, err = queue.CarryOver(day, []int{1, 1, 3})
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// Room far beyond the servers: below the load the tail is that of M/M/c, however small, and
// an overload that empties the place with no probability says so by its logarithm.
func TestMMCKFarOut(t *testing.T) {
	t.Parallel()
	room, err := queue.NewMMCK(queue.MMCKParams{Arrival: 0.5, Service: 1, Servers: 1, Room: 100_001, Unit: time.Hour})
	require.NoError(t, err)
	free, err := queue.NewMMC(queue.MMCParams{Arrival: 0.5, Service: 1, Servers: 1, Unit: time.Hour})
	require.NoError(t, err)
	for _, x := range []float64{1, 100, 1000, 1300} {
		near.Equal(t, free.WaitTail(x), room.WaitTail(x), 1e-11, 0)
	}
	assert.Zero(t, room.WaitTail(math.Inf(1)))
	full, err := queue.NewMMCK(queue.MMCKParams{Arrival: 1.5e6, Service: 1, Servers: 1e6, Room: 1e6, Unit: time.Hour})
	require.NoError(t, err)
	factorial, _ := math.Lgamma(1e6 + 1)
	near.Equal(t, factorial-1e6*math.Log(1.5e6)+math.Log(full.ProbBlock()), full.LogProbEmpty(), 1e-9, 0)
	assert.Zero(t, full.ProbEmpty())
	rare, err := queue.NewMMCK(queue.MMCKParams{Arrival: 1e-9, Service: 1, Servers: 100, Room: 100, Unit: time.Hour})
	require.NoError(t, err)
	near.Equal(t, 1e-9, rare.Throughput(), 1e-13, 0)
}

// Targets that no number of servers in range meets say so; a negative one is refused.
func TestStaffErlangAOutOfReach(t *testing.T) {
	t.Parallel()
	p := queue.ErlangAParams{Arrival: 1e12, Service: 1, Leaving: 1e-3, Unit: time.Hour}
	_, err := queue.StaffErlangA(p, queue.PatienceTarget{Abandon: new(1e-6)})
	require.ErrorIs(t, err, relmark.ErrLimit)
	p.Servers = -1
	_, err = queue.StaffErlangA(p, queue.PatienceTarget{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// In front of far more load than servers a fraction of a server takes no step for each of
// them: it is what the recursion from server to server gives.
func TestErlangBRealFarBeyond(t *testing.T) {
	t.Parallel()
	for _, load := range []float64{1000, 1500, 1e5, 1e12} {
		b := queue.ErlangBReal(50.5, load)
		for c := 51.5; c <= 499.5; c++ {
			b = load * b / (c + load*b)
		}
		near.Equal(t, b, queue.ErlangBReal(499.5, load), 1e-12, 0)
	}
	near.Equal(t, 1-0.05, queue.ErlangBReal(5e8+0.5, 1e10), 1e-8, 0)
}

// No other number of bookings costs less, and few places take no longer than many.
func TestOverbookCostsLeast(t *testing.T) {
	t.Parallel()
	for _, p := range []queue.OverbookParams{
		{Places: 40, ShowUp: 0.8, EmptyFee: 100, WalkFee: 250},
		{Places: 7, ShowUp: 0.12, EmptyFee: 100, WalkFee: 1},
		{Places: 3, ShowUp: 1, EmptyFee: 1e12, WalkFee: 1},
	} {
		best, err := queue.Overbook(p)
		require.NoError(t, err)
		for limit := p.Places; limit <= 10*p.Places; limit++ {
			other, err := p.With(limit)
			require.NoError(t, err)
			require.LessOrEqual(t, best.Cost, other.Cost*(1+1e-9), "%d of %d", limit, p.Places)
		}
	}
	_, err := queue.Overbook(queue.OverbookParams{Places: 1e6, ShowUp: 0.1, EmptyFee: 1e12, WalkFee: 1})
	require.NoError(t, err)
}

// A service of constant time follows the wait, and after appointments both together are
// exponential.
func TestSojournTails(t *testing.T) {
	t.Parallel()
	d, err := queue.NewMD1(queue.MD1Params{Arrival: 0.7, Service: 1, Unit: time.Hour})
	require.NoError(t, err)
	near.Equal(t, d.WaitTail(1.5), d.SojournTail(2.5), 1e-15, 0)
	assert.Equal(t, []float64{1, 0}, []float64{d.SojournTail(0.999), d.SojournTail(math.Inf(1))})
	g, err := queue.NewGM1(queue.GM1Params{Arrival: 0.7, Service: 1, Regular: true, Unit: time.Hour})
	require.NoError(t, err)
	near.Equal(t, math.Exp(-2/g.MeanSojourn()), g.SojournTail(2), 1e-14, 0)
	for _, tail := range []func(float64) float64{d.SojournTail, g.SojournTail, queue.MD1{}.SojournTail} {
		assert.True(t, math.IsNaN(tail(-1)))
	}
	assert.True(t, math.IsNaN(queue.MD1{}.SojournTail(0)) && math.IsNaN(queue.GM1{}.SojournTail(0)))
}

// Whether customers can leave does not depend on the unit that they are counted in.
func TestNetworkInEveryUnit(t *testing.T) {
	t.Parallel()
	for _, scale := range []float64{1e-90, 1, 1e90} {
		route := []float64{0.1, 0.3, 0.6 / 7}
		p := queue.NetworkParams{Unit: time.Hour, Stations: []queue.Station{
			{External: 0.5 * scale, Service: scale, Servers: 9, Route: route},
			{Service: scale, Servers: 9, Route: route},
			{Service: scale, Servers: 9, Route: route},
			{Service: scale, Servers: 9},
		}}
		for i := range p.Stations[:3] {
			p.Stations[i].Route = append(append([]float64(nil), route...), 0)
		}
		m, err := queue.NewNetwork(p)
		require.NoError(t, err, scale)
		assert.Zero(t, m.Station(3).Utilization())
	}
}

// A probability that is hardly more than 0 keeps its digits.
func TestProbWalkOfFew(t *testing.T) {
	t.Parallel()
	b, err := queue.OverbookParams{Places: 10, ShowUp: 0.001, WalkFee: 1}.With(11)
	require.NoError(t, err)
	near.Equal(t, 1e-33, b.ProbWalk, 1e-11, 0)
}

// Few are served at once where far more come than can be served: a sum over what comes
// before has an end.
func TestServedWithinFarBeyondTheLoad(t *testing.T) {
	t.Parallel()
	m, err := queue.NewErlangA(queue.ErlangAParams{Arrival: 2e9, Service: 1, Servers: 2, Leaving: 2e-4, Unit: time.Hour})
	require.NoError(t, err)
	for _, x := range []float64{0, 0.3, 1e3, 1e5} {
		within := m.ServedWithin(x)
		require.True(t, within >= 0 && within <= m.ProbServed()*(1+1e-9), "%v: %v", x, within)
	}
}

// What Validate accepts can be made, however near to a full house.
func TestGGCNearAFullHouse(t *testing.T) {
	t.Parallel()
	for _, servers := range []int{1, 3, 7, 1000} {
		for k := range 64 {
			p := queue.GGCParams{Arrival: float64(servers) / 0.7 * (1 - float64(k)*0x1p-53), MeanService: 0.7, Servers: servers, GapCV2: 1, ServiceCV2: 1, Unit: time.Hour}
			m, err := queue.NewGGC(p)
			require.Equal(t, p.Validate() == nil, err == nil, "%d: %v", k, err)
			if err == nil {
				require.False(t, math.IsNaN(m.MeanWait(queue.Whitt)+m.WaitTail(1)+m.ProbWait()))
			}
		}
	}
}

// A network is what it was made of, whatever becomes of that.
func TestNetworkKeepsNoSlice(t *testing.T) {
	t.Parallel()
	p := queue.NetworkParams{Unit: time.Hour, Stations: []queue.Station{
		{External: 3, Service: 2, Servers: 3, Route: []float64{0, 1}},
		{Service: 4, Servers: 2},
	}}
	m, err := queue.NewNetwork(p)
	require.NoError(t, err)
	want := []float64{m.MeanVisit(), m.ServerValue(0), m.ServerValue(1)}
	p.Stations[0].External, p.Stations[0].Route[1] = 9, 0.1
	m.Params().Stations[0].Route[1] = 0.5
	assert.Equal(t, want, []float64{m.MeanVisit(), m.ServerValue(0), m.ServerValue(1)})
	assert.Equal(t, []float64{0, 1}, m.Params().Stations[0].Route)
}
