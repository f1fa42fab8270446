package money

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// AppendText appends minor units with all their fraction digits: "-0.05" for −5
// and 2 digits, "12.00" for 1200, "7" for 7 and none. Digits are 0 to
// [MaxDigits].
func AppendText(b []byte, minor int64, digits int) []byte {
	var buffer [20]byte
	return appendPlain(b, minor < 0, strconv.AppendUint(buffer[:0], magnitude(minor), 10), -digits)
}

// Text returns the exact text of d, as [AppendDecimal] appends it.
func Text(d decimal.Decimal) (string, error) {
	b, err := AppendDecimal(nil, d)
	return string(b), err
}

// AppendDecimal appends the exact and canonical text of d: no exponent, no zeros
// that end a fraction, no "-0". Equal decimals have equal texts, so a text can
// stand for its decimal in a map key or an encoding. It fails with [ErrLength],
// appending nothing, if the text has more than [MaxText] bytes.
func AppendDecimal(b []byte, d decimal.Decimal) ([]byte, error) {
	if d.Sign() == 0 {
		return append(b, '0'), nil
	}
	n, exp := int64(d.NumDigits()), int64(d.Exponent())
	if exp > MaxText || exp < -MaxText-n {
		return b, ErrLength // n digits cannot end in enough zeros
	}
	var buffer [20]byte
	digits := buffer[:0]
	if n <= fastDigits {
		digits = strconv.AppendUint(digits, magnitude(d.CoefficientInt64()), 10)
	} else {
		c := d.Coefficient()
		digits = c.Abs(c).Append(digits, 10)
	}
	for exp < 0 && digits[len(digits)-1] == '0' {
		digits, exp = digits[:len(digits)-1], exp+1
	}
	if plainLen(d.Sign() < 0, len(digits), int(exp)) > MaxText {
		return b, ErrLength
	}
	return appendPlain(b, d.Sign() < 0, digits, int(exp)), nil
}

// Parse reads a decimal in plain notation: an optional minus, digits, and
// optionally a point and digits; zeros may lead. No plus, exponent, space,
// separator or bare point. The fraction digits of the text become the scale of
// the decimal, so Parse("1.50") has two. It fails with [ErrSyntax], and with
// [ErrLength] on more than [MaxText] bytes. It reads back what [AppendText] and
// [AppendDecimal] write.
func Parse(s string) (decimal.Decimal, error) {
	if len(s) > MaxText {
		return decimal.Decimal{}, ErrLength
	}
	unsigned, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(unsigned, ".")
	if !isDigits(whole) || point && !isDigits(fraction) {
		return decimal.Decimal{}, ErrSyntax
	}
	exp := int32(-len(fraction))
	if len(whole)+len(fraction) > fastDigits {
		return parseBig(whole+fraction, negative, exp), nil
	}
	coef := number(number(0, whole), fraction)
	if negative {
		coef = -coef
	}
	return decimal.New(coef, exp), nil
}

// parseBig goes past the decimal package's own parser, whose limit on fraction
// digits is a package variable.
func parseBig(digits string, negative bool, exp int32) decimal.Decimal {
	c, _ := new(big.Int).SetString(digits, 10) // digits only: it cannot fail
	if negative {
		c.Neg(c)
	}
	return decimal.NewFromBigInt(c, exp)
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// number appends the digits of s to those of n.
func number(n int64, s string) int64 {
	for _, c := range []byte(s) {
		n = 10*n + int64(c-'0')
	}
	return n
}

// plainLen returns how many bytes appendPlain appends for n digits.
func plainLen(negative bool, n, exp int) int {
	switch {
	case exp > 0:
		n += exp
	case exp < 0:
		n = max(n, 1-exp) + len(".")
	}
	if negative {
		n++
	}
	return n
}

// appendPlain appends ±digits · 10^exp in plain notation.
func appendPlain(b []byte, negative bool, digits []byte, exp int) []byte {
	if negative {
		b = append(b, '-')
	}
	point := len(digits) + exp // of the digits, how many come before the point
	switch {
	case exp >= 0:
		return appendZeros(append(b, digits...), exp)
	case point > 0:
		b = append(b, digits[:point]...)
		return append(append(b, '.'), digits[point:]...)
	}
	return append(appendZeros(append(b, "0."...), -point), digits...)
}

func appendZeros(b []byte, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	return b
}
