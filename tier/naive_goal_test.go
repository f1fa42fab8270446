package tier_test

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier"
)

// decide returns what Program.Decide should return after run, NextCheck and Policy
// aside.
func (n *naive) decide() tier.Decision {
	out := tier.Decision{Standing: tier.Standing{
		At: n.now, Level: n.code(n.shown), Since: n.since, Source: n.source, Reason: n.reason,
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
			out.Next = &tier.Goal{Level: n.code(j), Alternatives: lacks(enter, sums), By: n.nextBy(enter, sums)}
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

func (n *naive) keep(sums tier.Amounts, v *tier.Policy) *tier.Goal {
	pinned := n.active() != nil && n.active().Override.Mode == tier.Pin
	if n.level == 0 || n.level != n.shown || n.source == tier.SourceLifetime || pinned {
		return nil
	}
	g := &tier.Goal{Level: n.code(n.level)}
	switch {
	case n.pending():
		g.Alternatives, g.By = lacks(keepOf(v.Levels[n.level]), sums), n.drop
	case n.kind() == tier.WhileHolds:
		g.By = n.earnedEnd()
	case n.rolls():
		if g.By = n.until; !held(n.rules(), n.level, n.rollingAt(n.until)) {
			g.Alternatives = lacks(keepOf(n.rules().Levels[n.level]), n.rollingAt(n.until))
		}
	default:
		n.keepPeriods(g, sums, v)
	}
	return g
}

func (n *naive) keepPeriods(g *tier.Goal, sums tier.Amounts, v *tier.Policy) {
	f := n.periodOf(n.until)
	if n.kind() == tier.MonthsFromEntry {
		f--
	} else {
		for n.opens(f+1, n.rules().Validity.PlusMonths).After(n.until) {
			f--
		}
	}
	if f > n.period {
		known := n.version(n.now)
		g.Alternatives = lacks(keepOf(known.Levels[n.level]), tier.Amounts{})
		g.By = first(n.opens(f+1, 0), n.until)
		return
	}
	for k := f; k <= n.period; k++ {
		if n.heldOn(n.level, k) {
			g.By = n.until
			return
		}
	}
	g.Alternatives, g.By = lacks(keepOf(v.Levels[n.level]), sums), first(n.opens(n.period+1, 0), n.until)
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
