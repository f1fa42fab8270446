package profitchain

import (
	"cmp"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Pair is how satisfied the employees of a unit are, and its customers. It is plain data.
type Pair[U relmark.ID] struct {
	Unit     U        `json:"unit"`           // once
	Employee *float64 `json:"employee"`       // mean of the unit, within ±1e50; nil where nobody was asked
	Customer *float64 `json:"customer"`       // the same
	Size     *float64 `json:"size,omitempty"` // such as employees; needed where it is partialled out
}

// MirrorOptions say how a mirror is read. The zero value lacks a level.
type MirrorOptions struct {
	Level float64 `json:"level"` // 0.5 to 0.9999
	// Size asks for the correlation that is left where unit size is held equal.
	Size bool `json:"size,omitempty"`
}

// A Mirror is the satisfaction mirror of Heskett, Sasser and Schlesinger (1997): how far
// customers of units are satisfied where employees are. It is plain data.
type Mirror[U relmark.ID] struct {
	Pairs    int   `json:"pairs"`    // units with both, and a size where it is asked for
	Unpaired []U   `json:"unpaired"` // the others, in the order given
	State    State `json:"state"`    // of the correlation
	// Correlation is over units, each of which counts once.
	Correlation Correlation `json:"correlation"`
	// Partial is Pearson's with size partialled out; nil unless asked for, or where size tells one
	// of the two exactly. Its rank correlations are of what size leaves.
	Partial *Correlation   `json:"partial"`
	Line    Line           `json:"line"`
	Units   []Reflected[U] `json:"units"` // that are paired, in the order given
}

// A Line is that of customers on employees, fitted by least squares. It is plain data.
type Line struct {
	Intercept float64 `json:"intercept"`
	Slope     Slope   `json:"slope"` // points of customers for one of employees
	Sigma     float64 `json:"sigma"`
}

// A Reflected unit stands on the line, above or below it. It is plain data.
type Reflected[U relmark.ID] struct {
	Unit     U       `json:"unit"`
	Employee float64 `json:"employee"`
	Customer float64 `json:"customer"`
	Expected float64 `json:"expected"` // customers of such employees, by the line
	Residual float64 `json:"residual"` // customer less expected
	// Studentised is the residual over its standard error, by the line without the unit; nil where
	// that line, or the whole one, leaves nothing: then only PHolm says whether the unit is off it.
	Studentised *float64 `json:"studentised"`
	PHolm       *float64 `json:"p_holm"`   // for as many units as there are
	Outlying    bool     `json:"outlying"` // PHolm is below 1 − Level
}

const leastPairs = 4 // of which Fisher's interval is made

// NewMirror compares employees and customers by unit, in O(n log n). Each unit counts once, however
// large it is: with unit means of few answers noise draws the correlation towards 0. It fails with a [relmark.FieldError] where
// a pair is not as [Pair] says, employees or customers do not differ between units and unless the
// level is 0.5 to 0.9999; with [relmark.ErrTooFew] unless 4 units have both, 5 where size is
// partialled out.
func NewMirror[U relmark.ID](pairs []Pair[U], o MirrorOptions) (Mirror[U], error) {
	if err := checkPairs(pairs, o); err != nil {
		return Mirror[U]{}, err
	}
	var m Mirror[U]
	var employee, customer, size []float64
	for _, p := range pairs {
		if p.Employee == nil || p.Customer == nil || o.Size && p.Size == nil {
			m.Unpaired = append(m.Unpaired, p.Unit)
			continue
		}
		employee, customer = append(employee, *p.Employee), append(customer, *p.Customer)
		if o.Size {
			size = append(size, *p.Size)
		}
		m.Units = append(m.Units, Reflected[U]{Unit: p.Unit, Employee: *p.Employee, Customer: *p.Customer})
	}
	m.Pairs = len(m.Units)
	need := leastPairs
	if o.Size {
		need++
	}
	if m.Pairs < need {
		return Mirror[U]{}, few("units with employees and customers = %d, must be %d or more", m.Pairs, need)
	}
	var ok bool
	if m.Correlation, ok = correlate(employee, customer, 0, o.Level); !ok {
		return Mirror[U]{}, broken("Pairs", nil, "must differ in employees and in customers")
	}
	m.State = m.Correlation.State()
	if o.Size {
		m.Partial = partial(employee, customer, size, o.Level)
	}
	m.reflect(employee, customer, o.Level)
	return m, nil
}

func checkPairs[U relmark.ID](pairs []Pair[U], o MirrorOptions) error {
	var l fault.List
	l.Level("Level", o.Level)
	seen := make(map[U]bool, len(pairs))
	for i, p := range pairs {
		if l.Full() {
			break
		}
		at := fault.Item("Pairs", i)
		l.Check(codec.IsUTF8(&p.Unit), at+".Unit", nil, "must be UTF-8")
		l.Check(!seen[p.Unit], at+".Unit", nil, "must not repeat another")
		seen[p.Unit] = true
		for _, part := range []struct {
			field string
			value *float64
		}{{".Employee", p.Employee}, {".Customer", p.Customer}, {".Size", p.Size}} {
			l.Check(part.value == nil || inRange(*part.value), at+part.field, nil, rangeRule)
		}
	}
	return l.Err(room)
}

// partial correlates what a third column leaves of two, which is the partial correlation
//
//	(r_xy − r_xz·r_yz)/√((1 − r_xz²)·(1 − r_yz²))
//
// without its loss of digits; nil where it leaves nothing.
func partial(x, y, z []float64, level float64) *Correlation {
	if _, ok := pearson(x, z); !ok {
		if c, ok := correlate(x, y, 0, level); ok { // a size that all share explains nothing
			return &c
		}
		return nil
	}
	rx, ry := rest(x, z), rest(y, z)
	c, ok := correlate(rx, ry, 1, level)
	if !ok || flat(x, rx) || flat(y, ry) {
		return nil
	}
	return &c
}

// rest returns what the line on z leaves of x.
func rest(x, z []float64) []float64 {
	c := stat.NewComoments(2)
	for i := range x {
		c.Add([]float64{z[i], x[i]})
	}
	v, _ := c.Covariance()
	b, out := v.At(0, 1)/v.At(0, 0), make([]float64, len(x))
	for i := range x {
		out[i] = x[i] - v.Mean[1] - float64(b*(z[i]-v.Mean[0]))
	}
	return out
}

// flat reports whether only rounding is left of x.
func flat(x, left []float64) bool {
	largest, rest := 0.0, 0.0
	for i := range x {
		largest, rest = max(largest, math.Abs(x[i])), max(rest, math.Abs(left[i]))
	}
	return rest <= rounding*largest
}

// reflect fits the line and judges each unit by it. With leverage h and residual e, the
// studentised one is t = e·√((n − 3)/(S·(1 − h) − e²)), S being the sum of squares that is left,
// and has n − 3 degrees of freedom.
func (m *Mirror[U]) reflect(x, y []float64, level float64) {
	c := stat.NewComoments(2)
	for i := range x {
		c.Add([]float64{x[i], y[i]})
	}
	v, _ := c.Covariance()
	g, _ := stat.Regress(v, 1, 0) // 4 rows or more, and x varies
	exact := !(1-g.R2 > rounding)
	se := g.SE[1]
	if exact {
		g.Sigma, se = 0, 0
	}
	m.Line = Line{Intercept: g.Coef[0], Slope: *slope(g.Coef[1], se, g.Degrees, level), Sigma: g.Sigma}
	m.Line.Slope.Beta = new(g.Beta[0])
	n := float64(len(x))
	var ps []float64
	var judged []int
	left := g.Sigma * g.Sigma * g.Degrees
	for i := range m.Units {
		u, off := &m.Units[i], x[i]-v.Mean[0]
		u.Expected = v.Mean[1] + float64(g.Coef[1]*off)
		u.Residual = y[i] - u.Expected
		h := 1/n + off*off/v.At(0, 0)/(n-1)
		spread := left*(1-h) - u.Residual*u.Residual
		if exact || !(1-h > 1e-12) {
			continue
		}
		t := math.Inf(int(math.Copysign(1, u.Residual)))
		p := 0.0
		if spread > rounding*left {
			t = u.Residual * math.Sqrt((n-3)/spread)
			p = stat.TTail(t, n-3)
			u.Studentised = &t
		}
		ps, judged = append(ps, p), append(judged, i)
	}
	for k, p := range stat.Holm(ps) {
		u := &m.Units[judged[k]]
		u.PHolm, u.Outlying = new(p), p < 1-level
	}
}

// probability returns a p-value, 1 where there is none.
func probability(p *float64) float64 {
	if p == nil {
		return 1
	}
	return *p
}

// Outlying returns the units that are far off the line, the farthest first, equal ones in the order
// given.
func (m Mirror[U]) Outlying() []Reflected[U] {
	var out []Reflected[U]
	for _, u := range m.Units {
		if u.Outlying {
			out = append(out, u)
		}
	}
	slices.SortStableFunc(out, func(a, b Reflected[U]) int { return cmp.Compare(probability(a.PHolm), probability(b.PHolm)) })
	return out
}
