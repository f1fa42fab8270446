package clv_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

func TestValueIsDiscountedPurchasesTimesSpend(t *testing.T) {
	t.Parallel()
	c := clv.Customer{Pattern: rfm.Pattern{X: 3, TX: 20, T: 39}, Mean: 25}
	spend := cdnowGammaGamma(t)
	o := clv.ValueOptions{Horizon: 12, Period: 4, Discount: 0.01, Margin: new(0.3)}
	for _, m := range []process{cdnowBGNBD(t), cdnowMBGNBD(t), cdnowParetoNBD(t)} {
		want := 0.0
		for i := 1.0; i <= 12; i++ {
			want += (m.CondExpected(c.Pattern, 4*i) - m.CondExpected(c.Pattern, 4*(i-1))) / math.Pow(1.01, i)
		}
		v, err := clv.NewValuer(m, spend, o)
		require.NoError(t, err)
		got := v.Value(c)
		near.Equal(t, want, got.Discounted, 1e-12, 0)
		near.Equal(t, spend.CondMean(3, 25), got.Spend, 0, 0)
		near.Equal(t, want*spend.CondMean(3, 25)*0.3, got.Value, 1e-12, 0)
		near.Equal(t, m.PAlive(c.Pattern), got.PAlive, 0, 0)
		require.Equal(t, got, v.Value(c), "a second time from memory")
		require.Equal(t, v.Value(clv.Customer{}), v.New())
	}
}

// With ever shorter periods and an ever longer horizon the sum tends to DERT.
func TestValueWithoutEnd(t *testing.T) {
	t.Parallel()
	c := clv.Customer{Pattern: rfm.Pattern{X: 3, TX: 20, T: 39}, Mean: 25}
	m := cdnowParetoNBD(t)
	spend := cdnowGammaGamma(t)
	endless, err := clv.NewValuer(m, spend, clv.ValueOptions{Endless: true, Discount: 0.15, Period: 52})
	require.NoError(t, err)
	near.Equal(t, m.DERT(c.Pattern, math.Log(1.15)/52)*spend.CondMean(3, 25), endless.Value(c).Value, 1e-14, 0)
	bg := cdnowBGNBD(t)
	other, err := clv.NewValuer(bg, spend, clv.ValueOptions{Endless: true, Discount: 0.15, Period: 52})
	require.NoError(t, err)
	near.Equal(t, bg.DERT(c.Pattern, math.Log(1.15)/52), other.Value(c).Discounted, 1e-14, 0)
	long, err := clv.NewValuer(m, spend, clv.ValueOptions{Discount: math.Expm1(math.Log(1.15) / 104), Period: 0.5, Horizon: 6000})
	require.NoError(t, err)
	near.Equal(t, endless.Value(c).Value, long.Value(c).Value, 1e-3, 0)

	occasions := donationsBGBB(t)
	yearly, err := clv.NewValuer(occasions, spend, clv.ValueOptions{Endless: true, Discount: 0.1})
	require.NoError(t, err)
	d := clv.Customer{Pattern: rfm.Pattern{X: 3, TX: 5, T: 6}, Mean: 25}
	near.Equal(t, occasions.DERT(d.Pattern, 0.1), yearly.Value(d).Discounted, 1e-13, 0)
	capped, err := clv.NewValuer(occasions, spend, clv.ValueOptions{Discount: 0.1, Horizon: 1000})
	require.NoError(t, err)
	near.Equal(t, yearly.Value(d).Value, capped.Value(d).Value, 1e-12, 0)
}

func TestValueRejects(t *testing.T) {
	t.Parallel()
	m, spend := cdnowBGNBD(t), cdnowGammaGamma(t)
	for field, o := range map[string]clv.ValueOptions{
		"Horizon":  {Horizon: -1, Discount: 0.1},
		"Period":   {Period: math.NaN(), Horizon: 1},
		"Discount": {Endless: true}, // without end it does not converge
		"Margin":   {Margin: new(math.Inf(1)), Horizon: 1},
	} {
		_, err := clv.NewValuer(m, spend, o)
		var f *relmark.FieldError
		require.ErrorAs(t, err, &f)
		require.Equal(t, field, f.Field)
	}
	for _, d := range []float64{-0.1, math.NaN(), math.Inf(1)} {
		require.ErrorIs(t, clv.ValueOptions{Horizon: 1, Discount: d}.Validate(), relmark.ErrInvalid)
	}
	require.NoError(t, clv.ValueOptions{Horizon: 1}.Validate())
	_, err := clv.NewValuer(m, newGammaGamma(t, 6, 0.8, 15), clv.ValueOptions{Horizon: 12})
	require.ErrorIs(t, err, clv.ErrNoPopulationMean)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	v, err := clv.NewValuer(m, spend, clv.ValueOptions{Horizon: 12})
	require.NoError(t, err)
	for _, c := range []clv.Customer{{Pattern: rfm.Pattern{X: -1}}, {Pattern: rfm.Pattern{X: 1, TX: 1, T: 2}, Mean: -1}} {
		bad := v.Value(c)
		require.True(t, math.IsNaN(bad.Value))
		_, ok := bad.Amount(2)
		require.False(t, ok)
	}
}

func TestAmountIsRounded(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{2.345: "2.35", -2.345: "-2.35", 1e15: "1000000000000000", 0.004: "0"} {
		got, ok := clv.Valuation{Value: value}.Amount(2)
		require.True(t, ok)
		require.True(t, got.Equal(decimal.RequireFromString(want)), "%v", got)
	}
}

func TestAmountHasAScale(t *testing.T) {
	t.Parallel()
	v := clv.Valuation{Value: 2345.678}
	for scale, want := range map[int32]string{-30: "0", -2: "2300", 0: "2346", 30: "2345.678"} {
		got, ok := v.Amount(scale)
		require.True(t, ok)
		require.True(t, got.Equal(decimal.RequireFromString(want)), "%v", got)
	}
	for _, scale := range []int32{-31, 31, -1e9, math.MinInt32, math.MaxInt32} {
		_, ok := v.Amount(scale)
		require.False(t, ok, "%d", scale)
	}
}

// A model of a regression has no coefficients at hand and sums another series, or
// integrates: it says the same.
func TestForecastsOfRegressionsAgree(t *testing.T) {
	t.Parallel()
	positive := rapid.Custom(func(t *rapid.T) float64 { return math.Exp(rapid.Float64Range(-8, 8).Draw(t, "ln")) })
	rapid.Check(t, func(t *rapid.T) {
		p := clv.BGNBDParams{R: positive.Draw(t, "r"), Alpha: positive.Draw(t, "alpha"), A: positive.Draw(t, "a"), B: positive.Draw(t, "b")}
		if rapid.Bool().Draw(t, "usual") {
			p.A, p.R = min(p.A, 1/p.A, 2), min(p.R, 1/p.R)
		}
		m, err := clv.NewBGNBD(p)
		require.NoError(t, err)
		regression, err := clv.NewBGNBDRegression(clv.BGNBDRegressionParams{Base: p})
		require.NoError(t, err)
		plain, err := regression.At(nil)
		require.NoError(t, err)
		require.Equal(t, p, plain.Params())
		c := rfm.Pattern{X: rapid.IntRange(0, 12).Draw(t, "x"), T: rapid.Float64Range(0, 40).Draw(t, "T")}
		ahead := p.Alpha * rapid.Float64Range(0, 4).Draw(t, "t")
		near.Equal(t, plain.ExpectedIfAlive(c, ahead), m.ExpectedIfAlive(c, ahead), 1e-11, 0, "%+v %+v %v", p, c, ahead)
		near.Equal(t, plain.PAlive(c), m.PAlive(c), 0, 0)
	})
}

// Not in parallel: AllocsPerRun does not allow it.
func TestForecastsDoNotAllocate(t *testing.T) {
	bg, pareto, spend := cdnowBGNBD(t), cdnowParetoNBD(t), cdnowGammaGamma(t)
	c := clv.Customer{Pattern: rfm.Pattern{X: 3, TX: 20, T: 39}, Mean: 25}
	v, err := clv.NewValuer(bg, spend, clv.ValueOptions{Horizon: 12, Discount: 0.01})
	require.NoError(t, err)
	v.Value(c)
	customers, dst := []clv.Customer{c, c, c}, make([]float64, 0, 3)
	for name, f := range map[string]func(){
		"BGNBD.PAlive":           func() { bg.PAlive(c.Pattern) },
		"BGNBD.CondExpected":     func() { bg.CondExpected(c.Pattern, 39) },
		"BGNBD.LogLik":           func() { bg.LogLik(c.Pattern) },
		"ParetoNBD.PAlive":       func() { pareto.PAlive(c.Pattern) },
		"ParetoNBD.CondExpected": func() { pareto.CondExpected(c.Pattern, 39) },
		"ParetoNBD.DERT":         func() { pareto.DERT(c.Pattern, 0.01) },
		"GammaGamma.CondMean":    func() { spend.CondMean(3, 20) },
		"Valuer.AppendValues":    func() { dst = v.AppendValues(dst[:0], customers) },
	} {
		require.Zero(t, testing.AllocsPerRun(100, f), name)
	}
}

func TestPayback(t *testing.T) {
	t.Parallel()
	m, spend := cdnowBGNBD(t), cdnowGammaGamma(t)
	d := decimal.NewFromInt
	o := clv.ValueOptions{Horizon: 24, Period: 4, Discount: 0.01, Margin: new(0.4)}
	cohort := clv.Cohort{Customers: 1000, Acquisition: d(14_000), Keeping: decimal.New(5, -2), FirstSales: d(20_000)}
	p, err := clv.PaybackOf(m, spend, cohort, o)
	require.NoError(t, err)
	require.Len(t, p.Cumulative, 25)
	near.Equal(t, 14, p.Acquisition, 0, 0)
	near.Equal(t, 8, p.Cumulative[0], 1e-15, 0, "the first purchase: 20 · 0.4")
	require.True(t, p.Paid)
	require.True(t, p.Cumulative[p.Periods] >= 14 && p.Cumulative[p.Periods-1] < 14)
	near.Equal(t, p.Margin-p.Keeping-14, p.Net, 1e-14, 0)
	// Without costs of keeping, margin is the value of a new customer.
	v, err := clv.NewValuer(m, spend, o)
	require.NoError(t, err)
	near.Equal(t, 8+v.New().Value, p.Margin, 1e-13, 0)
	keeping := 0.0
	for i := range 24 {
		alive := m.PAliveAfter(rfm.Pattern{}, 4*float64(i))
		keeping += 0.05 * alive / math.Pow(1.01, float64(i))
	}
	near.Equal(t, keeping, p.Keeping, 1e-13, 0)

	cohort.Acquisition = d(1_000_000)
	never, err := clv.PaybackOf(m, spend, cohort, o)
	require.NoError(t, err)
	require.False(t, never.Paid)
	require.Negative(t, never.Net)
	cohort.Acquisition = d(8000)
	atOnce, err := clv.PaybackOf(m, spend, cohort, o)
	require.NoError(t, err)
	require.True(t, atOnce.Paid)
	require.Zero(t, atOnce.Periods)
}

func TestPaybackRejects(t *testing.T) {
	t.Parallel()
	m, spend, o := cdnowBGNBD(t), cdnowGammaGamma(t), clv.ValueOptions{Horizon: 3}
	good := clv.Cohort{Customers: 1}
	one := decimal.NewFromInt(-1)
	for _, c := range []clv.Cohort{{}, {Customers: 1, Acquisition: one}, {Customers: 1, Keeping: one}, {Customers: 1, FirstSales: one}} {
		require.ErrorIs(t, second(clv.PaybackOf(m, spend, c, o)), relmark.ErrInvalid)
	}
	require.ErrorIs(t, second(clv.PaybackOf(m, spend, good, clv.ValueOptions{Endless: true, Discount: 0.1})), relmark.ErrInvalid)
	require.ErrorIs(t, second(clv.PaybackOf(m, newGammaGamma(t, 1, 1, 1), good, o)), clv.ErrNoPopulationMean)
	require.ErrorIs(t, second(clv.PaybackOf(donationsBGBB(t), spend, good, clv.ValueOptions{Horizon: 3, Period: 0.5})), relmark.ErrInvalid)
}

// Decimals that only decimal.New makes are refused before anything is computed with
// them, and no error repeats them.
func TestCohortOfDecimalsOutOfBounds(t *testing.T) {
	t.Parallel()
	for _, bad := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(0, math.MaxInt32), decimal.New(-1, 1_000_000), decimal.New(1, 60)} {
		for _, c := range []clv.Cohort{{Customers: 1, Acquisition: bad}, {Customers: 1, Keeping: bad}, {Customers: 1, FirstSales: bad}} {
			err := second(clv.PaybackOf(cdnowBGNBD(t), cdnowGammaGamma(t), c, clv.ValueOptions{Horizon: 3}))
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.Less(t, len(err.Error()), 200)
		}
	}
}
