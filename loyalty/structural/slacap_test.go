package structural_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

// No window of periods comes to more than its cap, and a credit is cut just as far as its
// window asks for: by a count of every window.
func TestSettledCreditsAgreeWithCounting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		window := rapid.IntRange(1, 6).Draw(t, "window")
		percent := rapid.Int64Range(1, 100).Draw(t, "percent")
		s := hosting()
		s.Total = &structural.CreditCap{Periods: window, Percent: decimal.NewFromInt(percent)}
		var credits []structural.SLACredit
		for range rapid.IntRange(0, 12).Draw(t, "periods") {
			c, err := s.Conformance(rapid.Int64Range(90, 100).Draw(t, "kept"), 100)
			require.NoError(t, err)
			credits = append(credits, c)
		}
		got, err := s.Settle(credits)
		require.NoError(t, err)
		require.Len(t, got, len(credits))
		most := decimal.NewFromInt(1000 * int64(window) * percent / 100) // whole, as the fee is 1000
		for i := range got {
			sum := decimal.Zero
			for j := max(0, i-window+1); j <= i; j++ {
				sum = sum.Add(got[j].Credit)
			}
			require.False(t, sum.GreaterThan(most))
			require.True(t, got[i].Credit.Add(got[i].Cut).Equal(credits[i].Credit))
			require.False(t, got[i].Cut.IsNegative())
			if !got[i].Cut.IsZero() {
				require.True(t, sum.Equal(most) && got[i].Capped)
			}
			require.Equal(t, [2]any{credits[i].Level, credits[i].Breached}, [2]any{got[i].Level, got[i].Breached})
		}
		again, err := s.Settle(got)
		require.NoError(t, err)
		require.Equal(t, got, again, "what is settled stays")
	})
}

// A quarter of 3 · 1000.01 is 750.0075, paid as 750.01.
func TestCapsOfPeriodsAreRoundedOnce(t *testing.T) {
	t.Parallel()
	s := hosting()
	s.Fee, s.Cap, s.Total = dec("1000.01"), nil, &structural.CreditCap{Periods: 3, Percent: dec("25")}
	c, err := s.Conformance(0, 1)
	require.NoError(t, err)
	assert.True(t, c.Credit.Equal(dec("600.01")), c.Credit)
	got, err := s.Settle([]structural.SLACredit{c, c, c, c})
	require.NoError(t, err)
	var paid []string
	for _, x := range got {
		paid = append(paid, x.Credit.StringFixed(2))
	}
	assert.Equal(t, []string{"600.01", "150.00", "0.00", "600.01"}, paid)
	s.Total = nil
	got, err = s.Settle([]structural.SLACredit{c, c})
	require.NoError(t, err)
	assert.Equal(t, []structural.SLACredit{c, c}, got)
	got, err = s.Settle(nil)
	require.NoError(t, err)
	assert.Empty(t, got)
	// The largest sums there are.
	s.Fee, s.Total = dec("90071992547409.91"), &structural.CreditCap{Periods: 1000, Percent: dec("100")}
	s.Bands = []structural.Band{{dec("100"), dec("100")}}
	c, err = s.Conformance(0, 1)
	require.NoError(t, err)
	got, err = s.Settle([]structural.SLACredit{c, c})
	require.NoError(t, err)
	assert.True(t, got[1].Credit.Equal(s.Fee))
}

func TestCapsOfPeriodsAreChecked(t *testing.T) {
	t.Parallel()
	for field, total := range map[string]structural.CreditCap{
		"Total.Periods": {Percent: dec("25")},
		"Total.Percent": {Periods: 1000, Percent: dec("100.1")},
	} {
		s := hosting()
		s.Total = &total
		_, err := s.Settle(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, field)
		require.ErrorContains(t, s.Validate(), field)
	}
	for _, credit := range []string{"-1", "1000.01", "0.001"} {
		_, err := hosting().Settle([]structural.SLACredit{{}, {Credit: dec(credit)}})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, "Credits[1].Credit")
	}
	many := make([]structural.SLACredit, 100)
	for i := range many {
		many[i].Credit = dec("-1")
	}
	_, err := hosting().Settle(many)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}
