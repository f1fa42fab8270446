package promotion

import (
	"fmt"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A bill is an order at work. All amounts are minor units, so that a discount is
// split and subtracted in integers; decimals are made once, for the receipt.
type bill struct {
	lines   []Line
	digits  int
	zero    decimal.Decimal // all zeros of the receipt are one: decimals are immutable
	price   []int64         // of one unit, by line
	full    []int64         // of the line, undiscounted
	left    []int64         // of the line, after the offers so far
	total   int64           // of full
	weights []int64         // what the present offer's discount is split by
	shares  []int64         // what it takes off each line
	pieces  []units         // of each line; a single unit is its line, and has none of its own
	cheap   []int           // the lines by price, for rules that look at units
	tracks  bool            // a later rule looks at units: what is taken off them is kept

	alone  bool            // an exclusive offer is used
	groups map[string]bool // of which an offer is used
}

// newBill checks that the order can be computed with: with a total of at most 2^53-1 no
// later sum, share or product of part overflows.
func newBill(lines []Line, digits int) (*bill, error) {
	n := len(lines)
	buffer := make([]int64, 5*n)
	b := &bill{
		lines: lines, digits: digits, zero: money.Decimal(0, digits), price: buffer[:n], full: buffer[n : 2*n], left: buffer[2*n : 3*n],
		weights: buffer[3*n : 4*n], shares: buffer[4*n : 4*n : 5*n],
	}
	if err := b.read(); err != nil {
		return nil, err
	}
	for i := range lines {
		full, ok := money.Mul(b.price[i], lines[i].Quantity)
		if !ok || full > money.MaxExact-b.total {
			return nil, fmt.Errorf("promotion: order above 2^53-1 minor units: %w", relmark.ErrLimit)
		}
		b.full[i], b.left[i] = full, full
		b.total += full
	}
	return b, nil
}

// read converts the prices, and reports all lines that are wrong, not the first only.
func (b *bill) read() error {
	var c checker
	for i := range b.lines {
		l := &b.lines[i]
		price, ok := money.Amount(l.Price, b.digits)
		b.price[i] = price
		if ok && l.Quantity >= 1 && len(l.Category) <= fault.MaxName && utf8.ValidString(l.Category) {
			continue
		}
		var part checker
		part.Check(ok, "Price", nil, money.AmountRule)
		part.Check(l.Quantity >= 1, "Quantity", l.Quantity, "must be 1 or more")
		part.Check(l.Category == "" || fault.ValidName(l.Category), "Category", nil, nameOrEmpty)
		c.Join(fmt.Sprintf("Lines[%d]", i), part.Err(""))
	}
	return c.Err(room)
}

// subtotal adds up the eligible lines before any discount, and says whether there
// are any: lines of 0 are lines.
func (b *bill) subtotal(r *rule) (subtotal int64, found bool) {
	for i := range b.lines {
		if r.eligible(&b.lines[i]) {
			subtotal, found = subtotal+b.full[i], true
		}
	}
	return subtotal, found
}

// use takes the discount of a rule off the lines, which shares then holds; false
// if there is none. Lines weigh what is left of them, or what would be free of them
// where units are: a discount that MaxDiscount cuts is shared by what each line
// would have got.
func (b *bill) use(r *rule, subtotal int64) bool {
	for i := range b.lines {
		b.weights[i] = 0
		if r.eligible(&b.lines[i]) {
			b.weights[i] = b.left[i]
		}
	}
	off := sum(b.weights)
	switch r.Kind {
	case Percent:
		off = part(off, r.percent)
	case Fixed:
		off = min(off, r.amount)
	case Tiered:
		off = r.stepped(subtotal, off)
	case Cheapest:
		b.free(r)
		off = sum(b.weights)
	}
	if off = min(off, r.most); off == 0 {
		return false
	}
	// off is at most the sum of the weights, so no share exceeds its weight, which
	// is at most what is left; and the weights are not all zero.
	b.shares, _ = money.AppendAllocate(b.shares[:0], off, b.weights)
	for i, share := range b.shares {
		b.left[i] -= share
		if b.tracks && share > 0 && b.lines[i].Quantity > 1 {
			b.pieces[i] = b.pieces[i].take(share, b.weights[i], r.Kind == Cheapest)
		}
	}
	return true
}

// sum adds amounts of one order, which newBill has bounded.
func sum(values []int64) int64 {
	var total int64
	for _, v := range values {
		total += v
	}
	return total
}

// decimal converts minor units.
func (b *bill) decimal(minor int64) decimal.Decimal {
	if minor == 0 {
		return b.zero
	}
	return money.Decimal(minor, b.digits)
}

func (b *bill) decimals(minor []int64) []decimal.Decimal {
	out := make([]decimal.Decimal, len(minor))
	for i, v := range minor {
		out[i] = b.decimal(v)
	}
	return out
}
