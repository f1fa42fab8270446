package basket_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
)

// collect clones the sets of a stream.
func collect[I relmark.ID](sets iter.Seq2[basket.Set[I], error]) ([]basket.Set[I], error) {
	out := []basket.Set[I]{}
	for s, err := range sets {
		if err != nil {
			return out, err
		}
		out = append(out, basket.Set[I]{Items: slices.Clone(s.Items), Count: s.Count})
	}
	return out, nil
}

// shop counts baskets of a made-up shop of so many items, some of which go together.
func shop(t require.TestingT, baskets, items int) *basket.Counter[int] {
	var c basket.Counter[int]
	r := rand.New(rand.NewPCG(1, 2))
	for range baskets {
		var b []int
		for range 2 + r.IntN(8) {
			i := int(float64(items) * r.Float64() * r.Float64())
			b = append(b, i, i/2, i/3)
		}
		require.NoError(t, c.Add(b...))
	}
	return &c
}

// The order of a stream is the same for any number of workers, and it has the sets
// of the list.
func TestStreamIsTheSameForAnyWorkers(t *testing.T) {
	t.Parallel()
	c := shop(t, 3000, 700)
	for _, f := range basket.Families() {
		p := basket.SetParams{MinCount: 12, Family: f}
		want, err := collect(c.Sets(t.Context(), p))
		require.NoError(t, err)
		require.NotEmpty(t, want)
		for _, workers := range []int{1, 2, 3, 8} {
			p.Workers = workers
			got, err := collect(c.Sets(t.Context(), p))
			require.NoError(t, err)
			require.Equal(t, want, got, "%s: %d", f, workers)
		}
		list, err := c.Frequent(t.Context(), p)
		require.NoError(t, err)
		slices.SortFunc(want, func(a, b basket.Set[int]) int { return slices.Compare(a.Items, b.Items) })
		require.Equal(t, want, list, f)
	}
}

// A loop that is left leaves nothing behind, and neither does a context that ends.
func TestStreamIsLeft(t *testing.T) {
	t.Parallel()
	c := shop(t, 3000, 700)
	for _, f := range basket.Families() {
		for _, workers := range []int{0, 2, 4} {
			p := basket.SetParams{MinCount: 6, Family: f, Workers: workers}
			n := 0
			for s, err := range c.Sets(t.Context(), p) {
				require.NoError(t, err)
				require.NotEmpty(t, s.Items)
				if n++; n == 100 {
					break
				}
			}
			require.Equal(t, 100, n)
			ctx, cancel := context.WithCancel(t.Context())
			n = 0
			var last error
			for _, err := range c.Sets(ctx, p) {
				if n++; n == 10 {
					cancel()
				}
				last = err
			}
			cancel()
			require.ErrorIs(t, last, context.Canceled)
			_, err := c.Frequent(ctx, p)
			require.ErrorIs(t, err, context.Canceled)
		}
	}
}

// However a context that ends meets workers who deliver, no result passes for complete
// that is not.
func TestStreamEndsWithTheContext(t *testing.T) {
	t.Parallel()
	c := shop(t, 60, 40)
	for _, f := range basket.Families() {
		for i := range 120 {
			p := basket.SetParams{MinCount: 2, Family: f, Workers: 2 + i%7}
			ctx, cancel := context.WithCancel(t.Context())
			n, at := 0, 1+i%5
			var last error
			for _, err := range c.Sets(ctx, p) {
				if n++; n == at {
					cancel()
				}
				last = err
			}
			cancel()
			require.ErrorIs(t, last, context.Canceled, "%s: at %d, ended at %d", f, at, n)
		}
	}
}

func TestStreamLeavesNoGoroutine(t *testing.T) { //nolint:paralleltest // counts goroutines
	c := shop(t, 2000, 500)
	before := runtime.NumGoroutine()
	for range 20 {
		for _, err := range c.Sets(t.Context(), basket.SetParams{MinCount: 4, Workers: 4}) {
			require.NoError(t, err)
			break
		}
	}
	for range 10_000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestStreamFails(t *testing.T) {
	t.Parallel()
	c := count(t, "a b", "a")
	for s, err := range c.Sets(t.Context(), basket.SetParams{}) {
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Zero(t, s)
	}
	_, err := c.Plan(t.Context(), basket.SetParams{MinCount: 3})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	wide := shop(t, 500, 100)
	for _, f := range basket.Families() {
		_, err := wide.Plan(done, basket.SetParams{MinCount: 1, Family: f, MaxSets: 100})
		require.ErrorIs(t, err, context.Canceled, f)
		_, err = wide.Plan(done, basket.SetParams{MinCount: 2, Family: f})
		require.ErrorIs(t, err, context.Canceled, f)
	}
}

// What a search allocates, it allocates for its levels: ten times as many sets are
// no more allocations.
func TestStreamDoesNotAllocateBySet(t *testing.T) {
	c := &basket.Counter[int]{}
	r := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		b := []int{}
		for i := range 24 {
			if r.Float64() < 0.6 {
				b = append(b, i)
			}
		}
		require.NoError(t, c.Add(b...))
	}
	measure := func(f basket.Family, minCount int64) (sets int, allocs float64) {
		allocs = testing.AllocsPerRun(2, func() {
			sets = 0
			for _, err := range c.Sets(t.Context(), basket.SetParams{MinCount: minCount, Family: f}) {
				if err != nil {
					t.Fatal(err)
				}
				sets++
			}
		})
		return sets, allocs
	}
	for _, f := range []basket.Family{basket.FamilyAll, basket.FamilyGenerators} {
		few, _ := measure(f, 100)
		many, allocs := measure(f, 20)
		assert.Greater(t, many, 10*few, f)
		assert.Less(t, allocs, 500.0, "%s: %d sets", f, many)
	}
}

// Top lists are the most frequent sets, with the ties asked for.
func TestTop(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		f := rapid.SampledFrom([]basket.Family{basket.FamilyAll, basket.FamilyClosed, basket.FamilyGenerators}).Draw(t, "family")
		p := basket.TopParams{
			K: rapid.IntRange(1, 20).Draw(t, "k"), Ties: rapid.Bool().Draw(t, "ties"), Family: f,
			MinLen: bound(rapid.IntRange(0, 3).Draw(t, "minLen")), Workers: rapid.IntRange(0, 2).Draw(t, "workers"),
		}
		want := tr.family(f, 1, 0)
		if p.MinLen != nil {
			want = slices.DeleteFunc(want, func(s basket.Set[int8]) bool { return len(s.Items) < *p.MinLen })
		}
		slices.SortStableFunc(want, func(a, b basket.Set[int8]) int { return int(b.Count - a.Count) })
		end := min(p.K, len(want))
		for p.Ties && end > 0 && end < len(want) && want[end].Count == want[end-1].Count {
			end++
		}
		got, err := tr.counter.Top(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, want[:end], got)
	})
}

// Where too many sets are as frequent as the last one, those above it are complete.
func TestTopStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	var c basket.Counter[int]
	for i := range 40 {
		require.NoError(t, c.Add(i, i+100))
	}
	require.NoError(t, c.AddN(5, 7))
	got, err := c.Top(t.Context(), basket.TopParams{K: 10, MaxSets: 50})
	require.Equal(t, &basket.LimitError{MinCount: 1, Complete: 2}, err)
	assert.Equal(t, []basket.Set[int]{{Items: []int{7}, Count: 6}}, got)
	got, err = c.Top(t.Context(), basket.TopParams{K: 1, MaxSets: 1})
	require.NoError(t, err)
	assert.Len(t, got, 1)
	for i, p := range []basket.TopParams{
		{},
		{K: 1, Family: basket.FamilyMaximal},
		{K: 1, Family: "some"},
		{K: 1, MinLen: new(0)},
		{K: 1, MinLen: new(3), MaxLen: new(2)},
		{K: 5, MaxSets: 4},
		{K: 1, Workers: -1},
		{K: 1, MaxLen: new(0)},
	} {
		_, err := c.Top(t.Context(), p)
		require.ErrorIs(t, err, relmark.ErrInvalid, i)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = shop(t, 1000, 300).Top(ctx, basket.TopParams{K: 5000})
	require.ErrorIs(t, err, context.Canceled)
}

// Mining parts and counting their candidates again finds what mining the whole does.
func TestPartitionedIsDirect(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		baskets := few().Draw(t, "baskets")
		whole := counterOf(t, baskets)
		minCount := rapid.Int64Range(1, max(1, whole.Baskets())).Draw(t, "minCount")
		parts := make([]*basket.Counter[int8], rapid.IntRange(1, 4).Draw(t, "parts"))
		for i := range parts {
			parts[i] = &basket.Counter[int8]{}
		}
		for _, b := range baskets {
			require.NoError(t, rapid.SampledFrom(parts).Draw(t, "part").Add(b...))
		}
		want, err := whole.Frequent(t.Context(), basket.SetParams{MinCount: minCount})
		require.NoError(t, err)
		if whole.Baskets() == 0 {
			return
		}
		require.Equal(t, want, partitioned(t, parts, minCount, whole.Baskets()))
	})
}

func partitioned(t *rapid.T, parts []*basket.Counter[int8], minCount, total int64) []basket.Set[int8] {
	var found, counted [][]basket.Set[int8]
	for _, part := range parts {
		local, err := basket.LocalCount(minCount, part.Baskets(), total)
		require.NoError(t, err)
		sets, err := part.Frequent(t.Context(), basket.SetParams{MinCount: local})
		require.NoError(t, err)
		found = append(found, sets)
	}
	candidates := basket.Union(found...)
	for _, part := range parts {
		sets, err := part.Recount(t.Context(), candidates)
		require.NoError(t, err)
		require.Len(t, sets, len(candidates))
		counted = append(counted, sets)
	}
	sets, err := basket.SumSets(minCount, counted...)
	require.NoError(t, err)
	return sets
}

func TestRecountIsCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		candidates := rapid.SliceOfN(rapid.SliceOfN(rapid.Int8Range(-3, 4), 1, 5), 0, 30).Draw(t, "candidates")
		sets, err := tr.counter.Recount(t.Context(), candidates)
		require.NoError(t, err)
		for _, s := range sets {
			require.Equal(t, tr.count(s.Items), s.Count)
			require.Equal(t, tr.counter.Count(s.Items...), s.Count)
		}
		for _, c := range candidates {
			items := slices.Compact(slices.Sorted(slices.Values(c)))
			require.True(t, slices.ContainsFunc(sets, func(s basket.Set[int8]) bool { return slices.Equal(s.Items, items) }))
		}
	})
}

func TestPartsRefuse(t *testing.T) {
	t.Parallel()
	c := count(t, "a b")
	_, err := c.Recount(t.Context(), [][]string{{"a"}, {}})
	require.EqualError(t, err, "basket: Candidates[1]: must not be empty")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Recount(ctx, [][]string{{"a"}})
	require.ErrorIs(t, err, context.Canceled)
	for _, bad := range [][3]int64{{0, 1, 2}, {3, 1, 2}, {1, 3, 2}, {1, -1, 2}, {1, 0, 0}} {
		_, err := basket.LocalCount(bad[0], bad[1], bad[2])
		require.ErrorIs(t, err, relmark.ErrInvalid, fmt.Sprint(bad))
	}
	_, err = basket.SumSets[string](0)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for name, bad := range map[string]basket.Set[string]{
		"Parts[1][1].Count":    {Items: []string{"a"}, Count: -1},
		"Parts[1][1].Items":    {Count: 1},
		"Parts[1][1].Items[1]": {Items: []string{"b", "a"}, Count: 1},
	} {
		_, err := basket.SumSets(1, nil, []basket.Set[string]{{Items: []string{"a"}}, bad})
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.Equal(t, []string{name}, fields(err))
	}
	many := []basket.Set[string]{{Items: []string{"a"}, Count: 1 << 62}}
	_, err = basket.SumSets(1, many, many)
	require.ErrorIs(t, err, relmark.ErrLimit)
	none, err := basket.SumSets[string](1)
	require.NoError(t, err)
	assert.NotNil(t, none)
	assert.Empty(t, basket.Union[string]())
}
