package servqual

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A ZoneResponse is what one respondent answered on adequate, desired and perceived
// service, by item. Answers lie on the scale of the instrument or are [Blank].
type ZoneResponse struct {
	Adequate  []int8 `json:"adequate"`
	Desired   []int8 `json:"desired"`
	Perceived []int8 `json:"perceived"`
}

// A zoneMeasure is one of the six things that are averaged.
type zoneMeasure int

const (
	adequate    zoneMeasure = iota // A
	desired                        // D
	observed                       // P
	adequacy                       // P − A
	superiority                    // P − D
	width                          // D − A
	zoneMeasures
)

// A zone adds up respondents who have A, D and P.
type zone struct {
	sums [zoneMeasures]stat.Moments
	ZoneCounts
}

// add adds raw scores, of which none is negative: those of A, D and P count from Low,
// differences from Low − High, which is −span.
func (z *zone) add(raw [3]uint64, span uint64) {
	a, d, p := raw[adequate], raw[desired], raw[observed]
	for m, x := range [zoneMeasures]uint64{a, d, p, p + span - a, p + span - d, d + span - a} {
		z.sums[m].Add(x)
	}
	z.ZoneCounts.add(statusOf(a, d, p))
}

func (z *zone) merge(o *zone) {
	for m := range z.sums {
		z.sums[m].Merge(o.sums[m])
	}
	z.ZoneCounts.merge(o.ZoneCounts)
}

// A ZoneSurvey is what all respondents answered on adequate, desired and perceived
// service, added up exactly: parts collected apart merge to what one would have
// collected, to the last bit, in any order. An item counts where a respondent answered
// all three. It does not favour a rule for missing answers; the report does.
//
// Obtain one from [Instrument.NewZoneSurvey]. The zero ZoneSurvey holds nothing and
// takes no answers, but merges and decodes. It is not safe for concurrent mutation.
type ZoneSurvey struct {
	opaque

	plan        *plan
	respondents uint64
	items       []zone        // by position
	dimensions  [][rules]zone // by dimension and strictest rule satisfied
	overall     [rules]zone
}

// NewZoneSurvey returns an empty survey. Its memory does not grow with respondents: some
// 300 bytes for each item, and 900 for each dimension.
func (in Instrument) NewZoneSurvey() *ZoneSurvey {
	if in.plan == nil {
		return &ZoneSurvey{}
	}
	return &ZoneSurvey{
		plan: in.plan, items: make([]zone, in.plan.items),
		dimensions: make([][rules]zone, len(in.plan.histograms)),
	}
}

// Instrument returns the instrument of s; the zero Instrument for the zero ZoneSurvey.
func (s *ZoneSurvey) Instrument() Instrument { return Instrument{s.plan} }

// Respondents returns the number of responses added.
func (s *ZoneSurvey) Respondents() int64 { return int64(s.respondents) }

// Add adds a response and keeps no reference to it. Who answered nothing still counts as
// a respondent. It fails with a [relmark.FieldError], and leaves s as it was, unless all
// three have an answer for each item that is on the scale or [Blank], and with
// [relmark.ErrLimit] after 4,294,967,295 responses. It takes O(items) time and does not
// allocate.
func (s *ZoneSurvey) Add(r ZoneResponse) error { return fault.Room(room, s.add(&r)) }

func (s *ZoneSurvey) add(r *ZoneResponse) error {
	if s.plan == nil {
		return fault.New("ZoneSurvey", nil, "must come from the NewZoneSurvey of an instrument")
	}
	if s.respondents == maxRespondents {
		return fmt.Errorf("respondents: %w", relmark.ErrLimit)
	}
	if err := s.check("Adequate", r.Adequate); err != nil {
		return err
	}
	if err := s.check("Desired", r.Desired); err != nil {
		return err
	}
	if err := s.check("Perceived", r.Perceived); err != nil {
		return err
	}
	s.respondents++
	s.count(r)
	return nil
}

func (s *ZoneSurvey) check(field string, answers []int8) error {
	p := &s.plan.params
	if len(answers) != s.plan.items {
		return fault.New(field, len(answers), fmt.Sprintf("must have %d answers, one for each item", s.plan.items))
	}
	for i, a := range answers {
		if a != Blank && (int(a) < p.Low || int(a) > p.High) {
			return fault.New(fmt.Sprintf("%s[%d]", field, i), a, fmt.Sprintf("must be %d to %d or Blank", p.Low, p.High))
		}
	}
	return nil
}

// count adds a respondent to items and dimensions, and overall if all dimensions have a
// score. Scores of dimensions are times lcm, as in a [Survey], and overall ones times the
// number of dimensions.
func (s *ZoneSurvey) count(r *ZoneResponse) {
	l := s.plan
	unit := uint64(l.span) * l.lcm
	met := allMarks
	var all [3]uint64
	for d := range s.dimensions {
		score, rule := s.countDimension(d, r)
		met &= rule
		if rule == 0 {
			continue
		}
		s.dimensions[d][rule.strictest()].add(score, unit)
		for m, x := range score {
			all[m] += x
		}
	}
	if met != 0 {
		s.overall[met.strictest()].add(all, unit*uint64(len(s.dimensions)))
	}
}

// countDimension adds a respondent to the items of a dimension, and returns the scores on
// it and the rules they satisfy.
func (s *ZoneSurvey) countDimension(d int, r *ZoneResponse) (score [3]uint64, rule marks) {
	l := s.plan
	items := l.params.Dimensions[d].Items
	answered := 0
	for _, item := range items {
		column := &l.codes[item].column
		a, b, c := column[uint8(r.Adequate[item])], column[uint8(r.Desired[item])], column[uint8(r.Perceived[item])]
		if a == 0 || b == 0 || c == 0 {
			continue // blank; others are 1 + raw
		}
		raw := [3]uint64{uint64(a - 1), uint64(b - 1), uint64(c - 1)}
		s.items[item].add(raw, uint64(l.span))
		answered++
		for m, x := range raw {
			score[m] += x
		}
	}
	if answered > 0 {
		for m := range score {
			score[m] *= l.lcm / uint64(answered)
		}
	}
	return score, marksOf(answered, len(items))
}

// Merge adds the responses of o, which stays as it is, as [Survey.Merge] does.
func (s *ZoneSurvey) Merge(o *ZoneSurvey) error {
	switch {
	case o == nil:
		return broken("ZoneSurvey", nil, "must not be nil")
	case o.plan == nil:
		return nil
	case s.plan == nil:
		*s = *o.Instrument().NewZoneSurvey()
	case s.plan != o.plan && !s.plan.params.equal(o.plan.params):
		return broken("Instrument", nil, "must be the same in both surveys")
	case s.respondents+o.respondents > maxRespondents:
		return fault.Room(room, fmt.Errorf("respondents: %w", relmark.ErrLimit))
	}
	s.respondents += o.respondents
	for i := range s.items {
		s.items[i].merge(&o.items[i])
	}
	for d := range s.dimensions {
		for k := range rules {
			s.dimensions[d][k].merge(&o.dimensions[d][k])
		}
	}
	for k := range rules {
		s.overall[k].merge(&o.overall[k])
	}
	return nil
}
