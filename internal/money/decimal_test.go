package money_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

func TestMinor(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		d      decimal.Decimal
		digits int
		want   int64
		err    error
	}{
		{"zero Decimal", decimal.Decimal{}, 2, 0, nil},
		{"cents", parse("12.34"), 2, 1234, nil},
		{"fewer digits than the unit", parse("-12.3"), 2, -1230, nil},
		{"trailing zeros do not count", parse("12.34000"), 2, 1234, nil},
		{"many trailing zeros do not count", parse("1.5000000000000000000000000000000"), 1, 15, nil},
		{"half a cent", parse("12.345"), 2, 0, money.ErrInexact},
		{"least fraction", decimal.New(1, -18), 18, 1, nil},
		{"finer than any unit", decimal.New(1, -19), 18, 0, money.ErrInexact},
		{"positive exponent", decimal.New(12, 3), 2, 1200000, nil},
		{"positive exponent at the end", decimal.New(9, 18), 0, 9e18, nil},
		{"positive exponent past the end", decimal.New(10, 18), 0, 0, money.ErrOverflow},
		{"largest", decimal.New(math.MaxInt64, 0), 0, math.MaxInt64, nil},
		{"least", decimal.New(math.MinInt64, -2), 2, math.MinInt64, nil},
		{"accessors would wrap here", parse("9223372036854775808"), 0, 0, money.ErrOverflow},
		{"and here", parse("-18446744073709551616"), 0, 0, money.ErrOverflow},
		{"least with zeros", parse("-9223372036854775808.000"), 0, math.MinInt64, nil},
		{"too large and too fine", parse("9223372036854775808.5"), 0, 0, money.ErrOverflow},
		{"only too fine", parse("9223372036854775807.5"), 0, 0, money.ErrInexact},
		{"negative digits", parse("1"), -1, 0, money.ErrDigits},
		{"too many digits", parse("0"), 19, 0, money.ErrDigits},
	}
	for _, c := range cases {
		got, err := money.Minor(c.d, c.digits)
		assert.Equal(t, c.want, got, c.name)
		assert.ErrorIs(t, err, c.err, c.name)
	}
}

func TestConversionsAgreeWithBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := decimals().Draw(t, "d"), digits().Draw(t, "digits")
		exact := rat(d, n)
		minor, err := money.Minor(d, n)
		switch whole := roundRat(exact, money.Down); {
		case !whole.IsInt64():
			require.ErrorIs(t, err, money.ErrOverflow)
		case !exact.IsInt():
			require.ErrorIs(t, err, money.ErrInexact)
		default:
			require.NoError(t, err)
			require.Equal(t, whole.Int64(), minor)
			require.True(t, money.Decimal(minor, n).Equal(d))
		}
		for _, mode := range modes {
			rounded, err := money.Round(d, n, mode)
			want := roundRat(exact, mode)
			if !want.IsInt64() {
				require.ErrorIs(t, err, money.ErrOverflow)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, want.Int64(), rounded, "mode %v", mode)
		}
	})
}

func TestRoundRefusesItsArguments(t *testing.T) {
	t.Parallel()
	_, err := money.Round(parse("1"), 0, money.Ceiling+1)
	require.ErrorIs(t, err, money.ErrRounding)
	_, err = money.Round(parse("1"), 19, money.Down)
	require.ErrorIs(t, err, money.ErrDigits)
	_, err = money.Round(parse("1"), -1, money.Down)
	require.ErrorIs(t, err, money.ErrDigits)
}

func TestDecimalKeepsItsDigits(t *testing.T) {
	t.Parallel()
	d := money.Decimal(-150, 2)
	assert.Equal(t, int32(-2), d.Exponent())
	assert.True(t, d.Equal(parse("-1.5")))
	rapid.Check(t, func(t *rapid.T) {
		minor, n := int64s().Draw(t, "minor"), digits().Draw(t, "digits")
		back, err := money.Minor(money.Decimal(minor, n), n)
		require.NoError(t, err)
		require.Equal(t, minor, back)
	})
}

func TestCoefficient(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		d     decimal.Decimal
		coef  int64
		scale int
		ok    bool
	}{
		{"zero Decimal", decimal.Decimal{}, 0, 0, true},
		{"zero with a scale", decimal.New(0, -2), 0, 2, true},
		{"trailing zeros stay", parse("1.50"), 150, 2, true},
		{"trailing zeros go where they must", parse("1.50000000000000000000"), 15, 1, true},
		{"positive exponent", decimal.New(-12, 3), -12000, 0, true},
		{"19 digits", decimal.New(math.MinInt64, -5), math.MinInt64, 5, true},
		{"19 digits past int64", parse("9.999999999999999999"), 0, 0, false},
		{"20 digits that reduce", parse("9999999999999999999.0"), 0, 0, false},
		{"19 digits that reduce", parse("999999999999999999.0"), 999999999999999999, 0, true},
		{"least fraction", decimal.New(1, -18), 1, 18, true},
		{"finer", decimal.New(1, -19), 0, 0, false},
		{"finer in writing only", decimal.New(10, -19), 1, 18, true},
	}
	for _, c := range cases {
		coef, scale, ok := money.Coefficient(c.d)
		assert.Equal(t, c.ok, ok, c.name)
		if ok {
			assert.Equal(t, c.coef, coef, c.name)
			assert.Equal(t, c.scale, scale, c.name)
		}
	}
}

// A pair exists exactly if some scale from 0 to 18 makes d a whole int64.
func TestCoefficientAgreesWithBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := decimals().Draw(t, "d")
		exists := false
		for scale := range money.MaxDigits + 1 {
			r := rat(d, scale)
			exists = exists || r.IsInt() && r.Num().IsInt64()
		}
		coef, scale, ok := money.Coefficient(d)
		require.Equal(t, exists, ok)
		if ok {
			require.Equal(t, 0, rat(d, 0).Cmp(ratio(big.NewInt(coef), bigPow10(scale))))
		}
	})
}

// Expanding one of these takes gigabytes and minutes: answers come at once.
func TestHostileExponents(t *testing.T) {
	t.Parallel()
	for _, exp := range []int32{math.MinInt32, math.MinInt32 + 1, -1e9, 1e9, math.MaxInt32 - 1, math.MaxInt32} {
		for _, c := range []int64{0, 1, -1, 10, math.MinInt64, math.MaxInt64} {
			d := decimal.New(c, exp)
			minor, err := money.Minor(d, 2)
			up, errUp := money.Round(d, 2, money.Up)
			text, errText := money.Text(d)
			_, errRate := money.RateOf(d)
			_, _, ok := money.Coefficient(d)
			assert.Zero(t, minor)
			switch {
			case c == 0:
				assert.NoError(t, err)
				assert.NoError(t, errUp)
				assert.NoError(t, errRate)
				assert.Equal(t, "0", text)
				assert.True(t, ok)
				continue
			case exp > 0:
				assert.ErrorIs(t, err, money.ErrOverflow)
				assert.ErrorIs(t, errUp, money.ErrOverflow)
			default:
				assert.ErrorIs(t, err, money.ErrInexact)
				assert.NoError(t, errUp)
				assert.EqualValues(t, d.Sign(), up)
			}
			assert.ErrorIs(t, errText, money.ErrLength)
			assert.ErrorIs(t, errRate, money.ErrRate)
			assert.False(t, ok)
		}
	}
}

func TestMinorLeavesItsArgument(t *testing.T) {
	t.Parallel()
	d := parse("-123456789012345678901234567890.5")
	_, _ = money.Round(d, 0, money.HalfUp)
	_, _ = money.Minor(d, 0)
	_, _, _ = money.Coefficient(d)
	_, _ = money.Text(d)
	assert.True(t, d.Equal(parse("-123456789012345678901234567890.5")))
}

func TestBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		d    decimal.Decimal
		want error
	}{
		"zero value":        {decimal.Decimal{}, nil},
		"cents":             {decimal.New(-1205, -2), nil},
		"largest exponent":  {decimal.New(1, money.MaxText), nil},
		"smallest exponent": {decimal.New(1, -money.MaxText), nil},
		"most digits":       {decimal.RequireFromString(strings.Repeat("9", money.MaxText)), nil},
		"one exponent more": {decimal.New(1, money.MaxText+1), money.ErrLength},
		"one less":          {decimal.New(1, -money.MaxText-1), money.ErrLength},
		"a digit more":      {decimal.RequireFromString(strings.Repeat("9", money.MaxText+1)), money.ErrLength},
		"zero far out":      {decimal.New(0, math.MaxInt32), money.ErrLength},
		"huge":              {decimal.New(1, math.MaxInt32), money.ErrLength},
		"tiny":              {decimal.New(-1, math.MinInt32), money.ErrLength},
	} {
		assert.ErrorIs(t, money.Bounded(c.d), c.want, name)
	}
}

// What a text or a float64 gives is bounded, as are sums and products of cents.
func TestWhatIsReadIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		assert.NoError(t, money.Bounded(decimal.NewFromFloat(x)))
		text := rapid.StringMatching(`-?[0-9]{1,40}(\.[0-9]{1,40})?`).Draw(t, "text")
		d, err := money.Parse(text)
		require.NoError(t, err)
		assert.NoError(t, money.Bounded(d))
	})
}
