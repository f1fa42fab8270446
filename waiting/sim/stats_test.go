package sim_test

import (
	"encoding/hex"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/sim"
)

// busy is a run in which everything happens, of two classes at two stations.
func busy(t testing.TB, seed uint64, customers int) *sim.Stats {
	t.Helper()
	c := mmc(3, 3, customers)
	c.Stations = append(c.Stations, sim.Station{Servers: 1, Capacity: new(4), Discipline: sim.Priority})
	c.Stations[0].Route, c.Stations[0].Join = []float64{0.1, 0.3}, []float64{1, 0.5}
	service := []sim.Law{sim.Erlang{Stages: 2, Rate: 2}, sim.Exponential{Rate: 1}}
	c.Classes[0].Service = service
	c.Classes[0].Patience = sim.Uniform{From: 0.1, To: 3}
	c.Classes = append(c.Classes, sim.Class{Gap: sim.Exponential{Rate: 0.2}, Service: service, Start: 1, Sizes: sim.EqualSizes{N: 2}})
	c.Limits = []float64{0, 0.5, 2}
	return run(t, c, seed)
}

func encoded(t require.TestingT, s *sim.Stats) []byte {
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	return data
}

func decoded(t require.TestingT, data []byte) *sim.Stats {
	var s sim.Stats
	require.NoError(t, s.UnmarshalBinary(data))
	return &s
}

// Counts of runs add up exactly in any order, times within rounding.
func TestStatsMerge(t *testing.T) {
	t.Parallel()
	a, b, c := busy(t, 1, 500), busy(t, 2, 700), busy(t, 3, 90)
	before := encoded(t, b)
	left, right := &sim.Stats{}, &sim.Stats{}
	for _, s := range []*sim.Stats{a, b, c} {
		require.NoError(t, left.Merge(s))
	}
	for _, s := range []*sim.Stats{c, a, {}, b, nil} {
		require.NoError(t, right.Merge(s))
	}
	assert.Equal(t, before, encoded(t, b))
	for station := range 2 {
		for class := range 2 {
			x, y := left.Class(station, class), right.Class(station, class)
			assert.Equal(t, a.Class(station, class).Offered()+b.Class(station, class).Offered()+c.Class(station, class).Offered(), x.Offered())
			assert.Equal(t, [...]int64{x.Offered(), x.Served(), x.Abandoned(), x.Blocked(), x.Balked()}, [...]int64{y.Offered(), y.Served(), y.Abandoned(), y.Blocked(), y.Balked()})
			if x.Offered() == 0 {
				continue
			}
			near.Equal(t, x.MeanWait().Value, y.MeanWait().Value, 1e-12, 0)
			near.Equal(t, x.MeanWait().SE, y.MeanWait().SE, 1e-9, 0)
			for i := range 3 {
				near.Equal(t, x.Late(i).Value, y.Late(i).Value, 0, 0)
			}
			for _, q := range []float64{0.1, 0.5, 0.9} {
				near.Equal(t, x.WaitQuantile(q), y.WaitQuantile(q), 0, 0)
			}
		}
		near.Equal(t, left.MeanSystem(station), right.MeanSystem(station), 1e-12, 0)
		near.Equal(t, left.Utilization(station), right.Utilization(station), 1e-12, 0)
	}
	near.Equal(t, left.MeanVisit().Value, right.MeanVisit().Value, 1e-12, 0)
	near.Equal(t, a.Time()+b.Time()+c.Time(), left.Time(), 1e-12, 0)
	assert.Equal(t, int64(90), left.MeanVisit().Batches)
	require.ErrorIs(t, left.Merge(run(t, mmc(1, 2, 10), 1)), relmark.ErrInvalid)
	assert.Equal(t, encoded(t, left), encoded(t, decoded(t, encoded(t, left))))
}

// The parts of a station's customers add up to all of them.
func TestClassesAddUp(t *testing.T) {
	t.Parallel()
	s := busy(t, 4, 20_000)
	for station := range 2 {
		all, first, second := s.Station(station), s.Class(station, 0), s.Class(station, 1)
		assert.Equal(t, all.Offered(), first.Offered()+second.Offered())
		assert.Equal(t, all.Served(), first.Served()+second.Served())
		assert.Equal(t, all.Blocked(), first.Blocked()+second.Blocked())
		w := all.MeanWait()
		near.Equal(t, w.Value*w.Weight, first.MeanWait().Value*first.MeanWait().Weight+second.MeanWait().Value*second.MeanWait().Weight, 1e-9, 0)
		ended := all.Served() + all.Abandoned() + all.Blocked() + all.Balked()
		assert.Less(t, max(all.Offered()-ended, ended-all.Offered()), int64(60), "some were there before and after")
		near.Equal(t, all.Late(0).Value, all.ProbWait(), 0, 0, "a limit of 0 counts who waits at all")
		for i, limit := range []float64{0, 0.5, 2} {
			near.Equal(t, all.Late(i).Value, all.WaitTail(limit), 0.02, 1e-3)
			assert.LessOrEqual(t, all.ServedWithin(i).Value, 1-all.Late(i).Value)
		}
	}
	assert.Positive(t, s.Station(0).ShareBalked().Value)
	assert.Positive(t, s.Station(1).ShareBlocked().Value)
	assert.Less(t, s.Station(0).MeanWaitServed().Value, s.Station(0).MeanWait().Value*3)
}

// Tails never rise and quantiles invert them, whatever was seen.
func TestTailsAndQuantiles(t *testing.T) {
	t.Parallel()
	s := busy(t, 5, 3000)
	w := s.Station(0)
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Float64Range(0, 5).Draw(t, "x"), rapid.Float64Range(0, 5).Draw(t, "y")
		x, y = min(x, y), max(x, y)
		require.GreaterOrEqual(t, w.WaitTail(x), w.WaitTail(y))
		require.LessOrEqual(t, w.WaitTail(x), w.ProbWait())
		p := rapid.Float64Range(0.001, 0.999).Draw(t, "p")
		q := w.WaitQuantile(p)
		require.LessOrEqual(t, w.WaitTail(q), 1-p+1e-9)
		if q > 0 {
			require.True(t, near.Within(1-p, w.WaitTail(q), 0, 1e-9))
		}
	})
	assert.True(t, math.IsNaN(w.WaitTail(-1)) && math.IsNaN(w.WaitQuantile(1)) && math.IsNaN(w.WaitTail(math.NaN())))
	assert.Zero(t, w.WaitTail(1e9))
}

func TestStatsGolden(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/stats.v1.hex")
	require.NoError(t, err)
	data, err := hex.DecodeString(strings.TrimSpace(string(file)))
	require.NoError(t, err)
	s := decoded(t, data)
	assert.Equal(t, data, encoded(t, s))
	assert.Equal(t, [...]int64{35, 24, 1}, [...]int64{s.Station(0).Offered(), s.Station(0).Served(), s.Station(0).Abandoned()})
	near.Equal(t, 0.2443849888934176, s.Station(0).MeanWait().Value, 1e-12, 0)
}

func TestStatsRefuse(t *testing.T) {
	t.Parallel()
	good := encoded(t, busy(t, 1, 30))
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 0x40
		require.Error(t, new(sim.Stats).UnmarshalBinary(bad), i)
		require.Error(t, new(sim.Stats).UnmarshalBinary(good[:i]), i)
	}
	require.ErrorIs(t, new(sim.Stats).UnmarshalBinary([]byte{40, 2}), relmark.ErrUnsupported)
	assert.Equal(t, &sim.Stats{}, decoded(t, encoded(t, &sim.Stats{})))
}

func FuzzStatsUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, busy(f, 1, 30)))
	f.Add(encoded(f, &sim.Stats{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var s sim.Stats
		if s.UnmarshalBinary(data) != nil {
			require.Equal(t, sim.Stats{}, s)
			return
		}
		require.Equal(t, data, encoded(t, &s))
		w := s.Station(0)
		if x := w.WaitTail(1); !math.IsNaN(x) {
			require.True(t, x >= 0 && x <= 1, x)
			require.False(t, math.IsNaN(w.WaitQuantile(0.5)))
		}
		if low, high, err := w.MeanWait().Interval(0.95); err == nil {
			require.LessOrEqual(t, low, high)
		}
		require.NoError(t, s.Merge(decoded(t, data)))
	})
}

// squaredError is that of the mean without so many batches of five.
func squaredError(values []float64, without int) float64 {
	var means []float64
	sum := 0.0
	for i := without; i < len(values)/5; i++ {
		means = append(means, (values[5*i]+values[5*i+1]+values[5*i+2]+values[5*i+3]+values[5*i+4])/5)
		sum += means[len(means)-1]
	}
	k, squares := float64(len(means)), 0.0
	for _, m := range means {
		squares += (m - sum/k) * (m - sum/k)
	}
	return squares / (k * k)
}

// MSER-5 against its definition, and on a series that begins high.
func TestWarmUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 100), 25, 200).Draw(t, "values")
		n, best := len(values)/5, math.Inf(1)
		for d := range n - 4 {
			best = min(best, squaredError(values, d))
		}
		discard, ok := sim.WarmUp(values)
		require.Zero(t, discard%5)
		require.Equal(t, discard/5 <= n/2, ok)
		require.LessOrEqual(t, squaredError(values, discard/5), best*(1+1e-9)+1e-15)
	})
	from := rand.New(rand.NewPCG(1, 1))
	series := make([]float64, 1000)
	for i := range series {
		series[i] = from.NormFloat64()
		if i < 100 {
			series[i] += 10
		}
	}
	discard, ok := sim.WarmUp(series)
	assert.Equal(t, 100, discard)
	assert.True(t, ok)
	_, ok = sim.WarmUp(series[:9])
	assert.False(t, ok)
	_, ok = sim.WarmUp(series[:130])
	assert.False(t, ok)
}
