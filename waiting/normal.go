package waiting

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark/internal/codec"
)

// Equations are the normal equations of a regression: sums of products of its columns
// and of what they explain, so that parts that were added up apart add up. A belief about
// the base needs the products themselves, which stat.Regress, of centred columns, has not.
type equations struct {
	n  uint64
	xx []float64 // by row of the lower triangle
	xy []float64
	yy float64
}

func newEquations(columns int) equations {
	return equations{xx: make([]float64, columns*(columns+1)/2), xy: make([]float64, columns)}
}

// add counts a row.
func (e *equations) add(x []float64, y float64) {
	k := 0
	for i, a := range x {
		for _, b := range x[:i+1] {
			e.xx[k] += float64(a * b)
			k++
		}
		e.xy[i] += float64(a * y)
	}
	e.yy += float64(y * y)
	e.n++
}

func (e *equations) merge(o *equations) {
	e.n += o.n
	e.yy += o.yy
	for i, x := range o.xx {
		e.xx[i] += x
	}
	for i, x := range o.xy {
		e.xy[i] += x
	}
}

// product returns the sum of products of two columns.
func (e *equations) product(i, j int) float64 {
	if i < j {
		i, j = j, i
	}
	return e.xx[i*(i+1)/2+j]
}

// belief is a normal law of coefficients before the data: of precision 1/sd², 0 where
// nothing is believed.
type belief struct{ mean, precision []float64 }

// posterior returns the mean and the covariance of coefficients given the data with a
// known variance of the noise: (X'X/σ² + P)⁻¹·(X'y/σ² + P·mean). It is false if the data
// and the belief do not determine them.
func (e *equations) posterior(b belief, noise float64) (mean []float64, cov *mat.SymDense, ok bool) {
	n := len(e.xy)
	a, scale := mat.NewSymDense(n, nil), make([]float64, n) // with a diagonal of ones, whatever the units
	at := func(i, j int) float64 {
		if i == j {
			return e.product(i, i)/noise + b.precision[i]
		}
		return e.product(i, j) / noise
	}
	right := mat.NewVecDense(n, nil)
	for i := range n {
		scale[i] = 1 / math.Sqrt(at(i, i))
		for j := range i + 1 {
			a.SetSym(i, j, at(i, j)*scale[i]*scale[j])
		}
		right.SetVec(i, (e.xy[i]/noise+float64(b.precision[i]*b.mean[i]))*scale[i])
	}
	var factor mat.Cholesky
	if !factor.Factorize(a) || factor.Cond() > 1e13 {
		return nil, nil, false
	}
	var solution mat.VecDense
	cov = mat.NewSymDense(n, nil)
	if factor.SolveVecTo(&solution, right) != nil || factor.InverseTo(cov) != nil {
		return nil, nil, false
	}
	for i := range n {
		mean = append(mean, solution.AtVec(i)*scale[i])
		for j := range i + 1 {
			cov.SetSym(i, j, cov.At(i, j)*scale[i]*scale[j])
		}
	}
	return mean, cov, true
}

// squares returns the sum of squares that coefficients leave.
func (e *equations) squares(mean []float64) float64 {
	sum := e.yy
	for i, b := range mean {
		sum -= 2 * b * e.xy[i]
		for j, c := range mean {
			sum += b * c * e.product(i, j)
		}
	}
	return max(0, sum)
}

func (e *equations) write(w *codec.Writer) {
	w.Uvarint(e.n)
	for _, list := range [...][]float64{e.xx, e.xy, {e.yy}} {
		for _, x := range list {
			w.Float64(x)
		}
	}
}

// read reads what the products of some rows can be: no square is negative, and no product
// more than the squares allow.
func (e *equations) read(r *codec.Reader) {
	e.n = uint64(r.UpTo(maxVisits))
	for _, list := range [...][]float64{e.xx, e.xy} {
		for i := range list {
			list[i] = r.Finite()
		}
	}
	e.yy = r.Finite()
	r.Check(e.yy >= 0)
	for i := range e.xy {
		r.Check(e.product(i, i) >= 0 && within(e.xy[i], e.product(i, i), e.yy))
		for j := range i {
			r.Check(within(e.product(i, j), e.product(i, i), e.product(j, j)))
		}
	}
}

// within reports whether a sum of products is possible with these sums of squares, but
// for rounding.
func within(product, a, b float64) bool {
	return math.Abs(product) <= math.Sqrt(a)*math.Sqrt(b)*(1+1e-9)
}
