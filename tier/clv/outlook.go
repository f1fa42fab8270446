package clv

import (
	"math"

	"github.com/relmark/relmark/internal/special"
)

// An outlook holds what the model alone decides of the purchases to come of customers with
// 0, 1, 2, … purchases: 6 kB that make a forecast a sum of some sixty products.
type outlook [8]coefficients

// coefficients are those of z, z², … in [geometric.expected], z = t/(A+t), for a ≤ 2 and
// R ≤ a+b−1, where none is below 0.
type coefficients [96]float64

// newOutlook returns the outlook of a model, nil if it has negative coefficients.
func newOutlook(m *betaGeometric) *outlook {
	if m.a > 2 || m.r > m.a+m.b+m.first-1 {
		return nil
	}
	o := new(outlook)
	for x := range o {
		o[x] = m.living(x, 0).coefficients()
	}
	return o
}

// coefficients integrates the growth of the expectation with z,
//
//	R·(1−z)^(a−2)·2F1(q, a; c; z) = Σ h_n·z^n,   c = a+b, q = c−1−R
//
// whose coefficients follow from the differential equation of 2F1:
//
//	(n+1)(n+c)·h_(n+1) = [n·(2n+3−a+c+q) + (2−a)·c + q·a]·h_n − (n+1)(n+1+q−a)·h_(n−1)
func (g geometric) coefficients() (k coefficients) {
	c := g.a + g.b
	q := max(c-1-g.shape, 0)
	before, h := 0.0, g.shape
	for i := range k {
		n := float64(i)
		k[i] = h / (n + 1)
		next := ((n*(2*n+3-g.a+c+q)+(2-g.a)*c+q*g.a)*h - (n+1)*(n+1+q-g.a)*before) / ((n + 1) * (n + c))
		before, h = h, next
	}
	return k
}

// sum returns Σ coefficient·z^n for 0 ≤ z < 1; false if there are too few for z. It takes
// a third, two thirds or all of them, so that customers who are much alike take the same
// way through the loop.
func (k *coefficients) sum(z float64) (sum float64, ok bool) {
	n := len(k)
	switch {
	case z < 0.3:
		n = len(k) / 3
	case z < 0.56:
		n = len(k) / 3 * 2
	case z > 0.68:
		return 0, false
	}
	z2, power, block := z*z, z, 0.0
	z4 := z2 * z2
	for i := 0; i < n; i += 4 {
		four := (*[4]float64)(k[i:])
		block = power * ((four[0] + four[1]*z) + (four[2]+four[3]*z)*z2)
		sum += block
		power *= z4
	}
	return sum, math.Abs(block)*z4 <= special.Epsilon*sum // at most what was left out
}
