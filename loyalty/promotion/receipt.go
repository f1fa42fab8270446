package promotion

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/money"
)

// A Reason says why an offer is not used. It is part of the interface: hosts branch on it.
type Reason string

// The reasons why an offer is not used, in the order in which they are asked for. Each
// holds for this order and these offers only.
const (
	NoCode       Reason = "code"          // its code was not presented
	OtherTier    Reason = "tier"          // the member has none of its tiers
	LimitReached Reason = "limit"         // no use is left of one of its limits
	OverBudget   Reason = "budget"        // no money is left of its budget, or too little for a whole discount
	NoUnits      Reason = "no_units"      // no unit of the order is of those it is for
	BelowMinimum Reason = "below_minimum" // too little is bought
	Excluded     Reason = "excluded"      // an exclusive offer is used alone, or has locked all of the units
	GroupUsed    Reason = "group"         // others of its group are used
	NoDiscount   Reason = "no_discount"   // there is nothing that it takes off
)

func reasons() enum.Set[Reason] {
	return enum.Of(NoCode, OtherTier, LimitReached, OverBudget, NoUnits, BelowMinimum, Excluded, GroupUsed, NoDiscount)
}

// A Receipt is a priced order: what each offer takes off, by line and unit, and why the
// others do not. All parts add up. It is an immutable value, safe for concurrent use.
// Obtain one from [Pricer.Price]; the zero Receipt is that of an order without lines.
type Receipt struct {
	digits             int
	subtotal, discount int64
	lines              int
	applied            []applied
	shares             []int64 // of each offer that is applied, by line
	rejected           []rejected
	unknown            []string
	priced             []priced // lines
	units              []unitRun
}

type (
	applied struct {
		id              string
		discount, units int64
	}
	rejected struct {
		id      string
		why     Reason
		limit   string
		missing minimum
	}
	priced struct {
		off      int64
		from, to int // in units
	}
	unitRun struct{ n, left int64 }
)

// An Application is what an offer takes off.
type Application struct {
	ID       string            `json:"id"`
	Discount decimal.Decimal   `json:"discount"` // the sum of Lines, above 0
	Units    int64             `json:"units"`    // how many it takes something off
	Lines    []decimal.Decimal `json:"lines"`    // by position in the order
}

// A Rejection says why an offer is not used.
type Rejection struct {
	ID     string `json:"id"`
	Reason Reason `json:"reason"`
	Limit  string `json:"limit,omitempty"` // of [LimitReached]: the first by name of which no use is left
	// MissingAmount and MissingUnits say of [BelowMinimum] by how much the first minimum
	// that is missed is missed; one of them is zero if it asks for the other only.
	MissingAmount decimal.Decimal `json:"missing_amount,omitzero"`
	MissingUnits  int64           `json:"missing_units,omitempty"`
}

// A PricedLine is what a line costs.
type PricedLine struct {
	Discount decimal.Decimal `json:"discount"` // of all offers
	Total    decimal.Decimal `json:"total"`    // the sum of what is left of its units
	Units    []UnitRun       `json:"units"`    // its units by number
}

// A UnitRun is a number of units, next to each other, that cost the same.
type UnitRun struct {
	Units int64           `json:"units"`
	Left  decimal.Decimal `json:"left"` // what each costs
}

// Subtotal returns what the order costs without offers.
func (r Receipt) Subtotal() decimal.Decimal { return r.decimal(r.subtotal) }

// Discount returns what all offers take off.
func (r Receipt) Discount() decimal.Decimal { return r.decimal(r.discount) }

// Total returns what the customer pays.
func (r Receipt) Total() decimal.Decimal { return r.decimal(r.subtotal - r.discount) }

// Applied returns what each offer that is used takes off, in the order of turns; nil if
// none is used. The host takes each discount off the budget of the offer, and one use off
// each of its limits.
func (r Receipt) Applied() []Application {
	var out []Application
	for i, a := range r.applied {
		shares := make([]decimal.Decimal, 0, r.lines)
		for _, v := range r.shares[i*r.lines:][:r.lines] {
			shares = append(shares, r.decimal(v))
		}
		out = append(out, Application{a.id, r.decimal(a.discount), a.units, shares})
	}
	return out
}

// Rejected returns why the other offers are not used, in ascending order of ID; nil if
// all are.
func (r Receipt) Rejected() []Rejection {
	var out []Rejection
	for _, x := range r.rejected {
		out = append(out, r.rejection(x))
	}
	return out
}

func (r Receipt) rejection(x rejected) Rejection {
	out := Rejection{ID: x.id, Reason: x.why, Limit: x.limit, MissingUnits: x.missing.units}
	if x.missing.amount > 0 {
		out.MissingAmount = r.decimal(x.missing.amount)
	}
	return out
}

// UnknownCodes returns the presented codes that no offer of the order has, sorted, once
// each; nil if there are none.
func (r Receipt) UnknownCodes() []string { return slices.Clone(r.unknown) }

// Lines returns what each line costs, by position in the order; nil if there are none.
func (r Receipt) Lines() []PricedLine {
	var out []PricedLine
	for _, x := range r.priced {
		var total int64
		l := PricedLine{Discount: r.decimal(x.off)}
		for _, u := range r.units[x.from:x.to] {
			total += u.n * u.left
			l.Units = append(l.Units, UnitRun{u.n, r.decimal(u.left)})
		}
		l.Total = r.decimal(total)
		out = append(out, l)
	}
	return out
}

func (r Receipt) decimal(minor int64) decimal.Decimal { return money.Decimal(minor, r.digits) }

// row returns room for what one more offer takes off the lines.
func (r *Receipt) row() []int64 {
	n := len(r.shares)
	if r.shares == nil {
		r.shares = make([]int64, 0, min(cap(r.applied)*r.lines, max(1024, few*r.lines)))
	}
	r.shares = slices.Grow(r.shares, r.lines)[:n+r.lines]
	clear(r.shares[n:])
	return r.shares[n:]
}

// settle fills in what the lines cost.
func (r *Receipt) settle(b *basket, runs []run) {
	r.priced = make([]priced, r.lines)
	for i := range r.applied {
		for k, v := range r.shares[i*r.lines:][:r.lines] {
			r.priced[k].off += v
		}
	}
	r.units = make([]unitRun, 0, len(runs)+r.lines)
	article, at := int32(-1), int64(0)
	for _, u := range runs {
		if u.article != article {
			article, at = u.article, 0
		}
		b.deal(article, at, u.n, func(line int32, n int64) { r.append(&r.priced[line], unitRun{n, u.left}) })
		at += u.n
	}
}

// append appends units to those of a line, which come one line after the other.
func (r *Receipt) append(l *priced, u unitRun) {
	switch n := len(r.units); {
	case l.to == 0:
		l.from, l.to = n, n+1
	case r.units[l.to-1].left == u.left:
		r.units[l.to-1].n += u.n
		return
	default:
		l.to = n + 1
	}
	r.units = append(r.units, u)
}
