package crosssell

import "sync"

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

// inChunks calls f for each part of n customers or offers, with so many workers.
func inChunks(n, workers int, f func(part, from, to int)) {
	edge := func(k int) int { return int(int64(n) * int64(k) / chunks) }
	if workers <= 1 {
		for k := range chunks {
			f(k, edge(k), edge(k+1))
		}
		return
	}
	var group sync.WaitGroup
	workers = min(workers, chunks)
	for w := range workers {
		group.Go(func() {
			for k := w; k < chunks; k += workers {
				f(k, edge(k), edge(k+1))
			}
		})
	}
	group.Wait()
}

// bound returns the dual value of prices, which no allocation exceeds:
//
//	Σ price·stock + price·budget + Σ over customers of their best Cap positive nets
func (m *market) bound(p *prices, workers int) float64 {
	charge := m.charge(p)
	var sums [chunks]float64
	inChunks(len(m.caps), workers, func(part, from, to int) {
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

// addLimits adds what limits are worth to the nets of customers. It rounds the sum up by
// more than the rounding errors of as many additions.
func (m *market) addLimits(total float64, p *prices) float64 {
	for o, price := range p.stock {
		total += float64(price * float64(m.stock[o]))
	}
	if m.budget >= 0 {
		total += float64(p.budget * float64(m.budget))
	}
	return total * (1 + float64(len(m.offer)+len(m.stock)+chunks)*0x1p-51)
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
