package evaluation_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
)

func TestCalibrateRefuses(t *testing.T) {
	t.Parallel()
	for _, bins := range []int{0, -1, evaluation.MaxBins + 1} {
		_, err := evaluation.Calibrate(stream(evaluation.Forecast{P: 0.5}), bins)
		require.Equal(t, []string{"Bins"}, fields(err))
	}
	for _, p := range []float64{0, 1, -1, math.NaN()} {
		_, err := evaluation.Calibrate(stream(evaluation.Forecast{P: 0.5}, evaluation.Forecast{P: p}), 2)
		require.Equal(t, []string{"P"}, fields(err))
		require.ErrorContains(t, err, "forecast 1")
	}
	_, err := evaluation.Calibrate(stream[evaluation.Forecast](), 2)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	lost := errors.New("lost")
	_, err = evaluation.Calibrate(func(yield func(evaluation.Forecast, error) bool) { yield(evaluation.Forecast{}, lost) }, 2)
	require.ErrorIs(t, err, lost)
}

// Each j/k begins its bin, whatever p·k rounds to, and what is just below does not.
func TestBinsBeginWhereTheySay(t *testing.T) {
	t.Parallel()
	for k := 2; k <= 200; k++ {
		for j := 1; j < k; j++ {
			edge := float64(j) / float64(k)
			c, err := evaluation.Calibrate(stream(evaluation.Forecast{P: edge}, evaluation.Forecast{P: math.Nextafter(edge, 0)}), k)
			require.NoError(t, err)
			require.Equal(t, []int{j - 1, j}, []int{c.Bins[0].Bin, c.Bins[1].Bin}, "%d of %d", j, k)
		}
	}
	c, err := evaluation.Calibrate(stream(evaluation.Forecast{P: math.Nextafter(1, 0)}), 3)
	require.NoError(t, err)
	require.Equal(t, 2, c.Bins[0].Bin)
}

// Where some probability divides yes from no, a slope has no maximum; in the large there is
// one.
func TestSlopeOfSeparatedOutcomes(t *testing.T) {
	t.Parallel()
	for _, list := range [][]evaluation.Forecast{
		{{0.2, false}, {0.3, false}, {0.4, true}},
		{{0.2, true}, {0.3, false}, {0.4, false}},
		{{0.2, false}, {0.3, false}, {0.3, true}, {0.4, true}},
	} {
		c, err := evaluation.Calibrate(stream(list...), 4)
		require.NoError(t, err)
		require.NotNil(t, c.InTheLarge)
		require.Nil(t, c.Slope)
	}
}

// Two probabilities that differ in their last digits, with both outcomes, among others far
// from them: all but divided. The pair pulls the slope up by half its distance, 2.44e-15 of
// logit, and the next customer down by σ(a + b·x)·x: they balance at −24.8816.
func TestSlopeOfOutcomesAllButDivided(t *testing.T) {
	t.Parallel()
	c, err := evaluation.Calibrate(stream([]evaluation.Forecast{
		{0.5022499848126231, false}, {0.5000390624999205, false}, {0.5000000000000023, true}, {0.5000000000000011, false},
	}...), 4)
	require.NoError(t, err)
	near.Equal(t, -24.8816, c.Slope.Intercept+c.Slope.Slope*math.Log(0.5000390624999205/0.4999609375000795), 1e-4, 0)
	require.Greater(t, c.Slope.SlopeSE, 1e9)
}

// At a maximum the fitted probabilities have the mean of y, and with a slope its product
// with logit p, too: however far off the forecasts are.
func TestFitsSolveTheirEquations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]float64{0.01, 1, 10, 40}).Draw(t, "scale")
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) evaluation.Forecast {
			x := scale * float64(rapid.IntRange(-100, 90).Draw(t, "x")) / 100
			return evaluation.Forecast{P: min(1/(1+math.Exp(-x)), 1-0x1p-53), Happened: rapid.Bool().Draw(t, "y")}
		}), 1, 30).Draw(t, "forecasts")
		c, err := evaluation.Calibrate(stream(list...), 10)
		require.NoError(t, err)
		check := func(a, b float64) {
			sum, along, size := 0.0, 0.0, 1.0
			for _, f := range list {
				x := math.Log(f.P) - math.Log1p(-f.P)
				y := 0.0
				if f.Happened {
					y = 1
				}
				r := y - 1/(1+math.Exp(-a-b*x))
				sum, along, size = sum+r, along+r*x, size+math.Abs(x)
			}
			near.Equal(t, 0, sum, 0, 1e-11*size)
			if b != 1 {
				near.Equal(t, 0, along, 0, 1e-10*size*max(1, scale))
			}
		}
		if c.InTheLarge != nil {
			check(c.InTheLarge.Intercept, 1)
			require.Positive(t, c.InTheLarge.SE)
		}
		if c.Slope != nil {
			check(c.Slope.Intercept, c.Slope.Slope)
			require.Positive(t, c.Slope.SlopeSE)
			require.Positive(t, c.Slope.InterceptSE)
		}
		n := int64(0)
		for _, b := range c.Bins {
			n += b.N
			require.True(t, b.MeanP >= float64(b.Bin)/10-1e-15 && b.MeanP <= float64(b.Bin+1)/10+1e-15)
		}
		require.Equal(t, int64(len(list)), n)
		require.LessOrEqual(t, c.Brier, 1.0)
	})
}

// Probabilities that are right have no shift and a slope of 1; twice their logits a slope of
// a half.
func TestCalibrationOfATruth(t *testing.T) {
	t.Parallel()
	rng := source(4)
	var right, extreme []evaluation.Forecast
	for range 20_000 {
		x := rng.NormFloat64()
		y := rng.Float64() < 1/(1+math.Exp(-x))
		right = append(right, evaluation.Forecast{P: 1 / (1 + math.Exp(-x)), Happened: y})
		extreme = append(extreme, evaluation.Forecast{P: 1 / (1 + math.Exp(-2*x)), Happened: y})
	}
	c, err := evaluation.Calibrate(stream(right...), 10)
	require.NoError(t, err)
	near.Equal(t, 0, c.InTheLarge.Intercept, 0, 4*c.InTheLarge.SE)
	near.Equal(t, 1, c.Slope.Slope, 0, 4*c.Slope.SlopeSE)
	require.Less(t, c.Error, 0.02)
	e, err := evaluation.Calibrate(stream(extreme...), 10)
	require.NoError(t, err)
	near.Equal(t, c.Slope.Slope/2, e.Slope.Slope, 1e-12, 0)
	require.Greater(t, e.LogLoss, c.LogLoss)
}

// Whatever the probabilities, and whether or not a fit comes to rest, all that is reported is
// numbers.
func TestCalibrationIsNumbers(t *testing.T) {
	t.Parallel()
	p := []float64{5e-324, 1e-300, 1e-17, 1e-9, 0.3, 0.5, math.Nextafter(0.5, 1), 1 - 1e-9, math.Nextafter(1, 0)}
	check := func(t require.TestingT, list []evaluation.Forecast) {
		c, err := evaluation.Calibrate(stream(list...), 7)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrNoConverge)
		}
		_, err = json.Marshal(c) // which knows neither NaN nor infinities
		require.NoError(t, err)
	}
	check(t, []evaluation.Forecast{{0.5, true}, {p[6], true}, {p[6], false}, {5e-324, false}, {1e-17, false}})
	check(t, []evaluation.Forecast{{0.3, true}, {0.5, false}, {p[6], true}, {p[8], false}, {p[8], false}, {p[8], false}, {0.5, true}})
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.SliceOfN(rapid.Custom(func(t *rapid.T) evaluation.Forecast {
			return evaluation.Forecast{P: rapid.SampledFrom(p).Draw(t, "p"), Happened: rapid.Bool().Draw(t, "happened")}
		}), 1, 12).Draw(t, "forecasts"))
	})
}
