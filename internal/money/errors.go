package money

import "errors"

// What can go wrong. Rooms translate these into errors of the root package.
var (
	// ErrOverflow says that a result lies outside the range of int64.
	ErrOverflow = errors.New("outside the range of int64")
	// ErrInexact says that a decimal has more fraction digits than the unit.
	ErrInexact = errors.New("more fraction digits than the unit")
	// ErrDigits says that a number of fraction digits is not 0 to [MaxDigits].
	ErrDigits = errors.New("digits must be 0 to 18")
	// ErrRounding says that a rounding mode or its name does not exist.
	ErrRounding = errors.New("unknown rounding mode")
	// ErrDivision says that a divisor is zero.
	ErrDivision = errors.New("division by zero")
	// ErrRate says that a rate, in lowest terms, has no int64 numerator or no
	// denominator from 1 to [MaxDenominator].
	ErrRate = errors.New("rate must be a fraction with a denominator of 1 to 1e9")
	// ErrWeights says that a weight is negative or that none is positive.
	ErrWeights = errors.New("weights must be 0 or more, one of them positive")
	// ErrSyntax says that a text is no decimal: optional minus, digits, optional
	// point and digits.
	ErrSyntax = errors.New("must be a decimal number without exponent")
	// ErrLength says that a decimal text is longer than [MaxText] bytes.
	ErrLength = errors.New("must be at most 1024 bytes of decimal text")
)

const (
	// MaxExact is 2^53 − 1: integers up to it are exact as float64, and so with any
	// consumer of JSON. Callers bound balances by it.
	MaxExact = 1<<53 - 1
	// MaxDigits is the largest number of fraction digits: 10^18 fits in int64.
	MaxDigits = 18
	// MaxDenominator bounds the denominator of a [Rate].
	MaxDenominator = 1_000_000_000
	// MaxText bounds texts of decimals, in bytes. Every finite float64 in its
	// shortest form fits.
	MaxText = 1024
)
