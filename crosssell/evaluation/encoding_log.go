package evaluation

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// Encodings of what is kept of a log, in the terms of internal/codec. Both begin with a byte
// for what customers are and one for what items are: 1 text, 2 signed, 3 unsigned integers. A
// time is a varint of seconds since 1970 and a uvarint of nanoseconds. What follows is, in
// version 1 of a Splitter,
//
//	time, uvarint       the cutoff and how many buyers an item needs
//	list of customers   ascending: the user, list of items ascending: the item, its time
//
// and in version 1 of Services
//
//	uvarint, list       fraction digits, times of the edges
//	list of customers   ascending: the customer, list of services ascending: the service,
//	                    uvarint of periods as bits, uvarint of minor units paid
const (
	splitterVersion = 1
	servicesVersion = 1
)

// AppendBinary appends the encoding of s: equal for equal first purchases, in whatever order
// events came. It fails with a [relmark.FieldError] for the zero Splitter.
func (s *Splitter[U, I]) AppendBinary(b []byte) ([]byte, error) {
	if s.first == nil {
		return nil, errZero("Splitter")
	}
	w := newLog[U, I](b, codec.KindSplitter, splitterVersion)
	writeTime(&w, s.params.Cutoff)
	w.Uvarint(uint64(s.params.MinBuyers))
	writeHolders(&w, s.byUser(), writeTime)
	return w.Data(), nil
}

// MarshalBinary returns what [Splitter.AppendBinary] appends to nothing.
func (s *Splitter[U, I]) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

func (s *Splitter[U, I]) byUser() map[U]map[I]time.Time {
	users := map[U]map[I]time.Time{}
	for p, at := range s.first {
		if users[p.user] == nil {
			users[p.user] = map[I]time.Time{}
		}
		users[p.user][p.item] = at
	}
	return users
}

// UnmarshalBinary decodes an encoding of any version so far. Another version, another type's
// encoding and one of other kinds of identifiers are [relmark.ErrUnsupported]; what no
// splitter writes is [relmark.ErrInvalid]. It leaves s unchanged on error.
func (s *Splitter[U, I]) UnmarshalBinary(data []byte) error {
	in, err := openLog[U, I](data, codec.KindSplitter, splitterVersion)
	if err != nil {
		return err
	}
	p := SplitParams{Cutoff: readTime(&in), MinBuyers: count(&in)}
	in.Check(in.Err() != nil || p.Validate() == nil)
	out := Splitter[U, I]{params: p, first: map[pair[U, I]]time.Time{}}
	readHolders(&in, 2, readTime, func(user U, item I, at time.Time) { out.first[pair[U, I]{user, item}] = at })
	if err := fault.Decode(room, "splitter", in.Done()); err != nil {
		return err
	}
	*s = out
	return nil
}

// AppendBinary appends the encoding of s: equal for equal logs, in whatever order purchases
// came. It fails with a [relmark.FieldError] for the zero Services.
func (s *Services[U, I]) AppendBinary(b []byte) ([]byte, error) {
	if s.customers == nil {
		return nil, errZero("Services")
	}
	w := newLog[U, I](b, codec.KindServices, servicesVersion)
	w.Uvarint(uint64(s.digits))
	w.Count(len(s.edges))
	for _, edge := range s.edges {
		writeTime(&w, edge)
	}
	writeHolders(&w, s.customers, func(w *codec.Writer, h held) {
		w.Uvarint(h.periods)
		w.Uvarint(uint64(h.paid))
	})
	return w.Data(), nil
}

// MarshalBinary returns what [Services.AppendBinary] appends to nothing.
func (s *Services[U, I]) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary decodes an encoding as [Splitter.UnmarshalBinary] does.
func (s *Services[U, I]) UnmarshalBinary(data []byte) error {
	in, err := openLog[U, I](data, codec.KindServices, servicesVersion)
	if err != nil {
		return err
	}
	var p ServiceParams
	p.Digits = int(min(in.Uvarint(), maxDigits+1))
	for range in.Count(2) {
		p.Edges = append(p.Edges, readTime(&in))
	}
	in.Check(in.Err() != nil || p.Validate() == nil)
	if err := fault.Decode(room, "services", in.Err()); err != nil {
		return err
	}
	out := Services[U, I]{edges: p.Edges, digits: p.Digits, customers: map[U]map[I]held{}}
	readHolders(&in, 2, out.readHeld, out.put)
	if err := fault.Decode(room, "services", in.Done()); err != nil {
		return err
	}
	*s = out
	return nil
}

// readHeld reads what a customer had of a service, and adds it to the total.
func (s *Services[U, I]) readHeld(in *codec.Reader) held {
	h := held{in.Uvarint(), count(in)}
	in.Check(h.periods > 0 && last(h.periods) < s.Periods() && h.paid <= math.MaxInt64-s.total)
	s.total += min(h.paid, math.MaxInt64-s.total)
	return h
}

func newLog[U, I relmark.ID](b []byte, kind, version byte) codec.Writer {
	w := codec.NewWriter(b, kind, version)
	w.Byte(codec.IDKind[U]())
	w.Byte(codec.IDKind[I]())
	return w
}

func openLog[U, I relmark.ID](data []byte, kind, version byte) (codec.Reader, error) {
	in := codec.NewReader(data, kind, version)
	users, items := in.Byte(), in.Byte()
	if in.Err() == nil && (users != codec.IDKind[U]() || items != codec.IDKind[I]()) {
		return in, fmt.Errorf("%s: other kinds of identifiers: %w", room, relmark.ErrUnsupported)
	}
	return in, fault.Decode(room, "log", in.Err())
}

func writeTime(w *codec.Writer, at time.Time) {
	w.Varint(at.Unix())
	w.Uvarint(uint64(at.Nanosecond()))
}

func readTime(in *codec.Reader) time.Time {
	seconds, nanoseconds := in.Varint(), in.Uvarint()
	at := time.Unix(seconds, int64(min(nanoseconds, 1e9))).UTC()
	in.Check(nanoseconds < 1e9 && isTime(at) && at.Unix() == seconds)
	return at
}

// writeHolders writes what customers have, in order.
func writeHolders[U, I relmark.ID, V any](w *codec.Writer, customers map[U]map[I]V, write func(*codec.Writer, V)) {
	w.Count(len(customers))
	for _, customer := range slices.Sorted(maps.Keys(customers)) {
		codec.WriteID(w, customer)
		items := customers[customer]
		w.Count(len(items))
		for _, item := range slices.Sorted(maps.Keys(items)) {
			codec.WriteID(w, item)
			write(w, items[item])
		}
	}
}

// readHolders reads what writeHolders wrote, of values of so many bytes or more, and puts
// each.
func readHolders[U, I relmark.ID, V any](in *codec.Reader, least int, read func(*codec.Reader) V, put func(U, I, V)) {
	var before U
	for i := range in.Count(2) {
		customer := codec.ReadID[U](in)
		in.Check((i == 0 || cmp.Compare(before, customer) < 0) && codec.IsUTF8(&customer))
		before = customer
		n := in.Count(1 + least)
		in.Check(n > 0)
		var last I
		for j := range n {
			item := codec.ReadID[I](in)
			in.Check((j == 0 || cmp.Compare(last, item) < 0) && codec.IsUTF8(&item))
			last = item
			v := read(in)
			if in.Err() != nil {
				return
			}
			put(customer, item, v)
		}
	}
}
