package affinity

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
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
	if n >= 1<<30 {
		return math.MaxInt64
	}
	return 8 * n * n
}

// EASE fits the weights that predict best, in least squares, what customers have from
// all else they have. It fails as [EASEParams.Validate] does; before any work with a
// [MemoryError] past MaxBytes, where [Matrix.Neighbours] is the way to go; with a
// [relmark.FieldError] where Lambda is so small that fewer than some four digits of the weights
// would be left, as items that the same customers have can hardly be told apart; and with the error of ctx,
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
	x := square{make([]float64, n*n), n}
	m.gram(x, p.Lambda)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", room, err)
	}
	factor, ok := x.factorise()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", room, err)
	}
	if ok {
		_, ok = lapack64.Potri(factor)
	}
	if !ok || !x.regress() {
		return nil, invalid("Lambda", p.Lambda, "must be larger, as items are held by the same customers")
	}
	t := make(table, n)
	for i := range t {
		t[i].line = x.line(i)
	}
	return &Model[I]{in: &m.incidence, table: t}, nil
}

// A square is a matrix of n by n cells, row after row.
type square struct {
	cells []float64
	n     int
}

func (x square) line(i int) []float64 { return x.cells[i*x.n:][:x.n:x.n] }

// leastCondition is the least reciprocal condition number of X'X + λI that leaves weights some
// four digits: about log₁₀ of it many of the sixteen are lost.
const leastCondition = 1e-11

// factorise turns the upper triangle into its Cholesky factor. It reports whether it is well
// enough conditioned: a matrix that is all but singular has a factor, too, of rounding errors.
func (x square) factorise() (factor blas64.Triangular, ok bool) {
	upper := blas64.Symmetric{N: x.n, Stride: x.n, Uplo: blas.Upper, Data: x.cells}
	work := make([]float64, 3*x.n)
	norm := lapack64.Lansy(lapack.MaxColumnSum, upper, work)
	if factor, ok = lapack64.Potrf(upper); !ok {
		return factor, false
	}
	return factor, lapack64.Pocon(upper, norm, work, make([]int, x.n)) >= leastCondition
}

// gram fills the upper triangle of x with X′X + λI: what customers have in common of
// each two items, the lesser of the weights.
func (m *incidence[I]) gram(x square, lambda float64) {
	for u := range m.rows() {
		start, end := m.rowEnds[u], m.rowEnds[u+1]
		for k := start; k < end; k++ {
			line := x.line(int(m.cols[k]))
			for k2 := k; k2 < end; k2++ {
				line[m.cols[k2]] += min(m.weight(k), m.weight(k2))
			}
		}
	}
	for i := range x.n {
		x.line(i)[i] += lambda
	}
}

// regress turns the upper triangle of an inverse P into B = −P / diag(P) by column, with
// diagonal 0. It reports whether all of it is finite. It goes by tiles that fit into the
// cache, as it reads rows and writes columns.
func (x square) regress() bool {
	diagonal := make([]float64, x.n)
	sound := true
	for i := range diagonal {
		diagonal[i] = x.line(i)[i]
		sound = sound && diagonal[i] > 0
	}
	const side = 64
	for top := 0; top < x.n; top += side {
		for left := top; left < x.n; left += side {
			sound = x.tile(diagonal, top, left, side) && sound
		}
	}
	for i := range diagonal {
		x.line(i)[i] = 0
	}
	return sound
}

// tile does a part of regress: so many rows from top on, columns from left on.
func (x square) tile(diagonal []float64, top, left, side int) bool {
	sound := true
	for i := top; i < min(top+side, x.n); i++ {
		line := x.line(i)
		for j := max(left, i+1); j < min(left+side, x.n); j++ {
			right, down := 0-line[j]/diagonal[j], 0-line[j]/diagonal[i] // no negative zeros
			line[j], x.cells[j*x.n+i] = right, down
			sound = sound && math.Abs(right) <= math.MaxFloat64 && math.Abs(down) <= math.MaxFloat64
		}
	}
	return sound
}
