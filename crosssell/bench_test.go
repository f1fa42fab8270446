package crosssell_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell"
)

// A shop assistant's question: one customer who owns 50 items, n candidates.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{20, 200} {
		b.Run(fmt.Sprintf("candidates=%d", n), func(b *testing.B) {
			source := rand.New(rand.NewPCG(1, 2))
			candidates := make([]crosssell.Candidate[string], n)
			for i := range candidates {
				candidates[i] = offer(fmt.Sprintf("item %06d", source.IntN(1_000_000)), source.Float64(), 100*source.Float64())
			}
			customer := willing()
			for range 50 {
				customer.Owned = append(customer.Owned, candidates[source.IntN(n)].Item, fmt.Sprintf("item %06d", source.IntN(1_000_000)))
			}
			b.ReportAllocs()
			for b.Loop() {
				_, err := crosssell.Decide(crosssell.Policy{Floor: 1}, customer, candidates)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/candidate")
		})
	}
}

// Allocation does not grow with the number of candidates: there is one list of
// verdicts, one of their reasons and three for the work.
func TestDecideAllocates(t *testing.T) {
	customer := willing("a", "b")
	for _, n := range []int{1, 10, 1000} {
		candidates := make([]crosssell.Candidate[string], n)
		for i := range candidates {
			candidates[i] = offer(fmt.Sprint(i), 1, float64(i))
		}
		allocations := testing.AllocsPerRun(100, func() {
			if _, err := crosssell.Decide(crosssell.Policy{}, customer, candidates); err != nil {
				t.Error(err)
			}
		})
		require.LessOrEqual(t, allocations, 5.0, n)
	}
}
