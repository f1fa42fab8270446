package clv_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// checkFigures holds for every model, customer and horizon: a figure is a
// probability, a count or NaN outside the domain, and nothing panics.
func checkFigures(t *testing.T, m process, c rfm.Pattern, n int, ahead, rate float64) {
	t.Helper()
	known := c.Validate() == nil && !math.IsNaN(m.PAlive(c))
	for name, v := range everything(m, c, n, ahead, rate) {
		switch name {
		case "PAlive", "PAliveAfter", "CondPMF":
			require.False(t, v < 0 || v > 1+1e-6, "%T %s = %v", m, name, v)
		case "LogLik":
		default:
			notNegative(t, v, "%T %s", m, name)
		}
		if !known && c.Validate() != nil {
			require.True(t, math.IsNaN(v), "%T %s = %v", m, name, v)
		}
	}
}

// bounded keeps the work per input small: counts of purchases and horizons that
// loops run over.
func bounded(x int, n int) (int, int) { return x % 2000, n % 500 }

func FuzzNewBGNBD(f *testing.F) {
	f.Add(0.243, 4.414, 0.793, 2.426, 2, 20.0, 30.0, 1, 10.0, 0.01)
	f.Add(0.5, 6.0, 1.0, 3.0, 0, 0.0, 30.0, 0, 1e6, 1e-9)
	f.Add(1e-300, 1e300, 1e300, 1e-300, 1999, 1e-300, 1e300, 499, 1e300, 1e300)
	f.Fuzz(func(t *testing.T, r, alpha, a, b float64, x int, tx, age float64, n int, ahead, rate float64) {
		p := clv.BGNBDParams{R: r, Alpha: alpha, A: a, B: b}
		m, err := clv.NewBGNBD(p)
		modified, err2 := clv.NewMBGNBD(clv.MBGNBDParams(p))
		require.Equal(t, p.Validate() == nil, err == nil)
		require.Equal(t, err == nil, err2 == nil)
		x, n = bounded(x, n)
		c := rfm.Pattern{X: x, TX: tx, T: age}
		m.PAlive(c)
		if reasonable(r, alpha, a, b) && (c.Validate() != nil || reasonable(1+tx, 1+age)) {
			checkFigures(t, m, c, n, ahead, rate)
			checkFigures(t, modified, c, n, ahead, rate)
		}
	})
}

// reasonable reports whether values leave room for products of them; beyond, a
// figure may be anything but a panic.
func reasonable(values ...float64) bool {
	for _, v := range values {
		if !(v > 1e-9 && v < 1e9) {
			return false
		}
	}
	return true
}

func FuzzNewParetoNBD(f *testing.F) {
	f.Add(0.553, 10.578, 0.606, 11.669, 2, 20.0, 30.0, 1, 10.0, 0.01)
	f.Add(1.7, 60.0, 2.4, 0.5, 0, 0.0, 1e6, 0, 1e6, 1e-9)
	f.Fuzz(func(t *testing.T, r, alpha, s, beta float64, x int, tx, age float64, n int, ahead, rate float64) {
		p := clv.ParetoNBDParams{R: r, Alpha: alpha, S: s, Beta: beta}
		m, err := clv.NewParetoNBD(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		x, n = bounded(x, n)
		c := rfm.Pattern{X: x, TX: tx, T: age}
		if reasonable(r, alpha, s, beta) && (c.Validate() != nil || reasonable(1+tx, 1+age)) {
			checkFigures(t, m, c, n, ahead, rate)
		}
	})
}

func FuzzNewBGBB(f *testing.F) {
	f.Add(1.2, 0.75, 0.66, 2.8, 2, 4, 6, 1, 10.0, 0.1)
	f.Fuzz(func(t *testing.T, alpha, beta, gamma, delta float64, x, last, age, n int, ahead, rate float64) {
		p := clv.BGBBParams{Alpha: alpha, Beta: beta, Gamma: gamma, Delta: delta}
		m, err := clv.NewBGBB(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		x, n = bounded(x, n)
		c := rfm.Pattern{X: x, TX: float64(last % 3000), T: float64(age % 3000)}
		if reasonable(alpha, beta, gamma, delta) && !(ahead > 1e4) {
			checkFigures(t, m, c, n, ahead, rate)
		}
	})
}

// notNegative accepts NaN, which is what a figure is outside its domain.
func notNegative(t *testing.T, v float64, what string, args ...any) {
	t.Helper()
	if v < 0 {
		t.Fatalf("%s = %v", fmt.Sprintf(what, args...), v)
	}
}

func FuzzNewGammaGamma(f *testing.F) {
	f.Add(6.25, 3.74, 15.44, 3, 20.0)
	f.Add(6.25, 0.79, 15.44, 0, 0.0)
	f.Fuzz(func(t *testing.T, p, q, v float64, x int, mean float64) {
		params := clv.GammaGammaParams{P: p, Q: q, V: v}
		m, err := clv.NewGammaGamma(params)
		require.Equal(t, params.Validate() == nil, err == nil)
		notNegative(t, m.CondMean(x, mean), "mean of a customer")
		population, ok := m.Mean()
		require.Equal(t, ok, q > 1 && err == nil)
		notNegative(t, population, "mean of the population")
		m.LogLik(clv.SpendMean{X: x, Value: mean})
	})
}

func FuzzNewSBG(f *testing.F) {
	f.Add(0.67, 3.8, 7, 0.1)
	f.Fuzz(func(t *testing.T, alpha, beta float64, n int, rate float64) {
		p := clv.SBGParams{Alpha: alpha, Beta: beta}
		m, err := clv.NewSBG(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		if err != nil || !reasonable(alpha, beta) || !(rate > 1e-6 || rate <= 0) {
			return
		}
		for _, v := range []float64{m.Survival(n), m.Retention(n), m.ChurnPMF(n), m.CondSurvival(n, 3), m.PosteriorChurn(n)} {
			require.False(t, v < 0 || v > 1+1e-9, "%v", v)
		}
		for _, v := range []float64{m.DEL(rate), m.DERL(n, rate), m.ExpectedRenewals(n, 9)} {
			notNegative(t, v, "discounted renewals of n = %d", n)
		}
	})
}

func FuzzSpendUnmarshal(f *testing.F) {
	s := spendFrom(f, clv.SpendMean{2, 12.5}, clv.SpendMean{1, 0.01})
	b, err := s.MarshalBinary()
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var s clv.Spend
		if s.UnmarshalBinary(data) != nil {
			require.Zero(t, s.Len())
			return
		}
		again, err := s.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, again) // one value, one encoding
	})
}

func FuzzRegression(f *testing.F) {
	f.Add(0.5, 10.0, 0.6, 11.0, 0.3, -0.4, 1.0)
	f.Fuzz(func(t *testing.T, r, alpha, s, beta, purchase, dropout, z float64) {
		p := clv.ParetoNBDRegressionParams{Base: clv.ParetoNBDParams{R: r, Alpha: alpha, S: s, Beta: beta}, Purchase: []float64{purchase}, Dropout: []float64{dropout}}
		m, err := clv.NewParetoNBDRegression(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		bg := clv.BGNBDRegressionParams{Base: clv.BGNBDParams{R: r, Alpha: alpha, A: s, B: beta}, Purchase: []float64{purchase}, A: []float64{dropout}, B: []float64{z}}
		m2, err2 := clv.NewBGNBDRegression(bg)
		require.Equal(t, bg.Validate() == nil, err2 == nil)
		if err == nil {
			at, err := m.At([]float64{z})
			require.Equal(t, err == nil, at.Params().Validate() == nil)
		}
		if err2 == nil {
			at, err := m2.At([]float64{z})
			require.Equal(t, err == nil, at.Params().Validate() == nil)
		}
	})
}

func FuzzValueOptions(f *testing.F) {
	f.Add(12, 4.0, 0.01, 0.3)
	f.Add(0, 52.0, 0.15, 0.0)
	m, spend := cdnowBGNBD(f), cdnowGammaGamma(f)
	f.Fuzz(func(t *testing.T, horizon int, period, discount, margin float64) {
		o := clv.ValueOptions{Horizon: horizon % 40, Endless: horizon == 0, Period: period, Discount: discount, Margin: new(margin)}
		v, err := clv.NewValuer(m, spend, o)
		require.Equal(t, o.Validate() == nil, err == nil)
		if err == nil && reasonable(1+period, 1+discount) && (discount == 0 || discount > 1e-9) {
			got := v.Value(clv.Customer{Pattern: rfm.Pattern{X: 2, TX: 10, T: 20}, Mean: 30})
			notNegative(t, got.Discounted, "value")
		}
	})
}
