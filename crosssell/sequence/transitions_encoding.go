package sequence

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// The encoding of Transitions, version 1, in the terms of internal/codec:
//
//	byte            what items are: 1 text, 2 signed, 3 unsigned integers
//	byte, bool      Order, FirstOnly
//	uvarint         MaxTransitions
//	uvarint         number of histories
//	list of items   ascending: bytes, varint or uvarint
//	context         of order 0
//
// and a context is a list of next items, each by how many items of the list above were
// passed over and the count, 1 or more; and, below Order, a list of items that make a
// longer context, each by how many were passed over and that context. Every item is a next
// item of the context of order 0, and every longer context has a next item.
const transitionsVersion = 1

// AppendBinary appends the canonical encoding of t: equal counts have equal encodings. It
// fails with a [relmark.FieldError] for the zero Transitions.
func (t *Transitions[I]) AppendBinary(b []byte) ([]byte, error) {
	if err := t.check(nil); err != nil {
		return nil, err
	}
	w := codec.NewWriter(b, codec.KindTransitions, transitionsVersion)
	w.Byte(codec.IDKind[I]())
	w.Byte(byte(t.params.Order))
	w.Bool(t.params.FirstOnly)
	w.Uvarint(uint64(t.params.MaxTransitions))
	w.Uvarint(uint64(t.histories))
	t.items.write(&w)
	t.writer().context(&w, 0, t.params.Order)
	return w.Data(), nil
}

// MarshalBinary returns what [Transitions.AppendBinary] appends to nothing.
func (t *Transitions[I]) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// A tree lists, for each context, next items and longer contexts, by the place of items in
// ascending order.
type tree struct {
	next   []map[uint32]int64
	longer []map[uint32]uint32
}

func (t *Transitions[I]) writer() tree {
	out := tree{make([]map[uint32]int64, len(t.contexts)), make([]map[uint32]uint32, len(t.contexts))}
	ranks := t.items.ranks()
	for s, n := range t.counts {
		if out.next[s.context] == nil {
			out.next[s.context] = map[uint32]int64{}
		}
		out.next[s.context][ranks[s.item]] = n
	}
	for s, c := range t.longer {
		if out.longer[s.context] == nil {
			out.longer[s.context] = map[uint32]uint32{}
		}
		out.longer[s.context][ranks[s.item]] = c
	}
	return out
}

// context writes a context and those longer by up to depth visits.
func (t tree) context(w *codec.Writer, at uint32, depth int) {
	w.Count(len(t.next[at]))
	from := uint32(0)
	for _, item := range slices.Sorted(maps.Keys(t.next[at])) {
		w.Uvarint(uint64(item - from))
		w.Uvarint(uint64(t.next[at][item]))
		from = item + 1
	}
	if depth == 0 {
		return
	}
	w.Count(len(t.longer[at]))
	from = 0
	for _, item := range slices.Sorted(maps.Keys(t.longer[at])) {
		w.Uvarint(uint64(item - from))
		t.context(w, t.longer[at][item], depth-1)
		from = item + 1
	}
}

// UnmarshalBinary decodes an encoding of any version so far. Another version, another
// type's encoding and one of another kind of item are [relmark.ErrUnsupported]; anything
// that [Transitions.AppendBinary] would not write, and an item that I cannot hold, are
// [relmark.ErrInvalid]. It leaves t unchanged on error. Memory is in proportion to the
// length of data.
func (t *Transitions[I]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindTransitions, transitionsVersion)
	if kind := r.Byte(); r.Err() == nil && kind != codec.IDKind[I]() {
		return fmt.Errorf("sequence: transitions of another kind of item: %w", relmark.ErrUnsupported)
	}
	p := TransitionParams{Order: int(r.Byte()), FirstOnly: r.Bool()}
	most := r.Uvarint()
	r.Check(most <= limit)
	p.MaxTransitions = int(most)
	histories := r.Uvarint()
	r.Check(histories <= math.MaxInt64)
	decoded, err := NewTransitions[I](p)
	if r.Err() == nil && err != nil {
		return err
	}
	if r.Err() == nil {
		decoded.histories = int64(histories)
		decoded.items.read(&r)
		decoded.read(&r, 0, p.Order)
		r.Check(len(decoded.counts) <= p.limit())
	}
	if err := fault.Decode(room, "transitions", r.Done()); err != nil {
		return err
	}
	*t = *decoded
	return nil
}

// read reads a context and those longer by up to depth visits.
func (t *Transitions[I]) read(r *codec.Reader, at uint32, depth int) {
	items := uint64(t.items.len())
	n, from := r.Count(2), uint64(0)
	if at == 0 {
		r.Check(uint64(n) == items && (n == 0 || t.histories > 0))
	} else {
		r.Check(n > 0)
	}
	for range n {
		item := readSkip(r, from, items)
		count := r.Uvarint()
		r.Check(count > 0 && count <= uint64(math.MaxInt64-t.sum))
		if r.Err() != nil {
			return
		}
		t.counts[step{at, uint32(item)}] = int64(count)
		t.sum += int64(count)
		from = item + 1
	}
	if depth == 0 {
		return
	}
	n, from = r.Count(2), 0
	for range n {
		item := readSkip(r, from, items)
		if r.Err() != nil {
			return
		}
		t.read(r, t.context(at, uint32(item)), depth-1)
		from = item + 1
	}
}
