package accrual_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/accrual"
)

// I13, a hostile host: every variable of the decimal package and the local zone are
// set to something else, and all results stay the same. The test does not run in
// parallel: parallel tests wait until everything is as before.
func TestHostSettingsChangeNothing(t *testing.T) { //nolint:paralleltest // it sets variables of the process
	want := everything(t)
	hostile.Settings(t)
	assert.Equal(t, want, everything(t))
}

// everything sells, measures, estimates and encodes, and prints decimals by their parts.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	show := func(ds ...decimal.Decimal) {
		for _, d := range ds {
			fmt.Fprintln(&out, d.Coefficient(), d.Exponent())
		}
	}
	var p accrual.Policy
	require.NoError(t, json.Unmarshal(reference.StoredText(t, "policy_v1.json"), &p))
	m := model(t, p)
	alone, err := m.StandAlone(12_345)
	require.NoError(t, err)
	split, err := accrual.Sale{Digits: 2, Price: cents(9999), Goods: cents(10_001), Points: alone}.Allocate()
	require.NoError(t, err)
	d, err := accrual.Defer(split.Points, 2)
	require.NoError(t, err)
	d, period, err := m.Measure(d, accrual.Lot{GrantedOn: relmark.MustParseDate("2025-01-10"), Granted: 12_345, Redeemed: 1234}, relmark.MustParseDate("2025-02-10"))
	require.NoError(t, err)
	for _, e := range append(posting(split.Entries()), posting(period.Entries())...) {
		show(e.Amount)
	}
	provision, err := m.Provision(12_345, 1)
	require.NoError(t, err)
	show(alone, d.Liability(), d.Reserved(), provision)
	third, err := accrual.Allocate(cents(100), 2, dec("1"), dec("0.1e1"), cents(100))
	require.NoError(t, err)
	show(third...)
	var h accrual.History
	require.NoError(t, h.UnmarshalBinary(unhex(t, "history_v1.hex")))
	fit, err := h.Fit(accrual.FitOptions{TailAges: 3})
	require.NoError(t, err)
	fmt.Fprintln(&out, fit)
	var f accrual.RollForward
	require.NoError(t, f.UnmarshalBinary(unhex(t, "rollforward_v1.hex")))
	rows := f.Rows()
	show(rows.Opening, rows.Performance, rows.CatchUp, rows.Closing)
	text, err := json.Marshal(d)
	require.NoError(t, err)
	fmt.Fprintln(&out, string(text))
	encoded, err := json.Marshal(inputs(cents(120)))
	require.NoError(t, err)
	fmt.Fprintln(&out, string(encoded))
	return out.String()
}
