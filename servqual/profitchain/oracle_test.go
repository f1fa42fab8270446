package profitchain_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/profitchain"
)

// The system that simulations follow: a drives b now, b and a drive c a period later, c drives d
// two periods later; d's true slope on a is (0.8·0.5 + 0.3)·2 = 1.4.
func simulated(units, periods int, seed uint64, noise, fixed float64) *profitchain.Panel[int] {
	r := rng(seed)
	p, _ := profitchain.NewPanel[int]("a", "b", "c", "d")
	for unit := range units {
		effect := fixed * r.NormFloat64()
		var a, b, c [64]float64
		for t := range periods {
			a[t] = 5 + r.NormFloat64() + effect
			b[t] = 1 + 0.8*a[t] + noise*r.NormFloat64() + 3*effect
			var values []*float64
			values = append(values, new(a[t]), new(b[t]), nil, nil)
			if t >= 1 {
				c[t] = 2 + 0.5*b[t-1] + 0.3*a[t-1] + noise*r.NormFloat64() - 2*effect
				values[2] = new(c[t])
			}
			if t >= 3 {
				values[3] = new(2*c[t-2] + noise*r.NormFloat64() + effect)
			}
			_ = p.Add(profitchain.Row[int]{Unit: unit, Period: t, Values: values})
		}
	}
	return p
}

func system() []profitchain.Link {
	return []profitchain.Link{
		{From: "a", To: "b"}, {From: "b", To: "c", Lag: 1}, {From: "a", To: "c", Lag: 1}, {From: "c", To: "d", Lag: 2},
	}
}

var truth = []float64{0.8, 0.5, 0.3, 2}

func TestExactSystemIsFound(t *testing.T) {
	t.Parallel()
	// Without noise b would follow from a, and c could not tell them apart.
	p := simulated(20, 8, 1, 0.3, 0)
	f := estimate(t, p, profitchain.Params{Links: system(), Level: 0.95})
	for i, s := range f.Links {
		assert.Equal(t, profitchain.Evidence, s.State)
		assert.Less(t, s.Slope.Interval.Low, truth[i], s.Link)
		assert.Greater(t, s.Slope.Interval.High, truth[i], s.Link)
	}
	e, err := f.Effect("a", "d", 1)
	require.NoError(t, err)
	assert.Less(t, e.Interval.Low, 1.4)
	assert.Greater(t, e.Interval.High, 1.4)
	require.Len(t, e.Paths, 2)
	assert.Equal(t, []string{"a", "b", "c", "d"}, e.Paths[0].Measures)
	assert.Equal(t, 3, e.Paths[0].Lag)
	near.Equal(t, *e.Value, *e.Paths[0].Effect+*e.Paths[1].Effect, 1e-14, 0)
}

// Intervals hold the true value about as often as they say, over many simulated panels: those of
// links, of the effect by the delta method, and by clustering where units go together.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		params profitchain.Params
		fixed  float64
		held   bool
	}{
		{profitchain.Params{Links: system(), Level: 0.9}, 0, true},
		{profitchain.Params{Links: system(), Level: 0.9, Errors: profitchain.Clustered}, 0, true},
		{profitchain.Params{Links: system(), Level: 0.9, Within: true}, 1, true},
		{profitchain.Params{Links: system(), Level: 0.9, Within: true, Errors: profitchain.Clustered}, 1, true},
		{profitchain.Params{Links: system(), Level: 0.9}, 1, false}, // pooled where units differ for good: biased
	} {
		const runs = 300
		effect, link := 0, 0
		for seed := range uint64(runs) {
			f := estimate(t, simulated(30, 6, 100+seed, 1, c.fixed), c.params)
			e, err := f.Effect("a", "d", 1)
			require.NoError(t, err)
			if e.Interval.Low <= 1.4 && 1.4 <= e.Interval.High {
				effect++
			}
			if s := f.Links[0].Slope; s.Interval.Low <= 0.8 && 0.8 <= s.Interval.High {
				link++
			}
		}
		if !c.held {
			assert.Less(t, effect, runs/2)
			continue
		}
		near.Equal(t, 0.9, float64(effect)/runs, 0, 0.06)
		near.Equal(t, 0.9, float64(link)/runs, 0, 0.06)
	}
}

// oracle solves one equation by dummies and normal equations, with errors clustered by unit from
// their definition.
type oracle struct{ b, classic, clustered []float64 }

func solve(rows [][]float64, unit []int, within bool) oracle {
	k := len(rows[0]) - 1
	dummies := map[int]int{}
	for _, u := range unit {
		if _, ok := dummies[u]; !ok {
			dummies[u] = len(dummies)
		}
	}
	extra := 1
	if within {
		extra = len(dummies)
	}
	n, width := len(rows), k+extra
	x, y := mat.NewDense(n, width, nil), mat.NewVecDense(n, nil)
	for i, row := range rows {
		for j := range k {
			x.Set(i, j, row[j])
		}
		at := k
		if within {
			at += dummies[unit[i]]
		}
		x.Set(i, at, 1)
		y.SetVec(i, row[k])
	}
	var xx, inverse mat.Dense
	xx.Mul(x.T(), x)
	if err := inverse.Inverse(&xx); err != nil {
		panic(err)
	}
	var xy, b, fitted mat.VecDense
	xy.MulVec(x.T(), y)
	b.MulVec(&inverse, &xy)
	fitted.MulVec(x, &b)
	scores, square := map[int]*mat.VecDense{}, 0.0
	for i := range rows {
		u := y.AtVec(i) - fitted.AtVec(i)
		square += u * u
		if scores[unit[i]] == nil {
			scores[unit[i]] = mat.NewVecDense(width, nil)
		}
		scores[unit[i]].AddScaledVec(scores[unit[i]], u, x.RowView(i))
	}
	meat := mat.NewDense(width, width, nil)
	for _, s := range scores {
		var outer mat.Dense
		outer.Outer(1, s, s)
		meat.Add(meat, &outer)
	}
	var v mat.Dense
	v.Product(&inverse, meat, &inverse)
	g := float64(len(dummies))
	correction := g / (g - 1) * float64(n-1) / float64(n-k-1)
	var out oracle
	for j := range k + 1 {
		if j == k && within {
			break
		}
		out.b = append(out.b, b.AtVec(j))
		out.classic = append(out.classic, math.Sqrt(square/float64(n-width)*inverse.At(j, j)))
		out.clustered = append(out.clustered, math.Sqrt(correction*v.At(j, j)))
	}
	return out
}

func TestEquationsAgainstDummies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units, periods := rapid.IntRange(3, 6).Draw(t, "units"), rapid.IntRange(4, 7).Draw(t, "periods")
		r := rng(rapid.Uint64().Draw(t, "seed"))
		p, err := profitchain.NewPanel[int]("x1", "x2", "y")
		require.NoError(t, err)
		data := map[[2]int][]*float64{}
		for unit := range units {
			for period := range periods {
				row := values(10+r.NormFloat64(), 3*r.NormFloat64(), r.NormFloat64())
				*row[2] += *row[0] + float64(unit)
				for j := range row {
					if r.IntN(12) == 0 {
						row[j] = nil
					}
				}
				data[[2]int{unit, period}] = row
				require.NoError(t, p.Add(profitchain.Row[int]{Unit: unit, Period: period, Values: row}))
			}
		}
		within, lag := rapid.Bool().Draw(t, "within"), rapid.IntRange(0, 2).Draw(t, "lag")
		var rows [][]float64
		var unit []int
		dropped := int64(0)
		for u := range units {
			for period := range periods {
				y, before := data[[2]int{u, period}], data[[2]int{u, period - lag}]
				switch {
				case y[2] == nil:
				case before == nil || before[0] == nil || y[1] == nil:
					dropped++
				default:
					rows, unit = append(rows, []float64{*before[0], *y[1], *y[2]}), append(unit, u)
				}
			}
		}
		links := []profitchain.Link{{From: "x1", To: "y", Lag: lag}, {From: "x2", To: "y"}}
		params := profitchain.Params{Links: links, Level: 0.95, Within: within}
		f := estimate(t, p, params)
		require.Equal(t, dropped, f.Equations[0].Dropped)
		require.Equal(t, int64(len(rows)), f.Equations[0].N)
		if f.Links[0].State == profitchain.TooFew {
			return
		}
		params.Errors = profitchain.Clustered
		g := estimate(t, p, params)
		want := solve(rows, unit, within)
		for j := range links {
			near.Equal(t, want.b[j], f.Links[j].Slope.B, 1e-9, 1e-10)
			near.Equal(t, want.classic[j], f.Links[j].Slope.SE, 1e-9, 1e-10)
			if g.Links[j].Slope != nil {
				near.Equal(t, want.clustered[j], g.Links[j].Slope.SE, 1e-8, 1e-9)
			}
		}
		if !within {
			near.Equal(t, want.b[2], f.Equations[0].Intercept.B, 1e-9, 1e-9)
			near.Equal(t, want.classic[2], f.Equations[0].Intercept.SE, 1e-9, 1e-9)
			if g.Equations[0].Intercept != nil {
				near.Equal(t, want.clustered[2], g.Equations[0].Intercept.SE, 1e-8, 1e-8)
			}
		}
	})
}

// Rank correlations by their definitions, pair by pair.
func TestRankCorrelations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 30).Draw(t, "n")
		x, y := make([]float64, n), make([]float64, n)
		for i := range n {
			x[i] = float64(rapid.IntRange(0, 6).Draw(t, "x"))
			y[i] = float64(rapid.IntRange(0, 6).Draw(t, "y"))
		}
		c, err := profitchain.Correlate(x, y, 0.9)
		if err != nil {
			return // one does not vary
		}
		s, untiedX, untiedY := 0.0, 0.0, 0.0
		rank := func(list []float64, i int) (r float64) {
			for j := range list {
				switch {
				case list[j] < list[i]:
					r++
				case list[j] == list[i]:
					r += 0.5
				}
			}
			return r
		}
		var rx, ry []float64
		for i := range n {
			rx, ry = append(rx, rank(x, i)), append(ry, rank(y, i))
			for j := range i {
				dx, dy := sign(x[i]-x[j]), sign(y[i]-y[j])
				s += dx * dy
				untiedX += dx * dx
				untiedY += dy * dy
			}
		}
		near.Equal(t, s/math.Sqrt(untiedX*untiedY), c.KendallB, 1e-12, 1e-12)
		byRank, err := profitchain.Correlate(rx, ry, 0.9)
		require.NoError(t, err)
		near.Equal(t, byRank.R, c.Spearman, 1e-12, 1e-12)
	})
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
