package spc_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/spc"
)

func gap() spc.Reading { return spc.Reading{Missing: true} }

// A day without a value is no zero, and no moving range reaches over it unless asked.
func TestGaps(t *testing.T) {
	t.Parallel()
	readings := []spc.Reading{{Value: 10}, {Value: 12}, gap(), {Value: 30}, {Value: 29}}
	x, err := spc.XmR(readings, spc.XmROptions{})
	require.NoError(t, err)
	assert.Equal(t, []float64{2, 1}, x.Ranges)
	near.Equal(t, 20.25, x.Limits.Center, 1e-15, 0)
	assert.True(t, x.Points[2].Missing)
	assert.Zero(t, x.Points[2].Band)
	bridged, err := spc.XmR(readings, spc.XmROptions{Bridge: true})
	require.NoError(t, err)
	assert.Equal(t, []float64{2, 18, 1}, bridged.Ranges)
	for _, none := range [][]spc.Reading{nil, {{Value: 1}}, {{Value: 1}, gap(), {Value: 2}}} {
		_, err := spc.XmR(none, spc.XmROptions{})
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	_, err = spc.XmR([]spc.Reading{{Value: 1}, gap(), {Value: 2}}, spc.XmROptions{Bridge: true})
	require.NoError(t, err)
}

// Another unit and another zero move a chart with them, and no signal.
func TestXmRIsAffine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Map(rapid.IntRange(-1000, 1000), func(i int) float64 { return float64(i) }), 3, 60).Draw(t, "values")
		scale, shift := rapid.SampledFrom([]float64{0.5, 2, 1024}).Draw(t, "scale"), float64(rapid.IntRange(-5000, 5000).Draw(t, "shift"))
		moved := make([]float64, len(values))
		for i, v := range values {
			moved[i] = scale*v + shift
		}
		for _, e := range []spc.Estimator{spc.MeanRange, spc.MedianRange, spc.StandardDeviation} {
			a, err := spc.XmR(spc.Readings(values...), spc.XmROptions{Sigma: e})
			require.NoError(t, err)
			b, err := spc.XmR(spc.Readings(moved...), spc.XmROptions{Sigma: e})
			require.NoError(t, err)
			near.Equal(t, scale*a.Limits.Center+shift, b.Limits.Center, 1e-12, 1e-9)
			near.Equal(t, scale*a.Limits.Sigma, b.Limits.Sigma, 1e-9, 1e-9)
			assert.LessOrEqual(t, b.Points[0].Lower, b.Points[0].Upper)
		}
	})
}

func TestChartsRefuse(t *testing.T) {
	t.Parallel()
	bad := []spc.Reading{{Value: 1}, {Value: math.NaN()}, {Value: math.Inf(1)}}
	_, err := spc.XmR(bad, spc.XmROptions{})
	require.EqualError(t, err, "spc: [1].Value = NaN: must be -1e+100 to 1e+100; [2].Value = +Inf: must be -1e+100 to 1e+100")
	_, err = spc.XmR(spc.Readings(1, 2), spc.XmROptions{Sigma: "guess"})
	assert.Equal(t, "Sigma", field(err))
	for _, chart := range []func([]spc.Reading) error{
		func(r []spc.Reading) error { _, err := spc.C(r); return err },
		func(r []spc.Reading) error { _, err := spc.G(r); return err },
		func(r []spc.Reading) error { _, err := spc.T(r, spc.XmROptions{}); return err },
	} {
		assert.Equal(t, "[1].Value", field(chart(spc.Readings(1, -1))))
		require.ErrorIs(t, chart(nil), relmark.ErrTooFew)
		require.ErrorIs(t, chart([]spc.Reading{gap()}), relmark.ErrTooFew)
	}
	for _, chart := range []func([]spc.Sample) (spc.Chart, error){spc.P, spc.U} {
		_, err := chart([]spc.Sample{{Count: -1, Size: 2}})
		assert.Equal(t, "[0].Count", field(err))
		_, err = chart([]spc.Sample{{Count: 1}})
		assert.Equal(t, "[0].Size", field(err))
		_, err = chart([]spc.Sample{{Missing: true}})
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	_, err = spc.P([]spc.Sample{{Count: 3, Size: 2}})
	assert.Equal(t, "[0].Count", field(err))
	_, err = spc.U([]spc.Sample{{Count: 3, Size: 2}})
	require.NoError(t, err)
	for _, groups := range [][][]float64{nil, {{1, 2}}} {
		_, err = spc.XbarR(groups)
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	_, err = spc.XbarS([][]float64{{1}, {2}})
	assert.Equal(t, "Size", field(err))
	_, err = spc.XbarS([][]float64{{1, 2}, {2, 3, 4}})
	assert.Equal(t, "[1]", field(err))
	_, err = spc.XbarS([][]float64{{1, 2}, {2, math.NaN()}})
	assert.Equal(t, "[1][1]", field(err))
}

// Laney's charts are made of shares or rates, and need neighbours.
func TestLaney(t *testing.T) {
	t.Parallel()
	c, err := spc.C(spc.Readings(1, 2, 3))
	require.NoError(t, err)
	_, err = c.Laney()
	assert.Equal(t, "Kind", field(err))
	_, err = c.Overdispersion()
	assert.Equal(t, "Kind", field(err))
	one, err := spc.P([]spc.Sample{{Count: 1, Size: 4}, {Missing: true}})
	require.NoError(t, err)
	_, err = one.Laney()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	p, err := spc.P([]spc.Sample{{Count: 900, Size: 1000}, {Count: 700, Size: 1000}, {Missing: true}, {Count: 800, Size: 2000}, {Count: 1000, Size: 2000}})
	require.NoError(t, err)
	l, err := p.Laney()
	require.NoError(t, err)
	assert.Greater(t, l.Limits.Sigma, 5.0)
	assert.True(t, l.Points[2].Missing)
	m, err := spc.NewMonitor(l.Limits, spc.Nelson())
	require.NoError(t, err)
	v, err := m.Add(0.9, 1000)
	require.NoError(t, err)
	near.Equal(t, l.Points[0].Z, v.Z, 1e-12, 0)
	near.Equal(t, l.Points[0].Lower, v.Band.Lower, 1e-12, 0)
}

// J. C. Benneyan (2001): centre ḡ and 3σ = 3√(ḡ(ḡ + 1)); no lower limit above 0. Here
// 8 stays on average: 8 + 3√72.
func TestG(t *testing.T) {
	t.Parallel()
	c, err := spc.G(spc.Readings(4, 12, 0, 16))
	require.NoError(t, err)
	near.Equal(t, 8+3*math.Sqrt(72), c.Points[0].Upper, 1e-15, 0)
	assert.Zero(t, c.Points[0].Lower)
}

// The band of T is that of the roots, back in time; points are judged by their roots,
// and a monitor by these limits takes times and says the same.
func TestT(t *testing.T) {
	t.Parallel()
	times := []float64{3, 9, 1, 14, 6, 2, 11, 4, 7, 5}
	c, err := spc.T(append(spc.Readings(times...), gap()), spc.XmROptions{})
	require.NoError(t, err)
	roots := make([]float64, len(times))
	for i, x := range times {
		roots[i] = math.Pow(x, 1/3.6)
	}
	x, err := spc.XmR(spc.Readings(roots...), spc.XmROptions{})
	require.NoError(t, err)
	near.Equal(t, math.Pow(x.Limits.Center, 3.6), c.Limits.Middle(), 1e-14, 0)
	near.Equal(t, x.Limits.Center, x.Limits.Middle(), 0, 0)
	near.Equal(t, math.Pow(x.Points[0].Upper, 3.6), c.Points[0].Upper, 1e-14, 0)
	assert.GreaterOrEqual(t, c.Points[0].Lower, 0.0)
	assert.True(t, c.Points[10].Missing)
	m, err := spc.NewMonitor(c.Limits, spc.Nelson())
	require.NoError(t, err)
	for i, v := range times {
		near.Equal(t, v, c.Points[i].Value, 0, 0)
		near.Equal(t, x.Points[i].Z, c.Points[i].Z, 1e-13, 1e-13)
		verdict, err := m.Add(v, 1)
		require.NoError(t, err)
		assert.Equal(t, c.Points[i].Z, verdict.Z) //nolint:testifylint // the same steps
	}
	long, err := m.Add(c.Points[0].Upper*1.01, 1)
	require.NoError(t, err)
	assert.True(t, long.Fired.Has(0))
	_, err = m.Add(-1, 1)
	assert.Equal(t, "Value", field(err))
}

// d2 and d3 by their integrals, for every size: with
// P(R ≤ r) = n·∫ φ(x)·(F(x + r) − F(x))^(n−1) dx, E R = ∫ P(R > r) dr and
// E R² = ∫ 2r·P(R > r) dr. The inner integral is by the trapezoid, which converges
// geometrically for a density, the outer one by Gauss's rule.
func TestRangesAreTheirIntegrals(t *testing.T) {
	t.Parallel()
	const edge, h, most, points = 9.0, 0.05, 25, 120
	normal := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	r, weights := make([]float64, points), make([]float64, points)
	quad.Legendre{}.FixedLocations(r, weights, 0, 2*edge)
	var first, second [most + 1]float64
	for i, at := range r {
		var within [most + 1]float64 // P(R ≤ at) by size
		for x := -edge - at; x <= edge; x += h {
			d, power := normal(x+at)-normal(x), math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)*h
			for n := 2; n <= most; n++ {
				power *= d
				within[n] += float64(n) * power
			}
		}
		for n := 2; n <= most; n++ {
			first[n] += weights[i] * (1 - within[n])
			second[n] += weights[i] * 2 * at * (1 - within[n])
		}
	}
	for n := 2; n <= most; n++ {
		c, err := spc.FactorsOf(n)
		require.NoError(t, err)
		near.Equal(t, first[n], c.D2, 1e-12, 0, "size %d", n)
		near.Equal(t, math.Sqrt(second[n]-first[n]*first[n]), c.D3, 1e-11, 0, "size %d", n)
	}
	for _, n := range []int{1, 26, math.MinInt} {
		_, err := spc.FactorsOf(n)
		assert.Equal(t, "Size", field(err))
	}
}

// Welch's effect needs neighbours in both phases, and a level.
func TestCompareRefuses(t *testing.T) {
	t.Parallel()
	good := spc.Readings(1, 2, 3)
	_, err := spc.Compare(good, spc.Readings(1), 0.95, spc.XmROptions{})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	require.ErrorContains(t, err, "after: ")
	_, err = spc.Compare(nil, good, 0.95, spc.XmROptions{})
	require.ErrorContains(t, err, "before: ")
	_, err = spc.Compare(good, good, 1, spc.XmROptions{})
	assert.Equal(t, "Level", field(err))
	e, err := spc.Compare(spc.Readings(2, 2, 2), spc.Readings(2, 2), 0.95, spc.XmROptions{})
	require.NoError(t, err)
	assert.Zero(t, e.InSigma)
	assert.InDelta(t, 1, e.P, 0) //nolint:forbidigo // exactly
	e, err = spc.Compare(spc.Readings(2, 2, 2), spc.Readings(3, 3), 0.95, spc.XmROptions{})
	require.NoError(t, err)
	assert.True(t, math.IsInf(e.InSigma, 1))
	assert.Zero(t, e.P)
}

func FuzzXmR(f *testing.F) {
	f.Add(1.0, 2.0, 3.5, true)
	f.Fuzz(func(t *testing.T, a, b, c float64, missing bool) {
		x, err := spc.XmR([]spc.Reading{{Value: a}, {Value: b, Missing: missing}, {Value: c}, {Value: a}}, spc.XmROptions{})
		if err != nil {
			return
		}
		require.NoError(t, x.Limits.Validate())
		_, err = x.Judge(spc.Nelson())
		require.NoError(t, err)
	})
}
