package maximum_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/maximum"
)

// Whatever the likelihood, a search ends, and says converged only of a point with a
// covariance of everything.
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
		if r.Status == maximum.Converged {
			for i := range 2 {
				require.False(t, math.IsNaN(r.Cov[i][i]) || r.Cov[i][i] < 0, "%v", r)
			}
			require.False(t, math.IsNaN(r.LogLik) || math.IsInf(r.LogLik, 0))
		}
		for _, f := range r.Findings {
			require.True(t, f.Kind == maximum.Within || r.Status != maximum.Converged, "%v", r)
		}
	})
}
