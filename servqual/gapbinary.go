package servqual

import (
	"github.com/relmark/relmark/internal/codec"
)

// gapVersion is the newest version, and the only one so far:
//
//	whether there is an instrument; if not, nothing follows
//	the instrument and the number of respondents as in a survey
//	counts of sums of gaps, and by rule, any, half and all, moments of overall gaps
const gapVersion = 1

const whatGaps = "gap survey" // as errors name it

// AppendBinary appends the encoding of s, version 1. Equal surveys have equal encodings,
// in whatever order they were collected and merged. It never fails.
func (s *GapSurvey) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindGaps, gapVersion)
	w.Bool(s.plan != nil)
	if s.plan == nil {
		return w.Data(), nil
	}
	writeParams(&w, s.plan.params)
	w.Uvarint(s.respondents)
	writeCounts(&w, s.sums)
	for _, m := range s.overall {
		writeMoments(&w, m)
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [GapSurvey.AppendBinary] appends.
func (s *GapSurvey) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. The zero GapSurvey takes any
// instrument, and another only its own. It fails with [relmark.ErrUnsupported] on
// another version and with [relmark.ErrInvalid] on another instrument and on what no
// GapSurvey encodes to; s is unchanged then.
func (s *GapSurvey) UnmarshalBinary(data []byte) error {
	var decoded GapSurvey
	from := codec.NewReader(data, codec.KindGaps, gapVersion)
	err := decode(&from, whatGaps, s.plan, func(in Instrument) error {
		decoded = *in.NewGapSurvey()
		decoded.read(&from)
		return nil
	})
	if err == nil {
		*s = decoded
	}
	return err
}

// read fills an empty survey.
func (s *GapSurvey) read(r *codec.Reader) {
	s.respondents = r.Uvarint()
	r.Check(s.respondents <= maxRespondents)
	readCounts(r, s.sums)
	for k := range s.overall {
		s.overall[k] = readMoments(r)
	}
	if r.Err() == nil {
		r.Check(s.possible())
	}
}

// possible reports whether the histograms are each of all respondents, and the overall
// gaps could be of respondents that they count.
func (s *GapSurvey) possible() bool {
	l := s.plan
	least := [rules]uint64{s.respondents, s.respondents, s.respondents}
	first := 0
	for _, h := range l.histograms {
		column := h[gap].column
		counts := s.sums[first:][:len(column)]
		if _, ok := column.answers(counts); !ok || total(counts) != s.respondents {
			return false
		}
		for k := range least {
			least[k] = min(least[k], column.scored(counts, k))
		}
		first += len(column)
	}
	var n uint64
	for k := rules - 1; k >= 0; k-- { // whoever satisfies the strictest rule satisfies the others
		n += s.overall[k].N()
		if n > least[k] || !s.overall[k].Possible(uint64(2*l.span)*l.lcm*uint64(len(l.histograms))) {
			return false
		}
	}
	return true
}
