package earning

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Report says what the rules of a programme can do together, before an order comes:
// which never act, which act on one line at once, and what a day can cost at most. It is
// plain data.
type Report struct {
	Warnings []Warning `json:"warnings,omitempty"`
	Overlaps []Overlap `json:"overlaps,omitempty"`
	Costs    []Cost    `json:"costs"` // of each version
}

// An OverlapKind says what two rules do to one line.
type OverlapKind string

// The kinds of overlaps.
const (
	EarnsTwice OverlapKind = "earns_twice" // two rates grant points for it
	Stacks     OverlapKind = "stacks"      // two multipliers multiply it, as the version's Stacking says
	Ties       OverlapKind = "ties"        // two exclusive multipliers of one priority: the first of the list wins
	GrantsBoth OverlapKind = "grants_both" // two bonuses are granted for it
)

// An Overlap is two rules of a version that can act on one line of one order. They may be
// meant to: a base rate and one for groceries are.
type Overlap struct {
	Version int         `json:"version"` // index of the version
	Rule    string      `json:"rule"`
	With    string      `json:"with"` // a rule that comes later
	Kind    OverlapKind `json:"kind"`
}

// A Cost is the most that a day can cost under a version: points that are granted, by
// caps and budgets. Nil is without limit.
type Cost struct {
	Version  int    `json:"version"`            // index of the version
	Order    *Worth `json:"order,omitempty"`    // by one order
	Member   *Worth `json:"member,omitempty"`   // by all that one member does in a day
	Everyone *Worth `json:"everyone,omitempty"` // by all members in a day
}

// A Worth is points and what they are worth when they pay.
type Worth struct {
	Points int64           `json:"points"`
	Value  decimal.Decimal `json:"value"` // in the currency of the rules, exactly
}

// worthJSON is the encoding of a worth.
type worthJSON struct {
	Points int64       `json:"points"`
	Value  money.Plain `json:"value"`
}

// MarshalJSON encodes the value as a decimal string.
func (w Worth) MarshalJSON() ([]byte, error) {
	return marshal(worthJSON{w.Points, money.Plain(w.Value)})
}

// UnmarshalJSON decodes what [Worth.MarshalJSON] writes. An error leaves w unchanged.
func (w *Worth) UnmarshalJSON(data []byte) error {
	var in worthJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*w = Worth{in.Points, decimal.Decimal(in.Value)}
	return nil
}

// Report looks at all versions of the rules. It sees dates, totals, tiers and lists, and
// takes conditions inside conditions to hold: rules that it says overlap may be kept apart
// by those. It takes time quadratic in the rules of a version.
func (e *Engine) Report() Report {
	r := Report{Warnings: e.Warnings()}
	for i := range e.versions {
		s := &e.versions[i]
		r.Overlaps = append(r.Overlaps, s.overlaps(i)...)
		r.Costs = append(r.Costs, e.cost(s, i))
	}
	return r
}

// overlaps lists the pairs of rules of a kind that can act on one line at once.
func (s *ruleset) overlaps(version int) (list []Overlap) {
	pairs := func(n int, at func(int) (*target, *Selector, string), kind func(i, j int) OverlapKind) {
		for i := range n {
			a, on, rule := at(i)
			for j := i + 1; j < n; j++ {
				b, on2, with := at(j)
				if k := kind(i, j); k != "" && on.meets(on2) && a.when.meets(&b.when, a.on == b.on) {
					list = append(list, Overlap{version, rule, with, k})
				}
			}
		}
	}
	pairs(len(s.rates), func(i int) (*target, *Selector, string) {
		return &s.rates[i].target, &s.Rates[i].Lines, s.Rates[i].Rule
	}, func(int, int) OverlapKind { return EarnsTwice })
	pairs(len(s.multipliers), func(i int) (*target, *Selector, string) {
		return &s.multipliers[i].target, &s.Multipliers[i].Lines, s.Multipliers[i].Rule
	}, s.together)
	pairs(len(s.bonuses), func(i int) (*target, *Selector, string) {
		return &s.bonuses[i], &s.Bonuses[i].Lines, s.Bonuses[i].Rule
	}, func(int, int) OverlapKind { return GrantsBoth })
	return list
}

// together says what two multipliers do on a line, nothing worth saying where one is
// meant to give way.
func (s *ruleset) together(i, j int) OverlapKind {
	a, b := &s.Multipliers[i], &s.Multipliers[j]
	switch {
	case !a.Exclusive && !b.Exclusive:
		return Stacks
	case a.Exclusive && b.Exclusive && a.Priority == b.Priority:
		return Ties
	}
	return ""
}

// meets reports whether both conditions can hold for one order; amount says whether they
// are about the same amount. What is nested is taken to hold.
func (t *test) meets(o *test, amount bool) bool {
	first, last := latest(t.From, o.From), earliest(t.To, o.To)
	return (last.IsZero() || !first.After(last)) &&
		(len(t.Tiers) == 0 || len(o.Tiers) == 0 || intersect(t.Tiers, o.Tiers)) &&
		(len(t.Weekdays) == 0 || len(o.Weekdays) == 0 || intersect(t.Weekdays, o.Weekdays)) &&
		(!amount || max(t.min, o.min) <= min(t.max, o.max))
}

// cost says what a day can cost under a version.
func (e *Engine) cost(s *ruleset, version int) Cost {
	c := Cost{Version: version}
	for _, limit := range s.Caps {
		if c.Order = e.least(c.Order, limit.Points); limit.Per != PerOrder {
			c.Member = e.least(c.Member, limit.Points)
		}
	}
	for _, limit := range s.Budgets {
		c.Order, c.Member, c.Everyone = e.least(c.Order, limit.Points), e.least(c.Member, limit.Points), e.least(c.Everyone, limit.Points)
	}
	return c
}

// least returns the lower of a limit, nil if there is none, and points.
func (e *Engine) least(limit *Worth, points int64) *Worth {
	if limit != nil && limit.Points <= points {
		return limit
	}
	return &Worth{points, decimal.New(points, 0).Mul(e.rules.PointValue)}
}
