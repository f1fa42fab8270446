package maximum

import (
	"context"
	"math"
	"slices"
)

// Gains and losses in log likelihood.
const (
	nearby    = 1e-9  // expected gain at which BFGS hands over to Newton
	nothing   = 1e-11 // expected gain at which a search has arrived
	level     = 1e-6  // loss that makes a limit as good as the maximum
	clearly   = 1e-3  // loss that no rounding is, nor being on the way to a limit
	reachable = 1.92  // loss at the end of a 95 % interval: half the quantile of χ² with 1 degree
)

// An ascent is a search for the maximum of a problem: BFGS steps from afar, then
// Newton steps with a Hessian from differences of the gradient.
type ascent struct {
	*Problem
	y, grad []float64
	logLik  float64
	held    [][]float64 // orthonormal directions along which it does not move
	evals   int
	left    int // iterations

	curvature [][]float64 // the last Hessian of newton
}

// ascent returns a search that begins at y.
func (p *Problem) ascent(iterations int, y []float64) ascent {
	a := ascent{Problem: p, left: iterations, y: y}
	a.logLik, a.grad = a.at(a.y)
	return a
}

// at returns the log likelihood and its gradient at y, without its part along held
// directions.
func (a *ascent) at(y []float64) (float64, []float64) {
	v, grad := a.full(y)
	return v, a.free(grad)
}

// full returns the log likelihood and its gradient at y.
func (a *ascent) full(y []float64) (float64, []float64) {
	a.evals++
	grad := make([]float64, len(y))
	v := a.LogLik(a.params(y), grad)
	if math.IsInf(v, 1) { // out of the range of floats, not a likelihood
		v = math.NaN()
	}
	return v, a.pull(grad)
}

// free takes from v its part along held directions, in place.
func (a *ascent) free(v []float64) []float64 {
	for _, d := range a.held {
		addTo(v, -dot(v, d), d)
	}
	return v
}

// hold keeps the search from moving along d. It reports whether it could before.
func (a *ascent) hold(d []float64) bool {
	v := a.free(slices.Clone(d))
	if norm(v) < 1e-6*norm(d) {
		return false
	}
	scale(v, 1/norm(v))
	a.free(v) // once more, for the digits
	scale(v, 1/norm(v))
	a.held = append(slices.Clip(a.held), v)
	a.grad, a.curvature = a.free(a.grad), nil
	return true
}

// approach moves the start to the maximum of part of the data, if there is one, and
// returns an estimate of the inverse Hessian there.
func (a *ascent) approach(ctx context.Context) ([][]float64, error) {
	if a.Part == nil {
		return nil, nil
	}
	t := ascent{Problem: a.Part, left: a.left, held: a.held, y: a.y}
	t.logLik, t.grad = t.at(t.y)
	if arrived, err := t.climb(ctx, nil); err != nil || !arrived {
		return nil, err
	}
	v, grad := a.at(t.y)
	l, ok := cholesky(t.curvature)
	if !(v > a.logLik) || !ok {
		return nil, nil
	}
	a.y, a.logLik, a.grad = t.y, v, grad
	return invert(l, 1/a.Parts), nil
}

// climb goes to the nearest maximum and reports whether it arrived. It starts with
// an estimate of the inverse Hessian or none.
func (a *ascent) climb(ctx context.Context, inverse [][]float64) (bool, error) {
	if err := a.bfgs(ctx, inverse); err != nil {
		return false, err
	}
	return a.newton(ctx)
}

// bfgs climbs with an estimate of the inverse Hessian, kept positive definite,
// until the gain that it promises is small.
func (a *ascent) bfgs(ctx context.Context, inverse [][]float64) error {
	n := len(a.y)
	fresh := inverse == nil
	if fresh {
		inverse = identity(n)
	}
	for ; a.left > 0; a.left-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		step := times(inverse, a.grad)
		gain := dot(step, a.grad)
		switch {
		case fresh && gain < 1e-100: // no number to scale by
			return nil
		case fresh:
			scale(step, 1/max(1, norm(step)))
		case gain/2 < max(nearby, a.noise()):
			return nil
		}
		before, at := slices.Clone(a.grad), slices.Clone(a.y)
		if !a.move(step) {
			if fresh {
				return nil
			}
			inverse, fresh = identity(n), true
			continue
		}
		s, d := minus(a.y, at), minus(before, a.grad) // d·s > 0 where the function is concave
		if curvature := dot(s, d); curvature > 1e-12*norm(s)*norm(d) {
			if fresh {
				scaleAll(inverse, curvature/dot(d, d))
			}
			update(inverse, s, d, curvature)
			fresh = false
		}
	}
	return nil
}

// move goes along a step as far as the likelihood rises by a fair part of what the
// gradient promises, further while it pays, never out of reach. It reports whether
// it went anywhere.
func (a *ascent) move(step []float64) bool {
	const longest, fair, tries = 4.0, 1e-4, 40
	length := min(1, longest/largest(step))
	promise := dot(step, a.grad)
	for range tries {
		if !(length*promise >= a.noise()) {
			return false
		}
		y := a.within(step, length)
		v, grad := a.at(y)
		if v-a.logLik >= fair*length*promise {
			// Still as steep as at the start: go on.
			if dot(step, grad) > 0.7*promise && 3*length*largest(step) <= longest {
				if w, g := a.at(a.within(step, 3*length)); w > v {
					y, v, grad = a.within(step, 3*length), w, g
				}
			}
			gone := !slices.Equal(y, a.y)
			a.y, a.logLik, a.grad = y, v, grad
			return gone
		}
		// The maximum of the parabola through both values and the slope.
		shorter := 0.1
		if bend := 2 * (length*promise - (v - a.logLik)); bend > 0 {
			shorter = min(max(length*promise/bend, 0.1), 0.5)
		}
		length *= shorter
	}
	return false
}

// noise returns a gain that the rounding of the likelihood may hide.
func (a *ascent) noise() float64 { return 1e-14 * math.Abs(a.logLik) }

// within returns y + length·step, cut to what is in reach.
func (a *ascent) within(step []float64, length float64) []float64 {
	y := slices.Clone(a.y)
	for i, s := range step {
		y[i] += length * s
		lo, hi := a.ends(i)
		y[i] = min(max(y[i], lo), hi)
	}
	return y
}

// ends returns how far coordinate i may go: to its reach, or as far as it was carried
// along a direction that is held.
func (a *ascent) ends(i int) (lo, hi float64) {
	lo, hi = a.Axes[i].Start-reach, a.Axes[i].Start+reach
	return min(lo, a.y[i]), max(hi, a.y[i])
}

// newton polishes: it solves with a Hessian until the expected gain is nothing,
// and renews the Hessian when steps with the old one stop helping. It reports
// whether it arrived.
func (a *ascent) newton(ctx context.Context) (bool, error) {
	const renewals = 60
	for range renewals {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		hessian := a.hessian()
		a.curvature = hessian
		last := math.Inf(1)
		for ; a.left > 0; a.left-- {
			step := a.free(solveDamped(hessian, a.outward()))
			gain := dot(step, a.grad) / 2
			if gain < nothing*max(1, math.Abs(a.logLik)*1e-4) {
				a.polish(step)
				return true, nil
			}
			if gain > last/4 {
				break
			}
			if !a.move(step) {
				if gain < max(1e-6, a.noise()) { // the likelihood hides it, the gradient does not
					for a.polish(step) {
						step = a.free(solveDamped(hessian, a.outward()))
					}
					return true, nil
				}
				break
			}
			last = gain
		}
		if a.left <= 0 {
			return false, nil
		}
		a.left--
	}
	return false, nil
}

// polish takes a step that promises less than the likelihood can show, if the
// gradient then falls by half. It reports whether it did.
func (a *ascent) polish(step []float64) bool {
	y := a.within(step, 1)
	v, grad := a.at(y)
	if !(v >= a.logLik-max(1e-9, a.noise()) && norm(grad) < norm(a.grad)/2) {
		return false
	}
	a.y, a.logLik, a.grad = y, v, grad
	return true
}

// outward returns the gradient without what points out of reach.
func (a *ascent) outward() []float64 {
	g := slices.Clone(a.grad)
	for i := range g {
		lo, hi := a.ends(i)
		if a.y[i] >= hi && g[i] > 0 || a.y[i] <= lo && g[i] < 0 {
			g[i] = 0
		}
	}
	return g
}

// hessian returns minus the second derivatives, by central differences of the
// gradient. Along held directions it is that of a steep peak, which is out of the way.
func (a *ascent) hessian() [][]float64 {
	const h = 1e-4
	n := len(a.y)
	m := square(n)
	for i := range n {
		if a.coordinateHeld(i) {
			continue
		}
		y := slices.Clone(a.y)
		y[i] = a.y[i] + h
		_, above := a.full(y)
		y[i] = a.y[i] - h
		_, below := a.full(y)
		for j := range n {
			m[i][j] = (below[j] - above[j]) / (2 * h)
		}
	}
	symmetrise(m)
	for i := range m {
		a.free(m[i])
	}
	transpose(m)
	for i := range m {
		a.free(m[i])
	}
	symmetrise(m)
	steep := 1.0
	for i := range m {
		steep = max(steep, math.Abs(m[i][i]))
	}
	for _, d := range a.held {
		for i := range m {
			addTo(m[i], steep*d[i], d)
		}
	}
	return m
}

// coordinateHeld reports whether coordinate i cannot move at all.
func (a *ascent) coordinateHeld(i int) bool {
	rest := 1.0
	for _, d := range a.held {
		rest -= d[i] * d[i]
	}
	return rest < 1e-12
}
