package encounter_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/encounter"
)

func BenchmarkKappa100k(b *testing.B) {
	source := rand.New(rand.NewPCG(1, 2))
	first, second := make([]int, 100_000), make([]int, 100_000)
	for i := range first {
		first[i] = source.IntN(5)
		second[i] = min(first[i]+source.IntN(2), 4)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := encounter.Kappa(first, second, encounter.KappaOptions{Grades: 5, Level: 0.95})
		require.NoError(b, err)
	}
}

func BenchmarkWalk100kRecords(b *testing.B) {
	var log []record
	for id := range 50_000 {
		log = append(log, visit(id, 0, 0, 5, encounter.Passed), visit(id, 1, 6, 9, encounter.Passed))
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := encounter.Walk(loan(), stream(log...))
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/record")
}
