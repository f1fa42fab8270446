package money_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

func TestAppendText(t *testing.T) {
	t.Parallel()
	cases := []struct {
		minor  int64
		digits int
		want   string
	}{
		{0, 0, "0"},
		{0, 2, "0.00"},
		{-5, 2, "-0.05"},
		{1200, 2, "12.00"},
		{7, 0, "7"},
		{-100, 2, "-1.00"},
		{1, 18, "0.000000000000000001"},
		{math.MinInt64, 0, "-9223372036854775808"},
		{math.MinInt64, 18, "-9.223372036854775808"},
		{math.MaxInt64, 2, "92233720368547758.07"},
	}
	for _, c := range cases {
		assert.Equal(t, c.want, string(money.AppendText(nil, c.minor, c.digits)))
	}
	assert.Equal(t, "EUR 1.50", string(money.AppendText([]byte("EUR "), 150, 2)))
}

func TestMinorTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minor, n := int64s().Draw(t, "minor"), digits().Draw(t, "digits")
		text := string(money.AppendText(nil, minor, n))
		require.Equal(t, money.Decimal(minor, n).StringFixed(int32(n)), text)
		d, err := money.Parse(text)
		require.NoError(t, err)
		require.Equal(t, int32(-n), d.Exponent())
		back, err := money.Minor(d, n)
		require.NoError(t, err)
		require.Equal(t, minor, back)
	})
}

func TestText(t *testing.T) {
	t.Parallel()
	cases := map[string]decimal.Decimal{
		"0":                    {},
		"1.5":                  parse("1.50"),
		"-1.5":                 parse("-1.500000000000000000000000"),
		"100":                  parse("100"),
		"1200":                 decimal.New(12, 2),
		"-1":                   parse("-1.00"),
		"-0.05":                parse("-0.05"),
		"0.001":                decimal.New(1000, -6),
		"-9223372036854775808": decimal.New(math.MinInt64, 0),
		"123456789012345678901234567890.123456789": parse("123456789012345678901234567890.123456789"),
	}
	for want, d := range cases {
		got, err := money.Text(d)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	zero, err := money.Text(decimal.New(0, -7))
	require.NoError(t, err)
	assert.Equal(t, "0", zero)
}

func TestTextIsCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := decimals().Draw(t, "d")
		text, err := money.Text(d)
		require.NoError(t, err)
		back, err := money.Parse(text)
		require.NoError(t, err)
		require.True(t, back.Equal(d), "reads back")
		require.True(t, !strings.Contains(text, ".") || !strings.HasSuffix(text, "0"), "no zeros at the end")
		require.NotEqual(t, "-0", text)

		zeros := rapid.IntRange(0, 30).Draw(t, "zeros") // another writing of the same number
		c := new(big.Int).Mul(d.Coefficient(), bigPow10(zeros))
		same, err := money.Text(decimal.NewFromBigInt(c, d.Exponent()-int32(zeros)))
		require.NoError(t, err)
		require.Equal(t, text, same)
	})
}

func TestTextIsBounded(t *testing.T) {
	t.Parallel()
	nines := strings.Repeat("9", money.MaxText-1)
	fits := []string{
		nines + "9",
		"-" + nines,
		"-" + nines[2:] + ".9",
		"0." + nines[2:] + "9",
		"-0." + nines[2:],
		"1" + strings.Repeat("0", money.MaxText-1),
	}
	for _, s := range fits {
		d, err := money.Parse(s)
		require.NoError(t, err)
		text, err := money.Text(d)
		require.NoError(t, err)
		assert.Equal(t, s, text)
		assert.Len(t, text, money.MaxText)

		_, err = money.Parse(s + "9")
		require.ErrorIs(t, err, money.ErrLength)
		shift := int32(1) // one more digit on whichever side there are some
		if strings.Contains(s, ".") {
			shift = -1
			d = d.Add(decimal.New(1, d.Exponent()-1))
		}
		if shift > 0 {
			d = d.Shift(shift)
		}
		b, err := money.AppendDecimal([]byte("x"), d)
		require.ErrorIs(t, err, money.ErrLength, "%.12s…", s)
		assert.Equal(t, "x", string(b))
	}
	// Zeros at the end do not count, however many there are.
	long := new(big.Int).Mul(big.NewInt(-15), bigPow10(5000))
	text, err := money.Text(decimal.NewFromBigInt(long, -5001))
	require.NoError(t, err)
	assert.Equal(t, "-1.5", text)
}

func TestTextHoldsEveryFloat(t *testing.T) {
	t.Parallel()
	for _, f := range []float64{math.MaxFloat64, -math.SmallestNonzeroFloat64, -2.2250738585072014e-308, 0.1} {
		text, err := money.Text(decimal.NewFromFloat(f))
		require.NoError(t, err)
		back, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		assert.Equal(t, math.Float64bits(f), math.Float64bits(back))
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	good := map[string]decimal.Decimal{
		"0":                     {},
		"-0.00":                 {},
		"007.50":                decimal.New(75, -1),
		"-12.34":                decimal.New(-1234, -2),
		"999999999999999999":    decimal.New(999999999999999999, 0),
		"-9999999999999999.99":  decimal.New(-999999999999999999, -2),
		"-9223372036854775808":  decimal.New(math.MinInt64, 0),
		"-0.000000000000000001": decimal.New(-1, -18),
	}
	for text, want := range good {
		got, err := money.Parse(text)
		require.NoError(t, err, text)
		assert.True(t, got.Equal(want), text)
	}
	bad := []string{
		"", "-", ".", "-.", ".5", "5.", "-.5", "+1", "--1", "1e3", "1E3", "0x10", " 1", "1 ", "1,5", "1_000",
		"1.2.3", "1.-2", "-1.+2", "NaN", "Inf", "\u22121", "١", "1\x00", "123456789012345678901234567890x", "1.0e-5",
	}
	for _, text := range bad {
		_, err := money.Parse(text)
		require.ErrorIs(t, err, money.ErrSyntax, "%q", text)
	}
	d, err := money.Parse("1.50")
	require.NoError(t, err)
	assert.Equal(t, int32(-2), d.Exponent(), "the digits of the text are the scale")
}
