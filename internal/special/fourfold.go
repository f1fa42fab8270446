package special

import (
	"math"
	"math/bits"
)

// A Fourfold is a table of counts in two rows and two columns, A B over C D. Given its
// margins, A is hypergeometric: the successes among A+B draws from all, of whom A+C are
// successes. Counts are at least 0, and their sum is below 2⁶³. It is an immutable
// value, safe for concurrent use.
type Fourfold struct{ A, B, C, D int64 }

// Determinant returns A·D − B·C, computed in whole numbers and rounded once.
func (t Fourfold) Determinant() float64 {
	return Determinant(uint64(t.A), uint64(t.B), uint64(t.C), uint64(t.D))
}

// Determinant returns a·d − b·c, computed in whole numbers and rounded once.
func Determinant(a, b, c, d uint64) float64 {
	if less(a, d, b, c) {
		return -Determinant(b, a, d, c)
	}
	h1, l1 := bits.Mul64(a, d)
	h2, l2 := bits.Mul64(b, c)
	low, borrow := bits.Sub64(l1, l2, 0)
	high, _ := bits.Sub64(h1, h2, borrow)
	if high == 0 {
		return float64(low)
	}
	shift := bits.LeadingZeros64(high)
	top := high<<shift | low>>(64-shift)
	if low<<shift != 0 {
		top |= 1 // so that the rounding below knows of what is cut off
	}
	return math.Ldexp(float64(top), 64-shift)
}

// less reports whether a·d < b·c.
func less(a, d, b, c uint64) bool {
	h1, l1 := bits.Mul64(a, d)
	h2, l2 := bits.Mul64(b, c)
	return h1 < h2 || h1 == h2 && l1 < l2
}

// Deviance returns x·ln(x/e) − x + e for x ≥ 0 and e > 0, when x − e is known better
// than from x and e themselves: a distance of x from its expectation that is 0 at e.
func Deviance(x, e, less float64) float64 {
	if x == 0 {
		return e
	}
	r := less / (x + e)
	if math.Abs(r) > 0.05 {
		return x*math.Log(x/e) - less
	}
	// ln(x/e) = 2·artanh r, and r·less is what is left of its first term.
	u := r * r
	rest := 1./3 + u*(1./5+u*(1./7+u*(1./9+u*(1./11+u*(1./13)))))
	return r*less + x*2*r*u*rest
}

// LogProb returns the logarithm of the probability of t among the tables of its margins.
// Loader's form of it has no terms that cancel: the deviances of the cells from what
// the margins let expect, which lie all at the same distance, and Stirling's errors.
// The error is some units in the last place of the result and of 1.
func (t Fourfold) LogProb() float64 {
	m := t.margins()
	if m.fixed() {
		return 0
	}
	return m.logProb(float64(t.A), float64(t.B), float64(t.C), float64(t.D), t.Determinant()/m.all)
}

// margins are the sums of a table and the cells that they let expect.
type margins struct {
	row1, row2, col1, col2, all float64
	a, b, c, d                  float64 // expected
}

func (t Fourfold) margins() margins {
	m := margins{
		row1: float64(t.A + t.B), row2: float64(t.C + t.D),
		col1: float64(t.A + t.C), col2: float64(t.B + t.D),
		all: float64(t.A + t.B + t.C + t.D),
	}
	m.a, m.b = m.row1*m.col1/m.all, m.row1*m.col2/m.all
	m.c, m.d = m.row2*m.col1/m.all, m.row2*m.col2/m.all
	return m
}

// fixed reports whether no other table has these margins.
func (m *margins) fixed() bool { return m.row1*m.row2 == 0 || m.col1*m.col2 == 0 }

// logProb is LogProb of the cells a to d, which lie the given distance from what is
// expected.
func (m *margins) logProb(a, b, c, d, less float64) float64 {
	deviance := Deviance(a, m.a, less) + Deviance(b, m.b, -less) + Deviance(c, m.c, -less) + Deviance(d, m.d, less)
	const twoPi = 2 * math.Pi
	ratio := (m.row1 / m.all) * m.row2 * m.col1 * m.col2 * (twoPi * twoPi * twoPi)
	stirling := factorialError(m.row1) + factorialError(m.row2) + factorialError(m.col1) + factorialError(m.col2) - factorialError(m.all)
	for _, x := range [...]float64{a, b, c, d} {
		if x > 0 {
			ratio /= twoPi * x
			stirling -= factorialError(x)
		}
	}
	return 0.5*math.Log(ratio) + stirling - deviance
}

// factorialError returns ln x! − ((x+½)·ln x − x + ½·ln 2π) for x ≥ 1, which for whole
// x is [StirlingError], without a logarithm where x is small.
func factorialError(x float64) float64 {
	if x >= asymptotic || x != math.Trunc(x) {
		return StirlingError(x)
	}
	return [asymptotic]float64{
		1: 0.081061466795327258219670, 2: 0.041340695955409294093822, 3: 0.027677925684998339148789,
		4: 0.020790672103765093111522, 5: 0.016644691189821192163194, 6: 0.013876128823070747998745,
		7: 0.011896709945891770095055, 8: 0.010411265261972096497478, 9: 0.009255462182712732917728,
	}[int(x)]
}

// LogTails returns the logarithms of the probabilities that the first cell of a table
// of the same margins is at least t.A, and that it is below: Fisher's exact test, both
// sides. The error of the smaller one is that of [Fourfold.LogProb]; of the other one it
// is some units in the last place of the probability. It takes time in proportion to
// the standard deviation of the cell, and some 20 µs where that is more than a few
// thousand.
func (t Fourfold) LogTails() (atLeast, below float64) {
	switch {
	case min(t.A, t.D) == 0: // no table has less in the cell
		return 0, math.Inf(-1)
	case !less(uint64(t.A)+1, uint64(t.D)+1, uint64(t.B), uint64(t.C)):
		atLeast = t.logUpper()
		return atLeast, logRest(atLeast)
	default:
		below = Fourfold{t.B + 1, t.A - 1, t.D - 1, t.C + 1}.logUpper()
		return logRest(below), below
	}
}

// logRest returns ln(1 − e^x) for x ≤ 0.
func logRest(x float64) float64 {
	if x > -math.Ln2 {
		return math.Log(-math.Expm1(min(x, 0)))
	}
	return math.Log1p(-math.Exp(x))
}

// logUpper returns ln P(cell ≥ A) where A is so large that the next table is not more
// probable.
func (t Fourfold) logUpper() float64 {
	m := t.margins()
	if m.fixed() {
		return 0
	}
	less := t.Determinant() / m.all
	top := m.logProb(float64(t.A), float64(t.B), float64(t.C), float64(t.D), less)
	return min(0, top+math.Log(t.upper(&m, less)))
}

// upper returns P(cell ≥ A) / P(cell = A): the sum of the products of the ratios
//
//	(B − j)(C − j) / ((A + 1 + j)(D + 1 + j))
//
// of one table to the one before it, which fall. Where the sum is long it is an area,
// and by Euler and Maclaurin what the sum has more.
func (t Fourfold) upper(m *margins, less float64) float64 {
	const negligible, long = 1e-18, 1 << 13
	a, b, c, d := float64(t.A), float64(t.B), float64(t.C), float64(t.D)
	if variance := m.a * m.d / m.all; variance > 1e6 {
		if first := b * c / ((a + 1) * (d + 1)); -math.Log(first)*long < 40 {
			return m.area(a, b, c, d, less)
		}
	}
	sum, term := 1.0, 1.0
	for b > 0 && c > 0 && term > negligible*sum {
		a++
		d++
		term *= b * c / (a * d)
		sum += term
		b--
		c--
	}
	return sum
}

// area is upper by quadrature: the integral of the probability from the cell on, half
// the first term and a twelfth of the slope there.
func (m margins) area(a, b, c, d, less float64) float64 {
	const above = 1 + 1e-5 // the top may lie between two tables
	top := m.logProb(a, b, c, d, less)
	end := min(b, c)
	integral, err := NewTails().Area(func(x float64) float64 {
		if x >= end {
			return 0
		}
		return math.Exp(m.logProb(a+x, b-x, c-x, d+x, less+x)-top) / above
	}, 0)
	if err != nil {
		return math.NaN()
	}
	slope := (b*c/((a+1)*(d+1)) - a*d/((b+1)*(c+1))) / 2
	return integral*above + 0.5 - slope/12
}
