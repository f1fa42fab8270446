package abc

import (
	"cmp"
	"math/big"
	"math/bits"
)

// A wide is a signed integer of 128 bits in two's complement. Sums of up to
// [maxCustomers] products of an int64 and a number of customers fit, so nothing
// here checks for overflow.
type wide struct {
	hi int64
	lo uint64
}

// product returns a · b.
func product(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	// As unsigned numbers, a negative a stands for a + 2^64: take b·2^64 off again.
	return wide{int64(hi) - (a>>63)&b - (b>>63)&a, lo}
}

func (w wide) add(v wide) wide {
	lo, carry := bits.Add64(w.lo, v.lo, 0)
	return wide{w.hi + v.hi + int64(carry), lo}
}

func (w wide) sub(v wide) wide {
	lo, borrow := bits.Sub64(w.lo, v.lo, 0)
	return wide{w.hi - v.hi - int64(borrow), lo}
}

func (w wide) cmp(v wide) int { return cmp.Or(cmp.Compare(w.hi, v.hi), cmp.Compare(w.lo, v.lo)) }

func (w wide) sign() int { return w.cmp(wide{}) }

// big returns w as a new big integer.
func (w wide) big() *big.Int {
	z := new(big.Int).Lsh(big.NewInt(w.hi), 64)
	return z.Add(z, new(big.Int).SetUint64(w.lo))
}

// narrow returns a big integer from 0 to 2^127 − 1 as a wide.
func narrow(z *big.Int) wide {
	return wide{int64(new(big.Int).Rsh(z, 64).Uint64()), z.Uint64()}
}

// ratio returns num/den, rounded once; den must not be 0.
func ratio(num, den *big.Int) float64 {
	v, _ := new(big.Rat).SetFrac(num, den).Float64()
	return v
}
