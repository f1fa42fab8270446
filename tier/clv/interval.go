package clv

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/exp/stats"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// An Interval is a prediction with the range that the uncertainty of the parameters
// leaves it. It does not include the chance of what single customers then do.
type Interval struct {
	Low      float64 `json:"low"`
	Estimate float64 `json:"estimate"`
	High     float64 `json:"high"`
}

// checkLevel reports whether level is the coverage of an interval.
func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return invalid("Level", level, "must lie strictly between 0 and 1")
	}
	return nil
}

// Delta returns the interval of a prediction at a level such as 0.95 by the delta
// method: estimate ± z · √(gᵀ·Cov·g), g the gradient of the prediction by the
// parameters, from central differences. The interval is symmetric and may pass the
// bounds of what is predicted: predict a logarithm or a logit instead where that
// matters. It fails with a [relmark.FieldError] on a level outside (0, 1), with
// [relmark.ErrTooFew] if a parameter has no standard error, and with
// [relmark.ErrInvalid] if predict is not finite about the estimates.
func (f Fit[M]) Delta(level float64, predict func(M) float64) (Interval, error) {
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	theta, gradient := make([]float64, len(f.Estimates)), make([]float64, len(f.Estimates))
	for i, e := range f.Estimates {
		if math.IsNaN(e.StdErr) {
			return Interval{}, fmt.Errorf("clv: %s has no standard error: %w", e.Name, relmark.ErrTooFew)
		}
		theta[i] = e.Value
	}
	for i, e := range f.Estimates {
		h := 1e-4 * e.StdErr
		if f.positive(i) {
			h = min(h, 1e-4*e.Value)
		}
		above, err := f.shifted(theta, i, h, predict)
		below, err2 := f.shifted(theta, i, -h, predict)
		if err := errors.Join(err, err2); err != nil {
			return Interval{}, err
		}
		gradient[i] = (above - below) / (2 * h)
	}
	estimate := predict(f.Model)
	half := distuv.UnitNormal.Quantile((1+level)/2) * math.Sqrt(quadratic(f.Cov, gradient))
	if math.IsNaN(estimate+half) || math.IsInf(estimate+half, 0) {
		return Interval{}, fmt.Errorf("clv: the prediction is not finite: %w", relmark.ErrInvalid)
	}
	return Interval{estimate - half, estimate, estimate + half}, nil
}

// shifted predicts with parameter i off by h.
func (f Fit[M]) shifted(theta []float64, i int, h float64, predict func(M) float64) (float64, error) {
	moved := slices.Clone(theta)
	moved[i] += h
	m, err := f.build(moved)
	if err != nil {
		return 0, err
	}
	return predict(m), nil
}

// positive reports whether parameter i must stay above 0.
func (f Fit[M]) positive(i int) bool { return i < len(f.slopes) && !f.slopes[i] }

// Refits are models fitted to simulated data: how else the fit could have come
// out. Treat it as read-only.
type Refits[M any] struct {
	Model  M   `json:"model"`  // the fit that was sampled
	Models []M `json:"models"` // refitted, those at the boundary included
	Failed int `json:"failed"` // refits that gave no model, for want of repeat purchases mostly
}

// Bootstrap draws n data sets from a fitted model, each with as many customers of
// the same ages as the table, and fits the model to each: FitBGNBD, FitMBGNBD,
// FitParetoNBD or FitBGBB as refit. A nil table is an empty one. It fails with a
// [relmark.FieldError] if source or refit is nil or n below 1, with the error of ctx, as Simulate does, and with
// [relmark.ErrTooFew] if no refit gave a model.
func Bootstrap[M Simulator](ctx context.Context, source *rand.Rand, m M, ages *rfm.Patterns, n int,
	refit func(context.Context, *rfm.Patterns, FitOptions) (Fit[M], error), o FitOptions,
) (Refits[M], error) {
	if n < 1 {
		return Refits[M]{}, invalid("N", n, "must be 1 or more")
	}
	if refit == nil {
		return Refits[M]{}, invalid("Refit", nil, "must not be nil")
	}
	sample := Refits[M]{Model: m}
	for range n {
		if err := ctx.Err(); err != nil {
			return Refits[M]{}, err
		}
		table, err := SimulateTable(source, m, ages)
		if err != nil {
			return Refits[M]{}, err
		}
		f, err := refit(ctx, table, o)
		switch {
		case err == nil:
			sample.Models = append(sample.Models, f.Model)
		case errors.Is(err, relmark.ErrTooFew) || errors.Is(err, relmark.ErrNoConverge):
			sample.Failed++
		default:
			return Refits[M]{}, err
		}
	}
	if len(sample.Models) == 0 {
		return Refits[M]{}, fmt.Errorf("clv: no refit gave a model: %w", relmark.ErrTooFew)
	}
	return sample, nil
}

// Interval returns the percentile interval of a prediction at a level such as 0.95,
// with the prediction of the model itself as estimate. Quantiles are of type 7. It
// fails with a [relmark.FieldError] on a level outside (0, 1) and with
// [relmark.ErrInvalid] if predict gives NaN or there are no models.
func (r Refits[M]) Interval(level float64, predict func(M) float64) (Interval, error) {
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	values := make([]float64, 0, len(r.Models))
	for _, m := range r.Models {
		v := predict(m)
		if math.IsNaN(v) {
			return Interval{}, fmt.Errorf("clv: a prediction is NaN: %w", relmark.ErrInvalid)
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return Interval{}, fmt.Errorf("clv: no models: %w", relmark.ErrInvalid)
	}
	q := stats.Quantiles(values, (1-level)/2, (1+level)/2)
	return Interval{q[0], predict(r.Model), q[1]}, nil
}

// quadratic returns gᵀ·m·g.
func quadratic(m [][]float64, g []float64) float64 {
	sum := 0.0
	for i, row := range m {
		sum += g[i] * dot(row, g)
	}
	return sum
}
