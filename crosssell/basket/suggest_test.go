package basket_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/near"
)

// better orders rules as Suggest promises.
func better(a, b basket.Rule[int8]) int {
	return cmp.Or(
		cmp.Compare(b.Both*a.Left, a.Both*b.Left),
		cmp.Compare(a.LogP(), b.LogP()),
		cmp.Compare(len(a.Antecedent), len(b.Antecedent)),
		slices.Compare(a.Antecedent, b.Antecedent),
		slices.Compare(a.Consequent, b.Consequent),
	)
}

// suggested does the work of a Suggester rule by rule.
func suggested(rules []basket.Rule[int8], owned []int8, p basket.SuggestParams[int8]) []crosssell.Suggestion[int8] {
	out := []crosssell.Suggestion[int8]{}
	for _, r := range slices.SortedFunc(slices.Values(rules), better) {
		if len(r.Consequent) != 1 || !within(r.Antecedent, owned) {
			continue
		}
		item := r.Consequent[0]
		if slices.Contains(owned, item) && !slices.Contains(p.Repeatable, item) {
			continue
		}
		at := slices.IndexFunc(out, func(s crosssell.Suggestion[int8]) bool { return s.Item == item })
		weight := 0.0
		if at < 0 {
			if len(out) == p.Max {
				continue
			}
			at, weight = len(out), r.Confidence()
			out = append(out, crosssell.Suggestion[int8]{Item: item, Score: weight})
		}
		if len(out[at].Because) < p.MaxEvidence {
			logP := r.LogP()
			out[at].Because = append(out[at].Because, crosssell.Evidence[int8]{
				Source: crosssell.FromRule, Items: r.Antecedent, Weight: weight,
				Counts: &crosssell.Counts{Both: r.Both, Left: r.Left, Right: r.Right, N: r.N}, LogP: &logP,
			})
		}
	}
	return out
}

func TestSuggestAgreesWithEveryRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, _, rules := someRules(t)
		s, err := basket.NewSuggester(rules)
		require.NoError(t, err)
		items := rapid.SliceOfN(rapid.Int8Range(-4, 4), 0, 6)
		owned := items.Draw(t, "owned")
		p := basket.SuggestParams[int8]{
			Max:         rapid.IntRange(1, 8).Draw(t, "max"),
			MaxEvidence: rapid.IntRange(1, 4).Draw(t, "evidence"), Repeatable: items.Draw(t, "repeatable"),
		}
		got, err := s.Suggest(owned, p)
		require.NoError(t, err)
		require.Equal(t, suggested(rules, owned, p), got)
		for i, suggestion := range got {
			require.NoError(t, suggestion.Validate())
			sum := 0.0
			for _, e := range suggestion.Because {
				sum += e.Weight
			}
			near.Equal(t, suggestion.Score, sum, 0, 0)
			require.True(t, i == 0 || got[i-1].Score >= suggestion.Score)
		}
		mixed, err := basket.NewSuggester(rapid.Permutation(rules).Draw(t, "mixed"))
		require.NoError(t, err)
		again, err := mixed.Suggest(append(owned, owned...), p)
		require.NoError(t, err)
		require.Equal(t, got, again, "whatever the order of the rules")
	})
}

func TestSuggestRefuses(t *testing.T) {
	t.Parallel()
	s, err := basket.NewSuggester[string](nil)
	require.NoError(t, err)
	_, err = s.Suggest(nil, basket.SuggestParams[string]{MaxEvidence: -1})
	require.Equal(t, []string{"Max", "MaxEvidence"}, fields(err))
	for _, empty := range []*basket.Suggester[string]{s, {}} {
		none, err := empty.Suggest([]string{"a"}, basket.SuggestParams[string]{Max: 3})
		require.NoError(t, err)
		assert.Empty(t, none)
	}
	_, err = basket.NewSuggester([]basket.Rule[string]{{}})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = json.Marshal(s)
	require.Error(t, err)
}

// What a host does with an answer or with its rules changes no later answer.
func TestSuggestKeepsItsRules(t *testing.T) {
	t.Parallel()
	c := count(t, "a b", "a b c", "a c", "c")
	rules, err := basket.Rules(t.Context(), frequent(t, c, 1), c.Baskets(), basket.RuleParams{})
	require.NoError(t, err)
	s, err := basket.NewSuggester(rules)
	require.NoError(t, err)
	p := basket.SuggestParams[string]{Max: 3}
	first, err := s.Suggest([]string{"a"}, p)
	require.NoError(t, err)
	for i := range rules {
		rules[i].Antecedent[0], rules[i].Consequent[0] = "x", "x"
	}
	for _, suggestion := range first {
		suggestion.Because[0].Items[0] = "x"
		*suggestion.Because[0].LogP = -99
		suggestion.Because[0].Counts.N = 0
	}
	second, err := s.Suggest([]string{"a"}, p)
	require.NoError(t, err)
	require.Len(t, second, 2)
	assert.Equal(t, []string{"a"}, second[0].Because[0].Items)
	assert.Equal(t, int64(4), second[0].Because[0].Counts.N)
	assert.Greater(t, *second[0].Because[0].LogP, -9.0)
}
