package clv_test

import (
	"testing"

	"github.com/relmark/relmark/tier/rfm"
)

// CDNOW, 2357 customers in 1016 patterns; donations, 11104 donors in 22 patterns.
func BenchmarkFit(b *testing.B) {
	for _, c := range []struct{ model, data string }{
		{"bgnbd", "cdnow_summary"},
		{"mbgnbd", "cdnow_summary"},
		{"pnbd", "cdnow_summary"},
		{"gg", "cdnow_summary"},
		{"bgbb", "donations_bgbb_summary"},
		{"sbg", "sbg_highend"},
	} {
		b.Run(c.model+"/"+c.data, func(b *testing.B) {
			run := fitter(b, c.model, inputRows(b, c.data+".csv"))
			b.ReportAllocs()
			for b.Loop() {
				got := run()
				if got.err != nil {
					b.Fatal(got.err)
				}
			}
		})
	}
}

// customers returns n patterns, those of CDNOW over and over.
func customers(t testing.TB, n int) []rfm.Pattern {
	t.Helper()
	rows := inputRows(t, "cdnow_summary.csv")
	out := make([]rfm.Pattern, n)
	for i := range out {
		row := rows[i%len(rows)]
		out[i] = rfm.Pattern{X: int(number(t, row["frequency"])), TX: number(t, row["recency"]), T: number(t, row["T"])}
	}
	return out
}

func BenchmarkForecast(b *testing.B) {
	base := customers(b, 100_000)
	bg, pareto := cdnowBGNBD(b), cdnowParetoNBD(b)
	for _, c := range []struct {
		name string
		of   func(c rfm.Pattern) float64
	}{
		{"BGNBD/PAlive", bg.PAlive},
		{"BGNBD/CondExpected", func(c rfm.Pattern) float64 { return bg.CondExpected(c, 39) }},
		{"ParetoNBD/PAlive", pareto.PAlive},
		{"ParetoNBD/CondExpected", func(c rfm.Pattern) float64 { return pareto.CondExpected(c, 39) }},
		{"ParetoNBD/DERT", func(c rfm.Pattern) float64 { return pareto.DERT(c, 0.0027) }},
	} {
		b.Run(c.name+"/customers=100000", func(b *testing.B) {
			sum := 0.0
			for b.Loop() {
				for _, p := range base {
					sum += c.of(p)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(base)), "ns/customer")
		})
	}
}
