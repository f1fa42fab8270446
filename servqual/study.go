package servqual

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// The names of columns from which a [Study] answers questions of its own: what drives
// expectations ([Study.Drivers]), what disconfirmation does to satisfaction
// ([Study.Disconfirmation]), what outcome and process do to quality
// ([Study.OutcomeProcess]).
const (
	ColumnExpected     = "expected"
	ColumnPerceived    = "perceived"
	ColumnPromised     = "promised"      // by market communication
	ColumnImage        = "image"         // of the provider
	ColumnWordOfMouth  = "word_of_mouth" // of others
	ColumnNeeds        = "needs"         // of the customer
	ColumnEmotion      = "emotion"       // in the encounter
	ColumnAttribution  = "attribution"   // to whom the outcome is ascribed
	ColumnFairness     = "fairness"      // of the exchange
	ColumnSatisfaction = "satisfaction"
	ColumnOutcome      = "outcome" // technical quality: what is received
	ColumnProcess      = "process" // functional quality: how it is received
	ColumnOverall      = "overall" // quality as a whole
)

// The names of columns that a [Study] works out.
const (
	ColumnGap    = "gap"    // perceived less expected, where both are columns
	ColumnExcess = "excess" // promised less perceived, where both are columns
)

// A Column is one question of a study and its scale.
type Column struct {
	Name string `json:"name"` // UTF-8 text of 1 to 200 bytes, unique, not "gap", "excess" or "intercept"
	Low  int    `json:"low"`  // lowest answer, -127 or more
	High int    `json:"high"` // highest answer, above Low, at most 127
}

// StudyParams lists the questions of a study. They are plain data.
type StudyParams struct {
	Columns []Column // 2 to 12 of them
}

const maxColumns = 12

// Validate reports every rule that p breaks, joined into one error.
func (p StudyParams) Validate() error {
	var l fault.List
	if n := len(p.Columns); n < 2 || n > maxColumns {
		l.Add("Columns", n, "must number 2 to 12")
		return l.Err(room)
	}
	seen := map[string]bool{ColumnGap: true, ColumnExcess: true, "intercept": true}
	for i, c := range p.Columns {
		at := fmt.Sprintf("Columns[%d].", i)
		l.Name(at+"Name", c.Name)
		l.Check(!seen[c.Name], at+"Name", nil, "must be unique, and not gap, excess or intercept")
		seen[c.Name] = true
		l.Check(c.Low >= minLow && c.Low < maxHigh, at+"Low", c.Low, "must be -127 to 126")
		l.Check(c.High > c.Low && c.High <= maxHigh, at+"High", c.High, "must be above Low, at most 127")
	}
	return l.Err(room)
}

// A Study adds up what respondents answered to a few questions, with the sums of
// products that regressions need, by which questions they left blank and by the sign of
// their gap. Whatever is asked of it later is then of exactly those who answered what is
// in question, and of all of them. Sums are whole: parts collected apart merge to what
// one would have collected, to the last bit, in any order.
//
// Obtain one from [NewStudy]. The zero Study holds nothing and takes no answers, but
// merges and decodes. A Study is not safe for concurrent mutation. It takes some 100
// bytes for each pair of columns and each combination of blanks that occurs.
type Study struct {
	opaque

	layout      *layout
	respondents uint64
	parts       map[part]*stat.Cross
	row         []int64 // of the respondent being added
}

// A part is of the respondents who answered the same columns, which are bits, and have a
// gap of the same sign.
type part struct {
	answered uint16
	sign     int8
}

// A layout is what columns mean: those asked, then those worked out.
type layout struct {
	params  StudyParams
	names   []string
	ends    []ends
	derived [][2]int // columns that are one asked less another
	gap     int      // place of the gap; −1 if it is not there
}

func newLayout(p StudyParams) *layout {
	l := &layout{params: StudyParams{slices.Clone(p.Columns)}, gap: -1}
	for _, c := range p.Columns {
		l.names = append(l.names, c.Name)
		l.ends = append(l.ends, ends{float64(c.Low), float64(c.High), true})
	}
	l.derive(ColumnGap, ColumnPerceived, ColumnExpected)
	l.gap = slices.Index(l.names, ColumnGap)
	l.derive(ColumnExcess, ColumnPromised, ColumnPerceived)
	return l
}

func (l *layout) derive(name, of, less string) {
	d := [2]int{slices.Index(l.names, of), slices.Index(l.names, less)}
	if d[0] < 0 || d[1] < 0 {
		return
	}
	a, b := l.ends[d[0]], l.ends[d[1]]
	l.names = append(l.names, name)
	l.ends = append(l.ends, ends{a.low - b.high, a.high - b.low, true})
	l.derived = append(l.derived, d)
}

// NewStudy returns an empty study. It fails exactly when [StudyParams.Validate] does.
func NewStudy(p StudyParams) (*Study, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return emptyStudy(newLayout(p)), nil
}

func emptyStudy(l *layout) *Study {
	return &Study{layout: l, parts: map[part]*stat.Cross{}, row: make([]int64, len(l.params.Columns))}
}

// Params returns a copy of what the study was made from; none for the zero Study.
func (s *Study) Params() StudyParams {
	if s.layout == nil {
		return StudyParams{}
	}
	return StudyParams{slices.Clone(s.layout.params.Columns)}
}

// Respondents returns the number of respondents added.
func (s *Study) Respondents() int64 { return int64(s.respondents) }

// Add adds what a respondent answered, one answer for each column, on its scale or
// [Blank], and keeps no reference to it. It fails with a [relmark.FieldError], and leaves
// s as it was, for others, and with [relmark.ErrLimit] after 4,294,967,295 respondents.
func (s *Study) Add(answers []int8) error { return fault.Room(room, s.add(answers)) }

func (s *Study) add(answers []int8) error {
	if s.layout == nil {
		return fault.New("Study", nil, "must come from NewStudy")
	}
	if s.respondents == maxRespondents {
		return fmt.Errorf("respondents: %w", relmark.ErrLimit)
	}
	if err := s.layout.check(answers); err != nil {
		return err
	}
	var at part
	for i, a := range answers {
		s.row[i] = 0
		if a != Blank {
			at.answered |= 1 << i
			s.row[i] = int64(a)
		}
	}
	at.sign = s.layout.sign(s.row, at.answered)
	if s.parts[at] == nil {
		s.parts[at] = stat.NewCross(len(s.row))
	}
	s.parts[at].Add(s.row)
	s.respondents++
	return nil
}

func (l *layout) check(answers []int8) error {
	if len(answers) != len(l.params.Columns) {
		return fault.New("Answers", len(answers), fmt.Sprintf("must have %d answers, one for each column", len(l.params.Columns)))
	}
	for i, c := range l.params.Columns {
		if a := answers[i]; a != Blank && (int(a) < c.Low || int(a) > c.High) {
			return fault.New(fmt.Sprintf("Answers[%d]", i), a, fmt.Sprintf("must be %d to %d or Blank", c.Low, c.High))
		}
	}
	return nil
}

// Signs of a gap; 0 is of none.
const (
	worse int8 = 1 + iota
	equal
	better
)

// sign returns that of the gap of a respondent.
func (l *layout) sign(row []int64, answered uint16) int8 {
	if !l.hasGap(answered) {
		return 0
	}
	d := l.derived[0]
	return equal + int8(cmp.Compare(row[d[0]], row[d[1]]))
}

func (l *layout) hasGap(answered uint16) bool {
	if l.gap < 0 {
		return false
	}
	d := l.derived[0]
	return answered>>d[0]&answered>>d[1]&1 == 1
}

// Merge adds the respondents of o, which stays as it is. The zero Study and every empty
// study of the same columns change nothing; a zero s becomes a copy of o. It fails, and
// leaves s as it was, with a [relmark.FieldError] if o is nil or the columns differ, and
// with [relmark.ErrLimit] if there are more than 4,294,967,295 respondents together. It
// is associative and commutative.
func (s *Study) Merge(o *Study) error {
	switch {
	case o == nil:
		return broken("Study", nil, "must not be nil")
	case o.layout == nil:
		return nil
	case s.layout == nil:
		*s = *emptyStudy(o.layout)
	case !slices.Equal(s.layout.params.Columns, o.layout.params.Columns):
		return broken("Columns", nil, "must be the same in both studies")
	case s.respondents+o.respondents > maxRespondents:
		return fault.Room(room, fmt.Errorf("respondents: %w", relmark.ErrLimit))
	}
	s.respondents += o.respondents
	for at, c := range o.parts {
		if s.parts[at] == nil {
			s.parts[at] = stat.NewCross(len(s.row))
		}
		s.parts[at].Merge(c)
	}
	return nil
}

// all stands for a gap of any sign, or none.
const all int8 = -1

// of adds up the respondents who answered all of some columns, and have a gap of a sign:
// the columns asked, then those worked out.
func (s *Study) of(columns []int, sign int8) *stat.Cross {
	needed := s.layout.needed(columns)
	sum := stat.NewCross(len(s.row))
	for at, c := range s.parts {
		if at.answered&needed == needed && (sign == all || sign == at.sign) {
			sum.Merge(c)
		}
	}
	return sum.WithDifferences(s.layout.derived...)
}

// needed returns the columns asked that some columns are made of, as bits.
func (l *layout) needed(columns []int) (bits uint16) {
	for _, c := range columns {
		if i := c - len(l.params.Columns); i >= 0 {
			bits |= 1<<l.derived[i][0] | 1<<l.derived[i][1]
		} else {
			bits |= 1 << c
		}
	}
	return bits
}

// column returns the place of a column by name.
func (s *Study) column(field, name string) (int, error) {
	if s.layout != nil {
		if at := slices.Index(s.layout.names, name); at >= 0 {
			return at, nil
		}
	}
	return 0, broken(field, nil, "must be a column of the study")
}

// Score returns the score of a column, or of "gap" or "excess", over all who have it. It
// fails with a [relmark.FieldError] unless it is a column.
func (s *Study) Score(column string) (Stat, error) {
	at, err := s.column("Column", column)
	if err != nil {
		return Stat{}, err
	}
	return s.score(at), nil
}

func (s *Study) score(column int) Stat {
	return Stat{of: s.of([]int{column}, all).Summary(column), ends: s.layout.ends[column]}
}

// Regress fits column y to others, of which there may be "gap" and "excess", over the
// respondents who answered all of them. It fails with a [relmark.FieldError] unless they
// are columns, all different, the level is 0.5 to 0.9999, y varies, and no x follows from
// the others; and with [relmark.ErrTooFew] unless there are more respondents than
// coefficients.
func (s *Study) Regress(y string, x []string, level float64) (Regression, error) {
	f, err := s.fit(y, x, level)
	return f.Regression, err
}

// A fit is a regression with what it was computed from.
type fit struct {
	Regression
	raw        stat.Regression
	covariance stat.Covariance
	columns    []int // y, then x
}

func (s *Study) fit(y string, x []string, level float64) (fit, error) {
	if err := checkLevel(level); err != nil {
		return fit{}, err
	}
	if len(x) == 0 || len(x) > maxColumns {
		return fit{}, broken("X", len(x), "must number 1 to 12")
	}
	at, err := s.column("Y", y)
	if err != nil {
		return fit{}, err
	}
	f := fit{columns: []int{at}}
	for i, name := range x {
		field := fmt.Sprintf("X[%d]", i)
		if at, err = s.column(field, name); err != nil {
			return fit{}, err
		}
		if slices.Contains(f.columns, at) {
			return fit{}, broken(field, nil, "must differ from y and those before it")
		}
		f.columns = append(f.columns, at)
	}
	rows := s.of(f.columns, all)
	covariance, ok := rows.Covariance(nil)
	if !ok {
		return fit{}, few("regression on %d respondents", rows.N())
	}
	f.covariance = covariance
	f.Regression, f.raw, err = regression(covariance, f.columns[0], f.columns[1:], x, level)
	return f, err
}

// paired tests the mean of a column of differences against 0.
func (s *Study) paired(column string, level float64) (Change, error) {
	d, err := s.Score(column)
	if err != nil {
		return Change{}, err
	}
	low, high, err := d.Interval(level)
	if err != nil {
		return Change{}, err
	}
	mean, _ := d.Mean()
	se, _ := d.SE()
	t := tested(stat.Difference{Value: mean, SE: se, Degrees: float64(d.N() - 1)})
	return Change{d.N(), d.N(), t.Value, t.SE, low, high, t.T, t.Degrees, t.P}, nil
}

func square(x float64) float64 { return float64(x * x) }
