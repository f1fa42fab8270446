package maximum_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/internal/near"
)

// requireHonest holds for every result: the worst finding is the status, what findings
// move has no variance, and everything else has one. Without a maximum nothing has.
func requireHonest(t require.TestingT, r maximum.Result) {
	bySeverity := []maximum.Kind{maximum.Within, maximum.Level, maximum.Reached, maximum.Endless}
	statuses := []maximum.Status{maximum.Converged, maximum.NotIdentified, maximum.AtBoundary, maximum.Unbounded}
	worst, moved := 0, make([]bool, len(r.Theta))
	for _, f := range r.Findings {
		worst = max(worst, slices.Index(bySeverity, f.Kind))
		for i, by := range f.Direction {
			moved[i] = moved[i] || by != 0 && f.Kind != maximum.Within
		}
	}
	lost := r.Status == maximum.NotConverged
	if !lost {
		require.Equal(t, statuses[worst], r.Status, "%+v", r)
		require.False(t, math.IsNaN(r.LogLik) || math.IsInf(r.LogLik, 0), "%+v", r)
	}
	require.Len(t, r.Cov, len(r.Theta))
	for i := range r.Cov {
		for j, v := range r.Cov[i] {
			require.Equal(t, lost || moved[i] || moved[j], math.IsNaN(v), "%d, %d: %+v", i, j, r)
			require.False(t, math.IsInf(v, 0), "%d, %d: %+v", i, j, r)
		}
		require.True(t, r.Cov[i][i] > 0 || math.IsNaN(r.Cov[i][i]), "%d: %+v", i, r)
	}
}

// Few answers to many questions, some of them nearly the same: whatever is found out,
// status, findings and variances agree, in every unit.
func TestResultsAreHonest(t *testing.T) {
	t.Parallel()
	share := rapid.SampledFrom([]float64{0, 0, 1, -1, 2, 9e-5, 1.1e-4, 1e-9})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "n")
		type answer struct {
			x   []float64
			yes bool
			w   float64
		}
		answers := make([]answer, rapid.IntRange(1, 6).Draw(t, "answers"))
		for i := range answers {
			answers[i] = answer{
				rapid.SliceOfN(share, n, n).Draw(t, "x"), rapid.Bool().Draw(t, "yes"),
				math.Exp(rapid.Float64Range(-8, 8).Draw(t, "w")),
			}
		}
		p := slopes(n, func(theta, grad []float64) (sum float64) {
			clear(grad)
			for _, a := range answers {
				f := no
				if a.yes {
					f = yes
				}
				sum += linear(theta, grad, a.w, a.x, f)
			}
			return sum
		})
		r, err := p.Maximise(t.Context(), rapid.IntRange(0, 100).Draw(t, "iterations"))
		require.NoError(t, err)
		requireHonest(t, r)
		status := r.Status
		r.Rescale(1e3, 0, n-1)
		requireHonest(t, r)
		require.Equal(t, status, r.Status)
		r.Rescale(1e300, 0)
		r.Rescale(1e300, 0) // beyond floats
		requireHonest(t, r)
		r.Reject()
		require.Equal(t, maximum.NotConverged, r.Status)
		requireHonest(t, r)
	})
}

// A parameter that moves by a ten-thousandth of what another does is not said to move,
// and keeps its variance; one that moves by more is, and has none.
func TestWhatHardlyMoves(t *testing.T) {
	t.Parallel()
	for by, moves := range map[float64]bool{5e-5: false, 2e-4: true} {
		p := slopes(2, func(theta, grad []float64) float64 {
			grad[0], grad[1] = 0, 0
			// Both answers to (−by, 1) and none but yes to (1, 0): (1, by) goes to infinity.
			return linear(theta, grad, 5, []float64{-by, 1}, yes) + linear(theta, grad, 5, []float64{-by, 1}, no) +
				linear(theta, grad, 5, []float64{1, 0}, yes)
		})
		r := maximise(t, p)
		require.Equal(t, maximum.AtBoundary, r.Status, "%+v", r)
		require.Equal(t, moves, r.Findings[0].Direction[1] != 0, "%+v", r)
		require.Equal(t, moves, math.IsNaN(r.Cov[1][1]), "%+v", r)
	}
}

// What moves is judged by what it does to the likelihood, not by the unit that a slope is
// shown in.
func TestUnitsDoNotMatter(t *testing.T) {
	t.Parallel()
	for _, unit := range []float64{1e-9, 1, 1e9} {
		p := slopes(2, func(theta, grad []float64) float64 {
			grad[0], grad[1] = 0, 0
			return linear(theta, grad, 5, []float64{1, 1}, yes) + linear(theta, grad, 5, []float64{1, 1}, no)
		})
		p.Show = [][]float64{{1, 0}, {0, unit}}
		r := maximise(t, p)
		require.Equal(t, maximum.NotIdentified, r.Status, "%+v", r)
		d := r.Findings[0].Direction
		near.Equal(t, -unit, d[1]/d[0], 1e-6, 0)
		near.Equal(t, 1, max(math.Abs(d[0]), math.Abs(d[1])), 1e-12, 0)
		require.True(t, math.IsNaN(r.Cov[0][0]) && math.IsNaN(r.Cov[1][1]))
	}
}
