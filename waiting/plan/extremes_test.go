package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/plan"
)

func desk() plan.Problem {
	return plan.Problem{
		Arrival: 40, Service: 15, Unit: time.Hour, ServersMax: 20, ServerCost: 100,
		Experience: waiting.ExperienceParams{Multiplier: 1, Exponent: 1, Expected: 5, Gain: 1, Loss: 2},
		Target:     plan.Target{MeanWait: new(waiting.Minutes(2))},
	}
}

// What all servers cost fits whole numbers of 64 bits: a sum that wrapped around would be
// the cheapest of all.
func TestCostsOfAllServersFit(t *testing.T) {
	t.Parallel()
	p := desk()
	require.NoError(t, p.Validate())
	p.ServersMin, p.ServersMax, p.ServerCost = 999_999_990, 1_000_000_000, 1e12
	require.ErrorIs(t, p.Validate(), relmark.ErrInvalid)
}

// Measures that exclude each other are not bounded by what they would do together.
func TestBoundsOfMeasuresThatExcludeEachOther(t *testing.T) {
	t.Parallel()
	p := desk()
	p.Leaving = new(1.0)
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		p.Measures = append(p.Measures, plan.Measure{Name: name, Cost: 50, Leaving: 5, Group: "one"})
	}
	m, err := plan.Cheapest(p)
	require.NoError(t, err)
	require.LessOrEqual(t, float64(m.Perception.MeanWait), 2.0)
}
