package loyalty

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/audit"
	"github.com/relmark/relmark/internal/fault"
)

// A Component is one sign of how strongly a customer is bound on one level: the share
// of visits with points, the health of contacts, the depth of integration. It is plain
// data.
type Component struct {
	Indicator

	Level Level `json:"level"`
	// Enough is how many observations make a value half reliable: n of them are
	// n/(n + Enough) reliable. Above 0, finite.
	Enough float64 `json:"enough"`
}

// A ProfilePolicy says how components become a score on each level. It is plain data.
type ProfilePolicy struct {
	Components []Component `json:"components"`
	Missing    MissingRule `json:"missing,omitempty"`
	// MinCoverage is the least share of the weight of a level that must be measured to
	// renormalise, 0 to 1.
	MinCoverage float64 `json:"min_coverage"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p ProfilePolicy) Validate() error {
	var l fault.List
	l.Check(len(p.Components) >= 1 && len(p.Components) <= maxIndicators, "Components", len(p.Components), "must be 1 to 1000")
	l.Join("", missingRules().Check("Missing", p.Missing))
	l.Between("MinCoverage", p.MinCoverage, 0, 1)
	seen, weight := map[string]bool{}, map[Level]float64{}
	n := min(len(p.Components), maxIndicators)
	for i := range p.Components[:n] {
		if l.Full() {
			break
		}
		c := &p.Components[i]
		l.NameOnce(seen, "Components", i, ".Name", c.Name)
		if !c.valid(n) {
			c.check(&l, fault.Item("Components", i), n)
		}
		weight[c.Level] += c.Weight
	}
	if l.Len() > 0 {
		return l.Err(room)
	}
	for _, level := range levels().All() {
		if w, some := weight[level]; some && !(w > 0) {
			l.Add("Weights", string(level), "must not all be 0 on a level")
		}
	}
	return l.Err(room)
}

// valid reports whether check finds nothing wrong with one of n components but for its name.
func (c *Component) valid(n int) bool {
	_, rule := c.part(nil).Wrong(n)
	return levels().Valid(c.Level) && c.Enough > 0 && fault.Finite(c.Enough) && rule == ""
}

// check adds what is wrong with one of n components but for its name.
func (c *Component) check(l *fault.List, at string, n int) {
	l.Join(at, levels().Check("Level", c.Level))
	l.Check(c.Enough > 0 && fault.Finite(c.Enough), at+".Enough", c.Enough, "must be finite and > 0")
	if part, rule := c.part(nil).Wrong(n); rule != "" {
		l.Join(at, fault.New(part, nil, rule))
	}
}

// A Sign is what was measured of one component for one customer. It is plain data.
type Sign struct {
	Value float64 `json:"value"` // finite
	N     float64 `json:"n"`     // observations behind it, decayed ones in parts; finite, 0 or more
	// Reliability is how reliable a scale is, such as its alpha, 0 to 1; nil for N/(N + Enough).
	Reliability *float64 `json:"reliability,omitempty"`
}

func (s Sign) valid() bool {
	return s.N >= 0 && fault.Finite(s.N) && (s.Reliability == nil || *s.Reliability >= 0 && *s.Reliability <= 1)
}

func (s Sign) check(l *fault.List, at string) {
	l.Check(s.N >= 0 && fault.Finite(s.N), at+".N", s.N, "must be finite and 0 or more")
	if s.Reliability != nil {
		l.Between(at+".Reliability", *s.Reliability, 0, 1)
	}
}

func (s Sign) reliability(enough float64) float64 {
	switch {
	case s.Reliability != nil:
		return *s.Reliability
	case fault.Finite(s.N + enough):
		return s.N / (s.N + enough)
	}
	return 1 / (1 + enough/s.N)
}

// A ComponentScore is what one component comes to. It is plain data.
type ComponentScore struct {
	IndicatorScore

	N           float64 `json:"n"`           // 0 if it was not measured
	Reliability float64 `json:"reliability"` // 0 if it was not measured
}

// A BondScore is how strongly a customer is bound on one level. It is plain data.
type BondScore struct {
	Level      Level            `json:"level"`
	Score      *float64         `json:"score"`    // 0 to 100; nil if too little was measured
	Coverage   float64          `json:"coverage"` // share of weight measured; 0 without components
	Components []ComponentScore `json:"components"`
	// Reliability is that of a composite of independent components with one variance,
	// Σ w²ρ/Σ w² over those measured (Mosier 1943): components that go together are more
	// reliable than that. nil without any.
	Reliability *float64 `json:"reliability"`
}

// A Profile is how strongly a customer is bound, level by level. There is no score over
// all levels: money does not make up for not being known. It is plain data.
type Profile struct {
	Levels []BondScore `json:"levels"` // all four, the easiest to copy first
}

// Profile returns how strongly one customer is bound on each level: by name a sign of
// each component, nil where it was not measured. It fails as [ProfilePolicy.Validate]
// does, with a [relmark.FieldError] where a sign is absent, has the name of no component
// or is not as [Sign] says, and with [relmark.ErrTooFew] where one is nil and the rule
// is [FailMissing].
func (p ProfilePolicy) Profile(signs map[string]*Sign) (Profile, error) {
	if err := p.Validate(); err != nil {
		return Profile{}, err
	}
	if err := p.checkSigns(signs); err != nil {
		return Profile{}, err
	}
	out := Profile{Levels: make([]BondScore, 0, levels().Len())}
	for _, level := range levels().All() {
		score, ok := p.bond(level, signs)
		if !ok {
			return Profile{}, fault.Room(room, relmark.ErrTooFew)
		}
		out.Levels = append(out.Levels, score)
	}
	return out, nil
}

func (p ProfilePolicy) checkSigns(signs map[string]*Sign) error {
	var l fault.List
	known := 0
	for i, c := range p.Components {
		s, ok := signs[c.Name]
		if !ok {
			l.Add(fault.Item("Signs", i), nil, "must be there for each component, nil if it was not measured")
			continue
		}
		known++
		if s == nil {
			continue
		}
		part, rule := c.part(&s.Value).Wrong(len(p.Components))
		if rule == "" && s.valid() {
			continue
		}
		if rule != "" {
			l.Join(fault.Item("Signs", i), fault.New(part, nil, rule))
		}
		s.check(&l, fault.Item("Signs", i))
	}
	l.Check(len(signs) == known, "Signs", len(signs), "must be of the components")
	return l.Err(room)
}

// bond scores the components of one level; false if one is missing that must not be.
func (p ProfilePolicy) bond(level Level, signs map[string]*Sign) (b BondScore, ok bool) {
	b = BondScore{Level: level, Components: []ComponentScore{}}
	var parts []audit.Indicator
	for _, c := range p.Components {
		if c.Level != level {
			continue
		}
		part, score := c.part(nil), ComponentScore{IndicatorScore: IndicatorScore{Name: c.Name}}
		if s := signs[c.Name]; s != nil {
			part = c.part(&s.Value)
			score.N, score.Reliability = s.N, s.reliability(c.Enough)
		}
		parts = append(parts, part)
		b.Components = append(b.Components, score)
	}
	if len(parts) == 0 {
		return b, true
	}
	rule, _ := missingRules().Index(p.Missing)
	r, ok := audit.Of(parts, audit.Rule(rule), p.MinCoverage)
	if !ok {
		return b, false
	}
	b.Score, b.Coverage, b.Reliability = defined(r.Index), r.Coverage, b.reliability(parts)
	for i := range b.Components {
		b.Components[i].Score, b.Components[i].Clamped = defined(r.Scores[i]), r.Clamped[i]
	}
	return b, true
}

// reliability returns that of the composite of what was measured; nil of nothing.
func (b *BondScore) reliability(parts []audit.Indicator) *float64 {
	var reliable, squares float64
	for i, w := range audit.Weights(parts) {
		if !parts[i].Missing {
			reliable += float64(w * w * b.Components[i].Reliability)
			squares += float64(w * w)
		}
	}
	return defined(reliable / squares)
}

// Weakest returns the level on which the customer is bound least, of those that have a
// score; of equal ones the easiest to copy. It is false if none has.
func (p Profile) Weakest() (Level, bool) {
	var least Level
	low := math.Inf(1)
	for _, b := range p.Levels {
		if b.Score != nil && *b.Score < low {
			least, low = b.Level, *b.Score
		}
	}
	return least, least != ""
}
