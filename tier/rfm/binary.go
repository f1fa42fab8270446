package rfm

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const binaryVersion = 1 // of a History and of Patterns

// AppendBinary appends the encoding of h, version 1: its digits, then each day as
// the distance from the day before, whether something was bought, and both sums.
// Equal histories have equal encodings, whatever the order in which they were
// filled and the trailing zeros of their amounts. It never fails.
func (h History) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindHistory, binaryVersion)
	h.write(&w)
	return w.Data(), nil
}

func (h *History) write(w *codec.Writer) {
	zeros := h.zeros()
	divisor, _ := money.Rescale(1, 0, zeros)
	w.Uvarint(uint64(h.digits - zeros))
	w.Count(len(h.days))
	previous := epoch()
	for _, d := range h.days {
		w.Varint(int64(d.on.Sub(previous)))
		w.Bool(d.bought)
		w.Uvarint(uint64(d.sold / divisor))
		w.Uvarint(uint64(d.returned / divisor))
		previous = d.on
	}
}

// zeros returns how many digits every amount can do without.
func (h *History) zeros() int {
	if len(h.days) == 0 {
		return h.digits
	}
	zeros := h.digits
	for _, d := range h.days {
		for _, units := range [2]int64{d.sold, d.returned} {
			for n := 0; n < zeros; n++ {
				if units%10 != 0 {
					zeros = n
				}
				units /= 10
			}
		}
	}
	return zeros
}

// MarshalBinary returns the encoding that [History.AppendBinary] appends.
func (h History) MarshalBinary() ([]byte, error) { return h.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no History encodes to; h is unchanged then.
func (h *History) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindHistory, binaryVersion)
	var decoded History
	decoded.read(&r)
	if err := fault.Decode(room, "history", r.Done()); err != nil {
		return err
	}
	*h = decoded
	return nil
}

// read reads what write wrote into an empty history, which may have room for days.
func (h *History) read(r *codec.Reader) {
	h.digits = int(min(r.Uvarint(), maxDigits+1))
	n := r.Count(4)
	h.days = slices.Grow(h.days, n)
	previous := epoch()
	for i := range n {
		d := day{on: previous.AddDays(distance(r)), bought: r.Bool(), sold: amount(r), returned: amount(r)}
		r.Check(!d.on.IsZero() && (i == 0 || d.on.After(previous)) && d.valid() && h.sum(d))
		if r.Err() != nil {
			return
		}
		h.days = append(h.days, d)
		previous = d.on
	}
	r.Check(h.digits <= maxDigits && (h.digits == 0 || h.zeros() == 0))
}

// valid reports whether something was booked on d.
func (d day) valid() bool { return d.bought || d.sold == 0 && d.returned > 0 }

// sum adds a day to the sums over days; false if they leave their range.
func (h *History) sum(d day) (ok bool) {
	var okToo bool
	h.sold, ok = money.Add(h.sold, d.sold)
	h.returned, okToo = money.Add(h.returned, d.returned)
	return ok && okToo
}

// AppendBinary appends the encoding of b, version 1: its customers in ascending
// order, each with what [History.AppendBinary] says of the history. Equal bases have
// equal encodings, however they came about. It takes O(days + customers·log
// customers) and never fails.
func (b *Base[C]) AppendBinary(to []byte) ([]byte, error) {
	w := codec.NewWriter(to, codec.KindBase, binaryVersion)
	w.Byte(codec.IDKind[C]())
	w.Count(b.Len())
	b.ready()
	for place := range b.sorted() {
		codec.WriteID(&w, *b.customers.at(place))
		b.histories.at(place).write(&w)
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Base.AppendBinary] appends.
func (b *Base[C]) MarshalBinary() ([]byte, error) { return b.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and on customers of another kind, such
// as text for numbers, and with [relmark.ErrInvalid] on anything that no Base encodes
// to and on a customer that C cannot hold; b is unchanged then. Memory is in
// proportion to the length of data.
func (b *Base[C]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindBase, binaryVersion)
	if kind := r.Byte(); r.Err() == nil && kind != codec.IDKind[C]() {
		return fmt.Errorf("rfm: base of another kind of customer: %w", relmark.ErrUnsupported)
	}
	var decoded members[C]
	decoded.read(&r)
	if err := fault.Decode(room, "base", r.Done()); err != nil {
		return err
	}
	b.members = decoded
	b.behind.Store(false)
	return nil
}

// read reads the members after the kind of customer into empty ones.
func (m *members[C]) read(r *codec.Reader) {
	for i := range r.Count(3) { // a customer, digits, number of days
		customer := codec.ReadID[C](r)
		r.Check((i == 0 || *m.customers.at(i - 1) < customer) && codec.IsUTF8(&customer))
		h := History{days: m.room()}
		h.read(r)
		if r.Err() != nil {
			return
		}
		m.open(customer, spot{}, h)
	}
}

// AppendBinary appends the encoding of t, version 1: the patterns in the order of
// [Patterns.All] with their counts. Equal counts have equal encodings. It never
// fails.
func (t Patterns) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindPatterns, binaryVersion)
	w.Count(t.Len())
	for p, n := range t.All() {
		w.Uvarint(uint64(p.X))
		w.Float64(p.TX)
		w.Float64(p.T)
		w.Uvarint(uint64(n))
	}
	return w.Data(), nil
}

// MarshalBinary returns the encoding that [Patterns.AppendBinary] appends.
func (t Patterns) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no Patterns encode to; t is unchanged then.
func (t *Patterns) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPatterns, binaryVersion)
	var decoded Patterns
	previous := Pattern{X: -1}
	for range r.Count(18) {
		x := amount(&r)
		p, n := Pattern{int(x), r.Finite(), r.Finite()}, amount(&r)
		_, ok := money.Add(decoded.total, n)
		r.Check(ok && n > 0 && x <= math.MaxInt && p.Validate() == nil && !math.Signbit(p.TX) && !math.Signbit(p.T) && previous.compare(p) < 0)
		if r.Err() != nil {
			break
		}
		decoded.add(p, n)
		previous = p
	}
	if err := fault.Decode(room, "patterns", r.Done()); err != nil {
		return err
	}
	*t = decoded
	return nil
}

// epoch is the date that encodings count from. It is well inside the calendar, so
// the distance to any date is a short number.
func epoch() relmark.Date {
	d, _ := relmark.NewDate(2000, 1, 1)
	return d
}

func distance(r *codec.Reader) int {
	const farthest = 4_000_000 // more days than dates have
	n := r.Varint()
	r.Check(-farthest <= n && n <= farthest)
	return int(n)
}

// amount reads an integer from 0 to the largest int64.
func amount(r *codec.Reader) int64 {
	n := int64(r.Uvarint())
	r.Check(n >= 0)
	return n
}
