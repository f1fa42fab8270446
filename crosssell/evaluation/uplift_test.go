package evaluation_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
)

func upliftOf(t require.TestingT, list []evaluation.Trial) *evaluation.Uplift {
	u, err := evaluation.NewUplift(list)
	require.NoError(t, err)
	return u
}

// experiment draws customers of whom each responds with probability 0.2, and with 0.2 more
// where treated and the score of the truth is above 0.
func experiment(rng *rand.Rand, n int) (list []evaluation.Trial, truth []float64) {
	for range n {
		x := rng.NormFloat64()
		p, trial := 0.2, evaluation.Trial{Score: x, Group: evaluation.Control}
		if rng.IntN(2) == 0 {
			trial.Group = evaluation.Treated
			if x > 0 {
				p = 0.4
			}
		}
		if rng.Float64() < p {
			trial.Outcome = 1
		}
		list, truth = append(list, trial), append(truth, x)
	}
	return list, truth
}

func TestUpliftRefuses(t *testing.T) {
	t.Parallel()
	yes, no := evaluation.Trial{Group: evaluation.Treated}, evaluation.Trial{Group: evaluation.Control}
	for _, list := range [][]evaluation.Trial{nil, {yes, yes, yes}, {no, no, no}, {yes, yes, no}, {yes, no, no}} {
		_, err := evaluation.NewUplift(list)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	bad := []evaluation.Trial{{Score: math.NaN(), Group: "", Outcome: 1e51}, {Group: "treated"}, {Group: "held"}}
	_, err := evaluation.NewUplift(bad)
	require.Equal(t, []string{"Trials[0].Score", "Trials[0].Group", "Trials[0].Outcome", "Trials[2].Group"}, fields(err))
	_, err = evaluation.NewUplift(make([]evaluation.Trial, 1000))
	require.ErrorIs(t, err, relmark.ErrInvalid)

	u := upliftOf(t, []evaluation.Trial{yes, yes, no, no})
	for _, err := range []error{
		second(u.Effect(1)), second(u.Top(0)), second(u.Top(math.NaN())), second(u.Top(1.1)), second(u.Area("lift")),
		second(u.Bootstrap(t.Context(), "lift", resampling(), source(1))), second(u.Bootstrap(t.Context(), evaluation.Qini, evaluation.Resampling{}, source(1))),
		second(u.Bootstrap(t.Context(), evaluation.Qini, resampling(), nil)),
	} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	var zero evaluation.Uplift
	require.Empty(t, zero.Curve())
	for _, err := range []error{
		second(zero.Effect(0.9)), second(zero.Top(1)), second(zero.Area(evaluation.Qini)),
		second(zero.Bootstrap(t.Context(), evaluation.Qini, resampling(), source(1))),
	} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	many, _ := experiment(source(1), evaluation.MaxJackknife+1)
	_, err = upliftOf(t, many).Bootstrap(t.Context(), evaluation.Qini, evaluation.Resampling{Replicates: 20, Level: 0.9, Method: evaluation.BCa}, source(1))
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// trialsOf draws an experiment with many ties and two or more of each group.
func trialsOf() *rapid.Generator[[]evaluation.Trial] {
	return rapid.Custom(func(t *rapid.T) []evaluation.Trial {
		n := rapid.IntRange(4, 20).Draw(t, "n")
		list := make([]evaluation.Trial, n)
		for i := range list {
			list[i] = evaluation.Trial{
				Score: float64(rapid.IntRange(0, 5).Draw(t, "score")), Group: evaluation.Treated,
				Outcome: float64(rapid.IntRange(0, 1).Draw(t, "outcome")),
			}
			if i < 2 || i > 3 && rapid.Bool().Draw(t, "held out") {
				list[i].Group = evaluation.Control
			}
		}
		return list
	})
}

func TestUpliftProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := trialsOf().Draw(t, "trials")
		u := upliftOf(t, list)
		shuffled := upliftOf(t, rapid.Permutation(list).Draw(t, "order"))
		require.Equal(t, u, shuffled) // to the last bit
		effect, err := u.Effect(0.9)
		require.NoError(t, err)
		curve := u.Curve()
		end := curve[len(curve)-1]
		near.Equal(t, effect.ATE.Value*float64(effect.Treated), end.Qini, 1e-12, 1e-12)
		near.Equal(t, effect.ATE.Value*float64(len(list)), end.Gain, 1e-12, 1e-12)
		top, err := u.Top(1)
		require.NoError(t, err)
		near.Equal(t, effect.ATE.Value, *top.Uplift, 1e-12, 1e-12)
		near.Equal(t, float64(effect.Control), top.Control, 1e-12, 0)
		for _, c := range []evaluation.Curve{evaluation.Qini, evaluation.Gain} {
			area, err := u.Area(c)
			require.NoError(t, err)
			near.Equal(t, areaOf(curve, c), area.Area, 1e-12, 1e-13)
			// A score that tells nothing has no area.
			flat := append([]evaluation.Trial(nil), list...)
			for i := range flat {
				flat[i].Score = 3
			}
			none, err := upliftOf(t, flat).Area(c)
			require.NoError(t, err)
			near.Equal(t, 0, none.Area, 0, 1e-13)
		}
	})
}

// areaOf is the area under points less that under the straight line, of axes over n.
func areaOf(curve []evaluation.Point, c evaluation.Curve) float64 {
	var x, y, area float64
	n := float64(curve[len(curve)-1].N)
	for _, p := range curve {
		nextX, nextY := float64(p.N)/n, p.Qini/n
		if c == evaluation.Gain {
			nextY = p.Gain / n
		}
		area += (nextX - x) * (nextY + y) / 2
		x, y = nextX, nextY
	}
	return area - y/2
}

// The share cut off a block is what a random order of the block has on average.
func TestTopOfABlockIsInProportion(t *testing.T) {
	t.Parallel()
	u := upliftOf(t, []evaluation.Trial{
		{2, evaluation.Treated, 5}, {1, evaluation.Treated, 3}, {1, evaluation.Control, 1}, {1, evaluation.Control, 2}, {1, evaluation.Treated, 4}, {0, evaluation.Control, 9},
	})
	top, err := u.Top(0.5) // all of the first block and half of the second
	require.NoError(t, err)
	require.Equal(t, []float64{3, 2, 1}, []float64{top.Customers, top.Treated, top.Control})
	near.Equal(t, (5+7./2)/2-3./2, *top.Uplift, 1e-15, 0)
	top, err = u.Top(0.1)
	require.NoError(t, err)
	require.Nil(t, top.Uplift)
}

func TestQiniOfRandomScoresIsNearNothing(t *testing.T) {
	t.Parallel()
	rng := source(5)
	list, _ := experiment(rng, 20_000)
	found, err := upliftOf(t, list).Area(evaluation.Qini)
	require.NoError(t, err)
	require.Greater(t, found.Area, 0.01) // 0.0125 for a score that finds just those who respond
	for i := range list {
		list[i].Score = rng.Float64()
	}
	random := upliftOf(t, list)
	area, err := random.Area(evaluation.Qini)
	require.NoError(t, err)
	require.Less(t, math.Abs(area.Area), 0.004)
	i, err := random.Bootstrap(t.Context(), evaluation.Qini, evaluation.Resampling{Replicates: 200, Level: 0.99, Workers: 2}, rng)
	require.NoError(t, err)
	require.True(t, i.Low < 0 && 0 < i.High, "%v", i)
	near.Equal(t, area.Area, i.Value, 0, 0)
}

func TestBootstrapOfAnArea(t *testing.T) {
	t.Parallel()
	list, _ := experiment(source(8), 2000)
	u := upliftOf(t, list)
	for _, method := range []evaluation.Method{evaluation.Percentile, evaluation.BCa} {
		re := evaluation.Resampling{Replicates: 400, Level: 0.95, Method: method}
		i, err := u.Bootstrap(t.Context(), evaluation.Gain, re, source(2))
		require.NoError(t, err)
		require.True(t, 0 < i.Low && i.Low < i.Value && i.Value < i.High, "%v", i)
		re.Workers = 4
		same, err := u.Bootstrap(t.Context(), evaluation.Gain, re, source(2))
		require.NoError(t, err)
		require.Equal(t, i, same)
	}
	few := upliftOf(t, []evaluation.Trial{
		{1, evaluation.Treated, 1}, {2, evaluation.Treated, 0}, {3, evaluation.Control, 1}, {4, evaluation.Control, 0},
	})
	i, err := few.Bootstrap(t.Context(), evaluation.Qini, evaluation.Resampling{Replicates: 1000, Level: 0.5}, source(2))
	require.NoError(t, err)
	near.Equal(t, 1000./8, float64(i.Failed), 0.3, 0) // 2/2⁴ of resamples have one group only
}

// The jackknife leaves each customer out.
func TestJackknifeByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := trialsOf().Draw(t, "trials")
		list = append(list, evaluation.Trial{Group: evaluation.Treated}, evaluation.Trial{Group: evaluation.Control})
		u := upliftOf(t, list)
		got := evaluation.Jackknife(u, evaluation.Qini)
		sum, want := 0.0, 0.0
		for i := range list {
			rest := append(append([]evaluation.Trial(nil), list[:i]...), list[i+1:]...)
			area, err := upliftOf(t, rest).Area(evaluation.Qini)
			require.NoError(t, err)
			sum, want = sum+got[i], want+area.Area
		}
		near.Equal(t, want, sum, 1e-12, 1e-12)
	})
}
