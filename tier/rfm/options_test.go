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

	for want, o := range map[string]rfm.Options{
		"Collapse: must be empty or one of weekly, monthly":  {Collapse: "yearly"},
		"Returns: must be empty or gross":                    {Returns: "net"},
		"Unit = -1: must be 1e-9 to 1e9 days, or 0 for days": {Unit: -1},
	} {
		require.ErrorIs(t, o.Validate(), relmark.ErrInvalid)
		require.EqualError(t, o.Validate(), want)
	}
}

// Whatever Validate accepts keeps times finite, for any date there is.
func FuzzOptions(f *testing.F) {
	f.Add(7.0, "weekly", "")
	f.Add(1e-310, "", "gross")
	first, last := relmark.MustParseDate("0001-01-01"), relmark.MustParseDate("9999-12-31")
	h := history(f, []booking{{first, amount(f, "1")}, {last, amount(f, "1")}})
	f.Fuzz(func(t *testing.T, unit float64, collapse, returns string) {
		o := rfm.Options{Unit: rfm.Unit(unit), Collapse: rfm.Collapse(collapse), Returns: rfm.Returns(returns)}
		s, err := h.Summary(last, o)
		require.Equal(t, o.Validate() == nil, err == nil)
		if err == nil {
			assert.False(t, math.IsInf(s.T, 0))
			require.NoError(t, s.Pattern().Validate())
		}
	})
}
