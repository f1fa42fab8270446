package points

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/earning"
)

// A RefundLine is what a refund gives back of one line: an amount or a quantity.
type RefundLine struct {
	// ID is what [earning.OrderLine] calls the line: its ID, or its position, from 1.
	ID string `json:"id,omitzero"`
	// Amount is of the money of the line, > 0 in whole minor units; nil if Quantity says
	// it.
	Amount *decimal.Decimal `json:"amount,omitzero"`
	// Quantity is how many units of the line come back, > 0 with at most 9 fraction
	// digits, each at the price of the line by its quantity, the sum rounded up; nil if
	// Amount says it.
	Quantity *decimal.Decimal `json:"quantity,omitzero"`
}

// refundLinesPayload describes what a refund names, as a set.
func refundLinesPayload(f *canon.Form, lines []RefundLine) {
	if len(lines) == 0 {
		return
	}
	lines = slices.SortedStableFunc(slices.Values(lines), func(a, b RefundLine) int { return cmp.Compare(a.ID, b.ID) })
	canon.List(f, "lines", &lines, func(l *RefundLine, f *canon.Form) {
		f.Text("id", &l.ID)
		if l.Amount != nil {
			number(f, "amount", *l.Amount, "")
		}
		if l.Quantity != nil {
			number(f, "quantity", *l.Quantity, "")
		}
	})
}

const (
	namedOnceRule = "must be named once, with an amount or a quantity"
	quantityRule  = "must be > 0 with at most 9 fraction digits, and below 10^9"
)

// named checks what a refund names: an amount, or parts of the order.
func (d *decider) named(c *Refund) (amount int64, parts []Named, err error) {
	if amount, err = d.e.minor("Amount", c.Amount, c.Currency); err != nil {
		return 0, nil, err
	}
	if (amount == 0) == (len(c.Lines) == 0) {
		return 0, nil, invalid("Amount", nil, "must be > 0, or Lines must say what comes back")
	}
	parts = make([]Named, 0, len(c.Lines))
	for i := range c.Lines {
		p, err := d.part(&c.Lines[i], c.Currency)
		if err != nil {
			return 0, nil, err
		}
		if slices.ContainsFunc(parts, func(q Named) bool { return q.Line == p.Line }) {
			return 0, nil, invalid("Lines", i, namedOnceRule)
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return amount, nil, nil
	}
	return 0, parts, nil
}

// part checks a line of a refund.
func (d *decider) part(l *RefundLine, currency string) (p Named, err error) {
	if !canon.IsName(l.ID) {
		return p, invalid("Lines.ID", nil, nameRule)
	}
	if (l.Amount == nil) == (l.Quantity == nil) {
		return p, invalid("Lines", nil, namedOnceRule)
	}
	p.Line = l.ID
	if l.Amount != nil {
		if p.Amount, err = d.e.minor("Lines.Amount", *l.Amount, currency); err == nil && p.Amount == 0 {
			err = invalid("Lines.Amount", nil, "must be > 0")
		}
		return p, err
	}
	if money.Bounded(*l.Quantity) == nil {
		p.Quantity, err = money.Minor(*l.Quantity, quantityDigits)
	}
	if err != nil || p.Quantity <= 0 || p.Quantity >= maxQuantity {
		return p, invalid("Lines.Quantity", nil, quantityRule)
	}
	return p, nil
}

const (
	quantityDigits = 9
	maxQuantity    = earning.One * earning.One
)

// sound reports whether a part of an event can be one: an amount, or a quantity of a line.
func (p *Named) sound() bool {
	if p.Amount != 0 {
		return p.Quantity == 0 && p.Amount > 0 && p.Amount <= maxPoints && canon.IsNote(p.Line)
	}
	return p.Quantity > 0 && p.Quantity < maxQuantity && canon.IsName(p.Line)
}

// parted reports whether the lines of an order add up to it, and what they earned to what
// it did.
func (b *Earned) parted() bool {
	x := &b.Facts
	earned := int64(0)
	for _, n := range b.Award.ByLine {
		earned = plusZero(earned, n)
	}
	if len(b.Award.ByLine) != x.Positions() && (b.Award.ByLine != nil || b.Award.Granted != 0) { // nothing was granted on a date without rules
		return false
	}
	return x.Validate() == nil && earned == b.Award.Earned() && b.PaidValue == x.Total-x.Cash
}

// bare returns lines with no more than refunds need.
func bare(lines []earning.Line) []earning.Line {
	var out []earning.Line
	for _, l := range lines {
		out = append(out, earning.Line{ID: l.ID, Amount: l.Amount, Paid: l.Paid, Quantity: l.Quantity})
	}
	return out
}

// linesOf returns the lines of an order with what each has earned.
func (b *Earned) linesOf() []line {
	x := &b.Facts
	if len(x.Lines) == 0 {
		return nil
	}
	lines := make([]line, len(x.Lines), len(x.Lines)+1)
	for i, l := range x.Lines {
		lines[i] = line{id: l.ID, total: l.Amount, value: l.Paid, quantity: l.Quantity}
	}
	if amount, paid, ok := x.Rest(); ok {
		lines = append(lines, line{rest: true, total: amount, value: paid})
	}
	for i, n := range b.Award.ByLine {
		lines[i].earned = n
	}
	return lines
}
