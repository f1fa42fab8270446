package servqual

import (
	"github.com/relmark/relmark/internal/fault"
)

// A ZoneReport reads a [ZoneSurvey] under one rule for missing answers. Read it
// concurrently as long as nobody changes it. It does not encode: store the survey, and
// report again.
type ZoneReport struct {
	opaque

	Respondents int64           // responses added, whatever they left blank
	Missing     Missing         // the rule
	Items       []ZoneScores    // by position in the answers; the rule has no part in them
	Dimensions  []ZoneDimension // in the order of the instrument
	// Overall is of the respondents with scores on all dimensions: the mean of these.
	Overall ZoneScores
}

// ZoneDimension is what a report says of one dimension. A respondent's scores are the
// means of the items answered three times, if these satisfy the rule.
type ZoneDimension struct {
	Name string
	ZoneScores
}

// Report reads the survey under a rule for missing answers, and leaves it as it is. It
// fails as [Survey.Report] does, and every mean and variance is the exact fraction
// rounded once.
func (s *ZoneSurvey) Report(m Missing) (ZoneReport, error) {
	if err := missingRules().Check("Missing", m); err != nil {
		return ZoneReport{}, fault.Room(room, err)
	}
	if s.respondents == 0 {
		return ZoneReport{}, few("nobody has responded")
	}
	l := s.plan
	r := ZoneReport{Respondents: s.Respondents(), Missing: m}
	for i := range s.items {
		z := s.items[i].zone(uint64(l.span))
		r.Items = append(r.Items, l.zoneScores(&z, 1))
	}
	for d, name := range l.params.Dimensions {
		z := satisfying(&s.dimensions[d], m)
		r.Dimensions = append(r.Dimensions, ZoneDimension{name.Name, l.zoneScores(&z, l.lcm)})
	}
	z := satisfying(&s.overall, m)
	r.Overall = l.zoneScores(&z, l.lcm*uint64(len(s.dimensions)))
	return r, nil
}

// satisfying adds up those who satisfy a rule: it, or a stricter one.
func satisfying(by *[rules]zone, m Missing) (z zone) {
	for k := m.marks().strictest(); k < rules; k++ {
		z.merge(&by[k])
	}
	return z
}

// zoneScores describes raw scores divided by scale.
func (l *plan) zoneScores(z *zone, scale uint64) ZoneScores {
	score := func(m zoneMeasure) Stat {
		return Stat{of: z.sums[m].Summary(scale, int64(l.params.Low)), ends: l.ends(expected, 1)}
	}
	difference := func(m zoneMeasure) Stat {
		return Stat{of: z.sums[m].Summary(scale, int64(-l.span)), ends: l.ends(gap, 1)}
	}
	return ZoneScores{
		z.ZoneCounts, score(adequate), score(desired), score(observed),
		difference(adequacy), difference(superiority), difference(width),
	}
}

// Dimension returns what the report says of the dimension of that name; a
// [relmark.FieldError] if there is none.
func (r ZoneReport) Dimension(name string) (ZoneDimension, error) {
	for _, d := range r.Dimensions {
		if d.Name == name {
			return d, nil
		}
	}
	return ZoneDimension{}, broken("Name", nil, "must be a dimension of the instrument")
}
