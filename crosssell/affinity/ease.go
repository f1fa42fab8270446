package affinity

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/relmark/relmark/internal/fault"
)

// EASEParams are those of a linear autoencoder. It is plain data.
type EASEParams struct {
	// Lambda is the λ that holds the weights down: finite, > 0. In customers: items that
	// fewer have get little weight.
	Lambda float64 `json:"lambda"`
	// MaxBytes bounds the memory, of which [EASEBytes] says how much it takes; nil: 1 GiB.
	MaxBytes *int64 `json:"max_bytes,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p EASEParams) Validate() error {
	var l fault.List
	l.Check(p.Lambda > 0 && p.Lambda <= maxLambda, "Lambda", p.Lambda, "must be > 0 and at most 1e100")
	checkBytes(&l, p.MaxBytes)
	return l.Err(room)
}

// maxLambda keeps the inverse within the range of float64.
const maxLambda = 1e100

// EASEBytes returns how many bytes a model of EASE for a number of items takes, while it
// is made and for good: 8·n², 68 MB for 2,923 items and 800 MB for 10,000. It is 2⁶³−1
// beyond that, and 0 below no items.
func EASEBytes(items int) int64 {
	n := int64(max(items, 0))
	if n > 1<<30 {
		return math.MaxInt64
	}
	return 8 * n * n
}

// EASE fits the weights that predict best, in least squares, what customers have from
// all else they have. It fails as [EASEParams.Validate] does; before any work with a
// [MemoryError] past MaxBytes, where [Matrix.Neighbours] is the way to go; with a
// [relmark.FieldError] where Lambda is too small for float64; and with the error of ctx,
// which it looks at between its steps. It takes O(n³) time for n items, in which
// gonum may use all processors.
func (m *Matrix[U, I]) EASE(ctx context.Context, p EASEParams) (*Model[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	n := len(m.items)
	budget := min(or(p.MaxBytes, defaultBytes), math.MaxInt)
	if needed := EASEBytes(n); needed > budget {
		return nil, &MemoryError{needed, budget}
	}
	t := dense{make([]float64, n*n), n}
	m.gram(t, p.Lambda)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", room, err)
	}
	upper := blas64.Symmetric{N: n, Stride: n, Uplo: blas.Upper, Data: t.weights}
	factor, ok := lapack64.Potrf(upper)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", room, err)
	}
	if ok {
		_, ok = lapack64.Potri(factor)
	}
	if !ok || !t.regress() {
		return nil, invalid("Lambda", p.Lambda, "must be larger, as items are held by the same customers")
	}
	return &Model[I]{in: &m.incidence, table: t}, nil
}

// gram fills the upper triangle with X′X + λI: what customers have in common of each two
// items, the lesser of the weights.
func (m *incidence[I]) gram(t dense, lambda float64) {
	for u := range m.rows() {
		start, end := m.rowEnds[u], m.rowEnds[u+1]
		for k := start; k < end; k++ {
			line := t.line(m.cols[k])
			for k2 := k; k2 < end; k2++ {
				line[m.cols[k2]] += min(m.weight(k), m.weight(k2))
			}
		}
	}
	for i := range int32(t.n) {
		t.line(i)[i] += lambda
	}
}

// regress turns the upper triangle of an inverse P into B = −P / diag(P) by column, with
// diagonal 0. It reports whether all of it is finite. It goes by squares that fit into
// the cache, as it reads rows and writes columns.
func (t dense) regress() bool {
	diagonal := make([]float64, t.n)
	for i := range diagonal {
		diagonal[i] = t.at(int32(i), int32(i))
	}
	const side = 64
	sound := true
	for top := 0; top < t.n; top += side {
		for left := top; left < t.n; left += side {
			for i := top; i < min(top+side, t.n); i++ {
				for j := max(left, i+1); j < min(left+side, t.n); j++ {
					p := t.weights[i*t.n+j]
					right, down := -p/diagonal[j], -p/diagonal[i]
					t.weights[i*t.n+j], t.weights[j*t.n+i] = right, down
					sound = sound && math.Abs(right) <= math.MaxFloat64 && math.Abs(down) <= math.MaxFloat64
				}
			}
		}
	}
	for i := range diagonal {
		t.weights[i*t.n+i] = 0
		sound = sound && diagonal[i] > 0
	}
	return sound
}
