package money_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

func TestCheckedArithmeticAgreesWithBig(t *testing.T) {
	t.Parallel()
	ops := []struct {
		name  string
		fast  func(a, b int64) (int64, bool)
		exact func(z, a, b *big.Int) *big.Int
	}{
		{"Add", money.Add, (*big.Int).Add},
		{"Sub", money.Sub, (*big.Int).Sub},
		{"Mul", money.Mul, (*big.Int).Mul},
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := int64s().Draw(t, "a"), int64s().Draw(t, "b")
		for _, op := range ops {
			got, ok := op.fast(a, b)
			want := op.exact(new(big.Int), big.NewInt(a), big.NewInt(b))
			if ok != want.IsInt64() || ok && got != want.Int64() {
				t.Fatalf("%s(%d, %d) = %d, %t; want %v", op.name, a, b, got, ok, want)
			}
		}
	})
}

func TestMulDivAgreesWithBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, num, den := int64s().Draw(t, "a"), int64s().Draw(t, "num"), int64s().Draw(t, "den")
		mode := rapid.SampledFrom(modes).Draw(t, "mode")
		got, err := money.MulDiv(a, num, den, mode)
		if den == 0 {
			require.ErrorIs(t, err, money.ErrDivision)
			return
		}
		product := new(big.Int).Mul(big.NewInt(a), big.NewInt(num))
		want := roundRat(ratio(product, big.NewInt(den)), mode)
		if !want.IsInt64() {
			require.ErrorIs(t, err, money.ErrOverflow)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want.Int64(), got)
	})
}

func TestMulDivAtTheEnds(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name        string
		a, num, den int64
		mode        money.Rounding
		want        int64
		err         error
	}{
		{"least int64 is reachable", math.MinInt64, -1, -1, money.Down, math.MinInt64, nil},
		{"its opposite is not", math.MinInt64, -1, 1, money.Down, 0, money.ErrOverflow},
		{"rounding up to the largest", math.MaxInt64, 1, 1, money.Up, math.MaxInt64, nil},
		{"rounding past the largest", math.MaxInt64, 1 << 62, 1<<62 - 1, money.Up, 0, money.ErrOverflow},
		{"rounding past 64 bits", math.MinInt64, math.MinInt64, 1 << 62, money.Up, 0, money.ErrOverflow},
		{"quotient of 2^64 - 1 does not wrap to 0", math.MaxInt64, 4, 2, money.Up, 0, money.ErrOverflow},
		{"product of 126 bits", math.MaxInt64, math.MaxInt64, math.MinInt64, money.HalfUp, -math.MaxInt64 + 1, nil},
		{"zero over anything", 0, 5, -7, money.Floor, 0, nil},
		{"zero over zero", 0, 0, 0, money.Floor, 0, money.ErrDivision},
		{"no such mode", 1, 1, 1, money.Ceiling + 1, 0, money.ErrRounding},
	}
	for _, c := range cases {
		got, err := money.MulDiv(c.a, c.num, c.den, c.mode)
		assert.Equal(t, c.want, got, c.name)
		assert.ErrorIs(t, err, c.err, c.name)
	}
}

func TestRescaleIsExactOrFails(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minor, from, to := int64s().Draw(t, "minor"), digits().Draw(t, "from"), digits().Draw(t, "to")
		got, ok := money.Rescale(minor, from, to)
		want := new(big.Rat).Mul(ratio(big.NewInt(minor), bigPow10(from)), new(big.Rat).SetInt(bigPow10(to)))
		require.Equal(t, want.IsInt() && want.Num().IsInt64(), ok)
		if ok {
			require.Equal(t, want.Num().Int64(), got)
			back, ok := money.Rescale(got, to, from)
			require.True(t, ok)
			require.Equal(t, minor, back)
		}
	})
	for _, c := range [][2]int{{-1, 0}, {0, -1}, {19, 0}, {0, 19}, {19, 19}, {math.MinInt, math.MaxInt}} {
		_, ok := money.Rescale(0, c[0], c[1])
		assert.False(t, ok, "from %d to %d", c[0], c[1])
	}
}

func TestGCD(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int64{{0, 0, 0}, {0, 7, 7}, {7, 0, 7}, {12, 18, 6}, {-12, 18, 6}, {12, -18, 6}, {math.MaxInt64, 7, 7}, {math.MinInt64, 6, 2}} {
		assert.Equal(t, c[2], money.GCD(c[0], c[1]), c)
	}
	assert.Equal(t, uint64(1)<<63, money.GCD(uint64(1)<<63, 0))
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := new(big.Int).GCD(nil, nil, new(big.Int).Abs(big.NewInt(a)), new(big.Int).Abs(big.NewInt(b)))
		if want.IsInt64() {
			require.Equal(t, want.Int64(), money.GCD(a, b))
		}
	})
}
