package abc

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// An Attribute is something that makes a prospect resemble good customers, such as
// the size of a firm or the distance to a shop.
type Attribute struct {
	Name   string  `json:"name"`   // UTF-8 and not empty, unlike the others
	Weight float64 `json:"weight"` // finite, > 0
}

// An IntentSignal is something that shows interest, such as a visit to the price list.
type IntentSignal struct {
	Name     string  `json:"name"`      // UTF-8 and not empty, unlike the others
	Points   float64 `json:"points"`    // of one occurrence today; finite, > 0
	HalfLife float64 `json:"half_life"` // days until it counts half; finite, > 0
}

// A ProspectTable gives a class to each level of fit and level of intent. It is
// plain data; the zero table is [DefaultProspectTable].
type ProspectTable [3][3]Class

// DefaultProspectTable grades a prospect [A] where one level is high and the other
// at least medium, [B] where both are medium or one is high and the other low, and
// [C] otherwise.
func DefaultProspectTable() ProspectTable {
	return ProspectTable{{A, A, B}, {A, B, C}, {B, C, C}}
}

// ProspectParams describes a [Scorer]. It is plain data. Attributes and signals
// are known by their position in the lists.
type ProspectParams struct {
	Fit          []Attribute    `json:"fit"`    // 1 to 100
	Intent       []IntentSignal `json:"intent"` // 1 to 100
	Half         float64        `json:"half"`   // points that make an intent of one half; finite, > 0
	FitLevels    Axis           `json:"fit_levels"`
	IntentLevels Axis           `json:"intent_levels"`
	MinCoverage  float64        `json:"min_coverage,omitempty"` // known share of the weights below which fit counts as low; 0 to 1
	Table        ProspectTable  `json:"table,omitzero"`
}

const maxFeatures = 100

// Validate reports the first rule that p breaks as a [relmark.FieldError].
func (p ProspectParams) Validate() error { return wrap(p.validate()) }

func (p ProspectParams) validate() error {
	if n := len(p.Fit); n < 1 || n > maxFeatures {
		return fault.New("Fit", n, "must be 1 to 100 attributes")
	}
	if n := len(p.Intent); n < 1 || n > maxFeatures {
		return fault.New("Intent", n, "must be 1 to 100 signals")
	}
	names := map[string]bool{}
	for i, a := range p.Fit {
		if err := checkName(names, a.Name, "Fit", i); err != nil {
			return err
		}
		if !(a.Weight > 0) || !fault.Finite(a.Weight) {
			return fault.New(fmt.Sprintf("Fit[%d].Weight", i), a.Weight, "must be finite and > 0")
		}
	}
	clear(names)
	for i, s := range p.Intent {
		if err := checkName(names, s.Name, "Intent", i); err != nil {
			return err
		}
		if !(s.Points > 0) || !fault.Finite(s.Points) {
			return fault.New(fmt.Sprintf("Intent[%d].Points", i), s.Points, "must be finite and > 0")
		}
		if !(s.HalfLife > 0) || !fault.Finite(s.HalfLife) {
			return fault.New(fmt.Sprintf("Intent[%d].HalfLife", i), s.HalfLife, "must be finite and > 0")
		}
	}
	return p.validateScales()
}

func (p ProspectParams) validateScales() error {
	switch {
	case !(p.Half > 0) || !fault.Finite(p.Half):
		return fault.New("Half", p.Half, "must be finite and > 0")
	case !(p.MinCoverage >= 0 && p.MinCoverage <= 1):
		return fault.New("MinCoverage", p.MinCoverage, "must be 0 to 1")
	}
	if err := p.FitLevels.validate("FitLevels"); err != nil {
		return err
	}
	if err := p.IntentLevels.validate("IntentLevels"); err != nil {
		return err
	}
	if p.Table == (ProspectTable{}) {
		return nil
	}
	for _, class := range p.Table.flat() {
		if err := classes().Check("Table", class); err != nil {
			return err
		}
	}
	return nil
}

func checkName(names map[string]bool, name, list string, i int) error {
	if name == "" || !utf8.ValidString(name) || names[name] {
		return fault.New(fmt.Sprintf("%s[%d].Name", list, i), nil, "must be UTF-8, not empty and not that of another")
	}
	names[name] = true
	return nil
}

// A Scorer scores prospects: people or firms who have not bought yet. It is an
// immutable value, safe for concurrent use. Obtain one from [NewScorer] or by
// decoding; the zero Scorer refuses every prospect.
type Scorer struct {
	params ProspectParams
	weight float64 // sum of the weights, each over the greatest of them
	scale  float64 // the greatest weight
}

// NewScorer returns the scorer that p describes. It fails exactly when
// [ProspectParams.Validate] does.
func NewScorer(p ProspectParams) (Scorer, error) {
	if err := p.Validate(); err != nil {
		return Scorer{}, err
	}
	p = p.clone()
	if p.Table == (ProspectTable{}) {
		p.Table = DefaultProspectTable()
	}
	s := Scorer{params: p}
	for _, a := range p.Fit {
		s.scale = max(s.scale, a.Weight)
	}
	for _, a := range p.Fit {
		s.weight += a.Weight / s.scale
	}
	return s, nil
}

// none reports whether s is the zero Scorer.
func (s *Scorer) none() bool { return s.weight == 0 }

func errScorer() error { return fault.New("Scorer", nil, "must come from NewScorer") }

// Params returns a copy of what the scorer was made of, defaults filled in.
func (s Scorer) Params() ProspectParams { return s.params.clone() }

func (p ProspectParams) clone() ProspectParams {
	p.Fit, p.Intent = slices.Clone(p.Fit), slices.Clone(p.Intent)
	return p
}

// A Touch is one occurrence of a signal.
type Touch struct {
	Signal int          `json:"signal"` // position in Intent
	On     relmark.Date `json:"on"`
}

// A Prospect is what is known of somebody who has not bought yet. It is plain data.
type Prospect struct {
	Fit     []Measure `json:"fit"`     // one for each attribute, 0 (not at all) to 1 (just like good customers)
	Touches []Touch   `json:"touches"` // in any order
}

// A ProspectScore grades a prospect. It is plain data.
type ProspectScore struct {
	Fit         float64 `json:"fit"`      // 0 to 1, weighted mean over the known attributes; 0 where Coverage is
	Coverage    float64 `json:"coverage"` // share of the weights that is known
	Intent      float64 `json:"intent"`   // 0 to 1
	Total       float64 `json:"total"`    // √(Fit·Intent): 0 where either is
	FitLevel    Level   `json:"fit_level"`
	IntentLevel Level   `json:"intent_level"`
	Class       Class   `json:"class"`
}

// Score grades a prospect as of a date; touches after it are ignored. It fails
// with a [relmark.FieldError] unless there is one measure for each attribute, 0 to
// 1 where it is known, and every touch has a date and is one of the signals, and
// on the zero date. It does not allocate.
func (s Scorer) Score(p Prospect, asOf relmark.Date) (ProspectScore, error) {
	score, err := s.score(p, asOf)
	return score, wrap(err)
}

func (s Scorer) score(p Prospect, asOf relmark.Date) (ProspectScore, error) {
	switch {
	case s.none():
		return ProspectScore{}, errScorer()
	case asOf.IsZero():
		return ProspectScore{}, fault.New("AsOf", nil, "must be a date")
	case len(p.Fit) != len(s.params.Fit):
		return ProspectScore{}, fault.New("Fit", len(p.Fit), "must hold one measure for each attribute")
	}
	fit, coverage, err := s.fit(p.Fit)
	if err != nil {
		return ProspectScore{}, err
	}
	intent, err := s.intent(p.Touches, asOf)
	if err != nil {
		return ProspectScore{}, err
	}
	i, j := s.params.FitLevels.level(fit), s.params.IntentLevels.level(intent)
	if coverage < s.params.MinCoverage {
		i = 2 // low
	}
	return ProspectScore{
		Fit: fit, Coverage: coverage, Intent: intent, Total: math.Sqrt(fit * intent),
		FitLevel: levelAt(i), IntentLevel: levelAt(j), Class: s.params.Table[i][j],
	}, nil
}

// fit returns the weighted mean of the known measures and their share of the
// weights.
func (s Scorer) fit(measures []Measure) (fit, coverage float64, err error) {
	var sum, known float64
	for i, m := range measures {
		if err := m.validate("Fit"); err != nil {
			return 0, 0, err
		}
		if m.Known {
			w := s.params.Fit[i].Weight / s.scale
			sum += float64(w * m.Value)
			known += w
		}
	}
	if known == 0 {
		return 0, 0, nil
	}
	return min(sum/known, 1), known / s.weight, nil // summed in one order: known ≤ weight
}

// intent returns 1 − 2^(−a/Half), a the points of all touches, each halved with
// every half-life that has passed.
func (s Scorer) intent(touches []Touch, asOf relmark.Date) (float64, error) {
	var points float64
	for _, t := range touches {
		if t.Signal < 0 || t.Signal >= len(s.params.Intent) {
			return 0, fault.New("Touches.Signal", t.Signal, "must be the position of a signal")
		}
		if t.On.IsZero() {
			return 0, fault.New("Touches.On", nil, "must be a date")
		}
		if age := asOf.Sub(t.On); age >= 0 {
			signal := &s.params.Intent[t.Signal]
			const most = 1e300 // of one touch: keeps the product below from 0·∞
			points += float64(min(signal.Points/s.params.Half, most) * math.Exp2(-float64(age)/signal.HalfLife))
		}
	}
	return -math.Expm1(-math.Ln2 * points), nil
}

// A Scored is a prospect with a grade. It is plain data.
type Scored[ID relmark.ID] struct {
	ID            ID `json:"id"`
	ProspectScore    // with its keys beside that of the prospect
}

// Score grades every prospect and lists them by class, then by total, the best
// first, ties by identifier. It fails as [Scorer.Score] does and on a prospect who
// comes twice. It takes O(n·log n) time.
func Score[ID relmark.ID](s Scorer, prospects iter.Seq2[ID, Prospect], asOf relmark.Date) ([]Scored[ID], error) {
	rows, err := ordered(prospects, func(p Prospect) (ProspectScore, error) { return s.score(p, asOf) })
	if err != nil {
		return nil, wrap(err)
	}
	list := make([]Scored[ID], len(rows))
	for i, r := range rows {
		list[i] = Scored[ID]{r.id, r.v}
	}
	slices.SortStableFunc(list, func(a, b Scored[ID]) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(b.Total, a.Total))
	})
	return list, nil
}
