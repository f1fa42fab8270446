package tier_test

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier"
)

// decide returns what Ladder.Decide should return after run, NextCheck and Policy
// aside.
func (n *naive) decide() tier.Decision {
	out := tier.Decision{Standing: tier.Standing{
		AsOf: n.now, Level: n.code(n.shown), Since: n.since, Source: n.source, Reason: n.reason,
		Grace: n.pending(), Earned: n.code(n.level),
	}}
	switch n.source {
	case tier.SourceComputed:
		out.Until = n.earnedEnd()
	case tier.SourceOverride:
		out.Until = n.active().Override.Until
	}
	sums, v, _ := n.window()
	for j := n.shown + 1; j <= n.top() && out.Next == nil; j++ {
		if enter := v.Levels[j].Enter; enter != nil {
			out.Next = &tier.Shortfall{Level: n.code(j), Alternatives: lacks(enter, sums), By: n.nextBy(enter, sums)}
		}
	}
	out.Keep = n.keep(sums, v)
	return out
}

func (n *naive) nextBy(enter *tier.Condition, sums tier.Amounts) time.Time {
	if !n.rolls() {
		return n.opens(n.period+1, 0)
	}
	for _, t := range n.future() {
		if !sameAmounts(lacks(enter, sums), lacks(enter, n.rollingAt(t))) {
			return t
		}
	}
	return time.Time{}
}

func (n *naive) keep(sums tier.Amounts, v *tier.Policy) *tier.Shortfall {
	pinned := n.active() != nil && n.active().Override.Mode == tier.Pin
	if n.level == 0 || n.level != n.shown || n.source == tier.SourceLifetime || pinned {
		return nil
	}
	g := &tier.Shortfall{Level: n.code(n.level)}
	switch {
	case n.pending():
		return n.hold(v, sums, n.drop)
	case n.kind() == tier.WhileHolds:
		g.By = n.earnedEnd()
	case n.rolls():
		return n.hold(n.rules(), n.rollingAt(n.until), n.until)
	default:
		return n.keepPeriods(sums, v)
	}
	return g
}

func (n *naive) keepPeriods(sums tier.Amounts, v *tier.Policy) *tier.Shortfall {
	f := n.periodOf(n.until)
	if n.kind() == tier.MonthsFromEntry {
		f--
	} else {
		for n.opens(f+1, n.version(n.until).Validity.PlusMonths).After(n.until) {
			f--
		}
	}
	if f > n.period {
		return n.hold(n.version(n.opens(f, 0)), tier.Amounts{}, first(n.opens(f+1, 0), n.until))
	}
	for k := f; k <= n.period; k++ {
		if n.heldOn(n.level, k) {
			return &tier.Shortfall{Level: n.code(n.level), By: n.until}
		}
	}
	return n.hold(v, sums, first(n.opens(n.period+1, 0), n.until))
}

// hold lists the ways to hold the earned level, the dominated ones left out; nil if
// there are none.
func (n *naive) hold(v *tier.Policy, sums tier.Amounts, by time.Time) *tier.Shortfall {
	var all []tier.Amounts
	conditions := []*tier.Condition{v.Levels[n.level].Keep}
	for _, l := range v.Levels[n.level:] {
		conditions = append(conditions, l.Enter)
	}
	if !slices.ContainsFunc(conditions, func(c *tier.Condition) bool { return c != nil }) {
		return nil
	}
	for _, c := range conditions {
		if c != nil {
			all = append(all, alternatives(c, sums)...)
		}
	}
	g := &tier.Shortfall{Level: n.code(n.level), By: by}
	for i, a := range all {
		if len(a) == 0 {
			return &tier.Shortfall{Level: g.Level, By: by}
		}
		dropped := false
		for j, b := range all {
			dropped = dropped || i != j && asksForAsMuch(a, b) && (j < i || !asksForAsMuch(b, a))
		}
		if !dropped {
			g.Alternatives = append(g.Alternatives, a)
		}
	}
	return g
}

// asksForAsMuch reports whether a asks for at least as much as b in every metric that
// b names.
func asksForAsMuch(a, b tier.Amounts) bool {
	for m, v := range b {
		if w, ok := a[m]; !ok || w.LessThan(v) {
			return false
		}
	}
	return true
}

func first(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// lacks lists the alternatives, none if one of them is empty.
func lacks(c *tier.Condition, sums tier.Amounts) []tier.Amounts {
	if c == nil {
		return nil
	}
	list := alternatives(c, sums)
	if slices.ContainsFunc(list, func(a tier.Amounts) bool { return len(a) == 0 }) {
		return nil
	}
	return list
}

func alternatives(c *tier.Condition, sums tier.Amounts) (list []tier.Amounts) {
	if c.Metric != "" {
		if gap := c.Min.Sub(sums[c.Metric]); gap.IsPositive() {
			return []tier.Amounts{{c.Metric: gap}}
		}
		return []tier.Amounts{{}}
	}
	for _, part := range c.Any {
		list = append(list, alternatives(part, sums)...)
	}
	if len(c.All) == 0 {
		return list
	}
	list = []tier.Amounts{{}}
	for _, part := range c.All {
		var joined []tier.Amounts
		for _, a := range list {
			for _, b := range alternatives(part, sums) {
				both := tier.Amounts{}
				maps.Copy(both, a)
				for m, v := range b {
					both[m] = decimal.Max(both[m], v)
				}
				joined = append(joined, both)
			}
		}
		list = joined
	}
	return list
}

func sameAmounts(a, b []tier.Amounts) bool {
	return slices.EqualFunc(a, b, func(x, y tier.Amounts) bool {
		if len(x) != len(y) {
			return false
		}
		for m, v := range x {
			if w, ok := y[m]; !ok || !v.Equal(w) {
				return false
			}
		}
		return true
	})
}
