package accrual_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

func years(n int) accrual.Curve {
	var c accrual.Curve
	for range 12 * n {
		c.Redeemed, c.Lost = append(c.Redeemed, 0.05), append(c.Lost, 0.01)
	}
	return c
}

func BenchmarkMeasureLot36Months(b *testing.B) {
	m := model(b, accrual.Policy{Digits: 2, Curve: years(3)})
	d := deferral(b, 868)
	l := accrual.Lot{GrantedOn: relmark.MustParseDate("2025-01-10"), Granted: 1000, Redeemed: 200}
	asOf := relmark.MustParseDate("2025-07-31")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := m.Measure(d, l, asOf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRollForwardAdd(b *testing.B) {
	old, _, err := deferral(b, 8000).Measure(accrual.Estimate{Redeemed: 100, Expected: 800})
	if err != nil {
		b.Fatal(err)
	}
	now, _, err := old.Measure(accrual.Estimate{Redeemed: 400, Expected: 500})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var f accrual.RollForward
		if err := f.Add(&old, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHistoryAdd36Ages(b *testing.B) {
	v := accrual.Vintage{Granted: 1000, Ages: make([]accrual.Movement, 36)}
	for i := range v.Ages {
		v.Ages[i] = accrual.Movement{Redeemed: 15, Expired: 5}
	}
	var h accrual.History
	b.ReportAllocs()
	for b.Loop() {
		if err := h.Add(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFit36Ages(b *testing.B) {
	var h accrual.History
	v := accrual.Vintage{Granted: 1000, Ages: make([]accrual.Movement, 36)}
	for i := range v.Ages {
		v.Ages[i] = accrual.Movement{Redeemed: 15, Expired: 5}
	}
	if err := h.Add(v); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Fit(accrual.FitOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAllocate2(b *testing.B) {
	price, goods, points := decimal.NewFromInt(100_000), decimal.NewFromInt(100_000), decimal.NewFromInt(9_500)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := accrual.Allocate(price, 0, goods, points); err != nil {
			b.Fatal(err)
		}
	}
}
