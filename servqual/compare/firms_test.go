package compare_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/compare"
)

func TestRatingsTieAndMiss(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	r, err := compare.Rate(attributes(1, 1, 0), firms([]float64{3, 5, 1}, []float64{5, 3, 2}, []float64{nan, nan, 9}, []float64{4, nan, 1}, []float64{9, 9, 9}))
	require.NoError(t, err)
	var order, ranks []int
	for _, x := range r {
		order, ranks = append(order, x.Firm), append(ranks, x.Rank)
	}
	assert.Equal(t, []int{4, 0, 1, 3, 2}, order)
	assert.Equal(t, []int{1, 2, 2, 2, 0}, ranks)
	assert.Nil(t, r[4].Score, "only rated on what has no weight")
	assert.Equal(t, []int{4}, r[1].DominatedBy)
	assert.Empty(t, r[3].DominatedBy, "not rated on everything")
}

func TestLeads(t *testing.T) {
	t.Parallel()
	as := attributes(1, 3, 1, 1)
	as[0].Lead, as[1].Lead, as[2].Lead = compare.ServiceLead, compare.ServiceLead, compare.CostLead
	r, err := compare.Rate(as, firms([]float64{8, 4, 5, 9}, []float64{4, 6, 5, 1}))
	require.NoError(t, err)
	assert.Empty(t, r[0].Leads, "a tie is no lead, and the last attribute counts for none")
	assert.Equal(t, []compare.LeadMargin{{Lead: compare.ServiceLead, Margin: 0.5}}, r[1].Leads) // (8 + 12)/4 against (4 + 18)/4
	alone, err := compare.Rate(as, firms([]float64{8, 4, 5, 9}))
	require.NoError(t, err)
	assert.Empty(t, alone[0].Leads)
}

// Whoever is dominated never ranks above who dominates.
func TestDominanceAndRank(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 4).Draw(t, "attributes")
		weights := rapid.SliceOfN(rapid.Float64Range(0.1, 5), k, k).Draw(t, "weights")
		var rows [][]float64
		for range rapid.IntRange(1, 6).Draw(t, "firms") {
			row := make([]float64, k)
			for i := range row {
				row[i] = float64(rapid.IntRange(1, 4).Draw(t, "score"))
			}
			rows = append(rows, row)
		}
		r, err := compare.Rate(attributes(weights...), firms(rows...))
		require.NoError(t, err)
		rank := map[int]int{}
		for _, x := range r {
			rank[x.Firm] = x.Rank
		}
		for _, x := range r {
			for _, better := range x.DominatedBy {
				require.LessOrEqual(t, rank[better], x.Rank)
			}
		}
	})
}

func TestRateRefuses(t *testing.T) {
	t.Parallel()
	good := firms([]float64{1, 2}, []float64{2, 1})
	change := func(f func(as []compare.Attribute, fs []compare.Firm)) func() ([]compare.Attribute, []compare.Firm) {
		return func() ([]compare.Attribute, []compare.Firm) {
			as, fs := attributes(1, 1), firms([]float64{1, 2}, []float64{2, 1})
			f(as, fs)
			return as, fs
		}
	}
	for name, c := range map[string]func() ([]compare.Attribute, []compare.Firm){
		"no attributes": func() ([]compare.Attribute, []compare.Firm) { return nil, good },
		"no firms":      func() ([]compare.Attribute, []compare.Firm) { return attributes(1, 1), nil },
		"scores":        func() ([]compare.Attribute, []compare.Firm) { return attributes(1), good },
		"weights":       func() ([]compare.Attribute, []compare.Firm) { return attributes(0, 0), good },
		"weight":        change(func(as []compare.Attribute, _ []compare.Firm) { as[0].Weight = math.NaN() }),
		"lead":          change(func(as []compare.Attribute, _ []compare.Firm) { as[0].Lead = "luck" }),
		"name":          change(func(as []compare.Attribute, _ []compare.Firm) { as[0].Name = "" }),
		"twice":         change(func(as []compare.Attribute, _ []compare.Firm) { as[0].Name = as[1].Name }),
		"firm":          change(func(_ []compare.Attribute, fs []compare.Firm) { fs[0].Name = fs[1].Name }),
		"no firm name":  change(func(_ []compare.Attribute, fs []compare.Firm) { fs[0].Name = "\xff" }),
		"score":         change(func(_ []compare.Attribute, fs []compare.Firm) { fs[0].Scores[1] = new(math.Inf(1)) }),
	} {
		as, fs := c()
		_, err := compare.Rate(as, fs)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = compare.Moves(t.Context(), as, fs)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := compare.Moves(t.Context(), attributes(1, 1), firms([]float64{1, 2}, []float64{2, math.NaN()}))
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// Between two firms the smallest move takes weight from where the challenger is furthest
// behind to where it is furthest ahead, until both tie.
func twoFirms(weights, ahead []float64) (distance float64, possible bool) {
	best, sum := 0, 0.0
	for k := range ahead {
		if ahead[k] > ahead[best] {
			best = k
		}
		sum += weights[k] * ahead[k]
	}
	w := append([]float64{}, weights...)
	for sum < -1e-12 {
		worst := -1
		for k := range ahead {
			if w[k] > 0 && ahead[k] < ahead[best] && (worst < 0 || ahead[k] < ahead[worst]) {
				worst = k
			}
		}
		if worst < 0 {
			return 0, false
		}
		gain := ahead[best] - ahead[worst]
		part := min(w[worst], -sum/gain)
		distance += 2 * part
		if part == w[worst] {
			w[worst] = 0
		} else {
			return distance, true
		}
		sum += part * gain
	}
	return distance, true
}

func TestMovesOfTwoFirms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 8).Draw(t, "attributes")
		weights, ahead := make([]float64, k), make([]float64, k)
		as, fs := make([]float64, k), [][]float64{make([]float64, k), make([]float64, k)}
		sum := 0.0
		for i := range k {
			as[i] = float64(rapid.IntRange(1, 20).Draw(t, "weight"))
			fs[0][i] = float64(rapid.IntRange(1, 9).Draw(t, "a"))
			fs[1][i] = float64(rapid.IntRange(1, 9).Draw(t, "b"))
			ahead[i] = fs[1][i] - fs[0][i]
			sum += as[i]
		}
		for i := range k {
			weights[i] = as[i] / sum
		}
		moves, err := compare.Moves(t.Context(), attributes(as...), firms(fs...))
		require.NoError(t, err)
		for _, m := range moves {
			if m.Firm != 1 {
				continue
			}
			want, possible := twoFirms(weights, ahead)
			if possible && math.Abs(want) < 1e-9 { // a tie, or rounding away from one
				near.Equal(t, 0, m.Distance, 0, 1e-8)
				return
			}
			require.Equal(t, possible, m.Possible)
			near.Equal(t, want, m.Distance, 1e-9, 1e-9)
		}
	})
}

// Among several firms no point of a grid on the simplex lets the challenger win nearer by.
func TestMovesOfSeveralFirms(t *testing.T) {
	t.Parallel()
	const steps = 60
	rapid.Check(t, func(t *rapid.T) {
		as := make([]float64, 3)
		for i := range as {
			as[i] = float64(rapid.IntRange(1, 10).Draw(t, "weight"))
		}
		sum := as[0] + as[1] + as[2]
		var fs [][]float64
		for range rapid.IntRange(2, 5).Draw(t, "firms") {
			fs = append(fs, []float64{float64(rapid.IntRange(1, 9).Draw(t, "s")), float64(rapid.IntRange(1, 9).Draw(t, "s")), float64(rapid.IntRange(1, 9).Draw(t, "s"))})
		}
		moves, err := compare.Moves(t.Context(), attributes(as...), firms(fs...))
		require.NoError(t, err)
		require.Len(t, moves, len(fs))
		for i, m := range moves {
			if i > 0 && m.Possible {
				require.LessOrEqual(t, moves[i-1].Distance, m.Distance)
			}
			best := math.Inf(1)
			for a := range steps + 1 {
				for b := range steps + 1 - a {
					w := []float64{float64(a) / steps, float64(b) / steps, float64(steps-a-b) / steps}
					if wins(fs, m.Firm, w, 1e-12) {
						best = min(best, math.Abs(w[0]-as[0]/sum)+math.Abs(w[1]-as[1]/sum)+math.Abs(w[2]-as[2]/sum))
					}
				}
			}
			if !m.Possible {
				require.True(t, math.IsInf(best, 1))
				continue
			}
			require.LessOrEqual(t, m.Distance, best+1e-9)
			total, distance := 0.0, 0.0
			w := make([]float64, 3)
			for k := range w {
				require.GreaterOrEqual(t, m.Weights[k], 0.0)
				total += m.Weights[k]
				w[k] = m.Weights[k] / sum
				distance += math.Abs(w[k] - as[k]/sum)
			}
			near.Equal(t, sum, total, 1e-9, 0)
			near.Equal(t, distance, m.Distance, 1e-8, 1e-8)
			require.True(t, wins(fs, m.Firm, w, 1e-7))
		}
	})
}

// Many attributes and firms, continuous or tied: every programme has an answer that holds,
// and somebody wins as it is.
func TestMovesAreSolved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 12).Draw(t, "attributes")
		score := rapid.OneOf(rapid.Float64Range(0, 10), rapid.Map(rapid.IntRange(1, 5), func(x int) float64 { return float64(x) }))
		as := rapid.SliceOfN(rapid.Float64Range(0, 5), k, k).Draw(t, "weights")
		as[0] += 0.1
		var fs [][]float64
		for range rapid.IntRange(2, 8).Draw(t, "firms") {
			fs = append(fs, rapid.SliceOfN(score, k, k).Draw(t, "scores"))
		}
		moves, err := compare.Moves(t.Context(), attributes(as...), firms(fs...))
		require.NoError(t, err)
		require.Zero(t, moves[0].Distance)
		for _, m := range moves {
			if m.Possible {
				require.LessOrEqual(t, m.Distance, 2+1e-9)
			}
		}
	})
}

func wins(fs [][]float64, i int, w []float64, slack float64) bool {
	score := func(row []float64) float64 { return row[0]*w[0] + row[1]*w[1] + row[2]*w[2] }
	for _, row := range fs {
		if score(row) > score(fs[i])+slack {
			return false
		}
	}
	return true
}

func TestValueEquation(t *testing.T) {
	t.Parallel()
	o := compare.Offer{Results: 8, Process: 6, Price: 4, Effort: 1}
	s, err := o.Sensitivity()
	require.NoError(t, err)
	near.Slice(t, []float64{2.8, 8.0 / 14, 6.0 / 14, -0.8, -0.2}, []float64{s.Value, s.Results, s.Process, s.Price, s.Effort}, 1e-15, 0)
	price, ok, err := o.PriceFor(3.5)
	require.NoError(t, err)
	assert.True(t, ok)
	near.Equal(t, 3, price, 1e-15, 0)
	_, ok, err = o.PriceFor(15)
	require.NoError(t, err)
	assert.False(t, ok)
	_, _, err = o.PriceFor(0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	free, err := compare.Offer{Price: 1}.Sensitivity()
	require.NoError(t, err)
	near.Equal(t, 0, free.Results+free.Process, 0, 0)
	for name, o := range map[string]compare.Offer{
		"nothing given": {Results: 1}, "negative": {Price: -1, Effort: 2}, "nan": {Price: math.NaN()}, "overflow": {Results: 1e308, Price: 1e-300},
	} {
		_, err := o.Value()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = o.Sensitivity()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

// A rise of one part by a millionth moves the value by its elasticity.
func TestSensitivityIsTheDerivative(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) float64 { return rapid.Float64Range(0.1, 100).Draw(t, name) }
		o := compare.Offer{Results: draw("r"), Process: draw("p"), Price: draw("price"), Effort: draw("effort")}
		s, err := o.Sensitivity()
		require.NoError(t, err)
		const h = 1e-6
		for i, want := range []float64{s.Results, s.Process, s.Price, s.Effort} {
			up, down := o, o
			*[]*float64{&up.Results, &up.Process, &up.Price, &up.Effort}[i] *= 1 + h
			*[]*float64{&down.Results, &down.Process, &down.Price, &down.Effort}[i] *= 1 - h
			high, err := up.Value()
			require.NoError(t, err)
			low, err := down.Value()
			require.NoError(t, err)
			near.Equal(t, want, (high-low)/(2*h*s.Value), 1e-6, 1e-8)
		}
	})
}

// R 4.2.2: Welch's t from moments, p.adjust(…, "holm").
func TestBenchmark(t *testing.T) {
	t.Parallel()
	own := func(n int64, mean, sd float64) *compare.Sample { return &compare.Sample{N: n, Mean: mean, SD: sd} }
	factors := []compare.Factor{
		{Name: "speed", Firms: []*compare.Sample{own(40, 5.1, 1.2), own(60, 5.9, 1.1), own(30, 5.8, 1)}},
		{Name: "courtesy", Firms: []*compare.Sample{own(40, 6.2, 0.8), nil, own(55, 6.0, 1.0)}},
		{Name: "range", Firms: []*compare.Sample{own(40, 4.4, 1.5), own(60, 5.0, 1.3), own(60, 5.0, 1.3)}},
		{Name: "price", Firms: []*compare.Sample{nil, own(60, 5.0, 1.3), nil}},
		{Name: "place", Firms: []*compare.Sample{own(60, 5.0, 1.3), nil, nil}},
	}
	b, err := compare.Benchmark(0, factors, 0.95)
	require.NoError(t, err)
	assert.Equal(t, []int{3, 4}, b.Unknown)
	require.Len(t, b.Gaps, 3)
	g := b.Gaps[0]
	near.Slice(t, []float64{-0.8, 0.2369950773047125, -1.271761996312779, -0.3282380036872223, 0.0011467205515446369, 0.003440161654633911},
		[]float64{g.Gap, g.SE, g.Low, g.High, g.P, g.AdjustedP}, 1e-12, 0)
	assert.True(t, g.Surely)
	assert.Equal(t, []int{1, 2, 1}, []int{g.Best, b.Gaps[1].Best, b.Gaps[2].Best})
	near.Equal(t, 0.2821817633088978, b.Gaps[1].AdjustedP, 1e-12, 0)
	near.Equal(t, 0.08471120327094112, b.Gaps[2].AdjustedP, 1e-12, 0)
	assert.False(t, b.Gaps[2].Surely, "p alone is below 0.05")
}

func TestBenchmarkRefuses(t *testing.T) {
	t.Parallel()
	good := &compare.Sample{N: 5, Mean: 1, SD: 1}
	one := func(s ...*compare.Sample) []compare.Factor { return []compare.Factor{{Name: "speed", Firms: s}} }
	for name, c := range map[string]struct {
		own        int
		factors    []compare.Factor
		confidence float64
	}{
		"no factors": {0, nil, 0.95}, "own": {2, one(good, good), 0.95}, "below": {-1, one(good, good), 0.95}, "confidence": {0, one(good, good), 1},
		"mean": {0, one(good, &compare.Sample{N: 5, Mean: math.NaN()}), 0.95}, "sd": {0, one(good, &compare.Sample{N: 5, SD: -1}), 0.95},
		"n": {0, one(good, &compare.Sample{N: 1<<53 + 1}), 0.95}, "name": {0, []compare.Factor{{Firms: []*compare.Sample{good, good}}}, 0.95},
		"twice":  {0, append(one(good, good), one(good, good)...), 0.95},
		"uneven": {0, append(one(good, good), compare.Factor{Name: "x", Firms: []*compare.Sample{good}}), 0.95},
	} {
		_, err := compare.Benchmark(c.own, c.factors, c.confidence)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := compare.Benchmark(0, one(good, &compare.Sample{N: 1}), 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = compare.Benchmark(0, one(good, nil), 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}
