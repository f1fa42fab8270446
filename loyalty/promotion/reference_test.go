package promotion_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/promotion"
)

// A kind runs one case and returns what is to be compared with what is expected.
var kinds = map[string]func(t *testing.T, in json.RawMessage) (map[string]any, error){
	"promotion_price":  runPromotion,
	"promotion_refund": runRefund,
	"voucher_apply":    runApply,
	"tier_price":       runPrice,
}

func TestReferencePromotions(t *testing.T) { t.Parallel(); runCases(t, "promotion_golden.json") }

func TestReferenceVouchers(t *testing.T) { t.Parallel(); runCases(t, "voucher_golden.json") }

func runCases(t *testing.T, name string) {
	t.Helper()
	f := reference.Open(t, "loyalty/promotion", name)
	for _, c := range f.Cases() {
		run, known := kinds[c.Kind]
		require.True(t, known, c.Kind)
		got, err := run(t, c.In)
		if kind, fails := c.Fails(); fails {
			want, listed := map[string]error{"invalid": relmark.ErrInvalid, "limit": relmark.ErrLimit}[kind]
			f.Exact(true, listed && errors.Is(err, want), "%s: %s: error %v", c.ID, kind, err)
			continue
		}
		require.NoError(t, err, c.ID)
		f.Compare(c.ID, c.Expect, got)
	}
}

// Vouchers are offers: what they are called is all that differs.
func runApply(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Lines []struct {
			Quantity int64
			Price    decimal.Decimal
			Category string
		}
		Vouchers []goldenVoucher
	}
	require.NoError(t, reference.Strict(raw, &in))
	var order promotion.Order
	for k, l := range in.Lines {
		line := promotion.Line{Item: fmt.Sprintf("%06d", k), Price: l.Price, Quantity: l.Quantity}
		if l.Category != "" {
			line.Categories = []string{l.Category}
		}
		order.Lines = append(order.Lines, line)
	}
	stack := promotion.Stack{Digits: 2}
	for _, v := range in.Vouchers {
		stack.Offers = append(stack.Offers, v.offer())
	}
	pricer, err := promotion.NewPricer(stack)
	if err != nil {
		return nil, err
	}
	r, err := pricer.Price(order)
	if err != nil {
		return nil, err
	}
	out := said(r)
	for _, x := range out["rejected"].([]any) { //nolint:forcetypeassert // said made it
		if m, ok := x.(map[string]any); ok && m["reason"] == "no_units" {
			m["reason"] = "no_eligible_lines"
		}
	}
	totals := []any{}
	for _, l := range r.Lines() {
		totals = append(totals, l.Total)
	}
	out["line_totals"] = totals
	return out, nil
}

type goldenVoucher struct {
	ID, Kind, Group string
	Priority        int
	Exclusive       bool
	Categories      []string
	MinSubtotal     *decimal.Decimal `json:"min_subtotal"`
	MaxDiscount     *decimal.Decimal `json:"max_discount"`
	Percent, Amount *decimal.Decimal
	Every           int64
	Tiers           []struct {
		Min             decimal.Decimal
		Percent, Amount *decimal.Decimal
	}
}

// offer returns a voucher as an offer.
func (v *goldenVoucher) offer() promotion.Offer {
	o := promotion.Offer{ID: v.ID, Priority: v.Priority, Group: v.Group, MaxDiscount: v.MaxDiscount, Min: promotion.Minimum{Amount: v.MinSubtotal}}
	if v.Exclusive {
		o.Exclusive = promotion.ExclusiveOrder
	}
	if v.Categories != nil {
		o.Get = &promotion.Selector{Categories: v.Categories}
	}
	switch v.Kind {
	case "percent":
		o.Reward = promotion.Reward{Kind: promotion.KindPercent, Value: v.Percent}
	case "fixed":
		o.Reward = promotion.Reward{Kind: promotion.KindAmount, Value: v.Amount}
	case "cheapest":
		o.Reward, o.Of, o.Sets = promotion.Free(), promotion.List, &promotion.Sets{Buy: v.Every - 1, Get: 1}
	case "tiered":
		o.Steps = []promotion.Step{}
		for _, s := range v.Tiers {
			w := promotion.Reward{Kind: promotion.KindPercent, Value: s.Percent}
			if s.Percent == nil {
				w = promotion.Reward{Kind: promotion.KindAmount, Value: s.Amount}
			}
			o.Steps = append(o.Steps, promotion.Step{promotion.Minimum{Amount: &s.Min}, w})
		}
	}
	return o
}

func runPrice(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Zone, Tier, Item string
		Ladder           []string
		Quantity         int64
		At               time.Time
		Entries          []struct {
			Item        string
			Tier        string
			MinQuantity int64 `json:"min_quantity"`
			Price       decimal.Decimal
			From        relmark.Date
			Through     relmark.Date
		}
	}
	if err := reference.Strict(raw, &in); err != nil {
		require.ErrorIs(t, err, relmark.ErrInvalid) // an impossible date
		return nil, err
	}
	list := promotion.PriceList{Zone: zoneOf(in.Zone), Digits: 2, Ladder: in.Ladder}
	for _, e := range in.Entries {
		list.Entries = append(list.Entries, promotion.PriceEntry{Item: e.Item, Tier: e.Tier, MinQuantity: e.MinQuantity, Price: e.Price, From: e.From, Through: e.Through})
	}
	prices, err := promotion.NewPrices(list)
	if err != nil {
		return nil, err
	}
	q, found, err := prices.Quote(promotion.PriceQuery{Item: in.Item, Tier: in.Tier, Quantity: in.Quantity}, in.At)
	if err != nil || !found {
		return map[string]any{}, err
	}
	return map[string]any{"price": q.Price, "entry": q.Entry, "total": q.Total}, nil
}

func runRefund(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Order  goldenOrder
		Policy promotion.Policy
		Steps  [][]promotion.Return
	}
	require.NoError(t, reference.Strict(raw, &in))
	stack, order := in.Order.price()
	p, err := promotion.NewPricer(stack)
	if err != nil {
		return nil, err
	}
	returns, err := p.Returns(order, in.Policy)
	if err != nil {
		return nil, err
	}
	total, steps := returns.Paid(), []any{}
	for _, step := range in.Steps {
		r, err := returns.Add(step)
		if err != nil {
			return nil, err
		}
		released := []any{}
		for _, x := range r.Released {
			released = append(released, map[string]any{"id": x.ID, "amount": x.Amount, "use": x.Use})
		}
		steps = append(steps, map[string]any{"refund": r.Refund, "paid": r.Paid, "kept": r.Kept, "released": released})
	}
	return map[string]any{"total": total, "steps": steps}, nil
}
