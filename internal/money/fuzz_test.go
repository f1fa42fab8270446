package money_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/money"
)

// FuzzParse checks that a text is an error or reads back.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "0", "-0.05", "12.00", "1e1000000000", "-.5", "123456789012345678901234567890.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := money.Parse(s)
		if err != nil {
			return
		}
		require.True(t, d.Equal(parse(s)), "the decimal package reads the same")
		text, err := money.Text(d)
		require.NoError(t, err)
		require.LessOrEqual(t, len(text), len(s), "canonical text is the shortest")
		back, err := money.Parse(text)
		require.NoError(t, err)
		require.True(t, back.Equal(d))
		again, err := money.Text(back)
		require.NoError(t, err)
		require.Equal(t, text, again)
	})
}

// FuzzDecimal gives every function that takes a decimal any coefficient and any
// exponent.
func FuzzDecimal(f *testing.F) {
	f.Add([]byte{}, false, int32(math.MinInt32), 0, uint8(0))
	f.Add([]byte{1}, true, int32(1e9), 2, uint8(3))
	f.Add([]byte{0x80, 0, 0, 0, 0, 0, 0, 0}, true, int32(-2), 2, uint8(1))
	f.Add([]byte("a long coefficient of some digits"), false, int32(-75), 18, uint8(9))
	f.Fuzz(func(t *testing.T, magnitude []byte, negative bool, exp int32, digits int, mode uint8) {
		c := new(big.Int).SetBytes(magnitude)
		if negative {
			c.Neg(c)
		}
		d := decimal.NewFromBigInt(c, exp)
		minor, err := money.Minor(d, digits)
		rounded, errRound := money.Round(d, digits, money.Rounding(mode))
		if err == nil {
			require.True(t, money.Decimal(minor, digits).Equal(d))
			if errRound == nil {
				require.Equal(t, minor, rounded)
			} else {
				require.ErrorIs(t, errRound, money.ErrRounding)
			}
		}
		if coef, scale, ok := money.Coefficient(d); ok {
			require.True(t, money.Decimal(coef, scale).Equal(d))
		}
		if rate, err := money.RateOf(d); err == nil {
			num, den := rate.Fraction()
			require.True(t, decimal.NewFromInt(num).Equal(d.Mul(decimal.NewFromInt(den))))
		}
		if text, err := money.Text(d); err == nil {
			back, err := money.Parse(text)
			require.NoError(t, err)
			require.True(t, back.Equal(d))
		}
	})
}
