package stat_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// drawn returns whole rows of so many columns.
func drawn(t *rapid.T, columns, least int) [][]int64 {
	row := rapid.SliceOfN(rapid.Int64Range(-127, 127), columns, columns)
	return rapid.SliceOfN(row, least, 30).Draw(t, "rows")
}

func crossOf(rows [][]int64, columns int) *stat.Cross {
	c := stat.NewCross(columns)
	for _, row := range rows {
		c.Add(row)
	}
	return c
}

// Differences worked out of the sums are those of rows that have them.
func TestWithDifferences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawn(t, 4, 0)
		pairs := [][2]int{{2, 1}, {0, 3}, {1, 2}}
		longer := make([][]int64, len(rows))
		for i, row := range rows {
			longer[i] = slices.Clone(row)
			for _, p := range pairs {
				longer[i] = append(longer[i], row[p[0]]-row[p[1]])
			}
		}
		got := crossOf(rows, 4).WithDifferences(pairs...)
		assert.Equal(t, crossOf(longer, 7).Words(), got.Words())
		for i := range 7 {
			s := got.Summary(i, 3)
			assert.EqualValues(t, len(rows), s.N())
			var m stat.Moments // moved to be whole and not negative
			for _, row := range longer {
				m.Add(uint64(row[i] + 300))
			}
			assert.Equal(t, m.Summary(3, -100), s)
		}
	})
}

func TestIsDifference(t *testing.T) {
	t.Parallel()
	a, b := add(5, 9, 0), add(1, 10, 7)
	assert.True(t, add(14, 9, 3).IsDifference(a, b, 10))
	assert.False(t, add(14, 9, 4).IsDifference(a, b, 10))
	assert.False(t, add(14, 9).IsDifference(a, b, 10))
	assert.False(t, add(14, 9, 3).IsDifference(a, add(18), 10))
}

func TestNewSummary(t *testing.T) {
	t.Parallel()
	assert.Equal(t, add(2, 4, 4, 10).Summary(1, 0), stat.NewSummary(4, 5, 12))
	v, ok := stat.NewSummary(4, 5, 12).Variance()
	assert.True(t, ok)
	near.Equal(t, 12, v, 0, 0)
	_, ok = stat.NewSummary(1, 5, 0).Variance()
	assert.False(t, ok)
}

// Shares are the average over all orders, counted one by one here, and add up to R².
func TestSharesAreThoseOfAllOrders(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, _ := crossOf(drawn(t, 4, 8), 4).Covariance(nil)
		whole, err := stat.Regress(c, 3, 0, 1, 2)
		if err != nil {
			_, err := stat.Shares(c, 3, 0, 1, 2)
			require.Error(t, err)
			return
		}
		if math.IsNaN(whole.R2) {
			return
		}
		want := make([]float64, 3)
		orders := [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
		for _, order := range orders {
			before := 0.0
			for i, column := range order {
				g, err := stat.Regress(c, 3, order[:i+1]...)
				require.NoError(t, err)
				want[column] += (g.R2 - before) / float64(len(orders))
				before = g.R2
			}
		}
		got, err := stat.Shares(c, 3, 0, 1, 2)
		require.NoError(t, err)
		near.Slice(t, want, got, 0, 1e-8)
		near.Equal(t, whole.R2, got[0]+got[1]+got[2], 0, 1e-12, "sum")
	})
}

// The classic one is F of the regression on dummies of the groups; of two groups it is
// the square of Student's t, and Welch's the square of Welch's.
func TestAnova(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(0, 10), 2, 9), 2, 4).Draw(t, "groups")
		k := len(groups)
		c := stat.NewCross(k)
		samples := make([]stat.Summary, k)
		for i, g := range groups {
			var m stat.Moments
			for _, x := range g {
				row := make([]int64, k)
				row[0] = x
				if i > 0 {
					row[i] = 1
				}
				c.Add(row)
				m.Add(uint64(x))
			}
			samples[i] = m.Summary(1, 0)
		}
		v, _ := c.Covariance(nil)
		dummies := make([]int, k-1)
		for i := range dummies {
			dummies[i] = i + 1
		}
		got, ok := stat.Anova(samples)
		g, err := stat.Regress(v, 0, dummies...)
		if !ok || err != nil || !(1-g.R2 > 1e-9) {
			return
		}
		f, p := g.F()
		near.Equal(t, f, got.F, 1e-9, 1e-9)
		near.Equal(t, p, got.P, 1e-9, 1e-9)
		near.Equal(t, g.Degrees, got.Below, 0, 0)
		near.Equal(t, float64(k-1), got.Above, 0, 0)
		welch, ok := stat.WelchAnova(samples)
		if !ok || k > 2 {
			return
		}
		d := stat.Welch(sampleOf(samples[0]), sampleOf(samples[1]))
		near.Equal(t, d.T*d.T, welch.F, 1e-9, 1e-12)
		near.Equal(t, d.Degrees, welch.Below, 1e-9, 0)
		near.Equal(t, d.P, welch.P, 1e-9, 1e-12)
	})
}

func sampleOf(s stat.Summary) stat.Sample {
	mean, _ := s.Mean()
	se, _ := s.SE()
	return stat.Sample{N: s.N(), Mean: mean, SE: se}
}

func TestAnovaOfWhatDoesNotVary(t *testing.T) {
	t.Parallel()
	constant, varied := add(3, 3).Summary(1, 0), add(1, 5, 6).Summary(1, 0)
	_, ok := stat.Anova([]stat.Summary{constant, add(4, 4, 4).Summary(1, 0)})
	assert.False(t, ok)
	_, ok = stat.Anova([]stat.Summary{constant, varied})
	assert.True(t, ok)
	_, ok = stat.WelchAnova([]stat.Summary{constant, varied})
	assert.False(t, ok)
}

// Tails by mpmath at 40 digits: the incomplete beta function, or quadrature of the
// density.
func TestTails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ f, above, below, want float64 }{
		{2.5, 3, 10, 0.11903956265827815426},
		{0.5, 4, 1000, 0.73575900472452628172},
		{1, 1, 1, 0.5},
		{40, 3, 50, 2.5043045084269338156e-13},
		{1.1, 5, 1e6, 0.35794663471761423}, // these two by pf of R 4.2
		{1.02, 2e5, 3e5, 6.0477638589854484e-07},
	} {
		near.Equal(t, c.want, stat.FTail(c.f, c.above, c.below), 1e-12, 0, "F %v", c)
	}
	for _, c := range []struct{ t, degrees, want float64 }{
		{0.01, 300, 0.99202793395888182355},
		{2, 1e3, 0.04577034649325164},
		{2, 1e4, 0.045527260661435443},
		{2, 1e6, 0.045500533851319208},
		{2, 1e8, 0.045500266595906753},
		{6, 1e3, 2.7553691733774691e-9},
		{6, 1e4, 2.0416184729226153e-9},
		{6, 1e8, 1.9731820343152871e-9},
		{2, math.Inf(1), 0.045500263896358417},
	} {
		near.Equal(t, c.want, stat.TTail(c.t, c.degrees), 1e-12, 0, "t %v", c)
		near.Equal(t, c.want, stat.TTail(-c.t, c.degrees), 1e-12, 0, "t %v", c)
	}
	for _, f := range []float64{0, -1, math.NaN()} {
		near.Equal(t, 1, stat.FTail(f, 2, 3), 0, 0)
	}
	for _, f := range []float64{math.Inf(1), math.MaxFloat64} {
		near.Equal(t, 0, stat.FTail(f, 2, 3), 0, 0)
		near.Equal(t, 0, stat.TTail(-f, 3), 0, 0)
		near.Equal(t, 0, stat.TTail(f, 3e6), 0, 0)
	}
	for _, degrees := range []float64{3, 3e6} {
		near.Equal(t, 1, stat.TTail(math.NaN(), degrees), 0, 0)
		near.Equal(t, 1, stat.TTail(0, degrees), 0, 0)
	}
	for _, degrees := range []float64{1, 3, 7.5, 40} {
		for _, x := range []float64{0.01, 0.5, 1, 2, 5, 30} {
			near.Equal(t, 2*distuv.StudentsT{Mu: 0, Sigma: 1, Nu: degrees}.CDF(-x), stat.TTail(x, degrees), 1e-12, 0, "t %v of %v", x, degrees)
		}
	}
	// The method changes without a step.
	for x := 0.1; x < 7; x += 0.1 {
		near.Equal(t, stat.TTail(x, 1000), stat.TTail(x, 1000.0001), 1e-7, 0, "%v", x)
	}
}
