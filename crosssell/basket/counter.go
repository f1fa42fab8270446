package basket

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
)

const room = "basket" // whose errors these are

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// limit bounds distinct items and stored baskets: their numbers are 32 bits wide.
const limit = math.MaxInt32

// A Counter is a multiset of baskets over items of type I. A basket is a set:
// an item named twice in it counts once. A basket without items counts among
// the baskets and holds nothing.
//
// The zero Counter is ready to use. It is not safe for concurrent mutation; it is
// safe for concurrent reads once built. Do not copy a Counter in use: pass a
// pointer. Memory is 4 bytes for each item in each basket, 16 bytes for each
// call of [Counter.Add] with items, and the dictionary of distinct items. It has no
// JSON, but a binary encoding.
type Counter[I relmark.ID] struct {
	opaque

	codes   map[I]uint32 // code of each item, in order of first appearance
	items   []I          // item of each code
	cells   []uint32     // codes of all rows, row after row, ascending within a row
	rows    []row
	baskets int64 // with the empty ones, which have no row
}

// A row is a basket that was seen one or more times. Its codes are the cells from
// the end of the row before it up to its own end.
type row struct {
	end   int
	times int64
}

// Add counts one basket. It fails as [Counter.AddN] does. It takes O(k log k)
// time for k items.
func (c *Counter[I]) Add(items ...I) error { return c.AddN(1, items...) }

// AddN counts n equal baskets at the price of one, for data that a host has
// already grouped. It fails with a [relmark.FieldError] unless n ≥ 1 and on an item
// that is text but not UTF-8, and with
// [relmark.ErrLimit] past 2⁶³−1 baskets or 2³¹−1 calls or distinct items; the
// counter is then unchanged.
func (c *Counter[I]) AddN(n int64, items ...I) error {
	if n < 1 {
		return invalid("N", n, "must be 1 or more")
	}
	if err := c.room(n, 1, len(items)); err != nil {
		return err
	}
	start, known := len(c.cells), len(c.items)
	for _, item := range items {
		c.cells = append(c.cells, c.code(item))
	}
	for i := range c.items[known:] {
		if !codec.IsUTF8(&c.items[known+i]) {
			c.forget(start, known)
			return invalid("Items", nil, "must be UTF-8")
		}
	}
	c.baskets += n
	c.seal(start, n)
	return nil
}

// forget takes back the cells and the items that came last.
func (c *Counter[I]) forget(cells, items int) {
	for _, item := range c.items[items:] {
		delete(c.codes, item)
	}
	clear(c.items[items:])
	c.cells, c.items = c.cells[:cells], c.items[:items]
}

// room fails if n more baskets, in a number of rows, with new items at most could
// pass a limit.
func (c *Counter[I]) room(n int64, rows, items int) error {
	if n > math.MaxInt64-c.baskets {
		return fmt.Errorf("basket: %d baskets and %d more: %w", c.baskets, n, relmark.ErrLimit)
	}
	if rows > limit-len(c.rows) || items > limit-len(c.items) {
		return fmt.Errorf("basket: %d stored baskets of %d items and more: %w", len(c.rows), len(c.items), relmark.ErrLimit)
	}
	return nil
}

// code returns the code of an item, a new one if it is new.
func (c *Counter[I]) code(item I) uint32 {
	if code, known := c.codes[item]; known {
		return code
	}
	if c.codes == nil {
		c.codes = make(map[I]uint32)
	}
	code := uint32(len(c.items)) // room keeps it below 2³¹
	c.codes[item] = code
	c.items = append(c.items, item)
	return code
}

// seal makes a row of the cells from start on: sorted, each code once.
func (c *Counter[I]) seal(start int, times int64) {
	tail := c.cells[start:]
	slices.Sort(tail)
	c.cells = c.cells[:start+len(slices.Compact(tail))]
	if len(c.cells) > start {
		c.rows = append(c.rows, row{len(c.cells), times})
	}
}

// each calls f with every row in order.
func (c *Counter[I]) each(f func(codes []uint32, times int64)) {
	start := 0
	for _, r := range c.rows {
		f(c.cells[start:r.end], r.times)
		start = r.end
	}
}

// Merge adds the baskets of o, which stays as it is; nil holds none. Merging is
// exact, associative and commutative, and the zero Counter is its identity:
// counters of any split of the data merge into the counter of the whole. It
// fails with [relmark.ErrLimit] where the sum of both could pass a limit of
// [Counter.AddN], and then changes nothing. It takes time in proportion to the
// size of o.
func (c *Counter[I]) Merge(o *Counter[I]) error {
	if o == nil {
		return nil
	}
	if err := c.room(o.baskets, len(o.rows), len(o.items)); err != nil {
		return err
	}
	mine := make([]uint32, len(o.items)) // o's codes in c
	for i, item := range o.items {
		mine[i] = c.code(item)
	}
	c.baskets += o.baskets
	c.cells = slices.Grow(c.cells, len(o.cells))
	c.rows = slices.Grow(c.rows, len(o.rows))
	o.each(func(codes []uint32, times int64) {
		start := len(c.cells)
		for _, code := range codes {
			c.cells = append(c.cells, mine[code])
		}
		c.seal(start, times)
	})
	return nil
}

// Baskets returns the number of baskets counted, the empty ones included.
func (c *Counter[I]) Baskets() int64 { return c.baskets }

// Items returns the distinct items in ascending order, in a slice of its own. It
// takes O(n log n) time for n items.
func (c *Counter[I]) Items() []I {
	return slices.Sorted(slices.Values(c.items))
}

// Count returns the number of baskets that hold all the given items: every basket
// if none is given, 0 if one of them is unknown. It reads the whole counter; for
// many counts use [Counter.Frequent].
func (c *Counter[I]) Count(items ...I) int64 {
	want := make([]uint32, 0, len(items))
	for _, item := range items {
		code, known := c.codes[item]
		if !known {
			return 0
		}
		want = append(want, code)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	if len(want) == 0 {
		return c.baskets
	}
	var n int64
	c.each(func(codes []uint32, times int64) {
		if holds(codes, want) {
			n += times
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
