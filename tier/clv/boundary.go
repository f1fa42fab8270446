package clv

import (
	"context"
	"math"
	"slices"
)

// judge looks past the point where a search arrived: at both ends of every
// coordinate, the others held. An end that is as good as the maximum makes the fit
// one at the boundary, and the search goes on from there; a coordinate both of
// whose ends are stays where it is. What is left gets a covariance.
func (o *outcome) judge(ctx context.Context) error {
	o.status = Converged
	for i, axis := range o.axes {
		lo, hi := o.loss(i, -reach), o.loss(i, reach)
		if min(lo, hi) > level {
			continue
		}
		o.status, o.frozen[i] = AtBoundary, true
		switch {
		case max(lo, hi) <= level:
			o.warnings = append(o.warnings, Warning{NotIdentified, axis.hi.param, math.NaN(), "any value fits as well"})
			continue
		case lo < hi:
			o.y[i] = axis.start - reach
			o.add(Reached, axis.lo)
		default:
			o.y[i] = axis.start + reach
			o.add(Reached, axis.hi)
		}
		o.logLik, o.grad = o.at(o.y)
		if arrived, err := o.climb(ctx); err != nil || !arrived {
			o.status = NotConverged
			return err
		}
	}
	o.conclude()
	return nil
}

// loss returns how much log likelihood it costs to move a coordinate to an end.
func (o *outcome) loss(i int, end float64) float64 {
	y := slices.Clone(o.y)
	y[i] = o.axes[i].start + end
	v, _ := o.at(y)
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return o.logLik - v
}

// conclude lists the limits within reach and finds the covariance of the
// coordinates that are neither at one nor anywhere.
func (o *outcome) conclude() {
	var free []int
	for i, axis := range o.axes {
		if o.frozen[i] {
			continue
		}
		free = append(free, i)
		if o.loss(i, -reach) < reachable {
			o.add(Within, axis.lo)
		}
		if o.loss(i, reach) < reachable {
			o.add(Within, axis.hi)
		}
	}
	o.cov = inverse(o.hessian(), free)
}

func (o *outcome) add(kind WarningKind, l limit) {
	o.warnings = append(o.warnings, Warning{kind, l.param, l.value, l.means})
}
