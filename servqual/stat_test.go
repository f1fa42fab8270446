package servqual_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"strconv"
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

// Interval against quantiles of 20 digits, from 1 to 4,294,967,294 degrees of
// freedom, within the 1e-13 that the package comment promises.
func TestIntervalIsStudents(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/student_t.csv")
	require.NoError(t, err)
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 100)
	worst := 0.0
	for _, row := range rows[1:] {
		level, degrees, want := float(t, row[0]), float(t, row[1]), float(t, row[2])
		s := perceived(t, int64(degrees)+1)
		se, ok := s.SE()
		require.True(t, ok)
		low, high, err := s.Interval(level)
		require.NoError(t, err)
		// Ends of intervals narrower than 1e-4 show few digits of t.
		abs := 4e-16 * 3 / se
		near.Equal(t, want, (high-3)/se, 1e-13, abs, "level %v, %v degrees", level, degrees)
		near.Equal(t, want, (3-low)/se, 1e-13, abs, "level %v, %v degrees", level, degrees)
		worst = max(worst, (near.Error(want, (high-3)/se)*want-abs)/want)
	}
	t.Logf("worst relative error of t: %.2g", worst)
}

func float(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return x
}

func TestIntervalLevels(t *testing.T) {
	t.Parallel()
	s := perceived(t, 10)
	for _, level := range []float64{0, 0.4999, 0.99991, 1, 1.5, 95, -0.95, math.NaN(), math.Inf(1)} {
		_, _, err := s.Interval(level)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%v", level)
		assert.Equal(t, []string{"Level"}, fields(err))
	}
	for _, level := range []float64{0.5, 0.9999} {
		low, high, err := s.Interval(level)
		require.NoError(t, err)
		assert.Less(t, low, high)
	}
}

// The interval is continuous where its quantile changes method.
func TestIntervalAcrossMethods(t *testing.T) {
	t.Parallel()
	previous := math.Inf(1)
	for n := int64(50); n < 160; n++ {
		s := perceived(t, n)
		se, _ := s.SE()
		_, high, err := s.Interval(0.95)
		require.NoError(t, err)
		quantile := (high - 3) / se
		assert.Less(t, quantile, previous, "%d", n)
		previous = quantile
	}
}

func TestIntervalOfEqualScoresIsAPoint(t *testing.T) {
	t.Parallel()
	r := report(t, collect(t, small(t), servqual.Response{Perceived: []int8{2, 2, 2}}, servqual.Response{Perceived: []int8{2, 2, 2}}), 0)
	low, high, err := r.Perceived.Unweighted.Interval(0.95)
	require.NoError(t, err)
	assert.Equal(t, [2]float64{2, 2}, [2]float64{low, high})
}
