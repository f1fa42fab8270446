package spc_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/spc"
)

// simulated returns the mean run length of a chart in so many runs, and its error.
func simulated(runs int, seed uint64, signal func(r *rand.Rand) int) (arl, se float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	sum, squares := 0.0, 0.0
	for range runs {
		n := float64(signal(r))
		sum += n
		squares += n * n
	}
	mean := sum / float64(runs)
	return mean, math.Sqrt((squares/float64(runs) - mean*mean) / float64(runs))
}

// Run lengths of rules agree with what monitors do.
func TestRunLengthAgainstMonitors(t *testing.T) {
	t.Parallel()
	for i, set := range [][]spc.Rule{
		spc.WesternElectric(),
		{spc.Nelson()[0], spc.Nelson()[1]},
		{{Name: "3 of 4", Pattern: spc.Beyond, K: 3, Of: 4, Z: 0.5}, {Name: "2 of 2", Pattern: spc.Beyond, K: 2, Of: 2, Z: 1.5}},
	} {
		const shift = 0.7
		want, err := spc.RunLength(set, shift)
		require.NoError(t, err)
		m, err := spc.NewMonitor(spc.Limits{Kind: spc.Values, Sigma: 1}, set)
		require.NoError(t, err)
		got, se := simulated(4000, uint64(i), func(r *rand.Rand) int {
			m.Gap()
			for n := 1; ; n++ {
				v, err := m.Add(r.NormFloat64()+shift, 1)
				require.NoError(t, err)
				if v.Fired != 0 {
					return n
				}
			}
		})
		near.Equal(t, want, got, 0, 5*se)
	}
}

// Run lengths of EWMA with λ = 1 are those of single values, and more is needed to
// see less.
func TestRunLengthProperties(t *testing.T) {
	t.Parallel()
	limit := []spc.Rule{{Name: "limit", Pattern: spc.Beyond, K: 1, Of: 1, Z: 3}}
	want, err := spc.RunLength(limit, 1.5)
	require.NoError(t, err)
	got, err := spc.EWMA{Lambda: 1, L: 3}.RunLength(1.5)
	require.NoError(t, err)
	near.Equal(t, want, got, 1e-12, 0)
	r := rand.New(rand.NewPCG(5, 8)) // seeded: an equation takes milliseconds
	for range 15 {
		shift := 3 * r.Float64()
		e := spc.EWMA{Lambda: 0.05 + 0.95*r.Float64(), L: 1 + 2*r.Float64()}
		c := spc.CUSUM{K: r.Float64(), H: 1 + 4*r.Float64()}
		for _, length := range []func(float64) (float64, error){e.RunLength, c.RunLength} {
			a, err := length(shift)
			require.NoError(t, err)
			b, err := length(-shift)
			require.NoError(t, err)
			near.Equal(t, a, b, 1e-6, 0)
			sooner, err := length(shift + 0.5)
			require.NoError(t, err)
			assert.True(t, sooner <= a*(1+1e-9) && sooner >= 1)
		}
	}
}

func TestRunLengthRefuses(t *testing.T) {
	t.Parallel()
	_, err := spc.RunLength(spc.Nelson(), 0)
	assert.Equal(t, "Rules[2].Pattern", field(err))
	_, err = spc.RunLength(spc.WesternElectric(), math.NaN())
	assert.Equal(t, "Shift", field(err))
	_, err = spc.RunLength(nil, 0)
	assert.Equal(t, "Rules", field(err))
	_, err = spc.RunLength([]spc.Rule{{Name: "a", Pattern: spc.Beyond, K: 8, Of: 20, Z: 1}}, 0)
	require.ErrorIs(t, err, relmark.ErrLimit)
	far, err := spc.RunLength([]spc.Rule{{Name: "a", Pattern: spc.Beyond, K: 1, Of: 1, Z: 40}}, 0)
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	assert.True(t, math.IsInf(far, 1))
	far, err = spc.CUSUM{K: 5, H: 50}.RunLength(0)
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	assert.Greater(t, far, 1e8)
	for want, at := range map[string]func() (float64, error){
		"Lambda": func() (float64, error) { return spc.EWMA{L: 3}.RunLength(0) },
		"L":      func() (float64, error) { return spc.EWMA{Lambda: 0.2, L: 11}.RunLength(0) },
		"K":      func() (float64, error) { return spc.CUSUM{K: -1, H: 5}.RunLength(0) },
		"H":      func() (float64, error) { return spc.CUSUM{K: 1}.UpperRunLength(0) },
		"Shift":  func() (float64, error) { return spc.CUSUM{H: 1}.UpperRunLength(11) },
		"Mean":   func() (float64, error) { return spc.PoissonCUSUM{K: 1, H: 1, M: 1}.RunLength(0) },
		"M":      func() (float64, error) { return spc.PoissonCUSUM{K: 1, H: 1}.RunLength(1) },
	} {
		_, err := at()
		assert.Equal(t, want, field(err))
	}
	_, err = spc.PoissonCUSUM{K: 10000, H: 1, M: 1}.RunLength(1)
	require.ErrorIs(t, err, relmark.ErrNoConverge)
}

// A Poisson CUSUM against its own definition, simulated.
func TestPoissonCUSUMSimulated(t *testing.T) {
	t.Parallel()
	want, err := spc.PoissonCUSUM{K: 5, H: 8, M: 2}.RunLength(3)
	require.NoError(t, err)
	got, se := simulated(20000, 7, func(r *rand.Rand) int {
		s := 0
		for n := 1; ; n++ {
			x, p := 0, r.Float64()
			for limit := math.Exp(-3); p > limit; x++ {
				p *= r.Float64()
			}
			if s = max(0, s+2*x-5); s > 8 {
				return n
			}
		}
	})
	near.Equal(t, want, got, 0, 5*se)
}

func TestShiftCharts(t *testing.T) {
	t.Parallel()
	limits := spc.Limits{Kind: spc.Values, Center: 10, Sigma: 2}
	for want, fail := range map[string]func() error{
		"Lambda": func() error { _, err := spc.NewSmooth(spc.EWMA{L: 1}, limits); return err },
		"Kind": func() error {
			_, err := spc.NewSmooth(spc.EWMA{Lambda: 1, L: 1}, spc.Limits{Kind: spc.Counts})
			return err
		},
		"H": func() error { _, err := spc.NewSums(spc.CUSUM{}, limits); return err },
		"Center": func() error {
			_, err := spc.NewSums(spc.CUSUM{H: 1}, spc.Limits{Kind: spc.Values, Center: math.NaN()})
			return err
		},
		"Sigma": func() error { _, err := spc.NewSums(spc.CUSUM{H: 1}, spc.Limits{Kind: spc.Values}); return err },
	} {
		assert.Equal(t, want, field(fail()))
	}
	s, err := spc.NewSmooth(spc.EWMA{Lambda: 0.5, L: 3}, limits)
	require.NoError(t, err)
	c, err := spc.NewSums(spc.CUSUM{K: 0.5, H: 4}, limits)
	require.NoError(t, err)
	_, err = s.Add(math.NaN())
	assert.Equal(t, "Value", field(err))
	_, err = c.Add(math.Inf(1))
	assert.Equal(t, "Value", field(err))
	first, err := s.Add(14)
	require.NoError(t, err)
	near.Equal(t, 12, first.High, 1e-15, 0) // 0.5·14 + 0.5·10; limits 10 ± 3·2·√(1/3·3/4)
	near.Equal(t, 13, first.Upper, 1e-15, 0)
	sum, err := c.Add(14)
	require.NoError(t, err)
	near.Equal(t, 1.5, sum.High, 1e-15, 0)
	assert.Zero(t, sum.Low)
	assert.False(t, sum.Signal)
	for range 3 {
		_, err = c.Add(1e100)
		require.NoError(t, err)
	}
}

func FuzzRunLength(f *testing.F) {
	f.Add(2, 3, 2.0, 0.5)
	f.Fuzz(func(t *testing.T, k, of int, z, shift float64) {
		of = min(of, 7) // of nine takes a tenth of a second
		arl, err := spc.RunLength([]spc.Rule{{Name: "r", Pattern: spc.Beyond, K: k, Of: of, Z: z}}, shift)
		if err == nil {
			require.GreaterOrEqual(t, arl, 1.0)
		}
	})
}
