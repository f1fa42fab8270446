package stat

import (
	"errors"
	"fmt"
	"math"
)

// ErrFewRows says that a regression has no more rows than coefficients.
var ErrFewRows = errors.New("no more rows than coefficients")

// A CollinearError names a column that does not vary, or that others before it already
// determine: no regression can tell their effects apart.
type CollinearError struct{ Column int }

// Error says which column it is.
func (e *CollinearError) Error() string {
	return fmt.Sprintf("column %d is constant or determined by others", e.Column)
}

// A Regression is a line of least squares, y = b0 + Σ bj·xj + noise. It is plain data.
type Regression struct {
	N       int64
	Coef    []float64 // the intercept, then one of each regressor
	SE      []float64 // of the coefficients
	Cov     []float64 // of the coefficients, one row after another
	Beta    []float64 // of each regressor, in standard deviations of both; NaN for a y that does not vary
	R2      float64   // NaN for a y that does not vary
	Sigma   float64   // standard deviation of the noise
	Degrees float64   // of freedom of the noise
}

// least is how much of a column's variance must be its own: less is rounding.
const least = 1e-11

// Regress returns the regression of column y on some columns, all different, in their
// order. It fails with [ErrFewRows] unless there are more rows than coefficients, and
// with a [CollinearError].
func Regress(c Covariance, y int, x ...int) (Regression, error) {
	k := len(x)
	if c.N <= int64(k)+1 {
		return Regression{}, ErrFewRows
	}
	part := c.Of(append(append([]int(nil), x...), y)...)
	for j, column := range x {
		if !(part.At(j, j) > 0) {
			return Regression{}, &CollinearError{column}
		}
	}
	l, r := triangle(part)
	for j, column := range x {
		if !(l[j*(k+1)+j] > math.Sqrt(least)) {
			return Regression{}, &CollinearError{column}
		}
	}
	out := Regression{N: c.N, Degrees: float64(c.N - int64(k) - 1), R2: r}
	own := l[k*(k+1)+k] // √(1 − R²)
	sdy := math.Sqrt(part.At(k, k))
	out.Sigma = sdy * own * math.Sqrt(float64(c.N-1)/out.Degrees)
	out.solve(part, l)
	return out, nil
}

// triangle returns Cholesky's factor of the correlations of the columns of c, the last of
// which may not vary, row by row, and R², how much of the last one the others determine.
// It stops, and leaves 0, where a column is determined.
func triangle(c Covariance) (l []float64, r2 float64) {
	n := len(c.Mean)
	l, r := make([]float64, n*n), c.Correlation()
	for i := range n {
		if !(c.At(i, i) > 0) {
			return l, math.NaN()
		}
		sum := 0.0
		for j := range i {
			if l[j*n+j] == 0 {
				return l, r2
			}
			v := r[i*n+j]
			for m := range j {
				v -= float64(l[i*n+m] * l[j*n+m])
			}
			l[i*n+j] = v / l[j*n+j]
			sum += float64(l[i*n+j] * l[i*n+j])
		}
		l[i*n+i], r2 = math.Sqrt(max(1-sum, 0)), sum
	}
	return l, r2
}

// solve fills in coefficients and their covariance. The last row of l is y; above it
// L·Lᵀ are the correlations of the regressors.
func (g *Regression) solve(c Covariance, l []float64) {
	n := len(c.Mean)
	k := n - 1
	sd := make([]float64, n)
	for i := range sd {
		sd[i] = math.Sqrt(c.At(i, i))
	}
	g.Beta = backward(l, n, l[k*n:k*n+k])
	inverse := make([]float64, k*k) // of the covariance of the regressors, column by column
	for j := range k {
		unit := make([]float64, k)
		unit[j] = 1
		for i, v := range backward(l, n, forward(l, n, unit)) {
			inverse[i*k+j] = v / (sd[i] * sd[j])
		}
	}
	g.Coef, g.SE, g.Cov = make([]float64, n), make([]float64, n), make([]float64, n*n)
	g.Coef[0] = c.Mean[k]
	for i, b := range g.Beta {
		g.Coef[i+1] = b * sd[k] / sd[i]
		g.Coef[0] -= float64(g.Coef[i+1] * c.Mean[i])
		if !(sd[k] > 0) {
			g.Beta[i] = math.NaN()
		}
	}
	noise := g.Sigma * g.Sigma
	g.Cov[0] = noise / float64(g.N)
	for i := range k {
		for j := range k {
			v := noise * inverse[i*k+j] / float64(g.N-1)
			g.Cov[(i+1)*n+j+1] = v
			g.Cov[i+1] -= float64(v * c.Mean[j])
			g.Cov[0] += float64(v * c.Mean[i] * c.Mean[j])
		}
		g.Cov[(i+1)*n] = g.Cov[i+1]
	}
	for i := range g.SE {
		g.SE[i] = math.Sqrt(g.Cov[i*n+i])
	}
}

// forward solves L·x = b for the first len(b) rows of L, which has n columns.
func forward(l []float64, n int, b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i := range x {
		for j := range i {
			x[i] -= float64(l[i*n+j] * x[j])
		}
		x[i] /= l[i*n+i]
	}
	return x
}

// backward solves Lᵀ·x = b.
func backward(l []float64, n int, b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i := len(x) - 1; i >= 0; i-- {
		for j := i + 1; j < len(x); j++ {
			x[i] -= float64(l[j*n+i] * x[j])
		}
		x[i] /= l[i*n+i]
	}
	return x
}

// T returns the coefficient over its standard error, and the two-sided p-value of none;
// where there is no noise, T is infinite, or NaN for a coefficient of 0.
func (g Regression) T(coef int) (t, p float64) {
	t = g.Coef[coef] / g.SE[coef]
	return t, TTail(t, g.Degrees)
}

// Interval returns the confidence interval of a coefficient. The level is above 0 and
// below 1.
func (g Regression) Interval(coef int, level float64) (low, high float64) {
	half := StudentT(level, g.Degrees) * g.SE[coef]
	return g.Coef[coef] - half, g.Coef[coef] + half
}

// AdjustedR2 returns R² as the estimate of what another sample would show.
func (g Regression) AdjustedR2() float64 {
	return 1 - (1-g.R2)*float64(g.N-1)/g.Degrees
}

// F returns the test of no effect at all, with as many degrees of freedom as there are
// regressors, and those of the noise: the statistic and its p-value.
func (g Regression) F() (f, p float64) {
	k := float64(len(g.Coef) - 1)
	f = g.R2 / k / ((1 - g.R2) / g.Degrees)
	return f, FTail(f, k, g.Degrees)
}
