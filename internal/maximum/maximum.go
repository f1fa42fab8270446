package maximum

import (
	"context"
	"math"
)

// Status says what a search found.
type Status int

// What can be found.
const (
	NotConverged  Status = iota // it stopped short; the parameters are the best it had seen
	Converged                   // a maximum, with a covariance of all parameters
	AtBoundary                  // the likelihood rises towards a limit, or is as high there
	NotIdentified               // the likelihood is level along some direction
	Unbounded                   // the likelihood has no maximum: it rises without end
)

// Kind says what a [Finding] is.
type Kind int

// What can lie there.
const (
	Within  Kind = iota // the limit costs less than 1.92 in log likelihood
	Reached             // the likelihood is highest at the limit
	Level               // every value fits as well as any other
	Endless             // the likelihood rises without end on the way to the limit
)

// A Finding is what lies at the end of a direction.
type Finding struct {
	Kind      Kind
	Limit     Limit     // that of the coordinate, or of the parameter that moves most as LogLik has it; with Means if no other does
	Direction []float64 // in u of the result, one for each axis, the largest 1 or −1; nil for a limit that the caller knew

	Coordinate bool // it is one of the problem's own

	y []float64
}

// Maximise searches from the start of the problem, for at most so many iterations, and
// from other places too where [Problem.Restarts] says so. A search that ends without a
// maximum is no error: see [Result.Status]. The error is that of the context, at which
// it looks once per iteration.
func (p *Problem) Maximise(ctx context.Context, iterations int) (Result, error) {
	a := p.ascent(iterations, p.start())
	found := outcome{ascent: a}
	if math.IsNaN(a.logLik) || math.IsInf(a.logLik, 0) {
		return found.result(), nil
	}
	inverse, err := found.approach(ctx)
	if err != nil {
		return Result{}, err
	}
	arrived, err := found.climb(ctx, inverse)
	if err != nil {
		return Result{}, err
	}
	if arrived {
		if err := found.judge(ctx); err != nil {
			return Result{}, err
		}
	}
	doubts := !found.arrived || len(found.findings) > 0
	if found.left > 0 && (p.Restarts == Always || p.Restarts == IfDoubtful && doubts) {
		if err := found.elsewhere(ctx, iterations); err != nil {
			return Result{}, err
		}
	}
	return found.result(), nil
}

// elsewhere searches again from all starts, since samples that say little about a
// coordinate often have several maxima, and takes the best.
func (o *outcome) elsewhere(ctx context.Context, iterations int) error {
	for _, start := range o.starts() {
		a := o.Problem.ascent(iterations, start)
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
