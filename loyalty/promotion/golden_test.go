package promotion_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/promotion"
)

// The orders of the reference, which say limits and budgets with the offers and leave out
// what has a default.
type (
	goldenOrder struct {
		Digits      int
		Tier        string
		Codes       []string
		MaxDiscount *decimal.Decimal `json:"max_discount"`
		Rounding    promotion.Rounding
		Groups      map[string]struct {
			Mode  promotion.GroupMode
			Limit *int64
		}
		Lines  []goldenLine
		Offers []goldenOffer
	}
	goldenLine struct {
		Item             string
		Price, Floor     decimal.Decimal
		Quantity         int64
		Categories, Tags []string
	}
	goldenReward struct {
		Kind                   string
		Percent, Amount, Price *decimal.Decimal
		Slots                  []struct {
			Select goldenSelector
			Units  *int64
		}
	}
	goldenSelector struct {
		Items, Categories, Tags []string
		Exclude                 *promotion.Exclusion
	}
	goldenMinimum struct {
		MinAmount *decimal.Decimal `json:"min_amount"`
		MinUnits  *int64           `json:"min_units"`
	}
	goldenOffer struct {
		goldenReward
		goldenMinimum
		ID         string
		Code       *string
		Tiers      []string
		LimitsLeft map[string]int64 `json:"limits_left"`
		BudgetLeft *decimal.Decimal `json:"budget_left"`
		Whole      bool
		Buy, Get   *goldenSelector
		MinOf      promotion.Basis `json:"min_of"`
		Requires   []struct {
			goldenMinimum
			Select goldenSelector
		}
		BuyUnits        *int64 `json:"buy_units"`
		GetUnits        *int64 `json:"get_units"`
		Spread          bool
		MaxApplications *int64 `json:"max_applications"`
		Selection       promotion.Selection
		Of              promotion.Basis
		Steps           []struct {
			goldenMinimum
			goldenReward
		}
		MaxDiscount     *decimal.Decimal `json:"max_discount"`
		MaxUnitDiscount *decimal.Decimal `json:"max_unit_discount"`
		Priority        int
		Group           *string
		Exclusive       promotion.Exclusive
	}
)

// one returns what is given, else 1.
func one(n *int64) int64 {
	if n == nil {
		return 1
	}
	return *n
}

// named returns a name; one that is given and empty is none of any.
func named(s *string) string {
	switch {
	case s == nil:
		return ""
	case *s == "":
		return "\xff"
	}
	return *s
}

func (m goldenMinimum) minimum() promotion.Minimum { return promotion.Minimum{m.MinAmount, m.MinUnits} }

func (s *goldenSelector) selector() *promotion.Selector {
	if s == nil {
		return nil
	}
	return &promotion.Selector{s.Items, s.Categories, s.Tags, s.Exclude}
}

// reward takes the value of the kind, as those of others are ignored.
func (w *goldenReward) reward() promotion.Reward {
	out := promotion.Reward{Kind: promotion.Kind(w.Kind)}
	switch out.Kind {
	case promotion.KindPercent:
		out.Value = w.Percent
	case promotion.KindAmount, promotion.KindUnitAmount:
		out.Value = w.Amount
	case promotion.KindUnitPrice:
		out.Value = w.Price
	case promotion.KindBundle:
		out.Value = w.Price
		for _, s := range w.Slots {
			out.Slots = append(out.Slots, promotion.Slot{*s.Select.selector(), one(s.Units)})
		}
	}
	return out
}

// price returns the stack and the order.
func (g *goldenOrder) price() (s promotion.Stack, o promotion.Order) {
	s = promotion.Stack{Digits: g.Digits, Rounding: g.Rounding}
	for _, name := range slices.Sorted(maps.Keys(g.Groups)) {
		s.Groups = append(s.Groups, promotion.Group{name, g.Groups[name].Mode, one(g.Groups[name].Limit)})
	}
	o = promotion.Order{Tier: g.Tier, Codes: g.Codes, MaxDiscount: g.MaxDiscount, Remaining: map[string]promotion.Remaining{}}
	for _, l := range g.Lines {
		o.Lines = append(o.Lines, promotion.Line{l.Item, l.Price, l.Quantity, l.Floor, l.Categories, l.Tags})
	}
	for i := range g.Offers {
		offer, left := g.Offers[i].offer()
		s.Offers = append(s.Offers, offer)
		if offer.Limited {
			o.Remaining[offer.ID] = left
		}
	}
	return s, o
}

func (g *goldenOffer) offer() (promotion.Offer, promotion.Remaining) {
	o := promotion.Offer{
		ID: g.ID, Code: named(g.Code), Tiers: g.Tiers, Limited: g.LimitsLeft != nil || g.BudgetLeft != nil, Whole: g.Whole,
		Buy: g.Buy.selector(), Min: g.minimum(), MinOf: g.MinOf, Get: g.Get.selector(), Reward: g.reward(),
		MaxApplications: g.MaxApplications, Selection: g.Selection, Of: g.Of, MaxDiscount: g.MaxDiscount,
		MaxUnitDiscount: g.MaxUnitDiscount, Priority: g.Priority, Group: named(g.Group), Exclusive: g.Exclusive,
	}
	for _, q := range g.Requires {
		o.Requires = append(o.Requires, promotion.Requirement{*q.Select.selector(), q.minimum()})
	}
	if g.Requires != nil && o.Requires == nil {
		o.Requires = []promotion.Requirement{}
	}
	for _, s := range g.Steps {
		o.Steps = append(o.Steps, promotion.Step{s.minimum(), s.reward()})
	}
	if g.Steps != nil && o.Steps == nil {
		o.Steps = []promotion.Step{}
	}
	switch {
	case g.BuyUnits != nil:
		o.Sets = &promotion.Sets{*g.BuyUnits, one(g.GetUnits), g.Spread}
	case g.GetUnits != nil:
		o.Sets = &promotion.Sets{0, *g.GetUnits, g.Spread}
	}
	return o, promotion.Remaining{Limits: g.LimitsLeft, Budget: g.BudgetLeft}
}

// checkout prices an order of the reference.
func (g *goldenOrder) checkout() (*promotion.Pricer, promotion.Order, promotion.Receipt, error) {
	stack, order := g.price()
	p, err := promotion.NewPricer(stack)
	if err != nil {
		return nil, order, promotion.Receipt{}, err
	}
	r, err := p.Price(order)
	return p, order, r, err
}

func runPromotion(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in goldenOrder
	require.NoError(t, reference.Strict(raw, &in))
	_, _, r, err := in.checkout()
	if err != nil {
		return nil, err
	}
	return said(r), nil
}

// said returns a receipt as the reference says it.
func said(r promotion.Receipt) map[string]any {
	applied, rejected, lines := []any{}, []any{}, []any{}
	for _, a := range r.Applied() {
		applied = append(applied, map[string]any{"id": a.ID, "discount": a.Discount, "units": a.Units, "lines": a.Lines})
	}
	for _, x := range r.Rejected() {
		m := map[string]any{"id": x.ID, "reason": string(x.Reason)}
		if x.Reason == promotion.LimitReached {
			m["reason"] = "limit:" + x.Limit
		}
		if !x.MissingAmount.IsZero() {
			m["missing_amount"] = x.MissingAmount
		}
		if x.MissingUnits != 0 {
			m["missing_units"] = x.MissingUnits
		}
		rejected = append(rejected, m)
	}
	for _, l := range r.Lines() {
		units := []any{}
		for _, u := range l.Units {
			units = append(units, []any{u.Units, u.Left})
		}
		lines = append(lines, map[string]any{"discount": l.Discount, "total": l.Total, "units": units})
	}
	return map[string]any{
		"applied": applied, "rejected": rejected, "lines": lines, "unknown_codes": append([]string{}, r.UnknownCodes()...),
		"subtotal": r.Subtotal(), "discount": r.Discount(), "total": r.Total(),
	}
}
