package rfm

import (
	"slices"

	"github.com/relmark/relmark"
)

// An arrival is a row that waits, of a customer whose place is still to be found. Finding
// one means to look where the hash says, and then at the customer who is there, each of
// them anywhere in memory. For many arrivals at a time the processor looks at one while
// another is on its way.
type arrival[C relmark.ID] struct {
	customer C
	on       relmark.Date
	units    int64 // in those of the log
}

const mostArrivals = 64

// wait has a row wait that the log takes.
func (m *members[C]) wait(a arrival[C]) {
	if m.arrivals == nil {
		m.arrivals = make([]arrival[C], 0, mostArrivals)
	}
	m.log.count(a.units)
	m.arrivals = append(m.arrivals, a)
	if len(m.arrivals) < mostArrivals {
		return
	}
	m.arrive()
	if m.log.full(m.days) {
		m.settle()
	}
}

// arrive gives the arrivals their places, and new ones to new customers.
func (m *members[C]) arrive() {
	var hashes, slots [mostArrivals]uint64
	var places [mostArrivals]int
	m.expect(len(m.arrivals))
	last := uint64(len(m.slots) - 1)
	for i, a := range m.arrivals {
		hashes[i] = m.hash(a.customer)
		slots[i] = m.slots[hashes[i]&last]
	}
	for i, a := range m.arrivals {
		places[i] = nowhere
		if slot := slots[i]; slot != 0 && (slot^hashes[i])>>placeBits == 0 {
			if place := int(slot&placeMask) - 1; *m.customers.at(place) == a.customer {
				places[i] = place
			}
		}
	}
	for i, a := range m.arrivals {
		place := places[i]
		if place == nowhere { // another one is there, or none
			var slot int
			if place, slot = m.probe(a.customer, hashes[i]); place == nowhere {
				place = m.insert(a.customer, spot{slot, hashes[i]})
			}
		}
		m.latest = place
		m.log.add(row{uint32(place), a.on, a.units})
	}
	m.arrivals = slices.Delete(m.arrivals, 0, len(m.arrivals))
}
