package rfm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// log simulates n purchases of n/10 customers over two years: by customer, as a warehouse
// exports them, by date, as tills write them, or in no order.
func log(tb testing.TB, n int, order string) []rfm.Purchase[int64] {
	tb.Helper()
	source := rand.New(rand.NewPCG(1, 2))
	start := relmark.MustParseDate("2024-01-01")
	purchases := make([]rfm.Purchase[int64], n)
	for i := range purchases {
		purchases[i] = rfm.Purchase[int64]{Customer: int64(i / 10), On: start.AddDays(i % 10 * 73), Amount: decimal.New(source.Int64N(20_000), -2)}
	}
	if order != "customer" {
		source.Shuffle(n, func(i, j int) { purchases[i], purchases[j] = purchases[j], purchases[i] })
	}
	if order == "date" {
		slices.SortStableFunc(purchases, func(a, b rfm.Purchase[int64]) int { return a.On.Compare(b.On) })
	}
	return purchases
}

// What a row costs from the log to the summary of its customer, by the order in which the
// log comes and the kind of identifier.
func BenchmarkCollect(b *testing.B) {
	for _, order := range []string{"customer", "date", "none"} {
		for _, n := range []int{100_000, 1_000_000} {
			purchases := log(b, n, order)
			b.Run(fmt.Sprintf("order=%s/numbers/rows=%d", order, n), func(b *testing.B) { collect(b, purchases) })
			texts := make([]rfm.Purchase[string], n)
			for i, p := range purchases {
				texts[i] = rfm.Purchase[string]{Customer: fmt.Sprintf("C%07d", p.Customer), On: p.On, Amount: p.Amount}
			}
			b.Run(fmt.Sprintf("order=%s/texts/rows=%d", order, n), func(b *testing.B) { collect(b, texts) })
		}
	}
}

func collect[C relmark.ID](b *testing.B, purchases []rfm.Purchase[C]) {
	b.Helper()
	asOf := relmark.MustParseDate("2026-01-01")
	b.ReportAllocs()
	for b.Loop() {
		var base rfm.Base[C]
		for _, p := range purchases {
			if err := base.Add(p); err != nil {
				b.Fatal(err)
			}
		}
		if _, _, err := base.Summaries(asOf, rfm.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(purchases)), "ns/row")
}

func BenchmarkCDNOW(b *testing.B) {
	purchases := cdnowRows(b, "cdnow_transactions_master.csv")
	asOf := relmark.MustParseDate("1997-09-30")
	b.ReportAllocs()
	for b.Loop() {
		var base rfm.Base[string]
		for _, p := range purchases {
			if err := base.Add(p); err != nil {
				b.Fatal(err)
			}
		}
		if _, _, err := base.Summaries(asOf, rfm.Options{Unit: rfm.Week}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(purchases)), "ns/row")
}

// base235700 is the CDNOW base tenfold, the size of the peers' figures.
func base235700(tb testing.TB) []rfm.Customer[int64] {
	tb.Helper()
	source := rand.New(rand.NewPCG(3, 4))
	var base rfm.Base[int64]
	start := relmark.MustParseDate("1997-01-01")
	for customer := range int64(235_700) {
		first := source.IntN(90)
		for on := first; on < 546; on += 1 + int(source.ExpFloat64()*200) {
			require.NoError(tb, base.Add(rfm.Purchase[int64]{Customer: customer, On: start.AddDays(on), Amount: decimal.New(500+source.Int64N(10_000), -2)}))
		}
	}
	customers, _, err := base.Summaries(start.AddDays(546), rfm.Options{})
	require.NoError(tb, err)
	return customers
}

func BenchmarkQuintiles(b *testing.B) {
	customers := base235700(b)
	b.Run(fmt.Sprintf("customers=%d", len(customers)), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			cuts, err := rfm.FitCuts(customers, 5)
			if err != nil {
				b.Fatal(err)
			}
			scorer, err := rfm.NewScorer(cuts)
			if err != nil {
				b.Fatal(err)
			}
			sum := 0
			for i := range customers {
				sum += scorer.Score(customers[i].Summary).M
			}
			if sum < len(customers) {
				b.Fatal("no scores")
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(customers)), "ns/customer")
	})
}

func BenchmarkSummary(b *testing.B) {
	var h rfm.History
	on := relmark.MustParseDate("2024-01-01")
	for i := range 10 {
		require.NoError(b, h.Add(on.AddDays(i*31), decimal.New(1999, -2)))
	}
	asOf := on.AddDays(400)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Summary(asOf, rfm.Options{Unit: rfm.Week}); err != nil {
			b.Fatal(err)
		}
	}
}

// A log takes fewer than one allocation for ten customers of two days each.
func TestCollectAllocates(t *testing.T) {
	const customers = 2000
	on, one := relmark.MustParseDate("2024-01-01"), decimal.New(1, 0)
	allocations := testing.AllocsPerRun(5, func() {
		var base rfm.Base[int64]
		for i := range int64(customers) {
			for day := range 2 {
				if err := base.Add(rfm.Purchase[int64]{Customer: i, On: on.AddDays(day), Amount: one}); err != nil {
					t.Error(err)
				}
			}
		}
	})
	require.Less(t, allocations, customers/10.0)
}
