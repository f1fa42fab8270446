package servqual

import (
	"cmp"
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Report reads the survey under a rule for missing answers, and leaves it as it
// is. It fails with [relmark.ErrTooFew] if nobody has responded and with a
// [relmark.FieldError] for an unknown rule. Every mean and variance is the exact
// fraction rounded once. It takes time in proportion to the memory of the survey,
// whatever the number of respondents.
func (s *Survey) Report(m Missing) (Report, error) {
	if err := missingRules().Check("Missing", m); err != nil {
		return Report{}, fault.Room(room, err)
	}
	if s.respondents == 0 {
		return Report{}, fault.Room(room, fmt.Errorf("nobody has responded: %w", relmark.ErrTooFew))
	}
	l := s.plan
	r := Report{
		Respondents: s.Respondents(), Missing: m,
		Items: make([]ItemScores, l.items), Dimensions: make([]DimensionScores, len(l.histograms)),
	}
	for d := range r.Dimensions {
		r.Dimensions[d] = DimensionScores{Name: l.params.Dimensions[d].Name, Importance: s.importance(d), span: l.span}
		for _, item := range l.params.Dimensions[d].Items {
			of := s.item(item)
			r.Items[item] = ItemScores{d, l.scores(of.sums, 1, 1), of.Disconfirmation}
			r.Dimensions[d].pooled.Merge(of.sums[gap])
			r.Pairs.Worse += of.Worse
			r.Pairs.Equal += of.Equal
			r.Pairs.Better += of.Better
		}
	}
	s.dimensions(m.marks(), r.Dimensions)
	r.Totals = l.scores(s.totals, 1, l.items)
	r.Expected, r.Perceived, r.Gap = s.overallScores(m.marks(), r.Dimensions)
	return r, nil
}

// zero returns what a raw score of 0 means.
func (l *plan) zero(m measure) int {
	if m == gap {
		return -l.span
	}
	return l.params.Low
}

// ends returns those of a sum of n answers.
func (l *plan) ends(m measure, n int) ends {
	scale := ends{float64(n * l.params.Low), float64(n * l.params.High), true}
	if m == gap {
		return scale.gap()
	}
	return scale
}

// scores describes raw scores divided by scale that are sums of n answers.
func (l *plan) scores(raw [measures]stat.Moments, scale uint64, n int) Scores {
	of := func(m measure) Stat { return Stat{of: raw[m].Summary(scale, int64(n*l.zero(m))), ends: l.ends(m, n)} }
	return Scores{of(expected), of(perceived), of(gap)}
}

// A tally is what a histogram comes to.
type tally struct {
	sums [measures]stat.Moments
	Disconfirmation
}

// item adds up the histogram of an item. What a cell says of a single item has n
// = 1 in the fields of the measures that were answered and 0 in the others.
func (s *Survey) item(position int) (t tally) {
	l := s.plan
	pairs := s.pairs[l.place[position]*len(l.says):]
	for cell, says := range l.says {
		n := uint64(pairs[cell])
		if n == 0 {
			continue
		}
		for m := range measures {
			if field := says.field(m); field > 0 {
				t.sums[m].AddTimes(uint64(field-l.width[m]), n)
			}
		}
		if says.field(gap) > 0 {
			t.add(cmp.Compare(says.field(gap)-l.width[gap], l.span), int64(n))
		}
	}
	return t
}

// dimensions adds up the histograms of the respondents who satisfy a rule. Scores
// are times lcm there; a gap of 0 is at span · lcm.
func (s *Survey) dimensions(rule marks, into []DimensionScores) {
	l := s.plan
	for d, histograms := range l.histograms {
		var t tally
		for m, h := range histograms {
			for at, n := range s.sums[h.first:][:len(h.column)] {
				if n == 0 || h.column.marks(at)&rule != rule {
					continue
				}
				t.sums[m].AddTimes(h.column.score(at), uint64(n))
				if measure(m) == gap {
					t.add(cmp.Compare(h.column.score(at), uint64(l.span)*l.lcm), int64(n))
				}
			}
		}
		into[d].Scores, into[d].Disconfirmation = l.scores(t.sums, l.lcm, 1), t.Disconfirmation
	}
}

// importance adds up the histogram of the points given to a dimension.
func (s *Survey) importance(d int) Stat {
	var sums stat.Moments
	for points, n := range s.points[d*(allPoints+1):][:allPoints+1] {
		sums.AddTimes(uint64(points), uint64(n))
	}
	return Stat{of: sums.Summary(1, 0), ends: ends{0, allPoints, true}}
}

// overallScores adds up the respondents who satisfy a rule in every dimension.
func (s *Survey) overallScores(rule marks, dimensions []DimensionScores) (e, p, g Overall) {
	var unweighted, weighted [measures]stat.Moments
	for m := range measures {
		for _, o := range s.overall[m][rule.strictest():] {
			unweighted[m].Merge(o.unweighted)
			weighted[m].Merge(o.weighted)
		}
	}
	l := s.plan
	es, ws := l.scores(unweighted, l.lcm*uint64(len(dimensions)), 1), l.scores(weighted, l.lcm*allPoints, 1)
	e = Overall{Unweighted: es.Expected, Weighted: ws.Expected}
	p = Overall{Unweighted: es.Perceived, Weighted: ws.Perceived}
	g = Overall{Unweighted: es.Gap, Weighted: ws.Gap}
	for _, d := range dimensions {
		e.means = append(e.means, d.Expected)
		p.means = append(p.means, d.Perceived)
		g.means = append(g.means, d.Gap)
	}
	return e, p, g
}
