package rfm

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
)

// A Purchase is one row of a log: who, when, how much. A negative amount is a
// return, 0 a free order.
type Purchase[C relmark.ID] struct {
	Customer C
	On       relmark.Date
	Amount   decimal.Decimal
}

// A Base keeps the [History] of every customer. The zero Base is empty and ready
// to use. It is not safe for concurrent mutation; concurrent reads are safe while
// nobody changes it. Do not copy a Base in use: pass a pointer. Parts of a log can
// be collected apart and merged.
type Base[C relmark.ID] struct {
	index   map[C]*member[C]
	members [][]member[C] // in the order of arrival, in blocks that never move
	last    *member[C]    // logs come in runs of one customer
	spare   []day         // room for the first days of new members
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

// Add books one purchase or return. It fails as [History.Add] does, and b is
// unchanged then.
func (b *Base[C]) Add(p Purchase[C]) error {
	if err := b.add(p); err != nil {
		return fmt.Errorf("rfm: %w", err)
	}
	return nil
}

func (b *Base[C]) add(p Purchase[C]) error {
	if m := b.find(p.Customer); m != nil {
		return m.add(p.On, p.Amount)
	}
	h := History{days: b.room()}
	if err := h.add(p.On, p.Amount); err != nil {
		return err
	}
	b.insert(p.Customer, h)
	return nil
}

// find returns a customer's entry, nil if there is none.
func (b *Base[C]) find(customer C) *member[C] {
	if b.last != nil && b.last.customer == customer {
		return b.last
	}
	m := b.index[customer]
	if m != nil {
		b.last = m
	}
	return m
}

const block = 512 // members that one allocation makes room for

func (b *Base[C]) insert(customer C, h History) {
	if b.index == nil {
		b.index = map[C]*member[C]{}
	}
	n := len(b.members) - 1
	if n < 0 || len(b.members[n]) == block {
		b.members, n = append(b.members, make([]member[C], 0, block)), n+1
	}
	b.members[n] = append(b.members[n], member[C]{customer, h})
	b.last = &b.members[n][len(b.members[n])-1]
	b.index[customer] = b.last
}

// room returns an empty list with capacity for the days of most customers.
func (b *Base[C]) room() []day {
	const each = 2
	if len(b.spare) == 0 {
		b.spare = make([]day, each*block)
	}
	list := b.spare[:0:each]
	b.spare = b.spare[each:]
	return list
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
		if mine := b.index[m.customer]; mine != nil {
			m.History = mine.History
		}
		if err := m.merge(theirs.History); err != nil {
			return fmt.Errorf("rfm: %w", err)
		}
		merged = append(merged, m)
	}
	for _, m := range merged {
		b.put(m.customer, m.History)
	}
	return nil
}

// Put replaces the history of a customer with a copy of h, as when a host restores
// what it stored. A customer with an empty history is one who has done nothing yet.
func (b *Base[C]) Put(customer C, h History) { b.put(customer, h.Clone()) }

func (b *Base[C]) put(customer C, h History) {
	if mine := b.index[customer]; mine != nil {
		mine.History = h
		return
	}
	b.insert(customer, h)
}

// History returns a copy of a customer's history; false if the customer is
// unknown.
func (b *Base[C]) History(customer C) (History, bool) {
	m := b.index[customer]
	if m == nil {
		return History{}, false
	}
	return m.Clone(), true
}

// Len returns the number of customers.
func (b *Base[C]) Len() int { return len(b.index) }

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
		return Patterns{}, fmt.Errorf("rfm: %w", err)
	}
	var t Patterns
	for m := range b.arrivals() {
		if s, ok := m.summary(asOf, o); ok {
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
		return nil, nil, fmt.Errorf("rfm: %w", err)
	}
	customers, idle = b.summaries(asOf, o)
	return customers, idle, nil
}

// summaries is Summaries for arguments already checked.
func (b *Base[C]) summaries(asOf relmark.Date, o Options) (customers []Customer[C], idle []C) {
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
