package csi

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// maxRespondents bounds how many rows are added up.
const maxRespondents = math.MaxUint32

// Moments are what all respondents answered to the items of a model, added up: counts,
// sums and cross-products of complete rows, and of the others by pairs of items. They are
// all that a model is fitted to, and favour no rule for missing answers; [Options] do.
// Parts collected apart merge: to the last bit for scales and answers in whole numbers or
// halves, within 1e-12 for others.
//
// Obtain them from [Model.NewMoments]; models with other links or modes on items with the
// same scales may be fitted to the same ones. The zero Moments take no rows, but merge and
// decode. They are not safe for concurrent mutation.
type Moments struct {
	opaque

	columns  []column
	rows     int64
	complete int64
	full     sums      // of the rows that lack nothing
	partial  pairs     // of the others
	row      []float64 // being added
}

// sums are of rows that lack nothing, answers counted from the middle of their scales.
type sums struct {
	x  []float64 // by item
	xy []float64 // by item i and item j ≥ i
}

// pairs are of rows that have both of two items.
type pairs struct {
	n  []float64 // by i and j
	x  []float64 // Σx of i, by i and j
	xx []float64 // Σx² of i, by i and j
	xy []float64 // by i and j ≥ i; the rest is 0
}

func newMoments(columns []column) *Moments {
	k := len(columns)
	return &Moments{
		columns: columns, row: make([]float64, k),
		full:    sums{make([]float64, k), make([]float64, k*(k+1)/2)},
		partial: pairs{make([]float64, k*k), make([]float64, k*k), make([]float64, k*k), make([]float64, k*k)},
	}
}

// NewMoments returns moments of no respondents; zero Moments for the zero Model. Their
// memory grows with the square of the items, 20 kB for 24, and not with respondents.
func (m Model) NewMoments() *Moments {
	if m.plan == nil {
		return &Moments{}
	}
	return newMoments(m.plan.columns)
}

// Respondents returns how many rows were added.
func (a *Moments) Respondents() int64 { return a.rows }

// Complete returns how many rows lack no answer to an item of the model.
func (a *Moments) Complete() int64 { return a.complete }

// Missing returns how many answers to an item, by its position, are missing; false if it
// is no item of the model.
func (a *Moments) Missing(item int) (n int64, ok bool) {
	i := slices.IndexFunc(a.columns, func(c column) bool { return c.item == item })
	if i < 0 {
		return 0, false
	}
	return a.rows - a.complete - int64(a.partial.n[i*len(a.columns)+i]), true
}

// Add adds the row of one respondent, NaN where an answer is missing, and keeps no
// reference to it; other positions than those of the model may hold anything. It fails
// with a [relmark.FieldError], and leaves a as it was, if the row lacks a position or an
// answer is off its scale, and with [relmark.ErrLimit] after 4,294,967,295 rows. It takes
// time by the square of the items, and does not allocate.
func (a *Moments) Add(row []float64) error {
	if a.columns == nil {
		return errZero()
	}
	complete, err := read(a.columns, row, a.row)
	if err != nil {
		return fault.Room(room, fault.At("Row", err))
	}
	if a.rows >= maxRespondents {
		return errLimit()
	}
	a.add(a.row, complete)
	return nil
}

func errLimit() error { return fmt.Errorf("%s: respondents: %w", room, relmark.ErrLimit) }

// add adds what was read.
func (a *Moments) add(row []float64, complete bool) {
	a.rows++
	if complete {
		a.complete++
		a.full.add(row)
		return
	}
	a.partial.add(row)
}

// take adds a row that was read before.
func (a *Moments) take(row []float64) {
	a.add(row, !slices.ContainsFunc(row, math.IsNaN))
}

// add adds a row without gaps: Σx, and Σxy for each pair of items once.
func (s *sums) add(row []float64) {
	at := 0
	for i, x := range row {
		s.x[i] += x
		rest := row[i:]
		into := s.xy[at : at+len(rest)]
		for j, y := range rest {
			into[j] += float64(x * y)
		}
		at += len(rest)
	}
}

// add adds a row with gaps to the pairs of items that have no gap. Σx and Σx² are kept for
// each item by its partner, since they are sums over other rows with every partner.
func (p *pairs) add(row []float64) {
	k := len(row)
	for i, x := range row {
		if math.IsNaN(x) {
			continue
		}
		for j, y := range row {
			if math.IsNaN(y) {
				continue
			}
			at := i*k + j
			p.n[at]++
			p.x[at] += x
			p.xx[at] += float64(x * x)
			if j >= i {
				p.xy[at] += float64(x * y)
			}
		}
	}
}

// Merge adds the respondents of o, which stays as it is. The zero Moments and empty ones
// of the same items change nothing; zero a become a copy of o. It fails, and leaves a as
// they were, with a [relmark.FieldError] if o is nil or the items or their scales differ,
// and with [relmark.ErrLimit]. Merging is associative and commutative.
func (a *Moments) Merge(o *Moments) error {
	switch {
	case o == nil:
		return fault.Room(room, fault.New("Moments", nil, "must not be nil"))
	case o.columns == nil:
		return nil
	case a.columns != nil && !slices.Equal(a.columns, o.columns):
		return fault.Room(room, fault.New("Moments", nil, "must be of the same items and scales"))
	case a.rows+o.rows > maxRespondents:
		return errLimit()
	case a.columns == nil:
		*a = *newMoments(o.columns)
	}
	a.rows += o.rows
	a.complete += o.complete
	to := a.tables()
	for i, from := range o.tables() {
		for j, v := range from {
			to[i][j] += v
		}
	}
	return nil
}

// tables returns all sums, in the order in which they are stored.
func (a *Moments) tables() [6][]float64 {
	return [6][]float64{a.full.x, a.full.xy, a.partial.n, a.partial.x, a.partial.xx, a.partial.xy}
}

// reset makes a moments of no respondents.
func (a *Moments) reset() {
	a.rows, a.complete = 0, 0
	for _, t := range a.tables() {
		clear(t)
	}
}
