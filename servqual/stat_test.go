package servqual_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
)

// perceived returns the Stat of n answers to one item, 1 and 5 in turn: 1 added
// by doubling, the rest by merging powers of two of the pair.
func perceived(t *testing.T, n int64) servqual.Stat {
	t.Helper()
	in := instrument(t, servqual.InstrumentParams{Low: 1, High: 5, Dimensions: []servqual.Dimension{{Name: "only", Items: []int{0}}}})
	all, pair := in.NewSurvey(), collect(t, in, servqual.Response{Perceived: []int8{1}}, servqual.Response{Perceived: []int8{5}})
	if n%2 == 1 {
		require.NoError(t, all.Add(servqual.Response{Perceived: []int8{3}}))
	}
	for bits := n / 2; bits > 0; bits /= 2 {
		if bits%2 == 1 {
			require.NoError(t, all.Merge(pair))
		}
		if bits > 1 {
			require.NoError(t, pair.Merge(pair))
		}
	}
	s := report(t, all, servqual.HalfAnswered).Items[0].Perceived
	require.Equal(t, n, s.N())
	exact(t, 3, mean(t, s), "mean")
	return s
}

// Against the quantile of Student's t at 9 and at 999,999 degrees of freedom by mpmath,
// at the float64 0.95.
func TestIntervalIsStudents(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]float64{10: 2.262157162798205, 1_000_000: 1.9599663568164789} {
		s := perceived(t, n)
		se, ok := s.SE()
		require.True(t, ok)
		low, high, err := s.Interval(0.95)
		require.NoError(t, err)
		near.Equal(t, want, (high-3)/se, 1e-12, 0, "%d", n)
		near.Equal(t, want, (3-low)/se, 1e-12, 0, "%d", n)
	}
}

func TestIntervalLevels(t *testing.T) {
	t.Parallel()
	s := perceived(t, 10)
	for _, level := range []float64{0, 0.4999, 0.99991, 1, 1.5, 95, -0.95, math.NaN(), math.Inf(1)} {
		low, high, err := s.Interval(level)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%v", level)
		assert.Equal(t, [2]float64{}, [2]float64{low, high})
		assert.Equal(t, []string{"Level"}, fields(err))
	}
	for _, level := range []float64{0.5, 0.9999} {
		low, high, err := s.Interval(level)
		require.NoError(t, err)
		assert.Less(t, low, high)
	}
}

func TestIntervalOfEqualScoresIsAPoint(t *testing.T) {
	t.Parallel()
	r := report(t, collect(t, small(t), servqual.Response{Perceived: []int8{2, 2, 2}}, servqual.Response{Perceived: []int8{2, 2, 2}}), servqual.HalfAnswered)
	low, high, err := r.Perceived.Unweighted.Interval(0.95)
	require.NoError(t, err)
	assert.Equal(t, [2]float64{2, 2}, [2]float64{low, high})
}
