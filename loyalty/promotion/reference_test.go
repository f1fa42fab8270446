package promotion_test

import (
	"encoding/json"
	"errors"
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
	"voucher_apply": runApply,
	"tier_price":    runPrice,
}

func TestReferencePromotions(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/promotion", "voucher_golden.json")
	for _, c := range f.Cases() {
		run, known := kinds[c.Kind]
		require.True(t, known, c.Kind)
		got, err := run(t, c.In)
		if kind, fails := c.Fails(); fails {
			f.Exact("invalid", kind, "%s: kind of error", c.ID)
			f.Exact(true, errors.Is(err, relmark.ErrInvalid), "%s: error %v", c.ID, err)
			continue
		}
		require.NoError(t, err, c.ID)
		f.Compare(c.ID, c.Expect, got)
	}
}

func runApply(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Lines    []promotion.Line
		Vouchers []struct {
			ID, Kind, Group string
			Priority        int
			Exclusive       bool
			Categories      []string
			MinSubtotal     decimal.Decimal  `json:"min_subtotal"`
			MaxDiscount     *decimal.Decimal `json:"max_discount"`
			Percent, Amount decimal.Decimal
			Every           int64
			Tiers           []struct{ Min, Percent, Amount decimal.Decimal }
		}
	}
	require.NoError(t, reference.Strict(raw, &in))
	stack := promotion.Stack{Digits: 2}
	for _, v := range in.Vouchers {
		o := promotion.Offer{
			ID: v.ID, Kind: promotion.Kind(v.Kind), Group: v.Group, Priority: v.Priority, Exclusive: v.Exclusive,
			Categories: v.Categories, MinSubtotal: v.MinSubtotal, MaxDiscount: v.MaxDiscount,
			Percent: v.Percent, Amount: v.Amount, Every: v.Every,
		}
		for _, s := range v.Tiers {
			o.Steps = append(o.Steps, promotion.Step(s))
		}
		stack.Offers = append(stack.Offers, o)
	}
	pricer, err := promotion.NewPricer(stack)
	if err != nil {
		return nil, err
	}
	r, err := pricer.Apply(in.Lines)
	if err != nil {
		return nil, err
	}
	applied, rejected := []any{}, []any{}
	for _, a := range r.Applied {
		applied = append(applied, map[string]any{"id": a.ID, "discount": a.Amount, "lines": a.Lines})
	}
	for _, x := range r.Rejected {
		rejected = append(rejected, map[string]any{"id": x.ID, "reason": x.Reason})
	}
	return map[string]any{
		"applied": applied, "rejected": rejected, "discount": r.Discount, "line_totals": r.LineTotals, "total": r.Total,
	}, nil
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
		list.Entries = append(list.Entries, promotion.PriceEntry(e))
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
