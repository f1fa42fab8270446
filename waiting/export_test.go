package waiting

import "math"

// Regression is the core of a [Calibrator] with any columns.
type Regression struct{ sums equations }

func NewRegression(columns int) *Regression { return &Regression{newEquations(columns)} }

func (r *Regression) Add(x []float64, y float64) { r.sums.add(x, y) }

func (r *Regression) Merge(o *Regression) { r.sums.merge(&o.sums) }

// LeastSquares returns coefficients, their standard errors and the variance of the noise.
func (r *Regression) LeastSquares() (coef, se []float64, sigma2 float64) {
	flat, seen := belief{make([]float64, len(r.sums.xy)), make([]float64, len(r.sums.xy))}, make([]bool, len(r.sums.xy))
	for i := range seen {
		seen[i] = true
	}
	mean, cov, noise, err := r.sums.learn(flat, seen, nil)
	if err != nil {
		panic(err)
	}
	for i := range mean {
		se = append(se, math.Sqrt(cov.At(i, i)))
	}
	return mean, se, noise
}

// Posterior returns means and spreads given a prior and a known variance of the noise.
func (r *Regression) Posterior(mean, sd []float64, sigma2 float64) (coef, spread []float64) {
	b := belief{mean: mean}
	for _, s := range sd {
		b.precision = append(b.precision, 1/(s*s))
	}
	coef, cov, ok := r.sums.posterior(b, sigma2)
	if !ok {
		panic("not determined")
	}
	for i := range coef {
		spread = append(spread, math.Sqrt(cov.At(i, i)))
	}
	return coef, spread
}
