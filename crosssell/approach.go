package crosssell

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// approach moves prices until they stay, and repairs what customers would choose.
func (s *solver) approach(ctx context.Context) error {
	m := s.m
	t := newTatonnement(m, s.workers)
	p := prices{stock: make([]float64, len(m.stock))}
	var h thrift
	stale := 0
	for round := 0; round < rounds && stale < 2; round++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := s.bound
		spent, bound := t.collect(&p)
		s.keep(&p, bound)
		if stale++; s.bound < before*(1-1e-5) || round < 6 {
			stale = 0
		}
		if s.m.budget >= 0 && round >= 1 {
			p.budget = h.next(t, &p, spent)
		}
		t.step(&p, 0.7)
	}
	s.repair(t)
	return ctx.Err()
}

// A thrift moves the price of the budget towards the one at which customers spend it.
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
	excess := math.Log(max(spent, 1e-3*budget) / budget)
	if h.slope == 0 {
		h.slope = -1
	} else if d := math.Log(p.budget / h.price); d != 0 {
		slope := math.Log(max(spent, 1e-3*budget)/max(h.spent, 1e-3*budget)) / d
		h.slope = min(max((h.slope+slope)/2, -4), -1)
	}
	h.price, h.spent = p.budget, spent
	move := min(max(-excess/h.slope, -1), 1)
	return p.budget * math.Exp(0.8*move)
}

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

// repair makes an allocation of what customers would choose at the prices.
func (s *solver) repair(t *tatonnement) {
	m, p := s.m, &s.prices
	t.collect(p)
	charge := m.charge(p)
	d := newDraft(m)
	holders := make([][]netted, len(m.stock))
	var best top
	for c := range m.caps {
		for _, e := range best.of(m, c, charge, int(m.caps[c])) {
			o := m.offer[e.k]
			holders[o] = append(holders[o], netted{t.bids[t.slot[e.k]], e.k})
		}
	}
	for o, list := range holders {
		if n := int(m.stock[o]); n < len(list) {
			slices.SortFunc(list, func(a, b netted) int { return cmp.Or(cmp.Compare(b.net, a.net), cmp.Compare(a.k, b.k)) })
			list = list[:n]
		}
		for _, e := range list {
			d.set(e.k, true)
		}
	}
	d.affordable(p.budget)
	for range 3 {
		d.fill(p.budget)
		if !d.shift(3) {
			break
		}
	}
	s.offer(d)
}
