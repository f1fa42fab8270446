package voucher_test

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
	"github.com/relmark/relmark/loyalty/voucher"
)

// A kind runs one case and returns what is to be compared with what is expected.
var kinds = map[string]func(t *testing.T, in json.RawMessage) (map[string]any, error){
	"voucher_limit": runLimit,
	"voucher_apply": runApply,
	"tier_price":    runPrice,
	"check_digit":   runCheckDigit,
	"cashback":      runCashback,
}

func TestReferenceVouchers(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/voucher", "voucher_golden.json")
	var file struct {
		Cases []struct {
			ID, Kind string
			In       json.RawMessage
			Expect   map[string]any
		}
	}
	f.JSON(&file)
	for _, c := range file.Cases {
		if !f.Owns(c.Kind) {
			continue
		}
		run, known := kinds[c.Kind]
		require.True(t, known, c.Kind)
		got, err := run(t, c.In)
		if kind, failing := c.Expect["error"]; failing {
			f.Exact("invalid", kind, "%s: kind of error", c.ID)
			f.Exact(true, errors.Is(err, relmark.ErrInvalid), "%s: error %v", c.ID, err)
			continue
		}
		require.NoError(t, err, c.ID)
		compare(t, f, c.ID, c.Expect, plainly(t, got))
	}
}

// plainly brings a result to what JSON decodes into.
func plainly(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	var out any
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}

// compare compares every leaf of want; texts that both are decimals as numbers.
func compare(t *testing.T, f *reference.File, where string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		m, _ := got.(map[string]any)
		for key, v := range want {
			compare(t, f, where+"."+key, v, m[key])
		}
	case []any:
		list, _ := got.([]any)
		f.Exact(len(want), len(list), "%s: length", where)
		for i := range min(len(want), len(list)) {
			compare(t, f, fmt.Sprintf("%s[%d]", where, i), want[i], list[i])
		}
	case string:
		w, errWant := decimal.NewFromString(want)
		text, _ := got.(string)
		if g, err := decimal.NewFromString(text); err == nil && errWant == nil {
			f.Exact(true, w.Equal(g), "%s: want %s, got %s", where, w, g)
			return
		}
		f.Exact(want, got, "%s", where)
	case json.Number:
		n, _ := got.(float64)
		f.Exact(want.String(), fmt.Sprint(n), "%s", where)
	default:
		f.Exact(want, got, "%s", where)
	}
}

// A zone that does not exist is nil, which is invalid.
func zoneOf(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

func runLimit(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Zone          string
		From, Through string
		Codes         []string
		Limits        voucher.Limits
		Commands      []struct {
			Key, Type, Code, Member, Redemption string
			At                                  time.Time
		}
	}
	require.NoError(t, reference.Strict(raw, &in))
	from, errFrom := relmark.ParseDate(in.From)
	through, errThrough := relmark.ParseDate(in.Through)
	campaign, err := voucher.NewCampaign(voucher.Terms{Zone: zoneOf(in.Zone), From: from, Through: through, Codes: in.Codes, Limits: in.Limits})
	if err := errors.Join(errFrom, errThrough, err); err != nil {
		return nil, err
	}
	var register voucher.Register
	all := []any{}
	for _, c := range in.Commands {
		var d voucher.Decision
		if c.Type == "void" {
			d, err = register.Void(voucher.Voiding{Key: c.Key, Redemption: c.Redemption, At: c.At})
		} else {
			d, err = campaign.Redeem(&register, voucher.Redemption{Key: c.Key, Code: c.Code, Member: c.Member, At: c.At})
		}
		if err != nil {
			return nil, err
		}
		if d.Accepted && !d.Replayed {
			require.NoError(t, register.Apply(d.Event))
		}
		reasons := []voucher.Reason{}
		all = append(all, append(reasons, d.Reasons...))
	}
	return map[string]any{
		"reasons": all, "live": register.Live(), "valid_from": campaign.ValidFrom(), "valid_until": campaign.ValidUntil(),
	}, nil
}

func runApply(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Lines    []voucher.Line
		Vouchers []struct {
			ID, Kind, Group string
			Priority        int
			Exclusive       bool
			Categories      []string
			MinSubtotal     decimal.Decimal  `json:"min_subtotal"`
			MaxDiscount     *decimal.Decimal `json:"max_discount"`
			Percent, Amount decimal.Decimal
			Every           int64
			Tiers           []voucher.Step
		}
	}
	require.NoError(t, reference.Strict(raw, &in))
	stack := voucher.Stack{Digits: 2}
	for _, v := range in.Vouchers {
		stack.Vouchers = append(stack.Vouchers, voucher.Voucher{
			ID: v.ID, Kind: voucher.Kind(v.Kind), Group: v.Group, Priority: v.Priority, Exclusive: v.Exclusive,
			Categories: v.Categories, MinSubtotal: v.MinSubtotal, MaxDiscount: v.MaxDiscount,
			Percent: v.Percent, Amount: v.Amount, Every: v.Every, Steps: v.Tiers,
		})
	}
	pricer, err := voucher.NewPricer(stack)
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
			Item, Tier    string
			MinQuantity   int64 `json:"min_quantity"`
			Price         decimal.Decimal
			From, Through relmark.Date
		}
	}
	if err := reference.Strict(raw, &in); err != nil {
		require.ErrorIs(t, err, relmark.ErrInvalid) // an impossible date
		return nil, err
	}
	list := voucher.PriceList{Zone: zoneOf(in.Zone), Digits: 2, Ladder: in.Ladder}
	for _, e := range in.Entries {
		list.Entries = append(list.Entries, voucher.PriceEntry(e))
	}
	prices, err := voucher.NewPrices(list)
	if err != nil {
		return nil, err
	}
	q, found, err := prices.Quote(voucher.PriceQuery{Item: in.Item, Tier: in.Tier, Quantity: in.Quantity, At: in.At})
	if err != nil || !found {
		return map[string]any{}, err
	}
	return map[string]any{"price": q.Price, "entry": q.Entry, "total": q.Total}, nil
}

func runCheckDigit(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Scheme        voucher.Scheme
		Alphabet      string
		Bodies, Codes []string
	}
	require.NoError(t, reference.Strict(raw, &in))
	checker, err := voucher.NewChecker(voucher.CodeFormat{Scheme: in.Scheme, Alphabet: in.Alphabet})
	if err != nil {
		return nil, err
	}
	coded, valid := []string{}, []bool{}
	for _, body := range in.Bodies {
		code, err := checker.Code(body)
		if err != nil {
			return nil, err
		}
		coded = append(coded, code)
	}
	for _, code := range in.Codes {
		valid = append(valid, checker.Valid(code))
	}
	return map[string]any{"coded": coded, "valid": valid}, nil
}

func runCashback(t *testing.T, raw json.RawMessage) (map[string]any, error) {
	t.Helper()
	var in struct {
		Zone     string
		Rate     decimal.Decimal
		CapOrder *decimal.Decimal `json:"cap_order"`
		CapMonth *decimal.Decimal `json:"cap_month"`
		Events   []struct {
			Type, Order string
			Net, Amount decimal.Decimal
			At          time.Time
		}
	}
	require.NoError(t, reference.Strict(raw, &in))
	cashback, err := voucher.NewCashback(voucher.CashbackTerms{
		Zone: zoneOf(in.Zone), Digits: 2, Rate: in.Rate, OrderCap: in.CapOrder, MonthCap: in.CapMonth,
	})
	if err != nil {
		return nil, err
	}
	var wallet voucher.Wallet
	var last time.Time
	postings := []any{}
	for i, e := range in.Events {
		var d voucher.WalletDecision
		if e.At.After(last) {
			last = e.At
		}
		if e.Type == "order" {
			d, err = cashback.Purchase(&wallet, voucher.Purchase{Key: fmt.Sprint(i), Order: e.Order, Net: e.Net, At: e.At})
		} else {
			// The file's order is that of processing, in which a wallet takes refunds;
			// their own time decides nothing.
			d, err = cashback.Refund(&wallet, voucher.Refund{Key: fmt.Sprint(i), Order: e.Order, Amount: e.Amount, At: last})
		}
		if err != nil {
			return nil, err
		}
		ev := d.Event
		require.NoError(t, wallet.Apply(ev))
		if e.Type != "order" {
			postings = append(postings, map[string]any{"order": e.Order, "reversed": ev.Money(ev.Reversed)})
			continue
		}
		postings = append(postings, map[string]any{
			"order": e.Order, "month": ev.Month.String()[:7], "granted": ev.Money(ev.Granted), "cut": ev.Money(ev.Cut),
		})
	}
	b := wallet.Balance(last)
	return map[string]any{"postings": postings, "balance": b.Available.Sub(b.Debt)}, nil
}
