package scale

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/exp/stats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Suitability says whether items have enough in common for factors. It is plain data.
type Suitability struct {
	N           int64     `json:"n"`
	KMO         float64   `json:"kmo"`        // Kaiser, Meyer, Olkin: squared correlations over those and squared partial ones, 0 to 1; below 0.5 leave it
	ItemKMO     []float64 `json:"item_kmo"`   // the same by item
	ChiSquare   float64   `json:"chi_square"` // Bartlett's test of no correlation at all
	DF          int       `json:"df"`
	P           float64   `json:"p"`
	Eigenvalues []float64 `json:"eigenvalues"` // of the correlations, the greatest first
}

// Suitability fails with a [relmark.FieldError] where items determine each other, and with
// [relmark.ErrTooFew] unless there are more complete rows than items. KMO of items without
// any correlation is NaN.
func (c Covariance) Suitability() (Suitability, error) {
	if err := c.check(); err != nil {
		return Suitability{}, err
	}
	p := c.size()
	if c.of.N <= int64(p) {
		return Suitability{}, fmt.Errorf("%s: correlations of %d items from %d complete rows: %w", room, p, c.of.N, relmark.ErrTooFew)
	}
	inverse, logDet, err := c.inverse()
	if err != nil {
		return Suitability{}, err
	}
	r := c.correlations()
	e, err := decompose(r)
	if err != nil {
		return Suitability{}, err
	}
	s := Suitability{N: c.of.N, DF: p * (p - 1) / 2, Eigenvalues: e.values}
	s.ChiSquare = max(-(float64(c.of.N-1)-float64(2*p+5)/6)*logDet, 0)
	s.P = distuv.ChiSquared{K: float64(s.DF)}.Survival(s.ChiSquare)
	s.kmo(r, inverse)
	return s, nil
}

// kmo fills in the shares of squared correlations.
func (s *Suitability) kmo(r, inverse *mat.SymDense) {
	p := r.SymmetricDim()
	all, partial := 0.0, 0.0
	for i := range p {
		own, ownPartial := 0.0, 0.0
		for j := range p {
			if i != j {
				own += r.At(i, j) * r.At(i, j)
				ownPartial += inverse.At(i, j) * inverse.At(i, j) / (inverse.At(i, i) * inverse.At(j, j))
			}
		}
		s.ItemKMO = append(s.ItemKMO, own/(own+ownPartial))
		all += own
		partial += ownPartial
	}
	s.KMO = all / (all + partial)
}

// A Parallel is how many factors there are by parallel analysis. It is plain data.
type Parallel struct {
	Factors     int       `json:"factors"`     // how many of the first eigenvalues exceed those of noise
	Eigenvalues []float64 `json:"eigenvalues"` // of the items' correlations, the greatest first
	Noise       []float64 `json:"noise"`       // the quantile of the same of uncorrelated normal items
}

// Parallel compares the eigenvalues of the correlations with those of as many uncorrelated
// items answered by as many rows (Horn 1965): factors are real as long as theirs exceed a
// quantile of chance, usually 0.95. Replicates of chance are drawn from rng, 20 to 10,000
// of them: as covariances of normal rows directly (Bartlett's decomposition), which takes
// time by items³ and none by row. It fails with a [relmark.FieldError] for other numbers,
// a quantile that is not 0.5 to 0.999 and a nil rng; with [relmark.ErrTooFew] unless there
// are more complete rows than items; and with the error of ctx, at which it looks once a
// replicate.
func (c Covariance) Parallel(ctx context.Context, replicates int, quantile float64, rng *rand.Rand) (Parallel, error) {
	if err := c.checkParallel(replicates, quantile, rng); err != nil {
		return Parallel{}, err
	}
	e, err := decompose(c.correlations())
	if err != nil {
		return Parallel{}, err
	}
	p := c.size()
	chance := make([][]float64, p)
	for range replicates {
		if err := ctx.Err(); err != nil {
			return Parallel{}, fmt.Errorf("%s: parallel analysis: %w", room, err)
		}
		values, err := noise(p, c.of.N, rng)
		if err != nil {
			return Parallel{}, err
		}
		for i, v := range values {
			chance[i] = append(chance[i], v)
		}
	}
	out := Parallel{Eigenvalues: e.values}
	for _, list := range chance {
		out.Noise = append(out.Noise, stats.Quantiles(list, quantile)[0])
	}
	for out.Factors < p && e.values[out.Factors] > out.Noise[out.Factors] {
		out.Factors++
	}
	return out, nil
}

func (c Covariance) checkParallel(replicates int, quantile float64, rng *rand.Rand) error {
	if err := c.check(); err != nil {
		return err
	}
	var l fault.List
	l.Check(replicates >= 20 && replicates <= 10_000, "Replicates", replicates, "must be 20 to 10000")
	l.Between("Quantile", quantile, 0.5, 0.999)
	l.Check(rng != nil, "Rand", nil, "must not be nil")
	if err := l.Err(room); err != nil {
		return err
	}
	if c.of.N <= int64(c.size()) {
		return fmt.Errorf("%s: parallel analysis of %d items from %d complete rows: %w", room, c.size(), c.of.N, relmark.ErrTooFew)
	}
	return nil
}

// noise returns the eigenvalues of the correlations of p independent normal items in n
// rows: covariances are L·Lᵀ with normal numbers below the diagonal of L and roots of
// chi-squares of n − 1, n − 2, … degrees of freedom on it.
func noise(p int, n int64, rng *rand.Rand) ([]float64, error) {
	l := mat.NewTriDense(p, mat.Lower, nil)
	for i := range p {
		l.SetTri(i, i, math.Sqrt(distuv.ChiSquared{K: float64(n - 1 - int64(i)), Src: rng}.Rand()))
		for j := range i {
			l.SetTri(i, j, rng.NormFloat64())
		}
	}
	var s mat.SymDense
	s.SymOuterK(1, l)
	r := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			r.SetSym(i, j, s.At(i, j)/math.Sqrt(s.At(i, i)*s.At(j, j)))
		}
	}
	var e mat.EigenSym
	if !e.Factorize(r, false) {
		return nil, fmt.Errorf("%s: eigenvalues: %w", room, relmark.ErrNoConverge)
	}
	values := e.Values(nil)
	slices.Reverse(values)
	return values, nil
}
