package affinity

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

const room = "affinity" // whose errors these are

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// limit bounds distinct customers and items: their codes are 32 bits wide.
const limit = math.MaxInt32

// An Event says that a customer got an item on a day. It is plain data. Returned goods
// are no purchase: leave both out.
type Event[U, I relmark.ID] struct {
	Customer U            `json:"customer"`
	Item     I            `json:"item"`
	On       relmark.Date `json:"on"`    // the day; the first of the week or month where days are too fine
	Times    int64        `json:"times"` // how often on that day, such as in how many orders; 1 or more
}

// Validate reports every rule that e breaks, joined into one error.
func (e Event[U, I]) Validate() error {
	if e.sound() {
		return nil
	}
	var l fault.List
	l.Check(codec.IsUTF8(&e.Customer), "Customer", nil, "must be UTF-8")
	l.Check(codec.IsUTF8(&e.Item), "Item", nil, "must be UTF-8")
	l.Check(!e.On.IsZero(), "On", nil, "must be a date")
	l.Check(e.Times >= 1, "Times", e.Times, "must be 1 or more")
	return l.Err(room)
}

func (e *Event[U, I]) sound() bool {
	return !e.On.IsZero() && e.Times >= 1 && codec.IsUTF8(&e.Customer) && codec.IsUTF8(&e.Item)
}

// An Ownership counts who got what when: for each customer and item the number of
// times on each day, as integers. Everything in this room is read from it by
// [Ownership.AsOf].
//
// The zero Ownership is ready to use. It is not safe for concurrent mutation; it is
// safe for concurrent reads once built. Do not copy an Ownership in use: pass a
// pointer. Memory is 16 to 32 bytes for each customer, item and day that differ, and
// the dictionaries; more events of the same day take none. It has no JSON, but a
// binary encoding.
type Ownership[U, I relmark.ID] struct {
	opaque

	customers map[U]*history
	codes     map[I]int32 // code of each item, in order of first appearance
	items     []I         // item of each code
	events    int64       // sum of Times
}

// A history is what one customer got: entries ascending by item and day, each once, up
// to settled, and as they came from there on.
type history struct {
	entries []entry
	settled int
}

type entry struct {
	times int64
	item  int32
	day   int32 // days since 1970-01-01
}

func (e *entry) compare(o *entry) int {
	if c := cmp.Compare(e.item, o.item); c != 0 {
		return c
	}
	return cmp.Compare(e.day, o.day)
}

// Add counts an event. It fails as [Event.Validate] does, and with
// [relmark.ErrLimit] past 2⁶³−1 events or 2³¹−1 distinct customers or items; the
// receiver is then unchanged. It takes O(log k) time for the k entries of the
// customer, on average over many.
func (w *Ownership[U, I]) Add(e Event[U, I]) error {
	if err := e.Validate(); err != nil {
		return err
	}
	if err := w.room(e.Times, 1, 1); err != nil {
		return err
	}
	h := w.history(e.Customer)
	h.entries = append(h.entries, entry{e.Times, w.code(e.Item), dayOf(e.On)})
	h.settle()
	w.events += e.Times
	return nil
}

// room fails if so much more at most could pass a limit.
func (w *Ownership[U, I]) room(events int64, customers, items int) error {
	if events > math.MaxInt64-w.events {
		return fmt.Errorf("%s: %d events and %d more: %w", room, w.events, events, relmark.ErrLimit)
	}
	if customers > limit-len(w.customers) || items > limit-len(w.items) {
		return fmt.Errorf("%s: %d customers, %d items and more: %w", room, len(w.customers), len(w.items), relmark.ErrLimit)
	}
	return nil
}

// history returns that of a customer, a new one if the customer is new.
func (w *Ownership[U, I]) history(customer U) *history {
	if h := w.customers[customer]; h != nil {
		return h
	}
	if w.customers == nil {
		w.customers = make(map[U]*history)
	}
	h := &history{}
	w.customers[customer] = h
	return h
}

// code returns the code of an item, a new one if it is new.
func (w *Ownership[U, I]) code(item I) int32 {
	if code, known := w.codes[item]; known {
		return code
	}
	if w.codes == nil {
		w.codes = make(map[I]int32)
	}
	code := int32(len(w.items)) // room keeps it below 2³¹
	w.codes[item] = code
	w.items = append(w.items, item)
	return code
}

// settle sorts the entries once there are twice as many as settled ones: each is
// moved a number of times that grows with the logarithm of all.
func (h *history) settle() {
	const least = 8
	if len(h.entries) >= 2*h.settled+least {
		h.entries = settled(h.entries)
		h.settled = len(h.entries)
	}
}

// settled sorts entries in place and joins those of one item and day.
func settled(entries []entry) []entry {
	slices.SortFunc(entries, func(a, b entry) int { return a.compare(&b) })
	out := entries[:0]
	for _, e := range entries {
		if k := len(out) - 1; k >= 0 && out[k].compare(&e) == 0 {
			out[k].times += e.times // at most the sum of all, which room bounds
			continue
		}
		out = append(out, e)
	}
	return out
}

// Merge adds what o has counted; o stays as it is, and nil has counted nothing.
// Merging is exact, associative and commutative, and the zero Ownership is its
// identity: any split of the events merges into what one pass counts. It fails with
// [relmark.ErrLimit] where the sum of both could pass a limit of [Ownership.Add],
// and then changes nothing. It takes time in proportion to the size of o.
func (w *Ownership[U, I]) Merge(o *Ownership[U, I]) error {
	if o == nil {
		return nil
	}
	if err := w.room(o.events, len(o.customers), len(o.items)); err != nil {
		return err
	}
	mine := make([]int32, len(o.items)) // o's codes in w
	for i, item := range o.items {
		mine[i] = w.code(item)
	}
	for customer, theirs := range o.customers {
		h := w.history(customer)
		h.entries = slices.Grow(h.entries, len(theirs.entries))
		for _, e := range theirs.entries {
			h.entries = append(h.entries, entry{e.times, mine[e.item], e.day})
		}
		h.settle()
	}
	w.events += o.events
	return nil
}

// Forget takes out all that a customer got, as after a request for erasure, and
// reports whether there was anything.
func (w *Ownership[U, I]) Forget(customer U) bool {
	h := w.customers[customer]
	if h == nil {
		return false
	}
	for _, e := range h.entries {
		w.events -= e.times
	}
	delete(w.customers, customer)
	return true
}

// Events returns how many events were counted, each as often as its Times says.
func (w *Ownership[U, I]) Events() int64 { return w.events }

// Customers returns how many customers there are.
func (w *Ownership[U, I]) Customers() int { return len(w.customers) }

// ErrNoHistory says that a customer has nothing that the model knows: what goes with
// it cannot be said. [Popularity] answers for such customers. It matches
// [relmark.ErrTooFew].
var ErrNoHistory = fmt.Errorf("no history that the model knows: %w", relmark.ErrTooFew)

// ErrUnknownItem says that an item is not among those of the model. It matches
// [relmark.ErrTooFew].
var ErrUnknownItem = fmt.Errorf("item unknown to the model: %w", relmark.ErrTooFew)

// epoch is the day that days are counted from.
func epoch() relmark.Date {
	d, _ := relmark.NewDate(1970, time.January, 1) // it exists
	return d
}

func dayOf(d relmark.Date) int32 { return int32(d.Sub(epoch())) }

func dateOf(day int32) relmark.Date { return epoch().AddDays(int(day)) }

func invalid(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}
