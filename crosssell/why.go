package crosssell

import (
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// A PairOutcome is what became of a pair in an allocation.
type PairOutcome string

// The outcomes of pairs.
const (
	Allocated  PairOutcome = "allocated"   // chosen
	Worthless  PairOutcome = "worthless"   // its value is 0
	NoRoom     PairOutcome = "no_room"     // the customer may have none, none is in stock, or one costs more than the budget
	PricedOut  PairOutcome = "priced_out"  // stock and budget earn more elsewhere: Net is 0 or less
	BetterHad  PairOutcome = "better_had"  // other offers net the customer more: Limit
	LeftBehind PairOutcome = "left_behind" // the prices would have it chosen, but limits are whole numbers, and others fill them
)

// A PairVerdict says why a pair was chosen or not. It is plain data.
type PairVerdict struct {
	Outcome PairOutcome `json:"outcome"`
	Value   float64     `json:"value"`
	// StockPrice is what a unit of the offer earns elsewhere, BudgetCharge what its cost does.
	StockPrice   float64 `json:"stock_price"`
	BudgetCharge float64 `json:"budget_charge"`
	Net          float64 `json:"net"`   // Value − StockPrice − BudgetCharge
	Limit        float64 `json:"limit"` // what the customer's best others net
}

// Why says why the pair at a position of the problem was allocated or not, and at which
// price it lost. It fails if there is no such pair, or the allocation is not of a problem of this size. It
// takes O(log chosen) time.
func (a Allocation) Why(p Problem, pair int) (PairVerdict, error) {
	var l fault.List
	l.Check(0 <= pair && pair < len(p.Pairs), "Pair", pair, "must be a position in Pairs")
	l.Check(len(a.StockPrices) == len(p.Offers), "StockPrices", len(a.StockPrices), "must be one for each offer of the problem")
	l.Check(len(a.Limits) == len(p.Caps), "Limits", len(a.Limits), "must be one for each customer of the problem")
	if l.Len() == 0 {
		q := &p.Pairs[pair]
		inside := uint(q.Customer) < uint(len(p.Caps)) && uint(q.Offer) < uint(len(p.Offers))
		l.Check(inside, at("Pairs", pair), nil, "must be of a customer and an offer that there are")
	}
	if err := l.Err(room); err != nil {
		return PairVerdict{}, err
	}
	q := &p.Pairs[pair]
	v := PairVerdict{Value: q.Value, StockPrice: a.StockPrices[q.Offer], Limit: a.Limits[q.Customer]}
	v.BudgetCharge = float64(a.BudgetPrice * float64(p.Offers[q.Offer].Cost))
	v.Net = v.Value - v.StockPrice - v.BudgetCharge
	_, chosen := slices.BinarySearch(a.Chosen, pair)
	v.Outcome = v.outcome(chosen, p.impossible(q))
	return v, nil
}

// outcome says why in the order in which limits are felt: what cannot be at all, what is
// too dear for everybody, what this customer has no room for.
func (v *PairVerdict) outcome(chosen, impossible bool) PairOutcome {
	switch {
	case chosen:
		return Allocated
	case v.Value == 0:
		return Worthless
	case impossible:
		return NoRoom
	case v.Net <= 0:
		return PricedOut
	case v.Net < v.Limit:
		return BetterHad
	}
	return LeftBehind
}

// impossible reports whether one limit alone forbids the pair.
func (p *Problem) impossible(q *Pair) bool {
	s := &p.Offers[q.Offer]
	return p.Caps[q.Customer] == 0 || s.Stock != nil && *s.Stock == 0 || p.Budget != nil && s.Cost > *p.Budget
}
