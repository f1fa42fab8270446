package loyalty

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/audit"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A MissingRule says what becomes of an indicator that was not measured.
type MissingRule string

// The rules for missing measurements.
const (
	Renormalise MissingRule = ""     // the default: the others count for it, if enough are there
	CountAsZero MissingRule = "zero" // it scores 0
	FailMissing MissingRule = "fail" // there is no result
)

func missingRules() enum.Set[MissingRule] { return enum.Of(Renormalise, CountAsZero, FailMissing) }

// An Indicator is one question of an audit and its scale. It is plain data.
type Indicator struct {
	Name   string  `json:"name"`   // 1 to 200 bytes of UTF-8, once in an audit
	Low    float64 `json:"low"`    // the value that scores 0
	High   float64 `json:"high"`   // the value that scores 100; below Low where less is more, never equal
	Weight float64 `json:"weight"` // finite, 0 or more; the weights are not all 0
}

// An Audit makes one index of named indicators: the practice of relationship marketing,
// the marketing mix, or any list of a host's own. It is plain data.
type Audit struct {
	Indicators  []Indicator `json:"indicators"`
	Missing     MissingRule `json:"missing,omitempty"`
	MinCoverage float64     `json:"min_coverage"` // least share of weight that must be measured to renormalise, 0 to 1
}

const maxIndicators = 1000

// PracticeAudit returns the audit of how relationship marketing is practised: fair
// competition, one-to-one marketing, open channels, two-way interaction, organisation
// and service augmentation, each a share from 0 to 1 that weighs the same. At least
// three fifths must be measured.
func PracticeAudit() Audit {
	return shares("fair_competition", "one_to_one", "open_channels", "two_way", "organisation", "service_augmentation")
}

// MixAudit returns the audit of the marketing mix of services, the seven Ps (Booms and
// Bitner 1981), in the form of [PracticeAudit].
func MixAudit() Audit {
	return shares("product", "price", "place", "promotion", "people", "process", "physical_evidence")
}

func shares(names ...string) Audit {
	a := Audit{MinCoverage: 0.6}
	for _, name := range names {
		a.Indicators = append(a.Indicators, Indicator{Name: name, High: 1, Weight: 1})
	}
	return a
}

// Validate reports every rule that a breaks, joined into one error.
func (a Audit) Validate() error {
	var l fault.List
	l.Check(len(a.Indicators) >= 1 && len(a.Indicators) <= maxIndicators, "Indicators", len(a.Indicators), "must be 1 to 1000")
	l.Join("", missingRules().Check("Missing", a.Missing))
	l.Between("MinCoverage", a.MinCoverage, 0, 1)
	seen, sum := map[string]bool{}, 0.0
	n := min(len(a.Indicators), maxIndicators)
	for i, in := range a.Indicators[:n] {
		if l.Full() {
			break
		}
		l.NameOnce(seen, "Indicators", i, ".Name", in.Name)
		if part, rule := in.part(nil).Wrong(n); rule != "" {
			l.Join(fault.Item("Indicators", i), fault.New(part, nil, rule))
		}
		sum += in.Weight
	}
	if l.Len() == 0 {
		l.Check(sum > 0, "Weights", nil, "must not all be 0")
	}
	return l.Err(room)
}

func (in Indicator) part(value *float64) audit.Indicator {
	p := audit.Indicator{Missing: value == nil, Low: in.Low, High: in.High, Weight: in.Weight}
	if value != nil {
		p.Value = *value
	}
	return p
}

// An AuditScore is what an audit comes to. It is plain data.
type AuditScore struct {
	Index    *float64         `json:"index"`    // 0 to 100; nil if too little was measured
	Coverage float64          `json:"coverage"` // share of weight that was measured
	Scores   []IndicatorScore `json:"scores"`   // in the order of the audit
}

// An IndicatorScore is what one indicator comes to. It is plain data.
type IndicatorScore struct {
	Name    string   `json:"name"`
	Score   *float64 `json:"score"`             // 0 to 100; nil if it was not measured
	Clamped bool     `json:"clamped,omitempty"` // the value lies beyond the scale and was cut to its end
}

// Score returns the index of what was measured: a value for each indicator by name,
// nil where it was asked for but not measured. It fails as [Audit.Validate] does, with
// a [relmark.FieldError] where a value is absent, has the name of no indicator or is not
// finite, and with [relmark.ErrTooFew] where one is nil and the rule is [FailMissing].
func (a Audit) Score(values map[string]*float64) (AuditScore, error) {
	if err := a.Validate(); err != nil {
		return AuditScore{}, err
	}
	parts, err := a.parts(values)
	if err != nil {
		return AuditScore{}, err
	}
	rule, _ := missingRules().Index(a.Missing)
	r, ok := audit.Of(parts, audit.Rule(rule), a.MinCoverage)
	if !ok {
		return AuditScore{}, fault.Room(room, relmark.ErrTooFew)
	}
	out := AuditScore{Index: defined(r.Index), Coverage: r.Coverage}
	for i, in := range a.Indicators {
		out.Scores = append(out.Scores, IndicatorScore{in.Name, defined(r.Scores[i]), r.Clamped[i]})
	}
	return out, nil
}

// parts joins indicators and values, one each.
func (a Audit) parts(values map[string]*float64) ([]audit.Indicator, error) {
	var l fault.List
	parts := make([]audit.Indicator, len(a.Indicators))
	known := 0
	for i, in := range a.Indicators {
		value, ok := values[in.Name]
		if !ok {
			l.Add(fault.Item("Values", i), nil, "must be there for each indicator, nil if it was not measured")
			continue
		}
		known++
		parts[i] = in.part(value)
		if part, rule := parts[i].Wrong(len(parts)); rule != "" {
			l.Join(fault.Item("Values", i), fault.New(part, nil, rule))
		}
	}
	l.Check(len(values) == known, "Values", len(values), "must be of the indicators")
	return parts, l.Err(room)
}

// defined returns x, or nil if it is NaN.
func defined(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}
