package rfm

import (
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
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

	reading sync.Mutex  // of who books what waits, for readers
	behind  atomic.Bool // rows wait
	members[C]
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
	b.ready()
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
	if p.On.IsZero() {
		return errNoDate("On")
	}
	units, digits, err := exact(p.Amount)
	if err != nil {
		return err
	}
	if err := b.enter(p.Customer, p.On, units, digits); err != nil {
		return err
	}
	if len(b.arrivals) == 1 {
		b.behind.Store(true)
	}
	return nil
}

// ready books what waits, so that all histories can be read. Readers may call it at the
// same time.
func (b *Base[C]) ready() {
	if !b.behind.Load() {
		return
	}
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.behind.Load() {
		b.settle()
		b.behind.Store(false)
	}
}

// Merge adds everything that o holds and leaves o as it is; nil holds nothing. It
// is associative and commutative, with the empty Base as identity. It fails as
// [History.Merge] does, and b is unchanged then.
func (b *Base[C]) Merge(o *Base[C]) error {
	if o == nil {
		return nil
	}
	b.ready()
	o.ready()
	merged := make([]History, o.Len())
	for i := range merged {
		if place := b.place(*o.customers.at(i)); place != nowhere {
			merged[i] = *b.histories.at(place)
		}
		if err := merged[i].merge(*o.histories.at(i)); err != nil {
			return fault.Room(room, err)
		}
	}
	for i, h := range merged {
		b.put(*o.customers.at(i), h)
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
	b.ready()
	b.put(customer, h.Clone())
	return nil
}

// Remove forgets a customer, as when one asks to be erased, and reports whether the
// customer was known. It takes amortised constant time; the first call on customers
// who arrived in ascending order takes O(customers).
func (b *Base[C]) Remove(customer C) bool {
	b.ready()
	place := b.place(customer)
	if place == nowhere {
		return false
	}
	b.remove(place)
	return true
}

// History returns a copy of a customer's history; false if the customer is
// unknown.
func (b *Base[C]) History(customer C) (History, bool) {
	b.ready()
	place := b.place(customer)
	if place == nowhere {
		return History{}, false
	}
	return b.histories.at(place).Clone(), true
}

// Len returns the number of customers.
func (b *Base[C]) Len() int {
	b.ready()
	return b.customers.len()
}

// All yields a copy of every customer's history, by customer in ascending order.
func (b *Base[C]) All() iter.Seq2[C, History] {
	return func(yield func(C, History) bool) {
		b.ready()
		for place := range b.sorted() {
			if !yield(*b.customers.at(place), b.histories.at(place).Clone()) {
				return
			}
		}
	}
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
	b.ready()
	for place := range b.Len() {
		if s, ok := b.histories.at(place).summary(asOf, r); ok {
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
	b.ready()
	customers = make([]Customer[C], 0, b.Len())
	for place := range b.sorted() {
		h := b.histories.at(place)
		if s, ok := h.summary(asOf, o); ok {
			customers = append(customers, Customer[C]{*b.customers.at(place), s})
		} else if len(h.days) > 0 && !asOf.Before(h.days[0].on) {
			idle = append(idle, *b.customers.at(place))
		}
	}
	return customers, idle
}
