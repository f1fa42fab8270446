package promotion

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Kind says how the discount of an offer is computed.
type Kind string

// The kinds.
const (
	Percent  Kind = "percent"  // a share of what is left of the eligible lines
	Fixed    Kind = "fixed"    // an amount, at most what is left
	Tiered   Kind = "tiered"   // a share or an amount by the subtotal that is reached
	Cheapest Kind = "cheapest" // of every so many units the cheapest is free
)

func kinds() enum.Set[Kind] { return enum.Of(Percent, Fixed, Tiered, Cheapest) }

// An Offer is a discount on an order, such as a coupon or a voucher gives. Fields that
// its kind does not use must be zero.
type Offer struct {
	ID       string `json:"id"` // unique in a stack
	Kind     Kind   `json:"kind"`
	Priority int    `json:"priority,omitempty"` // the highest comes first, ties by ID
	// Exclusive is used alone if it gives a discount, and asked before all others; of
	// several the first.
	Exclusive bool `json:"exclusive,omitempty"`
	// Group is a set of offers of which one is used; empty is none.
	Group string `json:"group,omitempty"`
	// Categories are those of eligible lines; nil: all lines are eligible. A list that
	// is there has one name or more, or what a computation left empty would be an offer
	// on everything.
	Categories []string `json:"categories,omitempty"`
	// MinSubtotal is what the eligible lines must come to, before any discount.
	MinSubtotal decimal.Decimal  `json:"min_subtotal,omitzero"`
	MaxDiscount *decimal.Decimal `json:"max_discount,omitempty"` // the discount is cut to it; nil: no maximum
	Percent     decimal.Decimal  `json:"percent,omitzero"`       // of Percent: above 0 to 100, at most 7 fraction digits
	Amount      decimal.Decimal  `json:"amount,omitzero"`        // of Fixed: 0 or more
	Steps       []Step           `json:"steps,omitempty"`        // of Tiered: one or more
	Every       int64            `json:"every,omitempty"`        // of Cheapest: 1 or more; 3 is three for two
}

// A Step of a tiered offer holds from a subtotal on.
type Step struct {
	Min     decimal.Decimal `json:"min"`              // of the eligible lines before any discount; ascending
	Percent decimal.Decimal `json:"percent,omitzero"` // above 0 to 100; zero if there is an amount
	Amount  decimal.Decimal `json:"amount,omitzero"`  // 0 or more; zero if there is a percentage
}

// A Stack is a set of offers that are used together on one order. It is plain
// data, safe for concurrent use while nobody changes it; [NewPricer] makes a
// [Pricer] of it.
type Stack struct {
	Digits int     // fraction digits of the currency: 2 for EUR, 0 for JPY; up to 9
	Offers []Offer // at most 1000, of at most 1000 categories and steps each
}

// Most offers of a stack, and categories or steps of one: an order is priced in time
// proportional to their numbers.
const most = 1000

// Validate reports the rules that s breaks in one error.
func (s Stack) Validate() error {
	_, err := s.compile()
	return err
}

// A rule is a compiled offer: amounts in minor units, percentages as fractions and
// sets as maps, so that an order is priced without looking at a decimal.
type rule struct {
	*Offer
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

// compile returns the rules in the order of their turns.
func (s Stack) compile() ([]rule, error) {
	var c checker
	c.Check(s.Digits >= 0 && s.Digits <= maxDigits, "Digits", s.Digits, digitsRule)
	c.Check(len(s.Offers) <= most, "Offers", len(s.Offers), "must be at most 1000")
	if c.Len() > 0 {
		return nil, c.Err(room)
	}
	rules := make([]rule, len(s.Offers))
	seen := make(map[string]bool, len(s.Offers))
	for i := range s.Offers {
		o := &s.Offers[i]
		var part checker
		part.Check(fault.ValidName(o.ID) && !seen[o.ID], "ID", nil, fault.NameRule+", once")
		seen[o.ID] = true
		rules[i] = part.rule(o, s.Digits)
		if part.Len() > 0 {
			c.Join(fmt.Sprintf("Offers[%d]", i), part.Err(""))
		}
	}
	slices.SortFunc(rules, before)
	return rules, c.Err(room)
}

// rule compiles an offer. What its kind does not use must be zero: an amount on a
// percentage is a mistake of whoever configured it, not a wish to be ignored.
func (c *checker) rule(o *Offer, digits int) rule {
	r := rule{Offer: o}
	c.Check(o.Group == "" || fault.ValidName(o.Group), "Group", nil, nameOrEmpty)
	r.least = c.amount(o.MinSubtotal, digits, "MinSubtotal")
	r.most = c.optional(o.MaxDiscount, digits, "MaxDiscount")
	c.Check(o.Categories == nil || len(o.Categories) >= 1 && len(o.Categories) <= most, "Categories", len(o.Categories), "must be nil or have 1 to 1000 names")
	if len(o.Categories) > 0 {
		r.categories = c.Names("Categories", o.Categories)
	}
	only := func(k Kind, zero bool, field string) {
		c.Check(o.Kind == k || zero, field, nil, "must be zero for another kind")
	}
	only(Percent, o.Percent.Sign() == 0, "Percent")
	only(Fixed, o.Amount.Sign() == 0, "Amount")
	only(Tiered, len(o.Steps) == 0, "Steps")
	only(Cheapest, o.Every == 0, "Every")
	switch o.Kind {
	case Percent:
		r.percent = c.percent(o.Percent)
	case Fixed:
		r.amount = c.amount(o.Amount, digits, "Amount")
	case Tiered:
		r.steps = c.steps(o.Steps, digits)
	case Cheapest:
		c.Check(o.Every >= 1, "Every", o.Every, "must be 1 or more")
	default:
		c.Join("", kinds().Check("Kind", o.Kind))
	}
	return r
}

// percent returns a share of 1 as an exact fraction: 12.5 is 1/8.
func (c *checker) percent(p decimal.Decimal) money.Rate {
	err := money.Bounded(p)
	var rate money.Rate
	if err == nil {
		rate, err = money.RateOf(p)
	}
	if err == nil {
		rate, err = rate.Rescaled(2, 0)
	}
	num, den := rate.Fraction()
	c.Check(err == nil && num > 0 && num <= den, "Percent", nil, "must be above 0 to 100, with at most 7 fraction digits")
	return rate
}

// steps compiles tiers, which must ascend: of two with one minimum the second would
// silently win.
func (c *checker) steps(in []Step, digits int) []step {
	c.Check(len(in) >= 1 && len(in) <= most, "Steps", len(in), "must be 1 to 1000")
	if len(in) > most {
		return nil
	}
	out := make([]step, len(in))
	for k, s := range in {
		var part checker
		out[k].min = part.amount(s.Min, digits, "Min")
		out[k].amount = part.amount(s.Amount, digits, "Amount")
		if s.Percent.Sign() != 0 {
			out[k].percent = part.percent(s.Percent)
			part.Check(s.Amount.Sign() == 0, "Amount", nil, "must be zero where there is a percentage")
		}
		part.Check(k == 0 || out[k].min > out[k-1].min, "Min", nil, "must ascend")
		if part.Len() > 0 {
			c.Join(fmt.Sprintf("Steps[%d]", k), part.Err(""))
		}
	}
	return out
}
