package sequence

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The encoding of Histories, version 1. The body is in the terms of internal/codec:
//
//	2 bytes            what customers and items are: 1 text, 2 signed, 3 unsigned integers
//	list of customers  ascending: bytes, varint or uvarint
//	list of items      ascending, each bought by one customer or more
//	for each customer  a list of visits
//
// and a visit is a uvarint, the days passed over since the visit before, or since
// 0001-01-01, and a list of items, at least one, each by how many items of the list above
// were passed over since the one before.
const version = 1

// AppendBinary appends the canonical encoding of h: histories with the same customers and
// purchases have the same encoding, in whatever order they came. It takes O(n log n) time
// for n purchases and never fails.
func (h *Histories[C, I]) AppendBinary(b []byte) ([]byte, error) {
	used := h.only(func(purchase) bool { return true }, func(uint32) bool { return true })
	w := codec.NewWriter(b, codec.KindSequences, version)
	w.Byte(codec.IDKind[C]())
	w.Byte(codec.IDKind[I]())
	used.customers.write(&w)
	used.items.write(&w)
	ranks, of := used.items.ranks(), byCustomer(used.log, used.customers.len())
	for _, c := range used.customers.order() {
		writeVisits(&w, of[c], ranks)
	}
	return w.Data(), nil
}

// writeVisits writes the ordered purchases of one customer.
func writeVisits(w *codec.Writer, own []purchase, ranks []uint32) {
	var visits [][]uint32
	var days []int32
	for i, p := range own {
		if i == 0 || own[i-1].day != p.day {
			visits, days = append(visits, nil), append(days, p.day)
		}
		last := len(visits) - 1
		visits[last] = append(visits[last], ranks[p.item])
	}
	w.Count(len(visits))
	next := int32(0)
	for i, items := range visits {
		w.Uvarint(uint64(days[i] - next))
		next = days[i] + 1
		slices.Sort(items)
		writeAscending(w, items)
	}
}

// writeAscending writes ascending numbers by what is passed over: small numbers, mostly of one
// byte, and none that could be out of order.
func writeAscending(w *codec.Writer, numbers []uint32) {
	w.Count(len(numbers))
	next := uint32(0)
	for _, n := range numbers {
		w.Uvarint(uint64(n - next))
		next = n + 1
	}
}

// MarshalBinary returns what [Histories.AppendBinary] appends to nothing.
func (h *Histories[C, I]) MarshalBinary() ([]byte, error) { return h.AppendBinary(nil) }

// UnmarshalBinary decodes an encoding of any version so far. Another version, another
// type's encoding and one of another kind of customer or item are
// [relmark.ErrUnsupported]; anything that [Histories.AppendBinary] would not write, and
// what C and I cannot hold, are [relmark.ErrInvalid]. It leaves h unchanged on error.
// Memory is in proportion to the length of data.
func (h *Histories[C, I]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindSequences, version)
	if err := checkKinds[C, I](&r, "histories"); err != nil {
		return err
	}
	var decoded Histories[C, I]
	decoded.read(&r)
	if err := fault.Decode(room, "histories", r.Done()); err != nil {
		return err
	}
	*h = decoded
	return nil
}

// checkKinds reads what customers and items are.
func checkKinds[C, I relmark.ID](r *codec.Reader, what string) error {
	customers, items := r.Byte(), r.Byte()
	if r.Err() == nil && (customers != codec.IDKind[C]() || items != codec.IDKind[I]()) {
		return fmt.Errorf("sequence: %s of another kind of identifiers: %w", what, relmark.ErrUnsupported)
	}
	return nil
}

// read reads the body of version 1 after the kinds.
func (h *Histories[C, I]) read(r *codec.Reader) {
	h.customers.read(r)
	h.items.read(r)
	seen := make([]bool, h.items.len())
	for c := range h.customers.len() {
		visits, next := r.Count(3), uint64(0) // days, number of items, an item
		for range visits {
			day := readSkip(r, next, uint64(lastDay())+1)
			if r.Err() != nil {
				return
			}
			next = day + 1
			items := readAscending(r, len(seen))
			r.Check(len(items) > 0 && len(h.log) <= limit-len(items))
			for _, item := range items {
				seen[item] = true
				h.log = append(h.log, purchase{uint32(c), item, int32(day)})
			}
		}
	}
	h.sorted = len(h.log)
	r.Check(!slices.Contains(seen, false))
}

// lastDay is the last date there is, as days.
func lastDay() int32 { return dayOf(relmark.MustParseDate("9999-12-31")) }

// readSkip reads a number by what is passed over from next on; it must be below end.
func readSkip(r *codec.Reader, next, end uint64) uint64 {
	skipped := r.Uvarint()
	r.Check(next < end && skipped < end-next)
	return next + skipped
}

// readAscending reads what writeAscending wrote; numbers must be below end.
func readAscending(r *codec.Reader, end int) []uint32 {
	numbers := make([]uint32, 0, r.Count(1))
	next := uint64(0)
	for range cap(numbers) {
		n := readSkip(r, next, uint64(end))
		if r.Err() != nil {
			return nil
		}
		numbers = append(numbers, uint32(n))
		next = n + 1
	}
	return numbers
}

// write writes the names in ascending order.
func (d *dictionary[T]) write(w *codec.Writer) {
	w.Count(d.len())
	for _, code := range d.order() {
		codec.WriteID(w, d.names[code])
	}
}

// read reads ascending names into an empty dictionary.
func (d *dictionary[T]) read(r *codec.Reader) {
	n := r.Count(1)
	r.Check(n <= limit)
	d.names, d.codes = make([]T, 0, n), make(map[T]uint32, n)
	for i := range n {
		name := codec.ReadID[T](r)
		r.Check((i == 0 || cmp.Compare(d.names[i-1], name) < 0) && codec.IsUTF8(&name))
		if r.Err() != nil {
			return
		}
		d.code(name)
	}
}
