package accrual

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Deferral is revenue kept back for points: of one lot, of a cohort or of a
// whole programme. It is an immutable value, safe for concurrent use; equal
// deferrals are ==. Obtain one from [Defer]; the zero Deferral keeps back nothing.
type Deferral struct {
	digits     int
	allocated  int64
	reserved   int64 // of allocated: what law keeps for others
	redeemed   int64 // points, cumulative
	expected   int64 // points, never below redeemed
	recognised int64 // revenue so far
	measured   bool
}

// Defer keeps back the part of a price that was allocated to points. It fails
// unless that is 0 or more and whole minor units.
func Defer(allocated decimal.Decimal, digits int) (Deferral, error) {
	var c checker
	c.digits(digits)
	d := Deferral{digits: digits, allocated: c.amount(allocated, digits, "Allocated")}
	if err := c.Err(room); err != nil {
		return Deferral{}, err
	}
	return d, nil
}

// An Estimate is what is known about the points of a deferral at the end of a
// period.
type Estimate struct {
	Redeemed int64 `json:"redeemed"` // cumulative, net of what was restored
	// Expected is how many will ever be redeemed, those that were included. It is
	// never taken below Redeemed.
	Expected int64 `json:"expected"`
	// Reserved is the part of the allocation that belongs to points which will never
	// be redeemed and which law reserves for others, such as unclaimed property
	// (IFRS 15.B47, ASC 606-10-55-49): it never becomes revenue.
	Reserved decimal.Decimal `json:"reserved"`
}

// A Period is what a measurement changed.
type Period struct {
	Expected   int64           `json:"expected"`   // points, not below those redeemed
	Cumulative decimal.Decimal `json:"cumulative"` // revenue so far
	// Revenue of the period is Performance, what redemption earned by the estimate
	// that held before, and CatchUp, what the new estimate changes of all that was
	// recognised. Negative where points were restored or more are expected.
	Revenue     decimal.Decimal `json:"revenue"`
	Performance decimal.Decimal `json:"performance"`
	CatchUp     decimal.Decimal `json:"catch_up"`
	Liability   decimal.Decimal `json:"liability"` // contract liability at the end
	Reserved    decimal.Decimal `json:"reserved"`  // what is kept for others at the end
	Moved       decimal.Decimal `json:"moved"`     // into Reserved in this period, negative out of it
}

// Measure recognises revenue up to
//
//	round((allocated - reserved) · redeemed / max(expected, redeemed))
//
// half a unit rounded up, less what was recognised before (cumulative catch-up,
// IFRS 15.88, ASC 606-10-32-43): so revenue is never above what was allocated, and
// all of it when all that is expected has been redeemed. Where nothing is redeemed
// nor expected any more, what is left is breakage, and revenue at once. It returns
// the deferral after that and the change. It fails, returning d, if an estimate is
// negative or exceeds 2^53-1, or if Reserved exceeds the allocation.
func (d Deferral) Measure(e Estimate) (Deferral, Period, error) {
	var c checker
	c.points(e.Redeemed, "Redeemed")
	c.points(e.Expected, "Expected")
	reserved := c.amount(e.Reserved, d.digits, "Reserved")
	c.Check(reserved <= d.allocated, "Reserved", nil, "must not exceed the allocation")
	if err := c.Err(room); err != nil {
		return d, Period{}, err
	}
	next := d
	next.reserved, next.redeemed, next.expected = reserved, e.Redeemed, max(e.Expected, e.Redeemed)
	next.recognised, next.measured = next.earned(next.redeemed, next.expected), true
	performance, catchUp := d.change(next)
	m := func(minor int64) decimal.Decimal { return money.Decimal(minor, d.digits) }
	return next, Period{
		Expected: next.expected, Cumulative: m(next.recognised), Revenue: m(next.recognised - d.recognised),
		Performance: m(performance), CatchUp: m(catchUp), Liability: m(next.liability()), Reserved: m(reserved),
		Moved: m(reserved - d.reserved),
	}, nil
}

// earned returns the cumulative revenue. Redeemed is at most expected; where they
// are equal, 0 and 0 included, nothing is left to perform.
func (d *Deferral) earned(redeemed, expected int64) int64 {
	if redeemed == expected {
		return d.allocated - d.reserved
	}
	v, _ := money.MulDiv(d.allocated-d.reserved, redeemed, expected, money.HalfUp) // at most the allocation
	return v
}

// change divides the revenue from d to next. Performance is what redemption from
// d on earns by the estimate of d; the rest, also of a changed allocation, is
// catch-up. A first measurement has no earlier estimate to catch up with.
func (d *Deferral) change(next Deferral) (performance, catchUp int64) {
	revenue := next.recognised - d.recognised
	if !d.measured {
		return revenue, 0
	}
	performance = next.earned(next.redeemed, max(d.expected, next.redeemed)) - next.earned(d.redeemed, d.expected)
	return performance, revenue - performance
}

// Cancel takes a part of the allocation back, as when goods are returned. The next
// measurement brings revenue in line. It fails, returning d, unless part is at least 0
// and at most the allocation, less what is reserved.
func (d Deferral) Cancel(part decimal.Decimal) (Deferral, error) {
	var c checker
	minor := c.amount(part, d.digits, "Part")
	c.Check(minor <= d.allocated-d.reserved, "Part", nil, "must not exceed the allocation, less what is reserved")
	if err := c.Err(room); err != nil {
		return d, err
	}
	d.allocated -= minor
	return d, nil
}

// liability returns what is neither revenue nor kept for others.
func (d *Deferral) liability() int64 { return d.allocated - d.reserved - d.recognised }

// Allocated returns the allocation, less what was cancelled.
func (d Deferral) Allocated() decimal.Decimal { return money.Decimal(d.allocated, d.digits) }

// Recognised returns the revenue so far.
func (d Deferral) Recognised() decimal.Decimal { return money.Decimal(d.recognised, d.digits) }

// Liability returns the contract liability. It is negative only between a
// [Deferral.Cancel] of more than was left and the next measurement.
func (d Deferral) Liability() decimal.Decimal { return money.Decimal(d.liability(), d.digits) }

// Reserved returns what law keeps for others.
func (d Deferral) Reserved() decimal.Decimal { return money.Decimal(d.reserved, d.digits) }

type deferralJSON struct {
	V          int         `json:"v"`
	Digits     int         `json:"digits"`
	Allocated  money.Plain `json:"allocated"`
	Reserved   money.Plain `json:"reserved,omitzero"`
	Redeemed   int64       `json:"redeemed,omitempty"`
	Expected   int64       `json:"expected,omitempty"`
	Recognised money.Plain `json:"recognised,omitzero"`
	Measured   bool        `json:"measured,omitempty"`
}

// MarshalJSON encodes a deferral in one canonical form:
//
//	{"v":1,"digits":2,"allocated":"10","reserved":"0.5","redeemed":1,"expected":4,"recognised":"2.5","measured":true}
//
// with zero values left out.
func (d Deferral) MarshalJSON() ([]byte, error) {
	m := func(minor int64) money.Plain { return money.Plain(money.Decimal(minor, d.digits)) }
	return encode(deferralJSON{
		version, d.digits, m(d.allocated), m(d.reserved), d.redeemed, d.expected, m(d.recognised), d.measured,
	})
}

// UnmarshalJSON decodes a deferral of any version that was ever written. It fails
// with [relmark.ErrUnsupported] on an unknown version and with
// [relmark.ErrInvalid] on anything else that is no deferral, and leaves d
// unchanged then.
func (d *Deferral) UnmarshalJSON(data []byte) error {
	var in deferralJSON
	if err := decode("deferral", data, &in); err != nil {
		return err
	}
	var c checker
	c.digits(in.Digits)
	c.points(in.Redeemed, "Redeemed")
	c.points(in.Expected, "Expected")
	out := Deferral{
		in.Digits, c.amount(decimal.Decimal(in.Allocated), in.Digits, "Allocated"), c.amount(decimal.Decimal(in.Reserved), in.Digits, "Reserved"),
		in.Redeemed, in.Expected, c.amount(decimal.Decimal(in.Recognised), in.Digits, "Recognised"), in.Measured,
	}
	c.Check(out.fits(), "Expected", in.Expected, "must not be below Redeemed, nor set before a measurement")
	c.Check(out.reserved <= out.allocated, "Reserved", nil, "must not exceed the allocation")
	if err := c.Err(room); err != nil {
		return err
	}
	if !out.earnable() {
		return invalid("Recognised", nil, "must be what a measurement makes of the allocation, or of more that was cancelled since")
	}
	*d = out
	return nil
}

// fits reports whether the points are what a measurement leaves.
func (d *Deferral) fits() bool {
	return d.redeemed <= d.expected && (d.measured || d.expected == 0 && d.recognised == 0 && d.reserved == 0)
}

// earnable reports whether a measurement can have recognised what is: the revenue of
// the allocation, or of a greater one of which a part was cancelled since.
func (d *Deferral) earnable() bool {
	if !d.measured {
		return true // and nothing is recognised
	}
	most := *d
	most.allocated = money.MaxExact
	return d.recognised >= d.earned(d.redeemed, d.expected) && d.recognised <= most.earned(d.redeemed, d.expected)
}

// errCurrency says that deferrals of different digits meet.
func errCurrency() error {
	return invalid("Digits", nil, "must be those of the others")
}
