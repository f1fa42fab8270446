package servqual

import (
	"math/big"
	"math/bits"
)

// A wide is an unsigned integer of 128 bits. The limits of an instrument and of
// the number of respondents keep every sum below 2^128.
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

// moments are the number of scores, their sum and the sum of their squares,
// exactly. Scores are non-negative integers. The largest, points · gap · lcm in the
// largest instrument, is 100 · 200 · 5.4e9 = 1.1e14, so 2^32 squares take 126 bits.
type moments struct {
	n           uint64
	sum, square wide
}

func (m *moments) add(score uint64) {
	m.n++
	m.sum.add(0, score)
	m.square.add(bits.Mul64(score, score))
}

// addTimes adds a score as many times as it occurs.
func (m *moments) addTimes(score, times uint64) {
	m.n += times
	m.sum.add(bits.Mul64(score, times))
	hi, lo := bits.Mul64(score, score)
	carry, lo := bits.Mul64(lo, times)
	m.square.add(hi*times+carry, lo)
}

func (m *moments) merge(o moments) {
	m.n += o.n
	m.sum.add(o.sum.hi, o.sum.lo)
	m.square.add(o.square.hi, o.square.lo)
}

// possible reports whether there are n scores of 0 to largest with these sums,
// as far as bounds tell: sum²/n ≤ square ≤ largest·sum ≤ largest²·n.
func (m moments) possible(largest uint64) bool {
	n, top := new(big.Int).SetUint64(m.n), new(big.Int).SetUint64(largest)
	sum, square := m.sum.big(), m.square.big()
	return sum.Cmp(new(big.Int).Mul(n, top)) <= 0 &&
		square.Cmp(new(big.Int).Mul(sum, top)) <= 0 &&
		new(big.Int).Mul(sum, sum).Cmp(new(big.Int).Mul(square, n)) <= 0
}

// stat describes the scores divided by scale and moved by shift. It is the only
// place where numbers are rounded:
//
//	mean = sum/(scale·n) + shift,  variance = (n·square − sum²) / (scale²·n·(n−1))
//
// Each is the exact fraction rounded once.
func (m moments) stat(scale uint64, shift int) Stat {
	if m.n == 0 {
		return Stat{}
	}
	n, sum, unit := new(big.Int).SetUint64(m.n), m.sum.big(), new(big.Int).SetUint64(scale)
	all := new(big.Int).Mul(unit, n)
	moved := new(big.Int).Mul(all, big.NewInt(int64(shift)))
	s := Stat{n: int64(m.n), mean: quotient(moved.Add(moved, sum), all)}
	if m.n > 1 {
		spread := new(big.Int).Mul(n, m.square.big())
		spread.Sub(spread, sum.Mul(sum, sum))
		less := new(big.Int).SetUint64(m.n - 1)
		s.variance = quotient(spread, all.Mul(all, unit).Mul(all, less))
	}
	return s
}

func quotient(a, b *big.Int) float64 {
	q, _ := new(big.Rat).SetFrac(a, b).Float64()
	return q
}
