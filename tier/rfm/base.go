package rfm

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Purchase is one row of a log: who, when, how much. A negative amount is a
// return, 0 a free order. It is plain data.
type Purchase[C relmark.ID] struct {
	Customer C               `json:"customer"` // UTF-8 if it is text
	On       relmark.Date    `json:"on"`
	Amount   decimal.Decimal `json:"amount"`
}

// A Base keeps the [History] of every customer. The zero Base is empty and ready
// to use. It is not safe for concurrent mutation; concurrent reads are safe while
// nobody changes it. Do not copy a Base in use: pass a pointer. Parts of a log can
// be collected apart and merged.
type Base[C relmark.ID] struct {
	opaque

	index   index[C]
	members [][]member[C] // in the order of arrival, in blocks that never move
	n       int
	last    *member[C] // logs come in runs of one customer
	newest  *member[C] // whose days may go on into the spare ones
	spare   []day
}

// A member is a customer with the history that the base keeps.
type member[C relmark.ID] struct {
	customer C
	History
}

// Collect builds a Base from a stream. It stops at the stream's first error, and
// at the first purchase that [Base.Add] refuses, and says at which position,
// counted from 0.
func Collect[C relmark.ID](purchases iter.Seq2[Purchase[C], error]) (*Base[C], error) {
	b, n := &Base[C]{}, 0
	for p, err := range purchases {
		if err == nil {
			err = b.add(p)
		}
		if err != nil {
			return nil, fmt.Errorf("rfm: purchase %d: %w", n, err)
		}
		n++
	}
	return b, nil
}

// Add books one purchase or return. It fails as [History.Add] does and on a customer
// that is text but not UTF-8, and b is unchanged then.
func (b *Base[C]) Add(p Purchase[C]) error {
	if err := b.add(p); err != nil {
		return fault.Room(room, err)
	}
	return nil
}

func (b *Base[C]) add(p Purchase[C]) error {
	if b.last != nil && b.last.customer == p.Customer {
		return b.last.add(p.On, p.Amount)
	}
	m, to := b.seek(p.Customer)
	if m != nil {
		b.last = m
		return m.add(p.On, p.Amount)
	}
	h := History{days: b.room()}
	if err := h.add(p.On, p.Amount); err != nil {
		return err
	}
	if err := checkCustomer(p.Customer); err != nil {
		return err
	}
	b.newest = b.insert(to, p.Customer, h)
	b.last = b.newest
	return nil
}

// checkCustomer refuses identifiers that would fall together as JSON. Only new members
// need it.
func checkCustomer[C relmark.ID](customer C) error {
	if !codec.IsUTF8(&customer) {
		return fault.New("Customer", nil, "must be UTF-8")
	}
	return nil
}

const block = 512 // members that one allocation makes room for

// insert adds a member at the spot that seek has found.
func (b *Base[C]) insert(to spot, customer C, h History) *member[C] {
	k := len(b.members) - 1
	if k < 0 || len(b.members[k]) == block {
		b.members, k = append(b.members, make([]member[C], 0, block)), k+1
	}
	b.members[k] = append(b.members[k], member[C]{customer, h})
	if !b.ascending() {
		b.index.enter(to.slot, to.hash, b.n)
	}
	b.n++
	return &b.members[k][len(b.members[k])-1]
}

// at returns the member at a place in the order of arrival.
func (b *Base[C]) at(place int) *member[C] { return &b.members[place/block][place%block] }

// room returns an empty list of days for a new member. It reaches to the end of the
// spare days: while a log stays with one customer the list grows into them, and the
// next new member cuts it off, with room for the days of most customers.
func (b *Base[C]) room() []day {
	b.settle()
	if len(b.spare) < eachDays {
		b.spare = make([]day, 4*block)
	}
	return b.spare[:0]
}

const eachDays = 2 // that a new member gets

// settle ends the growth of the newest member's days into the spare ones.
func (b *Base[C]) settle() {
	if m := b.newest; m != nil && cap(m.days) == len(b.spare) { // else it has moved out
		used := min(max(len(m.days), eachDays), len(b.spare))
		m.days, b.spare = m.days[:len(m.days):used], b.spare[used:]
	}
	b.newest = nil
}

// Merge adds everything that o holds and leaves o as it is; nil holds nothing. It
// is associative and commutative, with the empty Base as identity. It fails as
// [History.Merge] does, and b is unchanged then.
func (b *Base[C]) Merge(o *Base[C]) error {
	if o == nil {
		return nil
	}
	merged := make([]member[C], 0, o.Len())
	for theirs := range o.arrivals() {
		m := member[C]{customer: theirs.customer}
		if mine := b.find(m.customer); mine != nil {
			m.History = mine.History
		}
		if err := m.merge(theirs.History); err != nil {
			return fault.Room(room, err)
		}
		merged = append(merged, m)
	}
	for _, m := range merged {
		b.put(m.customer, m.History)
	}
	return nil
}

// Put replaces the history of a customer with a copy of h, as when a host restores
// what it stored or corrects what was booked wrongly. A customer with an empty history
// is one who has done nothing yet. It fails with a [relmark.FieldError] on a customer
// that is text but not UTF-8.
func (b *Base[C]) Put(customer C, h History) error {
	if err := checkCustomer(customer); err != nil {
		return fault.Room(room, err)
	}
	b.put(customer, h.Clone())
	return nil
}

func (b *Base[C]) put(customer C, h History) {
	mine, to := b.seek(customer)
	if mine != nil {
		mine.History = h
		return
	}
	b.insert(to, customer, h)
}

// History returns a copy of a customer's history; false if the customer is
// unknown.
func (b *Base[C]) History(customer C) (History, bool) {
	m := b.find(customer)
	if m == nil {
		return History{}, false
	}
	return m.Clone(), true
}

// Len returns the number of customers.
func (b *Base[C]) Len() int { return b.n }

// All yields a copy of every customer's history, by customer in ascending order.
func (b *Base[C]) All() iter.Seq2[C, History] {
	return func(yield func(C, History) bool) {
		for _, m := range b.sorted() {
			if !yield(m.customer, m.Clone()) {
				return
			}
		}
	}
}

// arrivals yields the members in the order in which they came.
func (b *Base[C]) arrivals() iter.Seq[*member[C]] {
	return func(yield func(*member[C]) bool) {
		for _, members := range b.members {
			for i := range members {
				if !yield(&members[i]) {
					return
				}
			}
		}
	}
}

// sorted lists the members by customer.
func (b *Base[C]) sorted() []*member[C] {
	list := slices.AppendSeq(make([]*member[C], 0, b.Len()), b.arrivals())
	if b.ascending() {
		return list
	}
	slices.SortFunc(list, func(m, n *member[C]) int { return cmp.Compare(m.customer, n.customer) })
	return list
}

// A Customer is a [Summary] with a name to it.
type Customer[C relmark.ID] struct {
	ID C
	Summary
}

// Patterns counts the customers by what a model of purchase and churn sees of them
// as of a date, which is included. It fails as [Base.Summaries] does.
func (b *Base[C]) Patterns(asOf relmark.Date, o Options) (Patterns, error) {
	if err := checkAsOf("AsOf", asOf, o); err != nil {
		return Patterns{}, fault.Room(room, err)
	}
	var t Patterns
	r := o.reading()
	for m := range b.arrivals() {
		if s, ok := m.summary(asOf, r); ok {
			t.add(s.Pattern(), 1)
		}
	}
	return t, nil
}

// Summaries describes every customer as of a date, in ascending order. Customers
// whose rows up to then hold no purchase day, such as returns only, are listed in
// idle; those who appear later are in neither. It fails if an option is invalid or
// asOf is no date. It takes O(days + customers·log customers).
func (b *Base[C]) Summaries(asOf relmark.Date, o Options) (customers []Customer[C], idle []C, err error) {
	if err := checkAsOf("AsOf", asOf, o); err != nil {
		return nil, nil, fault.Room(room, err)
	}
	customers, idle = b.summaries(asOf, o.reading())
	return customers, idle, nil
}

// summaries is Summaries for arguments already checked.
func (b *Base[C]) summaries(asOf relmark.Date, o reading) (customers []Customer[C], idle []C) {
	customers = make([]Customer[C], 0, b.Len())
	for _, m := range b.sorted() {
		if s, ok := m.summary(asOf, o); ok {
			customers = append(customers, Customer[C]{m.customer, s})
		} else if len(m.days) > 0 && !asOf.Before(m.days[0].on) {
			idle = append(idle, m.customer)
		}
	}
	return customers, idle
}
