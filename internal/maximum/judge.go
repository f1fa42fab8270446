package maximum

import (
	"context"
	"math"
	"slices"
)

// An outcome is what a search found, in coordinates.
type outcome struct {
	ascent
	arrived  bool // at a maximum, with a covariance
	findings []Finding
	losses   [][2]float64 // at both ends of each coordinate
	cov      [][]float64  // of the coordinates, over what is not held
}

// judge looks past the point where a search arrived, along coordinates and then along
// whatever the data say little about. What is left gets a covariance.
func (o *outcome) judge(ctx context.Context) error {
	for _, look := range []func(context.Context) (bool, error){o.judgeCoordinates, o.judgeDirections} {
		if arrived, err := look(ctx); err != nil || !arrived {
			return err
		}
	}
	o.judgeEndless()
	o.nearLimits()
	o.arrived = o.conclude()
	return nil
}

// judgeCoordinates looks at both ends of every coordinate, the others held. An end
// that is as good as the maximum makes the fit one at the boundary, and the search
// goes on from there; a coordinate both of whose ends are stays where it is. Slopes run
// to their limits together with what they are slopes of, which is seen along directions
// only. It reports whether the search arrived again.
func (o *outcome) judgeCoordinates(ctx context.Context) (bool, error) {
	o.losses = make([][2]float64, len(o.Axes))
	for i, axis := range o.Axes {
		d := unit(len(o.y), i)
		lo, hi := o.lossAt(i, -reach), o.lossAt(i, reach)
		if axis.Pole && o.Endless != nil && hi < -level {
			hi = math.Inf(1) // no maximum lies there
		}
		o.losses[i] = [2]float64{lo, hi}
		if axis.Slope || min(lo, hi) > level || !o.hold(d) {
			continue
		}
		switch {
		case max(lo, hi) <= level:
			o.find(Level, Limit{axis.Hi.Param, math.NaN(), ""}, d)
			continue
		case lo < hi:
			o.y[i] = axis.Start - reach
			scale(d, -1)
			o.find(Reached, axis.Lo, d)
		default:
			o.y[i] = axis.Start + reach
			o.find(Reached, axis.Hi, d)
		}
		if arrived, err := o.again(ctx); err != nil || !arrived {
			return false, err
		}
	}
	if len(o.held) > 0 { // the others may have moved
		for i := range o.Axes {
			o.losses[i] = [2]float64{o.lossAt(i, -reach), o.lossAt(i, reach)}
		}
	}
	return true, nil
}

// again climbs from where the search was moved to.
func (o *outcome) again(ctx context.Context) (bool, error) {
	o.logLik, o.grad = o.at(o.y)
	return o.climb(ctx, nil)
}

// judgeDirections looks at both ends of directions along which there is next to no
// information, until none is left that is not held.
func (o *outcome) judgeDirections(ctx context.Context) (bool, error) {
	for range len(o.y) {
		weak, ok := o.weak()
		if !ok {
			return false, nil
		}
		o.forgetWithin()
		arrived, held, err := o.tryAll(ctx, weak)
		if err != nil || !arrived {
			return false, err
		}
		if !held {
			o.holdBent(weak)
			return true, nil
		}
	}
	return true, nil
}

// tryAll tries directions until it holds one. It begins with those that clearly rise to a
// limit: others may be level there that are not quite level yet.
func (o *outcome) tryAll(ctx context.Context, weak []direction) (arrived, held bool, err error) {
	var sure, other []direction
	for _, w := range weak {
		w.lo, w.hi = o.loss(o.along(w.y, -reach/w.stretch)), o.loss(o.along(w.y, reach/w.stretch))
		if min(w.lo, w.hi) <= level && max(w.lo, w.hi) > clearly {
			sure = append(sure, w)
		} else {
			other = append(other, w)
		}
	}
	for _, w := range append(sure, other...) {
		if arrived, held, err = o.try(ctx, w); err != nil || !arrived || held {
			return arrived, held, err
		}
	}
	return true, false, nil
}

// try looks at both ends of a direction and holds it if one is as good as where the
// search is. It reports whether the search is still at a maximum and whether it holds.
func (o *outcome) try(ctx context.Context, w direction) (arrived, held bool, err error) {
	lo, hi := w.lo, w.hi
	if min(lo, hi) > level {
		if min(lo, hi) < reachable {
			o.findAlong(Within, w, hi < lo)
		}
		return true, false, nil
	}
	if !o.hold(w.y) {
		return true, false, nil
	}
	if max(lo, hi) <= level {
		lo, hi = o.further(w)
	}
	if (lo <= level) == (hi <= level) {
		o.findAlong(Level, w, true)
		return true, true, nil
	}
	up := hi < lo
	o.y = o.along(w.y, o.enough(w, up))
	o.findAlong(Reached, w, up)
	arrived, err = o.again(ctx)
	return arrived, true, err
}

// enough returns how far to go along a direction to be as good as at its end, which may
// be less far than that where a search has come far already.
func (o *outcome) enough(w direction, up bool) float64 {
	end := reach / w.stretch
	if !up {
		end = -end
	}
	least := o.loss(o.along(w.y, end))
	for _, part := range []float64{4, 2} {
		if o.loss(o.along(w.y, end/part))-least <= nearby+o.noise() {
			return end / part
		}
	}
	return end
}

// further returns what it costs to go further than usual along a direction whose ends
// are both level: a search may have come so far towards a limit that the way back is
// long. What has no likelihood costs nothing here.
func (o *outcome) further(w direction) (lo, hi float64) {
	for _, times := range []float64{2, 4} {
		length := times * reach / w.stretch
		for _, end := range []struct {
			loss *float64
			at   float64
		}{{&lo, -length}, {&hi, length}} {
			if loss := o.loss(o.along(w.y, end.at)); !math.IsInf(loss, 1) {
				*end.loss = max(*end.loss, loss)
			}
		}
		if max(lo, hi) > level && min(lo, hi) <= level {
			break
		}
	}
	return lo, hi
}

// holdBent holds the directions among weak ones that have no information to speak of,
// though they are not level all the way.
func (o *outcome) holdBent(weak []direction) {
	for _, w := range weak {
		if w.bare && o.hold(w.y) {
			o.forgetWithin()
			o.findAlong(Level, w, true)
		}
	}
}

// forgetWithin drops limits that seemed within reach from another place.
func (o *outcome) forgetWithin() {
	o.findings = slices.DeleteFunc(o.findings, func(f Finding) bool { return f.Kind == Within })
}

// judgeEndless marks limits that the likelihood still climbs to as fast as half-way
// there: it has no maximum.
func (o *outcome) judgeEndless() {
	if o.Endless != nil {
		o.findings = append(o.findings, Finding{Kind: Endless, Limit: *o.Endless})
	}
	all, single := make([]float64, len(o.y)), false
	for i := range o.findings {
		if f := &o.findings[i]; f.Kind == Reached {
			addTo(all, 1/o.stretch(f.y), f.y)
			if o.endless(f.y) {
				f.Kind, single = Endless, true
			}
		}
	}
	if single || norm(all) == 0 || !o.endless(all) {
		return
	}
	for i := range o.findings { // only together
		if f := &o.findings[i]; f.Kind == Reached {
			f.Kind = Endless
		}
	}
}

// endless reports whether the last step along d gained as much as one half-way.
func (o *outcome) endless(d []float64) bool {
	step := 1 / o.stretch(d)
	gain := func(back float64) float64 {
		return o.loss(o.along(d, -(back+1)*step)) - o.loss(o.along(d, -back*step))
	}
	last := gain(0)
	return last > level && last > gain(reach/2)/10
}

// lossAt returns how much log likelihood it costs to move a coordinate to an end.
func (o *outcome) lossAt(i int, end float64) float64 {
	y := slices.Clone(o.y)
	y[i] = o.Axes[i].Start + end
	return o.loss(y)
}

// along returns the place a step of some length along d away.
func (o *outcome) along(d []float64, length float64) []float64 {
	y := slices.Clone(o.y)
	addTo(y, length, d)
	return y
}

// loss returns how much log likelihood it costs to be at y. If part of the data has a
// lot to lose, that is answer enough.
func (o *outcome) loss(y []float64) float64 {
	const plenty = 100
	if o.Part != nil {
		t := ascent{Problem: o.Part}
		here, _ := t.at(o.y)
		there, _ := t.at(y)
		if here-there > plenty {
			return (here - there) * o.Parts
		}
	}
	v, _ := o.at(y)
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return o.logLik - v
}

// nearLimits lists the limits of coordinates within reach, in the place of directions
// that are no others.
func (o *outcome) nearLimits() {
	for i, axis := range o.Axes {
		if o.coordinateHeld(i) {
			continue
		}
		if min(o.losses[i][0], o.losses[i][1]) < reachable {
			o.findings = slices.DeleteFunc(o.findings, func(f Finding) bool {
				return f.Kind == Within && !f.Coordinate && math.Abs(f.y[i]) > (1-1e-6)*norm(f.y)
			})
		}
		if o.losses[i][0] < reachable {
			o.find(Within, axis.Lo, negated(unit(len(o.y), i)))
		}
		if o.losses[i][1] < reachable {
			o.find(Within, axis.Hi, unit(len(o.y), i))
		}
	}
}

// conclude finds the covariance of what is not held; false if there is none. The
// Hessian is that of the last Newton step, which was too short to matter.
func (o *outcome) conclude() bool {
	if o.curvature == nil {
		o.curvature = o.hessian()
	}
	l, ok := cholesky(o.curvature)
	if !ok {
		return false
	}
	o.cov = invert(l, 1)
	for i := range o.cov {
		o.free(o.cov[i])
	}
	return true
}

// find notes what lies at the end of a direction in coordinates.
func (o *outcome) find(kind Kind, l Limit, y []float64) {
	o.note(Finding{Kind: kind, Limit: l, Coordinate: true}, swept(o.measured(y)), y, 1)
}

func (o *outcome) findAlong(kind Kind, w direction, up bool) {
	u := swept(w.u)
	if kind == Level { // either way is as good: up with the parameter that moves most
		up = u[leading(u)] > 0
	}
	sign := 1.0
	if !up {
		sign = -1
	}
	o.note(Finding{Kind: kind, Limit: o.limit(kind, u, sign)}, u, w.y, sign)
}

// note adds a finding, with the direction of which the largest step is 1.
func (o *outcome) note(f Finding, u, y []float64, sign float64) {
	f.Direction, f.y = o.inUnits(u), slices.Clone(y)
	by := sign / largest(f.Direction)
	scale(f.Direction, by)
	scale(f.y, by)
	o.findings = append(o.findings, f)
}

// inUnits turns a measured step into one of the result, in place.
func (o *outcome) inUnits(u []float64) []float64 {
	for i := range u {
		u[i] *= o.unit(i)
	}
	return u
}

// swept returns a step without what it moves by rounding only.
func swept(u []float64) []float64 {
	u, least := slices.Clone(u), small*largest(u)
	for i, by := range u {
		if math.Abs(by) <= least {
			u[i] = 0
		}
	}
	return u
}

// leading returns the parameter that moves most; the earliest of several.
func leading(u []float64) int {
	first := 0
	for i, v := range u {
		if math.Abs(v) > (1+1e-6)*math.Abs(u[first]) {
			first = i
		}
	}
	return first
}

// limit returns where the parameter that moves most goes along sign·u.
func (o *outcome) limit(kind Kind, u []float64, sign float64) Limit {
	first := leading(u)
	axis := o.Axes[first]
	l := Limit{Param: axis.Name}
	up := u[first]*sign > 0
	switch {
	case kind == Level:
		l.Value = math.NaN()
	case up:
		l.Value = math.Inf(1)
	case axis.Slope:
		l.Value = math.Inf(-1)
	}
	if kind != Level && axis.Slope && moves(u) == 1 {
		if up {
			return axis.Hi
		}
		return axis.Lo
	}
	return l
}
