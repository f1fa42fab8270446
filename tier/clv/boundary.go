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
	losses := make([][2]float64, len(o.axes))
	for i, axis := range o.axes {
		lo, hi := o.loss(i, -reach), o.loss(i, reach)
		losses[i] = [2]float64{lo, hi}
		if min(lo, hi) > level {
			continue
		}
		o.status, o.frozen[i] = AtBoundary, true
		switch {
		case max(lo, hi) <= level:
			o.warnings = append(o.warnings, Warning{NotIdentified, axis.hi.param, math.NaN(), "any value fits as well"})
			o.curvature = nil
			continue
		case lo < hi:
			o.y[i] = axis.start - reach
			o.add(Reached, axis.lo)
		default:
			o.y[i] = axis.start + reach
			o.add(Reached, axis.hi)
		}
		o.logLik, o.grad = o.at(o.y)
		if arrived, err := o.climb(ctx, nil); err != nil || !arrived {
			o.status = NotConverged
			return err
		}
	}
	if o.status == AtBoundary { // the others may have moved
		for i := range o.axes {
			losses[i] = [2]float64{o.loss(i, -reach), o.loss(i, reach)}
		}
	}
	o.conclude(losses)
	return nil
}

// loss returns how much log likelihood it costs to move a coordinate to an end. If
// part of the data has a lot to lose, that is answer enough.
func (o *outcome) loss(i int, end float64) float64 {
	const plenty = 100
	y := slices.Clone(o.y)
	y[i] = o.axes[i].start + end
	if o.thin != nil {
		t := ascent{problem: o.thin, frozen: o.frozen}
		here, _ := t.at(o.y)
		there, _ := t.at(y)
		if here-there > plenty {
			return (here - there) * o.thinned
		}
	}
	v, _ := o.at(y)
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return o.logLik - v
}

// conclude lists the limits within reach and finds the covariance of the
// coordinates that are neither at one nor anywhere. The Hessian is that of the last
// Newton step, which was too short to matter.
func (o *outcome) conclude(losses [][2]float64) {
	var free []int
	for i, axis := range o.axes {
		if o.frozen[i] {
			continue
		}
		free = append(free, i)
		if losses[i][0] < reachable {
			o.add(Within, axis.lo)
		}
		if losses[i][1] < reachable {
			o.add(Within, axis.hi)
		}
	}
	if o.curvature == nil {
		o.curvature = o.hessian()
	}
	o.cov = inverse(o.curvature, free)
}

func (o *outcome) add(kind WarningKind, l limit) {
	o.warnings = append(o.warnings, Warning{kind, l.param, l.value, l.means})
}
