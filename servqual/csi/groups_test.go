package csi_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/csi"
)

func compare(t require.TestingT, m csi.Model, first, second [][]float64, o csi.Options, workers int) csi.Comparison {
	c, err := m.Compare(context.Background(), first, second, o, csi.Permutation{Replicates: 199, Level: 0.95, Workers: workers}, seeded())
	require.NoError(t, err)
	return c
}

// Two samples of one kind differ in about as many figures as the level allows.
func TestCompareTheSame(t *testing.T) {
	t.Parallel()
	m, first := mobile(t, 150)
	second := simulate(m, 120, 77)
	c := compare(t, m, first, second, csi.Options{}, 1)
	assert.Equal(t, []int{150, 120, 0, 199, 0}, []int{c.First, c.Second, c.LeftOut, c.Replicates, c.Failed})
	same, far := 0, 0
	for _, v := range c.Invariance {
		assert.GreaterOrEqual(t, v.Correlation, 0.9)
		if v.Same {
			same++
		}
	}
	for _, d := range c.Differences {
		near.Equal(t, d.Second-d.First, d.Value, 0, 1e-12)
		assert.True(t, d.P > 0 && d.P <= 1)
		if d.P < 0.05 {
			far++
		}
	}
	assert.GreaterOrEqual(t, same, 5)
	assert.Less(t, far, len(c.Differences)/4)
	for _, workers := range []int{2, 8} {
		assert.Equal(t, c, compare(t, m, first, second, csi.Options{}, workers))
	}
}

// Figures are those of fits of each group, and correlations of composites those of scores.
func TestCompareAgainstFits(t *testing.T) {
	t.Parallel()
	m, first := mobile(t, 80)
	second := simulate(m, 90, 78)
	first[4][3], second[2][1] = missing, missing
	for _, use := range []csi.Use{csi.Listwise, csi.MeanReplacement} {
		o := csi.Options{Use: use}
		c := compare(t, m, first, second, o, 2)
		a, b := fit(t, m, first, o), fit(t, m, second, o)
		for _, d := range c.Differences {
			near.Equal(t, known(t, a, d.Parameter), d.First, 1e-9, 1e-9)
			near.Equal(t, known(t, b, d.Parameter), d.Second, 1e-9, 1e-9)
		}
		if use != csi.Listwise {
			continue
		}
		assert.Equal(t, 2, c.LeftOut)
		all := append(append([][]float64{}, first...), second...)
		pooled := fit(t, m, all, o)
		for j, v := range c.Invariance {
			x, y := composites(a, pooled, all, j), composites(b, pooled, all, j)
			near.Equal(t, product(standard(x), standard(y)), v.Correlation, 1e-9, 0)
			assert.Equal(t, v.Same, v.Correlation >= v.Least-1e-12)
			own := composites(pooled, pooled, all, j)
			p, q := own[:c.First], own[c.First:]
			n := float64(len(own))
			near.Equal(t, (mean(q)-mean(p))*math.Sqrt((n-1)/n), v.Mean*math.Sqrt((n-1)/n), 1e-9, 1e-12)
			near.Equal(t, math.Log(variance(q)/variance(p)), v.Variance, 1e-9, 1e-12)
		}
	}
}

func variance(x []float64) float64 {
	m, sum := mean(x), 0.0
	for _, v := range x {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(x)-1)
}

// composites returns a construct's scores of complete rows, standardised by all, with the
// weights of a fit.
func composites(f, all csi.Fit, rows [][]float64, construct int) (list []float64) {
	name := f.Model().Params().Constructs[construct].Name
	for _, row := range rows {
		if math.IsNaN(sum(row)) {
			continue
		}
		x := 0.0
		for i, item := range f.Items() {
			if item.Construct == name {
				x += item.Weight * (row[item.Position] - all.Items()[i].Mean) / all.Items()[i].SD
			}
		}
		list = append(list, x)
	}
	return list
}

// A group in which other items make up a construct is found out, and its paths are not
// compared as if they were the same thing; a better one has a better index.
func TestCompareWhatDiffers(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	r := rand.New(rand.NewPCG(3, 3))
	group := func(second bool) (rows [][]float64) {
		for range 200 {
			x := r.NormFloat64()
			row := make([]float64, 6)
			for h := range row {
				row[h] = 3.5 + x + 0.6*r.NormFloat64()
			}
			if second {
				row[0] = 3.5 + r.NormFloat64() // A's first item has come loose
				row[4], row[5] = row[4]+0.8, row[5]+0.8
			} else {
				row[1] = 3.5 + r.NormFloat64()
			}
			for h := range row {
				row[h] = min(max(row[h], 1), 7)
			}
			rows = append(rows, row)
		}
		return rows
	}
	c := compare(t, m, group(false), group(true), csi.Options{}, 1)
	assert.False(t, c.Invariance[0].Same)
	assert.Less(t, c.Invariance[0].Correlation, c.Invariance[0].Least)
	assert.True(t, c.Invariance[2].Same)
	assert.False(t, c.Invariance[2].Full)
	assert.Positive(t, c.Invariance[2].Mean)
	for _, d := range c.Differences {
		assert.Equal(t, d.Parameter.Construct != "A", d.Comparable, d.Parameter)
		if d.Parameter == (csi.Parameter{Quantity: csi.IndexScore, Construct: "C"}) {
			near.Equal(t, 100*0.8/6, d.Value, 0, 4)
			near.Equal(t, 0.005, d.P, 0, 1e-12)
		}
	}
}

// Composites that are the same may still differ in means or in variances, and then rows are
// not to be pooled.
func TestFullInvariance(t *testing.T) {
	t.Parallel()
	m, first := mobile(t, 150)
	change := func(rows [][]float64, times, plus float64) [][]float64 {
		for _, row := range rows {
			for h := range row {
				row[h] = 5.5 + times*(row[h]-5.5) + plus
			}
		}
		return rows
	}
	change(first, 0.6, 0)
	for _, c := range []struct {
		second         [][]float64
		mean, variance bool // differ
	}{
		{change(simulate(m, 150, 77), 0.6, 0), false, false},
		{change(simulate(m, 150, 77), 0.6, 1.5), true, false},
		{change(simulate(m, 150, 77), 0.3, 0), false, true},
	} {
		v, err := m.Compare(t.Context(), first, c.second, csi.Options{}, csi.Permutation{Replicates: 99, Level: 0.99}, seeded())
		require.NoError(t, err)
		for _, i := range v.Invariance {
			assert.Equal(t, i.P > 1-v.Level, i.Same)
			assert.Equal(t, i.Same && i.MeanP > 1-v.Level && i.VarianceP > 1-v.Level, i.Full)
			if i.Construct == "Value" {
				assert.True(t, i.Same)
				assert.Equal(t, c.mean, i.MeanP < 0.05, i)
				assert.Equal(t, c.variance, i.VarianceP < 0.05, i)
				assert.Equal(t, !c.mean && !c.variance, i.Full)
			}
		}
	}
	_, err := m.Compare(t.Context(), first, first, csi.Options{}, csi.Permutation{Replicates: 20, Level: 0.9}, seeded())
	require.NoError(t, err, "as few as there may be")
}

func TestComparisonsThatAreNone(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	rows := simulate(m, 30, 8)
	_, err := m.Compare(t.Context(), rows, rows, csi.Options{Scheme: "x"}, csi.Permutation{Workers: -1}, nil)
	require.EqualError(t, err, "csi: Scheme: must be empty or one of factorial, centroid; Replicates = 0: must be 20 to 100000; "+
		"Level = 0: must be 0.5 to 0.9999; Workers = -1: must be 0 to 64; Rand: must not be nil")
	p := csi.Permutation{Replicates: 20, Level: 0.9}
	bad := simulate(m, 30, 9)
	bad[2][1] = 0
	_, err = m.Compare(t.Context(), rows, bad, csi.Options{}, p, seeded())
	require.EqualError(t, err, "csi: Second[2][1] = 0: must be 1 to 7, or NaN where it is missing")
	_, err = m.Compare(t.Context(), rows[:2], rows, csi.Options{}, p, seeded())
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = m.Compare(t.Context(), rows, rows, csi.Options{Rounds: 1}, p, seeded())
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	// Most permutations leave one group without an estimate.
	few := [][]float64{{1, 2, 3, 4, 5, 6}, {2, 3, 1, 5, 6, 4}, {4, 4, 4, 4, 4, 5}}
	flat := [][]float64{{4, 4, 4, 4, 4, 4}, {4, 4, 4, 4, 4, 4}, {4, 4, 4, 4, 4, 4}, {4, 4, 4, 4, 4, 4}}
	_, err = m.Compare(t.Context(), few, append(flat, few...), csi.Options{}, p, seeded())
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// A change of the index between waves: the difference of bootstraps apart from each other.
func TestChange(t *testing.T) {
	t.Parallel()
	m, first := mobile(t, 150)
	second := simulate(m, 120, 77)
	for _, row := range second {
		for _, item := range []int{17, 18, 19} {
			row[item] = min(row[item]+1, 10)
		}
	}
	r := csi.Resampling{Replicates: 400, Jackknife: true}
	a := bootstrap(t, m, first, csi.Options{}, r)
	b, err := m.Bootstrap(t.Context(), second, csi.Options{}, r, rand.New(rand.NewPCG(8, 8)))
	require.NoError(t, err)
	p := csi.Parameter{Quantity: csi.IndexScore, Construct: "Satisfaction"}
	d, err := csi.Change(a, b, p)
	require.NoError(t, err)
	x, err := a.Of(p)
	require.NoError(t, err)
	y, err := b.Of(p)
	require.NoError(t, err)
	near.Equal(t, y.Value()-x.Value(), d.Value(), 1e-12, 0)
	near.Equal(t, y.Replicates()[17]-x.Replicates()[17], d.Replicates()[17], 1e-12, 0)
	sx, _ := x.SE()
	sy, _ := y.SE()
	sd, _ := d.SE()
	near.Equal(t, math.Hypot(sx, sy), sd, 0, 0.25)
	for _, method := range []csi.Method{csi.Percentile, csi.BCa} {
		i, err := d.Interval(method, 0.95)
		require.NoError(t, err)
		assert.True(t, i.Low > 2 && i.High < 20, i)
	}
	_, err = csi.Change(nil, &csi.Boot{}, p)
	require.EqualError(t, err, "csi: Earlier: must come from Model.Bootstrap; Later: must come from Model.Bootstrap")
	_, err = csi.Change(a, a, p)
	require.ErrorContains(t, err, "must have another seed")
	_, err = csi.Change(a, b, csi.Parameter{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	other := bootstrap(t, model(t, chain()), simulate(model(t, chain()), 30, 1), csi.Options{Use: csi.Pairwise}, csi.Resampling{Replicates: 20})
	_, err = csi.Change(other, b, p)
	require.ErrorContains(t, err, "Later: must be of the same model; Later: must have the same options")
	c, err := m.Bootstrap(t.Context(), second, csi.Options{}, csi.Resampling{Replicates: 500, Shard: &csi.Shard{From: 450, To: 460}}, rand.New(rand.NewPCG(8, 8)))
	require.NoError(t, err)
	_, err = csi.Change(a, c, p)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}
