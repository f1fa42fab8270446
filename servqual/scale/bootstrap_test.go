package scale_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/scale"
)

func seeded(replicates, workers int) scale.Resampling {
	return scale.Resampling{Replicates: replicates, Workers: workers}
}

func source() *rand.Rand { return rand.New(rand.NewPCG(3, 4)) }

// Any number of workers gives the same bits, and each replicate is what alpha is of its
// rows.
func TestBootstrapWorkers(t *testing.T) {
	t.Parallel()
	rows := respondents(6, 40, 4, 1, 0)
	b := battery(t, 4, 1, 7)
	one, err := b.Bootstrap(t.Context(), rows, scale.AlphaStatistic, seeded(200, 0), source())
	require.NoError(t, err)
	for _, workers := range []int{1, 2, 8, 64} {
		again, err := b.Bootstrap(t.Context(), rows, scale.AlphaStatistic, seeded(200, workers), source())
		require.NoError(t, err)
		assert.Equal(t, one, again, "%d workers", workers)
	}
	a, err := covariance(t, 1, 7, scale.Listwise, rows).Alpha(0.95)
	require.NoError(t, err)
	near.Equal(t, a.Raw, one.Value(), 1e-13, 0)
	given := [][]int{rand.New(rand.NewPCG(1, 1)).Perm(40), make([]int, 40)}
	for i := range given[1] {
		given[1][i] = i % 7
	}
	two, err := b.Bootstrap(t.Context(), rows, scale.AlphaStatistic, scale.Resampling{Given: given}, nil)
	require.NoError(t, err)
	var part [][]int8
	for _, i := range given[1] {
		part = append(part, rows[i])
	}
	of, err := covariance(t, 1, 7, scale.Listwise, part).Alpha(0.95)
	require.NoError(t, err)
	near.Slice(t, []float64{a.Raw, of.Raw}, two.Replicates(), 1e-13, 0)
	for _, m := range []scale.Method{scale.BCa, scale.Percentile, scale.Basic, scale.Normal, scale.Plain} {
		i, err := one.Interval(m, 0.9)
		require.NoError(t, err, m)
		assert.True(t, i.Low < one.Value() && one.Value() < i.High, m)
	}
	_, err = json.Marshal(one)
	require.Error(t, err)
}

// A resample in which all rows add to the same has no alpha: it is counted.
func TestBootstrapCountsFailures(t *testing.T) {
	t.Parallel()
	rows := [][]int8{{1, 2}, {2, 4}, {5, 5}}
	b, err := battery(t, 2, 1, 5).Bootstrap(t.Context(), rows, scale.AlphaStatistic, scale.Resampling{Given: [][]int{{0, 0, 0}, {0, 1, 2}, {1, 1, 1}}}, nil)
	require.NoError(t, err)
	assert.Equal(t, 2, b.Failed())
	assert.Len(t, b.Replicates(), 1)
	_, err = battery(t, 2, 1, 5).Bootstrap(t.Context(), rows, scale.AlphaStatistic, scale.Resampling{Given: [][]int{{0, 0, 0}}}, nil)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = b.Interval(scale.Percentile, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew, "one replicate")
	_, err = b.Interval(scale.BCa, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = b.Spread()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	m, err := battery(t, 2, 1, 5).Bootstrap(t.Context(), rows, scale.MeanStatistic, scale.Resampling{Given: [][]int{{0, 0, 0}, {0, 1, 2}, {1, 1, 1}}}, nil)
	require.NoError(t, err)
	near.Slice(t, []float64{1.5, 19. / 6, 3}, m.Replicates(), 1e-15, 0)
	assert.Zero(t, m.Failed())
}

func TestBootstrapRefuses(t *testing.T) {
	t.Parallel()
	rows := [][]int8{{1, 2}, {2, 4}, {5, 5}}
	b := battery(t, 2, 1, 5)
	for _, c := range []struct {
		name      string
		rows      [][]int8
		statistic scale.Statistic
		r         scale.Resampling
		rng       *rand.Rand
		err       error
	}{
		{"statistic", rows, "omega", seeded(50, 1), source(), relmark.ErrInvalid},
		{"short row", [][]int8{{1, 2}, {2}, {3, 4}}, scale.MeanStatistic, seeded(50, 1), source(), relmark.ErrInvalid},
		{"blank", [][]int8{{1, 2}, {2, blank}, {3, 4}}, scale.MeanStatistic, seeded(50, 1), source(), relmark.ErrInvalid},
		{"off the scale", [][]int8{{1, 2}, {2, 6}, {3, 4}}, scale.MeanStatistic, seeded(50, 1), source(), relmark.ErrInvalid},
		{"two rows", rows[:2], scale.MeanStatistic, seeded(50, 1), source(), relmark.ErrTooFew},
		{"no alpha", [][]int8{{1, 2}, {2, 1}, {1, 2}}, scale.AlphaStatistic, seeded(50, 1), source(), relmark.ErrInvalid},
		{"few replicates", rows, scale.MeanStatistic, seeded(19, 1), source(), relmark.ErrInvalid},
		{"many replicates", rows, scale.MeanStatistic, seeded(100_001, 1), source(), relmark.ErrInvalid},
		{"workers", rows, scale.MeanStatistic, seeded(50, 65), source(), relmark.ErrInvalid},
		{"negative workers", rows, scale.MeanStatistic, seeded(50, -1), source(), relmark.ErrInvalid},
		{"no source", rows, scale.MeanStatistic, scale.Resampling{Replicates: 50}, nil, relmark.ErrInvalid},
		{"nothing given", rows, scale.MeanStatistic, scale.Resampling{Given: [][]int{}}, nil, relmark.ErrInvalid},
		{"both", rows, scale.MeanStatistic, scale.Resampling{Given: [][]int{{0, 1, 2}}, Replicates: 20}, nil, relmark.ErrInvalid},
		{"given and a source", rows, scale.MeanStatistic, scale.Resampling{Given: [][]int{{0, 1, 2}}}, source(), relmark.ErrInvalid},
		{"no position", rows, scale.MeanStatistic, scale.Resampling{Given: [][]int{{0, 1, 3}}}, nil, relmark.ErrInvalid},
		{"short resample", rows, scale.MeanStatistic, scale.Resampling{Given: [][]int{{0, 1}}}, nil, relmark.ErrInvalid},
	} {
		_, err := b.Bootstrap(t.Context(), c.rows, c.statistic, c.r, c.rng)
		require.ErrorIs(t, err, c.err, c.name)
	}
	many := slices.Repeat([][]int{{0, 1, 2}}, 100_001)
	_, err := b.Bootstrap(t.Context(), rows, scale.MeanStatistic, scale.Resampling{Given: many}, nil)
	require.ErrorContains(t, err, "Given = 100001")
	_, err = b.Bootstrap(t.Context(), rows, scale.MeanStatistic, scale.Resampling{Given: many[1:]}, nil)
	require.NoError(t, err)
	_, err = scale.Battery{}.Bootstrap(t.Context(), rows, scale.MeanStatistic, seeded(50, 1), source())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = scale.Bootstrap{}.Interval(scale.Percentile, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	ok, err := b.Bootstrap(t.Context(), rows, scale.MeanStatistic, seeded(50, 1), source())
	require.NoError(t, err)
	_, err = ok.Interval("abc", 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = ok.Interval(scale.Normal, 1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// A context that has ended ends the work.
func TestBootstrapEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := battery(t, 2, 1, 5).Bootstrap(ctx, [][]int8{{1, 2}, {2, 2}, {3, 5}}, scale.MeanStatistic, seeded(50, 1), source())
	require.ErrorIs(t, err, context.Canceled)
}
