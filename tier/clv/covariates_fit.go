package clv

import (
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// FitParetoNBDRegression fits a [ParetoNBDRegression] by maximum likelihood. It fails
// with a [relmark.FieldError] on an invalid row, with [relmark.ErrTooFew] if a
// covariate is the same for everybody, and else as [FitBGNBD] does.
func FitParetoNBDRegression(ctx context.Context, rows []CovariateRow, o FitOptions) (Fit[ParetoNBDRegression], error) {
	rule := newLegendre()
	r := regression{
		base: (*sample).paretoAxes, mix: paired(4, 0, 2), times: []int{1, 3},
		loads: []load{{"Purchase", 1, -1}, {"Dropout", 3, -1}},
		one: func(theta *[4]float64, c *cell) partial {
			m := ParetoNBD{theta[0], theta[1], theta[2], theta[3]}
			return m.cellLogLik(c, rule)
		},
	}
	return fitRegression(ctx, rows, o, &r, func(theta []float64) (ParetoNBDRegression, error) {
		n := (len(theta) - 4) / 2
		return NewParetoNBDRegression(ParetoNBDRegressionParams{
			ParetoNBDParams{theta[0], theta[1], theta[2], theta[3]}, theta[4 : 4+n], theta[4+n:],
		})
	})
}

// FitBGNBDRegression fits a [BGNBDRegression] by maximum likelihood. It fails as
// [FitParetoNBDRegression] does.
func FitBGNBDRegression(ctx context.Context, rows []CovariateRow, o FitOptions) (Fit[BGNBDRegression], error) {
	r := regression{
		base: (*sample).geometricAxes, mix: paired(4, 0, 2), times: []int{1},
		loads: []load{{"Purchase", 1, -1}, {"A", 2, 1}, {"B", 3, 1}},
		one: func(theta *[4]float64, c *cell) partial {
			m := betaGeometric{theta[0], theta[1], theta[2], theta[3], 0}
			return m.cellLogLik(c)
		},
	}
	return fitRegression(ctx, rows, o, &r, func(theta []float64) (BGNBDRegression, error) {
		n := (len(theta) - 4) / 3
		return NewBGNBDRegression(BGNBDRegressionParams{
			BGNBDParams{theta[0], theta[1], theta[2], theta[3]}, theta[4 : 4+n], theta[4+n : 4+2*n], theta[4+2*n:],
		})
	})
}

// A regression is a model whose parameters depend on covariates: each load is a list
// of slopes, and parameter of is multiplied by exp(sign · slopes·z).
type regression struct {
	base  func(*sample) []axis
	mix   [][]float64 // of the base
	times []int
	loads []load
	one   func(theta *[4]float64, c *cell) partial // with the gradient by logarithms
}

type load struct {
	name string
	of   int
	sign float64
}

// A row is a cell with its covariates, standardised.
type row struct {
	cell
	z []float64
}

// fitRegression fits in coordinates in which covariates have mean 0 and standard
// deviation 1 over customers.
func fitRegression[M any](ctx context.Context, list []CovariateRow, o FitOptions, r *regression, build func([]float64) (M, error)) (Fit[M], error) {
	if err := o.Validate(); err != nil {
		return Fit[M]{}, err
	}
	covariates := 0
	if len(list) > 0 {
		covariates = len(list[0].Z)
	}
	table, err := tableOf(list, covariates)
	if err != nil {
		return Fit[M]{}, err
	}
	s, err := newSample(table, 4+covariates*len(r.loads))
	if err != nil {
		return Fit[M]{}, err
	}
	mean, sd, err := moments(list, float64(s.customers))
	if err != nil {
		return Fit[M]{}, err
	}
	rows := make([]row, len(list))
	for i, l := range list {
		rows[i].cell = cell{x: float64(l.X), tx: l.TX / s.scale, t: l.T / s.scale, n: float64(l.N)}
		for j, z := range l.Z {
			rows[i].z = append(rows[i].z, (z-mean[j])/sd[j])
		}
	}
	p := r.problem(&s, mean, sd)
	p.logLik = func(theta, grad []float64) float64 { return r.logLik(rows, theta, grad, mean, sd, o.Workers) }
	return fit(ctx, o, p, s.result(r.times...), build)
}

// problem returns the problem but for its likelihood. What standardising covariates
// does to the base and to the slopes is linear in logarithms, so it goes into the
// mix.
func (r *regression) problem(s *sample, mean, sd []float64) *problem {
	p := &problem{axes: r.base(s), mix: identity(4 + len(mean)*len(r.loads))}
	for i, from := range r.mix {
		copy(p.mix[i], from)
	}
	for _, l := range r.loads {
		for j := range mean {
			at := len(p.axes)
			name := fmt.Sprintf("%s[%d]", l.name, j)
			p.axes = append(p.axes, axis{
				name: name, slope: true,
				lo: limit{name, math.Inf(-1), "the covariate decides alone"},
				hi: limit{name, math.Inf(1), "the covariate decides alone"},
			})
			p.mix[at][at] = 1 / sd[j]
			p.mix[l.of][at] = -l.sign * mean[j] / sd[j]
		}
	}
	return p
}

// tableOf checks rows and counts their patterns.
func tableOf(list []CovariateRow, covariates int) (*rfm.Patterns, error) {
	var table rfm.Patterns
	for i, l := range list {
		if err := checkCovariates("Z", l.Z, covariates); err != nil {
			return nil, fmt.Errorf("clv: row %d: %w", i, err)
		}
		if err := table.Add(l.Pattern, l.N); err != nil {
			return nil, fmt.Errorf("clv: row %d: %w", i, err)
		}
	}
	return &table, nil
}

// moments returns means and standard deviations of the covariates over customers.
func moments(list []CovariateRow, customers float64) (mean, sd []float64, err error) {
	for j := range list[0].Z {
		m, v := 0.0, 0.0
		for _, l := range list {
			m += l.Z[j] * (float64(l.N) / customers)
		}
		for _, l := range list {
			v += (l.Z[j] - m) * (l.Z[j] - m) * (float64(l.N) / customers)
		}
		if !(v > 1e-24*m*m) || math.IsInf(v, 1) { // but for rounding
			return nil, nil, fmt.Errorf("clv: covariate %d is the same for everybody: %w", j, relmark.ErrTooFew)
		}
		mean, sd = append(mean, m), append(sd, math.Sqrt(v))
	}
	return mean, sd, nil
}

// logLik returns the log likelihood and its gradient by the logarithms of the base
// and by the slopes. Base and slopes are those of plain covariates; with z
// standardised, slope·z_plain = slope·(mean + sd·z).
func (r *regression) logLik(rows []row, theta, grad, mean, sd []float64, workers int) float64 {
	n := len(mean)
	center, slope := [4]float64(theta[:4]), make([][]float64, len(r.loads))
	for i, l := range r.loads {
		plain := theta[4+i*n : 4+(i+1)*n]
		slope[i] = make([]float64, n)
		for j, g := range plain {
			slope[i][j] = g * sd[j]
		}
		center[l.of] *= math.Exp(l.sign * dot(plain, mean))
	}
	sum := sumRows(rows, workers, len(grad), func(c *row, out []float64) float64 {
		at := center
		for i, l := range r.loads {
			at[l.of] *= math.Exp(l.sign * dot(slope[i], c.z))
		}
		got := r.one(&at, &c.cell)
		for k, g := range got.grad {
			out[k] += c.n * g
		}
		for i, l := range r.loads {
			for j, z := range c.z {
				out[4+i*n+j] += c.n * l.sign * got.grad[l.of] * (mean[j] + sd[j]*z)
			}
		}
		return c.n * got.logLik
	})
	copy(grad, sum[1:])
	return sum[0]
}

// sumRows adds values and gradients over blocks of rows; the first element is the
// value.
func sumRows(rows []row, workers, n int, f func(c *row, grad []float64) float64) []float64 {
	parts := inBlocks(rows, 1024, workers, func(block []row) []float64 {
		sum := make([]float64, n+1)
		for i := range block {
			sum[0] += f(&block[i], sum[1:])
		}
		return sum
	})
	total := make([]float64, n+1)
	for _, p := range parts {
		for i, v := range p {
			total[i] += v
		}
	}
	return total
}
