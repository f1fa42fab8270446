package sim_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/sim"
)

// Means and variances of a million draws, within five standard errors of the theory.
func TestLaws(t *testing.T) {
	t.Parallel()
	balanced, err := sim.Balanced(3, 4)
	require.NoError(t, err)
	weibull := func(k float64) float64 { return 2 * math.Gamma(1+k/0.7) * math.Pow(2, k-1) } // E[T^k] of scale 2
	for name, c := range map[string]struct {
		law            sim.Law
		mean, variance float64
	}{
		"exponential":      {sim.Exponential{Rate: 0.5}, 2, 4},
		"constant":         {sim.Constant{Value: 3}, 3, 0},
		"erlang":           {sim.Erlang{Stages: 4, Rate: 2}, 2, 1},
		"hyperexponential": {balanced, 3, 4 * 9},
		"uniform":          {sim.Uniform{From: 1, To: 4}, 2.5, 0.75},
		"lognormal":        {sim.Lognormal{Location: 0.3, Spread: 0.5}, math.Exp(0.425), math.Exp(0.85) * math.Expm1(0.25)},
		"weibull":          {sim.Weibull{Shape: 0.7, Scale: 2}, weibull(1), weibull(2) - weibull(1)*weibull(1)},
		"observed":         {sim.Observed{Times: []float64{1, 2, 6}}, 3, 14.0 / 3},
	} {
		const n = 1_000_000
		from, sum, squares := source(3), 0.0, 0.0
		for range n {
			x := c.law.Draw(from)
			require.GreaterOrEqual(t, x, 0.0, name)
			sum += x
			squares += (x - c.mean) * (x - c.mean)
		}
		near.Equal(t, c.mean, sum/n, 1e-12, 5*math.Sqrt(c.variance/n), name)
		near.Equal(t, c.variance, squares/n, 0.03, 1e-12, name)
		data, err := json.Marshal(c.law)
		require.NoError(t, err)
		assert.NotEqual(t, "{}", string(data), name)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	from, sum, ones := source(5), 0, 0
	const n = 1_000_000
	for range n {
		k := sim.GeometricSizes{Mean: 2.5}.Size(from)
		sum += k
		if k == 1 {
			ones++
		}
	}
	near.Equal(t, 2.5, float64(sum)/n, 0.01, 0)
	near.Equal(t, 1/2.5, float64(ones)/n, 0.01, 0)
	assert.Equal(t, 1, sim.GeometricSizes{Mean: 1}.Size(from))
	assert.Equal(t, 7, sim.EqualSizes{N: 7}.Size(from))
}

func TestLawsRefuse(t *testing.T) {
	t.Parallel()
	for rule, law := range map[string]interface{ Validate() error }{
		"Rate = 0":      sim.Exponential{},
		"Value = -1":    sim.Constant{Value: -1},
		"Stages = 1001": sim.Erlang{Stages: 1001, Rate: 1},
		"Rate = NaN":    sim.Erlang{Stages: 1, Rate: math.NaN()},
		"Share = 2":     sim.Hyperexponential{Share: 2, First: 1, Second: 1},
		"First = 0":     sim.Hyperexponential{Second: 1},
		"Second = 0":    sim.Hyperexponential{First: 1},
		"From = -1":     sim.Uniform{From: -1},
		"To = 1":        sim.Uniform{From: 2, To: 1},
		"Location":      sim.Lognormal{Location: 300},
		"Spread = -1":   sim.Lognormal{Spread: -1},
		"Shape = 0":     sim.Weibull{Scale: 1},
		"Scale = 0":     sim.Weibull{Shape: 1},
		"Times = 0":     sim.Observed{},
		"Times[1] = -2": sim.Observed{Times: []float64{1, -2}},
		"Mean = 0":      sim.GeometricSizes{},
		"N = 0":         sim.EqualSizes{},
	} {
		require.ErrorIs(t, law.Validate(), relmark.ErrInvalid, rule)
		require.ErrorContains(t, law.Validate(), rule)
	}
	_, err := sim.Balanced(1, 0.9)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = sim.Balanced(0, 2)
	require.ErrorContains(t, err, "mean = 0")
}
