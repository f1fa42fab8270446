package priority

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// Blank stands for an answer that was not given, as [servqual.Blank].
const Blank = servqual.Blank

const maxAttributes = 100

// RatingParams describe a questionnaire in which customers rate attributes of a service. It
// is plain data.
type RatingParams struct {
	Attributes []string `json:"attributes"` // 1 to 100 names of 1 to 200 bytes of UTF-8, each once
	Low        int      `json:"low"`        // lowest answer, -127 or more
	High       int      `json:"high"`       // highest answer, Low + 1 to Low + 100, at most 127
}

// Validate reports every rule that p breaks, in one error.
func (p RatingParams) Validate() error {
	var l fault.List
	checkNames(&l, "Attributes", p.Attributes, maxAttributes)
	checkScale(&l, p.Low, p.High)
	return l.Err(room)
}

// checkScale compares without computing High − Low, which may overflow.
func checkScale(l *fault.List, low, high int) {
	l.Check(low > Blank && low < 127, "Low", low, "must be -127 to 126")
	l.Check(high > low && high <= 127 && high-100 <= low, "High", high, "must be Low + 1 to Low + 100, at most 127")
}

func (p RatingParams) equal(o RatingParams) bool {
	return p.Low == o.Low && p.High == o.High && slices.Equal(p.Attributes, o.Attributes)
}

// Ratings add up how important customers find attributes and how well they are performed.
// Sums are whole: parts collected apart merge to the last bit. Obtain them from
// [NewRatings]; the zero Ratings take no rows, but merge and decode. They are not safe for
// concurrent mutation.
type Ratings struct {
	opaque

	params RatingParams
	rows   uint64
	sums   []rated
}

// A rated attribute has the moments of steps above the lowest answer, and of performance
// less importance plus the span where both are there.
type rated struct{ performance, importance, gap stat.Moments }

// NewRatings returns ratings of nobody. It fails exactly when [RatingParams.Validate] does.
func NewRatings(p RatingParams) (*Ratings, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p.Attributes = slices.Clone(p.Attributes)
	return &Ratings{params: p, sums: make([]rated, len(p.Attributes))}, nil
}

// Params returns a copy of what the ratings were made from.
func (r *Ratings) Params() RatingParams {
	p := r.params
	p.Attributes = slices.Clone(p.Attributes)
	return p
}

// N returns how many customers there are.
func (r *Ratings) N() int64 { return int64(r.rows) }

// Add adds the answers of one customer, one of either kind for each attribute, on the scale
// or [Blank]. What is blank counts nowhere, and the rest does. It fails with a
// [relmark.FieldError], and leaves r as it was, for other lengths and answers, and with
// [relmark.ErrLimit] after 4,294,967,295 customers. It does not allocate.
func (r *Ratings) Add(performance, importance []int8) error {
	if err := r.check("Performance", performance); err != nil {
		return err
	}
	if err := r.check("Importance", importance); err != nil {
		return err
	}
	if r.rows >= limit {
		return errLimit()
	}
	r.rows++
	low, span := r.params.Low, r.params.High-r.params.Low
	for i, p := range performance {
		q, s := importance[i], &r.sums[i]
		if p != Blank {
			s.performance.Add(uint64(int(p) - low))
		}
		if q != Blank {
			s.importance.Add(uint64(int(q) - low))
		}
		if p != Blank && q != Blank {
			s.gap.Add(uint64(int(p) - int(q) + span))
		}
	}
	return nil
}

func (r *Ratings) check(field string, answers []int8) error {
	if len(r.sums) == 0 {
		return fault.Room(room, fault.New("Ratings", nil, "must come from NewRatings"))
	}
	return fault.Room(room, checkAnswers(field, answers, len(r.sums), r.params.Low, r.params.High))
}

// checkAnswers asks for so many answers on a scale, or blank.
func checkAnswers(field string, answers []int8, n, low, high int) error {
	if len(answers) != n {
		return fault.New(field, len(answers), fmt.Sprintf("must be %d, one for each attribute", n))
	}
	for i, a := range answers {
		if a != Blank && (int(a) < low || int(a) > high) {
			return fault.New(fmt.Sprintf("%s[%d]", field, i), a, fmt.Sprintf("must be %d to %d or Blank", low, high))
		}
	}
	return nil
}

// Merge adds the customers of o, which stay as they are: exactly, in any order, the zero
// Ratings being the identity; a nil o adds nobody. It fails with a [relmark.FieldError] if
// the questionnaires differ, and with [relmark.ErrLimit].
func (r *Ratings) Merge(o *Ratings) error {
	switch {
	case o == nil || len(o.sums) == 0:
		return nil
	case len(r.sums) == 0:
		*r = Ratings{params: o.params, rows: o.rows, sums: slices.Clone(o.sums)}
		return nil
	case !r.params.equal(o.params):
		return fault.Room(room, fault.New("Params", nil, "must be the same in both"))
	case r.rows+o.rows > limit:
		return errLimit()
	}
	r.rows += o.rows
	for i := range o.sums {
		r.sums[i].performance.Merge(o.sums[i].performance)
		r.sums[i].importance.Merge(o.sums[i].importance)
		r.sums[i].gap.Merge(o.sums[i].gap)
	}
	return nil
}

// A Cross says where the lines cross that divide the map. The zero Cross is
// [GrandMeans].
type Cross string

// The crossings.
const (
	GrandMeans Cross = ""         // the means of the attributes' means: some attributes are always below
	Midpoints  Cross = "midpoint" // the middle of the scale: most attributes are usually above
)

func crosses() enum.Set[Cross] { return enum.Of(GrandMeans, Midpoints) }

// A Quadrant says what to do about an attribute.
type Quadrant string

// The quadrants, of Martilla and James (1977). A mean on a line counts as high.
const (
	Concentrate Quadrant = "concentrate_here"  // important and performed badly
	KeepUp      Quadrant = "keep_up"           // important and performed well
	LowPriority Quadrant = "low_priority"      // neither
	Overkill    Quadrant = "possible_overkill" // performed well and not important
)

// A Position is where an attribute stands on the map. It is plain data.
type Position struct {
	Attribute   string   `json:"attribute"`
	Performance Mean     `json:"performance"`
	Importance  Mean     `json:"importance"`
	Gap         float64  `json:"gap"`    // mean performance less mean importance
	Paired      Mean     `json:"paired"` // the same of those who answered both, with its interval
	Quadrant    Quadrant `json:"quadrant"`
}

// A Map is the importance-performance analysis of a service. It is plain data.
type Map struct {
	Cross       Cross      `json:"cross"`
	Performance float64    `json:"performance"` // where the lines cross
	Importance  float64    `json:"importance"`
	Positions   []Position `json:"positions"` // in the order of the attributes
}

// Map reads the ratings. It fails with a [relmark.FieldError] for an unknown crossing or a
// level of confidence outside 0.5 to 0.9999, and with [relmark.ErrTooFew] where nobody
// rated the performance or the importance of an attribute.
func (r *Ratings) Map(cross Cross, level float64) (Map, error) {
	var l fault.List
	l.Join("", crosses().Check("Cross", cross))
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return Map{}, err
	}
	if len(r.sums) == 0 {
		return Map{}, errNobody("service", 0)
	}
	m := Map{Cross: cross}
	low, high := float64(r.params.Low), float64(r.params.High)
	for i, s := range r.sums {
		if s.performance.N() == 0 || s.importance.N() == 0 {
			return Map{}, errNobody("attribute", i)
		}
		p := Position{
			Attribute:   r.params.Attributes[i],
			Performance: meanOf(s.performance.Summary(1, int64(r.params.Low)), level, low, high),
			Importance:  meanOf(s.importance.Summary(1, int64(r.params.Low)), level, low, high),
			Paired:      meanOf(s.gap.Summary(1, int64(r.params.Low-r.params.High)), level, low-high, high-low),
		}
		p.Gap = p.Performance.Value - p.Importance.Value
		m.Positions = append(m.Positions, p)
		m.Performance += p.Performance.Value / float64(len(r.sums))
		m.Importance += p.Importance.Value / float64(len(r.sums))
	}
	if cross == Midpoints {
		m.Performance, m.Importance = (low+high)/2, (low+high)/2
	}
	for i := range m.Positions {
		m.Positions[i].Quadrant = m.quadrant(m.Positions[i])
	}
	return m, nil
}

func errNobody(what string, i int) error {
	return fmt.Errorf("%s: nobody rated %s %d: %w", room, what, i, relmark.ErrTooFew)
}

// quadrant compares with the lines. Where all means are equal, rounding is not below them.
func (m Map) quadrant(p Position) Quadrant {
	const rounding = 1e-12
	well, important := p.Performance.Value >= m.Performance-rounding, p.Importance.Value >= m.Importance-rounding
	switch {
	case important && !well:
		return Concentrate
	case important:
		return KeepUp
	case well:
		return Overkill
	}
	return LowPriority
}
