package profitchain

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const (
	maxPeriod = 1_000_000_000
	maxRows   = 10_000_000
)

// A Row is what was measured in one unit, such as a branch, in one period. It is plain data.
type Row[U relmark.ID] struct {
	Unit   U          `json:"unit"`
	Period int        `json:"period"` // counted by the host: months, quarters; within ±1e9
	Values []*float64 `json:"values"` // one for each measure, nil where it was not measured; within ±1e50
}

// A Panel holds what was measured in units and periods. Rows of one unit and period from
// several sources, such as personnel and accounts, fill each other's gaps; a measure that two
// of them give is an error. Obtain one from [NewPanel]; the zero Panel takes no rows, but
// merges and decodes. It keeps every row, as lags join them. It is not safe for concurrent
// mutation.
type Panel[U relmark.ID] struct {
	opaque

	measures []string
	at       map[cell[U]]int // of its values
	cells    []cell[U]
	values   []float64 // by cell and measure; NaN where it was not measured
}

// A cell is a unit in a period.
type cell[U relmark.ID] struct {
	unit   U
	period int
}

// NewPanel returns a panel of no rows. It fails with a [relmark.FieldError] unless there are 1
// to 1000 measures, each with a name of its own of 1 to 200 bytes of UTF-8.
func NewPanel[U relmark.ID](measures ...string) (*Panel[U], error) {
	var l fault.List
	checkNames(&l, "Measures", measures)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	return &Panel[U]{measures: slices.Clone(measures), at: map[cell[U]]int{}}, nil
}

// Collect returns the panel of a stream of rows. It fails as [NewPanel] and [Panel.Add] do, and
// with the stream's first error.
func Collect[U relmark.ID](measures []string, rows iter.Seq2[Row[U], error]) (*Panel[U], error) {
	p, err := NewPanel[U](measures...)
	if err != nil {
		return nil, err
	}
	n := 0
	for row, err := range rows {
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", room, n, err)
		}
		if err := p.Add(row); err != nil {
			return nil, fmt.Errorf("row %d: %w", n, err)
		}
		n++
	}
	return p, nil
}

// Measures returns the names of the measures, in order.
func (p *Panel[U]) Measures() []string { return slices.Clone(p.measures) }

// Len returns how many units with a period there are.
func (p *Panel[U]) Len() int { return len(p.cells) }

// Add adds a row, or fills the gaps of the one that is there, and keeps no reference to it. It
// fails with a [relmark.FieldError], and changes nothing, unless the row is as [Row] says, with
// a unit that is UTF-8, and gives no measure for a second time; with [relmark.ErrLimit] past
// 1e7 rows.
func (p *Panel[U]) Add(row Row[U]) error {
	if err := p.check(row); err != nil {
		return fault.Room(room, err)
	}
	to, err := p.place(cell[U]{row.Unit, row.Period})
	if err != nil {
		return err
	}
	for i, v := range row.Values {
		if v != nil {
			to[i] = *v
		}
	}
	return nil
}

func (p *Panel[U]) check(row Row[U]) error {
	var l fault.List
	l.Check(codec.IsUTF8(&row.Unit), "Unit", nil, "must be UTF-8")
	l.Check(row.Period >= -maxPeriod && row.Period <= maxPeriod, "Period", row.Period, "must be within ±1e9")
	if len(p.measures) == 0 || len(row.Values) != len(p.measures) {
		l.Add("Values", len(row.Values), "must be one of each measure of the panel")
		return l.Err("")
	}
	held := p.held(cell[U]{row.Unit, row.Period})
	for i, v := range row.Values {
		switch {
		case v == nil:
		case !inRange(*v):
			l.Add(fault.Item("Values", i), *v, rangeRule)
		case held != nil && !math.IsNaN(held[i]):
			l.Add(fault.Item("Values", i), nil, "must be given once for a unit and period")
		}
	}
	return l.Err("")
}

// held returns the values of a cell, nil if there are none.
func (p *Panel[U]) held(c cell[U]) []float64 {
	at, ok := p.at[c]
	if !ok {
		return nil
	}
	return p.values[at:][:len(p.measures)]
}

// place returns where the values of a cell go, and makes it.
func (p *Panel[U]) place(c cell[U]) ([]float64, error) {
	if held := p.held(c); held != nil {
		return held, nil
	}
	if len(p.cells) >= maxRows {
		return nil, fault.Room(room, relmark.ErrLimit)
	}
	p.at[c] = len(p.values)
	p.cells = append(p.cells, c)
	for range p.measures {
		p.values = append(p.values, math.NaN())
	}
	return p.values[len(p.values)-len(p.measures):], nil
}

// Merge adds the rows of o, which stays as it is. The zero Panel changes nothing, and becomes a
// copy of o. It fails, and changes nothing, with a [relmark.FieldError] if o is nil, has other
// measures or gives a measure of a unit and period that is there already, and with
// [relmark.ErrLimit]. It is associative and commutative.
func (p *Panel[U]) Merge(o *Panel[U]) error {
	switch {
	case o == nil:
		return broken("Panel", nil, "must not be nil")
	case o.measures == nil:
		return nil
	case p.measures != nil && !slices.Equal(p.measures, o.measures):
		return broken("Measures", nil, "must be the same in both")
	}
	fresh := 0
	for _, c := range o.cells {
		held, given := p.held(c), o.held(c)
		if held == nil {
			fresh++
		}
		for i, v := range held {
			if !math.IsNaN(v) && !math.IsNaN(given[i]) {
				return broken("Values", nil, "must be given once for a unit and period")
			}
		}
	}
	if len(p.cells)+fresh > maxRows {
		return fault.Room(room, relmark.ErrLimit)
	}
	if p.measures == nil {
		p.measures, p.at = slices.Clone(o.measures), map[cell[U]]int{}
	}
	for _, c := range o.cells {
		to, _ := p.place(c)
		for i, v := range o.held(c) {
			if !math.IsNaN(v) {
				to[i] = v
			}
		}
	}
	return nil
}

// Rows yields the rows by unit and period, in ascending order, each with values of its own.
func (p *Panel[U]) Rows() iter.Seq[Row[U]] {
	return func(yield func(Row[U]) bool) {
		for _, c := range p.sorted() {
			row := Row[U]{c.unit, c.period, make([]*float64, len(p.measures))}
			for i, v := range p.held(c) {
				if !math.IsNaN(v) {
					row.Values[i] = new(v)
				}
			}
			if !yield(row) {
				return
			}
		}
	}
}

// sorted returns the cells by unit and period.
func (p *Panel[U]) sorted() []cell[U] {
	cells := slices.Clone(p.cells)
	slices.SortFunc(cells, func(a, b cell[U]) int {
		return cmp.Or(cmp.Compare(a.unit, b.unit), cmp.Compare(a.period, b.period))
	})
	return cells
}

// column returns the place of a measure; false if the panel has none of the name.
func (p *Panel[U]) column(name string) (int, bool) {
	i := slices.Index(p.measures, name)
	return max(i, 0), i >= 0
}
