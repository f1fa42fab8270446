package promotion_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/promotion"
)

// configs decode each kind of configuration, which encodes itself.
var configs = map[string]func(data []byte) (any, error){
	"price_list": func(data []byte) (any, error) { return promotion.DecodePriceList(data, time.LoadLocation) },
	"stack": func(data []byte) (any, error) {
		var s promotion.Stack
		err := s.UnmarshalJSON(data)
		return s, err
	},
}

func golden(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return bytes.TrimSpace(data)
}

func TestConfigurationRoundTrips(t *testing.T) {
	t.Parallel()
	for name, decode := range configs {
		text := golden(t, name+"_v1.json")
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

// What is prepared has no JSON, and never that of nothing; what needs zones says who
// decodes it.
func TestPreparedHasNoJSON(t *testing.T) {
	t.Parallel()
	for _, prepared := range []any{pricer(t), *pricer(t), promotion.Prices{}, new(promotion.Prices)} {
		_, err := json.Marshal(prepared)
		assert.ErrorIs(t, err, relmark.ErrUnsupported, "%T", prepared)
	}
	assert.ErrorIs(t, json.Unmarshal([]byte(`{}`), new(promotion.Pricer)), relmark.ErrUnsupported)
	assert.ErrorIs(t, json.Unmarshal([]byte(`{}`), new(promotion.Prices)), relmark.ErrUnsupported)
	err := json.Unmarshal(golden(t, "price_list_v1.json"), new(promotion.PriceList))
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	assert.ErrorContains(t, err, "DecodePriceList")
}

// An offer and a price alone have the form that they have in their list.
func TestPartsHaveTheFormOfTheWhole(t *testing.T) {
	t.Parallel()
	var s promotion.Stack
	require.NoError(t, json.Unmarshal(golden(t, "stack_v1.json"), &s))
	list, err := promotion.DecodePriceList(golden(t, "price_list_v1.json"), time.LoadLocation)
	require.NoError(t, err)
	offers, err := json.Marshal(s.Offers)
	require.NoError(t, err)
	entries, err := json.Marshal(list.Entries)
	require.NoError(t, err)
	assert.Contains(t, string(golden(t, "stack_v1.json")), `"offers":`+string(offers))
	assert.Contains(t, string(golden(t, "price_list_v1.json")), `"entries":`+string(entries))
	var back []promotion.Offer
	require.NoError(t, json.Unmarshal(offers, &back))
	again, err := json.Marshal(promotion.Stack{s.Digits, back})
	require.NoError(t, err)
	assert.Equal(t, string(golden(t, "stack_v1.json")), string(again))
}

// What a host stores of an answer comes back equal, under keys in snake case.
func TestAnswersRoundTrip(t *testing.T) {
	t.Parallel()
	r, err := pricer(t,
		promotion.Offer{ID: "a", Kind: promotion.Percent, Percent: dec("10"), Categories: []string{"toys"}},
		promotion.Offer{ID: "b", Kind: promotion.Fixed, Amount: dec("10"), MinSubtotal: dec("900")},
	).Apply([]promotion.Line{{2, dec("33.33"), "toys"}, {1, dec("0.5"), ""}})
	require.NoError(t, err)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	assert.JSONEq(t, `{"applied":[{"id":"a","amount":"6.67","lines":["6.67","0"]}],
		"rejected":[{"id":"b","reason":"below_minimum","missing":"832.84"}],
		"discount":"6.67","line_totals":["59.99","0.5"],"total":"60.49"}`, string(text))
	var back promotion.Receipt
	require.NoError(t, json.Unmarshal(text, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
}

func TestZonesComeFromTheLoader(t *testing.T) {
	t.Parallel()
	down := errors.New("no zones here")
	for _, load := range []func(string) (*time.Location, error){
		nil,
		func(string) (*time.Location, error) { return nil, nil },
		func(string) (*time.Location, error) { return nil, down },
	} {
		_, err := promotion.DecodePriceList(golden(t, "price_list_v1.json"), load)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := promotion.DecodePriceList(golden(t, "price_list_v1.json"), func(string) (*time.Location, error) { return nil, down })
	assert.ErrorIs(t, err, down)
	_, err = json.Marshal(promotion.PriceList{Zone: time.Local})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestNothingInvalidIsEncoded(t *testing.T) {
	t.Parallel()
	for _, v := range []any{promotion.PriceList{}, promotion.Stack{Digits: -1}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
	}
}

func FuzzConfiguration(f *testing.F) {
	for name := range configs {
		f.Add(golden(f, name+"_v1.json"))
	}
	f.Add([]byte(`{"v":1,"digits":2,"offers":[{"id":"a","kind":"percent","percent":"1e9"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, decode := range configs {
			v, err := decode(data)
			if err != nil {
				if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			text, err := json.Marshal(v)
			require.NoError(t, err, name)
			again, err := decode(text)
			require.NoError(t, err, name)
			back, err := json.Marshal(again)
			require.NoError(t, err, name)
			require.Equal(t, string(text), string(back), name)
		}
	})
}

// Any stack that is read prices any order, or says why not: what is taken off and what
// is left add up.
func FuzzApply(f *testing.F) {
	f.Add(golden(f, "stack_v1.json"), int64(3), int64(999), int64(1), int64(5))
	f.Fuzz(func(t *testing.T, data []byte, n, price, m, other int64) {
		var s promotion.Stack
		if json.Unmarshal(data, &s) != nil {
			return
		}
		p, err := promotion.NewPricer(s)
		require.NoError(t, err)
		r, err := p.Apply([]promotion.Line{{n, decimal.New(price, -int32(s.Digits)), "toys"}, {m, decimal.New(other, -int32(s.Digits)), ""}})
		if err != nil {
			return
		}
		require.Len(t, s.Offers, len(r.Applied)+len(r.Rejected))
		sum := r.Discount
		for _, l := range r.LineTotals {
			require.False(t, l.IsNegative())
			sum = sum.Add(l)
		}
		full := new(big.Int).Add(new(big.Int).Mul(big.NewInt(n), big.NewInt(price)), new(big.Int).Mul(big.NewInt(m), big.NewInt(other)))
		require.True(t, sum.Equal(decimal.NewFromBigInt(full, -int32(s.Digits))))
	})
}
