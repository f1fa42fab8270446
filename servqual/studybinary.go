package servqual

import (
	"slices"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// studyVersion is the newest version, and the only one so far:
//
//	whether there are columns; if not, nothing follows
//	the columns, each a name and Low and High as varints
//	the parts, each the columns answered as bits, the sign of the gap (0 none, 1 worse, 2
//	equal, 3 better), and the respondents, sums and sums of products in two halves each
//
// Numbers are uvarints unless said. Parts are in ascending order and not empty.
const studyVersion = 1

const whatStudy = "study" // as errors name it

// AppendBinary appends the encoding of s, version 1. Equal studies have equal encodings,
// in whatever order they were collected and merged. It never fails.
func (s *Study) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindStudy, studyVersion)
	w.Bool(s.made())
	if !s.made() {
		return w.Data(), nil
	}
	writeColumns(&w, s.params.Columns)
	s.table.write(&w)
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Study.AppendBinary] appends.
func (s *Study) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. The zero Study takes any
// columns, and another only its own. It fails with [relmark.ErrUnsupported] on another
// version and with [relmark.ErrInvalid] on other columns and on what no Study encodes to;
// s is unchanged then.
func (s *Study) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindStudy, studyVersion)
	var decoded Study
	if r.Bool() {
		p, err := readStudyParams(&r)
		if err != nil {
			return err
		}
		if s.made() && !slices.Equal(p.Columns, s.params.Columns) {
			return errOtherColumns()
		}
		decoded = *newStudy(p)
		decoded.table.read(&r, decoded.fits)
	} else if s.made() && r.Err() == nil {
		return errOtherColumns()
	}
	if err := fault.Decode(room, whatStudy, r.Done()); err != nil {
		return err
	}
	*s = decoded
	return nil
}

func errOtherColumns() error {
	return broken("Columns", nil, "must be those of the study decoded into")
}

func readStudyParams(r *codec.Reader) (StudyParams, error) {
	p := StudyParams{readColumns(r)}
	if err := fault.Decode(room, whatStudy, r.Err()); err != nil {
		return StudyParams{}, err
	}
	if p.Validate() != nil {
		return StudyParams{}, fault.Decode(room, whatStudy, codec.ErrCorrupt)
	}
	return p, nil
}

// fits reports whether there is a gap of the sign where there should be.
func (s *Study) fits(at part, c *stat.Cross) bool {
	if s.hasGap(at.has) != (at.sign > 0) || at.sign > better {
		return false
	}
	return at.sign == 0 || s.signed(at.sign, c)
}

// signed reports whether the mean gap is one that gaps of a sign have: 1 at least in
// size, or 0.
func (s *Study) signed(sign int8, c *stat.Cross) bool {
	mean, _ := c.WithDifferences(s.table.derived[0]).Summary(s.table.asked, 1).Mean()
	switch sign {
	case worse:
		return mean <= -1
	case better:
		return mean >= 1
	default:
		return mean == 0
	}
}
