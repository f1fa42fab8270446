package profitchain

import (
	"encoding/json"
	"slices"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/servqual"
)

// Blank stands for an answer that was not given, as [servqual.Blank].
const Blank = servqual.Blank

const (
	maxFacets   = 100
	maxItems    = 50
	maxPosition = 9999
	maxSpan     = 200
	minLow      = Blank + 1
	maxHigh     = 127
)

// Components of commitment (Allen and Meyer 1990), and what is measured beside them.
const (
	Affective   = "affective"   // wants to stay
	Normative   = "normative"   // ought to: the moral one
	Continuance = "continuance" // has to: the calculative one
	Trust       = "trust"
	Belonging   = "belonging"
)

// A Facet is what some items measure together: a commitment, a link of culture, a side of
// internal quality. Items may serve several facets. It is plain data.
type Facet struct {
	Name     string `json:"name"`               // 1 to 200 bytes of UTF-8, once
	Items    []int  `json:"items"`              // positions in a row of answers, 0 to 9999, each once; 1 to 50
	Reversed []int  `json:"reversed,omitempty"` // of the items, those worded negatively: an answer a counts as Low + High − a
}

// Union returns the facet of all items of some, reversed where one of them has it so: the index of
// a whole culture from its links, or the inner quality from its facets.
func Union(name string, facets ...Facet) Facet {
	out := Facet{Name: name}
	for _, f := range facets {
		out.Items, out.Reversed = append(out.Items, f.Items...), append(out.Reversed, f.Reversed...)
	}
	slices.Sort(out.Items)
	slices.Sort(out.Reversed)
	out.Items, out.Reversed = slices.Compact(out.Items), slices.Compact(out.Reversed)
	return out
}

// CultureLinks returns the six links that a service culture is built of, a ready list of names of
// facets, in a slice of its own.
func CultureLinks() []string {
	return []string{"rules", "staff_quality", "awareness", "rituals", "heroes", "network"}
}

// ManagedCultureLinks returns the second ready list: what management does for a service culture.
func ManagedCultureLinks() []string {
	return []string{"top_commitment", "participation", "systems", "data", "learning", "improvement"}
}

// CultureFunctions returns the four functions of a service culture: it directs, binds, unites and
// motivates.
func CultureFunctions() []string { return []string{"direct", "bind", "unite", "motivate"} }

// OuterFacets returns facets of internal quality that are paid or provided.
func OuterFacets() []string { return []string{"pay", "benefits", "workplace", "hours"} }

// InnerFacets returns facets of internal quality that lie in the work itself (Heskett et al.
// 1994).
func InnerFacets() []string {
	return []string{"job_design", "selection_and_development", "recognition", "tools", "relationships"}
}

// QuestionnaireParams describe what employees are asked. They are plain data.
type QuestionnaireParams struct {
	Low    int // lowest answer, −127 or more
	High   int // highest answer, Low + 1 to Low + 200, at most 127
	Facets []Facet
}

// AllenMeyer returns the scoring of the 24 items of Allen and Meyer (1990) on 1 to 7, asked in
// the order affective, continuance, normative, eight each, in their published order. The wording
// is the host's to licence and to ask; where a form orders or words items otherwise, so do its
// reversed ones, and a low or negative alpha tells of it.
func AllenMeyer() QuestionnaireParams {
	eight := func(from int) (items []int) {
		for i := range 8 {
			items = append(items, from+i)
		}
		return items
	}
	return QuestionnaireParams{Low: 1, High: 7, Facets: []Facet{
		{Affective, eight(0), []int{3, 4, 5, 7}},
		{Continuance, eight(8), []int{8, 11}},
		{Normative, eight(16), []int{17, 18, 23}},
	}}
}

// Validate reports every rule that p breaks, joined into one error.
func (p QuestionnaireParams) Validate() error {
	var l fault.List
	l.Check(p.Low >= minLow && p.Low < maxHigh, "Low", p.Low, "must be -127 to 126")
	l.Check(p.High > p.Low && p.High <= maxHigh && p.High-maxSpan <= p.Low, "High", p.High, "must be Low + 1 to Low + 200, at most 127")
	if len(p.Facets) < 1 || len(p.Facets) > maxFacets {
		l.Add("Facets", len(p.Facets), "must be 1 to 100")
		return l.Err(room)
	}
	seen := map[string]bool{}
	for i, f := range p.Facets {
		at := fault.Item("Facets", i)
		l.Name(at+".Name", f.Name)
		l.Check(!seen[f.Name], at+".Name", nil, "must not repeat another")
		seen[f.Name] = true
		f.check(&l, at)
	}
	return l.Err(room)
}

func (f Facet) check(l *fault.List, at string) {
	if len(f.Items) < 1 || len(f.Items) > maxItems || len(f.Reversed) > len(f.Items) {
		l.Add(at+".Items", len(f.Items), "must be 1 to 50, and as many as are reversed or more")
		return
	}
	seen := map[int]bool{}
	for i, item := range f.Items {
		l.Check(item >= 0 && item <= maxPosition, fault.Item(at+".Items", i), item, "must be 0 to 9999")
		l.Check(!seen[item], fault.Item(at+".Items", i), item, "must be listed once")
		seen[item] = true
	}
	for i, item := range f.Reversed {
		l.Check(seen[item], fault.Item(at+".Reversed", i), item, "must be one of the items, listed once")
		seen[item] = false
	}
}

// clone returns a deep copy, with reversed items in ascending order.
func (p QuestionnaireParams) clone() QuestionnaireParams {
	p.Facets = slices.Clone(p.Facets)
	for i, f := range p.Facets {
		f.Items, f.Reversed = slices.Clone(f.Items), slices.Sorted(slices.Values(f.Reversed))
		p.Facets[i] = f
	}
	return p
}

func (p QuestionnaireParams) equal(o QuestionnaireParams) bool {
	return p.Low == o.Low && p.High == o.High && slices.EqualFunc(p.Facets, o.Facets, func(a, b Facet) bool {
		return a.Name == b.Name && slices.Equal(a.Items, b.Items) && slices.Equal(a.Reversed, b.Reversed)
	})
}

// A Questionnaire is ready for answers. It is an immutable value, safe for concurrent use. Obtain
// one from [NewQuestionnaire]; the zero Questionnaire has no facets.
type Questionnaire struct {
	params QuestionnaireParams
	need   int      // answers that a row must have at least: the highest position + 1
	turned [][]bool // by facet and item: reversed
	asked  []int    // positions that facets have, ascending
}

// NewQuestionnaire returns the questionnaire that p describes. It fails exactly when
// [QuestionnaireParams.Validate] does.
func NewQuestionnaire(p QuestionnaireParams) (Questionnaire, error) {
	if err := p.Validate(); err != nil {
		return Questionnaire{}, err
	}
	q := Questionnaire{params: p.clone()}
	for _, f := range p.Facets {
		turned := make([]bool, len(f.Items))
		for i, item := range f.Items {
			turned[i] = slices.Contains(f.Reversed, item)
		}
		q.turned, q.asked = append(q.turned, turned), append(q.asked, f.Items...)
	}
	slices.Sort(q.asked)
	q.asked = slices.Compact(q.asked)
	q.need = q.asked[len(q.asked)-1] + 1
	return q, nil
}

// Params returns a copy of what the questionnaire was made of.
func (q Questionnaire) Params() QuestionnaireParams { return q.params.clone() }

// Facets returns the names of the facets, in order.
func (q Questionnaire) Facets() []string {
	var names []string
	for _, f := range q.params.Facets {
		names = append(names, f.Name)
	}
	return names
}

// read checks a row.
func (q Questionnaire) read(row []int8) error {
	if len(q.params.Facets) == 0 {
		return fault.New("Questionnaire", nil, "must come from NewQuestionnaire")
	}
	if len(row) < q.need {
		return fault.New("Row", len(row), "must have an answer or Blank for each item")
	}
	for _, item := range q.asked {
		if a := int(row[item]); a != Blank && (a < q.params.Low || a > q.params.High) {
			return fault.New(fault.Item("Row", item), a, "must be on the scale or Blank")
		}
	}
	return nil
}

const (
	questionnaireVersion = 1
	questionnaireModel   = "employees"
)

// questionnaireJSON is what version 1 stores.
type questionnaireJSON struct {
	V      int     `json:"v"`
	Model  string  `json:"model"`
	Low    *int    `json:"low"`
	High   *int    `json:"high"`
	Facets []Facet `json:"facets"`
}

// MarshalJSON encodes valid params:
//
//	{"v":1,"model":"employees","low":1,"high":7,"facets":[{"name":"trust","items":[0,1],"reversed":[1]}]}
//
// It fails as [QuestionnaireParams.Validate] does.
func (p QuestionnaireParams) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p = p.clone()
	data, err := canon.Marshal(questionnaireJSON{questionnaireVersion, questionnaireModel, &p.Low, &p.High, p.Facets})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes params of any version so far and validates them. Another version is
// [relmark.ErrUnsupported]; another model, missing, unknown or repeated keys and params that are
// not valid are [relmark.ErrInvalid]. It leaves p unchanged on error.
func (p *QuestionnaireParams) UnmarshalJSON(data []byte) error {
	var s questionnaireJSON
	if err := codec.JSON(data, questionnaireVersion, &s); err != nil {
		return fault.Decode(room, "questionnaire", err)
	}
	if s.Model != questionnaireModel {
		return broken("Model", nil, "must be "+questionnaireModel)
	}
	if s.Low == nil || s.High == nil {
		return fault.Decode(room, "questionnaire", codec.ErrCorrupt)
	}
	decoded := QuestionnaireParams{*s.Low, *s.High, s.Facets}
	if err := decoded.Validate(); err != nil {
		return err
	}
	*p = decoded.clone()
	return nil
}

// MarshalJSON encodes the questionnaire as [QuestionnaireParams.MarshalJSON] does. It fails for
// the zero Questionnaire.
func (q Questionnaire) MarshalJSON() ([]byte, error) { return json.Marshal(q.params) }

// UnmarshalJSON decodes a questionnaire as [QuestionnaireParams.UnmarshalJSON] does. It leaves q
// unchanged on error.
func (q *Questionnaire) UnmarshalJSON(data []byte) error {
	var p QuestionnaireParams
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	decoded, err := NewQuestionnaire(p)
	if err == nil {
		*q = decoded
	}
	return err
}
