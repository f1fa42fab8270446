package maximum

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A direction is a combination of coordinates, and the same in u of the result as
// [Problem.measured] has it.
type direction struct {
	y, u    []float64
	stretch float64 // how far a step of 1 moves a parameter
	bare    bool    // no information at all but for rounding
	lo, hi  float64 // losses at its ends
}

// weak returns the directions that are not held along which there is little
// information, by ascending information: first combinations that move few parameters,
// then eigenvectors as they are. It reports false if the information is not finite.
func (o *outcome) weak() ([]direction, bool) {
	const little, none, rounding = 0.1, 1e-6, 1e-9
	if o.curvature == nil {
		o.curvature = o.hessian()
	}
	values, vectors, ok := eigen(o.curvature)
	if !ok {
		return nil, false
	}
	top := values[len(values)-1]
	var found []direction
	for i, v := range values {
		d := o.direction(vectors[i])
		if information := v / (d.stretch * d.stretch); information < little {
			d.bare = information < max(none, rounding*top)
			found = append(found, d)
		}
	}
	return append(o.sparse(found), found...), true
}

func (o *outcome) direction(y []float64) direction {
	return direction{y: y, u: o.measured(y), stretch: o.stretch(y)}
}

// sparse returns a basis of the space of bare directions in which every member moves
// as few parameters as elimination can make it, with the largest step 1. What held
// directions move on the way makes no difference and is eliminated first.
func (o *outcome) sparse(found []direction) []direction {
	var basis []direction
	for _, d := range found {
		if d.bare {
			basis = append(basis, direction{y: slices.Clone(d.y), u: slices.Clone(d.u), bare: true})
		}
	}
	var held []direction
	for _, f := range o.findings {
		if f.Kind != Within && f.Direction != nil {
			held = append(held, direction{y: slices.Clone(f.y), u: o.measured(f.y)})
		}
	}
	reduce(held)
	for _, h := range held {
		eliminate(basis, h, pivot(h.u))
	}
	reduce(basis)
	for i := range basis {
		d := &basis[i]
		by := 1 / largest(d.u)
		for j, v := range d.u {
			if math.Abs(v*by) < 1e-5 {
				d.u[j] = 0
			}
		}
		scale(d.u, by)
		scale(d.y, by)
		d.stretch = o.stretch(d.y)
	}
	slices.SortStableFunc(basis, func(a, b direction) int { return cmp.Compare(moves(a.u), moves(b.u)) })
	return basis
}

// moves counts the parameters that a step moves.
func moves(u []float64) (n int) {
	for _, v := range u {
		if v != 0 {
			n++
		}
	}
	return n
}

// reduce brings directions to reduced echelon form in u, with pivots from the last
// parameter down so that slopes are told apart first.
func reduce(basis []direction) {
	if len(basis) == 0 {
		return
	}
	row := 0
	for col := len(basis[0].u) - 1; col >= 0 && row < len(basis); col-- {
		best := row
		for i := row; i < len(basis); i++ {
			if math.Abs(basis[i].u[col]) > math.Abs(basis[best].u[col]) {
				best = i
			}
		}
		if math.Abs(basis[best].u[col]) < small*largest(basis[best].u) {
			continue
		}
		basis[row], basis[best] = basis[best], basis[row]
		eliminate(basis[:row], basis[row], col)
		eliminate(basis[row+1:], basis[row], col)
		row++
	}
}

// small is a part of a step that is taken for rounding.
const small = 1e-4

// pivot returns the last parameter that a step moves.
func pivot(u []float64) int {
	i, least := len(u)-1, small*largest(u)
	for math.Abs(u[i]) < least {
		i--
	}
	return i
}

// eliminate takes from directions what moves parameter col, by means of one.
func eliminate(from []direction, by direction, col int) {
	for i := range from {
		share := -from[i].u[col] / by.u[col]
		addTo(from[i].u, share, by.u)
		addTo(from[i].y, share, by.y)
	}
}

// eigen returns the eigenvalues of a symmetric matrix, rising, and their vectors;
// false if it is not finite.
func eigen(m [][]float64) (values []float64, vectors [][]float64, ok bool) {
	n := len(m)
	s := mat.NewSymDense(n, nil)
	for i := range m {
		for j := range i + 1 {
			if math.IsNaN(m[i][j]) || math.IsInf(m[i][j], 0) {
				return nil, nil, false
			}
			s.SetSym(i, j, m[i][j])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, true) {
		return nil, nil, false
	}
	var v mat.Dense
	e.VectorsTo(&v)
	vectors = square(n)
	for i := range vectors {
		mat.Col(vectors[i], i, &v)
	}
	return e.Values(nil), vectors, true
}
