package money_test

import (
	"math"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/money"
)

// The oracles compute with math/big, from the definitions, in other ways than
// the package does.

var modes = []money.Rounding{
	money.HalfUp, money.HalfEven, money.HalfDown, money.Down, money.Up, money.Floor, money.Ceiling,
}

// roundRat rounds r to an integer by the definition of each mode: the candidates
// are the floor and the ceiling, and the mode picks one.
func roundRat(r *big.Rat, mode money.Rounding) *big.Int {
	floor := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean: floor for a positive divisor
	if r.IsInt() {
		return floor
	}
	ceiling := new(big.Int).Add(floor, big.NewInt(1))
	zeroward, outward := floor, ceiling
	if r.Sign() < 0 {
		zeroward, outward = ceiling, floor
	}
	middle := new(big.Rat).SetFrac(new(big.Int).Add(floor, ceiling), big.NewInt(2))
	switch mode {
	case money.Floor:
		return floor
	case money.Ceiling:
		return ceiling
	case money.Down:
		return zeroward
	case money.Up:
		return outward
	}
	switch c := r.Cmp(middle); {
	case c < 0:
		return floor
	case c > 0:
		return ceiling
	case mode == money.HalfUp:
		return outward
	case mode == money.HalfDown:
		return zeroward
	case floor.Bit(0) == 0:
		return floor
	}
	return ceiling
}

func ratio(num, den *big.Int) *big.Rat { return new(big.Rat).SetFrac(num, den) }

func bigPow10(n int) *big.Int {
	v, _ := new(big.Int).SetString("1"+strings.Repeat("0", n), 10)
	return v
}

// rat returns d · 10^digits for exponents that can be expanded.
func rat(d decimal.Decimal, digits int) *big.Rat {
	r := new(big.Rat).SetInt(d.Coefficient())
	e := int(d.Exponent()) + digits
	if e >= 0 {
		return r.Mul(r, new(big.Rat).SetInt(bigPow10(e)))
	}
	return r.Mul(r, ratio(big.NewInt(1), bigPow10(-e)))
}

// int64s draws any int64, with a liking for the ends and for small numbers.
func int64s() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64(),
		rapid.Int64Range(-20, 20),
		rapid.SampledFrom([]int64{
			math.MinInt64, math.MinInt64 + 1, math.MaxInt64, math.MaxInt64 - 1,
			1 << 32, -1 << 32, 1<<62 - 1, 1 << 62, -1 << 62, money.MaxExact, 1e18, -1e18, 5e17,
		}),
	)
}

// decimals draws decimals with coefficients of up to some 60 digits, zeros at
// their end, and exponents from −80 to 80.
func decimals() *rapid.Generator[decimal.Decimal] {
	long := rapid.StringMatching(`-?[0-9]{1,40}0{0,20}`)
	return rapid.Custom(func(t *rapid.T) decimal.Decimal {
		exp := rapid.OneOf(rapid.Int32Range(-20, 2), rapid.Int32Range(-80, 80)).Draw(t, "exponent")
		if rapid.Bool().Draw(t, "short") {
			return decimal.New(int64s().Draw(t, "coefficient"), exp)
		}
		c, _ := new(big.Int).SetString(long.Draw(t, "digits"), 10)
		return decimal.NewFromBigInt(c, exp)
	})
}

func digits() *rapid.Generator[int] { return rapid.IntRange(0, money.MaxDigits) }

func parse(s string) decimal.Decimal { return decimal.RequireFromString(s) }
