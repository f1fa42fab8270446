package crosssell

import (
	"context"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// AllocateOptions say how to allocate. The zero value works alone.
type AllocateOptions struct {
	Workers int `json:"workers,omitzero"` // goroutines, 1 or more; 0 is 1. The result has the same bits for any
}

// An Allocation is what to do about a [Problem], with a certificate of how good it is. It
// is plain data.
type Allocation struct {
	// Chosen lists the positions in Problem.Pairs of what is allocated, ascending. All
	// limits hold.
	Chosen []int   `json:"chosen,omitempty"`
	Value  float64 `json:"value"` // the sum of their values
	// Bound is a value that no allocation exceeds: the dual value of the prices, or Value
	// itself where a search found that nothing is better.
	Bound float64 `json:"bound"`
	Spent int64   `json:"spent"` // the sum of their costs
	// StockPrices say what one more of each offer would add, and BudgetPrice what one more
	// minor unit would, as far as the bound knows; 0 where a limit does not bind.
	StockPrices []float64 `json:"stock_prices,omitempty"`
	BudgetPrice float64   `json:"budget_price,omitzero"`
	// Limits say for each customer what an offer has to net, prices paid, to be among as
	// many of its best as it may have; 0 where it has room.
	Limits []float64 `json:"limits,omitempty"`
}

// Gap returns by which share of the bound the best allocation may be better at most: 0, or less
// than 1e-12 for rounding, says that this one is the best. It is 0 where nothing can be
// allocated.
func (a Allocation) Gap() float64 {
	if a.Bound == 0 {
		return 0
	}
	return (a.Bound - a.Value) / a.Bound
}

// Allocate chooses pairs of a great sum of values within all limits, and says by a bound
// how much greater it could be. It is deterministic: of equal sums it takes what its order
// of search finds first.
//
// Small problems (units of customers' caps × (offers² + pairs) up to 1e8, and a tenth of that
// with a budget) are solved by best paths: exactly where the budget does not bind, otherwise
// at the price at which it just does, with a search for whole numbers after that. The search
// goes through all that the bound leaves open, unless that takes more than about a quarter of
// a second: for a dozen customers, and mostly for a hundred, the answer is the best there is.
// Larger problems are priced until demand meets stock and budget, and what is left over or
// short is repaired: the more customers an offer has, the smaller the gap. With whole numbers
// there is no promise but the bound.
//
// It fails as [Problem.Validate] does, if there are fewer than 0 workers, and with the
// error of the context, at which it looks in each round. A round takes O(pairs) time; there
// are 40 at most, and where they leave a gap of more than a thousandth as many more as look
// at 40 million pairs in all, at least 4 and at most 400: about half a second for two million
// pairs. It takes O(pairs) memory, and a search 50 MB at most.
func Allocate(ctx context.Context, p Problem, o AllocateOptions) (Allocation, error) {
	if o.Workers < 0 {
		return Allocation{}, fault.Room(room, fault.New("Workers", o.Workers, "must be 0 or more"))
	}
	m, err := newMarket(p)
	if err != nil {
		return Allocation{}, err
	}
	s := solver{m: m, workers: max(1, o.Workers), bound: math.Inf(1)}
	if m.small() {
		err = s.exact(ctx)
	} else {
		err = s.approach(ctx)
	}
	if err != nil {
		return Allocation{}, fault.Room(room, err)
	}
	return s.allocation(), nil
}

// A solver keeps the best prices and the best allocation that it meets.
type solver struct {
	m       *market
	workers int
	prices  prices
	bound   float64 // of the prices
	best    *draft
	value   float64
}

// keep takes prices if their bound is lower.
func (s *solver) keep(p *prices, bound float64) {
	if bound < s.bound {
		s.bound, s.prices = bound, prices{slices.Clone(p.stock), p.budget}
	}
}

// offer takes an allocation if it is better.
func (s *solver) offer(d *draft) {
	if v := d.value(); s.best == nil || v > s.value {
		s.best, s.value = d, v
	}
}

// allocation returns the best in terms of the problem.
func (s *solver) allocation() Allocation {
	a := Allocation{
		Value: s.value, Bound: max(s.bound, s.value), Spent: s.best.spent,
		StockPrices: s.prices.stock, BudgetPrice: s.prices.budget, Limits: s.m.limits(&s.prices),
	}
	for k, on := range s.best.on {
		if on {
			a.Chosen = append(a.Chosen, int(s.m.pair[k]))
		}
	}
	slices.Sort(a.Chosen)
	return a
}

// limits returns the net of the last offer that each customer would have.
func (m *market) limits(p *prices) []float64 {
	charge := m.charge(p)
	limits := make([]float64, len(m.caps))
	var best top
	for c := range limits {
		if n := int(m.caps[c]); n > 0 {
			if list := best.of(m, c, charge, n); len(list) == n {
				limits[c] = list[n-1].net
			}
		}
	}
	return limits
}
