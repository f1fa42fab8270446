package promotion_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/promotion"
)

// Decimals that only decimal.New can make, on which plain arithmetic panics or never
// ends: wherever one comes in, the answer is an error at once, or for 0 that of 0.
func TestDecimalsWithoutBoundsAreErrors(t *testing.T) {
	t.Parallel()
	for _, d := range []decimal.Decimal{
		decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MinInt32), decimal.New(7, -2000),
	} {
		for name, o := range map[string]promotion.Offer{
			"percent":      {ID: "a", Kind: promotion.Percent, Percent: d},
			"amount":       {ID: "a", Kind: promotion.Fixed, Amount: d},
			"minimum":      {ID: "a", Kind: promotion.Fixed, MinSubtotal: d},
			"maximum":      {ID: "a", Kind: promotion.Fixed, MaxDiscount: &d},
			"step minimum": {ID: "a", Kind: promotion.Tiered, Steps: []promotion.Step{{Min: d}}},
			"step percent": {ID: "a", Kind: promotion.Tiered, Steps: []promotion.Step{{Percent: d}}},
			"step amount":  {ID: "a", Kind: promotion.Tiered, Steps: []promotion.Step{{Amount: d}}},
		} {
			assert.ErrorIs(t, promotion.Stack{Digits: 2, Offers: []promotion.Offer{o}}.Validate(), relmark.ErrInvalid, name)
		}
		_, err := pricer(t).Apply([]promotion.Line{{1, d, ""}})
		assert.ErrorIs(t, err, relmark.ErrInvalid)
		list := promotion.PriceList{Zone: berlin, Entries: []promotion.PriceEntry{{Item: "x", MinQuantity: 1, Price: d}}}
		assert.ErrorIs(t, list.Validate(), relmark.ErrInvalid)
	}
	none := decimal.New(0, math.MaxInt32)
	zero := promotion.Offer{ID: "a", Kind: promotion.Fixed, MaxDiscount: &none, MinSubtotal: none, Amount: none, Percent: none}
	r, err := pricer(t, zero).Apply([]promotion.Line{{1, none, ""}})
	require.NoError(t, err)
	assert.True(t, r.Total.IsZero())
	text, err := json.Marshal(promotion.Stack{Offers: []promotion.Offer{zero}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"digits":0,"offers":[{"id":"a","kind":"fixed","max_discount":"0"}]}`, string(text))
}

// A list that is too long, and one of which every entry is wrong, are refused in a text
// that does not grow with it.
func TestErrorsDoNotGrowWithTheirInput(t *testing.T) {
	t.Parallel()
	many := promotion.Stack{Digits: 2, Offers: make([]promotion.Offer, 1001)}
	require.ErrorContains(t, many.Validate(), "Offers = 1001: must be at most 1000")
	many.Offers = many.Offers[:1000]
	steps := promotion.Offer{ID: "a", Kind: promotion.Tiered, Steps: make([]promotion.Step, 1000)}
	long := promotion.Offer{ID: "a", Kind: promotion.Tiered, Steps: make([]promotion.Step, 1001), Categories: make([]string, 1001)}
	for _, bad := range []error{
		many.Validate(),
		promotion.Stack{Offers: []promotion.Offer{steps}}.Validate(),
		promotion.Stack{Offers: []promotion.Offer{long}}.Validate(),
		promotion.PriceList{Zone: berlin, Entries: make([]promotion.PriceEntry, 100_000)}.Validate(),
		promotion.PriceList{Zone: berlin, Ladder: make([]string, 100_000)}.Validate(),
		orderOf(t, 100_000),
	} {
		require.ErrorIs(t, bad, relmark.ErrInvalid)
		assert.Less(t, len(bad.Error()), 3000)
	}
}

func orderOf(t *testing.T, n int) error {
	t.Helper()
	_, err := pricer(t).Apply(make([]promotion.Line, n))
	return err
}

// What is missing is an error, never a panic.
func TestNilPointersFail(t *testing.T) {
	t.Parallel()
	var (
		prices *promotion.Prices
		pricer *promotion.Pricer
	)
	_, _, errQuote := prices.Quote(promotion.PriceQuery{Item: "i", Quantity: 1}, noon)
	_, errExplain := prices.Explain(promotion.PriceQuery{Item: "i", Quantity: 1}, noon)
	_, errApply := pricer.Apply(nil)
	for _, err := range []error{errQuote, errExplain, errApply} {
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

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

// everything runs configurations through their encodings, an order and prices, and
// prints decimals by their parts.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	show := func(ds ...decimal.Decimal) {
		for _, d := range ds {
			fmt.Fprintln(&out, d.Coefficient(), d.Exponent())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(configs)) {
		v, err := configs[name](golden(t, name+"_v1.json"))
		require.NoError(t, err)
		text, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Equal(t, string(golden(t, name+"_v1.json")), string(text))
	}
	third := decimal.New(333333333, -7)
	p := pricer(t, promotion.Offer{ID: "a", Kind: promotion.Percent, Percent: third}, promotion.Offer{ID: "b", Kind: promotion.Fixed, Amount: cents(1000)})
	r, err := p.Apply([]promotion.Line{{1, cents(3333), ""}, {2, cents(3333), ""}})
	require.NoError(t, err)
	show(append(r.LineTotals, r.Discount, r.Total)...)
	list, err := promotion.DecodePriceList(golden(t, "price_list_v1.json"), time.LoadLocation)
	require.NoError(t, err)
	prices, err := promotion.NewPrices(list)
	require.NoError(t, err)
	q, _, err := prices.Quote(promotion.PriceQuery{Item: list.Entries[0].Item, Quantity: 100}, when("2025-03-31T22:30:00Z"))
	require.NoError(t, err)
	show(q.Price, q.Total)
	encoded, err := json.Marshal(parts(cents(120)))
	require.NoError(t, err)
	fmt.Fprintln(&out, string(encoded))
	return out.String()
}
