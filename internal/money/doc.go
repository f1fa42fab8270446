// Package money converts between exact decimals and checked int64 minor units,
// and computes with the latter. Nothing here reads a package-level setting of
// the decimal package, so a host that changes one changes no result.
//
// # Model
//
// An amount of m minor units with k fraction digits stands for m · 10^−k. [Minor]
// converts exactly or fails; [Round] is the only conversion that may lose
// anything, by a [Rounding] that the caller names. A product with a rational runs
// through 128 bits and is rounded once:
//
//	MulDiv(a, n, d) = round(a · n / d)
//
// [Allocate] divides a total T by weights w, W their sum, with the largest
// remainder method: each share starts as ⌊T·w/W⌋, and the units left over go one
// each to the largest remainders T·w mod W, ties to the lower index.
//
// # Units
//
// Minor units of whatever the caller counts: cents (2 digits), yen (0), points
// (as many digits as the programme keeps). All functions are pure, allocate
// nothing unless they say so, and take constant time except where the length of
// a text, a coefficient or a list of weights rules.
//
// # Limits
//
// Amounts are int64, digits run from 0 to [MaxDigits], denominators of rates to
// [MaxDenominator], texts to [MaxText] bytes. Decimals may have any coefficient
// and exponent: 1e1000000000 is an error at once, and never expanded. Errors are
// the plain values of this package, without input in them; rooms translate them
// into the errors of the root package.
//
// # Choices
//
// "Half up" moves ties away from zero, as commerce and BigDecimal do, not towards
// positive infinity. Exact text is canonical: no trailing zeros in a fraction, no
// exponent, no "-0", so equal decimals have equal texts.
//
// # Sources
//
//   - D. E. Knuth (1997), The Art of Computer Programming, vol. 2, 3rd ed., §4.3.1
//     (long division).
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3
//     (largest remainders).
//   - ISO 4217:2015, minor units; IEEE 754-2019, §4.3 (rounding attributes).
package money
