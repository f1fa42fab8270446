package stat_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// longley returns the rows of Longley (1967), the first column being the employed, and
// then what is to explain them: nearly collinear.
func longley() [][]float64 {
	return [][]float64{
		{60323, 83.0, 234289, 2356, 1590, 107608, 1947},
		{61122, 88.5, 259426, 2325, 1456, 108632, 1948},
		{60171, 88.2, 258054, 3682, 1616, 109773, 1949},
		{61187, 89.5, 284599, 3351, 1650, 110929, 1950},
		{63221, 96.2, 328975, 2099, 3099, 112075, 1951},
		{63639, 98.1, 346999, 1932, 3594, 113270, 1952},
		{64989, 99.0, 365385, 1870, 3547, 115094, 1953},
		{63761, 100.0, 363112, 3578, 3350, 116219, 1954},
		{66019, 101.2, 397469, 2904, 3048, 117388, 1955},
		{67857, 104.6, 419180, 2822, 2857, 118734, 1956},
		{68169, 108.4, 442769, 2936, 2798, 120445, 1957},
		{66513, 110.8, 444546, 4681, 2637, 121950, 1958},
		{68655, 112.6, 482704, 3813, 2552, 123366, 1959},
		{69564, 114.2, 502601, 3931, 2514, 125368, 1960},
		{69331, 115.7, 518173, 4806, 2572, 127852, 1961},
		{70551, 116.9, 554894, 4007, 2827, 130081, 1962},
	}
}

// NIST Statistical Reference Datasets, Longley: certified values.
func TestLongley(t *testing.T) {
	t.Parallel()
	c := stat.NewComoments(7)
	for _, row := range longley() {
		c.Add(row)
	}
	v, ok := c.Covariance()
	require.True(t, ok)
	g, err := stat.Regress(v, 0, 1, 2, 3, 4, 5, 6)
	require.NoError(t, err)
	near.Slice(t, []float64{
		-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683, -1.03322686717359, -0.0511041056535807, 1829.15146461355,
	}, g.Coef, 1e-9, 0)
	near.Slice(t, []float64{
		890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675, 0.226073200069370, 455.478499142212,
	}, g.SE, 1e-9, 0)
	near.Equal(t, 304.854073561965, g.Sigma, 1e-9, 0)
	near.Equal(t, 0.995479004577296, g.R2, 1e-12, 0)
	f, p := g.F()
	near.Equal(t, 330.285339234588, f, 1e-9, 0)
	near.Equal(t, 4.984030528700946e-10, p, 1e-6, 0) // R's summary of lm prints 4.984e-10
	near.Equal(t, 0.9924650076288264, g.AdjustedR2(), 1e-12, 0)
	tt, p := g.T(6)
	near.Equal(t, 1829.15146461355/455.478499142212, tt, 1e-9, 0)
	near.Equal(t, 0.003036803, p, 1e-6, 0)
	near.Equal(t, 9, g.Degrees, 0, 0)
	low, high := g.Interval(3, 0.95)
	near.Equal(t, -2.02022980381683-2.262157162740992*0.488399681651699, low, 1e-9, 0)
	near.Equal(t, -2.02022980381683+2.262157162740992*0.488399681651699, high, 1e-9, 0)
}

// A line through points it does not miss, in whole numbers.
func TestExactLine(t *testing.T) {
	t.Parallel()
	c := stat.NewCross(3)
	for _, row := range [][]int64{{1, 0, 5}, {3, 1, 5}, {5, 2, 5}, {7, 3, 5}} {
		c.Add(row)
	}
	v, _ := c.Covariance([]uint64{1, 1, 2})
	assert.Equal(t, []float64{4, 1.5, 2.5}, v.Mean)
	g, err := stat.Regress(v, 0, 1)
	require.NoError(t, err)
	near.Slice(t, []float64{1, 2}, g.Coef, 1e-14, 1e-14)
	near.Equal(t, 1, g.R2, 1e-14, 0)
	near.Equal(t, 1, g.Beta[0], 1e-14, 0)
	g, err = stat.Regress(v, 2, 1) // a y that does not vary
	require.NoError(t, err)
	near.Slice(t, []float64{2.5, 0}, g.Coef, 0, 0)
	near.Slice(t, []float64{0, 0}, g.SE, 0, 0)
	assert.True(t, math.IsNaN(g.R2) && math.IsNaN(g.Beta[0]))
	none, err := stat.Regress(v, 0) // the mean alone
	require.NoError(t, err)
	near.Slice(t, []float64{4}, none.Coef, 0, 0)
	near.Equal(t, math.Sqrt(20./3/4), none.SE[0], 1e-15, 0)
}

func TestRegressRefuses(t *testing.T) {
	t.Parallel()
	c := stat.NewComoments(5)
	for i := range 9 {
		x := float64(i)
		c.Add([]float64{x * x, x, 3 - 2*x, 4, math.Sin(x)})
	}
	v, _ := c.Covariance()
	for _, x := range [][]int{{1, 2}, {2, 4, 1}, {3}, {1, 3}} {
		_, err := stat.Regress(v, 0, x...)
		var collinear *stat.CollinearError
		require.ErrorAs(t, err, &collinear, "%v", x)
		assert.Equal(t, x[len(x)-1], collinear.Column)
		assert.Contains(t, err.Error(), "column")
	}
	_, err := stat.Regress(v, 0, 4, 1)
	require.NoError(t, err)
	v.N = 3
	_, err = stat.Regress(v, 0, 1, 4)
	require.ErrorIs(t, err, stat.ErrFewRows)
	_, ok := stat.NewComoments(2).Covariance()
	assert.False(t, ok)
	_, ok = stat.NewCross(2).Covariance(nil)
	assert.False(t, ok)
}

// Whole numbers of either sign, and parts of them, have the exact covariances; floats
// have them nearly, and a state reads back.
func TestCrossIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 4).Draw(t, "columns")
		number := rapid.OneOf(rapid.Int64Range(-9, 9), rapid.Int64Range(-1<<47, 1<<47))
		rows := rapid.SliceOfN(rapid.SliceOfN(number, k, k), 0, 12).Draw(t, "rows")
		at := rapid.IntRange(0, len(rows)).Draw(t, "split")
		whole, parts := stat.NewCross(k), [2]*stat.Cross{stat.NewCross(k), stat.NewCross(k)}
		for i, row := range rows {
			whole.Add(row)
			if i < at {
				parts[0].Add(row)
			} else {
				parts[1].Add(row)
			}
		}
		parts[1].Merge(parts[0])
		require.Equal(t, whole, parts[1])
		require.EqualValues(t, len(rows), whole.N())
		require.Equal(t, whole, stat.CrossOf(k, whole.Words()))
		require.Nil(t, stat.CrossOf(k+1, whole.Words()))
		v, ok := whole.Covariance(nil)
		require.Equal(t, len(rows) >= 2, ok)
		for i := range v.Mean {
			for j := range v.Mean {
				near.Equal(t, exact(rows, i, j), v.At(i, j), 0, 0)
			}
		}
	})
}

func exact(rows [][]int64, i, j int) float64 {
	n, sx, sy, xy := big.NewInt(int64(len(rows))), new(big.Int), new(big.Int), new(big.Int)
	for _, row := range rows {
		x, y := big.NewInt(row[i]), big.NewInt(row[j])
		sx.Add(sx, x)
		sy.Add(sy, y)
		xy.Add(xy, x.Mul(x, y))
	}
	xy.Mul(xy, n).Sub(xy, sx.Mul(sx, sy))
	v, _ := new(big.Rat).SetFrac(xy, n.Mul(n, big.NewInt(int64(len(rows)-1)))).Float64()
	return v
}

func TestCrossOfRefuses(t *testing.T) {
	t.Parallel()
	for _, words := range [][]uint64{
		{0, 0, 1, 0, 1}, // a sum of nothing
		{2, 0, 3, 0, 4}, // parity, and 2·4 < 9
		{2, 0, 4, 0, 6}, // 2·6 < 16
		{1, 0, 2, math.MaxUint64, 4},
		{1 << 40, 0, 0, 0, 0},
	} {
		assert.Nil(t, stat.CrossOf(1, words), "%v", words)
	}
	assert.NotNil(t, stat.CrossOf(1, []uint64{2, 0, 4, 0, 8}))
	// Two columns that vary by 1 each cannot vary together by 2.
	assert.NotNil(t, stat.CrossOf(2, []uint64{2, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}))
	assert.Nil(t, stat.CrossOf(2, []uint64{2, 0, 1, 0, 1, 0, 1, 0, 3, 0, 1}))
}

// Parts of floats merge to the whole, an affine change of a regressor changes its
// coefficient only, and residuals are orthogonal.
func TestRegressionProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		n := rapid.IntRange(6, 40).Draw(t, "n")
		rows := normalRows(seed, n, 4)
		a, b, whole, moved := stat.NewComoments(4), stat.NewComoments(4), stat.NewComoments(4), stat.NewComoments(4)
		scale, shift := rapid.Float64Range(0.01, 100).Draw(t, "scale"), rapid.Float64Range(-100, 100).Draw(t, "shift")
		at := rapid.IntRange(0, n).Draw(t, "split")
		for i, row := range rows {
			whole.Add(row)
			if i < at {
				a.Add(row)
			} else {
				b.Add(row)
			}
			moved.Add([]float64{row[0], row[1], shift + scale*row[2], row[3]})
		}
		a.Merge(b)
		want, _ := whole.Covariance()
		got, _ := a.Covariance()
		near.Slice(t, want.Mean, got.Mean, 1e-12, 1e-12)
		near.Slice(t, want.Cov, got.Cov, 1e-12, 1e-12)
		g, err := stat.Regress(want, 0, 1, 2, 3)
		require.NoError(t, err)
		v, _ := moved.Covariance()
		m, err := stat.Regress(v, 0, 1, 2, 3)
		require.NoError(t, err)
		near.Equal(t, g.Coef[2], m.Coef[2]*scale, 1e-6, 1e-8)
		near.Equal(t, g.Coef[1], m.Coef[1], 1e-6, 1e-8)
		near.Equal(t, g.R2, m.R2, 1e-6, 1e-8)
		for column := range 4 {
			sum := 0.0
			for _, row := range rows {
				off := row[0] - g.Coef[0] - g.Coef[1]*row[1] - g.Coef[2]*row[2] - g.Coef[3]*row[3]
				if column > 0 {
					off *= row[column]
				}
				sum += off
			}
			near.Equal(t, 0, sum, 0, 1e-7)
		}
	})
}
