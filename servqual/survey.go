package servqual

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Blank stands for an answer that was not given.
const Blank = -128

const (
	allPoints      = 100
	maxRespondents = math.MaxUint32
)

// A Response is what one respondent answered. Answers lie on the scale of the
// instrument or are [Blank].
type Response struct {
	Expected   []int8 `json:"expected,omitempty"`   // by item; empty if expectations were not asked, as in SERVPERF
	Perceived  []int8 `json:"perceived,omitempty"`  // by item; empty if perceptions were not asked
	Importance []int8 `json:"importance,omitempty"` // points for each dimension, 0 to 100, adding to 100; empty if not given
}

// A Survey is what all respondents answered, added up: for each item the number
// of respondents by pair of answers, for each dimension the number of respondents
// by number and sum of answers, and the exact sums behind overall scores. It is an
// accumulator: parts collected apart merge to what one would have collected, to the
// last bit, in any order. It does not favour a rule for missing answers; the
// report does.
//
// Obtain one from [Instrument.NewSurvey]. The zero Survey holds nothing and takes
// no answers, but merges and decodes. A Survey is not safe for concurrent mutation.
type Survey struct {
	opaque

	plan        *plan // nil in the zero Survey
	respondents uint64
	pairs       []uint32 // respondents by item, in the order of plan.place, and cell
	sums        []uint32 // respondents by dimension, measure and place in the column
	points      []uint32 // respondents by dimension and points, 0 to 100
	overall     [measures][rules]overallSums
	totals      [measures]stat.Moments // raw sums over all items of those who answered every item twice
	words       []word                 // by dimension, of the respondent being added
	cells       [maxItems]uint8        // by item, of the same, where the scale is narrow
}

// overallSums are of the respondents whose strictest rule is the same in question.
type overallSums struct {
	unweighted stat.Moments // sum over dimensions of score · lcm
	weighted   stat.Moments // sum over dimensions of points · score · lcm, of those who gave points
}

// NewSurvey returns an empty survey. Its memory does not grow with respondents: 22
// kB for the standard items on a scale of 1 to 7, 1.2 MB on a scale of 0 to 100,
// where pairs of answers take 4·items·(High − Low + 2)² bytes.
func (in Instrument) NewSurvey() *Survey {
	if in.plan == nil {
		return &Survey{}
	}
	l := in.plan
	return &Survey{
		plan:   l,
		pairs:  make([]uint32, l.items*len(l.says)),
		sums:   make([]uint32, l.sums),
		points: make([]uint32, len(l.histograms)*(allPoints+1)),
		words:  make([]word, len(l.histograms)),
	}
}

// Instrument returns the instrument of s; the zero Instrument for the zero Survey.
func (s *Survey) Instrument() Instrument { return Instrument{s.plan} }

// Respondents returns the number of responses added.
func (s *Survey) Respondents() int64 { return int64(s.respondents) }

// Add adds a response and keeps no reference to it. Items left blank count where
// they can; a respondent who answered nothing still counts as a respondent. It
// fails with a [relmark.FieldError], and leaves s as it was, unless Expected and
// Perceived have an answer for each item or are empty, but not both; each answer
// lies on the scale or is [Blank]; and Importance is empty or has one number for each
// dimension, none negative, adding to 100. It fails with [relmark.ErrLimit] after
// 4,294,967,295 responses. It takes O(items) time and does not allocate.
func (s *Survey) Add(r Response) error {
	if err := s.add(&r); err != nil {
		return fault.Room(room, err)
	}
	return nil
}

func (s *Survey) add(r *Response) error {
	switch {
	case s.plan == nil:
		return fault.New("Survey", nil, "must come from the NewSurvey of an instrument")
	case len(r.Expected) == 0 && len(r.Perceived) == 0:
		return fault.New("Response", nil, "must have expectations or perceptions")
	case s.respondents == maxRespondents:
		return fmt.Errorf("respondents: %w", relmark.ErrLimit)
	}
	if len(r.Importance) > 0 {
		if err := s.plan.checkPoints(r.Importance); err != nil {
			return err
		}
	}
	e, err := s.plan.answers("Expected", r.Expected)
	if err != nil {
		return err
	}
	p, err := s.plan.answers("Perceived", r.Perceived)
	if err != nil {
		return err
	}
	if n := s.plan.narrow; n != nil {
		if !n.count(s, e, p) {
			return s.plan.offScaleOf(e, p)
		}
		s.respondents++
		n.score(s, r.Importance)
		return nil
	}
	if !s.count(e, p) {
		return s.takeBack(e, p)
	}
	s.respondents++
	s.score(r.Importance)
	return nil
}

// answers returns the answers given, or as many blanks if there are none.
func (l *plan) answers(field string, given []int8) ([]int8, error) {
	switch len(given) {
	case l.items:
		return given, nil
	case 0:
		return l.blank, nil
	}
	return nil, fault.New(field, len(given), fmt.Sprintf("must have %d answers, one for each item", l.items))
}

func (l *plan) checkPoints(points []int8) error {
	if len(points) != len(l.histograms) {
		return fault.New("Importance", len(points), "must be one for each dimension")
	}
	sum := 0
	for d, p := range points {
		if p < 0 {
			return fault.New(fmt.Sprintf("Importance[%d]", d), p, "must not be negative")
		}
		sum += int(p)
	}
	if sum != allPoints {
		return fault.New("Importance", sum, "must add to 100")
	}
	return nil
}

// count counts the respondent at each item and leaves in s.words what the answers
// say of each dimension. At an answer off the scale it stops and returns false.
func (s *Survey) count(expected, perceived []int8) bool {
	clear(s.words)
	for i := range s.plan.groups {
		g := &s.plan.groups[i]
		w, ok := s.countGroup(g, expected, perceived)
		if !ok {
			return false
		}
		s.words[g.dimension] += w
	}
	return true
}

// countGroup is count for one group. Out of line its loop runs in registers.
//
//go:noinline
func (s *Survey) countGroup(g *group, expected, perceived []int8) (w word, ok bool) {
	says, pairs, first := s.plan.says, s.pairs, g.first
	row, column := &g.code.row, &g.code.column
	perceived = perceived[:len(expected)]
	for _, at := range g.at {
		cell := int(row[uint8(expected[at])]) + int(column[uint8(perceived[at])])
		if cell >= len(says) {
			return 0, false
		}
		w += says[cell]
		pairs[first+cell]++
		first += len(says)
	}
	return w, true
}

// takeBack undoes what count did up to the answer at which it stopped, and
// returns the error that names it.
func (s *Survey) takeBack(expected, perceived []int8) error {
	for _, g := range s.plan.groups {
		for i, at := range g.at {
			row, column := g.code.row[uint8(expected[at])], g.code.column[uint8(perceived[at])]
			if row == off || column == off {
				return s.plan.offScaleOf(expected, perceived)
			}
			s.pairs[g.first+i*len(s.plan.says)+int(row+column)]--
		}
	}
	return nil
}

// offScaleOf returns the error that names the first answer off the scale.
func (l *plan) offScaleOf(expected, perceived []int8) error {
	for i, code := range l.codes {
		if code.row[uint8(expected[i])] == off {
			return l.offScaleAt("Expected", i, expected[i])
		}
		if code.column[uint8(perceived[i])] == off {
			return l.offScaleAt("Perceived", i, perceived[i])
		}
	}
	return nil
}

func (l *plan) offScaleAt(field string, at int, answer int8) error {
	return fault.New(fmt.Sprintf("%s[%d]", field, at), answer,
		fmt.Sprintf("must be %d to %d or Blank", l.params.Low, l.params.High))
}

// score counts the respondent, described by s.words, in all that concerns more
// than one item.
func (s *Survey) score(points []int8) {
	met := [measures]marks{allMarks, allMarks, allMarks}
	var scores [measures]uint64
	histograms, sums := s.plan.histograms[:len(s.words)], s.sums
	for d, w := range s.words {
		h := &histograms[d]
		at0, at1, at2 := w.field(expected), w.field(perceived), w.field(gap)
		sums[h[expected].first+at0]++
		sums[h[perceived].first+at1]++
		sums[h[gap].first+at2]++
		x, y, z := h[expected].column[at0], h[perceived].column[at1], h[gap].column[at2]
		met[expected] &= marks(x)
		met[perceived] &= marks(y)
		met[gap] &= marks(z)
		scores[expected] += x >> markBits
		scores[perceived] += y >> markBits
		scores[gap] += z >> markBits
	}
	for m, k := range met {
		if k &= allMarks; k != 0 {
			s.overall[m][k.strictest()].unweighted.Add(scores[m])
		}
	}
	if met[gap]&allMarks == allMarks {
		var sum word
		for _, w := range s.words {
			sum += w
		}
		s.total(sum)
	}
	if len(points) > 0 {
		s.scoreWeighted(points, met)
	}
}

// scoreWeighted counts the points of a respondent who satisfies some rules overall.
func (s *Survey) scoreWeighted(points []int8, met [measures]marks) {
	var scores [measures]uint64
	for d, w := range s.words {
		weight := uint64(points[d])
		s.points[d*(allPoints+1)+int(weight)]++
		for m := range measures {
			scores[m] += weight * s.plan.histograms[d][m].column.score(w.field(m))
		}
	}
	for m, k := range met {
		if k &= allMarks; k != 0 {
			s.overall[m][k.strictest()].weighted.Add(scores[m])
		}
	}
}

// total adds the sums over all items of a respondent who answered every item
// twice, and has this sum of words. Each answer added its measure's width beside its raw
// value.
func (s *Survey) total(sum word) {
	for m := range measures {
		s.totals[m].Add(uint64(sum.field(m) - s.plan.items*s.plan.width[m]))
	}
}

// Merge adds the responses of o, which stays as it is. The zero Survey and every
// empty survey of the same instrument change nothing; a zero s becomes a copy of
// o. It fails, and leaves s as it was, with a [relmark.FieldError] if o is nil or
// the instruments differ in anything, names included, and with [relmark.ErrLimit]
// if there are more than 4,294,967,295 respondents together. Merging is
// associative and commutative. It takes time in proportion to the memory of a
// survey, whatever the number of respondents.
func (s *Survey) Merge(o *Survey) error {
	switch {
	case o == nil:
		return broken("Survey", nil, "must not be nil")
	case o.plan == nil:
		return nil
	case s.plan == nil:
		*s = *o.Instrument().NewSurvey()
	}
	if err := together(s.plan, o.plan, s.respondents, o.respondents); err != nil {
		return err
	}
	s.merge(o)
	return nil
}

// together asks that what some respondents answered can be added to what others did.
func together(a, b *plan, respondents, more uint64) error {
	if a != b && !a.params.equal(b.params) {
		return broken("Instrument", nil, "must be the same in both")
	}
	if respondents+more > maxRespondents {
		return fault.Room(room, fmt.Errorf("respondents: %w", relmark.ErrLimit))
	}
	return nil
}

func (s *Survey) merge(o *Survey) {
	s.respondents += o.respondents
	addEach(s.pairs, o.pairs)
	addEach(s.sums, o.sums)
	addEach(s.points, o.points)
	for m := range measures {
		for k := range rules {
			s.overall[m][k].unweighted.Merge(o.overall[m][k].unweighted)
			s.overall[m][k].weighted.Merge(o.overall[m][k].weighted)
		}
		s.totals[m].Merge(o.totals[m])
	}
}

func addEach(to, from []uint32) {
	for i, n := range from {
		to[i] += n
	}
}
