package stat

import (
	"math/big"
	"math/bits"
)

// A Cross holds the sums and the cross-products of whole numbers in columns, exactly.
// Numbers lie within ±2^47 and rows number 2^32 at most, so that no sum leaves 128
// bits: the caller sees to that. A row that lacks a number is not added. The zero Cross
// has no columns. It is not safe for concurrent mutation.
type Cross struct {
	n        uint64
	sums     []wide // by column, two's complement
	products []wide // by column i and column j ≥ i
}

// NewCross returns a Cross of no rows.
func NewCross(columns int) *Cross {
	return &Cross{sums: make([]wide, columns), products: make([]wide, columns*(columns+1)/2)}
}

// Add adds a row, one number for each column.
func (c *Cross) Add(row []int64) {
	c.n++
	at := 0
	for i, x := range row {
		c.sums[i].add(uint64(x>>63), uint64(x))
		for _, y := range row[i:] {
			c.products[at].add(product(x, y))
			at++
		}
	}
}

// product returns x·y in two's complement.
func product(x, y int64) (hi, lo uint64) {
	hi, lo = bits.Mul64(uint64(x), uint64(y))
	return hi - uint64(x>>63)&uint64(y) - uint64(y>>63)&uint64(x), lo
}

// Merge adds the rows of o, which has as many columns and stays as it is. It is
// associative and commutative, to the last bit.
func (c *Cross) Merge(o *Cross) {
	c.n += o.n
	for i, s := range o.sums {
		c.sums[i].add(s.hi, s.lo)
	}
	for i, p := range o.products {
		c.products[i].add(p.hi, p.lo)
	}
}

// N returns the number of rows.
func (c *Cross) N() int64 { return int64(c.n) }

// Columns returns the number of columns.
func (c *Cross) Columns() int { return len(c.sums) }

// Words returns the state of c: the number of rows, then each sum and each product, as
// its upper and its lower half.
func (c *Cross) Words() []uint64 {
	words := []uint64{c.n}
	for _, w := range c.sums {
		words = append(words, w.hi, w.lo)
	}
	for _, w := range c.products {
		words = append(words, w.hi, w.lo)
	}
	return words
}

// CrossOf returns the Cross of a state. It is nil unless there are as many words as
// such a Cross has, and some rows could have these sums: no sum of squares is less than
// its mean square, no product more than those of its two columns allow, and parities
// fit.
func CrossOf(columns int, words []uint64) *Cross {
	c := NewCross(columns)
	if len(words) != 1+2*(len(c.sums)+len(c.products)) || words[0] > 1<<32 {
		return nil
	}
	c.n = words[0]
	for i := range c.sums {
		c.sums[i] = wide{words[1+2*i], words[2+2*i]}
	}
	for i := range c.products {
		at := 1 + 2*(len(c.sums)+i)
		c.products[i] = wide{words[at], words[at+1]}
	}
	if !c.possible() {
		return nil
	}
	return c
}

func (c *Cross) possible() bool {
	k := len(c.sums)
	spread := make([]*big.Int, k) // n·Σx² − (Σx)²
	for i := range k {
		square := c.products[place(k, i, i)]
		if spread[i] = c.spread(i, i); spread[i].Sign() < 0 || square.signed().Sign() < 0 || (square.lo^c.sums[i].lo)&1 != 0 {
			return false
		}
		if c.n == 0 && (c.sums[i] != wide{} || square != wide{}) {
			return false
		}
	}
	for i := range k {
		for j := i + 1; j < k; j++ {
			both := c.spread(i, j)
			if both.Mul(both, both).Cmp(new(big.Int).Mul(spread[i], spread[j])) > 0 || c.n == 0 && c.products[place(k, i, j)] != (wide{}) {
				return false
			}
		}
	}
	return true
}

// place returns where the product of columns i ≤ j stands among those of k columns.
func place(k, i, j int) int { return i*k - i*(i-1)/2 + j - i }

// spread returns n·Σxy − Σx·Σy.
func (c *Cross) spread(i, j int) *big.Int {
	s := new(big.Int).SetUint64(c.n)
	s.Mul(s, c.products[place(len(c.sums), i, j)].signed())
	return s.Sub(s, new(big.Int).Mul(c.sums[i].signed(), c.sums[j].signed()))
}

// Covariance returns what two rows or more come to, each column divided by a unit, which
// is not 0; by 1 where units are nil. Each number is the exact fraction, rounded once.
// It is false below two rows.
func (c *Cross) Covariance(units []uint64) (v Covariance, ok bool) {
	if c.n < 2 {
		return Covariance{}, false
	}
	k := len(c.sums)
	v = Covariance{N: int64(c.n), Mean: make([]float64, k), Cov: make([]float64, k*k)}
	n := new(big.Int).SetUint64(c.n)
	all := new(big.Int).Mul(n, new(big.Int).SetUint64(c.n-1))
	unit := func(i int) *big.Int {
		if units == nil {
			return big.NewInt(1)
		}
		return new(big.Int).SetUint64(units[i])
	}
	for i := range k {
		v.Mean[i] = quotient(c.sums[i].signed(), new(big.Int).Mul(n, unit(i)))
		for j := i; j < k; j++ {
			scale := new(big.Int).Mul(unit(i), unit(j))
			v.Cov[i*k+j] = quotient(c.spread(i, j), scale.Mul(scale, all))
			v.Cov[j*k+i] = v.Cov[i*k+j]
		}
	}
	return v, true
}

// Summary returns what a column divided by a unit, which is not 0, comes to: the exact
// fractions, rounded once.
func (c *Cross) Summary(column int, unit uint64) Summary {
	if c.n == 0 {
		return Summary{}
	}
	n, scale := new(big.Int).SetUint64(c.n), new(big.Int).SetUint64(unit)
	all := new(big.Int).Mul(n, scale)
	s := Summary{n: int64(c.n), mean: quotient(c.sums[column].signed(), all)}
	if c.n > 1 {
		all.Mul(all, scale)
		s.variance = quotient(c.spread(column, column), all.Mul(all, new(big.Int).SetUint64(c.n-1)))
	}
	return s
}

// WithDifferences returns c with more columns, each one of its own less another: what
// rows with these differences added to them would have come to. Numbers lie within
// ±2^46 then.
func (c *Cross) WithDifferences(pairs ...[2]int) *Cross {
	own := len(c.sums)
	parts := make([][]int, own+len(pairs)) // the column, then what is taken off
	for i := range parts {
		parts[i] = []int{i}
		if i >= own {
			parts[i] = pairs[i-own][:]
		}
	}
	out := NewCross(len(parts))
	out.n = c.n
	at := 0
	for i, a := range parts {
		for s, x := range a {
			out.sums[i].addSigned(c.sums[x], s == 1)
		}
		for _, b := range parts[i:] {
			for s, x := range a {
				for t, y := range b {
					out.products[at].addSigned(c.products[place(own, min(x, y), max(x, y))], s != t)
				}
			}
			at++
		}
	}
	return out
}

// addSigned adds v or takes it off, in two's complement.
func (w *wide) addSigned(v wide, minus bool) {
	if minus {
		v = wide{^v.hi, ^v.lo}
		v.add(0, 1)
	}
	w.add(v.hi, v.lo)
}
