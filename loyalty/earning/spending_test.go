package earning_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// spender compiles rules for paying with points worth a cent.
func spender(t *testing.T, s earning.Spending) *earning.Engine {
	t.Helper()
	e, err := earning.Compile(complete(earning.Rules{Spending: s}))
	require.NoError(t, err)
	return e
}

// Points pay by the rules, which are asked in order.
func TestSpending(t *testing.T) {
	t.Parallel()
	half := decimal.New(5, -1)
	goods := earning.Selector{Exclude: earning.Features{Categories: []string{"gift card"}}}
	e := spender(t, earning.Spending{MinPoints: 100, Step: 50, MaxShare: &half, Lines: goods})
	o := earning.Order{At: at(1), Amount: euros(105), Lines: []earning.OrderLine{lineOf("tea", 2000), lineOf("gift card", 8000)}}
	for points, want := range map[int64]earning.Reason{
		0: "", 75: earning.BelowMinimum, 99: earning.BelowMinimum, 120: earning.OffStep, 1300: earning.ExceedsPayable, 1250: "", 100: "",
	} {
		o.PayPoints = points
		out, err := e.Earn(&o, nil)
		_, errQuote := e.Quote(&o)
		assert.Equal(t, err, errQuote)
		if want != "" {
			require.Equal(t, &earning.RefusedError{Reason: want}, err, points)
			require.ErrorIs(t, err, relmark.ErrRefused)
			require.EqualError(t, err, "earning: "+string(want))
			assert.Zero(t, out)
			continue
		}
		require.NoError(t, err, points)
		assert.Equal(t, points, out.PaidValue)
		assert.Equal(t, 10_500-points, out.Facts.Cash)
		_, paid, _ := out.Facts.Rest()
		assert.Equal(t, []int64{points, 0}, []int64{out.Facts.Lines[0].Paid + paid, out.Facts.Lines[1].Paid}, "tea and what is beside lines")
	}
	for points, want := range map[int64]earning.Reason{0: earning.BelowMinimum, 99: earning.BelowMinimum, 101: earning.OffStep} {
		assert.Equal(t, &earning.RefusedError{Reason: want}, e.CheckSpending(points))
	}
	for _, points := range []int64{100, 150, 5e14} {
		require.NoError(t, e.CheckSpending(points), "what they are worth is not asked")
	}
	for _, points := range []int64{-1, 1 << 53} {
		require.ErrorIs(t, e.CheckSpending(points), relmark.ErrInvalid)
	}
	require.NoError(t, compiled(t).CheckSpending(1))
}

// Nothing can be paid where nothing is selected, or the share is 0; and points worth more
// than all money exceed everything.
func TestNothingCanBePaid(t *testing.T) {
	t.Parallel()
	refused := &earning.RefusedError{Reason: earning.ExceedsPayable}
	for _, s := range []earning.Spending{{Lines: only("tea")}, {MaxShare: new(decimal.Decimal)}} {
		for _, lines := range [][]earning.OrderLine{nil, {lineOf("wine", 1000)}} {
			_, err := spender(t, s).Quote(&earning.Order{At: at(1), Amount: euros(10), PayPoints: 1, Lines: lines})
			assert.Equal(t, refused, err)
		}
	}
	r := complete(earning.Rules{PointValue: euros(1)})
	e, err := earning.Compile(r)
	require.NoError(t, err)
	_, err = e.Quote(&earning.Order{At: at(1), Amount: euros(10), PayPoints: 1<<53 - 1})
	assert.Equal(t, refused, err)
}

// Spending rules that cannot be are refused where rules are.
func TestSpendingRulesAreChecked(t *testing.T) {
	t.Parallel()
	for field, s := range map[string]earning.Spending{
		"Spending.MinPoints":  {MinPoints: -1},
		"Spending.Step":       {Step: 1 << 53},
		"Spending.MaxShare":   {MaxShare: new(decimal.New(11, -1))},
		"Spending.MaxShare:":  {MaxShare: new(decimal.New(-1, 0))},
		"Spending.Lines.Tags": {Lines: earning.Selector{Tags: []string{}}},
	} {
		_, err := earning.Compile(complete(earning.Rules{Spending: s}))
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, field)
	}
}
