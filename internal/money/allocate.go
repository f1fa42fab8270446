package money

import (
	"cmp"
	"math/bits"
	"slices"
)

// Allocate divides total among weights by largest remainders: the shares add up
// to total, each is within one unit of total · weight / sum, an equal remainder
// goes to the lower index, a zero weight gets zero, and a negative total gives
// the negated shares of its opposite. The sum of the weights may exceed int64. It
// fails with [ErrWeights] if a weight is negative or none is positive, whatever
// the total. It takes O(n log n) time.
func Allocate(total int64, weights []int64) ([]int64, error) {
	return AppendAllocate(nil, total, weights)
}

// AppendAllocate is [Allocate], with the shares appended to dst, which may not
// overlap weights; on error dst is returned as it was. With room in dst it does
// not allocate for up to 32 weights, nor for more if no unit is left over.
func AppendAllocate(dst []int64, total int64, weights []int64) ([]int64, error) {
	sum, err := sumWeights(weights)
	if err != nil {
		return dst, err
	}
	at := len(dst)
	dst = slices.Grow(dst, len(weights))
	t := magnitude(total)
	left := t
	for _, w := range weights {
		q, _ := mul(t, uint64(w)).div(sum)
		dst = append(dst, int64(q)) // 2^63, of the least int64, wraps to itself
		left -= q
	}
	shares := dst[at:]
	if left > 0 {
		addLeft(shares, int(left), t, weights, sum)
	}
	if total < 0 {
		for i := range shares {
			shares[i] = -shares[i]
		}
	}
	return dst, nil
}

// A part is the remainder of one share.
type part struct {
	rest  wide
	index int
}

// addLeft adds one unit to each of the left shares with the largest remainders.
// The remainders add up to left·sum and each is below sum, so more than left of
// them are positive: a zero weight is never reached.
func addLeft(shares []int64, left int, t uint64, weights []int64, sum wide) {
	var buffer [32]part // keeps short lists off the heap
	parts := buffer[:0]
	for i, w := range weights {
		_, r := mul(t, uint64(w)).div(sum)
		parts = append(parts, part{r, i})
	}
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(b.rest.cmp(a.rest), cmp.Compare(a.index, b.index))
	})
	for _, p := range parts[:left] {
		shares[p.index]++
	}
}

func sumWeights(weights []int64) (wide, error) {
	var sum wide
	for _, w := range weights {
		if w < 0 {
			return wide{}, ErrWeights
		}
		var carry uint64
		sum.lo, carry = bits.Add64(sum.lo, uint64(w), 0)
		sum.hi += carry
	}
	if sum == (wide{}) {
		return wide{}, ErrWeights
	}
	return sum, nil
}

// A wide is an unsigned integer of 128 bits.
type wide struct{ hi, lo uint64 }

func mul(a, b uint64) wide {
	hi, lo := bits.Mul64(a, b)
	return wide{hi, lo}
}

func (a wide) cmp(b wide) int {
	return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo))
}

func (a wide) sub(b wide) wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, borrow)
	return wide{hi, lo}
}

// div returns the quotient, which must fit in 64 bits, and the remainder of a / d.
func (a wide) div(d wide) (q uint64, r wide) {
	if d.hi == 0 {
		q, r.lo = bits.Div64(a.hi, a.lo, d.lo)
		return q, r
	}
	// An estimate from the leading 64 bits of d, which is the quotient or one more
	// (Knuth's step D3, in base 2^64); less one, it needs one correction at most.
	// Half of a is below top·2^64, so that the division cannot trap.
	s := bits.LeadingZeros64(d.hi)
	top := d.hi<<s | d.lo>>(64-s)
	q, _ = bits.Div64(a.hi>>1, a.hi<<63|a.lo>>1, top)
	q >>= 63 - s
	if q > 0 {
		q--
	}
	hi, lo := bits.Mul64(q, d.lo)
	r = a.sub(wide{hi + q*d.hi, lo})
	if r.cmp(d) >= 0 {
		q, r = q+1, r.sub(d)
	}
	return q, r
}
