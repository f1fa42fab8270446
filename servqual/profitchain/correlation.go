package profitchain

import (
	"cmp"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// A Correlation says how far two columns go together: by Pearson's r with Fisher's interval and
// the test of none, by Spearman's rank correlation and by Kendall's tau-b, both with mid-ranks
// for ties. It is plain data.
type Correlation struct {
	N         int64              `json:"n"` // pairs
	R         float64            `json:"r"`
	Interval  *servqual.Interval `json:"interval"` // of R; nil below 4 pairs
	T         *float64           `json:"t"`        // nil where R is −1 or 1
	Degrees   float64            `json:"degrees"`
	P         float64            `json:"p"` // two-sided; 0 where R is −1 or 1
	Spearman  float64            `json:"spearman"`
	KendallB  float64            `json:"kendall_b"`
	Withdrawn int64              `json:"withdrawn,omitempty"` // degrees of freedom that removed means or a control take
}

// State says whether the interval holds 0; [TooFew] where there is none.
func (c Correlation) State() State {
	if c.Interval == nil {
		return TooFew
	}
	return stateOf(*c.Interval)
}

// Correlate returns the correlations of two columns in O(n log n). It fails with a
// [relmark.FieldError] unless they are equally long, hold finite numbers within ±1e50, both
// vary and the level is 0.5 to 0.9999, and with [relmark.ErrTooFew] below 3 pairs.
func Correlate(x, y []float64, level float64) (Correlation, error) {
	var l fault.List
	l.Level("Level", level)
	l.Check(len(x) == len(y), "Y", len(y), "must be as long as X")
	checkColumn(&l, "X", x)
	checkColumn(&l, "Y", y)
	if err := l.Err(room); err != nil {
		return Correlation{}, err
	}
	if len(x) < 3 {
		return Correlation{}, few("correlation of %d pairs", len(x))
	}
	c, ok := correlate(x, y, 0, level)
	if !ok {
		return Correlation{}, broken("X", nil, "must vary, and so must Y")
	}
	return c, nil
}

func checkColumn(l *fault.List, field string, x []float64) {
	for i, v := range x {
		if l.Full() {
			return
		}
		if !inRange(v) {
			l.Add(fault.Item(field, i), v, rangeRule)
		}
	}
}

// correlate returns the correlations of columns of 3 or more from which so many degrees of
// freedom are withdrawn, and false if one does not vary or too few are left.
func correlate(x, y []float64, withdrawn int64, level float64) (Correlation, bool) {
	n := int64(len(x))
	left := n - withdrawn
	r, ok := pearson(x, y)
	if !ok || left < 3 {
		return Correlation{}, false
	}
	c := Correlation{N: n, R: r, Degrees: float64(left - 2), Withdrawn: withdrawn}
	c.test(left, level)
	a, b := rank(x), rank(y)
	c.Spearman, _ = pearson(a.mid, b.mid)
	c.KendallB = kendall(a.dense, b.dense)
	return c, true
}

// test fills in the test and the interval, of so many pairs.
func (c *Correlation) test(pairs int64, level float64) {
	exact := math.Abs(c.R) == 1
	if !exact {
		c.T = new(c.R * math.Sqrt(c.Degrees/(1-c.R*c.R)))
		c.P = stat.TTail(*c.T, c.Degrees)
	}
	if pairs < 4 {
		return
	}
	c.Interval = &servqual.Interval{Low: c.R, High: c.R}
	if !exact {
		half := stat.Normal(level) / math.Sqrt(float64(pairs-3))
		c.Interval = &servqual.Interval{Low: math.Tanh(math.Atanh(c.R) - half), High: math.Tanh(math.Atanh(c.R) + half)}
	}
}

// pearson returns the product-moment correlation; false unless both columns vary.
func pearson(x, y []float64) (r float64, ok bool) {
	c, row := stat.NewComoments(2), make([]float64, 2)
	for i := range x {
		row[0], row[1] = x[i], y[i]
		c.Add(row)
	}
	v, _ := c.Covariance()
	if !varies(v, 0) || !varies(v, 1) {
		return 0, false
	}
	r = max(min(v.At(0, 1)/(math.Sqrt(v.At(0, 0))*math.Sqrt(v.At(1, 1))), 1), -1)
	if 1-math.Abs(r) <= rounding { // what rounding leaves of a line
		r = math.Copysign(1, r)
	}
	return r, true
}

// varies reports whether a column varies by more than rounding of its mean.
func varies(v stat.Covariance, i int) bool {
	least := 8 * 0x1p-52 * v.Mean[i]
	return v.At(i, i) > least*least
}

// A ranking holds the ranks of a column: mid for Spearman, dense ones, without gaps, for Kendall.
type ranking struct {
	mid   []float64
	dense []uint32
}

// rank sorts a column once for both rank correlations. Equal values share the mean of their ranks.
func rank(x []float64) ranking {
	type placed struct {
		x  float64
		at int
	}
	order := make([]placed, len(x))
	for i, v := range x {
		order[i] = placed{v, i}
	}
	slices.SortFunc(order, func(a, b placed) int { return cmp.Compare(a.x, b.x) })
	r, dense := ranking{make([]float64, len(x)), make([]uint32, len(x))}, uint32(0)
	for from := 0; from < len(order); dense++ {
		to := from + 1
		for to < len(order) && order[to].x == order[from].x {
			to++
		}
		for _, p := range order[from:to] {
			r.mid[p.at], r.dense[p.at] = float64(from+to+1)/2, dense
		}
		from = to
	}
	return r
}

// kendall returns tau-b of ranks that vary: of all pairs of rows, those in the same order less
// those in opposite orders, over the geometric mean of those not tied in x and not tied in y
// (Knight 1966: the opposite ones are the exchanges that sorting by y takes).
func kendall(x, y []uint32) float64 {
	both := make([]uint64, len(x))
	for i := range both {
		both[i] = uint64(x[i])<<32 | uint64(y[i])
	}
	slices.Sort(both)
	first, second := make([]uint32, len(x)), make([]uint32, len(x))
	for i, v := range both {
		first[i], second[i] = uint32(v>>32), uint32(v)
	}
	all, tiedX, tiedBoth := pairsOf(int64(len(x))), ties(first), ties(both)
	opposite := exchanges(second, first) // sorts second
	tiedY := ties(second)
	agree := all - tiedX - tiedY + tiedBoth - 2*opposite
	if tiedX == tiedY {
		return float64(agree) / float64(all-tiedX)
	}
	return float64(agree) / (math.Sqrt(float64(all-tiedX)) * math.Sqrt(float64(all-tiedY)))
}

func pairsOf(n int64) int64 { return n * (n - 1) / 2 }

// ties counts the pairs within runs of equals.
func ties[T comparable](sorted []T) (pairs int64) {
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to] == sorted[from] {
			to++
		}
		pairs += pairsOf(int64(to - from))
		from = to
	}
	return pairs
}

// exchanges sorts y, in other memory as large, and returns how many pairs were the other way
// round.
func exchanges(y, memory []uint32) (n int64) {
	if len(y) < 2 {
		return 0
	}
	half := len(y) / 2
	left, right := y[:half], y[half:]
	n = exchanges(left, memory[:half]) + exchanges(right, memory[half:])
	i, j := 0, 0
	for at := range memory {
		if j == len(right) || i < len(left) && left[i] <= right[j] {
			memory[at] = left[i]
			i++
			continue
		}
		memory[at] = right[j]
		n += int64(len(left) - i)
		j++
	}
	copy(y, memory)
	return n
}

// A Matrix holds the correlations of all measures of a panel, each pair over the rows that have
// both. It is plain data.
type Matrix struct {
	Measures []string     `json:"measures"`
	N        [][]int64    `json:"n"` // rows by pair
	R        [][]*float64 `json:"r"` // nil below 3 rows or where one does not vary
}

// Correlations returns the correlations of the measures within periods, all units together. It
// fails with [relmark.ErrTooFew] of a panel without rows.
func (p *Panel[U]) Correlations() (Matrix, error) {
	if len(p.cells) == 0 {
		return Matrix{}, fault.Room(room, relmark.ErrTooFew)
	}
	k, cells := len(p.measures), p.sorted()
	m := Matrix{Measures: p.Measures(), N: make([][]int64, k), R: make([][]*float64, k)}
	for i := range k {
		m.N[i], m.R[i] = make([]int64, k), make([]*float64, k)
	}
	for i := range k {
		for j := i; j < k; j++ {
			var x, y []float64
			for _, c := range cells {
				if v := p.held(c); !math.IsNaN(v[i]) && !math.IsNaN(v[j]) {
					x, y = append(x, v[i]), append(y, v[j])
				}
			}
			m.N[i][j], m.N[j][i] = int64(len(x)), int64(len(x))
			if len(x) < 3 {
				continue
			}
			if r, ok := pearson(x, y); ok {
				m.R[i][j], m.R[j][i] = new(r), new(r)
			}
		}
	}
	return m, nil
}
