package money_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

func TestRateOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		d        decimal.Decimal
		num, den int64
		err      error
	}{
		{"zero", decimal.Decimal{}, 0, 1, nil},
		{"whole", parse("3"), 3, 1, nil},
		{"in lowest terms", parse("0.0125"), 1, 80, nil},
		{"trailing zeros do not count", parse("-0.50"), -1, 2, nil},
		{"nine digits", parse("0.000000001"), 1, 1_000_000_000, nil},
		{"ten digits that reduce", parse("0.0000000032"), 1, 312_500_000, nil},
		{"ten digits", parse("0.0000000001"), 0, 1, money.ErrRate},
		{"nineteen digits", decimal.New(1, -19), 0, 1, money.ErrRate},
		{"past int64", decimal.New(1, 19), 0, 1, money.ErrRate},
	}
	for _, c := range cases {
		rate, err := money.RateOf(c.d)
		assert.ErrorIs(t, err, c.err, c.name)
		num, den := rate.Fraction()
		assert.Equal(t, []int64{c.num, c.den}, []int64{num, den}, c.name)
	}
}

func TestNewRate(t *testing.T) {
	t.Parallel()
	half, err := money.NewRate(-3, 6)
	require.NoError(t, err)
	same, err := money.RateOf(parse("-0.5"))
	require.NoError(t, err)
	assert.Equal(t, same, half, "equal rates are ==")
	zero, err := money.NewRate(0, 17)
	require.NoError(t, err)
	assert.Equal(t, money.Rate{}, zero, "the zero Rate is 0")
	got, err := money.Rate{}.Apply(math.MinInt64, money.Up)
	require.NoError(t, err)
	assert.Zero(t, got)
	least, err := money.NewRate(math.MinInt64, 1<<62)
	require.NoError(t, err)
	num, den := least.Fraction()
	assert.Equal(t, []int64{-2, 1}, []int64{num, den})
	for _, den := range []int64{0, -1, math.MinInt64, money.MaxDenominator + 1} {
		_, err := money.NewRate(1, den)
		require.ErrorIs(t, err, money.ErrRate, "denominator %d", den)
	}
}

func TestRateAppliesInOneRounding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		num, den := int64s().Draw(t, "num"), rapid.Int64Range(1, money.MaxDenominator).Draw(t, "den")
		minor, mode := int64s().Draw(t, "minor"), rapid.SampledFrom(modes).Draw(t, "mode")
		rate, err := money.NewRate(num, den)
		require.NoError(t, err)
		want := roundRat(ratio(new(big.Int).Mul(big.NewInt(minor), big.NewInt(num)), big.NewInt(den)), mode)
		got, err := rate.Apply(minor, mode)
		if !want.IsInt64() {
			require.ErrorIs(t, err, money.ErrOverflow)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want.Int64(), got)
	})
}

func TestRescaledMultipliesByAPowerOfTen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		num := rapid.OneOf(int64s(), rapid.Int64Range(-9, 9)).Draw(t, "num")
		den := rapid.OneOf(rapid.Int64Range(1, money.MaxDenominator), rapid.Int64Range(1, 200)).Draw(t, "den")
		from, to := digits().Draw(t, "from"), digits().Draw(t, "to")
		rate, err := money.NewRate(num, den)
		require.NoError(t, err)
		want := new(big.Rat).Mul(big.NewRat(num, den), ratio(bigPow10(to), bigPow10(from)))
		got, err := rate.Rescaled(from, to)
		if !want.Num().IsInt64() || want.Denom().Cmp(big.NewInt(money.MaxDenominator)) > 0 {
			require.ErrorIs(t, err, money.ErrRate)
			return
		}
		require.NoError(t, err)
		num, den = got.Fraction()
		require.Equal(t, 0, want.Cmp(big.NewRat(num, den)))
		require.Equal(t, want.Num().Int64(), num, "in lowest terms")
	})
	for _, c := range [][2]int{{-1, 0}, {0, -1}, {19, 0}, {0, 19}} {
		_, err := money.Rate{}.Rescaled(c[0], c[1])
		require.ErrorIs(t, err, money.ErrDigits)
	}
}
