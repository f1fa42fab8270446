package tier_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

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
		case n.source == tier.SourceOverride && !n.stillCounts(n.counts):
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

// active returns the override that counts: what ranks first, or, if that is a floor,
// the floor that gives most for longest.
func (n *naive) active() *tier.Event {
	all := n.allActive()
	if len(all) == 0 {
		return nil
	}
	ranked := slices.MaxFunc(all, func(a, b *tier.Event) int {
		pins := func(e *tier.Event) int { return strings.Compare(string(e.Override.Mode), string(tier.Floor)) }
		return cmp.Or(cmp.Compare(a.Override.Priority, b.Override.Priority), pins(a)-pins(b), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	if ranked.Override.Mode == tier.Pin {
		return ranked
	}
	var best *tier.Event
	for _, e := range all {
		if o := e.Override; o.Mode == tier.Floor && (best == nil || n.index(o.Level) > n.index(best.Override.Level) ||
			o.Level == best.Override.Level && lasts(o.Until, best.Override.Until)) {
			best = e
		}
	}
	return best
}

func (n *naive) index(code string) int {
	return slices.IndexFunc(n.ps[0].Levels, func(l tier.Level) bool { return l.Code == code })
}

// lasts reports whether an override that ends at a lasts longer than one that ends at b.
func lasts(a, b time.Time) bool { return !b.IsZero() && (a.IsZero() || a.After(b)) }

// stillCounts reports whether the override that backed the level is among those that
// count now.
func (n *naive) stillCounts(id string) bool {
	now := n.active()
	for _, e := range n.allActive() {
		if e.ID == id {
			return e == now || e.Override.Mode == tier.Floor && now.Override.Mode == tier.Floor
		}
	}
	return false
}

// allActive lists the overrides that hold now.
func (n *naive) allActive() (list []*tier.Event) {
	for i, e := range n.events {
		o := e.Override
		if o == nil || !n.seen(e.At) || o.From.After(n.now) || !o.Until.IsZero() && !o.Until.After(n.now) {
			continue
		}
		if slices.ContainsFunc(n.events, func(r tier.Event) bool { return r.Reverse == e.ID && n.seen(r.At) }) {
			continue
		}
		list = append(list, &n.events[i])
	}
	return list
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
		given, end, id = n.index(e.Override.Level), e.Override.Until, e.ID
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
