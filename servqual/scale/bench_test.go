package scale_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/scale"
)

// From rows to all that an alpha has.
func benchmarkAlpha(b *testing.B, missing int, use scale.Use) {
	b.Helper()
	rows := respondents(1, 100_000, 22, 5, missing)
	by := battery(b, 22, 1, 7)
	b.ReportAllocs()
	for b.Loop() {
		a := by.NewAnswers()
		for _, row := range rows {
			if err := a.Add(row); err != nil {
				b.Fatal(err)
			}
		}
		c, err := a.Covariance(use)
		if err != nil {
			b.Fatal(err)
		}
		if _, err = c.Alpha(0.95); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "ns/respondent")
}

func BenchmarkAlpha100kx22(b *testing.B) { benchmarkAlpha(b, 0, scale.Listwise) }

func BenchmarkAlpha100kx22PairwiseTwoPercentMissing(b *testing.B) {
	benchmarkAlpha(b, 50, scale.Pairwise)
}

func of(b *testing.B, items, factors int) scale.Covariance {
	b.Helper()
	return covariance(b, 1, 7, scale.Listwise, respondents(1, 2000, items, factors, 0))
}

func BenchmarkOmega22(b *testing.B) {
	c := of(b, 22, 5)
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Omega()
		require.NoError(b, err)
	}
}

func BenchmarkOmega100(b *testing.B) {
	c := of(b, 100, 1)
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Omega()
		require.NoError(b, err)
	}
}

func BenchmarkFactors10of100Varimax(b *testing.B) {
	c := of(b, 100, 10)
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Factors(10, scale.Varimax)
		require.NoError(b, err)
	}
}

func BenchmarkFactors5of22Oblimin(b *testing.B) {
	c := of(b, 22, 5)
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Factors(5, scale.Oblimin)
		require.NoError(b, err)
	}
}

func BenchmarkParallel100of22(b *testing.B) {
	c := of(b, 22, 5)
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Parallel(context.Background(), 100, 0.95, rand.New(rand.NewPCG(1, 2)))
		require.NoError(b, err)
	}
}
