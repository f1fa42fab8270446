package sequence

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// Acquisitions count which of a list of products customers have: how many have each, and how
// many have none, one, two and so on. These are all the data that [FitMaturity] needs, and
// take 16 bytes for each product however many customers there are.
//
// Obtain one from [NewAcquisitions]; the zero Acquisitions count nothing. It is not safe for
// concurrent mutation; it is safe for concurrent reads once built. It has no JSON, but a
// binary encoding.
type Acquisitions[I relmark.ID] struct {
	opaque

	items  []I     // ascending
	owners []int64 // of each
	scores []int64 // number of products → customers who have as many
}

// MaxProducts is how many products there can be on one ladder of acquisition: what is worked
// out of it grows with their square, and a fit with their cube.
const MaxProducts = 200

const productsRule = "must be 2 to 200"

// NewAcquisitions returns an empty count of 2 to [MaxProducts] products. It fails with a
// [relmark.FieldError] on another number, on one listed twice and on text that is not UTF-8.
func NewAcquisitions[I relmark.ID](items ...I) (*Acquisitions[I], error) {
	var l fault.List
	l.Check(len(items) >= 2 && len(items) <= MaxProducts, "Items", len(items), productsRule)
	checkItems(&l, "Items", items)
	sorted := slices.Sorted(slices.Values(items))
	l.Check(len(slices.Compact(slices.Clone(sorted))) == len(items), "Items", nil, "must be listed once each")
	if err := l.Err(room); err != nil {
		return nil, err
	}
	return &Acquisitions[I]{items: sorted, owners: make([]int64, len(sorted)), scores: make([]int64, len(sorted)+1)}, nil
}

const listedRule = "must be a product of the list"

// Add counts one customer, as [Acquisitions.AddN] does.
func (o *Acquisitions[I]) Add(owned ...I) error { return o.AddN(1, owned...) }

// AddN counts n customers who have the same products; one named twice counts once. It fails
// with a [relmark.FieldError] unless n ≥ 1 and every product is on the list, and with
// [relmark.ErrLimit] past 2⁶³−1 customers; nothing is changed then.
func (o *Acquisitions[I]) AddN(n int64, owned ...I) error {
	var l fault.List
	l.Check(len(o.items) > 0, "Acquisitions", nil, "must come from NewAcquisitions")
	l.Check(n >= 1, "N", n, "must be 1 or more")
	places := make([]int, 0, len(owned))
	for i, item := range owned {
		at, listed := slices.BinarySearch(o.items, item)
		if !listed {
			l.Add(fmt.Sprintf("Owned[%d]", i), nil, listedRule)
		}
		places = append(places, at)
	}
	if err := l.Err(room); err != nil {
		return err
	}
	if n > math.MaxInt64-o.Customers() {
		return fmt.Errorf("sequence: %d customers and %d more: %w", o.Customers(), n, relmark.ErrLimit)
	}
	slices.Sort(places)
	places = slices.Compact(places)
	for _, at := range places {
		o.owners[at] += n
	}
	o.scores[len(places)] += n
	return nil
}

// Merge adds the customers of p, which stays as it is; nil holds none. Both must list the
// same products: else the error is a [relmark.FieldError]. It is [relmark.ErrLimit] past
// 2⁶³−1 customers. Merging is exact, associative and commutative, and an empty count is its
// identity.
func (o *Acquisitions[I]) Merge(p *Acquisitions[I]) error {
	switch {
	case p == nil:
		return nil
	case len(o.items) == 0 || !slices.Equal(o.items, p.items):
		return fault.Room(room, fault.New("Acquisitions", nil, "must list the same products"))
	case p.Customers() > math.MaxInt64-o.Customers():
		return fmt.Errorf("sequence: %d customers and %d more: %w", o.Customers(), p.Customers(), relmark.ErrLimit)
	}
	for i, n := range p.owners {
		o.owners[i] += n
	}
	for i, n := range p.scores {
		o.scores[i] += n
	}
	return nil
}

// Items returns the products, ascending, in a slice of its own.
func (o *Acquisitions[I]) Items() []I { return slices.Clone(o.items) }

// Customers returns the number of customers counted.
func (o *Acquisitions[I]) Customers() int64 {
	var n int64
	for _, k := range o.scores {
		n += k
	}
	return n
}

// Owners returns how many customers have a product; 0 for one that is not on the list.
func (o *Acquisitions[I]) Owners(item I) int64 {
	at, listed := slices.BinarySearch(o.items, item)
	if !listed {
		return 0
	}
	return o.owners[at]
}

// Acquisitions count which of the products all customers have ever bought; other purchases do
// not count. It fails as [NewAcquisitions] does.
func (h *Histories[C, I]) Acquisitions(items ...I) (*Acquisitions[I], error) {
	o, err := NewAcquisitions(items...)
	if err != nil {
		return nil, err
	}
	for _, visits := range h.All() {
		var owned []I
		for _, v := range visits {
			for _, item := range v.Items {
				if _, listed := slices.BinarySearch(o.items, item); listed {
					owned = append(owned, item)
				}
			}
		}
		if err := o.Add(owned...); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// The encoding of Acquisitions, version 1, in the terms of internal/codec:
//
//	byte           what products are: 1 text, 2 signed, 3 unsigned integers
//	list of items  ascending, 2 to 200: bytes, varint or uvarint, and its owners, uvarint
//	uvarints       the customers who have none, one, and so on to all products
const ownershipVersion = 1

// AppendBinary appends the canonical encoding of o. It fails with a [relmark.FieldError]
// for the zero Acquisitions.
func (o *Acquisitions[I]) AppendBinary(b []byte) ([]byte, error) {
	if len(o.items) == 0 {
		return nil, fault.Room(room, fault.New("Acquisitions", nil, "must come from NewAcquisitions"))
	}
	w := codec.NewWriter(b, codec.KindAcquisitions, ownershipVersion)
	w.Byte(codec.IDKind[I]())
	w.Count(len(o.items))
	for i, item := range o.items {
		codec.WriteID(&w, item)
		w.Uvarint(uint64(o.owners[i]))
	}
	for _, n := range o.scores {
		w.Uvarint(uint64(n))
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Acquisitions.AppendBinary] appends to nothing.
func (o *Acquisitions[I]) MarshalBinary() ([]byte, error) { return o.AppendBinary(nil) }

// UnmarshalBinary decodes an encoding of any version so far. Another version, another
// type's encoding and one of another kind of product are [relmark.ErrUnsupported]; anything
// that [Acquisitions.AppendBinary] would not write, and a product that I cannot hold, are
// [relmark.ErrInvalid]. It leaves o unchanged on error. Memory is in proportion to the
// length of data.
func (o *Acquisitions[I]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindAcquisitions, ownershipVersion)
	if kind := r.Byte(); r.Err() == nil && kind != codec.IDKind[I]() {
		return fmt.Errorf("sequence: ownership of another kind of product: %w", relmark.ErrUnsupported)
	}
	var decoded Acquisitions[I]
	decoded.read(&r)
	if err := fault.Decode(room, "ownership", r.Done()); err != nil {
		return err
	}
	*o = decoded
	return nil
}

// read reads the body of version 1 after the kind. No product has more owners than there
// are customers, and products owned are as many counted by product as by customer.
func (o *Acquisitions[I]) read(r *codec.Reader) {
	n := r.Count(2)
	r.Check(n >= 2 && n <= MaxProducts)
	for i := range n {
		item := codec.ReadID[I](r)
		r.Check((i == 0 || cmp.Compare(o.items[i-1], item) < 0) && codec.IsUTF8(&item))
		o.items = append(o.items, item)
		o.owners = append(o.owners, readCount(r))
		if r.Err() != nil {
			return
		}
	}
	customers := int64(0)
	var byCustomer, byProduct total
	for k := range n + 1 {
		count := readCount(r)
		r.Check(count <= math.MaxInt64-customers)
		if r.Err() != nil {
			return
		}
		customers += count
		o.scores = append(o.scores, count)
		byCustomer.add(uint64(k), uint64(count))
	}
	for _, k := range o.owners {
		r.Check(k >= o.scores[n] && k <= customers-o.scores[0])
		byProduct.add(1, uint64(k))
	}
	r.Check(byCustomer == byProduct)
}

func readCount(r *codec.Reader) int64 {
	n := r.Uvarint()
	r.Check(n <= math.MaxInt64)
	return int64(n)
}

// A total is a sum of products, which may take more than 64 bits.
type total struct{ hi, lo uint64 }

func (t *total) add(a, b uint64) {
	hi, lo := bits.Mul64(a, b)
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, lo, 0)
	t.hi, _ = bits.Add64(t.hi, hi, carry)
}
