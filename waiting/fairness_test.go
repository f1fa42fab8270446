package waiting_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting"
)

func TestCountSlips(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		starts       []float64
		slips, skips []int
	}{
		"first come, first served": {[]float64{1, 2, 3}, []int{0, 0, 0}, []int{0, 0, 0}},
		"last come, first served":  {[]float64{3, 2, 1}, []int{2, 1, 0}, []int{0, 1, 2}},
		"one pushes in":            {[]float64{1, 3, 4, 2}, []int{0, 1, 1, 0}, []int{0, 0, 0, 2}},
		"together is no slip":      {[]float64{2, 1, 2, 1}, []int{2, 0, 1, 0}, []int{0, 1, 0, 2}},
		"one is never served":      {[]float64{inf, 1, 2, inf}, []int{2, 0, 0, 0}, []int{0, 1, 1, 0}},
		"nobody":                   {[]float64{}, []int{}, []int{}},
	} {
		f, err := waiting.CountSlips(c.starts)
		require.NoError(t, err, name)
		assert.Equal(t, waiting.Fairness{Slips: c.slips, Skips: c.skips}, f, name)
	}
}

func TestSummaryOfFairness(t *testing.T) {
	t.Parallel()
	f, err := waiting.CountSlips([]float64{1, 3, 4, 2})
	require.NoError(t, err)
	assert.Equal(t, int64(2), f.Total())
	assert.Equal(t, 1, f.MostSlips())
	assert.Equal(t, 2, f.MostSkips())
	near.Equal(t, 0.5, f.ShareSlipped(), 0, 0)

	var none waiting.Fairness
	assert.Zero(t, none.Total())
	assert.Zero(t, none.MostSlips())
	assert.Zero(t, none.MostSkips())
	assert.True(t, math.IsNaN(none.ShareSlipped()))
}

func TestCountSlipsRejects(t *testing.T) {
	t.Parallel()
	for _, start := range []float64{math.NaN(), math.Inf(-1)} {
		f, err := waiting.CountSlips([]float64{1, 2, start})
		requireField(t, "Starts[2]", err)
		assert.Equal(t, waiting.Fairness{}, f)
	}
}

// Counted pair by pair.
func TestSlipsAgainstAllPairs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		starts := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 30), func(i int) float64 { return float64(i) }), 0, 60).Draw(t, "starts")
		slips, skips := make([]int, len(starts)), make([]int, len(starts))
		total := int64(0)
		for i := range starts {
			for j := i + 1; j < len(starts); j++ {
				if starts[j] < starts[i] {
					slips[i]++
					skips[j]++
					total++
				}
			}
		}
		f, err := waiting.CountSlips(starts)
		if err != nil {
			t.Fatal(err)
		}
		assert.Equal(t, waiting.Fairness{Slips: slips, Skips: skips}, f)
		assert.Equal(t, total, f.Total())
	})
}
