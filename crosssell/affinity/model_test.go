package affinity_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/near"
)

func similarities() []affinity.Similarity {
	return []affinity.Similarity{
		affinity.Cosine, affinity.Jaccard, affinity.Confidence, affinity.Lift,
		affinity.ShrunkCosine, affinity.TFIDF, affinity.BM25,
	}
}

func neighbourParams() *rapid.Generator[affinity.NeighbourParams] {
	return rapid.Custom(func(t *rapid.T) affinity.NeighbourParams {
		p := affinity.NeighbourParams{Similarity: rapid.SampledFrom(similarities()).Draw(t, "similarity")}
		if k := rapid.IntRange(0, 8).Draw(t, "k"); k > 0 {
			p.K = &k
		}
		switch p.Similarity {
		case affinity.ShrunkCosine:
			p.Shrink = rapid.SampledFrom([]float64{0, 0.5, 100}).Draw(t, "shrink")
		case affinity.BM25:
			if rapid.Bool().Draw(t, "of its own") {
				p.K1, p.B = new(rapid.Float64Range(0.01, 100).Draw(t, "k1")), new(rapid.Float64Range(0, 1).Draw(t, "b"))
			}
		default:
		}
		return p
	})
}

// weights reads a model in full.
func weights(t require.TestingT, m *affinity.Model[string]) [][]float64 {
	items := m.Items()
	w := make([][]float64, len(items))
	for i := range items {
		for j := range items {
			x, err := m.Weight(items[i], items[j])
			require.NoError(t, err)
			w[i] = append(w[i], x)
		}
	}
	return w
}

// Neighbours are what full sorting of all similarities, computed one by one, gives.
func TestNeighboursAreByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, s := drawMatrix(t)
		if m == nil {
			return
		}
		p := neighbourParams().Draw(t, "params")
		model, err := m.Neighbours(t.Context(), p)
		require.NoError(t, err)
		got, all := weights(t, model), s.neighbours(affinity.NeighbourParams{Similarity: p.Similarity, Shrink: p.Shrink, K1: p.K1, B: p.B})
		for i := range got {
			kept := 0
			least, most := math.Inf(1), 0.0
			for j, w := range got[i] {
				if w > 0 {
					kept++
					near.Equal(t, all[i][j], w, 1e-9, 0, "%s of %s and %s", p.Similarity, s.items[i], s.items[j])
					least = min(least, w)
				} else {
					most = max(most, all[i][j])
				}
			}
			some := 0
			for _, w := range all[i] {
				some += int(one(w > 0))
			}
			if p.K != nil {
				some = min(some, *p.K)
			}
			require.Equal(t, some, kept)
			require.LessOrEqual(t, most, least*(1+1e-9))
		}
	})
}

// Of equally similar items the lower ones are neighbours.
func TestNeighboursOfEqualsAreTheLower(t *testing.T) {
	t.Parallel()
	var list []affinity.Event[int, int]
	for i := range 500 {
		list = append(list, affinity.Event[int, int]{1, 10 - i, day(0), 1}, affinity.Event[int, int]{2, 10 - i, day(0), 1})
	}
	list = append(list, affinity.Event[int, int]{3, 1000, day(0), 1})
	m := matrix(t, add(t, list...))
	model, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine, K: new(3)})
	require.NoError(t, err)
	similar, err := model.Similar(5, 10)
	require.NoError(t, err)
	assert.Equal(t, []affinity.Scored[int]{{Item: -489, Score: 1}, {Item: -488, Score: 1}, {Item: -487, Score: 1}}, similar)
	similar, err = model.Similar(-489, 1)
	require.NoError(t, err)
	assert.Equal(t, []affinity.Scored[int]{{Item: -488, Score: 1}}, similar)
	similar, err = model.Similar(1000, 1)
	require.NoError(t, err)
	assert.Empty(t, similar)
}

// Any number of workers makes the same model to the bit, in data where few items of many
// meet and in such where most do.
func TestNeighboursByWorkers(t *testing.T) {
	t.Parallel()
	for _, items := range []int{40, 4000} {
		w := &affinity.Ownership[int, int]{}
		for k := range 2000 {
			require.NoError(t, w.Add(affinity.Event[int, int]{Customer: k % 200, Item: k * k % 7919 % items, On: day(k % 50), Times: 1}))
		}
		m, err := w.AsOf(day(60), affinity.MatrixOptions{HalfLife: new(20.0)})
		require.NoError(t, err)
		for _, p := range []affinity.NeighbourParams{{Similarity: affinity.BM25}, {Similarity: affinity.TFIDF, K: new(5)}} {
			one, err := m.Neighbours(t.Context(), p)
			require.NoError(t, err)
			for _, workers := range []int{1, 2, 7, 64} {
				p.Workers = workers
				many, err := m.Neighbours(t.Context(), p)
				require.NoError(t, err)
				for _, i := range one.Items() {
					want, err := one.Similar(i, items)
					require.NoError(t, err)
					got, err := many.Similar(i, items)
					require.NoError(t, err)
					require.Equal(t, want, got)
				}
			}
		}
	}
}

func TestNeighboursRefuse(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{{1, "a", day(0), 1}, {1, "b", day(0), 1}}))
	for name, c := range map[string]struct {
		params affinity.NeighbourParams
		field  string
	}{
		"no similarity":      {affinity.NeighbourParams{}, "Similarity"},
		"unknown similarity": {affinity.NeighbourParams{Similarity: "pearson"}, "Similarity"},
		"no neighbours":      {affinity.NeighbourParams{Similarity: affinity.Cosine, K: new(0)}, "K"},
		"shrink elsewhere":   {affinity.NeighbourParams{Similarity: affinity.Cosine, Shrink: 1}, "Shrink"},
		"negative shrink":    {affinity.NeighbourParams{Similarity: affinity.ShrunkCosine, Shrink: -1}, "Shrink"},
		"shrink of NaN":      {affinity.NeighbourParams{Similarity: affinity.ShrunkCosine, Shrink: math.NaN()}, "Shrink"},
		"K1 elsewhere":       {affinity.NeighbourParams{Similarity: affinity.TFIDF, K1: new(1.2)}, "K1"},
		"B elsewhere":        {affinity.NeighbourParams{Similarity: affinity.TFIDF, B: new(0.75)}, "B"},
		"K1 of 0":            {affinity.NeighbourParams{Similarity: affinity.BM25, K1: new(0.0)}, "K1"},
		"K1 of NaN":          {affinity.NeighbourParams{Similarity: affinity.BM25, K1: new(math.NaN())}, "K1"},
		"B above 1":          {affinity.NeighbourParams{Similarity: affinity.BM25, B: new(1.01)}, "B"},
		"no memory":          {affinity.NeighbourParams{Similarity: affinity.Cosine, MaxBytes: new(int64(0))}, "MaxBytes"},
		"too many workers":   {affinity.NeighbourParams{Similarity: affinity.Cosine, Workers: 65}, "Workers"},
		"negative workers":   {affinity.NeighbourParams{Similarity: affinity.Cosine, Workers: -1}, "Workers"},
	} {
		_, err := m.Neighbours(t.Context(), c.params)
		require.EqualError(t, err, c.params.Validate().Error(), name)
		requireField(t, err, c.field)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.Neighbours(done, affinity.NeighbourParams{Similarity: affinity.Cosine, Workers: 2})
	require.ErrorIs(t, err, context.Canceled)
	_, err = m.EASE(done, affinity.EASEParams{Lambda: 1})
	require.ErrorIs(t, err, context.Canceled)
}

// A lateContext is cancelled after it was asked so often.
type lateContext struct {
	context.Context
	asked int
}

func (c *lateContext) Err() error {
	if c.asked--; c.asked < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// EASE looks at the context twice for each row of tiles.
func TestEASEStops(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{{1, "a", day(0), 1}, {1, "b", day(0), 1}}))
	for asked := range 2 {
		ctx := &lateContext{t.Context(), asked}
		_, err := m.EASE(ctx, affinity.EASEParams{Lambda: 1})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, -1, ctx.asked, "asked again")
	}
	_, err := m.EASE(&lateContext{t.Context(), 2}, affinity.EASEParams{Lambda: 1})
	require.NoError(t, err)
}

// The error says how much memory is needed, and with so much it works.
func TestModelsKeepToTheBudget(t *testing.T) {
	t.Parallel()
	var list []event
	for i := range 7 {
		list = append(list, event{1, string(rune('a' + i)), day(0), 1})
	}
	m := matrix(t, count(t, list))
	for name, fit := range map[string]func(most *int64) error{
		"neighbours": func(most *int64) error {
			_, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine, K: new(2), MaxBytes: most, Workers: 3})
			return err
		},
		"ease": func(most *int64) error {
			_, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 1, MaxBytes: most})
			return err
		},
	} {
		var e *affinity.MemoryError
		err := fit(new(int64(1)))
		require.ErrorAs(t, err, &e, name)
		require.ErrorIs(t, err, relmark.ErrLimit)
		assert.EqualValues(t, 1, e.Budget)
		assert.Contains(t, err.Error(), "budget 1")
		assert.EqualValues(t, map[string]int{"neighbours": 7 * 2 * 16, "ease": 7 * 7 * 8}[name], e.Needed)
		require.NoError(t, fit(&e.Needed))
		require.Error(t, fit(new(e.Needed-1)))
	}
}

func TestEASEBytes(t *testing.T) {
	t.Parallel()
	for items, want := range map[int]int64{
		-1: 0, 0: 0, 1: 8, 2923: 68_351_432, 10_000: 800_000_000,
		1<<30 - 1: (1<<30 - 1) * (1<<30 - 1) * 8, 1 << 30: math.MaxInt64, math.MaxInt32: math.MaxInt64,
	} {
		assert.Equal(t, want, affinity.EASEBytes(items), items)
	}
}

func TestEASEIsByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, s := drawMatrix(t)
		if m == nil {
			return
		}
		lambda := rapid.SampledFrom([]float64{0.1, 1, 250, 1e100}).Draw(t, "lambda")
		model, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: lambda})
		require.NoError(t, err)
		want := s.ease(lambda)
		for i, row := range weights(t, model) {
			near.Slice(t, want[i], row, 1e-9, 1e-14)
			require.Zero(t, row[i])
		}
	})
}

// More items than a tile has, of which the weights are those of the definition.
func TestEASEOfManyItems(t *testing.T) {
	t.Parallel()
	var list []event
	for k := range 1500 {
		list = append(list, event{int8(k % 90), string(rune('א' + k*k%7919%150)), day(0), 1})
	}
	m := matrix(t, count(t, list))
	model, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 2})
	require.NoError(t, err)
	want := survey(list, 0, affinity.MatrixOptions{}).ease(2)
	for i, row := range weights(t, model) {
		near.Slice(t, want[i], row, 1e-9, 1e-12)
	}
}

func TestEASERefuses(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{{1, "a", day(0), 1}, {1, "b", day(0), 1}}))
	for _, lambda := range []float64{0, -1, math.NaN(), math.Inf(1), 1e101, 1e-300} {
		_, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: lambda})
		requireField(t, err, "Lambda")
	}
	_, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 1, MaxBytes: new(int64(-1))})
	requireField(t, err, "MaxBytes")
	for _, workers := range []int{-1, 65} {
		_, err = m.EASE(t.Context(), affinity.EASEParams{Lambda: 1, Workers: workers})
		requireField(t, err, "Workers")
	}
}

func TestModelSimilar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		model, s, _ := drawModel(t)
		if model == nil {
			return
		}
		w := weights(t, model)
		n := rapid.IntRange(1, 9).Draw(t, "n")
		for i, item := range s.items {
			var want []affinity.Scored[string]
			for j, other := range s.items {
				if w[i][j] != 0 {
					want = append(want, affinity.Scored[string]{Item: other, Score: w[i][j]})
				}
			}
			slices.SortStableFunc(want, func(a, b affinity.Scored[string]) int {
				if a.Score > b.Score {
					return -1
				}
				return int(one(a.Score < b.Score))
			})
			got, err := model.Similar(item, n)
			require.NoError(t, err)
			require.ElementsMatch(t, want[:min(n, len(want))], got)
			require.True(t, slices.IsSortedFunc(got, func(a, b affinity.Scored[string]) int { return byScore(a.Score, b.Score) }))
		}
	})
}

// drawModel draws a matrix and a model of either kind; nil if nobody has anything.
func drawModel(t *rapid.T) (*affinity.Model[string], *oracle, *affinity.Matrix[int8, string]) {
	m, s := drawMatrix(t)
	if m == nil {
		return nil, nil, nil
	}
	if rapid.Bool().Draw(t, "EASE") {
		model, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 0.5})
		require.NoError(t, err)
		return model, s, m
	}
	model, err := m.Neighbours(t.Context(), neighbourParams().Draw(t, "params"))
	require.NoError(t, err)
	return model, s, m
}

func TestModelRefuses(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{{1, "a", day(0), 1}}))
	model, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine})
	require.NoError(t, err)
	_, err = model.Similar("a", 0)
	requireField(t, err, "N")
	_, err = model.Similar("x", 1)
	require.ErrorIs(t, err, affinity.ErrUnknownItem)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = model.Weight("x", "a")
	require.ErrorIs(t, err, affinity.ErrUnknownItem)
	_, err = model.Weight("a", "x")
	require.ErrorIs(t, err, affinity.ErrUnknownItem)
	_, err = model.Why([]string{"a"}, "x")
	require.ErrorIs(t, err, affinity.ErrUnknownItem)
	_, err = model.Why([]string{"x"}, "a")
	require.ErrorIs(t, err, affinity.ErrNoHistory)
	model.Items()[0] = "b"
	assert.Equal(t, []string{"a"}, model.Items())
}

func TestZeroModelKnowsNothing(t *testing.T) {
	t.Parallel()
	var m affinity.Model[string]
	assert.Empty(t, m.Items())
	_, err := m.Similar("a", 1)
	require.ErrorIs(t, err, affinity.ErrUnknownItem)
	_, err = m.Suggest(affinity.Query[string]{Owned: []string{"a"}, N: 1})
	require.ErrorIs(t, err, affinity.ErrNoHistory)
}

// Items that n customers have and nobody else has anything: of k such items each speaks for
// each other one by n/(n·(k − 1) + λ). The smaller λ is, the harder they are to tell apart: a
// weight is right, or refused, never quietly wrong.
func TestEASEOfItemsAlike(t *testing.T) {
	t.Parallel()
	for _, k := range []int{2, 3, 5, 30} {
		for _, n := range []int{1, 3, 13, 500} {
			m := matrix(t, alike(t, n, k))
			refused := false
			for lambda := 1e6; lambda > 1e-20; lambda /= 10 {
				model, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: lambda})
				refused = refused || err != nil
				if refused {
					var field *relmark.FieldError
					require.ErrorAs(t, err, &field)
					assert.Equal(t, "Lambda", field.Field)
					assert.Less(t, lambda, 1e-5)
					continue
				}
				for _, to := range []int{1, k - 1} {
					got, err := model.Weight(0, to)
					require.NoError(t, err)
					near.Equal(t, float64(n)/(float64(n*(k-1))+lambda), got, 1e-4, 0)
				}
			}
			assert.True(t, refused)
		}
	}
}

// alike counts n customers with the same k items.
func alike(tb require.TestingT, n, k int) *affinity.Ownership[int, int] {
	var users, items []int
	for u := range n {
		for i := range k {
			users, items = append(users, u), append(items, i)
		}
	}
	return own(tb, users, items)
}

// Shares are no more than 1, however they are rounded: of items that the same customers have,
// who have others besides.
func TestSharesEndAtOne(t *testing.T) {
	t.Parallel()
	for n := 1; n < 80; n++ {
		o := alike(t, n, 2)
		for u := range n {
			require.NoError(t, o.Add(affinity.Event[int, int]{Customer: u, Item: 10 + u%7, On: day(u), Times: 1}))
		}
		for _, half := range []*float64{nil, new(3.0), new(1e-3)} {
			m, err := o.AsOf(day(100), affinity.MatrixOptions{HalfLife: half})
			require.NoError(t, err)
			for _, s := range []affinity.Similarity{affinity.Cosine, affinity.Jaccard, affinity.Confidence, affinity.ShrunkCosine, affinity.TFIDF} {
				model, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: s})
				require.NoError(t, err)
				for _, from := range m.Items() {
					for _, to := range m.Items() {
						w, err := model.Weight(from, to)
						require.NoError(t, err)
						assert.True(t, w >= 0 && w <= 1, "%s %v", s, w)
					}
				}
			}
		}
	}
}

// Of the zero Matrix, Model and Ranker nothing can be said, and nothing panics.
func TestZeroValues(t *testing.T) {
	t.Parallel()
	var m affinity.Matrix[int, string]
	assert.Empty(t, m.Items())
	assert.Empty(t, m.Customers())
	assert.Empty(t, m.Holdings(1))
	assert.Empty(t, m.AppendOwned(nil, 1))
	assert.Equal(t, crosssell.Counts{}, m.Together("a", "b"))
	_, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine, Workers: 2})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = m.EASE(t.Context(), affinity.EASEParams{Lambda: 1})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = affinity.NewPopularity(&m, func(int) string { return "" }, affinity.PopularityParams{})
	require.ErrorIs(t, err, relmark.ErrTooFew)

	q := affinity.Query[string]{Owned: []string{"a"}, N: 1}
	var ranker affinity.Ranker[string]
	_, err = ranker.AppendTop(nil, q)
	require.ErrorIs(t, err, affinity.ErrNoHistory)
	_, err = ranker.AppendScores(nil, q)
	require.ErrorIs(t, err, affinity.ErrNoHistory)
	_, err = ranker.Suggest(q)
	require.ErrorIs(t, err, affinity.ErrNoHistory)
	var model affinity.Model[string]
	_, err = model.Ranker().AppendTop(nil, q)
	require.ErrorIs(t, err, affinity.ErrNoHistory)
}
