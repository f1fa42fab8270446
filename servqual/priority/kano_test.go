package priority_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/priority"
)

func TestClassifyRefuses(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]priority.Feeling{{"", priority.Like}, {priority.Like, "love"}, {"Like", ""}} {
		_, err := priority.Classify(pair[0], pair[1])
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// Two like it and dislike its absence, one expects it: shares by hand.
func TestKanoByHand(t *testing.T) {
	t.Parallel()
	k := kano(t, priority.Like, priority.Dislike, priority.Like, priority.Dislike, priority.Expect, priority.Dislike, priority.Dislike, priority.Like)
	seven, five := 7, 5
	require.NoError(t, k.Add(priority.KanoAnswer{With: priority.Neutral, Without: priority.Neutral, Importance: &seven}))
	require.NoError(t, k.Add(priority.KanoAnswer{With: priority.Like, Without: priority.Like, Importance: &five}))
	r, err := k.Report(0.95)
	require.NoError(t, err)
	assert.EqualValues(t, 6, r.N)
	assert.Equal(t, priority.Counts{MustBe: 1, OneDimensional: 2, Indifferent: 1, Reverse: 1, Questionable: 1}, r.Counts)
	near.Equal(t, 1./3, r.Shares.OneDimensional.Value, 1e-15, 0)
	assert.Equal(t, [5]int64{1, 0, 1, 1, 1}, [5]int64{
		r.Shares.MustBe.Count, r.Shares.Attractive.Count, r.Shares.Indifferent.Count, r.Shares.Reverse.Count, r.Shares.Questionable.Count,
	})
	assert.Equal(t, priority.OneDimensional, r.Category)
	assert.Equal(t, priority.Desired, r.Layer)
	assert.Equal(t, priority.Indifferent, r.Grouped, "three of six are no more than half")
	near.Equal(t, 1./6, r.Strength, 1e-15, 0)
	near.Equal(t, 0.5, r.TotalStrength, 0, 0)
	near.Equal(t, 0.5, r.Better.Value, 0, 0)
	near.Equal(t, -0.75, r.Worse.Value, 0, 0)
	assert.True(t, r.Worse.Low < -0.75 && r.Worse.High > -0.75 && r.Worse.High <= 0 && r.Worse.Low >= -1)
	near.Equal(t, 0.4, r.BetterOfAll.Value, 1e-15, 0)
	assert.Equal(t, int64(1), r.Fong.Difference)
	near.Equal(t, 1.65*math.Sqrt(3*9./12), r.Fong.Threshold, 1e-15, 0)
	assert.False(t, r.Fong.Significant)
	near.Equal(t, (4+4+2-2+0+4)/6., r.With.Value, 1e-15, 0)
	near.Equal(t, 2-2.570581835636314*math.Sqrt(6.4/6), r.With.Low, 1e-12, 0) // Student's t at 5 degrees
	near.Equal(t, 4, r.With.High, 0, 0, "not beyond the scale")
	near.Equal(t, (4+4+4-2+0-2)/6., r.Without.Value, 1e-15, 0)
	assert.EqualValues(t, 2, r.Importance.N)
	near.Equal(t, 6, r.Importance.Value, 0, 0)
	assert.True(t, r.Importance.Low >= 0 && r.Importance.High > 6)
}

func TestLayers(t *testing.T) {
	t.Parallel()
	for c, want := range map[priority.Category]priority.Layer{
		priority.MustBe: priority.Basic, priority.OneDimensional: priority.Desired, priority.Attractive: priority.Delight,
		priority.Indifferent: priority.NoLayer, priority.Reverse: priority.NoLayer, priority.Questionable: priority.NoLayer,
	} {
		assert.Equal(t, want, c.Layer())
	}
}

func TestKanoRefuses(t *testing.T) {
	t.Parallel()
	var k priority.Kano
	_, err := k.Report(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = k.Report(1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, importance := range []int{-1, 101} {
		err := k.Add(priority.KanoAnswer{With: priority.Like, Without: priority.Like, Importance: &importance})
		require.ErrorContains(t, err, "Importance")
	}
	require.ErrorIs(t, k.Add(priority.KanoAnswer{With: priority.Like}), relmark.ErrInvalid)
	require.NoError(t, k.Merge(nil))
	assert.Zero(t, k.N())
	// Nobody but questionable answers: no better and worse, and no share of them.
	r, err := kano(t, priority.Like, priority.Like).Report(0.95)
	require.NoError(t, err)
	assert.Equal(t, priority.Share{}, r.Better)
	assert.Equal(t, priority.Share{}, r.Worse)
	assert.Equal(t, priority.Questionable, r.Category)
	assert.Equal(t, priority.Mean{}, r.Importance)
}

// Shares are parts of 1 within their intervals, and parts merge to the whole.
func TestKanoProperties(t *testing.T) {
	t.Parallel()
	feeling := rapid.SampledFrom(feelings())
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(feeling, 2, 60).Draw(t, "feelings")
		pairs = pairs[:len(pairs)/2*2]
		at := rapid.IntRange(0, len(pairs)/2).Draw(t, "split") * 2
		whole, a, b := kano(t, pairs...), kano(t, pairs[:at]...), kano(t, pairs[at:]...)
		require.NoError(t, b.Merge(a))
		require.Equal(t, whole, b)
		r, err := whole.Report(0.9)
		require.NoError(t, err)
		require.Equal(t, whole.N(), r.Counts.N())
		sum := 0.0
		for _, s := range []priority.Share{
			r.Shares.MustBe, r.Shares.OneDimensional, r.Shares.Attractive, r.Shares.Indifferent, r.Shares.Reverse, r.Shares.Questionable,
		} {
			sum += s.Value
			require.True(t, s.Low <= s.Value && s.Value <= s.High && s.N == r.N, "%v", s)
		}
		near.Equal(t, 1, sum, 1e-15, 0)
		for _, s := range []priority.Share{r.Better, r.Worse, r.BetterOfAll} {
			require.True(t, s.Low <= s.Value && s.Value <= s.High, "%v", s)
		}
		require.True(t, r.Better.Value >= 0 && r.Better.Value <= 1 && r.Worse.Value >= -1 && r.Worse.Value <= 0)
		require.True(t, r.Strength >= 0 && r.TotalStrength <= 1 && r.With.Low >= -2 && r.With.Low <= r.With.Value && r.With.Value <= r.With.High && r.With.High <= 4)
	})
}
