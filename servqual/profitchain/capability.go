package profitchain

import (
	"cmp"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/audit"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A MissingRule says what becomes of a component that was not measured.
type MissingRule string

// The rules for missing measurements.
const (
	Renormalise MissingRule = ""     // the default: the others count for it, if enough are there
	CountAsZero MissingRule = "zero" // it scores 0
	FailMissing MissingRule = "fail" // there is no result
)

func missingRules() enum.Set[MissingRule] { return enum.Of(Renormalise, CountAsZero, FailMissing) }

// A Component is one part of a capability and the scale it is measured on. It is plain data.
type Component struct {
	Name   string  `json:"name"`   // 1 to 200 bytes of UTF-8, once
	Low    float64 `json:"low"`    // the value that scores 0
	High   float64 `json:"high"`   // the value that scores 100; below Low where less is more, never equal
	Weight float64 `json:"weight"` // finite, 0 or more; the weights are not all 0
}

// A Capability is what employees need in order to serve well, as components of one index. It is
// plain data.
type Capability struct {
	Components  []Component `json:"components"`
	Missing     MissingRule `json:"missing,omitempty"`
	MinCoverage float64     `json:"min_coverage"` // least share of weight that must be measured to renormalise, 0 to 1
}

// CapabilityCycle returns the cycle of capability of Heskett, Sasser and Schlesinger (1997):
// careful selection, training, tools that work, latitude to meet customers' needs, clear limits
// and rules for it, rewards and recognition, and support, each a share from 0 to 1 that weighs
// the same. At least three fifths must be measured.
func CapabilityCycle() Capability {
	c := Capability{MinCoverage: 0.6}
	for _, name := range []string{"selection", "training", "tools", "latitude", "limits", "rewards", "support"} {
		c.Components = append(c.Components, Component{Name: name, High: 1, Weight: 1})
	}
	return c
}

// Validate reports every rule that c breaks, joined into one error.
func (c Capability) Validate() error {
	var l fault.List
	names, sum := make([]string, len(c.Components)), 0.0
	for i, part := range c.Components {
		names[i] = part.Name
	}
	checkNames(&l, "Components", names)
	l.Join("", missingRules().Check("Missing", c.Missing))
	l.Between("MinCoverage", c.MinCoverage, 0, 1)
	for i, part := range c.Components {
		if l.Full() {
			break
		}
		if field, rule := part.indicator(nil).Wrong(len(c.Components)); rule != "" {
			l.Join(fault.Item("Components", i), fault.New(field, nil, rule))
		}
		sum += part.Weight
	}
	if l.Len() == 0 {
		l.Check(sum > 0, "Weights", nil, "must not all be 0")
	}
	return l.Err(room)
}

func (c Component) indicator(value *float64) audit.Indicator {
	in := audit.Indicator{Missing: value == nil, Low: c.Low, High: c.High, Weight: c.Weight}
	if value != nil {
		in.Value = *value
	}
	return in
}

// A UnitCapability is what was measured in one unit. It is plain data.
type UnitCapability[U relmark.ID] struct {
	Unit   U          `json:"unit"`   // once
	Values []*float64 `json:"values"` // one of each component, nil where it was not measured
}

// A CapabilityScore is what one unit can do. It is plain data.
type CapabilityScore[U relmark.ID] struct {
	Unit     U          `json:"unit"`
	Index    *float64   `json:"index"`    // 0 to 100; nil if too little was measured
	Coverage float64    `json:"coverage"` // share of weight that was measured
	Scores   []*float64 `json:"scores"`   // 0 to 100 by component; nil where it was not measured
	Clamped  []string   `json:"clamped"`  // components whose value lies beyond the scale and was cut to its end
	// Weakest is the component of the least score, the first of equals, among those with a weight;
	// empty where none was measured. The cycle turns no faster than it.
	Weakest string `json:"weakest"`
}

// Score returns the index of each unit, Σ w·s/Σ w over the components measured: the best
// first, those without one last, equal ones in the order given. It fails as [Capability.Validate] does; with a [relmark.FieldError] where a
// unit comes twice, lacks a value or has one that is not finite; with [relmark.ErrTooFew] of no
// units, and where a value is nil and the rule is [FailMissing].
func Score[U relmark.ID](c Capability, units []UnitCapability[U]) ([]CapabilityScore[U], error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if len(units) == 0 {
		return nil, few("capability of no units")
	}
	var l fault.List
	seen, out := map[U]bool{}, make([]CapabilityScore[U], len(units))
	rule, _ := missingRules().Index(c.Missing)
	missing := false
	for i, u := range units {
		if l.Full() {
			break
		}
		at := fault.Item("Units", i)
		l.Check(codec.IsUTF8(&u.Unit), at+".Unit", nil, "must be UTF-8")
		l.Check(!seen[u.Unit], at+".Unit", nil, "must not repeat another")
		seen[u.Unit] = true
		parts, err := c.indicators(u.Values)
		if l.Join(at, err); err != nil {
			continue
		}
		r, ok := audit.Of(parts, audit.Rule(rule), c.MinCoverage)
		missing = missing || !ok
		if ok {
			out[i] = scored(c, u.Unit, r)
		}
	}
	if err := l.Err(room); err != nil {
		return nil, err
	}
	if missing {
		return nil, few("capability with a component missing")
	}
	slices.SortStableFunc(out, func(a, b CapabilityScore[U]) int { return cmp.Compare(value(b.Index), value(a.Index)) })
	return out, nil
}

// value returns a number for order, below all others where there is none.
func value(x *float64) float64 {
	if x == nil {
		return -1
	}
	return *x
}

// indicators joins components and values, one each, as the audit engine takes them.
func (c Capability) indicators(values []*float64) ([]audit.Indicator, error) {
	var l fault.List
	if len(values) != len(c.Components) {
		return nil, fault.New("Values", len(values), "must be one of each component")
	}
	parts := make([]audit.Indicator, len(values))
	for i, v := range values {
		parts[i] = c.Components[i].indicator(v)
		if field, rule := parts[i].Wrong(len(parts)); rule != "" {
			l.Join(fault.Item("Values", i), fault.New(field, nil, rule))
		}
	}
	return parts, l.Err("")
}

// scored names what an audit came to.
func scored[U relmark.ID](c Capability, unit U, r audit.Result) CapabilityScore[U] {
	out := CapabilityScore[U]{Unit: unit, Index: defined(r.Index), Coverage: r.Coverage}
	least := math.Inf(1)
	for i, s := range r.Scores {
		out.Scores = append(out.Scores, defined(s))
		if r.Clamped[i] {
			out.Clamped = append(out.Clamped, c.Components[i].Name)
		}
		if c.Components[i].Weight > 0 && s < least {
			least, out.Weakest = s, c.Components[i].Name
		}
	}
	return out
}

// defined returns x, or nil if it is NaN.
func defined(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}
