package rfm_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/rfm"
)

func TestOptionsEncodeAsText(t *testing.T) {
	t.Parallel()
	o := rfm.Options{Unit: rfm.Week, Collapse: rfm.Monthly, Returns: rfm.Gross}
	text, err := json.Marshal(o)
	require.NoError(t, err)
	assert.JSONEq(t, `{"unit":7,"collapse":"monthly","returns":"gross"}`, string(text))
	var back rfm.Options
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, o, back)
	text, err = json.Marshal(rfm.Options{})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(text))

	_, err = json.Marshal(rfm.Options{Collapse: 9})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = json.Marshal(rfm.Options{Returns: 9})
	require.ErrorContains(t, err, "must be one of net, gross")
	require.ErrorIs(t, json.Unmarshal([]byte(`{"collapse":"yearly"}`), &back), relmark.ErrInvalid)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"returns":""}`), &back), relmark.ErrInvalid)
	assert.Equal(t, o, back)
	assert.Equal(t, "weekly invalid net invalid", rfm.Weekly.String()+" "+rfm.Collapse(3).String()+" "+rfm.NetDay.String()+" "+rfm.Returns(2).String())
}

// Whatever Validate accepts keeps times finite, for any date there is.
func FuzzOptions(f *testing.F) {
	f.Add(7.0, uint8(1), uint8(0))
	f.Add(1e-310, uint8(0), uint8(1))
	first, last := relmark.MustParseDate("0001-01-01"), relmark.MustParseDate("9999-12-31")
	h := history(f, []booking{{first, amount(f, "1")}, {last, amount(f, "1")}})
	f.Fuzz(func(t *testing.T, unit float64, collapse, returns uint8) {
		o := rfm.Options{Unit: rfm.Unit(unit), Collapse: rfm.Collapse(collapse), Returns: rfm.Returns(returns)}
		s, err := h.Summary(last, o)
		require.Equal(t, o.Validate() == nil, err == nil)
		if err == nil {
			assert.False(t, math.IsInf(s.T, 0))
			require.NoError(t, s.Pattern().Validate())
		}
	})
}
