package scale

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Use says which rows covariances are taken from where answers are missing. The zero Use
// is [Listwise].
type Use string

// The rows to use.
const (
	Listwise Use = ""         // rows that lack nothing; the default
	Pairwise Use = "pairwise" // for each pair of items the rows that have both: more rows, and perhaps no possible covariances
)

func uses() enum.Set[Use] { return enum.Of(Listwise, Pairwise) }

// A Covariance is what the items of a battery have in common: all that reliability and
// factors are computed from. It is an immutable value, safe for concurrent use. Obtain one
// from [Answers.Covariance] or [FromMatrix]; the methods of the zero Covariance fail. It
// does not encode: store the [Answers].
type Covariance struct {
	opaque

	of       stat.Covariance // of the raw steps; N of complete rows
	rows     int64
	items    []Item
	pairwise bool
}

// An Item is what respondents answered on one item, whatever they left blank elsewhere;
// a reversed item is reversed. It is plain data.
type Item struct {
	N    int64   `json:"n"`
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
}

// Covariance returns the covariances of the items, with divisor n − 1, of the rows to use.
// It fails with a [relmark.FieldError] for an unknown use and for an item on which all
// gave one answer, which it names; and with [relmark.ErrTooFew] below two complete rows,
// or two for each pair of items where these are asked for.
func (a *Answers) Covariance(use Use) (Covariance, error) {
	if err := uses().Check("Use", use); err != nil {
		return Covariance{}, fault.Room(room, err)
	}
	if a.of == nil {
		return Covariance{}, errZero()
	}
	k, low := a.battery.Items(), float64(a.battery.plan.params.Low)
	pairs, n, enough := a.of.Pairwise()
	c := Covariance{rows: a.of.Rows(), pairwise: use == Pairwise, of: pairs}
	for i := range k {
		item := Item{N: n[i*k+i]}
		if item.N > 0 {
			item.Mean = pairs.Mean[i] + low
		}
		if item.N > 1 {
			item.SD = math.Sqrt(pairs.At(i, i))
		}
		c.items = append(c.items, item)
	}
	if use == Listwise {
		c.of, enough = a.of.Listwise()
	}
	if !enough {
		return Covariance{}, fmt.Errorf("%s: covariance from %d complete rows of %d: %w", room, a.of.Complete(), c.rows, relmark.ErrTooFew)
	}
	return c, c.vary()
}

// vary fails for items that do not vary.
func (c Covariance) vary() error {
	var l fault.List
	for i := range c.of.Mean {
		l.Check(c.of.At(i, i) > 0, fmt.Sprintf("Items[%d]", i), nil, "must vary: all rows have one answer")
	}
	return l.Err(room)
}

// FromMatrix returns the covariance of n rows that were published, or computed elsewhere:
// covariances with divisor n − 1, or correlations. It fails with a [relmark.FieldError]
// unless there are 2 to 100 items, n is 2 to 2^53, and the matrix is square, symmetric,
// finite within ±1e100, with variances of 1e-100 or more and no correlation beyond ±1.
func FromMatrix(n int64, matrix [][]float64) (Covariance, error) {
	var l fault.List
	k := len(matrix)
	l.Check(n >= 2 && n <= 1<<53, "N", n, "must be 2 to 2^53")
	l.Check(k >= minItems && k <= maxItems, "Matrix", k, "must have 2 to 100 rows")
	c := Covariance{rows: n, of: stat.Covariance{N: n, Mean: make([]float64, k)}}
	for i, row := range matrix[:min(k, maxItems)] {
		if len(row) != k {
			l.Add(fmt.Sprintf("Matrix[%d]", i), len(row), "must have as many columns as there are rows")
			continue
		}
		l.Between(fmt.Sprintf("Matrix[%d][%d]", i, i), row[i], 1e-100, 1e100)
	}
	if err := l.Err(room); err != nil {
		return Covariance{}, err
	}
	for i, row := range matrix {
		for j, v := range row {
			most := math.Sqrt(matrix[i][i]) * math.Sqrt(matrix[j][j]) * (1 + 1e-12)
			l.Check(v == matrix[j][i] && math.Abs(v) <= most, fmt.Sprintf("Matrix[%d][%d]", i, j), v, "must be symmetric and no correlation beyond ±1")
		}
		c.of.Cov = append(c.of.Cov, row...)
		c.items = append(c.items, Item{N: n, SD: math.Sqrt(row[i])})
	}
	return c, l.Err(room)
}

// Respondents returns how many rows there are in all, Complete how many lack nothing.
func (c Covariance) Respondents() int64 { return c.rows }

// Complete returns how many rows lack nothing: the n of every test and interval, whatever
// the rows in use.
func (c Covariance) Complete() int64 { return c.of.N }

// Items returns what each item has.
func (c Covariance) Items() []Item { return slices.Clone(c.items) }

// At returns the covariance of two items by their order in the battery; NaN if there is no
// such item.
func (c Covariance) At(i, j int) float64 {
	if k := c.size(); i < 0 || j < 0 || i >= k || j >= k {
		return math.NaN()
	}
	return c.of.At(i, j)
}

// Correlation returns the correlation of two items; NaN if there is no such item.
func (c Covariance) Correlation(i, j int) float64 {
	v := c.At(i, j)
	if i == j && !math.IsNaN(v) {
		return 1
	}
	return v / (math.Sqrt(c.At(i, i)) * math.Sqrt(c.At(j, j)))
}

// size returns the number of items.
func (c Covariance) size() int { return len(c.of.Mean) }

// check fails for the zero Covariance.
func (c Covariance) check() error {
	if c.size() == 0 {
		return fault.Room(room, fault.New("Covariance", nil, "must come from answers or a matrix"))
	}
	return nil
}

// correlations returns the correlations for gonum.
func (c Covariance) correlations() *mat.SymDense {
	return mat.NewSymDense(c.size(), c.of.Correlation())
}

// Against returns the items that run against the others, in ascending order: on the first
// principal component of the correlations, where most have one sign, they have the other.
// They are worded negatively and were not declared so, or measure something else; nothing
// is reversed. It fails for the zero Covariance.
func (c Covariance) Against() ([]int, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	e, err := decompose(c.correlations())
	if err != nil {
		return nil, err
	}
	sum := 0.0
	for i := range c.size() {
		sum += e.vectors.At(i, 0)
	}
	var against []int
	for i := range c.size() {
		if e.vectors.At(i, 0)*sum < 0 {
			against = append(against, i)
		}
	}
	return against, nil
}

// An eigen holds eigenvalues, the greatest first, and their vectors by column.
type eigen struct {
	values  []float64
	vectors *mat.Dense
}

// decompose returns the eigenvalues of a matrix. It fails where they do not converge, which
// finite numbers do not let happen.
func decompose(m mat.Symmetric) (eigen, error) {
	var s mat.EigenSym
	if !s.Factorize(m, true) {
		return eigen{}, fmt.Errorf("%s: eigenvalues: %w", room, relmark.ErrNoConverge)
	}
	values := s.Values(nil)
	slices.Reverse(values)
	var v mat.Dense
	s.VectorsTo(&v)
	k, _ := v.Dims()
	turned := mat.NewDense(k, k, nil)
	for j := range k {
		for i := range k {
			turned.Set(i, j, v.At(i, k-1-j))
		}
	}
	return eigen{values, turned}, nil
}

// inverse returns the inverse of a correlation matrix and the logarithm of its determinant.
// It fails with a [relmark.FieldError] where one item is determined by others, or where
// pairwise correlations are of no possible data.
func (c Covariance) inverse() (*mat.SymDense, float64, error) {
	var chol mat.Cholesky
	if !chol.Factorize(c.correlations()) || chol.Cond() > 1e12 {
		rule := "must not be determined by each other"
		if c.pairwise {
			rule = "must not be determined by each other, nor their pairwise correlations impossible: use complete rows"
		}
		return nil, 0, fault.Room(room, fault.New("Items", c.size(), rule))
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return nil, 0, fault.Room(room, fault.New("Items", c.size(), "must not be determined by each other"))
	}
	return &inverse, chol.LogDet(), nil
}
