package rfm

import (
	"hash/maphash"
	"sort"

	"github.com/relmark/relmark"
)

// An index gives every customer a place, counted from 0 in the order of arrival, and
// finds it again: a hash table with open addressing and linear probing, at most three
// quarters full. It is half the size of a map, holds nothing for the collector to
// follow, and tells in one search whether a customer is there and where a new one
// goes. A slot is 0 if it is free, else the upper bits of the hash above the place,
// counted from 1.
//
// As long as customers arrive in ascending order, as in logs sorted by customer,
// there are no slots: the list of customers is the index.
type index[C relmark.ID] struct {
	customers list[C]
	seed      maphash.Seed
	slots     []uint64 // none, or as many as a power of two
}

const (
	placeBits = 40 // more customers than any memory holds
	placeMask = 1<<placeBits - 1
)

// nowhere is the place of a customer who has none.
const nowhere = -1

// ascending reports whether the places are in the order of the customers.
func (x *index[C]) ascending() bool { return len(x.slots) == 0 }

func (x *index[C]) hash(customer C) uint64 { return maphash.Comparable(x.seed, customer) }

// place returns the place of a customer, nowhere if there is none.
func (x *index[C]) place(customer C) int {
	if !x.ascending() {
		place, _ := x.probe(customer, x.hash(customer))
		return place
	}
	n := x.customers.len()
	place := sort.Search(n, func(i int) bool { return *x.customers.at(i) >= customer })
	if place == n || *x.customers.at(place) != customer {
		return nowhere
	}
	return place
}

// A spot is where a new customer goes: a free slot, and the hash of the customer.
type spot struct {
	slot int
	hash uint64
}

// ascends reports whether a customer is new and leaves the places in order.
func (x *index[C]) ascends(customer C) bool {
	n := x.customers.len()
	return x.ascending() && (n == 0 || *x.customers.at(n - 1) < customer)
}

// seek returns the place of a customer, or nowhere and the spot of a new one.
func (x *index[C]) seek(customer C) (int, spot) {
	if x.ascends(customer) {
		return nowhere, spot{}
	}
	x.expect(1)
	hash := x.hash(customer)
	place, slot := x.probe(customer, hash)
	return place, spot{slot, hash}
}

// expect makes room in the table for some more customers.
func (x *index[C]) expect(n int) {
	if n += x.customers.len(); 4*n > 3*len(x.slots) {
		x.reindex(n)
	}
}

// probe returns the place of a customer, or nowhere and the free slot for a new one.
func (x *index[C]) probe(customer C, hash uint64) (place, slot int) {
	last := len(x.slots) - 1
	for at := int(hash) & last; ; at = (at + 1) & last {
		slot := x.slots[at]
		if slot == 0 {
			return nowhere, at
		}
		if (slot^hash)>>placeBits != 0 {
			continue
		}
		if place := int(slot&placeMask) - 1; *x.customers.at(place) == customer {
			return place, at
		}
	}
}

// insert gives a new customer a place, at the spot that seek has found.
func (x *index[C]) insert(customer C, to spot) int {
	place := x.customers.len()
	x.customers.push(customer)
	if !x.ascending() {
		x.take(to.slot, to.hash, place)
	}
	return place
}

// take has a slot lead to a place.
func (x *index[C]) take(slot int, hash uint64, place int) {
	x.slots[slot] = hash&^placeMask | uint64(place+1)
}

// reindex enters all customers into a new table, which n customers fill to three eighths
// at most.
func (x *index[C]) reindex(n int) {
	if x.ascending() {
		x.seed = maphash.MakeSeed()
	}
	size := 64
	for 8*n > 3*size {
		size *= 2
	}
	x.slots = make([]uint64, size)
	for place := range x.customers.len() {
		hash := x.hash(*x.customers.at(place))
		at := int(hash) & (size - 1)
		for x.slots[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		x.take(at, hash, place)
	}
}

// remove forgets the customer at a place, which the last customer takes over.
func (x *index[C]) remove(place int) {
	if x.ascending() {
		x.reindex(x.customers.len())
	}
	customer, last := *x.customers.at(place), x.customers.len()-1
	_, slot := x.probe(customer, x.hash(customer))
	x.vacate(slot)
	if place != last {
		moved := *x.customers.at(last)
		hash := x.hash(moved)
		_, slot := x.probe(moved, hash)
		x.take(slot, hash, place)
	}
	x.customers.remove(place)
}

// vacate frees a slot. Entries behind it that had to make way for it move up, so
// that probing, which stops at a free slot, still finds them.
func (x *index[C]) vacate(slot int) {
	last := len(x.slots) - 1
	for at := (slot + 1) & last; x.slots[at] != 0; at = (at + 1) & last {
		home := int(x.hash(*x.customers.at(int(x.slots[at]&placeMask) - 1))) & last
		if (at-home)&last >= (at-slot)&last {
			x.slots[slot], slot = x.slots[at], at
		}
	}
	x.slots[slot] = 0
}
