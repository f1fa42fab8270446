package clv

import (
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/maximum"
)

// FitOptions steer a fit. The zero value is the default.
type FitOptions struct {
	MaxIterations int `json:"max_iterations"` // of the optimiser; 0 means 500
	Workers       int `json:"workers"`        // goroutines that share the sums; 0 means 1. Results do not depend on it
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

// An Estimate is a parameter as fitted.
type Estimate struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	StdErr float64 `json:"std_err"` // NaN where the data do not identify the parameter
}

// A Fit is a model fitted by maximum likelihood and how far to trust it. Its Model
// and figures are plain values; treat the slices as read-only. What to store of it is
// its Model: a fit itself has no JSON.
type Fit[M any] struct {
	opaque
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

// Identified returns the names of the parameters that the data determine, those with
// a standard error, in the order of the model's Params.
func (f Fit[M]) Identified() []string {
	var names []string
	for _, e := range f.Estimates {
		if !math.IsNaN(e.StdErr) {
			names = append(names, e.Name)
		}
	}
	return names
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
func fit[M any](ctx context.Context, o FitOptions, p *maximum.Problem, in units, build func(theta []float64) (M, error)) (Fit[M], error) {
	found, err := p.Maximise(ctx, o.iterations())
	if err != nil {
		return Fit[M]{}, err
	}
	found.Rescale(in.scale, in.times...)
	model, outside := build(found.Theta)
	if outside != nil { // of the domain of the model
		retreat(p.Axes, &found)
		if model, outside = build(found.Theta); outside != nil {
			found.Reject()
		}
	}
	f := Fit[M]{
		Model: model, Status: statusOf(found.Status), Warnings: warningsOf(p.Axes, found.Findings),
		LogLik: found.LogLik - in.shift, N: in.customers, Cov: found.Cov,
		GradNorm: found.GradNorm, Evaluations: found.Evaluations, build: build,
	}
	for i, axis := range p.Axes {
		f.Estimates = append(f.Estimates, Estimate{axis.Name, found.Theta[i], math.Sqrt(found.Cov[i][i])})
		f.slopes = append(f.slopes, axis.Slope)
	}
	switch {
	case outside != nil:
		return f, fmt.Errorf("%w: fit: %w", outside, relmark.ErrNoConverge)
	case f.Status == NotConverged:
		return f, errNoConverge
	}
	return f, nil
}

// retreat goes back along what ran to a limit, or is level, as far as it left the domain of
// models: on such a way all places are as good, and where a search stops is a matter of
// rounding.
func retreat(axes []maximum.Axis, found *maximum.Result) {
	const least, most = -115, 115 // logarithms of 1e-50 and 1e50, and a little inside
	for _, f := range found.Findings {
		if f.Kind == maximum.Within || f.Direction == nil {
			continue
		}
		for i, by := range f.Direction {
			if axes[i].Slope || by == 0 {
				continue
			}
			if at := math.Log(found.Theta[i]); at < least || at > most {
				along(axes, found.Theta, f.Direction, (max(least, min(most, at))-at)/by)
			}
		}
	}
}

// along moves parameters, slopes by as much and the others by their logarithms.
func along(axes []maximum.Axis, theta, direction []float64, length float64) {
	for i, by := range direction {
		if axes[i].Slope {
			theta[i] += length * by
		} else {
			theta[i] *= math.Exp(length * by)
		}
	}
}

var errNoConverge = fmt.Errorf("clv: fit: %w", relmark.ErrNoConverge)
