package sim_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/sim"
)

func house(class sim.Class, stations ...sim.Station) sim.Config {
	for range stations {
		class.Service = append(class.Service, sim.Exponential{Rate: 1})
	}
	return sim.Config{Unit: time.Minute, Customers: 2000, Stations: stations, Classes: []sim.Class{class}}
}

// Rounds of a schedule that are far shorter than a gap, down to some that vanish beside
// the clock, cost nothing and keep the pace on average.
func TestPaceInShortRounds(t *testing.T) {
	t.Parallel()
	for _, cycle := range []float64{1e-3, 1e-9, 1e-40, 1e-100} {
		pace := &sim.Schedule{Steps: []sim.Step{{Value: 1}, {From: cycle / 4, Value: 3}}, Cycle: cycle}
		c := house(sim.Class{Gap: sim.Constant{Value: 5}, Pace: pace}, sim.Station{Servers: 3})
		s, err := sim.Run(context.Background(), c, rand.New(rand.NewPCG(1, 2)))
		require.NoError(t, err)
		near.Equal(t, 0.5, float64(s.Station(0).Offered())/s.Time(), 0.01, 0)
	}
}

// Duties that change more often than anything could need are refused, on a path too.
func TestDutiesThatNeverEnd(t *testing.T) {
	t.Parallel()
	duty := &sim.Schedule{Steps: []sim.Step{{Value: 1}, {From: 1e-60, Value: 2}}, Cycle: 1e-59}
	_, err := sim.Run(context.Background(), house(sim.Class{Gap: sim.Constant{Value: 1}}, sim.Station{Shifts: duty}), rand.New(rand.NewPCG(1, 2)))
	require.ErrorIs(t, err, relmark.ErrLimit)
	_, err = sim.Station{Shifts: duty}.Follow([]sim.Customer{{Arrival: 1, Service: 1}})
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// Whatever a law of this package draws is a time, at the ends of its range too.
func TestLawsDrawTimes(t *testing.T) {
	t.Parallel()
	for _, law := range []sim.Law{
		sim.Exponential{Rate: 1e-100},
		sim.Exponential{Rate: 1e100},
		sim.Erlang{Stages: 1000, Rate: 1e-100},
		sim.Hyperexponential{Share: 0.5, First: 1e-100, Second: 1e100},
		sim.Weibull{Shape: 0.05, Scale: 1e100},
		sim.Lognormal{Location: 200, Spread: 10},
		sim.Uniform{To: 1e100},
		sim.Constant{Value: 1e100},
		sim.Constant{},
	} {
		class := sim.Class{Gap: law, Patience: sim.Constant{}}
		s, err := sim.Run(context.Background(), house(class, sim.Station{Servers: 1, Capacity: new(1)}), rand.New(rand.NewPCG(1, 2)))
		require.NoError(t, err, "%T", law)
		assert.GreaterOrEqual(t, s.Station(0).Offered(), int64(2000), "%T", law)
	}
}

// Sources take memory: there is a limit for all classes together.
func TestSourcesOfAllClasses(t *testing.T) {
	t.Parallel()
	c := house(sim.Class{Gap: sim.Exponential{Rate: 1}, Sources: 1_000_000}, sim.Station{Servers: 1})
	require.NoError(t, c.Validate())
	c.Classes = append(c.Classes, c.Classes[0])
	require.ErrorIs(t, c.Validate(), relmark.ErrInvalid)
}
