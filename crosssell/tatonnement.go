package crosssell

import (
	"cmp"
	"slices"
)

// A tatonnement moves the prices of stock towards those at which no more is asked for
// than there is. In a step, each price goes part of the way to where demand would meet
// stock if the others stayed: the (stock + 1)-th largest of what customers would pay,
//
//	value − charge of budget − what the customer would have instead
type tatonnement struct {
	m       *market
	workers int
	offers  []int32   // where the bids of each offer begin
	slot    []int32   // where the bid of a pair is
	bids    []float64 // by offer
}

func newTatonnement(m *market, workers int) *tatonnement {
	t := &tatonnement{m: m, workers: workers, offers: make([]int32, len(m.stock)+1), slot: make([]int32, len(m.offer)), bids: make([]float64, len(m.offer))}
	for _, o := range m.offer {
		t.offers[o+1]++
	}
	for o := range m.stock {
		t.offers[o+1] += t.offers[o]
	}
	next := slices.Clone(t.offers)
	for k, o := range m.offer {
		t.slot[k] = next[o]
		next[o]++
	}
	return t
}

// step moves the prices of stock, after the bids were collected, which it mixes.
func (t *tatonnement) step(p *prices, part float64) {
	inChunks(len(p.stock), t.workers, func(_, from, to int) {
		for o := from; o < to; o++ {
			bids := t.bids[t.offers[o]:t.offers[o+1]]
			target := 0.0
			if n := int(t.m.stock[o]); n < len(bids) {
				target = max(0, nthLargest(bids, n))
			}
			p.stock[o] += float64(part * (target - p.stock[o]))
		}
	})
}

// collect writes all bids, in parts of the customers at the prices, and returns what customers would spend and the
// dual value of the prices.
func (t *tatonnement) collect(p *prices) (spent, bound float64) {
	charge := t.m.charge(p)
	var spending, nets [chunks]float64
	inChunks(len(t.m.caps), t.workers, func(chunk, from, to int) {
		var best top
		for c := from; c < to; c++ {
			cost, net := t.bid(c, charge, p.stock, &best)
			spending[chunk] += cost
			nets[chunk] += net
		}
	})
	for k := range chunks {
		spent += spending[k]
		bound += nets[k]
	}
	return spent, t.m.addLimits(bound, p)
}

// bid writes what a customer would pay for each offer, and returns what it would spend
// and gain.
func (t *tatonnement) bid(c int, charge, stock []float64, best *top) (spent, net float64) {
	m := t.m
	n := int(m.caps[c])
	list := best.of(m, c, charge, n+1)
	in, out := 0.0, 0.0 // what those in the best n, and those outside, would replace
	if len(list) >= n && n > 0 {
		out = list[n-1].net
	}
	if len(list) > n {
		in = list[n].net
		list = list[:n]
	}
	from, to := m.pairs(c)
	for k := from; k < to; k++ {
		o := m.offer[k]
		t.bids[t.slot[k]] = m.value[k] - charge[o] + stock[o] - out
	}
	for _, e := range list {
		o := m.offer[e.k]
		t.bids[t.slot[e.k]] = e.net + stock[o] - in
		spent += float64(m.cost[o])
		net += e.net
	}
	return spent, net
}

// nthLargest returns the n-th largest number, counted from 0, and mixes the others: the
// selection of Hoare (1961), with the middle one as pivot.
func nthLargest(x []float64, n int) float64 {
	low, high := 0, len(x)-1
	for low < high {
		pivot := x[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for x[i] > pivot {
				i++
			}
			for x[j] < pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return x[n]
		}
	}
	return x[n]
}

// A thrift moves the price of the budget towards the one at which customers spend it: by
// Newton's method on the logarithms of price and spending.
type thrift struct{ price, spent, slope float64 }

// next returns the next price, after customers would spend so much at the last.
func (h *thrift) next(t *tatonnement, p *prices, spent float64) float64 {
	budget := float64(t.m.budget)
	if p.budget == 0 {
		if spent <= budget {
			return 0
		}
		return t.firstBudgetPrice(p)
	}
	spent = max(spent, 1e-3*budget)
	if h.slope == 0 {
		h.slope = -1
	} else if d := logarithm(p.budget / h.price); d != 0 {
		slope := logarithm(spent/h.spent) / d
		h.slope = min(max((h.slope+slope)/2, -4), -1)
	}
	h.price, h.spent = p.budget, spent
	move := min(max(-logarithm(spent/budget)/h.slope, -1), 1)
	return p.budget * exponential(0.8*move)
}

// logarithm and exponential are near ln x and eˣ around 1 and 0, inverse to each other,
// and the same to the last bit on every machine, which those of package math are not.
func logarithm(x float64) float64   { return 2 * (x - 1) / (x + 1) }
func exponential(x float64) float64 { return (2 + x) / (2 - x) }

// firstBudgetPrice returns the price at which the budget pays for what customers would
// choose if it were free, where they may only do without.
func (t *tatonnement) firstBudgetPrice(p *prices) float64 {
	m := t.m
	charge := m.charge(p)
	var best top
	var rates []netted
	for c := range m.caps {
		for _, e := range best.of(m, c, charge, int(m.caps[c])) {
			if cost := m.cost[m.offer[e.k]]; cost > 0 {
				rates = append(rates, netted{e.net / float64(cost), e.k})
			}
		}
	}
	slices.SortFunc(rates, func(a, b netted) int { return cmp.Or(cmp.Compare(b.net, a.net), cmp.Compare(a.k, b.k)) })
	left := m.budget
	for _, e := range rates {
		if left -= m.cost[m.offer[e.k]]; left < 0 {
			return e.net
		}
	}
	return 0
}
