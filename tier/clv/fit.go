package clv

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

// FitOptions steer a fit. The zero value is the default.
type FitOptions struct {
	MaxIterations int // of the optimiser; 0 means 500
	Workers       int // goroutines that share the sums; 0 means 1. Results do not depend on it
}

// Validate reports the first rule that o breaks.
func (o FitOptions) Validate() error {
	switch {
	case o.MaxIterations < 0:
		return invalid("MaxIterations", o.MaxIterations, "must be 0 or more")
	case o.Workers < 0:
		return invalid("Workers", o.Workers, "must be 0 or more")
	}
	return nil
}

func (o FitOptions) iterations() int {
	if o.MaxIterations == 0 {
		return 500
	}
	return o.MaxIterations
}

// Status says how a fit ended.
type Status int

const (
	// NotConverged means that the optimiser stopped short; the model is the best
	// it had seen.
	NotConverged Status = iota
	// Converged means that the model maximises the likelihood, at a point where
	// every parameter is finite and above 0.
	Converged
	// AtBoundary means that the likelihood keeps rising, or stays level, as some
	// parameter goes to 0 or to infinity. The model is as close as floats allow;
	// a [Warning] names the parameter.
	AtBoundary
)

// String returns the name of the status in plain words.
func (s Status) String() string {
	switch s {
	case NotConverged:
		return "not converged"
	case Converged:
		return "converged"
	case AtBoundary:
		return "at boundary"
	}
	return fmt.Sprintf("Status(%d)", int(s))
}

// MarshalText returns the name of the status.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// WarningKind says how bad a [Warning] is.
type WarningKind int

const (
	// Within means that the limit costs less than 1.92 in log likelihood: a 95 %
	// interval of the parameter has no end on that side.
	Within WarningKind = iota
	// Reached means that the likelihood is highest at the limit.
	Reached
	// NotIdentified means that every value fits as well as any other.
	NotIdentified
)

// String returns the name of the kind.
func (k WarningKind) String() string {
	switch k {
	case Within:
		return "within reach"
	case Reached:
		return "reached"
	case NotIdentified:
		return "not identified"
	}
	return fmt.Sprintf("WarningKind(%d)", int(k))
}

// MarshalText returns the name of the kind.
func (k WarningKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// A Warning says what the data do not tell about a parameter, or a ratio of two.
type Warning struct {
	Kind  WarningKind
	Param string  // such as "R" or "A/B"
	Limit float64 // 0 or +Inf: what the parameter runs to; NaN where any value fits
	Means string  // what the limit means, such as "nobody drops out"
}

// String returns the warning as a sentence.
func (w Warning) String() string {
	switch w.Kind {
	case NotIdentified:
		return w.Param + " is not identified: any value fits as well"
	case Reached:
		return fmt.Sprintf("%s goes to %v: %s", w.Param, w.Limit, w.Means)
	default:
		return fmt.Sprintf("%s may go to %v: %s", w.Param, w.Limit, w.Means)
	}
}

// An Estimate is a parameter as fitted.
type Estimate struct {
	Name   string
	Value  float64
	StdErr float64 // NaN where the data do not identify the parameter
}

// A Fit is a model fitted by maximum likelihood and how far to trust it. Its Model
// and figures are plain values; treat the slices as read-only.
type Fit[M any] struct {
	Model       M
	Status      Status
	Warnings    []Warning
	LogLik      float64    // at the model, without constants, in the caller's unit
	N           int64      // customers
	GradNorm    float64    // norm of the gradient by the logarithms of the parameters
	Evaluations int        // of the likelihood
	Estimates   []Estimate // parameters in the order of the model's Params
	// Cov is the covariance of the estimates, from the observed information; rows
	// and columns of a parameter without standard error are NaN.
	Cov [][]float64

	build  func(theta []float64) (M, error)
	slopes []bool // which parameters may be of either sign
}

// AIC returns Akaike's criterion, 2k − 2·ln L.
func (f Fit[M]) AIC() float64 { return 2 * (float64(len(f.Estimates)) - f.LogLik) }

// BIC returns the Bayesian criterion, k·ln N − 2·ln L.
func (f Fit[M]) BIC() float64 {
	return float64(len(f.Estimates))*math.Log(float64(f.N)) - 2*f.LogLik
}

// units is what it takes to undo the scaling of a sample.
type units struct {
	customers int64
	shift     float64 // log likelihood of the sample less that of the data
	scale     float64 // of times
	times     []int   // parameters that are times
}

// fit maximises p and writes down the result in the units of the data.
func fit[M any](ctx context.Context, o FitOptions, p *problem, in units, build func(theta []float64) (M, error)) (Fit[M], error) {
	found, failed := p.maximise(ctx, o)
	if failed != nil && !errors.Is(failed, relmark.ErrNoConverge) {
		return Fit[M]{}, failed
	}
	theta := p.params(found.y)
	for _, i := range in.times {
		theta[i] *= in.scale
	}
	model, err := build(theta)
	if err != nil {
		return Fit[M]{}, errors.Join(failed, err)
	}
	f := Fit[M]{
		Model: model, Status: found.status, Warnings: found.warnings,
		LogLik: found.logLik - in.shift, N: in.customers,
		GradNorm: norm(found.grad), Evaluations: found.evals, build: build,
	}
	f.Cov = p.spread(found.cov, theta)
	for i, axis := range p.axes {
		f.Estimates = append(f.Estimates, Estimate{axis.name, theta[i], math.Sqrt(f.Cov[i][i])})
		f.slopes = append(f.slopes, axis.slope)
	}
	return f, failed
}
