package affinity_test

import (
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

// drawQuery draws a query about items that the model may know, and what each counts; the
// items that count are ascending.
func drawQuery(t *rapid.T, items []string) (q affinity.Query[string], counted map[string]float64) {
	q.N = rapid.IntRange(1, 9).Draw(t, "n")
	q.Owned = rapid.SliceOfN(rapid.SampledFrom(append([]string{"unknown"}, items...)), 0, 9).Draw(t, "owned")
	weigh := rapid.Bool().Draw(t, "weigh")
	if weigh {
		slices.Sort(q.Owned)
		q.Owned = rapid.Permutation(slices.Compact(q.Owned)).Draw(t, "owned once")
		q.Weights = []float64{}
	}
	counted = map[string]float64{}
	for _, item := range q.Owned {
		w := 1.0
		if weigh {
			w = rapid.SampledFrom([]float64{0, 0.3, 1}).Draw(t, "weight")
			q.Weights = append(q.Weights, w)
		}
		if item != "unknown" {
			counted[item] = w
		}
	}
	if rapid.Bool().Draw(t, "some are not eligible") {
		barred := rapid.SampledFrom(items).Draw(t, "barred")
		q.Eligible = func(item string) bool { return item != barred }
	}
	if rapid.Bool().Draw(t, "some are bought again") {
		again := rapid.SampledFrom(items).Draw(t, "again")
		q.Again = func(item string) bool { return item == again }
	}
	return q, counted
}

// The best N are what sorting all scores, each a sum over what the customer has, gives:
// as many as there are, none that he has, none that is barred.
func TestTopIsByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		model, s, _ := drawModel(t)
		if model == nil {
			return
		}
		q, counted := drawQuery(t, s.items)
		w := weights(t, model)
		scores := make([]float64, len(s.items))
		total := 0.0
		for i, item := range s.items {
			total += counted[item]
			for j := range scores {
				scores[j] += float64(counted[item] * w[i][j])
			}
		}
		r := model.Ranker()
		got, err := r.AppendTop([]affinity.Scored[string]{{Item: "before", Score: 7}}, q)
		if total == 0 {
			require.ErrorIs(t, err, affinity.ErrNoHistory)
			require.Len(t, got, 1)
			return
		}
		require.NoError(t, err)
		all, err := r.AppendScores(nil, q)
		require.NoError(t, err)
		require.Equal(t, scores, all)
		want := []affinity.Scored[string]{}
		for j, item := range s.items {
			_, has := counted[item]
			if (!has || q.Again != nil && q.Again(item)) && (q.Eligible == nil || q.Eligible(item)) {
				want = append(want, affinity.Scored[string]{Item: item, Score: scores[j], Repeat: has})
			}
		}
		slices.SortStableFunc(want, func(a, b affinity.Scored[string]) int {
			return int(one(a.Score < b.Score)) - int(one(a.Score > b.Score))
		})
		require.Equal(t, want[:min(q.N, len(want))], got[1:])
		require.Equal(t, affinity.Scored[string]{Item: "before", Score: 7}, got[0])
		again, err := r.AppendTop([]affinity.Scored[string]{}, q)
		require.NoError(t, err)
		require.Equal(t, got[1:], again)
	})
}

// The order in which the customer's items are named is irrelevant.
func TestTopInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		model, s, _ := drawModel(t)
		if model == nil {
			return
		}
		owned := rapid.SliceOfN(rapid.SampledFrom(s.items), 1, 9).Draw(t, "owned")
		want, err := model.Suggest(affinity.Query[string]{Owned: owned, N: 9})
		require.NoError(t, err)
		got, err := model.Suggest(affinity.Query[string]{Owned: append(rapid.Permutation(owned).Draw(t, "order"), owned[0]), N: 9})
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// The reasons of a suggestion add up to its score, and are as many as asked for.
func TestSuggestionsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		model, s, m := drawModel(t)
		if model == nil {
			return
		}
		q, _ := drawQuery(t, s.items)
		reasons := 3
		if rapid.Bool().Draw(t, "reasons") {
			reasons = rapid.IntRange(0, 5).Draw(t, "how many")
			q.Reasons = &reasons
		}
		list, err := model.Suggest(q)
		top, errTop := model.Ranker().AppendTop(nil, q)
		require.Equal(t, errTop, err)
		require.Len(t, list, len(top))
		for k, x := range list {
			require.NoError(t, x.Validate())
			require.Equal(t, top[k].Item, x.Item)
			if last := len(x.Because) - 1; top[k].Repeat {
				require.Equal(t, crosssell.Evidence[string]{Source: crosssell.FromFavourite, Items: []string{x.Item}}, x.Because[last])
				x.Because = slices.Clip(x.Because[:last])
				if last == 0 {
					x.Because = nil
				}
			}
			if top[k].Score <= 0 {
				require.Equal(t, crosssell.Suggestion[string]{Item: x.Item}, x)
				continue
			}
			require.Equal(t, top[k].Score, x.Score) //nolint:testifylint // the same
			sum := 0.0
			for n, e := range x.Because {
				sum += e.Weight
				require.Equal(t, crosssell.FromAffinity, e.Source)
				if n < reasons {
					require.Len(t, e.Items, 1)
					require.Equal(t, m.Together(e.Items[0], x.Item), *e.Counts)
					require.True(t, n == 0 || x.Because[n-1].Weight >= e.Weight)
					continue
				}
				require.Nil(t, e.Counts)
				require.True(t, slices.IsSorted(e.Items))
			}
			require.LessOrEqual(t, len(x.Because), reasons+1)
			near.Equal(t, x.Score, sum, 1e-12, 1e-12)
		}
	})
}

// What is not named singly is summed up, with its items in order.
func TestSuggestSumsUp(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{
		{1, "a", day(0), 1},
		{1, "b", day(0), 1},
		{1, "c", day(0), 1},
		{1, "d", day(0), 1},
		{2, "c", day(0), 1},
		{2, "b", day(0), 1},
		{2, "d", day(0), 1},
		{3, "c", day(0), 1},
	}))
	model, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: affinity.Confidence})
	require.NoError(t, err)
	list, err := model.Suggest(affinity.Query[string]{Owned: []string{"c", "b", "a"}, N: 5, Reasons: new(1)})
	require.NoError(t, err)
	two := list[0].Because[1].Weight
	near.Equal(t, 1+2.0/3, two, 1e-15, 0)
	near.Equal(t, 2+2.0/3, list[0].Score, 1e-15, 0)
	assert.Equal(t, []crosssell.Suggestion[string]{{Item: "d", Score: list[0].Score, Because: []crosssell.Evidence[string]{
		{Source: crosssell.FromAffinity, Items: []string{"a"}, Weight: 1, Counts: &crosssell.Counts{Both: 1, Left: 1, Right: 2, N: 3}},
		{Source: crosssell.FromAffinity, Items: []string{"b", "c"}, Weight: two},
	}}}, list)
}

func TestWhyAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		model, s, _ := drawModel(t)
		if model == nil {
			return
		}
		owned := rapid.SliceOfN(rapid.SampledFrom(s.items), 1, 9).Draw(t, "owned")
		scores, err := model.Ranker().AppendScores(nil, affinity.Query[string]{Owned: owned})
		require.NoError(t, err)
		for j, item := range s.items {
			why, err := model.Why(append(owned, "unknown"), item)
			require.NoError(t, err)
			sum := 0.0
			for _, e := range why {
				require.NoError(t, e.Validate())
				require.Len(t, e.Items, 1)
				w, err := model.Weight(e.Items[0], item)
				require.NoError(t, err)
				require.Equal(t, w, e.Weight) //nolint:testifylint // the same
				require.NotZero(t, w)
				sum += w
			}
			near.Equal(t, scores[j], sum, 1e-12, 1e-12)
		}
	})
}

func TestQueryRefuses(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{{1, "a", day(0), 1}, {1, "b", day(0), 1}}))
	model, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine})
	require.NoError(t, err)
	a := []string{"a"}
	for name, c := range map[string]struct {
		query affinity.Query[string]
		field string
	}{
		"nothing asked":    {affinity.Query[string]{Owned: a}, "N"},
		"too few weights":  {affinity.Query[string]{Owned: a, N: 1, Weights: []float64{}}, "Weights"},
		"weight of NaN":    {affinity.Query[string]{Owned: a, N: 1, Weights: []float64{math.NaN()}}, "Weights[0]"},
		"negative weight":  {affinity.Query[string]{Owned: a, N: 1, Weights: []float64{-1}}, "Weights[0]"},
		"weight above 1":   {affinity.Query[string]{Owned: a, N: 1, Weights: []float64{1.5}}, "Weights[0]"},
		"negative reasons": {affinity.Query[string]{Owned: a, N: 1, Reasons: new(-1)}, "Reasons"},
	} {
		_, err := model.Suggest(c.query)
		require.EqualError(t, err, c.query.Validate().Error(), name)
		requireField(t, err, c.field)
	}
	many := affinity.Query[string]{N: 1, Owned: make([]string, 1000), Weights: slices.Repeat([]float64{2}, 1000)}
	assert.Less(t, len(many.Validate().Error()), 1000)
	twice := affinity.Query[string]{Owned: []string{"a", "a"}, N: 1, Weights: []float64{1, 0.5}}
	require.NoError(t, twice.Validate())
	_, err = model.Suggest(twice)
	requireField(t, err, "Owned")
	for _, q := range []affinity.Query[string]{
		{N: 1},
		{N: 1, Owned: []string{"x"}},
		{N: 1, Owned: a, Weights: []float64{0}},
	} {
		_, err = model.Suggest(q)
		require.ErrorIs(t, err, affinity.ErrNoHistory)
		require.ErrorIs(t, err, relmark.ErrTooFew)
		_, err = model.Ranker().AppendScores(nil, q)
		require.ErrorIs(t, err, affinity.ErrNoHistory)
	}
}

// Customers are ranked without allocating, in a slice that is used again.
func TestTopAllocatesNothing(t *testing.T) {
	w := &affinity.Ownership[int, string]{}
	for k := range 3000 {
		require.NoError(t, w.Add(affinity.Event[int, string]{Customer: k % 40, Item: string(rune('א' + k*k%7919%300)), On: day(0), Times: 1}))
	}
	m := matrix(t, w)
	knn, err := m.Neighbours(t.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine, K: new(20)})
	require.NoError(t, err)
	ease, err := m.EASE(t.Context(), affinity.EASEParams{Lambda: 10})
	require.NoError(t, err)
	for _, model := range []*affinity.Model[string]{knn, ease} {
		r := model.Ranker()
		var top []affinity.Scored[string]
		var owned []string
		barred := func(item string) bool { return item != "ב" }
		ask := func() {
			for u := range 40 {
				owned = m.AppendOwned(owned[:0], u)
				top, err = r.AppendTop(top[:0], affinity.Query[string]{Owned: owned, N: 10, Eligible: barred})
			}
		}
		ask()
		assert.Zero(t, testing.AllocsPerRun(10, ask))
		require.NoError(t, err)
	}
}
