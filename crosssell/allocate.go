package crosssell

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// AllocateOptions say how to allocate. The zero value works alone.
type AllocateOptions struct {
	Workers int // goroutines, 1 or more; 0 is 1. The result has the same bits for any
}

// Allocate chooses pairs.
func Allocate(ctx context.Context, p Problem, o AllocateOptions) (Allocation, error) {
	m, err := newMarket(p)
	if err != nil {
		return Allocation{}, err
	}
	s := solver{m: m, workers: max(1, o.Workers), prices: prices{stock: make([]float64, len(m.stock))}}
	if m.small() {
		err = s.exact(ctx)
	} else {
		err = s.approach(ctx)
	}
	if err != nil {
		return Allocation{}, err
	}
	return s.allocation(p), nil
}

// An Allocation is the answer to a [Problem].
type Allocation struct {
	Chosen      []int
	Value       float64
	Bound       float64
	Spent       int64
	StockPrices []float64
	BudgetPrice float64
}

type solver struct {
	m       *market
	workers int
	prices  prices
	bound   float64
	best    *draft
	value   float64
}

// small reports whether the exact flow is worth its time.
func (m *market) small() bool {
	units := 0
	for c := range m.caps {
		from, to := m.pairs(c)
		units += int(min(m.caps[c], to-from))
	}
	n := len(m.stock)
	return float64(units)*float64(n)*float64(n) <= 1e6
}

// offer keeps a draft if it is better than the best so far.
func (s *solver) offer(d *draft) {
	if v := d.value(); s.best == nil || v > s.value {
		s.best, s.value = d.clone(), v
	}
}

// exact finds the price of the budget at which the flow just pays.
func (s *solver) exact(ctx context.Context) error {
	m := s.m
	offers := m.byOffer()
	f := newFlow(m, offers)
	type line struct{ price, cost, value float64 }
	eval := func(price float64) line {
		f.solve(price)
		cost, value := f.spent()
		return line{price, cost, value}
	}
	low := eval(0)
	s.consider(f, 0)
	budget := float64(m.budget)
	if m.budget < 0 || low.cost <= budget {
		return ctx.Err()
	}
	high := line{}
	for k, o := range m.offer {
		if m.cost[o] > 0 {
			high.price = max(high.price, m.value[k]/float64(m.cost[o]))
		}
	}
	high = eval(high.price)
	s.consider(f, high.price)
	for range 60 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !(low.cost > high.cost) {
			break
		}
		price := (low.value - high.value) / (low.cost - high.cost)
		line := eval(price)
		s.consider(f, price)
		dual, tangent := line.value+price*(budget-line.cost), high.value+price*(budget-high.cost)
		if dual <= tangent*(1+1e-12) {
			break
		}
		if line.cost <= budget {
			high = line
		} else {
			low = line
		}
	}
	return nil
}

// consider takes the prices of a flow if their bound is better, and what it allocates.
func (s *solver) consider(f *flow, price float64) {
	p := prices{f.prices(), price}
	if b := s.m.bound(&p, 1); s.best == nil || b < s.bound {
		s.bound, s.prices = b, p
	}
	d := newDraft(s.m)
	for k, on := range f.on {
		if on {
			d.set(int32(k), true)
		}
	}
	d.affordable(price)
	d.fill(price)
	newPolisher(d, s.m.fillOrders(price), 1e6).run()
	s.offer(d)
}

// approach moves prices until they stay, and repairs what customers would choose.
func (s *solver) approach(ctx context.Context) error {
	m := s.m
	t := newTatonnement(m, s.workers)
	s.bound = math.Inf(1)
	keep := func(p prices) {
		if b := m.bound(&p, s.workers); b < s.bound {
			s.bound, s.prices = b, prices{slices.Clone(p.stock), p.budget}
		}
	}
	p := prices{stock: make([]float64, len(m.stock))}
	for range 20 {
		if err := ctx.Err(); err != nil {
			return err
		}
		spent := t.step(&p, 0.7)
		_ = spent
		keep(p)
	}
	s.repair(t)
	return ctx.Err()
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

func (s *solver) allocation(p Problem) Allocation {
	a := Allocation{Value: s.value, Bound: s.bound, Spent: s.best.spent, StockPrices: s.prices.stock, BudgetPrice: s.prices.budget}
	for k, on := range s.best.on {
		if on {
			a.Chosen = append(a.Chosen, int(s.m.pair[k]))
		}
	}
	slices.Sort(a.Chosen)
	return a
}
