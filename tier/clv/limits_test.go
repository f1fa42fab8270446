package clv_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// Models at a limit, as fits end there, and discounts of next to nothing have their
// digits too. Expected values: the closed forms of the papers under Sources and, for
// Pareto/NBD, the integral over the time of drop-out, in 60-digit arithmetic.
func TestDigitsAtTheLimits(t *testing.T) {
	t.Parallel()
	one := newParetoNBD(t, 0.6885, 104.857, 16066464720, 3815338387637) // all drop out at the same rate
	c := rfm.Pattern{X: 3, TX: 40, T: 100}
	d := rfm.Pattern{X: 1, TX: 40, T: 100}
	near.Equal(t, 0.63422030084256612391, one.PAlive(c), 1e-13, 0)
	near.Equal(t, 0.60281507220252611089, one.PAlive(rfm.Pattern{T: 100}), 1e-13, 0)
	near.Equal(t, -15.254194101192557456, one.LogLik(c), 1e-13, 0)
	near.Equal(t, 1.6523307842144871601, one.DERT(c, 0.0027), 1e-13, 0)
	near.Equal(t, 0.63963837614764373074, newParetoNBD(t, 16066464720, 3815338387637, 0.5, 10).PAlive(d), 1e-13, 0)
	near.Equal(t, 0.38715901067473428834, newParetoNBD(t, 16066464720, 3815338387637, 26066464720, 1815338387637).PAlive(d), 1e-13, 0)
	near.Equal(t, 0.10021557221224524481, newParetoNBD(t, 16.378, 45.398, 0.00741, 0.000000000147).PAlive(d), 1e-13, 0)
	near.Equal(t, 38578.426853540838046, newSBG(t, 0.03, 5.3).DEL(0.00002), 1e-13, 0)
	near.Equal(t, 314.52500254047469178, newBGBB(t, 0.8, 14, 0.4, 0.05).DERT(rfm.Pattern{X: 3, TX: 9, T: 12}, 0.00002), 1e-13, 0)
}

// In no time at all customers buy at their rate: nobody has dropped out. Regressions have
// the series and the integrals, the others coefficients.
func TestDigitsOfShortForecasts(t *testing.T) {
	t.Parallel()
	for _, ahead := range []float64{1e-300, 1e-150, 1e-30, 1e-19} {
		for _, c := range []rfm.Pattern{{T: 1}, {X: 3, TX: 1, T: 1}, {X: 20, TX: 1, T: 1}} {
			for _, p := range [][2]float64{{0.4, 2.7}, {0.4, 42}, {0.002, 2600}, {1, 3}, {1.0000000004656613, 2.7}, {5, 3}, {2000, 1}} {
				base := clv.BGNBDParams{R: 0.6, Alpha: 3, A: p[0], B: p[1]}
				regression, err := clv.NewBGNBDRegression(clv.BGNBDRegressionParams{Base: base})
				require.NoError(t, err)
				plain, err := regression.At(nil)
				require.NoError(t, err)
				want := ahead * (0.6 + float64(c.X)) / 4
				near.Equal(t, want, plain.ExpectedIfAlive(c, ahead), 1e-14, 1e-322, "%+v %v", base, ahead)
				near.Equal(t, want, newBGNBD(t, 0.6, 3, p[0], p[1]).ExpectedIfAlive(c, ahead), 1e-14, 1e-322, "%+v %v", base, ahead)
				near.Equal(t, want, newParetoNBD(t, 0.6, 3, p[0], p[1]).ExpectedIfAlive(c, ahead), 1e-14, 1e-322, "%+v %v", base, ahead)
			}
		}
	}
}

// Small samples have several maxima, and the one next to the usual start need not be
// the highest: here nobody seems to drop out, unless a few do at once. Bar: L-BFGS and
// Nelder-Mead from eight random starts on a separate implementation of the likelihood
// find -62.02630664; the maximum nearby is -62.5176.
func TestSmallSamplesHaveSeveralMaxima(t *testing.T) {
	t.Parallel()
	table := observed(t, 9.6, map[float64]int{9.2: 7, 6.2: 6, 6.8: 3, 9.4: 4, 3.2: 1, 8.2: 2, 7.6: 4, 6.4: 2}, 2)
	f, err := clv.FitParetoNBD(t.Context(), table, clv.FitOptions{})
	require.NoError(t, err)
	require.Equal(t, clv.AtBoundary, f.Status)
	require.GreaterOrEqual(t, f.LogLik, -62.02630664)
	sum := 0.0
	for c, n := range table.All() {
		sum += float64(n) * f.Model.LogLik(c)
	}
	near.Equal(t, sum, f.LogLik, 1e-12, 0)
}

// A repeat purchase at age 0 has an infinite density as purchase rates run away: a
// search from elsewhere does not trade a maximum for that, and the fit says so.
func TestSearchesLeavePolesAlone(t *testing.T) {
	t.Parallel()
	table := observed(t, 98, map[float64]int{38: 11, 33: 1, 26: 1, 4: 2, 53: 2, 0: 1, 39: 4}, 3)
	f, err := clv.FitBGNBD(t.Context(), table, clv.FitOptions{})
	require.NoError(t, err)
	require.Equal(t, clv.Unbounded, f.Status)
	require.Equal(t, "R/Alpha goes to +Inf: a repeat purchase at age 0 has an infinite density", f.Warnings[0].String())
	p := f.Model.Params()
	require.Less(t, p.R/p.Alpha, 10.0)
	// Without that customer there is a maximum next to it.
	other, err := clv.FitBGNBD(t.Context(), observed(t, 98, map[float64]int{38: 11, 33: 1, 26: 1, 4: 2, 53: 2, 39: 4}, 3), clv.FitOptions{})
	require.NoError(t, err)
	require.NotEqual(t, clv.Unbounded, other.Status)
}

// observed returns a table of customers of one age: how often who bought last when,
// and how many never did again.
func observed(t *testing.T, age float64, purchases map[float64]int, silent int64) *rfm.Patterns {
	t.Helper()
	var table rfm.Patterns
	require.NoError(t, table.Add(rfm.Pattern{T: age}, silent))
	for last, x := range purchases {
		require.NoError(t, table.Add(rfm.Pattern{X: x, TX: last, T: age}, 1))
	}
	return &table
}
