package rfm

import (
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// The members of a base are its customers, their histories, and the rows that wait to be
// booked in them.
type members[C relmark.ID] struct {
	index[C]

	histories list[History] // by place; of customers who came with a row that waits, none yet
	arrivals  []arrival[C]  // the latest rows that wait, whose customers are still to be found
	log       log
	latest    int      // place of the latest customer
	days      int      // of all histories
	newest    *History // whose days may go on into the spare ones
	spare     []day
	steps     int // rows, days and places gone through so far, which tests count
}

// enter adds units of 10^-digits to a date of a customer. The row waits, unless it comes as
// in a log sorted by customer and date, or the sums come near the end of their range.
func (m *members[C]) enter(customer C, on relmark.Date, units int64, digits int) error {
	if m.settled() {
		switch {
		case m.follows(customer) && !m.histories.at(m.latest).late(on):
			return m.extend(m.latest, on, units, digits)
		case m.ascends(customer):
			return m.begin(customer, spot{}, on, units, digits)
		}
	}
	fine, ok := m.fit(units, digits)
	if !ok || m.customers.len() > mostWaiting {
		m.settle()
		return m.book(customer, on, units, digits)
	}
	if err := checkCustomer(customer); err != nil {
		return err
	}
	m.wait(arrival[C]{customer, on, fine})
	return nil
}

// settled reports whether no rows wait.
func (m *members[C]) settled() bool { return len(m.arrivals)+m.log.len() == 0 }

// follows reports whether the row before was of the same customer.
func (m *members[C]) follows(customer C) bool {
	return m.latest < m.customers.len() && *m.customers.at(m.latest) == customer
}

// book is enter for a row that does not wait; no others may wait.
func (m *members[C]) book(customer C, on relmark.Date, units int64, digits int) error {
	place, to := m.seek(customer)
	if place == nowhere {
		return m.begin(customer, to, on, units, digits)
	}
	return m.extend(place, on, units, digits)
}

// begin books the first row of a customer.
func (m *members[C]) begin(customer C, to spot, on relmark.Date, units int64, digits int) error {
	h := History{days: m.room()}
	if err := h.enter(on, units, digits); err != nil {
		return err
	}
	if err := checkCustomer(customer); err != nil {
		return err
	}
	m.open(customer, to, h)
	return nil
}

// extend books one more row of the customer at a place.
func (m *members[C]) extend(place int, on relmark.Date, units int64, digits int) error {
	h := m.histories.at(place)
	before := len(h.days)
	if err := h.enter(on, units, digits); err != nil {
		return err
	}
	m.latest = place
	m.count(h, before)
	return nil
}

// fit returns units of 10^-digits in those of the log, which are as fine from now on;
// false if the row may be out of range.
func (m *members[C]) fit(units int64, digits int) (int64, bool) {
	units, digits = plain(units, digits, m.log.digits)
	if digits > m.log.digits {
		m.settle()
		m.log.refine(digits)
	}
	if digits < m.log.digits {
		var ok bool
		if units, ok = money.Rescale(units, digits, m.log.digits); !ok {
			return 0, false
		}
	}
	return units, m.log.takes(units)
}

// checkCustomer refuses identifiers that would fall together as JSON.
func checkCustomer[C relmark.ID](customer C) error {
	if !codec.IsUTF8(&customer) {
		return fault.New("Customer", nil, "must be UTF-8")
	}
	return nil
}

// open adds a customer with a history whose days are among the spare ones.
func (m *members[C]) open(customer C, to spot, h History) {
	m.latest = m.insert(customer, to)
	m.histories.push(h)
	m.newest = m.histories.at(m.latest)
	m.count(m.newest, 0)
}

// count takes note of a history that had fewer days before.
func (m *members[C]) count(h *History, before int) {
	m.steps++
	m.days += len(h.days) - before
	m.log.hold(h)
}

// put replaces the history of a customer; no rows may wait.
func (m *members[C]) put(customer C, h History) {
	place, to := m.seek(customer)
	if place == nowhere {
		place = m.insert(customer, to)
		m.histories.push(History{})
	}
	mine := m.histories.at(place)
	before := len(mine.days)
	*mine = h
	m.count(mine, before)
}

// remove forgets the customer at a place; no rows may wait.
func (m *members[C]) remove(place int) {
	m.cut()
	m.latest = 0
	m.days -= len(m.histories.at(place).days)
	m.index.remove(place)
	m.histories.remove(place)
}

// room returns an empty list of days for a new history. It reaches to the end of the
// spare days: the list grows into them until the next new history cuts it off.
func (m *members[C]) room() []day {
	m.cut()
	if len(m.spare) < 8 {
		m.spare = make([]day, 4*block)
	}
	return m.spare[:0]
}

// cut ends the growth of the newest history into the spare days.
func (m *members[C]) cut() {
	if h := m.newest; h != nil && cap(h.days) == len(m.spare) { // else it has moved out
		m.spare = m.spare[len(h.days):]
		h.days = slices.Clip(h.days)
	}
	m.newest = nil
}
