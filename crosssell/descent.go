package crosssell

import (
	"cmp"
	"context"
	"slices"
)

// A descent follows subgradients where prices moved one by one leave a gap: markets with
// few customers for each offer, or values of which many are equal, have corners at which
// no single price can move. It moves the charge p of each offer, of which a part is for
// stock and the rest for the budget:
//
//	φ(p) = Σ over customers of their best nets at p + max { p·y: y ≤ stock, cost·y ≤ budget }
//
// bounds all allocations, and y − demand at p is a subgradient. The maximum over y is a
// knapsack that may be cut: the offers that pay best for their cost, until it is full.
type descent struct {
	m      *market
	charge []float64
	order  []int32   // offers by rate
	demand []float64 // what customers would choose
	supply []float64 // y
}

// descents is how many pairs, times rounds, a descent may look at.
const descents = 40_000_000

// descend improves the bound, and repairs an allocation now and then. Steps are Polyak's,
// towards the best allocation known, each charge in proportion to how far demand is off;
// they are halved, from the best prices, when nothing was gained for some rounds.
func (s *solver) descend(ctx context.Context, t *tatonnement) error {
	const small, patience = 1e-3, 8
	n := len(s.m.stock)
	d := descent{s.m, s.m.charge(&s.prices), make([]int32, n), make([]float64, n), make([]float64, n)}
	length, waited := 1.0, 0
	work := min(max(descents/(1+len(s.m.offer)), 4), 400)
	for round := 0; round < work && s.bound-s.value > small*s.bound && length > 1e-3; round++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, bound := d.look()
		if waited++; bound < s.bound*(1-1e-5) {
			waited = 0
		}
		s.keep(&p, bound)
		if waited == patience {
			length, waited = length/2, 0
			d.charge = s.m.charge(&s.prices)
			_, bound = d.look()
		}
		d.move(length * (bound - s.value))
		if round%16 == 15 {
			s.repair(t)
		}
	}
	if s.bound-s.value > small*s.bound { // where many values are equal, customers choose at random
		s.repair(t)
		byNet, byDensity := newDraft(s.m), newDraft(s.m)
		byNet.complete(s.prices.budget)
		s.offer(byNet)
		byDensity.fill(s.m.density)
		byDensity.complete(s.prices.budget)
		s.offer(byDensity)
	}
	return nil
}

// look finds demand and supply at the charges, and returns the prices that they are made
// of and φ, which their dual value does not exceed.
func (d *descent) look() (prices, float64) {
	m := d.m
	clear(d.demand)
	nets := 0.0
	var best top
	for c := range m.caps {
		for _, e := range best.of(m, c, d.charge, int(m.caps[c])) {
			d.demand[m.offer[e.k]]++
			nets += e.net
		}
	}
	p := prices{make([]float64, len(m.stock)), d.split()}
	for o := range p.stock {
		p.stock[o] = max(0, d.charge[o]-float64(p.budget*float64(m.cost[o])))
	}
	return p, m.addLimits(nets, &p)
}

// split fills the knapsack and returns the price of the budget: the rate of the offer that
// it cuts, 0 if all fit.
func (d *descent) split() float64 {
	m := d.m
	for o := range d.order {
		d.order[o], d.supply[o] = int32(o), 0
		if d.charge[o] > 0 {
			d.supply[o] = float64(m.stock[o])
		}
	}
	if m.budget < 0 {
		return 0
	}
	rate := func(o int32) float64 { return d.charge[o] / max(1, float64(m.cost[o])) } // what costs nothing is passed over
	slices.SortFunc(d.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(rate(b), rate(a)), cmp.Compare(a, b))
	})
	left, price := float64(m.budget), 0.0
	for _, o := range d.order {
		cost := float64(m.cost[o])
		if cost == 0 || d.supply[o] == 0 {
			continue
		}
		if fits := left / cost; fits < d.supply[o] {
			if price == 0 {
				price = rate(o)
			}
			d.supply[o] = fits
		}
		left -= float64(d.supply[o] * cost)
	}
	return price
}

// move takes the charges against the subgradient, so far that φ would fall by drop if it
// were straight.
func (d *descent) move(drop float64) {
	norm := 0.0
	step := make([]float64, len(d.charge))
	for o := range step {
		excess := d.demand[o] - d.supply[o]
		if d.charge[o] == 0 && excess < 0 {
			continue
		}
		step[o] = excess / max(d.demand[o], float64(d.m.stock[o]), 1)
		norm += float64(step[o] * excess)
	}
	if norm == 0 {
		return
	}
	for o := range step {
		d.charge[o] = max(0, d.charge[o]+float64(drop/norm*step[o]))
	}
}
