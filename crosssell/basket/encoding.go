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

// The encoding of a Counter, version 2. The body is in the terms of
// internal/codec:
//
//	byte             what items are: 1 text, 2 signed, 3 unsigned integers
//	uvarint          the most items of a basket that counts as a whole, 0 for no bound
//	list of items    ascending, each in one basket or more: bytes, varint or uvarint
//	list of periods  ascending, each of one basket or more
//
// A period is a varint, its number, and a list of rows: its distinct baskets in
// ascending order. A row is a uvarint, how often the basket was seen, and a list of
// uvarints: the position of its first item, and for each further item how many
// positions were skipped since the one before.
//
// In version 1 there was no bound and no period: the number of baskets, a uvarint,
// stood before the items, and one list of rows behind them, without the empty
// baskets, which were what the rows did not account for.
const version = 2

// AppendBinary appends the canonical encoding of c: equal multisets of baskets
// have equal encodings, whatever the order in which they were counted, removed or
// merged. It takes O(n log n) time for n distinct baskets and never fails.
func (c *Counter[I]) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindBaskets, version)
	w.Byte(codec.IDKind[I]())
	bound := 0
	if c.params.MaxBasket != nil {
		bound = *c.params.MaxBasket
	}
	w.Uvarint(uint64(bound))
	s, items := c.sorted()
	w.Count(len(items))
	for _, item := range items {
		codec.WriteID(&w, item)
	}
	periods := c.Periods()
	w.Count(len(periods))
	for rows := s.rows; len(rows) > 0; {
		n := 1
		for n < len(rows) && rows[n].period == rows[0].period {
			n++
		}
		w.Varint(rows[0].period)
		w.Count(n)
		for _, r := range rows[:n] {
			writeRow(&w, r.times, s.codes(r))
		}
		rows = rows[n:]
	}
	return w.Data(), nil
}

func writeRow(w *codec.Writer, times int64, codes []uint32) {
	w.Uvarint(uint64(times))
	w.Count(len(codes))
	next := uint32(0)
	for _, code := range codes {
		w.Uvarint(uint64(code - next))
		next = code + 1
	}
}

// MarshalBinary returns what [Counter.AppendBinary] appends to nothing.
func (c *Counter[I]) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// sorted returns the items in ascending order, and the rows in order of period and
// items, with the positions of the items as codes.
func (c *Counter[I]) sorted() (*shelf, []I) {
	items := c.Items()
	code := make([]uint32, len(c.items))
	for i, item := range items {
		code[c.codes[item]] = uint32(i)
	}
	out := &shelf{cells: make([]uint32, 0, len(c.shelf.cells))}
	c.shelf.each(func(r row, codes []uint32) {
		start := len(out.cells)
		for _, old := range codes {
			out.cells = append(out.cells, code[old])
		}
		slices.Sort(out.cells[start:])
		out.rows = append(out.rows, row{start, len(out.cells), r.times, r.period})
	})
	slices.SortFunc(out.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.period, b.period), slices.Compare(out.codes(a), out.codes(b)))
	})
	return out, items
}

// UnmarshalBinary decodes an encoding of any version so far. Another version,
// another type's encoding and one of another kind of item are
// [relmark.ErrUnsupported]; anything that AppendBinary of its version would not
// write, and an item that I cannot hold, are [relmark.ErrInvalid]. Blanks in
// labels are taken as they are, since version 1 let them pass. It leaves c
// unchanged on error. Memory is in proportion to the length of data.
func (c *Counter[I]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindBaskets, version)
	if kind := r.Byte(); r.Err() == nil && kind != codec.IDKind[I]() {
		return fmt.Errorf("basket: counter of another kind of item: %w", relmark.ErrUnsupported)
	}
	decoded := Counter[I]{}
	if r.Version() == 1 {
		decoded.readVersion1(&r)
	} else {
		decoded.read(&r)
	}
	r.Check(!slices.Contains(decoded.shelf.held, 0))
	if err := fault.Decode(room, "counter", r.Done()); err != nil {
		return err
	}
	*c = decoded
	return nil
}

// read reads the body after the kind of item into a zero counter.
func (c *Counter[I]) read(r *codec.Reader) {
	bound := r.Uvarint()
	r.Check(bound <= math.MaxInt)
	if bound > 0 {
		c.params.MaxBasket = new(int(bound))
	}
	c.readItems(r)
	last := int64(0)
	for i := range r.Count(4) { // period, number of rows, times, number of codes
		period := r.Varint()
		r.Check(i == 0 || period > last)
		last = period
		c.readRows(r, period, 0, mostBaskets-c.baskets)
	}
}

// readVersion1 does the same for version 1.
func (c *Counter[I]) readVersion1(r *codec.Reader) {
	n := r.Uvarint()
	r.Check(n <= mostBaskets)
	c.readItems(r)
	c.readRows(r, 0, 1, int64(n))
	if empty := int64(n) - c.baskets; r.Err() == nil && empty > 0 {
		c.shelf.add(len(c.shelf.cells), 0, empty)
		c.baskets = int64(n)
	}
}

// readItems reads the dictionary.
func (c *Counter[I]) readItems(r *codec.Reader) {
	n := r.Count(1)
	r.Check(n <= limit)
	if r.Err() != nil {
		return
	}
	c.items = make([]I, 0, n)
	c.codes = make(map[I]uint32, n)
	for i := range n {
		item := codec.ReadID[I](r)
		r.Check((i == 0 || cmp.Compare(c.items[i-1], item) < 0) && codec.IsUTF8(&item))
		if r.Err() != nil {
			return
		}
		c.enter(item)
	}
}

// readRows reads the rows of a period, of a least size, which are of most baskets
// at most.
func (c *Counter[I]) readRows(r *codec.Reader, period int64, least int, most int64) {
	n := r.Count(2 + least) // times, number of codes, codes
	r.Check(n <= limit-len(c.shelf.rows) && (n > 0 || least > 0))
	var before []uint32
	for i := range n {
		times := r.Uvarint()
		r.Check(times >= 1 && times <= uint64(most))
		start := len(c.shelf.cells)
		c.readCodes(r, least)
		codes := c.shelf.cells[start:]
		r.Check(i == 0 || slices.Compare(before, codes) < 0)
		if r.Err() != nil {
			return
		}
		most -= int64(times)
		c.baskets += int64(times)
		c.shelf.add(start, period, int64(times))
		before = c.shelf.cells[start:]
	}
}

// readCodes appends the codes of one basket to the cells.
func (c *Counter[I]) readCodes(r *codec.Reader, least int) {
	n := r.Count(1)
	r.Check(n >= least)
	next := uint64(0)
	for range n {
		skipped := r.Uvarint()
		r.Check(next < uint64(len(c.items)) && skipped < uint64(len(c.items))-next)
		if r.Err() != nil {
			return
		}
		c.shelf.cells = append(c.shelf.cells, uint32(next+skipped))
		next += skipped + 1
	}
}
