package servqual

import (
	"cmp"
	"maps"
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
	w.Bool(s.layout != nil)
	if s.layout == nil {
		return w.Data(), nil
	}
	w.Count(len(s.layout.params.Columns))
	for _, c := range s.layout.params.Columns {
		w.String(c.Name)
		w.Varint(int64(c.Low))
		w.Varint(int64(c.High))
	}
	w.Count(len(s.parts))
	for _, at := range slices.SortedFunc(maps.Keys(s.parts), part.compare) {
		w.Uvarint(uint64(at.answered))
		w.Uvarint(uint64(at.sign))
		for _, v := range s.parts[at].Words() {
			w.Uvarint(v)
		}
	}
	return w.Data(), nil
}

func (p part) compare(o part) int {
	return cmp.Or(cmp.Compare(p.answered, o.answered), cmp.Compare(p.sign, o.sign))
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
		l, err := readLayout(&r)
		if err != nil {
			return err
		}
		if s.layout != nil && !slices.Equal(l.params.Columns, s.layout.params.Columns) {
			return errOtherColumns()
		}
		decoded = *emptyStudy(l)
		decoded.read(&r)
	} else if s.layout != nil && r.Err() == nil {
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

func readLayout(r *codec.Reader) (*layout, error) {
	p := StudyParams{make([]Column, r.Count(3))}
	for i := range p.Columns {
		c := Column{Name: r.String()}
		low, high := r.Varint(), r.Varint()
		r.Check(minLow <= low && low < high && high <= maxHigh)
		c.Low, c.High = int(max(min(low, maxHigh), minLow)), int(max(min(high, maxHigh), minLow))
		p.Columns[i] = c
	}
	if err := fault.Decode(room, whatStudy, r.Err()); err != nil {
		return nil, err
	}
	if p.Validate() != nil {
		return nil, fault.Decode(room, whatStudy, codec.ErrCorrupt)
	}
	return newLayout(p), nil
}

// read fills an empty study.
func (s *Study) read(r *codec.Reader) {
	k := len(s.row)
	words := make([]uint64, len(stat.NewCross(k).Words()))
	last := part{sign: -1}
	for range r.Count(2) {
		answered, sign := r.Uvarint(), r.Uvarint()
		r.Check(answered < 1<<k && sign <= uint64(better))
		for i := range words {
			words[i] = r.Uvarint()
		}
		if r.Err() != nil {
			return
		}
		at := part{uint16(answered), int8(sign)}
		c := stat.CrossOf(k, words)
		r.Check(last.compare(at) < 0 && c != nil && s.fits(at, c))
		if r.Err() != nil {
			return
		}
		s.parts[at], last = c, at
		s.respondents += uint64(c.N())
	}
	r.Check(s.respondents <= maxRespondents)
}

// fits reports whether answers can have these sums: each mean is on its scale and no
// standard deviation is more than half of it, columns not answered are 0, and there is
// a gap of the sign where there should be.
func (s *Study) fits(at part, c *stat.Cross) bool {
	if c.N() < 1 || c.N() > maxRespondents || s.layout.hasGap(at.answered) != (at.sign > 0) {
		return false
	}
	for i, e := range s.layout.ends[:len(s.row)] {
		if at.answered>>i&1 == 0 {
			e = ends{}
		}
		of := c.Summary(i)
		mean, _ := of.Mean()
		variance, _ := of.Variance()
		half := (e.high - e.low) / 2
		if mean < e.low || mean > e.high || variance*float64(c.N()-1)/float64(c.N()) > half*half*(1+1e-12) {
			return false
		}
	}
	return at.sign == 0 || s.layout.signed(at.sign, c)
}

// signed reports whether the mean gap is one that gaps of a sign have: 1 at least in
// size, or 0.
func (l *layout) signed(sign int8, c *stat.Cross) bool {
	mean, _ := c.WithDifferences(l.derived[0]).Summary(len(l.params.Columns)).Mean()
	switch sign {
	case worse:
		return mean <= -1
	case better:
		return mean >= 1
	default:
		return mean == 0
	}
}
