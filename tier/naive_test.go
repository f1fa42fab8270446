package tier_test

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// A naive is a second implementation of the rules, written for reading: at every
// instant it sums all events from scratch, in decimals, and it walks through many
// more instants than it needs to.
type naive struct {
	ps     []tier.Policy
	joined relmark.Date
	events []tier.Event // without repeats

	now    time.Time
	strict bool // first step: only what was before now
	began  bool

	level, shown int
	entered      relmark.Date
	until, drop  time.Time // zero: none
	ended, down  bool
	steady       time.Time
	cause        tier.Reason
	basis        any // nil, int (a period) or taken
	period       int
	before       map[int]int
	since        time.Time
	reason       tier.Reason
	source       tier.Source
	counts       string // id of the override that counts
	history      []tier.Change
	todo         []time.Time
	visited      map[time.Time]bool
	first        int
}

type taken struct {
	at     time.Time
	strict bool
}

func (n *naive) zone() *time.Location                   { return n.ps[0].Zone }
func (n *naive) start(d relmark.Date) time.Time         { return d.Start(n.zone()) }
func (n *naive) date(t time.Time) relmark.Date          { d, _ := relmark.DateOf(t, n.zone()); return d }
func (n *naive) rolls() bool                            { return n.ps[0].Window.Kind.Rolling() }
func (n *naive) kind() tier.ValidityKind                { return n.ps[0].Validity.Kind }
func (n *naive) code(i int) string                      { return n.ps[0].Levels[i].Code }
func (n *naive) top() int                               { return len(n.ps[0].Levels) - 1 }
func (n *naive) rules() *tier.Policy                    { return n.version(n.now) }
func (n *naive) seen(t time.Time) bool                  { return t.Before(n.now) || !n.strict && t.Equal(n.now) }
func (n *naive) pending() bool                          { return !n.drop.IsZero() }
func (n *naive) daysAfter(t time.Time, k int) time.Time { return n.start(n.date(t).AddDays(k)) }

func (n *naive) version(t time.Time) *tier.Policy {
	v := &n.ps[0]
	for i := range n.ps[1:] {
		if !t.Before(n.start(n.ps[i+1].From)) {
			v = &n.ps[i+1]
		}
	}
	return v
}

// grid returns the first date of period k plus some months.
func (n *naive) grid(k, plus int) relmark.Date {
	w := n.ps[0].Window
	months := w.Months
	if months == 0 {
		months = 12
	}
	anchor := n.joined
	switch w.Kind {
	case tier.CalendarYear:
		anchor = relmark.MustParseDate("2000-01-01")
	case tier.FixedMonths:
		anchor = w.Anchor
	}
	return anchor.AddMonths(k*months + plus)
}

func (n *naive) opens(k, plus int) time.Time { return n.start(n.grid(k, plus)) }

func (n *naive) periodOf(t time.Time) int {
	k := -2000
	for step := 1024; step > 0; step /= 2 {
		for k+step < 2000 && !n.opens(k+step, 0).After(t) {
			k += step
		}
	}
	return k
}

// net returns what is left of an event now.
func (n *naive) net(e tier.Event, metric string) decimal.Decimal {
	left := e.Amounts[metric]
	for _, r := range n.events {
		if r.Reverse != e.ID || !n.seen(r.At) || !n.seen(e.At) {
			continue
		}
		if r.Amounts == nil {
			return decimal.Zero
		}
		left = decimal.Max(decimal.Zero, left.Sub(r.Amounts[metric]))
	}
	return left
}

// total sums the events that pass and have been seen.
func (n *naive) total(pass func(e tier.Event) bool) tier.Amounts {
	sums := tier.Amounts{}
	for _, e := range n.events {
		if e.Reverse != "" || e.Override != nil || !n.seen(e.At) || !pass(e) {
			continue
		}
		for m := range e.Amounts {
			sums[m] = sums[m].Add(n.net(e, m))
		}
	}
	return sums
}

func (n *naive) leaves(e tier.Event) time.Time {
	w := n.ps[0].Window
	if w.Kind == tier.RollingDays {
		return n.start(n.date(e.At).AddDays(w.N))
	}
	return n.start(n.date(e.At).AddMonths(w.N))
}

func (n *naive) rollingAt(t time.Time) tier.Amounts {
	return n.total(func(e tier.Event) bool { return n.leaves(e).After(t) })
}

func (n *naive) own(k int) tier.Amounts {
	from, to := n.opens(k, 0), n.opens(k+1, 0)
	return n.total(func(e tier.Event) bool { return !e.At.Before(from) && e.At.Before(to) })
}

type carried struct {
	metric string
	left   decimal.Decimal
	last   int
}

// sums returns what counts in period k, with all that was carried into it. Before the
// first one there was no member.
func (n *naive) sums(k int) tier.Amounts {
	if k < n.first {
		return tier.Amounts{}
	}
	var lots []*carried
	for j := n.first; ; j++ {
		own := n.own(j)
		all := tier.Amounts{}
		maps.Copy(all, own)
		for _, l := range lots {
			if l.last >= j {
				all[l.metric] = all[l.metric].Add(l.left)
			}
		}
		if j >= k {
			return all
		}
		v := n.version(n.opens(j, 0))
		if o := v.Rollover; o != nil {
			met := n.reached(v, n.before[j], all)
			if met == nil {
				continue
			}
			use := threshold(met, o.Metric)
			for _, l := range lots {
				if l.metric == o.Metric && l.last >= j {
					part := decimal.Min(use, l.left)
					use, l.left = use.Sub(part), l.left.Sub(part)
				}
			}
			carry := decimal.Max(decimal.Zero, own[o.Metric].Sub(use))
			if o.Cap != nil {
				carry = decimal.Min(carry, *o.Cap)
			}
			lots = append(lots, &carried{o.Metric, carry, j + max(o.Periods, 1)})
		}
	}
}

func (n *naive) reached(v *tier.Policy, before int, sums tier.Amounts) *tier.Condition {
	for j := n.top(); j > 0; j-- {
		l := v.Levels[j]
		if holds(l.Enter, sums) {
			return l.Enter
		}
		if keep := keepOf(l); j <= before && holds(keep, sums) {
			return keep
		}
	}
	return nil
}

func keepOf(l tier.Level) *tier.Condition {
	if l.Keep != nil {
		return l.Keep
	}
	return l.Enter
}

func threshold(c *tier.Condition, metric string) decimal.Decimal {
	if c.Metric == metric {
		return c.Min
	}
	least := decimal.Zero
	for _, part := range append(slices.Clone(c.All), c.Any...) {
		least = decimal.Max(least, threshold(part, metric))
	}
	return least
}

func holds(c *tier.Condition, sums tier.Amounts) bool {
	switch {
	case c == nil:
		return false
	case c.Metric != "":
		return sums[c.Metric].GreaterThanOrEqual(c.Min)
	case len(c.All) > 0:
		return !slices.ContainsFunc(c.All, func(p *tier.Condition) bool { return !holds(p, sums) })
	}
	return slices.ContainsFunc(c.Any, func(p *tier.Condition) bool { return holds(p, sums) })
}

func held(v *tier.Policy, i int, sums tier.Amounts) bool {
	if holds(keepOf(v.Levels[i]), sums) {
		return true
	}
	for j := i; j < len(v.Levels); j++ {
		if holds(v.Levels[j].Enter, sums) {
			return true
		}
	}
	return false
}

func entered(v *tier.Policy, above, below int, sums tier.Amounts) int {
	for j := below - 1; j > above; j-- {
		if holds(v.Levels[j].Enter, sums) {
			return j
		}
	}
	return above
}
