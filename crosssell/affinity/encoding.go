package affinity

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The encoding of an Ownership, version 1. The body is in the terms of
// internal/codec:
//
//	byte               what customers are: 1 text, 2 signed, 3 unsigned integers
//	byte               what items are, likewise
//	list of items      ascending, each in one history or more: bytes, varint or uvarint
//	list of customers  ascending, each with a history: the customer, a list of entries
//
// and an entry is what differs from the one before it: a uvarint, how many positions
// the item lies after that one's; the day as a varint, of days since 1970-01-01, or,
// for the same item, a uvarint of days since that one's, at least 1; and a uvarint, how often.
const version = 1

// The days that a date can be, counted from 1970-01-01.
const (
	firstDay = -719_162  // 0001-01-01
	lastDay  = 2_932_896 // 9999-12-31
)

// AppendBinary appends the canonical encoding of w: equal counts have equal
// encodings, whatever the order in which they were added or merged. It takes
// O(n log n) time for n entries and never fails.
func (w *Ownership[U, I]) AppendBinary(b []byte) ([]byte, error) {
	out := codec.NewWriter(b, codec.KindOwnership, version)
	out.Byte(codec.IDKind[U]())
	out.Byte(codec.IDKind[I]())
	items, place := w.catalogue()
	out.Count(len(items))
	for _, item := range items {
		codec.WriteID(&out, item)
	}
	out.Count(len(w.customers))
	for _, customer := range slices.Sorted(maps.Keys(w.customers)) {
		codec.WriteID(&out, customer)
		writeHistory(&out, w.customers[customer].sorted(place))
	}
	return out.Data(), nil
}

// MarshalBinary returns what [Ownership.AppendBinary] appends to nothing.
func (w *Ownership[U, I]) MarshalBinary() ([]byte, error) { return w.AppendBinary(nil) }

// catalogue returns the items that anybody has, ascending, and for each code the
// position among them, -1 for none.
func (w *Ownership[U, I]) catalogue() (items []I, place []int32) {
	place = make([]int32, len(w.items))
	for _, h := range w.customers {
		for _, e := range h.entries {
			place[e.item] = 1
		}
	}
	for code, item := range w.items {
		if place[code] > 0 {
			items = append(items, item)
		}
	}
	slices.Sort(items)
	for code := range place {
		place[code]--
	}
	for i, item := range items {
		place[w.codes[item]] = int32(i)
	}
	return items, place
}

// sorted returns a copy of the entries with places instead of codes, ascending.
func (h *history) sorted(place []int32) []entry {
	entries := slices.Clone(h.entries)
	for i := range entries {
		entries[i].item = place[entries[i].item]
	}
	return settled(entries)
}

func writeHistory(out *codec.Writer, entries []entry) {
	out.Count(len(entries))
	before := entry{}
	for i, e := range entries {
		out.Uvarint(uint64(e.item - before.item))
		if i > 0 && e.item == before.item {
			out.Uvarint(uint64(e.day - before.day))
		} else {
			out.Varint(int64(e.day))
		}
		out.Uvarint(uint64(e.times))
		before = e
	}
}

// UnmarshalBinary decodes an encoding of any version so far. Another version, another
// type's encoding and one of another kind of customers or items are
// [relmark.ErrUnsupported]; anything that [Ownership.AppendBinary] would not write,
// and identifiers that U or I cannot hold, are [relmark.ErrInvalid]. It leaves w
// unchanged on error. Memory is in proportion to the length of data.
func (w *Ownership[U, I]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindOwnership, version)
	customers, items := r.Byte(), r.Byte()
	if r.Err() == nil && (customers != codec.IDKind[U]() || items != codec.IDKind[I]()) {
		return fmt.Errorf("%s: ownership of another kind of customers or items: %w", room, relmark.ErrUnsupported)
	}
	var decoded Ownership[U, I]
	decoded.read(&r)
	if err := fault.Decode(room, "ownership", r.Done()); err != nil {
		return err
	}
	*w = decoded
	return nil
}

// read reads the body of version 1 after the kinds into a zero Ownership.
func (w *Ownership[U, I]) read(r *codec.Reader) {
	w.items = readIDs[I](r)
	w.codes = make(map[I]int32, len(w.items))
	for i, item := range w.items {
		w.codes[item] = int32(i)
	}
	n := r.Count(5) // customer, number of entries, item, day, times
	r.Check(n <= limit)
	w.customers = make(map[U]*history, n)
	seen := make([]bool, len(w.items))
	var before U
	for i := range n {
		customer := codec.ReadID[U](r)
		r.Check((i == 0 || cmp.Compare(before, customer) < 0) && codec.IsUTF8(&customer))
		entries := w.readHistory(r, seen)
		if r.Err() != nil {
			return
		}
		w.customers[customer] = &history{entries, len(entries)}
		before = customer
	}
	r.Check(!slices.Contains(seen, false))
}

// readIDs reads identifiers in ascending order.
func readIDs[T relmark.ID](r *codec.Reader) []T {
	n := r.Count(1)
	r.Check(n <= limit)
	ids := make([]T, 0, n)
	for i := range n {
		id := codec.ReadID[T](r)
		r.Check((i == 0 || cmp.Compare(ids[i-1], id) < 0) && codec.IsUTF8(&id))
		if r.Err() != nil {
			return nil
		}
		ids = append(ids, id)
	}
	return ids
}

// readHistory reads the entries of one customer, at least one, adds up their times
// and marks their items as seen.
func (w *Ownership[U, I]) readHistory(r *codec.Reader, seen []bool) []entry {
	n := r.Count(3)
	r.Check(n >= 1)
	entries := make([]entry, 0, n)
	item, day := uint64(0), int64(0)
	for i := range n {
		skipped := r.Uvarint()
		r.Check(item < uint64(len(seen)) && skipped < uint64(len(seen))-item)
		if i > 0 && skipped == 0 {
			gap := r.UpTo(lastDay - firstDay)
			r.Check(gap >= 1)
			day += gap
		} else {
			day = r.Varint()
		}
		times := r.UpTo(math.MaxInt64 - w.events)
		r.Check(times >= 1 && day >= firstDay && day <= lastDay)
		if r.Err() != nil {
			return nil
		}
		item += skipped
		seen[item] = true
		w.events += times
		entries = append(entries, entry{times, int32(item), int32(day)})
	}
	return entries
}
