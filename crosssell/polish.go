package crosssell

import (
	"cmp"
	"math"
	"slices"
)

// A polisher improves allocations of small markets by exchanges that a budget calls for:
// it leaves one or two pairs, or puts one in by force, fills what comes free in a fixed
// order, and keeps what gains. It stops when nothing gains, or its work is done.
type polisher struct {
	*draft
	orders [][]int32 // the orders in which it fills: by net, by value, by value for cost
	log    []int32   // pairs changed since the last mark
	work   int       // pairs that may still be looked at
}

// fillOrders returns the orders for a price of the budget.
func (m *market) fillOrders(price float64) [][]int32 {
	order := func(key func(k int32) float64) []int32 {
		list := make([]netted, len(m.offer))
		for k := range list {
			list[k] = netted{key(int32(k)), int32(k)}
		}
		slices.SortFunc(list, func(a, b netted) int { return cmp.Or(cmp.Compare(b.net, a.net), cmp.Compare(a.k, b.k)) })
		out := make([]int32, len(list))
		for i, e := range list {
			out[i] = e.k
		}
		return out
	}
	return [][]int32{
		order(m.net(price)),
		order(m.net(0)),
		order(m.density),
	}
}

// flip chooses a pair or leaves it, and returns what that gains.
func (p *polisher) flip(k int32) float64 {
	on := !p.on[k]
	p.set(k, on)
	p.log = append(p.log, k)
	if on {
		return p.m.value[k]
	}
	return -p.m.value[k]
}

// undo takes back what the log has.
func (p *polisher) undo() {
	p.undoTo(0)
}

// undoTo takes back all but the first n changes.
func (p *polisher) undoTo(n int) {
	for _, k := range slices.Backward(p.log[n:]) {
		p.set(k, !p.on[k])
	}
	p.log = p.log[:n]
}

// refill chooses what fits, in an order, and returns what that gains.
func (p *polisher) refill(order []int32) (gain float64) {
	p.work -= len(order)
	for _, k := range order {
		if p.fits(k) {
			gain += p.flip(k)
		}
	}
	return gain
}

// try keeps a change that gains so much, or the best way to fill up after it; else it
// takes the change back.
func (p *polisher) try(gain float64) bool {
	changed := len(p.log)
	for _, order := range p.orders {
		total := gain + p.refill(order)
		if total > 1e-9*math.Abs(gain) {
			p.log = p.log[:0]
			return true
		}
		p.undoTo(changed)
	}
	p.undo()
	return false
}

// run improves until nothing gains, by the cheapest kind of exchange that still does.
func (p *polisher) run() {
	for p.work > 0 {
		p.shift(0, 3)
		if !p.leaveOne() && !p.force() && !p.leaveTwo() {
			return
		}
	}
}

// chosen lists the pairs chosen, in order.
func (p *polisher) chosen() []int32 {
	var list []int32
	for k, on := range p.on {
		if on {
			list = append(list, int32(k))
		}
	}
	return list
}

// leaveOne leaves one pair at a time.
func (p *polisher) leaveOne() (gained bool) {
	for _, k := range p.chosen() {
		if p.work <= 0 {
			break
		}
		if p.on[k] && p.try(p.flip(k)) {
			gained = true
		}
	}
	return gained
}

// leaveTwo leaves two pairs at a time, up to the first two that gain: there are many.
func (p *polisher) leaveTwo() bool {
	list := p.chosen()
	for i, k := range list {
		for _, j := range list[:i] {
			if p.work <= 0 {
				return false
			}
			gain := p.flip(k)
			if p.try(gain + p.flip(j)) {
				return true
			}
		}
	}
	return false
}

// force puts in one pair at a time and leaves what is in its way: of its offer and of
// its customer the pair of the least value, and for the budget those that cost most for
// their value.
func (p *polisher) force() (gained bool) {
	for k := range int32(len(p.on)) {
		if p.work <= 0 {
			break
		}
		if p.on[k] {
			continue
		}
		if gain, ok := p.makeRoom(k); ok && p.try(gain) {
			gained = true
		} else {
			p.undo()
		}
	}
	return gained
}

// makeRoom chooses k and leaves others until all limits hold, and returns what that gains;
// false if they cannot hold.
func (p *polisher) makeRoom(k int32) (gain float64, ok bool) {
	o, c := p.m.offer[k], p.m.owner[k]
	p.work -= len(p.on)
	if p.held[c] >= p.m.caps[c] {
		gain += p.flip(p.least(func(j int32) bool { return p.m.owner[j] == c }))
	}
	if p.used[o] >= p.m.stock[o] {
		gain += p.flip(p.least(func(j int32) bool { return p.m.offer[j] == o }))
	}
	gain += p.flip(k)
	for !p.pays(0) {
		p.work -= len(p.on)
		drop, worst := int32(-1), 0.0
		for j, on := range p.on {
			cost := float64(p.m.cost[p.m.offer[j]])
			if on && int32(j) != k && cost > 0 && (drop < 0 || p.m.value[j]/cost < worst) {
				drop, worst = int32(j), p.m.value[j]/cost
			}
		}
		if drop < 0 {
			return gain, false
		}
		gain += p.flip(drop)
	}
	return gain, true
}

// least returns the chosen pair of the least value among some that there are.
func (p *polisher) least(among func(j int32) bool) int32 {
	found := int32(-1)
	for j, on := range p.on {
		if on && among(int32(j)) && (found < 0 || p.m.value[j] < p.m.value[found]) {
			found = int32(j)
		}
	}
	return found
}
