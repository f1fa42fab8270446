package points_test

import (
	"math/big"
	"slices"

	"github.com/relmark/relmark/loyalty/earning"
)

// A naive goal knows every order that it ever acted on, and counts them anew each time.
type naiveGoal struct {
	kind  earning.Counting
	acts  []*naiveAct
	stand []*naiveBonus // in the order in which they were granted
}

// A naive act is a goal acting on an order.
type naiveAct struct {
	order  *naiveOrder
	least  int64
	frozen *int64 // what it came to when its period was closed
}

// A naive bonus is one of a goal, granted with an order.
type naiveBonus struct {
	mark        int64   // unless months count
	months      []int64 // otherwise
	points      int64
	order       *naiveOrder
	final, keep bool
}

func monthOf(date int) int64 { return int64(date/10_000*12 + date/100%100) }

// comes returns what an order comes to for the goal.
func (g *naiveGoal) comes(a *naiveAct) int64 {
	if a.frozen != nil {
		return *a.frozen
	}
	some, left, cash := false, new(big.Rat), new(big.Rat)
	for _, l := range a.order.lines {
		stays := new(big.Rat).Sub(whole(1), a.order.share(l))
		some = some || stays.Sign() > 0
		left.Add(left, new(big.Rat).Mul(stays, whole(l.total)))
		cash.Add(cash, new(big.Rat).Mul(stays, whole(l.total-l.paid)))
	}
	switch {
	case !some || left.Cmp(whole(a.least)) < 0:
		return 0
	case g.kind == earning.CountSpend:
		return below(cash)
	}
	return 1
}

// progress counts orders, or what they come to.
func (g *naiveGoal) progress() (n int64) {
	for _, a := range g.acts {
		n += g.comes(a)
	}
	return n
}

// has reports whether a month has an order that counts.
func (g *naiveGoal) has(month int64) bool {
	return slices.ContainsFunc(g.acts, func(a *naiveAct) bool { return monthOf(a.order.date) == month && g.comes(a) > 0 })
}

// reach grants the bonuses that the last order reaches, and returns their points.
func (g *naiveGoal) reach(rule earning.Goal, x *naiveOrder) (points int64) {
	ended := func() bool { return slices.ContainsFunc(g.stand, func(b *naiveBonus) bool { return b.final }) }
	grant := func(b naiveBonus) {
		b.points, b.order, b.final, b.keep = rule.Points, x, !rule.Repeat, rule.Reversal == earning.KeepBonus
		g.stand = append(g.stand, &b)
		points += rule.Points
	}
	if g.kind != earning.CountMonths {
		for !ended() && points < 1<<53 {
			high := int64(0)
			for _, b := range g.stand {
				high = max(high, b.mark)
			}
			if g.progress() < high+rule.Target {
				break
			}
			grant(naiveBonus{mark: high + rule.Target})
		}
		return points
	}
	free := func(month int64) bool {
		return g.has(month) && !slices.ContainsFunc(g.stand, func(b *naiveBonus) bool { return slices.Contains(b.months, month) })
	}
	month := monthOf(x.date)
	if ended() || !free(month) {
		return 0
	}
	first := month
	for free(first - 1) {
		first--
	}
	var run []int64
	for n := first; free(n) && int64(len(run)) < rule.Target; n++ {
		run = append(run, n)
	}
	if int64(len(run)) == rule.Target {
		grant(naiveBonus{months: run})
	}
	return points
}

// fall takes away the bonuses that no longer stand, the latest first.
func (g *naiveGoal) fall() (fallen []*naiveBonus) {
	progress := g.progress()
	for _, b := range slices.Backward(slices.Clone(g.stand)) {
		broken := b.mark > progress
		if g.kind == earning.CountMonths {
			broken = slices.ContainsFunc(b.months, func(month int64) bool { return !g.has(month) })
		}
		if broken && !b.keep {
			fallen = append(fallen, b)
			g.stand = slices.DeleteFunc(g.stand, func(x *naiveBonus) bool { return x == b })
		}
	}
	return fallen
}

// close settles what a closing forgets.
func (g *naiveGoal) close() {
	for _, a := range g.acts {
		if a.order.forgotten && a.frozen == nil {
			a.frozen = new(g.comes(a))
		}
	}
	for _, b := range g.stand {
		b.keep = b.keep || b.order.forgotten
	}
}

// bear lets the bonuses that an order reached bear what caps cut, the last one first.
func (x *naiveOrder) bear() {
	left := x.bonus
	for _, g := range x.goals {
		for _, b := range g.stand {
			if b.order == x {
				b.points = min(b.points, left)
				left -= b.points
			}
		}
	}
}
