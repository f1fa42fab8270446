package basket

import (
	"fmt"
	"math/bits"
)

// AtLeast returns the least number of baskets that is a share of num/den of them or
// more, a relative support as an absolute one: AtLeast(1, 100) is 99 of 9,835
// baskets. It is ⌈N·num/den⌉ in whole numbers, where 0.28·25 in floating point is a
// little above 7, and the sets of exactly 7 would be lost.
//
// It fails with a [relmark.FieldError] unless 0 < num ≤ den: a count of 0 would be
// for every set there could be, and no set is in more baskets than there are. In
// an empty counter it is 1.
func (c *Counter[I]) AtLeast(num, den int64) (int64, error) {
	switch {
	case den < 1:
		return 0, invalid("Den", den, "must be 1 or more")
	case num < 1 || num > den:
		return 0, invalid("Num", num, fmt.Sprintf("must be from 1 to the denominator, which is %d", den))
	}
	return max(1, share(c.baskets, num, den)), nil
}

// share returns ⌈n·num/den⌉ for n ≥ 0 and 0 ≤ num ≤ den: at most n.
func share(n, num, den int64) int64 {
	high, low := bits.Mul64(uint64(n), uint64(num))
	quotient, rest := bits.Div64(high, low, uint64(den))
	if rest > 0 {
		quotient++
	}
	return int64(quotient)
}
