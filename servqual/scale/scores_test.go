package scale_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/scale"
)

// Two items of 1 to 5: scores 0, 100 and, of half the items, 75.
func TestScoresByHand(t *testing.T) {
	t.Parallel()
	a := collect(t, battery(t, 2, 1, 5), [][]int8{{1, 1}, {5, 5}, {4, blank}, {blank, blank}})
	s, err := a.Scores(servqual.HalfAnswered)
	require.NoError(t, err)
	require.EqualValues(t, 3, s.N)
	near.Equal(t, 175./3, s.Mean, 1e-15, 0)
	sd := math.Sqrt((175.*175/9 + 125.*125/9 + 50.*50/9) / 2)
	near.Equal(t, sd, s.SD, 1e-14, 0)
	near.Equal(t, sd/math.Sqrt(3), s.SE, 1e-14, 0)
	i, err := s.Interval(0.95)
	require.NoError(t, err)
	near.Slice(t, []float64{0, 100}, []float64{i.Low, i.High}, 0, 0, "cut at the ends")
	i, err = s.Interval(0.5)
	require.NoError(t, err)
	near.Equal(t, 175./3-0.816496580927726*s.SE, i.Low, 1e-12, 0) // t of 2 degrees: √(2/3)
	s, err = a.Scores(servqual.AllAnswered)
	require.NoError(t, err)
	require.EqualValues(t, 2, s.N)
	near.Equal(t, 50, s.Mean, 0, 0)
	_, err = a.Scores("most")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = new(scale.Answers).Scores(servqual.AnyAnswered)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = collect(t, battery(t, 2, 1, 5), [][]int8{{1, 1}, {2, blank}}).Scores(servqual.AllAnswered)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = s.Interval(1)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = scale.Scores{}.Interval(0.9)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// The scores of all are those of each, and parts merge to the last bit.
func TestScoresOfEach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k, n := rapid.IntRange(2, 9).Draw(t, "items"), rapid.IntRange(2, 40).Draw(t, "n")
		rows := respondents(rapid.Uint64().Draw(t, "seed"), n, k, 1, rapid.IntRange(2, 20).Draw(t, "missing"))
		rule := rapid.SampledFrom([]servqual.Missing{servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered}).Draw(t, "rule")
		b := battery(t, k, 1, 7)
		whole, first, second := collect(t, b, rows), collect(t, b, rows[:n/2]), collect(t, b, rows[n/2:])
		require.NoError(t, second.Merge(first))
		var each []float64
		sum := 0.0
		for _, row := range rows {
			s, ok, err := b.Score(row, rule)
			require.NoError(t, err)
			if ok {
				each = append(each, s.Value)
				sum += s.Value
			}
		}
		got, err := whole.Scores(rule)
		require.Equal(t, len(each) >= 2, err == nil)
		if err != nil {
			return
		}
		mean, squares := sum/float64(len(each)), 0.0
		for _, v := range each {
			squares += (v - mean) * (v - mean)
		}
		require.EqualValues(t, len(each), got.N)
		near.Equal(t, mean, got.Mean, 1e-13, 1e-12)
		near.Equal(t, math.Sqrt(squares/float64(len(each)-1)), got.SD, 1e-11, 1e-7)
		again, err := second.Scores(rule)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
