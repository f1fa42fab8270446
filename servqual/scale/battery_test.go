package scale_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/scale"
)

func TestParamsValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field string
		p     scale.Params
	}{
		{"Low = -128", scale.Params{Items: []int{0, 1}, Low: -128, High: 1}},
		{"High = 1", scale.Params{Items: []int{0, 1}, Low: 1, High: 1}},
		{"High = 128", scale.Params{Items: []int{0, 1}, Low: 1, High: 128}},
		{"High = 101", scale.Params{Items: []int{0, 1}, Low: -100, High: 101}},
		{"Items = 1", scale.Params{Items: []int{0}, Low: 1, High: 7}},
		{"Items = 101", scale.Params{Items: make([]int, 101), Low: 1, High: 7}},
		{"Items[1] = -1", scale.Params{Items: []int{0, -1}, Low: 1, High: 7}},
		{"Items[1] = 10000", scale.Params{Items: []int{0, 10000}, Low: 1, High: 7}},
		{"Items[2] = 5", scale.Params{Items: []int{5, 6, 5}, Low: 1, High: 7}},
		{"Reversed[0] = 7", scale.Params{Items: []int{5, 6}, Low: 1, High: 7, Reversed: []int{7}}},
		{"Reversed[1] = 5", scale.Params{Items: []int{5, 6}, Low: 1, High: 7, Reversed: []int{5, 5}}},
		{"Reversed = 3", scale.Params{Items: []int{5, 6}, Low: 1, High: 7, Reversed: []int{5, 6, 6}}},
	} {
		err := c.p.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, c.field)
		require.ErrorContains(t, err, "scale: ")
		require.ErrorContains(t, err, c.field)
		_, made := scale.New(c.p)
		assert.Equal(t, err, made)
	}
	require.NoError(t, scale.Params{Items: []int{0, 9999}, Low: -100, High: 100, Reversed: []int{9999, 0}}.Validate())
}

// Three items of 1 to 5, the second worded negatively: 5, 1 and 4 are 5, 5 and 4.
func TestScore(t *testing.T) {
	t.Parallel()
	b, err := scale.New(scale.Params{Items: []int{3, 0, 1}, Low: 1, High: 5, Reversed: []int{0}})
	require.NoError(t, err)
	const x = scale.Blank
	for _, c := range []struct {
		name     string
		row      []int8
		rule     servqual.Missing
		value    float64
		answered int
		ok       bool
	}{
		{"all answered", []int8{1, 4, 99, 5}, servqual.AllAnswered, 100 * 11. / 12, 3, true},
		{"the worst", []int8{5, 1, 99, 1}, servqual.HalfAnswered, 0, 3, true},
		{"the best", []int8{1, 5, x, 5, 99}, servqual.HalfAnswered, 100, 3, true},
		{"two of three", []int8{1, x, x, 3}, servqual.HalfAnswered, 75, 2, true},
		{"not all", []int8{1, x, x, 3}, servqual.AllAnswered, 0, 2, false},
		{"one of three", []int8{x, 3, x, x}, servqual.HalfAnswered, 0, 1, false},
		{"one is any", []int8{x, 3, x, x}, servqual.AnyAnswered, 50, 1, true},
		{"none is not any", []int8{x, x, x, x}, servqual.AnyAnswered, 0, 0, false},
	} {
		s, ok, err := b.Score(c.row, c.rule)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.ok, ok, c.name)
		assert.Equal(t, c.answered, s.Answered, c.name)
		near.Equal(t, c.value, s.Value, 1e-15, 0, c.name)
	}
	_, _, err = b.Score([]int8{1, 2, 3}, servqual.HalfAnswered)
	require.ErrorContains(t, err, "Row = 3: must have 4 answers or more")
	_, _, err = b.Score([]int8{1, 2, 3, 6}, servqual.HalfAnswered)
	require.ErrorContains(t, err, "Row[3] = 6: must be 1 to 5 or Blank")
	_, _, err = b.Score([]int8{1, 2, 3, 4}, "most")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, _, err = scale.Battery{}.Score([]int8{1}, servqual.HalfAnswered)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Zero(t, scale.Battery{}.Items())
	assert.Equal(t, scale.Params{}, scale.Battery{}.Params())
	assert.Equal(t, 3, b.Items())
}

func TestJSON(t *testing.T) {
	t.Parallel()
	p := scale.Params{Items: []int{0, 2, 1}, Low: 1, High: 7, Reversed: []int{2, 1}}
	const text = `{"v":1,"model":"scale","low":1,"high":7,"items":[0,2,1],"reversed":[1,2]}`
	b, err := scale.New(p)
	require.NoError(t, err)
	for _, v := range []any{p, b} {
		data, err := json.Marshal(v)
		require.NoError(t, err)
		assert.JSONEq(t, text, string(data))
		assert.Len(t, data, len(text), "canonical")
	}
	var again scale.Battery
	require.NoError(t, json.Unmarshal([]byte(text), &again))
	assert.Equal(t, b.Params(), again.Params())
	assert.Equal(t, []int{1, 2}, again.Params().Reversed)
	_, err = json.Marshal(scale.Battery{})
	require.Error(t, err)
	for text, want := range map[string]error{
		`{"v":2,"model":"scale","low":1,"high":7,"items":[0,1]}`:                relmark.ErrUnsupported,
		`{"model":"scale","low":1,"high":7,"items":[0,1]}`:                      relmark.ErrUnsupported,
		`{"v":1,"model":"servqual","low":1,"high":7,"items":[0,1]}`:             relmark.ErrInvalid,
		`{"v":1,"model":"scale","high":7,"items":[0,1]}`:                        relmark.ErrInvalid,
		`{"v":1,"model":"scale","low":1,"items":[0,1]}`:                         relmark.ErrInvalid,
		`{"v":1,"model":"scale","low":1,"high":7,"items":[0]}`:                  relmark.ErrInvalid,
		`{"v":1,"model":"scale","low":1,"high":7,"items":[0,1],"name":"trust"}`: relmark.ErrInvalid,
	} {
		kept := again
		require.ErrorIs(t, again.UnmarshalJSON([]byte(text)), want, text)
		require.ErrorIs(t, new(scale.Params).UnmarshalJSON([]byte(text)), want, text)
		assert.Equal(t, kept, again)
	}
}

// A score lies within 0 and 100, and reversing an item turns its answer about.
func TestScoreProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.IntRange(-100, 100).Draw(t, "low")
		high := rapid.IntRange(low+1, min(low+200, 127)).Draw(t, "high")
		k := rapid.IntRange(2, 6).Draw(t, "items")
		row := rapid.SliceOfN(rapid.Int8Range(int8(low), int8(high)), k, k).Draw(t, "row")
		p := scale.Params{Low: low, High: high}
		turned := scale.Params{Low: low, High: high}
		for i := range k {
			p.Items, turned.Items = append(p.Items, i), append(turned.Items, i)
			turned.Reversed = append(turned.Reversed, i)
		}
		a, err := scale.New(p)
		require.NoError(t, err)
		b, err := scale.New(turned)
		require.NoError(t, err)
		x, _, err := a.Score(row, servqual.AllAnswered)
		require.NoError(t, err)
		y, _, err := b.Score(row, servqual.AllAnswered)
		require.NoError(t, err)
		require.True(t, x.Value >= 0 && x.Value <= 100)
		near.Equal(t, 100, x.Value+y.Value, 1e-13, 0)
	})
}
