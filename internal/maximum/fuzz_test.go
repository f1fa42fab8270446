package maximum_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the likelihood, a search ends, and what it says agrees.
func FuzzMaximise(f *testing.F) {
	f.Add(1.0, 2.0, 0.5, 0.0, 1.0, 3.0)
	f.Add(1.0, 1.0, 1.0, 0.0, 0.0, 0.0)
	f.Add(0.0, 1e-9, 0.0, 1.0, -1.0, 1e9)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g float64) {
		p := slopes(2, func(theta, grad []float64) float64 {
			x, y := theta[0], theta[1]
			grad[0] = -2*a*x - c*y + d + g*math.Cos(x)
			grad[1] = -2*b*y - c*x + e
			return -a*x*x - b*y*y - c*x*y + d*x + e*y + g*math.Sin(x)
		})
		r, err := p.Maximise(t.Context(), 60)
		require.NoError(t, err)
		requireHonest(t, r)
	})
}
