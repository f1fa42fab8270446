package abc

import (
	"iter"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// Cuts says how much of the value classes A and B hold. The zero Cuts are 0.80 and
// 0.95.
type Cuts struct {
	A decimal.Decimal `json:"a"` // share of the value that class A holds, in (0, B]
	B decimal.Decimal `json:"b"` // share that A and B hold together, up to 1
}

// or returns k, or the default if it is zero.
func (k Cuts) or() Cuts {
	if k.A.IsZero() && k.B.IsZero() {
		return Cuts{decimal.New(80, -2), decimal.New(95, -2)}
	}
	return k
}

// Validate reports the first rule that k breaks as a [relmark.FieldError].
func (k Cuts) Validate() error { return wrap(k.validate("")) }

func (k Cuts) validate(path string) error {
	k = k.or()
	a, unitA, err := fraction(path+"A", k.A)
	if err != nil {
		return err
	}
	b, unitB, err := fraction(path+"B", k.B)
	if err != nil {
		return err
	}
	switch {
	case a.Sign() <= 0:
		return fault.New(path+"A", nil, "must be > 0, or A and B both 0 for 0.80 and 0.95")
	case new(big.Int).Mul(a, unitB).Cmp(new(big.Int).Mul(b, unitA)) > 0:
		return fault.New(path+"B", nil, "must be A or more")
	case b.Cmp(unitB) > 0:
		return fault.New(path+"B", nil, "must be at most 1")
	}
	return nil
}

// A Group describes a class of customers. It is plain data.
type Group struct {
	Customers     int             `json:"customers"`
	Value         decimal.Decimal `json:"value"`          // sum of their values
	Least         decimal.Decimal `json:"least"`          // value of the last of them in the ranking; 0 if there are none
	CustomerShare float64         `json:"customer_share"` // of all customers; 0 if there are none
	ValueShare    float64         `json:"value_share"`    // their positive values over all positive values; 0 if there are none
}

// ClassGroups describes the three classes. CustomerShare and ValueShare sum to 1 where
// there are customers, and positive values, at all. It is plain data.
type ClassGroups struct {
	A Group `json:"a"`
	B Group `json:"b"`
	C Group `json:"c"`
}

// Of returns the group of a class, the zero Group for no class.
func (g ClassGroups) Of(c Class) Group {
	switch c {
	case A:
		return g.A
	case B:
		return g.B
	case C:
		return g.C
	default:
		return Group{}
	}
}

// ABC sizes the classes of a curve as [Ranking.ABC] fills them. It fails exactly
// when [Cuts.Validate] does.
func (c Curve) ABC(k Cuts) (ClassGroups, error) {
	if err := k.Validate(); err != nil {
		return ClassGroups{}, err
	}
	a, b := c.split(k)
	return ClassGroups{c.group(0, a), c.group(a, b), c.group(b, c.n)}, nil
}

// split returns how many customers are in A, and how many in A or B. The cuts must
// be valid.
func (c Curve) split(k Cuts) (a, b int64) {
	k = k.or()
	return c.within(k.A), c.within(k.B)
}

// within counts the profitable customers before whom less than a share of the gain
// is cumulated.
func (c Curve) within(share decimal.Decimal) int64 {
	limit := c.threshold(share)
	var before wide
	var count int64
	for _, r := range c.runs {
		if r.units <= 0 || before.cmp(limit) >= 0 {
			break
		}
		after := before.add(r.sum())
		if after.cmp(limit) > 0 {
			return count + min(r.count, fit(limit.sub(before), r.units))
		}
		before, count = after, count+r.count
	}
	return count
}

// threshold returns the least integer of at least share · gain, so that a sum is
// below one exactly if it is below the other.
func (c Curve) threshold(share decimal.Decimal) wide {
	num, den, _ := fraction("", share) // validated
	limit, rest := num.Mul(num, c.gain.big()).QuoRem(num, den, new(big.Int))
	if rest.Sign() > 0 {
		limit.Add(limit, big.NewInt(1))
	}
	return narrow(limit)
}

// fit returns gap/units, rounded up, at most an int64; both are positive.
func fit(gap wide, units int64) int64 {
	q, rest := new(big.Int).QuoRem(gap.big(), big.NewInt(units), new(big.Int))
	return q.Int64() + int64(rest.Sign())
}

// group describes the customers from one position of the ranking to another.
func (c Curve) group(from, to int64) Group {
	if from == to {
		return Group{}
	}
	sum := c.first(to).sub(c.first(from))
	g := Group{
		Customers:     int(to - from),
		Value:         decimalOf(sum, c.digits),
		Least:         money.Decimal(c.at(to-1), c.digits),
		CustomerShare: float64(to-from) / float64(c.n),
	}
	if c.gain.sign() > 0 {
		gained := c.first(min(to, c.winners)).sub(c.first(min(from, c.winners)))
		g.ValueShare = ratio(gained.big(), c.gain.big())
	}
	return g
}

// at returns the value at a position of the ranking, from 0.
func (c Curve) at(position int64) int64 {
	for _, r := range c.runs {
		if position < r.count {
			return r.units
		}
		position -= r.count
	}
	return 0
}

// Classes is a ranking with a class for each customer. It is an immutable value,
// safe for concurrent use. Obtain one from [Ranking.ABC]; the zero Classes is
// empty.
type Classes[ID relmark.ID] struct {
	opaque

	Groups ClassGroups

	list []entry[ID]
	a, b int // where B and C begin
}

// ABC classes the customers. With the gain as the sum of the positive values, a
// customer of positive value is A while the value cumulated before him is below
// the share A of the gain, then B while it is below the share B, then C. So the
// customer who crosses a cut stays in the upper class, and where a cut is hit
// exactly the next customer begins the lower one. Nobody without positive value is
// A or B. It fails exactly when [Cuts.Validate] does, and takes O(n) time.
func (r Ranking[ID]) ABC(k Cuts) (Classes[ID], error) {
	curve := r.Curve()
	groups, err := curve.ABC(k)
	if err != nil {
		return Classes[ID]{}, err
	}
	a := groups.A.Customers
	return Classes[ID]{Groups: groups, list: r.list, a: a, b: a + groups.B.Customers}, nil
}

// All yields each customer with the class, in the order of the ranking.
func (c Classes[ID]) All() iter.Seq2[ID, Class] {
	return func(yield func(ID, Class) bool) {
		for i, e := range c.list {
			if !yield(e.id, classAt(c.at(i))) {
				return
			}
		}
	}
}

// at returns the position of the class of a customer at a position of the ranking.
func (c *Classes[ID]) at(position int) int {
	switch {
	case position < c.a:
		return 0
	case position < c.b:
		return 1
	default:
		return 2
	}
}
