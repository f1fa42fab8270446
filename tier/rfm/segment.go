package rfm

import (
	"fmt"
	"unicode/utf8"

	"github.com/relmark/relmark/internal/fault"
)

// A Segment names the customers whose scores lie in three ranges. An axis without a
// range, nil, is not asked about. It is plain data.
type Segment struct {
	Name string `json:"name"` // UTF-8 and not empty
	R    *Range `json:"r,omitempty"`
	F    *Range `json:"f,omitempty"`
	M    *Range `json:"m,omitempty"`
}

func (s Segment) clone() Segment {
	for _, r := range [3]**Range{&s.R, &s.F, &s.M} {
		if *r != nil {
			*r = new(**r)
		}
	}
	return s
}

// A Range of scores, both ends included.
type Range struct {
	Min int `json:"min"` // 1 to the number of bins
	Max int `json:"max"` // Min to the number of bins
}

// holds reports whether a score lies in the range, as every score does in none.
func (r *Range) holds(score int) bool { return r == nil || r.Min <= score && score <= r.Max }

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
	s, err := newSegments(bins, list)
	return s, fault.Room(room, err)
}

func newSegments(bins int, list []Segment) (Segments, error) {
	if bins < minBins || bins > maxBins {
		return Segments{}, fault.New("Bins", bins, "must be 2 to 10")
	}
	if n := len(list); n < 1 || n > maxSegments {
		return Segments{}, fault.New("Segments", n, "must be 1 to 1000")
	}
	s := Segments{bins: bins, list: make([]Segment, len(list)), cell: make([]uint16, bins*bins*bins)}
	for i, segment := range list {
		if err := segment.validate(bins); err != nil {
			return Segments{}, fault.At(fmt.Sprintf("Segments[%d]", i), err)
		}
		s.list[i] = segment.clone()
	}
	if err := s.cover(); err != nil {
		return Segments{}, err
	}
	return s, nil
}

func (s Segment) validate(bins int) error {
	if s.Name == "" || !utf8.ValidString(s.Name) { // JSON holds nothing else
		return fault.New("Name", nil, "must be UTF-8 and not empty")
	}
	for _, axis := range [3]struct {
		name string
		*Range
	}{{"R", s.R}, {"F", s.F}, {"M", s.M}} {
		switch r := axis.Range; {
		case r == nil:
		case r.Min < 1 || r.Min > bins:
			return fault.New(axis.name+".Min", r.Min, "must be 1 to the number of bins")
		case r.Max < r.Min || r.Max > bins:
			return fault.New(axis.name+".Max", r.Max, "must be Min to the number of bins")
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
					return fault.New("Segments", fmt.Sprintf("R%d F%d M%d", r, f, m), "must cover every score")
				}
				reached[first] = true
				s.cell[s.at(score)] = uint16(first)
			}
		}
	}
	for i, ok := range reached {
		if !ok {
			return fault.New(fmt.Sprintf("Segments[%d]", i), nil, "must hold a score that no segment before it holds")
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
func (s Segments) List() []Segment {
	list := make([]Segment, len(s.list))
	for i, segment := range s.list {
		list[i] = segment.clone()
	}
	return list
}

// StandardSegments returns ten segments in common use on five bins of recency and
// frequency. They look at the amount nowhere: narrow M where it matters.
func StandardSegments() []Segment {
	return []Segment{
		{Name: "champions", R: &Range{5, 5}, F: &Range{4, 5}},
		{Name: "loyal", R: &Range{3, 5}, F: &Range{4, 5}},
		{Name: "potential loyalists", R: &Range{4, 5}, F: &Range{2, 3}},
		{Name: "new customers", R: &Range{5, 5}, F: &Range{1, 1}},
		{Name: "promising", R: &Range{4, 4}, F: &Range{1, 1}},
		{Name: "need attention", R: &Range{3, 3}, F: &Range{3, 3}},
		{Name: "about to sleep", R: &Range{3, 3}, F: &Range{1, 2}},
		{Name: "cannot lose", R: &Range{1, 2}, F: &Range{5, 5}},
		{Name: "at risk", R: &Range{1, 2}, F: &Range{3, 4}},
		{Name: "hibernating", R: &Range{1, 2}, F: &Range{1, 2}},
	}
}
