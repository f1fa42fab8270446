package pulse_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/pulse"
)

// An answered is an answer with its weight.
type answered struct {
	answer int
	weight float64
}

func answers() *rapid.Generator[[]answered] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) answered {
		return answered{rapid.IntRange(0, 10).Draw(t, "answer"), rapid.Float64Range(0.01, 100).Draw(t, "weight")}
	}), 1, 40)
}

// The sums by answer give what the definition gives, answer by answer.
func TestWeightedAgainstDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := answers().Draw(t, "answers")
		w, err := pulse.NewWeighted(pulse.Recommend())
		require.NoError(t, err)
		total, sum, squares := 0.0, 0.0, 0.0
		for _, a := range list {
			require.NoError(t, w.Add(a.answer, a.weight))
			total += a.weight
			squares += a.weight * a.weight
			sum += a.weight * float64(a.answer)
		}
		mean, spread := sum/total, 0.0
		for _, a := range list {
			off := float64(a.answer) - mean
			spread += a.weight * a.weight * off * off
		}
		e, err := w.Mean()
		require.NoError(t, err)
		near.Equal(t, mean, e.Value, 1e-12, 1e-12)
		near.Equal(t, math.Sqrt(spread)/total, e.SE, 1e-9, 1e-12)
		near.Equal(t, total*total/squares, w.EffectiveN(), 1e-12, 0)
		assert.EqualValues(t, len(list), e.N)
	})
}

// Equal weights, whatever they are, say what counts say.
func TestEqualWeightsAreNone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weight := rapid.Float64Range(1e-3, 1e3).Draw(t, "weight")
		w, err := pulse.NewWeighted(pulse.Recommend())
		require.NoError(t, err)
		y := drawn(t)
		for _, a := range answers().Draw(t, "answers") {
			require.NoError(t, w.Add(a.answer, weight))
			require.NoError(t, y.Add(a.answer))
		}
		n, err := y.NPS()
		require.NoError(t, err)
		want, _ := n.Score()
		se, _ := n.SE()
		got, err := w.NPS()
		require.NoError(t, err)
		near.Equal(t, want, got.Value, 1e-12, 1e-10)
		near.Equal(t, se, got.SE, 1e-9, 1e-9)
		near.Equal(t, float64(n.N()), w.EffectiveN(), 1e-12, 0)
		top, err := y.TopBox(7)
		require.NoError(t, err)
		p, _ := top.Share()
		box, err := w.TopBox(7)
		require.NoError(t, err)
		near.Equal(t, p, box.Value, 1e-12, 1e-12)
	})
}

func TestWeightedMerges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole, err := pulse.NewWeighted(pulse.Recommend())
		require.NoError(t, err)
		var sum pulse.Weighted
		for range rapid.IntRange(0, 4).Draw(t, "parts") {
			part, err := pulse.NewWeighted(pulse.Recommend())
			require.NoError(t, err)
			for _, a := range answers().Draw(t, "answers") {
				require.NoError(t, whole.Add(a.answer, a.weight))
				require.NoError(t, part.Add(a.answer, a.weight))
			}
			require.NoError(t, sum.Merge(part))
		}
		require.NoError(t, sum.Merge(nil))
		require.NoError(t, whole.Merge(&pulse.Weighted{}))
		assert.Equal(t, whole.N(), sum.N())
		if whole.N() == 0 {
			_, err := sum.Mean()
			require.ErrorIs(t, err, relmark.ErrTooFew)
			assert.Zero(t, sum.EffectiveN())
			return
		}
		a, err := whole.Mean()
		require.NoError(t, err)
		b, err := sum.Mean()
		require.NoError(t, err)
		near.Equal(t, a.Value, b.Value, 1e-12, 1e-12)
		near.Equal(t, a.SE, b.SE, 1e-9, 1e-12)
	})
}

func TestWeightedRefuses(t *testing.T) {
	t.Parallel()
	w := weighted(t, 0, 10)
	for _, weight := range []float64{0, -1, 1e-101, 1e101, math.NaN(), math.Inf(1)} {
		assert.Equal(t, "Weight", field(w.Add(3, weight)))
	}
	assert.Equal(t, "Answer", field(w.Add(11, 1)))
	assert.Equal(t, "Answer", field(new(pulse.Weighted).Add(0, 1)))
	assert.Zero(t, w.N())
	_, err := w.NPS()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = w.TopBox(11)
	assert.Equal(t, "From", field(err))
	assert.Equal(t, "Scale", field(w.Merge(weighted(t, 0, 9))))
	for _, weight := range []float64{1e-100, 1e100} {
		require.NoError(t, w.Add(10, weight))
		require.NoError(t, w.Add(0, weight))
		e, err := w.NPS()
		require.NoError(t, err)
		near.Equal(t, 0, e.Value, 0, 1e-9)
		assert.True(t, e.SE > 60 && e.SE < 80, "%v", e.SE)
	}
}

func TestEstimateInterval(t *testing.T) {
	t.Parallel()
	e := pulse.Estimate{N: 3, Value: 40, SE: 10}
	low, high, err := e.Interval(0.95)
	require.NoError(t, err)
	near.Equal(t, 40-19.599639845400545, low, 1e-14, 0)
	near.Equal(t, 40+19.599639845400545, high, 1e-14, 0)
	for want, bad := range map[string]pulse.Estimate{
		"Value": {Value: math.NaN()}, "SE": {SE: -1},
	} {
		_, _, err := bad.Interval(0.95)
		assert.Equal(t, want, field(err))
	}
	_, _, err = e.Interval(0)
	assert.Equal(t, "Level", field(err))
}
