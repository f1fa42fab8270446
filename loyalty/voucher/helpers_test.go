package voucher_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/voucher"
)

var berlin = zoneOf("Europe/Berlin")

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func decp(s string) *decimal.Decimal { d := dec(s); return &d }

func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func pricer(t testing.TB, vouchers ...voucher.Voucher) *voucher.Pricer {
	t.Helper()
	p, err := voucher.NewPricer(voucher.Stack{Digits: 2, Vouchers: vouchers})
	require.NoError(t, err)
	return p
}

func cents(n int64) decimal.Decimal { return decimal.New(n, -2) }
