package stat_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// R 4.2.2: poisson.test(count)$conf.int, binom.test(count, n, p).
func TestExactLimitsAndTests(t *testing.T) {
	t.Parallel()
	low, high := stat.PoissonMean(10, 0.95)
	near.Slice(t, []float64{4.79538869613244, 18.39035604201776}, []float64{low, high}, 1e-12, 0)
	low, high = stat.PoissonMean(0, 0.95)
	near.Slice(t, []float64{0, 3.688879454113936}, []float64{low, high}, 1e-12, 0)
	low, high = stat.PoissonMean(1234, 0.9)
	near.Slice(t, []float64{1176.7931038104098, 1293.3672849254574}, []float64{low, high}, 1e-12, 0)
	for _, c := range []struct {
		count, n     int64
		p, low, high float64
		pvalue       float64
	}{
		{3, 20, 0.29999999999999999, 0.032070937185463728, 0.37892682654531396, 0.22041826738070938},
		{0, 15, 0.10000000000000001, 0, 0.21801936091053398, 0.38995220120104024},
		{20, 20, 0.90000000000000002, 0.83156652901691464, 1, 0.25452997802490429},
		{9, 33, 0.44186046511627908, 0.13299638871081487, 0.45523842776078183, 0.05459894105135471},
		{24, 33, 0.55813953488372092, 0.54476157223921817, 0.86700361128918513, 0.05459894105135471},
		{450, 1000, 0.5, 0.41885170967995072, 0.48144346662340654, 0.0017305360849763163},
		{52, 100, 0.5, 0.41778976540630669, 0.62099451982204135, 0.76435343440266745},
		{1, 1, 0.20000000000000001, 0.025000000000000022, 1, 0.20000000000000001},
		{7, 10, 0.25, 0.34754714994000269, 0.93326048882226553, 0.003505706787109375},
	} {
		low, high := stat.ClopperPearson(c.count, c.n, 0.95)
		near.Slice(t, []float64{c.low, c.high}, []float64{low, high}, 1e-11, 0)
		near.Equal(t, c.pvalue, stat.BinomialTest(c.count, c.n, c.p), 1e-11, 0)
	}
	// Where the inverse of gonum says 0.937; 5e-7^(1/100000) is exact.
	low, high = stat.ClopperPearson(100_000, 100_000, 0.999999)
	near.Slice(t, []float64{0.99985492394716324, 1}, []float64{low, high}, 1e-12, 0)
	low, _ = stat.ClopperPearson(99_999, 100_000, 0.999999)
	near.Equal(t, 0.99982579215469403, low, 1e-9, 0)
	near.Slice(t, []float64{3.3819678058752429, 0.15718616136624455, 6.424516094199646, 7.0284333358687778, 1.0000000000000004}, []float64{
		stat.FQuantile(0.975, 5, 18), stat.FQuantile(0.025, 5, 18), stat.FQuantile(0.95, 17, 3.7), stat.FQuantile(0.999, 2, 400), stat.FQuantile(0.5, 1, 1),
	}, 1e-12, 0)
}

// Each limit is where a tail of the binomial distribution is (1 − level)/2.
func TestClopperPearson(t *testing.T) {
	t.Parallel()
	tail := func(n, from, to int64, p float64) (sum float64) {
		for x := from; x <= to; x++ {
			c, _ := math.Lgamma(float64(n + 1))
			a, _ := math.Lgamma(float64(x + 1))
			b, _ := math.Lgamma(float64(n - x + 1))
			sum += math.Exp(c - a - b + float64(x)*math.Log(p) + float64(n-x)*math.Log1p(-p))
		}
		return sum
	}
	for _, n := range []int64{1, 2, 7, 40, 1000, 20_000} {
		for _, x := range []int64{0, 1, n / 3, n - 1, n} {
			low, high := stat.ClopperPearson(x, n, 0.9)
			require.LessOrEqual(t, low, float64(x)/float64(n))
			require.GreaterOrEqual(t, high, float64(x)/float64(n))
			if x > 0 {
				near.Equal(t, 0.05, tail(n, x, n, low), 1e-8, 0, "%d of %d", x, n)
			} else {
				require.Zero(t, low)
			}
			if x < n {
				near.Equal(t, 0.05, tail(n, 0, x, high), 1e-8, 0, "%d of %d", x, n)
			} else {
				near.Equal(t, 1, high, 0, 0)
			}
		}
	}
}

// By hand: all of n have the lower limit tail^(1/n), and none the upper limit 1 less that, at
// any level and any n.
func TestClopperPearsonOfAllAndNone(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1, 1000, 100_000, math.MaxInt32} {
		for _, level := range []float64{0.5, 0.95, 0.999999, 1 - 1e-12} {
			want := math.Pow((1-level)/2, 1/float64(n))
			low, high := stat.ClopperPearson(n, n, level)
			near.Slice(t, []float64{want, 1}, []float64{low, high}, 1e-14, 0)
			low, high = stat.ClopperPearson(0, n, level)
			near.Slice(t, []float64{0, 1 - want}, []float64{low, high}, 0, 1e-14)
			low, high = stat.ClopperPearson(n-1, n, level) // one less is a little less
			require.True(t, low < want && low > want-1e3/float64(n) && high <= 1)
		}
	}
}
