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
// nobody changes it. Parts of a log can be collected apart and merged.
type Base[C relmark.ID] struct {
	index     map[C]int // position of a customer in the slices
	customers []C
	histories []History
	last      int   // position of the customer added to last; logs come in runs
	spare     []day // room for the first days of new customers, one allocation for many
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
	at, known := b.find(p.Customer)
	if known {
		return b.histories[at].add(p.On, p.Amount)
	}
	h := History{days: b.room()}
	if err := h.add(p.On, p.Amount); err != nil {
		return err
	}
	b.insert(p.Customer, h)
	return nil
}

// room returns an empty list with capacity for the days of most customers.
func (b *Base[C]) room() []day {
	const each, customers = 2, 512
	if len(b.spare) < each {
		b.spare = make([]day, each*customers)
	}
	list := b.spare[:0:each]
	b.spare = b.spare[each:]
	return list
}

func (b *Base[C]) find(customer C) (at int, known bool) {
	if b.last < len(b.customers) && b.customers[b.last] == customer {
		return b.last, true
	}
	if at, known = b.index[customer]; known {
		b.last = at
	}
	return at, known
}

func (b *Base[C]) insert(customer C, h History) {
	if b.index == nil {
		b.index = map[C]int{}
	}
	b.last = len(b.customers)
	b.index[customer] = b.last
	b.customers = append(b.customers, customer)
	b.histories = append(b.histories, h)
}

// Merge adds everything that o holds and leaves o as it is. It is associative and
// commutative, with the empty Base as identity, up to the order in which nothing
// is promised. It fails as [History.Merge] does, and b is unchanged then.
func (b *Base[C]) Merge(o *Base[C]) error {
	merged := make([]History, len(o.customers))
	for i, customer := range o.customers {
		if at, known := b.index[customer]; known {
			merged[i] = b.histories[at]
		}
		if err := merged[i].merge(o.histories[i]); err != nil {
			return fmt.Errorf("rfm: %w", err)
		}
	}
	for i, customer := range o.customers {
		if at, known := b.index[customer]; known {
			b.histories[at] = merged[i]
		} else {
			b.insert(customer, merged[i])
		}
	}
	return nil
}

// Put replaces the history of a customer, as when a host restores what it stored.
func (b *Base[C]) Put(customer C, h History) {
	if at, known := b.find(customer); known {
		b.histories[at] = h.clone()
		return
	}
	b.insert(customer, h.clone())
}

// History returns a copy of a customer's history; false if the customer is
// unknown.
func (b *Base[C]) History(customer C) (History, bool) {
	at, known := b.index[customer]
	if !known {
		return History{}, false
	}
	return b.histories[at].clone(), true
}

// Len returns the number of customers.
func (b *Base[C]) Len() int { return len(b.customers) }

// All yields a copy of every customer's history, by customer in ascending order.
func (b *Base[C]) All() iter.Seq2[C, History] {
	return func(yield func(C, History) bool) {
		for _, at := range b.order() {
			if !yield(b.customers[at], b.histories[at].clone()) {
				return
			}
		}
	}
}

// order lists positions by customer.
func (b *Base[C]) order() []int {
	order := make([]int, len(b.customers))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(b.customers[i], b.customers[j]) })
	return order
}

// A Customer is a [Summary] with a name to it.
type Customer[C relmark.ID] struct {
	ID C
	Summary
}

// Summaries describes every customer as of a date, in ascending order. Customers
// whose rows up to then hold no purchase day, such as returns only, are listed in
// idle; those who appear later are in neither. It fails if an option is invalid or
// asOf is no date. It takes O(days + customers·log customers).
func (b *Base[C]) Summaries(asOf relmark.Date, o Options) (customers []Customer[C], idle []C, err error) {
	if err = o.Validate(); err == nil && asOf.IsZero() {
		err = errNoDate("AsOf")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("rfm: %w", err)
	}
	customers = make([]Customer[C], 0, len(b.customers))
	for _, at := range b.order() {
		h := &b.histories[at]
		if s, ok := h.summary(asOf, o); ok {
			customers = append(customers, Customer[C]{b.customers[at], s})
		} else if !asOf.Before(h.days[0].on) {
			idle = append(idle, b.customers[at])
		}
	}
	return customers, idle, nil
}
