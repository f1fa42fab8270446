package crosssell

import (
	"slices"
	"sync"
)

// Prices are what limits are worth: a unit of stock of each offer, a minor unit of budget.
type prices struct {
	stock  []float64
	budget float64
}

// charge returns for each offer what the prices take off its values.
func (m *market) charge(p *prices) []float64 {
	out := make([]float64, len(m.stock))
	for o := range out {
		out[o] = p.stock[o] + float64(p.budget*float64(m.cost[o]))
	}
	return out
}

// chunks is how many parts the customers are worked on in, whatever the number of
// workers, so that sums have the same bits for any.
const chunks = 64

// inChunks calls f for each part of the customers, with so many workers.
func (m *market) inChunks(workers int, f func(part, from, to int)) {
	n := len(m.caps)
	part := func(k int) { f(k, n*k/chunks, n*(k+1)/chunks) }
	if workers <= 1 {
		for k := range chunks {
			part(k)
		}
		return
	}
	var group sync.WaitGroup
	for w := range min(workers, chunks) {
		group.Go(func() {
			for k := w; k < chunks; k += min(workers, chunks) {
				part(k)
			}
		})
	}
	group.Wait()
}

// bound returns the dual value of prices, which no allocation exceeds:
//
//	Σ price·stock + price·budget + Σ over customers of their best Cap positive nets
//
// It is rounded up by more than its rounding error.
func (m *market) bound(p *prices, workers int) float64 {
	charge := m.charge(p)
	var sums [chunks]float64
	m.inChunks(workers, func(part, from, to int) {
		var best top
		sum := 0.0
		for c := from; c < to; c++ {
			for _, e := range best.of(m, c, charge, int(m.caps[c])) {
				sum += e.net
			}
		}
		sums[part] = sum
	})
	total := 0.0
	for _, s := range sums {
		total += s
	}
	return m.addLimits(total, p)
}

// addLimits adds what limits are worth to the nets of customers.
func (m *market) addLimits(total float64, p *prices) float64 {
	for o, price := range p.stock {
		total += float64(price * float64(m.stock[o]))
	}
	if m.budget >= 0 {
		total += float64(p.budget * float64(m.budget))
	}
	return total * (1 + 1e-12)
}

// A top holds the best pairs of one customer after another.
type top struct{ list []netted }

// A netted pair has its value with what prices charge taken off.
type netted struct {
	net float64
	k   int32 // its position in the market
}

// of returns the best n pairs of a customer with a positive net, the best first and
// equal ones in order of position. They are good until the next call.
func (t *top) of(m *market, c int, charge []float64, n int) []netted {
	from, to := m.pairs(c)
	list := t.list[:0]
	if n == 0 {
		return list
	}
	for k := from; k < to; k++ {
		net := m.value[k] - charge[m.offer[k]]
		if !(net > 0) {
			continue
		}
		if len(list) == n {
			if net <= list[n-1].net {
				continue
			}
			list = list[:n-1]
		}
		i := len(list)
		list = append(list, netted{})
		for ; i > 0 && list[i-1].net < net; i-- {
			list[i] = list[i-1]
		}
		list[i] = netted{net, k}
	}
	t.list = list
	return list
}

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

// step moves the prices of stock.
func (t *tatonnement) step(p *prices, part float64) {
	for o := range p.stock {
		bids := t.bids[t.offers[o]:t.offers[o+1]]
		target := 0.0
		if n := int(t.m.stock[o]); n < len(bids) {
			target = max(0, nthLargest(bids, n))
		}
		p.stock[o] += part * (target - p.stock[o])
	}
}

// collect writes all bids at the prices, and returns what customers would spend and the
// dual value of the prices.
func (t *tatonnement) collect(p *prices) (spent, bound float64) {
	charge := t.m.charge(p)
	var spending, nets [chunks]float64
	t.m.inChunks(t.workers, func(chunk, from, to int) {
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

// nthLargest returns the n-th largest number, counted from 0, and mixes the others.
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
