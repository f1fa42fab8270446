package voucher

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// The reasons why a voucher is not used. Each holds for this order and these
// vouchers only.
const (
	NoEligibleLines Reason = "no_eligible_lines" // no line is of its categories
	BelowMinimum    Reason = "below_minimum"     // the eligible lines come to too little
	Excluded        Reason = "excluded"          // an exclusive voucher is used alone
	GroupUsed       Reason = "group"             // another one of its group is used
	NoDiscount      Reason = "no_discount"       // nothing is left to take off
)

// A Line is a position of an order.
type Line struct {
	Quantity int64           // 1 or more
	Price    decimal.Decimal // of one unit, 0 or more, whole minor units
	Category string          // that vouchers can ask for
}

// A Discount is what a voucher takes off.
type Discount struct {
	ID     string
	Amount decimal.Decimal   // the sum of Lines
	Lines  []decimal.Decimal // by position in the order
}

// A Rejection says why a voucher is not used.
type Rejection struct {
	ID     string
	Reason Reason
	// Missing is by how much the eligible lines fall short where the reason is
	// [BelowMinimum]; zero otherwise.
	Missing decimal.Decimal
}

// A Receipt is a priced order. It is plain data and the caller's own.
type Receipt struct {
	Applied    []Discount        // in the order in which they were used
	Rejected   []Rejection       // in ascending order of ID
	Discount   decimal.Decimal   // of all vouchers
	LineTotals []decimal.Decimal // what is left of each line, never below 0
	Total      decimal.Decimal   // the sum of LineTotals
}

// A Pricer applies the vouchers of one stack to orders. It is an immutable value,
// safe for concurrent use. Obtain one from [NewPricer].
type Pricer struct {
	digits int
	rules  []rule // in the order in which they are used
}

// NewPricer prepares a stack, whose slices must not be changed afterwards. It
// fails exactly when [Stack.Validate] does.
func NewPricer(s Stack) (*Pricer, error) {
	rules, err := s.compile()
	if err != nil {
		return nil, err
	}
	return &Pricer{s.Digits, rules}, nil
}

// before is the order in which vouchers are used, which no two share.
func before(a, b rule) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.ID, b.ID))
}

// Apply prices an order. It fails if p is nil, if a line has a quantity below 1 or a price
// that is negative or no whole number of minor units, and with [relmark.ErrLimit]
// if the order comes to more than 2^53-1 minor units. It takes time proportional
// to vouchers times lines, and n log n where discounts are split.
func (p *Pricer) Apply(lines []Line) (Receipt, error) {
	if p == nil {
		return Receipt{}, errNil("Pricer")
	}
	// What the bill needs is made once; vouchers then only write to it.
	b := bill{lines: lines, taken: make([]int64, len(lines)), shares: make([]int64, 0, len(lines)), weights: make([]int64, len(lines))}
	if err := b.read(p.digits); err != nil {
		return Receipt{}, err
	}
	var out Receipt
	used := map[string]bool{}
	for i, why := range b.inPlay(p.rules) {
		r := &p.rules[i]
		switch {
		case why != "":
		case r.Group != "" && used[r.Group]:
			why = GroupUsed
		case !b.use(r):
			why = NoDiscount
		}
		if why != "" {
			x := Rejection{ID: r.ID, Reason: why}
			if why == BelowMinimum {
				subtotal, _ := b.subtotal(r)
				x.Missing = money.Decimal(r.minimum()-subtotal, p.digits)
			}
			out.Rejected = append(out.Rejected, x)
			continue
		}
		used[r.Group] = true
		out.Applied = append(out.Applied, Discount{r.ID, money.Decimal(sum(b.shares), p.digits), amounts(b.shares, p.digits)})
	}
	slices.SortFunc(out.Rejected, func(a, b Rejection) int { return cmp.Compare(a.ID, b.ID) })
	total := sum(b.left)
	out.Discount, out.Total = money.Decimal(b.total-total, p.digits), money.Decimal(total, p.digits)
	out.LineTotals = amounts(b.left, p.digits)
	return out, nil
}

// A bill is an order at work. All amounts are minor units, so that a discount is
// split and subtracted in integers; decimals are made once, for the receipt.
type bill struct {
	lines   []Line
	price   []int64 // of one unit, by line
	full    []int64 // of the line, undiscounted
	left    []int64 // of the line, after the vouchers so far
	total   int64   // of full
	taken   []int64 // what cheapest would take off each line
	weights []int64 // what is left of eligible lines, 0 for others
	shares  []int64 // what the present voucher takes off each line
}

// read converts the prices and checks that the order can be computed with: with a
// total of at most 2^53-1 no later sum, share or product of part overflows. A first
// pass reports all lines that are wrong, not the first only.
func (b *bill) read(digits int) error {
	n := len(b.lines)
	buffer := make([]int64, 3*n)
	b.price, b.full, b.left = buffer[:n], buffer[n:2*n], buffer[2*n:]
	var c checker
	for i := range b.lines {
		l := &b.lines[i]
		price, err := money.Minor(l.Price, digits)
		if err != nil || price < 0 || price > money.MaxExact {
			c.check(false, fmt.Sprintf("Lines[%d].Price", i), nil, amountRule)
		}
		if l.Quantity < 1 {
			c.check(false, fmt.Sprintf("Lines[%d].Quantity", i), l.Quantity, "must be 1 or more")
		}
		b.price[i] = price
	}
	if err := c.err(); err != nil {
		return err
	}
	for i := range b.lines {
		full, ok := money.Mul(b.price[i], b.lines[i].Quantity)
		if !ok || full > money.MaxExact-b.total {
			return fmt.Errorf("voucher: order above 2^53-1 minor units: %w", relmark.ErrLimit)
		}
		b.full[i], b.left[i] = full, full
		b.total += full
	}
	return nil
}

// inPlay says of each rule why it is out of play, "" if it is not. That depends on
// the undiscounted order alone, so it is settled before any discount is taken.
func (b *bill) inPlay(rules []rule) []Reason {
	reasons := make([]Reason, len(rules))
	alone := -1
	for i := range rules {
		r := &rules[i]
		reasons[i] = b.reach(r)
		if alone < 0 && r.Exclusive && reasons[i] == "" {
			alone = i
		}
	}
	for i := range reasons {
		if alone >= 0 && i != alone && reasons[i] == "" {
			reasons[i] = Excluded
		}
	}
	return reasons
}

// reach says why the order does not reach a rule, "" if it does. A rule that asks
// for nothing is reached by any eligible line, also by one that costs nothing.
func (b *bill) reach(r *rule) Reason {
	subtotal, found := b.subtotal(r)
	switch {
	case !found:
		return NoEligibleLines
	case subtotal < r.minimum():
		return BelowMinimum
	}
	return ""
}

// minimum returns what the eligible lines must come to: that of the first step is
// one, too.
func (r *rule) minimum() int64 {
	if len(r.steps) > 0 {
		return max(r.least, r.steps[0].min)
	}
	return r.least
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

// eligible reports whether a line is of the rule's categories; without any, all are.
func (r *rule) eligible(l *Line) bool { return r.categories == nil || r.categories[l.Category] }

// use takes the discount of a rule off the lines, which shares then holds; false
// if there is none. Lines weigh what is left of them, or what would be free of them
// where units are: a discount that MaxDiscount cuts is shared by what each line
// would have got.
func (b *bill) use(r *rule) bool {
	for i := range b.lines {
		b.weights[i] = 0
		if r.eligible(&b.lines[i]) {
			b.weights[i] = b.left[i]
		}
	}
	weights := b.weights
	off := sum(weights)
	switch r.Kind {
	case Percent:
		off = part(off, r.percent)
	case Fixed:
		off = min(off, r.amount)
	case Tiered:
		off = b.stepped(r, off)
	case Cheapest:
		b.free(r)
		weights, off = b.taken, sum(b.taken)
	}
	if off = min(off, r.most); off == 0 {
		return false
	}
	// off is at most the sum of the weights, so no share exceeds its weight, which
	// is at most what is left; and the weights are not all zero.
	b.shares, _ = money.AppendAllocate(b.shares[:0], off, weights)
	for i, share := range b.shares {
		b.left[i] -= share
	}
	return true
}

// part returns a share of at most 1, half a unit rounded up: at most the whole.
func part(whole int64, rate money.Rate) int64 {
	v, _ := rate.Apply(whole, money.HalfUp)
	return v
}

// stepped returns the discount of the highest step that the undiscounted subtotal
// reaches, taken of what is left. The first step is reached, or the rule would not
// be in play.
func (b *bill) stepped(r *rule, left int64) int64 {
	subtotal, _ := b.subtotal(r)
	s := r.steps[0]
	for _, next := range r.steps[1:] {
		if next.min <= subtotal {
			s = next
		}
	}
	if s.percent != (money.Rate{}) {
		return part(left, s.percent)
	}
	return min(left, s.amount)
}

// free fills taken with what is free of each line: of every so many eligible
// units the cheapest, ties in the order of lines, at most what is left.
func (b *bill) free(r *rule) {
	var order []int
	var units uint64 // of at most 2^63 per line that fit into the order
	for i := range b.lines {
		b.taken[i] = 0
		if r.eligible(&b.lines[i]) {
			order = append(order, i)
			units = saturated(units, uint64(b.lines[i].Quantity))
		}
	}
	slices.SortStableFunc(order, func(i, k int) int { return cmp.Compare(b.price[i], b.price[k]) })
	n := units / uint64(r.Every)
	for _, i := range order {
		take := min(n, uint64(b.lines[i].Quantity))
		b.taken[i] = min(int64(take)*b.price[i], b.left[i]) // at most the line's full amount
		n -= take
	}
}

// saturated returns a + b, at most 2^64-1: only lines whose price is 0 have such
// quantities, and what is free of them is nothing.
func saturated(a, b uint64) uint64 {
	if s := a + b; s >= a {
		return s
	}
	return 1<<64 - 1
}

// sum adds amounts of one order, which read has bounded.
func sum(values []int64) int64 {
	var total int64
	for _, v := range values {
		total += v
	}
	return total
}

// amounts converts minor units. Decimals are immutable: all zeros are one.
func amounts(minor []int64, digits int) []decimal.Decimal {
	out := make([]decimal.Decimal, len(minor))
	zero := money.Decimal(0, digits)
	for i, v := range minor {
		if out[i] = zero; v != 0 {
			out[i] = money.Decimal(v, digits)
		}
	}
	return out
}
