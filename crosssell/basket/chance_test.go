package basket_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/near"
)

func cells(a, b, c, d int64) basket.Table {
	return basket.Table{Both: a, Left: a + b, Right: a + c, N: a + b + c + d}
}

// fisher.test, phyper and qhyper of R 4.2.2: two sides, greater, P(H < a), and the
// quantile at 0.99.
func TestChanceAsR(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		basket.Table
		both, greater, below, quantile float64
	}{
		{cells(194, 322, 1709, 7610), 2.5433576785259298e-23, 2.2018312716485341e-23, 1, 121},
		{cells(3, 1, 1, 3), 0.48571428571428582, 0.24285714285714288, 0.75714285714285712, 4}, // the lady tasting tea
		{cells(1, 9, 11, 3), 0.0027594561852200836, 0.99996634809530227, 3.3651904697805942e-05, 8},
		{cells(10, 2, 3, 15), 0.00053672411914343593, 0.00046518094336290585, 0.9995348190566371, 8},
		{cells(2, 10, 15, 3), 0.00053672411914343593, 0.99998451901868612, 1.5480981313854348e-05, 10},
		{cells(0, 5, 5, 0), 0.0079365079365079395, 1, 0, 4},
		{cells(5, 5, 5, 5), 1, 0.67185910065167032, 0.32814089934832963, 8},
		{cells(12, 188, 30, 270), 0.13877476824211996, 0.96169699809888787, 0.038303001901112278, 24},
		{cells(30, 270, 12, 188), 0.1387747682421199, 0.076744095717142691, 0.92325590428285731, 32},
		{cells(7, 0, 3, 9), 0.0030959752321981452, 0.0023815194093831865, 0.99761848059061675, 6},
		{cells(832, 540, 49843, 36947), 0.017916124968718156, 0.0089664019365340939, 0.99103359806346591, 831},
		{cells(4, 16, 21, 1), 5.2643911674270365e-07, 0.99999999552347685, 4.4765231015536333e-09, 16},
	} {
		near.Equal(t, c.both, c.TwoSidedP(), 1e-10, 0, "two sides of %+v", c.Table)
		near.Equal(t, c.greater, c.P(), 1e-12, 0, "p of %+v", c.Table)
		near.Equal(t, c.below, c.HyperConfidence(), 1e-12, 0, "below, %+v", c.Table)
		near.Equal(t, float64(c.Both)/c.quantile, c.HyperLift(0.99), 0, 0, "hyper lift of %+v", c.Table)
	}
}

// ways returns the number of ways to every possible value of H, the least value, and all.
func ways(t basket.Table) (list []*big.Int, first int64, all *big.Int) {
	first = max(0, t.Left+t.Right-t.N)
	for k := first; k <= min(t.Left, t.Right); k++ {
		n := new(big.Int).Binomial(t.Right, k)
		list = append(list, n.Mul(n, new(big.Int).Binomial(t.N-t.Right, t.Left-k)))
	}
	return list, first, new(big.Int).Binomial(t.N, t.Left)
}

// share returns a/b as a float64.
func share(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

func TestChanceAgreesWithExactSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := tables(rapid.SampledFrom([]int64{3, 20, 200}).Draw(t, "most")).Draw(t, "table")
		list, first, all := ways(x)
		upper, both := new(big.Int), new(big.Int)
		own := list[x.Both-first]
		limit := new(big.Int).Add(own, new(big.Int).Quo(own, big.NewInt(10_000_000)))
		for k, n := range list {
			if first+int64(k) >= x.Both {
				upper.Add(upper, n)
			}
			if n.Cmp(limit) <= 0 {
				both.Add(both, n)
			}
		}
		near.Equal(t, share(upper, all), x.P(), 1e-12, 0, "p of %+v", x)
		near.Equal(t, share(both, all), x.TwoSidedP(), 1e-12, 0, "two sides of %+v", x)

		level := rapid.SampledFrom([]float64{0.01, 0.3, 0.5, 0.9, 0.99, 0.999999}).Draw(t, "level")
		sum := new(big.Int)
		for k, n := range list {
			sum.Add(sum, n)
			if reached := share(sum, all); math.Abs(reached-level) < 1e-9 {
				return // too near to tell by float64
			} else if reached > level {
				near.Equal(t, float64(x.Both)/float64(first+int64(k)), x.HyperLift(level), 0, 0, "hyper lift of %+v", x)
				return
			}
		}
	})
}

// P-values below the range of float64 have logarithms.
func TestLogPGoesOn(t *testing.T) {
	t.Parallel()
	same := basket.Table{Both: 100_000, Left: 100_000, Right: 100_000, N: 200_000}
	assert.Zero(t, same.P())
	assert.Zero(t, same.TwoSidedP())
	near.Equal(t, -138623.10728306364, same.LogP(), 1e-13, 0) // −ln C(200000, 100000)
	near.Equal(t, same.LogP()+math.Ln2, same.LogTwoSidedP(), 1e-12, 0)
	huge := basket.Table{Both: 1 << 60, Left: 1 << 61, Right: 1 << 61, N: 1 << 62}
	near.Equal(t, 0.5, huge.P(), 1e-8, 0)
	near.Equal(t, 1, huge.TwoSidedP(), 1e-8, 0)
	near.Equal(t, 1, huge.HyperLift(0.99), 1e-8, 0)
}

func TestMeasuresDoNotAllocate(t *testing.T) {
	beef := cells(194, 322, 1709, 7610)
	sink := 0.0
	require.Zero(t, testing.AllocsPerRun(100, func() {
		for _, f := range twenty() {
			sink += f(beef)
		}
		sink += beef.LogP() + beef.HyperLift(0.99) + beef.TwoSidedP()
	}))
}

// twenty are the measures that a report of rules commonly has.
func twenty() [20]func(basket.Table) float64 {
	return [...]func(basket.Table) float64{
		basket.Table.Support, basket.Table.Confidence, basket.Table.Lift, basket.Table.Coverage, basket.Table.Leverage,
		basket.Table.Conviction, basket.Table.Certainty, basket.Table.Cosine, basket.Table.Jaccard, basket.Table.Kulczynski,
		basket.Table.ImbalanceRatio, basket.Table.Phi, basket.Table.ChiSquared, basket.Table.OddsRatio, basket.Table.YuleQ,
		basket.Table.Kappa, basket.Table.JMeasure, basket.Table.MutualInformation, basket.Table.Gini, basket.Table.Lambda,
	}
}
