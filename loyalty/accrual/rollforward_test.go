package accrual_test

import (
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

func TestRollForwardExplainsTheLiability(t *testing.T) {
	t.Parallel()
	var f accrual.RollForward
	old, _, err := deferral(t, 8000).Measure(accrual.Estimate{Redeemed: 100, Expected: 800})
	require.NoError(t, err)
	part, err := old.Cancel(dec("8"))
	require.NoError(t, err)
	now, _, err := part.Measure(accrual.Estimate{Redeemed: 360, Expected: 720, Reserved: dec("2")})
	require.NoError(t, err)
	require.NoError(t, f.Add(&old, now))
	require.NoError(t, f.Add(nil, deferral(t, 500)))
	r := f.Rows()
	got := []string{
		r.Opening.String(), r.Added.String(), r.Cancelled.String(), r.Performance.String(), r.CatchUp.String(), r.Reserved.String(), r.Closing.String(),
	}
	// 70·360/800 − 70·100/800 = 31.50 − 8.75; in all 35 − 10.
	assert.Equal(t, []string{"70", "5", "8", "22.75", "2.25", "2", "40"}, got)
	assert.Equal(t, int64(2), r.Deferrals)
}

func TestRollForwardRefuses(t *testing.T) {
	t.Parallel()
	var f accrual.RollForward
	require.NoError(t, f.Add(nil, deferral(t, 500)))
	yen, err := accrual.Defer(dec("5"), 0)
	require.NoError(t, err)
	assert.ErrorIs(t, f.Add(nil, yen), relmark.ErrInvalid)
	before := deferral(t, 500)
	assert.ErrorIs(t, (&accrual.RollForward{}).Add(&before, yen), relmark.ErrInvalid)
	assert.ErrorIs(t, f.Add(&before, deferral(t, 501)), relmark.ErrInvalid, "allocations do not grow")
	measured, _, err := before.Measure(accrual.Estimate{Expected: 1})
	require.NoError(t, err)
	assert.ErrorIs(t, f.Add(&measured, before), relmark.ErrInvalid, "nor are measurements undone")
	var other accrual.RollForward
	require.NoError(t, other.Add(nil, yen))
	assert.ErrorIs(t, f.Merge(other), relmark.ErrInvalid)
	require.NoError(t, f.Merge(accrual.RollForward{}))
	assert.ErrorIs(t, f.Add(nil, deferral(t, 1<<53-1)), relmark.ErrLimit)
	assert.Equal(t, "5", f.Rows().Closing.String())
}

// In any order and any partition the rows are the same, and they add up.
func TestRollForwardMerges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all accrual.RollForward
		parts := make([]accrual.RollForward, 3)
		points := rapid.Int64Range(0, 100)
		estimate := func(d accrual.Deferral) accrual.Deferral {
			next, _, err := d.Measure(accrual.Estimate{
				Redeemed: points.Draw(t, "redeemed"), Expected: points.Draw(t, "expected"), Reserved: cents(points.Draw(t, "reserved")),
			})
			require.NoError(t, err)
			return next
		}
		for range rapid.IntRange(0, 12).Draw(t, "deferrals") {
			d := deferral(t, rapid.Int64Range(1000, 5000).Draw(t, "allocated"))
			var before *accrual.Deferral
			if rapid.Bool().Draw(t, "old") {
				if rapid.Bool().Draw(t, "measured") {
					d = estimate(d)
				}
				before = &d
			}
			after := d
			if rapid.Bool().Draw(t, "cancel") {
				var err error
				after, err = after.Cancel(cents(rapid.Int64Range(0, 800).Draw(t, "part")))
				require.NoError(t, err)
			}
			if rapid.Bool().Draw(t, "measure") {
				after = estimate(after)
			}
			require.NoError(t, all.Add(before, after))
			require.NoError(t, parts[rapid.IntRange(0, 2).Draw(t, "where")].Add(before, after))
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(3, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		var merged accrual.RollForward
		for _, p := range parts {
			data, err := p.MarshalBinary()
			require.NoError(t, err)
			var back accrual.RollForward
			require.NoError(t, back.UnmarshalBinary(data))
			require.NoError(t, merged.Merge(back))
		}
		require.Equal(t, all, merged)
		r := all.Rows()
		left := decimal.Sum(r.Opening, r.Added, r.Cancelled.Neg(), r.Performance.Neg(), r.CatchUp.Neg(), r.Reserved.Neg())
		require.True(t, left.Equal(r.Closing))
	})
}
