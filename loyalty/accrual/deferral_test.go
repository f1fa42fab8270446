package accrual_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

func TestMeasureRefuses(t *testing.T) {
	t.Parallel()
	d := deferral(t, 1000)
	for _, e := range []accrual.Estimate{{Redeemed: -1}, {Expected: -1}, {Expected: 1 << 53}, {Reserved: dec("-1")}, {Reserved: dec("10.01")}, {Reserved: dec("0.001")}} {
		same, p, err := d.Measure(e)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Equal(t, d, same)
		assert.Equal(t, accrual.Period{}, p)
	}
	_, err := accrual.Defer(dec("-1"), 2)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = accrual.Defer(dec("1"), -1)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

// When nothing was used and nothing more is expected, the rest is breakage.
func TestRemoteRedemptionIsRevenue(t *testing.T) {
	t.Parallel()
	_, p, err := deferral(t, 1000).Measure(accrual.Estimate{})
	require.NoError(t, err)
	assert.Equal(t, "10", p.Revenue.String())
	assert.True(t, p.Liability.IsZero())
}

// 100 of 1000 points were used of 800 expected; then all 800 stay expected and 400
// have been used; then 500 are expected.
func TestPerformanceAndCatchUp(t *testing.T) {
	t.Parallel()
	d := deferral(t, 8000)
	d, p, err := d.Measure(accrual.Estimate{Redeemed: 100, Expected: 800})
	require.NoError(t, err)
	assert.Equal(t, "10", p.Performance.String())
	d, p, err = d.Measure(accrual.Estimate{Redeemed: 400, Expected: 800})
	require.NoError(t, err)
	assert.Equal(t, "30", p.Performance.String())
	assert.True(t, p.CatchUp.IsZero())
	d, p, err = d.Measure(accrual.Estimate{Redeemed: 400, Expected: 500})
	require.NoError(t, err)
	assert.True(t, p.Performance.IsZero())
	assert.Equal(t, "24", p.CatchUp.String(), "80·400/500 = 64")
	_, p, err = d.Measure(accrual.Estimate{Redeemed: 300, Expected: 500})
	require.NoError(t, err)
	assert.Equal(t, "-16", p.Revenue.String(), "points were restored")
}

// A quarter of the allocation of unused points belongs to the state.
func TestLawReserves(t *testing.T) {
	t.Parallel()
	d, p, err := deferral(t, 1000).Measure(accrual.Estimate{Redeemed: 40, Expected: 80, Reserved: dec("0.50")})
	require.NoError(t, err)
	assert.Equal(t, "4.75", p.Revenue.String())
	assert.Equal(t, "4.75", p.Liability.String())
	assert.Equal(t, []accrual.LedgerAccount{"contract_liability", "revenue_points", "unclaimed_property"},
		[]accrual.LedgerAccount{posting(p.Entries())[0].Account, posting(p.Entries())[1].Account, posting(p.Entries())[2].Account})
	_, p, err = d.Measure(accrual.Estimate{Redeemed: 80, Expected: 80, Reserved: dec("0.50")})
	require.NoError(t, err)
	assert.Equal(t, "9.5", p.Cumulative.String(), "what is reserved is never revenue")
	assert.True(t, p.Liability.IsZero())
	assert.Len(t, posting(p.Entries()), 2)
}

func TestCancelledPartsAreNoRevenue(t *testing.T) {
	t.Parallel()
	d, _, err := deferral(t, 1000).Measure(accrual.Estimate{Redeemed: 90, Expected: 100})
	require.NoError(t, err)
	half, err := d.Cancel(dec("5"))
	require.NoError(t, err)
	assert.Equal(t, "-4", half.Liability().String(), "until it is measured")
	half, p, err := half.Measure(accrual.Estimate{Redeemed: 45, Expected: 50})
	require.NoError(t, err)
	assert.Equal(t, "-4.5", p.Revenue.String())
	assert.Equal(t, "0.5", half.Liability().String())
	assert.Equal(t, "5", half.Allocated().String())
	assert.Equal(t, "4.5", half.Recognised().String())
	for _, bad := range []string{"5.01", "-1", "0.001"} {
		_, err = half.Cancel(dec(bad))
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// I12 for one order: revenue is round(A·R/E) in exact fractions, never below 0 nor above the
// allocation, and all of it in the end, whatever was estimated in between; entries
// balance; the parts of a period add up.
func TestRevenueEndsAtTheAllocation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		allocated := rapid.Int64Range(0, 1<<53-1).Draw(t, "allocated")
		d := deferral(t, allocated)
		points := rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 1<<53-1))
		total := decimal.Decimal{}
		measure := func(e accrual.Estimate) accrual.Period {
			next, p, err := d.Measure(e)
			require.NoError(t, err)
			d, total = next, total.Add(p.Revenue)
			require.True(t, total.Equal(p.Cumulative))
			require.True(t, p.Performance.Add(p.CatchUp).Equal(p.Revenue))
			require.True(t, p.Cumulative.Add(p.Liability).Add(p.Reserved).Equal(cents(allocated)))
			require.False(t, p.Cumulative.IsNegative() || p.Liability.IsNegative())
			sum := decimal.Decimal{}
			for _, entry := range posting(p.Entries()) {
				sum = sum.Add(entry.Amount)
			}
			require.True(t, sum.IsZero())
			return p
		}
		for range rapid.IntRange(0, 6).Draw(t, "periods") {
			e := accrual.Estimate{
				Redeemed: points.Draw(t, "redeemed"), Expected: points.Draw(t, "expected"),
				Reserved: cents(rapid.Int64Range(0, allocated).Draw(t, "reserved")),
			}
			p := measure(e)
			expected := max(e.Redeemed, e.Expected)
			require.Equal(t, expected, p.Expected)
			if expected > 0 {
				x := new(big.Rat).Mul(new(big.Rat).Sub(big.NewRat(allocated, 1), e.Reserved.Shift(2).Rat()), big.NewRat(e.Redeemed, expected))
				x.Add(x, big.NewRat(1, 2))
				want := new(big.Int).Quo(x.Num(), x.Denom())
				require.Equal(t, want.Int64(), p.Cumulative.Shift(2).IntPart())
			}
			text, err := json.Marshal(d)
			require.NoError(t, err)
			var back accrual.Deferral
			require.NoError(t, json.Unmarshal(text, &back))
			require.Equal(t, d, back)
		}
		n := points.Draw(t, "all")
		measure(accrual.Estimate{Redeemed: n, Expected: n})
		require.True(t, total.Equal(cents(allocated)))
		require.True(t, d.Liability().IsZero())
	})
}
