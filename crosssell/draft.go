package crosssell

import (
	"cmp"
	"slices"
)

// A draft is an allocation in the making.
type draft struct {
	m     *market
	on    []bool  // the pairs chosen
	used  []int32 // units of each offer
	held  []int32 // offers of each customer
	spent int64   // minor units
}

func newDraft(m *market) *draft {
	return &draft{m: m, on: make([]bool, len(m.offer)), used: make([]int32, len(m.stock)), held: make([]int32, len(m.caps))}
}

// set chooses a pair or leaves it.
func (d *draft) set(k int32, on bool) {
	o, c := d.m.offer[k], d.m.owner[k]
	d.on[k] = on
	if on {
		d.used[o]++
		d.held[c]++
		d.spent += d.m.cost[o]
		return
	}
	d.used[o]--
	d.held[c]--
	d.spent -= d.m.cost[o]
}

// pays reports whether the budget allows so much more.
func (d *draft) pays(cost int64) bool { return d.m.budget < 0 || d.spent+cost <= d.m.budget }

// fits reports whether a pair can be chosen besides.
func (d *draft) fits(k int32) bool {
	o, c := d.m.offer[k], d.m.owner[k]
	return !d.on[k] && d.used[o] < d.m.stock[o] && d.held[c] < d.m.caps[c] && d.pays(d.m.cost[o])
}

// value returns the sum of the values chosen, in order of the pairs.
func (d *draft) value() float64 {
	sum := 0.0
	for k, on := range d.on {
		if on {
			sum += d.m.value[k]
		}
	}
	return sum
}

// net returns what a pair is worth at a price of the budget.
func (m *market) net(price float64) func(k int32) float64 {
	return func(k int32) float64 { return m.value[k] - float64(price*float64(m.cost[m.offer[k]])) }
}

// density returns what a pair is worth for its cost, +Inf if it costs nothing.
func (m *market) density(k int32) float64 { return m.value[k] / float64(m.cost[m.offer[k]]) }

// affordable leaves pairs until the budget holds, those of the least net first.
func (d *draft) affordable(price float64) {
	if d.pays(0) {
		return
	}
	var list []netted
	net := d.m.net(price)
	for k, on := range d.on {
		if on && d.m.cost[d.m.offer[k]] > 0 {
			list = append(list, netted{net(int32(k)), int32(k)})
		}
	}
	slices.SortFunc(list, func(a, b netted) int { return cmp.Or(cmp.Compare(a.net, b.net), cmp.Compare(b.k, a.k)) })
	for _, e := range list {
		if d.pays(0) {
			return
		}
		d.set(e.k, false)
	}
}

// fill chooses what fits besides, those of the greatest key first; where that is a net, also
// those below 0, as what is left of the budget is worth nothing.
func (d *draft) fill(key func(k int32) float64) {
	var list []netted
	for k := range d.on {
		if d.fits(int32(k)) {
			list = append(list, netted{key(int32(k)), int32(k)})
		}
	}
	slices.SortFunc(list, func(a, b netted) int { return cmp.Or(cmp.Compare(b.net, a.net), cmp.Compare(a.k, b.k)) })
	for _, e := range list {
		if d.fits(e.k) {
			d.set(e.k, true)
		}
	}
}

// complete fills what is left and lets customers exchange what they have, by net at the
// price of the budget, so that it goes further, and by value at last.
func (d *draft) complete(price float64) {
	for range 3 {
		d.fill(d.m.net(price))
		if !d.shift(price, 3) {
			break
		}
	}
	d.fill(d.m.net(price))
	d.shift(0, 3)
}

// shift lets each customer exchange an offer for one that is left and nets more, until
// nobody gains or so many times over all. It reports whether anybody did.
func (d *draft) shift(price float64, times int) (gained bool) {
	for range times {
		moved := false
		for c := range d.m.caps {
			for d.held[c] > 0 && d.shiftOne(c, price) {
				moved = true
			}
		}
		if !moved {
			break
		}
		gained = true
	}
	return gained
}

// shiftOne makes the best exchange of one customer, if it gains.
func (d *draft) shiftOne(c int, price float64) bool {
	from, to := d.m.pairs(c)
	best, drop, take := 0.0, int32(-1), int32(-1)
	for a := from; a < to; a++ {
		if !d.on[a] {
			continue
		}
		for b := from; b < to; b++ {
			o := d.m.offer[b]
			if d.on[b] || d.used[o] >= d.m.stock[o] {
				continue
			}
			cost := d.m.cost[o] - d.m.cost[d.m.offer[a]]
			gain := d.m.value[b] - d.m.value[a] - float64(price*float64(cost))
			if gain > best+float64(1e-9*d.m.value[a]) && d.pays(cost) {
				best, drop, take = gain, a, b
			}
		}
	}
	if drop < 0 {
		return false
	}
	d.set(drop, false)
	d.set(take, true)
	return true
}
