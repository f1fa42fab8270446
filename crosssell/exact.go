package crosssell

import "context"

// small reports whether the exact flow is worth its time: each unit of a customer's cap
// takes a search over pairs of offers and a look at some customers' pairs, and a budget
// takes some ten flows.
func (m *market) small() bool {
	units := 0.0
	for c := range m.caps {
		from, to := m.pairs(c)
		units += float64(min(m.caps[c], to-from))
	}
	n := float64(len(m.stock))
	if n > 1000 { // moves take 16·n² bytes
		return false
	}
	work := units * (n*n + float64(len(m.offer)))
	if m.budget >= 0 {
		work *= 10
	}
	return work <= 1e8
}

// A tangent is what a flow makes of a price of the budget: value − price·cost + price·budget
// touches the dual function there, which lies above all its tangents.
type tangent struct{ price, cost, value float64 }

// at returns the height of a tangent at a price.
func (t *tangent) at(price, budget float64) float64 { return t.value + float64(price*(budget-t.cost)) }

// rounds is how many prices of the budget are tried at most.
const rounds = 40

// exact finds the price of the budget at which the flow just pays for it. The dual function
// is convex and made of pieces of straight lines: the tangents left and right of the least
// value meet below it, and where they meet is tried next, until they meet on it.
func (s *solver) exact(ctx context.Context) error {
	f := newFlow(s.m)
	budget := float64(s.m.budget)
	low := s.flow(f, 0)
	if s.m.budget < 0 || low.cost <= budget {
		return ctx.Err()
	}
	s.greedy()
	high := s.flow(f, s.m.greatestRate())
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !(low.cost > high.cost) {
			break
		}
		price := (low.value - high.value) / (low.cost - high.cost)
		next := s.flow(f, price)
		if next.at(price, budget) <= high.at(price, budget)*(1+1e-12) {
			break
		}
		if next.cost <= budget {
			high = next
		} else {
			low = next
		}
	}
	return s.search(ctx)
}

// greedy considers what the greatest values for their costs make, so that the answer is
// never worse than that.
func (s *solver) greedy() {
	d := newDraft(s.m)
	d.fill(s.m.density)
	d.shift(0, 3)
	s.offer(d)
}

// greatestRate returns the price of the budget at which nothing that costs anything pays.
func (m *market) greatestRate() float64 {
	rate := 0.0
	for k, o := range m.offer {
		if m.cost[o] > 0 {
			rate = max(rate, m.value[k]/float64(m.cost[o]))
		}
	}
	return rate
}

// flow solves at a price, considers what it finds, and returns the tangent.
func (s *solver) flow(f *flow, price float64) tangent {
	f.solve(price)
	s.consider(f, price)
	cost, value := f.spent()
	return tangent{price, cost, value}
}

// consider takes the prices of a flow if their bound is better, and what it allocates.
func (s *solver) consider(f *flow, price float64) {
	dual := prices{f.prices(), price}
	s.keep(&dual, s.m.bound(&dual, s.workers))
	d := newDraft(s.m)
	for k, on := range f.on {
		if on {
			d.set(int32(k), true)
		}
	}
	d.affordable(price)
	d.complete(price)
	s.offer(d)
}
