package rfm

import "slices"

// settle books all rows that wait.
func (m *members[C]) settle() {
	if m.settled() {
		return
	}
	if len(m.arrivals) > 0 {
		m.arrive()
	}
	m.cut()
	n := m.log.len()
	var rows []row
	if blocks := m.log.take(); 4*n < m.customers.len() {
		rows = compared(blocks)
	} else {
		rows = counted(blocks, n, m.rank())
	}
	for m.histories.len() < m.customers.len() {
		m.histories.push(History{})
	}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].place == rows[0].place {
			n++
		}
		m.record(m.histories.at(int(rows[0].place)), rows[:n])
		rows = rows[n:]
	}
}

// record books the rows of one customer. They are in range, so that nothing fails.
func (m *members[C]) record(h *History, rows []row) {
	byDate := func(a, b row) int { return a.on.Compare(b.on) }
	if !slices.IsSortedFunc(rows, byDate) {
		slices.SortFunc(rows, byDate)
	}
	before := len(h.days)
	switch late := h.late(rows[0].on); {
	case before == 0:
		h.days, m.newest = m.room(), h
		m.log.book(h, rows)
	case late && len(rows) > 1: // all at once
		var late History
		m.log.book(&late, rows)
		_ = h.merge(late)
		m.steps += before
	case late:
		m.log.book(h, rows)
		m.steps += before
	default:
		m.log.book(h, rows)
	}
	m.steps += len(rows)
	m.count(h, before)
}

// rank moves all members to the places that are theirs by customer, so that whoever
// reads them all reads memory in its order, and returns the new places by the old ones.
func (m *members[C]) rank() []uint32 {
	ranks := make([]uint32, m.customers.len())
	m.steps += len(ranks)
	if m.ascending() {
		for i := range ranks {
			ranks[i] = uint32(i)
		}
		return ranks
	}
	var customers list[C]
	var histories list[History]
	for i, k := range m.ranked() {
		ranks[k.place] = uint32(i)
		customers.push(*m.customers.at(k.place))
		if k.place < m.histories.len() {
			histories.push(*m.histories.at(k.place))
		} else {
			histories.push(History{})
		}
	}
	m.index = index[C]{customers: customers}
	m.histories = histories
	m.latest = int(ranks[m.latest])
	return ranks
}
