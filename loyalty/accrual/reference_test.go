package accrual_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/accrual"
)

type scenario struct {
	ID, Title, Note, Kind, Currency string
	Sale                            struct {
		Price, GoodsPrice, PointsPrice decimal.Decimal
		Allocated                      *decimal.Decimal
		Expect                         map[string]any
	}
	Periods []struct {
		Redeemed, Expected int64
		Expect             map[string]any
	}
}

// Every scenario of kind accrual, whatever its identifier.
func TestReferenceAccrual(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/accrual", "loyalty_scenarios.json")
	var file struct {
		Scenarios []json.RawMessage
	}
	f.JSON(&file)
	for _, raw := range file.Scenarios {
		var s scenario
		_ = json.Unmarshal(raw, &s) // other kinds have other types
		if s.Kind == "accrual" && f.Owns(s.Kind) {
			s = scenario{}
			require.NoError(t, reference.Strict(raw, &s))
			run(t, f, &s)
		}
	}
}

func run(t *testing.T, f *reference.File, s *scenario) {
	t.Helper()
	digits := reference.MinorUnits(s.Currency)
	var split accrual.Allocation
	var err error
	if s.Sale.Allocated != nil {
		split, err = accrual.Given(s.Sale.Price, *s.Sale.Allocated, digits)
	} else {
		split, err = accrual.Sale{Digits: digits, Price: s.Sale.Price, Goods: s.Sale.GoodsPrice, Points: s.Sale.PointsPrice}.Allocate()
	}
	require.NoError(t, err, s.ID)
	compare(t, f, s.ID+" sale", s.Sale.Expect, map[string]any{"goods": split.Goods, "points": split.Points}, posting(split.Entries()))
	d, err := accrual.Defer(split.Points, digits)
	require.NoError(t, err, s.ID)
	for i, p := range s.Periods {
		var period accrual.Period
		d, period, err = d.Measure(accrual.Estimate{Redeemed: p.Redeemed, Expected: p.Expected})
		require.NoError(t, err, s.ID)
		compare(t, f, fmt.Sprintf("%s period %d", s.ID, i+1), p.Expect, map[string]any{
			"expected": period.Expected, "revenueCumulative": period.Cumulative, "revenue": period.Revenue, "liability": period.Liability,
		}, posting(period.Entries()))
	}
}

func compare(t *testing.T, f *reference.File, where string, want, got map[string]any, entries []accrual.Entry) {
	t.Helper()
	for key, v := range want {
		switch v := v.(type) {
		case map[string]any:
			require.Equal(t, "entries", key, where)
			f.Exact(len(v), len(entries), "%s: entries", where)
			for _, e := range entries {
				text, _ := v[camel(e.Account)].(string)
				wanted, err := decimal.NewFromString(text)
				f.Exact(true, err == nil && wanted.Equal(e.Amount), "%s: %s: want %s, got %s", where, e.Account, text, e.Amount)
			}
		case string:
			amount, _ := got[key].(decimal.Decimal)
			_, there := got[key]
			f.Exact(true, there && dec(v).Equal(amount), "%s: %s: want %s, got %s", where, key, v, amount)
		case float64:
			count, there := got[key].(int64)
			f.Exact(true, there && v == float64(count), "%s: %s: want %v, got %d", where, key, v, count)
		default:
			t.Errorf("%s: nothing compares %q", where, key)
		}
	}
}

// camel returns the name of an account in the file, which writes names of fields so.
func camel(a accrual.LedgerAccount) string {
	words := strings.Split(string(a), "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}
