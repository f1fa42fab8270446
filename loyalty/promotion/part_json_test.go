package promotion_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/promotion"
)

// parts are what a host encodes alone, answers too, with a decimal in each place that holds one.
func parts(d decimal.Decimal) []any {
	return []any{
		promotion.Line{Quantity: 1, Price: d},
		promotion.Offer{MinSubtotal: d},
		promotion.Offer{MaxDiscount: &d},
		promotion.Offer{Percent: d},
		promotion.Offer{Amount: d},
		promotion.Offer{Steps: []promotion.Step{{Min: d}}},
		promotion.Step{Min: d},
		promotion.Step{Percent: d},
		promotion.Step{Amount: d},
		promotion.PriceEntry{Price: d},
		promotion.Quote{Price: d},
		promotion.Quote{Total: d},
		promotion.Discount{Amount: d},
		promotion.Discount{Lines: []decimal.Decimal{d}},
		promotion.Rejection{Missing: d},
		promotion.Receipt{Discount: d},
		promotion.Receipt{LineTotals: []decimal.Decimal{d}},
		promotion.Receipt{Total: d},
	}
}

// Decimals that only decimal.New makes have no text: they are errors at once.
func TestDecimalsWithoutTextAreNotEncoded(t *testing.T) {
	t.Parallel()
	for _, d := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MinInt32)} {
		for i, v := range parts(d) {
			_, err := json.Marshal(v)
			require.ErrorIs(t, err, relmark.ErrInvalid, "%T %d", v, i)
		}
	}
}

// Parts come back equal, and are left as they were by what is none.
func TestPartsRoundTrip(t *testing.T) {
	t.Parallel()
	line := promotion.Line{2, dec("33.33"), "toys"}
	roundTrips(t, line, `{"quantity":2,"price":"33.33","category":"toys"}`)
	roundTrips(t, promotion.Step{Min: dec("50"), Percent: dec("7.5")}, `{"min":"50","percent":"7.5"}`)
	roundTrips(t, promotion.PriceEntry{Item: "x", MinQuantity: 1, Price: dec("8"), From: relmark.MustParseDate("2025-03-01")},
		`{"item":"x","min_quantity":1,"price":"8","from":"2025-03-01"}`)
	roundTrips(t, promotion.Offer{ID: "a", Kind: promotion.Tiered, MaxDiscount: decp("12"), Steps: []promotion.Step{{Min: dec("1"), Amount: dec("2")}}},
		`{"id":"a","kind":"tiered","max_discount":"12","steps":[{"min":"1","amount":"2"}]}`)
	roundTrips(t, promotion.Quote{3, dec("8"), dec("16.5")}, `{"entry":3,"price":"8","total":"16.5"}`)
	roundTrips(t, promotion.Rejection{"a", promotion.BelowMinimum, dec("1")}, `{"id":"a","reason":"below_minimum","missing":"1"}`)
	roundTrips(t, promotion.Receipt{
		Applied: []promotion.Discount{{"a", dec("1"), []decimal.Decimal{dec("1")}}}, Discount: dec("1"),
		LineTotals: []decimal.Decimal{dec("2")}, Total: dec("2"),
	}, `{"applied":[{"id":"a","amount":"1","lines":["1"]}],"discount":"1","line_totals":["2"],"total":"2"}`)
	roundTrips(t, promotion.Receipt{Discount: dec("0"), Total: dec("2")}, `{"discount":"0","line_totals":null,"total":"2"}`)
	for _, v := range []json.Unmarshaler{new(promotion.Quote), new(promotion.Discount), new(promotion.Rejection), new(promotion.Receipt), new(promotion.Line), new(promotion.Step), new(promotion.PriceEntry), new(promotion.Offer)} {
		for _, bad := range []string{
			``, `[]`, `{} {}`, `{"other":1}`, `{"price":1}`, `{"min":"1e2147483647"}`, `{"percent":"1e9"}`, `{"id":"` + "\xff" + `"}`,
		} {
			assert.ErrorIs(t, v.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, "%T %s", v, bad)
		}
	}
	require.Error(t, line.UnmarshalJSON([]byte(`{"quantity":7,"price":1}`)))
	assert.Equal(t, int64(2), line.Quantity)
	_, err := json.Marshal(promotion.Line{Category: "\xff"})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func roundTrips[T any](t *testing.T, v T, want string) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	assert.JSONEq(t, want, string(text))
	var back T
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, v, back)
}
