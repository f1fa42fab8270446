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
		anchor, _ = relmark.NewDate(2000, 1, 1)
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
		if len(r.Amounts) == 0 {
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

// sums returns what counts in period k, with all that was carried into it.
func (n *naive) sums(k int) tier.Amounts {
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

// window returns the window now and the version that judges it.
func (n *naive) window() (tier.Amounts, *tier.Policy, any) {
	if n.rolls() {
		return n.rollingAt(n.now), n.rules(), taken{n.now, n.strict}
	}
	return n.sums(n.period), n.version(n.opens(n.period, 0)), n.period
}

// open lists the open windows, the latest first.
func (n *naive) open() []any {
	if n.rolls() || n.kind() == tier.WhileHolds {
		_, _, w := n.window()
		return []any{w}
	}
	if n.kind() == tier.MonthsFromEntry {
		return []any{n.period, n.period - 1}
	}
	var list []any
	for k := n.period; k >= n.first-1 && n.opens(k+2, n.rules().Validity.PlusMonths).After(n.now); k-- {
		list = append(list, k)
	}
	return list
}

func (n *naive) heldOn(i int, w any) bool {
	switch w := w.(type) {
	case int:
		return held(n.version(n.opens(w, 0)), i, n.sums(w))
	case taken:
		sums := n.total(func(e tier.Event) bool {
			return (e.At.Before(w.at) || !w.strict && e.At.Equal(w.at)) && n.leaves(e).After(w.at)
		})
		return held(n.version(w.at), i, sums)
	}
	return false
}

func (n *naive) holding(i int) (any, bool) {
	for _, w := range n.open() {
		if n.heldOn(i, w) {
			return w, true
		}
	}
	return nil, false
}

func (n *naive) covered() bool {
	_, ok := n.holding(n.level)
	return ok || n.heldOn(n.level, n.basis)
}

func (n *naive) settle() {
	if n.level > 0 && n.pending() {
		if !n.until.IsZero() && !n.until.After(n.now) {
			n.ended = true
		}
		if !n.drop.After(n.now) {
			n.fall()
		} else if w, ok := n.holding(n.level); ok {
			n.drop = time.Time{}
			if n.ended {
				n.renew(w)
			}
		}
	}
	if n.level > 0 && !n.pending() && !n.until.IsZero() && !n.until.After(n.now) {
		if w, ok := n.holding(n.level); ok {
			n.renew(w)
		} else {
			n.ended = true
			n.pend(tier.ReasonExpired)
		}
	}
	for n.kind() == tier.WhileHolds && n.level > 0 && !n.pending() {
		if _, ok := n.holding(n.level); ok {
			break
		}
		if n.strict {
			n.pend(tier.ReasonCondition)
		} else {
			n.pend(tier.ReasonReversal)
		}
	}
	if n.down && n.now.Before(n.steady) {
		return
	}
	if j, w := n.enter(n.level, n.top()+1); j > n.level {
		n.give(j, w)
		n.down = false
	}
}

func (n *naive) enter(above, below int) (int, any) {
	if n.rules().Upgrade == tier.Immediate {
		sums, v, w := n.window()
		return entered(v, above, below, sums), w
	}
	if !n.began {
		return above, nil
	}
	return entered(n.version(n.opens(n.period-1, 0)), above, below, n.sums(n.period-1)), n.period - 1
}

func (n *naive) pend(cause tier.Reason) {
	at := n.daysAfter(n.now, n.rules().GraceDays)
	if n.steady.After(at) {
		at = n.steady
	}
	n.cause = cause
	if at.After(n.now) {
		n.drop = at
		return
	}
	n.fall()
}

func (n *naive) fall() {
	depth := n.rules().Depth
	if n.cause == tier.ReasonReversal {
		depth = tier.ToEarned
	}
	to, basis := 0, any(nil)
	switch depth {
	case tier.ToEarned:
		for i := n.level - 1; i > 0; i-- {
			if w, ok := n.holding(i); ok {
				to, basis = i, w
				break
			}
		}
	case tier.OneStep:
		to = n.level - 1
		w, ok := n.holding(to)
		if basis = w; !ok && !n.rolls() {
			basis = n.period - 1
		}
	case tier.ToBase:
		to, basis = n.enter(0, n.level)
	}
	n.give(to, basis)
	n.down = true
}

func (n *naive) give(level int, basis any) {
	n.level, n.basis = level, basis
	n.drop, n.until, n.ended = time.Time{}, time.Time{}, false
	n.entered = n.date(n.now)
	n.steady = n.daysAfter(n.now, n.rules().DwellDays)
	if level > 0 && n.kind() != tier.WhileHolds {
		n.renew(basis)
	}
}

func (n *naive) renew(basis any) {
	n.basis, n.drop, n.ended = basis, time.Time{}, false
	v := n.rules().Validity
	if v.Kind == tier.EndOfNextPeriod {
		n.until = n.opens(basis.(int)+2, v.PlusMonths)
		return
	}
	for k := 1; ; k++ {
		through := n.entered.AddMonths(k * v.Months)
		switch v.Round {
		case tier.RoundMonth:
			for through.AddDays(1).Before(firstOfNext(through)) {
				through = through.AddDays(1)
			}
		case tier.RoundPeriod:
			through = n.grid(n.periodOf(n.start(through))+1, 0).AddDays(-1)
		}
		if n.until = n.start(through.AddDays(1)); n.until.After(n.now) {
			return
		}
	}
}

func firstOfNext(d relmark.Date) relmark.Date {
	y, m, _ := d.Civil()
	first, _ := relmark.NewDate(y, m, 1)
	return first.AddMonths(1)
}

// show compares what is shown with what it should be.
func (n *naive) show() {
	level, source, counts := n.face()
	if level != n.shown {
		reason := n.cause
		switch {
		case source == tier.SourceOverride:
			reason = tier.ReasonOverride
		case n.source == tier.SourceOverride && n.counts != counts:
			reason = tier.ReasonOverrideEnd
		case level > n.shown && source == tier.SourceLifetime:
			reason = tier.ReasonLifetime
		case level > n.shown:
			reason = tier.ReasonEarned
		case n.source == tier.SourceLifetime:
			reason = tier.ReasonReversal
		}
		n.history = append(n.history, tier.Change{At: n.now, From: n.code(n.shown), To: n.code(level), Reason: reason})
		n.shown, n.since, n.reason = level, n.now, reason
	}
	n.source, n.counts = source, counts
}

func (n *naive) active() *tier.Event {
	var best *tier.Event
	for i, e := range n.events {
		o := e.Override
		if o == nil || !n.seen(e.At) || o.From.After(n.now) || !o.Until.IsZero() && !o.Until.After(n.now) {
			continue
		}
		if slices.ContainsFunc(n.events, func(r tier.Event) bool { return r.Reverse == e.ID && n.seen(r.At) }) {
			continue
		}
		if best == nil || o.Priority > best.Override.Priority ||
			o.Priority == best.Override.Priority && (e.At.After(best.At) || e.At.Equal(best.At) && e.ID > best.ID) {
			best = &n.events[i]
		}
	}
	return best
}

func (n *naive) face() (int, tier.Source, string) {
	all := n.total(func(tier.Event) bool { return true })
	life := 0
	for j := 1; j <= n.top(); j++ {
		if holds(n.rules().Levels[j].Lifetime, all) {
			life = j
		}
	}
	given, end, id := -1, time.Time{}, ""
	if e := n.active(); e != nil {
		given, end, id = slices.IndexFunc(n.ps[0].Levels, func(l tier.Level) bool { return l.Code == e.Override.Level }), e.Override.Until, e.ID
		if e.Override.Mode == tier.Pin {
			return given, tier.SourceOverride, id
		}
	}
	level := max(n.level, life, given)
	if life == level && life > 0 {
		return level, tier.SourceLifetime, id
	}
	earnedEnd := n.earnedEnd()
	if given < level || n.level == level && (earnedEnd.IsZero() || !end.IsZero() && !earnedEnd.Before(end)) {
		return level, tier.SourceComputed, id
	}
	return level, tier.SourceOverride, id
}

// earnedEnd returns when the earned level ends as far as is known.
func (n *naive) earnedEnd() time.Time {
	switch {
	case n.level == 0:
		return time.Time{}
	case n.pending():
		return n.drop
	case n.kind() != tier.WhileHolds:
		return n.until
	case !n.rolls():
		return n.opens(n.period+1, 0)
	}
	for _, t := range n.future() {
		if !held(n.rules(), n.level, n.rollingAt(t)) {
			return t
		}
	}
	return time.Time{}
}

// future lists the instants at which events seen so far leave a rolling window.
func (n *naive) future() []time.Time {
	var list []time.Time
	for _, e := range n.events {
		if t := n.leaves(e); e.Reverse == "" && e.Override == nil && n.seen(e.At) && t.After(n.now) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// run walks through every instant up to and including until, and any others.
func (n *naive) run(until time.Time, others ...time.Time) {
	n.before, n.visited = map[int]int{}, map[time.Time]bool{}
	begins := n.start(n.joined)
	n.since, n.cause = begins, 0
	n.todo = append(n.todo, begins, until)
	n.todo = append(n.todo, others...)
	for _, v := range n.ps[1:] {
		n.todo = append(n.todo, n.start(v.From))
	}
	if !n.rolls() {
		n.period = n.periodOf(begins)
		n.first = n.period
		for k := n.first + 1; !n.opens(k, 0).After(until); k++ {
			n.todo = append(n.todo, n.opens(k, 0))
		}
	}
	for _, e := range n.events {
		n.todo = append(n.todo, e.At)
		if n.rolls() {
			n.todo = append(n.todo, n.leaves(e))
		}
		if e.Override != nil {
			n.todo = append(n.todo, e.Override.From, e.Override.Until)
		}
	}
	for {
		t, ok := n.next(begins, until)
		if !ok {
			return
		}
		n.visited[t] = true
		n.visit(t)
	}
}

// next returns the earliest instant that is still to be visited.
func (n *naive) next(begins, until time.Time) (next time.Time, ok bool) {
	for _, t := range append(slices.Clone(n.todo), n.until, n.drop, n.steady) {
		t = t.UTC()
		if !t.Before(begins) && !t.After(until) && !t.Before(n.now) && !n.visited[t] && (!ok || t.Before(next)) {
			next, ok = t, true
		}
	}
	return next, ok
}

func (n *naive) visit(t time.Time) {
	n.now, n.strict, n.began = t, true, false
	if !n.rolls() && !n.opens(n.period+1, 0).After(t) {
		n.before[n.period] = n.level
		n.period++
		n.began = true
	}
	n.settle()
	n.show()
	recheck := n.rules().Reversal == tier.Recheck && n.level > 0 && !n.pending() && n.kind() != tier.WhileHolds && n.covered()
	n.strict, n.began = false, false
	if recheck && !n.covered() {
		n.pend(tier.ReasonReversal)
	}
	n.settle()
	n.show()
}

// decide returns what Program.Decide should return after run, Check and Policy
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
