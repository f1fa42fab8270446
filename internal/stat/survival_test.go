package stat_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// Remission of leukaemia under 6-MP, in weeks: E. J. Freireich et al. (1963), Blood 21; the
// estimate with its log-log limits as Stata's manual of sts list prints it.
func TestKaplanMeierOfRemissions(t *testing.T) {
	t.Parallel()
	endings := []stat.Ending{
		{At: 6, Ended: 3, Censored: 1},
		{At: 7, Ended: 1},
		{At: 9, Censored: 1},
		{At: 10, Ended: 1, Censored: 1},
		{At: 11, Censored: 1},
		{At: 13, Ended: 1},
		{At: 16, Ended: 1},
		{At: 17, Censored: 1},
		{At: 19, Censored: 1},
		{At: 20, Censored: 1},
		{At: 22, Ended: 1},
		{At: 23, Ended: 1},
		{At: 25, Censored: 1},
		{At: 32, Censored: 2},
		{At: 34, Censored: 1},
		{At: 35, Censored: 1},
	}
	want := []struct{ at, risk, survival, low, high float64 }{
		{6, 21, 0.8571, 0.6197, 0.9516},
		{7, 17, 0.8067, 0.5631, 0.9228},
		{10, 15, 0.7529, 0.5032, 0.8894},
		{13, 12, 0.6902, 0.4316, 0.8491},
		{16, 11, 0.6275, 0.3675, 0.8049},
		{22, 7, 0.5378, 0.2678, 0.7468},
		{23, 6, 0.4482, 0.1881, 0.6801},
	}
	steps := stat.KaplanMeier(21, slices.Values(endings))
	require.Len(t, steps, len(want))
	for i, w := range want {
		low, high := steps[i].Between(0.95)
		near.Slice(t, []float64{w.at, w.risk, w.survival, w.low, w.high},
			[]float64{steps[i].At, float64(steps[i].AtRisk), steps[i].Survival, low, high}, 0, 5e-5)
	}
}

func TestKaplanMeierToTheEnd(t *testing.T) {
	t.Parallel()
	assert.Empty(t, stat.KaplanMeier(2, slices.Values([]stat.Ending{{At: 1, Censored: 2}})))
	steps := stat.KaplanMeier(1, slices.Values([]stat.Ending{{At: 1, Ended: 1}}))
	require.Len(t, steps, 1)
	low, high := steps[0].Between(0.95)
	assert.Equal(t, []float64{0, 0, 0}, []float64{steps[0].Survival, low, high})
}
