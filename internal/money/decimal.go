package money

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// fastDigits is the largest number of decimal digits that always fits in int64,
// whatever the digits are.
const fastDigits = 18

// Coefficient returns coef and scale with d = coef · 10^−scale exactly and scale
// from 0 to [MaxDigits]; false if there is no such pair. Trailing zeros stay as d
// has them; where d as it stands does not fit they are all dropped. So equal
// decimals may have different pairs: 1.50 gives 150 and 2, 1.5 gives 15 and 1.
// It allocates only where d as it stands does not fit.
func Coefficient(d decimal.Decimal) (coef int64, scale int, ok bool) {
	if exp := d.Exponent(); exp <= 0 && exp >= -MaxDigits && d.NumDigits() <= fastDigits {
		return d.CoefficientInt64(), int(-exp), true
	}
	d = d.Normalize()
	exp := d.Exponent()
	if exp < -MaxDigits {
		return 0, 0, false
	}
	scale = int(max(0, -exp))
	coef, err := Minor(d, scale)
	return coef, scale, err == nil
}

// Minor converts d into minor units with the given number of fraction digits,
// exactly. It fails with [ErrInexact] if d has more fraction digits, trailing
// zeros aside, with [ErrOverflow] if its whole units do not fit, whatever follows
// them, and with [ErrDigits] unless digits is 0 to [MaxDigits]. It does not
// allocate for coefficients of up to 18 digits.
func Minor(d decimal.Decimal, digits int) (int64, error) {
	// The usual case: the digits of d and the zeros to append are 18 at most.
	if exp := int(d.Exponent()); validDigits(digits) && exp <= MaxDigits {
		if zeros := exp + digits; zeros >= 0 && d.NumDigits()+zeros <= fastDigits {
			return d.CoefficientInt64() * pow10[zeros], nil
		}
	}
	q, left, err := split(d, digits)
	if err != nil {
		return 0, err
	}
	minor, err := signed(d.Sign() < 0, q)
	if err == nil && left != none {
		return 0, ErrInexact
	}
	return minor, err
}

// Round converts d into minor units with the given number of fraction digits,
// rounded by mode. It fails with [ErrOverflow] if the result does not fit, with
// [ErrDigits] unless digits is 0 to [MaxDigits] and with [ErrRounding] if there
// is no such mode. It does not allocate for coefficients of up to 18 digits.
func Round(d decimal.Decimal, digits int, mode Rounding) (int64, error) {
	if !mode.Valid() {
		return 0, ErrRounding
	}
	q, left, err := split(d, digits)
	if err != nil {
		return 0, err
	}
	return mode.round(d.Sign() < 0, q, left)
}

// Decimal returns minor · 10^−digits, with that many fraction digits, for digits
// from 0 to [MaxDigits]. It allocates what the decimal holds.
func Decimal(minor int64, digits int) decimal.Decimal {
	return decimal.New(minor, int32(-digits))
}

// split cuts |d| · 10^digits into whole units and what is left of the next one.
// It fails if the units need more than 64 bits or digits is no number of digits.
func split(d decimal.Decimal, digits int) (q uint64, left rest, err error) {
	if !validDigits(digits) {
		return 0, none, ErrDigits
	}
	if d.Sign() == 0 {
		return 0, none, nil
	}
	// 10^(n+shift-1) ≤ |d| · 10^digits < 10^(n+shift): exponents that are far out
	// are settled before anything of their size is made.
	n, shift := int64(d.NumDigits()), int64(d.Exponent())+int64(digits)
	switch {
	case n+shift > 19:
		return 0, none, ErrOverflow
	case n+shift < 0:
		return 0, below, nil
	case n > fastDigits:
		q, left = splitBig(d.Coefficient(), shift)
		return q, left, nil
	}
	u := magnitude(d.CoefficientInt64())
	if shift >= 0 {
		return u * uint64(pow10[shift]), none, nil // below 10^19, which fits in 64 bits
	}
	p := uint64(pow10[-shift]) // -shift ≤ n ≤ 18
	return u / p, restOf(u%p, p), nil
}

// splitBig is split for a coefficient c of more than 18 digits, which it
// overwrites; shift is 0 or less then, and -shift at most the digits of c.
func splitBig(c *big.Int, shift int64) (q uint64, left rest) {
	p := new(big.Int).Exp(big.NewInt(10), big.NewInt(-shift), nil)
	r := new(big.Int)
	c.QuoRem(c.Abs(c), p, r)
	if r.Sign() == 0 {
		return c.Uint64(), none
	}
	return c.Uint64(), [...]rest{below, half, above}[r.Lsh(r, 1).Cmp(p)+1]
}

// Bounded tells decimals that can be computed with from those that cannot: it fails
// with [ErrLength] unless d has at most [MaxText] digits and an exponent of at most
// [MaxText] either way, zero included. Whatever came as text or as a number passes;
// what does not is made with decimal.New, as 1e2147483647, on which a sum, a text or
// a comparison never ends. Rooms ask it of every decimal that a caller made, first.
// It takes constant time for coefficients of up to 64 bits.
func Bounded(d decimal.Decimal) error {
	if exp := d.Exponent(); exp > MaxText || exp < -MaxText || d.NumDigits() > MaxText {
		return ErrLength
	}
	return nil
}
