package points

import (
	"math/big"
	"strconv"

	"github.com/relmark/relmark/internal/money"
)

// A line is what an account remembers of a line of an order, to give it back. Amounts are
// minor units, quantities billionths.
type line struct {
	id       string // empty is its position, from 1
	rest     bool   // what the order has beside its lines: it has no id, and comes last
	total    int64  // of the line
	earned   int64  // points
	value    int64  // what points paid of it
	quantity int64
	amount   int64 // refunds that named the line with an amount, together
	returned int64 // refunds that named it with a quantity, together
}

// Of each line a share φ has been given back. What refunds have named of it comes first:
// n = min(t, A + ceil(t·k/K)) of its amount t, where A and k are sums of the amounts and
// quantities named. What names no line, N in all, falls on what is never named, in
// proportion:
//
//	φ = ν + (1 - ν) · N/U   with ν = n/t, or k/K where t = 0, and U = T - Σn
//
// and φ = 1 on all lines once all of the order is refunded. So what is given back depends
// on A, k and N alone, in whatever order and slices they come. All sums are exact.

// named returns n: how much of the line has been given back by naming it.
func (l *line) named() int64 {
	if l.returned == 0 {
		return l.amount
	}
	units, _ := money.MulDiv(l.total, l.returned, l.quantity, money.Ceiling) // at most the total
	return min(l.total, l.amount+units)
}

// whole reports whether all of the line has been named, or none of it.
func (l *line) whole() (all, none bool) {
	if l.total > 0 {
		n := l.named()
		return n == l.total, n == 0
	}
	return l.returned > 0 && l.returned == l.quantity, l.returned == 0
}

// part returns ν.
func (l *line) part() *big.Rat {
	if l.total > 0 {
		return big.NewRat(l.named(), l.total)
	}
	return big.NewRat(l.returned, l.quantity)
}

// A weight is what is given back of a line in proportion to φ.
type weight int

const (
	earnedOf weight = iota
	valueOf
	cashOf
	totalOf
)

// of returns a weight of the line.
func (l *line) of(w weight) int64 {
	switch w {
	case earnedOf:
		return l.earned
	case valueOf:
		return l.value
	case cashOf:
		return l.total - l.value
	default:
		return l.total
	}
}

// over reports whether all of the order has been given back.
func (o *order) over() bool { return o.total > 0 && o.refunded == o.total }

// alone returns an order without lines as the one line that it is: all rest.
func (o *order) alone() line {
	return line{rest: true, total: o.total, earned: o.earned(), value: o.value()}
}

// back returns n/d · Σ w·φ, rounded: what is given back of the whole order.
func (o *order) back(w weight, n, d int64, mode money.Rounding) int64 {
	if lines := o.lines(); lines != nil {
		sum := o.share(lines, w)
		return rounded(sum.Mul(sum, big.NewRat(n, d)), mode)
	}
	if n == d {
		l := o.alone()
		return ratio(l.of(w), o.refunded, o.total, mode)
	}
	return ratio(n, o.refunded, o.total, mode) // w and d are the same
}

// share returns Σ w·φ over lines of the order.
func (o *order) share(lines []line, w weight) *big.Rat {
	var given, open int64 // of lines that are given back whole, and of those that are not named
	var part, rest big.Rat
	for i := range lines {
		l := &lines[i]
		switch all, none := l.whole(); {
		case all || o.over():
			given += l.of(w)
		case none:
			open += l.of(w)
		default:
			all := new(big.Rat).SetInt64(l.of(w))
			share := new(big.Rat).Mul(l.part(), all)
			part.Add(&part, share)
			rest.Add(&rest, all.Sub(all, share))
		}
	}
	if unnamed, never := o.unnamed(); never > 0 {
		rest.Add(&rest, new(big.Rat).SetInt64(open))
		part.Add(&part, rest.Mul(&rest, big.NewRat(unnamed, never)))
	}
	return part.Add(&part, new(big.Rat).SetInt64(given))
}

// ratio returns n·part/whole, rounded, and 0 of nothing; part ≤ whole.
func ratio(n, part, whole int64, mode money.Rounding) int64 {
	if whole == 0 {
		return 0
	}
	p, _ := money.MulDiv(n, part, whole, mode)
	return p
}

// rounded rounds a number that is not negative down, or up.
func rounded(r *big.Rat, mode money.Rounding) int64 {
	q, left := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if mode == money.Ceiling && left.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return q.Int64()
}

// unnamed returns N, what refunds named no line for, and U, what is never named.
func (o *order) unnamed() (n, never int64) {
	n, never = o.refunded, o.total
	lines := o.lines()
	for i := range lines {
		named := lines[i].named()
		n -= named
		never -= named
	}
	return n, never
}

// A Named part of a refund is what it gives back of one line, an amount or a quantity, or
// an amount that names none. Amounts are minor units, with the digits of the refund.
type Named struct {
	Line     string `json:"line,omitzero"` // empty if none is named
	Amount   int64  `json:"amount,omitzero"`
	Quantity int64  `json:"quantity,omitzero"` // in billionths ([earning.One])
}

// lineOf returns the line with an identifier, nil if there is none.
func (o *order) lineOf(id string) *line {
	lines := o.lines()
	for i := range lines {
		l := &lines[i]
		if l.id == id && !l.rest && id != "" || l.id == "" && !l.rest && strconv.Itoa(i+1) == id {
			return l
		}
	}
	return nil
}

// add adds what a part names to its line, and returns why that is none of the order, if it
// is not. What is refunded of the order is left as it was, as parts count together.
func (o *order) add(p *Named) (why Reason) {
	if p.Line == "" {
		return ""
	}
	l := o.lineOf(p.Line)
	if l == nil {
		return UnknownLine
	}
	l.amount += p.Amount
	l.returned += p.Quantity
	if l.returned > l.quantity || l.amount > l.total {
		return RefundExceedsOrder
	}
	if units, _ := money.MulDiv(l.total, l.returned, l.quantity, money.Ceiling); p.Amount > 0 && l.amount+units > l.total {
		return RefundExceedsOrder
	}
	return ""
}

// give adds parts to the order, together, and returns why they are none of it, if they
// are not; the order is half changed then.
func (o *order) give(parts []Named) (why Reason) {
	n, _ := o.unnamed()
	for i := range parts {
		if parts[i].Line == "" {
			n += parts[i].Amount
		} else if o.lineOf(parts[i].Line) == nil {
			return UnknownLine
		}
	}
	for i := range parts {
		if why = o.add(&parts[i]); why != "" {
			return why
		}
	}
	lines := o.lines()
	for i := range lines {
		n += lines[i].named()
	}
	if n > o.total {
		return RefundExceedsOrder
	}
	o.refunded = n
	return ""
}

// fitAll adds as much of parked parts to the order as fits, in turn, and returns what
// that is.
func (o *order) fitAll(parts []Named) (fitted []Named) {
	for _, p := range parts {
		if p, ok := o.fit(p); ok {
			fitted = append(fitted, p)
		}
	}
	return fitted
}

// fit adds as much of a parked part to the order as fits, and returns what that is; false
// if it is nothing.
func (o *order) fit(p Named) (Named, bool) {
	room := o.total - o.refunded
	l := o.lineOf(p.Line)
	switch {
	case l == nil && p.Quantity > 0:
		return p, false
	case l == nil:
		p = Named{Amount: min(p.Amount, room)}
	case p.Quantity > 0:
		p = o.fitQuantity(l, p, room)
	default:
		p.Amount = min(p.Amount, l.total-l.named(), room)
	}
	if p.Amount == 0 && p.Quantity == 0 {
		return p, false
	}
	return p, o.give([]Named{p}) == ""
}

// fitQuantity cuts a quantity to what is left of it, or makes an amount of it where the
// order has less money left than it is worth.
func (o *order) fitQuantity(l *line, p Named, room int64) Named {
	p.Quantity = min(p.Quantity, l.quantity-l.returned)
	after := *l
	after.returned += p.Quantity
	if after.named()-l.named() > room {
		return Named{Line: p.Line, Amount: room}
	}
	return p
}
