package voucher_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/voucher"
)

// A host may set every variable of the decimal package to anything. The test sets
// them, so it does not run in parallel: parallel tests wait until they are back.
//
//nolint:paralleltest // see above
func TestHostSettingsChangeNothing(t *testing.T) {
	want := everything(t)
	defer func(a int, b, c, d bool, zero decimal.Decimal) {
		decimal.DivisionPrecision, decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros = a, b, c
		decimal.UseScientificNotation, decimal.Zero = d, zero
	}(decimal.DivisionPrecision, decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation, decimal.Zero)
	decimal.DivisionPrecision, decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros = 0, true, false
	decimal.UseScientificNotation, decimal.Zero = true, decimal.New(666, 0)
	assert.Equal(t, want, everything(t))
}

// everything runs configurations through their encodings, an order and a wallet,
// and prints decimals by their parts.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	show := func(ds ...decimal.Decimal) {
		for _, d := range ds {
			fmt.Fprintln(&out, d.Coefficient(), d.Exponent())
		}
	}
	for name, decode := range configs {
		v, err := decode(golden(t, name+"_v1.json"))
		require.NoError(t, err)
		text, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, string(golden(t, name+"_v1.json")), string(text))
	}
	third, _ := decimal.NewFromString("33.3333333")
	p := pricer(t, voucher.Voucher{ID: "a", Kind: voucher.Percent, Percent: third}, voucher.Voucher{ID: "b", Kind: voucher.Fixed, Amount: cents(1000)})
	r, err := p.Apply([]voucher.Line{{1, cents(3333), ""}, {2, cents(3333), ""}})
	require.NoError(t, err)
	show(append(r.LineTotals, r.Discount, r.Total)...)
	var w voucher.Wallet
	for line := range strings.Lines(string(golden(t, "wallet_events_v1.jsonl"))) {
		var ev voucher.WalletEvent
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, w.Apply(ev))
		text, err := json.Marshal(ev)
		require.NoError(t, err)
		fmt.Fprintln(&out, string(text))
	}
	b := w.Balance(when("2025-04-01T00:00:00Z"))
	show(b.Available, b.Expired, b.Spent, b.Debt)
	return out.String()
}
