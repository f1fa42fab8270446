package clv

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
)

// An ascent is a search for the maximum of a problem: BFGS steps from afar, then
// Newton steps with a Hessian from differences of the gradient.
type ascent struct {
	*problem
	y, grad []float64
	logLik  float64
	frozen  []bool // coordinates that stay where they are
	evals   int
	left    int // iterations

	curvature [][]float64 // the last Hessian of newton
}

// An outcome is what a search found, in coordinates.
type outcome struct {
	ascent
	status   Status
	warnings []Warning
	cov      [][]float64 // of the coordinates
}

// Gains and losses in log likelihood.
const (
	nearby    = 1e-9  // expected gain at which BFGS hands over to Newton
	nothing   = 1e-11 // expected gain at which a search has arrived
	level     = 1e-6  // loss that makes a limit as good as the maximum
	reachable = 1.92  // loss at the end of a 95 % interval: half the quantile of χ² with 1 degree
)

// maximise searches from the start of the problem, and of a small one from other
// places too. The error is that of the context, or [relmark.ErrNoConverge] beside
// the best point seen.
func (p *problem) maximise(ctx context.Context, o FitOptions) (outcome, error) {
	a := p.ascent(o, p.start())
	if math.IsNaN(a.logLik) || math.IsInf(a.logLik, 0) {
		return outcome{ascent: a}, fmt.Errorf("clv: the likelihood is %v at the start: %w", a.logLik, relmark.ErrNoConverge)
	}
	inverse, err := a.approach(ctx)
	if err != nil {
		return outcome{}, err
	}
	arrived, err := a.climb(ctx, inverse)
	if err != nil {
		return outcome{}, err
	}
	found := outcome{ascent: a, status: NotConverged}
	if arrived {
		if err := found.judge(ctx); err != nil {
			return outcome{}, err
		}
	}
	doubts := found.status != Converged || len(found.warnings) > 0
	if found.left > 0 && (p.small || p.again && doubts) {
		if err := found.elsewhere(ctx, o); err != nil {
			return outcome{}, err
		}
	}
	if found.status == NotConverged {
		return found, fmt.Errorf("clv: fit: %w", relmark.ErrNoConverge)
	}
	return found, nil
}

// ascent returns a search that begins at y.
func (p *problem) ascent(o FitOptions, y []float64) ascent {
	a := ascent{problem: p, left: o.iterations(), frozen: make([]bool, len(p.axes)), y: y}
	a.logLik, a.grad = a.at(a.y)
	return a
}

// elsewhere searches again from all starts, since samples that say little about a
// coordinate often have several maxima, and takes the best.
func (o *outcome) elsewhere(ctx context.Context, options FitOptions) error {
	for _, start := range o.starts() {
		a := o.problem.ascent(options, start)
		if math.IsNaN(a.logLik) || math.IsInf(a.logLik, 0) {
			continue
		}
		arrived, err := a.climb(ctx, nil)
		if err != nil {
			return err
		}
		a.evals += o.evals
		if !arrived || o.atPole(a.y) || !(a.logLik > o.logLik+level/10) {
			o.evals = a.evals
			continue
		}
		*o = outcome{ascent: a}
		if err := o.judge(ctx); err != nil {
			return err
		}
	}
	return nil
}

// at returns the log likelihood and its gradient at y, 0 in frozen coordinates.
func (a *ascent) at(y []float64) (float64, []float64) {
	a.evals++
	grad := make([]float64, len(y))
	v := a.problem.logLik(a.params(y), grad)
	if math.IsInf(v, 1) { // out of the range of floats, not a likelihood
		v = math.NaN()
	}
	grad = a.pull(grad)
	for i, f := range a.frozen {
		if f {
			grad[i] = 0
		}
	}
	return v, grad
}

// approach moves the start to the maximum of a thinned problem, if there is one, and
// returns an estimate of the inverse Hessian there.
func (a *ascent) approach(ctx context.Context) ([][]float64, error) {
	if a.thin == nil {
		return nil, nil
	}
	t := ascent{problem: a.thin, left: a.left, frozen: a.frozen, y: a.y}
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
	inverse := square(len(a.y))
	for i := range inverse {
		unit := make([]float64, len(a.y))
		unit[i] = 1 / a.thinned
		copy(inverse[i], solve(l, unit))
	}
	return inverse, nil
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
		if length*promise < a.noise() {
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
		if !a.frozen[i] {
			y[i] = min(max(y[i]+length*s, a.axes[i].start-reach), a.axes[i].start+reach)
		}
	}
	return y
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
			step := solveDamped(hessian, a.outward())
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
						step = solveDamped(hessian, a.outward())
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
	for i, axis := range a.axes {
		if a.y[i] >= axis.start+reach && g[i] > 0 || a.y[i] <= axis.start-reach && g[i] < 0 {
			g[i] = 0
		}
	}
	return g
}

// hessian returns minus the second derivatives, by central differences of the
// gradient.
func (a *ascent) hessian() [][]float64 {
	const h = 1e-4
	n := len(a.y)
	m := square(n)
	for i := range n {
		if a.frozen[i] {
			continue
		}
		y := slices.Clone(a.y)
		y[i] = a.y[i] + h
		_, above := a.at(y)
		y[i] = a.y[i] - h
		_, below := a.at(y)
		for j := range n {
			m[i][j] = (below[j] - above[j]) / (2 * h)
		}
	}
	for i := range n {
		for j := range i {
			mean := (m[i][j] + m[j][i]) / 2
			m[i][j], m[j][i] = mean, mean
		}
	}
	return m
}
