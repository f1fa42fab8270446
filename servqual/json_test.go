package servqual_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual"
)

const smallText = `{"v":1,"model":"servqual","low":-3,"high":3,"dimensions":[{"name":"speed","items":[2,0]},{"name":"tone “x”","items":[1]}],"reversed":[0,1]}`

func smallParams() servqual.InstrumentParams {
	return servqual.InstrumentParams{
		Low: -3, High: 3, Reversed: []int{1, 0},
		Dimensions: []servqual.Dimension{{Name: "speed", Items: []int{2, 0}}, {Name: "tone “x”", Items: []int{1}}},
	}
}

func TestInstrumentsComeBackEqual(t *testing.T) {
	t.Parallel()
	in := instrument(t, smallParams())
	for _, value := range []any{in, &in, smallParams(), in.Params()} {
		text, err := json.Marshal(value)
		require.NoError(t, err)
		assert.JSONEq(t, smallText, string(text))
	}
	var params servqual.InstrumentParams
	require.NoError(t, json.Unmarshal([]byte(smallText), &params))
	assert.Equal(t, in.Params(), params)
	var back servqual.Instrument
	require.NoError(t, json.Unmarshal([]byte(smallText), &back))
	assert.Equal(t, in, back)
	require.NoError(t, back.NewSurvey().Add(servqual.Response{Perceived: []int8{-3, 0, 3}}))

	text, err := json.Marshal(servqual.Standard(1, 7))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &params))
	assert.Equal(t, servqual.Standard(1, 7), params)
}

func TestInstrumentsAreReadStrictly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, old, new string
		want           error
	}{
		{"no version", `"v":1,`, ``, relmark.ErrUnsupported},
		{"version 2", `"v":1`, `"v":2`, relmark.ErrUnsupported},
		{"another model", `:"servqual"`, `:"csi"`, relmark.ErrInvalid},
		{"no lowest answer", `"low":-3,`, ``, relmark.ErrInvalid},
		{"no highest answer", `"high":3,`, ``, relmark.ErrInvalid},
		{"no dimensions", `"dimensions":`, `"d":`, relmark.ErrInvalid},
		{"an item twice", `[2,0]`, `[1,0]`, relmark.ErrInvalid},
		{"a name of half a letter", `speed`, "s\xff", relmark.ErrInvalid},
		{"no JSON", `}`, ``, relmark.ErrInvalid},
	} {
		text := strings.Replace(smallText, c.old, c.new, 1)
		require.NotEqual(t, smallText, text)
		in := standard(t)
		p := in.Params()
		require.ErrorIs(t, in.UnmarshalJSON([]byte(text)), c.want, c.name)
		require.ErrorIs(t, p.UnmarshalJSON([]byte(text)), c.want, c.name)
		assert.Equal(t, servqual.Standard(1, 7), p, "%s: unchanged", c.name)
		assert.Equal(t, standard(t), in, "%s: unchanged", c.name)
	}
}

// What does not encode says so, instead of becoming {}.
func TestWhatDoesNotEncode(t *testing.T) {
	t.Parallel()
	s := goldenSurvey(t)
	r := report(t, s, servqual.AnyAnswered)
	for _, value := range []any{s, *s, r, &r, r.Gap, r.Items, r.Dimensions[0], r.Totals, r.Gap.Unweighted, servqual.Report{}, servqual.Stat{}} {
		_, err := json.Marshal(value)
		require.ErrorIs(t, err, relmark.ErrUnsupported, "%T", value)
	}
	for _, into := range []any{s, &r, &r.Gap.Unweighted} {
		require.ErrorIs(t, json.Unmarshal([]byte(`{}`), into), relmark.ErrUnsupported, "%T", into)
	}
	assert.Equal(t, encoded(t, goldenSurvey(t)), encoded(t, s))
	for _, value := range []any{servqual.Instrument{}, servqual.InstrumentParams{}} {
		_, err := json.Marshal(value)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%T", value)
	}
}

func TestResponsesComeBackEqual(t *testing.T) {
	t.Parallel()
	for text, r := range map[string]servqual.Response{
		`{"expected":[5,-128,3],"perceived":[3,4,1],"importance":[70,30]}`: {Expected: []int8{5, blank, 3}, Perceived: []int8{3, 4, 1}, Importance: []int8{70, 30}},
		`{"perceived":[1,2,3]}`: {Perceived: []int8{1, 2, 3}},
	} {
		got, err := json.Marshal(r)
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
		var back servqual.Response
		require.NoError(t, json.Unmarshal(got, &back))
		assert.Equal(t, r, back)
	}
	got, err := json.Marshal(servqual.Disconfirmation{Worse: 1, Better: 2})
	require.NoError(t, err)
	assert.Equal(t, `{"worse":1,"equal":0,"better":2}`, string(got))
}

// Questionnaires come from outside: lists, texts and errors are bounded.
func TestInstrumentsAreBounded(t *testing.T) {
	t.Parallel()
	many := servqual.InstrumentParams{Low: 1, High: 7, Dimensions: make([]servqual.Dimension, 1_000_000)}
	require.EqualError(t, many.Validate(), "servqual: Dimensions = 1000000: must be 100 at most")
	long := servqual.InstrumentParams{Low: 1, High: 7, Dimensions: []servqual.Dimension{{Name: "a", Items: make([]int, 1_000_000)}}}
	assert.Less(t, len(long.Validate().Error()), 2000)
	reversed := servqual.Standard(1, 7)
	reversed.Reversed = make([]int, 1_000_000)
	require.EqualError(t, reversed.Validate(), "servqual: Reversed = 1000000: must be 100 at most")
	for name, ok := range map[string]bool{strings.Repeat("n", 200): true, strings.Repeat("n", 201): false, "a\xff": false, "": false} {
		p := servqual.Standard(1, 7)
		p.Dimensions[2].Name = name
		if err := p.Validate(); !ok {
			assert.Equal(t, []string{"Dimensions[2].Name"}, fields(err))
		} else {
			require.NoError(t, err)
		}
	}
}

func FuzzInstrumentUnmarshalJSON(f *testing.F) {
	f.Add([]byte(smallText))
	f.Add([]byte(`{"v":1,"model":"servqual","low":1,"high":2,"dimensions":[{"name":"a","items":[0]}]}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var in, back servqual.Instrument
		if in.UnmarshalJSON(data) != nil {
			assert.Zero(t, in)
			return
		}
		text, err := json.Marshal(in)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &back))
		assert.Equal(t, in.Params(), back.Params())
	})
}
