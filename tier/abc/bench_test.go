package abc_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/abc"
)

const million = 1_000_000

// profits draws signed amounts with a heavy tail, in cents.
func profits(n int) []decimal.Decimal {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]decimal.Decimal, n)
	for i := range list {
		list[i] = decimal.New(int64(1000*math.Exp(2*r.NormFloat64()))-500, -2)
	}
	return list
}

func perCustomer(b *testing.B, n int) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/customer")
}

func BenchmarkRankingAndABC1e6(b *testing.B) {
	values := profits(million)
	shuffled := rand.New(rand.NewPCG(3, 4)).Perm(million)
	names := make([]string, million)
	for i := range names {
		names[i] = fmt.Sprintf("c%07d", i)
	}
	b.Run("ascending", func(b *testing.B) { rankAndClass(b, each(values...)) })
	b.Run("ascending names", func(b *testing.B) {
		rankAndClass(b, func(yield func(string, decimal.Decimal) bool) {
			for i, v := range values {
				if !yield(names[i], v) {
					return
				}
			}
		})
	})
	b.Run("shuffled names", func(b *testing.B) {
		rankAndClass(b, func(yield func(string, decimal.Decimal) bool) {
			for _, i := range shuffled {
				if !yield(names[i], values[i]) {
					return
				}
			}
		})
	})
}

func rankAndClass[ID ~int | ~string](b *testing.B, values func(func(ID, decimal.Decimal) bool)) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		r, err := abc.NewRanking(values)
		require.NoError(b, err)
		_, err = r.ABC(abc.Cuts{})
		require.NoError(b, err)
	}
	perCustomer(b, million)
}

func BenchmarkCurve1e6(b *testing.B) {
	r, err := abc.NewRanking(each(profits(million)...))
	require.NoError(b, err)
	curve := r.Curve()
	b.Run("curve", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Curve()
		}
		perCustomer(b, million)
	})
	b.Run("gini", func(b *testing.B) {
		var v abc.Values
		for i := range million {
			require.NoError(b, v.Add(decimal.New(int64(i), 0), 1))
		}
		positive := v.Curve()
		b.ReportAllocs()
		for b.Loop() {
			positive.Gini()
		}
		perCustomer(b, million)
	})
	b.Run("top", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			curve.Top(decimal.New(20, 0))
		}
		perCustomer(b, million)
	})
}

func BenchmarkStratify1e6(b *testing.B) {
	p := pyramid(b)
	revenue, cost := profits(million), decimal.New(5, 0)
	b.ReportAllocs()
	for b.Loop() {
		_, err := abc.Stratify(p, func(yield func(int, abc.Trade) bool) {
			for i, v := range revenue {
				if !yield(i, abc.Trade{Revenue: v, Cost: cost, Wallet: abc.Measured(0.6), PriceSensitivity: abc.Measured(0.2)}) {
					return
				}
			}
		})
		require.NoError(b, err)
	}
	perCustomer(b, million)
}

func BenchmarkClassify1e6(b *testing.B) {
	m := matrix(b)
	values := profits(million)
	b.ReportAllocs()
	for b.Loop() {
		_, err := abc.Classify(m, func(yield func(int, abc.Profile) bool) {
			for i, v := range values {
				if !yield(i, abc.Profile{Value: v, Loyalty: float64(i % 7), Potential: float64(i % 101)}) {
					return
				}
			}
		})
		require.NoError(b, err)
	}
	perCustomer(b, million)
}

func BenchmarkSegmentAdd(b *testing.B) {
	var s abc.SegmentTotals
	m := abc.Member{Values: profits(12), Reachable: true, Contacts: 5, Responses: 1}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Add(m); err != nil {
			s = abc.SegmentTotals{}
		}
	}
}

func BenchmarkScore(b *testing.B) {
	s, asOf := scorer(b), relmark.MustParseDate("2026-03-31")
	p := abc.Prospect{
		Fit:     []abc.Measure{abc.Measured(1), {}},
		Touches: []abc.Touch{{On: asOf}, {Signal: 1, On: asOf.AddDays(-9)}, {On: asOf.AddDays(-30)}},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Score(p, asOf); err != nil {
			b.Fatal(err)
		}
	}
}
