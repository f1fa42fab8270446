package scale

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// leastUnique is the least share of an item's variance that a factor model leaves to it:
// one that would leave less is a Heywood case.
const leastUnique = 0.005

// An Omega is McDonald's reliability of the sum of all items under one factor. Lists are by
// item. It is plain data.
type Omega struct {
	N        int64   `json:"n"`
	Model    float64 `json:"model"`    // (Σλ)² over the variance of the sum in the model, (Σλ)² + Σψ
	Observed float64 `json:"observed"` // (Σλ)² over the variance of the sum in the data
	AVE      float64 `json:"ave"`      // average variance extracted: mean of λ² over the item's variance

	Loadings []float64 `json:"loadings"`          // λ, in points of the answers; their sum is positive
	Unique   []float64 `json:"unique"`            // ψ, variances
	Heywood  []int     `json:"heywood,omitempty"` // items held at the least ψ, half a per cent of their variance: no factor model fits

	ChiSquare float64 `json:"chi_square"` // n times the discrepancy of the likelihood
	DF        int     `json:"df"`
	P         float64 `json:"p"` // of one factor; 1 without degrees of freedom
}

// Omega fits one factor to three items or more by maximum likelihood, with variances of
// divisor n as the likelihood has them, and returns the reliability under it. Where the
// items have more than one factor in common the model does not fit (P), and the figure is
// of little worth. It fails with a [relmark.FieldError] for two items, or items that
// determine each other; with [relmark.ErrTooFew] unless there are more complete rows than
// items; and with [relmark.ErrNoConverge].
func (c Covariance) Omega() (Omega, error) {
	if err := c.factorable(); err != nil {
		return Omega{}, err
	}
	inverse, _, err := c.inverse()
	if err != nil {
		return Omega{}, err
	}
	r := c.correlations()
	x := make([]float64, c.size()) // logarithms of the shares that are an item's own
	for i := range x {
		x[i] = math.Log(max(min(1/inverse.At(i, i), 1)*(1-0.5/float64(c.size())), leastUnique))
	}
	floor := math.Log(leastUnique)
	s, rest, err := minimise(x, floor, 1e-13, func(x []float64) (surface, error) { return likelihood(r, x, 1) })
	if err != nil {
		return Omega{}, err
	}
	if !rest {
		return Omega{}, fmt.Errorf("%s: omega: %w", room, relmark.ErrNoConverge)
	}
	return c.omega(r, x, s.value)
}

// factorable fails where a factor has nothing to be found in.
func (c Covariance) factorable() error {
	if err := c.check(); err != nil {
		return err
	}
	if c.size() < 3 {
		return fault.Room(room, fault.New("Items", c.size(), "must number 3 or more for a factor"))
	}
	if c.of.N <= int64(c.size()) {
		return fmt.Errorf("%s: factors of %d items from %d complete rows: %w", room, c.size(), c.of.N, relmark.ErrTooFew)
	}
	return nil
}

// likelihood is the discrepancy of k factors with own variances e^x, at its least over the
// loadings: Σ(θ − ln θ − 1) over all but the k greatest eigenvalues θ of
// Ψ^(−½)·R·Ψ^(−½), with derivatives by x (Clarke 1970).
func likelihood(r *mat.SymDense, x []float64, k int) (surface, error) {
	p := len(x)
	scaled := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			scaled.SetSym(i, j, r.At(i, j)*math.Exp(-(x[i]+x[j])/2))
		}
	}
	e, err := decompose(scaled)
	if err != nil {
		return surface{}, err
	}
	s := surface{gradient: make([]float64, p), hessian: mat.NewSymDense(p, nil)}
	for _, t := range e.values[k:] {
		s.value += t - math.Log(t) - 1
	}
	w := e.vectors
	s.descent(w, k, func(m int) float64 { return 1 - e.values[m] })
	// Of two vectors past the first k, (a + b)/2 in either order.
	s.curve(mix(w, k, func(m int) float64 { return e.values[m] }), mix(w, k, one))
	s.cross(w, k, func(m, n int) float64 {
		a, b := e.values[m], e.values[n]
		return (a - 1) * (a + b) / (a - b)
	})
	return s, nil
}

// descent fills in a gradient Σ slope(m)·w(i,m)² over all but the first k vectors.
func (s *surface) descent(w *mat.Dense, k int, slope func(m int) float64) {
	p, _ := w.Dims()
	for m := k; m < p; m++ {
		f := slope(m)
		for i := range p {
			s.gradient[i] += f * w.At(i, m) * w.At(i, m)
		}
	}
}

// mix returns Σ weight(m)·w(i,m)·w(j,m) over all but the first k vectors.
func mix(w *mat.Dense, k int, weight func(m int) float64) *mat.Dense {
	p, _ := w.Dims()
	rest := w.Slice(0, p, k, p)
	scaled := mat.DenseCopyOf(rest)
	for i := range p {
		for m := k; m < p; m++ {
			scaled.Set(i, m-k, scaled.At(i, m-k)*weight(m))
		}
	}
	out := mat.NewDense(p, p, nil)
	out.Mul(scaled, rest.T())
	return out
}

func one(int) float64 { return 1 }

// curve adds the products of the elements of two symmetric matrices to the Hessian.
func (s *surface) curve(a, b *mat.Dense) {
	p := len(s.gradient)
	for i := range p {
		for j := i; j < p; j++ {
			s.hessian.SetSym(i, j, s.hessian.At(i, j)+a.At(i, j)*b.At(i, j))
		}
	}
}

// cross adds Σ weight(m, n)·w(i,m)·w(j,m)·w(i,n)·w(j,n) to the Hessian, n being one of the
// first k vectors and m another one.
func (s *surface) cross(w *mat.Dense, k int, weight func(m, n int) float64) {
	p := len(s.gradient)
	own := mat.NewDense(p, p, nil)
	for n := range k {
		own.Outer(1, w.ColView(n), w.ColView(n))
		s.curve(mix(w, k, func(m int) float64 { return weight(m, n) }), own)
	}
}

// omega returns what own variances e^x of correlations come to.
func (c Covariance) omega(r *mat.SymDense, x []float64, discrepancy float64) (Omega, error) {
	l, err := loadings(r, x, 1)
	if err != nil {
		return Omega{}, err
	}
	p, shrink := c.size(), float64(c.of.N-1)/float64(c.of.N)
	o := Omega{N: c.of.N, ChiSquare: float64(c.of.N) * max(discrepancy, 0), DF: p * (p - 3) / 2, P: 1}
	sum, own := 0.0, 0.0
	for i := range p {
		v := c.of.At(i, i) * shrink
		load, psi := l.At(i, 0)*math.Sqrt(v), math.Exp(x[i])*v
		o.Loadings, o.Unique = append(o.Loadings, load), append(o.Unique, psi)
		sum += load
		own += psi
		o.AVE += load * load / (load*load + psi) / float64(p)
		if x[i] <= math.Log(leastUnique) {
			o.Heywood = append(o.Heywood, i)
		}
	}
	o.Model, o.Observed = sum*sum/(sum*sum+own), sum*sum/(total(c.of.Cov)*shrink)
	if o.DF > 0 {
		o.P = distuv.ChiSquared{K: float64(o.DF)}.Survival(o.ChiSquare)
	}
	return o, nil
}

// loadings returns the loadings of k factors that go with own variances e^x: columns
// Ψ^½·w·√(θ − 1), their sums positive.
func loadings(r *mat.SymDense, x []float64, k int) (*mat.Dense, error) {
	p := len(x)
	scaled := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			scaled.SetSym(i, j, r.At(i, j)*math.Exp(-(x[i]+x[j])/2))
		}
	}
	e, err := decompose(scaled)
	if err != nil {
		return nil, err
	}
	l := mat.NewDense(p, k, nil)
	for f := range k {
		for i := range p {
			l.Set(i, f, math.Exp(x[i]/2)*e.vectors.At(i, f)*math.Sqrt(max(e.values[f]-1, 0)))
		}
		positive(l, f)
	}
	return l, nil
}

// positive turns a column so that its sum is not negative.
func positive(l *mat.Dense, f int) {
	p, _ := l.Dims()
	if mat.Sum(l.ColView(f)) < 0 {
		for i := range p {
			l.Set(i, f, -l.At(i, f))
		}
	}
}
