package profitchain_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/profitchain"
)

// A year of monthly rows of a chain of shops, every measure of the textbook's chain.
func shops(units int) *profitchain.Panel[int] {
	r := rng(1)
	c, _ := profitchain.NewChain(profitchain.Params{Links: profitchain.Heskett(), Level: 0.95})
	p, _ := profitchain.NewPanel[int](c.Measures()...)
	for unit := range units {
		for month := range 12 {
			v := make([]float64, 9)
			for j := range v {
				v[j] = 5 + r.NormFloat64() + v[max(j-1, 0)]/2
			}
			_ = p.Add(row{unit, month, values(v...)})
		}
	}
	return p
}

func BenchmarkEstimate1000Units12Months(b *testing.B) {
	p := shops(1000)
	for _, kind := range []profitchain.Errors{profitchain.Classic, profitchain.Clustered} {
		c, err := profitchain.NewChain(profitchain.Params{Links: profitchain.Heskett(), Level: 0.95, Within: true, Errors: kind})
		require.NoError(b, err)
		b.Run("errors="+string(kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := profitchain.Estimate(c, p)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/12_000, "ns/row")
		})
	}
}

func BenchmarkResample1000Units1000Replicates(b *testing.B) {
	f := estimate(b, shops(1000), profitchain.Params{Links: profitchain.Heskett(), Level: 0.95})
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := f.Resample(b.Context(), profitchain.InternalQuality, profitchain.Profitability, 1, profitchain.Resampling{Replicates: 1000, Workers: workers}, rng(2))
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkCorrelate(b *testing.B) {
	for _, n := range []int{5_000, 100_000} {
		r := rng(1)
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = float64(r.IntN(100))
			y[i] = x[i] + float64(r.IntN(100))
		}
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := profitchain.Correlate(x, y, 0.95)
				require.NoError(b, err)
			}
		})
	}
}

func employees(n int) [][]int8 {
	r := rng(1)
	rows := make([][]int8, n)
	for i := range rows {
		rows[i] = make([]int8, 24)
		for j := range rows[i] {
			rows[i][j] = int8(1 + r.IntN(7))
		}
	}
	return rows
}

func BenchmarkAnswers100kEmployees24Items(b *testing.B) {
	q, err := profitchain.NewQuestionnaire(profitchain.AllenMeyer())
	require.NoError(b, err)
	rows := employees(100_000)
	b.ReportAllocs()
	for b.Loop() {
		a := profitchain.NewAnswers[int](q)
		for i, r := range rows {
			_ = a.Add(i%200, r)
		}
		_, err := a.Survey(options)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "ns/employee")
}

func TestAddDoesNotAllocate(t *testing.T) {
	q, err := profitchain.NewQuestionnaire(profitchain.AllenMeyer())
	require.NoError(t, err)
	a, rows := profitchain.NewAnswers[int](q), employees(10)
	require.NoError(t, a.Add(1, rows[0]))
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = a.Add(1, rows[1]) }))
	p := panel(t, []string{"a", "b"}, row{1, 1, values(1, 2)})
	gap := row{1, 1, make([]*float64, 2)}
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = p.Add(gap) }))
	s := service(t)
	r := rating{"it", profitchain.Modifiers, new(3), new(4)}
	require.NoError(t, s.Add(r))
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = s.Add(r) }))
}

// Answers grow with units and items, not with employees.
func TestGrowthOfAnswers(t *testing.T) {
	t.Parallel()
	q, err := profitchain.NewQuestionnaire(profitchain.AllenMeyer())
	require.NoError(t, err)
	a, sizes := profitchain.NewAnswers[int](q), []int(nil)
	for n, r := range employees(20_000) {
		require.NoError(t, a.Add(n%5, r))
		if n == 999 || n == 19_999 {
			sizes = append(sizes, len(encoded(t, a)))
		}
	}
	require.Less(t, sizes[1], 2*sizes[0])
}
