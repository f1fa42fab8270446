package clv_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// requireSingle holds for every batch: it has what one by one has, to the bit.
func requireSingle(t *testing.T, m process, base []rfm.Pattern, span, rate float64) {
	t.Helper()
	kept := []float64{7}
	alive := clv.AppendPAlive(kept, m, base)
	expected := clv.AppendCondExpected(kept, m, base, span)
	discounted := clv.AppendDERT(kept, m, base, rate)
	for _, got := range [][]float64{alive, expected, discounted} {
		require.Len(t, got, len(base)+1)
		near.Equal(t, 7, got[0], 0, 0, "what dst had")
	}
	for i, c := range base {
		near.Equal(t, m.PAlive(c), alive[i+1], 0, 0, "PAlive of %T %v", m, c)
		near.Equal(t, m.CondExpected(c, span), expected[i+1], 0, 0, "CondExpected of %T %v", m, c)
		near.Equal(t, m.DERT(c, rate), discounted[i+1], 0, 0, "DERT of %T %v", m, c)
	}
}

// Whether customers are alike, few, of one age, invalid or in any order: a batch is what
// one by one is.
func TestBatchEqualsSingle(t *testing.T) {
	t.Parallel()
	for _, c := range purchaseModels(t, 2357) {
		base := slices.Concat(c.customers, []rfm.Pattern{
			{X: -1},
			{X: 1, TX: 2, T: 1},
			{X: 1, TX: math.NaN(), T: 1},
			{X: math.MaxInt, TX: 1, T: 1},
			{X: math.MinInt},
			{TX: math.Copysign(0, -1), T: 27},
		})
		if c.name == "ParetoNBD" || c.name == "BGBB" {
			requireSingle(t, c.model, base, c.t, c.rate)
		} else {
			requireSingle(t, c.model, base[len(base)-30:], c.t, c.rate) // DERT integrates
		}
		requireSingle(t, c.model, nil, c.t, c.rate)
		requireSingle(t, c.model, base[:20], math.NaN(), math.NaN())
	}
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.Custom(anyPattern), 1, 5).Draw(t, "some")
		some = append(some, rfm.Pattern{X: some[0].X, TX: -1, T: some[0].T}) // wrong in what a living customer does not need
		base := rapid.SliceOfN(rapid.SampledFrom(some), 0, 20).Draw(t, "base")
		m, span := anyProcess(t), rapid.Float64Range(0, 40).Draw(t, "t")
		alive, expected := clv.AppendPAlive(nil, m, base), clv.AppendCondExpected(nil, m, base, span)
		for i, c := range base {
			near.Equal(t, m.PAlive(c), alive[i], 0, 0, "%T %v", m, c)
			near.Equal(t, m.CondExpected(c, span), expected[i], 0, 0, "%T %v", m, c)
		}
	})
}

// A counting model is a host's own; it counts what it is asked.
type counting struct {
	clv.BGNBD
	alive, expected *int
}

func (m counting) PAlive(c rfm.Pattern) float64 {
	*m.alive++
	return m.BGNBD.PAlive(c)
}

func (m counting) ExpectedIfAlive(c rfm.Pattern, t float64) float64 {
	*m.expected++
	return m.BGNBD.ExpectedIfAlive(c, t)
}

// Work grows with the patterns and not with the customers, as long as there are no more
// patterns than are remembered; past that it is never more than one by one.
func TestGrowthOfBatches(t *testing.T) {
	t.Parallel()
	bg := cdnowBGNBD(t)
	for _, n := range []int{100, 1000, 10_000, 100_000} {
		for _, kinds := range []int{1, 50, 1000, 20_000, 50_000} {
			base, seen, ages := make([]rfm.Pattern, n), map[rfm.Pattern]bool{}, map[int]bool{}
			for i := range base {
				kind := int(uint64(i) * 2654435761 % uint64(kinds))
				base[i] = rfm.Pattern{X: 1 + kind%10, TX: float64(kind) / float64(kinds), T: 39}
				seen[base[i]], ages[base[i].X] = true, true
			}
			m := counting{bg, new(int), new(int)}
			require.Len(t, clv.AppendPAlive(nil, m, base), n)
			t.Logf("%d customers of %d patterns: %d times PAlive", n, len(seen), *m.alive)
			require.LessOrEqual(t, *m.alive, n)
			if kinds <= 20_000 {
				require.LessOrEqual(t, *m.alive, len(seen)*21/20, "but for a few that collide")
			}
			*m.alive = 0
			require.Len(t, clv.AppendCondExpected(nil, m, base, 39), n)
			t.Logf("%d customers of %d patterns: %d times PAlive, %d times ExpectedIfAlive", n, len(seen), *m.alive, *m.expected)
			require.LessOrEqual(t, *m.alive, n)
			require.Len(t, ages, *m.expected)
			if kinds <= 20_000 {
				require.LessOrEqual(t, *m.alive, len(seen)*21/20)
			}
		}
	}
}

// Not in parallel: AllocsPerRun does not allow it. Tables grow a few times; loops over
// customers allocate nothing.
func TestBatchesAllocateTablesOnly(t *testing.T) {
	dst := make([]float64, 0, 100_000)
	for _, c := range purchaseModels(t, 100_000) {
		for n, most := range map[int]float64{1: 4, 100: 4, 100_000: 9} {
			for name, f := range map[string]func(){
				"PAlive":       func() { dst = clv.AppendPAlive(dst[:0], c.model, c.customers[:n]) },
				"CondExpected": func() { dst = clv.AppendCondExpected(dst[:0], c.model, c.customers[:n], c.t) },
			} {
				require.LessOrEqual(t, testing.AllocsPerRun(3, f), most, "%s of %d by %s", name, n, c.name)
			}
		}
	}
}
