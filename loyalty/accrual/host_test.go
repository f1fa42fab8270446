package accrual_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/accrual"
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

// everything sells, measures and encodes, and prints decimals by their parts.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	show := func(ds ...decimal.Decimal) {
		for _, d := range ds {
			fmt.Fprintln(&out, d.Coefficient(), d.Exponent())
		}
	}
	var p accrual.Policy
	require.NoError(t, json.Unmarshal(golden(t, "policy_v1.json"), &p))
	m := model(t, p)
	alone, err := m.StandAlone(12_345)
	require.NoError(t, err)
	split, err := accrual.Sale{Digits: 2, Price: cents(9999), Goods: cents(10_001), Points: alone}.Allocate()
	require.NoError(t, err)
	d, err := accrual.Defer(split.Points, 2)
	require.NoError(t, err)
	d, period, err := m.Measure(d, accrual.Lot{GrantedOn: date("2025-01-10"), Granted: 12_345, Redeemed: 1234}, date("2025-02-10"))
	require.NoError(t, err)
	for _, e := range append(split.Entries(), period.Entries()...) {
		show(e.Amount)
	}
	provision, err := m.Provision(12_345, 1)
	require.NoError(t, err)
	show(alone, d.Liability(), d.Reserved(), provision)
	text, err := json.Marshal(d)
	require.NoError(t, err)
	fmt.Fprintln(&out, string(text))
	return out.String()
}
