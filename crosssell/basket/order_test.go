package basket_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/crosssell/basket"
)

// inOrder checks that the list and the stream of p have the same sets, whatever the number
// of workers, and that the list is in order.
func inOrder(t require.TestingT, c *basket.Counter[int], p basket.SetParams, stream func(basket.SetParams) ([]basket.Set[int], error)) int {
	p.Workers = 1
	want, err := stream(p)
	require.NoError(t, err)
	for _, p.Workers = range []int{2, 3, 5} {
		got, err := stream(p)
		require.NoError(t, err)
		require.Equal(t, want, got, "%d workers", p.Workers)
	}
	slices.SortFunc(want, func(a, b basket.Set[int]) int { return slices.Compare(a.Items, b.Items) })
	for _, p.Workers = range []int{1, 2, 5} {
		list, err := c.Frequent(context.Background(), p)
		require.NoError(t, err)
		require.Len(t, list, len(want))
		for i := range want {
			require.Equal(t, want[i], list[i])
		}
	}
	return len(want)
}

// Lists keep sets in few bytes until they are put in order. These are of many items far
// apart, in many baskets, and alike for longer than a key of the order holds.
func TestOrderOfLongSetsOfManyItems(t *testing.T) {
	t.Parallel()
	var c basket.Counter[int]
	for i := range 40_000 {
		require.NoError(t, c.AddN(2, i))
	}
	var long []int
	for i := range 13 {
		long = append(long, 7+3_000*i)
	}
	require.NoError(t, c.AddN(math.MaxInt64/4, long...))
	require.NoError(t, c.AddN(1<<20, long[1:]...))
	require.NoError(t, c.AddN(200, append(slices.Clone(long[:4]), 39_999, 39_998)...))
	p := basket.SetParams{MinCount: 100}
	n := inOrder(t, &c, p, func(p basket.SetParams) ([]basket.Set[int], error) { return collect(c.Sets(t.Context(), p)) })
	require.Equal(t, 1<<13-1+3*(1<<4), n)
}

// Dense data have few branches, and large ones: several workers search parts of one.
func TestOrderOfDenseData(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var c basket.Counter[int]
	for range 500 {
		var b []int
		for i := range 30 {
			if r.IntN(30) < i {
				b = append(b, i)
			}
		}
		if slices.Contains(b, 11) || r.IntN(2) == 0 {
			b = append(b, 100) // so 11 implies it
		}
		require.NoError(t, c.Add(b...))
	}
	for _, f := range basket.Families() {
		for _, maxLen := range []*int{nil, new(1), new(2), new(5)} {
			p := basket.SetParams{MinCount: 170, Family: f, MaxLen: maxLen}
			n := inOrder(t, &c, p, func(p basket.SetParams) ([]basket.Set[int], error) { return collect(c.Sets(t.Context(), p)) })
			require.True(t, n > 0 || maxLen != nil, f)
		}
	}
}

func TestOrderIsTheSameForAnyWorkers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.IntRange(1, 80).Draw(t, "items")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var c basket.Counter[int]
		for range rapid.IntRange(1, 120).Draw(t, "baskets") {
			var b []int
			for i := range items {
				if r.IntN(3*items) < 2*i/(1+i/20) {
					b = append(b, i*i)
				}
			}
			require.NoError(t, c.Add(b...))
		}
		p := basket.SetParams{
			MinCount: 1 + (c.Baskets()-1)*rapid.Int64Range(20, 100).Draw(t, "share")/100,
			Family:   families().Draw(t, "family"), MaxSets: 3_000,
		}
		if plan, err := c.Plan(t.Context(), p); err == nil {
			require.Equal(t, int(plan.Sets), inOrder(t, &c, p, func(p basket.SetParams) ([]basket.Set[int], error) { return collect(c.Sets(t.Context(), p)) }))
		}
	})
}
