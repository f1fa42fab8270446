package earning

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/relmark/relmark/internal/money"
)

// apportion appends to dst, which is empty, whole points in proportion to weights, which
// add up to n: by largest remainders, an equal one going to the lower index. If no weight
// is positive, all shares are 0. Where one is negative, shares are differences of running
// totals, rounded down. It does not allocate for up to 16 weights of which int64 holds a
// common denominator.
func apportion(dst []int64, n int64, weights []exact) []int64 {
	var buffer [16]int64
	if whole, ok := level(buffer[:0], weights); ok {
		if shares, err := money.AppendAllocate(dst, n, whole); err == nil {
			return shares
		}
	}
	return apportionBig(dst, n, weights)
}

// level appends the numerators of weights over their least common denominator; false if
// one does not fit.
func level(dst []int64, weights []exact) ([]int64, bool) {
	den := int64(1)
	for i := range weights {
		w := &weights[i]
		if w.big != nil {
			return dst, false
		}
		if w.den > 0 && den%w.den != 0 {
			var ok bool
			if den, ok = money.Mul(den, w.den/money.GCD(den, w.den)); !ok {
				return dst, false
			}
		}
	}
	for i := range weights {
		num, ok := money.Mul(weights[i].num, den/max(weights[i].den, 1))
		if !ok {
			return dst, false
		}
		dst = append(dst, num)
	}
	return dst, true
}

// apportionBig is apportion for all weights there are.
func apportionBig(dst []int64, n int64, weights []exact) []int64 {
	sum, negative := new(big.Rat), false
	for _, w := range weights {
		sum.Add(sum, w.rat())
		negative = negative || w.sign() < 0
	}
	switch {
	case sum.Sign() <= 0:
		return append(dst, make([]int64, len(weights))...)
	case negative:
		return running(dst, n, weights, sum)
	}
	rests, left := make([]*big.Rat, len(weights)), n
	for i, w := range weights {
		share := new(big.Rat).Mul(w.rat(), big.NewRat(n, 1))
		share.Quo(share, sum)
		whole := floor(share)
		rests[i] = share.Sub(share, new(big.Rat).SetInt64(whole))
		dst, left = append(dst, whole), left-whole
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(rests[j].Cmp(rests[i]), i-j) })
	for _, i := range order[:left] {
		dst[i]++
	}
	return dst
}

// running appends differences of running totals.
func running(dst []int64, n int64, weights []exact, sum *big.Rat) []int64 {
	run, before := new(big.Rat), int64(0)
	for _, w := range weights {
		run.Add(run, w.rat())
		part := new(big.Rat).Mul(run, big.NewRat(n, 1))
		whole := floor(part.Quo(part, sum))
		dst, before = append(dst, whole-before), whole
	}
	return dst
}

// floor returns the greatest whole number that is not above r, which int64 must hold.
func floor(r *big.Rat) int64 { return new(big.Int).Div(r.Num(), r.Denom()).Int64() }
