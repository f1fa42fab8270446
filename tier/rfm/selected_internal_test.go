package rfm

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// Selecting is sorting and looking, whatever the spread of the values.
func TestSelectedIsSorted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		largest := rapid.SampledFrom([]int64{1, 100, 5000, 1 << 40, math.MaxInt64}).Draw(t, "largest")
		values := rapid.SliceOfN(rapid.Int64Range(-largest, largest), 1, 200).Draw(t, "values")
		ranks := rapid.SliceOfN(rapid.IntRange(0, len(values)-1), 0, 20).Draw(t, "ranks")
		sorted := slices.Sorted(slices.Values(values))
		var want []int64
		for _, rank := range ranks {
			want = append(want, sorted[rank])
		}
		assert.Equal(t, want, append([]int64(nil), selected(values, ranks)...))
		slices.Sort(values)
		assert.Equal(t, sorted, values, "nothing is lost")
	})
}
