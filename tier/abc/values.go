package abc

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Values counts customers by their value: all that a [Curve] needs, and mergeable
// where a ranking of everybody would not fit. The zero Values is empty and ready
// to use. It is not safe for concurrent mutation; concurrent reads are safe while
// nobody changes it. Memory grows with distinct values. Copies share their memory:
// change only one of them.
type Values struct {
	opaque

	digits int
	counts map[int64]int64 // customers by value in units of 10^-digits
	n      int64
	steps  int // counts changed and measured anew so far, which tests count
}

// Add counts n customers of one value. It fails with a [relmark.FieldError] on a
// value with more than nine fraction digits or an n below 0, and with
// [relmark.ErrLimit] beyond 2^31 − 1 customers or where the values have no common
// unit in an int64; v is unchanged then.
func (v *Values) Add(value decimal.Decimal, n int) error {
	a, err := exact("Value", value)
	switch {
	case err != nil:
		return wrap(err)
	case n < 0:
		return wrap(fault.New("N", n, "must be 0 or more"))
	case n == 0:
		return nil
	}
	digits := max(min(v.digits, a.digits), a.needed()) // zeros are no digits
	units, _ := a.in(digits)
	return wrap(v.merge(Values{digits: digits, counts: map[int64]int64{units: int64(n)}, n: int64(n)}))
}

// Merge adds everything that o holds. It is associative and commutative, and the
// empty Values is its identity. It fails as [Values.Add] does, and v is unchanged
// then. Customers whom both count are counted twice.
func (v *Values) Merge(o Values) error { return wrap(v.merge(o)) }

func (v *Values) merge(o Values) error {
	if o.n == 0 {
		return nil
	}
	if v.n+o.n > maxCustomers {
		return errTooMany
	}
	digits := max(v.digits, o.digits)
	mine, ok := v.scaled(digits)
	theirs, okToo := o.scaled(digits)
	if !ok || !okToo {
		return errDigits
	}
	if mine == nil {
		mine = make(map[int64]int64, len(theirs))
	}
	for units, n := range theirs {
		mine[units] += n
	}
	steps := v.steps + len(theirs)
	if digits > v.digits {
		steps += len(v.counts)
	}
	*v = Values{digits: digits, counts: mine, n: v.n + o.n, steps: steps}
	return nil
}

// scaled returns the counts in units of 10^-digits, at least as fine as now; false
// if a value does not fit. It returns the map itself where nothing changes.
func (v *Values) scaled(digits int) (map[int64]int64, bool) {
	if digits == v.digits || v.n == 0 {
		return v.counts, true
	}
	counts := make(map[int64]int64, len(v.counts))
	for units, n := range v.counts {
		fine, ok := money.Rescale(units, v.digits, digits)
		if !ok {
			return nil, false
		}
		counts[fine] = n
	}
	return counts, true
}

// Customers returns the number of customers.
func (v Values) Customers() int { return int(v.n) }

// Curve returns the distribution so far. Later changes of v do not reach it. It
// takes O(n·log n) time in the number of distinct values.
func (v Values) Curve() Curve {
	c := Curve{digits: v.digits, runs: make([]run, 0, len(v.counts))}
	for _, units := range slices.Backward(slices.Sorted(maps.Keys(v.counts))) {
		c.add(run{units, v.counts[units]})
	}
	return c
}

const binaryVersion = 1 // of all binary encodings of this package

// AppendBinary appends the encoding of v, version 1: its digits, then each value
// in ascending order with its count. Equal counts have equal encodings, whatever
// the trailing zeros of the values that were added. It never fails.
func (v Values) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindValues, binaryVersion)
	w.Uvarint(uint64(v.digits)) // which some value needs
	w.Count(len(v.counts))
	for _, units := range slices.Sorted(maps.Keys(v.counts)) {
		w.Varint(units)
		w.Uvarint(uint64(v.counts[units]))
	}
	return w.Data(), nil
}

// zeros returns how many digits every value can do without.
func (v Values) zeros() int {
	zeros := v.digits
	for units := range v.counts {
		for n := 0; n < zeros; n++ {
			if units%10 != 0 {
				zeros = n
			}
			units /= 10
		}
	}
	return zeros
}

// MarshalBinary returns the encoding that [Values.AppendBinary] appends.
func (v Values) MarshalBinary() ([]byte, error) { return v.AppendBinary(nil) }

// UnmarshalBinary decodes what any version so far encoded. It fails with
// [relmark.ErrUnsupported] on another version and with [relmark.ErrInvalid] on
// anything that no Values encode to; v is unchanged then.
func (v *Values) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindValues, binaryVersion)
	decoded := Values{digits: int(min(r.Uvarint(), maxDigits+1))}
	size := r.Count(2)
	if size > 0 {
		decoded.counts = make(map[int64]int64, size)
	}
	var previous int64
	for i := range size {
		units, n := r.Varint(), r.Uvarint()
		r.Check((i == 0 || units > previous) && n > 0 && n <= maxCustomers)
		decoded.counts[units], previous = int64(n), units
		decoded.n += int64(n)
	}
	r.Check(decoded.digits <= maxDigits && decoded.n <= maxCustomers && (decoded.digits == 0 || size > 0 && decoded.zeros() == 0))
	if err := fault.Decode(room, "values", r.Done()); err != nil {
		return err
	}
	*v = decoded
	return nil
}
