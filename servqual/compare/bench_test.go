package compare_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/compare"
)

func BenchmarkMoves20Attributes10Firms(b *testing.B) {
	source := rand.New(rand.NewPCG(1, 2))
	weights := make([]float64, 20)
	for i := range weights {
		weights[i] = 1 + source.Float64()
	}
	var rows [][]float64
	for range 10 {
		row := make([]float64, 20)
		for i := range row {
			row[i] = 1 + 8*source.Float64()
		}
		rows = append(rows, row)
	}
	as, fs := attributes(weights...), firms(rows...)
	b.ReportAllocs()
	for b.Loop() {
		_, err := compare.Moves(b.Context(), as, fs)
		require.NoError(b, err)
	}
}

func BenchmarkPriceRange10k(b *testing.B) {
	source := rand.New(rand.NewPCG(1, 2))
	list := make([]compare.PriceAnswer, 10_000)
	for i := range list {
		p := []float64{float64(source.IntN(200)), float64(source.IntN(200)), float64(source.IntN(200)), float64(source.IntN(200))}
		slices.Sort(p)
		list[i] = four(p[0], p[1], p[2], p[3])
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := compare.PriceRange(list, compare.PriceOptions{})
		require.NoError(b, err)
	}
}
