package affinity

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/fault"
)

// MatrixOptions say which holdings count, and how much. It is plain data; the zero
// value takes all of them, each with weight 1.
type MatrixOptions struct {
	// HalfLife is after how many days a holding weighs half, counted from the last time
	// that the customer got the item; finite, > 0. Nil: holdings do not age.
	HalfLife *float64 `json:"half_life,omitempty"`
	// MinCustomers leaves out items that fewer customers have, of which too little is
	// known; 0 or more.
	MinCustomers int `json:"min_customers"`
	// MaxItems leaves out customers with more items, such as wholesalers, whose pairs
	// grow with the square; 1 or more. Nil: no bound.
	MaxItems *int `json:"max_items,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p MatrixOptions) Validate() error {
	var l fault.List
	if h := p.HalfLife; h != nil {
		l.Check(*h > 0 && *h <= math.MaxFloat64, "HalfLife", *h, "must be finite and > 0")
	}
	l.Check(p.MinCustomers >= 0, "MinCustomers", p.MinCustomers, "must be 0 or more")
	if m := p.MaxItems; m != nil {
		l.Check(*m >= 1, "MaxItems", *m, "must be 1 or more")
	}
	return l.Err(room)
}

// A Holding is an item that a customer has got up to the day of a [Matrix]. It is plain
// data.
type Holding[I relmark.ID] struct {
	Item      I            `json:"item"`
	First     relmark.Date `json:"first"`
	Last      relmark.Date `json:"last"`
	Times     int64        `json:"times"`     // how often in all
	Weight    float64      `json:"weight"`    // 1, halved with each half-life since Last; > 0
	Frequency float64      `json:"frequency"` // Times, each halved with each half-life since its day; > 0
}

// A Matrix is who has what on a day: customers by items. All models are made from one:
// [Matrix.Neighbours], [Matrix.EASE], [NewPopularity]. It is an immutable value, safe
// for concurrent use; obtain one from [Ownership.AsOf]. The zero Matrix holds nothing, and
// no model can be made from it.
type Matrix[U, I relmark.ID] struct {
	opaque

	customers []U // ascending, each with a holding
	holdings  []holding
	incidence[I]
	later   int64
	leftOut int
}

// A holding is a [Holding] with codes; they stand in the order of the cells.
type holding struct {
	times             int64
	weight, frequency float64
	item, first, last int32
}

// AsOf returns who had what at the end of a day. Later events are not seen: a matrix
// of the past is the same whatever came after, and [Matrix.Later] says how many events
// that were. It fails with a [relmark.FieldError] for the zero Date and where
// [MatrixOptions.Validate] does, and with [relmark.ErrTooFew] if nothing is left. It takes
// O(n log n) time for n entries, and as much memory as they.
func (w *Ownership[U, I]) AsOf(asOf relmark.Date, p MatrixOptions) (*Matrix[U, I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if asOf.IsZero() {
		return nil, invalid("AsOf", nil, "must be a date")
	}
	items, place := w.catalogue()
	b := matrixBuilder[U, I]{params: p, today: dayOf(asOf), holders: make([]int, len(items))}
	for _, customer := range slices.Sorted(maps.Keys(w.customers)) {
		b.add(customer, w.customers[customer].sorted(place))
	}
	m := b.build(items)
	if err := m.empty(); err != nil {
		return nil, err
	}
	return m, nil
}

// A matrixBuilder collects holdings, with the positions of all items as codes.
type matrixBuilder[U, I relmark.ID] struct {
	params    MatrixOptions
	today     int32
	customers []U
	ends      []int // where the holdings of each customer end
	holdings  []holding
	holders   []int // customers by item
	later     int64
	leftOut   int
}

// add takes the holdings of the next customer from ascending entries.
func (b *matrixBuilder[U, I]) add(customer U, entries []entry) {
	start := len(b.holdings)
	for _, e := range entries {
		if e.day > b.today {
			b.later += e.times
			continue
		}
		k := len(b.holdings) - 1
		if k < start || b.holdings[k].item != e.item {
			b.holdings = append(b.holdings, holding{item: e.item, first: e.day})
			k++
		}
		h := &b.holdings[k]
		h.last, h.times = e.day, h.times+e.times
		h.frequency += float64(float64(e.times) * b.weight(e.day))
		h.weight = b.weight(e.day)
	}
	if most := b.params.MaxItems; most != nil && len(b.holdings)-start > *most {
		b.holdings = b.holdings[:start]
		b.leftOut++
		return
	}
	for _, h := range b.holdings[start:] {
		b.holders[h.item]++
	}
	b.customers = append(b.customers, customer)
	b.ends = append(b.ends, len(b.holdings))
}

// leastWeight keeps products and quotients of weights within the range of float64.
const leastWeight = 0x1p-256

// weight returns that of a day, not less than [leastWeight].
func (b *matrixBuilder[U, I]) weight(day int32) float64 {
	if b.params.HalfLife == nil {
		return 1
	}
	return max(math.Exp2(-float64(b.today-day) / *b.params.HalfLife), leastWeight)
}

// build leaves out items that too few have and lays out the rest.
func (b *matrixBuilder[U, I]) build(items []I) *Matrix[U, I] {
	m := &Matrix[U, I]{later: b.later, leftOut: b.leftOut}
	place := make([]int32, len(items))
	for i, n := range b.holders {
		place[i] = -1
		if n >= max(b.params.MinCustomers, 1) {
			place[i] = int32(len(m.items))
			m.items = append(m.items, items[i])
		}
	}
	m.rowEnds = append(m.rowEnds, 0)
	start := 0
	for u, end := range b.ends {
		for _, h := range b.holdings[start:end] {
			if h.item = place[h.item]; h.item >= 0 {
				m.holdings = append(m.holdings, h)
			}
		}
		if len(m.holdings) > m.rowEnds[len(m.rowEnds)-1] {
			m.customers = append(m.customers, b.customers[u])
			m.rowEnds = append(m.rowEnds, len(m.holdings))
		}
		start = end
	}
	m.lay(m.holdings, b.params.HalfLife != nil)
	return m
}

// Items returns the items in ascending order, in a slice of its own.
func (m *Matrix[U, I]) Items() []I { return slices.Clone(m.items) }

// Customers returns the customers that have anything, in ascending order, in a slice of
// its own.
func (m *Matrix[U, I]) Customers() []U { return slices.Clone(m.customers) }

// Later returns how many events came after the day and were not seen.
func (m *Matrix[U, I]) Later() int64 { return m.later }

// LeftOut returns how many customers were left out as they have more than MaxItems.
func (m *Matrix[U, I]) LeftOut() int { return m.leftOut }

// AppendOwned appends the items that a customer has, ascending; nothing for a customer
// who is not among [Matrix.Customers]. It takes O(log n) time besides.
func (m *Matrix[U, I]) AppendOwned(dst []I, customer U) []I {
	start, end := m.rowOf(customer)
	for _, i := range m.cols[start:end] {
		dst = append(dst, m.items[i])
	}
	return dst
}

// Holdings returns what a customer has, by item, ascending; none for a customer who is
// not among [Matrix.Customers].
func (m *Matrix[U, I]) Holdings(customer U) []Holding[I] {
	start, end := m.rowOf(customer)
	list := make([]Holding[I], 0, end-start)
	for _, h := range m.holdings[start:end] {
		list = append(list, Holding[I]{m.items[h.item], dateOf(h.first), dateOf(h.last), h.times, h.weight, h.frequency})
	}
	return list
}

func (m *Matrix[U, I]) rowOf(customer U) (start, end int) {
	u, found := slices.BinarySearchFunc(m.customers, customer, cmp.Compare[U])
	if !found {
		return 0, 0
	}
	return m.rowEnds[u], m.rowEnds[u+1]
}

// Together returns how many customers have both items, each of them, and how many
// customers there are; an unknown item is had by nobody. Weights play no part. It takes
// time in proportion to Left and Right.
func (m *Matrix[U, I]) Together(left, right I) crosssell.Counts {
	i, okLeft := m.place(left)
	j, okRight := m.place(right)
	c := crosssell.Counts{N: int64(m.rows())}
	switch {
	case okLeft && okRight:
		return m.together(i, j)
	case okLeft:
		c.Left = m.holders(i)
	case okRight:
		c.Right = m.holders(j)
	}
	return c
}
