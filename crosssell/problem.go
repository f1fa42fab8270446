package crosssell

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Supply is what there is of one offer to allocate. It is plain data.
type Supply struct {
	Stock *int64 `json:"stock,omitempty"` // how many there are, 0 or more; nil: as many as asked for
	Cost  int64  `json:"cost,omitzero"`   // what one takes from the budget, in whole minor units, 0 to 2^53−1
}

// A Pair says that a customer may be made an offer, and what that is worth: what passed
// the gates, with the final worth of its verdict. It is plain data.
type Pair struct {
	Customer int     `json:"customer"` // position in Problem.Caps
	Offer    int     `json:"offer"`    // position in Problem.Offers
	Value    float64 `json:"value"`    // finite, at least 0; what is worth 0 is never allocated
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
	if l.Len() == 0 && !isFinite(sum) {
		l.Add("Pairs", nil, "must have a finite sum of values")
	}
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

// A market is a problem ready to be solved: the pairs by customer, without those that
// can never be chosen.
type market struct {
	caps   []int32
	stock  []int32 // at most one for each customer
	cost   []int64
	budget int64   // negative: there is none
	start  []int32 // where the pairs of each customer begin
	owner  []int32 // the customer of each pair
	offer  []int32
	value  []float64
	pair   []int32 // positions in the problem
}

// newMarket validates a problem and sorts its pairs.
func newMarket(p Problem) (*market, error) {
	var l fault.List
	p.check(&l)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	m := &market{
		caps: make([]int32, len(p.Caps)), stock: make([]int32, len(p.Offers)), cost: make([]int64, len(p.Offers)), budget: -1,
		start: make([]int32, len(p.Caps)+1), offer: make([]int32, len(p.Pairs)), value: make([]float64, len(p.Pairs)), pair: make([]int32, len(p.Pairs)),
	}
	for i, n := range p.Caps {
		m.caps[i] = int32(min(n, len(p.Offers)))
	}
	for o := range p.Offers {
		m.stock[o], m.cost[o] = int32(len(p.Caps)), p.Offers[o].Cost
		if s := p.Offers[o].Stock; s != nil {
			m.stock[o] = int32(min(*s, int64(len(p.Caps))))
		}
	}
	if p.Budget != nil {
		m.budget = *p.Budget
	}
	m.fill(p.Pairs)
	m.checkUnique(&l)
	if err := l.Err(room); err != nil {
		return nil, err
	}
	m.drop()
	return m, nil
}

// fill sorts the pairs by customer, keeping their order.
func (m *market) fill(pairs []Pair) {
	for i := range pairs {
		m.start[pairs[i].Customer+1]++
	}
	for c := range m.caps {
		m.start[c+1] += m.start[c]
	}
	next := make([]int32, len(m.caps))
	copy(next, m.start)
	for i := range pairs {
		q := &pairs[i]
		k := next[q.Customer]
		next[q.Customer]++
		m.offer[k], m.value[k], m.pair[k] = int32(q.Offer), q.Value, int32(i)
	}
}

// checkUnique adds an error for each pair that repeats another.
func (m *market) checkUnique(l *fault.List) {
	last := make([]int32, len(m.stock)) // 1 + the last customer of each offer
	for c := range m.caps {
		for k := m.start[c]; k < m.start[c+1]; k++ {
			o := m.offer[k]
			if last[o] == int32(c)+1 {
				l.Add(at("Pairs", int(m.pair[k])), nil, "must not repeat customer and offer of another")
			}
			last[o] = int32(c) + 1
		}
	}
}

// drop leaves out pairs that no allocation chooses.
func (m *market) drop() {
	n, from := int32(0), int32(0)
	for c := range m.caps {
		to := m.start[c+1]
		for k := from; k < to; k++ {
			o := m.offer[k]
			if m.value[k] > 0 && m.caps[c] > 0 && m.stock[o] > 0 && (m.budget < 0 || m.cost[o] <= m.budget) {
				m.offer[n], m.value[n], m.pair[n] = o, m.value[k], m.pair[k]
				n++
			}
		}
		m.start[c+1], from = n, to
	}
	m.offer, m.value, m.pair = m.offer[:n], m.value[:n], m.pair[:n]
	m.owner = make([]int32, n)
	for c := range m.caps {
		for k := m.start[c]; k < m.start[c+1]; k++ {
			m.owner[k] = int32(c)
		}
	}
}

// pairs returns the range of the pairs of a customer.
func (m *market) pairs(c int) (from, to int32) { return m.start[c], m.start[c+1] }
