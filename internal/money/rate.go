package money

import "github.com/shopspring/decimal"

// A Rate is an exact fraction in lowest terms with a denominator of at most
// [MaxDenominator]: 0.0125 is 1/80. The zero Rate is 0. It is an immutable value,
// safe for concurrent use; equal rates are ==.
type Rate struct {
	num     int64
	denLess int64 // the denominator less one, so that the zero Rate is 0/1
}

// RateOf returns the rate d. It fails with [ErrRate] if that is no fraction of
// int64 with a denominator of at most [MaxDenominator]; decimals of up to nine
// fraction digits always are one, unless they overflow.
func RateOf(d decimal.Decimal) (Rate, error) {
	coef, scale, ok := Coefficient(d)
	if !ok {
		return Rate{}, ErrRate
	}
	return NewRate(coef, pow10[scale])
}

// NewRate returns the rate num/den, such as 1 point for 3 euros. It fails with
// [ErrRate] unless den is positive and, in lowest terms, at most
// [MaxDenominator].
func NewRate(num, den int64) (Rate, error) {
	if den <= 0 {
		return Rate{}, ErrRate
	}
	g := int64(GCD(magnitude(num), uint64(den)))
	num, den = num/g, den/g
	if den > MaxDenominator {
		return Rate{}, ErrRate
	}
	return Rate{num, den - 1}, nil
}

// Fraction returns the numerator and the denominator, in lowest terms; the
// denominator is positive.
func (r Rate) Fraction() (num, den int64) { return r.num, r.denLess + 1 }

// Apply returns minor · r, rounded once by mode. It fails with [ErrOverflow] if
// that does not fit and with [ErrRounding] if there is no such mode.
func (r Rate) Apply(minor int64, mode Rounding) (int64, error) {
	return MulDiv(minor, r.num, r.denLess+1, mode)
}

// Rescaled returns the rate r · 10^(to−from), which takes minor units with from
// digits to minor units with to digits in one rounding: 2 points a euro takes
// cents to points by 2/100. It fails with [ErrRate] if that is no rate and with
// [ErrDigits] unless both are 0 to [MaxDigits].
func (r Rate) Rescaled(from, to int) (Rate, error) {
	if !validDigits(from) || !validDigits(to) {
		return Rate{}, ErrDigits
	}
	up, down := pow10[max(0, to-from)], pow10[max(0, from-to)] // one of them is 1
	num, den := r.Fraction()
	g, h := GCD(up, den), int64(GCD(magnitude(num), uint64(down)))
	num, okNum := Mul(num/h, up/g)
	den, okDen := Mul(den/g, down/h)
	if !okNum || !okDen {
		return Rate{}, ErrRate
	}
	return NewRate(num, den)
}
