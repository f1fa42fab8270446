package money_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/money"
)

var (
	price   = decimal.New(123456, -2)
	inexact = decimal.New(1234565, -3)
	long    = parse("123456789012345.678901234567890")
)

// The hot paths of the rooms promise not to allocate. AllocsPerRun panics in a
// parallel test, so this is none.
func TestHotPathsDoNotAllocate(t *testing.T) {
	dst, text := make([]int64, 0, 40), make([]byte, 0, 64)
	weights := make([]int64, 32)
	for i := range weights {
		weights[i] = int64(3 * i)
	}
	rate, _ := money.RateOf(parse("0.0125"))
	paths := map[string]func(){
		"Coefficient":    func() { _, _, _ = money.Coefficient(price) },
		"Minor":          func() { _, _ = money.Minor(price, 2) },
		"Minor, inexact": func() { _, _ = money.Minor(inexact, 2) },
		"Round":          func() { _, _ = money.Round(inexact, 2, money.HalfEven) },
		"MulDiv":         func() { _, _ = money.MulDiv(123456, 7, 80, money.HalfUp) },
		"Apply":          func() { _, _ = rate.Apply(123456, money.Floor) },
		"AppendAllocate": func() { _, _ = money.AppendAllocate(dst, 1e6+7, weights) },
		"AppendText":     func() { _ = money.AppendText(text, -123456, 2) },
		"AppendDecimal":  func() { _, _ = money.AppendDecimal(text, price) },
	}
	for name, path := range paths {
		assert.Zero(t, testing.AllocsPerRun(100, path), name)
	}
}

func BenchmarkCoefficient(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = money.Coefficient(price)
	}
}

func BenchmarkMinor(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = money.Minor(price, 2)
	}
}

func BenchmarkRound(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = money.Round(inexact, 2, money.HalfEven)
	}
}

func BenchmarkRoundLong(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = money.Round(long, 2, money.HalfEven)
	}
}

func BenchmarkMulDiv(b *testing.B) {
	b.ReportAllocs()
	a := int64(123456)
	for b.Loop() {
		_, _ = money.MulDiv(a, 7, 80, money.HalfUp)
	}
}

func BenchmarkAllocate5(b *testing.B)  { benchmarkAllocate(b, 5) }
func BenchmarkAllocate30(b *testing.B) { benchmarkAllocate(b, 30) }

func benchmarkAllocate(b *testing.B, n int) {
	b.Helper()
	b.ReportAllocs()
	weights, dst := make([]int64, n), make([]int64, 0, n)
	for i := range weights {
		weights[i] = int64(1000 + 37*i)
	}
	for b.Loop() {
		_, _ = money.AppendAllocate(dst, 99_999, weights)
	}
}

func BenchmarkAppendText(b *testing.B) {
	b.ReportAllocs()
	var text []byte
	for b.Loop() {
		text = money.AppendText(text[:0], -123456, 2)
	}
}

func BenchmarkAppendDecimal(b *testing.B) {
	b.ReportAllocs()
	var text []byte
	for b.Loop() {
		text, _ = money.AppendDecimal(text[:0], price)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = money.Parse("1234.56")
	}
}
