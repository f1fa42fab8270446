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
