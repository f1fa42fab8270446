package relationship

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/audit"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Contrast is one of the six in which relationship marketing differs from
// transaction marketing.
type Contrast string

// The contrasts. High is relational.
const (
	RetentionFocus     Contrast = "retention_focus"      // keeping customers, not the single sale
	CustomerValueFocus Contrast = "customer_value_focus" // value to the customer, not features of the product
	LongTermFocus      Contrast = "long_term_focus"      // long, not short
	ServiceLevel       Contrast = "service_level"        // much service, not little
	ContactIntensity   Contrast = "contact_intensity"    // much contact, not little
	QualityByEveryone  Contrast = "quality_by_everyone"  // quality by everyone, not by production alone
)

func contrasts() enum.Set[Contrast] {
	return enum.Of(RetentionFocus, CustomerValueFocus, LongTermFocus, ServiceLevel, ContactIntensity, QualityByEveryone)
}

// A MissingRule says what becomes of a contrast that was not measured.
type MissingRule string

// The rules for missing measurements.
const (
	Renormalise MissingRule = ""     // the default: the others count for it, if enough are there
	CountAsZero MissingRule = "zero" // it counts as fully transactional
	FailMissing MissingRule = "fail" // there is no index
)

func missingRules() enum.Set[MissingRule] { return enum.Of(Renormalise, CountAsZero, FailMissing) }

// A Stance is how a firm works.
type Stance string

// The stances.
const (
	StanceUndetermined  Stance = "undetermined" // too little was measured
	StanceTransactional Stance = "transactional"
	StanceMixed         Stance = "mixed"
	StanceRelational    Stance = "relational"
)

func stances() enum.Set[Stance] {
	return enum.Of(StanceUndetermined, StanceTransactional, StanceMixed, StanceRelational)
}

// An Indicator is what was measured for one contrast: a share of budget, an
// average period in months, a count. It is plain data.
type Indicator struct {
	Value   float64 `json:"value"`             // what was measured; not read if Missing
	Missing bool    `json:"missing,omitempty"` // nothing was measured
	Low     float64 `json:"low"`               // the value that is fully transactional
	High    float64 `json:"high"`              // the value that is fully relational; below Low where less is more, never equal
	Weight  float64 `json:"weight"`            // finite, 0 or more; the weights are not all 0
}

// An OrientationPolicy says how six indicators become an orientation. The zero OrientationPolicy calls
// every index relational. It is plain data.
type OrientationPolicy struct {
	Missing          MissingRule `json:"missing,omitempty"`
	MinCoverage      float64     `json:"min_coverage"`      // least share of weight that must be measured to renormalise, 0 to 1
	TransactionalMax float64     `json:"transactional_max"` // an index up to this is transactional, 0 to 100
	RelationalMin    float64     `json:"relational_min"`    // an index from this on is relational, TransactionalMax to 100
}

// Validate reports every rule that p breaks, joined into one error.
func (p OrientationPolicy) Validate() error {
	var wrong fault.List
	wrong.Join("", missingRules().Check("Missing", p.Missing))
	wrong.Between("MinCoverage", p.MinCoverage, 0, 1)
	wrong.Between("TransactionalMax", p.TransactionalMax, 0, 100)
	wrong.Check(p.RelationalMin >= p.TransactionalMax && p.RelationalMin <= 100, "RelationalMin", p.RelationalMin, "must be TransactionalMax to 100")
	return wrong.Err(room)
}

// An Orientation is how relational a firm or unit works. It is plain data.
type Orientation struct {
	Stance     Stance
	Index      float64              // 0 to 100; NaN if too little was measured
	Coverage   float64              // share of weight that was measured
	Components map[Contrast]float64 // 0 to 100, of what was measured
	Missing    []Contrast           // not measured, in order
	Clamped    []Contrast           // measured beyond Low or High, in order
}

// Orientation returns how relational a firm works, from one indicator for each
// contrast. It fails when the scale is not valid, a contrast is absent, an
// indicator breaks a rule stated there ([relmark.ErrInvalid]), or when one is
// missing and the rule is [FailMissing] ([relmark.ErrTooFew]).
func (p OrientationPolicy) Orientation(indicators map[Contrast]Indicator) (Orientation, error) {
	if err := p.Validate(); err != nil {
		return Orientation{}, err
	}
	if err := checkIndicators(indicators); err != nil {
		return Orientation{}, err
	}
	parts := make([]audit.Indicator, 0, len(indicators))
	for _, c := range contrasts().All() {
		parts = append(parts, indicators[c].part())
	}
	rule, _ := missingRules().Index(p.Missing)
	result, ok := audit.Of(parts, audit.Rule(rule), p.MinCoverage)
	if !ok {
		return Orientation{}, fault.Room(room, relmark.ErrTooFew)
	}
	out := Orientation{Stance: p.stance(result.Index), Index: result.Index, Coverage: result.Coverage, Components: map[Contrast]float64{}}
	for i, c := range contrasts().All() {
		switch {
		case parts[i].Missing:
			out.Missing = append(out.Missing, c)
			continue
		case result.Clamped[i]:
			out.Clamped = append(out.Clamped, c)
		}
		out.Components[c] = result.Scores[i]
	}
	return out, nil
}

func (in Indicator) part() audit.Indicator {
	return audit.Indicator{Value: in.Value, Missing: in.Missing, Low: in.Low, High: in.High, Weight: in.Weight}
}

func checkIndicators(indicators map[Contrast]Indicator) error {
	var wrong fault.List
	all := 0.0
	for _, c := range contrasts().All() {
		in, ok := indicators[c]
		if !ok {
			wrong.Add("Indicators", string(c), "must be among them")
			continue
		}
		if part, rule := in.part().Wrong(contrasts().Len()); rule != "" {
			wrong.Join("Indicators["+string(c)+"]", fault.New(part, nil, rule))
		}
		all += in.Weight
	}
	wrong.Check(len(indicators) <= contrasts().Len(), "Indicators", nil, "must be of the six contrasts")
	if wrong.Len() == 0 {
		wrong.Check(all > 0, "Weights", nil, "must not all be 0")
	}
	return wrong.Err(room)
}

func (p OrientationPolicy) stance(index float64) Stance {
	switch {
	case math.IsNaN(index):
		return StanceUndetermined
	case reaches(index, p.RelationalMin):
		return StanceRelational
	case reaches(p.TransactionalMax, index):
		return StanceTransactional
	}
	return StanceMixed
}
