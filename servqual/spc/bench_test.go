package spc_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/spc"
)

func noise(n int) []spc.Reading {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]spc.Reading, n)
	for i := range list {
		list[i].Value = 300 + 15*r.NormFloat64()
	}
	return list
}

func BenchmarkXmRNelson100k(b *testing.B) {
	readings := noise(100_000)
	b.ReportAllocs()
	for b.Loop() {
		x, err := spc.XmR(readings, spc.XmROptions{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := x.Judge(spc.Nelson()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "ns/point")
}

func BenchmarkMonitorNelson(b *testing.B) {
	m, err := spc.NewMonitor(spc.Limits{Kind: spc.Values, Center: 300, Sigma: 15}, spc.Nelson())
	require.NoError(b, err)
	readings := noise(1024)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := m.Add(readings[i%len(readings)].Value, 1); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkRunLengthWesternElectric(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := spc.RunLength(spc.WesternElectric(), 0); err != nil {
			b.Fatal(err)
		}
	}
}

// Not parallel: AllocsPerRun panics in parallel tests.
func TestAddAllocatesNothing(t *testing.T) {
	m, err := spc.NewMonitor(spc.Limits{Kind: spc.Values, Sigma: 1}, spc.Nelson())
	require.NoError(t, err)
	s, err := spc.NewSmooth(spc.EWMA{Lambda: 0.2, L: 3}, spc.Limits{Kind: spc.Values, Sigma: 1})
	require.NoError(t, err)
	c, err := spc.NewSums(spc.CUSUM{K: 0.5, H: 5}, spc.Limits{Kind: spc.Values, Sigma: 1})
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_, _ = m.Add(0.5, 1)
		_, _ = s.Add(0.5)
		_, _ = c.Add(0.5)
	}))
}
