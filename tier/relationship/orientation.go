package relationship

import (
	"math"

	"github.com/relmark/relmark"
)

// A Contrast is one of the six in which relationship marketing differs from
// transaction marketing.
type Contrast uint8

// The contrasts. High is relational.
const (
	RetentionFocus     Contrast = iota // keeping customers, not the single sale
	CustomerValueFocus                 // value to the customer, not features of the product
	LongTermFocus                      // long, not short
	ServiceLevel                       // much service, not little
	ContactIntensity                   // much contact, not little
	QualityByEveryone                  // quality by everyone, not by production alone
)

func (Contrast) names() []string {
	return []string{
		"retention_focus", "customer_value_focus", "long_term_focus", "service_level", "contact_intensity", "quality_by_everyone",
	}
}

// contrasts is how many there are.
const contrasts = 6

// String returns the contrast in lower case, such as "retention_focus"; "invalid"
// for another Contrast.
func (c Contrast) String() string { return nameOf(c) }

// MarshalText returns what [Contrast.String] returns, or an error for another one.
func (c Contrast) MarshalText() ([]byte, error) { return textOf(c) }

// UnmarshalText reads the text of a Contrast; c is unchanged on error.
func (c *Contrast) UnmarshalText(text []byte) error { return parse(c, text) }

// A MissingRule says what becomes of a contrast that was not measured. The zero
// rule is [Renormalise].
type MissingRule uint8

// The rules for missing measurements.
const (
	Renormalise MissingRule = iota // the others count for it, if enough are there
	CountAsZero                    // it counts as fully transactional
	FailMissing                    // there is no index
)

func (MissingRule) names() []string { return []string{"renormalise", "zero", "fail"} }

// String returns "renormalise", "zero" or "fail"; "invalid" for another rule.
func (m MissingRule) String() string { return nameOf(m) }

// MarshalText returns what [MissingRule.String] returns, or an error for another
// rule.
func (m MissingRule) MarshalText() ([]byte, error) { return textOf(m) }

// UnmarshalText reads the text of a rule; m is unchanged on error.
func (m *MissingRule) UnmarshalText(text []byte) error { return parse(m, text) }

// A Stance is how a firm works. The zero Stance is [StanceUndetermined].
type Stance uint8

// The stances.
const (
	StanceUndetermined Stance = iota // too little was measured
	StanceTransactional
	StanceMixed
	StanceRelational
)

func (Stance) names() []string {
	return []string{"undetermined", "transactional", "mixed", "relational"}
}

// String returns the stance in lower case, such as "mixed"; "invalid" for another
// Stance.
func (s Stance) String() string { return nameOf(s) }

// MarshalText returns what [Stance.String] returns, or an error for another one.
func (s Stance) MarshalText() ([]byte, error) { return textOf(s) }

// UnmarshalText reads the text of a Stance; s is unchanged on error.
func (s *Stance) UnmarshalText(text []byte) error { return parse(s, text) }

// An Indicator is what was measured for one contrast: a share of budget, an
// average period in months, a count. It is plain data.
type Indicator struct {
	Value   float64 // what was measured; not read if Missing
	Missing bool    // nothing was measured
	Low     float64 // the value that is fully transactional
	High    float64 // the value that is fully relational; below Low where less is more, never equal
	Weight  float64 // finite, 0 or more; the weights are not all 0
}

// A Scale says how six indicators become an orientation. The zero Scale calls
// every index relational. It is plain data.
type Scale struct {
	Missing          MissingRule
	MinCoverage      float64 // least share of weight that must be measured to renormalise, 0 to 1
	TransactionalMax float64 // an index up to this is transactional, 0 to 100
	RelationalMin    float64 // an index from this on is relational, TransactionalMax to 100
}

// Validate reports every rule that s breaks, joined into one error.
func (s Scale) Validate() error {
	var errs []error
	if !valid(s.Missing) {
		errs = append(errs, fault("must be renormalise, zero or fail", uint8(s.Missing), "Missing"))
	}
	if !inUnit(s.MinCoverage) {
		errs = append(errs, fault("must be 0 to 1", s.MinCoverage, "MinCoverage"))
	}
	if !inUnit(s.TransactionalMax / 100) {
		errs = append(errs, fault("must be 0 to 100", s.TransactionalMax, "TransactionalMax"))
	}
	if !(s.RelationalMin >= s.TransactionalMax) || !inUnit(s.RelationalMin/100) {
		errs = append(errs, fault("must be TransactionalMax to 100", s.RelationalMin, "RelationalMin"))
	}
	return joined(errs)
}

// An Orientation is how relational a firm or unit works. It is plain data.
type Orientation struct {
	Stance     Stance
	Index      float64    // 0 to 100; NaN if too little was measured
	Coverage   float64    // share of weight that was measured
	Components [6]float64 // 0 to 100, by [Contrast]; NaN where nothing was measured
	Missing    []Contrast // not measured, in order
	Clamped    []Contrast // measured beyond Low or High, in order
}

// Orientation returns how relational a firm works, from one indicator for each
// contrast. It fails when the scale is not valid, a contrast is absent, an
// indicator breaks a rule stated there ([relmark.ErrInvalid]), or when one is
// missing and the rule is [FailMissing] ([relmark.ErrTooFew]).
func (s Scale) Orientation(indicators map[Contrast]Indicator) (Orientation, error) {
	if err := s.Validate(); err != nil {
		return Orientation{}, err
	}
	if err := checkIndicators(indicators); err != nil {
		return Orientation{}, err
	}
	var out Orientation
	var sum, answered, all float64
	for c := range Contrast(contrasts) {
		in := indicators[c]
		all += in.Weight
		if in.Missing {
			out.Missing = append(out.Missing, c)
			out.Components[c] = math.NaN()
			continue
		}
		score := 100 * (in.Value - in.Low) / (in.High - in.Low)
		out.Components[c] = min(max(score, 0), 100)
		if in.Value < min(in.Low, in.High) || in.Value > max(in.Low, in.High) {
			out.Clamped = append(out.Clamped, c)
		}
		answered += in.Weight
		sum += float64(in.Weight * out.Components[c])
	}
	if s.Missing == FailMissing && len(out.Missing) > 0 {
		return Orientation{}, wrap(relmark.ErrTooFew)
	}
	out.Coverage = min(answered/all, 1)
	out.Index = min(sum/all, 100)
	if s.Missing == Renormalise {
		out.Index = min(share(sum, answered), 100) // a mean of 100s may round up
		if !reaches(out.Coverage, s.MinCoverage) {
			out.Index = math.NaN()
		}
	}
	out.Stance = s.stance(out.Index)
	return out, nil
}

func checkIndicators(indicators map[Contrast]Indicator) error {
	var errs []error
	all := 0.0
	for c := range Contrast(contrasts) {
		in, ok := indicators[c]
		switch {
		case !ok:
			errs = append(errs, fault("must be among the indicators", c.String(), "Indicators"))
		case !finite(in.Low) || !finite(in.High) || in.Low == in.High || !finite(in.High-in.Low):
			errs = append(errs, fault("must have finite ends that differ", nil, "Indicators[%v]", c))
		case !in.Missing && (!finite(in.Value) || !finite(100*(in.Value-in.Low))):
			errs = append(errs, fault("must have a finite value", nil, "Indicators[%v]", c))
		case !(in.Weight >= 0) || !finite(in.Weight*100*contrasts):
			errs = append(errs, fault("must have a finite weight of 0 or more", in.Weight, "Indicators[%v].Weight", c))
		}
		all += in.Weight
	}
	if len(indicators) > contrasts {
		errs = append(errs, fault("must be of the six contrasts", nil, "Indicators"))
	}
	if len(errs) == 0 && !(all > 0) {
		errs = append(errs, fault("must not all be 0", nil, "Weights"))
	}
	return joined(errs)
}

func (s Scale) stance(index float64) Stance {
	switch {
	case math.IsNaN(index):
		return StanceUndetermined
	case reaches(index, s.RelationalMin):
		return StanceRelational
	case reaches(s.TransactionalMax, index):
		return StanceTransactional
	}
	return StanceMixed
}
