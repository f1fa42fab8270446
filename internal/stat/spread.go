package stat

import "math/bits"

// Spread returns n·Σx² − (Σx)² of n whole numbers, n times the sum of squares about their
// mean, from exact sums and rounded once; false where it is below 0, which no numbers give. n
// and squares are 0 or more.
func Spread(n, sum, squares int64) (float64, bool) {
	d := uint64(max(sum, -sum))
	high, low := bits.Mul64(uint64(n), uint64(squares))
	above, below := bits.Mul64(d, d)
	low, borrow := bits.Sub64(low, below, 0)
	high, borrow = bits.Sub64(high, above, borrow)
	return float64(high)*(1<<64) + float64(low), borrow == 0
}
