package earning

import (
	"slices"
	"time"

	"github.com/relmark/relmark"
)

// A WarningKind says what is odd about a rule that is valid.
type WarningKind string

// The kinds of warnings. An example of each: a weekend rule in a version of one Monday; a
// double on gift cards, which earn nothing; a double that a triple for everybody
// overrules; 500 points under a cap of 400.
const (
	Unreachable  WarningKind = "unreachable"   // its condition cannot hold on any order of the version, or no line can match
	Excluded     WarningKind = "excluded"      // an exclusion always takes out what it is about
	Shadowed     WarningKind = "shadowed"      // an exclusive multiplier always wins where it holds
	AlwaysCapped WarningKind = "always_capped" // a cap always cuts a part of its points
)

// A Warning is a rule that cannot do what it seems to say.
type Warning struct {
	Version int         `json:"version"`       // index of the version
	Rule    string      `json:"rule,omitzero"` // its name
	Kind    WarningKind `json:"kind,omitzero"`
	By      string      `json:"by,omitzero"` // the multiplier that shadows it, or the exclusion, if one does
}

// Warnings reports rules that are never used, or never in full. It finds what can
// be seen from dates, totals and lists alone: a rule that it does not list may
// still never be used. It takes time quadratic in the rules of a version.
func (e *Engine) Warnings() []Warning {
	var out []Warning
	for i := range e.versions {
		w := warner{&e.versions[i], i, nil}
		w.version()
		out = append(out, w.out...)
	}
	return out
}

// A warner looks at the rules of a version, one after the other.
type warner struct {
	*ruleset
	index int
	out   []Warning
}

// version warns of the rules in their order.
func (w *warner) version() {
	for j := range w.exclusions {
		w.unused(w.Exclusions[j].Rule, &w.Exclusions[j].Lines, &w.exclusions[j].when, false)
	}
	for j := range w.rates {
		w.unused(w.Rates[j].Rule, &w.Rates[j].Lines, &w.rates[j].when, true)
	}
	for j := range w.multipliers {
		m := &w.Multipliers[j]
		if w.unused(m.Rule, &m.Lines, &w.multipliers[j].when, true) {
			continue
		}
		if by := w.shadow(j); by >= 0 {
			w.warn(m.Rule, Shadowed, w.Multipliers[by].Rule)
		}
	}
	for j := range w.goals {
		g := &w.Goals[j]
		w.fixed(g.Rule, &g.Lines, &w.goals[j].when, g.Points)
	}
	for j := range w.bonuses {
		b := &w.Bonuses[j]
		w.fixed(b.Rule, &b.Lines, &w.bonuses[j].when, b.Points)
	}
	for j := range w.activities {
		a := &w.Activities[j]
		if !w.unused(a.Rule, new(Selector), &w.activities[j], false) && a.Points != nil && w.capped(*a.Points, true) {
			w.warn(a.Rule, AlwaysCapped, "")
		}
	}
}

func (w *warner) warn(rule string, kind WarningKind, by string) {
	w.out = append(w.out, Warning{w.index, rule, kind, by})
}

// unused warns of a rule that never acts. Exclusions, and rules that exclusions do not
// bind, are not asked for those.
func (w *warner) unused(rule string, lines *Selector, when *test, bound bool) bool {
	if !lines.possible() || !when.possible(w.From, w.To) {
		w.warn(rule, Unreachable, "")
		return true
	}
	if by := w.excludedBy(lines, when); bound && by >= 0 {
		w.warn(rule, Excluded, w.Exclusions[by].Rule)
		return true
	}
	return false
}

// fixed warns of a rule that grants fixed points.
func (w *warner) fixed(rule string, lines *Selector, when *test, points int64) {
	if !w.unused(rule, lines, when, true) && w.capped(points, false) {
		w.warn(rule, AlwaysCapped, "")
	}
}

// capped reports whether a cap or budget always cuts points; those of orders do not bind
// activities.
func (s *ruleset) capped(points int64, activity bool) bool {
	return slices.ContainsFunc(slices.Concat(s.Caps, s.Budgets), func(c Cap) bool {
		return points > c.Points && (!activity || c.Per != PerOrder)
	})
}

// excludedBy returns an exclusion that always takes out all that a rule acts on, or that
// its condition asks for; -1 if none is seen to.
func (s *ruleset) excludedBy(lines *Selector, when *test) int {
	for i := range s.exclusions {
		x := &s.Exclusions[i]
		if s.exclusions[i].when.always && (lines.within(&x.Lines) || len(when.Categories) > 0 && x.Lines.takes(when.Categories)) {
			return i
		}
	}
	return -1
}

// shadow returns an exclusive multiplier that holds and wins wherever the j-th
// holds, -1 if none is seen to. Where it acts on more lines, their amount is more, so that
// a bound from above may fail it.
func (s *ruleset) shadow(j int) int {
	m := &s.Multipliers[j]
	for i := range s.Multipliers {
		o := &s.Multipliers[i]
		wins := !m.Exclusive || o.Priority > m.Priority || o.Priority == m.Priority && i < j
		same := s.multipliers[i].on == s.multipliers[j].on || m.Lines.within(&o.Lines) && s.multipliers[i].when.max >= maxPoints
		if i != j && o.Exclusive && wins && same && s.multipliers[j].when.implies(&s.multipliers[i].when) {
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
