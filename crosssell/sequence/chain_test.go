package sequence_test

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/sequence"
	"github.com/relmark/relmark/internal/near"
)

// baskets draws histories without dates.
func baskets() *rapid.Generator[[][][]int8] {
	visit := rapid.SliceOfNDistinct(rapid.Int8Range(0, 4), 1, 3, rapid.ID)
	return rapid.SliceOfN(rapid.SliceOfN(visit, 0, 6), 1, 8)
}

func transitions(t require.TestingT, p sequence.TransitionParams, all [][][]int8) *sequence.Transitions[int8] {
	c, err := sequence.NewTransitions[int8](p)
	require.NoError(t, err)
	for _, visits := range all {
		require.NoError(t, c.Add(visits...))
	}
	return c
}

// following counts the next items of a context, the earliest item first, by definition.
func following(all [][][]int8, context []int8, firstOnly bool) map[int8]float64 {
	out := map[int8]float64{}
	for _, visits := range all {
		for v := len(context); v < len(visits); v++ {
			fits := true
			for j, item := range context {
				fits = fits && slices.Contains(visits[v-len(context)+j], item)
			}
			for _, item := range visits[v] {
				bought := slices.ContainsFunc(visits[:v], func(earlier []int8) bool { return slices.Contains(earlier, item) })
				if fits && (!firstOnly || !bought) {
					out[item]++
				}
			}
		}
	}
	return out
}

// chance follows the definition: smoothing by the shorter context, the mean over contexts.
func chance(all [][][]int8, recent [][]int8, item int8, s sequence.Smoothing, firstOnly bool, context []int8) float64 {
	var one func(context []int8) float64
	one = func(context []int8) float64 {
		n := following(all, context, firstOnly)
		total := 0.0
		for _, k := range slices.Sorted(maps.Keys(n)) {
			total += n[k]
		}
		if len(context) == 0 {
			return (n[item] + s.Base) / (total + s.Base*float64(len(n)))
		}
		return (n[item] + s.Prior*one(context[1:])) / (total + s.Prior)
	}
	if len(recent) == 0 {
		return one(context)
	}
	mean, last := 0.0, recent[len(recent)-1]
	for _, c := range last {
		mean += chance(all, recent[:len(recent)-1], item, s, firstOnly, append([]int8{c}, context...)) / float64(len(last))
	}
	return mean
}

func TestChainAgreesWithDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := baskets().Draw(t, "all")
		p := sequence.TransitionParams{Order: rapid.IntRange(1, 3).Draw(t, "order"), FirstOnly: rapid.Bool().Draw(t, "first only")}
		counts := transitions(t, p, all)
		require.EqualValues(t, len(all), counts.Histories())
		s := sequence.Smoothing{Prior: rapid.Float64Range(0.1, 20).Draw(t, "prior"), Base: rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "base")}
		chain, err := counts.Chain(s)
		if counts.Len() == 0 {
			require.ErrorIs(t, err, relmark.ErrTooFew)
			return
		}
		require.NoError(t, err)
		next := chain.Next()
		items := map[int8]bool{}
		for _, c := range next {
			items[c.Item] = true
		}
		visit := rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(items))), 1, 3, rapid.ID)
		recent := rapid.SliceOfN(visit, 0, 4).Draw(t, "recent")
		sum := 0.0
		for _, c := range chain.Next(recent...) {
			want := chance(all, recent[max(0, len(recent)-p.Order):], c.Item, s, p.FirstOnly, nil)
			near.Equal(t, want, c.P, 1e-12, 1e-14, "item %d", c.Item)
			sum += c.P
		}
		near.Equal(t, 1, sum, 1e-12, 0, "sum")
		checkSuggestions(t, chain, recent)
	})
}

// checkSuggestions excludes an item: the others share its chance, and the evidence adds up.
func checkSuggestions(t *rapid.T, chain *sequence.Chain[int8], recent [][]int8) {
	excluded := rapid.Int8Range(0, 5).Draw(t, "excluded")
	got, err := chain.Suggest(sequence.SuggestParams[int8]{Max: 10, Exclude: []int8{excluded}}, recent...)
	require.NoError(t, err)
	sum := 0.0
	for i, s := range got {
		require.NoError(t, s.Validate())
		require.NotEqual(t, excluded, s.Item)
		require.True(t, i == 0 || s.Score < got[i-1].Score || s.Score == got[i-1].Score && s.Item > got[i-1].Item)
		weight := 0.0
		for _, e := range s.Because {
			weight += e.Weight
			require.Equal(t, len(e.Items) == 0, e.Source == crosssell.FromPopularity)
		}
		near.Equal(t, s.Score, weight, 1e-12, 0, "evidence")
		sum += s.Score
	}
	if len(got) > 0 {
		near.Equal(t, 1, sum, 1e-12, 0, "sum")
		one, err := chain.Suggest(sequence.SuggestParams[int8]{Max: 1, Exclude: []int8{excluded}}, recent...)
		require.NoError(t, err)
		require.Equal(t, got[:1], one)
	}
}

func TestTransitionsMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := baskets().Draw(t, "all")
		p := sequence.TransitionParams{Order: rapid.IntRange(1, 3).Draw(t, "order"), FirstOnly: rapid.Bool().Draw(t, "first only")}
		want := encode(t, transitions(t, p, all))
		mixed := rapid.Permutation(all).Draw(t, "mixed")
		i := rapid.IntRange(0, len(mixed)).Draw(t, "i")
		a, b := transitions(t, p, mixed[:i]), transitions(t, p, mixed[i:])
		kept := encode(t, b)
		require.NoError(t, a.Merge(b))
		require.Equal(t, want, encode(t, a))
		require.Equal(t, kept, encode(t, b))
		require.NoError(t, b.Merge(transitions(t, p, mixed[:i])))
		require.NoError(t, b.Merge(transitions(t, p, nil)))
		require.Equal(t, want, encode(t, b))
		require.NoError(t, a.Merge(a))
		require.Equal(t, encode(t, transitions(t, p, append(all, all...))), encode(t, a))

		var back sequence.Transitions[int8]
		require.NoError(t, back.UnmarshalBinary(want))
		require.Equal(t, want, encode(t, &back))
		require.Equal(t, p, back.Params())
		s := sequence.Smoothing{Prior: 2, Base: 1}
		if back.Len() == 0 {
			return
		}
		x, err := b.Chain(s)
		require.NoError(t, err)
		y, err := back.Chain(s)
		require.NoError(t, err)
		recent := all[0]
		require.Equal(t, y.Next(recent...), x.Next(recent...), "to the last bit")
	})
}

func TestTransitionsRefuse(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"Order", "MaxTransitions"}, fields(sequence.TransitionParams{MaxTransitions: -1}.Validate()))
	_, err := sequence.NewTransitions[string](sequence.TransitionParams{Order: 6})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	var zero sequence.Transitions[string]
	require.ErrorIs(t, zero.Add([]string{"a"}), relmark.ErrInvalid)
	require.ErrorIs(t, zero.Merge(&zero), relmark.ErrInvalid)
	_, err = zero.MarshalBinary()
	require.ErrorIs(t, err, relmark.ErrInvalid)

	p := sequence.TransitionParams{Order: 2, MaxTransitions: 7}
	c, err := sequence.NewTransitions[string](p)
	require.NoError(t, err)
	require.NoError(t, c.Add([]string{"a", "a"}, []string{"b"}))
	before := encode(t, c)
	require.ErrorIs(t, c.Add([]string{"a"}, []string{"b"}, []string{"c"}), relmark.ErrLimit)
	assert.Equal(t, []string{"Visits[0][0]", "Visits[1]"}, fields(c.Add([]string{"\xff"}, nil)))
	assert.Equal(t, before, encode(t, c), "unchanged")
	other, err := sequence.NewTransitions[string](sequence.TransitionParams{Order: 1})
	require.NoError(t, err)
	require.ErrorIs(t, c.Merge(other), relmark.ErrInvalid)
	require.NoError(t, c.Merge(nil))
	full, err := sequence.NewTransitions[string](p)
	require.NoError(t, err)
	require.NoError(t, full.Add([]string{"d", "e"}, []string{"f"}))
	require.ErrorIs(t, c.Merge(full), relmark.ErrLimit)
	assert.Equal(t, before, encode(t, c), "unchanged")
	_, err = json.Marshal(c)
	require.ErrorIs(t, err, relmark.ErrUnsupported)

	giant := make([]string, 100_000)
	for i := range giant {
		giant[i] = string(rune('!' + i))
	}
	require.ErrorIs(t, other.Add(giant, giant, giant), relmark.ErrLimit, "ten thousand million pairs")

	_, err = c.Chain(sequence.Smoothing{Prior: 0, Base: math.NaN()})
	assert.Equal(t, []string{"Prior", "Base"}, fields(err))
	_, err = other.Chain(sequence.Smoothing{Prior: 1})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	chain, err := c.Chain(sequence.Smoothing{Prior: 1, Base: 1})
	require.NoError(t, err)
	_, err = chain.Suggest(sequence.SuggestParams[string]{Exclude: []string{"\xff"}})
	assert.Equal(t, []string{"Max", "Exclude[0]"}, fields(err))
	none, err := chain.Suggest(sequence.SuggestParams[string]{Max: 3, Exclude: []string{"a", "b"}})
	require.NoError(t, err)
	assert.Empty(t, none)
	assert.Equal(t, chain.Next(), chain.Next([]string{"unknown"}), "what is not known says nothing")
	assert.Empty(t, new(sequence.Chain[string]).Next([]string{"a"}))
}

func TestHistoriesTransitions(t *testing.T) {
	t.Parallel()
	var h histories
	require.NoError(t, h.Add("ann", day(2), "b"))
	require.NoError(t, h.Add("ann", day(1), "a"))
	require.NoError(t, h.Add("bob", day(1)))
	c, err := h.Transitions(sequence.TransitionParams{Order: 1})
	require.NoError(t, err)
	assert.EqualValues(t, 2, c.Histories())
	chain, err := c.Chain(sequence.Smoothing{Prior: 1})
	require.NoError(t, err)
	// P(b) = 1/2; P(b | a) = (1 + 1·1/2)/(1 + 1)
	assert.Equal(t, []sequence.Chance[string]{{Item: "a", P: 0.25}, {Item: "b", P: 0.75}}, chain.Next([]string{"a"}))
	_, err = h.Transitions(sequence.TransitionParams{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = h.Transitions(sequence.TransitionParams{Order: 1, MaxTransitions: 1})
	require.ErrorIs(t, err, relmark.ErrLimit)
}
