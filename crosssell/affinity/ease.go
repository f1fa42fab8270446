package affinity

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// EASEParams are those of a linear autoencoder. It is plain data.
type EASEParams struct {
	// Lambda is the λ that holds the weights down: finite, > 0. In customers: items that
	// fewer have get little weight.
	Lambda float64 `json:"lambda"`
	// MaxBytes bounds the memory, of which [EASEBytes] says how much it takes; nil: 1 GiB.
	MaxBytes *int64 `json:"max_bytes,omitempty"`
	// Workers is how many goroutines share the work, up to 64; 0 means one. The result is
	// the same for any number.
	Workers int `json:"workers,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p EASEParams) Validate() error {
	var l fault.List
	l.Check(p.Lambda > 0 && p.Lambda <= maxLambda, "Lambda", p.Lambda, "must be > 0 and at most 1e100")
	checkBytes(&l, p.MaxBytes)
	l.Check(p.Workers >= 0 && p.Workers <= maxWorkers, "Workers", p.Workers, "must be 0 to 64")
	return l.Err(room)
}

// maxLambda keeps the inverse within the range of float64.
const maxLambda = 1e100

// EASEBytes returns how many bytes a model of EASE for a number of items takes: 8·n², 68 MB
// for 2,923 items and 800 MB for 10,000; 512·n besides while it is made. It is 2⁶³−1 beyond
// that, and 0 below no items.
func EASEBytes(items int) int64 {
	n := int64(max(items, 0))
	if n >= 1<<30 {
		return math.MaxInt64
	}
	return 8 * n * n
}

// EASE fits the weights that predict best, in least squares, what customers have from
// all else they have. It fails as [EASEParams.Validate] does; with [relmark.ErrTooFew] for
// the zero Matrix; before any work with a [MemoryError] past MaxBytes, where
// [Matrix.Neighbours] is the way to go; with a [relmark.FieldError] where Lambda is so small
// that fewer than some four digits of the weights would be left, as items that the same
// customers have can hardly be told apart; and with the error of ctx, which it looks at
// every 64 items. It takes n³/2 multiplications for n items: a second or two for 2,923.
func (m *Matrix[U, I]) EASE(ctx context.Context, p EASEParams) (*Model[I], error) {
	if err := cmp.Or(p.Validate(), m.empty()); err != nil {
		return nil, err
	}
	n := len(m.items)
	budget := min(or(p.MaxBytes, defaultBytes), math.MaxInt)
	if needed := EASEBytes(n); needed > budget {
		return nil, &MemoryError{needed, budget}
	}
	x := square{make([]float64, n*n), n}
	m.gram(x, p.Lambda)
	norm := x.norm()
	ok, err := newInverter(x, p.Workers).invert(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", room, err)
	}
	if !ok || !(norm*x.norm() <= worstCondition) {
		return nil, invalid("Lambda", p.Lambda, "must be larger, as items are held by the same customers")
	}
	x.regress()
	t := make(table, n)
	for i := range t {
		t[i].line = x.line(i)
	}
	return &Model[I]{in: &m.incidence, table: t}, nil
}

// worstCondition is the greatest condition number of X'X + λI that leaves weights some four
// digits: of the sixteen, about as many are lost as it has itself.
const worstCondition = 1e11

// norm returns the greatest sum of the absolute values of a row, of a symmetric matrix of which the
// lower triangle is given. It is NaN or infinite if one of them is.
func (x square) norm() float64 {
	sums := make([]float64, x.n)
	for i := range x.n {
		line := x.line(i)[:i+1]
		for j, v := range line[:i] {
			sums[j] += math.Abs(v)
			sums[i] += math.Abs(v)
		}
		sums[i] += math.Abs(line[i])
	}
	most := 0.0
	for _, s := range sums {
		most = max(most, s)
	}
	return most
}

// gram fills the lower triangle of x with X′X + λI: what customers have in common of
// each two items, the lesser of the weights.
func (m *incidence[I]) gram(x square, lambda float64) {
	for u := range m.rows() {
		start, end := m.rowEnds[u], m.rowEnds[u+1]
		for k := start; k < end; k++ {
			line := x.line(int(m.cols[k]))
			for k2 := start; k2 <= k; k2++ {
				line[m.cols[k2]] += min(m.weight(k), m.weight(k2))
			}
		}
	}
	for i := range x.n {
		x.line(i)[i] += lambda
	}
}

// regress turns the lower triangle of an inverse P into B = −P / diag(P) by column, with
// diagonal 0. It goes by tiles that fit into the cache, as it reads rows and writes columns.
func (x square) regress() {
	diagonal := make([]float64, x.n)
	for i := range diagonal {
		diagonal[i] = x.line(i)[i]
		x.line(i)[i] = 0
	}
	for top := 0; top < x.n; top += side {
		for left := 0; left <= top; left += side {
			for i := top; i < min(top+side, x.n); i++ {
				line := x.line(i)
				for j := left; j < min(left+side, i); j++ {
					p := 0 - line[j] // no negative zeros
					line[j], x.cells[j*x.n+i] = p/diagonal[j], p/diagonal[i]
				}
			}
		}
	}
}
