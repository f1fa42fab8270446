package accrual_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

func TestPolicyValidates(t *testing.T) {
	t.Parallel()
	one := accrual.Curve{Redeemed: []float64{0.5}, Lost: []float64{0}}
	for name, p := range map[string]accrual.Policy{
		"no curve": {}, "digits": {Digits: 10, Curve: one}, "value": {Value: new(dec("-1")), Curve: one}, "cost": {Cost: new(dec("1e-10")), Curve: one},
		"reserved": {Reserved: dec("1.1"), Curve: one}, "lost": {Curve: accrual.Curve{Redeemed: []float64{0.5}, Lost: []float64{0.6}}},
		"lengths": {Curve: accrual.Curve{Redeemed: []float64{0.5}}}, "NaN": {Curve: accrual.Curve{Redeemed: []float64{math.NaN()}, Lost: []float64{0}}},
		"negative": {Curve: accrual.Curve{Redeemed: []float64{0}, Lost: []float64{-0.1}}},
		"infinite": {Curve: accrual.Curve{Redeemed: []float64{math.Inf(1)}, Lost: []float64{0}}},
	} {
		assert.ErrorIs(t, p.Validate(), relmark.ErrInvalid, name)
	}
	bad := accrual.Curve{}
	assert.Nil(t, bad.Remaining())
	assert.Nil(t, bad.Cumulative())
	assert.True(t, math.IsNaN(bad.Ultimate()))
}

// IFRS 15, Illustrative Example 52: 95 % of 10,000 points at 1 each.
func TestStandAlonePriceOfTheStandard(t *testing.T) {
	t.Parallel()
	m := model(t, accrual.Policy{Value: new(dec("1")), Curve: accrual.Curve{Redeemed: []float64{0.95}, Lost: []float64{0}}})
	price, err := m.StandAlone(10_000)
	require.NoError(t, err)
	assert.Equal(t, "9500", price.String())
}

// The largest float64 below a half, to which adding a half gives 1; and shares of
// one, of numbers of points at which float64 has no halves.
func TestExpectedIsTheNearestPoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		share        float64
		points, want int64
	}{
		{0.49999999999999994, 1, 0},
		{0.5, 1, 1},
		{math.Nextafter(0.5, 1), 1, 1},
		{0.5, 3, 2},
		{0.5, 5, 3},
		{1, 1<<52 + 1, 1<<52 + 1},
		{1, 1<<53 - 1, 1<<53 - 1},
		{0.5, 1<<53 - 1, 1 << 52},
		{0, 1<<53 - 1, 0},
	} {
		m := model(t, accrual.Policy{Curve: accrual.Curve{Redeemed: []float64{c.share}, Lost: []float64{0}}})
		got, err := m.Expected(c.points, 0)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%d points, %v of them", c.points, c.share)
	}
}

func TestNilModelFails(t *testing.T) {
	t.Parallel()
	var m *accrual.Model
	_, errExpected := m.Expected(1, 0)
	_, errAlone := m.StandAlone(1)
	_, errProvision := m.Provision(1, 0)
	_, errEstimate := m.Estimate(accrual.Deferral{}, accrual.Lot{}, relmark.MustParseDate("2025-01-01"))
	d := deferral(t, 500)
	same, _, errMeasure := m.Measure(d, accrual.Lot{}, relmark.MustParseDate("2025-01-01"))
	for _, err := range []error{errExpected, errAlone, errProvision, errEstimate, errMeasure} {
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	assert.Equal(t, d, same)
}

func TestProvisionAtCost(t *testing.T) {
	t.Parallel()
	m := model(t, accrual.Policy{Digits: 2, Cost: new(dec("0.006")), Curve: accrual.Curve{Redeemed: []float64{0.5, 0.25}, Lost: []float64{0, 0.5}}})
	for age, want := range map[int]string{0: "3.75", 1: "1.5", 2: "0", 99: "0"} {
		got, err := m.Provision(1000, age)
		require.NoError(t, err)
		assert.True(t, dec(want).Equal(got), "age %d: %s", age, got)
	}
	_, err := m.Provision(1000, -1)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = m.Provision(-1, 0)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	dear := model(t, accrual.Policy{Cost: new(dec("1000")), Curve: accrual.Curve{Redeemed: []float64{1}, Lost: []float64{0}}})
	_, err = dear.Provision(1<<53-1, 0)
	assert.ErrorIs(t, err, relmark.ErrLimit)
}

// A lot of 1000 points with 10.00 allocated; a quarter of what is unused belongs to
// the state. After a month 200 are used; of the 700 left 40 % will be, 280.
func TestMeasureALot(t *testing.T) {
	t.Parallel()
	m := model(t, accrual.Policy{Digits: 2, Reserved: dec("0.25"), Curve: accrual.Curve{Redeemed: []float64{0.5, 0.4}, Lost: []float64{0, 0}}})
	l := accrual.Lot{GrantedOn: relmark.MustParseDate("2025-01-10"), Granted: 1000, Redeemed: 200, Expired: 100}
	d, p, err := m.Measure(deferral(t, 1000), l, relmark.MustParseDate("2025-02-20"))
	require.NoError(t, err)
	assert.Equal(t, int64(480), p.Expected)
	assert.Equal(t, "1.3", p.Reserved.String(), "10·0.25·520/1000")
	assert.Equal(t, "3.63", p.Revenue.String(), "8.70·200/480 = 3.625")
	assert.Equal(t, "5.07", d.Liability().String())

	l.Expired = 800 // the end
	d, p, err = m.Measure(d, l, relmark.MustParseDate("2026-01-10"))
	require.NoError(t, err)
	assert.Equal(t, "2", p.Reserved.String())
	assert.Equal(t, "8", d.Recognised().String())
	assert.True(t, d.Liability().IsZero())
}

func TestLotsAreChecked(t *testing.T) {
	t.Parallel()
	m := model(t, accrual.Policy{Digits: 2, Curve: accrual.Curve{Redeemed: []float64{0.5}, Lost: []float64{0}}})
	on := relmark.MustParseDate("2025-01-10")
	for name, l := range map[string]accrual.Lot{
		"negative": {GrantedOn: on, Granted: -1}, "more than granted": {GrantedOn: on, Granted: 10, Redeemed: 5, Expired: 6},
		"no date": {Granted: 10}, "later": {GrantedOn: relmark.MustParseDate("2026-01-01"), Granted: 10},
	} {
		d := deferral(t, 100)
		same, _, err := m.Measure(d, l, relmark.MustParseDate("2025-02-10"))
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Equal(t, d, same)
	}
	yen, err := accrual.Defer(dec("5"), 0)
	require.NoError(t, err)
	_, _, err = m.Measure(yen, accrual.Lot{GrantedOn: on, Granted: 10}, on)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, p, err := m.Measure(deferral(t, 0), accrual.Lot{GrantedOn: on, Granted: 10, Reversed: 10}, on)
	require.NoError(t, err)
	assert.True(t, p.Revenue.IsZero(), "all goods went back and the allocation with them")
}

// Through any life of a lot revenue stays within the allocation, the reserve is
// what exact fractions say, and in the end revenue and reserve are the allocation.
func TestLotsEndAtTheAllocation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c accrual.Curve
		for range rapid.IntRange(1, 6).Draw(t, "ages") {
			r := rapid.Float64Range(0, 1).Draw(t, "redeemed")
			c.Redeemed, c.Lost = append(c.Redeemed, r), append(c.Lost, (1-r)*rapid.Float64Range(0, 0.99).Draw(t, "lost"))
		}
		share := rapid.Int64Range(0, 100).Draw(t, "share")
		m, err := accrual.NewModel(accrual.Policy{Digits: 2, Reserved: cents(share), Curve: c})
		require.NoError(t, err)
		allocated := rapid.Int64Range(0, 1<<53-1).Draw(t, "allocated")
		d := deferral(t, allocated)
		l := accrual.Lot{GrantedOn: relmark.MustParseDate("2025-01-10"), Granted: rapid.Int64Range(1, 1<<40).Draw(t, "granted")}
		total := decimal.Decimal{}
		for month := range 8 {
			l.Redeemed += rapid.Int64Range(0, l.Left()).Draw(t, "redeemed")
			if month == 7 {
				l.Expired += l.Left()
			}
			next, p, err := m.Measure(d, l, l.GrantedOn.AddMonths(month))
			require.NoError(t, err)
			d, total = next, total.Add(p.Revenue)
			require.False(t, d.Liability().IsNegative())
			require.True(t, total.Equal(d.Recognised()))
			x := new(big.Rat).Mul(big.NewRat(allocated*share, 100), big.NewRat(l.Granted-p.Expected, l.Granted))
			if allocated < 1<<53/100 {
				x.Add(x, big.NewRat(1, 2))
				want := new(big.Int).Quo(x.Num(), x.Denom())
				require.Equal(t, want.Int64(), p.Reserved.Shift(2).IntPart())
			}
		}
		require.True(t, total.Add(d.Reserved()).Equal(cents(allocated)))
		require.True(t, d.Liability().IsZero())
	})
}
