package csi_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual/csi"
)

func fit(t require.TestingT, m csi.Model, rows [][]float64, o csi.Options) csi.Fit {
	f, err := m.Fit(collect(t, m, rows), o)
	require.NoError(t, err)
	return f
}

func anyScheme(t *rapid.T) csi.Scheme {
	return rapid.SampledFrom([]csi.Scheme{csi.PathWeighting, csi.Factorial, csi.Centroid}).Draw(t, "scheme")
}

// Models of any shape and mode, on any answers, come to what the algorithm on rows gives.
func TestAgainstRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := model(t, anyModel(t))
		p, scheme := m.Params(), anyScheme(t)
		rows := anyRows(t, items(p), 20, false, false)
		got, err := m.Fit(collect(t, m, rows), csi.Options{Scheme: scheme})
		if err != nil {
			t.Skip() // what is collinear or constant is tested elsewhere
		}
		want := byHand(p, rows, scheme, 300)
		if !want.rest {
			t.Skip()
		}
		for _, item := range got.Items() {
			near.Equal(t, want.weights[item.Position], item.Weight, 1e-6, 1e-8)
			near.Equal(t, want.loadings[item.Position], item.Loading, 1e-6, 1e-8)
		}
		for _, path := range got.Paths() {
			near.Equal(t, want.paths[csi.Link{From: path.From, To: path.To}], path.Value, 1e-6, 1e-8)
		}
		for _, measure := range got.Measures() {
			if measure.R2 != nil {
				near.Equal(t, want.r2[measure.Name], *measure.R2, 1e-6, 1e-8)
			}
		}
	})
}

// What a fit says holds together: variances, sums, bounds, the sign rule, both ways to an
// effect.
func TestFitsHoldTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := model(t, anyModel(t))
		p := m.Params()
		rows := anyRows(t, items(p), 20, true, true)
		o := csi.Options{Scheme: anyScheme(t), Use: rapid.SampledFrom([]csi.Use{csi.Listwise, csi.MeanReplacement}).Draw(t, "use")}
		f, err := m.Fit(collect(t, m, rows), o)
		if err != nil {
			t.Skip()
		}
		assert.True(t, f.Converged())
		assert.Equal(t, int64(len(rows)), f.Respondents())
		assert.LessOrEqual(t, f.Complete(), f.N())
		sums := map[string]float64{}
		for _, item := range f.Items() {
			assert.LessOrEqual(t, math.Abs(item.Loading), 1+1e-9)
			sums[item.Construct] += item.Loading
		}
		for name, sum := range sums {
			assert.GreaterOrEqual(t, sum, -1e-12, name)
		}
		var routes func(from, to string) float64
		routes = func(from, to string) (sum float64) {
			for _, path := range f.Paths() {
				if path.From == from && path.To == to {
					sum += path.Value
				} else if path.From == from {
					sum += path.Value * routes(path.To, to)
				}
			}
			return sum
		}
		for _, e := range f.Effects() {
			near.Equal(t, routes(e.From, e.To), e.Total, 1e-9, 1e-12)
			near.Equal(t, e.Total, e.Direct+e.Indirect, 1e-9, 1e-12)
		}
		for _, measure := range f.Measures() {
			sum := 0.0
			for i, v := range measure.Eigenvalues {
				sum += v
				assert.True(t, i == 0 || v <= measure.Eigenvalues[i-1]+1e-12)
			}
			near.Equal(t, float64(measure.Items), sum, 1e-12, 0)
			assert.True(t, measure.R2 == nil || *measure.R2 >= -1e-12 && *measure.R2 <= 1 && *measure.AdjustedR2 <= *measure.R2+1e-12)
			assert.Equal(t, measure.Mode == csi.ModeB, measure.RhoC == nil)
		}
		_, err = json.Marshal(f.Measures())
		require.NoError(t, err)
		for _, path := range f.Paths() {
			assert.GreaterOrEqual(t, path.VIF, 1-1e-12)
		}
		scores(t, f, rows)
	})
}

// scores checks that those of all rows have the mean and variance, and the index, of the
// fit.
func scores(t tb, f csi.Fit, rows [][]float64) {
	n, k := 0.0, len(f.Measures())
	sum, squares, index := make([]float64, k), make([]float64, k), make([]float64, k)
	for _, row := range rows {
		list, ok, err := f.Scores(row)
		require.NoError(t, err)
		if !ok {
			continue
		}
		n++
		for j, s := range list {
			sum[j] += s.Standard
			squares[j] += s.Standard * s.Standard
			if s.Index != nil {
				index[j] += *s.Index
			}
		}
	}
	near.Equal(t, float64(f.N()), n, 0, 0)
	for j, measure := range f.Measures() {
		near.Equal(t, 0, sum[j]/n, 0, 1e-9)
		near.Equal(t, 1, squares[j]/n, 0, 1e-7)
		if measure.Index != nil {
			near.Equal(t, *measure.Index, index[j]/n, 0, 1e-6)
			direct, err := f.Index(measure.Name)
			require.NoError(t, err)
			near.Equal(t, *measure.Index, direct, 0, 0)
		}
	}
}

// Another unit or origin of the items changes no standardised result, nor the index.
func TestScalesDoNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyModel(t)
		m := model(t, p)
		rows, scheme := anyRows(t, items(p), 20, true, false), anyScheme(t)
		a, err := m.Fit(collect(t, m, rows), csi.Options{Scheme: scheme})
		if err != nil {
			t.Skip()
		}
		by, shift := rapid.Float64Range(0.01, 100).Draw(t, "by"), rapid.Float64Range(-50, 50).Draw(t, "shift")
		p = m.Params()
		for j := range p.Constructs {
			p.Constructs[j].Low, p.Constructs[j].High = by+shift, 7*by+shift
			p.Constructs[j].Open = true
		}
		moved := make([][]float64, len(rows))
		for i, row := range rows {
			for _, x := range row {
				moved[i] = append(moved[i], x*by+shift)
			}
		}
		b := fit(t, model(t, p), moved, csi.Options{Scheme: scheme})
		for i, x := range a.Items() {
			near.Equal(t, x.Weight, b.Items()[i].Weight, 1e-6, 1e-8)
			near.Equal(t, x.Loading, b.Items()[i].Loading, 1e-6, 1e-8)
		}
		for i, x := range a.Measures() {
			if y := b.Measures()[i]; x.Index != nil && y.Index != nil {
				near.Equal(t, *x.Index, *y.Index, 1e-6, 1e-6)
			}
		}
	})
}

// With one item for each construct, paths are the standardised coefficients of least
// squares, whatever the mode and the scheme.
func TestSingleItemsAreLeastSquares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyModel(t)
		for j := range p.Constructs {
			p.Constructs[j].Items = []int{j}
		}
		m, k := model(t, p), len(p.Constructs)
		rows := anyRows(t, k, 20, false, false)
		f := fit(t, m, rows, csi.Options{Scheme: anyScheme(t)})
		c := stat.NewComoments(k)
		for _, row := range rows {
			c.Add(row)
		}
		v, _ := c.Covariance()
		at := map[string]int{}
		for j, construct := range p.Constructs {
			at[construct.Name] = j
		}
		for j, measure := range f.Measures() {
			var x []int
			for _, l := range p.Links {
				if l.To == measure.Name {
					x = append(x, at[l.From])
				}
			}
			if len(x) == 0 {
				continue
			}
			g, err := stat.Regress(v, j, x...)
			require.NoError(t, err)
			near.Equal(t, g.R2, *measure.R2, 1e-9, 1e-12)
			near.Equal(t, g.AdjustedR2(), *measure.AdjustedR2, 1e-9, 1e-12)
			for i, by := range x {
				e, err := f.Effect(p.Constructs[by].Name, measure.Name)
				require.NoError(t, err)
				near.Equal(t, g.Beta[i], e.Direct, 1e-8, 1e-10)
			}
			near.Equal(t, 100*(v.Mean[j]-1)/6, *measure.Index, 1e-12, 0)
		}
	})
}

// Constructs that are formed by their items, with weights and paths that are known: they
// are found again.
func TestKnownPaths(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{
			{Name: "A", Items: []int{0, 1, 2}, Mode: csi.ModeB, Low: -1, High: 1, Open: true},
			{Name: "B", Items: []int{3, 4}, Mode: csi.ModeB, Low: -1, High: 1, Open: true},
			{Name: "C", Items: []int{5, 6}, Low: -1, High: 1, Open: true},
		},
		Links: []csi.Link{{From: "A", To: "C"}, {From: "B", To: "C"}, {From: "A", To: "B"}},
	}
	m, r := model(t, p), rand.New(rand.NewPCG(4, 4))
	a := m.NewMoments()
	const n = 100_000
	for range n {
		row := make([]float64, 7)
		for i := range 5 {
			row[i] = r.NormFloat64()
		}
		of := 0.6*row[0] + 0.8*row[1]
		// B = 0.5·A + √0.75·noise is formed by items 3 and 4, of one half each.
		noise, apart := math.Sqrt(0.75)*r.NormFloat64(), r.NormFloat64()
		b := 0.5*of + noise
		row[3], row[4] = (b+apart)/math.Sqrt2, (b-apart)/math.Sqrt2
		c := 0.3*of + 0.4*b + 0.7*r.NormFloat64()
		row[5], row[6] = c, c+0.001*r.NormFloat64()
		require.NoError(t, a.Add(row))
	}
	for _, scheme := range []csi.Scheme{csi.PathWeighting, csi.Factorial, csi.Centroid} {
		f, err := m.Fit(a, csi.Options{Scheme: scheme})
		require.NoError(t, err)
		sd := math.Sqrt(0.09 + 0.16 + 2*0.3*0.4*0.5 + 0.49)
		for i, want := range []float64{0.3 / sd, 0.4 / sd, 0.5} {
			near.Equal(t, want, f.Paths()[i].Value, 0, 0.015, "%v", f.Paths()[i])
		}
		for i, want := range []float64{0.6, 0.8, 0, math.Sqrt(0.5), math.Sqrt(0.5)} {
			near.Equal(t, want, f.Items()[i].Weight, 0, 0.03, "%v", f.Items()[i])
		}
		near.Equal(t, 1/(1-0.25), f.Paths()[0].VIF, 0, 0.02)
	}
}

// A construct all of whose items are turned about is the same one, with paths turned
// about; sums of loadings stay above 0.
func TestSignRule(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 200)
	turned := make([][]float64, len(rows))
	quality := m.Params().Constructs[2]
	for i, row := range rows {
		turned[i] = slices.Clone(row)
		for _, item := range quality.Items {
			turned[i][item] = 11 - row[item]
		}
	}
	a, b := fit(t, m, rows, csi.Options{}), fit(t, m, turned, csi.Options{})
	for i, x := range a.Items() {
		near.Equal(t, x.Weight, b.Items()[i].Weight, 1e-9, 1e-12)
		near.Equal(t, x.Loading, b.Items()[i].Loading, 1e-9, 1e-12)
	}
	for i, x := range a.Paths() {
		sign := 1.0
		if x.From == quality.Name || x.To == quality.Name {
			sign = -1
		}
		near.Equal(t, sign*x.Value, b.Paths()[i].Value, 1e-9, 1e-12)
	}
	x, err := a.Index(quality.Name)
	require.NoError(t, err)
	y, err := b.Index(quality.Name)
	require.NoError(t, err)
	near.Equal(t, 100-x, y, 1e-9, 0)
}

// Rows that have no estimate say why, by item or by construct.
func TestRowsWithoutAnEstimate(t *testing.T) {
	t.Parallel()
	base := func(i int) []float64 {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		row := make([]float64, 6)
		x := r.Float64()
		for h := range row {
			row[h] = 2 + 2*x + r.Float64()
		}
		return row
	}
	for _, c := range []struct {
		name   string
		mode   csi.Mode
		links  []csi.Link
		change func(i int, row []float64)
		want   string
	}{
		{"constant", "", nil, func(_ int, row []float64) { row[3] = 0.1 + 1.1 }, "csi: Constructs[1].Items[1]: must vary: all rows have one answer"},
		{"collinear item", csi.ModeB, nil, func(_ int, row []float64) { row[3] = row[2]/2 + 1 }, "csi: Constructs[1].Items[1]: must not be determined by the items before it, in mode B"},
		{"cancelled", "", nil, func(_ int, row []float64) { row[3] = 7.5 - row[2] }, "csi: Constructs[1]: must not have items that cancel out: reverse those worded against the others"},
		{"collinear construct", "", []csi.Link{{From: "A", To: "C"}, {From: "B", To: "C"}}, func(_ int, row []float64) { row[2], row[3] = row[0], row[1] }, "csi: Constructs[2]: must not have antecedents that determine each other"},
		{"unrelated", "", []csi.Link{{From: "A", To: "B"}, {From: "A", To: "C"}}, func(i int, row []float64) {
			// Whatever A and C are, B is the same for it.
			copy(row, []float64{4 + float64(i%2), 4 + float64(i%2), 4 + float64(i/2%2), 4 + float64(i/2%2), 4 + float64(i%2), 3 + float64(i%2)})
		}, "csi: Constructs[1]: must have something to do with the constructs it is linked to"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := chain()
			p.Constructs[1].Mode = c.mode
			if c.links != nil {
				p.Links = c.links
			}
			m := model(t, p)
			a := m.NewMoments()
			for i := range 40 {
				row := base(i)
				c.change(i, row)
				require.NoError(t, a.Add(row))
			}
			for _, use := range []csi.Use{csi.Listwise, csi.Pairwise, csi.MeanReplacement} {
				_, err := m.Fit(a, csi.Options{Use: use})
				require.ErrorIs(t, err, relmark.ErrInvalid)
				require.EqualError(t, err, c.want)
			}
		})
	}
}

func TestTooFewRows(t *testing.T) {
	t.Parallel()
	m := model(t, chain())
	rows := [][]float64{{1, 2, 3, 5, 5, 6}, {2, 1, 4, 3, 6, 7}, {5, 5, 6, 7, 7, 7}}
	f := fit(t, m, rows, csi.Options{})
	assert.Equal(t, int64(3), f.N())
	for _, use := range []csi.Use{csi.Listwise, csi.Pairwise, csi.MeanReplacement} {
		same := fit(t, m, rows, csi.Options{Use: use})
		near.Equal(t, f.Paths()[0].Value, same.Paths()[0].Value, 1e-12, 0)
		_, err := m.Fit(collect(t, m, rows[:2]), csi.Options{Use: use})
		require.ErrorIs(t, err, relmark.ErrTooFew)
	}
	p := chain()
	p.Constructs[1].Mode = csi.ModeB
	_, err := model(t, p).Fit(collect(t, m, rows), csi.Options{})
	require.ErrorIs(t, err, relmark.ErrTooFew, "two items of mode B take four rows")
	none := [][]float64{{missing, 2, 3, 5, 5, 6}, {missing, 1, 4, 3, 6, 7}, {missing, 5, 6, 7, 7, 7}, {missing, 2, 2, 2, 3, 2}}
	_, err = m.Fit(collect(t, m, none), csi.Options{Use: csi.MeanReplacement})
	require.ErrorIs(t, err, relmark.ErrTooFew, "nobody answered an item")
}

// Weights that do not rest in time come back as far as they are.
func TestNotConverged(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 100)
	f, err := m.Fit(collect(t, m, rows), csi.Options{Rounds: 3})
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	assert.False(t, f.Converged())
	rounds, change := f.Rounds()
	assert.Equal(t, 3, rounds)
	assert.Greater(t, change, 1e-12)
	best := fit(t, m, rows, csi.Options{})
	for i, x := range f.Paths() {
		near.Equal(t, best.Paths()[i].Value, x.Value, 0, 0.02)
	}
	assert.Equal(t, csi.Options{Tolerance: 1e-14, Rounds: 3000}, best.Options())
	_, err = f.FSquare(collect(t, m, rows))
	require.ErrorIs(t, err, relmark.ErrNoConverge)
}

// Pairwise correlations are those of the rows that have both items.
func TestPairwise(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0}, Low: 1, High: 7}, {Name: "B", Items: []int{1}, Low: 1, High: 7}, {Name: "C", Items: []int{2}, Low: 1, High: 7}},
		Links:      []csi.Link{{From: "A", To: "B"}, {From: "A", To: "C"}},
	}
	m := model(t, p)
	rapid.Check(t, func(t *rapid.T) {
		rows := anyRows(t, 3, 20, true, true)
		f, err := m.Fit(collect(t, m, rows), csi.Options{Use: csi.Pairwise})
		if err != nil {
			t.Skip()
		}
		least := len(rows)
		for i := range 3 {
			for j := range 3 {
				var x, y []float64
				for _, row := range rows {
					if !math.IsNaN(row[i] + row[j]) {
						x, y = append(x, row[i]), append(y, row[j])
					}
				}
				if least = min(least, len(x)); i == j {
					item, n := f.Items()[i], float64(len(x))
					near.Equal(t, mean(x), item.Mean, 1e-12, 1e-12)
					near.Equal(t, math.Sqrt(max(product(x, x)-mean(x)*mean(x), 0)*n/(n-1)), item.SD, 1e-6, 1e-6)
				}
				near.Equal(t, product(standard(x), standard(y)), f.Correlations()[i][j], 1e-9, 1e-12)
			}
		}
		assert.Equal(t, int64(least), f.N())
	})
}

// Correlations of pairs that no rows could have together are refused.
func TestImpossiblePairs(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0}, Low: 1, High: 7}, {Name: "B", Items: []int{1}, Low: 1, High: 7}, {Name: "C", Items: []int{2}, Low: 1, High: 7}},
		Links:      []csi.Link{{From: "A", To: "C"}, {From: "B", To: "C"}},
	}
	m := model(t, p)
	a := m.NewMoments()
	for i := range 21 {
		x := float64(1 + i%7)
		for _, row := range [][]float64{{x, x, missing}, {missing, x, x}, {x, missing, 8 - x}} {
			require.NoError(t, a.Add(row))
		}
	}
	_, err := m.Fit(a, csi.Options{Use: csi.Pairwise})
	require.EqualError(t, err, "csi: Use: must not be pairwise: these correlations are of no rows")
	_, err = m.Fit(a, csi.Options{})
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func TestZeroFit(t *testing.T) {
	t.Parallel()
	var f csi.Fit
	assert.Nil(t, f.Items())
	assert.Nil(t, f.Paths())
	assert.Nil(t, f.Effects())
	assert.Nil(t, f.Measures())
	assert.Nil(t, f.CrossLoadings())
	assert.Nil(t, f.Correlations())
	assert.Nil(t, f.FornellLarcker())
	assert.False(t, f.Converged())
	assert.Equal(t, csi.Model{}, f.Model())
	_, ok := f.GoF()
	assert.False(t, ok)
	for _, call := range []func() error{
		func() error { _, err := f.Effect("A", "B"); return err },
		func() error { _, err := f.Index("A"); return err },
		func() error { _, err := f.HTMT(); return err },
		func() error { _, err := f.FSquare(nil); return err },
		func() error { _, err := f.Map("A"); return err },
		func() error { _, _, err := f.Scores(nil); return err },
	} {
		require.EqualError(t, call(), "csi: Fit: must come from Model.Fit")
	}
}

func TestNamesThatAreNone(t *testing.T) {
	t.Parallel()
	m, rows := mobile(t, 100)
	f := fit(t, m, rows, csi.Options{})
	_, err := f.Effect("X", "Value")
	require.EqualError(t, err, "csi: From: must be the name of a construct")
	_, err = f.Effect("Value", "X")
	require.EqualError(t, err, "csi: To: must be the name of a construct")
	_, err = f.Index("X")
	require.EqualError(t, err, "csi: Construct: must be the name of a construct")
	_, err = f.Map("X")
	require.EqualError(t, err, "csi: Target: must be the name of a construct")
	_, err = f.Map("Image")
	require.EqualError(t, err, "csi: Target: must be a construct on which another acts")
	_, _, err = f.Scores(rows[0][:3])
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = f.FSquare(nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = f.FSquare(&csi.Moments{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	none, err := f.Effect("Loyalty", "Image")
	require.NoError(t, err)
	assert.Equal(t, csi.Effect{From: "Loyalty", To: "Image"}, none)
}

// Whatever is answered, an estimate is of numbers, or there is an error.
func FuzzFit(f *testing.F) {
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz0123456789"), uint8(0))
	f.Add([]byte("aAbBcCaaBbCcaABBccaabbccAABBCC"), uint8(7))
	f.Fuzz(func(t *testing.T, data []byte, how uint8) {
		p := chain()
		p.Links = append(p.Links, csi.Link{From: "A", To: "C"})
		for j := range p.Constructs {
			if how>>j&1 == 1 {
				p.Constructs[j].Mode = csi.ModeB
			}
			p.Constructs[j].Open = true
		}
		m := model(t, p)
		a := m.NewMoments()
		for row := range slices.Chunk(data, 6) {
			x := make([]float64, 6)
			for i := range x {
				x[i] = missing
				if i < len(row) && row[i] != 'z' {
					x[i] = float64(int8(row[i])) * math.Pow(10, float64(how>>6))
				}
			}
			require.NoError(t, a.Add(x))
		}
		o := csi.Options{Use: []csi.Use{csi.Listwise, csi.Pairwise, csi.MeanReplacement}[how>>3%3]}
		fit, err := m.Fit(a, o)
		if err != nil {
			return
		}
		for _, v := range []any{fit.Items(), fit.Measures(), fit.Paths(), fit.Effects()} {
			_, err := json.Marshal(v) // which refuses what is no number
			require.NoError(t, err)
		}
		if pairs, err := fit.HTMT(); err == nil {
			_, err = json.Marshal(pairs)
			require.NoError(t, err)
		}
	})
}

// Items that hardly vary, far from the middle of the scale, are right to the last digits.
func TestItemsThatHardlyVary(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0}, Low: 0, High: 100}, {Name: "B", Items: []int{1}, Low: 0, High: 100}},
		Links:      []csi.Link{{From: "A", To: "B"}},
	}
	m := model(t, p)
	a := m.NewMoments()
	const n = 1 << 20
	for i := range n {
		x, y := 100.0, 100.0
		switch i {
		case 7, 8:
			x, y = 99, 99
		case 9:
			y = 99
		}
		require.NoError(t, a.Add([]float64{x, y}))
	}
	f, err := m.Fit(a, csi.Options{})
	require.NoError(t, err)
	// Two and three answers below the others, two of them by the same respondents.
	near.Equal(t, math.Sqrt(2*(1-2.0/n)/(n-1)), f.Items()[0].SD, 1e-14, 0)
	near.Equal(t, 2*(1-3.0/n)/math.Sqrt(2*(1-2.0/n)*3*(1-3.0/n)), f.Paths()[0].Value, 1e-13, 0)
}

// Answers in any unit give one model, to the smallest that numbers can tell apart: where
// squares would lose digits, an item counts as one that does not vary.
func TestAnswersInAnyUnit(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{{Name: "A", Items: []int{0, 1}, Low: -10, High: 10}, {Name: "B", Items: []int{2, 3}, Low: -10, High: 10}},
		Links:      []csi.Link{{From: "A", To: "B"}},
	}
	m := model(t, p)
	rows := simulate(m, 60, 5)
	fit := func(unit float64, use csi.Use) (csi.Fit, error) {
		a := m.NewMoments()
		for i, row := range rows {
			scaled := make([]float64, len(row))
			for j, x := range row {
				scaled[j] = x * unit
			}
			if use != csi.Listwise && i < 2 {
				scaled[i] = math.NaN()
			}
			require.NoError(t, a.Add(scaled))
		}
		return m.Fit(a, csi.Options{Use: use})
	}
	for _, use := range []csi.Use{csi.Listwise, csi.Pairwise, csi.MeanReplacement} {
		want, err := fit(1, use)
		require.NoError(t, err)
		for _, unit := range []float64{1e-9, 1e-30, 1e-45, 1e-60, 1e-76, 1e-80, 1e-81, 1e-100, 1e-160, 1e-300, 5e-324} {
			got, err := fit(unit, use)
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				require.ErrorContains(t, err, "must vary")
				require.Less(t, unit, 1e-45)
				continue
			}
			near.Equal(t, want.Paths()[0].Value, got.Paths()[0].Value, 1e-11, 0)
			for i, item := range want.Items() {
				near.Equal(t, item.Loading, got.Items()[i].Loading, 1e-11, 0)
				near.Equal(t, item.SD*unit, got.Items()[i].SD, 1e-11, 0)
			}
		}
	}
}
