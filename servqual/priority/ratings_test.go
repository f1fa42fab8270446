package priority_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/priority"
)

func ratingsOf(t require.TestingT, low, high int, names ...string) *priority.Ratings {
	r, err := priority.NewRatings(priority.RatingParams{Attributes: names, Low: low, High: high})
	require.NoError(t, err)
	return r
}

// Four attributes, one in each quadrant; the midpoint of 1 to 5 puts another there.
func TestMapByHand(t *testing.T) {
	t.Parallel()
	r := ratingsOf(t, 1, 5, "clean", "staff", "app", "parking")
	require.NoError(t, r.Add([]int8{3, 5, 5, 3}, []int8{5, 5, 3, 4}))
	require.NoError(t, r.Add([]int8{3, 4, blank, 3}, []int8{5, 4, 4, blank}))
	require.NoError(t, r.Add([]int8{4, blank, blank, 3}, []int8{4, blank, blank, 3}))
	m, err := r.Map(priority.GrandMeans, 0.95)
	require.NoError(t, err)
	near.Equal(t, (10./3+4.5+5+3)/4, m.Performance, 1e-15, 0)
	near.Equal(t, (14./3+4.5+3.5+3.5)/4, m.Importance, 1e-15, 0)
	var got []priority.Quadrant
	for _, p := range m.Positions {
		got = append(got, p.Quadrant)
	}
	assert.Equal(t, []priority.Quadrant{priority.Concentrate, priority.KeepUp, priority.Overkill, priority.LowPriority}, got)
	clean := m.Positions[0]
	near.Equal(t, -4./3, clean.Gap, 1e-15, 0)
	near.Equal(t, -4./3, clean.Paired.Value, 1e-15, 0)
	assert.True(t, clean.Paired.Low < -4./3 && clean.Paired.Low >= -4)
	near.Equal(t, 5, clean.Importance.High, 0, 0, "cut at the end of the scale")
	assert.EqualValues(t, 1, m.Positions[2].Paired.N)
	near.Equal(t, 1.5, m.Positions[2].Gap, 0, 0)
	near.Equal(t, 2, m.Positions[2].Paired.Value, 0, 0)
	near.Equal(t, 2, m.Positions[2].Paired.High, 0, 0, "no interval of one")
	m, err = r.Map(priority.Midpoints, 0.95)
	require.NoError(t, err)
	near.Equal(t, 3, m.Performance, 0, 0)
	assert.Equal(t, priority.KeepUp, m.Positions[3].Quadrant, "on the line is high")
}

// Where all attributes are alike none is below the others.
func TestMapOfEquals(t *testing.T) {
	t.Parallel()
	r := ratingsOf(t, 0, 10, "a", "b", "c")
	require.NoError(t, r.Add([]int8{7, 7, 7}, []int8{1, 1, 1}))
	m, err := r.Map(priority.GrandMeans, 0.95)
	require.NoError(t, err)
	for _, p := range m.Positions {
		assert.Equal(t, priority.KeepUp, p.Quadrant)
	}
}

func TestRatingsRefuse(t *testing.T) {
	t.Parallel()
	for _, p := range []priority.RatingParams{
		{Low: 1, High: 5},
		{Attributes: []string{"a", "a"}, Low: 1, High: 5},
		{Attributes: []string{"a"}, Low: 5, High: 5},
		{Attributes: []string{"a"}, Low: -128, High: 5},
		{Attributes: []string{"a"}, Low: 0, High: 101},
		{Attributes: []string{"a"}, Low: math.MinInt, High: math.MaxInt},
		{Attributes: make([]string, 101), Low: 1, High: 5},
	} {
		_, err := priority.NewRatings(p)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Equal(t, p.Validate(), err)
	}
	r := ratingsOf(t, 1, 5, "a", "b")
	require.ErrorContains(t, r.Add([]int8{1}, []int8{1, 1}), "Performance = 1")
	require.ErrorContains(t, r.Add([]int8{1, 1}, []int8{1}), "Importance = 1")
	require.ErrorContains(t, r.Add([]int8{1, 6}, []int8{1, 1}), "Performance[1] = 6")
	require.ErrorContains(t, r.Add([]int8{1, 1}, []int8{0, 1}), "Importance[0] = 0")
	assert.Zero(t, r.N())
	_, err := r.Map(priority.GrandMeans, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = r.Map("median", 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = r.Map(priority.GrandMeans, 2)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	var zero priority.Ratings
	require.ErrorIs(t, zero.Add([]int8{1}, []int8{1}), relmark.ErrInvalid)
	_, err = zero.Map(priority.GrandMeans, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	require.ErrorIs(t, r.Merge(ratingsOf(t, 1, 6, "a", "b")), relmark.ErrInvalid)
	require.NoError(t, r.Merge(nil))
	require.NoError(t, r.Merge(&zero))
	require.NoError(t, zero.Merge(r))
	require.NoError(t, zero.Add([]int8{1, 1}, []int8{1, 1}))
	assert.Zero(t, r.N(), "a copy")
	assert.Equal(t, []string{"a", "b"}, zero.Params().Attributes)
}

func TestRatingsMergeExactly(t *testing.T) {
	t.Parallel()
	whole, shards := ratingsOf(t, 1, 5, "a", "b", "c"), make([]*priority.Ratings, 64)
	for i := range shards {
		shards[i] = ratingsOf(t, 1, 5, "a", "b", "c")
	}
	performance, importance := customers(1, 1000, 3), customers(2, 1000, 3)
	for i := range performance {
		require.NoError(t, whole.Add(performance[i].ratings, importance[i].ratings))
		require.NoError(t, shards[i*i%64].Add(performance[i].ratings, importance[i].ratings))
	}
	var merged priority.Ratings
	for i := range shards {
		require.NoError(t, merged.Merge(shards[(i*27+5)%64]))
	}
	assert.Equal(t, encoded(t, whole), encoded(t, &merged))
}
