package crosssell

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Supply is what there is of one offer to allocate. It is plain data.
type Supply struct {
	Stock *int64 `json:"stock,omitempty"` // how many there are, 0 or more; nil: as many as asked for
	Cost  int64  `json:"cost,omitzero"`   // what one takes from the budget, in whole minor units; all in stock cost 2^53−1 at most
}

// A Pair says that a customer may be made an offer, and what that is worth: what passed
// the gates, with the final worth of its verdict. It is plain data.
type Pair struct {
	Customer int     `json:"customer"` // position in Problem.Caps
	Offer    int     `json:"offer"`    // position in Problem.Offers
	Value    float64 `json:"value"`    // at least 0, 1e290 at most in all; what is worth nothing is left out
}

// A Problem is to allocate offers to many customers at once, where stock and budget are
// shared: maximise the sum of values of the pairs chosen, with at most Caps offers for
// each customer, at most its stock of each offer, and their costs within the budget. It
// is plain data.
type Problem struct {
	Caps   []int    `json:"caps"`             // how many offers each customer gets at most, 0 or more
	Offers []Supply `json:"offers"`           // what there is
	Pairs  []Pair   `json:"pairs"`            // what may be, in any order, each customer and offer once
	Budget *int64   `json:"budget,omitempty"` // in minor units, 0 to 2^53−1; nil: costs do not matter
}

// maxValues is what all values come to at most: a price times all stock, or times the whole
// budget, is then finite.
const maxValues = 1e290

// Validate reports every rule that p breaks, joined into one error. It takes
// O(customers + offers + pairs) time and memory.
func (p Problem) Validate() error {
	_, err := newMarket(p)
	return err
}

// check adds what is wrong with p but for pairs that come twice.
func (p *Problem) check(l *fault.List) {
	for i, n := range p.Caps {
		if n < 0 {
			l.Add(at("Caps", i), n, "must be 0 or more")
		}
	}
	const minor = "must be 0 to 2^53-1 whole minor units"
	for i := range p.Offers {
		s := &p.Offers[i]
		if s.Stock != nil && *s.Stock < 0 {
			l.Add(at("Offers", i)+".Stock", *s.Stock, "must be 0 or more")
		}
		if s.Cost < 0 || s.Cost > money.MaxExact {
			l.Add(at("Offers", i)+".Cost", s.Cost, minor)
		}
	}
	if p.Budget != nil && (*p.Budget < 0 || *p.Budget > money.MaxExact) {
		l.Add("Budget", *p.Budget, minor)
	}
	if sum := p.allCosts(); sum > money.MaxExact {
		l.Add("Offers", sum, "must cost 2^53-1 minor units at most if all that is in stock is allocated")
	}
	if len(p.Pairs) > math.MaxInt32 || len(p.Caps) > math.MaxInt32 {
		l.Add("Pairs", len(p.Pairs), "must be 2147483647 at most, as customers")
		return
	}
	sum := 0.0
	for i := range p.Pairs {
		q := &p.Pairs[i]
		if uint(q.Customer) < uint(len(p.Caps)) && uint(q.Offer) < uint(len(p.Offers)) && q.Value >= 0 && q.Value <= math.MaxFloat64 {
			sum += q.Value
			continue
		}
		p.checkPair(l, i)
		if l.Full() {
			return
		}
	}
	if l.Len() == 0 && !(sum <= maxValues) {
		l.Add("Pairs", nil, "must have values of 1e290 at most in all")
	}
}

// allCosts returns what all stock costs that customers could have and the budget allows one of.
func (p *Problem) allCosts() float64 {
	sum := 0.0
	for i := range p.Offers {
		s, n := &p.Offers[i], int64(len(p.Caps))
		if s.Stock != nil {
			n = min(n, *s.Stock)
		}
		if s.Cost > 0 && n > 0 && (p.Budget == nil || s.Cost <= *p.Budget) {
			sum += float64(float64(s.Cost) * float64(n))
		}
	}
	return sum
}

// checkPair adds what is wrong with a pair.
func (p *Problem) checkPair(l *fault.List, i int) {
	q, where := &p.Pairs[i], at("Pairs", i)
	if uint(q.Customer) >= uint(len(p.Caps)) {
		l.Add(where+".Customer", q.Customer, "must be a position in Caps")
	}
	if uint(q.Offer) >= uint(len(p.Offers)) {
		l.Add(where+".Offer", q.Offer, "must be a position in Offers")
	}
	checkAmount(l, where+".Value", q.Value)
}
