package money_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/money"
)

func TestAmountsAreWholeMinorUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d      decimal.Decimal
		digits int
		want   int64
		ok     bool
	}{
		{decimal.New(1250, -2), 2, 1250, true},
		{decimal.New(0, math.MaxInt32), 2, 0, true},
		{decimal.New(money.MaxExact, 0), 0, money.MaxExact, true},
		{decimal.New(money.MaxExact+1, 0), 0, 0, false},
		{decimal.New(1, -9), 9, 1, true},
		{decimal.New(1, -3), 2, 0, false},
		{decimal.New(-1, 0), 2, 0, false},
		{decimal.New(1, math.MaxInt32), 2, 0, false},
		{decimal.New(1, math.MinInt32), 2, 0, false},
		{decimal.New(1, 0), 19, 0, false},
	} {
		got, ok := money.Amount(c.d, c.digits)
		assert.Equal(t, c.want, got, c.digits)
		assert.Equal(t, c.ok, ok, c.digits)
	}
}
