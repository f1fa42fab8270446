package crosssell

import (
	"cmp"
	"context"
	"slices"
)

// approach moves prices until the bound stays, and repairs what customers would choose.
// The first rounds are for the prices of stock alone; then that of the budget moves along.
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
	even := s.m.evenPrices()
	s.keep(&even, s.m.bound(&even, s.workers))
	s.repair(t)
	if err := s.descend(ctx, t); err != nil {
		return err
	}
	s.bound = m.bound(&s.prices, s.workers)
	return nil
}

// evenPrices returns one price for every offer: that at which customers ask for as much as
// there is of all together. Where offers are worth nearly the same to everybody, prices moved
// one by one rise by small differences only and never get there.
func (m *market) evenPrices() prices {
	p := prices{stock: make([]float64, len(m.stock))}
	left := int64(0)
	for _, n := range m.stock {
		left += int64(n)
	}
	var nets []float64
	var best top
	free := make([]float64, len(m.stock))
	for c := range m.caps {
		for _, e := range best.of(m, c, free, int(m.caps[c])) {
			nets = append(nets, e.net)
		}
	}
	if left < int64(len(nets)) {
		price := nthLargest(nets, int(left))
		for o := range p.stock {
			p.stock[o] = price
		}
	}
	return p
}

// repair makes an allocation of what customers would choose at the best prices so far:
// where more is asked for than there is, those keep it who would pay most; then costs are
// brought within the budget, and what is left is given out.
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
	d.complete(p.budget)
	s.offer(d)
}
