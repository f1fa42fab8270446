package voucher_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/voucher"
)

// I13, a hostile host: every variable of the decimal package and the local zone are
// set to something else, and all results stay the same. The test does not run in
// parallel: parallel tests wait until everything is as before.
func TestHostSettingsChangeNothing(t *testing.T) {
	want := everything(t)
	defer func(a, b int, c, d, e bool, f, g int, zero decimal.Decimal, l *time.Location) {
		decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent = a, b
		decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = c, d, e
		decimal.ExpMaxIterations, decimal.MaxDecodeExponent = f, g
		decimal.Zero, time.Local = zero, l
	}(
		decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent,
		decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation,
		decimal.ExpMaxIterations, decimal.MaxDecodeExponent, decimal.Zero, time.Local,
	)
	decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent = 0, 0
	decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = true, false, true
	decimal.ExpMaxIterations, decimal.MaxDecodeExponent = 1, 0
	decimal.Zero, time.Local = decimal.New(666, 0), time.FixedZone("nowhere", 13*3600)
	t.Setenv("TZ", "Pacific/Apia")
	assert.Equal(t, want, everything(t))
}

// everything runs configurations through their encodings, an order, prices, a
// register and a wallet, and prints decimals by their parts.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	show := func(ds ...decimal.Decimal) {
		for _, d := range ds {
			fmt.Fprintln(&out, d.Coefficient(), d.Exponent())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(configs)) {
		decode := configs[name]
		v, err := decode(golden(t, name+"_v1.json"))
		require.NoError(t, err)
		text, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, string(golden(t, name+"_v1.json")), string(text))
	}
	third := decimal.New(333333333, -7)
	p := pricer(t, voucher.Voucher{ID: "a", Kind: voucher.Percent, Percent: third}, voucher.Voucher{ID: "b", Kind: voucher.Fixed, Amount: cents(1000)})
	r, err := p.Apply([]voucher.Line{{1, cents(3333), ""}, {2, cents(3333), ""}})
	require.NoError(t, err)
	show(append(r.LineTotals, r.Discount, r.Total)...)
	list, err := voucher.DecodePriceList(golden(t, "pricelist_v1.json"), time.LoadLocation)
	require.NoError(t, err)
	prices, err := voucher.NewPrices(list)
	require.NoError(t, err)
	q, _, err := prices.Quote(voucher.PriceQuery{Item: list.Entries[0].Item, Quantity: 100, At: when("2025-03-31T22:30:00Z")})
	require.NoError(t, err)
	show(q.Price, q.Total)
	states := goldenStates(t)
	for _, name := range slices.Sorted(maps.Keys(states)) {
		state := states[name]
		data, err := state.MarshalBinary()
		require.NoError(t, err)
		fmt.Fprintf(&out, "%T %x\n", state, data)
	}
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
	terms, err := voucher.DecodeCashbackTerms(golden(t, "cashback_v1.json"), time.LoadLocation)
	require.NoError(t, err)
	c, err := voucher.NewCashback(terms)
	require.NoError(t, err)
	d, err := c.Purchase(&w, voucher.Purchase{"p", "p", cents(12345), time.Unix(1746050400, 0)}) // 1 May in Berlin
	require.NoError(t, err)
	fmt.Fprintln(&out, d.Event)
	return out.String()
}
