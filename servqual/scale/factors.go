package scale

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Rotation says how factors are turned so that they can be named: all rotations fit
// alike. The zero Rotation is [Unrotated].
type Rotation string

// The rotations.
const (
	Unrotated Rotation = ""        // the first factor has most in common with all items, the next with what is left
	Varimax   Rotation = "varimax" // uncorrelated factors, each with few large loadings (Kaiser's normalisation)
	Oblimin   Rotation = "oblimin" // correlated factors, each item with few (direct quartimin)
)

func rotations() enum.Set[Rotation] { return enum.Of(Unrotated, Varimax, Oblimin) }

// Factors are what a few common factors explain of the correlations of items. Lists are by
// item, then by factor. It is plain data.
type Factors struct {
	N           int64       `json:"n"`
	Loadings    [][]float64 `json:"loadings"`          // of correlated factors the pattern: weights of the factors in an item
	Correlation [][]float64 `json:"correlation"`       // of the factors; the identity unless they are oblique
	Communality []float64   `json:"communality"`       // share of the item's variance that the factors explain
	Heywood     []int       `json:"heywood,omitempty"` // items that the factors would explain by more than 99.5 %, held there
	Residual    float64     `json:"residual"`          // root mean square of the correlations that are left
	DF          int         `json:"df"`                // correlations less free parameters
}

// Factors extracts k factors from the correlations by minimum residuals (minres, unweighted
// least squares: also the fixed point of principal axes) and rotates them. Without a
// rotation factors come by what they explain; rotated ones too, each column with a
// positive sum. It fails with a [relmark.FieldError] unless k is 1 or more and leaves
// degrees of freedom, and for an unknown rotation; with [relmark.ErrTooFew] unless there
// are more complete rows than items; with [relmark.ErrNoConverge], also where pairwise
// correlations have fewer than k factors. Rotated factors are a local optimum, reached
// from the unrotated ones.
func (c Covariance) Factors(k int, rotation Rotation) (Factors, error) {
	if err := c.factorable(); err != nil {
		return Factors{}, err
	}
	p := c.size()
	df := ((p-k)*(p-k) - p - k) / 2
	var l fault.List
	l.Check(k >= 1 && k < p && df >= 0, "K", k, fmt.Sprintf("must be 1 or more, and leave degrees of freedom of %d items", p))
	l.Join("", rotations().Check("Rotation", rotation))
	if err := l.Err(room); err != nil {
		return Factors{}, err
	}
	r := c.correlations()
	own, rest, err := minres(r, c.ownShares(), k)
	if err != nil {
		return Factors{}, err
	}
	load, ok, err := principal(r, own, k)
	if err != nil {
		return Factors{}, err
	}
	if !rest || !ok {
		return Factors{}, fmt.Errorf("%s: factors: %w", room, relmark.ErrNoConverge)
	}
	f := Factors{N: c.of.N, DF: df, Residual: residual(r, load)}
	for i, psi := range own {
		f.Communality = append(f.Communality, 1-psi)
		if psi <= leastUnique {
			f.Heywood = append(f.Heywood, i)
		}
	}
	return f, f.rotate(load, rotation)
}

// ownShares returns the share of each item that the others do not determine, or a half
// where that cannot be told.
func (c Covariance) ownShares() []float64 {
	own := slices.Repeat([]float64{0.5}, c.size())
	if inverse, _, err := c.inverse(); err == nil {
		for i := range own {
			own[i] = max(1/inverse.At(i, i), leastUnique)
		}
	}
	return own
}

// minres returns the own variances ψ at which k factors leave the least squares of
// residual correlations: half of Σθ² over all but the k greatest eigenvalues of R − Ψ.
// Where it comes to rest, the factors explain the whole of 1 − ψ (Harman and Jones 1966).
func minres(r *mat.SymDense, start []float64, k int) (own []float64, rest bool, err error) {
	_, rest, err = minimise(start, leastUnique, 1e-14*float64(len(start)), func(x []float64) (surface, error) {
		e, err := reduced(r, x)
		if err != nil {
			return surface{}, err
		}
		p := len(x)
		s := surface{gradient: make([]float64, p), hessian: mat.NewSymDense(p, nil)}
		for _, t := range e.values[k:] {
			s.value += t * t / 2
		}
		s.descent(e.vectors, k, func(m int) float64 { return -e.values[m] })
		rest := mix(e.vectors, k, one)
		s.curve(rest, rest)
		s.cross(e.vectors, k, func(m, n int) float64 { return 2 * e.values[m] / (e.values[m] - e.values[n]) })
		return s, nil
	})
	return start, rest, err
}

// reduced returns the eigenvalues of R less own variances.
func reduced(r *mat.SymDense, own []float64) (eigen, error) {
	m := mat.NewSymDense(len(own), nil)
	m.CopySym(r)
	for i, psi := range own {
		m.SetSym(i, i, r.At(i, i)-psi)
	}
	return decompose(m)
}

// principal returns the loadings of k factors that go with own variances, columns w·√θ
// with positive sums; false where there are fewer.
func principal(r *mat.SymDense, own []float64, k int) (l *mat.Dense, ok bool, err error) {
	e, err := reduced(r, own)
	if err != nil {
		return nil, false, err
	}
	p := len(own)
	l = mat.NewDense(p, k, nil)
	for f := range k {
		if !(e.values[f] > 1e-10) {
			return nil, false, nil
		}
		for i := range p {
			l.Set(i, f, e.vectors.At(i, f)*math.Sqrt(e.values[f]))
		}
		positive(l, f)
	}
	return l, true, nil
}

// residual is the root mean square of the correlations of different items that loadings
// leave.
func residual(r *mat.SymDense, l *mat.Dense) float64 {
	p, _ := l.Dims()
	var fit mat.Dense
	fit.Mul(l, l.T())
	sum := 0.0
	for i := range p {
		for j := range i {
			off := r.At(i, j) - fit.At(i, j)
			sum += off * off
		}
	}
	return math.Sqrt(sum / float64(p*(p-1)/2))
}

// rotate fills in loadings and correlations of rotated factors.
func (f *Factors) rotate(l *mat.Dense, rotation Rotation) error {
	_, k := l.Dims()
	phi := identity(k)
	switch rotation {
	case Unrotated:
	case Varimax:
		if k > 1 {
			varimax(l)
		}
	case Oblimin:
		if k > 1 {
			var ok bool
			if l, phi, ok = oblimin(l); !ok {
				return fmt.Errorf("%s: oblimin: %w", room, relmark.ErrNoConverge)
			}
		}
	}
	if rotation != Unrotated {
		l, phi = arrange(l, phi)
	}
	f.Loadings, f.Correlation = rows(l), rows(phi)
	return nil
}

// arrange orders rotated factors by what they explain, and turns those with a negative sum.
func arrange(l, phi *mat.Dense) (*mat.Dense, *mat.Dense) {
	p, k := l.Dims()
	var structure mat.Dense
	structure.Mul(l, phi)
	explained, order := make([]float64, k), make([]int, k)
	for f := range k {
		order[f] = f
		for i := range p {
			explained[f] += l.At(i, f) * structure.At(i, f)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case explained[a] > explained[b]:
			return -1
		case explained[a] < explained[b]:
			return 1
		}
		return 0
	})
	outL, outPhi, sign := mat.NewDense(p, k, nil), mat.NewDense(k, k, nil), make([]float64, k)
	for f, from := range order {
		sign[f] = 1
		if mat.Sum(l.ColView(from)) < 0 {
			sign[f] = -1
		}
		for i := range p {
			outL.Set(i, f, sign[f]*l.At(i, from))
		}
	}
	for f, from := range order {
		for g, other := range order {
			outPhi.Set(f, g, sign[f]*sign[g]*phi.At(from, other))
		}
	}
	return outL, outPhi
}

func identity(k int) *mat.Dense {
	m := mat.NewDense(k, k, nil)
	for i := range k {
		m.Set(i, i, 1)
	}
	return m
}

func rows(m *mat.Dense) [][]float64 {
	n, _ := m.Dims()
	list := make([][]float64, n)
	for i := range list {
		list[i] = slices.Clone(m.RawRowView(i))
	}
	return list
}
