package sequence

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const room = "sequence" // whose errors these are

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// limit bounds customers, items and purchases: their numbers are 32 bits wide.
const limit = math.MaxInt32

// A Visit is what a customer bought on one day: one element of a history. It is plain
// data.
type Visit[I relmark.ID] struct {
	On    relmark.Date `json:"on"`
	Items []I          `json:"items"` // ascending, each once, at least one
}

// Histories hold what customers bought, day by day. What a customer buys on one day is
// one visit, however many receipts it came on; an item counts once in it. Adding a
// purchase again changes nothing, so that a stream that delivers twice does no harm.
//
// The zero Histories is ready. It is not safe for concurrent mutation; it is safe for
// concurrent reads once built. Do not copy one in use: pass a pointer. Memory is 12
// bytes for each purchase, at most twice that while purchases come in, and the
// dictionaries of customers and items. It has no JSON, but a binary encoding.
type Histories[C, I relmark.ID] struct {
	opaque

	customers dictionary[C]
	items     dictionary[I]
	log       []purchase // the first sorted of them ascending, each once; the others as they came
	sorted    int
}

// A purchase is an item that a customer bought on a day.
type purchase struct {
	customer, item uint32
	day            int32 // since 0001-01-01
}

func (p purchase) compare(q purchase) int {
	if p.customer != q.customer {
		return cmp.Compare(p.customer, q.customer)
	}
	if p.day != q.day {
		return cmp.Compare(p.day, q.day)
	}
	return cmp.Compare(p.item, q.item)
}

// Add notes that a customer bought items on a date, in any order of dates and
// customers. Without items it notes the customer alone, who counts among the customers
// and has an empty history. It fails with a [relmark.FieldError] on the zero date and
// on identifiers that are text but not UTF-8, and with [relmark.ErrLimit] past 2³¹−1
// customers, items or purchases; nothing is changed then. It takes amortised
// O(log n) time for each item, with n purchases so far.
func (h *Histories[C, I]) Add(customer C, on relmark.Date, items ...I) error {
	var l fault.List
	l.Check(!on.IsZero(), "On", nil, "must be a date")
	l.Check(codec.IsUTF8(&customer), "Customer", nil, "must be UTF-8")
	for i := range items {
		if !codec.IsUTF8(&items[i]) {
			l.Add(fmt.Sprintf("Items[%d]", i), nil, "must be UTF-8")
		}
	}
	if err := l.Err(room); err != nil {
		return err
	}
	if err := h.room(1, len(items), len(items)); err != nil {
		return err
	}
	c, day := h.customers.code(customer), dayOf(on)
	start := len(h.log)
	for _, item := range items {
		h.log = append(h.log, purchase{c, h.items.code(item), day})
	}
	if h.sorted == start {
		h.follow(start)
	}
	h.settle()
	return nil
}

// follow keeps an ordered log in order where the purchases from start on, of one visit, belong
// at its end: those that come by customers and days need no sorting later. Of that visit a few
// may have come before.
func (h *Histories[C, I]) follow(start int) {
	const few = 64
	if start == len(h.log) {
		return
	}
	at, visit := start, purchase{customer: h.log[start].customer, day: h.log[start].day}
	for at > 0 && h.log[at-1].compare(visit) >= 0 && start-at < few {
		at--
	}
	if at > 0 && h.log[at-1].compare(visit) >= 0 {
		return
	}
	h.log = append(h.log[:at], ascending(h.log[at:])...)
	h.sorted = len(h.log)
}

// room fails if so many more customers, items and purchases could pass a limit.
func (h *Histories[C, I]) room(customers, items, purchases int) error {
	if customers > limit-h.customers.len() || items > limit-h.items.len() || purchases > limit-len(h.log) {
		return fmt.Errorf("sequence: %d purchases of %d customers and more: %w", len(h.log), h.customers.len(), relmark.ErrLimit)
	}
	return nil
}

// settle sorts the log whenever it has doubled.
func (h *Histories[C, I]) settle() {
	const small = 64
	if len(h.log) >= 2*h.sorted+small {
		h.log = h.ordered()
		h.sorted = len(h.log)
	}
}

func ascending(log []purchase) []purchase {
	slices.SortFunc(log, purchase.compare)
	return slices.Compact(log)
}

// ordered returns all purchases in order, each once, for reading only: the log itself
// if nothing came since it was sorted, so that reads do not change it.
func (h *Histories[C, I]) ordered() []purchase {
	if h.sorted == len(h.log) {
		return h.log
	}
	old, recent := h.log[:h.sorted], ascending(slices.Clone(h.log[h.sorted:]))
	all := make([]purchase, 0, len(old)+len(recent))
	for len(old) > 0 && len(recent) > 0 {
		switch c := old[0].compare(recent[0]); {
		case c < 0:
			all, old = append(all, old[0]), old[1:]
		case c > 0:
			all, recent = append(all, recent[0]), recent[1:]
		default:
			old = old[1:]
		}
	}
	return append(append(all, old...), recent...)
}

// Merge adds the purchases of o, which stays as it is; nil holds none. The result holds
// what either of both held: merging is exact, associative, commutative and idempotent,
// and the zero Histories is its identity. It fails with [relmark.ErrLimit] where both
// together could pass a limit of [Histories.Add], and then changes nothing.
func (h *Histories[C, I]) Merge(o *Histories[C, I]) error {
	if o == nil {
		return nil
	}
	if err := h.room(o.customers.len(), o.items.len(), len(o.log)); err != nil {
		return err
	}
	customers, items := h.customers.adopt(&o.customers), h.items.adopt(&o.items)
	h.log = slices.Grow(h.log, len(o.log))
	for _, p := range o.log {
		h.log = append(h.log, purchase{customers[p.customer], items[p.item], p.day})
	}
	h.settle()
	return nil
}

// Customers returns the number of customers, those with an empty history included.
func (h *Histories[C, I]) Customers() int { return h.customers.len() }

// Items returns the distinct items ascending, in a slice of its own.
func (h *Histories[C, I]) Items() []I {
	return slices.Sorted(slices.Values(h.items.names))
}

// Visits returns the history of one customer, the earliest visit first; nil if there is
// none. Right after a call of [Histories.Add] it may have to look at all purchases.
func (h *Histories[C, I]) Visits(customer C) []Visit[I] {
	c, known := h.customers.codes[customer]
	if !known {
		return nil
	}
	start, _ := slices.BinarySearchFunc(h.log[:h.sorted], purchase{customer: c, day: math.MinInt32}, purchase.compare)
	var own []purchase
	for _, p := range h.log[start:h.sorted] {
		if p.customer != c {
			break
		}
		own = append(own, p)
	}
	for _, p := range h.log[h.sorted:] {
		if p.customer == c {
			own = append(own, p)
		}
	}
	return h.visits(ascending(own))
}

// All yields every customer with their history, customers ascending, visits in order of
// dates; the history of a customer without purchases is empty.
func (h *Histories[C, I]) All() iter.Seq2[C, []Visit[I]] {
	return func(yield func(C, []Visit[I]) bool) {
		log := h.ordered()
		of := byCustomer(log, h.customers.len())
		for _, c := range h.customers.order() {
			if !yield(h.customers.names[c], h.visits(of[c])) {
				return
			}
		}
	}
}

// byCustomer cuts an ordered log into the purchases of each of n customers.
func byCustomer(log []purchase, n int) [][]purchase {
	of := make([][]purchase, n)
	for start := 0; start < len(log); {
		end := start
		for end < len(log) && log[end].customer == log[start].customer {
			end++
		}
		of[log[start].customer] = log[start:end]
		start = end
	}
	return of
}

// visits groups the ordered purchases of one customer by day.
func (h *Histories[C, I]) visits(own []purchase) []Visit[I] {
	var out []Visit[I]
	for i, p := range own {
		if i == 0 || own[i-1].day != p.day {
			out = append(out, Visit[I]{On: dateOf(p.day)})
		}
		last := &out[len(out)-1]
		last.Items = append(last.Items, h.items.names[p.item])
	}
	for i := range out {
		slices.Sort(out[i].Items)
	}
	return out
}

// Before returns the histories as they were before a date: what was bought on it or
// later is left out, and before the zero date there was nothing. Every customer stays,
// perhaps with an empty history. What is learned from the result and tried on the rest
// knows nothing of the future.
func (h *Histories[C, I]) Before(date relmark.Date) *Histories[C, I] {
	end := dayOf(date)
	return h.only(func(p purchase) bool { return p.day < end }, func(uint32) bool { return true })
}

// Forget removes customers and all they bought, as they may ask for. Customers who are
// not known are passed over. It reads all purchases.
func (h *Histories[C, I]) Forget(customers ...C) {
	gone := map[uint32]bool{}
	for _, customer := range customers {
		if c, known := h.customers.codes[customer]; known {
			gone[c] = true
		}
	}
	if len(gone) > 0 {
		*h = *h.only(func(p purchase) bool { return !gone[p.customer] }, func(c uint32) bool { return !gone[c] })
	}
}

// only returns the histories with some of the purchases and customers. Items that nobody
// bought are not known to it.
func (h *Histories[C, I]) only(purchases func(purchase) bool, customers func(uint32) bool) *Histories[C, I] {
	out := &Histories[C, I]{}
	codes := make([]uint32, h.customers.len())
	for c, name := range h.customers.names {
		if customers(uint32(c)) {
			codes[c] = out.customers.code(name)
		}
	}
	for _, p := range h.ordered() {
		if purchases(p) {
			out.log = append(out.log, purchase{codes[p.customer], out.items.code(h.items.names[p.item]), p.day})
		}
	}
	out.log = ascending(out.log)
	out.sorted = len(out.log)
	return out
}
