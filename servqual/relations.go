package servqual

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Measure is one of the scores that a respondent has on each dimension.
type Measure string

// The measures. A weighted one is times the respondent's importance of the dimension,
// points/100, so that the sum over dimensions is the weighted overall score.
const (
	MeasureExpected          Measure = "expected"
	MeasurePerceived         Measure = "perceived"
	MeasureGap               Measure = "gap" // mean of the gaps of items answered twice
	MeasureWeightedExpected  Measure = "weighted_expected"
	MeasureWeightedPerceived Measure = "weighted_perceived"
	MeasureWeightedGap       Measure = "weighted_gap"
)

func allMeasures() enum.Set[Measure] {
	return enum.Of(MeasureExpected, MeasurePerceived, MeasureGap, MeasureWeightedExpected, MeasureWeightedPerceived, MeasureWeightedGap)
}

// split returns what is averaged, and whether it is weighted.
func (m Measure) split() (of measure, weighted bool) {
	i, _ := allMeasures().Index(m)
	return measure(i % int(measures)), i >= int(measures)
}

// RelationParams say which scores to relate to each other. They are plain data.
type RelationParams struct {
	Missing  Missing   `json:"missing,omitempty"`  // the rule for missing answers
	Measures []Measure `json:"measures"`           // of each dimension, all different
	Outcomes []Column  `json:"outcomes,omitempty"` // other questions, such as overall quality and satisfaction
}

// What [Relations] may hold.
const (
	maxRelated  = 48
	maxRelParts = 4096
)

// Relations add up the scores of respondents on dimensions and on other questions with
// the sums of their products: what regressions, correlations and paired tests need,
// beside the [Survey] of the same responses. They keep them apart for each set of scores
// that respondents have, so that what is asked of some of them is of all who have these.
// Sums are whole: parts merge to what one would have collected, to the last bit.
//
// Scores on dimensions are named by measure and dimension, such as "gap reliability", as
// [ScoreName] does. Obtain Relations from [Instrument.NewRelations]. The zero Relations
// hold nothing and take no answers, but merge and decode. They are not safe for
// concurrent mutation. Each set of scores takes 8·k·(k + 3) bytes for k columns, and there
// are at most 4,096.
type Relations struct {
	opaque

	plan   *plan
	params RelationParams
	table  table
	row    []int64 // of the respondent being added
	words  []word
}

// ScoreName returns the name of the column of a measure of a dimension.
func ScoreName(m Measure, dimension string) string { return string(m) + " " + dimension }

// NewRelations returns relations of no respondents. It fails with a [relmark.FieldError]
// unless the rule is known, there is a measure, all are known and different, outcomes are
// as the columns of [StudyParams] and not named as a score is, and there are 48 columns at
// most; and for the zero Instrument.
func (in Instrument) NewRelations(p RelationParams) (*Relations, error) {
	if in.plan == nil {
		return nil, broken("Instrument", nil, "must come from NewInstrument")
	}
	if err := p.validate(in.plan); err != nil {
		return nil, err
	}
	return in.relations(p), nil
}

func (p RelationParams) validate(l *plan) error {
	var list fault.List
	list.Join("", missingRules().Check("Missing", p.Missing))
	list.Check(len(p.Measures) > 0, "Measures", 0, "must have one")
	if n := len(p.Measures)*len(l.histograms) + len(p.Outcomes); n > maxRelated {
		list.Add("Measures", n, "must come to 48 columns at most, with the outcomes")
		return list.Err(room)
	}
	names := map[string]bool{"intercept": true}
	for i, m := range p.Measures {
		at := fmt.Sprintf("Measures[%d]", i)
		list.Join("", allMeasures().Check(at, m))
		list.Check(!slices.Contains(p.Measures[:i], m), at, nil, "must be listed once")
		for _, d := range l.params.Dimensions {
			names[ScoreName(m, d.Name)] = true
		}
	}
	for i, c := range p.Outcomes {
		c.check(&list, fmt.Sprintf("Outcomes[%d].", i), names)
	}
	return list.Err(room)
}

func (in Instrument) relations(p RelationParams) *Relations {
	l := in.plan
	p.Measures, p.Outcomes = slices.Clone(p.Measures), slices.Clone(p.Outcomes)
	r := &Relations{plan: l, params: p, words: make([]word, len(l.histograms))}
	var names []string
	var scales []ends
	var units []uint64
	for _, m := range p.Measures {
		of, weighted := m.split()
		e, unit := l.ends(of, 1), l.lcm
		if weighted {
			e, unit = ends{min(e.low, 0), max(e.high, 0), true}, l.lcm*allPoints
		}
		for _, d := range l.params.Dimensions {
			names, scales, units = append(names, ScoreName(m, d.Name)), append(scales, e), append(units, unit)
		}
	}
	for _, c := range p.Outcomes {
		names, scales, units = append(names, c.Name), append(scales, ends{float64(c.Low), float64(c.High), true}), append(units, 1)
	}
	r.table, r.row = newTable(names, scales, units), make([]int64, len(names))
	return r
}

// Instrument returns the instrument of r; the zero Instrument for the zero Relations.
func (r *Relations) Instrument() Instrument { return Instrument{r.plan} }

// Params returns a copy of what r was made from.
func (r *Relations) Params() RelationParams {
	p := r.params
	p.Measures, p.Outcomes = slices.Clone(p.Measures), slices.Clone(p.Outcomes)
	return p
}

// Columns returns the names of the scores on dimensions and of the outcomes.
func (r *Relations) Columns() []string { return slices.Clone(r.table.names) }

// Respondents returns the number of respondents added.
func (r *Relations) Respondents() int64 { return int64(r.table.rows) }

// Add adds a response, as [Survey.Add] takes it, and the respondent's answers to the
// outcomes, each on its scale or [Blank]. It keeps no reference to them. It fails with a
// [relmark.FieldError], and leaves r as it was, for others, and with [relmark.ErrLimit]
// after 4,294,967,295 respondents or 4,096 sets of scores.
func (r *Relations) Add(response Response, outcomes []int8) error {
	return fault.Room(room, r.add(&response, outcomes))
}

func (r *Relations) add(response *Response, outcomes []int8) error {
	if r.plan == nil {
		return fault.New("Relations", nil, "must come from the NewRelations of an instrument")
	}
	if err := r.table.room(1); err != nil {
		return err
	}
	if err := r.read(response); err != nil {
		return err
	}
	first := len(r.params.Measures) * len(r.words)
	has, err := readAnswers("Outcomes", r.params.Outcomes, outcomes, r.row[first:])
	if err != nil {
		return err
	}
	at := part{has: has<<first | r.scores(response.Importance)}
	if r.table.parts[at] == nil && len(r.table.parts) >= maxRelParts {
		return fmt.Errorf("sets of scores: %w", relmark.ErrLimit)
	}
	r.table.add(at, r.row)
	return nil
}

// read checks a response and leaves in r.words what it says of each dimension.
func (r *Relations) read(response *Response) error {
	l := r.plan
	if len(response.Expected) == 0 && len(response.Perceived) == 0 {
		return fault.New("Response", nil, "must have expectations or perceptions")
	}
	if len(response.Importance) > 0 {
		if err := l.checkPoints(response.Importance); err != nil {
			return err
		}
	}
	e, err := l.answers("Expected", response.Expected)
	if err != nil {
		return err
	}
	p, err := l.answers("Perceived", response.Perceived)
	if err != nil {
		return err
	}
	clear(r.words)
	for d, dimension := range l.params.Dimensions {
		for _, item := range dimension.Items {
			code := l.codes[item]
			cell := int(code.row[uint8(e[item])]) + int(code.column[uint8(p[item])])
			if cell >= len(l.says) {
				return l.offScaleOf(e, p)
			}
			r.words[d] += l.says[cell]
		}
	}
	return nil
}

// scores writes the scores on dimensions into the row, in whole units, and returns which
// are there, as bits.
func (r *Relations) scores(points []int8) (has uint64) {
	l, at := r.plan, 0
	rule := r.params.Missing.marks()
	for _, m := range r.params.Measures {
		of, weighted := m.split()
		for d, w := range r.words {
			column := l.histograms[d][of].column
			place := w.field(of)
			r.row[at] = 0
			if column.marks(place)&rule == rule && (!weighted || len(points) > 0) {
				r.row[at] = int64(column.score(place)) + int64(l.zero(of))*int64(l.lcm)
				if weighted {
					r.row[at] *= int64(points[d])
				}
				has |= 1 << at
			}
			at++
		}
	}
	return has
}

// Merge adds the respondents of o, which stays as it is. The zero Relations and empty
// ones of the same instrument and params change nothing; zero r become a copy of o. It
// fails, and leaves r as they were, with a [relmark.FieldError] if o is nil or of others,
// and with [relmark.ErrLimit] if there are more respondents or sets of scores together
// than Add takes. It is associative and commutative.
func (r *Relations) Merge(o *Relations) error {
	switch {
	case o == nil:
		return broken("Relations", nil, "must not be nil")
	case o.plan == nil:
		return nil
	case r.plan == nil:
		*r = *o.Instrument().relations(o.params)
	}
	if err := together(r.plan, o.plan, r.table.rows, o.table.rows); err != nil {
		return err
	}
	if !r.params.equal(o.params) {
		return broken("Params", nil, "must be the same in both")
	}
	sets := len(r.table.parts)
	for at := range o.table.parts {
		if r.table.parts[at] == nil {
			sets++
		}
	}
	if sets > maxRelParts {
		return fault.Room(room, fmt.Errorf("sets of scores: %w", relmark.ErrLimit))
	}
	r.table.merge(&o.table)
	return nil
}

func (p RelationParams) equal(o RelationParams) bool {
	return p.Missing == o.Missing && slices.Equal(p.Measures, o.Measures) && slices.Equal(p.Outcomes, o.Outcomes)
}

// Score returns the score of a column over all who have it. It fails with a
// [relmark.FieldError] unless it is a column.
func (r *Relations) Score(column string) (Stat, error) { return r.table.named(column) }

// Regress fits column y to others over the respondents who have all of them, as
// [Study.Regress] does: overall quality on the gaps of the dimensions, say, to see which
// of them count.
func (r *Relations) Regress(y string, x []string, level float64) (Regression, error) {
	f, err := r.table.fit(y, x, level)
	return f.Regression, err
}

// Paired compares the later column with the earlier one over the respondents who have
// both, by the paired t test: the score of perceptions on a dimension with the score of
// expectations, say. It fails with a [relmark.FieldError] unless both are columns, both
// weighted or neither, and the level is 0.5 to 0.9999, and with [relmark.ErrTooFew] below
// two respondents.
func (r *Relations) Paired(earlier, later string, level float64) (Change, error) {
	a, err := r.table.column("Earlier", earlier)
	if err != nil {
		return Change{}, err
	}
	b, err := r.table.column("Later", later)
	if err != nil {
		return Change{}, err
	}
	if r.table.units[a] != r.table.units[b] {
		return Change{}, broken("Later", nil, "must be weighted where Earlier is, and only there")
	}
	rows := r.table.of([]int{a, b}, all).WithDifferences([2]int{b, a})
	e, f := r.table.ends[a], r.table.ends[b]
	d := Stat{of: rows.Summary(len(r.row), r.table.units[a]), ends: ends{f.low - e.high, f.high - e.low, true}}
	return against(d, level)
}

// Correlations are those of some columns over the respondents who have all of them. They
// are plain data.
type Correlations struct {
	N       int64       `json:"n"`
	Columns []string    `json:"columns"`
	Matrix  [][]float64 `json:"matrix"` // symmetric, 1 on the diagonal
}

// Correlate returns the correlations of columns. It fails with a [relmark.FieldError]
// unless they are two or more columns, all different, and each varies, and with
// [relmark.ErrTooFew] below three respondents: of two, any correlation is 1.
func (r *Relations) Correlate(columns ...string) (Correlations, error) {
	if len(columns) < 2 || len(columns) > maxRelated {
		return Correlations{}, broken("Columns", len(columns), "must number 2 to 48")
	}
	places, err := r.table.columns("Columns", columns)
	if err != nil {
		return Correlations{}, err
	}
	rows := r.table.of(places, all)
	v, ok := rows.Covariance(r.table.units)
	if !ok || rows.N() < 3 {
		return Correlations{}, few("correlations of %d respondents", rows.N())
	}
	return correlations(v.Of(places...), columns)
}

func correlations(v stat.Covariance, columns []string) (Correlations, error) {
	c := Correlations{N: v.N, Columns: slices.Clone(columns)}
	flat, k := v.Correlation(), len(columns)
	for i := range columns {
		if !(v.At(i, i) > 0) {
			return Correlations{}, broken(fmt.Sprintf("Columns[%d]", i), nil, "must vary among those who have all")
		}
		c.Matrix = append(c.Matrix, flat[i*k:(i+1)*k:(i+1)*k])
	}
	return c, nil
}
