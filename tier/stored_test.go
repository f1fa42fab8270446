package tier_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/tier/abc"
	"github.com/relmark/relmark/tier/relationship"
	"github.com/relmark/relmark/tier/rfm"
)

// holding lists the data of the rooms of this area with an amount in each field that has
// one, which is d: what they store is the same whatever the host sets, and one test holds
// them to it.
func holding(d decimal.Decimal) []any {
	return []any{
		abc.Member{Values: []decimal.Decimal{d, d}},
		abc.Whale{Peak: d},
		abc.Whale{Total: d},
		abc.Whale{Drain: d},
		abc.Step{Value: d},
		abc.Group{Value: d},
		abc.Group{Least: d},
		abc.PyramidParams{LeadCost: d},
		abc.PyramidParams{Margin: abc.Cuts{A: d}},
		abc.Trade{Revenue: d},
		abc.Trade{Cost: d},
		abc.Standing[string]{ID: "a", Margin: d},
		abc.Standing[int]{ID: 7, Margin: d},
		abc.Stratum{Revenue: d},
		abc.Stratum{Cost: d},
		abc.Stratum{Margin: d},
		abc.Profile{Value: d},
		abc.Report{Value: d},
		abc.Report{Periods: []decimal.Decimal{d}},
		abc.SegmentReport[string]{Key: "a", Report: abc.Report{Value: d}},
		abc.SegmentReport[int]{Report: abc.Report{Periods: []decimal.Decimal{d}}},
		abc.Cuts{A: d},
		abc.Cuts{B: d},
		relationship.Exchange{Given: d},
		relationship.Exchange{Received: d},
		rfm.Purchase[string]{Customer: "a", Amount: d},
		rfm.Purchase[int]{Customer: 7, Amount: d},
		rfm.DayTotals{Sold: d},
		rfm.DayTotals{Returned: d},
	}
}

// A host may set every variable of the decimal package to anything, and stored data says
// the same. It must not run in parallel: it changes variables of the process.
//
//nolint:paralleltest // see above
func TestAmountsAreStoredWhateverTheHostSets(t *testing.T) {
	stored := func() (texts []string) {
		for _, v := range holding(decimal.New(1250, -2)) {
			text, err := json.Marshal(v)
			require.NoError(t, err)
			assert.Contains(t, string(text), `"12.5`, "%T", v)
			back := reflect.New(reflect.TypeOf(v))
			require.NoError(t, json.Unmarshal(text, back.Interface()), "%T: %s", v, text)
			again, err := json.Marshal(back.Elem().Interface())
			require.NoError(t, err)
			assert.Equal(t, string(text), string(again), "%T", v)
			texts = append(texts, string(text))
		}
		return texts
	}
	want := stored()
	hostile.Settings(t)
	assert.Equal(t, want, stored())
}

// A decimal that only decimal.New can make, whose text never ends, is refused at once,
// written or read; so are keys that nobody knows.
func TestEndlessAmountsAreNotStored(t *testing.T) {
	t.Parallel()
	for _, d := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(-1, math.MinInt32)} {
		for _, v := range holding(d) {
			hostile.Ends(t, "writing", func() { _, err := json.Marshal(v); assert.ErrorIs(t, err, relmark.ErrInvalid, "%T", v) })
		}
	}
	for _, v := range holding(decimal.New(1, 0)) {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		var keys map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &keys))
		back := reflect.New(reflect.TypeOf(v))
		back.Elem().Set(reflect.ValueOf(v))
		for key, value := range keys {
			twice := `"` + key + `":` + string(value)
			list := []string{`{` + twice + `,` + twice + `}`, `{"` + key + `x":1}`, "{\"" + key + "\":\"\xff\"}"}
			if strings.Contains(string(value), `"1"`) { // the amount
				list = append(list, `{"`+key+`":1e2147483647}`, `{"`+key+`":"1e2147483647"}`, `{"`+key+`":["1e9"]}`)
			}
			for _, bad := range list {
				require.ErrorIs(t, json.Unmarshal([]byte(bad), back.Interface()), relmark.ErrInvalid, "%T: %s", v, bad)
			}
		}
		require.Equal(t, v, back.Elem().Interface(), "%T is unchanged", v)
	}
}

func FuzzPlainUnmarshalJSON(f *testing.F) {
	for _, v := range holding(decimal.New(1250, -2)) {
		text, err := json.Marshal(v)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range holding(decimal.Decimal{}) {
			back := reflect.New(reflect.TypeOf(v))
			if json.Unmarshal(data, back.Interface()) != nil {
				continue
			}
			text, err := json.Marshal(back.Elem().Interface())
			require.NoError(t, err, "%T: %s", v, data)
			again := reflect.New(reflect.TypeOf(v))
			require.NoError(t, json.Unmarshal(text, again.Interface()), "%T: %s", v, text)
			twice, err := json.Marshal(again.Elem().Interface())
			require.NoError(t, err)
			require.Equal(t, string(text), string(twice))
		}
	})
}
