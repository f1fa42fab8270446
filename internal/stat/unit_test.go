package stat_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/stat"
)

func TestUnit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want []float64 }{
		{nil, []float64{}},
		{[]float64{0, 0}, []float64{0, 0}},
		{[]float64{1, 3}, []float64{0.25, 0.75}},
		{[]float64{5e-324, 1e-323}, []float64{0.25, 0.5}},
		{[]float64{0x1p1023, 0x1p1022}, []float64{0.5, 0.25}},
	} {
		assert.Equal(t, c.want, stat.Unit(c.in))
	}
}

// Proportions stay as they are, and the largest weight is one half to 1.
func TestUnitKeepsProportions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0x1p-500, 0x1p500), 1, 9).Draw(t, "weights")
		out := stat.Unit(weights)
		largest := 0.0
		for i := range out {
			require.Equal(t, math.Float64bits(weights[i]/weights[0]), math.Float64bits(out[i]/out[0]))
			largest = max(largest, out[i])
		}
		require.True(t, largest >= 0.5 && largest < 1)
	})
}
