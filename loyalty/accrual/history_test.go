package accrual_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/loyalty/accrual"
)

func TestVintagesAreChecked(t *testing.T) {
	t.Parallel()
	var h accrual.History
	for name, v := range map[string]accrual.Vintage{
		"none granted": {}, "negative": {10, []accrual.Movement{{Redeemed: -1}}}, "too much": {10, []accrual.Movement{{9, 1, 1}}},
		"more than is left": {10, []accrual.Movement{{9, 0, 0}, {0, 2, 0}}}, "too old": {10, make([]accrual.Movement, 1201)},
		"too many": {1 << 53, nil},
	} {
		assert.ErrorIs(t, h.Add(v), relmark.ErrInvalid, name)
	}
	require.NoError(t, h.Add(accrual.Vintage{Granted: 1<<53 - 1, Ages: []accrual.Movement{{}}}))
	assert.ErrorIs(t, h.Add(accrual.Vintage{Granted: 1, Ages: []accrual.Movement{{}}}), relmark.ErrLimit)
	assert.Equal(t, int64(1<<53-1), h.Granted())
}

// By hand: 100 points, of which 50 and 20 were redeemed and 10 expired, watched for
// two months; and 300 watched for one, of which 30 were redeemed.
// r(0) = 80/400, r(1) = 20/50, l(1) = 10/50: 0.2 + 0.8·0.4 = 0.52; 0.8·0.4 is open.
func TestFitByHand(t *testing.T) {
	t.Parallel()
	var h accrual.History
	require.NoError(t, h.Add(accrual.Vintage{100, []accrual.Movement{{Redeemed: 50}, {Redeemed: 20, Expired: 10}}}))
	require.NoError(t, h.Add(accrual.Vintage{300, []accrual.Movement{{Redeemed: 30}}}))
	f, err := h.Fit(accrual.FitOptions{})
	require.NoError(t, err)
	assert.Equal(t, 2, f.Ages)
	assert.Equal(t, int64(2), f.Vintages)
	assert.Equal(t, int64(400), f.Granted)
	near.Slice(t, []float64{0.2, 0.4}, f.Curve.Redeemed, 1e-15, 0)
	near.Slice(t, []float64{0, 0.2}, f.Curve.Lost, 1e-15, 0)
	near.Equal(t, 0.52, f.Curve.Ultimate(), 1e-15, 0, "ultimate")
	near.Equal(t, 0.32, f.Open, 1e-15, 0, "open")
	near.Slice(t, []float64{0.2, 0.52}, f.Curve.Cumulative(), 1e-15, 0)
	near.Slice(t, []float64{0.52, 0.4, 0}, f.Curve.Remaining(), 1e-15, 0)

	// A tail of one more month by the last shares: 0.52 + 0.32·0.4.
	f, err = h.Fit(accrual.FitOptions{TailAges: 1})
	require.NoError(t, err)
	near.Equal(t, 0.648, f.Curve.Ultimate(), 1e-15, 0, "with tail")
	f, err = h.Fit(accrual.FitOptions{MinExposed: 51})
	require.NoError(t, err)
	assert.Equal(t, 1, f.Ages)
	_, err = h.Fit(accrual.FitOptions{MinExposed: 401})
	assert.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = (&accrual.History{}).Fit(accrual.FitOptions{})
	assert.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = h.Fit(accrual.FitOptions{MinExposed: -1, TailAges: -1})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

// A second way to the same number: with vintages that are all watched to the end
// and nothing reversed, the ultimate share is simply redeemed over granted.
func TestFitOfCompleteVintagesIsTheRatio(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h accrual.History
		var granted, redeemed int64
		for _, v := range drawVintages(t, 6) {
			for i := range v.Ages {
				v.Ages[i].Reversed = 0
			}
			granted += v.Granted
			for _, m := range v.Ages {
				redeemed += m.Redeemed
			}
			require.NoError(t, h.Add(v))
		}
		f, err := h.Fit(accrual.FitOptions{})
		require.NoError(t, err)
		near.Equal(t, float64(redeemed)/float64(granted), f.Curve.Ultimate(), 1e-12, 1e-12, "ultimate")
	})
}

// drawVintages draws vintages of the given number of ages, or of any if it is 0.
func drawVintages(t *rapid.T, ages int) []accrual.Vintage {
	var out []accrual.Vintage
	for range rapid.IntRange(1, 5).Draw(t, "vintages") {
		v := accrual.Vintage{Granted: rapid.Int64Range(1, 1000).Draw(t, "granted")}
		left := v.Granted
		n := ages
		if n == 0 {
			n = rapid.IntRange(1, 6).Draw(t, "ages")
		}
		for range n {
			take := func() int64 {
				n := rapid.Int64Range(0, left/2).Draw(t, "n")
				left -= n
				return n
			}
			v.Ages = append(v.Ages, accrual.Movement{take(), take(), 0})
		}
		out = append(out, v)
	}
	return out
}

// The oracle goes through single points in exact fractions: at each age it counts
// those that are still watched and there.
func TestFitAgreesWithSinglePoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type point struct {
			end, watched int
			how          string
		}
		var points []point
		var h accrual.History
		for _, v := range drawVintages(t, 0) {
			for i := range v.Ages {
				if v.Ages[i].Expired > 0 && rapid.Bool().Draw(t, "reversed") {
					v.Ages[i].Reversed, v.Ages[i].Expired = v.Ages[i].Expired, 0
				}
			}
			require.NoError(t, h.Add(v))
			left := v.Granted
			for age, m := range v.Ages {
				for how, n := range map[string]int64{"redeemed": m.Redeemed, "expired": m.Expired, "reversed": m.Reversed} {
					points = append(points, slices.Repeat([]point{{age, len(v.Ages), how}}, int(n))...)
					left -= n
				}
			}
			points = append(points, slices.Repeat([]point{{len(v.Ages), len(v.Ages), ""}}, int(left))...)
		}
		stay, ultimate := big.NewRat(1, 1), new(big.Rat)
		for age := 0; ; age++ {
			var n, redeemed, expired int64
			for _, p := range points {
				if p.watched > age && p.end >= age {
					n++
					if p.end == age && p.how == "redeemed" {
						redeemed++
					}
					if p.end == age && p.how == "expired" {
						expired++
					}
				}
			}
			if n == 0 {
				break
			}
			ultimate.Add(ultimate, new(big.Rat).Mul(stay, big.NewRat(redeemed, n)))
			stay.Mul(stay, big.NewRat(n-redeemed-expired, n))
		}
		f, err := h.Fit(accrual.FitOptions{})
		require.NoError(t, err)
		want, _ := ultimate.Float64()
		open, _ := stay.Float64()
		near.Equal(t, want, f.Curve.Ultimate(), 1e-12, 1e-13, "ultimate")
		near.Equal(t, open, f.Open, 1e-12, 1e-13, "open")
		cumulative := f.Curve.Cumulative()
		near.Equal(t, want, cumulative[len(cumulative)-1], 1e-12, 1e-13, "cumulative")
		for i, r := range f.Curve.Remaining() {
			require.True(t, r >= 0 && r <= 1, "rem(%d) = %g", i, r)
		}
	})
}

func TestHistoriesMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all accrual.History
		parts := make([]accrual.History, 3)
		for _, v := range drawVintages(t, 0) {
			require.NoError(t, all.Add(v))
			require.NoError(t, parts[rapid.IntRange(0, 2).Draw(t, "where")].Add(v))
		}
		var left, right accrual.History
		for i := range parts {
			data, err := parts[i].MarshalBinary()
			require.NoError(t, err)
			var back accrual.History
			require.NoError(t, back.UnmarshalBinary(data))
			require.NoError(t, left.Merge(back))
			require.NoError(t, right.Merge(parts[len(parts)-1-i]))
		}
		want, err := all.MarshalBinary()
		require.NoError(t, err)
		for _, h := range []accrual.History{left, right} {
			got, err := h.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}

func TestAgesAreFullMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2025-01-31", "2025-01-31", 0},
		{"2025-01-31", "2025-02-27", 0},
		{"2025-01-31", "2025-02-28", 1}, // clamped
		{"2025-01-31", "2025-03-30", 1},
		{"2025-01-31", "2025-03-31", 2},
		{"2024-02-29", "2025-02-28", 12},
		{"2025-03-15", "2026-03-14", 11},
	} {
		got, err := accrual.AgeOn(relmark.MustParseDate(c.from), relmark.MustParseDate(c.to))
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%s to %s", c.from, c.to)
	}
	_, err := accrual.AgeOn(relmark.MustParseDate("2025-01-02"), relmark.MustParseDate("2025-01-01"))
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = accrual.AgeOn(relmark.Date{}, relmark.MustParseDate("2025-01-01"))
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestWatchCountsCompleteMonths(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2025-01-10")
	redeemed := func(day string, n int64) accrual.Dated {
		return accrual.Dated{relmark.MustParseDate(day), accrual.Movement{Redeemed: n}}
	}
	v, err := accrual.Watch(100, on, []accrual.Dated{
		redeemed("2025-02-10", 5), redeemed("2025-01-10", 1), redeemed("2025-02-09", 2), redeemed("2025-03-10", 9),
	}, relmark.MustParseDate("2025-03-20"))
	require.NoError(t, err)
	assert.Equal(t, accrual.Vintage{100, []accrual.Movement{{Redeemed: 3}, {Redeemed: 5}}}, v, "March is not over")
	_, err = accrual.Watch(100, on, nil, relmark.MustParseDate("2025-01-09"))
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = accrual.Watch(100, on, []accrual.Dated{redeemed("2025-01-09", 1)}, relmark.MustParseDate("2025-03-20"))
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = accrual.Watch(100, on, nil, relmark.MustParseDate("2125-02-10"))
	assert.ErrorIs(t, err, relmark.ErrLimit)
	_, err = accrual.Watch(100, on, []accrual.Dated{redeemed("2025-01-11", math.MaxInt64)}, relmark.MustParseDate("2025-03-20"))
	assert.ErrorIs(t, err, relmark.ErrLimit)
}
