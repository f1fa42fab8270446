package csi_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/csi"
)

// twins returns two constructs of mode B, of which the second item is the first one but for
// some rows, and answers to them.
func twins(t *testing.T, n, differ int) (csi.Model, [][]float64) {
	t.Helper()
	m := model(t, csi.Params{
		Constructs: []csi.Construct{
			{Name: "Quality", Items: []int{0, 1, 2}, Mode: csi.ModeB, Low: 1, High: 10},
			{Name: "Satisfaction", Items: []int{3, 4, 5}, Mode: csi.ModeB, Low: 1, High: 10},
		},
		Links: []csi.Link{{From: "Quality", To: "Satisfaction"}},
	})
	r := rand.New(rand.NewPCG(1, uint64(n+differ)))
	rows := make([][]float64, n)
	for i := range rows {
		common, row := r.NormFloat64(), make([]float64, 6)
		for j := range row {
			row[j] = min(max(math.Round(6+2*common+2*r.NormFloat64()), 1), 10)
		}
		row[1], row[4] = row[0], row[3]
		if i < differ {
			row[1], row[4] = 11-row[0], 1+math.Mod(row[3], 10)
		}
		rows[i] = row
	}
	return m, rows
}

// Items that are nearly the same have large weights, which rounding keeps from resting to
// the last digit: that is no failure, and loadings and paths are as sure as ever.
func TestTwinItemsComeToRest(t *testing.T) {
	t.Parallel()
	for _, n := range []int{250, 5_000, 100_000} {
		m, rows := twins(t, n, 1)
		for _, scheme := range []csi.Scheme{csi.PathWeighting, csi.Centroid} {
			f := fit(t, m, rows, csi.Options{Scheme: scheme})
			assert.True(t, f.Converged())
			assert.Greater(t, math.Abs(f.Items()[0].Weight), 10.0)
			if n <= 5_000 { // by hand it takes time
				want := byHand(m.Params(), rows, scheme, 400)
				near.Equal(t, want.paths[m.Params().Links[0]], f.Paths()[0].Value, 0, 1e-10)
			}
		}
	}
}

// Where rounds slow down little, weights are still as near to where they are going as was
// asked for, though a round moves them by far less than is left.
func TestSlowRounds(t *testing.T) {
	t.Parallel()
	m, rows := twins(t, 250, 3)
	exact := fit(t, m, rows, csi.Options{})
	for _, tolerance := range []float64{1e-4, 1e-6, 1e-8, 1e-10} {
		f := fit(t, m, rows, csi.Options{Tolerance: tolerance})
		rounds, change := f.Rounds()
		require.Greater(t, rounds, 20)
		assert.Less(t, change, tolerance/2)
		for i, item := range f.Items() {
			near.Equal(t, exact.Items()[i].Weight, item.Weight, 0, 2*tolerance)
		}
	}
}
