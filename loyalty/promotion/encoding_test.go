package promotion_test

import (
	"bytes"
	"encoding/json"
	"errors"
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
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/promotion"
)

// decoded returns a decoder of one type.
func decoded[T any, P interface {
	*T
	json.Unmarshaler
}]() func(data []byte) (any, error) {
	return func(data []byte) (any, error) {
		var v T
		err := P(&v).UnmarshalJSON(data)
		return v, err
	}
}

// documents decode what a host stores, which has a version.
var documents = map[string]func(data []byte) (any, error){
	"price_list": func(data []byte) (any, error) { return promotion.DecodePriceList(data, time.LoadLocation) },
	"stack":      decoded[promotion.Stack](),
	"order":      decoded[promotion.Order](),
	"receipt":    decoded[promotion.Receipt](),
}

// parts decode what a host may store alone.
var partDecoders = map[string]func(data []byte) (any, error){
	"line": decoded[promotion.Line](), "remaining": decoded[promotion.Remaining](), "offer": decoded[promotion.Offer](),
	"minimum": decoded[promotion.Minimum](), "reward": decoded[promotion.Reward](), "application": decoded[promotion.Application](),
	"rejection": decoded[promotion.Rejection](), "priced line": decoded[promotion.PricedLine](), "units": decoded[promotion.UnitRun](),
	"refund": decoded[promotion.Refund](), "released": decoded[promotion.Released](), "hint": decoded[promotion.Hint](),
	"quote": decoded[promotion.Quote](), "price": decoded[promotion.PriceEntry](),
}

func TestDocumentsRoundTrip(t *testing.T) {
	t.Parallel()
	for name, decode := range documents {
		text := reference.StoredText(t, name+"_v1.json")
		v, err := decode(text)
		require.NoError(t, err, name)
		back, err := json.Marshal(v)
		require.NoError(t, err, name)
		assert.Equal(t, string(text), string(back), name)
		for change, want := range map[string]error{
			`"v":2`: relmark.ErrUnsupported, `"v":0`: relmark.ErrUnsupported, `"V":1`: relmark.ErrInvalid,
			`"v":1,"v":1`: relmark.ErrInvalid, `"v":1,"other":1`: relmark.ErrInvalid,
		} {
			_, err = decode(bytes.Replace(text, []byte(`"v":1`), []byte(change), 1))
			assert.ErrorIs(t, err, want, "%s with %s", name, change)
		}
		_, err = decode(bytes.Replace(text, []byte(`"v":1,`), nil, 1))
		assert.ErrorIs(t, err, relmark.ErrUnsupported, name)
	}
}

// The documents belong together: the order under the stack gives the receipt.
func TestDocumentsAreThoseOfOneOrder(t *testing.T) {
	t.Parallel()
	var s promotion.Stack
	var o promotion.Order
	require.NoError(t, json.Unmarshal(reference.StoredText(t, "stack_v1.json"), &s))
	require.NoError(t, json.Unmarshal(reference.StoredText(t, "order_v1.json"), &o))
	text, err := json.Marshal(priced(t, s, o))
	require.NoError(t, err)
	assert.Equal(t, string(reference.StoredText(t, "receipt_v1.json")), string(text))
}

// What is drawn comes back equal, and so does what it answers.
func TestWhatIsDrawnRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, o := (&drawer{T: t}).order(4)
		r := priced(t, s, o)
		p, err := promotion.NewPricer(s)
		require.NoError(t, err)
		hints, err := p.Preview(o)
		require.NoError(t, err)
		returns, err := p.Returns(o, promotion.Reprice)
		require.NoError(t, err)
		var refunds []promotion.Refund
		for i := range o.Lines {
			refund, err := returns.Add([]promotion.Return{{i, 1}})
			require.NoError(t, err)
			refunds = append(refunds, refund)
		}
		same(t, s)
		same(t, o)
		same(t, r)
		same(t, hints)
		same(t, refunds)
		same(t, r.Applied())
		same(t, r.Rejected())
		same(t, r.Lines())
	})
}

// same checks that the JSON of v comes back as what has the same JSON.
func same[T any](t require.TestingT, v T) {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	var back T
	require.NoError(t, json.Unmarshal(text, &back), string(text))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))
}

// A receipt whose parts do not add up, or that nothing here can have made, is none.
func TestReceiptsAreChecked(t *testing.T) {
	t.Parallel()
	text := string(reference.StoredText(t, "receipt_v1.json"))
	for _, change := range [][2]string{
		{`"digits":2`, `"digits":5`},
		{`"subtotal":"97"`, `"subtotal":"97.001"`},
		{`"subtotal":"97"`, `"subtotal":"98"`},
		{`"discount":"16.64"`, `"discount":"16.63"`},
		{`"total":"80.36"`, `"total":"80.37"`},
		{`"units":2,"left":"16.25"`, `"units":0,"left":"16.25"`},
		{`"units":2,"left":"16.25"`, `"units":1,"left":"16.25"`},
		{`"units":2,"left":"16.25"`, `"units":1000001,"left":"16.25"`},
		{`"units":2,"left":"16.25"`, `"units":1000000,"left":"90071992547409.91"`},
		{`"lines":["0","0","4.64"]`, `"lines":["0","0"]`},
		{`"lines":["0","0","4.64"]`, `"lines":["4.64","0","0"]`},
		{`"lines":["0","0","4.64"]`, `"lines":["0","0","4.63"]`},
		{`"id":"three for two"`, `"id":""`},
		{`"units":2,"discount"`, `"units":0,"discount"`},
		{`"reason":"below_minimum"`, `"reason":"group"`},
		{`"reason":"below_minimum"`, `"reason":"weather"`},
		{`"missing_amount":"3"`, `"missing_amount":"0"`},
		{`"missing_amount":"3"`, `"missing_amount":"-3"`},
		{`"limit":"member"`, `"limit":""`},
		{`"id":"used up"`, `"id":"a"`},
		{`["TYPO"]`, `["TYPO","TYPO"]`},
		{`["TYPO"]`, `[""]`},
	} {
		bad := strings.Replace(text, change[0], change[1], 1)
		require.NotEqual(t, text, bad, change[0])
		var r promotion.Receipt
		assert.ErrorIs(t, r.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, change[1])
		assert.Zero(t, r)
	}
}

// What is prepared has no JSON, and never that of nothing; what needs zones says who
// decodes it.
func TestPreparedHasNoJSON(t *testing.T) {
	t.Parallel()
	for _, prepared := range []any{pricer(t), *pricer(t), promotion.Prices{}, new(promotion.Prices), new(promotion.Returns)} {
		_, err := json.Marshal(prepared)
		assert.ErrorIs(t, err, relmark.ErrUnsupported, "%T", prepared)
	}
	assert.ErrorIs(t, json.Unmarshal([]byte(`{}`), new(promotion.Pricer)), relmark.ErrUnsupported)
	assert.ErrorIs(t, json.Unmarshal([]byte(`{}`), new(promotion.Prices)), relmark.ErrUnsupported)
	assert.ErrorIs(t, json.Unmarshal([]byte(`{}`), new(promotion.Returns)), relmark.ErrUnsupported)
	err := json.Unmarshal(reference.StoredText(t, "price_list_v1.json"), new(promotion.PriceList))
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	assert.ErrorContains(t, err, "DecodePriceList")
}

func TestZonesComeFromTheLoader(t *testing.T) {
	t.Parallel()
	down := errors.New("no zones here")
	for _, load := range []func(string) (*time.Location, error){
		nil,
		func(string) (*time.Location, error) { return nil, nil },
		func(string) (*time.Location, error) { return nil, down },
	} {
		_, err := promotion.DecodePriceList(reference.StoredText(t, "price_list_v1.json"), load)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := promotion.DecodePriceList(reference.StoredText(t, "price_list_v1.json"), func(string) (*time.Location, error) { return nil, down })
	assert.ErrorIs(t, err, down)
	_, err = json.Marshal(promotion.PriceList{Zone: time.Local})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestNothingInvalidIsEncoded(t *testing.T) {
	t.Parallel()
	for _, v := range []any{promotion.PriceList{}, promotion.Stack{Digits: -1}, promotion.Order{Tier: "\xff"}, promotion.Rejection{ID: "a"}, promotion.Hint{ID: "a"}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
	}
}

// parts are what a host encodes alone, answers too, with a decimal in each place that holds
// one.
func parts(d decimal.Decimal) []any {
	return []any{
		promotion.Line{Quantity: 1, Price: d},
		promotion.Line{Floor: d},
		promotion.Order{MaxDiscount: &d},
		promotion.Order{Lines: []promotion.Line{{Price: d}}},
		promotion.Order{Remaining: map[string]promotion.Remaining{"a": {Budget: &d}}},
		promotion.Remaining{Budget: &d},
		promotion.Offer{MaxDiscount: &d},
		promotion.Offer{MaxUnitDiscount: &d},
		promotion.Offer{Min: promotion.Minimum{Amount: &d}},
		promotion.Offer{Reward: promotion.Percent(d)},
		promotion.Offer{Requires: []promotion.Requirement{{Min: promotion.Minimum{Amount: &d}}}},
		promotion.Offer{Steps: []promotion.Step{{promotion.Minimum{Amount: &d}, promotion.Amount(d)}}},
		promotion.Minimum{Amount: &d},
		promotion.UnitPrice(d), promotion.Bundle(d, promotion.Slot{}),
		promotion.PriceEntry{Price: d},
		promotion.Quote{Price: d},
		promotion.Quote{Total: d},
		promotion.Application{Discount: d},
		promotion.Application{Lines: []decimal.Decimal{d}},
		promotion.Rejection{Reason: promotion.BelowMinimum, MissingAmount: d},
		promotion.PricedLine{Discount: d},
		promotion.PricedLine{Total: d},
		promotion.PricedLine{Units: []promotion.UnitRun{{1, d}}},
		promotion.UnitRun{Left: d},
		promotion.Refund{Refund: d},
		promotion.Refund{Paid: d},
		promotion.Refund{Kept: &d},
		promotion.Refund{Released: []promotion.Released{{Amount: d}}},
		promotion.Hint{Near: promotion.NearMinimum, MissingAmount: d},
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
	roundTrips(t, promotion.Line{"kite", dec("33.33"), 2, dec("5"), []string{"toys"}, []string{"sale"}},
		`{"item":"kite","price":"33.33","quantity":2,"floor":"5","categories":["toys"],"tags":["sale"]}`)
	roundTrips(t, promotion.Remaining{map[string]int64{"Day": 0}, decp("7.5"), new(int64(2))}, `{"limits":{"Day":0},"budget":"7.5","applications":2}`)
	roundTrips(t, promotion.PriceEntry{Item: "x", Group: "staff", MinQuantity: 1, Price: dec("8"), From: relmark.MustParseDate("2025-03-01")},
		`{"item":"x","group":"staff","min_quantity":1,"price":"8","from":"2025-03-01"}`)
	roundTrips(t, promotion.Quote{3, dec("8"), dec("16.5")}, `{"entry":3,"price":"8","total":"16.5"}`)
	roundTrips(t, promotion.Offer{ID: "a", Steps: []promotion.Step{{amount("1"), promotion.Amount(dec("2"))}}, MaxDiscount: decp("12")},
		`{"id":"a","steps":[{"min":{"amount":"1"},"reward":{"kind":"amount","value":"2"}}],"max_discount":"12"}`)
	roundTrips(t, promotion.Offer{ID: "b", Limited: true, Buy: &promotion.Selector{}, Sets: &promotion.Sets{2, 1, true}, Reward: promotion.Free()},
		`{"id":"b","limited":true,"buy":{},"reward":{"kind":"free"},"sets":{"buy":2,"get":1,"spread":true}}`)
	roundTrips(t, promotion.Bundle(dec("50"), promotion.Slot{promotion.Selector{Items: []string{"x"}}, 1}, promotion.Slot{Units: 2}),
		`{"kind":"bundle","value":"50","slots":[{"select":{"items":["x"]},"units":1},{"units":2}]}`)
	roundTrips(t, promotion.Refund{dec("3"), dec("4"), decp("5"), []promotion.Released{{"a", dec("1"), true}}},
		`{"refund":"3","paid":"4","kept":"5","released":[{"id":"a","amount":"1","use":true}]}`)
	roundTrips(t, promotion.Hint{ID: "a", Near: promotion.NearMinimum, MissingAmount: dec("18"), ShutOut: true},
		`{"id":"a","near":"minimum","missing_amount":"18","shut_out":true}`)
	roundTrips(t, promotion.Rejection{ID: "a", Reason: promotion.LimitReached, Limit: "day"}, `{"id":"a","reason":"limit","limit":"day"}`)
	for name, decode := range partDecoders {
		for _, bad := range []string{
			``, `[]`, `{} {}`, `{"other":1}`, `{"price":1}`, `{"budget":"1e2147483647"}`, `{"Item":"a"}`, `{"id":"` + "\xff" + `"}`, `null`,
		} {
			_, err := decode([]byte(bad))
			assert.ErrorIs(t, err, relmark.ErrInvalid, "%s %s", name, bad)
		}
	}
	for text, v := range map[string]json.Unmarshaler{
		`{"id":"a","reason":"weather"}`: new(promotion.Rejection), `{"id":"a","near":"weather"}`: new(promotion.Hint),
	} {
		assert.ErrorIs(t, v.UnmarshalJSON([]byte(text)), relmark.ErrInvalid)
		assert.ErrorContains(t, v.UnmarshalJSON([]byte(text)), "must be one of")
	}
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

// A hostile host: every variable of the decimal package and the local zone are set to
// something else, and all results stay the same. The test does not run in parallel:
// parallel tests wait until everything is as before.
func TestHostSettingsChangeNothing(t *testing.T) { //nolint:paralleltest // it sets variables of the process
	want := everything(t)
	hostile.Settings(t)
	assert.Equal(t, want, everything(t))
}

// everything runs documents through their encodings, an order and prices.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	show := func(v any) {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		fmt.Fprintln(&out, string(text))
	}
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		v, err := documents[name](reference.StoredText(t, name+"_v1.json"))
		require.NoError(t, err)
		show(v)
	}
	var s promotion.Stack
	var o promotion.Order
	require.NoError(t, json.Unmarshal(reference.StoredText(t, "stack_v1.json"), &s))
	require.NoError(t, json.Unmarshal(reference.StoredText(t, "order_v1.json"), &o))
	show(priced(t, s, o))
	for _, a := range priced(t, s, o).Applied() {
		fmt.Fprintln(&out, a.Discount.Coefficient(), a.Discount.Exponent())
	}
	list, err := promotion.DecodePriceList(reference.StoredText(t, "price_list_v1.json"), time.LoadLocation)
	require.NoError(t, err)
	prices, err := promotion.NewPrices(list)
	require.NoError(t, err)
	q, _, err := prices.Quote(promotion.PriceQuery{Item: list.Entries[0].Item, Quantity: 100}, when("2025-03-31T22:30:00Z"))
	require.NoError(t, err)
	show(q)
	show(parts(cents(120)))
	return out.String()
}
