package clv_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// A margin of 0 is a margin: value and payback are linear in it, through 0. Only no
// margin at all is revenue.
func TestMarginOfZeroIsAMargin(t *testing.T) {
	t.Parallel()
	m, spend := cdnowBGNBD(t), cdnowGammaGamma(t)
	c := clv.Customer{Pattern: rfm.Pattern{X: 3, TX: 20, T: 39}, Mean: 25}
	cohort := clv.Cohort{Customers: 10, FirstSales: decimal.NewFromInt(200)}
	for _, o := range []clv.ValueOptions{{Horizon: 12, Discount: 0.01}, {Endless: true, Discount: 0.1}} {
		at := func(margin *float64) (value, payback float64) {
			o.Margin = margin
			v, err := clv.NewValuer(m, spend, o)
			require.NoError(t, err)
			if o.Endless {
				return v.Value(c).Value, 0
			}
			p, err := clv.PaybackOf(m, spend, cohort, o)
			require.NoError(t, err)
			return v.Value(c).Value, p.Margin
		}
		revenue, whole := at(nil)
		require.Positive(t, revenue)
		for _, margin := range []float64{-1e12, -0.01, 0, 0.01, 1, 1e12} {
			value, payback := at(&margin)
			near.Equal(t, margin*revenue, value, 1e-14, 0, "%v", margin)
			near.Equal(t, margin*whole, payback, 1e-14, 0, "%v", margin)
		}
	}
}

// No horizon is not "without end": who means that says so, and nothing else.
func TestHorizonOfZeroIsNotEndless(t *testing.T) {
	t.Parallel()
	for _, o := range []clv.ValueOptions{{}, {Discount: 0.1}, {Horizon: 10_001, Discount: 0.1}, {Horizon: 1, Endless: true, Discount: 0.1}} {
		var f *relmark.FieldError
		require.ErrorAs(t, o.Validate(), &f)
		require.Equal(t, "Horizon", f.Field)
	}
	for _, o := range []clv.ValueOptions{{Horizon: 1}, {Horizon: 10_000}, {Endless: true, Discount: 0.1}} {
		require.NoError(t, o.Validate())
	}
}

func TestValueOptionsRoundTripAsJSON(t *testing.T) {
	t.Parallel()
	for _, o := range []clv.ValueOptions{{Horizon: 12}, {Endless: true, Discount: 0.1, Margin: new(0.0)}, {Horizon: 1, Period: 4, Margin: new(-0.5)}} {
		data, err := json.Marshal(o)
		require.NoError(t, err)
		var back clv.ValueOptions
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, o, back)
	}
}

// Means are sums over numbers of purchases, and 9.99·3/3 is not 9.99: one price is one
// price however its means are rounded.
func TestGammaGammaOfOnePriceInRoundedMeans(t *testing.T) {
	t.Parallel()
	for _, price := range []float64{9.99, 0.1, 19.95, 1e-20, 1e20} {
		var exact, rounded clv.Spend
		for i := range 400 {
			x := 1 + i%13
			sum := 0.0
			for range x {
				sum += price
			}
			require.NoError(t, exact.Add(clv.SpendMean{X: x, Value: price}, 1))
			require.NoError(t, rounded.Add(clv.SpendMean{X: x, Value: sum / float64(x)}, 1))
		}
		want, err := clv.FitGammaGamma(t.Context(), &exact, clv.FitOptions{})
		require.NoError(t, err)
		got, err := clv.FitGammaGamma(t.Context(), &rounded, clv.FitOptions{})
		require.NoError(t, err)
		require.Equal(t, want.Status, got.Status)
		require.Len(t, got.Warnings, len(want.Warnings))
		for i, e := range want.Estimates {
			near.Equal(t, e.Value, got.Estimates[i].Value, 1e-14, 0, "%v %s", price, e.Name)
		}
		near.Equal(t, want.LogLik, got.LogLik, 1e-6, 0)
	}
}

func TestCohortIsExactJSON(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	c := clv.Cohort{Customers: 1000, Acquisition: d("14000.10"), Keeping: d("0.050"), FirstSales: d("123456789012345678901234567890.12")}
	data, err := json.Marshal(c)
	require.NoError(t, err)
	require.JSONEq(t, `{"customers":1000,"acquisition":"14000.1","keeping":"0.05","first_sales":"123456789012345678901234567890.12"}`, string(data))
	var back clv.Cohort
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, c.Customers, back.Customers)
	for _, pair := range [][2]decimal.Decimal{{c.Acquisition, back.Acquisition}, {c.Keeping, back.Keeping}, {c.FirstSales, back.FirstSales}} {
		require.True(t, pair[0].Equal(pair[1]))
	}
	for _, bad := range []string{`{"keeping":0.1}`, `{"keeping":"1e2147483647"}`, `{"keeping":null}`, `{"keeping":"x"}`, `{"keep":"1"}`, `{"customers":1.5}`, `{"Keeping":"1"}`, `{"keeping":"1","keeping":"1"}`, `[]`} {
		require.ErrorIs(t, json.Unmarshal([]byte(bad), &back), relmark.ErrInvalid, bad)
		require.EqualValues(t, 1000, back.Customers, "unchanged")
	}
}

// Settings of the process, which are those of other packages too, change nothing. Not in
// parallel, for they are variables.
func TestCohortJSONIgnoresTheProcess(t *testing.T) { //nolint:paralleltest // sets variables of the process
	c := clv.Cohort{Customers: 1, Keeping: decimal.New(50, -3)}
	want, err := json.Marshal(c)
	require.NoError(t, err)
	hostile.Settings(t)
	got, err := json.Marshal(c)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// What has no end as text is refused at once.
func TestCohortJSONIsBounded(t *testing.T) {
	t.Parallel()
	for _, bad := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, 1_000_000)} {
		for _, c := range []clv.Cohort{{Acquisition: bad}, {Keeping: bad}, {FirstSales: bad}} {
			hostile.Ends(t, "writing", func() {
				_, err := json.Marshal(c)
				assert.Error(t, err)
				assert.Less(t, len(fmt.Sprint(err)), 300)
			})
		}
	}
}

func FuzzCohortJSON(f *testing.F) {
	f.Add([]byte(`{"customers":1000,"acquisition":"14000.10","keeping":"0.050","first_sales":"20000"}`))
	f.Add([]byte(`{"keeping":"1e2147483647"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c, back clv.Cohort
		if json.Unmarshal(data, &c) != nil {
			return
		}
		again, err := json.Marshal(c)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(again, &back))
		same, err := json.Marshal(back)
		require.NoError(t, err)
		require.Equal(t, string(again), string(same))
	})
}
