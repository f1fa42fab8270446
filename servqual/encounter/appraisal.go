package encounter

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// StaffQualities returns the ready list of qualities of service staff: knowledge, appearance,
// manner, spirit, independence and initiative, in a slice of its own.
func StaffQualities() []string {
	return []string{"knowledge", "appearance", "manner", "spirit", "independence", "initiative"}
}

// An Appraisal asks several raters for a grade of each member of staff on each quality. It is
// plain data.
type Appraisal struct {
	Qualities []string `json:"qualities"` // 1 to 1000 names, each once
	Low       float64  `json:"low"`       // ends of the scale, Low < High, within ±1e6
	High      float64  `json:"high"`
	// Grades holds the grades by quality, member and rater; nil where none was given.
	Grades [][][]*float64 `json:"grades"`
}

// A QualityReport says how staff do on one quality and how far raters agree. It is plain data.
type QualityReport struct {
	Quality string `json:"quality"`
	// Reliability is the intraclass correlation of the mean of all raters for absolute agreement
	// (ICC(2,k)); nil where fewer than two members were graded by all, or grades do not differ as
	// it takes.
	Reliability *ICC           `json:"reliability"`
	Alpha       *float64       `json:"alpha"` // Krippendorff's, for intervals, with gaps; nil where nothing was graded twice or varies
	Mean        float64        `json:"mean"`  // of members' means
	Members     []MemberReport `json:"members"`
}

// A MemberReport is the grades of one member of staff on one quality. It is plain data.
type MemberReport struct {
	N        int                `json:"n"`        // grades given
	Mean     *float64           `json:"mean"`     // nil without grades
	Interval *servqual.Interval `json:"interval"` // Student's t; nil below two grades
	// Standing is where the interval lies against the mean of all: below, above, or "" where it
	// cannot be told.
	Standing Standing `json:"standing,omitempty"`
}

// A Standing is where somebody surely stands.
type Standing string

// The standings.
const (
	Unclear   Standing = ""
	BelowMean Standing = "below"
	AboveMean Standing = "above"
)

// Report returns, by quality, what raters think of each member of staff and whether they
// agree: grades on which raters do not agree say little about staff. It fails with a
// [relmark.FieldError] where the appraisal is not as it says and unless the level is 0.5 to
// 0.9999, and with [relmark.ErrTooFew] where a quality has no grade at all.
func (a Appraisal) Report(level float64) ([]QualityReport, error) {
	if err := a.check(level); err != nil {
		return nil, err
	}
	out := make([]QualityReport, len(a.Qualities))
	for q, grades := range a.Grades {
		r := QualityReport{Quality: a.Qualities[q], Members: make([]MemberReport, len(grades))}
		sum, members := 0.0, 0
		for m, row := range grades {
			r.Members[m] = member(row, level)
			if r.Members[m].Mean != nil {
				sum += *r.Members[m].Mean
				members++
			}
		}
		if members == 0 {
			return nil, fault.Room(room, fmt.Errorf("grades[%d]: %w", q, relmark.ErrTooFew))
		}
		r.Mean = sum / float64(members)
		for m := range r.Members {
			r.Members[m].stand(r.Mean)
		}
		if i, err := IntraclassOf(grades, level); err == nil {
			r.Reliability = i.TwoMean
		}
		if k, err := Krippendorff(IntervalScale, turned(grades)); err == nil {
			r.Alpha = k.Alpha
		}
		out[q] = r
	}
	return out, nil
}

// member returns the mean of one member's grades, with an interval where there are two or more: it
// is of raters as those who happened to grade, not of all there could be.
func member(grades []*float64, level float64) (r MemberReport) {
	c := stat.NewComoments(1)
	for _, g := range grades {
		if g != nil {
			c.Add([]float64{*g})
			r.N++
			r.Mean = new(*g)
		}
	}
	v, ok := c.Covariance()
	if !ok {
		return r
	}
	half := stat.StudentT(level, float64(r.N-1)) * sqrtOver(v.At(0, 0), r.N)
	r.Mean = new(v.Mean[0])
	r.Interval = &servqual.Interval{Low: v.Mean[0] - half, High: v.Mean[0] + half}
	return r
}

// stand says where the whole interval lies, so that nobody is ranked by chance.
func (r *MemberReport) stand(mean float64) {
	switch {
	case r.Interval == nil:
	case r.Interval.High < mean:
		r.Standing = BelowMean
	case r.Interval.Low > mean:
		r.Standing = AboveMean
	}
}

// turned returns rows by rater of rows by member.
func turned(rows [][]*float64) [][]*float64 {
	out := make([][]*float64, unitsOf(rows))
	for j := range out {
		for _, row := range rows {
			out[j] = append(out[j], row[j])
		}
	}
	return out
}

func (a Appraisal) check(level float64) error {
	var l fault.List
	l.Level("Level", level)
	checkNames(&l, "Qualities", a.Qualities)
	l.Check(a.Low >= -1e6 && a.High <= 1e6 && a.Low < a.High, "Low", a.Low, "must be below High, both within ±1e6")
	l.Check(len(a.Grades) == len(a.Qualities), "Grades", len(a.Grades), "must be one table for each quality")
	for q, grades := range a.Grades {
		at := fault.Item("Grades", q)
		l.Check(len(grades) >= 1 && len(grades) == len(a.Grades[0]), at, len(grades), "must be as many members for each quality, 1 or more")
		if !fewEnough(grades) {
			l.Add(at, len(grades), "must have 1e7 grades at most")
			return l.Err(room)
		}
		for m, row := range grades {
			if len(row) == 0 || len(row) != len(grades[0]) {
				l.Add(fmt.Sprintf("%s[%d]", at, m), len(row), "must be as many raters for each member, 1 or more")
			}
			for j, g := range row {
				if l.Full() {
					return l.Err(room)
				}
				if g != nil && !(*g >= a.Low && *g <= a.High) {
					l.Add(fmt.Sprintf("%s[%d][%d]", at, m, j), *g, "must be on the scale")
				}
			}
		}
	}
	return l.Err(room)
}
