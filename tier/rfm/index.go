package rfm

import (
	"hash/maphash"
	"sort"

	"github.com/relmark/relmark"
)

// An index finds the member of a customer: a hash table with open addressing and
// linear probing, at most three quarters full. It is half the size of a map of
// pointers, holds nothing for the collector to follow, and tells in one search
// whether there is a member and where a new one goes. A slot is 0 if it is free,
// else the upper bits of the hash above the place of a member, counted from 1.
//
// As long as customers arrive in ascending order, as in logs sorted by customer,
// there are no slots: the members are the index.
type index[C relmark.ID] struct {
	seed  maphash.Seed
	slots []uint64 // none, or as many as a power of two
}

const (
	placeBits = 40 // more members than any memory holds
	placeMask = 1<<placeBits - 1
)

func (x *index[C]) hash(customer C) uint64 { return maphash.Comparable(x.seed, customer) }

// enter takes a slot for the member at a place.
func (x *index[C]) enter(slot int, hash uint64, place int) {
	x.slots[slot] = hash&^placeMask | uint64(place+1)
}

// ascending reports whether the members are in the order of their customers.
func (b *Base[C]) ascending() bool { return len(b.index.slots) == 0 }

// find returns a customer's member, nil if there is none.
func (b *Base[C]) find(customer C) *member[C] {
	if !b.ascending() {
		m, _ := b.probe(customer, b.index.hash(customer))
		return m
	}
	place := sort.Search(b.n, func(i int) bool { return b.at(i).customer >= customer })
	if place == b.n || b.at(place).customer != customer {
		return nil
	}
	return b.at(place)
}

// A spot is where a new member goes: a free slot, and the hash of the customer.
type spot struct {
	slot int
	hash uint64
}

// seek returns a customer's member, or nil and the spot of a new one.
func (b *Base[C]) seek(customer C) (*member[C], spot) {
	if b.ascending() {
		if b.n == 0 {
			return nil, spot{}
		}
		if newest := b.at(b.n - 1); newest.customer == customer {
			return newest, spot{}
		} else if newest.customer < customer {
			return nil, spot{}
		}
	}
	if 4*(b.n+1) > 3*len(b.index.slots) {
		b.reindex()
	}
	hash := b.index.hash(customer)
	m, slot := b.probe(customer, hash)
	return m, spot{slot, hash}
}

// probe returns a customer's member, or nil and the free slot for a new one.
func (b *Base[C]) probe(customer C, hash uint64) (*member[C], int) {
	slots := b.index.slots
	last := len(slots) - 1
	for at := int(hash) & last; ; at = (at + 1) & last {
		slot := slots[at]
		if slot == 0 {
			return nil, at
		}
		if (slot^hash)>>placeBits != 0 {
			continue
		}
		if m := b.at(int(slot&placeMask) - 1); m.customer == customer {
			return m, at
		}
	}
}

// reindex enters all members into a new table, at most three eighths full.
func (b *Base[C]) reindex() {
	x := &b.index
	if b.ascending() {
		x.seed = maphash.MakeSeed()
	}
	size := 64
	for 8*b.n > 3*size {
		size *= 2
	}
	x.slots = make([]uint64, size)
	place := 0
	for m := range b.arrivals() {
		hash := x.hash(m.customer)
		at := int(hash) & (size - 1)
		for x.slots[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		x.enter(at, hash, place)
		place++
	}
}

// Remove forgets a customer, as when one asks to be erased, and reports whether the
// customer was known. It takes amortised constant time; the first call on customers
// who arrived in ascending order takes O(customers).
func (b *Base[C]) Remove(customer C) bool {
	if b.find(customer) == nil {
		return false
	}
	if b.ascending() {
		b.reindex()
	}
	b.settle()
	b.last = nil
	_, slot := b.probe(customer, b.index.hash(customer))
	place := int(b.index.slots[slot]&placeMask) - 1
	b.vacate(slot)
	b.move(b.n-1, place)
	return true
}

// vacate frees a slot. Entries behind it that had to make way for it move up, so
// that probing, which stops at a free slot, still finds them.
func (b *Base[C]) vacate(slot int) {
	slots := b.index.slots
	last := len(slots) - 1
	for at := (slot + 1) & last; slots[at] != 0; at = (at + 1) & last {
		home := int(b.index.hash(b.at(int(slots[at]&placeMask)-1).customer)) & last
		if (at-home)&last >= (at-slot)&last {
			slots[slot], slot = slots[at], at
		}
	}
	slots[slot] = 0
}

// move puts the last member in the place of one whose slot is free, and shortens the
// list of members by one.
func (b *Base[C]) move(last, place int) {
	if from := b.at(last); last != place {
		_, slot := b.probe(from.customer, b.index.hash(from.customer))
		b.index.enter(slot, b.index.hash(from.customer), place)
		*b.at(place) = *from
	}
	k := last / block
	b.members[k][last%block] = member[C]{}
	if b.members[k] = b.members[k][:last%block]; len(b.members[k]) == 0 {
		b.members = b.members[:k]
	}
	b.n--
}
