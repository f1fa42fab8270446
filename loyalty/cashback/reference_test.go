package cashback_test

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
	"github.com/relmark/relmark/loyalty/cashback"
)

// An error that the file calls invalid is one of the terms or the amounts, or that of
// a wallet which refuses: more than an order, an order twice, an unknown one.
func TestReferenceCashback(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/cashback", "voucher_golden.json")
	for _, c := range f.Cases() {
		require.Equal(t, "cashback", c.Kind)
		got, err := runCashback(t, c.In)
		if kind, fails := c.Fails(); fails {
			f.Exact("invalid", kind, "%s: kind of error", c.ID)
			f.Exact(true, errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrRefused), "%s: error %v", c.ID, err)
			continue
		}
		require.NoError(t, err, c.ID)
		f.Compare(c.ID, c.Expect, got)
	}
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
	engine, err := cashback.New(cashback.Terms{
		Zone: zoneOf(in.Zone), Digits: 2, Rate: in.Rate, OrderCap: in.CapOrder, MonthCap: in.CapMonth,
	})
	if err != nil {
		return nil, err
	}
	var wallet cashback.Wallet
	var last time.Time
	postings := []any{}
	for i, e := range in.Events {
		var d cashback.Decision
		if e.At.After(last) {
			last = e.At
		}
		if e.Type == "order" {
			d, err = engine.Purchase(&wallet, cashback.Purchase{Key: fmt.Sprint(i), Order: e.Order, Net: e.Net, At: e.At})
		} else {
			// The file's order is that of processing, in which a wallet takes refunds;
			// their own time decides nothing.
			d, err = engine.Refund(&wallet, cashback.Refund{Key: fmt.Sprint(i), Order: e.Order, Amount: e.Amount, At: last})
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
