package basket

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

const room = "basket" // whose errors these are

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

const (
	// limit bounds distinct items and distinct baskets: their numbers are 32 bits wide.
	limit = math.MaxInt32 - 1
	// mostCells bounds what the rows hold together, with an end for each: where they
	// start has 32 bits too.
	mostCells = math.MaxUint32
	// mostBaskets leaves room for a count above all counts.
	mostBaskets = math.MaxInt64 - 1
)

// CounterParams says how a [Counter] counts. It is plain data: store it, encode it.
// Counters of different parameters do not merge.
type CounterParams struct {
	// MaxBasket is the most items of a basket that takes part in sets of two or
	// more, 1 or more; nil is no bound. A larger one, often a wholesale order or
	// several orders under one number, counts as a basket and for each of its items
	// alone. A handful of them can make mining ten times as long and say little
	// about what goes with what; how many there are is [Counter.Giants]. In tests
	// that look for themselves, [Counter.Associations] and [Counter.Lamp], it takes
	// no part and is no basket, for an item alone would look as if it avoided others.
	MaxBasket *int `json:"max_basket,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p CounterParams) Validate() error {
	var l fault.List
	checkBound(&l, "MaxBasket", p.MaxBasket)
	return l.Err(room)
}

// most returns the bound on baskets that count as a whole.
func (p CounterParams) most() int {
	if p.MaxBasket == nil {
		return math.MaxInt
	}
	return *p.MaxBasket
}

// A Counter is a multiset of baskets over items of type I. A basket is a set: an
// item named twice in it counts once. A basket without items counts among the
// baskets and holds nothing.
//
// The zero Counter is ready to use and has no bound on baskets; [NewCounter] makes
// one that has. It is not safe for concurrent mutation; it is safe for concurrent
// reads once built. Do not copy a Counter in use: pass a pointer. Equal baskets are
// stored once: memory is 4 bytes for each item of each distinct basket, 40 to 50
// bytes for each of these, and the dictionary of items. It has no JSON, but a binary
// encoding.
type Counter[I relmark.ID] struct {
	opaque

	params  CounterParams
	codes   map[I]uint32 // item → code, in order of first appearance
	items   []I          // code → item
	shelf   shelf
	baskets int64
}

// NewCounter returns an empty counter with parameters of its own. It fails exactly
// when [CounterParams.Validate] does.
func NewCounter[I relmark.ID](p CounterParams) (*Counter[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if p.MaxBasket != nil {
		p.MaxBasket = new(*p.MaxBasket)
	}
	return &Counter[I]{params: p}, nil
}

// Params returns the parameters of c.
func (c *Counter[I]) Params() CounterParams {
	p := c.params
	if p.MaxBasket != nil {
		p.MaxBasket = new(*p.MaxBasket)
	}
	return p
}

// Add counts one basket, in period 0. It fails as [Counter.AddAt] does.
func (c *Counter[I]) Add(items ...I) error { return c.AddAt(0, 1, items...) }

// AddN counts n equal baskets at the price of one, for data that a host has
// already grouped or weighs in whole numbers. It fails as [Counter.AddAt] does.
func (c *Counter[I]) AddN(n int64, items ...I) error { return c.AddAt(0, n, items...) }

// AddAt counts n equal baskets of a period: a week, a season, whatever number the
// host gives it. Periods make no difference until [Counter.Weigh] gives them
// weights.
//
// It fails with a [relmark.FieldError] unless n ≥ 1, and on an item that is text
// and either not UTF-8, or blank, or begins or ends with white space: "tea" and
// "tea " would be two items. It fails with [relmark.ErrLimit] past 2⁶³−2 baskets, 2³¹−2
// distinct baskets or items, or 2³² items of distinct baskets in all. The counter is then unchanged. It takes
// O(k log k) time for k items.
func (c *Counter[I]) AddAt(period, n int64, items ...I) error {
	if n < 1 {
		return invalid("N", n, "must be 1 or more")
	}
	if err := c.room(n, 1, len(items), len(items)); err != nil {
		return err
	}
	start, known := len(c.shelf.cells), len(c.items)
	for i := range items {
		code, err := c.code(&items[i])
		if err != nil {
			c.shelf.cells = c.shelf.cells[:start]
			c.forget(known)
			return err
		}
		c.shelf.cells = append(c.shelf.cells, code)
	}
	c.shelf.add(start, period, n)
	c.baskets += n
	return nil
}

// room fails if n more baskets, in a number of rows and cells, with so many new items
// could pass a limit.
func (c *Counter[I]) room(n int64, rows, cells, items int) error {
	if n > mostBaskets-c.baskets {
		return fmt.Errorf("basket: %d baskets and %d more: %w", c.baskets, n, relmark.ErrLimit)
	}
	if uint64(len(c.shelf.cells))+uint64(len(c.shelf.rows))+uint64(cells)+uint64(rows) > mostCells {
		return fmt.Errorf("basket: %d items of distinct baskets and more: %w", len(c.shelf.cells), relmark.ErrLimit)
	}
	if rows > limit-len(c.shelf.rows) || items > limit-len(c.items) {
		return fmt.Errorf("basket: %d distinct baskets of %d items and more: %w", len(c.shelf.rows), len(c.items), relmark.ErrLimit)
	}
	return nil
}

// code returns the code of an item, a new one if it is new and fit to be one.
func (c *Counter[I]) code(item *I) (uint32, error) {
	if code, known := c.codes[*item]; known {
		return code, nil
	}
	if err := checkItem(item); err != nil {
		return 0, err
	}
	return c.enter(*item), nil
}

// enter gives a code to a new item.
func (c *Counter[I]) enter(item I) uint32 {
	if c.codes == nil {
		c.codes = make(map[I]uint32)
	}
	code := uint32(len(c.items)) // room keeps it below 2³¹
	c.codes[item] = code
	c.items = append(c.items, item)
	c.shelf.held = append(c.shelf.held, 0)
	return code
}

// forget takes back the items that came after a number of older ones.
func (c *Counter[I]) forget(known int) {
	for _, item := range c.items[known:] {
		delete(c.codes, item)
	}
	clear(c.items[known:])
	c.items, c.shelf.held = c.items[:known], c.shelf.held[:known]
}

// Remove takes one basket of period 0 out again: goods that came back, a customer
// who is to be forgotten. It fails as [Counter.RemoveAt] does.
func (c *Counter[I]) Remove(items ...I) error { return c.RemoveAt(0, 1, items...) }

// RemoveAt takes n equal baskets of a period out again: after what AddAt does, it
// leaves a counter equal to the one before. It fails with a [relmark.FieldError]
// unless n ≥ 1, and with a [RefusedError] if fewer than n such baskets have been
// counted in that period; the counter is then unchanged. It takes O(k log k) time
// for k items, and now and then, on average no more than that, time in proportion
// to the counter.
func (c *Counter[I]) RemoveAt(period, n int64, items ...I) error {
	if n < 1 {
		return invalid("N", n, "must be 1 or more")
	}
	codes, known := c.encode(items)
	if !known || !c.shelf.remove(codes, period, n) {
		return &RefusedError{ReasonNotCounted}
	}
	c.baskets -= n
	if c.shelf.sparse() {
		*c = *c.rebuilt(func(row) int64 { return 1 }, true)
	}
	return nil
}

// encode returns the codes of known items, ascending, each once.
func (c *Counter[I]) encode(items []I) (codes []uint32, known bool) {
	codes = make([]uint32, 0, len(items))
	for _, item := range items {
		code, known := c.codes[item]
		if !known {
			return nil, false
		}
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return slices.Compact(codes), true
}

// Merge adds the baskets of o, which stays as it is; nil holds none. Merging is
// exact, associative and commutative, and the zero Counter is its identity:
// counters of any split of the data merge into the counter of the whole. It
// fails with a [relmark.FieldError] where the parameters of both differ, unless one
// of them is the zero Counter, and with [relmark.ErrLimit] where the sum of both
// could pass a limit of [Counter.AddAt]; it then changes nothing. It takes time in
// proportion to the size of o.
func (c *Counter[I]) Merge(o *Counter[I]) error {
	if o == nil || o.zero() {
		return nil
	}
	if !c.zero() && c.params.most() != o.params.most() {
		return invalid("MaxBasket", nil, "must be the same in counters that are merged")
	}
	if err := c.room(o.baskets, len(o.shelf.rows), len(o.shelf.cells), len(o.items)); err != nil {
		return err
	}
	if c.zero() {
		c.params = o.Params()
	}
	c.pour(o, func(row) int64 { return 1 }, true)
	return nil
}

// zero reports whether c is as good as the zero Counter.
func (c *Counter[I]) zero() bool { return c.baskets == 0 && c.params.MaxBasket == nil }

// pour adds the rows of o as often as weight says; what is 0 leaves no trace. Rows
// keep their period, or it becomes 0.
func (c *Counter[I]) pour(o *Counter[I], weight func(row) int64, periods bool) {
	mine := make([]uint32, len(o.items)) // o's code → 1 + code in c
	o.shelf.each(func(r row, codes []uint32) {
		w := weight(r)
		if w == 0 {
			return
		}
		start := len(c.shelf.cells)
		for _, code := range codes {
			if mine[code] == 0 {
				mine[code] = 1 + c.known(o.items[code])
			}
			c.shelf.cells = append(c.shelf.cells, mine[code]-1)
		}
		if !periods {
			r.period = 0
		}
		c.shelf.add(start, r.period, w*r.times)
		c.baskets += w * r.times
	})
}

// put counts n equal baskets of items that another counter has checked.
func (c *Counter[I]) put(n int64, items []I) {
	start := len(c.shelf.cells)
	for _, item := range items {
		c.shelf.cells = append(c.shelf.cells, c.known(item))
	}
	c.shelf.add(start, 0, n)
	c.baskets += n
}

// known returns the code of an item that another counter has checked.
func (c *Counter[I]) known(item I) uint32 {
	if code, known := c.codes[item]; known {
		return code
	}
	return c.enter(item)
}

// Baskets returns the number of baskets counted, with the empty and the giant ones.
func (c *Counter[I]) Baskets() int64 { return c.baskets }

// Giants returns the number of baskets with more than [CounterParams.MaxBasket]
// items. It takes time in proportion to the distinct baskets.
func (c *Counter[I]) Giants() int64 {
	var n int64
	c.shelf.each(func(r row, codes []uint32) {
		if len(codes) > c.params.most() {
			n += r.times
		}
	})
	return n
}

// Items returns the distinct items in ascending order, in a slice of its own. It
// takes O(n log n) time for n items.
func (c *Counter[I]) Items() []I {
	items := make([]I, 0, len(c.items))
	for code, item := range c.items {
		if c.shelf.held[code] > 0 {
			items = append(items, item)
		}
	}
	slices.Sort(items)
	return items
}

// Count returns the number of baskets that hold all the given items: every basket
// if none is given, 0 if one of them is unknown. Giant baskets count for one item,
// not for more. It reads the whole counter; for many counts use [Counter.Frequent]
// or [Counter.Recount].
func (c *Counter[I]) Count(items ...I) int64 {
	want, known := c.encode(items)
	if !known {
		return 0
	}
	var n int64
	c.shelf.each(func(r row, codes []uint32) {
		if (len(want) < 2 || len(codes) <= c.params.most()) && holds(codes, want) {
			n += r.times
		}
	})
	return n
}

// holds reports whether ascending codes include all of the ascending want.
func holds(codes, want []uint32) bool {
	for _, code := range codes {
		if len(want) == 0 || code > want[0] {
			break
		}
		if code == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}
