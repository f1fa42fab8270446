package evaluation

import (
	"math"
	"math/big"

	"github.com/relmark/relmark/internal/fault"
)

// MaxHolding is how many products one customer can have.
const MaxHolding = 1_000_000

// Holdings add up how many products customers had before an offer, a season or a campaign,
// and after it. The base are those with one or more before. All of it is whole: parts merge
// exactly. The zero Holdings are ready. They are plain data, not safe for concurrent
// mutation.
type Holdings struct {
	Base    int64 `json:"base"`    // customers with a product before
	New     int64 `json:"new"`     // none before, one or more after; not of the base
	Lost    int64 `json:"lost"`    // of the base, none after
	Before  int64 `json:"before"`  // products of the base, before
	After   int64 `json:"after"`   // products of the base, after
	Squares int64 `json:"squares"` // of the base, Σ (after − before)²
	// Of the base, those with two or more products: before and after, before only, after
	// only.
	Kept   int64 `json:"kept"`
	Shrunk int64 `json:"shrunk"`
	Grown  int64 `json:"grown"`
}

// Validate reports whether customers can have added up to h, joined into one error.
func (h Holdings) Validate() error {
	var l fault.List
	for _, f := range h.fields() {
		l.Check(*f.sum >= 0, f.name, *f.sum, "must be 0 or more")
	}
	if l.Len() > 0 {
		return l.Err(room)
	}
	several := h.Kept + h.Grown
	fits := h.Base <= maxRows && h.New <= maxRows && h.Lost <= h.Base && h.Kept <= h.Base && h.Shrunk <= h.Base-h.Kept &&
		h.Grown <= h.Base-h.Kept-h.Shrunk && several <= h.Base-h.Lost
	l.Check(fits, "Base", h.Base, "must be 2147483647 at most and hold all that is counted of it")
	if fits {
		least := h.Base + h.Kept + h.Shrunk
		l.Check(h.Before >= least && h.Before <= h.Base*MaxHolding, "Before", h.Before, "must be what the base can have")
		l.Check(h.After >= h.Base-h.Lost+several && h.After <= (h.Base-h.Lost)*MaxHolding, "After", h.After, "must be what the base can have")
		l.Check(h.possible(), "Squares", h.Squares, "must be what the changes can have")
	}
	return l.Err(room)
}

// possible reports whether n·Σd² ≥ (Σd)², Σd² is as odd as Σd, and no less than |Σd|.
func (h Holdings) possible() bool {
	d := h.After - h.Before
	return h.Squares >= max(d, -d) && (h.Squares^d)&1 == 0 && h.variance().Sign() >= 0
}

// variance returns n·Σd² − (Σd)², of changes d of the base.
func (h Holdings) variance() *big.Int {
	n, d := big.NewInt(h.Base), big.NewInt(h.After-h.Before)
	return n.Sub(n.Mul(n, big.NewInt(h.Squares)), d.Mul(d, d))
}

type holdingField struct {
	name string
	sum  *int64
}

func (h *Holdings) fields() []holdingField {
	return []holdingField{
		{"Base", &h.Base},
		{"New", &h.New},
		{"Lost", &h.Lost},
		{"Before", &h.Before},
		{"After", &h.After},
		{"Squares", &h.Squares},
		{"Kept", &h.Kept},
		{"Shrunk", &h.Shrunk},
		{"Grown", &h.Grown},
	}
}

// Add adds a customer with so many products before and after, each 0 to [MaxHolding]. It
// fails with a [relmark.FieldError] for others and where some sum of h is below 0, and with
// [relmark.ErrLimit] past 2,147,483,647 customers or where a sum would pass an int64; h is
// unchanged then.
func (h *Holdings) Add(before, after int) error {
	var l fault.List
	l.Check(before >= 0 && before <= MaxHolding, "Before", before, "must be 0 to 1000000")
	l.Check(after >= 0 && after <= MaxHolding, "After", after, "must be 0 to 1000000")
	if l.Len() > 0 {
		return l.Err(room)
	}
	return h.join(holdingOf(int64(before), int64(after)))
}

func holdingOf(before, after int64) (one Holdings) {
	if before == 0 {
		if after > 0 {
			one.New = 1
		}
		return one
	}
	one.Base, one.Before, one.After = 1, before, after
	one.Squares = (after - before) * (after - before)
	if after == 0 {
		one.Lost = 1
	}
	switch {
	case before > 1 && after > 1:
		one.Kept = 1
	case before > 1:
		one.Shrunk = 1
	case after > 1:
		one.Grown = 1
	}
	return one
}

// Merge adds the customers of o: exact, associative and commutative, with the zero Holdings
// as identity. It fails as [Holdings.Validate] of o does, and with [relmark.ErrLimit] as
// [Holdings.Add] does; h is unchanged then.
func (h *Holdings) Merge(o Holdings) error {
	if err := o.Validate(); err != nil {
		return err
	}
	return h.join(o)
}

func (h *Holdings) join(o Holdings) error {
	sum := *h
	from := o.fields()
	for i, f := range sum.fields() {
		if *f.sum < 0 {
			return h.Validate()
		}
		if *from[i].sum > math.MaxInt64-*f.sum {
			return overLimit("more products than an int64 holds")
		}
		*f.sum += *from[i].sum
	}
	if sum.Base > maxRows || sum.New > maxRows {
		return overLimit("more than 2147483647 customers")
	}
	*h = sum
	return nil
}

// A Change is a mean of the same customers before and after, and the paired change with
// se = sd/√n and its normal interval. It is plain data.
type Change struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Change float64 `json:"change"`
	SE     float64 `json:"se"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// A HoldingsReport is how much customers have of what a firm offers. It is plain data.
type HoldingsReport struct {
	Base                int64  `json:"base"`
	New                 int64  `json:"new"`
	Lost                int64  `json:"lost"`
	ProductsPerCustomer Change `json:"products_per_customer"`
	CrossSellRatio      Change `json:"cross_sell_ratio"` // share with two or more products
}

// Report returns products per customer and the cross-sell ratio of the base, before and
// after, at a level above 0 and below 1. It fails with [relmark.ErrTooFew] for a base below
// two customers, and as [Holdings.Validate] does.
func (h Holdings) Report(level float64) (HoldingsReport, error) {
	if err := levelError(level); err != nil {
		return HoldingsReport{}, err
	}
	if err := h.Validate(); err != nil {
		return HoldingsReport{}, err
	}
	if h.Base < 2 {
		return HoldingsReport{}, tooFew("fewer than two customers with a product before")
	}
	ratio := Holdings{
		Base: h.Base, Before: h.Kept + h.Shrunk, After: h.Kept + h.Grown, Squares: h.Shrunk + h.Grown,
	}
	return HoldingsReport{h.Base, h.New, h.Lost, h.change(level), ratio.change(level)}, nil
}

// change returns the means of a base and their change: the sums are exact, and each
// figure is rounded once or twice.
func (h Holdings) change(level float64) Change {
	n := float64(h.Base)
	squares, _ := new(big.Float).SetInt(h.variance()).Float64()
	e := estimate(float64(h.After-h.Before)/n, math.Sqrt(squares/(n-1))/n, level)
	return Change{float64(h.Before) / n, float64(h.After) / n, e.Value, e.SE, e.Low, e.High}
}
