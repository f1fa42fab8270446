package accrual_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/accrual"
)

// By hand: of 1000 points 400 went back with the goods, so 600 are kept; 100 of them are
// redeemed, 500 are left, of which half will be. 350 are expected, 250 will not be used:
// of 59.00 allocated law reserves 0.6·250/600, a quarter: 14.75. Had the points that went
// back counted as granted, it would be 59·0.6·250/1400 = 6.32.
func TestReservedIsOfThePointsThatAreKept(t *testing.T) {
	t.Parallel()
	m := model(t, accrual.Policy{Digits: 2, Reserved: dec("0.6"), Curve: accrual.Curve{Redeemed: []float64{0.5}, Lost: []float64{0}}})
	on := relmark.MustParseDate("2025-01-10")
	l := accrual.Lot{GrantedOn: on, Granted: 1000, Redeemed: 100, Reversed: 400}
	e, err := m.Estimate(deferral(t, 5900), l, on)
	require.NoError(t, err)
	assert.Equal(t, int64(350), e.Expected)
	assert.Equal(t, "14.75", e.Reserved.String())
}

// Each number by itself may not be negative, whatever the others are: -1 and +1 would
// cancel out.
func TestNegativeMovementsAreRefused(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2025-01-10")
	m := model(t, accrual.Policy{Digits: 2, Curve: accrual.Curve{Redeemed: []float64{0.5}, Lost: []float64{0}}})
	for _, c := range []accrual.Movement{
		{Redeemed: -1}, {Expired: -1}, {Reversed: -1}, {-1, 1, 0}, {1, -1, 0}, {1, 0, -1}, {0, 1, -1}, {0, -1, 1},
	} {
		var h accrual.History
		assert.ErrorIs(t, h.Add(accrual.Vintage{10, []accrual.Movement{c}}), relmark.ErrInvalid, c)
		assert.Zero(t, h.Granted())
		_, err := m.Estimate(deferral(t, 100), accrual.Lot{on, 10, c.Redeemed, c.Expired, c.Reversed}, on)
		assert.ErrorIs(t, err, relmark.ErrInvalid, c)
	}
	for _, c := range []accrual.Movement{{Redeemed: 11}, {Expired: 11}, {Reversed: 11}, {4, 4, 3}} {
		assert.ErrorIs(t, new(accrual.History).Add(accrual.Vintage{10, []accrual.Movement{c}}), relmark.ErrInvalid, c)
		_, err := m.Estimate(deferral(t, 100), accrual.Lot{on, 10, c.Redeemed, c.Expired, c.Reversed}, on)
		assert.ErrorIs(t, err, relmark.ErrInvalid, c)
	}
	for _, c := range []accrual.Movement{{Redeemed: 10}, {Expired: 10}, {Reversed: 10}, {4, 4, 2}} {
		assert.NoError(t, new(accrual.History).Add(accrual.Vintage{10, []accrual.Movement{c}}), c)
	}
}

// Two shares that add up to 1 in float64 may leave a hair less than nothing: what is
// redeemed later of nothing is nothing, and sums stay within 1.
func TestCurvesAreClamped(t *testing.T) {
	t.Parallel()
	c := accrual.Curve{Redeemed: []float64{1e-16, 1}, Lost: []float64{1, 0}}
	require.NoError(t, c.Validate())
	assert.Equal(t, []float64{1e-16, 1, 0}, c.Remaining())
	assert.Equal(t, 1e-16, c.Ultimate()) //nolint:testifylint // exactly
	assert.Equal(t, []float64{1e-16, 1e-16}, c.Cumulative())
	c = accrual.Curve{Redeemed: []float64{0.2, 0.2, 1}, Lost: make([]float64, 3)} // adds up to 1.0000000000000002
	assert.Equal(t, 1.0, c.Cumulative()[2])                                       //nolint:testifylint // exactly
	// 3 of 10 redeemed and 7 expired: 0.3 + 0.7 leave -5.6e-17 in float64.
	var h accrual.History
	require.NoError(t, h.Add(accrual.Vintage{10, []accrual.Movement{{3, 7, 0}}}))
	f, err := h.Fit(accrual.FitOptions{TailAges: 2})
	require.NoError(t, err)
	assert.Zero(t, f.Open)
	assert.NoError(t, f.Curve.Validate())
}

// Shares of any points at risk are those of a curve, and options are checked one by one.
func TestFitsAreCurves(t *testing.T) {
	t.Parallel()
	for n := int64(1); n <= 60; n++ {
		for r := range n + 1 {
			var h accrual.History
			require.NoError(t, h.Add(accrual.Vintage{n, []accrual.Movement{{Redeemed: r, Expired: n - r}}}))
			f, err := h.Fit(accrual.FitOptions{TailAges: 1})
			require.NoError(t, err)
			require.NoError(t, f.Curve.Validate())
		}
	}
	var h accrual.History
	require.NoError(t, h.Add(accrual.Vintage{5, []accrual.Movement{{Redeemed: 1}}}))
	for _, o := range []accrual.FitOptions{{MinExposed: -1}, {TailAges: -1}, {MinExposed: 1 << 53}} {
		_, err := h.Fit(o)
		assert.ErrorIs(t, err, relmark.ErrInvalid, o)
	}
}

// A tail fills the ages that a curve may have, and no more.
func TestTailsEndAtTheLastAge(t *testing.T) {
	t.Parallel()
	var h accrual.History
	require.NoError(t, h.Add(accrual.Vintage{1 << 40, make([]accrual.Movement, 1199)}))
	f, err := h.Fit(accrual.FitOptions{TailAges: 1200})
	require.NoError(t, err)
	assert.Len(t, f.Curve.Redeemed, 1200)
	assert.Equal(t, 1199, f.Ages)
	_, err = h.Fit(accrual.FitOptions{TailAges: 1201})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	assert.ErrorIs(t, accrual.Curve{Redeemed: make([]float64, 1201), Lost: make([]float64, 1201)}.Validate(), relmark.ErrInvalid)
}

// Currencies have up to 9 fraction digits, everywhere.
func TestCurrenciesHaveUpToNineDigits(t *testing.T) {
	t.Parallel()
	least := dec("0.000000001")
	curve := accrual.Curve{Redeemed: []float64{1}, Lost: []float64{0}}
	d, err := accrual.Defer(least, 9)
	require.NoError(t, err)
	assert.True(t, d.Liability().Equal(least))
	a, err := accrual.Given(dec("1"), least, 9)
	require.NoError(t, err)
	assert.Equal(t, "0.999999999", a.Goods.String())
	parts, err := accrual.Allocate(dec("0.000000003"), 9, dec("1"), dec("2"))
	require.NoError(t, err)
	assert.True(t, parts[0].Equal(least))
	m := model(t, accrual.Policy{Digits: 9, Value: &least, Cost: &least, Curve: curve})
	worth, err := m.StandAlone(7)
	require.NoError(t, err)
	assert.Equal(t, "0.000000007", worth.String())
	var f accrual.RollForward
	require.NoError(t, f.Add(nil, d))
	data, err := f.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, new(accrual.RollForward).UnmarshalBinary(data))
	assert.NoError(t, new(accrual.Deferral).UnmarshalJSON([]byte(`{"v":1,"digits":9,"allocated":"0.000000001"}`)))
	for _, digits := range []int{-1, 10} {
		_, errDefer := accrual.Defer(dec("0"), digits)
		_, errGiven := accrual.Given(dec("0"), dec("0"), digits)
		_, errAllocate := accrual.Allocate(dec("0"), digits, dec("1"))
		for _, err := range []error{errDefer, errGiven, errAllocate, accrual.Policy{Digits: digits, Curve: curve}.Validate()} {
			assert.ErrorIs(t, err, relmark.ErrInvalid, digits)
		}
	}
}

// Amounts reach 2^53-1 minor units, and not one more.
func TestAmountsHaveAnEnd(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	all := accrual.Curve{Redeemed: []float64{1}, Lost: []float64{0}}
	m := model(t, accrual.Policy{Value: new(dec("1")), Cost: new(dec("1.000000001")), Curve: all})
	price, err := m.StandAlone(most)
	require.NoError(t, err)
	assert.Equal(t, "9007199254740991", price.String())
	_, err = m.Provision(most, 0)
	assert.ErrorIs(t, err, relmark.ErrLimit)
	_, err = m.StandAlone(most + 1)
	assert.ErrorIs(t, err, relmark.ErrInvalid)

	var f accrual.RollForward
	d, err := accrual.Defer(price, 0)
	require.NoError(t, err)
	require.NoError(t, f.Add(nil, d))
	data, err := f.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, new(accrual.RollForward).UnmarshalBinary(data))
	for _, n := range []int64{most, most + 1, -most, -most - 1} {
		w := codec.NewWriter(nil, codec.KindRollForward, 1)
		w.Byte(2)
		for _, v := range []int64{1, n, 0, 0, 0, 0, 0, n} { // opening and closing
			w.Varint(v)
		}
		err := new(accrual.RollForward).UnmarshalBinary(w.Data())
		assert.Equal(t, n >= -most && n <= most, err == nil, n)
	}
}

// What is not there yet is measured for the first time: all of it is performance.
func TestFirstMeasurementIsPerformance(t *testing.T) {
	t.Parallel()
	d, p, err := deferral(t, 1000).Measure(accrual.Estimate{Redeemed: 1, Expected: 4})
	require.NoError(t, err)
	assert.Equal(t, []string{"2.5", "2.5", "0"}, []string{p.Revenue.String(), p.Performance.String(), p.CatchUp.String()})
	_, p, err = d.Measure(accrual.Estimate{Redeemed: 2, Expected: 2, Reserved: dec("1")})
	require.NoError(t, err)
	// By 4 expected, and 9.00 to be earned, 1 more point is 4.50 - 2.25; in all 9.00 - 2.50.
	assert.Equal(t, []string{"6.5", "2.25", "4.25", "1"}, []string{p.Revenue.String(), p.Performance.String(), p.CatchUp.String(), p.Moved.String()})
}
