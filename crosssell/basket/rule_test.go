package basket_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
)

// allRules splits every frequent set in every way and counts each side anew.
func allRules(baskets [][]int8, minCount int64, p basket.RuleParams) []basket.Rule[int8] {
	rules := []basket.Rule[int8]{}
	for _, s := range oracle(baskets, minCount, 7) {
		for mask := 1; mask < 1<<len(s.Items)-1; mask++ {
			r := basket.Rule[int8]{Table: basket.Table{Both: s.Count, N: int64(len(baskets))}}
			for i, item := range s.Items {
				if mask>>i&1 == 1 {
					r.Consequent = append(r.Consequent, item)
				} else {
					r.Antecedent = append(r.Antecedent, item)
				}
			}
			r.Left, r.Right = holding(baskets, r.Antecedent), holding(baskets, r.Consequent)
			if r.Confidence() >= p.MinConfidence && (p.MaxConsequent == nil || len(r.Consequent) <= *p.MaxConsequent) {
				rules = append(rules, r)
			}
		}
	}
	slices.SortFunc(rules, func(a, b basket.Rule[int8]) int {
		return cmp.Or(slices.Compare(a.Antecedent, b.Antecedent), slices.Compare(a.Consequent, b.Consequent))
	})
	return rules
}

func TestRulesAgreeWithOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		baskets := few().Draw(t, "baskets")
		minCount := min(rapid.Int64Range(1, 5).Draw(t, "minCount"), max(1, int64(len(baskets))))
		p := basket.RuleParams{
			MinConfidence: rapid.SampledFrom([]float64{0, 0.1, 0.3, 0.5, 0.6, 2.0 / 3, 0.75, 1}).Draw(t, "minConfidence"),
			MaxConsequent: bound(rapid.IntRange(0, 4).Draw(t, "maxConsequent")),
		}
		c := counterOf(t, baskets)
		sets, err := c.Frequent(t.Context(), basket.SetParams{MinCount: minCount})
		require.NoError(t, err)
		mixed := rapid.Permutation(sets).Draw(t, "mixed")
		want := allRules(baskets, minCount, p)

		got, err := basket.Rules(t.Context(), mixed, c.Baskets(), p)
		require.NoError(t, err)
		require.Equal(t, want, got)
		for _, r := range got {
			require.NoError(t, r.Validate())
		}

		p.MaxRules = max(1, len(want)) // the limit itself is within the limit
		got, err = basket.Rules(t.Context(), mixed, c.Baskets(), p)
		require.NoError(t, err)
		require.Equal(t, want, got)
		if p.MaxRules = len(want) - 1; p.MaxRules > 0 {
			got, err = basket.Rules(t.Context(), mixed, c.Baskets(), p)
			require.ErrorIs(t, err, relmark.ErrLimit)
			require.Nil(t, got)
		}
	})
}

// Thresholds include equality: 3/10 is 0.3, 7/25 is 0.28, and so for every pair of
// a percentage and a count that it divides.
func TestRulesAtTheThreshold(t *testing.T) {
	t.Parallel()
	for percent := range int64(101) {
		for _, left := range []int64{25, 50, 100, 300, 1_000_000_000_000_000} {
			if percent == 0 || percent*left%100 != 0 {
				continue
			}
			both := percent * left / 100
			sets := []basket.Set[string]{
				{Items: []string{"x"}, Count: left},
				{Items: []string{"x", "y"}, Count: both},
				{Items: []string{"y"}, Count: both},
			}
			p, err := strconv.ParseFloat(strconv.FormatInt(percent, 10)+"e-2", 64)
			require.NoError(t, err)
			rules, err := basket.Rules(t.Context(), sets, left, basket.RuleParams{MinConfidence: p})
			require.NoError(t, err)
			assert.Len(t, rules, 2, "%d of %d", both, left)
		}
	}
}

func TestRulesOfNothing(t *testing.T) {
	t.Parallel()
	rules, err := basket.Rules[string](t.Context(), nil, 0, basket.RuleParams{})
	require.NoError(t, err)
	assert.Empty(t, rules)
	rules, err = basket.Rules(t.Context(), []basket.Set[string]{{Items: []string{"tea"}, Count: 1}}, 1, basket.RuleParams{})
	require.NoError(t, err)
	assert.Empty(t, rules, "one item has no sides")
}

func TestRulesKeepSets(t *testing.T) {
	t.Parallel()
	c := count(t, "c a", "a b", "a b c")
	sets := frequent(t, c, 1)
	rules, err := basket.Rules(t.Context(), sets, c.Baskets(), basket.RuleParams{})
	require.NoError(t, err)
	for i := range rules {
		_ = append(rules[i].Antecedent, "x")
		rules[i].Consequent[0] = "x"
	}
	assert.Equal(t, frequent(t, c, 1), sets)
}

func TestRulesRefuse(t *testing.T) {
	t.Parallel()
	type sets = []basket.Set[string]
	set := func(count int64, items ...string) basket.Set[string] {
		return basket.Set[string]{Items: items, Count: count}
	}
	for name, c := range map[string]struct {
		sets    sets
		baskets int64
		field   string
	}{
		"negative baskets":         {nil, -1, "Baskets"},
		"set in no basket":         {sets{set(0, "a")}, 1, "Sets[0].Count"},
		"set in too many baskets":  {sets{set(1, "b"), set(2, "a")}, 1, "Sets[1].Count"},
		"empty set":                {sets{set(1)}, 1, "Sets[0].Items"},
		"nil set":                  {sets{{Count: 1}}, 1, "Sets[0].Items"},
		"items out of order":       {sets{set(1, "a"), set(1, "b"), set(1, "b", "a")}, 1, "Sets[2].Items[1]"},
		"item twice":               {sets{set(1, "a"), set(1, "a", "a")}, 1, "Sets[1].Items[1]"},
		"set twice":                {sets{set(1, "a"), set(1, "b"), set(1, "a")}, 1, "Sets[2]"},
		"pair twice":               {sets{set(1, "a"), set(1, "b"), set(1, "a", "b"), set(1, "a", "b")}, 1, "Sets[3]"},
		"no single":                {sets{set(1, "a"), set(1, "a", "b"), set(1, "c")}, 1, "Sets[1]"},
		"no pair":                  {sets{set(1, "a"), set(1, "b"), set(1, "c"), set(1, "a", "b"), set(1, "a", "c"), set(1, "a", "b", "c"), set(1, "d")}, 1, "Sets[5]"},
		"pair alone":               {sets{set(1, "a", "b")}, 1, "Sets[0]"},
		"more than a subset":       {sets{set(1, "a"), set(2, "b"), set(2, "a", "b")}, 3, "Sets[2].Count"},
		"fewer than must overlap":  {sets{set(3, "a"), set(3, "b"), set(1, "a", "b")}, 4, "Sets[2].Count"},
		"longer than can be whole": {sets{set(1, "a"), set(1, "b"), set(1, "a", "b", "c")}, 1, "Sets[2]"},
	} {
		rules, err := basket.Rules(t.Context(), c.sets, c.baskets, basket.RuleParams{MinConfidence: 1})
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Equal(t, []string{c.field}, fields(err), name)
		assert.Nil(t, rules, name)
	}
}

func TestRulesRefuseParams(t *testing.T) {
	t.Parallel()
	bad := basket.RuleParams{MinConfidence: -0.1, MaxConsequent: new(-1), MaxRules: -1}
	assert.Equal(t, []string{"MinConfidence", "MaxConsequent", "MaxRules"}, fields(bad.Validate()))
	none := basket.RuleParams{MaxConsequent: new(0)} // is not all
	assert.EqualError(t, none.Validate(), "basket: MaxConsequent = 0: must be 1 or more, or nil for no bound")
	_, err := basket.Rules[string](t.Context(), nil, 0, bad)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, confidence := range notShares() {
		err := basket.RuleParams{MinConfidence: confidence}.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, confidence)
	}
	_, err = basket.Rules(t.Context(), frequent(t, count(t, "a b c"), 1), 1, basket.RuleParams{MaxRules: 1})
	require.ErrorIs(t, err, relmark.ErrLimit)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = basket.Rules(ctx, frequent(t, count(t, "a b"), 1), 1, basket.RuleParams{})
	require.ErrorIs(t, err, context.Canceled)
}
