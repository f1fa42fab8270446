package scale_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/scale"
)

func matrix(t require.TestingT, n int64, m ...[]float64) scale.Covariance {
	c, err := scale.FromMatrix(n, m)
	require.NoError(t, err)
	return c
}

// Three items of variance 1, 1 and 4 with covariances 0.5, 1 and 1, and what they come to
// by hand: the sum has variance 11.
func TestAlphaByHand(t *testing.T) {
	t.Parallel()
	c := matrix(t, 21, []float64{1, 0.5, 1}, []float64{0.5, 1, 1}, []float64{1, 1, 4})
	a, err := c.Alpha(0.95)
	require.NoError(t, err)
	assert.EqualValues(t, 21, a.N)
	near.Equal(t, 1.5*(1-6./11), a.Raw, 1e-15, 0)
	near.Equal(t, 0.75, a.Std, 1e-15, 0) // all correlations are ½
	near.Equal(t, 0.5, a.MeanR, 1e-15, 0)
	near.Equal(t, 0.5, a.MedianR, 1e-15, 0)
	near.Equal(t, 3, a.SignalNoise, 1e-15, 0)
	near.Equal(t, 1-3*(1-1./3)/6, a.Lambda6, 1e-14, 0) // two others of r ½ explain a third
	near.Slice(t, []float64{2 * (1 - 5./7), 2 * (1 - 5./7), 2 * (1 - 2./3)}, a.RawDropped, 1e-14, 0)
	near.Slice(t, []float64{2. / 3, 2. / 3, 2. / 3}, a.StdDropped, 1e-14, 0)
	near.Slice(t, []float64{1.5 / math.Sqrt(7), 1.5 / math.Sqrt(7), 2 / math.Sqrt(12)}, a.Rest, 1e-14, 0)
	// F at 97.5 % with 20 and 40 degrees is 2.0677, with 40 and 20 2.2873 (tables).
	near.Equal(t, 1-(1-a.Raw)*2.0677, a.Feldt.Low, 0, 1e-4)
	near.Equal(t, 1-(1-a.Raw)/2.2873, a.Feldt.High, 0, 1e-4)
	// tr C² = 1+1+16 + 2·(0.25+1+1) = 22.5, rows 2.5, 2.5, 6: sum C² = 48.5.
	near.Equal(t, math.Sqrt(2*2.25/1331*(11*(22.5+36)-2*6*48.5)/21), a.ASE, 1e-14, 0)
	near.Equal(t, a.Raw-1.959963984540054*a.ASE, a.Normal.Low, 1e-12, 0)
	near.Equal(t, a.Raw+1.959963984540054*a.ASE, a.Normal.High, 1e-12, 0)
	assert.Empty(t, a.Against)
}

func TestAlphaOfTwo(t *testing.T) {
	t.Parallel()
	a, err := matrix(t, 10, []float64{1, 0.6}, []float64{0.6, 1}).Alpha(0.9)
	require.NoError(t, err)
	near.Equal(t, 0.75, a.Raw, 1e-15, 0) // Spearman-Brown: 2r/(1 + r)
	assert.Nil(t, a.RawDropped)
	assert.Nil(t, a.StdDropped)
	near.Slice(t, []float64{0.6, 0.6}, a.Rest, 1e-15, 0)
}

// An item that runs against its scale is named, and nothing is reversed.
func TestAgainst(t *testing.T) {
	t.Parallel()
	rows := respondents(4, 500, 5, 1, 0)
	for _, row := range rows {
		row[1], row[3] = 8-row[1], 8-row[3]
	}
	c := covariance(t, 1, 7, scale.Listwise, rows)
	a, err := c.Alpha(0.95)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 3}, a.Against)
	assert.Less(t, a.Raw, 0.0)
	assert.Negative(t, c.At(0, 1))
	b, err := scale.New(scale.Params{Items: []int{0, 1, 2, 3, 4}, Low: 1, High: 7, Reversed: []int{1, 3}})
	require.NoError(t, err)
	v, err := collect(t, b, rows).Covariance(scale.Listwise)
	require.NoError(t, err)
	a, err = v.Alpha(0.95)
	require.NoError(t, err)
	assert.Empty(t, a.Against)
	assert.Greater(t, a.Raw, 0.8)
}

func TestAlphaRefuses(t *testing.T) {
	t.Parallel()
	c := matrix(t, 9, []float64{1, 0.5}, []float64{0.5, 1})
	for _, level := range []float64{0.4, 1, math.NaN()} {
		_, err := c.Alpha(level)
		require.ErrorContains(t, err, "Level")
	}
	_, err := matrix(t, 9, []float64{1, -1}, []float64{-1, 1}).Alpha(0.95)
	require.ErrorContains(t, err, "must not add to the same in all rows")
	_, err = scale.Covariance{}.Alpha(0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = scale.Covariance{}.Against()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	// Pairs there are, but no complete row to make an interval from.
	rows := [][]int8{{1, 2, blank}, {2, 3, blank}, {1, blank, 2}, {2, blank, 3}, {blank, 1, 2}, {blank, 2, 3}, {4, 4, 4}}
	_, err = covariance(t, 1, 7, scale.Pairwise, rows).Alpha(0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, f := range []func() error{
		func() error { _, _, err := scale.Feldt(1.1, 2, 9, 0.9); return err },
		func() error { _, _, err := scale.Feldt(math.NaN(), 2, 9, 0.9); return err },
		func() error { _, _, err := scale.Feldt(0.5, 1, 9, 0.9); return err },
		func() error { _, _, err := scale.Feldt(0.5, 2, 1, 0.9); return err },
		func() error { _, _, err := scale.Feldt(0.5, 2, 9, 1); return err },
	} {
		require.ErrorIs(t, f(), relmark.ErrInvalid)
	}
	// Three items of which the third is minus the sum of the others: the rest does not vary.
	a, err := matrix(t, 9, []float64{1, 0, 0.5}, []float64{0, 1, -0.5}, []float64{0.5, -0.5, 1}).Alpha(0.95)
	require.NoError(t, err)
	assert.False(t, math.IsNaN(a.Rest[0]))
	a, err = matrix(t, 9, []float64{1, -1, 0.5}, []float64{-1, 1, -0.5}, []float64{0.5, -0.5, 1}).Alpha(0.95)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(a.Rest[2]), "the others add to the same")
	assert.True(t, math.IsNaN(a.Lambda6), "collinear")
}

func TestFromMatrixRefuses(t *testing.T) {
	t.Parallel()
	one := []float64{1, 0.5}
	for _, c := range []struct {
		field string
		n     int64
		m     [][]float64
	}{
		{"N = 1", 1, [][]float64{one, {0.5, 1}}},
		{"Matrix = 1", 9, [][]float64{{1}}},
		{"Matrix = 101", 9, make([][]float64, 101)},
		{"Matrix[1] = 1", 9, [][]float64{one, {0.5}}},
		{"Matrix[1][1] = 0", 9, [][]float64{one, {0.5, 0}}},
		{"Matrix[0][1] = 0.5", 9, [][]float64{one, {0.4, 1}}},
		{"Matrix[0][1] = 2", 9, [][]float64{{1, 2}, {2, 1}}},
		{"Matrix[0][1] = NaN", 9, [][]float64{{1, math.NaN()}, {math.NaN(), 1}}},
		{"Matrix[0][0] = +Inf", 9, [][]float64{{math.Inf(1), 1}, {1, 1}}},
	} {
		_, err := scale.FromMatrix(c.n, c.m)
		require.ErrorIs(t, err, relmark.ErrInvalid, c.field)
		require.ErrorContains(t, err, c.field)
	}
}

// Alpha does not change with the range of answers; without an item it is that of the
// others; it is within its intervals; adding a constant or turning all items about changes
// nothing.
func TestAlphaProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 6).Draw(t, "items")
		rows := respondents(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(20, 60).Draw(t, "n"), k, 1, rapid.SampledFrom([]int{0, 30}).Draw(t, "missing"))
		use := rapid.SampledFrom([]scale.Use{scale.Listwise, scale.Pairwise}).Draw(t, "use")
		var moved [][]int8
		p := scale.Params{Low: 0, High: 14}
		for i := range k {
			p.Items, p.Reversed = append(p.Items, i), append(p.Reversed, i)
		}
		for _, row := range rows {
			var m []int8
			for _, a := range row {
				if a != blank {
					a = 2 * a
				}
				m = append(m, a)
			}
			moved = append(moved, m)
		}
		turned, err := scale.New(p)
		require.NoError(t, err)
		c := covariance(t, 1, 7, use, rows)
		v, err := collect(t, turned, moved).Covariance(use)
		require.NoError(t, err)
		a, err := c.Alpha(0.95)
		require.NoError(t, err)
		b, err := v.Alpha(0.95)
		require.NoError(t, err)
		near.Equal(t, a.Raw, b.Raw, 1e-12, 1e-13)
		near.Equal(t, a.ASE, b.ASE, 1e-12, 1e-13)
		near.Slice(t, a.Rest, b.Rest, 1e-12, 1e-13)
		require.Equal(t, a.Against, b.Against)
		require.True(t, a.Feldt.Low < a.Raw && a.Raw < a.Feldt.High)
		require.True(t, a.Raw <= 1 && a.Normal.High <= 1)
		if k < 3 || use == scale.Listwise {
			return
		}
		var without [][]int8
		for _, row := range rows {
			without = append(without, row[1:])
		}
		d, err := covariance(t, 1, 7, use, without).Alpha(0.95)
		require.NoError(t, err)
		near.Equal(t, d.Raw, a.RawDropped[0], 1e-12, 1e-13)
		near.Equal(t, d.Std, a.StdDropped[0], 1e-12, 1e-13)
	})
}

// Two scores of two items each: variances 0.75 of the means, covariance 0.3 of every pair.
func TestDifferenceByHand(t *testing.T) {
	t.Parallel()
	c := matrix(t, 30,
		[]float64{1, 0.5, 0.3, 0.3}, []float64{0.5, 1, 0.3, 0.3}, []float64{0.3, 0.3, 1, 0.5}, []float64{0.3, 0.3, 0.5, 1})
	d, err := c.Difference([]int{0, 1}, []int{3, 2})
	require.NoError(t, err)
	alpha := 2. / 3
	near.Slice(t, []float64{alpha, alpha, 0.75, 0.75, 0.4}, []float64{d.First, d.Second, d.FirstVar, d.SecondVar, d.R}, 1e-15, 0)
	near.Equal(t, (2*0.75*alpha-0.6)/(1.5-0.6), d.Reliability, 1e-14, 0)
	assert.EqualValues(t, 30, d.N)
	for _, sides := range [][2][]int{{{0}, {1, 2}}, {{0, 1}, {2}}, {{0, 1}, {1, 2}}, {{0, 4}, {1, 2}}, {{0, -1}, {1, 2}}, {nil, nil}} {
		_, err := c.Difference(sides[0], sides[1])
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = scale.Covariance{}.Difference([]int{0, 1}, []int{2, 3})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = matrix(t, 30, []float64{1, -1, 0, 0}, []float64{-1, 1, 0, 0}, []float64{0, 0, 1, 0}, []float64{0, 0, 0, 1}).Difference([]int{0, 1}, []int{2, 3})
	require.ErrorContains(t, err, "must make scores and differences that vary")
}
