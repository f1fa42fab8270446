package relationship_test

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/relationship"
)

var notSnake = regexp.MustCompile(`"[^"]*([A-Z-][^"]*)+":`)

// Every type comes back from JSON as it was, by keys in snake case; what is not
// defined is null.
func TestEverythingRoundTrips(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	thin, err := relationship.StandardPolicy().Classify(relationship.Evidence{Purchases: []relmark.Date{on}}, on)
	require.NoError(t, err)
	full, err := relationship.Policy{}.Classify(relationship.Evidence{
		FirmContacts: 4, Responses: 2, CustomerContacts: 1, ServicesUsed: 1, ServicesOffered: 2,
		Purchases: []relmark.Date{on, on.AddDays(1), on.AddDays(3)},
	}, on.AddDays(9))
	require.NoError(t, err)
	indicators := map[relationship.Contrast]relationship.Indicator{}
	for i, c := range []relationship.Contrast{
		relationship.RetentionFocus, relationship.CustomerValueFocus, relationship.LongTermFocus,
		relationship.ServiceLevel, relationship.ContactIntensity, relationship.QualityByEveryone,
	} {
		indicators[c] = relationship.Indicator{Value: float64(20 * i), Missing: i == 1, High: 90, Weight: 1}
	}
	policy := relationship.OrientationPolicy{Missing: relationship.CountAsZero, MinCoverage: 0.5, TransactionalMax: 30, RelationalMin: 60}
	firm, err := policy.Orientation(indicators)
	require.NoError(t, err)
	require.NotEmpty(t, firm.Clamped)
	unknown, err := relationship.OrientationPolicy{MinCoverage: 1}.Orientation(indicators)
	require.NoError(t, err)
	require.True(t, math.IsNaN(unknown.Index))
	exchange := relationship.Exchange{
		On: on, Given: decimal.New(5, 0), Received: decimal.New(4, 0), Ours: 1, Theirs: 2, Due: 2, Kept: 1, Answers: []float64{4}, Made: 2, Adopted: 1,
	}
	index := relationship.BondPolicy{HalfLife: 30, Weights: map[relationship.Quality]float64{relationship.Cooperation: 2}, TieLow: 1, TieHigh: 7}
	bond, err := index.Bond([]relationship.Exchange{exchange}, on)
	require.NoError(t, err)
	nothing, err := index.Bond(nil, on)
	require.NoError(t, err)
	for _, v := range []any{
		thin, full, firm, unknown, bond, nothing, policy, index, exchange, indicators[relationship.LongTermFocus],
		relationship.StandardPolicy(),
		relationship.Evidence{FirmContacts: 2, Purchases: []relmark.Date{on}},
	} {
		text, err := json.Marshal(v)
		require.NoError(t, err, "%T", v)
		assert.NotEqual(t, "{}", string(text), "%T", v)
		assert.Empty(t, notSnake.FindAllString(string(text), -1), "%T: %s", v, text)
		back := reflect.New(reflect.TypeOf(v))
		require.NoError(t, json.Unmarshal(text, back.Interface()), "%T: %s", v, text)
		again, err := json.Marshal(back.Elem().Interface())
		require.NoError(t, err)
		assert.Equal(t, string(text), string(again), "%T", v)
	}
	text, err := json.Marshal(thin)
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"type":"undetermined","reasons":["few_purchases","few_contacts"],"initiation":null,"response":null,"variation":null,"service_use":null}`, string(text))
}

func TestDecodingRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		into interface{ UnmarshalJSON(data []byte) error }
		text string
		want error
	}{
		{&relationship.Verdict{Type: relationship.Active}, `{"type":"active"}`, relmark.ErrUnsupported},
		{&relationship.Verdict{Type: relationship.Active}, `{"v":2,"type":"active"}`, relmark.ErrUnsupported},
		{&relationship.Verdict{Type: relationship.Active}, `{"v":1,"type":"secret"}`, relmark.ErrInvalid},
		{&relationship.Verdict{Type: relationship.Active}, `{"v":1,"type":"passive","reasons":["secret"]}`, relmark.ErrInvalid},
		{&relationship.Verdict{Type: relationship.Active}, `{"v":1,"type":"passive","initiation":"secret"}`, relmark.ErrInvalid},
		{&relationship.Orientation{Stance: relationship.StanceMixed}, `{"v":1,"stance":"secret"}`, relmark.ErrInvalid},
		{&relationship.Orientation{Stance: relationship.StanceMixed}, `{"v":1,"stance":"mixed","components":{"secret":1}}`, relmark.ErrInvalid},
		{&relationship.Orientation{Stance: relationship.StanceMixed}, `{"v":1,"stance":"mixed","missing":["secret"]}`, relmark.ErrInvalid},
		{&relationship.Orientation{Stance: relationship.StanceMixed}, `{"v":1,"stance":"mixed","clamped":["secret"]}`, relmark.ErrInvalid},
		{&relationship.Bond{Coverage: 1}, `{"v":1,"scores":{"secret":1}}`, relmark.ErrInvalid},
		{&relationship.Bond{Coverage: 1}, `{"v":3}`, relmark.ErrUnsupported},
	} {
		before := reflect.ValueOf(c.into).Elem().Interface()
		err := c.into.UnmarshalJSON([]byte(c.text))
		require.ErrorIs(t, err, c.want, c.text)
		assert.NotContains(t, strings.ReplaceAll(err.Error(), "relationship", ""), "secret")
		assert.Equal(t, before, reflect.ValueOf(c.into).Elem().Interface(), "unchanged")
	}
}

func FuzzUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`{"v":1,"type":"active","reasons":["regular"],"initiation":0.5}`))
	f.Add([]byte(`{"v":1,"stance":"mixed","index":null,"components":{"service_level":50}}`))
	f.Add([]byte(`{"v":1,"as_of":"2026-03-01","index":3,"scores":{"cooperation":50}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range []interface {
			json.Marshaler
			json.Unmarshaler
		}{&relationship.Verdict{}, &relationship.Orientation{}, &relationship.Bond{}} {
			if v.UnmarshalJSON(data) != nil {
				continue
			}
			once, err := v.MarshalJSON()
			require.NoError(t, err)
			require.NoError(t, v.UnmarshalJSON(once))
			twice, err := v.MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, string(once), string(twice))
		}
	})
}

// What has no word for what it is, such as a zero value, would be written and not read.
func TestNothingIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		relationship.Verdict{},
		relationship.Verdict{Type: relationship.Active, Reasons: []relationship.Reason{"Regular"}},
		relationship.Orientation{},
		relationship.Orientation{Stance: relationship.StanceMixed, Missing: []relationship.Contrast{"price"}},
		relationship.Bond{Scores: map[relationship.Quality]float64{"trust": 1}},
	} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%+v", v)
	}
}
