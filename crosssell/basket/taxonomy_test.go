package basket_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/reference"
)

// clothes is the taxonomy of Srikant and Agrawal (1995), figure 1.
func clothes() []basket.Node[string] {
	return []basket.Node[string]{
		{Item: "jackets", Parents: []string{"outerwear"}},
		{Item: "ski pants", Parents: []string{"outerwear"}},
		{Item: "outerwear", Parents: []string{"clothes"}},
		{Item: "shirts", Parents: []string{"clothes"}},
		{Item: "clothes"},
		{Item: "shoes", Parents: []string{"footwear"}},
		{Item: "hiking boots", Parents: []string{"footwear"}},
		{Item: "footwear"},
	}
}

func taxonomy(tb testing.TB, nodes []basket.Node[string]) *basket.Taxonomy[string] {
	tb.Helper()
	t, err := basket.NewTaxonomy(nodes)
	require.NoError(tb, err)
	return t
}

// The example of Srikant and Agrawal (1995), figures 2: six transactions, and the sets and
// rules of at least 30 % support and 60 % confidence.
func TestTaxonomyAsSrikantAndAgrawal(t *testing.T) {
	t.Parallel()
	tax := taxonomy(t, clothes())
	var c basket.Counter[string]
	for _, b := range []string{"shirts", "jackets,hiking boots", "ski pants,hiking boots", "shoes", "shoes", "jackets"} {
		require.NoError(t, c.Add(strings.Split(b, ",")...))
	}
	wide, err := tax.ExtendCounter(&c)
	require.NoError(t, err)
	require.Equal(t, int64(6), wide.Baskets())
	sets, err := tax.Prune(frequent(t, wide, 2))
	require.NoError(t, err)
	counts := map[string]int64{}
	for _, s := range sets {
		counts[strings.Join(s.Items, ",")] = s.Count
	}
	assert.Equal(t, map[string]int64{
		"jackets": 2, "outerwear": 3, "clothes": 4, "shoes": 2, "hiking boots": 2, "footwear": 4,
		"hiking boots,outerwear": 2, "clothes,hiking boots": 2, "footwear,outerwear": 2, "clothes,footwear": 2,
	}, counts)
	rules, err := basket.Rules(t.Context(), sets, wide.Baskets(), basket.RuleParams{MinConfidence: 0.6})
	require.NoError(t, err)
	var names []string
	for _, r := range rules {
		names = append(names, r.Antecedent[0]+" → "+r.Consequent[0])
	}
	assert.Equal(t, []string{
		"hiking boots → clothes", "hiking boots → outerwear", "outerwear → footwear", "outerwear → hiking boots",
	}, names)
}

// The groups of the grocery are those of its file, at both levels.
func TestTaxonomyOfGroceries(t *testing.T) {
	t.Parallel()
	_, text := reference.Data(t, "crosssell/groceries_items.csv")
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	nodes := map[string]basket.Node[string]{}
	for _, row := range rows[1:] { // label, group, group of groups
		top, middle, item := "1 "+row[2], "2 "+row[1], strings.TrimSpace(row[0])
		nodes[top] = basket.Node[string]{Item: top}
		nodes[middle] = basket.Node[string]{Item: middle, Parents: []string{top}}
		nodes[item] = basket.Node[string]{Item: item, Parents: []string{middle}}
	}
	var list []basket.Node[string]
	for _, n := range nodes {
		list = append(list, n)
	}
	tax := taxonomy(t, list)
	c := load(t, "groceries")
	top, err := tax.RollUpCounter(c, 1)
	require.NoError(t, err)
	middle, err := tax.RollUpCounter(c, 2)
	require.NoError(t, err)
	assert.Len(t, top.Items(), 10)
	assert.Len(t, middle.Items(), 55)
	assert.Equal(t, c.Baskets(), middle.Baskets())
	wide, err := tax.ExtendCounter(c)
	require.NoError(t, err)
	for _, group := range append(top.Items(), middle.Items()...) {
		require.Equal(t, max(top.Count(group), middle.Count(group)), wide.Count(group), group)
	}
}

func TestTaxonomyRefuses(t *testing.T) {
	t.Parallel()
	node := func(item string, parents ...string) basket.Node[string] {
		return basket.Node[string]{Item: item, Parents: parents}
	}
	for name, c := range map[string]struct {
		nodes []basket.Node[string]
		text  string
	}{
		"twice":          {[]basket.Node[string]{node("a"), node("a")}, "basket: Nodes[1].Item: must be listed once"},
		"no text":        {[]basket.Node[string]{node("\xff")}, "basket: Nodes[0].Item: must be UTF-8"},
		"unknown parent": {[]basket.Node[string]{node("a"), node("b", "a", "x")}, "basket: Nodes[1].Parents[1]: must be an item of a node"},
		"parent twice":   {[]basket.Node[string]{node("a"), node("b", "a", "a")}, "basket: Nodes[1].Parents[1]: must be listed once"},
		"of itself":      {[]basket.Node[string]{node("a", "a")}, "basket: Nodes[0].Parents: must not have the item itself among its ancestors"},
		"a cycle, named at its first node": {
			[]basket.Node[string]{node("below", "c"), node("root"), node("b", "a", "root"), node("c", "root", "b"), node("a", "c")},
			"basket: Nodes[2].Parents: must not have the item itself among its ancestors",
		},
	} {
		tax, err := basket.NewTaxonomy(c.nodes)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		require.EqualError(t, err, c.text, name)
		assert.Nil(t, tax, name)
	}
	tax := taxonomy(t, clothes())
	_, err := tax.Extend("shirts", "tea")
	require.EqualError(t, err, "basket: Items[1]: must be in the taxonomy")
	_, err = tax.RollUp(0, "shirts")
	require.EqualError(t, err, "basket: Depth = 0: must be 1 or more")
	_, err = tax.Prune([]basket.Set[string]{{Items: []string{"shirts"}}, {Items: []string{"tea"}}})
	require.EqualError(t, err, "basket: Sets[1].Items[0]: must be in the taxonomy")
	c := count(t, "tea")
	_, err = tax.ExtendCounter(c)
	require.Equal(t, []string{"Items[0]"}, fields(err))
	_, err = tax.RollUpCounter(c, 0)
	require.Equal(t, []string{"Depth"}, fields(err))
	_, known := tax.Ancestors("tea")
	assert.False(t, known)
	_, known = tax.Depth("tea")
	assert.False(t, known)
	_, err = json.Marshal(tax)
	require.Error(t, err)
	var none basket.Taxonomy[string]
	extended, err := none.Extend()
	require.NoError(t, err)
	assert.Empty(t, extended)
}

// dag draws a taxonomy in which items have parents of a lower number, in any order.
func dag(t *rapid.T) []basket.Node[int8] {
	n := rapid.IntRange(1, 9).Draw(t, "nodes")
	nodes := make([]basket.Node[int8], n)
	for i := range nodes {
		nodes[i].Item = int8(i)
		if i > 0 {
			nodes[i].Parents = rapid.SliceOfNDistinct(rapid.Int8Range(0, int8(i-1)), 0, 3, rapid.ID).Draw(t, "parents")
		}
	}
	return rapid.Permutation(nodes).Draw(t, "order")
}

func TestTaxonomyAgreesWithWalking(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes := dag(t)
		tax, err := basket.NewTaxonomy(nodes)
		require.NoError(t, err)
		var up func(item int8) (ancestors []int8, depth int)
		up = func(item int8) (ancestors []int8, depth int) {
			at := slices.IndexFunc(nodes, func(n basket.Node[int8]) bool { return n.Item == item })
			depth = 1
			for _, parent := range nodes[at].Parents {
				above, d := up(parent)
				ancestors = append(append(ancestors, above...), parent)
				depth = max(depth, d+1)
			}
			slices.Sort(ancestors)
			return slices.Compact(ancestors), depth
		}
		basketOf := rapid.SliceOfN(rapid.Int8Range(0, int8(len(nodes)-1)), 0, 4).Draw(t, "basket")
		depth := rapid.IntRange(1, 5).Draw(t, "depth")
		var extended, rolled []int8
		for _, item := range basketOf {
			ancestors, d := up(item)
			got, known := tax.Ancestors(item)
			require.True(t, known)
			require.ElementsMatch(t, ancestors, got)
			gotDepth, known := tax.Depth(item)
			require.True(t, known)
			require.Equal(t, d, gotDepth)
			extended = append(append(extended, ancestors...), item)
			if d <= depth {
				rolled = append(rolled, item)
			}
			for _, a := range ancestors {
				if _, above := up(a); d > depth && above == depth {
					rolled = append(rolled, a)
				}
			}
		}
		sameItems := func(want, got []int8) {
			slices.Sort(want)
			require.Equal(t, slices.Compact(append([]int8{}, want...)), got)
		}
		got, err := tax.Extend(basketOf...)
		require.NoError(t, err)
		sameItems(extended, got)
		got, err = tax.RollUp(depth, basketOf...)
		require.NoError(t, err)
		sameItems(rolled, got)
	})
}

// Parents that are above other parents say nothing new, however many there are.
func TestGrowthOfParents(t *testing.T) {
	t.Parallel()
	const n = 1500
	nodes := make([]basket.Node[int], n)
	for i := range nodes {
		nodes[i].Item = i
		for p := range i {
			nodes[i].Parents = append(nodes[i].Parents, p)
		}
	}
	tax, err := basket.NewTaxonomy(nodes)
	require.NoError(t, err)
	depth, _ := tax.Depth(n - 1)
	require.Equal(t, n, depth)
	above, _ := tax.Ancestors(n - 1)
	require.Equal(t, nodes[n-1].Parents, above)
}

// Periods, weights of whole numbers and the bound on baskets are those that baskets
// replaced one by one would have had.
func TestTaxonomyKeepsPeriodsAndParams(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes := dag(t)
		tax, err := basket.NewTaxonomy(nodes)
		require.NoError(t, err)
		params := basket.CounterParams{MaxBasket: bound(rapid.IntRange(0, 4).Draw(t, "most"))}
		fresh := func() *basket.Counter[int8] {
			c, err := basket.NewCounter[int8](params)
			require.NoError(t, err)
			return c
		}
		c, wide, up := fresh(), fresh(), fresh()
		for range rapid.IntRange(0, 8).Draw(t, "baskets") {
			items := rapid.SliceOfN(rapid.Int8Range(0, int8(len(nodes)-1)), 0, 5).Draw(t, "items")
			period, times := rapid.Int64Range(-1, 1).Draw(t, "period"), rapid.Int64Range(1, 3).Draw(t, "times")
			require.NoError(t, c.AddAt(period, times, items...))
			extended, err := tax.Extend(items...)
			require.NoError(t, err)
			require.NoError(t, wide.AddAt(period, times, extended...))
			rolled, err := tax.RollUp(1, items...)
			require.NoError(t, err)
			require.NoError(t, up.AddAt(period, times, rolled...))
		}
		got, err := tax.ExtendCounter(c)
		require.NoError(t, err)
		require.Equal(t, encode(t, wide), encode(t, got))
		require.Equal(t, wide.Giants(), got.Giants())
		got, err = tax.RollUpCounter(c, 1)
		require.NoError(t, err)
		require.Equal(t, encode(t, up), encode(t, got))
	})
}

// A counter that is extended counts what extended baskets count, empty ones included, and
// each set that is pruned is in as many baskets as without the ancestor.
func TestTaxonomyCounters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes := dag(t)
		tax, err := basket.NewTaxonomy(nodes)
		require.NoError(t, err)
		baskets := rapid.SliceOfN(rapid.SliceOfN(rapid.Int8Range(0, int8(len(nodes)-1)), 0, 3), 0, 8).Draw(t, "baskets")
		c, want := counterOf(t, baskets), &basket.Counter[int8]{}
		for _, b := range baskets {
			wide, err := tax.Extend(b...)
			require.NoError(t, err)
			require.NoError(t, want.Add(wide...))
		}
		got, err := tax.ExtendCounter(c)
		require.NoError(t, err)
		require.Equal(t, encode(t, want), encode(t, got))
		sets, err := got.Frequent(t.Context(), basket.SetParams{MinCount: 1})
		require.NoError(t, err)
		kept, err := tax.Prune(sets)
		require.NoError(t, err)
		for _, s := range sets {
			kin := false
			for _, item := range s.Items {
				ancestors, _ := tax.Ancestors(item)
				for _, a := range ancestors {
					if slices.Contains(s.Items, a) {
						kin = true
						rest := slices.DeleteFunc(slices.Clone(s.Items), func(x int8) bool { return x == a })
						require.Equal(t, s.Count, got.Count(rest...))
					}
				}
			}
			require.Equal(t, !kin, slices.ContainsFunc(kept, func(k basket.Set[int8]) bool { return slices.Equal(k.Items, s.Items) }))
		}
		_, err = basket.Rules(t.Context(), kept, got.Baskets(), basket.RuleParams{MaxRules: 1_000_000})
		require.NoError(t, err, "what is kept is complete")
	})
}
