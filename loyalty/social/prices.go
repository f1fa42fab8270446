package social

import (
	"cmp"
	"math"
	"slices"
)

// rounds is how often prices are improved, and fewer times where there are so many items that
// they would be looked at more than lookups times in all.
const (
	rounds  = 400
	lookups = 40_000_000
)

// A pricing looks for prices of quotas and of the budget that make the Lagrangian bound
// small, by the subgradient method: what is asked for too much becomes dearer. Any prices
// give a valid bound; better ones cut the search earlier. The prices of the limits of
// customers and their channels follow from them: without quotas and budget, greedy finds
// the optimum, and the best items that it must leave are what a place there is worth.
type pricing struct {
	*branching
	quotas []int32   // rows that are quotas
	place  []int32   // of each row that is a quota, which one it is
	groups [][]int   // items by customer
	dual   []float64 // prices of the quotas and, last, of a unit of cost
	prices []int64   // of all rows, and of a unit of cost
	worth  []int64   // of items, less quotas and cost
	taken  []bool
	used   []int64 // of each quota and, last, of the budget
}

// price sets the bound and the reduced weights.
func (b *branching) price() {
	p := newPricing(b)
	best, dual := p.relax(), slices.Clone(p.dual)
	least := b.dive()
	theta := 1.0
	most := min(rounds, max(lookups/len(b.items), 8))
	for round, since := 0, 0; round < most && p.step(theta*float64(best-least)); round++ {
		bound := p.relax()
		if since++; bound < best {
			best, dual, since = bound, append(dual[:0], p.dual...), 0
		} else if since == 10 {
			theta, since = theta/2, 0
			copy(p.dual, dual)
			p.relax()
		}
		if round%8 == 0 {
			least = max(least, p.repair())
		}
	}
	copy(p.dual, dual)
	b.bound = p.relax()
	b.reduced = p.worth
	for k := range b.items {
		for _, row := range b.items[k].rows[:2] {
			if row >= 0 {
				b.reduced[k] -= p.prices[row]
			}
		}
		if b.fixed[k] != 0 {
			b.reduced[k] = 0
		}
	}
}

func newPricing(b *branching) *pricing {
	p := &pricing{branching: b, worth: make([]int64, len(b.items)), taken: make([]bool, len(b.items)), prices: make([]int64, len(b.left.rows)+1), place: make([]int32, len(b.left.rows))}
	is := make([]bool, len(b.left.rows))
	for k := range b.items {
		if row := b.items[k].rows[2]; row >= 0 && !is[row] {
			is[row], p.place[row] = true, int32(len(p.quotas))
			p.quotas = append(p.quotas, row)
		}
		if c := b.items[k].customer; b.fixed[k] == 0 {
			for len(p.groups) <= c {
				p.groups = append(p.groups, nil)
			}
			p.groups[c] = append(p.groups[c], k)
		}
	}
	p.dual, p.used = make([]float64, len(p.quotas)+1), make([]int64, len(p.quotas)+1)
	return p
}

// relax solves the problem without quotas and budget at their prices and returns the
// bound.
func (p *pricing) relax() int64 {
	clear(p.prices)
	clear(p.taken)
	money := int64(p.dual[len(p.quotas)])
	bound := money * p.left.budget
	for i, row := range p.quotas {
		p.prices[row] = int64(p.dual[i])
		bound += p.prices[row] * p.left.rows[row]
	}
	for k := range p.items {
		p.worth[k] = p.weight[k] - money*p.items[k].cost
		if row := p.items[k].rows[2]; row >= 0 {
			p.worth[k] -= p.prices[row]
		}
	}
	for _, group := range p.groups {
		bound += p.serve(group)
	}
	return bound
}

// serve takes the best items of a customer and returns what they are worth. The best that
// the customer's limit leaves out sets its price; the best that a channel's leaves out sets
// that of the channel, less the other.
func (p *pricing) serve(group []int) (sum int64) {
	slices.SortFunc(group, func(a, b int) int { return cmp.Or(cmp.Compare(p.worth[b], p.worth[a]), cmp.Compare(a, b)) })
	price := int64(0)
	for _, k := range group {
		w := p.worth[k]
		a, c := p.items[k].rows[0], p.items[k].rows[1]
		switch {
		case w <= 0:
		case c >= 0 && p.left.rows[c] == 0:
			p.prices[c] = max(p.prices[c], w)
		case a >= 0 && p.left.rows[a] == 0:
			price = max(price, w)
		default:
			sum += w
			p.taken[k] = true
			p.occupy(a, c, 1)
		}
	}
	for _, k := range group {
		a, c := p.items[k].rows[0], p.items[k].rows[1]
		if a >= 0 {
			p.prices[a] = price
		}
		if p.taken[k] {
			p.occupy(a, c, -1)
		}
	}
	p.channels(group, price)
	return sum
}

// channels takes the price of a customer off the prices of the channels, once each.
func (p *pricing) channels(group []int, price int64) {
	if price == 0 {
		return
	}
	for i, k := range group {
		c := p.items[k].rows[1]
		if c >= 0 && !slices.ContainsFunc(group[:i], func(j int) bool { return p.items[j].rows[1] == c }) {
			p.prices[c] = max(0, p.prices[c]-price)
		}
	}
}

// occupy takes n places of a customer and of a channel.
func (p *pricing) occupy(a, c int32, n int64) {
	if a >= 0 {
		p.left.rows[a] -= n
	}
	if c >= 0 {
		p.left.rows[c] -= n
	}
}

// step moves the prices against what is asked for too much or too little, so far as a gap
// to the best choice suggests (Polyak); false if nothing is to be moved.
func (p *pricing) step(gap float64) bool {
	clear(p.used)
	last := len(p.quotas)
	costs, n := 0.0, 0.0
	for k := range p.items {
		if p.items[k].cost > 0 {
			costs += float64(p.items[k].cost)
			n++
		}
		if !p.taken[k] {
			continue
		}
		p.used[last] += p.items[k].cost
		if row := p.items[k].rows[2]; row >= 0 {
			p.used[p.place[row]]++
		}
	}
	unit := costs / max(n, 1) // a cost counts like a place
	norm := 0.0
	slope := make([]float64, last+1)
	for i, row := range p.quotas {
		slope[i] = float64(p.used[i] - p.left.rows[row])
	}
	slope[last] = float64(p.used[last]-p.left.budget) / max(unit, 1)
	for i, s := range slope {
		if s < 0 && p.dual[i] == 0 {
			slope[i] = 0
		}
		norm += slope[i] * slope[i]
	}
	if norm == 0 || gap <= 0 {
		return false
	}
	for i, s := range slope {
		by := gap / norm * s
		if i == last {
			by /= max(unit, 1)
		}
		p.dual[i] = min(max(0, p.dual[i]+by), p.dearest(i))
	}
	return true
}

// dearest returns the highest price of a limit with which no bound overflows.
func (p *pricing) dearest(i int) float64 {
	limit := p.left.budget
	if i < len(p.quotas) {
		limit = p.left.rows[p.quotas[i]]
	}
	return math.MaxInt64 / 8 / (float64(limit) + 1) / float64(len(p.dual))
}

// repair makes a choice of what is worth most at the prices and returns its weight.
func (p *pricing) repair() int64 {
	order := make([]int, len(p.items))
	for k := range order {
		order[k] = k
	}
	rest := func(k int) int64 {
		w := p.worth[k]
		for _, row := range p.items[k].rows[:2] {
			if row >= 0 {
				w -= p.prices[row]
			}
		}
		return w
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(rest(b), rest(a)), cmp.Compare(a, b)) })
	return p.fill(order)
}

// fill chooses what fits, in an order, and keeps the choice if it is the best.
func (b *branching) fill(order []int) int64 {
	chosen, sum := make([]bool, len(b.items)), int64(0)
	for _, k := range order {
		if b.left.fits(&b.items[k]) {
			b.left.take(&b.items[k], 1)
			chosen[k] = true
			sum += b.weight[k]
		}
	}
	for k, in := range chosen {
		if in {
			b.left.take(&b.items[k], -1)
		}
	}
	if sum > b.bestSum {
		b.bestSum, b.best = sum, chosen
	}
	return sum
}

// dive chooses the best that fits, one after the other.
func (b *branching) dive() int64 { return b.fill(byWorth(b.items)) }
