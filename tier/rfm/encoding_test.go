package rfm_test

import (
	"encoding/json"
	"math/big"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

// Every type comes back from JSON as it was, by keys in snake case.
func TestEverythingRoundTrips(t *testing.T) {
	t.Parallel()
	on, half := relmark.MustParseDate("2026-03-01"), big.NewRat(1, 2)
	base := sample(t)
	h, _ := base.History("bob")
	require.NoError(t, h.Add(on, decimal.New(9, 0)))
	summary, err := h.Summary(on, rfm.Options{})
	require.NoError(t, err)
	split, err := h.Split(on.AddDays(-1), on, rfm.Options{Unit: rfm.Week})
	require.NoError(t, err)
	cuts := rfm.Cuts{Recency: []*big.Rat{half}, Frequency: []*big.Rat{half}, Monetary: []*big.Rat{half}}
	scorer, err := rfm.NewScorer(cuts)
	require.NoError(t, err)
	segments, err := rfm.NewSegments(5, rfm.StandardSegments())
	require.NoError(t, err)
	var patterns rfm.Patterns
	require.NoError(t, patterns.Add(rfm.Pattern{X: 1, TX: 2, T: 3}, 4))
	for _, v := range []any{
		summary, split, cuts, scorer, segments,
		rfm.Customer[string]{ID: "bob", Summary: summary},
		rfm.CustomerSplit[int]{ID: 7, Split: split},
		rfm.Purchase[string]{Customer: "bob", On: on, Amount: amount(t, "12.5")},
		rfm.DayTotals{On: on, Bought: true, Sold: amount(t, "12.5"), Returned: amount(t, "1")},
		rfm.Options{Unit: rfm.Week, Collapse: rfm.Weekly, Returns: rfm.Gross},
		rfm.Score{R: 1, F: 2, M: 3},
		rfm.Pattern{X: 1, TX: 2, T: 3},
		rfm.Segment{Name: "a", R: &rfm.Range{Min: 1, Max: 2}},
		rfm.Range{Min: 1, Max: 2},
	} {
		roundTrip(t, v)
	}
	for _, v := range []any{h, patterns, base} { // which have a binary encoding
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrUnsupported)
		require.ErrorIs(t, json.Unmarshal([]byte("{}"), reflect.New(reflect.TypeOf(v)).Interface()), relmark.ErrUnsupported)
	}
}

var notSnake = regexp.MustCompile(`"[^"]*([A-Z-][^"]*)+":`)

func roundTrip(t *testing.T, v any) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err, "%T", v)
	assert.NotEqual(t, "{}", string(text), "%T", v)
	assert.Empty(t, notSnake.FindAllString(string(text), -1), "%T: %s", v, text)
	back := reflect.New(reflect.TypeOf(v))
	require.NoError(t, json.Unmarshal(text, back.Interface()), "%T: %s", v, text)
	again, err := json.Marshal(back.Elem().Interface())
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again), "%T", v)
	assert.Equal(t, v, back.Elem().Interface(), "%T", v)
}

// A summary comes back with its amounts, in any unit.
func TestSummaryRoundTrip(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		h := history(t, bookings(origin).Draw(t, "rows"))
		asOf := origin.AddDays(rapid.IntRange(0, 90).Draw(t, "asOf"))
		o := anyOptions(t)
		s, err := h.Summary(asOf, o)
		if err != nil {
			return
		}
		split, err := h.Split(asOf, asOf.AddDays(20), o)
		require.NoError(t, err)
		text, err := json.Marshal(split)
		require.NoError(t, err)
		var back rfm.Split
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, split, back)
		require.Equal(t, s, back.Calibration)
	})
}

func TestStoredSummaryRefuses(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	h := history(t, []booking{{on, amount(t, "1.25")}, {on.AddDays(2), amount(t, "2")}})
	good, err := h.Summary(on.AddDays(5), rfm.Options{})
	require.NoError(t, err)
	text, err := json.Marshal(good)
	require.NoError(t, err)
	require.Equal(t, `{"v":1,"purchases":2,"x":1,"tx":2,"t":5,"since_last":3,"first":"2026-03-01","last":"2026-03-03","as_of":"2026-03-06",`+
		`"total":"3.25","returned":"0.00","purchase_total":"3.25","first_day":"1.25"}`, string(text))
	for _, c := range [][2]string{
		{`"v":1`, `"v":2`},
		{`"purchases":2`, `"purchases":0`},
		{`"purchases":2`, `"purchases":3`},
		{`"tx":2`, `"tx":-1`},
		{`"tx":2`, `"tx":0`},
		{`"tx":2`, `"tx":6`},
		{`"t":5`, `"t":0`},
		{`"since_last":3`, `"since_last":0`},
		{`"since_last":3`, `"since_last":6`},
		{`"since_last":3`, `"since_last":-3`},
		{`"first":"2026-03-01"`, `"first":""`},
		{`"first":"2026-03-01"`, `"first":"2026-03-04"`},
		{`"first":"2026-03-01"`, `"first":"2026-03-03"`},
		{`"as_of":"2026-03-06"`, `"as_of":"2026-03-02"`},
		{`"as_of":"2026-03-06"`, `"as_of":"2026-03-03"`},
		{`"total":"3.25"`, `"total":"3.26"`},
		{`"total":"3.25"`, `"total":"3.250"`},
		{`"total":"3.25"`, `"total":"1e9"`},
		{`"returned":"0.00"`, `"returned":"-0.01"`},
		{`"first_day":"1.25"`, `"first_day":"-1.25"`},
		{`"first_day":"1.25"`, `"first_day":"3.26"`},
		{`"first_day":"1.25"`, `"first_day":""`},
	} {
		s := good
		broken := strings.Replace(string(text), c[0], c[1], 1)
		require.NotEqual(t, string(text), broken)
		require.Error(t, s.UnmarshalJSON([]byte(broken)), broken)
		require.Equal(t, good, s, "unchanged")
	}
	one := `{"v":1,"purchases":1,"x":0,"tx":0,"t":5,"since_last":5,"first":"2026-03-01","last":"2026-03-01","as_of":"2026-03-06",` +
		`"total":"3.25","returned":"0.00","purchase_total":"3.25","first_day":"1.25"}`
	require.ErrorContains(t, json.Unmarshal([]byte(one), &good), "must be PurchaseTotal if X is 0")
	_, err = json.Marshal(rfm.Summary{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = json.Marshal(rfm.Split{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = json.Marshal(rfm.Customer[string]{ID: "secret\xff", Summary: good})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.NotContains(t, err.Error(), "secret")
}

func TestStoredSplitRefuses(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	h := history(t, []booking{{on, amount(t, "1.25")}, {on.AddDays(2), amount(t, "2")}})
	good, err := h.Split(on, on.AddDays(5), rfm.Options{})
	require.NoError(t, err)
	text, err := json.Marshal(good)
	require.NoError(t, err)
	end := `,"purchases":1,"length":5,"total":"2.00"}`
	require.True(t, strings.HasSuffix(string(text), end), string(text))
	for _, tail := range []string{
		`,"purchases":-1,"length":5,"total":"2.00"}`,
		`,"purchases":0,"length":5,"total":"2.00"}`,
		`,"purchases":1,"length":0,"total":"2.00"}`,
		`,"purchases":1,"length":5,"total":"-2.00"}`,
		`,"purchases":1,"length":5,"total":"2.0"}`,
		`,"purchases":1,"length":5,"total":"two"}`,
	} {
		s := good
		require.ErrorIs(t, s.UnmarshalJSON([]byte(strings.TrimSuffix(string(text), end)+tail)), relmark.ErrInvalid, tail)
		require.Equal(t, good, s, "unchanged")
	}
}

// Identifiers that JSON cannot tell apart are refused wherever they come in.
func TestCustomersAreUTF8(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-03-01")
	var b rfm.Base[string]
	err := b.Add(rfm.Purchase[string]{Customer: "secret\xff", On: on})
	require.EqualError(t, err, "rfm: Customer: must be UTF-8")
	require.EqualError(t, b.Put("secret\xff", rfm.History{}), "rfm: Customer: must be UTF-8")
	assert.Zero(t, b.Len())
}

func FuzzSummaryUnmarshalJSON(f *testing.F) {
	on := relmark.MustParseDate("2026-03-01")
	h := history(f, []booking{{on, amount(f, "1.25")}, {on.AddDays(2), amount(f, "2")}})
	s, err := h.Split(on.AddDays(4), on.AddDays(5), rfm.Options{})
	require.NoError(f, err)
	text, err := json.Marshal(s)
	require.NoError(f, err)
	f.Add(text)
	f.Fuzz(func(t *testing.T, data []byte) {
		var s rfm.Split
		if s.UnmarshalJSON(data) != nil {
			return
		}
		text, err := json.Marshal(s)
		require.NoError(t, err)
		var back rfm.Split
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, s, back)
		_ = s.Calibration.MeanRepeat() + s.Mean()
	})
}
