package accrual_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

// inputs hold a decimal in each place that takes one.
func inputs(d decimal.Decimal) []any {
	return []any{accrual.Sale{Price: d}, accrual.Sale{Goods: d}, accrual.Sale{Points: d}, accrual.Estimate{Reserved: d}}
}

// Decimals that only decimal.New makes have no text: they are errors at once.
func TestDecimalsWithoutTextAreNotEncoded(t *testing.T) {
	t.Parallel()
	for _, d := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MinInt32)} {
		for i, v := range inputs(d) {
			_, err := json.Marshal(v)
			require.ErrorIs(t, err, relmark.ErrInvalid, "%T %d", v, i)
		}
	}
}

// What a host hands in comes back equal, and is left as it was by what is none.
func TestInputsRoundTrip(t *testing.T) {
	t.Parallel()
	sale := accrual.Sale{2, dec("100"), dec("99.5"), dec("9.955")}
	text, err := json.Marshal(sale)
	require.NoError(t, err)
	assert.JSONEq(t, `{"digits":2,"price":"100","goods":"99.5","points":"9.955"}`, string(text))
	var back accrual.Sale
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, sale, back)
	estimate := accrual.Estimate{1, 4, dec("0.5")}
	text, err = json.Marshal(estimate)
	require.NoError(t, err)
	assert.JSONEq(t, `{"redeemed":1,"expected":4,"reserved":"0.5"}`, string(text))
	var same accrual.Estimate
	require.NoError(t, json.Unmarshal(text, &same))
	assert.Equal(t, estimate, same)
	for _, v := range []json.Unmarshaler{&sale, &estimate} {
		for _, bad := range []string{``, `[]`, `{} {}`, `{"other":1}`, `{"price":1}`, `{"reserved":"1e2147483647"}`, `{"reserved":0.5}`, `{"` + "\xff" + `":1}`} {
			assert.ErrorIs(t, v.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, "%T %s", v, bad)
		}
	}
	assert.Equal(t, back, sale)
	assert.Equal(t, same, estimate)
}
