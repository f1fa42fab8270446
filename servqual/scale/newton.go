package scale

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A surface is a function of several variables at a point, with its gradient and its
// Hessian.
type surface struct {
	value    float64
	gradient []float64
	hessian  *mat.SymDense
}

// minimise looks for the least value of a function of variables that are at least floor,
// by Newton's method with a ridge where the Hessian is not definite, from start on, which
// it changes. It reports whether it came to rest: gradients of free variables, and those of
// variables at the floor that point inside, are within tolerance, or no step is left that
// rounding does not eat up.
func minimise(start []float64, floor, tolerance float64, at func(x []float64) (surface, error)) (s surface, rest bool, err error) {
	const most = 200
	x := start
	if s, err = at(x); err != nil {
		return s, false, err
	}
	for range most {
		free := freeOf(x, s.gradient, floor)
		norm := 0.0
		for _, i := range free {
			norm = max(norm, math.Abs(s.gradient[i]))
		}
		if norm <= tolerance {
			return s, true, nil
		}
		next, moved, err := descend(x, floor, free, s, at)
		if err != nil {
			return s, false, err
		}
		if !moved { // no step lowers the value: at its rounding
			return s, norm <= 1e5*tolerance, nil
		}
		s = next
	}
	return s, false, nil
}

// freeOf returns the variables that are above the floor, or would rise from it.
func freeOf(x, gradient []float64, floor float64) (free []int) {
	for i, v := range x {
		if v > floor || gradient[i] < 0 {
			free = append(free, i)
		}
	}
	return free
}

// rounding is how exact a value is that sums up some dozen eigenvalues: where a step gains
// less, the gradient has to tell.
const rounding = 1e-13

// descend takes one step in the free variables that lowers the value, and puts x there. A
// step near the end may leave the value as it is, within its rounding, if it lowers the gradient.
func descend(x []float64, floor float64, free []int, s surface, at func(x []float64) (surface, error)) (next surface, moved bool, err error) {
	step := direction(s, free)
	trial := make([]float64, len(x))
	for share := 1.0; share > 1e-10; share /= 4 {
		copy(trial, x)
		for n, i := range free {
			trial[i] = max(x[i]+share*step[n], floor)
		}
		if next, err = at(trial); err != nil {
			return s, false, err
		}
		flat := next.value <= s.value+rounding*(1+math.Abs(s.value)) && norm(next.gradient, free) < norm(s.gradient, free)
		if next.value < s.value && !math.IsNaN(norm(next.gradient, free)) || flat {
			copy(x, trial)
			return next, true, nil
		}
	}
	return s, false, nil
}

func norm(g []float64, free []int) (sum float64) {
	for _, i := range free {
		sum += g[i] * g[i]
	}
	return sum
}

// direction solves (H + ridge)·step = −gradient in the free variables, with the least ridge
// of a series that makes it definite.
func direction(s surface, free []int) []float64 {
	n := len(free)
	h, g := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	size := 0.0
	for a, i := range free {
		g.SetVec(a, -s.gradient[i])
		for b := a; b < n; b++ {
			h.SetSym(a, b, s.hessian.At(i, free[b]))
		}
		size = max(size, math.Abs(h.At(a, a)))
	}
	step := mat.NewVecDense(n, nil)
	for ridge := 0.0; ; ridge = max(4*ridge, 1e-3*size, 1e-12) {
		m := mat.NewSymDense(n, nil)
		m.CopySym(h)
		for a := range n {
			m.SetSym(a, a, h.At(a, a)+ridge)
		}
		var chol mat.Cholesky
		if (chol.Factorize(m) && chol.SolveVecTo(step, g) == nil) || ridge > 1e6*(size+1) {
			return step.RawVector().Data
		}
	}
}
