package profitchain_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/profitchain"
)

// Other units of measurement change slopes by their ratio, and nothing that has no unit.
func TestUnitsOfMeasurement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := simulated(12, 6, rapid.Uint64().Draw(t, "seed"), 1, 0.5)
		scale, shift := rapid.Float64Range(0.01, 100).Draw(t, "scale"), rapid.Float64Range(-50, 50).Draw(t, "shift")
		other := panel(t, p.Measures())
		for r := range p.Rows() {
			if r.Values[2] != nil {
				r.Values[2] = new(*r.Values[2]*scale + shift)
			}
			require.NoError(t, other.Add(r))
		}
		for _, kind := range []profitchain.Errors{profitchain.Classic, profitchain.Clustered} {
			params := profitchain.Params{Links: system(), Level: 0.95, Within: rapid.Bool().Draw(t, "within"), Errors: kind}
			f, g := estimate(t, p, params), estimate(t, other, params)
			for i, s := range f.Links {
				by := 1.0
				switch {
				case s.To == "c":
					by = scale
				case s.From == "c":
					by = 1 / scale
				}
				near.Equal(t, s.Slope.B*by, g.Links[i].Slope.B, 1e-8, 1e-12*by)
				near.Equal(t, s.Slope.SE*by, g.Links[i].Slope.SE, 1e-8, 0)
				near.Equal(t, *s.Slope.Beta, *g.Links[i].Slope.Beta, 1e-8, 1e-11)
				near.Equal(t, s.Correlation.KendallB, g.Links[i].Correlation.KendallB, 0, 1e-3) // rounding may tie differences
			}
			a, err := f.Effect("a", "d", 1)
			require.NoError(t, err)
			b, err := g.Effect("a", "d", 1)
			require.NoError(t, err)
			near.Equal(t, *a.Value, *b.Value, 1e-8, 1e-11)
			near.Equal(t, *a.SE, *b.SE, 1e-8, 0)
		}
	})
}

// The order in which rows come changes no bit.
func TestOrderOfRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := simulated(8, 6, rapid.Uint64().Draw(t, "seed"), 1, 0.5)
		rows := slices.Collect(p.Rows())
		other := panel(t, p.Measures(), rapid.Permutation(rows).Draw(t, "order")...)
		params := profitchain.Params{Links: system(), Level: 0.95, Within: rapid.Bool().Draw(t, "within"), Errors: profitchain.Clustered}
		require.Equal(t, estimate(t, p, params).Links, estimate(t, other, params).Links)
		a, err := p.Correlations()
		require.NoError(t, err)
		b, err := other.Correlations()
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}

// Ranks do not change where order does not, and all correlations change sides together.
func TestCorrelationsUnderTransforms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 40).Draw(t, "n")
		x, y, z, w := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			x[i], y[i] = float64(rapid.IntRange(-9, 9).Draw(t, "x")), float64(rapid.IntRange(-9, 9).Draw(t, "y"))
			z[i], w[i] = math.Exp(x[i]/4), -y[i]
		}
		a, err := profitchain.Correlate(x, y, 0.9)
		if err != nil {
			return
		}
		b, err := profitchain.Correlate(z, y, 0.9)
		require.NoError(t, err)
		near.Slice(t, []float64{a.Spearman, a.KendallB}, []float64{b.Spearman, b.KendallB}, 0, 0)
		c, err := profitchain.Correlate(x, w, 0.9)
		require.NoError(t, err)
		near.Slice(t, []float64{-a.R, -a.Spearman, -a.KendallB, a.P}, []float64{c.R, c.Spearman, c.KendallB, c.P}, 1e-13, 1e-15)
		for _, r := range []float64{a.R, a.Spearman, a.KendallB} {
			require.LessOrEqual(t, math.Abs(r), 1.0)
		}
		require.LessOrEqual(t, a.Interval.Low, a.R)
		require.GreaterOrEqual(t, a.Interval.High, a.R)
	})
}
