package profitchain

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// Answers are what employees of units answered, added up as whole numbers: parts collected apart
// merge to the last bit, in any order. They favour no rule for missing answers. Obtain them from
// [NewAnswers]; the zero Answers take no rows, but merge and decode. Memory grows with units and
// items, not with employees. They are not safe for concurrent mutation.
type Answers[U relmark.ID] struct {
	opaque

	questions Questionnaire
	units     map[U]*unitAnswers
	steps     []int64 // of the row being added
}

// unitAnswers are those of one unit.
type unitAnswers struct {
	employees int64
	facets    []facetAnswers
}

// facetAnswers are those on one facet.
type facetAnswers struct {
	scores []stat.Moments // of those who answered 1, 2, … items: the sum of steps above the lowest answer
	items  *stat.Cross    // steps of those who answered all
}

const maxEmployees = 1<<32 - 1

// newUnit returns a unit without answers: sums of scores by how many items were answered, for any rule
// of missing answers, and products of complete rows for alpha.
func (q Questionnaire) newUnit() *unitAnswers {
	u := &unitAnswers{facets: make([]facetAnswers, len(q.params.Facets))}
	for i, f := range q.params.Facets {
		u.facets[i] = facetAnswers{make([]stat.Moments, len(f.Items)), stat.NewCross(len(f.Items))}
	}
	return u
}

// NewAnswers returns answers of nobody.
func NewAnswers[U relmark.ID](q Questionnaire) *Answers[U] {
	if len(q.params.Facets) == 0 {
		return &Answers[U]{}
	}
	return &Answers[U]{questions: q, units: map[U]*unitAnswers{}, steps: make([]int64, maxItems)}
}

// Questionnaire returns what was asked; the zero Questionnaire for the zero Answers.
func (a *Answers[U]) Questionnaire() Questionnaire { return a.questions }

// Employees returns how many rows were added, all units together.
func (a *Answers[U]) Employees() (n int64) {
	for _, u := range a.units {
		n += u.employees
	}
	return n
}

// Units returns the units, in ascending order.
func (a *Answers[U]) Units() []U { return slices.SortedFunc(maps.Keys(a.units), cmp.Compare[U]) }

// Add adds the row of one employee of a unit, and keeps no reference to it; positions of no facet
// may hold anything. It fails with a [relmark.FieldError], and changes nothing, if the unit is
// not UTF-8, the row lacks a position or an answer is neither on the scale nor [Blank]; with
// [relmark.ErrLimit] past 4,294,967,295 employees of a unit. It does not allocate, but for a new
// unit.
func (a *Answers[U]) Add(unit U, row []int8) error {
	if err := a.questions.read(row); err != nil {
		return fault.Room(room, err)
	}
	u := a.units[unit]
	switch {
	case u == nil && !validUnit(unit):
		return broken("Unit", nil, "must be UTF-8")
	case u == nil:
		u = a.questions.newUnit()
		a.units[unit] = u
	case u.employees >= maxEmployees:
		return fault.Room(room, relmark.ErrLimit)
	}
	u.employees++
	for i := range u.facets {
		a.add(&u.facets[i], i, row)
	}
	return nil
}

func validUnit[U relmark.ID](unit U) bool { return codec.IsUTF8(&unit) }

// add adds a row to what one facet has.
func (a *Answers[U]) add(to *facetAnswers, facet int, row []int8) {
	p := &a.questions.params
	steps, answered, sum := a.steps[:len(p.Facets[facet].Items)], 0, 0
	for i, item := range p.Facets[facet].Items {
		v := int(row[item])
		if v == Blank {
			continue
		}
		step := v - p.Low
		if a.questions.turned[facet][i] {
			step = p.High - v
		}
		steps[i] = int64(step)
		answered++
		sum += step
	}
	if answered == 0 {
		return
	}
	to.scores[answered-1].Add(uint64(sum))
	if answered == len(steps) {
		to.items.Add(steps)
	}
}

// Merge adds the employees of o, which stays as it is. The zero Answers change nothing, and become
// a copy of o. It fails, and changes nothing, with a [relmark.FieldError] if o is nil or was
// asked something else, and with [relmark.ErrLimit]. It is associative and commutative.
func (a *Answers[U]) Merge(o *Answers[U]) error {
	switch {
	case o == nil:
		return broken("Answers", nil, "must not be nil")
	case o.units == nil:
		return nil
	case a.units != nil && !a.questions.params.equal(o.questions.params):
		return broken("Questionnaire", nil, "must be the same in both")
	}
	for unit, u := range o.units {
		if have := a.units[unit]; have != nil && have.employees+u.employees > maxEmployees {
			return fault.Room(room, relmark.ErrLimit)
		}
	}
	if a.units == nil {
		*a = *NewAnswers[U](o.questions)
	}
	for unit, u := range o.units {
		if a.units[unit] == nil {
			a.units[unit] = a.questions.newUnit()
		}
		a.units[unit].merge(u)
	}
	return nil
}

func (u *unitAnswers) merge(o *unitAnswers) {
	u.employees += o.employees
	for i, f := range o.facets {
		for j, m := range f.scores {
			u.facets[i].scores[j].Merge(m)
		}
		u.facets[i].items.Merge(f.items)
	}
}

// A FacetScore is what some employees score on a facet, from 0, where all answers are the worst,
// to 100. It is plain data.
type FacetScore struct {
	Facet       string             `json:"facet"`
	N           int64              `json:"n"`           // employees with a score
	Short       int64              `json:"short"`       // employees who answered too few of its items
	Mean        *float64           `json:"mean"`        // nil of nobody
	SD          *float64           `json:"sd"`          // nil below two
	Interval    *servqual.Interval `json:"interval"`    // of the mean, Student's, cut at 0 and 100; nil below two
	Reliability *Reliability       `json:"reliability"` // nil below two complete rows and two items, or where their sum does not vary
}

// A Reliability is Cronbach's alpha with Feldt's interval. It is plain data.
type Reliability struct {
	N        int64             `json:"n"` // employees who answered all items
	Items    int               `json:"items"`
	Alpha    float64           `json:"alpha"` // negative where items run against each other: is one to be reversed?
	Interval servqual.Interval `json:"interval"`
}

// A Profile is what employees of one unit score. It is plain data.
type Profile[U relmark.ID] struct {
	Unit      U            `json:"unit"`
	Employees int64        `json:"employees"`
	Withheld  bool         `json:"withheld"` // fewer employees than may be shown: there are no facets
	Facets    []FacetScore `json:"facets"`   // in the order of the questionnaire
}

// A Survey is what all employees score, and those of each unit. It is plain data.
type Survey[U relmark.ID] struct {
	Employees int64        `json:"employees"`
	Facets    []FacetScore `json:"facets"` // in the order of the questionnaire
	Units     []Profile[U] `json:"units"`  // in ascending order
}

// SurveyOptions say how answers are read. The zero value lacks a level and the least group.
type SurveyOptions struct {
	Missing servqual.Missing `json:"missing,omitempty"` // by default half of the items of a facet, rounded up, make a score
	Level   float64          `json:"level"`             // 0.5 to 0.9999
	// Least is how many employees a unit must have to be shown, 1 or more: with fewer, answers may
	// point to persons. They count in the whole.
	Least int64 `json:"least"`
}

func (o SurveyOptions) check() error {
	var l fault.List
	l.Level("Level", o.Level)
	l.Check(o.Least >= 1, "Least", o.Least, "must be 1 or more")
	l.Join("", enum.Of(servqual.HalfAnswered, servqual.AllAnswered, servqual.AnyAnswered).Check("Missing", o.Missing))
	return l.Err(room)
}

// Survey returns scores and reliabilities. It fails with a [relmark.FieldError] for options that
// are not as [SurveyOptions] say, and with [relmark.ErrTooFew] of nobody.
func (a *Answers[U]) Survey(o SurveyOptions) (Survey[U], error) {
	if err := o.check(); err != nil {
		return Survey[U]{}, err
	}
	if len(a.units) == 0 {
		return Survey[U]{}, few("answers of nobody")
	}
	all, out := a.questions.newUnit(), Survey[U]{}
	for _, unit := range a.Units() {
		u := a.units[unit]
		all.merge(u)
		p := Profile[U]{Unit: unit, Employees: u.employees, Withheld: u.employees < o.Least}
		if !p.Withheld {
			p.Facets = a.questions.facets(u, o)
		}
		out.Units = append(out.Units, p)
	}
	out.Employees, out.Facets = all.employees, a.questions.facets(all, o)
	return out, nil
}

// facets describes what a unit, or all of them, answered.
func (q Questionnaire) facets(u *unitAnswers, o SurveyOptions) []FacetScore {
	out := make([]FacetScore, len(u.facets))
	for i, f := range u.facets {
		span := uint64(q.params.High - q.params.Low)
		out[i] = f.score(u.employees, span, o)
		out[i].Facet = q.params.Facets[i].Name
	}
	return out
}

// score returns what answers of so many employees come to: the exact mean of scores of those who
// answered enough items, and how many did not.
func (f facetAnswers) score(employees int64, span uint64, o SurveyOptions) FacetScore {
	s, point := f.summary(least(o.Missing, len(f.scores))), 100/float64(span)
	out := FacetScore{N: s.N(), Short: employees - s.N(), Reliability: f.reliability(o.Level)}
	if mean, ok := s.Mean(); ok {
		out.Mean = new(min(mean*point, 100))
	}
	if sd, ok := s.SD(); ok {
		out.SD = new(sd * point)
		low, high, _ := s.Interval(o.Level)
		out.Interval = &servqual.Interval{Low: max(low*point, 0), High: min(high*point, 100)}
	}
	return out
}

// summary describes the mean steps of employees who answered so many items or more, as exact
// fractions that are rounded once.
func (f facetAnswers) summary(need int) stat.Summary {
	n, sum, squares := int64(0), new(big.Rat), new(big.Rat)
	for i, m := range f.scores {
		if answered := uint64(i + 1); i+1 >= need && m.N() > 0 {
			n += int64(m.N())
			w := m.Words()
			sum.Add(sum, over(w[1], w[2], answered))
			squares.Add(squares, over(w[3], w[4], answered*answered))
		}
	}
	if n == 0 {
		return stat.Summary{}
	}
	mean := new(big.Rat).Quo(sum, big.NewRat(n, 1))
	squares.Sub(squares, sum.Mul(sum, mean)).Quo(squares, big.NewRat(max(n-1, 1), 1))
	m, _ := mean.Float64()
	variance, _ := squares.Float64()
	return stat.NewSummary(n, m, variance)
}

// over returns a number of 128 bits over another one.
func over(hi, lo, by uint64) *big.Rat {
	x := new(big.Int).SetUint64(hi)
	x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(lo))
	return new(big.Rat).SetFrac(x, new(big.Int).SetUint64(by))
}

// least returns how many of so many items make a score.
func least(m servqual.Missing, items int) int {
	switch m {
	case servqual.AllAnswered:
		return items
	case servqual.AnyAnswered:
		return 1
	case servqual.HalfAnswered:
	}
	return (items + 1) / 2
}

// reliability returns alpha = k/(k − 1)·(1 − tr C/ΣC) of complete rows, with the interval of Feldt
// (1965), 1 − (1 − alpha)·F with n − 1 and (n − 1)(k − 1) degrees of freedom.
func (f facetAnswers) reliability(level float64) *Reliability {
	c, ok := f.items.Covariance(nil)
	k := len(c.Mean)
	if !ok || k < 2 {
		return nil
	}
	trace, all := 0.0, 0.0
	for i := range k {
		trace += c.At(i, i)
		for j := range k {
			all += c.At(i, j)
		}
	}
	if !(all > 1e-14*trace*float64(k)) {
		return nil
	}
	r := &Reliability{N: c.N, Items: k, Alpha: float64(k) / float64(k-1) * (1 - trace/all)}
	one, upper := float64(c.N-1), (1+level)/2
	many := one * float64(k-1)
	r.Interval.Low = 1 - (1-r.Alpha)*stat.FQuantile(upper, one, many)
	r.Interval.High = 1 - (1-r.Alpha)/stat.FQuantile(upper, many, one)
	return r
}

// AddTo adds the mean scores of units in a period to a panel, whose measures are to have the
// names of the facets: the way from commitment, culture or internal quality to gaps, satisfaction
// and profit. Units that are withheld, and facets nobody has a score on, give nothing. It fails
// as [Answers.Survey] and [Panel.Merge] do, and with a [relmark.FieldError] if the panel is nil or
// lacks a facet or the period is not within ±1e9; the panel stays as it was then.
func (a *Answers[U]) AddTo(p *Panel[U], period int, o SurveyOptions) error {
	s, err := a.Survey(o)
	if err != nil {
		return err
	}
	if p == nil {
		return broken("Panel", nil, "must not be nil")
	}
	columns := make([]int, len(s.Facets))
	for i, f := range s.Facets {
		at, ok := p.column(f.Facet)
		if !ok {
			return broken(fault.Item("Facets", i), nil, "must be a measure of the panel")
		}
		columns[i] = at
	}
	more, err := NewPanel[U](p.measures...)
	if err != nil {
		return err
	}
	for _, u := range s.Units {
		if u.Withheld {
			continue
		}
		row := Row[U]{u.Unit, period, make([]*float64, len(p.measures))}
		for i, f := range u.Facets {
			row.Values[columns[i]] = f.Mean
		}
		if err := more.Add(row); err != nil {
			return err
		}
	}
	return p.Merge(more)
}

// ServiceGap and the measures that drive it: see [CultureChain].
const ServiceGap = "service_gap"

// CultureChain returns the links of a service culture to satisfaction: each of its links to
// [ServiceGap], the mean gap of perceived and expected service, and that to
// [CustomerSatisfaction].
func CultureChain(links ...string) []Link {
	var out []Link
	for _, name := range links {
		out = append(out, Link{From: name, To: ServiceGap})
	}
	return append(out, Link{From: ServiceGap, To: CustomerSatisfaction})
}
