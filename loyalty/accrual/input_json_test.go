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

// inputs hold a decimal where a host hands one in, and answers where it gets one.
func inputs(d decimal.Decimal) []any {
	return []any{accrual.Sale{Price: d}, accrual.Sale{Goods: d}, accrual.Sale{Points: d}, accrual.Estimate{Reserved: d}, accrual.Allocation{Goods: d}, accrual.Entry{Amount: d}, accrual.Period{Moved: d}, accrual.Rows{Added: d}}
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
		for _, bad := range []string{``, `[]`, `null`, `{} {}`, `{"other":1}`, `{"Digits":2}`, `{"expected":4,"expected":4}`, `{"price":1}`, `{"reserved":"1e2147483647"}`, `{"reserved":0.5}`, `{"` + "\xff" + `":1}`} {
			assert.ErrorIs(t, v.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, "%T %s", v, bad)
		}
	}
	assert.Equal(t, back, sale)
	assert.Equal(t, same, estimate)
}

// Answers come back equal, and are left as they were by what is none.
func TestAnswersRoundTrip(t *testing.T) {
	t.Parallel()
	answerRoundTrips(t, accrual.Allocation{dec("1"), dec("2.5")}, `{"goods":"1","points":"2.5"}`)
	answerRoundTrips(t, accrual.Entry{accrual.Cash, dec("-2.5")}, `{"account":"cash","amount":"-2.5"}`)
	answerRoundTrips(t, accrual.Period{9, dec("1"), dec("2"), dec("3"), dec("4"), dec("5"), dec("6"), dec("7")},
		`{"expected":9,"cumulative":"1","revenue":"2","performance":"3","catch_up":"4","liability":"5","reserved":"6","moved":"7"}`)
	answerRoundTrips(t, accrual.Rows{9, dec("1"), dec("2"), dec("3"), dec("4"), dec("5"), dec("6"), dec("7")},
		`{"deferrals":9,"opening":"1","added":"2","cancelled":"3","performance":"4","catch_up":"5","reserved":"6","closing":"7"}`)
	for _, v := range []json.Unmarshaler{new(accrual.Allocation), new(accrual.Entry), new(accrual.Period), new(accrual.Rows)} {
		for _, bad := range []string{`{"other":1}`, `{"Amount":"1"}`, `{"points":"1","points":"1"}`, `{"expected":1,"expected":1}`} {
			assert.ErrorIs(t, v.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, "%T %s", v, bad)
		}
	}
}

func answerRoundTrips[T any](t *testing.T, v T, want string) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	assert.JSONEq(t, want, string(text))
	var back T
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, v, back)
}
