package basket_test

import (
	"context"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/near"
)

// within reports whether all of a is in b, both ascending.
func within[I comparable](a, b []I) bool {
	return !slices.ContainsFunc(a, func(item I) bool { return !slices.Contains(b, item) })
}

// someRules draws the rules of some baskets, not all of them.
func someRules(t *rapid.T) (*basket.Counter[int8], []basket.Set[int8], []basket.Rule[int8]) {
	c := counterOf(t, few().Draw(t, "baskets"))
	sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: min(rapid.Int64Range(1, 3).Draw(t, "count"), max(1, c.Baskets()))})
	require.NoError(t, err)
	rules, err := basket.Rules(t.Context(), sets, c.Baskets(), basket.RuleParams{MaxConsequent: bound(rapid.IntRange(0, 2).Draw(t, "consequent"))})
	require.NoError(t, err)
	if len(rules) > 0 {
		rules = rapid.Permutation(rules).Draw(t, "rules")[:rapid.IntRange(0, len(rules)).Draw(t, "listed")]
	}
	return c, sets, rules
}

func TestStandingsAgreeWithComparison(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, _, rules := someRules(t)
		standings, err := basket.Standings(t.Context(), rules)
		require.NoError(t, err)
		require.Len(t, standings, len(rules))
		for i, r := range rules {
			best, highest, maximal := 0.0, 0.0, true
			for _, other := range rules {
				part := within(other.Antecedent, r.Antecedent) && len(other.Antecedent) < len(r.Antecedent)
				if part && slices.Equal(other.Consequent, r.Consequent) {
					best, highest = max(best, other.Confidence()), max(highest, other.Lift())
				}
				items := append(slices.Clone(other.Antecedent), other.Consequent...)
				own := append(slices.Clone(r.Antecedent), r.Consequent...)
				maximal = maximal && (!within(own, items) || len(items) == len(own))
			}
			s := standings[i]
			require.Equal(t, maximal, s.Maximal)
			near.Equal(t, r.Confidence()-best, s.Improvement(), 0, 1e-15)
			near.Equal(t, r.Confidence()/best, s.Boost(), 1e-14, 0)
			near.Equal(t, r.Lift()/highest, s.LIC(), 1e-14, 0)
			require.Equal(t, r.Confidence() <= best, s.Redundant())
		}
	})
}

func TestStandingIsPlainData(t *testing.T) {
	t.Parallel()
	rules, err := basket.Rules(t.Context(), frequent(t, count(t, "a b c", "a b", "c", "b"), 1), 4, basket.RuleParams{})
	require.NoError(t, err)
	standings, err := basket.Standings(t.Context(), rules)
	require.NoError(t, err)
	data, err := json.Marshal(standings)
	require.NoError(t, err)
	var back []basket.Standing
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, standings, back)
	assert.True(t, math.IsInf(standings[0].Boost(), 1))
	assert.True(t, math.IsInf(standings[0].LIC(), 1))
	assert.True(t, basket.Standing{}.Redundant())
}

func TestStandingsRefuse(t *testing.T) {
	t.Parallel()
	a := basket.Rule[string]{Antecedent: []string{"a"}, Consequent: []string{"b"}, Table: cells(3, 1, 1, 3)}
	b := basket.Rule[string]{Antecedent: []string{"b"}, Consequent: []string{"a"}, Table: cells(3, 1, 1, 4)}
	_, err := basket.Standings(t.Context(), []basket.Rule[string]{a, {}})
	require.Equal(t, []string{"Rules[1].Antecedent", "Rules[1].Consequent"}, fields(err))
	_, err = basket.Standings(t.Context(), []basket.Rule[string]{a, b})
	require.EqualError(t, err, "basket: Rules[1].N = 9: must be that of the first rule")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = basket.Standings(ctx, []basket.Rule[string]{a})
	require.ErrorIs(t, err, context.Canceled)
	none, err := basket.Standings[string](t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, none)
}

// By counting the baskets with each generalisation anew.
func TestProductivityAgreesWithCounting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, sets, rules := someRules(t)
		got, err := basket.Productivity(t.Context(), sets, c.Baskets(), rules)
		require.NoError(t, err)
		for i, r := range rules {
			want := math.Inf(-1)
			for part := range 1<<len(r.Antecedent) - 1 {
				var z []int8
				for k, item := range r.Antecedent {
					if part>>k&1 == 1 {
						z = append(z, item)
					}
				}
				inside := basket.Table{Both: r.Both, Left: r.Left, Right: c.Count(append(slices.Clone(z), r.Consequent...)...), N: c.Count(z...)}
				want = max(want, inside.LogP())
			}
			near.Equal(t, want, got[i], 0, 1e-13)
			require.GreaterOrEqual(t, got[i], r.LogP()-1e-13, "no better than the rule against chance")
		}
	})
}

func TestProductivityRefuses(t *testing.T) {
	t.Parallel()
	c := count(t, "a b c", "a b", "c", "b", "a c")
	sets := frequent(t, c, 1)
	rules, err := basket.Rules(t.Context(), sets, c.Baskets(), basket.RuleParams{})
	require.NoError(t, err)
	longest := slices.IndexFunc(rules, func(r basket.Rule[string]) bool { return len(r.Antecedent) == 2 })
	with := func(change func(r *basket.Rule[string])) []basket.Rule[string] {
		r := rules[longest]
		change(&r)
		return []basket.Rule[string]{r}
	}
	for name, bad := range map[string][]basket.Rule[string]{
		"no rule":          {{}},
		"unknown item":     with(func(r *basket.Rule[string]) { r.Consequent = []string{"x"} }),
		"another count":    with(func(r *basket.Rule[string]) { r.Both-- }),
		"another left":     with(func(r *basket.Rule[string]) { r.Left++ }),
		"another right":    with(func(r *basket.Rule[string]) { r.Right++ }),
		"more baskets":     with(func(r *basket.Rule[string]) { r.N++ }),
		"more than listed": with(func(r *basket.Rule[string]) { r.Antecedent = []string{"a", "b", "d", "e", "f", "g", "h"} }),
	} {
		_, err := basket.Productivity(t.Context(), sets, c.Baskets(), bad)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		require.Contains(t, err.Error(), "basket: Rules[0]", name)
	}
	_, err = basket.Productivity(t.Context(), sets, -1, rules)
	require.Equal(t, []string{"Baskets"}, fields(err))
	pairs := slices.DeleteFunc(slices.Clone(sets), func(s basket.Set[string]) bool { return len(s.Items) == 3 })
	_, err = basket.Productivity(t.Context(), pairs, c.Baskets(), rules[longest:longest+1])
	require.ErrorIs(t, err, relmark.ErrInvalid, "the set itself is not listed")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = basket.Productivity(ctx, sets, c.Baskets(), rules)
	require.ErrorIs(t, err, context.Canceled)
}

// A rule that only repeats a more general one is not productive, whatever its p-value.
func TestProductivityOfNoise(t *testing.T) {
	t.Parallel()
	var c basket.Counter[string]
	for i := range 400 { // coffee with milk nine times of ten; a newspaper with every second basket
		items := []string{}
		if i%2 == 0 {
			items = append(items, "coffee")
		}
		if (i%2 == 0) == (i%20 < 18) {
			items = append(items, "milk")
		}
		if i/20%2 == 0 {
			items = append(items, "newspaper")
		}
		require.NoError(t, c.Add(items...))
	}
	sets := frequent(t, &c, 1)
	rules, err := basket.Rules(t.Context(), sets, c.Baskets(), basket.RuleParams{MinConfidence: 0.8, MaxConsequent: new(1)})
	require.NoError(t, err)
	p, err := basket.Productivity(t.Context(), sets, c.Baskets(), rules)
	require.NoError(t, err)
	adjusted, err := basket.Correction{Hypotheses: big.NewInt(100)}.Adjust(p)
	require.NoError(t, err)
	for i, r := range rules {
		require.Less(t, r.LogP(), -30.0)
		if productive := adjusted[i] < math.Log(0.05); slices.Contains(r.Antecedent, "newspaper") {
			assert.False(t, productive, "%v → %v", r.Antecedent, r.Consequent)
		} else {
			assert.True(t, productive, "%v → %v", r.Antecedent, r.Consequent)
		}
	}
	assert.Len(t, rules, 4)
}

// Each rule of the list comes, and no other, until the caller has enough.
func TestEachRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := counterOf(t, few().Draw(t, "baskets"))
		sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: 1})
		require.NoError(t, err)
		p := basket.RuleParams{MinConfidence: rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "confidence")}
		want, err := basket.Rules(t.Context(), sets, c.Baskets(), p)
		require.NoError(t, err)
		enough := rapid.IntRange(0, len(want)).Draw(t, "enough")
		var got []basket.Rule[int8]
		for r, err := range basket.EachRule(t.Context(), sets, c.Baskets(), p) {
			if len(got) == enough {
				break
			}
			require.NoError(t, err)
			got = append(got, r)
		}
		require.Len(t, got, enough)
		for _, r := range got {
			require.Contains(t, want, r)
		}
		if p.MaxRules = len(want) - 1; p.MaxRules > 0 {
			n := 0
			for _, err := range basket.EachRule(t.Context(), sets, c.Baskets(), p) {
				if err != nil {
					require.ErrorIs(t, err, relmark.ErrLimit)
					require.Equal(t, p.MaxRules, n)
					return
				}
				n++
			}
			require.Fail(t, "no limit")
		}
	})
	for _, err := range basket.EachRule[string](t.Context(), nil, -1, basket.RuleParams{}) {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	for _, err := range basket.EachRule[string](t.Context(), nil, 1, basket.RuleParams{MinConfidence: 2}) {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}
