package affinity

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

// An incidence is a sparse matrix of customers by items, by rows and by columns, without
// names of customers. Weights are 1 where there are none. It never changes once laid out.
type incidence[I relmark.ID] struct {
	items []I // ascending: codes have the order of items
	codes map[I]int32

	rowEnds []int // 0, then where the cells of each row end
	cols    []int32
	weights []float64 // by cell; nil: all are 1

	colEnds []int // 0, then where the customers of each column end
	who     []int32
	how     []float64 // their weights; nil: all are 1

	mass  []float64 // weights of each column added up: n(i)
	total float64   // the greatest weights of the rows added up: N
}

// lay fills all but items and rowEnds from the cells, row after row.
func (m *incidence[I]) lay(cells []holding, weighted bool) {
	m.codes = make(map[I]int32, len(m.items))
	for i, item := range m.items {
		m.codes[item] = int32(i)
	}
	m.cols = make([]int32, len(cells))
	for k, h := range cells {
		m.cols[k] = h.item
	}
	if weighted {
		m.weights = make([]float64, len(cells))
		for k, h := range cells {
			m.weights[k] = h.weight
		}
	}
	m.transpose()
	m.weigh()
}

// transpose fills the columns, customers ascending.
func (m *incidence[I]) transpose() {
	m.colEnds = make([]int, len(m.items)+1)
	for _, i := range m.cols {
		m.colEnds[i+1]++
	}
	for i := range m.items {
		m.colEnds[i+1] += m.colEnds[i]
	}
	next := slices.Clone(m.colEnds)
	m.who = make([]int32, len(m.cols))
	if m.weights != nil {
		m.how = make([]float64, len(m.cols))
	}
	for u := range m.rows() {
		for k := m.rowEnds[u]; k < m.rowEnds[u+1]; k++ {
			at := next[m.cols[k]]
			next[m.cols[k]]++
			m.who[at] = int32(u)
			if m.how != nil {
				m.how[at] = m.weights[k]
			}
		}
	}
}

// weigh adds up columns and rows.
func (m *incidence[I]) weigh() {
	m.mass = make([]float64, len(m.items))
	m.total = 0
	for u := range m.rows() {
		top := 0.0
		for k := m.rowEnds[u]; k < m.rowEnds[u+1]; k++ {
			x := m.weight(k)
			m.mass[m.cols[k]] += x
			top = max(top, x)
		}
		m.total += top
	}
}

// weight returns that of a cell.
func (m *incidence[I]) weight(cell int) float64 {
	if m.weights == nil {
		return 1
	}
	return m.weights[cell]
}

func (m *incidence[I]) rows() int { return max(len(m.rowEnds), 1) - 1 }

// empty fails with [relmark.ErrTooFew] where nobody has anything.
func (m *incidence[I]) empty() error {
	if len(m.items) == 0 {
		return fmt.Errorf("%s: no holdings: %w", room, relmark.ErrTooFew)
	}
	return nil
}

func (m *incidence[I]) place(item I) (code int32, known bool) {
	code, known = m.codes[item]
	return code, known
}

// holders returns how many customers have an item.
func (m *incidence[I]) holders(i int32) int64 { return int64(m.colEnds[i+1] - m.colEnds[i]) }

// customersOf returns who has an item, ascending.
func (m *incidence[I]) customersOf(i int32) []int32 { return m.who[m.colEnds[i]:m.colEnds[i+1]] }

// together counts the customers with two items by walking both columns.
func (m *incidence[I]) together(i, j int32) crosssell.Counts {
	c := crosssell.Counts{Left: m.holders(i), Right: m.holders(j), N: int64(m.rows())}
	a, b := m.customersOf(i), m.customersOf(j)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			c.Both++
			a, b = a[1:], b[1:]
		}
	}
	return c
}
