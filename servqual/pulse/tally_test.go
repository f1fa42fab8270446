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

func TestScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scale pulse.Scale
		field string
	}{
		{pulse.Scale{Low: 0, High: 10}, ""},
		{pulse.Scale{Low: -127, High: -27}, ""},
		{pulse.Scale{Low: 126, High: 127}, ""},
		{pulse.Scale{Low: 27, High: 127}, ""},
		{pulse.Scale{}, "High"},
		{pulse.Scale{Low: 3, High: 3}, "High"},
		{pulse.Scale{Low: 0, High: 101}, "High"},
		{pulse.Scale{Low: -128, High: -100}, "Low"},
		{pulse.Scale{Low: 127, High: 127}, "Low"},
		{pulse.Scale{Low: 100, High: 128}, "High"},
		{pulse.Scale{Low: math.MaxInt, High: math.MinInt}, "Low"},
	} {
		assert.Equal(t, c.field, field(c.scale.Validate()), "%v", c.scale)
		y, err := pulse.NewTally(c.scale)
		assert.Equal(t, c.field, field(err))
		assert.Equal(t, err == nil, y != nil)
		w, err := pulse.NewWeighted(c.scale)
		assert.Equal(t, c.field, field(err))
		assert.Equal(t, err == nil, w != nil)
	}
}

func TestTallyRefuses(t *testing.T) {
	t.Parallel()
	y := tally(t, 1, 5, 3)
	for _, a := range []int{0, 6, math.MinInt, math.MaxInt} {
		require.EqualError(t, y.Add(a), "pulse: Answer = "+text(a)+": must be 1 to 5")
	}
	assert.Equal(t, "Times", field(y.AddTimes(3, -1)))
	assert.Equal(t, "Times", field(y.AddBlank(-1)))
	require.NoError(t, y.AddTimes(5, 0))
	require.NoError(t, y.AddBlank(math.MaxUint32-1))
	require.ErrorIs(t, y.Add(3), relmark.ErrLimit)
	require.ErrorIs(t, y.AddBlank(1), relmark.ErrLimit)
	require.ErrorIs(t, y.AddTimes(3, math.MaxInt64), relmark.ErrLimit)
	assert.EqualValues(t, 1, y.N())
	assert.Equal(t, int64(math.MaxUint32-1), y.Blank())
	require.ErrorIs(t, y.Merge(tally(t, 1, 5, 1)), relmark.ErrLimit)
	assert.Equal(t, "Scale", field(tally(t, 1, 5).Merge(tally(t, 1, 7))))
	var zero pulse.Tally
	assert.Equal(t, "Answer", field(zero.Add(0)))
	_, err := zero.TopBox(0)
	assert.Equal(t, "From", field(err))
	_, err = zero.Net(pulse.Groups{Promoters: 1})
	assert.Equal(t, "Detractors", field(err))
}

// A dismissed question is no answer: it changes no score.
func TestBlanksChangeNoScore(t *testing.T) {
	t.Parallel()
	y := tally(t, 0, 10, 10, 9, 3)
	before := y.Mean()
	require.NoError(t, y.AddBlank(1000))
	assert.Equal(t, before, y.Mean())
	n, err := y.NPS()
	require.NoError(t, err)
	assert.Equal(t, pulse.Net{Detractors: 1, Promoters: 2}, n)
}

// Merging any split of the answers, in any order, gives what one pass gives.
func TestMergeIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		answers := rapid.SliceOf(rapid.IntRange(-1, 10)).Draw(t, "answers") // −1: blank
		parts := []*pulse.Tally{{}, drawn(t), drawn(t), drawn(t)}
		whole := drawn(t)
		for _, a := range answers {
			part := parts[rapid.IntRange(1, 3).Draw(t, "part")]
			for _, to := range []*pulse.Tally{whole, part} {
				if a < 0 {
					require.NoError(t, to.AddBlank(1))
				} else {
					require.NoError(t, to.Add(a))
				}
			}
		}
		var sum pulse.Tally
		for _, i := range rapid.Permutation([]int{0, 1, 2, 3}).Draw(t, "order") {
			require.NoError(t, sum.Merge(parts[i]))
		}
		assert.Equal(t, encoded(t, whole), encoded(t, &sum))
		require.NoError(t, whole.Merge(nil))
		require.NoError(t, whole.Merge(&pulse.Tally{}))
		assert.Equal(t, encoded(t, &sum), encoded(t, whole))
	})
}

func drawn(t *rapid.T) *pulse.Tally {
	y, err := pulse.NewTally(pulse.Recommend())
	require.NoError(t, err)
	return y
}

// Blanks may come before the scale is known.
func TestZeroTallyTakesBlanks(t *testing.T) {
	t.Parallel()
	var zero pulse.Tally
	require.NoError(t, zero.AddBlank(4))
	assert.EqualValues(t, 4, zero.Blank())
	require.NoError(t, zero.Merge(tally(t, 1, 5, 2)))
	assert.Equal(t, pulse.Scale{Low: 1, High: 5}, zero.Scale())
	assert.EqualValues(t, 4, zero.Blank())
	other := tally(t, 1, 7)
	var blanks pulse.Tally
	require.NoError(t, blanks.AddBlank(2))
	require.NoError(t, other.Merge(&blanks))
	assert.EqualValues(t, 2, other.Blank())
}

// Means and variances of whole numbers, against sums of squares about the mean.
func TestMeanAgainstTwoPasses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.IntRange(-127, 100).Draw(t, "low")
		high := min(low+rapid.IntRange(1, 100).Draw(t, "width"), 127)
		answers := rapid.SliceOfN(rapid.IntRange(low, high), 2, 50).Draw(t, "answers")
		y, err := pulse.NewTally(pulse.Scale{Low: low, High: high})
		require.NoError(t, err)
		sum := 0.0
		for _, a := range answers {
			require.NoError(t, y.Add(a))
			sum += float64(a)
		}
		mean, squares := sum/float64(len(answers)), 0.0
		for _, a := range answers {
			squares += (float64(a) - mean) * (float64(a) - mean)
		}
		got, ok := y.Mean().Value()
		require.True(t, ok)
		sd, ok := y.Mean().SD()
		require.True(t, ok)
		assert.LessOrEqual(t, math.Abs(got-mean), 1e-12)
		assert.LessOrEqual(t, math.Abs(sd-math.Sqrt(squares/float64(len(answers)-1))), 1e-11)
		l, h, err := y.Mean().Interval(0.95)
		require.NoError(t, err)
		assert.True(t, float64(low) <= l && l <= got && got <= h && h <= float64(high))
	})
}

// Four billion answers of which one differs: nothing cancels.
func TestMeanOfManyAlike(t *testing.T) {
	t.Parallel()
	y := tally(t, -127, -27, -27)
	require.NoError(t, y.AddTimes(-28, math.MaxUint32-1))
	sd, _ := y.Mean().SD()
	n := float64(math.MaxUint32)
	near.Equal(t, 1/math.Sqrt(n), sd, 1e-9, 0)
	mean, _ := y.Mean().Value()
	near.Equal(t, -28+1/n, mean, 1e-15, 0)
}

func TestMeanNeedsAnswers(t *testing.T) {
	t.Parallel()
	for n, y := range []*pulse.Tally{tally(t, 1, 5), tally(t, 1, 5, 3)} {
		m := y.Mean()
		assert.EqualValues(t, n, m.N())
		_, ok := m.Value()
		assert.Equal(t, n > 0, ok)
		_, ok = m.SD()
		assert.False(t, ok)
		_, ok = m.SE()
		assert.False(t, ok)
		_, _, err := m.Interval(0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
		_, err = m.Estimate()
		require.ErrorIs(t, err, relmark.ErrTooFew)
		_, err = m.Change(tally(t, 1, 5, 1, 2).Mean(), 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
		_, err = tally(t, 1, 5, 1, 2).Mean().Change(m, 0.95)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	_, _, err := tally(t, 1, 5, 1, 2).Mean().Interval(1)
	assert.Equal(t, "Level", field(err))
	alike := tally(t, 1, 5, 4, 4, 4)
	l, h, err := alike.Mean().Interval(0.95)
	require.NoError(t, err)
	assert.Equal(t, [2]float64{4, 4}, [2]float64{l, h})
}
