package tier_test

import (
	"slices"
	"time"

	"github.com/relmark/relmark/tier"
)

// run walks through every instant up to and including until, and any others.
func (n *naive) run(until time.Time, others ...time.Time) {
	n.before, n.visited = map[int]int{}, map[time.Time]bool{}
	begins := n.start(n.joined)
	n.since, n.cause, n.source, n.reason = begins, "", tier.SourceComputed, tier.ReasonJoined
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
