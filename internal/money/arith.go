package money

import (
	"math"
	"math/bits"
)

// pow10 holds the powers of ten that fit in int64.
//
//nolint:gochecknoglobals // Go has no constant arrays; nobody writes to it.
var pow10 = [MaxDigits + 1]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// validDigits reports whether digits is 0 to [MaxDigits].
func validDigits(digits int) bool { return uint(digits) <= MaxDigits }

// Add returns a + b; false if it overflows.
func Add(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (a^sum)&(b^sum) >= 0
}

// Sub returns a − b; false if it overflows.
func Sub(a, b int64) (int64, bool) {
	diff := a - b
	return diff, (a^b)&(a^diff) >= 0
}

// Mul returns a · b; false if it overflows.
func Mul(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	high := int64(hi) - a>>63&b - b>>63&a // of the signed product of 128 bits
	return int64(lo), high == int64(lo)>>63
}

// GCD returns the greatest common divisor of a and b, which is not negative; the other one
// if one is 0. It is not defined where it does not fit, as of the least int64 and 0.
func GCD[T int64 | uint64](a, b T) T {
	for b != 0 {
		a, b = b, a%b
	}
	if a < 0 {
		return -a
	}
	return a
}

// MulDiv returns a · num / den, exact within and rounded once by mode. It fails
// with [ErrDivision] if den is 0, with [ErrOverflow] if the result does not fit
// and with [ErrRounding] if there is no such mode. No sign is special: each of
// the three may be negative.
func MulDiv(a, num, den int64, mode Rounding) (int64, error) {
	if !mode.Valid() {
		return 0, ErrRounding
	}
	d := magnitude(den)
	if d == 0 {
		return 0, ErrDivision
	}
	hi, lo := bits.Mul64(magnitude(a), magnitude(num))
	if hi >= d { // the quotient needs more than 64 bits
		return 0, ErrOverflow
	}
	q, r := bits.Div64(hi, lo, d)
	return mode.round(a^num^den < 0, q, restOf(r, d))
}

// Rescale converts minor units with from fraction digits into minor units with to
// digits; false if that is not exact, overflows, or if either is not 0 to
// [MaxDigits].
func Rescale(minor int64, from, to int) (int64, bool) {
	if !validDigits(from) || !validDigits(to) {
		return 0, false
	}
	if from <= to {
		return Mul(minor, pow10[to-from])
	}
	p := pow10[from-to]
	return minor / p, minor%p == 0
}

// magnitude returns |v|; 2^63 for the least int64.
func magnitude(v int64) uint64 {
	sign := v >> 63 // 0 or −1, whose complement is its opposite less one
	return uint64((v ^ sign) - sign)
}

// signed returns q with a sign, or [ErrOverflow].
func signed(negative bool, q uint64) (int64, error) {
	v, most := int64(q), uint64(math.MaxInt64)
	if negative {
		v, most = -v, 1<<63
	}
	if q > most {
		return 0, ErrOverflow
	}
	return v, nil
}
