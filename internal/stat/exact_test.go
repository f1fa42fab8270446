package stat_test

import (
	"testing"

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
	near.Slice(t, []float64{3.3819678058752429, 0.15718616136624455, 6.424516094199646, 7.0284333358687778, 1.0000000000000004}, []float64{
		stat.FQuantile(0.975, 5, 18), stat.FQuantile(0.025, 5, 18), stat.FQuantile(0.95, 17, 3.7), stat.FQuantile(0.999, 2, 400), stat.FQuantile(0.5, 1, 1),
	}, 1e-12, 0)
}
