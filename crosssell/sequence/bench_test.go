package sequence_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/sequence"
)

func BenchmarkFrequent(b *testing.B) {
	h := historiesOf(b, lines(b, "online_retail_sequences"))
	for _, family := range []sequence.Family{sequence.All, sequence.Closed} {
		for _, c := range []int64{170, 100, 50} {
			b.Run(fmt.Sprintf("online_retail/customers=%d/%s/count=%d", h.Customers(), family, c), func(b *testing.B) {
				n := 0
				b.ReportAllocs()
				for b.Loop() {
					found, err := h.Frequent(b.Context(), sequence.PatternParams{MinCount: c, Family: family})
					require.NoError(b, err)
					n = len(found)
				}
				perUnit(b, n, "ns/pattern")
			})
		}
	}
}

func perUnit(b *testing.B, n int, unit string) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), unit)
	b.ReportMetric(float64(n), "units")
}

func BenchmarkHistoriesAdd(b *testing.B) {
	customers := lines(b, "online_retail_sequences")
	n := 0
	for _, visits := range customers {
		for _, items := range visits {
			n += len(items)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		historiesOf(b, customers)
	}
	perUnit(b, n, "ns/purchase")
}

func BenchmarkChainSuggest(b *testing.B) {
	h := historiesOf(b, lines(b, "online_retail_sequences"))
	counts, err := h.Transitions(sequence.TransitionParams{Order: 2})
	require.NoError(b, err)
	chain, err := counts.Chain(sequence.Smoothing{Prior: 10, Base: 1})
	require.NoError(b, err)
	recent := sequence.Baskets(h.Visits(1))
	b.Run(fmt.Sprintf("transitions=%d/items=%d", counts.Len(), len(h.Items())), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := chain.Suggest(sequence.SuggestParams[string]{Max: 5}, recent...)
			require.NoError(b, err)
		}
	})
}

func BenchmarkFitPropensity(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		past := observed(n, 1, -1, 0.8, -0.03)
		b.Run(fmt.Sprintf("customers=%d/features=2", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := sequence.FitPropensity(b.Context(), names(), past, sequence.PropensityOptions{Lambda: 1})
				require.NoError(b, err)
			}
			perUnit(b, n, "ns/customer")
		})
	}
}

func BenchmarkFitMaturity(b *testing.B) {
	for _, k := range []int{8, 30} {
		o := simulated(b, truth(k, 4/float64(k), 0, 1), 5000, 1)
		b.Run(fmt.Sprintf("products=%d", k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := sequence.FitMaturity(b.Context(), o, sequence.MaturityOptions{})
				require.NoError(b, err)
			}
		})
	}
}
