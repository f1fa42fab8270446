package stat

import (
	"math/big"
	"math/bits"
)

// A wide is an unsigned integer of 128 bits.
type wide struct{ hi, lo uint64 }

func (w *wide) add(hi, lo uint64) {
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, lo, 0)
	w.hi += hi + carry
}

func (w wide) big() *big.Int {
	hi := new(big.Int).SetUint64(w.hi)
	return hi.Or(hi.Lsh(hi, 64), new(big.Int).SetUint64(w.lo))
}

// signed returns w read as two's complement.
func (w wide) signed() *big.Int {
	hi := big.NewInt(int64(w.hi))
	return hi.Add(hi.Lsh(hi, 64), new(big.Int).SetUint64(w.lo))
}

// Moments are the number of scores, their sum and the sum of their squares, exactly.
// The zero Moments are those of no scores. They are a plain value, not safe for
// concurrent mutation.
type Moments struct {
	n           uint64
	sum, square wide
}

// Add adds a score.
func (m *Moments) Add(score uint64) {
	m.n++
	m.sum.add(0, score)
	m.square.add(bits.Mul64(score, score))
}

// AddTimes adds a score as many times as it occurs.
func (m *Moments) AddTimes(score, times uint64) {
	m.n += times
	m.sum.add(bits.Mul64(score, times))
	hi, lo := bits.Mul64(score, score)
	carry, lo := bits.Mul64(lo, times)
	m.square.add(hi*times+carry, lo)
}

// Merge adds the scores of o. It is associative and commutative, and no scores are its
// identity.
func (m *Moments) Merge(o Moments) {
	m.n += o.n
	m.sum.add(o.sum.hi, o.sum.lo)
	m.square.add(o.square.hi, o.square.lo)
}

// N returns how many scores there are.
func (m Moments) N() uint64 { return m.n }

// Words returns the state of m: n, then the sum and the sum of squares, each as its
// upper and its lower half.
func (m Moments) Words() [5]uint64 {
	return [5]uint64{m.n, m.sum.hi, m.sum.lo, m.square.hi, m.square.lo}
}

// FromWords returns the moments of a state, which may be of no scores at all: see
// [Moments.Possible].
func FromWords(w [5]uint64) Moments {
	return Moments{w[0], wide{w[1], w[2]}, wide{w[3], w[4]}}
}

// Possible reports whether there are n scores of 0 to largest with these sums. It
// decides that for the sum, and for the sum of squares within the least and the
// greatest that scores of this sum have: as even as they can be, and as uneven. As x²
// is odd where x is, both sums are odd or neither is.
func (m Moments) Possible(largest uint64) bool {
	n, top := new(big.Int).SetUint64(m.n), new(big.Int).SetUint64(largest)
	sum, square := m.sum.big(), m.square.big()
	if m.n == 0 || largest == 0 {
		return sum.Sign() == 0 && square.Sign() == 0
	}
	if sum.Cmp(new(big.Int).Mul(n, top)) > 0 || (m.sum.lo^m.square.lo)&1 != 0 {
		return false
	}
	return square.Cmp(spread(sum, n)) >= 0 && square.Cmp(heap(sum, top)) <= 0
}

// IsDifference reports whether m has as many scores as a and b and the sum that their
// differences a − b have, each moved by a shift: Σ(a − b + shift).
func (m Moments) IsDifference(a, b Moments, shift uint64) bool {
	if m.n != a.n || m.n != b.n {
		return false
	}
	left, right := wide{}, m.sum
	left.add(bits.Mul64(shift, m.n))
	left.add(a.sum.hi, a.sum.lo)
	right.add(b.sum.hi, b.sum.lo)
	return left == right
}

// spread returns the least sum of squares of n whole numbers with a sum: with
// q = ⌊sum/n⌋ and r left, r of them are q + 1.
func spread(sum, n *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(sum, n, new(big.Int))
	least := new(big.Int).Mul(q, q)
	least.Mul(least, n)
	q.Lsh(q, 1).Add(q, big.NewInt(1))
	return least.Add(least, q.Mul(q, r))
}

// heap returns the greatest sum of squares of numbers of 0 to top with a sum: as many
// as can be are top, one is what is left, and the others are 0.
func heap(sum, top *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(sum, top, new(big.Int))
	most := new(big.Int).Mul(top, top)
	return most.Mul(most, q).Add(most, r.Mul(r, r))
}

// Summary describes the scores divided by a unit, which is not 0, and moved by a
// shift. It is the only place where numbers are rounded.
func (m Moments) Summary(unit uint64, shift int64) Summary {
	if m.n == 0 {
		return Summary{}
	}
	n, sum, scale := new(big.Int).SetUint64(m.n), m.sum.big(), new(big.Int).SetUint64(unit)
	all := new(big.Int).Mul(scale, n)
	moved := new(big.Int).Mul(all, big.NewInt(shift))
	s := Summary{n: int64(m.n), mean: quotient(moved.Add(moved, sum), all)}
	if m.n > 1 {
		spread := new(big.Int).Mul(n, m.square.big())
		spread.Sub(spread, sum.Mul(sum, sum))
		less := new(big.Int).SetUint64(m.n - 1)
		s.variance = quotient(spread, all.Mul(all, scale).Mul(all, less))
	}
	return s
}

func quotient(a, b *big.Int) float64 {
	q, _ := new(big.Rat).SetFrac(a, b).Float64()
	return q
}
