package maximum

import (
	"math"
	"slices"
)

// Small dense vectors and symmetric matrices, as rows.

func square(n int) [][]float64 {
	m, all := make([][]float64, n), make([]float64, n*n)
	for i := range m {
		m[i] = all[i*n : (i+1)*n : (i+1)*n]
	}
	return m
}

func identity(n int) [][]float64 {
	m := square(n)
	for i := range m {
		m[i][i] = 1
	}
	return m
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

func largest(a []float64) float64 {
	m := 0.0
	for _, v := range a {
		m = max(m, math.Abs(v))
	}
	return m
}

// unit returns the i-th of n unit vectors.
func unit(n, i int) []float64 {
	v := make([]float64, n)
	v[i] = 1
	return v
}

func negated(a []float64) []float64 {
	out := slices.Clone(a)
	scale(out, -1)
	return out
}

// addTo adds by·b to a.
func addTo(a []float64, by float64, b []float64) {
	for i := range a {
		a[i] += by * b[i]
	}
}

func transpose(m [][]float64) {
	for i := range m {
		for j := range i {
			m[i][j], m[j][i] = m[j][i], m[i][j]
		}
	}
}

// symmetrise replaces a matrix by the mean of itself and its transpose.
func symmetrise(m [][]float64) {
	for i := range m {
		for j := range i {
			mean := (m[i][j] + m[j][i]) / 2
			m[i][j], m[j][i] = mean, mean
		}
	}
}

func minus(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}

func scale(a []float64, by float64) {
	for i := range a {
		a[i] *= by
	}
}

func scaleAll(m [][]float64, by float64) {
	for _, row := range m {
		scale(row, by)
	}
}

func times(m [][]float64, a []float64) []float64 {
	out := make([]float64, len(a))
	for i := range m {
		out[i] = dot(m[i], a)
	}
	return out
}

// update is the BFGS formula for the inverse m after a step s that changed the
// gradient by d, with d·s > 0.
func update(m [][]float64, s, d []float64, curvature float64) {
	md := times(m, d)
	k := (1 + dot(d, md)/curvature) / curvature
	for i := range m {
		for j := range m {
			m[i][j] += k*s[i]*s[j] - (md[i]*s[j]+s[i]*md[j])/curvature
		}
	}
}

// cholesky returns the lower factor of m; false unless m is positive definite with
// room to spare.
func cholesky(m [][]float64) ([][]float64, bool) {
	n := len(m)
	l := square(n)
	for i := range n {
		for j := range i + 1 {
			sum := m[i][j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			switch {
			case i != j:
				l[i][j] = sum / l[j][j]
			case !(sum > 1e-12*m[i][i]):
				return nil, false
			default:
				l[i][i] = math.Sqrt(sum)
			}
		}
	}
	return l, true
}

// solve returns (L·Lᵀ)⁻¹·b.
func solve(l [][]float64, b []float64) []float64 {
	n := len(b)
	x := slices.Clone(b)
	for i := range n {
		for k := range i {
			x[i] -= l[i][k] * x[k]
		}
		x[i] /= l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= l[k][i] * x[k]
		}
		x[i] /= l[i][i]
	}
	return x
}

// solveDamped returns (m + λ·I)⁻¹·b with the least λ of a few that makes the matrix
// positive definite: an uphill direction whatever m is. It returns b itself if m is
// not finite.
func solveDamped(m [][]float64, b []float64) []float64 {
	const tries = 24
	top := 1e-12
	for i := range m {
		top = max(top, math.Abs(m[i][i]))
	}
	lambda := 0.0
	for range tries {
		damped := square(len(m))
		for i := range m {
			copy(damped[i], m[i])
			damped[i][i] += lambda
		}
		if l, ok := cholesky(damped); ok {
			return solve(l, b)
		}
		lambda = max(10*lambda, 1e-10*top)
	}
	return slices.Clone(b)
}

// invert returns (L·Lᵀ)⁻¹ times a factor.
func invert(l [][]float64, by float64) [][]float64 {
	out := square(len(l))
	for i := range out {
		e := make([]float64, len(l))
		e[i] = by
		copy(out[i], solve(l, e))
	}
	return out
}
