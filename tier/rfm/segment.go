package rfm

import (
	"fmt"
	"unicode/utf8"

	"github.com/relmark/relmark"
)

// A Segment names the customers whose scores lie in three ranges.
type Segment struct {
	Name string `json:"name"`
	R    Range  `json:"r,omitzero"`
	F    Range  `json:"f,omitzero"`
	M    Range  `json:"m,omitzero"`
}

// A Range of scores, both ends included; the zero Range holds every score.
type Range struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// holds reports whether a score lies in the range.
func (r Range) holds(score int) bool { return r == Range{} || r.Min <= score && score <= r.Max }

// Segments is a list of segments that covers every score: the first that matches
// holds. It is an immutable value, safe for concurrent use. Obtain one from
// [NewSegments] or by decoding; the zero Segments knows no segment.
type Segments struct {
	bins int
	list []Segment
	cell []uint16 // position in list, by [Segments.at]
}

const maxSegments = 1000 // as many as there are scores of ten bins

// NewSegments checks that the segments cover every score of the given number of
// bins, 2 to 10, and that each segment can be reached: no score falls through, and
// no segment is hidden behind those before it. It fails with a
// [relmark.FieldError] that names the segment by position, or one score that is
// not covered.
func NewSegments(bins int, list []Segment) (Segments, error) {
	if bins < minBins || bins > maxBins {
		return Segments{}, fmt.Errorf("rfm: %w", &relmark.FieldError{Field: "Bins", Value: bins, Rule: "must be 2 to 10"})
	}
	if n := len(list); n < 1 || n > maxSegments {
		return Segments{}, fmt.Errorf("rfm: %w", &relmark.FieldError{Field: "Segments", Value: n, Rule: "must be 1 to 1000"})
	}
	for i, segment := range list {
		if err := segment.validate(bins); err != nil {
			err.Field = fmt.Sprintf("Segments[%d].%s", i, err.Field)
			return Segments{}, fmt.Errorf("rfm: %w", err)
		}
	}
	s := Segments{bins: bins, list: append([]Segment(nil), list...), cell: make([]uint16, bins*bins*bins)}
	if err := s.cover(); err != nil {
		return Segments{}, fmt.Errorf("rfm: %w", err)
	}
	return s, nil
}

func (s Segment) validate(bins int) *relmark.FieldError {
	if s.Name == "" || !utf8.ValidString(s.Name) { // JSON holds nothing else
		return &relmark.FieldError{Field: "Name", Rule: "must be UTF-8 and not empty"}
	}
	for _, axis := range [3]struct {
		name string
		Range
	}{{"R", s.R}, {"F", s.F}, {"M", s.M}} {
		switch r := axis.Range; {
		case r == Range{}:
		case r.Min < 1 || r.Min > bins:
			return &relmark.FieldError{Field: axis.name + ".Min", Value: r.Min, Rule: "must be 1 to the number of bins"}
		case r.Max < r.Min || r.Max > bins:
			return &relmark.FieldError{Field: axis.name + ".Max", Value: r.Max, Rule: "must be Min to the number of bins"}
		}
	}
	return nil
}

// cover fills the table of cells and reports what is uncovered or out of reach.
func (s *Segments) cover() error {
	reached := make([]bool, len(s.list))
	for r := 1; r <= s.bins; r++ {
		for f := 1; f <= s.bins; f++ {
			for m := 1; m <= s.bins; m++ {
				score := Score{r, f, m}
				first := s.first(score)
				if first < 0 {
					return &relmark.FieldError{Field: "Segments", Value: fmt.Sprintf("R%d F%d M%d", r, f, m), Rule: "must cover every score"}
				}
				reached[first] = true
				s.cell[s.at(score)] = uint16(first)
			}
		}
	}
	for i, ok := range reached {
		if !ok {
			return &relmark.FieldError{Field: fmt.Sprintf("Segments[%d]", i), Rule: "must hold a score that no segment before it holds"}
		}
	}
	return nil
}

// first returns the position of the first segment that holds a score, or −1.
func (s *Segments) first(c Score) int {
	for i, segment := range s.list {
		if segment.R.holds(c.R) && segment.F.holds(c.F) && segment.M.holds(c.M) {
			return i
		}
	}
	return -1
}

func (s *Segments) at(c Score) int { return ((c.R-1)*s.bins+c.F-1)*s.bins + c.M - 1 }

// Of returns the name of the segment of a score; false if the score is not one of
// these bins. It takes constant time.
func (s Segments) Of(c Score) (name string, ok bool) {
	for _, grade := range [3]int{c.R, c.F, c.M} {
		if grade < 1 || grade > s.bins {
			return "", false
		}
	}
	return s.list[s.cell[s.at(c)]].Name, true
}

// Bins returns the number of grades on each axis, 0 for the zero Segments.
func (s Segments) Bins() int { return s.bins }

// List returns a copy of the segments in their order.
func (s Segments) List() []Segment { return append([]Segment(nil), s.list...) }

// StandardSegments returns ten segments in common use on five bins of recency and
// frequency. They look at the amount nowhere: narrow M where it matters.
func StandardSegments() []Segment {
	return []Segment{
		{Name: "champions", R: Range{5, 5}, F: Range{4, 5}},
		{Name: "loyal", R: Range{3, 5}, F: Range{4, 5}},
		{Name: "potential loyalists", R: Range{4, 5}, F: Range{2, 3}},
		{Name: "new customers", R: Range{5, 5}, F: Range{1, 1}},
		{Name: "promising", R: Range{4, 4}, F: Range{1, 1}},
		{Name: "need attention", R: Range{3, 3}, F: Range{3, 3}},
		{Name: "about to sleep", R: Range{3, 3}, F: Range{1, 2}},
		{Name: "cannot lose", R: Range{1, 2}, F: Range{5, 5}},
		{Name: "at risk", R: Range{1, 2}, F: Range{3, 4}},
		{Name: "hibernating", R: Range{1, 2}, F: Range{1, 2}},
	}
}
