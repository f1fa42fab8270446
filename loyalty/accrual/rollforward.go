package accrual

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A RollForward explains how the contract liability of many deferrals moved from
// the beginning of a period to its end. The zero RollForward is ready and empty;
// the first deferral fixes the fraction digits. It is an accumulator: not safe for
// concurrent mutation, and merging any split of the deferrals gives the same.
type RollForward struct {
	opaque
	digits int
	n      int64 // deferrals
	opening, added, cancelled, performance, catchUp,
	reserved, closing int64
}

// Rows are a roll-forward in amounts:
//
//	Opening + Added - Cancelled - Performance - CatchUp - Reserved = Closing
type Rows struct {
	Deferrals   int64           `json:"deferrals"`
	Opening     decimal.Decimal `json:"opening"`     // liability at the beginning
	Added       decimal.Decimal `json:"added"`       // allocated to points of the period
	Cancelled   decimal.Decimal `json:"cancelled"`   // taken back with returned goods
	Performance decimal.Decimal `json:"performance"` // revenue as points were redeemed, by the earlier estimate
	CatchUp     decimal.Decimal `json:"catch_up"`    // revenue by changes of the estimate
	Reserved    decimal.Decimal `json:"reserved"`    // moved to what law keeps for others
	Closing     decimal.Decimal `json:"closing"`     // liability at the end
}

// Add counts a deferral as it was at the beginning, nil if it is new, and as it is
// at the end. It fails, leaving f unchanged, if fraction digits differ or the
// deferral before is not the same one, and with [relmark.ErrLimit] if a row would
// leave ±2^53.
func (f *RollForward) Add(before *Deferral, after Deferral) error {
	if f.n > 0 && f.digits != after.digits || before != nil && before.digits != after.digits {
		return errCurrency()
	}
	// The rows of one deferral; a sum of such is what a merge makes, so that no order
	// and no partition can matter.
	one := RollForward{digits: after.digits, n: 1, closing: after.liability(), added: after.allocated}
	start := Deferral{digits: after.digits, allocated: after.allocated}
	if before != nil {
		if after.allocated > before.allocated || before.measured && !after.measured {
			return invalid("After", nil, "must be the deferral that Before became")
		}
		start = *before
		one.opening, one.added, one.cancelled = start.liability(), 0, start.allocated-after.allocated
	}
	if after.measured {
		one.performance, one.catchUp = start.change(after)
	}
	one.reserved = after.reserved - start.reserved
	return f.Merge(one)
}

// Merge adds what o counted. It fails, leaving f unchanged, as [RollForward.Add]
// does.
func (f *RollForward) Merge(o RollForward) error {
	if f.n > 0 && o.n > 0 && f.digits != o.digits {
		return errCurrency()
	}
	sum := *f
	if f.n == 0 {
		sum.digits = o.digits
	}
	rows, others := sum.rows(), o.rows()
	for i := range rows {
		v := *rows[i] + *others[i] // each within ±2^53
		if v > money.MaxExact || v < -money.MaxExact {
			return beyond("roll-forward")
		}
		*rows[i] = v
	}
	*f = sum
	return nil
}

// rows returns the numbers, in the order of their encoding.
func (f *RollForward) rows() [8]*int64 {
	return [8]*int64{&f.n, &f.opening, &f.added, &f.cancelled, &f.performance, &f.catchUp, &f.reserved, &f.closing}
}

// Rows returns the amounts.
func (f *RollForward) Rows() Rows {
	m := func(minor int64) decimal.Decimal { return money.Decimal(minor, f.digits) }
	return Rows{
		f.n, m(f.opening), m(f.added), m(f.cancelled), m(f.performance), m(f.catchUp), m(f.reserved), m(f.closing),
	}
}

// AppendBinary appends the encoding, version 1; it never fails.
func (f *RollForward) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindRollForward, version)
	w.Byte(byte(f.digits))
	for _, v := range f.rows() {
		w.Varint(*v)
	}
	return w.Data(), nil
}

// MarshalBinary returns what [RollForward.AppendBinary] appends.
func (f *RollForward) MarshalBinary() ([]byte, error) { return f.AppendBinary(nil) }

// UnmarshalBinary decodes any version that was ever written. It fails with
// [relmark.ErrUnsupported] on another kind or version and with
// [relmark.ErrInvalid] on anything else, and leaves f unchanged then.
func (f *RollForward) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindRollForward, version)
	var in RollForward
	in.digits = int(r.Byte())
	r.Check(in.digits <= maxDigits)
	for _, v := range in.rows() {
		*v = r.Varint()
		r.Check(*v <= money.MaxExact && *v >= -money.MaxExact)
	}
	r.Check(in.n > 0 || in == RollForward{})
	r.Check(min(in.added, in.cancelled) >= 0)
	r.Check(in.opening+in.added-in.cancelled-in.performance-in.catchUp-in.reserved == in.closing)
	if err := r.Done(); err != nil {
		return fault.Decode(room, "roll-forward", err)
	}
	*f = in
	return nil
}
