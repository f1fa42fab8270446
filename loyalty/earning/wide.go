package earning

import "math/bits"

// A wide is a whole number ≥ 0 of up to 1024 bits that needs no memory but its own: what
// lines weigh over a common denominator. The zero wide is 0.
type wide struct {
	n     int // words that are used
	words [16]uint64
}

// set makes x a number of one word.
func (x *wide) set(v uint64) { x.n, x.words[0] = 1, v }

// mul makes x·v of x; false if it needs more bits.
func (x *wide) mul(v uint64) bool {
	carry := uint64(0)
	for i := range x.n {
		hi, lo := bits.Mul64(x.words[i], v)
		var c uint64
		x.words[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	return carry == 0 || x.push(carry)
}

// add makes x + y of x; false if it needs more bits.
func (x *wide) add(y *wide) bool {
	for x.n < y.n {
		x.push(0)
	}
	carry := uint64(0)
	for i := range x.n {
		x.words[i], carry = bits.Add64(x.words[i], y.word(i), carry)
	}
	return carry == 0 || x.push(carry)
}

// push adds a word at the top; false if there is no room for it.
func (x *wide) push(v uint64) bool {
	if x.n == len(x.words) {
		return false
	}
	x.words[x.n] = v
	x.n++
	return true
}

// sub makes x - y of x; y is not greater.
func (x *wide) sub(y *wide) {
	borrow := uint64(0)
	for i := range x.n {
		x.words[i], borrow = bits.Sub64(x.words[i], y.word(i), borrow)
	}
}

// cmp compares numbers.
func (x *wide) cmp(y *wide) int {
	for i := max(x.n, y.n) - 1; i >= 0; i-- {
		a, b := x.word(i), y.word(i)
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
	}
	return 0
}

// word returns the i-th word, 0 beyond those that are used.
func (x *wide) word(i int) uint64 {
	if i < x.n {
		return x.words[i]
	}
	return 0
}

// size returns the number of bits.
func (x *wide) size() int {
	for i := x.n - 1; i >= 0; i-- {
		if x.words[i] != 0 {
			return 64*i + bits.Len64(x.words[i])
		}
	}
	return 0
}

// from returns 64 bits of x from one on.
func (x *wide) from(bit int) uint64 {
	i, s := bit/64, bit%64
	return x.word(i)>>s | x.word(i+1)<<(64-s)
}

// quo makes the remainder of x / y of x and returns the quotient, which must be below
// 2^63, of a positive y. The leading 64 bits of y say what it is, or one more.
func (x *wide) quo(y *wide) uint64 {
	shift := max(y.size()-64, 0)
	q, _ := bits.Div64(x.from(shift+64), x.from(shift), y.from(shift))
	t := *y
	if t.mul(q); x.cmp(&t) < 0 {
		q--
		t.sub(y)
	}
	x.sub(&t)
	return q
}
