package stat_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// Remission of leukaemia under 6-MP, in weeks: E. J. Freireich et al. (1963), Blood 21. The
// estimate with its limits is what R's survfit(conf.type = "log-log") of survival 3.5 says, and
// to four digits what Stata's manual of sts list prints.
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
		{6, 21, 0.857142857142857, 0.619717955265984, 0.951551747646997},
		{7, 17, 0.80672268907563, 0.563146564622233, 0.92280901920288},
		{10, 15, 0.752941176470588, 0.503199510799957, 0.889361835169265},
		{13, 12, 0.690196078431372, 0.431610222486184, 0.849065963349451},
		{16, 11, 0.627450980392157, 0.367510855987502, 0.804912189471841},
		{22, 7, 0.53781512605042, 0.267778936767135, 0.746790717635394},
		{23, 6, 0.448179271708683, 0.188052005959232, 0.680142628495241},
	}
	steps := stat.KaplanMeier(21, slices.Values(endings))
	require.Len(t, steps, len(want))
	for i, w := range want {
		low, high := steps[i].Between(0.95)
		near.Slice(t, []float64{w.at, w.risk, w.survival, w.low, w.high},
			[]float64{steps[i].At, float64(steps[i].AtRisk), steps[i].Survival, low, high}, 1e-13, 0)
	}
}

func TestKaplanMeierToTheEnd(t *testing.T) {
	t.Parallel()
	assert.Empty(t, stat.KaplanMeier(2, slices.Values([]stat.Ending{{At: 1, Censored: 2}})))
	steps := stat.KaplanMeier(1, slices.Values([]stat.Ending{{At: 1, Ended: 1}}))
	require.Len(t, steps, 1)
	low, high := steps[0].Between(0.95)
	assert.Zero(t, steps[0].Survival)
	assert.True(t, math.IsNaN(low) && math.IsNaN(high))
}
