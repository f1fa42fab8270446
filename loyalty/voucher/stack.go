package voucher

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Kind says how the discount of a voucher is computed.
type Kind string

// The kinds.
const (
	Percent  Kind = "percent"  // a share of what is left of the eligible lines
	Fixed    Kind = "fixed"    // an amount, at most what is left
	Tiered   Kind = "tiered"   // a share or an amount by the subtotal that is reached
	Cheapest Kind = "cheapest" // of every so many units the cheapest is free
)

// A Voucher is a discount on an order. Fields that its kind does not use must be
// zero.
type Voucher struct {
	ID        string // unique in a stack
	Kind      Kind
	Priority  int  // the highest comes first, ties by ID
	Exclusive bool // used alone, if it is in play; of several the first
	// Group is a set of vouchers of which one is used; empty is none.
	Group string
	// Categories are those of eligible lines; all lines are eligible if empty.
	Categories []string
	// MinSubtotal is what the eligible lines must come to, before any discount.
	MinSubtotal decimal.Decimal
	MaxDiscount *decimal.Decimal // the discount is cut to it; nil: no maximum
	Percent     decimal.Decimal  // of Percent: above 0 to 100, at most 7 fraction digits
	Amount      decimal.Decimal  // of Fixed: 0 or more
	Steps       []Step           // of Tiered: one or more
	Every       int64            // of Cheapest: 1 or more; 3 is three for two
}

// A Step of a tiered voucher holds from a subtotal on.
type Step struct {
	Min     decimal.Decimal // of the eligible lines before any discount; ascending
	Percent decimal.Decimal // above 0 to 100; zero if there is an amount
	Amount  decimal.Decimal // 0 or more; zero if there is a percentage
}

// A Stack is a set of vouchers that are used together on one order. It is plain
// data, safe for concurrent use while nobody changes it; [NewPricer] makes a
// [Pricer] of it.
type Stack struct {
	Digits   int // fraction digits of the currency: 2 for EUR, 0 for JPY; up to 9
	Vouchers []Voucher
}

// Validate reports every rule that s breaks, joined into one error.
func (s Stack) Validate() error {
	_, err := s.compile()
	return err
}

// A rule is a compiled voucher: amounts in minor units, percentages as fractions and
// sets as maps, so that an order is priced without looking at a decimal.
type rule struct {
	*Voucher
	least, most int64 // the minimum of the subtotal, the maximum of the discount
	categories  map[string]bool
	percent     money.Rate
	amount      int64
	steps       []step
}

// A step is a compiled [Step].
type step struct {
	min     int64
	percent money.Rate // zero: the amount
	amount  int64
}

// compile returns the rules in the order in which they are used.
func (s Stack) compile() ([]rule, error) {
	var c checker
	c.digits(s.Digits)
	if len(c) > 0 {
		return nil, c.err()
	}
	rules := make([]rule, len(s.Vouchers))
	seen := make(map[string]bool, len(s.Vouchers))
	for i := range s.Vouchers {
		v := &s.Vouchers[i]
		c.check(validName(v.ID) && !seen[v.ID], at(i, "ID"), nil, nameRule+", once")
		seen[v.ID] = true
		rules[i] = c.rule(v, s.Digits, i)
	}
	slices.SortFunc(rules, before)
	return rules, c.err()
}

// at returns the path of a field of a voucher.
func at(i int, field string) string { return fmt.Sprintf("Vouchers[%d].%s", i, field) }

// rule compiles a voucher. What its kind does not use must be zero: an amount on a
// percentage is a mistake of whoever configured it, not a wish to be ignored.
func (c *checker) rule(v *Voucher, digits, i int) rule {
	r := rule{Voucher: v}
	r.least = c.amount(v.MinSubtotal, digits, at(i, "MinSubtotal"))
	r.most = c.optional(v.MaxDiscount, digits, at(i, "MaxDiscount"))
	if len(v.Categories) > 0 {
		r.categories = make(map[string]bool, len(v.Categories))
		for _, name := range v.Categories {
			r.categories[name] = true
		}
	}
	only := func(k Kind, zero bool, field string) {
		c.check(v.Kind == k || zero, at(i, field), nil, "must be zero for another kind")
	}
	only(Percent, v.Percent.Sign() == 0, "Percent")
	only(Fixed, v.Amount.Sign() == 0, "Amount")
	only(Tiered, len(v.Steps) == 0, "Steps")
	only(Cheapest, v.Every == 0, "Every")
	switch v.Kind {
	case Percent:
		r.percent = c.percent(v.Percent, at(i, "Percent"))
	case Fixed:
		r.amount = c.amount(v.Amount, digits, at(i, "Amount"))
	case Tiered:
		r.steps = c.steps(v.Steps, digits, i)
	case Cheapest:
		c.check(v.Every >= 1, at(i, "Every"), v.Every, "must be 1 or more")
	default:
		c.check(false, at(i, "Kind"), nil, "must be percent, fixed, tiered or cheapest")
	}
	return r
}

// percent returns a share of 1 as an exact fraction: 12.5 is 1/8.
func (c *checker) percent(p decimal.Decimal, field string) money.Rate {
	rate, err := money.RateOf(p.Shift(-2))
	num, den := rate.Fraction()
	c.check(err == nil && num > 0 && num <= den, field, nil, "must be above 0 to 100, with at most 7 fraction digits")
	return rate
}

// steps compiles tiers, which must ascend: of two with one minimum the second would
// silently win.
func (c *checker) steps(in []Step, digits, i int) []step {
	c.check(len(in) > 0, at(i, "Steps"), nil, "must be one or more")
	out := make([]step, len(in))
	for k, s := range in {
		field := fmt.Sprintf("%s[%d].", at(i, "Steps"), k)
		out[k].min = c.amount(s.Min, digits, field+"Min")
		out[k].amount = c.amount(s.Amount, digits, field+"Amount")
		if s.Percent.Sign() != 0 {
			out[k].percent = c.percent(s.Percent, field+"Percent")
			c.check(s.Amount.Sign() == 0, field+"Amount", nil, "must be zero where there is a percentage")
		}
		c.check(k == 0 || out[k].min > out[k-1].min, field+"Min", nil, "must ascend")
	}
	return out
}
