package encounter_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/encounter"
)

func options() encounter.KappaOptions { return encounter.KappaOptions{Grades: 4, Level: 0.95} }

// Kappa does not change when raters are swapped, an unused grade is added or grades are
// relabelled in reverse; agreeing on everything it is 1.
func TestKappaProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		grade := rapid.OneOf(rapid.IntRange(0, 3), rapid.Just(encounter.NotRated))
		first := rapid.SliceOfN(grade, n, n).Draw(t, "first")
		second := rapid.SliceOfN(grade, n, n).Draw(t, "second")
		o := options()
		o.Weights = rapid.SampledFrom([]encounter.Weighting{"", "linear", "quadratic"}).Draw(t, "weights")
		a, err := encounter.Kappa(first, second, o)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.Equal(t, n, a.N+a.Dropped)
		swapped, err := encounter.Kappa(second, first, o)
		require.NoError(t, err)
		same(t, a, swapped)
		reversed := func(list []int) []int {
			out := make([]int, len(list))
			for i, g := range list {
				out[i] = g
				if g >= 0 {
					out[i] = 3 - g
				}
			}
			return out
		}
		turned, err := encounter.Kappa(reversed(first), reversed(second), o)
		require.NoError(t, err)
		same(t, a, turned)
		perfect, err := encounter.Kappa(first, first, o)
		require.NoError(t, err)
		near.Equal(t, 1, perfect.Observed, 1e-12, 0)
		if perfect.Kappa != nil {
			near.Equal(t, 1, *perfect.Kappa, 1e-9, 0)
		}
		if o.Weights == "" {
			o.Grades = 9
			more, err := encounter.Kappa(first, second, o)
			require.NoError(t, err)
			same(t, a, more)
		}
	})
}

func same(t require.TestingT, a, b encounter.Agreement) {
	require.Equal(t, a.N, b.N)
	require.Equal(t, a.Kappa == nil, b.Kappa == nil)
	if a.Kappa != nil {
		require.InDelta(t, *a.Kappa, *b.Kappa, 1e-9) //nolint:forbidigo // neither is NaN
		require.InDelta(t, *a.SE, *b.SE, 1e-7)       //nolint:forbidigo // neither is NaN
	}
}

func TestKappaOfOneGrade(t *testing.T) {
	t.Parallel()
	a, err := encounter.Kappa([]int{1, 1}, []int{1, 1}, options())
	require.NoError(t, err)
	assert.Nil(t, a.Kappa)
	near.Equal(t, 1, a.Expected, 1e-15, 0)
}

func TestKappaRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, second []int
		o             encounter.KappaOptions
	}{
		"lengths": {[]int{1}, []int{1, 2}, options()},
		"grade":   {[]int{4}, []int{1}, options()},
		"below":   {[]int{1}, []int{-2}, options()},
		"grades":  {[]int{0}, []int{0}, encounter.KappaOptions{Grades: 1, Level: 0.95}},
		"weights": {[]int{0}, []int{0}, encounter.KappaOptions{Grades: 2, Level: 0.95, Weights: "cubic"}},
		"level":   {[]int{0}, []int{0}, encounter.KappaOptions{Grades: 2}},
		"below 0": {[]int{0, 1}, []int{0, -1}, options()},
	} {
		_, err := encounter.Kappa(c.first, c.second, c.o)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

func table(rows ...[]float64) [][]*float64 {
	out := make([][]*float64, len(rows))
	for i, row := range rows {
		for _, v := range row {
			if math.IsNaN(v) {
				out[i] = append(out[i], nil)
			} else {
				out[i] = append(out[i], &v)
			}
		}
	}
	return out
}

func drawTable(t *rapid.T, rows int) [][]*float64 {
	units := rapid.IntRange(2, 8).Draw(t, "units")
	var out [][]float64
	for range rows {
		row := make([]float64, units)
		for i := range row {
			row[i] = float64(rapid.IntRange(0, 4).Draw(t, "rating"))
			if rapid.IntRange(0, 5).Draw(t, "gap") == 0 {
				row[i] = math.NaN()
			}
		}
		out = append(out, row)
	}
	return table(out...)
}

// Alpha by pairs of ratings: within units against all, each counted by hand.
func naiveAlpha(raters [][]*float64) (observed, expected float64, ok bool) {
	var all []float64
	for u := range raters[0] {
		var unit []float64
		for _, row := range raters {
			if row[u] != nil {
				unit = append(unit, *row[u])
			}
		}
		if len(unit) < 2 {
			continue
		}
		all = append(all, unit...)
		for i, a := range unit {
			for j, b := range unit {
				if i != j {
					observed += (a - b) * (a - b) / float64(len(unit)-1)
				}
			}
		}
	}
	n := float64(len(all))
	for _, a := range all {
		for _, b := range all {
			expected += (a - b) * (a - b)
		}
	}
	return observed / n, expected / (n * (n - 1)), len(all) > 0
}

func TestAlphaIsThatOfPairs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raters := drawTable(t, rapid.IntRange(1, 4).Draw(t, "raters"))
		a, err := encounter.Krippendorff(encounter.IntervalScale, raters)
		observed, expected, ok := naiveAlpha(raters)
		if !ok {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.NoError(t, err)
		near.Equal(t, observed, a.Observed, 1e-12, 1e-12)
		near.Equal(t, expected, a.Expected, 1e-12, 1e-12)
		require.Equal(t, expected == 0, a.Alpha == nil)
		for _, scale := range []encounter.Scale{encounter.Nominal, encounter.Ordinal, encounter.Ratio} {
			b, err := encounter.Krippendorff(scale, raters)
			require.NoError(t, err)
			if b.Alpha != nil {
				require.LessOrEqual(t, *b.Alpha, 1.0)
			}
		}
	})
}

func TestAlphaRefuses(t *testing.T) {
	t.Parallel()
	many := make([]float64, 1001)
	for i := range many {
		many[i] = float64(i)
	}
	for name, c := range map[string]struct {
		scale  encounter.Scale
		raters [][]*float64
	}{
		"scale": {"", table([]float64{1})}, "uneven": {encounter.Nominal, table([]float64{1}, []float64{1, 2})},
		"infinite": {encounter.Nominal, table([]float64{math.Inf(1)})}, "negative": {encounter.Ratio, table([]float64{-1}, []float64{1})},
		"different": {encounter.Ratio, table(many, many)},
	} {
		_, err := encounter.Krippendorff(c.scale, c.raters)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := encounter.Krippendorff(encounter.Nominal, nil)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, p := range []servqual.Resampling{{Replicates: 10, Level: 0.9}, {Replicates: 100}, {Replicates: 100, Level: 0.9, Workers: -1}} {
		_, err = encounter.ResampleAlpha(t.Context(), encounter.Nominal, table([]float64{1, 2}, []float64{1, 2}), p, seeded())
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	p := servqual.Resampling{Replicates: 100, Level: 0.9}
	_, err = encounter.ResampleAlpha(t.Context(), "x", table([]float64{1, 2}, []float64{1, 2}), p, seeded())
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = encounter.ResampleAlpha(t.Context(), encounter.Nominal, table([]float64{1}, []float64{1}), p, seeded())
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = encounter.ResampleAlpha(t.Context(), encounter.Nominal, table([]float64{1, 1, 1, 1}, []float64{1, 1, 1, 1}), p, seeded())
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func seeded() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func TestResampledAlpha(t *testing.T) {
	t.Parallel()
	source := rand.New(rand.NewPCG(3, 5))
	var first, second []float64
	for range 60 {
		x := float64(source.IntN(5))
		first, second = append(first, x), append(second, x+float64(source.IntN(2)))
	}
	raters := table(first, second)
	a, err := encounter.Krippendorff(encounter.IntervalScale, raters)
	require.NoError(t, err)
	p := servqual.Resampling{Replicates: 500, Level: 0.95}
	one, err := encounter.ResampleAlpha(t.Context(), encounter.IntervalScale, raters, p, seeded())
	require.NoError(t, err)
	assert.Less(t, one.Low, *a.Alpha)
	assert.Greater(t, one.High, *a.Alpha)
	p.Workers = 8
	eight, err := encounter.ResampleAlpha(t.Context(), encounter.IntervalScale, raters, p, seeded())
	require.NoError(t, err)
	assert.Equal(t, one, eight)
}

// Adding a constant to a rater leaves consistency as it is, another unit all coefficients.
func TestIntraclassProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 4).Draw(t, "raters")
		var rows, moved, scaled [][]float64
		for range rapid.IntRange(2, 8).Draw(t, "targets") {
			row := rapid.SliceOfN(rapid.Float64Range(0, 10), k, k).Draw(t, "row")
			m, s := make([]float64, k), make([]float64, k)
			for i, x := range row {
				m[i], s[i] = x+float64(i), 4*x
			}
			rows, moved, scaled = append(rows, row), append(moved, m), append(scaled, s)
		}
		a, err := encounter.IntraclassOf(table(rows...), 0.9)
		require.NoError(t, err)
		if a.Three == nil || a.MSError < 1e-6 {
			return
		}
		b, err := encounter.IntraclassOf(table(moved...), 0.9)
		require.NoError(t, err)
		near.Equal(t, a.Three.ICC, b.Three.ICC, 1e-6, 1e-6)
		c, err := encounter.IntraclassOf(table(scaled...), 0.9)
		require.NoError(t, err)
		if a.Two != nil && c.Two != nil {
			near.Equal(t, a.Two.ICC, c.Two.ICC, 1e-9, 1e-9)
		}
		for _, i := range []*encounter.ICC{a.One, a.Two, a.Three, a.OneMean, a.TwoMean, a.ThreeMean} {
			if i == nil {
				continue
			}
			bracketed(t, i)
		}
	})
}

func bracketed(t require.TestingT, i *encounter.ICC) {
	for _, x := range []float64{i.ICC, i.P, i.F} {
		require.LessOrEqual(t, math.Abs(x), math.MaxFloat64)
	}
	slack := 1e-9 * (1 + math.Abs(i.ICC))
	if i.Low != nil {
		require.LessOrEqual(t, *i.Low, i.ICC+slack)
	}
	if i.High != nil {
		require.GreaterOrEqual(t, *i.High, i.ICC-slack)
	}
}

func TestIntraclassRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows  [][]*float64
		level float64
	}{
		"nothing": {nil, 0.9}, "uneven": {table([]float64{1, 2}, []float64{1}), 0.9}, "level": {table([]float64{1, 2}, []float64{1, 2}), 0},
		"large": {table([]float64{1, 2}, []float64{1, 1e101}), 0.9},
	} {
		_, err := encounter.IntraclassOf(c.rows, c.level)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	i, err := encounter.IntraclassOf(table([]float64{0.1, 0.1}, []float64{0.7, 0.7}), 0.9)
	require.NoError(t, err)
	assert.Nil(t, i.One, "raters agree to the last bit")
}

func FuzzKappa(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0x80}, []byte{1, 2, 0, 1}, 4)
	f.Fuzz(func(t *testing.T, first, second []byte, grades int) {
		list := func(b []byte) (out []int) {
			for _, x := range b {
				g := int(int8(x))
				if g == math.MinInt8 {
					g = encounter.NotRated
				}
				out = append(out, g)
			}
			return out
		}
		a, err := encounter.Kappa(list(first), list(second), encounter.KappaOptions{Grades: grades, Level: 0.9, Weights: encounter.QuadraticWeights})
		if err == nil && a.Kappa != nil {
			require.False(t, math.IsNaN(*a.Kappa) || math.IsNaN(*a.SE))
		}
	})
}

func FuzzIntraclass(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 0.9)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, level float64) {
		i, err := encounter.IntraclassOf([][]*float64{{&a, &b}, {&c, &d}, {&e, &g}}, level)
		if err != nil || i.One == nil {
			return
		}
		for _, x := range []*encounter.ICC{i.One, i.Two, i.Three, i.OneMean, i.TwoMean, i.ThreeMean} {
			if x == nil {
				continue
			}
			bracketed(t, x)
		}
	})
}

// A context that has ended ends the work.
func TestResampledAlphaEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	raters := table([]float64{1, 2, 3}, []float64{1, 2, 2})
	p := servqual.Resampling{Replicates: 100, Level: 0.9}
	_, err := encounter.ResampleAlpha(ctx, encounter.IntervalScale, raters, p, seeded())
	require.ErrorIs(t, err, context.Canceled)
	_, err = encounter.ResampleAlpha(t.Context(), encounter.IntervalScale, raters, p, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}
