package social

import (
	"cmp"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/money"
)

// greedy chooses items as if there were only the limits of customers and their channels:
// the best first, if it fits. Those limits nest, the channels of a customer within the
// customer, so that the feasible sets are the independent sets of a laminar matroid, and
// greedy is optimal there for every order of weights: here by net value, cost and ID.
func greedy(items []item, rows []int64) []bool {
	order := byWorth(items)
	left := slices.Clone(rows)
	chosen := make([]bool, len(items))
	for _, k := range order {
		a, b := items[k].rows[0], items[k].rows[1]
		if a >= 0 && left[a] <= 0 || b >= 0 && left[b] <= 0 {
			continue
		}
		chosen[k] = true
		if a >= 0 {
			left[a]--
		}
		if b >= 0 {
			left[b]--
		}
	}
	return chosen
}

// byWorth returns the positions of items by net value, the largest first, cost and ID, in
// which order they are.
func byWorth(items []item) []int {
	order := make([]int, len(items))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(items[b].net, items[a].net), cmp.Compare(items[a].cost, items[b].cost), cmp.Compare(a, b))
	})
	return order
}

// maxNodes is how many decisions a search takes at most, and passed how many items that are
// only looked at count as one.
const (
	maxNodes = 4_000_000
	passed   = 64
)

// A branching is a search for the best choice by branch and bound. Net value and cost
// become one weight,
//
//	w = net·(C+1) - cost,   C the largest cost that a choice can have,
//
// whose sum orders choices by net value and then by cost. For any prices λ ≥ 0 of the
// limits, no choice has more than the Lagrangian bound
//
//	L(λ) = Σ λ·limit + Σ max(0, w - Σ λ)
//
// and each decision against the sign of the reduced weight w - Σ λ costs its size: a node
// is cut off once L less these penalties is no better than what has been found.
type branching struct {
	items   []item
	weight  []int64
	reduced []int64
	order   []int  // of decisions
	fixed   []int8 // 1: in, -1: out, 0: free
	left    remainder
	bound   int64 // L less the penalties of what is fixed

	in        []bool
	best      []bool
	bestSum   int64
	need      int64 // a sum that is good enough to stop at; above every sum: none is
	nodes     int
	exhausted bool // the limit of nodes was reached
}

// branchAndBound returns the best choice under all limits, and whether it is proved to be.
func branchAndBound(items []item, rows []int64, budget int64) ([]bool, bool) {
	items, budget = coarse(items, budget)
	b := &branching{items: items, left: remainder{slices.Clone(rows), budget}}
	b.fixed, b.in, b.best = make([]int8, len(items)), make([]bool, len(items)), make([]bool, len(items))
	b.need, b.bestSum = math.MaxInt64, -1
	if !b.weigh(budget) {
		for k := range items {
			b.weight[k] = items[k].net // whose sum fits
		}
		b.dive()
		return b.best, false
	}
	b.price()
	b.arrange()
	b.descend(0, 0, 0)
	if !b.exhausted {
		b.settleTies()
	}
	return b.best, !b.exhausted
}

// coarse returns the items in the largest units in which their amounts are whole: what no
// sum of costs reaches of a budget is nothing that a bound should count on.
func coarse(items []item, budget int64) ([]item, int64) {
	var net, cost int64
	for k := range items {
		net, cost = money.GCD(items[k].net, net), money.GCD(items[k].cost, cost)
	}
	items = slices.Clone(items)
	for k := range items {
		items[k].net /= max(net, 1)
		items[k].cost /= max(cost, 1)
	}
	return items, budget / max(cost, 1)
}

// weigh computes the weights; false if their sum does not fit.
func (b *branching) weigh(budget int64) bool {
	b.weight = make([]int64, len(b.items))
	sum, ok := int64(0), budget < math.MaxInt64
	for k := range b.items {
		w, fits := money.Mul(b.items[k].net, budget+1)
		b.weight[k] = w - b.items[k].cost
		if b.items[k].cost > budget {
			b.weight[k], b.fixed[k] = 0, -1
			continue
		}
		var adds bool
		sum, adds = money.Add(sum, w)
		ok = ok && fits && adds && sum < math.MaxInt64/4
	}
	return ok
}

// settleTies goes from the smallest ID up and asks of each that is not in the best choice
// whether there is one just as good that has it and all that is settled so far.
func (b *branching) settleTies() {
	b.need = b.bestSum
	var sum, penalty int64
	for k := range b.items {
		if b.fixed[k] != 0 {
			continue
		}
		with := penalty + max(0, -b.reduced[k])
		if !b.best[k] && b.bound-with >= b.need && b.left.fits(&b.items[k]) {
			b.try(k, sum, with)
		}
		if b.exhausted {
			return
		}
		if b.in[k] = b.best[k]; b.best[k] {
			b.fixed[k], penalty = 1, with
			b.left.take(&b.items[k], 1)
			sum += b.weight[k]
			continue
		}
		b.fixed[k] = -1
		penalty += max(0, b.reduced[k])
	}
}

// try looks for a choice with an item, beside what is fixed, that reaches what is needed;
// if there is one it is the best from now on. What is fixed stays so, and leaves the order:
// a search that went by it at every turn would take time that no limit of nodes bounds. To go
// through the order once is counted as nodes, too.
func (b *branching) try(k int, sum, penalty int64) {
	b.order = slices.DeleteFunc(b.order, func(i int) bool { return b.fixed[i] != 0 || i == k })
	b.nodes += len(b.order) / passed
	b.fixed[k], b.in[k] = 1, true
	b.left.take(&b.items[k], 1)
	b.bestSum = b.need - 1
	b.descend(0, sum+b.weight[k], penalty)
	b.left.take(&b.items[k], -1)
	b.fixed[k], b.in[k] = 0, false
	b.bestSum = b.need
}

// descend decides about the items from a position of the order on, which are free; true if
// the search is over.
func (b *branching) descend(pos int, sum, penalty int64) bool {
	if pos == len(b.order) {
		return b.leaf(sum)
	}
	if b.nodes++; b.nodes > maxNodes {
		b.exhausted = true
		return true
	}
	k := b.order[pos]
	if b.enter(k, pos, sum, penalty+max(0, -b.reduced[k])) {
		return true
	}
	p := penalty + max(0, b.reduced[k])
	return b.bound-p > b.bestSum && b.descend(pos+1, sum, p)
}

// enter decides for an item, if that can lead to something better.
func (b *branching) enter(k, pos int, sum, penalty int64) bool {
	if b.bound-penalty <= b.bestSum || !b.left.fits(&b.items[k]) {
		return false
	}
	b.left.take(&b.items[k], 1)
	b.in[k] = true
	over := b.descend(pos+1, sum+b.weight[k], penalty)
	b.in[k] = false
	b.left.take(&b.items[k], -1)
	return over
}

// leaf takes a complete choice if it is better.
func (b *branching) leaf(sum int64) bool {
	if sum > b.bestSum {
		b.bestSum = sum
		copy(b.best, b.in)
	}
	return b.bestSum >= b.need
}

// arrange orders the decisions about the items that are free: those that are clearly in
// first, those clearly out last.
func (b *branching) arrange() {
	b.order = make([]int, 0, len(b.items))
	for k := range b.items {
		if b.fixed[k] == 0 {
			b.order = append(b.order, k)
		}
	}
	slices.SortFunc(b.order, func(x, y int) int {
		return cmp.Or(cmp.Compare(b.reduced[y], b.reduced[x]), cmp.Compare(b.weight[y], b.weight[x]), cmp.Compare(x, y))
	})
}
