package clv_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/relmark/relmark/tier/clv"
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

// purchaseModels returns every model with customers of its kind: CDNOW, or donors.
func purchaseModels(t testing.TB, n int) []struct {
	name      string
	model     process
	customers []rfm.Pattern
	t, rate   float64
} {
	t.Helper()
	cdnow, donors := customers(t, n), donors(t, n)
	return []struct {
		name      string
		model     process
		customers []rfm.Pattern
		t, rate   float64
	}{
		{"BGNBD", cdnowBGNBD(t), cdnow, 39, 0.0027},
		{"MBGNBD", cdnowMBGNBD(t), cdnow, 39, 0.0027},
		{"ParetoNBD", cdnowParetoNBD(t), cdnow, 39, 0.0027},
		{"BGBB", donationsBGBB(t), donors, 5, 0.1},
	}
}

// donors returns n patterns, those of the donations over and over.
func donors(t testing.TB, n int) []rfm.Pattern {
	t.Helper()
	rows := inputRows(t, "donations_bgbb_summary.csv")
	out := make([]rfm.Pattern, n)
	for i := range out {
		row := rows[i%len(rows)]
		out[i] = rfm.Pattern{X: int(number(t, row["frequency"])), TX: number(t, row["recency"]), T: number(t, row["T"])}
	}
	return out
}

// A model is made once and asked often.
func BenchmarkNewBGNBD(b *testing.B) {
	p := cdnowBGNBD(b).Params()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := clv.NewBGNBD(p); err != nil {
			b.Fatal(err)
		}
	}
}

// One by one.
func BenchmarkForecast(b *testing.B) {
	for _, c := range purchaseModels(b, 100_000) {
		for _, f := range []struct {
			name string
			of   func(p rfm.Pattern) float64
		}{
			{"PAlive", c.model.PAlive},
			{"CondExpected", func(p rfm.Pattern) float64 { return c.model.CondExpected(p, c.t) }},
			{"DERT", func(p rfm.Pattern) float64 { return c.model.DERT(p, c.rate) }},
		} {
			base := c.customers
			if f.name == "DERT" {
				base = base[:1000]
			}
			b.Run(fmt.Sprintf("%s/%s/customers=%d", c.name, f.name, len(base)), func(b *testing.B) {
				sum := 0.0
				for b.Loop() {
					for _, p := range base {
						sum += f.of(p)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(base)), "ns/customer")
			})
		}
	}
}

// A base of ten million customers, three years of days: how long does it take to
// fit, once its patterns are counted?
func BenchmarkTenMillion(b *testing.B) {
	table := tenMillion(b)
	for _, model := range []string{"bgnbd", "mbgnbd", "pnbd"} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/customers=10000000/workers=%d", model, workers), func(b *testing.B) {
				run := tableFitter(b, model, table, clv.FitOptions{Workers: workers})
				b.ReportAllocs()
				for b.Loop() {
					if got := run(); got.err != nil {
						b.Fatal(got.err)
					}
				}
				b.ReportMetric(float64(table.Len()), "patterns")
			})
		}
	}
}

// tenMillion draws customers of 1096 ages from BG/NBD, in days. Purchases of one
// customer on one day are one, as a log has them.
func tenMillion(b *testing.B) *rfm.Patterns {
	b.Helper()
	m, from := newBGNBD(b, 0.5, 90, 0.8, 3), source(51)
	var table rfm.Patterns
	for i := range 10_000_000 {
		age := float64(1 + i%1096)
		p, err := m.Simulate(from, age)
		if err != nil {
			b.Fatal(err)
		}
		c, last := rfm.Pattern{T: age}, 0.0
		for _, at := range p.Repeats {
			if day := math.Floor(at); day > last {
				c.X, c.TX, last = c.X+1, day, day
			}
		}
		if err := table.Add(c, 1); err != nil {
			b.Fatal(err)
		}
	}
	return &table
}

// All at once: customers of CDNOW and donors over and over, who share patterns, and
// customers of one age who bought at any time.
func BenchmarkBatch(b *testing.B) {
	distinct := make([]rfm.Pattern, 100_000)
	from := source(53)
	for i := range distinct {
		distinct[i] = rfm.Pattern{X: 1 + i%12, TX: 39 * from.Float64(), T: 39}
	}
	dst := make([]float64, 0, len(distinct))
	for _, c := range purchaseModels(b, len(distinct)) {
		bases := map[string][]rfm.Pattern{"": c.customers}
		if c.name != "BGBB" {
			bases["/distinct"] = distinct
		}
		for kind, base := range bases {
			for name, f := range map[string]func(){
				"PAlive":       func() { dst = clv.AppendPAlive(dst[:0], c.model, base) },
				"CondExpected": func() { dst = clv.AppendCondExpected(dst[:0], c.model, base, c.t) },
				"DERT":         func() { dst = clv.AppendDERT(dst[:0], c.model, base, c.rate) },
			} {
				b.Run(fmt.Sprintf("%s/%s%s/customers=%d", c.name, name, kind, len(base)), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						f()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(base)), "ns/customer")
				})
			}
		}
	}
}

// Values over a year to come, of customers who share patterns.
func BenchmarkValue(b *testing.B) {
	base, bg, spend := customers(b, 100_000), cdnowBGNBD(b), cdnowGammaGamma(b)
	buyers := make([]clv.Customer, len(base))
	for i, c := range base {
		buyers[i] = clv.Customer{Pattern: c, Mean: 30}
	}
	dst := make([]float64, 0, len(base))
	b.Run("BGNBD/periods=12/customers=100000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v, err := clv.NewValuer(bg, spend, clv.ValueOptions{Horizon: 12, Period: 4, Discount: 0.01})
			if err != nil {
				b.Fatal(err)
			}
			dst = v.AppendValues(dst[:0], buyers)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(base)), "ns/customer")
	})
}

func BenchmarkSimulate(b *testing.B) {
	m, from := cdnowBGNBD(b), source(52)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Simulate(from, 78); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSpendUnmarshal(b *testing.B) {
	spend := spendOf(b, inputRows(b, "cdnow_summary.csv"))
	data, err := spend.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var s clv.Spend
		if err := s.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
}
