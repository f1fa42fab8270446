package accrual_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

// Decimals that only decimal.New can make, on which plain arithmetic panics or never
// ends: wherever one comes in, the answer is an error at once.
func TestDecimalsWithoutBoundsAreErrors(t *testing.T) {
	t.Parallel()
	curve := accrual.Curve{Redeemed: []float64{0.5}, Lost: []float64{0}}
	for _, d := range []decimal.Decimal{
		decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MinInt32), decimal.New(7, -2000),
	} {
		errs := map[string]error{}
		_, errs["price"] = accrual.Allocate(d, 2, dec("1"))
		_, errs["stand-alone"] = accrual.Allocate(dec("1"), 2, dec("1"), d)
		_, errs["given"] = accrual.Given(dec("1"), d, 2)
		_, errs["given of"] = accrual.Given(d, dec("1"), 2)
		_, errs["defer"] = accrual.Defer(d, 2)
		_, _, errs["measure"] = deferral(t, 100).Measure(accrual.Estimate{Reserved: d})
		_, errs["cancel"] = deferral(t, 100).Cancel(d)
		_, errs["before"] = accrual.ProvisionEntries(d, dec("1"), 2)
		_, errs["after"] = accrual.ProvisionEntries(dec("1"), d, 2)
		_, errs["goods"] = accrual.Allocation{Goods: d, Points: dec("1")}.Entries()
		_, errs["points"] = accrual.Allocation{Goods: dec("1"), Points: d}.Entries()
		_, errs["revenue"] = accrual.Period{Revenue: d, Moved: dec("1")}.Entries()
		_, errs["moved"] = accrual.Period{Revenue: dec("1"), Moved: d}.Entries()
		errs["value"] = accrual.Policy{Value: &d, Curve: curve}.Validate()
		errs["cost"] = accrual.Policy{Cost: &d, Curve: curve}.Validate()
		errs["reserved"] = accrual.Policy{Reserved: d, Curve: curve}.Validate()
		for name, err := range errs {
			assert.ErrorIs(t, err, relmark.ErrInvalid, name)
		}
	}
	none := decimal.New(0, math.MaxInt32)
	assert.ErrorIs(t, accrual.Policy{Value: &none, Curve: curve}.Validate(), relmark.ErrInvalid)
	_, err := accrual.Allocate(dec("1"), 2, dec("1"), none)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Empty(t, posting(accrual.ProvisionEntries(none, none, 2)))
}

// Postings that nobody can make are refused.
func TestProvisionsAreAmounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after string
		digits        int
	}{{"-1", "1", 2}, {"1", "-1", 2}, {"0.001", "1", 2}, {"1", "0.001", 2}, {"1", "1", 10}, {"1", "1", -1}} {
		_, err := accrual.ProvisionEntries(dec(c.before), dec(c.after), c.digits)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	assert.Equal(t, "-0.000000001", posting(accrual.ProvisionEntries(dec("0.000000002"), dec("0.000000001"), 9))[0].Amount.String())
}

// A list of wrong shares is refused in a text that does not grow with it.
func TestErrorsDoNotGrowWithTheirInput(t *testing.T) {
	t.Parallel()
	wrong := make([]float64, 1200)
	for i := range wrong {
		wrong[i] = -1
	}
	for _, err := range []error{
		accrual.Curve{Redeemed: wrong, Lost: wrong}.Validate(),
		accrual.Curve{Redeemed: make([]float64, 100_000)}.Validate(),
		accrual.Policy{Curve: accrual.Curve{Redeemed: wrong, Lost: wrong}}.Validate(),
	} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Less(t, len(err.Error()), 3000)
	}
	assert.ErrorContains(t, accrual.Policy{Curve: accrual.Curve{Redeemed: wrong, Lost: wrong}}.Validate(), "accrual: Curve.Redeemed[0] = -1: must be a share")
}

// A value or a cost that is not known is no 0: whoever asks for what depends on it is
// told so. One that is 0 makes 0.
func TestUnknownValuesAreNoZeros(t *testing.T) {
	t.Parallel()
	curve := accrual.Curve{Redeemed: []float64{0.5}, Lost: []float64{0}}
	m := model(t, accrual.Policy{Digits: 2, Curve: curve})
	_, err := m.StandAlone(100)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.ErrorContains(t, err, "Value")
	_, err = m.Provision(100, 0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.ErrorContains(t, err, "Cost")
	m = model(t, accrual.Policy{Digits: 2, Value: new(dec("0")), Cost: new(dec("0")), Curve: curve})
	price, err := m.StandAlone(100)
	require.NoError(t, err)
	assert.True(t, price.IsZero())
	cost, err := m.Provision(100, 0)
	require.NoError(t, err)
	assert.True(t, cost.IsZero())
	text, err := json.Marshal(accrual.Policy{Cost: new(dec("0")), Curve: curve})
	require.NoError(t, err)
	assert.JSONEq(t, `{"v":1,"digits":0,"cost":"0","redeemed":[0.5],"lost":[0]}`, string(text))
}

// Nothing is encoded that cannot be read, and nothing as {}.
func TestWhatHasNoJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range []any{accrual.Model{}, &accrual.Model{}, accrual.History{}, &accrual.History{}, accrual.RollForward{}, &accrual.RollForward{}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrUnsupported, "%T", v)
	}
	for _, v := range []any{&accrual.Model{}, &accrual.History{}, &accrual.RollForward{}} {
		assert.ErrorIs(t, json.Unmarshal([]byte(`{}`), v), relmark.ErrUnsupported, "%T", v)
	}
}

// What a host sends or stores comes back equal, under keys in snake case.
func TestPlainDataRoundTrips(t *testing.T) {
	t.Parallel()
	roundTrip(t, accrual.Vintage{10, []accrual.Movement{{1, 2, 3}}}, `{"granted":10,"ages":[{"redeemed":1,"expired":2,"reversed":3}]}`)
	on := relmark.MustParseDate("2025-01-31")
	roundTrip(t, accrual.Dated{on, accrual.Movement{1, 2, 3}}, `{"on":"2025-01-31","redeemed":1,"expired":2,"reversed":3}`)
	roundTrip(t, accrual.Lot{on, 9, 1, 2, 3}, `{"granted_on":"2025-01-31","granted":9,"redeemed":1,"expired":2,"reversed":3}`)
	roundTrip(t, accrual.FitOptions{5, 6}, `{"min_exposed":5,"tail_ages":6}`)
	roundTrip(t, accrual.Fit{accrual.Curve{[]float64{0.5}, []float64{0}}, 1, 2, 3, 0.5},
		`{"curve":{"v":1,"redeemed":[0.5],"lost":[0]},"ages":1,"vintages":2,"granted":3,"open":0.5}`)
	roundTrip(t, accrual.Entry{accrual.RevenueGoods, dec("1.5")}, `{"account":"revenue_goods","amount":"1.5"}`)
	roundTrip(t, accrual.Estimate{1, 2, dec("0.5")}, `{"redeemed":1,"expected":2,"reserved":"0.5"}`)
	roundTrip(t, accrual.Sale{2, dec("1"), dec("2"), dec("3")}, `{"digits":2,"price":"1","goods":"2","points":"3"}`)
	roundTrip(t, accrual.Allocation{dec("1"), dec("2")}, `{"goods":"1","points":"2"}`)
}

func roundTrip[T any](t *testing.T, v T, want string) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	assert.Equal(t, want, string(text))
	var back T
	require.NoError(t, json.Unmarshal(text, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, want, string(again))
}
