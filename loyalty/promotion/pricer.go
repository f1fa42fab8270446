package promotion

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark/internal/money"
)

// A Pricer applies the offers of one stack to orders. It is an immutable value,
// safe for concurrent use. Obtain one from [NewPricer].
type Pricer struct {
	opaque
	digits int
	rules  []rule // in the order of their turns
	last   int    // position of the last rule that looks at units; -1 if none does
}

// NewPricer prepares a stack, whose slices must not be changed afterwards. It
// fails exactly when [Stack.Validate] does.
func NewPricer(s Stack) (*Pricer, error) {
	rules, err := s.compile()
	if err != nil {
		return nil, err
	}
	last := len(rules) - 1
	for last >= 0 && rules[last].Kind != Cheapest {
		last--
	}
	return &Pricer{digits: s.Digits, rules: rules, last: last}, nil
}

// before is the order of turns, which no two rules share: exclusive ones come first
// whatever their priority, so that one that gives nothing leaves the order as it was.
func before(a, b rule) int {
	switch {
	case a.Exclusive && !b.Exclusive:
		return -1
	case b.Exclusive && !a.Exclusive:
		return 1
	}
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.ID, b.ID))
}

// Apply prices an order. It fails if p is nil, if a line has a quantity below 1 or a
// price that is negative or no whole number of minor units, and with
// [relmark.ErrLimit] if the order comes to more than 2^53-1 minor units. It takes
// time proportional to offers times lines, and n log n where discounts are split.
func (p *Pricer) Apply(lines []Line) (Receipt, error) {
	if p == nil {
		return Receipt{}, errNil("Pricer")
	}
	b, err := newBill(lines, p.digits)
	if err != nil {
		return Receipt{}, err
	}
	if p.last >= 0 {
		b.pieces, b.cheap = unitsOf(lines, b.price), cheapest(b.price)
	}
	var out Receipt
	for i := range p.rules {
		r := &p.rules[i]
		b.tracks = i < p.last
		subtotal, why := b.turn(r)
		switch why {
		case "":
			out.Applied = append(out.Applied, Discount{r.ID, b.decimal(sum(b.shares)), b.decimals(b.shares)})
		case BelowMinimum:
			out.Rejected = append(out.Rejected, Rejection{r.ID, why, b.decimal(r.minimum() - subtotal)})
		default:
			out.Rejected = append(out.Rejected, Rejection{ID: r.ID, Reason: why})
		}
	}
	slices.SortFunc(out.Rejected, func(a, b Rejection) int { return cmp.Compare(a.ID, b.ID) })
	total := sum(b.left)
	out.Discount, out.LineTotals, out.Total = b.decimal(b.total-total), b.decimals(b.left), b.decimal(total)
	return out, nil
}

// turn uses a rule, or says why it is not used: the first reason that holds. What the
// rule looks at to be in play is undiscounted, so that no rule switches another off.
// A rule that gives nothing fills no group and excludes nobody.
func (b *bill) turn(r *rule) (subtotal int64, why Reason) {
	subtotal, found := b.subtotal(r)
	switch {
	case !found:
		return 0, NoEligibleLines
	case subtotal < r.minimum():
		return subtotal, BelowMinimum
	case b.alone:
		return 0, Excluded
	case r.Group != "" && b.groups[r.Group]:
		return 0, GroupUsed
	case !b.use(r, subtotal):
		return 0, NoDiscount
	}
	b.alone = r.Exclusive
	if r.Group != "" {
		if b.groups == nil {
			b.groups = map[string]bool{}
		}
		b.groups[r.Group] = true
	}
	return 0, ""
}

// minimum returns what the eligible lines must come to: that of the first step is
// one, too.
func (r *rule) minimum() int64 {
	if len(r.steps) > 0 {
		return max(r.least, r.steps[0].min)
	}
	return r.least
}

// eligible reports whether a line is of the rule's categories; without any, all are.
func (r *rule) eligible(l *Line) bool { return r.categories == nil || r.categories[l.Category] }

// part returns a share of at most 1, half a unit rounded up: at most the whole.
func part(whole int64, rate money.Rate) int64 {
	v, _ := rate.Apply(whole, money.HalfUp)
	return v
}

// stepped returns the discount of the highest step that the undiscounted subtotal
// reaches, taken of what is left. The first step is reached, or the rule would not
// be in play.
func (r *rule) stepped(subtotal, left int64) int64 {
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
