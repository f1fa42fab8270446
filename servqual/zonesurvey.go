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

// An itemZone is a zone of whole answers, which are so small that sums fit in 64 bits.
type itemZone struct {
	sums     [3]uint64 // of A, D and P, counted from Low
	products [6]uint64 // A·A, A·D, A·P, D·D, D·P and P·P
	ZoneCounts
}

func (z *itemZone) add(a, d, p uint64) {
	z.sums[0] += a
	z.sums[1] += d
	z.sums[2] += p
	z.products[0] += a * a
	z.products[1] += a * d
	z.products[2] += a * p
	z.products[3] += d * d
	z.products[4] += d * p
	z.products[5] += p * p
	z.ZoneCounts.add(statusOf(a, d, p))
}

func (z *itemZone) merge(o *itemZone) {
	for i, x := range o.sums {
		z.sums[i] += x
	}
	for i, x := range o.products {
		z.products[i] += x
	}
	z.ZoneCounts.merge(o.ZoneCounts)
}

// zone returns z with the differences worked out: Σ(x − y + s)² follows from Σx², Σxy,
// Σy², Σx, Σy and n. Sums that no answers have may wrap around.
func (z *itemZone) zone(span uint64) zone {
	n := uint64(z.total())
	of := func(sum, square uint64) stat.Moments { return stat.FromWords([5]uint64{n, 0, sum, 0, square}) }
	less := func(x, y int, xx, xy, yy uint64) stat.Moments {
		sum := z.sums[x] - z.sums[y]
		return of(sum+n*span, xx+yy-2*xy+2*span*sum+n*span*span)
	}
	p := &z.products
	return zone{ZoneCounts: z.ZoneCounts, sums: [zoneMeasures]stat.Moments{
		of(z.sums[0], p[0]), of(z.sums[1], p[3]), of(z.sums[2], p[5]),
		less(2, 0, p[5], p[2], p[0]), less(2, 1, p[5], p[4], p[3]), less(1, 0, p[3], p[1], p[0]),
	}}
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
	items       []itemZone    // by position
	dimensions  [][rules]zone // by dimension and strictest rule satisfied
	overall     [rules]zone
}

// NewZoneSurvey returns an empty survey. Its memory does not grow with respondents: 7
// kB for the standard items, on any scale.
func (in Instrument) NewZoneSurvey() *ZoneSurvey {
	if in.plan == nil {
		return &ZoneSurvey{}
	}
	return &ZoneSurvey{
		plan: in.plan, items: make([]itemZone, in.plan.items),
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
		s.items[item].add(uint64(a-1), uint64(b-1), uint64(c-1))
		answered++
		score[adequate] += uint64(a - 1)
		score[desired] += uint64(b - 1)
		score[observed] += uint64(c - 1)
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
	}
	if err := together(s.plan, o.plan, s.respondents, o.respondents); err != nil {
		return err
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
