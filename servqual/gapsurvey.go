package servqual

import (
	"cmp"
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Columns are the answers of many respondents, item by item as column stores keep them:
// Expected[i][r] is what respondent r expected of item i, on the scale of the instrument
// or [Blank].
type Columns struct {
	Expected  [][]int8 `json:"expected"`
	Perceived [][]int8 `json:"perceived"`
}

// A GapSurvey adds up the gaps of dimensions and overall, and nothing else: it takes
// columns of answers several times as fast as a [Survey] takes responses, and has the
// same gaps to the last bit. Parts merge exactly.
//
// Obtain one from [Instrument.NewGapSurvey]. The zero GapSurvey holds nothing and takes
// no answers, but merges and decodes. It is not safe for concurrent mutation.
type GapSurvey struct {
	opaque

	plan        *plan
	respondents uint64
	sums        []uint32 // respondents by dimension and place in the column of gaps
	overall     [rules]stat.Moments
}

// NewGapSurvey returns an empty survey. Its memory does not grow with respondents: 7 kB
// for the standard items on a scale of 1 to 7, 110 kB on a scale of 0 to 100.
func (in Instrument) NewGapSurvey() *GapSurvey {
	if in.plan == nil {
		return &GapSurvey{}
	}
	return &GapSurvey{plan: in.plan, sums: make([]uint32, in.plan.gapPlaces())}
}

// gapPlaces returns the size of the columns of gaps.
func (l *plan) gapPlaces() (n int) {
	for _, h := range l.histograms {
		n += len(h[gap].column)
	}
	return n
}

// Instrument returns the instrument of s; the zero Instrument for the zero GapSurvey.
func (s *GapSurvey) Instrument() Instrument { return Instrument{s.plan} }

// Respondents returns the number of respondents added.
func (s *GapSurvey) Respondents() int64 { return int64(s.respondents) }

// AddColumns adds the respondents of some columns and keeps no reference to them. It fails
// with a [relmark.FieldError], and leaves s as it was, unless there are columns of equal
// length for each item on both sides, and each answer is on the scale or [Blank]; and with
// [relmark.ErrLimit] if there are more than 4,294,967,295 respondents. It takes time in
// proportion to the answers, of which eight are added at once where a gap summed over the
// largest dimension fits in a byte: (High − Low)·2·items ≤ 255.
func (s *GapSurvey) AddColumns(c Columns) error {
	if s.plan == nil {
		return broken("GapSurvey", nil, "must come from the NewGapSurvey of an instrument")
	}
	n, err := s.plan.length(c)
	if err != nil {
		return fault.Room(room, err)
	}
	if uint64(n) > maxRespondents-s.respondents {
		return fault.Room(room, fmt.Errorf("respondents: %w", relmark.ErrLimit))
	}
	added := Instrument{s.plan}.NewGapSurvey()
	if !added.count(c, n) {
		return fault.Room(room, s.plan.offScale(c))
	}
	s.merge(added)
	return nil
}

// length returns how many respondents the columns have.
func (l *plan) length(c Columns) (n int, err error) {
	for _, side := range []struct {
		field   string
		columns [][]int8
	}{{"Expected", c.Expected}, {"Perceived", c.Perceived}} {
		if len(side.columns) != l.items {
			return 0, fault.New(side.field, len(side.columns), fmt.Sprintf("must have %d columns, one for each item", l.items))
		}
		for i, column := range side.columns {
			if len(column) != len(c.Expected[0]) {
				return 0, fault.New(fmt.Sprintf("%s[%d]", side.field, i), len(column), "must be as long as the first column")
			}
		}
	}
	return len(c.Expected[0]), nil
}

// offScale returns the error that names the first answer off the scale.
func (l *plan) offScale(c Columns) error {
	for i := range l.items {
		for _, side := range []struct {
			field  string
			column []int8
		}{{"Expected", c.Expected[i]}, {"Perceived", c.Perceived[i]}} {
			for r, a := range side.column {
				if a != Blank && (int(a) < l.params.Low || int(a) > l.params.High) {
					return fault.New(fmt.Sprintf("%s[%d][%d]", side.field, i, r), a,
						fmt.Sprintf("must be %d to %d or Blank", l.params.Low, l.params.High))
				}
			}
		}
	}
	return nil
}

// count adds n respondents to an empty survey; false, with s in pieces, at an answer off
// the scale.
func (s *GapSurvey) count(c Columns, n int) bool {
	s.respondents = uint64(n)
	if n == 0 {
		return true
	}
	done := 0
	if lanes := s.plan.lanes; lanes != nil {
		var ok bool
		if done, ok = lanes.count(s, c, n); !ok {
			return false
		}
	}
	for r := done; r < n; r++ {
		if !s.countOne(c, r) {
			return false
		}
	}
	return true
}

// countOne adds one respondent.
func (s *GapSurvey) countOne(c Columns, r int) bool {
	l := s.plan
	met, first, score := allMarks, 0, uint64(0)
	for d, dimension := range l.params.Dimensions {
		var w word
		for _, item := range dimension.Items {
			code := l.codes[item]
			cell := int(code.row[uint8(c.Expected[item][r])]) + int(code.column[uint8(c.Perceived[item][r])])
			if cell >= len(l.says) {
				return false
			}
			w += l.says[cell]
		}
		h, at := &l.histograms[d][gap], w.field(gap)
		s.sums[first+at]++
		first += len(h.column)
		met &= h.column.marks(at)
		score += h.column.score(at)
	}
	if met != 0 {
		s.overall[met.strictest()].Add(score)
	}
	return true
}

// Merge adds the respondents of o, which stays as it is, as [Survey.Merge] does.
func (s *GapSurvey) Merge(o *GapSurvey) error {
	switch {
	case o == nil:
		return broken("GapSurvey", nil, "must not be nil")
	case o.plan == nil:
		return nil
	case s.plan == nil:
		*s = *o.Instrument().NewGapSurvey()
	}
	if err := together(s.plan, o.plan, s.respondents, o.respondents); err != nil {
		return err
	}
	s.merge(o)
	return nil
}

func (s *GapSurvey) merge(o *GapSurvey) {
	s.respondents += o.respondents
	addEach(s.sums, o.sums)
	for k := range rules {
		s.overall[k].Merge(o.overall[k])
	}
}

// A GapReport reads a [GapSurvey] under one rule for missing answers. It does not encode:
// store the survey, and report again.
type GapReport struct {
	opaque

	Respondents int64          // added, whatever they left blank
	Missing     Missing        // the rule
	Dimensions  []DimensionGap // in the order of the instrument
	Overall     Stat           // by respondent: mean of the gaps on all dimensions
}

// A DimensionGap is the Gap of [DimensionScores], and the respondents by its sign.
type DimensionGap struct {
	Name string
	Gap  Stat
	Disconfirmation
}

// Report reads the survey under a rule for missing answers, and leaves it as it is. It
// fails as [Survey.Report] does, and every figure is the one that has.
func (s *GapSurvey) Report(m Missing) (GapReport, error) {
	if err := missingRules().Check("Missing", m); err != nil {
		return GapReport{}, fault.Room(room, err)
	}
	if s.respondents == 0 {
		return GapReport{}, few("nobody has responded")
	}
	l := s.plan
	r := GapReport{Respondents: s.Respondents(), Missing: m}
	first := 0
	for d, dimension := range l.params.Dimensions {
		column := l.histograms[d][gap].column
		of := DimensionGap{Name: dimension.Name}
		var sums stat.Moments
		for at, n := range s.sums[first:][:len(column)] {
			if n == 0 || column.marks(at)&m.marks() != m.marks() {
				continue
			}
			sums.AddTimes(column.score(at), uint64(n))
			of.add(cmp.Compare(column.score(at), uint64(l.span)*l.lcm), int64(n))
		}
		of.Gap = l.gapStat(sums, l.lcm)
		r.Dimensions = append(r.Dimensions, of)
		first += len(column)
	}
	var all stat.Moments
	for _, part := range s.overall[m.marks().strictest():] {
		all.Merge(part)
	}
	r.Overall = l.gapStat(all, l.lcm*uint64(len(l.histograms)))
	return r, nil
}

func (l *plan) gapStat(sums stat.Moments, unit uint64) Stat {
	return Stat{of: sums.Summary(unit, int64(l.zero(gap))), ends: l.ends(gap, 1)}
}
