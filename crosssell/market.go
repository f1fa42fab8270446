package crosssell

import "github.com/relmark/relmark/internal/fault"

// A market is a problem ready to be solved: the pairs by customer, without those that
// can never be chosen.
type market struct {
	caps   []int32 // at most one of each offer
	stock  []int32 // at most one for each customer, so that there is no "unlimited"
	cost   []int64 // minor units; sums stay within the budget, and so within int64
	budget int64   // negative: there is none

	// Of the pairs, by customer and then in the order of the problem:
	start []int32 // where the pairs of each customer begin
	owner []int32 // the customer of each pair
	offer []int32
	value []float64 // > 0
	pair  []int32   // their positions in the problem
}

// newMarket validates a problem and sorts its pairs. Pairs that come twice are found when
// those of a customer lie side by side.
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

// drop leaves out pairs that no allocation chooses: worth nothing, of a customer who may
// have nothing, out of stock, or dearer than the whole budget.
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
