package money

import "github.com/shopspring/decimal"

// AmountRule is the rule of [Amount].
const AmountRule = "must be 0 or more, whole minor units, at most 2^53-1 of them"

// Amount converts what is paid or owed into minor units with the given number of
// fraction digits; false unless d is 0 to [MaxExact] whole minor units. It takes any
// decimal, as [Minor] does.
func Amount(d decimal.Decimal, digits int) (int64, bool) {
	minor, err := Minor(d, digits)
	if err != nil || minor < 0 || minor > MaxExact {
		return 0, false
	}
	return minor, true
}
