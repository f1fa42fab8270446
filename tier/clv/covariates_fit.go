package clv

import (
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/tier/rfm"
)

// FitParetoNBDRegression fits a [ParetoNBDRegression] by maximum likelihood. It fails
// with a [relmark.FieldError] on an invalid row, with [relmark.ErrTooFew] if a
// covariate is the same for everybody, and else as [FitBGNBD] does.
func FitParetoNBDRegression(ctx context.Context, rows []CovariateRow, o FitOptions) (Fit[ParetoNBDRegression], error) {
	rule := newLegendre()
	r := regression{
		base: (*sample).paretoAxes, mix: maximum.Paired(4, 0, 2), times: []int{1, 3},
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
		base: (*sample).geometricAxes, mix: maximum.Paired(4, 0, 2), times: []int{1},
		loads: []load{{"Purchase", 1, -1}, {"A", 2, 1}, {"B", 3, 1}},
		one: func(theta *[4]float64, c *cell) partial {
			m := betaGeometric{r: theta[0], alpha: theta[1], a: theta[2], b: theta[3]}
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
	base  func(*sample) []maximum.Axis
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
	p.LogLik = func(theta, grad []float64) float64 { return r.logLik(rows, theta, grad, o.Workers) }
	p.Stretch = func(y []float64) float64 { return r.stretch(rows, y) }
	return fit(ctx, o, p, s.result(r.times...), build)
}

// stretch returns by how much a step in coordinates moves the logarithm of a parameter
// of any row.
func (r *regression) stretch(rows []row, y []float64) float64 {
	var base [4]float64
	for i, from := range r.mix {
		base[i] = dot(from, y[:4])
	}
	most := 0.0
	for _, c := range rows {
		at := base
		for i, l := range r.loads {
			at[l.of] += l.sign * dot(y[4+i*len(c.z):4+(i+1)*len(c.z)], c.z)
		}
		for _, v := range at {
			most = max(most, math.Abs(v))
		}
	}
	return most
}

// problem returns the problem but for its likelihood. The base is that of mean
// covariates, and slopes are those of standardised ones; what is shown are the base of
// covariates of 0 and plain slopes.
func (r *regression) problem(s *sample, mean, sd []float64) *maximum.Problem {
	n := 4 + len(mean)*len(r.loads)
	p := &maximum.Problem{Axes: r.base(s), Mix: maximum.Identity(n), Show: maximum.Identity(n), Endless: s.endless()}
	for i, from := range r.mix {
		copy(p.Mix[i], from)
	}
	for _, l := range r.loads {
		for j := range mean {
			at := len(p.Axes)
			name := fmt.Sprintf("%s[%d]", l.name, j)
			p.Axes = append(p.Axes, maximum.Axis{
				Name: name, Slope: true,
				Lo: limit(name, math.Inf(-1), "the covariate decides alone"),
				Hi: limit(name, math.Inf(1), "the covariate decides alone"),
			})
			p.Show[at][at] = 1 / sd[j]
			p.Show[l.of][at] = -l.sign * mean[j] / sd[j]
		}
	}
	return p
}

// tableOf checks rows and counts their patterns.
func tableOf(list []CovariateRow, covariates int) (*rfm.Patterns, error) {
	var table rfm.Patterns
	for i, l := range list {
		if err := checkCovariates("Z", l.Z, covariates); err != nil {
			return nil, fmt.Errorf("%w (row %d)", err, i)
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
// and by the slopes.
func (r *regression) logLik(rows []row, theta, grad []float64, workers int) float64 {
	base, slopes := [4]float64(theta[:4]), theta[4:]
	sum := sumRows(rows, workers, len(grad), func(c *row, out []float64) float64 {
		at, n := base, len(c.z)
		for i, l := range r.loads {
			at[l.of] *= math.Exp(l.sign * dot(slopes[i*n:(i+1)*n], c.z))
		}
		got := r.one(&at, &c.cell)
		for k, g := range got.grad {
			out[k] += c.n * g
		}
		for i, l := range r.loads {
			for j, z := range c.z {
				out[4+i*n+j] += c.n * l.sign * got.grad[l.of] * z
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
