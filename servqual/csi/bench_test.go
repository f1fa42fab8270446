package csi_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/csi"
)

// mobile returns the European model on the items of a mobile phone survey, and answers to
// them on 1 to 10 that have its structure.
func mobile(t require.TestingT, n int) (csi.Model, [][]float64) {
	p, err := csi.Ready(csi.European, 1, 10)
	require.NoError(t, err)
	m, err := csi.New(p)
	require.NoError(t, err)
	return m, simulate(m, n, 1)
}

func BenchmarkBootstrap500x250x24(b *testing.B) {
	m, rows := mobile(b, 250)
	b.ReportAllocs()
	for b.Loop() {
		_, err := m.Bootstrap(b.Context(), rows, csi.Options{}, csi.Resampling{Replicates: 500}, rand.New(rand.NewPCG(1, 2)))
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/500, "µs/replicate")
}

func BenchmarkFit24Items(b *testing.B) {
	m, rows := mobile(b, 250)
	a := m.NewMoments()
	for _, row := range rows {
		require.NoError(b, a.Add(row))
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := m.Fit(a, csi.Options{})
		require.NoError(b, err)
	}
}

func BenchmarkAdd24Items(b *testing.B) {
	m, rows := mobile(b, 250)
	a := m.NewMoments()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if a.Add(rows[i]) != nil {
			b.Fatal("refused")
		}
		i = (i + 1) % len(rows)
	}
}
