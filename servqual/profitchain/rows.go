package profitchain

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/stat"
)

// An equation is one measure and all that drive it, over the rows that have them.
type equation struct {
	to      string
	links   []int     // of the chain, into the measure
	dropped int64     // rows that have the measure and lack a driver
	columns int       // drivers, and the measure last
	rows    []float64 // about the mean of all or, within units, about that of the unit
	unit    []int     // of each row, ascending
	mean    []float64 // of each column, before
	within  bool

	sums []float64 // of each unit: rows, sums of columns, products of pairs; see size
}

// sheets are the rows of a panel by unit and period, as equations are gathered from them.
type sheets struct {
	unit    []int // of each row, ascending from 0
	period  []int // ascending within a unit
	values  [][]float64
	columns map[string]int
}

// sheetsOf sorts a panel by unit and period, in which lags are looked up.
func sheetsOf[U relmark.ID](p *Panel[U]) sheets {
	s := sheets{columns: map[string]int{}}
	for i, name := range p.measures {
		s.columns[name] = i
	}
	var last U
	unit := -1
	for _, at := range p.sorted() {
		if unit < 0 || at.unit != last {
			unit++
			last = at.unit
		}
		s.unit, s.period, s.values = append(s.unit, unit), append(s.period, at.period), append(s.values, p.held(at))
	}
	return s
}

// before returns the values of the unit of a row so many periods ago; nil if there are none.
// Periods ascend one by one at most, so that they are not further back than the lag.
func (s sheets) before(row, lag int) []float64 {
	for i := row; i >= max(row-lag, 0) && s.unit[i] == s.unit[row] && s.period[i] >= s.period[row]-lag; i-- {
		if s.period[i] == s.period[row]-lag {
			return s.values[i]
		}
	}
	return nil
}

// gather joins a measure and its drivers, lags periods ago.
func (s sheets) gather(c Chain, to string, links []int) *equation {
	e := &equation{to: to, links: links, columns: len(links) + 1, within: c.params.Within}
	row, from, target := make([]float64, e.columns), make([]int, len(links)), s.columns[to]
	for j, k := range links {
		from[j] = s.columns[c.params.Links[k].From]
	}
	for i, values := range s.values {
		row[len(links)] = values[target]
		if math.IsNaN(row[len(links)]) {
			continue
		}
		complete := true
		for j, k := range links {
			row[j] = math.NaN()
			if held := s.before(i, c.params.Links[k].Lag); held != nil {
				row[j] = held[from[j]]
			}
			complete = complete && !math.IsNaN(row[j])
		}
		if !complete {
			e.dropped++
			continue
		}
		e.rows, e.unit = append(e.rows, row...), append(e.unit, s.unit[i])
	}
	e.centre()
	units := 0
	if n := len(s.unit); n > 0 {
		units = s.unit[n-1] + 1
	}
	e.add(units)
	return e
}

// len returns the number of rows.
func (e *equation) len() int { return len(e.unit) }

// row returns one row: the drivers in the order of links, and the measure.
func (e *equation) row(i int) []float64 { return e.rows[i*e.columns:][:e.columns] }

// column returns a column, about means.
func (e *equation) column(j int) []float64 {
	out := make([]float64, e.len())
	for i := range out {
		out[i] = e.row(i)[j]
	}
	return out
}

// centre removes means, of all rows or of each unit.
func (e *equation) centre() {
	e.mean = e.meanOf(0, e.len())
	if !e.within {
		e.less(0, e.len(), e.mean)
		return
	}
	for from := 0; from < e.len(); {
		to := from + 1
		for to < e.len() && e.unit[to] == e.unit[from] {
			to++
		}
		e.less(from, to, e.meanOf(from, to))
		from = to
	}
}

// meanOf returns the means of some rows, twice: the second pass takes what rounding left.
func (e *equation) meanOf(from, to int) []float64 {
	mean, n := make([]float64, e.columns), float64(to-from)
	for range 2 {
		for j := range mean {
			off := 0.0
			for i := from; i < to; i++ {
				off += e.row(i)[j] - mean[j]
			}
			mean[j] += off / max(n, 1)
		}
	}
	return mean
}

// less takes the mean off some rows.
func (e *equation) less(from, to int, mean []float64) {
	for i := from; i < to; i++ {
		for j, v := range e.row(i) {
			// A difference within rounding of the mean is none.
			if v -= mean[j]; math.Abs(v) <= 4*0x1p-52*math.Abs(mean[j]) {
				v = 0
			}
			e.row(i)[j] = v
		}
	}
}

// size returns how many sums a unit has: all that a slope, its error and its clustered error
// need of the rows of a unit. Units drawn again are added up, and rows never looked at again, so
// that a replicate costs units, not rows.
func (e *equation) size() int { return 1 + e.columns + e.columns*(e.columns+1)/2 }

// add makes the sums of so many units.
func (e *equation) add(units int) {
	size := e.size()
	e.sums = make([]float64, units*size)
	for i, unit := range e.unit {
		s, row := e.sums[unit*size:][:size], e.row(i)
		s[0]++
		at := 1 + e.columns
		for j, x := range row {
			s[1+j] += x
			for _, y := range row[j:] {
				s[at] += float64(x * y)
				at++
			}
		}
	}
}

// of returns the sums of one unit; those of a unit without rows are 0.
func (e *equation) of(unit int) []float64 { return e.sums[unit*e.size():][:e.size()] }

// units returns how many units have rows.
func (e *equation) units() (n int) {
	for unit := range len(e.sums) / e.size() {
		if e.of(unit)[0] > 0 {
			n++
		}
	}
	return n
}

// total adds the sums of units, each so many times, and returns how many have rows; nil times
// means once each.
func (e *equation) total(times []int, into []float64) (units int) {
	clear(into)
	for unit := range len(e.sums) / e.size() {
		w := 1
		if times != nil {
			w = times[unit]
		}
		s := e.of(unit)
		if w == 0 || s[0] == 0 {
			continue
		}
		units += w
		for i, v := range s {
			into[i] += float64(float64(w) * v)
		}
	}
	return units
}

// covariance returns what sums come to. Within units, where the means of G units are gone from n
// rows, it says that there are n − G + 1: a regression on so many rows has the n − G − k degrees
// of freedom that one with a dummy for each unit has, and with them its errors.
func (e *equation) covariance(sums []float64, units int) stat.Covariance {
	n, k := sums[0], e.columns
	free := n - 1
	if e.within {
		free = n - float64(units)
	}
	c := stat.Covariance{N: int64(free) + 1, Mean: make([]float64, k), Cov: make([]float64, k*k)}
	at := 1 + k
	for i := range k {
		c.Mean[i] = e.mean[i] + sums[1+i]/n
		for j := i; j < k; j++ {
			v := sums[at]
			if !e.within {
				v -= sums[1+i] * (sums[1+j] / n)
			}
			c.Cov[i*k+j] = v / free
			c.Cov[j*k+i] = c.Cov[i*k+j]
			at++
		}
	}
	// A variance is a difference of sums, and rounding may leave it a little below 0.
	for i := range k {
		if !(c.Cov[i*k+i] > 0) {
			c.Cov[i*k+i] = 0
		}
	}
	return c
}

// regress fits the equation to units, each so many times, in the memory of sums. It fails with
// [stat.ErrFewRows], and with a [stat.CollinearError] also where the measure does not vary.
func (e *equation) regress(times []int, sums []float64) (stat.Regression, error) {
	units := e.total(times, sums)
	free := sums[0] - 1
	if e.within {
		free = sums[0] - float64(units)
	}
	if !(free > float64(e.columns-1)) {
		return stat.Regression{}, stat.ErrFewRows
	}
	x := make([]int, e.columns-1)
	for i := range x {
		x[i] = i
	}
	c := e.covariance(sums, units)
	g, err := stat.Regress(c, e.columns-1, x...)
	if err == nil && !(c.At(e.columns-1, e.columns-1) > 0) {
		err = &stat.CollinearError{Column: e.columns - 1}
	}
	return g, err
}
