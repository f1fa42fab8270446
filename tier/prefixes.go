package tier

import "math/bits"

// Prefixes are the sums of the first rows of a table to which rows are added and whose
// rows change, each in O(log rows): a Fenwick tree. With rows counted from 1, the tree has
// for row i the sum of the i&−i rows up to it.
type prefixes struct {
	width, rows int
	tree        []int64
}

func (p *prefixes) reset(width int) { p.width, p.rows, p.tree = width, 0, p.tree[:0] }

// at returns the sum that the tree has for row i.
func (p *prefixes) at(i int) []int64 { return p.tree[(i-1)*p.width:][:p.width] }

// push adds a row behind all others.
func (p *prefixes) push(row []int64) {
	p.rows++
	p.tree = append(p.tree, row...)
	sum := p.at(p.rows)
	for i := p.rows - 1; i > p.rows-p.rows&-p.rows; i -= i & -i {
		for m, v := range p.at(i) {
			sum[m] += v
		}
	}
}

// add adds sign times a row to row i, counted from 0.
func (p *prefixes) add(i int, row []int64, sign int64) {
	for i++; i <= p.rows; i += i & -i {
		sum := p.at(i)
		for m, v := range row {
			sum[m] += sign * v
		}
	}
}

// subtract takes the first n rows from sums.
func (p *prefixes) subtract(n int, sums []int64) {
	for ; n > 0; n -= n & -n {
		for m, v := range p.at(n) {
			sums[m] -= v
		}
	}
}

// most returns how many of the first rows can be taken from sums, one after the other,
// until they are no longer as asked; sums is what is left then. What is asked must be
// true of larger sums if it is of smaller ones.
func (p *prefixes) most(sums []int64, still func(sums []int64) bool) (n int) {
	for step := 1 << bits.Len(uint(p.rows)) >> 1; step > 0; step /= 2 {
		if n+step > p.rows {
			continue
		}
		part := p.at(n + step)
		for m, v := range part {
			sums[m] -= v
		}
		if still(sums) {
			n += step
			continue
		}
		for m, v := range part {
			sums[m] += v
		}
	}
	return n
}
