package servqual

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark/internal/fault"
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
	Columns []Column `json:"columns"` // 2 to 12 of them
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
		c.check(&l, fmt.Sprintf("Columns[%d].", i), seen)
	}
	return l.Err(room)
}

// check adds the rules that a column breaks, which has none of some names; its own is one
// of them then.
func (c Column) check(l *fault.List, at string, taken map[string]bool) {
	l.Name(at+"Name", c.Name)
	l.Check(!taken[c.Name], at+"Name", nil, "must be unique, and not one that is worked out")
	taken[c.Name] = true
	l.Check(c.Low >= minLow && c.Low < maxHigh, at+"Low", c.Low, "must be -127 to 126")
	l.Check(c.High > c.Low && c.High <= maxHigh, at+"High", c.High, "must be above Low, at most 127")
}

// A Study adds up what respondents answered to a few questions, with the sums of
// products that regressions need, by which questions they left blank and by the sign of
// their gap. Whatever is asked of it later is then of exactly those who answered what is
// in question, and of all of them. Sums are whole: parts collected apart merge to what
// one would have collected, to the last bit, in any order.
//
// Obtain one from [NewStudy]. The zero Study holds nothing and takes no answers, but
// merges and decodes. A Study is not safe for concurrent mutation. It takes 8·k·(k + 3)
// bytes for k columns and each combination of blanks and sign of the gap that occurs.
type Study struct {
	opaque

	params StudyParams
	table  table
	gap    int     // place of the gap; −1 if it is not there
	row    []int64 // of the respondent being added
}

func newStudy(p StudyParams) *Study {
	var names []string
	var scales []ends
	for _, c := range p.Columns {
		names, scales = append(names, c.Name), append(scales, ends{float64(c.Low), float64(c.High), true})
	}
	s := &Study{params: StudyParams{slices.Clone(p.Columns)}, row: make([]int64, len(p.Columns))}
	s.table = newTable(names, scales, slices.Repeat([]uint64{1}, len(names)))
	s.gap = s.table.derive(ColumnGap, ColumnPerceived, ColumnExpected)
	s.table.derive(ColumnExcess, ColumnPromised, ColumnPerceived)
	return s
}

// NewStudy returns an empty study. It fails exactly when [StudyParams.Validate] does.
func NewStudy(p StudyParams) (*Study, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return newStudy(p), nil
}

// made reports whether s is of some columns, as all but the zero Study are.
func (s *Study) made() bool { return len(s.params.Columns) > 0 }

// Params returns a copy of what the study was made from; none for the zero Study.
func (s *Study) Params() StudyParams { return StudyParams{slices.Clone(s.params.Columns)} }

// Respondents returns the number of respondents added.
func (s *Study) Respondents() int64 { return int64(s.table.rows) }

// Add adds what a respondent answered, one answer for each column, on its scale or
// [Blank], and keeps no reference to it. It fails with a [relmark.FieldError], and leaves
// s as it was, for others, and with [relmark.ErrLimit] after 4,294,967,295 respondents.
func (s *Study) Add(answers []int8) error { return fault.Room(room, s.add(answers)) }

func (s *Study) add(answers []int8) error {
	if !s.made() {
		return fault.New("Study", nil, "must come from NewStudy")
	}
	if err := s.table.room(1); err != nil {
		return err
	}
	has, err := readAnswers("Answers", s.params.Columns, answers, s.row)
	if err != nil {
		return err
	}
	s.table.add(part{has, s.sign(has)}, s.row)
	return nil
}

// readAnswers writes answers into a row, 0 where blank, and returns which are there, as
// bits.
func readAnswers(field string, columns []Column, answers []int8, row []int64) (has uint64, err error) {
	if len(answers) != len(columns) {
		return 0, fault.New(field, len(answers), fmt.Sprintf("must have %d answers, one for each column", len(columns)))
	}
	for i, c := range columns {
		a := answers[i]
		row[i] = 0
		if a == Blank {
			continue
		}
		if int(a) < c.Low || int(a) > c.High {
			return 0, fault.New(fmt.Sprintf("%s[%d]", field, i), a, fmt.Sprintf("must be %d to %d or Blank", c.Low, c.High))
		}
		row[i] = int64(a)
		has |= 1 << i
	}
	return has, nil
}

// Signs of a gap; 0 is of none.
const (
	worse int8 = 1 + iota
	equal
	better
)

// sign returns that of the gap of the respondent being added.
func (s *Study) sign(has uint64) int8 {
	if !s.hasGap(has) {
		return 0
	}
	d := s.table.derived[0]
	return equal + int8(cmp.Compare(s.row[d[0]], s.row[d[1]]))
}

func (s *Study) hasGap(has uint64) bool {
	return s.gap >= 0 && s.table.needed([]int{s.gap})&^has == 0
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
	case !o.made():
		return nil
	case !s.made():
		*s = *newStudy(o.params)
	case !slices.Equal(s.params.Columns, o.params.Columns):
		return broken("Columns", nil, "must be the same in both studies")
	}
	if err := s.table.room(o.table.rows); err != nil {
		return fault.Room(room, err)
	}
	s.table.merge(&o.table)
	return nil
}

// Score returns the score of a column, or of "gap" or "excess", over all who have it. It
// fails with a [relmark.FieldError] unless it is a column.
func (s *Study) Score(column string) (Stat, error) { return s.table.named(column) }

// Regress fits column y to others, of which there may be "gap" and "excess", over the
// respondents who answered all of them. It fails with a [relmark.FieldError] unless they
// are columns, all different, the level is 0.5 to 0.9999, y varies, and no x follows from
// the others; and with [relmark.ErrTooFew] unless there are more respondents than
// coefficients.
func (s *Study) Regress(y string, x []string, level float64) (Regression, error) {
	f, err := s.table.fit(y, x, level)
	return f.Regression, err
}
