package abc

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// Segmentation keeps a [SegmentTotals] for each key of a basis of segmentation: region,
// age group, first product, stage of the customer's life. The zero Segmentation is
// empty and ready to use. It is not safe for concurrent mutation; concurrent reads
// are safe while nobody changes it.
type Segmentation[K relmark.ID] struct {
	opaque

	segments map[K]*SegmentTotals
	unknown  int64
}

// At returns the segment of a key, a new and empty one if there is none.
func (b *Segmentation[K]) At(key K) *SegmentTotals {
	s := b.segments[key]
	if s == nil {
		if b.segments == nil {
			b.segments = map[K]*SegmentTotals{}
		}
		s = &SegmentTotals{}
		b.segments[key] = s
	}
	return s
}

// All yields every segment, not a copy of it, in ascending order of key.
func (b *Segmentation[K]) All() iter.Seq2[K, *SegmentTotals] {
	return func(yield func(K, *SegmentTotals) bool) {
		for _, key := range slices.Sorted(maps.Keys(b.segments)) {
			if !yield(key, b.segments[key]) {
				return
			}
		}
	}
}

// Add adds a member to the segment of a key. It fails as [SegmentTotals.Add] does and on a
// key that is text but not UTF-8, and b is unchanged then.
func (b *Segmentation[K]) Add(key K, m Member) error {
	if s := b.segments[key]; s != nil {
		return s.Add(m)
	}
	if err := checkKey(key); err != nil {
		return wrap(err)
	}
	var s SegmentTotals
	if err := s.Add(m); err != nil {
		return err
	}
	*b.At(key) = s
	return nil
}

// checkKey refuses keys that would fall together as JSON.
func checkKey[K relmark.ID](key K) error {
	if !codec.IsUTF8(&key) {
		return fault.New("Key", nil, "must be UTF-8")
	}
	return nil
}

// Unknown counts n customers whose key is not known: who cannot be measured on
// this basis. It fails with a [relmark.FieldError] if n is negative and with
// [relmark.ErrLimit] beyond 2^31 − 1 of them; b is unchanged then.
func (b *Segmentation[K]) Unknown(n int) error {
	switch {
	case n < 0:
		return wrap(fault.New("N", n, "must be 0 or more"))
	case n > maxCustomers || b.unknown+int64(n) > maxCustomers:
		return wrap(errTooMany)
	}
	b.unknown += int64(n)
	return nil
}

// Merge adds everything that o holds and leaves o as it is. It is associative and
// commutative, with the empty Segmentation as identity. It fails as [SegmentTotals.Add]
// does, and b is unchanged then.
func (b *Segmentation[K]) Merge(o *Segmentation[K]) error {
	if b.unknown+o.unknown > maxCustomers {
		return wrap(errTooMany)
	}
	merged := make(map[K]*SegmentTotals, len(o.segments))
	for key, theirs := range o.segments {
		s := &SegmentTotals{}
		if mine := b.segments[key]; mine != nil {
			_ = s.merge(mine) // into an empty one: it cannot fail
		}
		if err := s.merge(theirs); err != nil {
			return wrap(err)
		}
		merged[key] = s
	}
	for key, s := range merged {
		*b.At(key) = *s
	}
	b.unknown += o.unknown
	return nil
}

// A SegmentReport is the report on the segment of a key. It is plain data.
type SegmentReport[K relmark.ID] struct {
	Key    K `json:"key"`
	Report   // with its keys beside the key of the segment
}

// Reports describes every segment and judges it by the criteria, in ascending order
// of key. It fails with a [relmark.FieldError] if the criteria are invalid or the
// segments have different numbers of periods or a key that is no UTF-8, and with [relmark.ErrLimit] beyond
// 2^31 − 1 customers.
func (b *Segmentation[K]) Reports(c Criteria) ([]SegmentReport[K], error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.or()
	var all SegmentTotals
	keys := slices.Sorted(maps.Keys(b.segments))
	for i, key := range keys {
		if err := cmp.Or(checkKey(key), all.merge(b.segments[key])); err != nil {
			return nil, fmt.Errorf("abc: segment %d: %w", i, err)
		}
	}
	total := all.total()
	list := make([]SegmentReport[K], len(keys))
	for i, key := range keys {
		s := b.segments[key]
		r := s.describe()
		r.CustomerShare = share64(s.members, all.members)
		r.ValueShare = share(s.total(), total)
		r.Findings = c.judge(&r)
		list[i] = SegmentReport[K]{key, r}
	}
	return list, nil
}

// Known returns the share of all customers whose key is known, the measure of the
// basis as a whole; unknown without customers.
func (b *Segmentation[K]) Known() Measure {
	var members int64
	for _, s := range b.segments {
		members += s.members
	}
	return share64(members, members+b.unknown)
}

// AppendBinary appends the encoding of b, version 1: the customers without a known
// key, then the segments in ascending order of key, each with what
// [SegmentTotals.AppendBinary] says of it. It never fails.
func (b *Segmentation[K]) AppendBinary(to []byte) ([]byte, error) {
	w := codec.NewWriter(to, codec.KindSegmentation, binaryVersion)
	w.Byte(codec.IDKind[K]())
	w.Uvarint(uint64(b.unknown))
	w.Count(len(b.segments))
	for key, s := range b.All() {
		codec.WriteID(&w, key)
		s.write(&w)
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Segmentation.AppendBinary] appends.
func (b *Segmentation[K]) MarshalBinary() ([]byte, error) { return b.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and on keys of another kind, such as
// text for numbers, and with [relmark.ErrInvalid] on anything that no Segmentation
// encodes to; b is unchanged then.
func (b *Segmentation[K]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindSegmentation, binaryVersion)
	if kind := r.Byte(); r.Err() == nil && kind != codec.IDKind[K]() {
		return fmt.Errorf("abc: segmentation by another kind of key: %w", relmark.ErrUnsupported)
	}
	var decoded Segmentation[K]
	decoded.read(&r)
	if err := fault.Decode(room, "segmentation", r.Done()); err != nil {
		return err
	}
	*b = decoded
	return nil
}

// read reads what follows the kind of key into an empty segmentation.
func (b *Segmentation[K]) read(r *codec.Reader) {
	unknown := r.Uvarint()
	r.Check(unknown <= maxCustomers)
	b.unknown = int64(unknown)
	var previous K
	for i := range r.Count(9) { // a key, six counts, no periods, no squares
		key := codec.ReadID[K](r)
		r.Check((i == 0 || previous < key) && codec.IsUTF8(&key))
		s := b.At(key)
		s.read(r)
		if r.Err() != nil {
			return
		}
		previous = key
	}
}
