package affinity

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

const (
	side  = 64  // rows and columns of a tile
	depth = 256 // columns of a panel that are multiplied at once: side rows of them stay in the cache
)

// A square is a matrix of n by n cells, row after row.
type square struct {
	cells []float64
	n     int
}

func (x square) line(i int) []float64 { return x.cells[i*x.n:][:x.n:x.n] }

// An inverter turns a symmetric positive definite matrix A into its inverse, in place: it
// reads and writes the lower triangle of x, and needs the upper one, which is 0 at first. It
// goes by tiles, which the letters stand for, and makes two passes:
//
//	A = L·L′      L(i, j) = (A(i, j) − Σ L(i, k)·L(j, k)′) · L(j, j)⁻′   k < j
//	U = L⁻′       U(i, j) = (0 − Σ U(i, k)·L(j, k)′) · L(j, j)⁻′         i ≤ k < j
//	A⁻¹ = U·U′    A⁻¹(i, j) = Σ U(i, k)·U(j, k)′                         k ≥ i
//
// with L below the diagonal and U on it and above. Of each product both sides are rows. So
// nearly all of some n³/2 multiplications are those of a few rows with a vector, which gonum
// has a fast kernel for: twice as fast as its product of two matrices.
type inverter struct {
	x       square
	workers int // 0 is one
	panel   panel
	corner  []float64 // L(j, j)⁻¹ of the tile at hand
}

func newInverter(x square, workers int) *inverter {
	return &inverter{
		x: x, workers: workers,
		panel: panel{cells: make([]float64, min(side, x.n)*x.n)}, corner: make([]float64, side*side),
	}
}

// invert reports whether A is positive definite; x is of no use if it is not, nor with an
// error, which is that of ctx. It looks at that once for each row of tiles.
func (v *inverter) invert(ctx context.Context) (ok bool, err error) {
	for j := 0; j < v.x.n; j += side {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if !v.eliminate(j, min(side, v.x.n-j)) {
			return false, nil
		}
	}
	for j := 0; j < v.x.n; j += side {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		v.multiply(j, min(side, v.x.n-j))
	}
	return true, nil
}

// eliminate computes L(i, j) and U(i, j) of all rows for the tiles from column j on.
func (v *inverter) eliminate(j, width int) (ok bool) {
	v.panel.take(v.x, j, width, 0, j)
	v.panel.add(-1, v.x, j, 0, v.x.cells[j*v.x.n+j:], v.x.n)
	if !v.turn(j, width) {
		return false
	}
	v.each(func(i int) {
		if i == j {
			return
		}
		from := 0
		if i < j {
			from = i
		}
		v.panel.add(-1, v.x, i, from, v.x.cells[i*v.x.n+j:], v.x.n)
		tile := make([]float64, width)
		for r := i; r < min(i+side, v.x.n); r++ {
			c := v.x.line(r)[j : j+width]
			copy(tile, c)
			apply(1, v.corner, width, tile, 0, c)
		}
	})
	return true
}

// turn turns a tile on the diagonal, less what was eliminated, into U(j, j), by way of
// L(j, j) and its inverse.
func (v *inverter) turn(j, width int) (ok bool) {
	corner := v.corner[:width*width]
	for r := range width {
		copy(corner[r*width:][:width], v.x.line(j + r)[j:])
	}
	factor, ok := lapack64.Potrf(blas64.Symmetric{Uplo: blas.Lower, N: width, Stride: width, Data: corner})
	if !ok {
		return false
	}
	lapack64.Trtri(factor) // never fails: no cell on the diagonal is 0
	for r := range width {
		line := v.x.line(j + r)[j : j+width]
		for c := range width {
			line[c] = 0
			if c >= r {
				line[c] = corner[c*width+r]
			}
			if c > r {
				corner[r*width+c] = 0
			}
		}
	}
	return true
}

// multiply computes A⁻¹(i, j) of the rows i ≥ j for the tiles from column j on. Later steps no
// longer need U(j, k).
func (v *inverter) multiply(j, width int) {
	v.panel.take(v.x, j, width, j, v.x.n)
	v.each(func(i int) {
		if i < j {
			return
		}
		tile := make([]float64, side*width)
		v.panel.add(1, v.x, i, i, tile, width)
		for r := i; r < min(i+side, v.x.n); r++ {
			copy(v.x.line(r)[j:j+width], tile[(r-i)*width:])
		}
	})
}

// each calls f for the first row of each row of tiles, from several goroutines.
func (v *inverter) each(f func(i int)) {
	var next atomic.Int64
	work := func() {
		for i := next.Add(side) - side; i < int64(v.x.n); i = next.Add(side) - side {
			f(int(i))
		}
	}
	var others sync.WaitGroup
	for range v.workers - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
}

// A panel is a copy of a few rows of a square, of the columns from … to: depth columns
// after depth columns.
type panel struct {
	cells          []float64
	rows, from, to int
}

// take copies some rows of x.
func (p *panel) take(x square, top, rows, from, to int) {
	p.rows, p.from, p.to = rows, from, to
	at := 0
	for k := from; k < to; k += depth {
		for r := range rows {
			at += copy(p.cells[at:], x.line(top + r)[k:min(k+depth, to)])
		}
	}
}

// add adds the products of the rows of x from top on, of a tile, with those of the panel,
// times alpha, to the rows of a sum. It takes the columns from the given one on.
func (p *panel) add(alpha float64, x square, top, from int, sum []float64, stride int) {
	for k := p.from; k < p.to; k += depth {
		start, end := max(k, from), min(k+depth, p.to)
		if start >= end {
			continue
		}
		rows := p.cells[(k-p.from)*p.rows+start-k:]
		for r := top; r < min(top+side, x.n); r++ {
			apply(alpha, rows, end-k, x.line(r)[start:end], 1, sum[(r-top)*stride:][:p.rows])
		}
	}
}

// hasKernel says whether gonum multiplies by vector instructions.
const hasKernel = runtime.GOARCH == "amd64"

// apply sets y to beta times y plus alpha times the products of so many rows with x.
func apply(alpha float64, rows []float64, stride int, x []float64, beta float64, y []float64) {
	if !hasKernel {
		applyPlain(alpha, rows, stride, x, beta, y)
		return
	}
	blas64.Gemv(blas.NoTrans, alpha, blas64.General{Rows: len(y), Cols: len(x), Stride: stride, Data: rows},
		blas64.Vector{N: len(x), Inc: 1, Data: x}, beta, blas64.Vector{N: len(y), Inc: 1, Data: y})
}

// applyPlain is apply in Go. It takes three rows at once: a sum waits for each of its
// additions. The last row may be taken again, with the same result.
func applyPlain(alpha float64, rows []float64, stride int, x []float64, beta float64, y []float64) {
	for i := 0; i < len(y); i += 3 {
		j, k := min(i+1, len(y)-1), min(i+2, len(y)-1)
		a, b, c := dots(rows[i*stride:], rows[j*stride:], rows[k*stride:], x)
		y[i], y[j], y[k] = beta*y[i]+alpha*a, beta*y[j]+alpha*b, beta*y[k]+alpha*c
	}
}

// dots returns the products of the beginnings of three rows with x.
func dots(a, b, c, x []float64) (p, q, r float64) {
	a, b, c = a[:len(x)], b[:len(x)], c[:len(x)]
	for i, v := range x {
		p += a[i] * v
		q += b[i] * v
		r += c[i] * v
	}
	return p, q, r
}
