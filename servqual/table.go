package servqual

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/stat"
)

// A table adds up rows of columns that may be blank, with the sums of the products of any
// two, apart for each set of columns that rows have. Whatever is asked of some columns is
// then of exactly the rows that have them all.
type table struct {
	names   []string // of the columns asked, then of those worked out
	ends    []ends
	units   []uint64 // values are whole numbers over these
	asked   int
	derived [][2]int // one column asked less another, of one unit
	rows    uint64
	parts   map[part]*stat.Cross
}

// A part is of the rows that have the same columns, which are bits, and the same sign.
type part struct {
	has  uint64
	sign int8
}

func newTable(names []string, scales []ends, units []uint64) table {
	return table{names: names, ends: scales, units: units, asked: len(names), parts: map[part]*stat.Cross{}}
}

// derive adds a column worked out of two others, if both are there.
func (t *table) derive(name, of, less string) (place int) {
	d := [2]int{slices.Index(t.names, of), slices.Index(t.names, less)}
	if d[0] < 0 || d[1] < 0 {
		return -1
	}
	a, b := t.ends[d[0]], t.ends[d[1]]
	t.names = append(t.names, name)
	t.ends = append(t.ends, ends{a.low - b.high, a.high - b.low, true})
	t.units = append(t.units, t.units[d[0]])
	t.derived = append(t.derived, d)
	return len(t.names) - 1
}

// add adds a row, in which columns that are not there are 0.
func (t *table) add(at part, row []int64) {
	if t.parts[at] == nil {
		t.parts[at] = stat.NewCross(t.asked)
	}
	t.parts[at].Add(row)
	t.rows++
}

// merge adds the rows of a table of the same columns.
func (t *table) merge(o *table) {
	for at, c := range o.parts {
		if t.parts[at] == nil {
			t.parts[at] = stat.NewCross(t.asked)
		}
		t.parts[at].Merge(c)
	}
	t.rows += o.rows
}

// all stands for any sign.
const all int8 = -1

// of adds up the rows that have some columns, and a sign.
func (t *table) of(columns []int, sign int8) *stat.Cross {
	needed := t.needed(columns)
	sum := stat.NewCross(t.asked)
	for at, c := range t.parts {
		if at.has&needed == needed && (sign == all || sign == at.sign) {
			sum.Merge(c)
		}
	}
	return sum.WithDifferences(t.derived...)
}

// needed returns the columns asked that some columns are made of, as bits.
func (t *table) needed(columns []int) (bits uint64) {
	for _, c := range columns {
		if i := c - t.asked; i >= 0 {
			bits |= 1<<t.derived[i][0] | 1<<t.derived[i][1]
		} else {
			bits |= 1 << c
		}
	}
	return bits
}

// column returns the place of a column by name.
func (t *table) column(field, name string) (int, error) {
	if at := slices.Index(t.names, name); at >= 0 {
		return at, nil
	}
	return 0, broken(field, nil, "must be one of the columns")
}

// columns returns the places of several columns, all different, also from some others.
func (t *table) columns(field string, names []string, others ...int) ([]int, error) {
	list := others
	for i, name := range names {
		at := fmt.Sprintf("%s[%d]", field, i)
		place, err := t.column(at, name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, place) {
			return nil, broken(at, nil, "must differ from those before it")
		}
		list = append(list, place)
	}
	return list, nil
}

// named describes a column by its name.
func (t *table) named(column string) (Stat, error) {
	at, err := t.column("Column", column)
	if err != nil {
		return Stat{}, err
	}
	return t.score(t.of([]int{at}, all), at), nil
}

// score describes a column of some rows.
func (t *table) score(rows *stat.Cross, column int) Stat {
	return Stat{of: rows.Summary(column, t.units[column]), ends: t.ends[column]}
}

// A fit is a regression with what it was computed from.
type fit struct {
	Regression
	raw        stat.Regression
	covariance stat.Covariance
	columns    []int // y, then x
}

// mostRegressors bounds a regression.
const mostRegressors = 47

// fit fits column y to others.
func (t *table) fit(y string, x []string, level float64) (fit, error) {
	if err := checkLevel(level); err != nil {
		return fit{}, err
	}
	if len(x) == 0 || len(x) > mostRegressors {
		return fit{}, broken("X", len(x), "must number 1 to 47")
	}
	at, err := t.column("Y", y)
	if err != nil {
		return fit{}, err
	}
	f := fit{}
	if f.columns, err = t.columns("X", x, at); err != nil {
		return fit{}, err
	}
	rows := t.of(f.columns, all)
	covariance, ok := rows.Covariance(t.units)
	if !ok {
		return fit{}, few("regression on %d respondents", rows.N())
	}
	f.covariance = covariance
	f.Regression, f.raw, err = regression(covariance, at, f.columns[1:], x, level)
	return f, err
}

// against tests the mean of differences within the same respondents against 0.
func against(d Stat, level float64) (Change, error) {
	low, high, err := d.Interval(level)
	if err != nil {
		return Change{}, err
	}
	mean, _ := d.Mean()
	se, _ := d.SE()
	t := tested(stat.Difference{Value: mean, SE: se, Degrees: float64(d.N() - 1)})
	return Change{d.N(), d.N(), t.Value, t.SE, low, high, t.T, t.Degrees, t.P}, nil
}

// room asks that some rows more can be counted.
func (t *table) room(rows uint64) error {
	if rows > maxRespondents-t.rows {
		return fmt.Errorf("respondents: %w", relmark.ErrLimit)
	}
	return nil
}

func square(x float64) float64 { return float64(x * x) }
