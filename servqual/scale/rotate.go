package scale

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// varimax rotates two or more factors, whose items count alike (Kaiser's normalisation): it
// turns each pair of factors in their plane to the greatest variance of squared loadings,
// over and over until no angle is left.
func varimax(l *mat.Dense) {
	p, k := l.Dims()
	length := make([]float64, p)
	for i := range length {
		length[i] = mat.Norm(l.RowView(i), 2)
		if length[i] == 0 {
			length[i] = 1
		}
		scaleRow(l, i, 1/length[i])
	}
	const most = 1000
	for range most {
		turned := 0.0
		for f := range k {
			for g := f + 1; g < k; g++ {
				angle := planar(l, f, g)
				turn(l, f, g, angle)
				turned = max(turned, math.Abs(angle))
			}
		}
		if turned < 1e-15 {
			break
		}
	}
	for i := range length {
		scaleRow(l, i, length[i])
	}
}

func scaleRow(l *mat.Dense, i int, by float64) {
	row := l.RawRowView(i)
	for f := range row {
		row[f] *= by
	}
}

// planar returns the angle, at most a quarter of a right one either way past which the same
// solution comes again, at which two columns have the greatest variance of squares (Kaiser
// 1958): with u = x² − y² and v = 2xy,
//
//	tan 4φ = (2·Σuv − 2·Σu·Σv/p) / (Σ(u² − v²) − ((Σu)² − (Σv)²)/p)
func planar(l *mat.Dense, f, g int) float64 {
	p, _ := l.Dims()
	a, b, c, d := 0.0, 0.0, 0.0, 0.0
	for i := range p {
		x, y := l.At(i, f), l.At(i, g)
		u, v := (x+y)*(x-y), 2*x*y
		a += u
		b += v
		c += (u + v) * (u - v)
		d += 2 * u * v
	}
	n := float64(p)
	return math.Atan2(d-2*a*b/n, c-(a+b)*(a-b)/n) / 4
}

// turn turns two columns by an angle.
func turn(l *mat.Dense, f, g int, angle float64) {
	p, _ := l.Dims()
	sin, cos := math.Sincos(angle)
	for i := range p {
		x, y := l.At(i, f), l.At(i, g)
		l.Set(i, f, x*cos+y*sin)
		l.Set(i, g, y*cos-x*sin)
	}
}

// oblimin rotates two or more factors to the least covariances of squared loadings, direct
// quartimin, by gradient projection (Jennrich 2002): with the columns of T of length 1, the
// pattern is L = A·T^−ᵀ and the factors correlate by TᵀT. Steps are those of Barzilai and
// Borwein (1988). It reports whether it came to rest.
func oblimin(a *mat.Dense) (l, phi *mat.Dense, rest bool) {
	const most, enough, rounding = 2000, 1e-12, 1e-7
	_, k := a.Dims()
	here := spot(a, identity(k))
	step := 1.0
	for range most {
		if here.size <= enough {
			break
		}
		next, moved := here.descend(a, step)
		if !moved {
			break
		}
		var s, y mat.Dense
		s.Sub(next.t, here.t)
		y.Sub(next.way, here.way)
		step = 1
		if curved := inner(&s, &y); curved > 0 {
			step = min(inner(&s, &s)/curved, 1e3)
		}
		here = next
	}
	phi = mat.NewDense(k, k, nil)
	phi.Mul(here.t.T(), here.t)
	return here.l, phi, here.size <= rounding
}

// A place is a rotation with what it comes to: the value of the criterion, the pattern,
// and the gradient along which lengths stay, with its size.
type place struct {
	t, l, way   *mat.Dense
	value, size float64
}

func spot(a, t *mat.Dense) place {
	value, l, grad := quartimin(a, t)
	p := place{t: t, l: l, value: value, size: math.Inf(1)}
	if grad != nil {
		p.way = project(grad, t)
		p.size = mat.Norm(p.way, 2)
	}
	return p
}

// descend looks for a place that is lower by enough of what the step promises. Where that
// is less than the rounding of the value, a smaller gradient has to tell.
func (p place) descend(a *mat.Dense, step float64) (next place, moved bool) {
	for range 40 {
		next = spot(a, stride(p.t, p.way, step))
		promised := step * p.size * p.size / 1e4
		if promised > 1e-13*p.value && next.value <= p.value-promised {
			return next, true
		}
		if promised <= 1e-13*p.value && next.size < p.size*0.999 && next.value <= p.value*(1+1e-12) {
			return next, true
		}
		step /= 2
	}
	return p, false
}

func inner(a, b *mat.Dense) (sum float64) {
	k, _ := a.Dims()
	for f := range k {
		sum += mat.Dot(a.ColView(f), b.ColView(f))
	}
	return sum
}

// quartimin returns the criterion ¼·Σ over pairs of factors of Σ l²·m², the pattern, and the
// gradient of the criterion by T.
func quartimin(a, t *mat.Dense) (value float64, l, grad *mat.Dense) {
	p, k := a.Dims()
	var inverse mat.Dense
	if inverse.Inverse(t) != nil {
		return math.Inf(1), nil, nil
	}
	l = mat.NewDense(p, k, nil)
	l.Mul(a, inverse.T())
	gq := mat.NewDense(p, k, nil) // by the pattern: l times the squares of the other factors
	for i := range p {
		row, all := l.RawRowView(i), 0.0
		for _, v := range row {
			all += v * v
		}
		for f, v := range row {
			others := all - v*v
			value += v * v * others / 4
			gq.Set(i, f, v*others)
		}
	}
	var m mat.Dense
	m.Mul(l.T(), gq)
	grad = mat.NewDense(k, k, nil)
	grad.Mul(&m, &inverse)
	grad = mat.DenseCopyOf(grad.T())
	grad.Scale(-1, grad)
	return value, l, grad
}

// project takes from a gradient what would change the length of the columns of T.
func project(grad, t *mat.Dense) *mat.Dense {
	k, _ := t.Dims()
	out := mat.DenseCopyOf(grad)
	for f := range k {
		along := mat.Dot(t.ColView(f), grad.ColView(f))
		for i := range k {
			out.Set(i, f, grad.At(i, f)-along*t.At(i, f))
		}
	}
	return out
}

// stride goes a step against the way, and back to columns of length 1.
func stride(t, way *mat.Dense, step float64) *mat.Dense {
	k, _ := t.Dims()
	next := mat.NewDense(k, k, nil)
	next.Scale(-step, way)
	next.Add(next, t)
	for f := range k {
		length := mat.Norm(next.ColView(f), 2)
		for i := range k {
			next.Set(i, f, next.At(i, f)/length)
		}
	}
	return next
}
