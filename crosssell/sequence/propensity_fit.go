package sequence

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Status says how a fit ended.
type Status string

// How a fit ends.
const (
	Converged     Status = "converged"      // the best parameters, with standard errors
	NotConverged  Status = "not_converged"  // it stopped short; the parameters are the best so far
	Separated     Status = "separated"      // without a penalty: some combination of features tells the answers apart, and the likelihood rises without end
	NotIdentified Status = "not_identified" // without a penalty: features depend on each other, so that many parameters do as well
	AtBoundary    Status = "at_boundary"    // the likelihood is highest where customers do not differ
)

// An Observation is a customer of the past: the features then, and whether the product was
// bought in the time that followed. It is plain data.
type Observation struct {
	X      []float64 `json:"x"`
	Bought bool      `json:"bought"`
}

// PropensityOptions steer a fit. It is plain data.
type PropensityOptions struct {
	// Lambda is the ridge penalty, Lambda/2 · Σ coef², 0 to 1e15; the intercept is free.
	// 0 is maximum likelihood.
	Lambda float64 `json:"lambda"`
	// Standardise applies the penalty to coefficients of features divided by their standard
	// deviation, so that it does not depend on units. Coefficients are as features come
	// in either case.
	Standardise   bool `json:"standardise,omitempty"`
	MaxIterations int  `json:"max_iterations,omitempty"` // 0 means 100
}

// Validate reports every rule that o breaks, joined into one error.
func (o PropensityOptions) Validate() error {
	var l fault.List
	l.Between("Lambda", o.Lambda, 0, most)
	l.Check(o.MaxIterations >= 0, "MaxIterations", o.MaxIterations, "must be 1 or more, or 0 for 100")
	return l.Err(room)
}

// A PropensityFit is a fitted model and how far to trust it. What to store of it is its
// Model: a fit itself has no JSON. Treat the slice as read-only.
type PropensityFit struct {
	opaque

	Model      Propensity
	Status     Status
	N, Bought  int
	LogLik     float64 // without the penalty
	Iterations int
	// StdErr of the intercept and of each coefficient: square roots of the diagonal of the
	// inverse information, penalty included, which is the standard deviation of the normal
	// approximation where the penalty is a prior; nil unless converged.
	StdErr []float64
}

// FitPropensity fits a model to the past by minimising
//
//	−Σ ln P(answer) + Lambda/2 · Σ coef²
//
// by Newton's method. It fails with a [relmark.FieldError] on features or observations that
// are outside the domain of [PropensityParams], with [relmark.ErrTooFew] where nobody or
// everybody bought, and with the error of ctx. Where there is no best fit, or none was
// found, the error is [relmark.ErrNoConverge] and the best so far comes with it; its Status
// says why. A penalty above 0 has a best fit always. It takes O(n·k²) time for each
// iteration with k features, and memory as the observations do.
func FitPropensity(ctx context.Context, features []string, past []Observation, o PropensityOptions) (PropensityFit, error) {
	if err := checkPast(features, past, o); err != nil {
		return PropensityFit{}, err
	}
	f := PropensityFit{N: len(past)}
	y := make([]float64, len(past))
	for i, p := range past {
		if p.Bought {
			y[i] = 1
			f.Bought++
		}
	}
	if f.Bought == 0 || f.Bought == f.N {
		return PropensityFit{}, fmt.Errorf("sequence: %d of %d bought: %w", f.Bought, f.N, relmark.ErrTooFew)
	}
	s := scale(past, len(features))
	l := newLogistic(s.rows(past), y, s.penalty(o))
	var err error
	if f.Status, f.Iterations, err = l.fit(ctx, maxIterations(o.MaxIterations)); err != nil {
		return PropensityFit{}, err
	}
	if o.Lambda == 0 && s.dependent(l.x) {
		f.Status = NotIdentified
	}
	if f.Status == Converged {
		if f.StdErr = s.spread(l); f.StdErr == nil {
			f.Status = NotIdentified
		}
	}
	f.LogLik = l.logLik(l.eta)
	intercept, coef := s.back(l.beta)
	p := PropensityParams{Features: features, Intercept: intercept, Coef: coef, Means: s.mean}
	if f.Model, err = NewPropensity(p); err != nil { // a coefficient is out of all bounds
		f.Status, f.StdErr = NotConverged, nil
	}
	if f.Status != Converged {
		return f, fmt.Errorf("sequence: fit: %s: %w", f.Status, relmark.ErrNoConverge)
	}
	return f, nil
}

func maxIterations(n int) int {
	if n == 0 {
		return 100
	}
	return n
}

func checkPast(features []string, past []Observation, o PropensityOptions) error {
	if err := o.Validate(); err != nil {
		return err
	}
	var l fault.List
	l.Names("Features", features)
	for i := range past {
		if l.Full() {
			break
		}
		checkNumbers(&l, fmt.Sprintf("Past[%d].X", i), past[i].X, len(features))
	}
	return l.Err(room)
}

// scaling centres and scales features, z = (x − mean)/sd, so that the search does not depend
// on units and the intercept hardly on the slopes. With β those of z, the coefficients of x are
// β/sd and the intercept is β₀ − Σ β·mean/sd; a penalty on β/sd is λ/sd² on β.
type scaling struct{ mean, sd []float64 }

func scale(past []Observation, k int) scaling {
	const least = 1e-100 // its square is a number
	s := scaling{make([]float64, k), make([]float64, k)}
	n := float64(len(past))
	for j := range k {
		for _, p := range past {
			s.mean[j] += p.X[j] / n
		}
		for _, p := range past {
			d := p.X[j] - s.mean[j]
			s.sd[j] += float64(d * d / n)
		}
		s.sd[j] = math.Sqrt(s.sd[j])
		if s.sd[j] < max(least, 1e-14*math.Abs(s.mean[j])) {
			s.sd[j] = 1 // it does not vary
		}
	}
	return s
}

func (s scaling) rows(past []Observation) [][]float64 {
	rows := make([][]float64, len(past))
	for i, p := range past {
		rows[i] = make([]float64, len(s.mean))
		for j, x := range p.X {
			rows[i][j] = (x - s.mean[j]) / s.sd[j]
		}
	}
	return rows
}

func (s scaling) penalty(o PropensityOptions) []float64 {
	out := make([]float64, len(s.sd))
	for j, sd := range s.sd {
		if out[j] = o.Lambda; !o.Standardise {
			out[j] /= sd * sd
		}
	}
	return out
}

// back returns intercept and coefficients of features as they come.
func (s scaling) back(beta []float64) (intercept float64, coef []float64) {
	intercept, coef = beta[0], make([]float64, len(s.sd))
	for j, sd := range s.sd {
		coef[j] = beta[j+1] / sd
		intercept -= float64(coef[j] * s.mean[j])
	}
	return intercept, coef
}

// spread returns the standard errors of features as they come, from the covariance of β by the
// same linear forms.
func (s scaling) spread(l *logistic) []float64 {
	cov := l.covariance()
	if cov == nil {
		return nil
	}
	to := slices.Repeat([]float64{0}, len(l.beta)) // from the intercept
	to[0] = 1
	for j := range s.sd {
		to[j+1] = -s.mean[j] / s.sd[j]
	}
	out := []float64{math.Sqrt(mat.Inner(mat.NewVecDense(len(to), to), cov, mat.NewVecDense(len(to), to)))}
	for j, sd := range s.sd {
		out = append(out, math.Sqrt(cov.At(j+1, j+1))/sd)
	}
	return out
}

// dependent reports whether some feature is constant or a combination of the others, to some
// eleven digits: whether their correlations, all but singular, do not say which of many
// parameters is meant.
func (s scaling) dependent(rows [][]float64) bool {
	k := len(s.sd)
	if k == 0 {
		return false
	}
	h := mat.NewSymDense(k, nil)
	for _, row := range rows {
		h.SymRankOne(h, 1/float64(len(rows)), mat.NewVecDense(k, row))
	}
	var chol mat.Cholesky
	return !chol.Factorize(h) || !(chol.Cond() < 1e11)
}
