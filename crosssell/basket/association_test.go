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

// chosen returns the items of a list at the positions of a mask.
func chosen[I any](items []I, mask int) []I {
	var out []I
	for k, item := range items {
		if mask>>k&1 == 1 {
			out = append(out, item)
		}
	}
	return out
}

// critical is α·2^(1−k)/C(n, k), the least so far; the last length has that before it,
// and two items have α.
func critical(alpha float64, n, k int) float64 {
	value := 1.0
	if n == 2 && k == 2 {
		return alpha
	}
	for j := 2; j <= k; j++ {
		ways, _ := new(big.Float).SetInt(new(big.Int).Binomial(int64(n), int64(j))).Float64()
		if j < n {
			value = min(value, alpha*math.Pow(2, float64(1-j))/ways)
		}
	}
	return value
}

// productiveIn returns over all divisions of a set the least leverage and the greatest p,
// in given baskets.
func productiveIn(baskets [][]int8, set []int8) (leverage, logP float64) {
	leverage, logP = 1, math.Inf(-1)
	for mask := 1; mask < 1<<len(set)-1; mask++ {
		t := basket.Table{
			Both: holding(baskets, set), Left: holding(baskets, chosen(set, mask)),
			Right: holding(baskets, chosen(set, 1<<len(set)-1-mask)), N: int64(len(baskets)),
		}
		leverage, logP = min(leverage, t.Leverage()), max(logP, t.LogP())
	}
	return leverage, logP
}

// definition lists associations by the definition, set after set.
func definition(baskets [][]int8, items []int8, alpha float64, minCount int64, maxLen int) []basket.Association[int8] {
	var out []basket.Association[int8]
	for mask := range 1 << len(items) {
		set := chosen(items, mask)
		if n := holding(baskets, set); len(set) < 2 || len(set) > maxLen || n < minCount || redundant(baskets, set) {
			continue
		}
		leverage, logP := productiveIn(baskets, set)
		if logP <= math.Log(critical(alpha, len(items), len(set)))+1e-12 {
			out = append(out, basket.Association[int8]{
				Set: basket.Set[int8]{Items: set, Count: holding(baskets, set)}, Leverage: leverage, LogP: logP,
			})
		}
	}
	slices.SortFunc(out, func(a, b basket.Association[int8]) int { return len(b.Items) - len(a.Items) })
	for i := range out {
		rest := baskets
		for _, around := range out[:i] {
			if around.SelfSufficient && within(out[i].Items, around.Items) && len(around.Items) > len(out[i].Items) {
				more := slices.DeleteFunc(slices.Clone(around.Items), func(x int8) bool { return slices.Contains(out[i].Items, x) })
				rest = slices.DeleteFunc(slices.Clone(rest), func(b []int8) bool { return within(more, b) })
			}
		}
		_, logP := productiveIn(rest, out[i].Items)
		out[i].SelfSufficient = logP <= math.Log(critical(alpha, len(items), len(out[i].Items)))+1e-12
	}
	slices.SortFunc(out, func(a, b basket.Association[int8]) int { return slices.Compare(a.Items, b.Items) })
	return out
}

// redundant reports whether an item follows from others in a part of the set.
func redundant(baskets [][]int8, set []int8) bool {
	for mask := 1; mask < 1<<len(set)-1; mask++ {
		part := chosen(set, mask)
		for k := range part {
			if len(part) > 1 && holding(baskets, part) == holding(baskets, slices.Delete(slices.Clone(part), k, k+1)) {
				return true
			}
		}
	}
	return false
}

// related draws baskets of five items some of which go together.
func related() *rapid.Generator[[][]int8] {
	return rapid.Custom(func(t *rapid.T) [][]int8 {
		kinds := rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.Int8Range(1, 5), 0, 5, rapid.ID), 1, 6).Draw(t, "kinds")
		var baskets [][]int8
		for _, kind := range kinds {
			for range rapid.IntRange(1, 40).Draw(t, "times") {
				baskets = append(baskets, kind)
			}
		}
		return append(baskets, rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.Int8Range(1, 5), 0, 5, rapid.ID), 0, 10).Draw(t, "more")...)
	})
}

func TestAssociationsAgreeWithDefinition(t *testing.T) {
	t.Parallel()
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		baskets := related().Draw(t, "baskets")
		c := counterOf(t, baskets)
		maxLen := rapid.IntRange(1, 5).Draw(t, "length")
		p := basket.AssociationParams{
			Alpha:    rapid.SampledFrom([]float64{1, 0.5, 0.05}).Draw(t, "alpha"),
			MinCount: rapid.Int64Range(1, 4).Draw(t, "count"), Explained: true,
		}
		want := definition(baskets, c.Items(), p.Alpha, p.MinCount, max(maxLen, 2))
		if maxLen > 1 {
			p.MaxLen = &maxLen
		} else {
			want = definition(baskets, c.Items(), p.Alpha, p.MinCount, 5)
		}
		got, err := c.Associations(t.Context(), p)
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i].Set, got[i].Set)
			require.Equal(t, want[i].SelfSufficient, got[i].SelfSufficient, "%v", got[i].Items)
			near.Equal(t, want[i].Leverage, got[i].Leverage, 1e-13, 1e-16)
			near.Equal(t, want[i].LogP, got[i].LogP, 1e-13, 1e-13)
			found++
		}
		p.Explained = false
		got, err = c.Associations(t.Context(), p)
		require.NoError(t, err)
		want = slices.DeleteFunc(want, func(a basket.Association[int8]) bool { return !a.SelfSufficient })
		require.Len(t, got, len(want))
	})
	assert.Greater(t, found, 50, "the data have associations at all")
}

// A p-value that is equal to its critical value is significant, however both are rounded:
// 14/560 here, as C(14, 13) of the C(16, 13) ways put 1 into all baskets of 2, and
// 0.5/(2·C(5, 2)).
func TestAssociationAtItsCriticalValue(t *testing.T) {
	t.Parallel()
	var c basket.Counter[int]
	require.NoError(t, c.AddN(12, 1, 2, 3))
	require.NoError(t, c.AddN(2))
	require.NoError(t, c.Add(1, 2, 4))
	require.NoError(t, c.Add(1, 5))
	found, err := c.Associations(t.Context(), basket.AssociationParams{Alpha: 0.5, MinCount: 1})
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(found, func(a basket.Association[int]) bool { return slices.Equal(a.Items, []int{1, 2}) }))
	for _, a := range found {
		if slices.Equal(a.Items, []int{1, 2}) {
			near.Equal(t, math.Log(0.025), a.LogP, 1e-14, 0)
		}
	}
}

func TestAssociationsRefuse(t *testing.T) {
	t.Parallel()
	bad := basket.AssociationParams{Alpha: math.NaN(), MaxLen: new(1), MaxSets: -1}
	assert.Equal(t, []string{"Alpha", "MinCount", "MaxLen", "MaxSets"}, fields(bad.Validate()))
	var c basket.Counter[string]
	_, err := c.Associations(t.Context(), bad)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	p := basket.AssociationParams{Alpha: 1, MinCount: 1}
	none, err := c.Associations(t.Context(), p)
	require.NoError(t, err)
	assert.Empty(t, none)
	require.NoError(t, c.AddN(50, "a", "b", "c"))
	require.NoError(t, c.AddN(3, "a"))
	require.NoError(t, c.AddN(3, "b"))
	require.NoError(t, c.AddN(3, "c"))
	require.NoError(t, c.AddN(50))
	p.MaxSets = 3
	_, err = c.Associations(t.Context(), p)
	require.ErrorIs(t, err, relmark.ErrLimit)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Associations(ctx, p)
	require.ErrorIs(t, err, context.Canceled)
	p.MaxSets = 0
	found, err := c.Associations(t.Context(), p)
	require.NoError(t, err)
	data, err := json.Marshal(found)
	require.NoError(t, err)
	var back []basket.Association[string]
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, found, back)
	require.NotEmpty(t, found)
}
