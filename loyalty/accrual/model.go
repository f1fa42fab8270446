package accrual

import (
	"math"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A Policy says how points are valued. It is plain data, safe for concurrent use
// while nobody changes it; [NewModel] makes a [Model] of it.
type Policy struct {
	Digits int // fraction digits of the currency
	// Value is what a redeemed point saves the customer, such as 0.01: the
	// stand-alone selling price of a point that will be redeemed. ≥ 0, at most 9
	// fraction digits; nil: not known, and [Model.StandAlone] fails.
	Value *decimal.Decimal
	// Cost is what a redeemed point costs the programme, for provisions. ≥ 0, at most
	// 9 fraction digits; nil: not known, and [Model.Provision] fails.
	Cost *decimal.Decimal
	// Reserved is the share, 0 to 1, of what was allocated to points that will never
	// be redeemed which law reserves for others: unclaimed property. At most 9
	// fraction digits.
	Reserved decimal.Decimal
	Curve    Curve // by age in months
}

// Validate reports the rules that p breaks in one error.
func (p Policy) Validate() error {
	_, err := NewModel(p)
	return err
}

// A Model estimates what points will be used, lot by lot. It is an immutable
// value, safe for concurrent use. Obtain one from [NewModel].
type Model struct {
	opaque
	digits      int
	value, cost *money.Rate // minor units per point; nil if not known
	reserved    money.Rate
	remaining   []float64
}

// NewModel prepares a policy. It fails exactly when [Policy.Validate] does.
func NewModel(p Policy) (*Model, error) {
	var c checker
	c.digits(p.Digits)
	m := &Model{digits: p.Digits, remaining: p.Curve.Remaining()}
	m.value = c.each(p.Value, p.Digits, "Value")
	m.cost = c.each(p.Cost, p.Digits, "Cost")
	m.reserved = c.rate(p.Reserved, 0, "Reserved")
	num, den := m.reserved.Fraction()
	c.Check(num <= den, "Reserved", nil, "must be 0 to 1")
	c.Join("Curve", p.Curve.Validate())
	if err := c.Err(room); err != nil {
		return nil, err
	}
	return m, nil
}

// each reads an amount per point that may be missing as minor units per point.
func (c *checker) each(d *decimal.Decimal, digits int, field string) *money.Rate {
	if d == nil {
		return nil
	}
	return new(c.rate(*d, digits, field))
}

// rate reads a number of at least 0 as minor units of so many digits.
func (c *checker) rate(d decimal.Decimal, digits int, field string) money.Rate {
	err := money.Bounded(d)
	var r money.Rate
	if err == nil {
		r, err = money.RateOf(d)
	}
	if err == nil {
		r, err = r.Rescaled(0, digits)
	}
	c.Check(err == nil && d.Sign() >= 0, field, nil, "must be ≥ 0, with at most 9 fraction digits")
	return r
}

// remainingAt returns the share of points left at an age that will be redeemed.
func (m *Model) remainingAt(age int) float64 {
	if age >= len(m.remaining) {
		return 0
	}
	return m.remaining[age]
}

// expected returns how many of n points left at an age will be redeemed.
func (m *Model) expected(n int64, age int) int64 {
	return min(n, int64(math.Round(float64(n)*m.remainingAt(age)))) // not floor(x+0.5): the sum rounds, too
}

// Expected returns how many of the points that are left at an age in months will
// be redeemed: points times the share of the curve, a float64 product, to the
// nearest point, half a point rounded up. It fails if one of them is negative,
// points exceed 2^53-1 or the model is nil.
func (m *Model) Expected(points int64, age int) (int64, error) {
	if m == nil {
		return 0, errNoModel()
	}
	var c checker
	c.points(points, "Points")
	c.Check(age >= 0, "Age", age, "must be 0 or more")
	if err := c.Err(room); err != nil {
		return 0, err
	}
	return m.expected(points, age), nil
}

// StandAlone returns the stand-alone selling price of newly granted points: value
// times those that will be redeemed (IFRS 15.B42, ASC 606-10-55-44), half a minor
// unit rounded up. It fails as [Model.Expected] does, if the policy has no Value, and
// with [relmark.ErrLimit] if the price exceeds 2^53-1 minor units.
func (m *Model) StandAlone(points int64) (decimal.Decimal, error) {
	if m == nil {
		return decimal.Decimal{}, errNoModel()
	}
	return m.worth(m.value, "Value", points, 0)
}

// Provision returns the cost of the points that will be redeemed out of those left
// at an age in months: for programmes whose points are no material right of a sale,
// such as gifts and points sold by others (IAS 37.36). Undiscounted. It fails as
// [Model.StandAlone] does, but for Cost.
func (m *Model) Provision(points int64, age int) (decimal.Decimal, error) {
	if m == nil {
		return decimal.Decimal{}, errNoModel()
	}
	return m.worth(m.cost, "Cost", points, age)
}

// worth returns the value of the points that will be redeemed. The share, a float,
// turns points into points; money is exact from there on.
func (m *Model) worth(each *money.Rate, field string, points int64, age int) (decimal.Decimal, error) {
	if each == nil {
		return decimal.Decimal{}, invalid(field, nil, "must be given in the policy")
	}
	n, err := m.Expected(points, age)
	if err != nil {
		return decimal.Decimal{}, err
	}
	minor, err := each.Apply(n, money.HalfUp)
	if err != nil || minor > money.MaxExact {
		return decimal.Decimal{}, beyond("amount in minor units")
	}
	return money.Decimal(minor, m.digits), nil
}

// A Lot is what has become of points that were granted together, up to now.
type Lot struct {
	GrantedOn relmark.Date `json:"granted_on"`
	Granted   int64        `json:"granted"`
	Redeemed  int64        `json:"redeemed"` // net of what was restored
	Expired   int64        `json:"expired"`
	Reversed  int64        `json:"reversed"` // taken back with returned goods; cancel their part of the allocation
}

// Left returns the points that can still be redeemed.
func (l Lot) Left() int64 { return l.Granted - l.Redeemed - l.Expired - l.Reversed }

// Estimate returns what is expected of a lot whose points a deferral keeps back:
// those redeemed and, of those left, the share of the curve at their age; and of
// the allocation of those that will never be redeemed the share that law reserves.
// It fails if a number is negative or exceeds 2^53-1, if more happened than was
// granted, if asOf comes before the grant, or if the model is nil.
func (m *Model) Estimate(d Deferral, l Lot, asOf relmark.Date) (Estimate, error) {
	if m == nil {
		return Estimate{}, errNoModel()
	}
	var c checker
	c.points(l.Granted, "Granted")
	c.points(l.Redeemed, "Redeemed")
	c.points(l.Expired, "Expired")
	c.points(l.Reversed, "Reversed")
	c.Check(c.Len() > 0 || l.Left() >= 0, "Granted", l.Granted, "must not be below what became of the points")
	c.Check(d.digits == m.digits, "Digits", d.digits, "must be those of the policy")
	age, err := ageOn(l.GrantedOn, asOf)
	c.Join("", err)
	if err := c.Err(room); err != nil {
		return Estimate{}, err
	}
	expected := l.Redeemed + m.expected(l.Left(), age)
	kept := l.Granted - l.Reversed
	reserved := m.reserve(d.allocated, kept-expected, kept)
	return Estimate{l.Redeemed, expected, money.Decimal(reserved, m.digits)}, nil
}

// reserve returns allocated · share · unused / points, rounded half up: what law
// reserves of an allocation.
func (m *Model) reserve(allocated, unused, points int64) int64 {
	num, den := m.reserved.Fraction()
	if points == 0 || num == 0 || unused == 0 {
		return 0
	}
	// 2·a·num·unused + den·points over 2·den·points, rounded down: too long for 128 bits.
	up := big.NewInt(allocated)
	up.Mul(up, big.NewInt(num)).Mul(up, big.NewInt(unused)).Lsh(up, 1)
	down := big.NewInt(den)
	down.Mul(down, big.NewInt(points))
	up.Add(up, down)
	return up.Quo(up, down.Lsh(down, 1)).Int64() // at most allocated
}

// Measure brings the deferral of a lot up to date: [Model.Estimate], then
// [Deferral.Measure]. On error it returns d.
func (m *Model) Measure(d Deferral, l Lot, asOf relmark.Date) (Deferral, Period, error) {
	e, err := m.Estimate(d, l, asOf)
	if err != nil {
		return d, Period{}, err
	}
	return d.Measure(e)
}

type policyJSON struct {
	V        int          `json:"v"`
	Digits   int          `json:"digits"`
	Value    *money.Plain `json:"value,omitempty"`
	Cost     *money.Plain `json:"cost,omitempty"`
	Reserved money.Plain  `json:"reserved,omitzero"`
	Redeemed []float64    `json:"redeemed"`
	Lost     []float64    `json:"lost"`
}

// MarshalJSON encodes a valid policy in one canonical form:
//
//	{"v":1,"digits":2,"value":"0.01","cost":"0.006","reserved":"0.25","redeemed":[0.5,0.25],"lost":[0,0.1]}
//
// with what is missing left out.
func (p Policy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(policyJSON{
		version, p.Digits, (*money.Plain)(p.Value), (*money.Plain)(p.Cost), money.Plain(p.Reserved), p.Curve.Redeemed, p.Curve.Lost,
	})
}

// UnmarshalJSON decodes a policy of any version that was ever written, with the
// errors of [Curve.UnmarshalJSON]. It leaves p unchanged on error.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var in policyJSON
	if err := decode("policy", data, &in); err != nil {
		return err
	}
	out := Policy{in.Digits, (*decimal.Decimal)(in.Value), (*decimal.Decimal)(in.Cost), decimal.Decimal(in.Reserved), Curve{in.Redeemed, in.Lost}}
	if err := out.Validate(); err != nil {
		return err
	}
	*p = out
	return nil
}
