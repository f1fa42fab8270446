package stat

import "math/bits"

// Absent stands for an answer that was not given.
const Absent = 255

// MaxAnswer is the largest answer of [Answers].
const MaxAnswer = 250

// Answers hold the sums and the cross-products of small whole numbers in columns, with
// what is needed to leave rows out that lack one (listwise), or to take each pair of
// columns as far as both are there (pairwise). All of it is whole, so that parts merge to
// the last bit. The zero Answers have no columns. They are not safe for concurrent
// mutation.
type Answers struct {
	columns, largest int
	rows             uint64
	complete         table // of the rows that lack nothing; its n has one element
	partial          table // of the others, by pair

	lanes lanes
}

// A table has counts, sums and products.
type table struct {
	n        []uint64 // rows by pair of columns i ≤ j
	sums     []uint64 // of column i where j is there, by i and j; of complete rows by i
	products []uint64 // by pair i ≤ j
}

// NewAnswers returns answers of no rows, each of 0 to largest, which is 1 to [MaxAnswer].
func NewAnswers(columns, largest int) *Answers {
	pairs := columns * (columns + 1) / 2
	return &Answers{
		columns: columns, largest: largest,
		complete: table{make([]uint64, 1), make([]uint64, columns), make([]uint64, pairs)},
		partial:  table{make([]uint64, pairs), make([]uint64, columns*columns), make([]uint64, pairs)},
		lanes:    newLanes(columns, largest),
	}
}

// Add adds a row of answers, each 0 to the largest or [Absent]. It keeps no reference to
// the row.
func (a *Answers) Add(row []uint8) {
	a.rows++
	if a.lanes.add(row) {
		a.settle()
	}
}

// Rows returns how many rows were added; Complete how many of them lack nothing.
func (a *Answers) Rows() int64 { return int64(a.rows) }

// Complete returns how many rows lack nothing.
func (a *Answers) Complete() int64 { return int64(a.complete.n[0]) + int64(a.lanes.complete) }

// Total returns the sum of all answers.
func (a *Answers) Total() (total uint64) {
	a = a.Clone()
	a.settle()
	for i, sum := range a.complete.sums {
		total += sum + a.partial.sums[i*a.columns+i]
	}
	return total
}

// Columns returns the number of columns.
func (a *Answers) Columns() int { return a.columns }

// Clone returns a copy that shares no memory.
func (a *Answers) Clone() *Answers {
	c := NewAnswers(a.columns, a.largest)
	c.rows, c.lanes.room = a.rows, a.lanes.room
	c.complete.merge(a.complete)
	c.partial.merge(a.partial)
	c.lanes.copy(&a.lanes)
	return c
}

// Merge adds the rows of o, which has the same columns and largest answer and stays as it
// is. It is associative and commutative.
func (a *Answers) Merge(o *Answers) {
	o = o.Clone()
	o.settle()
	a.rows += o.rows
	a.complete.merge(o.complete)
	a.partial.merge(o.partial)
}

func (t *table) merge(o table) {
	for _, part := range []struct{ to, from []uint64 }{{t.n, o.n}, {t.sums, o.sums}, {t.products, o.products}} {
		for i, v := range part.from {
			part.to[i] += v
		}
	}
}

// settle moves what the lanes hold to the tables.
func (a *Answers) settle() { a.lanes.flush(&a.complete, &a.partial) }

// Words returns the state of a: the number of rows, then the counts, sums and products of
// complete rows and of the others.
func (a *Answers) Words() []uint64 {
	a = a.Clone()
	a.settle()
	words := []uint64{a.rows}
	for _, t := range []table{a.complete, a.partial} {
		words = append(append(append(words, t.n...), t.sums...), t.products...)
	}
	return words
}

// WordsOf returns how many words the answers of so many columns have.
func WordsOf(columns int) int {
	pairs := columns * (columns + 1) / 2
	return 2 + columns + columns*columns + 3*pairs
}

// AnswersOf returns the answers of a state, whose rows are 2^32 at most. It is nil unless
// there are as many words as such answers have, and no count, sum or product is more or
// less than answers can have.
func AnswersOf(columns, largest int, words []uint64) *Answers {
	if len(words) != WordsOf(columns) || words[0] > 1<<32 {
		return nil
	}
	a := NewAnswers(columns, largest)
	a.rows, words = words[0], words[1:]
	for _, t := range []table{a.complete, a.partial} {
		for _, part := range [][]uint64{t.n, t.sums, t.products} {
			copy(part, words)
			words = words[len(part):]
		}
	}
	if !a.possible() {
		return nil
	}
	return a
}

// possible checks every pair of columns for itself, and that the counts of partial rows
// are of rows that lack something.
func (a *Answers) possible() bool {
	full := a.complete.n[0]
	if full > a.rows {
		return false
	}
	k, left := a.columns, a.rows-full
	present := uint64(0)
	for i := range k {
		own := a.partial.n[place(k, i, i)]
		present += own
		for j := i; j < k; j++ {
			at := place(k, i, j)
			both, other := a.partial.n[at], a.partial.n[place(k, j, j)]
			if both > min(own, other) || own+other > left+both {
				return false
			}
			c := pair{full, a.complete.sums[i], a.complete.sums[j], a.complete.products[at]}
			p := pair{both, a.partial.sums[i*k+j], a.partial.sums[j*k+i], a.partial.products[at]}
			if !c.possible(a.largest, i == j) || !p.possible(a.largest, i == j) ||
				!a.within(a.partial.sums[i*k+i], p.x, own-both) || !a.within(a.partial.sums[j*k+j], p.y, other-both) {
				return false
			}
		}
	}
	return present <= left*uint64(max(k-1, 0)) // each lacks one at least
}

// within reports whether the rows in which the other column is missing can have what is
// left of a sum.
func (a *Answers) within(all, part, rows uint64) bool {
	return part <= all && all-part <= rows*uint64(a.largest)
}

// A pair is what two columns come to: Σx, Σy and Σxy of n rows.
type pair struct{ n, x, y, xy uint64 }

// possible reports whether answers of 0 to largest can have these sums: Σxy is at most
// what the lesser sum gives times the largest, and at least what both sums force; of a
// column with itself it lies between Σx and Σx·largest, is of the same parity, and not
// below (Σx)²/n.
func (p pair) possible(largest int, same bool) bool {
	top := uint64(largest)
	if p.n > 1<<32 || p.x > p.n*top || p.y > p.n*top || p.xy > min(p.x, p.y)*top {
		return false
	}
	if !same {
		return (p.x+p.y-min(p.n*top, p.x+p.y))*top <= p.xy // (largest − x)·(largest − y) ≥ 0 in each row
	}
	minus, _, _ := p.spread()
	return p.x == p.y && p.xy >= p.x && (p.xy^p.x)&1 == 0 && !minus
}

// spread returns |n·Σxy − Σx·Σy|, and whether it is negative.
func (p pair) spread() (minus bool, hi, lo uint64) {
	aHi, aLo := bits.Mul64(p.n, p.xy)
	bHi, bLo := bits.Mul64(p.x, p.y)
	lo, borrow := bits.Sub64(aLo, bLo, 0)
	hi, borrow = bits.Sub64(aHi, bHi, borrow)
	if borrow == 0 {
		return false, hi, lo
	}
	lo, borrow = bits.Sub64(bLo, aLo, 0)
	hi, _ = bits.Sub64(bHi, aHi, borrow)
	return true, hi, lo
}

// covariance returns that of a pair of two rows or more, within two units in the last
// place: the numerator is exact.
func (p pair) covariance() float64 {
	minus, hi, lo := p.spread()
	v := (float64(float64(hi)*0x1p64) + float64(lo)) / (float64(p.n) * float64(p.n-1))
	if minus {
		return -v
	}
	return v
}

// Listwise returns what the complete rows come to, two or more of them; false below.
func (a *Answers) Listwise() (v Covariance, ok bool) {
	a = a.Clone()
	a.settle()
	k, n := a.columns, a.complete.n[0]
	if n < 2 {
		return Covariance{}, false
	}
	v = Covariance{N: int64(n), Mean: make([]float64, k), Cov: make([]float64, k*k)}
	for i := range k {
		v.Mean[i] = float64(a.complete.sums[i]) / float64(n)
		for j := i; j < k; j++ {
			p := pair{n, a.complete.sums[i], a.complete.sums[j], a.complete.products[place(k, i, j)]}
			v.Cov[i*k+j] = p.covariance()
			v.Cov[j*k+i] = v.Cov[i*k+j]
		}
	}
	return v, true
}

// Pairwise returns the means of columns over the rows that have them, the covariances of
// pairs over the rows that have both, and how many these are, one row after another: N of
// the covariance is that of complete rows. It is false unless every pair has two rows.
func (a *Answers) Pairwise() (v Covariance, n []int64, ok bool) {
	a = a.Clone()
	a.settle()
	k := a.columns
	v = Covariance{N: int64(a.complete.n[0]), Mean: make([]float64, k), Cov: make([]float64, k*k)}
	n, ok = make([]int64, k*k), true
	for i := range k {
		for j := i; j < k; j++ {
			p := a.pair(i, j)
			n[i*k+j], n[j*k+i] = int64(p.n), int64(p.n)
			if p.n < 2 {
				ok = false
				continue
			}
			if i == j {
				v.Mean[i] = float64(p.x) / float64(p.n)
			}
			v.Cov[i*k+j] = p.covariance()
			v.Cov[j*k+i] = v.Cov[i*k+j]
		}
	}
	return v, n, ok
}

// pair returns two columns over all rows that have both.
func (a *Answers) pair(i, j int) pair {
	at, k := place(a.columns, i, j), a.columns
	return pair{
		a.complete.n[0] + a.partial.n[at], a.complete.sums[i] + a.partial.sums[i*k+j],
		a.complete.sums[j] + a.partial.sums[j*k+i], a.complete.products[at] + a.partial.products[at],
	}
}
