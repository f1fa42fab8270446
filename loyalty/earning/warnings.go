package earning

import (
	"slices"
	"time"

	"github.com/relmark/relmark"
)

// A WarningKind says what is odd about a rule that is valid.
type WarningKind string

// The kinds of warnings. An example of each: a weekend rule in a version of one Monday; a
// double that a triple for everybody overrules; 500 points under a cap of 400.
const (
	Unreachable  WarningKind = "unreachable"   // its condition cannot hold on any order of the version
	Shadowed     WarningKind = "shadowed"      // an exclusive multiplier always wins where it holds
	AlwaysCapped WarningKind = "always_capped" // a cap always cuts a part of its points
)

// A Warning is a rule that cannot do what it seems to say.
type Warning struct {
	Version int         `json:"version"`       // index of the version
	Rule    string      `json:"rule,omitzero"` // its name
	Kind    WarningKind `json:"kind,omitzero"`
	By      string      `json:"by,omitzero"` // the multiplier that shadows it, if one does
}

// Warnings reports rules that are never used, or never in full. It finds what can
// be seen from dates, totals and lists alone: a rule that it does not list may
// still never be used.
func (e *Engine) Warnings() []Warning {
	var out []Warning
	for i := range e.versions {
		v := &e.versions[i]
		warn := func(rule string, when *test, kind WarningKind, by string) bool {
			if kind == Unreachable && when.possible(v.From, v.To) {
				return false
			}
			out = append(out, Warning{i, rule, kind, by})
			return true
		}
		for j := range v.rates {
			warn(v.Rates[j].Rule, &v.rates[j].when, Unreachable, "")
		}
		for j := range v.multipliers {
			if warn(v.Multipliers[j].Rule, &v.multipliers[j].when, Unreachable, "") {
				continue
			}
			if by := v.shadow(j); by >= 0 {
				warn(v.Multipliers[j].Rule, nil, Shadowed, v.Multipliers[by].Rule)
			}
		}
		fixed := func(rule string, when *test, points int64) {
			if !warn(rule, when, Unreachable, "") && slices.ContainsFunc(slices.Concat(v.Caps, v.Budgets), func(c Cap) bool { return points > c.Points }) {
				warn(rule, nil, AlwaysCapped, "")
			}
		}
		for j, g := range v.Goals {
			fixed(g.Rule, &v.goals[j].when, g.Points)
		}
		for j, b := range v.Bonuses {
			fixed(b.Rule, &v.bonuses[j].when, b.Points)
		}
	}
	return out
}

// shadow returns an exclusive multiplier that holds and wins wherever the j-th
// holds, -1 if none is seen to.
func (s *ruleset) shadow(j int) int {
	m := &s.Multipliers[j]
	for i := range s.Multipliers {
		o := &s.Multipliers[i]
		wins := !m.Exclusive || o.Priority > m.Priority || o.Priority == m.Priority && i < j
		if i != j && o.Exclusive && wins && s.multipliers[j].when.implies(&s.multipliers[i].when) {
			return i
		}
	}
	return -1
}

// possible reports whether the condition may hold on dates of a version. It is
// sure only when it says no.
func (t *test) possible(from, to relmark.Date) bool {
	first, last := latest(t.From, from), earliest(t.To, to)
	if !last.IsZero() && first.After(last) || t.min > t.max {
		return false
	}
	if len(t.Weekdays) > 0 && !slices.ContainsFunc(t.Weekdays, func(d time.Weekday) bool { return between(d, first, last) }) {
		return false
	}
	if slices.ContainsFunc(t.not, func(n test) bool { return n.always || t.implies(&n) }) {
		return false
	}
	return len(t.any) == 0 || slices.ContainsFunc(t.any, func(a test) bool { return a.possible(first, last) })
}

func latest(a, b relmark.Date) relmark.Date {
	if a.After(b) {
		return a
	}
	return b
}

// earliest returns the earlier of two ends, of which zero is none.
func earliest(a, b relmark.Date) relmark.Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// between reports whether a day of the week comes between two dates.
func between(d time.Weekday, first, last relmark.Date) bool {
	if first.IsZero() || last.IsZero() || last.Sub(first) >= 6 {
		return true
	}
	for day := first; !day.After(last); day = day.AddDays(1) {
		if day.Weekday() == d {
			return true
		}
	}
	return false
}

// implies reports whether o is seen to hold wherever t does: field by field, each
// bound of o is not tighter than that of t. Alternatives and negations in o are not
// looked into.
func (t *test) implies(o *test) bool {
	return !t.From.Before(o.From) &&
		(o.To.IsZero() || !t.To.IsZero() && !t.To.After(o.To)) &&
		within(t.Weekdays, o.Weekdays) && within(t.Tiers, o.Tiers) && within(t.Categories, o.Categories) &&
		t.min >= o.min && t.max <= o.max &&
		(o.Tag == "" || t.Tag == o.Tag && within(t.Values, o.Values)) &&
		len(o.any)+len(o.not) == 0
}

// within reports whether being one of a implies being one of b; an empty list is
// anything.
func within[T comparable](a, b []T) bool {
	if len(b) == 0 || len(a) == 0 {
		return len(b) == 0
	}
	return !slices.ContainsFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}
