package voucher_test

import (
	"math/rand/v2"
	"testing"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

func BenchmarkRedeem(b *testing.B) {
	c := campaign(b, voucher.Terms{AnyCode: true, From: relmark.MustParseDate("2025-03-01"), Limits: voucher.Limits{Member: new(int64(1))}})
	var g voucher.Register
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-03-05T10:00:00Z")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Redeem(&g, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDraw1000Codes(b *testing.B) {
	k := checker(b, voucher.LuhnModN, crockford)
	rng := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Draw(rng, voucher.Batch{Count: 1000, Length: 8}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/code")
}
