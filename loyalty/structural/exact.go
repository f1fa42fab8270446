package structural

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Amounts are computed as fractions of whole numbers and rounded once, half away from zero,
// as invoices are.

const (
	maxDigits  = 9
	digitsRule = "must be 0 to 9"
	exactRule  = "must be 0 or more, at most 18 fraction digits and at most 2^63-1 without its point"
	ratioRule  = "must be 0 to 1, with at most 9 fraction digits"
)

// amount converts money of at least 0 into minor units.
func (c *checker) amount(d decimal.Decimal, digits int, field string) int64 {
	minor, ok := money.Amount(d, max(0, min(digits, maxDigits)))
	c.Check(ok, field, nil, money.AmountRule)
	return minor
}

func (c *checker) digits(n int) { c.Check(n >= 0 && n <= maxDigits, "Digits", n, digitsRule) }

// quantity reads a number of at least 0 that is no money.
func (c *checker) quantity(d decimal.Decimal, field string) *big.Rat {
	coef, scale, ok := money.Coefficient(d)
	c.Check(ok && coef >= 0, field, nil, exactRule)
	return fraction(coef, scale)
}

// ratio reads a share of 0 to 1.
func (c *checker) ratio(d decimal.Decimal, field string) *big.Rat {
	coef, err := money.Minor(d, maxDigits)
	c.Check(err == nil && coef >= 0 && coef <= 1_000_000_000, field, nil, ratioRule)
	return big.NewRat(coef, 1_000_000_000)
}

// fraction returns minor units as a fraction of whole ones.
func fraction(minor int64, digits int) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(minor), power(digits))
}

// rounded returns a fraction of at least 0 in minor units, half away from zero; false above
// 2^53-1.
func rounded(x *big.Rat, digits int) (int64, bool) {
	n := new(big.Int).Mul(x.Num(), power(digits))
	n.Lsh(n, 1).Add(n, x.Denom()) // 2·x·10^digits + 1, over 2
	n.Quo(n, new(big.Int).Lsh(x.Denom(), 1))
	if !n.IsInt64() || n.Int64() > money.MaxExact {
		return 0, false
	}
	return n.Int64(), true
}

func power(digits int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
}
