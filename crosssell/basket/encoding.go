package basket

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The encoding of a Counter, version 1. The body is in the terms of
// internal/codec:
//
//	byte            what items are: 1 text, 2 signed, 3 unsigned integers
//	uvarint         number of baskets, at most 2⁶³−1
//	list of items   ascending, each in one basket or more: bytes, varint or uvarint
//	list of rows    distinct baskets that are not empty, in ascending order
//
// and a row is a uvarint, how often the basket was seen, and a list of uvarints:
// the position of its first item, and for each further item how many positions
// were skipped since the one before.
const version = 1

// AppendBinary appends the canonical encoding of c: equal multisets of baskets
// have equal encodings, whatever the order in which they were counted or merged.
// Equal baskets are stored once. It takes O(n log n) time for n baskets and never
// fails.
func (c *Counter[I]) AppendBinary(b []byte) ([]byte, error) {
	s := c.compact()
	w := codec.NewWriter(b, codec.KindBaskets, version)
	w.Byte(codec.IDKind[I]())
	w.Uvarint(uint64(s.baskets))
	w.Count(len(s.items))
	for _, item := range s.items {
		codec.WriteID(&w, item)
	}
	w.Count(len(s.rows))
	s.each(func(codes []uint32, times int64) {
		w.Uvarint(uint64(times))
		w.Count(len(codes))
		next := uint32(0)
		for _, code := range codes {
			w.Uvarint(uint64(code - next))
			next = code + 1
		}
	})
	return w.Data(), nil
}

// MarshalBinary returns what [Counter.AppendBinary] appends to nothing.
func (c *Counter[I]) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// compact returns an equal counter, without dictionary, whose codes ascend with
// the items and whose rows ascend, each once.
func (c *Counter[I]) compact() *Counter[I] {
	sorted := &Counter[I]{items: c.Items(), baskets: c.baskets}
	code := make([]uint32, len(c.items))
	for i, item := range sorted.items {
		code[c.codes[item]] = uint32(i)
	}
	sorted.cells = make([]uint32, 0, len(c.cells))
	c.each(func(codes []uint32, times int64) {
		start := len(sorted.cells)
		for _, old := range codes {
			sorted.cells = append(sorted.cells, code[old])
		}
		sorted.seal(start, times)
	})
	order := make([]int, len(c.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(sorted.codesOf(a), sorted.codesOf(b)) })
	out := &Counter[I]{items: sorted.items, baskets: c.baskets, cells: make([]uint32, 0, len(c.cells))}
	for k, i := range order {
		codes, times := sorted.codesOf(i), sorted.rows[i].times
		if k > 0 && slices.Equal(codes, sorted.codesOf(order[k-1])) {
			out.rows[len(out.rows)-1].times += times
			continue
		}
		out.cells = append(out.cells, codes...)
		out.rows = append(out.rows, row{len(out.cells), times})
	}
	return out
}

// UnmarshalBinary decodes an encoding of any version so far. Another version,
// another type's encoding and one of another kind of item are
// [relmark.ErrUnsupported]; anything that [Counter.AppendBinary] would not write,
// and an item that I cannot hold, are [relmark.ErrInvalid]. It leaves c unchanged
// on error. Memory is in proportion to the length of data.
func (c *Counter[I]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindBaskets, version)
	if kind := r.Byte(); r.Err() == nil && kind != codec.IDKind[I]() {
		return fmt.Errorf("basket: counter of another kind of item: %w", relmark.ErrUnsupported)
	}
	var decoded Counter[I]
	decoded.read(&r)
	if err := fault.Decode(room, "counter", r.Done()); err != nil {
		return err
	}
	*c = decoded
	return nil
}

// read reads the body of version 1 after the kind of item into a zero counter.
func (c *Counter[I]) read(r *codec.Reader) {
	n := r.Uvarint()
	r.Check(n <= math.MaxInt64)
	c.baskets = int64(n)
	c.readItems(r)
	rows := r.Count(3) // times, number of codes, a code
	r.Check(rows <= limit)
	c.rows = make([]row, 0, rows)
	seen := make([]bool, len(c.items))
	left := c.baskets
	for i := range rows {
		times := r.Uvarint()
		r.Check(times >= 1 && times <= uint64(left))
		c.readRow(r, int64(times), seen)
		if r.Err() != nil {
			return
		}
		left -= int64(times)
		r.Check(i == 0 || slices.Compare(c.codesOf(i-1), c.codesOf(i)) < 0)
	}
	r.Check(!slices.Contains(seen, false))
}

// readItems reads the dictionary.
func (c *Counter[I]) readItems(r *codec.Reader) {
	n := r.Count(1)
	r.Check(n <= limit)
	c.items = make([]I, 0, n)
	c.codes = make(map[I]uint32, n)
	for i := range n {
		item := codec.ReadID[I](r)
		r.Check((i == 0 || cmp.Compare(c.items[i-1], item) < 0) && codec.IsUTF8(&item))
		if r.Err() != nil {
			return
		}
		c.items = append(c.items, item)
		c.codes[item] = uint32(i)
	}
}

// readRow reads the codes of one basket, at least one, and marks them as seen.
func (c *Counter[I]) readRow(r *codec.Reader, times int64, seen []bool) {
	n := r.Count(1)
	r.Check(n >= 1)
	next := uint64(0)
	for range n {
		skipped := r.Uvarint()
		r.Check(next < uint64(len(seen)) && skipped < uint64(len(seen))-next)
		if r.Err() != nil {
			return
		}
		code := next + skipped
		seen[code] = true
		c.cells = append(c.cells, uint32(code))
		next = code + 1
	}
	c.rows = append(c.rows, row{len(c.cells), times})
}
